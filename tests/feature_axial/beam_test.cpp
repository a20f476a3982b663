// Direct arrival of directional species on surfaces of revolution: closed forms and limits.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/base/error.hpp"
#include "damascene/feature/transport.hpp"
#include "feature_axial/profiles.hpp"

namespace damascene::feature {
namespace {

using namespace axial_tests;
using std::numbers::pi;

/// Bottom centre of a via: 1 - (1 + 1 / 4 AR^2)^(-(n+1)/2).
TEST(AxialBeam, CosinePowerAtTheBottomCentre) {
    for (const double ar : {1.0, 4.0, 10.0})
        for (const double n : {1.0, 10.0, 50.0, 500.0}) {
            const Section s = via(2 * ar, {1e-5, 0.5}, {ar});
            const double exact = 1 - std::pow(1 + 1 / (4 * ar * ar), -(n + 1) / 2);
            EXPECT_NEAR(axial_beam_flux(s, {.cosine_power = n}, nullptr)[0], exact, 1e-6) << ar << " " << n;
        }
    EXPECT_NEAR(1 - std::pow(1 + 1.0 / 64, -25.5), 0.326560258, 1e-9);
    EXPECT_NEAR(1 - std::pow(1 + 1.0 / 400, -250.5), 0.464989277, 1e-9);
}

/// A wall that stands free, bent around the axis: (n + 1) / (2 pi) B(3/2, n/2).
TEST(AxialBeam, CosinePowerOnAFreeWall) {
    const Section s = chain({{0, 2}, {1, 2}, {1, 0}, {6, 0}}, 0.25);
    for (const auto& [n, value] :
         {std::pair{1.0, 0.5}, {10.0, 0.129344970}, {100.0, 0.039994087}, {1000.0, 0.012618817}}) {
        const auto flux = axial_beam_flux(s, {.cosine_power = n}, nullptr);
        for (std::size_t i = 4; i < 12; ++i) EXPECT_NEAR(flux[i], value, 1e-6) << n;
        EXPECT_NEAR(flux[0], 1, 1e-9);
    }
}

TEST(AxialBeam, ThermalGasIsTheSkyShare) {
    for (const Section& s : {chain({{0, -3}, {1.6, -3}, {1.9, -2}, {0.8, -0.3}, {1.1, 0}, {3, 0}}, 0.1),
                             chain({{0, 1.5}, {0.7, 1.5}, {0.5, 0}, {3, 0}, {3, 0.7}, {9, 0.7}}, 0.1)}) {
        const ViewFactors f = axial_view_factors(s);
        const auto flux = axial_beam_flux(s, {.cosine_power = 1}, nullptr);
        for (std::size_t i = 0; i < s.size(); ++i) EXPECT_NEAR(flux[i], f.sky[i], 2e-3) << i;
    }
}

/// Gaussian beam through the mouth of a hole onto the bottom centre: 1 - exp(-a^2 / 2 s^2), tan a = R / depth.
TEST(AxialBeam, GaussianAtTheBottomCentre) {
    const Section s = via(10, {1e-5, 0.5}, {5});
    for (const double spread : {0.01, 0.05, 0.1, 0.2}) {
        const double a = std::atan(0.1);
        EXPECT_NEAR(axial_beam_flux(s, {.spread_rad = spread}, nullptr)[0],
                    1 - std::exp(-a * a / (2 * spread * spread)), 1e-6);
    }
}

/// All that enters a hole without a floor's reflection lands on its walls: the mean over the mouth is 1.
TEST(AxialBeam, WhatEntersLands) {
    const Section s = via(4, graded(1, 0.01, 0.02, 1.2, false), graded(4, 0.005, 0.02, 1.2, true));
    const auto area = areas(s);
    for (const Beam& beam : {Beam{.cosine_power = 1}, Beam{.cosine_power = 30}, Beam{.spread_rad = 0.1}, Beam{}}) {
        const auto flux = axial_beam_flux(s, beam, nullptr);
        double total = 0;
        for (std::size_t i = 0; i < s.size(); ++i) total += flux[i] * area[i];
        EXPECT_NEAR(total / pi, 1, 2e-4);
    }
}

TEST(AxialBeam, VerticalRayFallsOnWhatLiesOpen) {
    // Slope of 45 degrees under an overhang that covers radii 0.5 to 1.
    const Section s = chain({{0, -1}, {1, 0}, {0.5, 0.5}, {0.5, 1}, {2, 1}}, 10);
    const auto flux = axial_beam_flux(s, Beam{}, nullptr);
    EXPECT_NEAR(flux[0], std::sqrt(0.5) * 0.25, 1e-12);
    EXPECT_EQ(flux[1], 0);
    EXPECT_EQ(flux[2], 0);
    EXPECT_EQ(flux[3], 1);
    const auto yield = axial_beam_flux(s, Beam{}, [](double c) { return 3 * c; });
    EXPECT_NEAR(yield[0], 3 * 0.5 * 0.25, 1e-12);
}

/// weight = cos on a flat field under cos^n: (n + 1) / (n + 2).
TEST(AxialBeam, WeightByAngle) {
    const Section field = chain({{0, 0}, {2, 0}}, 1);
    for (const double n : {1.0, 8.0, 100.0})
        EXPECT_NEAR(axial_beam_flux(field, {.cosine_power = n}, [](double c) { return c; })[0], (n + 1) / (n + 2),
                    1e-7);
    // One for every angle is the flux itself, hidden or not.
    const Section hole = chain({{0, -2}, {1.2, -2}, {0.8, -0.3}, {1.1, 0}, {3, 0}}, 0.1);
    const auto plain = axial_beam_flux(hole, {.cosine_power = 5}, nullptr);
    const auto weighted = axial_beam_flux(hole, {.cosine_power = 5}, [](double) { return 1.0; });
    for (std::size_t i = 0; i < hole.size(); ++i) EXPECT_NEAR(plain[i], weighted[i], 1e-7);
}

TEST(AxialBeam, SealedVoidIsDark) {
    Section s = chain({{0, 0}, {4, 0}}, 0.5);
    add_chain(s, {{0, -3}, {1, -2}, {0, -1}}, 0.2);
    const auto flux = axial_beam_flux(s, {.spread_rad = 0.2}, nullptr);
    for (std::size_t i = s.chain_begin[1]; i < s.size(); ++i) EXPECT_EQ(flux[i], 0);
}

TEST(AxialBeam, TiltHasNoAxialSymmetry) {
    EXPECT_THROW(axial_beam_flux(via(1, {}, {}), {.cosine_power = 1, .tilt_rad = 0.1}, nullptr), InputError);
}

}  // namespace
}  // namespace damascene::feature
