// The compact model as a forward model: derivatives against differences, known parameters found again.
#include <gtest/gtest.h>

#include <cmath>

#include "damascene/opc/calibration.hpp"

namespace damascene::opc {
namespace {

using Kind = CompactTerm::Kind;

/// Lines (dark) of half the pitch on one period, uniform along y: a mask of one row of orders.
Spectrum2 grating(double pitch_nm, double duty = 0.5, int band = 16) {
    Spectrum2 m{band, 0, pitch_nm * nm, 1 * nm, 0 * nm, 0 * nm, {}};
    m.coefficients.resize(static_cast<std::size_t>(2 * band + 1));
    for (int f = -band; f <= band; ++f) {
        const double pi = 3.14159265358979323846;
        const double line = f == 0 ? duty : std::sin(pi * f * duty) / (pi * f);
        m.at(f, 0) = (f == 0 ? 1 : 0) - line * (f % 2 ? -1.0 : 1.0);  // centred at half the pitch
    }
    return m;
}

/// Pitches 130 to 320 nm at three foci and three doses, NA 0.93 dry, annular.
CompactSizes through_pitch(std::vector<CompactTerm> terms) {
    CompactSizes m;
    m.source = optics::annular(0.5, 0.8, 9);
    m.pupil.na = 0.93, m.pupil.n_medium = 1;
    m.terms = std::move(terms);
    m.threshold = 0.3, m.diffusion_nm = 15;
    for (const double pitch : {150.0, 180.0, 220.0, 260.0, 320.0}) {
        m.masks.push_back(grating(pitch));
        for (const double focus : {-60.0, 0.0, 60.0})
            for (const double dose : {0.95, 1.0, 1.05})
                m.gauges.push_back({m.masks.size() - 1, {0, 0, pitch, 0}, dose, focus, false});
    }
    return m;
}

const std::vector<CompactTerm> resist_and_focus = {{Kind::threshold}, {Kind::diffusion_nm}, {Kind::defocus_nm}};
const std::vector<double> truth = {0.3, 15, 12};
const std::vector<FitParameter> wide = {{"resist.threshold", 0.27, 0.1, 0.6, 0.05},
                                        {"resist.diffusion_length", 10, 1, 60, 6},
                                        {"optics.defocus", 0, -80, 80, 40}};

void expect_derivatives(const CompactSizes& m, std::vector<double> p, std::vector<FitParameter> parameters) {
    const FitModel model = fit_model(m);
    const std::vector<double> exact = model.jacobian(p), differences = difference_jacobian(model, parameters, p);
    ASSERT_EQ(exact.size(), differences.size());
    for (std::size_t j = 0; j < p.size(); ++j) {
        double scale = 0;
        for (std::size_t i = j; i < exact.size(); i += p.size()) scale = std::max(scale, std::abs(exact[i]));
        EXPECT_GT(scale, 0) << parameters[j].name;
        for (std::size_t i = j; i < exact.size(); i += p.size())
            EXPECT_NEAR(exact[i], differences[i], 1e-6 * scale) << parameters[j].name << " " << i;
    }
}

TEST(CompactSizes, DerivativesAgreeWithDifferences) {
    expect_derivatives(through_pitch({{Kind::threshold}, {Kind::diffusion_nm}, {Kind::defocus_nm}, {Kind::dose}}),
                       {0.3, 15, 12, 1.02},
                       {{"threshold", 0.3, 0.1, 0.6, 0.03},
                        {"diffusion", 15, 1, 60, 5},
                        {"defocus", 12, -80, 80, 20},
                        {"dose", 1, 0.5, 2, 0.1}});
}

TEST(CompactSizes, DerivativesByAdjointAgreeWithDifferences) {
    CompactSizes m = through_pitch({{Kind::defocus_nm}, {Kind::zernike_waves, 8}, {Kind::zernike_waves, 4}});
    std::erase_if(m.gauges, [](const SizeGauge& g) { return g.dose != 1; });  // one gauge an image: the adjoint is used
    expect_derivatives(m, {12, 0.02, 0.01},
                       {{"defocus", 12, -80, 80, 20}, {"Z9", 0.02, -1, 1, 0.05}, {"Z5", 0.01, -1, 1, 0.05}});
}

TEST(CompactSizes, DerivativeByWavelengthAgreesWithDifferences) {
    const auto wavelength = [](std::span<const double> p, optics::Source&, optics::Pupil& lens) {
        lens.wavelength = p[0] * nm;
    };
    CompactSizes m = through_pitch({{Kind::optics, 0, wavelength, 0.3}});
    // One point on the axis and 320 nm: orders 0 and 1 pass at every wavelength here, so the sizes are smooth.
    m.source = optics::point_source();
    std::erase_if(m.gauges, [](const SizeGauge& g) { return g.mask != 4; });
    expect_derivatives(m, {193}, {{"optics.wavelength", 193, 180, 210, 10}});
}

TEST(CompactSizes, ImpossibleOpticsHasNoSizes) {
    const CompactTerm na{Kind::optics, 0,
                         [](std::span<const double> p, optics::Source&, optics::Pupil& lens) { lens.na = p[0]; }, 2e-3};
    const FitModel model = fit_model(through_pitch({na}));
    for (const double size : model.values(std::vector<double>{1.2})) EXPECT_TRUE(std::isnan(size));  // in air
}

std::vector<Measurement> synthetic(const FitModel& model, double sigma, std::uint64_t trial) {
    const KeyedRandom random(2024, trial);
    std::vector<Measurement> data;
    for (const double y : model.values(truth))
        data.push_back({y + sigma * random.normal(data.size()), sigma > 0 ? sigma : 0.3});
    return data;
}

TEST(Calibration, NoiseFreeParametersAreFoundToAMillionth) {
    const FitModel model = fit_model(through_pitch(resist_and_focus));
    const Fit f = fit(model, wide, synthetic(model, 0, 0));
    EXPECT_TRUE(f.converged);
    for (std::size_t j = 0; j < truth.size(); ++j) EXPECT_NEAR(f.values[j].value / truth[j], 1, 1e-6) << wide[j].name;
    EXPECT_LT(f.rms, 1e-6);
}

// 0.3 nm noise on 45 gauges, 200 trials of 3 parameters. A 95 % interval holds the truth 570 +- 5.3 times of 600.
TEST(Calibration, IntervalsHoldTheTruthInTwoHundredTrials) {
    const FitModel model = fit_model(through_pitch(resist_and_focus));
    int inside = 0, all_inside = 0;
    double chi2 = 0;
    for (std::uint64_t trial = 1; trial <= 200; ++trial) {
        const Fit f = fit(model, wide, synthetic(model, 0.3, trial));
        int held = 0;
        for (std::size_t j = 0; j < truth.size(); ++j)
            held += f.values[j].low95 <= truth[j] && truth[j] <= f.values[j].high95;
        inside += held, all_inside += held == 3;
        chi2 += f.reduced_chi2 / 200;
    }
    RecordProperty("intervals_of_600", inside);
    RecordProperty("trials_of_200", all_inside);
    EXPECT_GE(inside, 554);  // three standard deviations; 540 = 90 %
    EXPECT_LE(inside, 586);
    EXPECT_GE(all_inside, 160);
    EXPECT_NEAR(chi2, 1, 0.05);  // sqrt(2 / 42 / 200) = 0.015
}

TEST(Calibration, DoseAndThresholdTradeOff) {
    const FitModel model = fit_model(through_pitch({{Kind::threshold}, {Kind::diffusion_nm}, {Kind::dose}}));
    const std::vector<FitParameter> parameters = {
        {"resist.threshold", 0.27, 0.1, 0.6}, {"resist.diffusion_length", 10, 1, 60}, {"dose", 1, 0.5, 2}};
    std::vector<Measurement> data;
    for (const double y : model.values(std::vector<double>{0.3, 15, 1})) data.push_back({y, 0.3});
    const Fit f = fit(model, parameters, data);
    ASSERT_EQ(f.weak.size(), 1u);
    EXPECT_TRUE(f.weak[0].text.find("resist.threshold and dose trade off: 0.71 resist.threshold + 0.71 dose") == 0 ||
                f.weak[0].text.find("dose and resist.threshold trade off: 0.71 dose + 0.71 resist.threshold") == 0)
        << f.weak[0].text;
    EXPECT_TRUE(f.values[1].identified);
    EXPECT_NEAR(f.values[1].value, 15, 1e-4);
    EXPECT_NEAR(f.values[0].value / f.values[2].value, 0.3, 1e-6);
}

TEST(Calibration, FocusOffsetIsInvisibleInSymmetricFocusAlone) {
    CompactSizes m = through_pitch(resist_and_focus);
    std::erase_if(m.gauges, [](const SizeGauge& g) { return g.focus_nm != 0; });
    const FitModel model = fit_model(m);
    std::vector<Measurement> data;
    for (const double y : model.values(std::vector<double>{0.3, 15, 0})) data.push_back({y, 0.3});
    const Fit f = fit(model, wide, data);
    ASSERT_EQ(f.weak.size(), 1u);
    EXPECT_EQ(f.weak[0].text.substr(0, 14), "optics.defocus");
}

TEST(Calibration, SameBitsAtAnyThreadCount) {
    const int before = thread_count();
    std::vector<std::vector<double>> results;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        const FitModel model = fit_model(through_pitch(resist_and_focus));
        const Fit f = fit(model, wide, synthetic(model, 0.3, 1));
        results.push_back({f.values[0].value, f.values[1].value, f.values[2].value, f.values[2].standard_error});
    }
    set_thread_count(before);
    EXPECT_EQ(results[0], results[1]);
    EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace damascene::opc
