// Least squares against cases with known answers: straight lines, exponentials, outliers, open directions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "damascene/opc/calibration.hpp"
#include "digits.hpp"

namespace damascene::opc {
namespace {

/// y = a + b x: linear, so every statement of the linear theory is exact.
FitModel line(std::vector<double> x) {
    return {[x](std::span<const double> p) {
                std::vector<double> y;
                for (const double v : x) y.push_back(p[0] + p[1] * v);
                return y;
            },
            [x](std::span<const double>) {
                std::vector<double> j;
                for (const double v : x) j.insert(j.end(), {1, v});
                return j;
            }};
}

/// y = a exp(-b x), without derivatives.
FitModel decay(std::vector<double> x) {
    return {[x](std::span<const double> p) {
        std::vector<double> y;
        for (const double v : x) y.push_back(p[0] * std::exp(-p[1] * v));
        return y;
    }};
}

std::vector<double> steps(int n) {
    std::vector<double> x;
    for (int i = 0; i < n; ++i) x.push_back(0.25 * i);
    return x;
}

std::vector<Measurement> measured(const FitModel& model, std::vector<double> truth, double sigma, std::uint64_t key) {
    const KeyedRandom random(7, key);
    std::vector<Measurement> data;
    for (const double y : model.values(truth))
        data.push_back({y + sigma * random.normal(data.size()), sigma > 0 ? sigma : 1});
    return data;
}

const std::vector<FitParameter> a_and_b = {{"a", 1, -10, 10}, {"b", 1, -10, 10}};

TEST(Fit, LineAgreesWithNormalEquations) {
    const std::vector<double> x = steps(9);
    const auto data = measured(line(x), {2, -0.5}, 0.1, 1);
    const Fit f = fit(line(x), a_and_b, data);
    double n = 0, sx = 0, sxx = 0, sy = 0, sxy = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        n += 1, sx += x[i], sxx += x[i] * x[i], sy += data[i].value, sxy += x[i] * data[i].value;
    const double det = n * sxx - sx * sx;
    EXPECT_NEAR(f.values[0].value, (sxx * sy - sx * sxy) / det, 1e-8);
    EXPECT_NEAR(f.values[1].value, (n * sxy - sx * sy) / det, 1e-8);
    EXPECT_NEAR(f.covariance[0], 0.01 * sxx / det, 1e-12);
    EXPECT_NEAR(f.covariance[3], 0.01 * n / det, 1e-12);
    EXPECT_NEAR(f.correlation[1], -sx / std::sqrt(n * sxx), 1e-10);
    EXPECT_FALSE(f.student);
    EXPECT_NEAR(f.values[0].high95 - f.values[0].value, 1.959963985 * f.values[0].standard_error, 1e-9);
}

TEST(Fit, UnknownSigmaIsEstimatedFromResiduals) {
    const std::vector<double> x = steps(9);
    auto data = measured(line(x), {2, -0.5}, 0.1, 1);
    const Fit known = fit(line(x), a_and_b, data);
    for (Measurement& m : data) m.sigma = 5;  // relative only: the scale must not matter
    const Fit unknown = fit(line(x), a_and_b, data, {.sigma_known = false});
    EXPECT_EQ(unknown.degrees_of_freedom, 7);
    EXPECT_NEAR(unknown.quantile, 2.364624, 1e-6);  // t(7), two-sided 95 %
    EXPECT_NEAR(unknown.values[1].standard_error, known.values[1].standard_error * std::sqrt(known.reduced_chi2),
                1e-10);
}

TEST(Fit, DecayIsRecoveredWithoutNoise) {
    const FitModel model = decay(steps(12));
    const Fit f =
        fit(model, std::vector<FitParameter>{{"a", 1, 0, 10}, {"b", 1, 0, 10}}, measured(model, {3, 0.7}, 0, 1));
    EXPECT_TRUE(f.converged);
    EXPECT_NEAR(f.values[0].value, 3, 3e-8);
    EXPECT_NEAR(f.values[1].value, 0.7, 7e-9);
}

TEST(Fit, DifferencesReachDerivatives) {
    const std::vector<double> x = steps(12), p = {3, 0.7};
    const auto j = difference_jacobian(decay(x), a_and_b, p);
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_NEAR(j[2 * i], std::exp(-0.7 * x[i]), 1e-10);
        EXPECT_NEAR(j[2 * i + 1], -3 * x[i] * std::exp(-0.7 * x[i]), 1e-9);
    }
}

TEST(Fit, IntervalsHoldTheTruthNineteenTimesOfTwenty) {
    const FitModel model = decay(steps(12));
    int held = 0;
    const int trials = 400;
    for (int k = 0; k < trials; ++k) {
        const Fit f = fit(model, std::vector<FitParameter>{{"a", 2, 0, 10}, {"b", 1, 0, 10}},
                          measured(model, {3, 0.7}, 0.05, 100 + static_cast<std::uint64_t>(k)));
        held += f.values[1].low95 <= 0.7 && 0.7 <= f.values[1].high95;
    }
    // Binomial(400, 0.95): standard deviation 1.1 %; three of them.
    EXPECT_NEAR(held / static_cast<double>(trials), 0.95, 0.033);
}

TEST(Fit, RobustLossIgnoresAnOutlier) {
    const std::vector<double> x = steps(21);
    auto data = measured(line(x), {2, -0.5}, 0.02, 3);
    const Fit clean = fit(line(x), a_and_b, data);
    data[20].value += 3;
    const Fit plain = fit(line(x), a_and_b, data), huber = fit(line(x), a_and_b, data, {.loss = RobustLoss::huber}),
              cauchy = fit(line(x), a_and_b, data, {.loss = RobustLoss::cauchy});
    // 150 sigma at the end of the line: least squares moves by 50 standard errors, bounded influence by less than two.
    const auto moved = [&](const Fit& f) {
        return std::abs(f.values[1].value - clean.values[1].value) / clean.values[1].standard_error;
    };
    EXPECT_GT(moved(plain), 40);
    EXPECT_LT(moved(huber), 2);
    EXPECT_LT(moved(cauchy), 2);
    EXPECT_LT(std::abs(huber.values[1].value + 0.5), 3 * huber.values[1].standard_error);
    EXPECT_LT(huber.values[1].standard_error, 2 * clean.values[1].standard_error);
}

TEST(Fit, RobustLossFindsItsScaleWhenSigmaIsUnknown) {
    const std::vector<double> x = steps(41);
    auto data = measured(line(x), {2, -0.5}, 0.02, 3);
    for (Measurement& m : data) m.sigma = 1;
    data[40].value += 3;
    const Fit huber = fit(line(x), a_and_b, data, {.loss = RobustLoss::huber, .sigma_known = false});
    EXPECT_NEAR(huber.values[1].value, -0.5, 0.01);
}

/// Product a b only: the data know nothing about the ratio.
FitModel product() {
    return {[](std::span<const double> p) {
                return std::vector<double>{p[0] * p[1], 2 * p[0] * p[1], 3 * p[0] * p[1]};
            },
            [](std::span<const double> p) {
                return std::vector<double>{p[1], p[0], 2 * p[1], 2 * p[0], 3 * p[1], 3 * p[0]};
            }};
}

TEST(Fit, OpenDirectionIsNamed) {
    const std::vector<FitParameter> parameters = {{"dose", 1.5, 0.1, 10}, {"threshold", 1, 0.1, 10}};
    const Fit f = fit(product(), parameters, std::vector<Measurement>{{2, 0.1}, {4, 0.1}, {6, 0.1}});
    ASSERT_EQ(f.weak.size(), 1u);
    EXPECT_EQ(f.weak[0].text, "dose and threshold trade off: 0.71 dose - 0.71 threshold");
    EXPECT_FALSE(f.values[0].identified);
    EXPECT_TRUE(std::isinf(f.values[1].standard_error));
    EXPECT_NEAR(f.values[0].value * f.values[1].value, 2, 1e-9);
}

TEST(Fit, PriorClosesAnOpenDirection) {
    const std::vector<FitParameter> parameters = {{"dose", 1.5, 0.1, 10, 0, Prior{1.25, 0.01}},
                                                  {"threshold", 1, 0.1, 10}};
    const Fit f = fit(product(), parameters, std::vector<Measurement>{{2, 0.1}, {4, 0.1}, {6, 0.1}});
    EXPECT_TRUE(f.weak.empty());
    EXPECT_NEAR(f.values[0].value, 1.25, 1e-7);
    EXPECT_NEAR(f.values[0].standard_error, 0.01, 1e-6);
    EXPECT_NEAR(f.values[1].value, 1.6, 1e-6);
}

TEST(Fit, ParameterWithoutEffectIsNamed) {
    const FitModel model{[](std::span<const double> p) {
                             return std::vector<double>{p[0], p[0]};
                         },
                         [](std::span<const double>) {
                             return std::vector<double>{1, 0, 1, 0};
                         }};
    const Fit f = fit(model, a_and_b, std::vector<Measurement>{{1, 1}, {2, 1}});
    ASSERT_EQ(f.weak.size(), 1u);
    EXPECT_EQ(f.weak[0].text, "b changes no value");
    EXPECT_NEAR(f.values[0].value, 1.5, 1e-8);
    EXPECT_NEAR(f.values[0].standard_error, std::sqrt(0.5), 1e-12);
}

TEST(Fit, BoundsHold) {
    const std::vector<double> x = steps(9);
    const std::vector<FitParameter> parameters = {{"a", 1, 0, 1.5}, {"b", 0, -1, 1}};
    const Fit f = fit(line(x), parameters, measured(line(x), {2, -0.5}, 0, 1));
    EXPECT_DOUBLE_EQ(f.values[0].value, 1.5);
    EXPECT_TRUE(f.values[0].at_bound);
}

/// (p^2 - 1)^2-like valley with a second, higher minimum near -1.
FitModel two_valleys() {
    return {[](std::span<const double> p) { return std::vector<double>{p[0] * p[0] - 1, 0.1 * p[0]}; }};
}

TEST(Fit, SeveralStartsFindTheLowerValley) {
    const std::vector<FitParameter> parameters = {{"p", -1.2, -2, 2}};
    const std::vector<Measurement> data = {{0, 0.1}, {0.1, 0.1}};
    const Fit one = fit(two_valleys(), parameters, data), many = fit(two_valleys(), parameters, data, {.starts = 6});
    EXPECT_LT(one.values[0].value, 0);
    EXPECT_GT(many.values[0].value, 0.9);
    EXPECT_EQ(many.start_sums.size(), 6u);
    EXPECT_LT(many.sum, one.sum);
}

TEST(Fit, HeldOutMeasurementsDoNotMoveTheFit) {
    const std::vector<double> x = steps(20);
    auto data = measured(line(x), {2, -0.5}, 0.1, 9);
    data[4].anchor = true, data[7].hold_out = true;
    const FitOptions options{.hold_out_share = 0.2, .seed = 3};
    const Fit f = fit(line(x), a_and_b, data, options);
    EXPECT_EQ(std::count(f.held_out.begin(), f.held_out.end(), true), 5);  // 20 % of 20 and the marked one
    EXPECT_FALSE(f.held_out[4]);
    EXPECT_TRUE(f.held_out[7]);
    auto moved = data;
    for (std::size_t i = 0; i < data.size(); ++i)
        if (f.held_out[i]) moved[i].value += 1;
    const Fit g = fit(line(x), a_and_b, moved, options);
    EXPECT_EQ(f.values[0].value, g.values[0].value);
    EXPECT_GT(g.hold_out_rms, 0.7);
}

TEST(Fit, CrossValidationSeesNoiseOnce) {
    const std::vector<double> x = steps(200);
    const Fit f = fit(line(x), a_and_b, measured(line(x), {2, -0.5}, 0.1, 11), {.folds = 5});
    EXPECT_NEAR(f.cross_validation_rms, 0.1, 0.015);  // 0.1 / sqrt(2 * 200) = 0.005
    EXPECT_GT(f.cross_validation_rms, f.rms);
}

TEST(Fit, BadInputNamesTheParameters) {
    const auto message = [](std::vector<Measurement> data) {
        try {
            const auto n = data.size();
            (void)fit(line(steps(static_cast<int>(n))), a_and_b, data);
        } catch (const InputError& e) {
            return e.diagnostics().front().code + " " + e.diagnostics().front().message;
        }
        return std::string();
    };
    EXPECT_EQ(message({{1, 1}}), "D0450 1 gauges cannot determine 2 parameters: a, b");
    EXPECT_EQ(message({{1, 1}, {1, 0}, {1, 1}}), "D0452 measurement 2 has no positive sigma (parameters: a, b)");
}

TEST(Fit, CancelStopsIt) {
    std::atomic<bool> cancel = true;
    Context context;
    context.cancel_requested = &cancel;
    const std::vector<double> x = steps(9);
    EXPECT_THROW((void)fit(line(x), a_and_b, measured(line(x), {2, -0.5}, 0.1, 1), {}, context), Cancelled);
}

TEST(StudentT, QuantilesOfTables) {
    const std::string source = "printed tables of Student's t";
    expect_digit("95 % quantile, 1 degree of freedom", source, quantile95(1), 12.7062, 1e-4);
    expect_digit("95 % quantile, 10 degrees of freedom", source, quantile95(10), 2.22814, 1e-5);
    expect_digit("95 % quantile, normal", source, quantile95(0), 1.959964, 1e-6);
}

}  // namespace
}  // namespace damascene::opc
