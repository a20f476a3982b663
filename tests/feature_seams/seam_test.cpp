// Arrival times of growing fronts and the seams they leave: parallel walls, grooves, vias, closed mouths.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/feature/process.hpp"

namespace damascene::feature {
namespace {

constexpr double speed_nm_s = 2;

Process conformal() {
    Process p;
    p.speed = [](const Section& section, const std::vector<std::vector<double>>&, std::span<const std::string>) {
        return SurfaceSpeed{.isotropic = {std::vector<double>(section.size(), speed_nm_s)}};
    };
    p.flat_speed_nm_s = speed_nm_s;
    return p;
}

Process sticky(double sticking) {
    Process p;
    p.species = {{.name = "precursor"}};
    p.sticking = [=](int, const Section&, const std::vector<std::vector<double>>&, std::span<double> out) {
        std::fill(out.begin(), out.end(), sticking);
    };
    p.speed = [](const Section&, const std::vector<std::vector<double>>& arrivals, std::span<const std::string>) {
        return SurfaceSpeed{.isotropic = {arrivals[0]}};
    };
    p.flat_speed_nm_s = 1;
    return p;
}

Surface hole(Symmetry symmetry, double width, double depth, double h, double x0, double x1, double sidewall_deg = 90) {
    Surface s = flat_surface({.symmetry = symmetry,
                              .left = x0 == 0 ? Side::mirror : Side::open,
                              .right = Side::open,
                              .x0_nm = x0,
                              .x1_nm = x1,
                              .z0_nm = -depth - 20,
                              .z1_nm = 20,
                              .h_nm = h},
                             "substrate");
    carve(s, {.width_nm = width, .depth_nm = depth, .sidewall_deg = sidewall_deg});
    return s;
}

ProcessOutcome grown(Surface s, const Process& p, double thickness) {
    return run_process(std::move(s), p, "film",
                       {.stop = {.thickness_nm = thickness}, .snapshots = 2, .measure = false});
}

/// The floor's film takes w/2 of the depth; the film above the mouth adds what grew after the walls met.
void expect_medial_line(const ProcessOutcome& out, double depth, double width, double h) {
    ASSERT_EQ(out.seams.size(), 1u);
    const Seam& seam = out.seams[0];
    EXPECT_NEAR(seam.points.front().at.z, -depth + width / 2, 2.5 * h);
    for (const SeamPoint& p : seam.points) {
        EXPECT_NEAR(p.at.x, 0, 0.4 * h);  // a cusp above the mouth is known to a third of a cell
        if (p.at.z < -width / 4 && p.at.z > -depth + width / 2 + 3 * h) {
            EXPECT_NEAR(p.time_s, width / 2 / speed_nm_s, 0.01 * width / 2 / speed_nm_s) << p.at.z;
            EXPECT_NEAR(p.at.x, 0, 0.05 * h);
            EXPECT_NEAR(p.angle_deg, 0, 1);
        }
    }
}

TEST(ArrivalTime, ConformalFrontArrivesAfterItsDistance) {
    const double h = 2;
    const ProcessOutcome out = grown(hole(Symmetry::planar, 80, 100, h, -120, 120), conformal(), 24);
    const Surface start = hole(Symmetry::planar, 80, 100, h, -120, 120);
    const Section wall = section_of(start, h);
    double worst = 0;
    int passed = 0;
    const Grid2& g = out.passage.time.grid;
    for (int j = 0; j < g.ny; ++j)
        for (int i = 0; i < g.nx; ++i) {
            const double t = out.passage.time.at(i, j), x = g.x0.in(nm) + i * h, z = g.y0.in(nm) + j * h;
            if (!(t > 0)) continue;
            double distance = 1e9;
            for (const Piece& p : wall.pieces) {
                const double ex = p.b.x - p.a.x, ez = p.b.z - p.a.z, l2 = ex * ex + ez * ez;
                const double u = std::clamp(((x - p.a.x) * ex + (z - p.a.z) * ez) / l2, 0.0, 1.0);
                distance = std::min(distance, std::hypot(x - p.a.x - u * ex, z - p.a.z - u * ez));
            }
            worst = std::max(worst, std::abs(t * speed_nm_s - distance)), ++passed;
        }
    EXPECT_GT(passed, 1000);
    EXPECT_LT(worst, 0.25 * h);  // convex corners are rounded within a cell
}

TEST(ArrivalTime, SolidAtTheStartIsZeroAndOpenGasIsNever) {
    const ProcessOutcome out = grown(hole(Symmetry::planar, 80, 100, 2, -120, 120), conformal(), 24);
    const Grid2& g = out.passage.time.grid;
    EXPECT_EQ(out.passage.time.at(2, 2), 0);
    EXPECT_TRUE(std::isnan(out.passage.time.at(g.nx / 2, g.ny - 1)));
    EXPECT_TRUE(out.seams.empty());  // the walls are 32 nm apart
}

TEST(Seam, ParallelWallsMeetOnTheirMedialLineAtHalfTheirDistance) {
    for (const double shift : {0.0, 0.7}) {  // the medial line on a node, and between two
        const double h = 2, width = 40, depth = 120;
        const ProcessOutcome out =
            grown(hole(Symmetry::planar, width, depth, h, -60 - shift, 60 - shift), conformal(), 26);
        expect_medial_line(out, depth, width, h);
    }
}

TEST(Seam, ViaClosesOnItsAxis) {
    const double h = 2, width = 40, depth = 120;
    expect_medial_line(grown(hole(Symmetry::axial, width, depth, h, 0, 60), conformal(), 26), depth, width, h);
}

TEST(Seam, MirroredHalfOfATrenchHasTheSeamOfTheWhole) {
    const double h = 2, width = 40, depth = 120;
    expect_medial_line(grown(hole(Symmetry::planar, width, depth, h, 0, 60), conformal(), 26), depth, width, h);
}

/// Walls that lean by alpha have normals (+-cos alpha, sin alpha): the fronts enclose 2 alpha, and their corner climbs
/// with V / sin(alpha).
TEST(Seam, GrooveClosesUnderTwiceItsHalfAngle) {
    for (const double alpha : {5.0, 12.0}) {
        const double h = 1, depth = 100, a = alpha * std::numbers::pi / 180, width = 2 * depth * std::tan(a) + 20;
        const ProcessOutcome out =
            grown(hole(Symmetry::planar, width, depth, h, -60, 60, 90 - alpha), conformal(), width / 2);
        ASSERT_FALSE(out.seams.empty());
        double lowest = 1e9, highest = -1e9, t0 = 0, t1 = 0;
        for (const SeamPoint& p : out.seams[0].points) {
            if (p.at.z < -depth + 20 || p.at.z > -35) continue;  // walls alone: no floor, no mouth
            EXPECT_NEAR(p.angle_deg, 2 * alpha, 1) << p.at.z;
            if (p.at.z < lowest) lowest = p.at.z, t0 = p.time_s;
            if (p.at.z > highest) highest = p.at.z, t1 = p.time_s;
        }
        ASSERT_GT(highest, lowest + 20);
        EXPECT_NEAR((highest - lowest) / (t1 - t0) * std::sin(a) / speed_nm_s, 1, 0.02);
    }
}

/// A bottle closes at its mouth first: the fronts below it meet from above downwards.
TEST(Seam, WallsThatLeanInwardsMeetFromAbove) {
    Surface s = hole(Symmetry::planar, 30, 100, 1, -60, 60, 94);
    const ProcessOutcome out = grown(std::move(s), conformal(), 22);
    ASSERT_FALSE(out.seams.empty());
    double sum = 0;
    int n = 0;
    for (const SeamPoint& p : out.seams[0].points)
        if (p.at.z < -20 && p.at.z > -60) sum += p.angle_deg, ++n;
    EXPECT_TRUE(n == 0 || sum / n < -4);
}

/// Sealed gas is frozen: the seam stands on the void and reaches up to the mouth.
TEST(Seam, StandsOnTheVoidThatAClosedMouthLeaves) {
    const double h = 2, width = 60;
    const ProcessOutcome out = grown(hole(Symmetry::planar, width, 180, h, -120, 120), sticky(1), 120);
    ASSERT_EQ(out.voids.size(), 1u);
    ASSERT_FALSE(out.seams.empty());
    const Seam& seam = out.seams[0];
    EXPECT_NEAR(seam.points.front().at.z, out.voids[0].top.z, 4 * h);
    EXPECT_GT(seam.points.back().at.z, 20);
    for (std::size_t k = 0; k + 1 < seam.points.size(); ++k)
        if (seam.points[k].at.z > out.closure_z_nm + 3 * h) {
            EXPECT_GE(seam.points[k + 1].time_s, seam.points[k].time_s - 1);
        }
}

}  // namespace
}  // namespace damascene::feature
