// Exposure against Dill's closed forms [Babu & Barouch 1986], a stack without reflection, and plain exponentials.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "digits.hpp"

namespace damascene::resist {
namespace {

constexpr double pi = std::numbers::pi;

Image cosine(double mean, double amplitude, double period_nm) {
    return {1, 0, period_nm * nm, period_nm * nm, 0 * nm, 0 * nm, {amplitude / 2, mean, amplitude / 2}};
}

// Values of an independent integration, depths 0, 1/4 .. 1 um.
TEST(DillExposure, GeneralAbsorptionMatchesTheReferenceColumns) {
    struct Case {
        Dill dill;
        double dose;
        std::vector<double> m;
    };
    const std::vector<double> z{0, 0.25, 0.5, 0.75, 1};
    const std::vector<Case> cases{
        {{0.8, 0.05, 0.015}, 100, {0.22313016, 0.26421867, 0.30954507, 0.35855305, 0.41042072}},
        {{0.551, 0.058, 0.010}, 150, {0.22313016, 0.25304476, 0.28523619, 0.31951268, 0.35560736}},
        {{0, 0.5, 0.05}, 30, {0.22313016, 0.26613666, 0.31092574, 0.35667370, 0.40260635}}};
    for (const Case& c : cases) {
        const std::vector<double> m = babu_barouch(c.dill, c.dose, z);
        for (std::size_t i = 0; i < z.size(); ++i)
            expect_digit(conditions("Dill exposure, A in 1/um", c.dill.a_per_um, "depth in um", z[i]),
                         "independent integration of [Babu & Barouch 1986]", m[i], c.m[i], 1e-8);
    }
}

TEST(DillExposure, WithoutFixedAbsorptionTheColumnIsLogistic) {  // M = 1/(1 + e^{-A z}(e^{C E} - 1))
    const std::vector<double> z{0.1, 0.7, 1, 3};
    const std::vector<double> m = babu_barouch({0.8, 0, 0.015}, 100, z);
    for (std::size_t i = 0; i < z.size(); ++i)
        EXPECT_NEAR(m[i], 1 / (1 + std::exp(-0.8 * z[i]) * (std::exp(1.5) - 1)), 1e-11);
    expect_digit("Dill exposure, B = 0, depth in um 1", "logistic closed form", m[2], 0.38995115475432085, 1e-10);
}

Bleaching matched_medium(int slices_nm, double wavelength_nm, int steps) {
    Bleaching b;
    b.stack.ambient = 1.7;
    b.stack.substrate = 1.7;
    b.stack.films = {{"resist", {1.7, 0}, static_cast<double>(slices_nm), 0}};
    b.wavelength = wavelength_nm * nm;
    b.dose_steps = steps;
    return b;
}

double largest(const std::vector<double>& a, const std::vector<double>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

// Matched media at a tenth of a nanometre: k, and with it every reflection (amplitude < 1e-5), vanishes.
TEST(BleachingColumn, MarchesToTheExactColumnInSecondOrder) {
    const Dill dill{0.8, 0.05, 0.015};
    const int slices = 400;
    std::vector<double> depth;
    for (int k = 0; k < slices; ++k) depth.push_back((k + 0.5) / slices);
    const std::vector<double> exact = babu_barouch(dill, 100, depth);
    std::vector<double> error;
    for (int steps : {5, 10, 20, 160})
        error.push_back(largest(bleached_column(dill, 100, slices, matched_medium(1000, 0.1, steps)), exact));
    EXPECT_LT(error[3], 2e-5);
    EXPECT_NEAR(std::log2(error[0] / error[1]), 2, 0.25);
    EXPECT_NEAR(std::log2(error[1] / error[2]), 2, 0.25);
}

TEST(BleachingColumn, AbsorbingSubstrateWritesAStandingWave) {
    Bleaching b = matched_medium(500, 365, 40);
    b.stack.ambient = 1;
    b.stack.substrate = {6.5, 2.7};
    const std::vector<double> m = bleached_column({0.551, 0.058, 0.01}, 150, 500, b);
    int turns = 0;
    for (std::size_t k = 1; k + 1 < m.size(); ++k) turns += (m[k] > m[k - 1]) == (m[k] > m[k + 1]);
    EXPECT_NEAR(turns, 2 * 500 / (365 / (2 * 1.7)), 1.5);  // two extrema per half wavelength in the resist
}

TEST(Exposure, WithoutBleachingIsTheExponentialOfTheImage) {
    const Grid3 g{.nx = 18, .ny = 1, .nz = 40, .dx_nm = 5, .dz_nm = 2, .x0_nm = 3};
    ImageInDepth light;
    const auto wave = [](double z) { return 1 + 0.3 * std::cos(z / 9); };
    for (int i = 0; i < 16; ++i) {
        const double z = 40 * (1 - std::cos(pi * (i + 0.5) / 16));
        light.depth_nm.push_back(z);
        light.images.push_back(cosine(0.6 * wave(z), 0.3 * wave(z), 90));
    }
    const Field3<double> m = exposed<double>(light, g, {0, 0, 0.05}, 20);
    const Field3<float> quick = exposed<float>(light, g, {0, 0, 0.05}, 20);
    for (int k = 0; k < g.nz; ++k)
        for (int i = 0; i < g.nx; ++i) {
            const double z = 2 * (k + 0.5), x = 3 + 5.0 * i;
            const double expected = std::exp(-wave(z) * (0.6 + 0.3 * std::cos(2 * pi * x / 90)));
            EXPECT_NEAR(m.values[g.at(i, 0, k)], expected, 1e-7);  // 16 Chebyshev nodes over 8.9 radians
            EXPECT_NEAR(quick.values[g.at(i, 0, k)], m.values[g.at(i, 0, k)], 2e-6);
        }
}

TEST(Exposure, ManyEqualDepthsAreInterpolatedLocally) {  // a polynomial through 41 equal nodes would explode
    const Grid3 g{.nx = 4, .ny = 1, .nz = 50, .dx_nm = 25, .dz_nm = 2};
    ImageInDepth light;
    for (int i = 0; i <= 40; ++i) {
        light.depth_nm.push_back(2.5 * i);
        light.images.push_back(cosine(1 + 0.3 * std::cos(2.5 * i / 9), 0, 100));
    }
    const Field3<double> m = exposed<double>(light, g, {0, 0, 0.05}, 20);
    for (int k = 0; k < g.nz; ++k)
        EXPECT_NEAR(m.values[g.at(1, 0, k)], std::exp(-(1 + 0.3 * std::cos((2 * k + 1) / 9.0))), 2e-4);
}

TEST(Exposure, BleachingImageGivesEachPointTheColumnOfItsOwnDose) {
    const Dill dill{0.551, 0.058, 0.01};
    const Grid3 g{.nx = 30, .ny = 1, .nz = 50, .dx_nm = 20, .dz_nm = 10};
    Bleaching b = matched_medium(500, 365, 40);
    b.stack.substrate = {6.5, 2.7};
    const Image image = cosine(0.6, 0.35, 600);
    const Field3<double> m = exposed_bleaching<double>(image, g, dill, 150, b);
    for (int i : {0, 7, 15, 22}) {
        const double light = 0.6 + 0.35 * std::cos(2 * pi * i / 30.0);
        const std::vector<double> column = bleached_column(dill, 150 * light, 50, b);
        for (int k = 0; k < g.nz; ++k) EXPECT_NEAR(m.values[g.at(i, 0, k)], column[static_cast<std::size_t>(k)], 2e-5);
    }
}

TEST(Exposure, SameBitsAtAnyThreadCount) {
    const Grid3 g{.nx = 64, .ny = 64, .nz = 9, .dx_nm = 10, .dy_nm = 10, .dz_nm = 4};
    const ImageInDepth light{{2, 30}, {cosine(0.6, 0.3, 640), cosine(0.5, 0.2, 640)}};
    set_thread_count(1);
    const auto one = exposed<float>(light, g, {0, 1, 0.05}, 20).values;
    for (int threads : {2, 3}) {
        set_thread_count(threads);
        EXPECT_EQ(exposed<float>(light, g, {0, 1, 0.05}, 20).values, one);
    }
    set_thread_count(1);
}

TEST(Exposure, RefusesWhatHasNoMeaning) {
    const Grid3 g{.nx = 18, .nz = 4, .dx_nm = 5};
    const ImageInDepth light{{2}, {cosine(0.6, 0.3, 90)}};
    EXPECT_NO_THROW(exposed<float>(light, g, {}, 10));
    EXPECT_THROW(exposed<float>(light, g, {}, 0), InputError);
    EXPECT_THROW(exposed<float>(light, g, {.a_per_um = -1}, 10), InputError);
    EXPECT_THROW(exposed<float>(light, g, {.b_per_um = std::nan("")}, 10), InputError);
    EXPECT_THROW(exposed<float>(light, g, {.c_cm2_per_mj = -1}, 10), InputError);
    EXPECT_THROW(exposed<float>(light, {.nx = 17, .nz = 4, .dx_nm = 5}, {}, 10), InputError);
    EXPECT_THROW(exposed<float>({{3, 2}, {light.images[0], light.images[0]}}, g, {}, 10), InputError);
    Bleaching b = matched_medium(500, 365, 40);
    b.stack.films[0].index = {1.7, -0.01};
    EXPECT_THROW(exposed_bleaching<float>(light.images[0], g, {0.5, 0, 0.01}, 10, b), InputError);
}

}  // namespace
}  // namespace damascene::resist
