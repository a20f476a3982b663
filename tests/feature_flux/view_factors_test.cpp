// Diffuse exchange between planar pieces against closed forms, sampled rays and itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "feature/flux/visible_intervals.hpp"
#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

double row_sum_error(const ViewFactors& f) {
    double worst = 0;
    for (int i = 0; i < f.n; ++i) {
        double sum = f.sky[static_cast<std::size_t>(i)];
        for (int j = 0; j < f.n; ++j) sum += f.at(i, j);
        worst = std::max(worst, std::abs(sum - 1));
    }
    return worst;
}

double reciprocity_error(const ViewFactors& f) {
    double worst = 0;
    for (int i = 0; i < f.n; ++i)
        for (int j = 0; j < i; ++j) {
            const double a = f.area[static_cast<std::size_t>(i)], b = f.area[static_cast<std::size_t>(j)];
            worst = std::max(worst, std::abs(a * f.at(i, j) - b * f.at(j, i)) / std::min(a, b));
        }
    return worst;
}

/// Share of piece i's hemisphere on each piece and (last) the sky: rays at stratified places and cosine-weighted
/// directions against every piece of the drawing.
std::vector<double> sampled(const Section& drawn, std::size_t i, int places, int directions) {
    std::vector<double> share(drawn.size() + 1, 0.0);
    const Piece& p = drawn.pieces[i];
    const Vec2 n = normal(p), t{n.z, -n.x};
    for (int m = 0; m < places; ++m)
        for (int k = 0; k < directions; ++k) {
            const double shift = std::fmod(m * 0.6180339887498949, 1.0);  // a lattice: no direction comes twice
            const double u = (m + 0.5) / places, sine = -1 + 2 * (k + shift) / directions;
            const double cosine = std::sqrt(std::max(0.0, 1 - sine * sine));
            const Vec2 o{p.a.x + u * (p.b.x - p.a.x), p.a.z + u * (p.b.z - p.a.z)};
            const Vec2 e{sine * t.x + cosine * n.x, sine * t.z + cosine * n.z};
            std::size_t hit = drawn.size();
            double nearest = 1e300;
            for (std::size_t j = 0; j < drawn.size(); ++j) {
                if (j == i) continue;
                const Piece& q = drawn.pieces[j];
                const double dx = q.b.x - q.a.x, dz = q.b.z - q.a.z, det = e.x * dz - e.z * dx;
                if (det == 0) continue;
                const double ax = q.a.x - o.x, az = q.a.z - o.z;
                const double along = (ax * dz - az * dx) / det, place = (ax * e.z - az * e.x) / det;
                if (place >= 0 && place <= 1 && along > 1e-9 && along < nearest) nearest = along, hit = j;
            }
            share[hit] += 1.0 / (places * directions);
        }
    return share;
}

TEST(ViewFactors, OpposedWallsFollowCrossedStrings) {
    const ViewFactors f = planar_view_factors(shapes::trench(2, 1, 1));
    EXPECT_NEAR(f.at(1, 3), (2 * std::sqrt(5.0) - 2 * 1.0) / (2 * 2), 1e-14);  // wall to wall
    EXPECT_NEAR(f.at(2, 1), (1 + 2 - std::sqrt(5.0)) / 2, 1e-14);              // bottom to wall
    EXPECT_NEAR(f.sky[2], std::sqrt(5.0) - 2, 1e-14);                          // bottom to mouth
}

TEST(ViewFactors, NeighboursInACornerSeeEachOther) {
    const ViewFactors f = planar_view_factors(shapes::trench(4, 400, 100));
    const int foot = 400, first = 401;  // lowest wall piece and first bottom piece, both 0.01 long
    EXPECT_NEAR(f.at(foot, first), 1 - std::sqrt(0.5), 1e-11);
    EXPECT_NEAR(f.at(first, foot), 1 - std::sqrt(0.5), 1e-11);
}

TEST(ViewFactors, LevelFieldNeitherSeesNorBlocksItself) {
    for (Side side : {Side::open, Side::mirror, Side::periodic}) {
        const ViewFactors f = planar_view_factors(shapes::chain({{0, 0.3}, {1, 0.3}}, {37}, side));
        for (int i = 0; i < f.n; ++i) EXPECT_EQ(f.sky[static_cast<std::size_t>(i)], 1.0);
        EXPECT_EQ(*std::max_element(f.factor.begin(), f.factor.end()), 0.0);
    }
}

TEST(ViewFactors, SlantedPlaneDoesNotSeeItself) {
    const ViewFactors f =
        planar_view_factors(shapes::chain({{-0.7, 0.9}, {0.1, -0.3}, {0.8, 0.9}}, {61, 67}, Side::periodic));
    for (int i = 0; i < 61; ++i)
        for (int j = 0; j < 61; ++j) EXPECT_LT(f.at(i, j), 1e-12);
    EXPECT_LT(row_sum_error(f), 1e-12);
}

TEST(ViewFactors, RowsSumToOneAndExchangeIsMutual) {
    std::vector<Section> sections{shapes::trench(10, 150, 30, 5), shapes::trench(100, 300, 7)};
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
        for (Side side : {Side::mirror, Side::periodic}) sections.push_back(shapes::reentrant(seed, 160, side));
    sections.push_back(shapes::trench(1, 10, 10));
    shapes::add_rectangle(sections.back(), {-0.3, -3}, {0.4, -2}, 13, false);
    for (const Section& s : sections) {
        const ViewFactors f = planar_view_factors(s);
        EXPECT_TRUE(f.reciprocal);
        EXPECT_LT(row_sum_error(f), 1e-12);
        EXPECT_LT(reciprocity_error(f), 1e-12);
        EXPECT_LT(f.correction, 1e-9);  // strings are exact: rounding over the piece length
        EXPECT_GE(*std::min_element(f.factor.begin(), f.factor.end()), 0.0);
    }
}

// What enters through the mouth of a hole is what its walls receive directly.
TEST(ViewFactors, DirectArrivalFillsTheMouth) {
    const ViewFactors f = planar_view_factors(shapes::reentrant(3, 300, Side::mirror));
    double entering = 0;
    for (std::size_t i = 0; i < f.sky.size(); ++i) entering += f.area[i] * f.sky[i];
    EXPECT_NEAR(entering, 6.0, 1e-11);
}

// A lattice of 22 500 rays per piece: it counts regions to about 3e-4.
TEST(ViewFactors, ReentrantSurfacesMatchSampledRays) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        Section s = shapes::reentrant(seed, 70, Side::periodic), drawn = s;
        for (double shift : {-6.0, 6.0})
            for (const Piece& p : s.pieces) drawn.pieces.push_back({{p.a.x + shift, p.a.z}, {p.b.x + shift, p.b.z}});
        const ViewFactors f = planar_view_factors(s);
        for (std::size_t i = 0; i < s.size(); i += 5) {
            const std::vector<double> share = sampled(drawn, i, 150, 150);
            EXPECT_NEAR(share.back(), f.sky[i], 1e-3) << seed << " piece " << i;
            for (std::size_t j = 0; j < s.size(); ++j)
                EXPECT_NEAR(share[j] + share[j + s.size()] + share[j + 2 * s.size()],
                            f.at(static_cast<int>(i), static_cast<int>(j)), 1e-3)
                    << seed << " pieces " << i << " " << j;
        }
    }
}

// The same by exact visible intervals at the middles of 400 parts of each piece: second order in the part.
TEST(ViewFactors, StringsEqualIntegratedVisibility) {
    for (Side side : {Side::open, Side::mirror, Side::periodic}) {
        const Section s = shapes::reentrant(11, 90, side);
        const ViewFactors f = planar_view_factors(s);
        const Sight sight(s, 3);
        for (std::size_t i = 0; i < s.size(); i += 7) {
            std::vector<double> share(s.size() + 1, 0.0);
            const Piece& p = s.pieces[i];
            for (int m = 0; m < 400; ++m) {
                const double u = (m + 0.5) / 400;
                const Vec2 from{p.a.x + u * (p.b.x - p.a.x), p.a.z + u * (p.b.z - p.a.z)};
                for (const VisibleInterval& v : sight.visible(static_cast<int>(i), from))
                    share[v.piece == sky_seen           ? s.size()
                          : v.piece == left_field_seen  ? 0
                          : v.piece == right_field_seen ? s.size() - 1
                                                        : static_cast<std::size_t>(v.piece)] +=
                        0.5 * (v.sine_end - v.sine_begin) / 400;
            }
            EXPECT_NEAR(share.back(), f.sky[i], 2e-5);
            for (std::size_t j = 0; j < s.size(); ++j)
                EXPECT_NEAR(share[j], f.at(static_cast<int>(i), static_cast<int>(j)), 2e-5);
        }
    }
}

TEST(ViewFactors, SealedVoidSeesOnlyItself) {
    Section s = shapes::trench(1, 10, 10);
    const int outside = static_cast<int>(s.size());
    shapes::add_rectangle(s, {-0.3, -3}, {0.4, -2}, 10, false);
    const ViewFactors f = planar_view_factors(s);
    for (int i = outside; i < f.n; ++i) {
        EXPECT_EQ(f.sky[static_cast<std::size_t>(i)], 0.0);
        for (int j = 0; j < outside; ++j) EXPECT_EQ(f.at(i, j) + f.at(j, i), 0.0);
    }
    double to_ceiling = 0;  // floor of the void to its ceiling: width 0.7, height 1
    for (int i = 0; i < 10; ++i)
        for (int j = 20; j < 30; ++j) to_ceiling += f.at(outside + i, outside + j) / 10;
    EXPECT_NEAR(to_ceiling, (std::hypot(0.7, 1.0) - 1) / 0.7, 1e-12);
}

TEST(ViewFactors, HalfATrenchBehindAMirrorIsATrench) {
    const ViewFactors whole = planar_view_factors(shapes::trench(3, 40, 20, 1));
    Section half{.left = Side::mirror, .right = Side::open};
    shapes::add_chain(half, {{0, -3}, {0.5, -3}, {0.5, 0}, {1.5, 0}}, {10, 40, 1});
    const ViewFactors f = planar_view_factors(half);
    const int shift = 1 + 40 + 10;  // first right half piece of the whole
    for (int i = 0; i < f.n; ++i) {
        EXPECT_NEAR(f.sky[static_cast<std::size_t>(i)], whole.sky[static_cast<std::size_t>(i + shift)], 1e-12);
        for (int j = 0; j < f.n; ++j)
            EXPECT_NEAR(f.at(i, j), whole.at(i + shift, j + shift) + whole.at(i + shift, 2 * shift - 1 - (j + shift)),
                        1e-12);
    }
}

// Mirrored on both sides = periodic with twice the width.
TEST(ViewFactors, TwoMirrorsAreAPeriod) {
    const Section half = shapes::reentrant(5, 80, Side::mirror);
    Section twice{.left = Side::periodic, .right = Side::periodic, .pieces = half.pieces, .chain_begin = {0}};
    for (auto p = half.pieces.rbegin(); p != half.pieces.rend(); ++p)
        twice.pieces.push_back({{12 - p->b.x, p->b.z}, {12 - p->a.x, p->a.z}});
    const ViewFactors f = planar_view_factors(half), g = planar_view_factors(twice);
    for (int i = 0; i < f.n; ++i) {
        EXPECT_NEAR(f.sky[static_cast<std::size_t>(i)], g.sky[static_cast<std::size_t>(i)], 1e-12);
        for (int j = 0; j < f.n; ++j) EXPECT_NEAR(f.at(i, j), g.at(i, j) + g.at(i, 2 * f.n - 1 - j), 1e-12);
    }
}

// Where a period begins does not matter.
TEST(ViewFactors, PeriodMayBeginAnywhere) {
    const Section s = shapes::reentrant(6, 80, Side::periodic);
    const std::size_t first = 31;
    Section moved{.left = Side::periodic, .right = Side::periodic, .chain_begin = {0}};
    for (std::size_t k = 0; k < s.size(); ++k) {
        Piece p = s.pieces[(first + k) % s.size()];
        if (first + k >= s.size()) p.a.x += 6, p.b.x += 6;
        moved.pieces.push_back(p);
    }
    const ViewFactors f = planar_view_factors(s), g = planar_view_factors(moved);
    for (int i = 0; i < f.n; ++i)
        for (int j = 0; j < f.n; ++j) EXPECT_NEAR(g.at(i, j), f.at((i + 31) % f.n, (j + 31) % f.n), 1e-12);
}

// An open level field below a step: the wall sees it with the lower half of its hemisphere, whatever is drawn of it.
TEST(ViewFactors, StepWallSeesHalfSkyHalfField) {
    for (double drawn : {0.5, 5.0}) {
        const ViewFactors f = planar_view_factors(shapes::chain({{-1, 1}, {0, 1}, {0, 0}, {drawn, 0}}, {1, 3, 4}));
        EXPECT_FALSE(f.reciprocal);
        for (int i : {1, 2, 3}) {
            EXPECT_NEAR(f.sky[static_cast<std::size_t>(i)], 0.5, 1e-6);
            EXPECT_NEAR(f.at(i, 4) + f.at(i, 5) + f.at(i, 6) + f.at(i, 7), 0.5, 1e-6);
        }
        EXPECT_LT(row_sum_error(f), 1e-12);
    }
}

// A bar of solid floating over a trench: the gas is not simply connected.
TEST(ViewFactors, IslandsMatchSampledRays) {
    Section s = shapes::trench(1, 6, 6, 6);
    shapes::add_rectangle(s, {-0.2, -0.6}, {0.25, -0.3}, 5, true);  // sees no field
    const ViewFactors f = planar_view_factors(s);
    for (std::size_t i = 0; i < s.size(); ++i) {
        const std::vector<double> share = sampled(s, i, 150, 150);
        EXPECT_NEAR(share.back(), f.sky[i], 0.02);  // two Gauss points per piece and shadow edges
        for (std::size_t j = 0; j < s.size(); ++j)
            EXPECT_NEAR(share[j], f.at(static_cast<int>(i), static_cast<int>(j)), 0.02);
    }
    EXPECT_LT(row_sum_error(f), 1e-12);
    EXPECT_LT(reciprocity_error(f), 1e-12);
}

TEST(ViewFactors, SameBitsAtAnyThreadCount) {
    const Section s = shapes::reentrant(2, 400, Side::mirror);
    const int threads = thread_count();
    set_thread_count(1);
    const ViewFactors one = planar_view_factors(s);
    const std::vector<double> sticking(s.size(), 0.02);
    const FluxSolution flux = diffuse_flux(one, sticking, one.sky);
    for (int count : {2, 3}) {
        set_thread_count(count);
        const ViewFactors more = planar_view_factors(s);
        EXPECT_EQ(one.factor, more.factor);
        EXPECT_EQ(one.sky, more.sky);
        EXPECT_EQ(flux.incident, diffuse_flux(more, sticking, more.sky).incident);
        EXPECT_EQ(Radiosity(one, sticking).solve(one.sky).incident, Radiosity(more, sticking).solve(more.sky).incident);
    }
    set_thread_count(threads);
}

}  // namespace
}  // namespace damascene::feature
