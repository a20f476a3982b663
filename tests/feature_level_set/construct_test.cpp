// Signed distances, sections, areas and volumes of surfaces whose answers are known.
#include <gtest/gtest.h>

#include "feature_level_set/shapes.hpp"

namespace damascene::feature {
namespace {

double total_length(const Section& s) {
    double sum = 0;
    for (const Piece& p : s.pieces) sum += length_nm(p);
    return sum;
}

double segment_distance(Vec2 p, Vec2 a, Vec2 b) {
    const double dx = b.x - a.x, dz = b.z - a.z,
                 t = std::clamp(((p.x - a.x) * dx + (p.z - a.z) * dz) / (dx * dx + dz * dz), 0.0, 1.0);
    return std::hypot(p.x - a.x - t * dx, p.z - a.z - t * dz);
}

TEST(Hole, TaperedWallIsAnExactDistance) {
    Surface s = trench(40, 60, 1, 60, 20, 85);
    const double foot = 20 - 60 / std::tan(85 * pi / 180);
    const std::vector<Vec2> line = {{-foot, -60}, {foot, -60}, {20, 0}, {200, 0}};
    double worst = 0;
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) {
            const Vec2 p{std::abs(-60.0 + i), -75.0 + j};
            double d = 1e9;
            for (std::size_t k = 0; k + 1 < line.size(); ++k)
                d = std::min(d, segment_distance(p, line[k], line[k + 1]));
            worst = std::max(worst, std::abs(std::abs(s.phi[0].at(i, j)) - d));
        }
    EXPECT_LT(worst, 1e-12 * 100);
}

// Area of the gas below z = 0: trapezoid; the rounded foot adds solid r^2 (tan(b) - b) per corner, b = 45 deg at 90 deg
// walls.
TEST(Hole, AreasFollowFromTheShape) {
    const auto gas = [](const Hole& hole) {
        Surface s = flat_surface({.x0_nm = -60, .x1_nm = 60, .z0_nm = -80, .z1_nm = 20, .h_nm = 0.5}, "substrate");
        carve(s, hole);
        return 120.0 * 80 - volume(s, 0);
    };
    EXPECT_NEAR(gas({.width_nm = 40, .depth_nm = 60, .sidewall_deg = 85}), (40 - 60 / std::tan(85 * pi / 180)) * 60,
                0.5);
    EXPECT_NEAR(gas({.width_nm = 40, .depth_nm = 60, .bottom_radius_nm = 10}), 2400 - 2 * 100 * (1 - pi / 4), 0.5);
    EXPECT_NEAR(gas({.width_nm = 40, .depth_nm = 60, .top_radius_nm = 10}), 2400 + 2 * 100 * (1 - pi / 4), 0.5);
    const double bow = 4, r = (30 * 30 + bow * bow) / (2 * bow), half = std::asin(30 / r);
    EXPECT_NEAR(gas({.width_nm = 40, .depth_nm = 60, .bow_nm = bow}), 2400 + r * r * (2 * half - std::sin(2 * half)),
                0.5);
    EXPECT_NEAR(gas({.width_nm = 20, .depth_nm = 60, .sidewall_deg = 75}), 10 * 10 * std::tan(75 * pi / 180),
                0.5);  // a V
}

TEST(Hole, CutsMaskAndSubstrateAlike) {
    Surface s = flat_surface({.x0_nm = -60, .x1_nm = 60, .z0_nm = -80, .z1_nm = 40, .h_nm = 1}, "substrate");
    begin_film(s, "mask");
    offset_surface(s, 20);
    carve(s, {.width_nm = 40, .depth_nm = 50});
    EXPECT_NEAR(volume(s, 1), 80 * 20, 2);
    EXPECT_NEAR(volume(s, 0), 120 * 80 - 40 * 50, 3);
}

TEST(Hole, ViaHasTheVolumeOfACylinder) {
    Surface s = flat_surface(
        {.symmetry = Symmetry::axial, .x0_nm = 0, .x1_nm = 40, .z0_nm = -60, .z1_nm = 10, .h_nm = 0.5}, "substrate");
    EXPECT_NEAR(volume(s, 0), pi * 1600 * 60, 1e-6);
    EXPECT_NEAR(gas_volume(s), pi * 1600 * 10, 1e-6);
    carve(s, {.width_nm = 30, .depth_nm = 40});
    EXPECT_NEAR(pi * 1600 * 60 - volume(s, 0), pi * 225 * 40, 0.002 * pi * 225 * 40);
}

TEST(Section, RunsFromLeftToRightWithItsNormalsInTheGas) {
    const Surface s = trench(30, 60, 1, 40, 20);
    const Section section = section_of(s, 1.5);
    ASSERT_EQ(section.chain_begin.size(), 1u);
    EXPECT_NEAR(section.pieces.front().a.x, -40, 1e-12);
    EXPECT_NEAR(section.pieces.back().b.x, 40, 1e-12);
    for (std::size_t k = 0; k < section.size(); ++k) {
        const Piece& p = section.pieces[k];
        const Vec2 m = midpoint(p), n = normal(p);
        EXPECT_GT(phi_at(s, m.x + 2 * n.x, m.z + 2 * n.z), 0.5);
        EXPECT_GE(length_nm(p), 0.75);
        EXPECT_LE(length_nm(p), 2.25);
        if (k) EXPECT_EQ(section.pieces[k - 1].b, p.a);
    }
    EXPECT_NEAR(total_length(section), 80 + 2 * 60, 0.1);
}

TEST(Section, KeepsTheCornersOfATrench) {
    for (double width : {30.0, 30.7}) {
        const Section section = section_of(trench(width, 60.3, 1, 40, 20), 1.5);
        for (const Vec2 corner : {Vec2{-width / 2, 0}, {-width / 2, -60.3}, {width / 2, -60.3}, {width / 2, 0}}) {
            double nearest = 1e9;
            for (const Piece& p : section.pieces)
                nearest = std::min(nearest, std::hypot(p.a.x - corner.x, p.a.z - corner.z));
            EXPECT_LT(nearest, 0.05);
        }
    }
}

TEST(Section, NamesTheMaterialThatShows) {
    Surface s = flat_surface({.x0_nm = -40, .x1_nm = 40, .z0_nm = -60, .z1_nm = 40, .h_nm = 1}, "substrate");
    begin_film(s, "mask");
    offset_surface(s, 10);
    carve(s, {.width_nm = 30, .depth_nm = 30});
    for (const Piece& p : section_of(s, 1.5).pieces) {
        const double z = midpoint(p).z;
        if (std::abs(z) > 1.5) EXPECT_EQ(p.material, z > 0 ? 1 : 0) << midpoint(p).x << ' ' << z;
    }
}

TEST(Section, SmoothSurfacesKeepNoCorners) {
    const Surface s = sampled(40, -40, 40, 1, [](double x, double z) { return z - 12 * std::cos(2 * pi * x / 80); });
    const Section section = section_of(s, 1.5);
    for (const Piece& p : section.pieces) EXPECT_NEAR(length_nm(p), 1.5, 0.05);
}

TEST(Offset, OfAFlatFieldAndAWallIsExact) {
    Surface s = trench(40, 60, 1, 60, 30);
    offset_surface(s, 7.3);
    EXPECT_NEAR(height_at(s, 50), 7.3, 1e-9);
    EXPECT_NEAR(height_at(s, 0), -60 + 7.3, 1e-9);
    EXPECT_NEAR(phi_at(s, 20 - 7.3, -30), 0, 1e-6);
    // the convex corner becomes an arc of radius 7.3
    EXPECT_NEAR(phi_at(s, 20 - 7.3 * std::sqrt(0.5), 7.3 * std::sqrt(0.5)), 0, 0.05);
}

TEST(Offset, GasGrowsBackToWhereItWas) {
    Surface s = disc(40, -45, 40, 1, 15);
    const double before = volume(s, 0);
    offset_surface(s, 4);
    EXPECT_NEAR(volume(s, 0) - before, pi * (19 * 19 - 15 * 15) + 80 * 4, 0.6);
    offset_surface(s, -4);
    EXPECT_NEAR(volume(s, 0), before, 0.6);  // 0.005 h over the perimeter
}

double polyline_area(const Polyline& p) {
    double sum = 0;
    for (std::size_t k = 0; k < p.size(); ++k)
        sum += p[k].x * p[(k + 1) % p.size()].z - p[k].z * p[(k + 1) % p.size()].x;
    return 0.5 * sum;
}

TEST(Outlines, EncloseTheVolumeOfEachMaterial) {
    Surface s = trench(30, 60, 1, 40, 30);
    for (double thickness : {0.2, 3.0, 8.0}) {
        begin_film(s, "film");
        offset_surface(s, thickness);
    }
    for (std::size_t m = 0; m < s.materials.size(); ++m) {
        double sum = 0;
        for (const Polyline& p : outlines(s, m)) sum += polyline_area(p);
        EXPECT_NEAR(sum, volume(s, m), 0.02);
    }
}

TEST(Surface, RefusesWhatCannotBe) {
    EXPECT_THROW(flat_surface({.x0_nm = 0, .x1_nm = 10, .z0_nm = -5, .z1_nm = 5, .h_nm = 0}, "a"), InputError);
    EXPECT_THROW(flat_surface({.x0_nm = 0, .x1_nm = 10, .z0_nm = -5, .z1_nm = 5, .h_nm = 1}, "a", 6), InputError);
    EXPECT_THROW(
        flat_surface({.left = Side::periodic, .x0_nm = 0, .x1_nm = 10, .z0_nm = -5, .z1_nm = 5, .h_nm = 1}, "a"),
        InputError);
    Surface s = trench(10, 10, 1, 20, 10);
    EXPECT_THROW(carve(s, {.width_nm = 10, .depth_nm = -1}), InputError);
    EXPECT_THROW(remove_solid(s, {{0, 0}, {1, 1}}), InputError);
    const Section section = section_of(s, 1.5);
    EXPECT_THROW(move(s, section, {.isotropic = {{1.0}}}, 1), InputError);
    SurfaceSpeed bad = uniform(section, 1);
    bad.isotropic[0][3] = std::nan("");
    EXPECT_THROW(move(s, section, bad, 1), NumericalError);
}

TEST(Surface, SaysWhenItLeavesTheDomain) {
    Surface up = trench(10, 20, 1, 20, 10), down = trench(10, 20, 1, 20, 10);
    EXPECT_THROW(move_uniformly(up, 1, 20, 40), NumericalError);
    EXPECT_THROW(move_uniformly(down, -1, 30, 60), NumericalError);
}

}  // namespace
}  // namespace damascene::feature
