// Whole steps in trenches and vias: the moving trench under a sky, its closure, the books of films thin and thick.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "damascene/feature/process.hpp"

namespace damascene::feature {
namespace {

/// Growth at the rate of arrival of one diffuse species.
Process deposition(double sticking) {
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

Process conformal() {
    Process p;
    p.speed = [](const Section& section, const std::vector<std::vector<double>>&, std::span<const std::string>) {
        return SurfaceSpeed{.isotropic = {std::vector<double>(section.size(), 1.0)}};
    };
    p.flat_speed_nm_s = 1;
    return p;
}

constexpr double width = 100;

/// A trench with 1.5 widths of field on each side.
Surface trench(double aspect, double h) {
    Surface s = flat_surface({.left = Side::open,
                              .right = Side::open,
                              .x0_nm = -2 * width,
                              .x1_nm = 2 * width,
                              .z0_nm = -width * aspect - 20,
                              .z1_nm = 60,
                              .h_nm = h},
                             "substrate");
    carve(s, {.width_nm = width, .depth_nm = width * aspect});
    return s;
}

/// Half the neck's gap, film on the floor's middle and the wall's, gas below the old field; in widths.
std::array<double, 4> shape_of(Surface s, double aspect) {
    const double gap = neck(s).gap_nm / (2 * width);
    double floor = 0, wall = 0;
    for (const Piece& p : section_of(s, 2 * s.h_nm()).pieces) {
        if ((p.a.x <= 0) != (p.b.x <= 0) && p.a.z < -width)
            floor = p.a.z - p.a.x / (p.b.x - p.a.x) * (p.b.z - p.a.z) + width * aspect;
        const double middle = -0.5 * width * aspect;
        if ((p.a.z <= middle) != (p.b.z <= middle) && p.a.x < 0)
            wall = p.a.x + (middle - p.a.z) / (p.b.z - p.a.z) * (p.b.x - p.a.x) + width / 2;
    }
    const double bottom = s.grid.y0.in(nm);
    remove_solid(s, {{-900, 0}, {900, 0}, {900, 900}, {-900, 900}});
    double solid = 0;
    for (std::size_t m = 0; m < s.phi.size(); ++m) solid += volume(s, m);
    return {gap, floor / width, wall / width, (-4 * width * bottom - solid) / (width * width)};
}

/// Largest relative distance from the front-tracking values, with the deposited area
/// checked.
double worst_of(double sticking, double h, double thickness, const std::array<double, 4>& expected) {
    const ProcessOutcome out = run_process(trench(2, h), deposition(sticking), "film",
                                           {.stop = {.thickness_nm = thickness}, .measure = false});
    EXPECT_LT(out.mass_balance_error, 5e-4);
    if (sticking == 1) {
        EXPECT_NEAR(out.added / (4 * width * thickness), 1, 5e-4);  // all that comes in stays
    }
    const std::array<double, 4> got = shape_of(out.surface, 2);
    double worst = 0;
    for (std::size_t k = 0; k < 4; ++k) worst = std::max(worst, std::abs(got[k] / expected[k] - 1));
    return worst;
}

TEST(MovingTrench, StickingAtOnceFollowsFrontTracking) {
    EXPECT_LT(worst_of(1, width / 100, 50, {0.2833, 0.0908, 0.0449, 1.682}), 0.01);
    EXPECT_LT(worst_of(1, width / 100, 100, {0.1399, 0.1345, 0.0588, 1.580}), 0.01);
    EXPECT_LT(worst_of(1, width / 50, 100, {0.1399, 0.1345, 0.0588, 1.580}), 0.02);
}

TEST(MovingTrench, StickingOneInTenFollowsFrontTracking) {
    EXPECT_LT(worst_of(0.1, width / 100, 20, {0.3391, 0.1294, 0.1244, 1.386}), 0.015);
    EXPECT_LT(worst_of(0.1, width / 100, 40, {0.192, 0.2304, 0.2190, 0.948}), 0.015);
}

// Time when half the gap is 0.02 w, and the void's area.
TEST(MovingTrench, ClosesInTimeOverItsVoid) {
    for (auto [aspect, sticking, time, area] : {std::array{2.0, 0.1, 0.710, 0.719}, {4.0, 0.2, 0.874, 2.882}}) {
        const ProcessOutcome out =
            run_process(trench(aspect, width / 100), deposition(sticking), "film",
                        {.stop = {.until_closed = true, .gap_cutoff_nm = 0.04 * width}, .measure = false});
        ASSERT_TRUE(out.closure_time_s);
        EXPECT_NEAR(*out.closure_time_s / width, time, 0.01 * time);
        ASSERT_EQ(out.voids.size(), 1u);
        EXPECT_NEAR(out.voids[0].area / (width * width), area, 0.015 * area);
        EXPECT_LT(out.mass_balance_error, 1e-3);
        EXPECT_LT(out.particle_balance_error, 1e-10);
    }
}

Surface hole(Symmetry symmetry, const Hole& shape, double h) {
    const bool axial = symmetry == Symmetry::axial;
    Surface s = flat_surface({.symmetry = symmetry,
                              .left = Side::mirror,
                              .right = axial ? Side::open : Side::mirror,
                              .x0_nm = axial ? 0.0 : -90.0,
                              .x1_nm = 90,
                              .z0_nm = -170,
                              .z1_nm = 40,
                              .h_nm = h},
                             "substrate");
    carve(s, shape);
    return s;
}

// From a film of a cell and a half upwards, int int V dA dt is what the surface has swept.
TEST(Books, OfFilmsInHolesAddUp) {
    const std::array holes = {
        Hole{.width_nm = 60, .depth_nm = 120}, Hole{.width_nm = 60, .depth_nm = 120, .sidewall_deg = 85},
        Hole{.width_nm = 60, .depth_nm = 120, .sidewall_deg = 88, .top_radius_nm = 10, .bottom_radius_nm = 15}};
    for (Symmetry symmetry : {Symmetry::planar, Symmetry::axial})
        for (const Hole& shape : holes)
            for (double cells : {1.5, 5.0, 12.0}) {
                const double h = 1;
                const ProcessOutcome out = run_process(hole(symmetry, shape, h), conformal(), "film",
                                                       {.stop = {.thickness_nm = cells * h}, .measure = false});
                EXPECT_LT(out.mass_balance_error, 1e-3) << shape.sidewall_deg << " " << cells;
                EXPECT_EQ(out.steps, static_cast<int>(std::ceil(2 * cells)));  // pictures take no steps of their own
            }
}

}  // namespace
/// Gas that is shut in receives nothing: a film over a void leaves it as it is, and books only what grew in the open.
TEST(SealedVoid, KeepsItsSizeUnderAConformalFilm) {
    Surface s = flat_surface(
        {.left = Side::mirror, .right = Side::mirror, .x0_nm = 0, .x1_nm = 60, .z0_nm = -60, .z1_nm = 40, .h_nm = 1},
        "substrate");
    Polyline circle;
    for (int k = 0; k < 180; ++k) {
        const double a = 2 * 3.14159265358979323846 * k / 180;
        circle.push_back({30 + 15 * std::cos(a), -30 + 15 * std::sin(a)});
    }
    remove_solid(s, circle);
    const ProcessOutcome out = run_process(s, conformal(), "film", {.stop = {.thickness_nm = 10}, .measure = false});
    ASSERT_EQ(out.voids.size(), 1u);
    EXPECT_NEAR(out.voids[0].area, 3.14159265358979323846 * 15 * 15, 3);  // chords and the grid: 0.4 %
    EXPECT_NEAR(out.added, 600, 0.6);
    EXPECT_LT(out.mass_balance_error, 1e-3);
}

/// A level field that grows the faster the higher it stands: dz/dt = 1 + z / L, so z = L (exp(t / L) - 1).
double height_error(double largest_move) {
    constexpr double length = 10, duration = 10;
    Process p;
    p.species = {{.name = "precursor"}};
    p.speed = [](const Section& s, const std::vector<std::vector<double>>&, std::span<const std::string>) {
        std::vector<double> v(s.size());
        for (std::size_t i = 0; i < v.size(); ++i) v[i] = 1 + midpoint(s.pieces[i]).z / length;
        return SurfaceSpeed{.isotropic = {v}};
    };
    p.flat_speed_nm_s = 1;
    const ProcessOutcome out = run_process(
        flat_surface({.x0_nm = 0, .x1_nm = 20, .z0_nm = -10, .z1_nm = 40, .h_nm = 1}, "substrate"), p, "film",
        {.stop = {.duration_s = duration}, .largest_move = largest_move, .snapshots = 0, .measure = false});
    return out.added / 20 - length * std::expm1(duration / length);
}

// One flux evaluation a step, steps that become shorter as the field speeds up: the error falls by four when they
// halve.
TEST(TimeSteps, AreOfSecondOrder) {
    const double coarse = height_error(0.4), middle = height_error(0.2), fine = height_error(0.1);
    EXPECT_NEAR(std::log2(coarse / middle), 2, 0.25) << coarse << " " << middle;
    EXPECT_NEAR(std::log2(middle / fine), 2, 0.15) << middle << " " << fine;
}

}  // namespace damascene::feature
