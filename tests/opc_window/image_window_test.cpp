// Process windows of coherent images with known sizes: two and three beams; mask error enhancement.
#include <gtest/gtest.h>

#include <cmath>

#include "damascene/opc.hpp"
#include "damascene/opc/process_window.hpp"

using namespace damascene;
using namespace damascene::opc;

namespace {

constexpr double pitch = 400, wavelength = 193.368, na = 0.7;  // three orders of a 1:1 grating, in air
const optics::Pupil air{.na = na, .wavelength = wavelength * nm, .n_medium = 1};
constexpr CutEnds across{0, 200, pitch, 200};

Region grating(int width) {
    const int x = (400 - width) / 2;
    return {1 * nm, {{{x, 0}, {x + width, 0}, {x + width, 400}, {x, 400}}}};
}
Spectrum2 spectrum_of(const Region& mask, int band = 2) {
    return polygon_spectrum(mask, 0 * nm, 0 * nm, pitch * nm, pitch * nm, band, band);
}
Image imaged(const Region& mask, double focus_nm, const optics::Source& source = optics::point_source()) {
    optics::Pupil pupil = air;
    pupil.defocus = focus_nm * nm;
    return optics::abbe(spectrum_of(mask), source, pupil);
}
double size_on(const Image& image, double level) {
    const CutMetrics cut =
        measure_cut(image, level, across.x0_nm * nm, across.y0_nm * nm, across.x1_nm * nm, across.y1_nm * nm);
    return cut.found && cut.bright ? cut.cd_nm : std::numeric_limits<double>::quiet_NaN();
}
SizeAt size_of(const Region& mask, double threshold) {
    return [=](double f, double e) { return size_on(imaged(mask, f), threshold / e); };
}

/// Three-beam intensity a distance x from the line's middle: |a0 + 2 a1 exp(i phi) cos(2 pi x / p)|^2.
double three_beams(double x, double focus_nm) {
    const double phi = 2 * M_PI / wavelength * focus_nm * (std::sqrt(1 - std::pow(wavelength / pitch, 2)) - 1);
    const double a0 = 0.5, a1 = 1 / M_PI, c = std::cos(2 * M_PI * x / pitch);
    return a0 * a0 + 4 * a0 * a1 * std::cos(phi) * c + 4 * a1 * a1 * c * c;
}

TEST(ThreeBeams, DoseLimitsAreThresholdOverIntensity) {
    const std::vector<double> foci = {-120, -60, 0, 60, 120};
    const DoseBand band = dose_band(size_of(grating(200), 0.25), {180, 220}, foci);
    for (std::size_t i = 0; i < foci.size(); ++i) {  // the line widens with dose: 110 nm from the middle needs most
        EXPECT_NEAR(band.low[i], 0.25 / three_beams(90, foci[i]), 1e-9);
        EXPECT_NEAR(band.high[i], 0.25 / three_beams(110, foci[i]), 1e-9);
    }
}

TEST(ThreeBeams, TheIsofocalPointIsTheZeroOfTheFirstOrder) {  // cos(kx) = 0: I = a0^2 at any focus
    const SizeAt size = size_of(grating(200), 0.25);
    EXPECT_NEAR(size(0, 1), 200, 1e-9);
    EXPECT_NEAR(size(150, 1), 200, 1e-9);
    std::vector<double> foci, doses;
    for (int i = -5; i <= 5; ++i) foci.push_back(24 * i);
    for (int i = -4; i <= 4; ++i) doses.push_back(1 + 0.05 * i);
    const BossungFit fit = fit_bossung(focus_exposure(size, foci, doses));
    EXPECT_LT(fit.largest_residual_nm, 0.1);
    EXPECT_NEAR(best_focus(fit, 1.1), 0, 1e-6);
    const Isofocal iso = isofocal(fit, 0);
    EXPECT_NEAR(iso.dose, 1, 2e-3);
    EXPECT_NEAR(iso.cd_nm, 200, 0.2);
}

TEST(ThreeBeams, WindowIsThatOfTheClosedForm) {  // E_lo rises, E_hi falls with |F|: both sides limit at the ends
    const SizeAt size = size_of(grating(200), 0.25);
    DoseBand band = dose_band(size, {180, 220}, std::vector<double>{-200, -100, 0, 100, 200});
    band = refined(band, size, {180, 220}, 1e-5, 400);
    const FocusDoseWindow w = deepest_window(band, 0.6);
    const double ratio = three_beams(90, w.focus_high_nm) / three_beams(110, w.focus_high_nm);
    EXPECT_NEAR(ratio, 1.3 / 0.7, 1e-4);
    EXPECT_NEAR(w.best_focus_nm(), 0, 0.01);
    EXPECT_NEAR(w.latitude(), 0.6, 1e-9);
    EXPECT_NEAR(largest_latitude(band),
                2 * (three_beams(90, 0) - three_beams(110, 0)) / (three_beams(90, 0) + three_beams(110, 0)), 1e-9);
}

TEST(TwoBeams, TheWindowIsAsDeepAsTheScan) {  // alternating phases: orders +-1 alone do not feel focus
    Image fringe;
    fringe.band_x = fringe.band_y = 1;
    fringe.period_x = fringe.period_y = pitch * nm;
    fringe.coefficients.assign(9, 0.0);
    fringe.at(0, 0) = 0.5;
    fringe.at(1, 0) = fringe.at(-1, 0) = -0.25;  // sin^2(pi x / p)
    const SizeAt size = [&](double, double e) { return size_on(fringe, 0.5 / e); };
    const DoseBand band = dose_band(size, {180, 220}, std::vector<double>{-300, 0, 300});
    EXPECT_NEAR(band.low[1], 0.5 / std::pow(std::cos(M_PI * 90 / pitch), 2), 1e-9);
    const FocusDoseWindow w = deepest_window(band, 0.05);
    EXPECT_EQ(w.depth_nm(), 600);
    EXPECT_NEAR(w.latitude(), largest_latitude(band), 1e-12);
}

TEST(MaskErrorEnhancement, CoherentEqualLinesAndSpacesAtAQuarter) {
    const Region mask = grating(200);
    const Spectrum2 spectrum = spectrum_of(mask);
    const Spectrum2 dsize = size_derivative(imaged(mask, 0), 0.25, across);
    const Spectrum2 adjoint = optics::abbe_adjoint(spectrum, optics::point_source(), air, dsize).mask;
    EXPECT_NEAR(mask_error_enhancement(mask, adjoint), 0.5, 1e-5);
}

TEST(MaskErrorEnhancement, IsTheCentralDifferenceOfTheMask) {
    const optics::Source source = optics::annular(0.3, 0.6, 15);
    for (const double focus : {0.0, 90.0})
        for (const double level : {0.22, 0.31}) {
            optics::Pupil pupil = air;
            pupil.defocus = focus * nm;
            const Region mask = grating(160);
            const Image image = imaged(mask, focus, source);
            const Spectrum2 adjoint =
                optics::abbe_adjoint(spectrum_of(mask), source, pupil, size_derivative(image, level, across)).mask;
            const double wide = size_on(imaged(grating(162), focus, source), level),
                         narrow = size_on(imaged(grating(158), focus, source), level);
            EXPECT_NEAR(mask_error_enhancement(mask, adjoint), (wide - narrow) / 4, 1e-3) << focus << " " << level;
        }
}

TEST(MaskErrorEnhancement, OfAClearFieldMaskFollowsItsDarkLine) {
    const Region mask = grating(160);
    const auto image_of = [](const Region& m) {
        Spectrum2 spectrum = spectrum_of(m);
        for (auto& c : spectrum.coefficients) c = -c;
        spectrum.at(0, 0) += 1.0;
        return spectrum;
    };
    const auto dark = [&](int width) {
        const Image image = optics::abbe(image_of(grating(width)), optics::point_source(), air);
        return measure_cut(image, 0.3, 0 * nm, 200 * nm, pitch * nm, 200 * nm).cd_nm;
    };
    const Image image = optics::abbe(image_of(mask), optics::point_source(), air);
    const Spectrum2 adjoint =
        optics::abbe_adjoint(image_of(mask), optics::point_source(), air, size_derivative(image, 0.3, across)).mask;
    EXPECT_NEAR(mask_error_enhancement(mask, adjoint, -1), (dark(162) - dark(158)) / 4, 1e-3);
}

}  // namespace
