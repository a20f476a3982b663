// Static flux in closed-bottom circular vias against the reference solution of the integral equation.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "damascene/feature/transport.hpp"
#include "digits.hpp"
#include "feature_axial/profiles.hpp"

namespace damascene::feature {
namespace {

using namespace axial_tests;

struct ViaValues {
    double top, middle, tenth, centre, bottom_mean, wall_mean, captured;
};

struct ViaGrid {
    Section section;
    std::size_t bottom;  ///< pieces on it
    double depth;
};

/// `finest` and `coarsest` in radii.
ViaGrid via_grid(double depth, double finest, double coarsest) {
    const auto across = graded(1, finest, std::min(0.03, coarsest), 1.25, false);
    const auto up = graded(depth, finest, coarsest, 1.15, true);
    return {via(depth, across, up), across.size() + 1, depth};
}

/// Value at x by a parabola through the three nearest nodes.
double interpolate(const std::vector<double>& at, const std::vector<double>& value, double x) {
    std::size_t k = static_cast<std::size_t>(std::lower_bound(at.begin(), at.end(), x) - at.begin());
    k = std::clamp<std::size_t>(k, 1, at.size() - 2);
    double out = 0;
    for (std::size_t a = k - 1; a <= k + 1; ++a) {
        double term = value[a];
        for (std::size_t b = k - 1; b <= k + 1; ++b)
            if (b != a) term *= (x - at[b]) / (at[a] - at[b]);
        out += term;
    }
    return out;
}

ViaValues via_values(const ViaGrid& grid, const ViewFactors& f, double s) {
    const std::vector<double> flux = incident(f, s);
    std::vector<double> height, wall, radius, bottom;
    double wall_total = 0, wall_area = 0, bottom_total = 0, bottom_area = 0;
    for (std::size_t i = 0; i < flux.size(); ++i) {
        const Vec2 m = midpoint(grid.section.pieces[i]);
        if (i < grid.bottom) {
            radius.push_back(m.x * m.x), bottom.push_back(flux[i]);
            bottom_total += flux[i] * f.area[i], bottom_area += f.area[i];
        } else {
            height.push_back(m.z), wall.push_back(flux[i]);
            wall_total += flux[i] * f.area[i], wall_area += f.area[i];
        }
    }
    return {interpolate(height, wall, 0),
            interpolate(height, wall, -0.5 * grid.depth),
            interpolate(height, wall, -0.9 * grid.depth),
            interpolate(radius, bottom, 0),
            bottom_total / bottom_area,
            wall_total / wall_area,
            s * (bottom_total + wall_total) / std::numbers::pi};
}

/// Extrapolated from pieces of one and of two lengths, error ~ h^2.
ViaValues richardson(const ViaValues& fine, const ViaValues& coarse) {
    const auto f = [](double a, double b) { return a + (a - b) / 3; };
    return {
        f(fine.top, coarse.top),          f(fine.middle, coarse.middle),           f(fine.tenth, coarse.tenth),
        f(fine.centre, coarse.centre),    f(fine.bottom_mean, coarse.bottom_mean), f(fine.wall_mean, coarse.wall_mean),
        f(fine.captured, coarse.captured)};
}

/// Without extrapolation up to aspect ratio 20; beyond, the coarse middle of the wall is extrapolated.
TEST(ViaFlux, EveryRowOfTheTable) {
    std::ifstream file(DAMASCENE_TEST_DATA "/reference/via_static_flux.csv");
    double last = -1, worst = 0;
    int rows = 0, most = 0;
    ViaGrid grid, half_grid;
    ViewFactors f, half;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || !std::isdigit(static_cast<unsigned char>(line[0]))) continue;
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream fields(line);
        double ar, s;
        ViaValues r;
        fields >> ar >> s >> r.top >> r.middle >> r.tenth >> r.centre >> r.bottom_mean >> r.wall_mean >> r.captured;
        if (ar != last) {
            grid = via_grid(2 * ar, 0.01, std::clamp(2 * ar / 600, 0.03, 0.12));
            f = axial_view_factors(grid.section);
            if (ar > 20) half_grid = via_grid(2 * ar, 0.01, 0.24), half = axial_view_factors(half_grid.section);
            most = std::max(most, f.n);
            last = ar;
        }
        ViaValues v = via_values(grid, f, s);
        if (ar > 20) v = richardson(v, via_values(half_grid, half, s));
        const std::array<double, 7> here = {v.top, v.middle, v.tenth, v.centre, v.bottom_mean, v.wall_mean, v.captured},
                                    there = {r.top,         r.middle,    r.tenth,   r.centre,
                                             r.bottom_mean, r.wall_mean, r.captured};
        const char* const places[] = {"wall at mouth", "half depth", "0.9 depth", "bottom centre",
                                      "bottom mean",   "wall mean",  "captured"};
        for (std::size_t k = 0; k < here.size(); ++k) {
            expect_digit(conditions("via, aspect ratio", ar, "sticking", s) + ", " + places[k],
                         "free-molecular flux, table via_static_flux", here[k], there[k], 1e-4);
            worst = std::max(worst, std::abs(here[k] - there[k]));
        }
        ++rows;
    }
    EXPECT_EQ(rows, 72);
    EXPECT_LE(most, 800);
    std::printf("worst of %d rows: %.2e with at most %d pieces\n", rows, worst, most);
}

/// FS-07 of the specification: aspect ratios of memory holes.
TEST(ViaFlux, UltraHighAspectRatios) {
    struct Row {
        double ar, s, top, middle, centre, captured;
    };
    for (const Row& r : {Row{60, 1e-4, 0.9922159, 0.7014176, 0.6154074, 0.0176897},
                         Row{100, 1e-3, 0.9693477, 0.0606690, 0.0086309, 0.0687919},
                         Row{100, 1e-4, 0.9906743, 0.4683509, 0.3343568, 0.0212492}}) {
        const auto at = [&](double coarsest) {
            const ViaGrid grid = via_grid(2 * r.ar, 0.01, coarsest);
            EXPECT_LE(grid.section.size(), 2000u);
            return via_values(grid, axial_view_factors(grid.section), r.s);
        };
        const ViaValues v = richardson(at(0.15), at(0.3));
        EXPECT_NEAR(v.top, r.top, 1e-4);
        EXPECT_NEAR(v.middle, r.middle, 1e-4);
        EXPECT_NEAR(v.centre, r.centre, 1e-4);
        EXPECT_NEAR(v.captured, r.captured, 1e-4);
    }
}

/// Half-space law: a deep hole's wall at the mouth receives 1 / (1 + sqrt(s)).
TEST(ViaFlux, MouthLawOfDeepHoles) {
    const ViaGrid grid = via_grid(80, 0.003, 0.12);
    const ViewFactors f = axial_view_factors(grid.section);
    for (const double s : {0.5, 0.2, 0.1, 0.05, 0.02})
        EXPECT_NEAR(via_values(grid, f, s).top, 1 / (1 + std::sqrt(s)), 1e-4) << s;
}

/// Diffusion-reaction along the hole: wall at the foot over the mouth is about 1 / cosh(phi).
TEST(ViaFlux, ThieleProfile) {
    for (const auto& [ar, s] : {std::pair{10.0, 0.01}, {10.0, 0.02}, {20.0, 0.005}, {40.0, 0.001}}) {
        const double phi = ar * std::sqrt(3 * s / (1 - 0.5 * s));
        ASSERT_LE(phi, 3);
        const ViaGrid grid = via_grid(2 * ar, 0.01, 0.1);
        const ViaValues v = via_values(grid, axial_view_factors(grid.section), s);
        EXPECT_NEAR(v.centre / (v.top / std::cosh(phi)), 1, 0.1) << ar << " " << s;
    }
}

/// Order of the flux on uniform pieces. The mid-wall value is free of the weak singularities at the corners.
TEST(ViaFlux, ErrorFallsWithTheSquareOfThePieces) {
    const double exact = 0.2320475;  // AR 4, s 0.1: wall_mid
    std::vector<double> n, error;
    for (const int per_radius : {4, 8, 16, 32}) {
        const ViaGrid grid{chain({{0, -8}, {1, -8}, {1, 0}}, 1.0 / per_radius), static_cast<std::size_t>(per_radius),
                           8};
        n.push_back(per_radius);
        error.push_back(via_values(grid, axial_view_factors(grid.section), 0.1).middle - exact);
    }
    const Slope order = slope(n, error);
    std::printf("order %.3f +- %.3f, errors %.2e .. %.2e\n", -order.value, order.error, error.front(), error.back());
    EXPECT_GT(-order.value, 1.8);
}

// -------------------------------------------------------------------------------------------------------- direct flux
TEST(ViaDirect, ClosedFormsOfTheMouth) {
    for (const double ar : {0.5, 1.0, 4.0, 10.0, 40.0}) {
        const double d = 2 * ar, x = 2 + d * d;
        const Section s = via(d, {1e-5, 0.5}, {0.2 * d, 0.5 * d - 1e-5, 0.5 * d + 1e-5});
        const ViewFactors f = axial_view_factors(s);
        EXPECT_NEAR(f.sky[0], 1 / (1 + 4 * ar * ar), 1e-8);
        double bottom = 0;
        for (std::size_t i = 0; i < 3; ++i) bottom += f.sky[i] * f.area[i] / std::numbers::pi;
        EXPECT_NEAR(bottom, 0.5 * (x - std::sqrt(x * x - 4)), 1e-8);
        const double z = 0.5 * d;
        EXPECT_NEAR(f.sky[5], (z * z + 2) / (2 * std::sqrt(z * z + 4)) - z / 2, 1e-8);
    }
}

}  // namespace
}  // namespace damascene::feature
