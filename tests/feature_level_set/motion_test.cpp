// Fronts with exact solutions: circles, corners, merging discs, rigid motion, facets of a sputtered mesa.
#include "feature/level_set/motion.hpp"

#include <gtest/gtest.h>

#include "feature_level_set/shapes.hpp"

namespace damascene::feature {
namespace {

/// Mean and largest |distance to the circle| over the points of the section.
struct Deviation {
    double mean = 0, most = 0;
};

Deviation from_circle(const Surface& s, double cx, double cz, double radius) {
    const Section section = section_of(s, s.h_nm());
    Deviation d;
    int n = 0;
    for (const Piece& p : section.pieces) {
        const double r = std::hypot(p.a.x - cx, p.a.z - cz);
        if (std::abs(r - radius) > 2 * s.h_nm()) continue;  // the floor
        d.mean += std::abs(r - radius);
        d.most = std::max(d.most, std::abs(r - radius));
        ++n;
    }
    d.mean /= n;
    return d;
}

// The peers' test: circle of radius 1.5, spacing 0.15, moved by 0.5; their limits are 0.016 (WENO3 + RK3) and 0.008
// (WENO5 + RK2).
TEST(LevelSet, GrownCircleStaysACircle) {
    for (auto [space, time, limit] : {std::tuple{SpaceOrder::weno3, TimeOrder::rk3, 0.016},
                                      {SpaceOrder::weno5, TimeOrder::rk2, 0.008},
                                      {SpaceOrder::weno5, TimeOrder::rk3, 0.004}}) {
        Surface s = disc(4, -5, 4, 0.15, 1.5);
        const Section section = section_of(s, 0.15);
        move(s, section, uniform(section, 1.0), 0.5, {.space = space, .time = time});
        EXPECT_LT(from_circle(s, 0, 0, 2.0).most, limit);
    }
}

TEST(LevelSet, ShiftedCircleStaysACircle) {
    for (auto [space, time, limit] : {std::tuple{SpaceOrder::weno3, TimeOrder::rk3, 0.016},
                                      {SpaceOrder::weno5, TimeOrder::rk2, 0.008},
                                      {SpaceOrder::weno5, TimeOrder::rk3, 0.004}}) {
        Surface s = disc(4, -5, 4, 0.15, 1.5);
        level_set::advect(s, [](Vec2) { return Vec2{1, 0}; }, 0.5, {.space = space, .time = time});
        EXPECT_LT(from_circle(s, 0.5, 0, 1.5).most, limit);
    }
}

// phi = z - 0.2 sin(2 pi x), periodic, carried by u = (1, 0.5): exact after any time. L1 error of phi.
double wave_error(int n, SpaceOrder space, TimeOrder time, double cfl) {
    const double h = 1.0 / n, t = 0.3;
    const auto exact = [](double x, double z) { return z - 0.2 * std::sin(2 * pi * x); };
    Surface s = sampled(0.5, -1, 1, h, exact, Side::periodic);
    level_set::advect(s, [](Vec2) { return Vec2{1, 0.5}; }, t, {.space = space, .time = time, .cfl = cfl});
    double sum = 0;
    int count = 0;
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) {
            const double x = -0.5 + i * h, z = -1 + j * h;
            if (std::abs(z) > 0.5) continue;  // clear of the lower and upper border
            sum += std::abs(s.phi[0].at(i, j) - exact(x - t, z - 0.5 * t));
            ++count;
        }
    return sum / count;
}

TEST(LevelSet, SpaceOrderOfWeno5IsFive) {
    // dt ~ h^(5/3) makes the third-order time error fall as fast as the space error
    const double a = wave_error(20, SpaceOrder::weno5, TimeOrder::rk3, 0.2),
                 b = wave_error(40, SpaceOrder::weno5, TimeOrder::rk3, 0.2 * std::pow(0.5, 2.0 / 3)),
                 c = wave_error(80, SpaceOrder::weno5, TimeOrder::rk3, 0.2 * std::pow(0.25, 2.0 / 3));
    EXPECT_GT(std::log2(a / b), 4.5);
    EXPECT_GT(std::log2(b / c), 4.5);
}

TEST(LevelSet, SpaceOrderOfWeno3IsAtLeastTwo) {
    const double a = wave_error(40, SpaceOrder::weno3, TimeOrder::rk3, 0.3),
                 b = wave_error(80, SpaceOrder::weno3, TimeOrder::rk3, 0.3);
    EXPECT_GT(std::log2(a / b), 2.0);
}

// On one grid the difference from a solution with far smaller steps is the time error alone.
TEST(LevelSet, TimeOrderOfEachSchemeIsItsName) {
    for (auto [time, order] : {std::pair{TimeOrder::euler, 0.9}, {TimeOrder::rk2, 1.8}, {TimeOrder::rk3, 2.7}}) {
        const auto run = [&](TimeOrder scheme, double cfl) {
            Surface s = sampled(
                0.5, -1, 1, 0.025, [](double x, double z) { return z - 0.2 * std::sin(2 * pi * x); }, Side::periodic);
            level_set::advect(s, [](Vec2) { return Vec2{1, 0.5}; }, 0.3, {.time = scheme, .cfl = cfl});
            return s;
        };
        const Surface truth = run(TimeOrder::rk3, 0.01);
        const auto error = [&](double cfl) {
            const Surface s = run(time, cfl);
            double sum = 0;
            for (int j = 20; j + 20 < s.grid.ny; ++j)
                for (int i = 0; i < s.grid.nx; ++i) sum += std::abs(s.phi[0].at(i, j) - truth.phi[0].at(i, j));
            return sum;
        };
        EXPECT_GT(std::log2(error(0.4) / error(0.2)), order);
    }
}

// A circle's signed distance d becomes d - V t; the scheme's error on it is below a hundred-thousandth of a cell.
TEST(LevelSet, GrowthOfACircleIsExactOnItsDistance) {
    const double h = 0.1, t = 0.1;
    Surface s = disc(4, -5, 4, h, 2.0);
    const Section section = section_of(s, 1.5 * h);
    move(s, section, uniform(section, 1.0), t);
    double worst = 0;
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) {
            const double r = std::hypot(-4 + i * h, -5 - 8 * h + j * h);
            if (std::abs(r - 2 - t) < 1.5 * h) worst = std::max(worst, std::abs(s.phi[0].at(i, j) - (r - 2 - t)));
        }
    EXPECT_LT(worst, 1e-5 * h);
}

// Zalesak's disc: radius 15, slot 5 x 25, one turn on 100 x 100.
TEST(LevelSet, SlottedDiscKeepsItsAreaOverOneTurn) {
    Surface s =
        sampled(50, -50, 50, 1.0, [](double x, double z) { return 15 - std::hypot(x, z - 25) > 0 ? -1.0 : 1.0; });
    Polyline slotted;
    const double a0 = std::asin(2.5 / 15);
    for (int k = 0; k <= 400; ++k) {
        const double a = -pi / 2 + a0 + (2 * pi - 2 * a0) * k / 400;
        slotted.push_back({15 * std::cos(a), 25 + 15 * std::sin(a)});
    }
    slotted.push_back({-2.5, 35});
    slotted.push_back({2.5, 35});
    for (double& f : s.phi[0].values) f = 100;
    add_solid(s, slotted);
    const double before = volume(s, 0);
    level_set::advect(s, [](Vec2 p) { return Vec2{-pi / 314 * p.z, pi / 314 * p.x}; }, 628, {});
    EXPECT_NEAR(volume(s, 0) / before, 1.0, 0.03);
    EXPECT_NEAR(before, 582.2, 3.0);  // pi r^2 less the slot
}

TEST(LevelSet, CircleGrowsAndShrinksByItsSpeed) {
    for (double speed : {1.0, -1.0}) {
        Surface s = disc(40, -45, 40, 1, 15);
        move_uniformly(s, speed, 5, 10);
        const double radius = 15 + 5 * speed;
        EXPECT_LT(from_circle(s, 0, 0, radius).most, 1 / (4 * radius) + 3e-3);
        // chord of a cell diagonal 1/(4 r), linear interpolation 1/(8 r): at most 3/(8 r)
    }
}

TEST(LevelSet, AreaErrorOfACircleFallsAsTheSquareOfTheSpacing) {
    const auto error = [](double h) {
        Surface s = disc(40, -45, 40, h, 15);
        move_uniformly(s, 1, 5, static_cast<int>(10 / h));
        const double floor_grown = 80 * (8 * h + 5);  // from the lower border up
        return std::abs(volume(s, 0) - floor_grown - pi * 400);
    };
    const double a = error(2), b = error(1), c = error(0.5);
    EXPECT_GT(std::log2(a / c) / 2, 1.8);
    EXPECT_LT(c, b);
    EXPECT_LT(c, 0.2);
}

Surface square(double h) {
    Surface s = sampled(40, -48, 40, h, [](double, double z) { return z + 40; });
    add_solid(s, {{-10, -10}, {10, -10}, {10, 10}, {-10, 10}});
    return s;
}

// Outward the corner becomes an arc: A + P t + pi t^2. Inward it stays sharp: (a - 2 t)^2.
TEST(LevelSet, SquareGrowsRoundAndShrinksSharp) {
    const double t = 4;
    for (double h : {1.0, 0.5}) {
        Surface grown = square(h);
        move_uniformly(grown, 1, t, static_cast<int>(2 * t / h));
        EXPECT_LT(std::abs(phi_at(grown, 10 + t / std::sqrt(2.0), 10 + t / std::sqrt(2.0))), 0.1 * h);
        EXPECT_NEAR(phi_at(grown, 10 + t, 0), 0, 1e-3 * h);
        EXPECT_NEAR(volume(grown, 0) - 80 * (8 + t), 400 + 80 * t + pi * t * t,
                    std::min(0.7, 0.9 * h));  // 0.007 nm along it
        Surface shrunk = square(h);
        move_uniformly(shrunk, -1, t, static_cast<int>(2 * t / h));
        EXPECT_NEAR(volume(shrunk, 0) - 80 * (8 - t), 144, 2.5 * h);
        EXPECT_NEAR(phi_at(shrunk, 6, 6), 0, 0.75 * h);
    }
}

// A trench and a line 60 wide, 12 of growth: area P t + (pi / 2 - 2) t^2. Half a thousandth of it is
// half a hundredth of a cell along the surface: chords of the arcs and of the nodes' distances to them.
TEST(LevelSet, GrowthRoundCornersHasItsArea) {
    const double t = 12;
    const auto error = [=](double h, bool line) {
        Surface s = flat_surface({.x0_nm = -60, .x1_nm = 60, .z0_nm = -150, .z1_nm = 80, .h_nm = h}, "a");
        if (line)
            add_solid(s, {{-30, -5}, {30, -5}, {30, 40}, {-30, 40}});
        else
            carve(s, {.width_nm = 60, .depth_nm = 120});
        begin_film(s, "film");
        const int steps = static_cast<int>(std::lround(2 * t / h));
        for (int k = 0; k < steps; ++k)
            step_by_heun(
                s, [](const Section& c) { return uniform(c, 1.0); }, t / steps, 2 * h);
        const double exact = (line ? 200 : 360) * t + (pi / 2 - 2) * t * t;
        return volume(s, 1) / exact - 1;
    };
    for (bool line : {false, true}) {
        EXPECT_LT(std::abs(error(2, line)), 5e-4);
        EXPECT_LT(std::abs(error(1, line)), 5e-4);
    }
}

// Two discs 2 c apart, grown to overlap: area 2 pi r^2 less the lens.
TEST(LevelSet, GrowingDiscsMerge) {
    const double c = 12, r0 = 10, t = 5, r = r0 + t;
    Surface s = sampled(50, -50, 40, 0.5, [&](double x, double z) {
        return std::min({std::hypot(x - c, z) - r0, std::hypot(x + c, z) - r0, z + 42});
    });
    move_uniformly(s, 1, t, 20);
    const double lens = 2 * r * r * std::acos(c / r) - 2 * c * std::sqrt(r * r - c * c);
    EXPECT_NEAR(volume(s, 0) - 100 * (8 + t), 2 * pi * r * r - lens, 2.0);
    EXPECT_EQ(section_of(s, 0.75).chain_begin.size(), 2u);  // one island left
}

// An isolated convex corner under a thermal sky grows (1 + n_z) / 2: an arc of radius t / 2 about a point t / 2 above
// the old corner; the wall grows t / 2.
TEST(LevelSet, CornerUnderAThermalSkyIsAnArc) {
    for (double h : {1.0, 0.5, 0.3}) {  // t = 12, 24 and 40 h
        Surface s = sampled(40, -60, 30, h, [](double, double) { return 100.0; });
        add_solid(s, {{-60, 0}, {0, 0}, {0, -50}, {60, -50}, {60, -90}, {-60, -90}});
        const double t = 12;
        const int steps = static_cast<int>(std::lround(2 * t / h));
        const auto speed = [](const Section& c) {
            SurfaceSpeed v = uniform(c, 0);
            for (std::size_t p = 0; p < c.size(); ++p) v.isotropic[0][p] = 0.5 * (1 + normal(c.pieces[p]).z);
            return v;
        };
        for (int k = 0; k < steps; ++k) step_by_heun(s, speed, t / steps, 2 * h);
        double worst = 0;
        for (double a = 0.1; a < 1.5; a += 0.1)
            worst = std::max(worst, std::abs(phi_at(s, t / 2 * std::sin(a), t / 2 + t / 2 * std::cos(a))));
        EXPECT_LT(worst, 0.31 * h);
        EXPECT_NEAR(phi_at(s, t / 2, -20), 0, 0.05 * h);
    }
}

// --------------------------------------------------------------------------------------------------- sputtered facets
constexpr double b_factor = 9.3;

/// Erosion of a facet by vertical ions per unit of that of the flat: Y(theta) cos(theta), Y = (1 + B sin^2) cos.
double eroded(double n_z) { return n_z > 0 ? (1 + b_factor * (1 - n_z * n_z)) * n_z * n_z : 0.0; }

/// Solid x < 0 with a deep wall at x = 0, eroded for t.
Surface mesa(double t, double h, level_set::Hamiltonian scheme, const MotionOptions& options) {
    Surface s = sampled(
        60, -75, 12, h, [](double, double) { return 100.0; }, Side::open);
    add_solid(s, {{-90, 0}, {0, 0}, {0, -55}, {90, -55}, {90, -120}, {-90, -120}});
    const double step = 0.2 * h;
    for (int k = 0; k < static_cast<int>(std::lround(t / step)); ++k) {
        const Section section = section_of(s, 1.5 * h);
        const SurfaceSpeed v{.isotropic = {std::vector<double>(section.size(), 0.0)},
                             .beam = {std::vector<double>(section.size(), -1.0)},
                             .beam_law = {eroded}};
        level_set::move_with(s, section, v, step, options, scheme);
    }
    return s;
}

/// Largest distance of the facet's exact points (x, z) = (-Y', p Y' - Y) t, 34.53 .. 52.58 deg, from the front.
double facet_error(const Surface& s, double t) {
    double worst = 0;
    for (double deg = 34.6; deg < 52.5; deg += 0.5) {
        const double p = std::tan(deg * pi / 180), q = 1 + p * p;
        const double y = (1 + b_factor * p * p / q) / std::sqrt(q);
        const double slope =
            2 * b_factor * p / (q * q) / std::sqrt(q) - (1 + b_factor * p * p / q) * p / (q * std::sqrt(q));
        worst = std::max(worst, std::abs(phi_at(s, -slope * t, (p * slope - y) * t)));
    }
    return worst;
}

TEST(LevelSet, SputteredMesaHasItsFacets) {
    const double t = 8;
    for (double h : {1.0, 0.5}) {
        const Surface s = mesa(t, h, level_set::Hamiltonian::automatic, {});
        EXPECT_LT(facet_error(s, t), 2 * h);
        EXPECT_NEAR(height_at(s, -3.321760 * t - 6), -t, 0.1 * h);
        EXPECT_NEAR(height_at(s, -0.3 * h), -4.172175 * t, 2 * h);  // the foot of the facet on the wall
        EXPECT_NEAR(phi_at(s, 0, -45), 0, 0.1 * h);                 // the wall itself does not move
    }
}

TEST(LevelSet, FirstOrderGodunovMissesTheFacets) {
    const double h = 0.5;
    const Surface s =
        mesa(8, h, level_set::Hamiltonian::godunov, {.space = SpaceOrder::first, .time = TimeOrder::euler});
    EXPECT_GT(facet_error(s, 8), 2 * h);
}

TEST(LevelSet, RedistancingRestoresTheGradientAndKeepsTheContour) {
    Surface s = sampled(40, -50, 40, 1, [](double x, double z) {
        const double d = std::min(std::hypot(x, z) - 15.3, z + 40);
        return d * (1.6 + std::sin(0.3 * x) * std::cos(0.2 * z));
    });
    redistance(s);
    EXPECT_LT(from_circle(s, 0, 0, 15.3).most, 0.03);
    double worst = 0;
    for (double a = 0; a < 6.28; a += 0.05)
        for (double d : {-4.0, -2.0, -1.0, 1.0, 2.0, 4.0})
            worst = std::max(worst, std::abs(phi_at(s, (15.3 + d) * std::cos(a), (15.3 + d) * std::sin(a)) - d));
    EXPECT_LT(worst, 0.06);  // chords of the bilinear reading: h^2 / 8 r, plus the contour's
}

TEST(LevelSet, RedistancingADistanceMovesItsContourByAThousandthOfACell) {
    Surface s = disc(40, -42, 40, 1, 15.3);
    const Surface before = s;
    redistance(s);
    double worst = 0;
    for (int j = 1; j + 1 < s.grid.ny; ++j)
        for (int i = 0; i + 1 < s.grid.nx; ++i) {
            const double a = before.phi[0].at(i, j), b = before.phi[0].at(i + 1, j), c = s.phi[0].at(i, j),
                         d = s.phi[0].at(i + 1, j);
            ASSERT_EQ(a < 0, c < 0);
            if ((a < 0) != (b < 0)) worst = std::max(worst, std::abs(a / (a - b) - c / (c - d)) * std::abs(b - a));
        }
    EXPECT_LT(worst, 1e-3);
}

// The mean of a speed with that of a later section: on a circle that grew by 3 nm, V = a + b x is met along normals.
TEST(MeanSpeed, IsReadWhereThePiecesHaveGone) {
    const double h = 1, r = 20, way = 3;
    const auto disc = [&](double radius) {
        Surface s = flat_surface({.x0_nm = -40, .x1_nm = 40, .z0_nm = -50, .z1_nm = 40, .h_nm = h}, "a", -45);
        Polyline circle;
        for (int k = 0; k < 720; ++k)
            circle.push_back(
                {radius * std::cos(k * std::numbers::pi / 360), radius * std::sin(k * std::numbers::pi / 360)});
        add_solid(s, circle);
        return section_of(s, 2 * h);
    };
    const Section now = disc(r), later = disc(r + way);
    const auto linear = [](const Section& s, double a, double b) {
        SurfaceSpeed v{.isotropic = {{}}};
        for (const Piece& p : s.pieces) v.isotropic[0].push_back(a + b * midpoint(p).x);
        return v;
    };
    const SurfaceSpeed mean =
        mean_speed(now, linear(now, 5, 0.1), std::vector<double>(now.size(), way), later, linear(later, 7, 0.2));
    for (std::size_t k = 0; k < now.size(); ++k) {
        const Vec2 p = midpoint(now.pieces[k]);
        if (std::hypot(p.x, p.z) > 1.2 * r) continue;  // the field
        const double expected = 0.5 * (5 + 0.1 * p.x + 7 + 0.2 * p.x * (r + way) / r);
        EXPECT_NEAR(mean.isotropic[0][k], expected, 0.01 * expected) << p.x << ' ' << p.z;
    }
    // Where nothing of the later section is near, the speed stays its own.
    const SurfaceSpeed alone =
        mean_speed(now, linear(now, 5, 0.1), std::vector<double>(now.size(), -10), later, linear(later, 7, 0.2));
    for (std::size_t k = 0; k < now.size(); ++k) {
        const Vec2 p = midpoint(now.pieces[k]);
        if (std::hypot(p.x, p.z) < 1.2 * r) EXPECT_EQ(alone.isotropic[0][k], 5 + 0.1 * p.x);
    }
}

}  // namespace
}  // namespace damascene::feature
