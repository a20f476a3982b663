// Voids, necks, layers, etch stops, books of what was added and removed.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "feature/level_set/places.hpp"
#include "feature_level_set/shapes.hpp"

namespace damascene::feature {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A cavity of width w and depth d under a neck of width w0 and height t.
Surface bottle(double w, double d, double w0, double t, double h, Side side = Side::mirror, double shift = 0) {
    Surface s = flat_surface(
        {.left = side, .right = side, .x0_nm = -40, .x1_nm = 40, .z0_nm = -t - d - 12, .z1_nm = 25, .h_nm = h},
        "substrate");
    remove_solid(
        s, {{shift - w0 / 2, 10}, {shift + w0 / 2, 10}, {shift + w0 / 2, -t - d / 2}, {shift - w0 / 2, -t - d / 2}});
    remove_solid(s, {{shift - w / 2, -t}, {shift + w / 2, -t}, {shift + w / 2, -t - d}, {shift - w / 2, -t - d}});
    return s;
}

TEST(Neck, IsTheMouthOfABottle) {
    const Neck n = neck(bottle(40, 50, 17.3, 12, 1));
    EXPECT_NEAR(n.gap_nm, 17.3, 0.02);
    EXPECT_GT(n.z_nm, -13);
    EXPECT_LT(n.z_nm, 1);
}

// The search by cells against all pairs of points.
TEST(Places, AheadMeetsTheNearestInFront) {
    std::vector<Vec2> points;
    for (int k = 0; k < 400; ++k) points.push_back({50 * std::sin(1.7 * k), 20 * std::cos(2.3 * k) + 0.1 * k});
    const level_set::Places places(points, 3);
    for (const Vec2 p : {Vec2{0, 0}, Vec2{-49, 30}, Vec2{70, -40}, Vec2{12.5, 61}})
        for (const Vec2 n : {Vec2{0, 0}, Vec2{1, 0}, Vec2{-0.6, 0.8}}) {
            const auto distance = [&](std::size_t q) {
                const Vec2 d{points[q].x - p.x, points[q].z - p.z};
                return d.x * n.x + d.z * n.z < 0 ? infinity : std::hypot(d.x, d.z);
            };
            double expected = infinity, found = infinity;
            for (std::size_t q = 0; q < points.size(); ++q) expected = std::min(expected, distance(q));
            places.ahead(
                p, n, [&](std::size_t q) { found = std::min(found, distance(q)); }, [&] { return found; });
            EXPECT_EQ(found, expected) << p.x << ' ' << p.z << ' ' << n.x;
        }
}

TEST(Neck, OfParallelWallsIsTheirDistance) { EXPECT_NEAR(neck(trench(20.6, 60, 1, 40, 20)).gap_nm, 20.6, 0.02); }

TEST(Neck, AnOpenFieldOrAGrooveThatNarrowsHasNone) {
    EXPECT_EQ(neck(flat_surface({.x0_nm = -20, .x1_nm = 20, .z0_nm = -20, .z1_nm = 20, .h_nm = 1}, "a")).gap_nm,
              infinity);
    EXPECT_EQ(neck(trench(40, 60, 1, 40, 20, 75)).gap_nm, infinity);
    EXPECT_EQ(neck(trench(40, 10, 1, 40, 20)).gap_nm, infinity);  // a dish: wider than deep
}

TEST(Neck, CountsTheMirrorImageAndTheAxis) {
    for (Symmetry symmetry : {Symmetry::planar, Symmetry::axial}) {
        Surface s = flat_surface({.symmetry = symmetry, .x0_nm = 0, .x1_nm = 40, .z0_nm = -80, .z1_nm = 20, .h_nm = 1},
                                 "substrate");
        carve(s, {.width_nm = 23.4, .depth_nm = 60});
        EXPECT_NEAR(neck(s).gap_nm, 23.4, 0.02);
    }
}

TEST(Neck, FindsALateralChannelBehindAWideMouth) {
    Surface s = trench(40, 60, 1, 60, 20);
    remove_solid(s, {{10, -40}, {55, -40}, {55, -48}, {10, -48}});
    const Neck n = neck(s);
    EXPECT_NEAR(n.gap_nm, 8, 0.05);
    EXPECT_NEAR(n.z_nm, -44, 0.5);
}

// Conformal growth closes parallel walls along their whole depth at t = w / 2 V: a seam, no void.
TEST(Closure, ConformalFillClosesAtHalfTheWidth) {
    const double w = 20;
    Surface s = trench(w, 60, 1, 40, 25);
    double closed_at = 0;
    for (int k = 1; k <= 60 && closed_at == 0; ++k) {
        move_uniformly(s, 1, 0.2, 1);
        const double gap = neck(s).gap_nm;
        if (gap < infinity && k % 10 == 0) EXPECT_NEAR(gap, w - 0.4 * k, 0.05);
        if (height_at(s, 0) > -20) closed_at = 0.2 * k;
    }
    EXPECT_NEAR(closed_at, w / 2, 0.2 + 0.005 * w / 2);
    double largest = 0;
    for (const Void& v : voids(s)) largest = std::max(largest, v.area);
    EXPECT_LT(largest, 2.0);  // specks of a cell at most
}

// A mouth w0 < w closes at w0 / 2 and leaves a void of half-width (w - w0) / 2 whose area follows from the box.
TEST(Closure, ReentrantMouthLeavesAVoidOfKnownArea) {
    const double w = 40, d = 50, w0 = 16, t = 12;
    Surface s = bottle(w, d, w0, t, 1);
    double closed_at = 0;
    for (int k = 1; k <= 160; ++k) {
        move_uniformly(s, 1, 0.1, 1);
        if (closed_at == 0 && !voids(s, 10).empty()) closed_at = 0.1 * k;
    }
    EXPECT_NEAR(closed_at, w0 / 2, 0.1001 + 0.005 * w0 / 2);  // the step, and half a percent
    const std::vector<Void> found = voids(s, 10);
    ASSERT_EQ(found.size(), 1u);
    // The cavity's walls moved w0 / 2 each; its upper edges at the mouth are arcs whose quarter discs leave a cusp.
    const double e = w0 / 2, width = w - w0, area = width * (d - 2 * e) + 2 * e * e * (1 - pi / 4);
    EXPECT_NEAR(found[0].area, area, 0.02 * area);
    EXPECT_NEAR(found[0].width_nm, width, 1.0);
    EXPECT_NEAR(found[0].centroid.x, 0, 0.05);
    EXPECT_NEAR(found[0].bottom.z, -t - d + e, 0.5);
    const double frozen = found[0].area;
    move_uniformly(s, 1, 2, 4);
    EXPECT_NEAR(voids(s, 10)[0].area, frozen, 1e-3 * frozen);
}

TEST(Closure, VoidAcrossAMirrorOrAPeriodHasItsOwnArea) {
    const double whole = voids(
                             [] {
                                 Surface s = bottle(40, 50, 16, 12, 1);
                                 move_uniformly(s, 1, 10, 50);
                                 return s;
                             }(),
                             10)[0]
                             .area;
    Surface half = flat_surface({.x0_nm = 0, .x1_nm = 40, .z0_nm = -74, .z1_nm = 25, .h_nm = 1}, "substrate");
    remove_solid(half, {{-8, 10}, {8, 10}, {8, -40}, {-8, -40}});
    remove_solid(half, {{-20, -12}, {20, -12}, {20, -62}, {-20, -62}});
    move_uniformly(half, 1, 10, 50);
    ASSERT_EQ(voids(half, 10).size(), 1u);
    EXPECT_NEAR(voids(half, 10)[0].area, whole / 2, 0.01 * whole);
}

TEST(Closure, WithVoidsThawedTheyFill) {
    Surface s = bottle(30, 30, 6, 12, 1);
    move_uniformly(s, 1, 8, 40);
    ASSERT_EQ(voids(s, 10).size(), 1u);
    move_uniformly(s, 1, 13, 52, {.freeze_voids = false});
    EXPECT_TRUE(voids(s, 1).empty());
}

TEST(Closure, SphericalVoidHasItsVolume) {
    Surface s =
        flat_surface({.symmetry = Symmetry::axial, .x0_nm = 0, .x1_nm = 40, .z0_nm = -40, .z1_nm = 20, .h_nm = 0.5},
                     "substrate", 10);
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) {
            double& f = s.phi[0].at(i, j);
            f = std::max(f, 12 - std::hypot(0.5 * i, -40 + 0.5 * j + 15));
        }
    const std::vector<Void> found = voids(s);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NEAR(found[0].area, 4 * pi / 3 * 12 * 12 * 12, 0.003 * 4 * pi / 3 * 12 * 12 * 12);
    EXPECT_NEAR(found[0].top.z, -3, 0.1);
}

// What move() books equals the change of volume(), and on a field the flat thickness times the width.
TEST(Books, AddedAndRemovedMatchTheVolume) {
    for (Symmetry symmetry : {Symmetry::planar, Symmetry::axial})
        for (double speed : {1.0, -1.0}) {
            Surface s = flat_surface(
                {.symmetry = symmetry, .x0_nm = 0, .x1_nm = 40, .z0_nm = -80, .z1_nm = 20, .h_nm = 1}, "substrate");
            carve(s, {.width_nm = 30, .depth_nm = 50});
            const double before = volume(s, 0);
            const MotionReport r = move_uniformly(s, speed, 5, 10);
            EXPECT_NEAR(r.added - r.removed, volume(s, 0) - before, 1e-9 * before);
        }
}

/// 1 - added / int int V dA dt over 8 nm of growth in a trench, by Heun's method as the process driver steps.
double unbooked(double h) {
    Surface s = trench(30, 50, h, 40, 25);
    const auto speeds = [](const Section& c) {
        SurfaceSpeed v = uniform(c, 0);
        for (std::size_t p = 0; p < c.size(); ++p)
            v.isotropic[0][p] = 0.55 + 0.45 * normal(c.pieces[p]).z + 0.004 * midpoint(c.pieces[p]).z;
        return v;
    };
    double integral = 0, added = 0;
    for (int k = 0; k < static_cast<int>(20 / h); ++k) {
        const double before = volume(s, 0);
        integral += step_by_heun(s, speeds, 0.4 * h, 1.5 * h);
        added += volume(s, 0) - before;
    }
    return 1 - added / integral;
}

TEST(Books, GrowthIsTheIntegralOfTheSpeed) {
    EXPECT_LT(std::abs(unbooked(1)), 1.5e-3);
    EXPECT_LT(std::abs(unbooked(0.5)), 1e-3);
}

Surface stacked(const std::vector<Layer>& layers, double h = 1) {
    Surface s = flat_surface({.x0_nm = -40, .x1_nm = 40, .z0_nm = -30, .z1_nm = 60, .h_nm = h}, "substrate");
    for (const Layer& layer : layers) {
        begin_film(s, layer.material);
        offset_surface(s, layer.thickness_nm);
    }
    return s;
}

double etch_by_rows(Surface& s, const std::vector<double>& rate, double duration, int steps) {
    double removed = 0;
    for (int k = 0; k < steps; ++k) {
        const Section c = section_of(s, 1.5 * s.h_nm());
        SurfaceSpeed v;
        for (double r : rate) v.isotropic.emplace_back(c.size(), -r);
        removed += move(s, c, v, duration / steps).removed;
    }
    return removed;
}

// Layers of 0.7, 0.2 and 2.5 h at 1, 0.5 and 2 nm/s last 0.7, 0.4 and 1.25 s: exact for any step.
TEST(Layers, ThinLayersTakeTheirOwnTime) {
    for (int steps : {1, 3, 7, 40}) {
        Surface s = stacked({{"c", 2.5}, {"b", 0.2}, {"a", 0.7}});
        etch_by_rows(s, {1, 2, 0.5, 1}, 0.9, steps);  // a is gone, half of b
        EXPECT_NEAR(volume(s, 3), 0, 1e-6);
        EXPECT_NEAR(volume(s, 2), 80 * 0.1, 1e-3);
        EXPECT_NEAR(volume(s, 1), 80 * 2.5, 1e-3);
        etch_by_rows(s, {1, 2, 0.5, 1}, 0.2 + 1.25 + 3, steps);
        EXPECT_NEAR(volume(s, 2), 0, 1e-6);
        EXPECT_NEAR(volume(s, 1), 0, 1e-6);
        EXPECT_NEAR(volume(s, 0), 80 * (30 - 3), 8e-3);  // 1e-4 nm
    }
}

TEST(Layers, EtchStopHolds) {
    Surface s = stacked({{"stop", 0.2}, {"film", 8.3}});
    etch_by_rows(s, {5, 0, 1}, 30, 60);
    EXPECT_NEAR(volume(s, 2), 0, 1e-3);
    EXPECT_NEAR(volume(s, 1), 80 * 0.2, 1e-6);
    EXPECT_NEAR(volume(s, 0), 80 * 30, 1e-6);
}

// A mask with an opening of 20 on a film over a stop: isotropic etch undercuts by quarter discs of radius 10, the mask
// and the stop stay. The front under the mask starts from the corner of one cell and stays up to 2 h behind.
TEST(Layers, MaskIsUndercutAndStays) {
    const auto lost = [](double h) {
        Surface s = stacked({{"film", 12}, {"mask", 6}}, h);
        remove_solid(s, {{-10, 40}, {10, 40}, {10, 12}, {-10, 12}});
        const double mask = volume(s, 2);
        etch_by_rows(s, {0, 1, 0}, 10, static_cast<int>(40 / h));
        EXPECT_NEAR(volume(s, 2), mask, 0.02 * mask);
        EXPECT_NEAR(volume(s, 0), 80 * 30, 1e-6);
        EXPECT_NEAR(height_at(s, 0), 2, 0.01 * h);
        EXPECT_NEAR(phi_at(s, 10 + std::sqrt(96.0), 10), 0, 2 * h);
        return 20 * 10 + pi * 100 / 2 - (80 * 12 - volume(s, 1));
    };
    const double coarse = lost(1), fine = lost(0.5);
    EXPECT_LT(coarse, 0.1 * 357);
    EXPECT_LT(fine, 0.6 * coarse);
}

TEST(Layers, GrowthGoesToTheTopMaterialOnly) {
    Surface s = trench(30, 50, 1, 40, 25);
    const double below = volume(s, 0);
    begin_film(s, "film");
    move_uniformly(s, 1, 3, 6);
    EXPECT_NEAR(volume(s, 0), below, 1e-9);
    EXPECT_NEAR(volume(s, 1), 3 * (80 + 2 * 50) - 2 * 9 + 9 * pi / 2 - 2 * 9 + 18, 0.02 * 540);
}

// ------------------------------------------------------------------------------------------------------- any geometry
/// A fixed sequence of numbers in [0, 1).
struct Numbers {
    KeyedRandom random;
    std::uint64_t next = 0;
    double operator()() { return random.uniform(next++); }
};

TEST(AnyGeometry, SurvivesRandomSolidsAndSpeeds) {
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        Numbers u{KeyedRandom(20, seed)};
        const Side side = seed % 3 == 0 ? Side::periodic : seed % 3 == 1 ? Side::open : Side::mirror;
        Surface s = flat_surface(
            {.left = side, .right = side, .x0_nm = -30, .x1_nm = 30, .z0_nm = -60, .z1_nm = 90, .h_nm = 1}, "a");
        for (int polygon = 0; polygon < 4; ++polygon) {
            Polyline p;
            const double cx = -30 + 60 * u(), cz = -15 + 25 * u();
            const int corners = 3 + static_cast<int>(5 * u());
            for (int k = 0; k < corners; ++k) p.push_back({cx + 14 * (2 * u() - 1), cz + 14 * (2 * u() - 1)});
            if (u() < 0.5)
                remove_solid(s, p);
            else
                add_solid(s, p);
        }
        begin_film(s, "b");
        double removed = 0, added = 0;
        const double start = volume(s, 0) + volume(s, 1);
        for (int k = 0; k < 100; ++k) {
            const Section c = section_of(s, 1.5);
            SurfaceSpeed v;
            v.isotropic.assign(2, std::vector<double>(c.size()));
            const double mean = u() - 0.45;
            for (auto& row : v.isotropic)
                for (double& x : row) x = mean + 0.8 * (u() - 0.5);
            const bool beam = u() < 0.3;
            if (beam) {
                v.beam.assign(2, std::vector<double>(c.size(), -0.2 * u()));
                v.beam_law.assign(2, [](double n) { return n > 0 ? (1 + 9.3 * (1 - n * n)) * n * n : 0.0; });
            }
            const MotionReport r = move(
                s, c, v, 0.5, {.space = static_cast<SpaceOrder>(k % 3), .time = static_cast<TimeOrder>(k / 3 % 3)});
            added += r.added;
            removed += r.removed;
            (void)neck(s);
            (void)voids(s);
            for (const auto& f : s.phi)
                for (double x : f.values) ASSERT_TRUE(std::isfinite(x));
            for (std::size_t n = 0; n < s.phi[0].values.size(); ++n) ASSERT_GE(s.phi[0].values[n], s.phi[1].values[n]);
            for (const Piece& p : c.pieces) ASSERT_GT(length_nm(p), 0);
        }
        EXPECT_NEAR(volume(s, 0) + volume(s, 1) - start, added - removed, 1e-3 * start);
    }
}

TEST(AnyGeometry, SameBitsAtAnyThreadCount) {
    const auto run = [](int threads) {
        set_thread_count(threads);
        Surface s = bottle(40, 50, 16, 12, 1);
        move_uniformly(s, 1, 9, 30);
        const double gap = neck(s).gap_nm, area = volume(s, 0);
        s.phi[0].values.push_back(gap);
        s.phi[0].values.push_back(area);
        return s.phi[0].values;
    };
    const int before = thread_count();
    const auto one = run(1), two = run(2), three = run(3);
    set_thread_count(before);
    EXPECT_EQ(one, two);
    EXPECT_EQ(one, three);
}

}  // namespace
}  // namespace damascene::feature
