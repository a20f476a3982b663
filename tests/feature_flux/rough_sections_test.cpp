// Sections as they come: straight to rounding only, touching, cut by sides, with pieces of any length.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "damascene/feature/level_set.hpp"
#include "feature/flux/turn.hpp"
#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

double row_error(const ViewFactors& f) {
    double worst = 0;
    for (int i = 0; i < f.n; ++i) {
        double sum = f.sky[static_cast<std::size_t>(i)];
        for (int j = 0; j < f.n; ++j) sum += f.at(i, j);
        worst = std::max(worst, std::abs(sum - 1));
    }
    return worst;
}

/// Moves every joint of the pieces by up to `reach`; ends stay.
Section shaken(Section s, std::uint64_t seed, double reach) {
    const KeyedRandom random(seed, 3);
    for (std::size_t c = 0; c < s.chain_begin.size(); ++c) {
        const std::size_t begin = s.chain_begin[c],
                          end = c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
        const bool closed = s.pieces[begin].a == s.pieces[end - 1].b;
        for (std::size_t k = begin; k < end; ++k) {
            if (k + 1 == end && !closed) continue;
            Vec2& joint = s.pieces[k].b;
            joint.x += reach * (2 * random.uniform(2 * k) - 1), joint.z += reach * (2 * random.uniform(2 * k + 1) - 1);
            s.pieces[k + 1 == end ? begin : k + 1].a = joint;
        }
    }
    return s;
}

/// The sums and bounds every set of factors has to keep, and the flux that follows.
void expect_physical(const Section& s, const std::string& what) {
    const ViewFactors f = planar_view_factors(s);
    EXPECT_LT(row_error(f), 1e-6) << what;
    EXPECT_LE(*std::max_element(f.factor.begin(), f.factor.end()), 1 + 1e-6) << what;
    EXPECT_GE(*std::min_element(f.factor.begin(), f.factor.end()), 0.0) << what;
    for (double sticking : {1.0, 0.01}) {
        const FluxSolution flux = diffuse_flux(f, std::vector<double>(s.size(), sticking), f.sky);
        EXPECT_LE(*std::max_element(flux.incident.begin(), flux.incident.end()), 1 + 1e-6) << what;
        EXPECT_GE(*std::min_element(flux.incident.begin(), flux.incident.end()), 0.0) << what;
        EXPECT_LT(flux.balance_error, 1e-6) << what;
    }
}

TEST(Turn, SignIsExact) {
    for (int k = 0; k < 40; ++k) {  // on the line z = x, then one unit in the last place beside it
        const double x = 0.1 + k / 7.0, u = 0.3 * (k + 1);
        EXPECT_EQ(turn({x, x}, {u, u}, {1e9, 1e9}), 0.0);
        EXPECT_GT(turn({0, 0}, {1e9, 1e9}, {u, std::nextafter(u, 1e300)}), 0.0);
        EXPECT_LT(turn({0, 0}, {1e9, 1e9}, {u, std::nextafter(u, -1e300)}), 0.0);
    }
    EXPECT_GT(turn({0.5, 0.5}, {12, 12}, {24, std::nextafter(24.0, 25.0)}), 0.0);
}

TEST(RoughSections, TrembleOfRoundingDoesNotMatter) {
    for (Side side : {Side::open, Side::mirror, Side::periodic}) {
        Section s =
            shapes::chain({{-4, 0}, {-0.5, 0}, {-0.4, -3}, {0.4, -3}, {0.5, 0}, {4, 0}}, {30, 25, 8, 25, 30}, side);
        const ViewFactors truth = planar_view_factors(s);
        for (double reach : {1e-15, 1e-14, 1e-13, 1e-12, 1e-10, 1e-8}) {
            const Section rough = shaken(s, 5, reach);
            const ViewFactors f = planar_view_factors(rough);
            EXPECT_LT(row_error(f), 1e-12);
            EXPECT_LT(f.correction, 1e-9);
            for (std::size_t k = 0; k < f.factor.size(); ++k)
                EXPECT_NEAR(f.factor[k], truth.factor[k], 100 * reach + 1e-9) << reach;
            const std::vector<double> beam = beam_flux(rough, {.cosine_power = 1});
            for (std::size_t k = 0; k < s.size(); ++k) EXPECT_NEAR(beam[k], f.sky[k], 1e-6) << reach;
        }
    }
}

// A level field that sags by fractions of 1e-12 of its length, as level sets leave it.
TEST(RoughSections, NearlyLevelFieldSeesTheSky) {
    std::vector<Vec2> c;
    for (int k = 0; k <= 200; ++k) c.push_back({-140 + 1.4 * k, 6 - 1e-12 * std::exp(0.05 * k) + 1e-13 * (k % 3)});
    for (Side side : {Side::open, Side::mirror, Side::periodic}) {
        const Section s = shapes::chain(c, std::vector<int>(200, 1), side);
        const ViewFactors f = planar_view_factors(s);
        EXPECT_LT(row_error(f), 1e-12);
        for (double sky : f.sky) EXPECT_NEAR(sky, 1, 1e-6);
    }
}

TEST(RoughSections, MovingSurfacesStayPhysical) {
    for (std::uint64_t seed = 1; seed <= 9; ++seed) {
        const KeyedRandom random(seed, 11);
        const Side side = seed % 3 == 0 ? Side::open : seed % 3 == 1 ? Side::mirror : Side::periodic;
        Surface surface = flat_surface(
            {.left = side, .right = side, .x0_nm = -60, .x1_nm = 60, .z0_nm = -90, .z1_nm = 60, .h_nm = 3}, "si");
        carve(surface, {.width_nm = 20 + 20 * random.uniform(1),
                        .depth_nm = 60,
                        .sidewall_deg = 85 + 8 * random.uniform(2),
                        .bow_nm = 4});
        const double x = -50 + 80 * random.uniform(3), z = -60 + 55 * random.uniform(4);
        remove_solid(surface, {{x, z}, {x + 20, z}, {x + 20, z + 18}, {x, z + 18}});
        for (int step = 0; step < 4; ++step) {
            const Section s = section_of(surface, 4);
            const std::string what = "seed " + std::to_string(seed) + " step " + std::to_string(step);
            expect_physical(s, what);
            expect_physical(shaken(s, seed, std::pow(10.0, -13 + 2 * step)), what + " shaken");
            SurfaceSpeed speed{.isotropic = {std::vector<double>(s.size())}};
            for (std::size_t k = 0; k < s.size(); ++k)
                speed.isotropic[0][k] = (seed % 2 == 0 ? 1 : -1) * random.uniform(100 + k);
            move(surface, s, speed, 4);
        }
    }
}

// A shelf from the left wall that ends on the right wall: the gas beneath is closed although nothing is sealed by name.
TEST(RoughSections, ShelfThatTouchesTheWallCloses) {
    Section s = shapes::chain(
        {{-1.5, 0}, {-0.5, 0}, {-0.5, -1}, {0.5, -1.25}, {-0.5, -1.5}, {-0.5, -3}, {0.5, -3}, {0.5, 0}, {1.5, 0}},
        {1, 5, 4, 4, 5, 4, 9, 1});
    const ViewFactors f = planar_view_factors(s);
    EXPECT_LT(row_error(f), 1e-9);
    const int under = 1 + 5 + 4;  // first piece of the underside
    for (int i = under; i < under + 4 + 5 + 4; ++i) {
        EXPECT_NEAR(f.sky[static_cast<std::size_t>(i)], 0, 1e-6) << i;
        for (int j = 0; j < under; ++j) EXPECT_NEAR(f.at(i, j), 0, 1e-6) << i << " " << j;
    }
    expect_physical(s, "shelf");
}

// A wall without thickness between two trenches: each sees its own side.
TEST(RoughSections, WallWithoutThicknessDivides) {
    Section s = shapes::chain({{-2, 0}, {-1, 0}, {-1, -2}, {0, -2}, {0, 0}, {0, -2}, {1, -2}, {1, 0}, {2, 0}},
                              {1, 8, 4, 8, 8, 4, 8, 1});
    const Section one = shapes::trench(2, 8, 4);
    const ViewFactors f = planar_view_factors(s), g = planar_view_factors(one);
    for (int i = 0; i < 20; ++i) {
        EXPECT_NEAR(f.sky[static_cast<std::size_t>(1 + i)], g.sky[static_cast<std::size_t>(1 + i)], 2e-3) << i;
        for (int j = 0; j < 20; ++j) EXPECT_LT(f.at(1 + i, 21 + j), 1e-3) << i << " " << j;
    }
    expect_physical(s, "thin wall");
}

TEST(RoughSections, ShortPiecesSeeWhatTheirPlaceSees) {
    for (double length : {1e-6, 1e-9, 1e-12, 0.0}) {
        const Section whole = shapes::trench(2, 10, 6);
        Section s = whole;
        Piece& cut = s.pieces[4];  // on the left wall
        const Vec2 at{cut.a.x, cut.a.z - length};
        Piece tiny{cut.a, at};
        cut.a = at;
        s.pieces.insert(s.pieces.begin() + 4, tiny);
        const ViewFactors f = planar_view_factors(s), g = planar_view_factors(whole);
        EXPECT_LT(row_error(f), 1e-9) << length;
        const double above = g.sky[3], below = g.sky[4];
        EXPECT_GE(f.sky[4], std::min(above, below) - 1e-3) << length;
        EXPECT_LE(f.sky[4], std::max(above, below) + 1e-3) << length;
        for (int i = 0; i < g.n; ++i)
            for (int j = 0; j < g.n; ++j)
                if (i != 4 && j != 4) {
                    EXPECT_NEAR(f.at(i + (i > 4), j + (j > 4)), g.at(i, j), 2e-6) << length;
                }
        expect_physical(s, "short " + std::to_string(length));
    }
}

TEST(RoughSections, VoidsCutByASideAreWhole) {
    Section whole = shapes::trench(1, 6, 6);
    shapes::add_rectangle(whole, {-0.4, -3}, {0.4, -2}, 4, false);
    const ViewFactors truth = planar_view_factors(whole);
    const int first = static_cast<int>(whole.chain_begin[1]);
    // Half of it at a mirror: ceiling (2 pieces), wall (4), floor (2), walked with the gas on the left.
    Section half{.left = Side::open, .right = Side::mirror};
    shapes::add_chain(half, {{-2, 0}, {0, 0}}, {4});
    shapes::add_chain(half, {{0, -2}, {-0.4, -2}, {-0.4, -3}, {0, -3}}, {2, 4, 2});
    const ViewFactors f = planar_view_factors(half);
    EXPECT_LT(row_error(f), 1e-12);
    double wall = 0, wall_truth = 0;  // left wall to floor
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 2; ++j) wall += f.at(4 + 2 + i, 4 + 6 + j) / 4;
        for (int j = 0; j < 4; ++j) wall_truth += truth.at(first + 12 + i, first + j) / 4;
    }
    for (int i = 0; i < 4; ++i)  // the right wall is the image of the left
        for (int j = 0; j < 4; ++j) EXPECT_NEAR(f.at(6 + i, 6 + j), truth.at(first + 12 + i, first + 4 + 3 - j), 1e-12);
    EXPECT_NEAR(wall, wall_truth, 1e-12);
    // Two parts at a periodic seam.
    Section split{.left = Side::periodic, .right = Side::periodic};
    shapes::add_chain(split, {{-2, 0}, {2, 0}}, {4});
    shapes::add_chain(split, {{2, -2}, {1.6, -2}, {1.6, -3}, {2, -3}}, {2, 4, 2});
    shapes::add_chain(split, {{-2, -3}, {-1.6, -3}, {-1.6, -2}, {-2, -2}}, {2, 4, 2});
    const ViewFactors g = planar_view_factors(split);
    EXPECT_LT(row_error(g), 1e-12);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) EXPECT_NEAR(g.at(6 + i, 14 + j), truth.at(first + 12 + i, first + 4 + j), 1e-12);
}

TEST(RoughSections, CrossedWallsAreRefusedOrPhysical) {
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Section s = shaken(shapes::reentrant(seed, 40, Side::mirror), seed, 0.3);
        try {
            const ViewFactors f = planar_view_factors(s);
            EXPECT_LT(row_error(f), 1e-6) << seed;
        } catch (const NumericalError&) {
            ++refused;
        }
    }
    EXPECT_LT(refused, 5);
}

// The wall of a step sees a field without end: what it sends there is lost, what comes from there enters.
TEST(RoughSections, FieldWithoutEndBalances) {
    const ViewFactors f = planar_view_factors(shapes::chain({{-1, 1}, {0, 1}, {0, 0}, {3, 0}}, {2, 10, 12}));
    for (double sticking : {1.0, 0.3, 0.01}) {
        const FluxSolution flux = diffuse_flux(f, std::vector<double>(24, sticking), f.sky);
        EXPECT_LT(flux.balance_error, 1e-12);
        EXPECT_LE(*std::max_element(flux.incident.begin(), flux.incident.end()), 1 + 1e-9);
    }
}

}  // namespace
}  // namespace damascene::feature
