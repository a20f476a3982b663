// Pupil: Zernike polynomials, exact defocus, obliquity, refusals.
#include "damascene/optics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "optics/zernike.hpp"

namespace damascene::optics {
namespace {

constexpr double pi = std::numbers::pi;

TEST(Zernike, FringeOrderFollowsTheIndexFormula) {
    for (int j = 1; j <= 36; ++j) {
        const auto [n, m] = fringe_order(j);
        const int half = 1 + (n + std::abs(m)) / 2;
        EXPECT_EQ(half * half - 2 * std::abs(m) + (m < 0 ? 1 : 0), j);
        EXPECT_EQ((n - std::abs(m)) % 2, 0);
    }
    EXPECT_EQ(fringe_order(37).n, 12);
    EXPECT_EQ(fringe_order(37).m, 0);
}

TEST(Zernike, LowTermsAreTheTextbookPolynomials) {
    for (double r : {0.0, 0.3, 0.77, 1.0})
        for (double t : {0.0, 0.4, 2.0, -1.3}) {
            EXPECT_NEAR(zernike_fringe(1, r, t), 1, 1e-15);
            EXPECT_NEAR(zernike_fringe(2, r, t), r * std::cos(t), 1e-15);
            EXPECT_NEAR(zernike_fringe(3, r, t), r * std::sin(t), 1e-15);
            EXPECT_NEAR(zernike_fringe(4, r, t), 2 * r * r - 1, 1e-15);
            EXPECT_NEAR(zernike_fringe(5, r, t), r * r * std::cos(2 * t), 1e-15);
            EXPECT_NEAR(zernike_fringe(6, r, t), r * r * std::sin(2 * t), 1e-15);
            EXPECT_NEAR(zernike_fringe(7, r, t), (3 * r * r * r - 2 * r) * std::cos(t), 1e-15);
            EXPECT_NEAR(zernike_fringe(8, r, t), (3 * r * r * r - 2 * r) * std::sin(t), 1e-15);
            EXPECT_NEAR(zernike_fringe(9, r, t), 6 * std::pow(r, 4) - 6 * r * r + 1, 1e-14);
            EXPECT_NEAR(zernike_fringe(10, r, t), r * r * r * std::cos(3 * t), 1e-15);
        }
}

TEST(Zernike, UnitPeakOrthogonalWithTheStatedRms) {
    // Midpoint rule in u = rho^2 and theta, exact in theta; RMS^2 = 1/(n+1) for m = 0, else 1/(2(n+1)).
    const int nu = 4000, nt = 32;
    for (int a : {1, 4, 5, 7, 8, 9, 16, 25, 36, 37})
        for (int b : {4, 7, 9, 16, 37}) {
            double sum = 0;
            for (int i = 0; i < nu; ++i)
                for (int k = 0; k < nt; ++k) {
                    const double r = std::sqrt((i + .5) / nu), t = 2 * pi * k / nt;
                    sum += zernike_fringe(a, r, t) * zernike_fringe(b, r, t);
                }
            const auto [n, m] = fringe_order(a);
            EXPECT_NEAR(sum / (nu * nt), a == b ? (m == 0 ? 1.0 : 0.5) / (n + 1) : 0.0, 2e-5) << a << " " << b;
        }
    for (int j = 1; j <= 37; ++j)
        EXPECT_NEAR(std::abs(zernike_fringe(j, 1, fringe_order(j).m < 0 ? pi / (-2.0 * fringe_order(j).m) : 0.0)), 1,
                    1e-10);
}

Pupil at(double na, double n) {
    Pupil p;
    p.na = na, p.n_medium = n, p.wavelength = 193.368 * nm;
    return p;
}

TEST(Pupil, ExactDefocusExceedsParaxialAtTheEdge) {  // V-29
    const double expected[][3] = {{.33, 1, 1.0288}, {.55, 1, 1.0898}, {.93, 1, 1.462}, {1.35, 1.4366, 1.490}};
    for (const auto& [na, n, ratio] : expected) {
        Pupil p = at(na, n);
        p.defocus = 20 * nm;
        const double exact = std::arg(pupil_value(p, 1, 0));
        p.paraxial_defocus = true;
        EXPECT_NEAR(exact / std::arg(pupil_value(p, 1, 0)), ratio, ratio > 1.4 ? 5e-4 : 1e-4) << na;
    }
}

TEST(Pupil, DefocusPhaseIsTheOpticalPathDifference) {
    Pupil p = at(1.35, 1.4366);
    p.defocus = 30 * nm;
    const double path = 30 * (std::sqrt(1.4366 * 1.4366 - 1.35 * 1.35 * .49) - 1.4366);
    EXPECT_NEAR(std::arg(pupil_value(p, 0, 0.7)), 2 * pi * path / 193.368, 1e-13);
    EXPECT_EQ(pupil_value(p, 0, 0), 1.0);
}

TEST(Pupil, ObliquityFactorAtTheEdge) {  // V-29
    const double expected[][3] = {{.33, 1, 1.0275}, {.55, 1, 1.0890},      {.85, 1, 1.3620},
                                  {.93, 1, 1.6267}, {1.2, 1.4366, 1.3172}, {1.35, 1.4366, 1.6592}};
    for (const auto& [na, n, factor] : expected) {
        Pupil p = at(na, n);
        p.obliquity = true;
        EXPECT_NEAR(std::abs(pupil_value(p, 1, 0)), factor, 1e-4) << na;
    }
}

TEST(Pupil, ObscurationAndEdgeStopLight) {
    Pupil p = at(.55, 1);
    p.obscuration = 0.2;
    EXPECT_EQ(pupil_value(p, 0.1, 0.1), 0.0);
    EXPECT_EQ(pupil_value(p, 0.2, 0.0), 1.0);
    EXPECT_EQ(pupil_value(p, 0.6, 0.8), 1.0);
    EXPECT_EQ(pupil_value(p, 0.6, 0.8001), 0.0);
}

TEST(Pupil, BadOpticsAreRefusedWithTheAllowedRange) {
    const auto code = [](auto change) {
        Pupil p;
        change(p);
        try {
            validate(p);
        } catch (const InputError& e) {
            EXPECT_FALSE(e.diagnostics().front().help.empty());
            return e.diagnostics().front().code;
        }
        return std::string("none");
    };
    EXPECT_EQ(code([](Pupil&) {}), "none");
    EXPECT_EQ(code([](Pupil& p) { p.na = 0; }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.na = std::nan(""); }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.n_medium = 1; }), "D0401");
    EXPECT_EQ(code([](Pupil& p) { p.na = 1.4366; }), "D0401");
    EXPECT_EQ(code([](Pupil& p) { p.wavelength = 0 * nm; }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.wavelength = 1100 * nm; }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.obscuration = 1; }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.magnification = 0.5; }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.zernike_waves.assign(38, 0.0); }), "D0204");
    EXPECT_EQ(code([](Pupil& p) { p.zernike_waves = {0, std::nan("")}; }), "D0204");
    EXPECT_THROW(zernike_fringe(0, 0, 0), InputError);
    EXPECT_THROW(zernike_fringe(38, 0, 0), InputError);
    try {
        Pupil p;
        p.n_medium = 1;
        validate(p);
    } catch (const InputError& e) {
        EXPECT_NE(e.diagnostics().front().help.find("water"), std::string::npos);
    }
}

TEST(Pupil, MaskBandCountsTheOrdersThatPass) {
    Pupil p = at(1.35, 1.4366);
    EXPECT_EQ(mask_band(annular(0.6, 0.9), p, 1024 * nm), static_cast<int>(1024 * 1.35 * 1.9 / 193.368));
    // The order exactly on the rim passes: L = lambda/NA, sigma 0 -> B = 1.
    EXPECT_EQ(mask_band(point_source(), p, 193.368 / 1.35 * nm), 1);
    EXPECT_THROW(mask_band(point_source(), p, 0 * nm), InputError);
}

}  // namespace
}  // namespace damascene::optics
