// Static flux of trenches and the transmission of slits against reference tables and closed forms.
#include <gtest/gtest.h>

#include <cmath>

#include "digits.hpp"
#include "feature_flux/reference.hpp"
#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

/// Quadratic through the three wall places nearest to a depth.
double wall_at(const HoleFlux& h, double depth) {
    std::size_t k = 0;
    while (k + 3 < h.depth.size() && h.depth[k + 1] < depth) ++k;
    double value = 0;
    for (std::size_t i = k; i < k + 3; ++i) {
        double l = 1;
        for (std::size_t j = k; j < k + 3; ++j)
            if (j != i) l *= (depth - h.depth[j]) / (h.depth[i] - h.depth[j]);
        value += l * h.wall[i];
    }
    return value;
}

void expect_row(const std::vector<double>& row, const HoleFlux& h) {
    const double values[] = {h.wall_top,    h.wall_mid,  wall_at(h, 0.9),    h.bottom_center,
                             h.bottom_mean, h.wall_mean, h.captured_fraction};
    const char* const places[] = {"wall at mouth", "half depth", "0.9 depth", "bottom centre",
                                  "bottom mean",   "wall mean",  "captured"};
    for (std::size_t k = 0; k < 7; ++k)
        expect_digit(conditions("trench, aspect ratio", row[0], "sticking", row[1]) + ", " + places[k],
                     "free-molecular flux, table trench_static_flux", values[k], row[k + 2], 1e-5);
}

TEST(TrenchFlux, EveryRowOfTheTable) {
    for (const auto& row : reference_rows("trench_static_flux.csv")) {
        const HoleFlux h = hole_flux(Symmetry::planar, row[0], row[1], 420);
        expect_row(row, h);
        EXPECT_LT(std::abs(h.captured_fraction - row[8]), std::max(1e-6, h.error_estimate));
        EXPECT_NEAR(h.elements, 420, 45);
    }
}

TEST(TrenchFlux, UltraHighAspectRatio) {
    const double rows[2][5] = {{1e-3, 0.9704674, 0.3560144, 0.2738313, 0.0868864},
                               {1e-4, 0.9943359, 0.8488548, 0.8197167, 0.0174129}};
    for (const auto& row : rows) {
        const HoleFlux h = hole_flux(Symmetry::planar, 100, row[0], 1600);
        EXPECT_NEAR(h.wall_top, row[1], 2e-6);
        EXPECT_NEAR(h.wall_mid, row[2], 2e-6);
        EXPECT_NEAR(h.bottom_center, row[3], 2e-6);
        EXPECT_NEAR(h.captured_fraction, row[4], 2e-6);
    }
}

// Pieces of constant flux, no extrapolation: errors of means fall as h^2 on uniform meshes.
TEST(TrenchFlux, ErrorIsOfSecondOrder) {
    const double truth = 0.3474070935;  // captured share, aspect ratio 2, sticking 0.1
    std::vector<double> x, y;
    for (int n : {4, 8, 16, 32, 64}) {
        const Section s = shapes::trench(2, 2 * n, n);
        const ViewFactors f = planar_view_factors(s);
        const FluxSolution flux = diffuse_flux(f, std::vector<double>(s.size(), 0.1), f.sky);
        double captured = 0;
        for (std::size_t i = 1; i + 1 < s.size(); ++i) captured += 0.1 * f.area[i] * flux.incident[i];
        x.push_back(std::log(1.0 / n)), y.push_back(std::log(std::abs(captured - truth)));
    }
    double mx = 0, my = 0, sxx = 0, sxy = 0, rest = 0;
    for (std::size_t k = 0; k < x.size(); ++k) mx += x[k] / 5, my += y[k] / 5;
    for (std::size_t k = 0; k < x.size(); ++k) sxx += (x[k] - mx) * (x[k] - mx), sxy += (x[k] - mx) * (y[k] - my);
    const double slope = sxy / sxx;
    for (std::size_t k = 0; k < x.size(); ++k) rest += std::pow(y[k] - my - slope * (x[k] - mx), 2);
    const double error = std::sqrt(rest / 3 / sxx);
    std::printf("order %.3f +- %.3f\n", slope, error);
    EXPECT_GT(slope, 1.8);
    EXPECT_LT(error, 0.1);
}

// A deep mouth: 1 / (1 + sqrt s), whatever the cross-section.
TEST(TrenchFlux, MouthLaw) {
    for (double s : {0.5, 0.1, 0.02})
        EXPECT_NEAR(hole_flux(Symmetry::planar, 40, s, 840).wall_top, 1 / (1 + std::sqrt(s)), 2e-3) << s;
    EXPECT_NEAR(hole_flux(Symmetry::planar, 40, 0.5, 840).wall_top, 0.5857864, 1e-4);
}

TEST(TrenchFlux, DirectFluxOfPiecesIsExact) {
    for (double depth : {0.5, 4.0, 40.0}) {
        const int wall = 200, bottom = 50;
        const ViewFactors f = planar_view_factors(shapes::trench(depth, wall, bottom));
        double mean = 0;
        for (int k = 0; k < bottom; ++k) mean += f.sky[static_cast<std::size_t>(1 + wall + k)] / bottom;
        EXPECT_NEAR(mean, std::sqrt(1 + depth * depth) - depth, 1e-10);
        for (int k = 0; k < wall; ++k) {  // means of (1 - z / sqrt(z^2 + 1)) / 2
            const double z0 = depth * k / wall, z1 = depth * (k + 1) / wall;
            const double expected = 0.5 * (1 - (std::hypot(z1, 1) - std::hypot(z0, 1)) / (z1 - z0));
            EXPECT_NEAR(f.sky[static_cast<std::size_t>(1 + k)], expected, 1e-10);
        }
    }
}

TEST(TrenchFlux, DirectFluxAtTheBottomCentre) {
    for (double depth : {0.5, 2.0, 10.0}) {
        const Section s = shapes::chain(
            {{-1.5, 0}, {-0.5, 0}, {-0.5, -depth}, {-1e-6, -depth}, {1e-6, -depth}, {0.5, -depth}, {0.5, 0}, {1.5, 0}},
            {1, 1, 1, 1, 1, 1, 1});
        EXPECT_NEAR(planar_view_factors(s).sky[3], 1 / std::sqrt(1 + 4 * depth * depth), 1e-9);
        EXPECT_NEAR(beam_flux(s, {.cosine_power = 1})[3], 1 / std::sqrt(1 + 4 * depth * depth), 1e-10);
    }
}

TEST(SlitTransmission, EveryRowOfTheTable) {
    for (const auto& row : reference_rows("clausing_slit.csv"))
        expect_digit("slit, length over gap " + std::to_string(row[0]), "Clausing's equation, table clausing_slit",
                     clausing_slit(row[0]), row[1], 1e-9 * row[1]);
}

// Long slits pass like (ln L + constant) / L: molecules that fly far without a wall never let it become 1 / L. Short
// ones lose half of those that meet a wall, L / 2.
TEST(SlitTransmission, LongAndShortLimits) {
    const double growth = 1000 * clausing_slit(1000) - 250 * clausing_slit(250);
    EXPECT_NEAR(growth / std::log(4.0), 1, 0.02);
    EXPECT_NEAR(clausing_slit(0.01), 1 - 0.01 / 2, 3e-5);
}

// A trench whose bottom swallows everything passes what a slit passes.
TEST(SlitTransmission, IsTheBottomArrivalOfATrench) {
    const Section s = shapes::trench(2, 200, 50);
    const ViewFactors f = planar_view_factors(s);
    std::vector<double> sticking(s.size(), 0.0);
    for (std::size_t k = 201; k < 251; ++k) sticking[k] = 1;
    const FluxSolution flux = diffuse_flux(f, sticking, f.sky);
    double through = 0;
    for (std::size_t k = 201; k < 251; ++k) through += f.area[k] * flux.incident[k];
    EXPECT_NEAR(through, clausing_slit(2), 2e-5);
}

TEST(TrenchFlux, RefusesWhatIsNoHole) {
    for (double ratio : {0.0, -1.0, 1e6, std::nan("")})
        EXPECT_THROW(hole_flux(Symmetry::planar, ratio, 0.1, 100), InputError) << ratio;
    for (double sticking : {0.0, -0.1, 1.1, std::nan("")})
        EXPECT_THROW(hole_flux(Symmetry::axial, 2, sticking, 100), InputError) << sticking;
    for (int elements : {-5, 0, 15, 1000000})
        EXPECT_THROW(hole_flux(Symmetry::planar, 2, 0.1, elements), InputError) << elements;
}

// From a dimple to a deep hole, with few elements: finite, and what enters is caught or leaves.
TEST(TrenchFlux, StaysFiniteAtTheBoundsOfItsInput) {
    for (double ratio : {1e-3, 0.1, 1.0, 1e3})
        for (double sticking : {1e-6, 1e-2, 1.0}) {
            const HoleFlux h = hole_flux(Symmetry::planar, ratio, sticking, 64);
            EXPECT_GT(h.captured_fraction, 0) << ratio << " " << sticking;
            EXPECT_LE(h.captured_fraction, 1 + 1e-6) << ratio << " " << sticking;
            EXPECT_TRUE(std::isfinite(h.wall_top + h.wall_mid + h.bottom_center + h.error_estimate));
        }
}

}  // namespace
}  // namespace damascene::feature
