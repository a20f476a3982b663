// Dose limits, inscribed windows, overlaps and scaling laws against closed forms and slow searches.
#include "damascene/opc/process_window.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace damascene;
using namespace damascene::opc;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> steps(double low, double high, int n) {
    std::vector<double> x;
    for (int i = 0; i < n; ++i) x.push_back(low + (high - low) * i / (n - 1));
    return x;
}

template <class Low, class High>
DoseBand sampled(const std::vector<double>& focus, const Low& low, const High& high) {
    DoseBand band;
    for (const double f : focus) {
        band.focus_nm.push_back(f);
        band.low.push_back(low(f));
        band.high.push_back(high(f));
    }
    band.low_by.assign(focus.size(), 0);
    band.high_by.assign(focus.size(), 0);
    return band;
}

/// Size whose limits +-5 nm about 50 nm are 1 -+ (w - c F^2): a lens of doses.
constexpr double lens_w = 0.1, lens_c = 1e-5;
double lens_size(double f, double e) {
    const double half = lens_w - lens_c * f * f;
    return half > 0 ? 50 + 5 * (e - 1) / half : nan;
}
constexpr SizeLimits lens_limits{45, 55};
DoseBand rhombus(double w, double s) {
    return sampled(
        std::vector<double>{-w / s, 0, w / s}, [=](double f) { return 1 - w + s * std::abs(f); },
        [=](double f) { return 1 + w - s * std::abs(f); });
}

/// Slow truth: deepest rectangle over a grid of lower doses, foci walked in small steps.
double slow_depth(const DoseBand& band, double latitude, int n) {
    const double ratio = (1 + latitude / 2) / (1 - latitude / 2), x0 = band.focus_nm.front(), x1 = band.focus_nm.back();
    std::vector<double> low, high;
    std::size_t at = 0;
    for (int i = 0; i <= n; ++i) {
        const double f = x0 + (x1 - x0) * i / n;
        while (at + 2 < band.focus_nm.size() && band.focus_nm[at + 1] < f) ++at;
        const double t = (f - band.focus_nm[at]) / (band.focus_nm[at + 1] - band.focus_nm[at]);
        low.push_back(band.low[at] + t * (band.low[at + 1] - band.low[at]));
        high.push_back(band.high[at] + t * (band.high[at + 1] - band.high[at]));
    }
    double best = 0;
    for (int i = 0; i <= n; ++i) {
        double e1 = 0, e2 = 1e300;
        for (int j = i; j <= n; ++j) {
            e1 = std::max(e1, low[static_cast<std::size_t>(j)]);
            e2 = std::min(e2, high[static_cast<std::size_t>(j)]);
            if (e2 < ratio * e1) break;
            best = std::max(best, (x1 - x0) * (j - i) / n);
        }
    }
    return best;
}

DoseBand random_band(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> wiggle(-0.03, 0.03);
    DoseBand band = sampled(
        steps(-100, 100, 11), [&](double f) { return 0.9 + 4e-6 * f * f + wiggle(random); },
        [&](double f) { return 1.1 - 2e-6 * f * f + wiggle(random); });
    return band;
}

// ------------------------------------------------------------------------------------------------------- dose limits
TEST(DoseLimits, AreRootsOfTheSize) {
    const DoseBand band = dose_band(lens_size, lens_limits, steps(-80, 80, 17));
    for (std::size_t i = 0; i < band.focus_nm.size(); ++i) {
        const double half = lens_w - lens_c * band.focus_nm[i] * band.focus_nm[i];
        EXPECT_NEAR(band.low[i], 1 - half, 1e-10);
        EXPECT_NEAR(band.high[i], 1 + half, 1e-10);
    }
    EXPECT_EQ(band.dose_error, 0);
}

TEST(DoseLimits, OfADarkFeatureAreThoseOfItsInverse) {  // the line shrinks with dose
    const auto dark = [](double f, double e) { return lens_size(f, 2 - e); };
    const DoseBand a = dose_band(dark, lens_limits, steps(-60, 60, 7));
    for (std::size_t i = 0; i < a.focus_nm.size(); ++i) {
        const double half = lens_w - lens_c * a.focus_nm[i] * a.focus_nm[i];
        EXPECT_NEAR(a.low[i], 1 - half, 1e-10);
        EXPECT_NEAR(a.high[i], 1 + half, 1e-10);
    }
}

TEST(DoseLimits, AreFoundFromADoseThatPrintsNothing) {
    const auto size = [](double, double e) { return e > 2 && e < 5 ? 20 * (e - 2) : nan; };
    const DoseBand band = dose_band(size, {36, 44}, std::vector<double>{0.0});
    EXPECT_NEAR(band.low[0], 3.8, 1e-9);
    EXPECT_NEAR(band.high[0], 4.2, 1e-9);
}

TEST(DoseLimits, EndAtTheLastDoseThatPrints) {  // the feature vanishes below 0.95 although still in size
    const auto size = [](double, double e) { return e >= 0.95 ? 50 * e : nan; };
    const DoseBand band = dose_band(size, {45, 55}, std::vector<double>{0.0});
    EXPECT_NEAR(band.low[0], 0.95, 1e-9);
    EXPECT_NEAR(band.high[0], 1.1, 1e-9);
    EXPECT_TRUE(std::isnan(dose_for_size([&](double e) { return size(0, e); }, 45, 1)));
}

TEST(DoseLimits, AreMissingWhereNothingPrints) {
    const DoseBand band = dose_band(lens_size, lens_limits, std::vector<double>{-150, 0, 150});
    EXPECT_TRUE(std::isnan(band.low[0]));
    EXPECT_TRUE(std::isfinite(band.low[1]));
    EXPECT_TRUE(std::isnan(band.high[2]));
}

TEST(DoseLimits, RefineUntilStraightLinesHold) {
    constexpr double tolerance = 1e-4;
    const DoseBand band =
        refined(dose_band(lens_size, lens_limits, steps(-90, 90, 5)), lens_size, lens_limits, tolerance, 200);
    EXPECT_GT(band.focus_nm.size(), 9u);
    EXPECT_LT(band.focus_nm.size(), 60u);
    for (std::size_t i = 0; i + 1 < band.focus_nm.size(); ++i) {
        const double f = 0.5 * (band.focus_nm[i] + band.focus_nm[i + 1]);
        EXPECT_NEAR(0.5 * (band.high[i] + band.high[i + 1]), 1 + lens_w - lens_c * f * f, 1.1 * tolerance);
    }
}

TEST(DoseLimits, RefiningTracesTheEndsOfTheBand) {  // the lens closes at F = 100 nm
    const DoseBand band =
        refined(dose_band(lens_size, lens_limits, steps(-160, 160, 5)), lens_size, lens_limits, 1e-3, 400);
    double last = 0;
    for (std::size_t i = 0; i < band.focus_nm.size(); ++i)
        if (std::isfinite(band.low[i])) last = band.focus_nm[i];
    EXPECT_NEAR(last, 100, 80.0 / 16 + 1e-9);
    EXPECT_LT(last, 100);
}

TEST(DoseLimits, OfATableComeWithinTheirStatedError) {
    const auto size = [](double f, double e) {
        return 50 + 60 * std::log(e) + 40 * std::pow(std::log(e), 2) - 1e-4 * f * f;
    };
    const FocusExposure table = focus_exposure(size, steps(-60, 60, 5), steps(0.8, 1.2, 9));
    const DoseBand from_table = dose_band(table, {46, 54}), truth = dose_band(size, {46, 54}, table.focus_nm);
    EXPECT_GT(from_table.dose_error, 0);
    EXPECT_LT(from_table.dose_error, 2e-3);
    for (std::size_t i = 0; i < truth.focus_nm.size(); ++i) {
        EXPECT_NEAR(from_table.low[i] / truth.low[i], 1, from_table.dose_error);
        EXPECT_NEAR(from_table.high[i] / truth.high[i], 1, from_table.dose_error);
    }
}

TEST(DoseLimits, RefuseListsThatDoNotRise) {
    EXPECT_THROW(focus_exposure(lens_size, {0, 10, 10}, {1}), InputError);
    EXPECT_THROW(focus_exposure(lens_size, {0, 10}, {1.1, 1.0}), InputError);
}

// ----------------------------------------------------------------------------------------------------------- windows
TEST(InscribedWindow, RectangleInARhombus) {
    const DoseBand band = rhombus(0.1, 1e-3);
    for (const double latitude : {0.02, 0.05, 0.1, 0.19}) {
        const FocusDoseWindow w = deepest_window(band, latitude);
        EXPECT_NEAR(w.depth_nm(), 2 * (0.1 - latitude / 2) / 1e-3, 1e-7);
        EXPECT_NEAR(w.best_dose(), 1, 1e-10);
        EXPECT_NEAR(w.best_focus_nm(), 0, 1e-7);
        EXPECT_NEAR(w.latitude(), latitude, 1e-10);
    }
}

TEST(InscribedWindow, EllipseInARhombusTouchesItsSides) {  // s^2 a^2 + b^2 = w^2
    const DoseBand band = rhombus(0.1, 1e-3);
    for (const double latitude : {0.02, 0.1, 0.18}) {
        const FocusDoseWindow w = deepest_window(band, latitude, WindowShape::ellipse);
        EXPECT_NEAR(w.depth_nm(), 2 * std::sqrt(0.01 - latitude * latitude / 4) / 1e-3, 1e-6);
        EXPECT_NEAR(w.best_dose(), 1, 1e-6);
        EXPECT_NEAR(w.latitude(), latitude, 1e-12);
    }
}

TEST(InscribedWindow, RectangleInALens) {  // DOF = 2 sqrt((w - EL/2) / c)
    const DoseBand band =
        refined(dose_band(lens_size, lens_limits, steps(-99, 99, 9)), lens_size, lens_limits, 1e-6, 4000);
    for (const double latitude : {0.02, 0.05, 0.15})
        EXPECT_NEAR(deepest_window(band, latitude).depth_nm(), 2 * std::sqrt((lens_w - latitude / 2) / lens_c), 0.01);
}

TEST(InscribedWindow, RectangleBetweenParallelParabolas) {  // r (L + c h^2) = U
    const auto low = [](double f) { return 0.92 + 1e-5 * f * f; };
    const auto high = [](double f) { return 1.08 + 1e-5 * f * f; };
    const DoseBand band = sampled(steps(-120, 120, 2401), low, high);
    const double latitude = 0.08, ratio = (1 + latitude / 2) / (1 - latitude / 2);
    const FocusDoseWindow w = deepest_window(band, latitude);
    EXPECT_NEAR(w.depth_nm(), 2 * std::sqrt((1.08 / ratio - 0.92) / 1e-5), 0.01);
    EXPECT_NEAR(w.dose_high, 1.08, 1e-6);
}

TEST(InscribedWindow, InAnEllipticBand) {  // the ellipse keeps all its depth, the rectangle sqrt(1 - (EL / EL_max)^2)
    constexpr double half_depth = 80, half_dose = 0.1;
    const auto s = [](double f) { return half_dose * std::sqrt(std::max(0.0, 1 - std::pow(f / half_depth, 2))); };
    std::vector<double> foci;
    for (int i = 0; i <= 800; ++i) foci.push_back(-half_depth * std::cos(M_PI * i / 800));
    const DoseBand band = sampled(
        foci, [&](double f) { return 1 - s(f); }, [&](double f) { return 1 + s(f); });
    for (const double latitude : {0.05, 0.12, 0.18}) {
        EXPECT_NEAR(deepest_window(band, latitude).depth_nm(),
                    2 * half_depth * std::sqrt(1 - std::pow(latitude / (2 * half_dose), 2)), 0.01);
        EXPECT_NEAR(deepest_window(band, latitude, WindowShape::ellipse).depth_nm(), 2 * half_depth, 0.05);
    }
}

TEST(InscribedWindow, IsTheDeepestOfASlowSearch) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        const DoseBand band = random_band(seed);
        for (const double latitude : {0.03, 0.08}) {
            const double exact = deepest_window(band, latitude).depth_nm(), slow = slow_depth(band, latitude, 2000);
            EXPECT_GE(exact, slow - 1e-9) << seed;
            EXPECT_LE(exact, slow + 2 * 200.0 / 2000 + 1e-9) << seed;
        }
    }
}

TEST(InscribedWindow, EllipseStaysInsideAndHoldsItsRectangle) {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        const DoseBand band = random_band(seed);
        const FocusDoseWindow w = deepest_window(band, 0.06, WindowShape::ellipse);
        ASSERT_FALSE(w.empty());
        EXPECT_GE(w.depth_nm(), deepest_window(band, 0.06).depth_nm() * (1 - 1e-9));  // a rectangle holds its ellipse
        for (int i = 0; i <= 2000; ++i) {
            const double tau = -1 + i / 1000.0, f = w.best_focus_nm() + tau * w.depth_nm() / 2;
            const double s = std::sqrt(std::max(0.0, 1 - tau * tau)) * (w.dose_high - w.dose_low) / 2;
            const auto k = std::min<std::size_t>(9, static_cast<std::size_t>((f + 100) / 20));
            const double t = (f - band.focus_nm[k]) / 20;
            EXPECT_LE(w.best_dose() + s, band.high[k] + t * (band.high[k + 1] - band.high[k]) + 1e-9);
            EXPECT_GE(w.best_dose() - s, band.low[k] + t * (band.low[k + 1] - band.low[k]) - 1e-9);
        }
    }
}

TEST(InscribedWindow, LatitudeAtItsDepthIsTheInverse) {
    const DoseBand band = rhombus(0.1, 1e-3);
    EXPECT_NEAR(latitude_at(band, 100), 0.1, 1e-9);
    EXPECT_NEAR(latitude_at(band, 100, WindowShape::ellipse), 2 * std::sqrt(0.01 - 0.0025), 1e-7);
    EXPECT_EQ(latitude_at(band, 201), 0);
    EXPECT_NEAR(largest_latitude(band), 0.2, 1e-12);
}

TEST(InscribedWindow, CurveFallsFromTheFullDepthToNothing) {
    const std::vector<LatitudePoint> curve = latitude_curve(rhombus(0.1, 1e-3), 21);
    EXPECT_NEAR(curve.front().rectangle_nm, 200, 1e-6);
    EXPECT_NEAR(curve.front().ellipse_nm, 200, 1e-6);
    EXPECT_NEAR(curve.back().rectangle_nm, 0, 1e-6);
    for (std::size_t i = 1; i < curve.size(); ++i) {
        EXPECT_LT(curve[i].rectangle_nm, curve[i - 1].rectangle_nm);
        EXPECT_GE(curve[i].ellipse_nm, curve[i].rectangle_nm - 1e-6);
    }
}

TEST(InscribedWindow, IsTheSameOnAnyNumberOfThreads) {
    const DoseBand band = random_band(3);
    const int before = thread_count();
    std::vector<std::vector<LatitudePoint>> curves;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        curves.push_back(latitude_curve(band, 9));
    }
    set_thread_count(before);
    for (std::size_t k = 1; k < 3; ++k)
        for (std::size_t i = 0; i < 9; ++i) {
            EXPECT_EQ(curves[k][i].rectangle_nm, curves[0][i].rectangle_nm);
            EXPECT_EQ(curves[k][i].ellipse_nm, curves[0][i].ellipse_nm);
        }
}

TEST(InscribedWindow, OfABandWithAGapLiesOnOneSide) {
    DoseBand band = sampled(
        steps(-50, 50, 11), [](double) { return 0.9; }, [](double) { return 1.1; });
    band.low[3] = band.high[3] = nan;  // at -20 nm
    const FocusDoseWindow w = deepest_window(band, 0.05);
    EXPECT_NEAR(w.focus_low_nm, -10, 1e-12);
    EXPECT_NEAR(w.focus_high_nm, 50, 1e-12);
    EXPECT_NEAR(w.latitude(), 0.2, 1e-12);  // all the dose those foci allow
}

TEST(InscribedWindow, FocusRangeAtOneDose) {
    const FocusDoseWindow w = focus_range(rhombus(0.1, 1e-3), 1.04, 0);
    EXPECT_NEAR(w.focus_low_nm, -60, 1e-8);
    EXPECT_NEAR(w.focus_high_nm, 60, 1e-8);
    EXPECT_TRUE(focus_range(rhombus(0.1, 1e-3), 1.2, 0).empty());
}

// ---------------------------------------------------------------------------------------------------------- overlaps
TEST(OverlappingWindows, HighestLowAndLowestHigh) {
    const DoseBand a = rhombus(0.1, 1e-3);
    DoseBand b = rhombus(0.1, 1e-3);
    for (double& f : b.focus_nm) f += 40;  // the other feature's best focus is 40 nm away
    const DoseBand both = overlap(std::vector<DoseBand>{a, b});
    EXPECT_EQ(both.focus_nm.front(), -60);
    EXPECT_EQ(both.focus_nm.back(), 100);
    const FocusDoseWindow w = deepest_window(both, 0.05);
    EXPECT_NEAR(w.best_focus_nm(), 20, 1e-6);
    EXPECT_NEAR(w.depth_nm(), 150 - 40, 1e-6);
    for (std::size_t i = 0; i < both.focus_nm.size(); ++i) {  // the one whose focus is farther away limits
        if (both.focus_nm[i] < 20 - 1e-9) {
            EXPECT_EQ(both.low_by[i], 1);
        }
        if (both.focus_nm[i] > 20 + 1e-9) {
            EXPECT_EQ(both.low_by[i], 0);
        }
    }
}

TEST(OverlappingWindows, AreNoLargerThanAnyOfThem) {
    const std::vector<DoseBand> bands = {random_band(1), random_band(2), random_band(5)};
    const double common = deepest_window(overlap(bands), 0.04).depth_nm();
    for (const DoseBand& b : bands) EXPECT_LE(common, deepest_window(b, 0.04).depth_nm() + 1e-9);
    EXPECT_NEAR(deepest_window(overlap(std::vector<DoseBand>{bands[0], bands[0]}), 0.04).depth_nm(),
                deepest_window(bands[0], 0.04).depth_nm(), 1e-9);
}

TEST(OverlappingWindows, OfDisjointDosesAreEmpty) {
    DoseBand high = rhombus(0.1, 1e-3);
    for (std::size_t i = 0; i < high.low.size(); ++i) high.low[i] += 0.3, high.high[i] += 0.3;
    EXPECT_TRUE(deepest_window(overlap(std::vector<DoseBand>{rhombus(0.1, 1e-3), high}), 0.01).empty());
}

// ------------------------------------------------------------------------------------------------------ Bossung fits
TEST(BossungCurves, AnExactPolynomialIsRecovered) {
    const auto size = [](double f, double e) {
        const double x = 1 - 1 / e, u = (f - 12) / 100;
        return 60 + 80 * x - 30 * x * x + (8 - 90 * x) * u * u;
    };
    const BossungFit fit = fit_bossung(focus_exposure(size, steps(-100, 100, 9), steps(0.8, 1.25, 7)));
    EXPECT_LT(fit.largest_residual_nm, 1e-10);
    EXPECT_NEAR(fit(37, 1.07), size(37, 1.07), 1e-10);
    EXPECT_NEAR(best_focus(fit, 0.95), 12, 1e-7);
    const Isofocal iso = isofocal(fit, 12);
    EXPECT_NEAR(iso.dose, 1 / (1 - 8.0 / 90), 1e-9);  // 8 = 90 x
    EXPECT_NEAR(iso.cd_nm, size(0, iso.dose), 1e-8);
}

TEST(BossungCurves, TheLogarithmicFormHoldsItsOwnPolynomial) {
    const auto size = [](double f, double e) { return 60 + 50 * std::log(e) + (3 - 20 * std::log(e)) * f * f * 1e-4; };
    const BossungFit fit =
        fit_bossung(focus_exposure(size, steps(-80, 80, 7), steps(0.8, 1.4, 7)), 2, 2, DoseVariable::logarithmic);
    EXPECT_LT(fit.largest_residual_nm, 1e-10);
    EXPECT_NEAR(isofocal(fit, 0).dose, std::exp(0.15), 1e-9);
}

TEST(BossungCurves, NeedThreeFociAndSkipWhatDoesNotPrint) {
    EXPECT_THROW(fit_bossung(focus_exposure(lens_size, {0, 10}, {0.95, 1.0, 1.05})), InputError);
    FocusExposure matrix = focus_exposure(lens_size, steps(-50, 50, 5), {0.95, 1.0, 1.05});
    matrix.cd_nm[0][0] = nan;
    EXPECT_LT(fit_bossung(matrix).rms_nm, 0.05);
}

// ------------------------------------------------------------------------------------------------------ scaling laws
TEST(ScalingLaws, SpecifiedDigits) {  // lambda/NA^2 and exact depth: ArF 1.35 in water, EUV 0.33 and 0.55
    optics::Pupil water{.na = 1.35, .wavelength = 193 * nm, .n_medium = 1.4366};
    optics::Pupil euv33{.na = 0.33, .wavelength = 13.5 * nm, .n_medium = 1}, euv55 = euv33;
    euv55.na = 0.55;
    EXPECT_NEAR(scaling_laws(water, 0.9, 40 * nm).depth_dry_nm, 105.9, 0.05);
    EXPECT_NEAR(scaling_laws(water, 0.9, 40 * nm).depth_nm, 102.1, 0.05);
    EXPECT_NEAR(scaling_laws(euv33, 0.9, 16 * nm).depth_dry_nm, 124.0, 0.05);
    EXPECT_NEAR(scaling_laws(euv33, 0.9, 16 * nm).depth_nm, 120.5, 0.05);
    EXPECT_NEAR(scaling_laws(euv55, 0.9, 8 * nm).depth_dry_nm, 44.6, 0.05);
    EXPECT_NEAR(scaling_laws(euv55, 0.9, 8 * nm).depth_nm, 40.9, 0.06);
    EXPECT_NEAR(scaling_laws(water, 0.9, 40 * nm).k1, 40 * 1.35 / 193, 1e-12);
    EXPECT_NEAR(scaling_laws(water, 0.9, 40 * nm).smallest_pitch_nm, 193 / (1.35 * 1.9), 1e-10);
}

TEST(ScalingLaws, ExactDepthTendsToTheParaxialOne) {
    const optics::Pupil lens{.na = 0.01, .wavelength = 248 * nm, .n_medium = 1.0};
    const ScalingLaws laws = scaling_laws(lens, 0.5, 1 * um);
    EXPECT_NEAR(laws.depth_nm / laws.depth_paraxial_nm, 1, 1e-4);
}

}  // namespace
