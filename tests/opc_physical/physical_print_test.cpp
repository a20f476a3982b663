// The whole chain from a mask to developed resist: what light, bake and development must do to a line and a contact.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "damascene/opc/physical_print.hpp"

namespace damascene {
namespace {

const resist::DevelopmentModel* mack() {
    for (const auto* m : resist::development_models())
        if (m->info.name == "mack") return m;
    return nullptr;
}

/// A 193 nm amplified resist, 100 nm on a matched bottom coating unless told otherwise.
opc::ResistProcess process(std::complex<double> below = {1.70, 0.03}) {
    opc::ResistProcess p;
    p.stack = {.ambient = 1.4366,
               .films = {{.name = "resist", .index = {1.70, 0.03}, .thickness_nm = 100}},
               .substrate = below};
    p.development = mack();
    p.rate = default_values(p.development->info);
    p.rate.set("n", 12.0), p.rate.set("m_th", 0.6);
    p.bake = {.time_s = 60, .acid_diffusivity_nm2_s = 100 / 120.0, .amplification_per_s = 0.05, .order = 1};
    p.dill = {.b_per_um = 1.95, .c_cm2_per_mj = 0.05};
    p.dose_mj_cm2 = 4.5;
    return p;
}

optics::Pupil lens(double defocus_nm = 0) {
    optics::Pupil pupil;
    pupil.na = 1.35, pupil.wavelength = 193.368 * nm, pupil.n_medium = 1.4366, pupil.defocus = defocus_nm * nm;
    return pupil;
}

/// Clear-field mask with one opaque line of width on [0, pitch), middle at pitch / 2.
Spectrum2 lines(double pitch, double width, const optics::Source& source, const optics::Pupil& pupil) {
    const int band = optics::mask_band(source, pupil, pitch * nm);
    Spectrum2 s;
    s.band_x = s.band_y = band, s.period_x = s.period_y = pitch * nm;
    s.coefficients.assign(static_cast<std::size_t>(s.width() * s.height()), 0.0);
    const double pi = 3.14159265358979323846;
    for (int f = -band; f <= band; ++f)
        s.at(f, 0) = f == 0 ? 1 - width / pitch
                            : -std::polar(std::sin(pi * f * width / pitch) / (pi * f), -pi * static_cast<double>(f));
    return s;
}

double cd(const opc::ResistProcess& p, double dose, double defocus = 0) {
    const optics::Source source = optics::dipole(0.7, 0.9, 35 * deg, 0 * deg, 15);
    const optics::Pupil pupil = lens(defocus);
    const ImageInDepth light = opc::light_in_resist(lines(100, 50, source, pupil), source, pupil, p);
    const opc::PhysicalPrint print = opc::physical_print(light, opc::resist_grid(light, p), p, pupil.wavelength, dose);
    return opc::printed_cd(print, p, {0, 50, 100, 50}, 0.5, true);
}

}  // namespace

TEST(PhysicalPrint, LinesAreTwoDimensionalFields) {
    const optics::Source source = optics::annular(0.7, 0.9, 9);
    const opc::ResistProcess p = process();
    const ImageInDepth light = opc::light_in_resist(lines(100, 50, source, lens()), source, lens(), p);
    const Grid3 grid = opc::resist_grid(light, p);
    EXPECT_EQ(grid.ny, 1);
    EXPECT_EQ(grid.nz, 100);
    EXPECT_LE(grid.dx_nm, p.lateral_nm);
}

/// A clear mask: what the resist absorbs of the dose is the films' absorptance, averaged over the source.
TEST(PhysicalPrint, DoseIsThePowerOnTheWafer) {
    opc::ResistProcess p = process();
    const optics::Source source = optics::point_source(0.8, 0);
    const optics::Pupil pupil = lens();
    Spectrum2 clear = lines(100, 50, source, pupil);
    std::fill(clear.coefficients.begin(), clear.coefficients.end(), 0.0);
    clear.at(0, 0) = 1;
    const ImageInDepth light = opc::light_in_resist(clear, source, pupil, p);
    const double alpha_per_nm = 4 * 3.14159265358979323846 * 0.03 / 193.368;
    std::vector<double> middles;
    for (int k = 0; k < 400; ++k) middles.push_back((k + 0.5) * 0.25);
    double absorbed = 0;
    for (const Image& image : optics::at_depths(light, middles).images)
        absorbed += 0.25 * alpha_per_nm * image.at(0, 0).real();
    double expected = 0;
    for (const auto wave : {numerics::PlaneWave::s, numerics::PlaneWave::p})
        expected += 0.5 * numerics::stack_light(p.stack, pupil.wavelength, 0.8 * 1.35, wave).absorbed[0];
    EXPECT_NEAR(absorbed / expected, 1, 1e-3);
}

TEST(PhysicalPrint, MoreDoseMakesPositiveLinesNarrower) {
    const opc::ResistProcess p = process();
    double last = 1e9;
    for (const double dose : {0.92, 0.96, 1.0, 1.04, 1.08}) {
        const double now = cd(p, dose);
        ASSERT_TRUE(std::isfinite(now)) << dose;
        EXPECT_LT(now, last);
        last = now;
    }
}

/// Standing waves: a bare reflecting substrate modulates the light in depth with period lambda / (2 n); bake smooths
/// it.
TEST(PhysicalPrint, BakeSmoothsStandingWaves) {
    opc::ResistProcess sharp = process({0.883, 2.778});
    sharp.stack.films[0].index = 1.70;
    opc::ResistProcess baked = sharp;
    sharp.bake.acid_diffusivity_nm2_s = 0;
    baked.bake.acid_diffusivity_nm2_s = 20.0 * 20.0 / 120;
    const optics::Source source = optics::annular(0.7, 0.9, 9);
    const optics::Pupil pupil = lens();
    const ImageInDepth light = opc::light_in_resist(lines(100, 50, source, pupil), source, pupil, sharp);
    const auto swing = [&](const opc::ResistProcess& p) {
        const Grid3 grid = opc::resist_grid(light, p);
        const opc::PhysicalPrint print = opc::physical_print(light, grid, p, pupil.wavelength);
        double low = 1, high = 0;
        for (int k = 20; k < 80; ++k) {
            const double m = print.blocked.values[grid.at(0, 0, k)];
            low = std::min(low, m), high = std::max(high, m);
        }
        return high - low;
    };
    // The blocked share follows the acid's mean over the bake: a wave of period P shrinks by (1 - exp(-x)) / x,
    // x = 2 (pi sigma / P)^2. P is lambda / (2 n cos theta): 57 nm straight down, 94 nm for light at the pupil's edge.
    const auto shrink = [](double cosine) {
        const double x = 2 * std::pow(3.14159265358979323846 * 20 / (193.368 / 2 / 1.70 / cosine), 2);
        return (1 - std::exp(-x)) / x;
    };
    EXPECT_GT(swing(sharp), 0.1);
    EXPECT_GT(swing(baked) / swing(sharp), shrink(1));
    EXPECT_LT(swing(baked) / swing(sharp), shrink(std::sqrt(1 - std::pow(1.35 / 1.70, 2))));
}

/// Without bleachable absorption (A = 0) the bleaching solver is the plain exposure: one standing wave, counted once.
/// Bare silicon, light straight down, no mask: what is left between them is interpolation in dose and depth.
TEST(PhysicalPrint, BleachingWithoutDyeIsThePlainExposure) {
    opc::ResistProcess plain = process({0.883, 2.778});
    plain.dill.b_per_um = 4 * 3.14159265358979323846 * 0.03 / 0.193368;
    opc::ResistProcess bleaching = plain;
    bleaching.bleaching = true;
    const optics::Source source = optics::point_source(0, 0);
    const optics::Pupil pupil = lens();
    Spectrum2 clear = lines(100, 50, source, pupil);
    std::fill(clear.coefficients.begin(), clear.coefficients.end(), 0.0);
    clear.at(0, 0) = 1;
    const auto blocked = [&](const opc::ResistProcess& p) {
        const ImageInDepth light = opc::light_in_resist(clear, source, pupil, p);
        return opc::physical_print(light, opc::resist_grid(light, p), p, pupil.wavelength).blocked.values;
    };
    for (const bool vector : {true, false}) {
        plain.vector = bleaching.vector = vector;
        const std::vector<float> a = blocked(plain), b = blocked(bleaching);
        ASSERT_EQ(a.size(), b.size());
        EXPECT_GT(*std::max_element(a.begin(), a.end()) - *std::min_element(a.begin(), a.end()), 0.1);
        for (std::size_t k = 0; k < a.size(); ++k)
            EXPECT_NEAR(a[k], b[k], 1e-3) << k;  // depths_for: 1e-3 of clear field
    }
}

/// More base than acid anywhere: nothing is deblocked. Half as much base: it is.
TEST(PhysicalPrint, QuencherBeyondAllAcidIsReported) {
    opc::ResistProcess p = process();
    p.bake.neutralisation_per_s = 10;
    const optics::Source source = optics::annular(0.7, 0.9, 9);
    const optics::Pupil pupil = lens();
    const ImageInDepth light = opc::light_in_resist(lines(100, 50, source, pupil), source, pupil, p);
    const auto print = [&](double quencher) {
        p.quencher = quencher;
        return opc::physical_print(light, opc::resist_grid(light, p), p, pupil.wavelength);
    };
    EXPECT_FALSE(print(0).fully_quenched);
    EXPECT_FALSE(print(0.1).fully_quenched);
    EXPECT_TRUE(print(0.9).fully_quenched);
}

/// Negative tone keeps what light has changed: its spaces are the positive tone's lines.
TEST(PhysicalPrint, NegativeToneKeepsTheExposedPart) {
    opc::ResistProcess p = process();
    p.tone = resist::Tone::negative, p.dose_mj_cm2 = 33;
    const optics::Source source = optics::annular(0.7, 0.9, 9);
    const optics::Pupil pupil = lens();
    const ImageInDepth light = opc::light_in_resist(lines(100, 50, source, pupil), source, pupil, p);
    const opc::PhysicalPrint print = opc::physical_print(light, opc::resist_grid(light, p), p, pupil.wavelength);
    EXPECT_TRUE(std::isfinite(opc::printed_cd(print, p, {0, 50, 100, 50}, 0.5, false)));
    EXPECT_TRUE(std::isnan(opc::printed_cd(print, p, {0, 50, 100, 50}, 0.5, true)));
}

TEST(PhysicalPrint, RefusesWhatHasNoMeaning) {
    opc::ResistProcess p = process();
    p.dose_mj_cm2 = 0;
    EXPECT_THROW(opc::validate(p), InputError);
    p = process(), p.development = nullptr;
    EXPECT_THROW(opc::validate(p), InputError);
    p = process(), p.stack.films[0].index = {1.7, -0.03};
    EXPECT_THROW(opc::validate(p), InputError);
    p = process(), p.film = 3;
    EXPECT_THROW(opc::validate(p), InputError);
}

TEST(PhysicalPrint, SameBitsAtOneTwoAndThreeThreads) {
    const opc::ResistProcess p = process();
    const int before = thread_count();
    std::vector<double> sizes;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        sizes.push_back(cd(p, 1));
        ASSERT_TRUE(std::isfinite(sizes.back()));
    }
    set_thread_count(before);
    EXPECT_EQ(sizes[0], sizes[1]);
    EXPECT_EQ(sizes[0], sizes[2]);
}

}  // namespace damascene
