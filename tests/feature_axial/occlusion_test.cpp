// View factors among rings that hide each other, against rays shot at cones in three dimensions, and their exact facts.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "damascene/base/parallel.hpp"
#include "damascene/feature/transport.hpp"
#include "feature/flux/axial_visibility.hpp"
#include "feature_axial/profiles.hpp"

namespace damascene::feature {
namespace {

using namespace axial_tests;
using Vec3 = std::array<double, 3>;

// ------------------------------------------------------------------------------------------------------------ profiles
Section re_entrant_hole(double h) { return chain({{0, -3}, {1.6, -3}, {1.9, -2}, {0.8, -0.3}, {1.1, 0}, {3, 0}}, h); }
Section pillar(double h) { return chain({{0, 1.5}, {0.7, 1.5}, {0.7, 1.2}, {0.45, 1.1}, {0.5, 0}, {4, 0}}, h); }
Section annular_groove(double h) {
    return chain({{0, 0.4}, {0.8, 0.4}, {1.0, 0.2}, {0.8, -1.5}, {2.0, -1.7}, {1.8, -0.2}, {2.2, 0}, {3.5, 0}}, h);
}
Section ring_domain(double h) { return chain({{2, 0}, {3, 0}, {3.1, -1}, {3.9, -1}, {4, 0}, {4, 0.6}, {5, 0.6}}, h); }
Section with_voids(double h) {
    Section s = chain({{0, 0}, {3, 0}}, h);
    add_chain(s, {{1, -2}, {1.8, -1.6}, {1.9, -0.7}, {1.3, -0.4}, {1.2, -1.2}, {1, -2}}, h);
    add_chain(s, {{0, -4}, {0.6, -3.5}, {0.5, -3}, {0.8, -2.6}, {0, -2.4}}, h);
    return s;
}
/// Wobbling wall of a hole, steps up to `rough`, always rising.
Section rough_hole(unsigned seed, double rough, double h) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> wobble(1 - rough, 1 + rough);
    std::vector<Vec2> corner{{0, -3}};
    for (int k = 0; k <= 8; ++k) corner.push_back({wobble(engine), -3 + 3.0 * k / 8});
    corner.push_back({2.5, 0});
    return chain(corner, h);
}

// --------------------------------------------------------------------------------------------------------- rays, cones
/// Smallest t > 0 at which o + t d meets the cone of a piece, or infinity.
double meet(const Piece& p, const Vec3& o, const Vec3& d) {
    double best = 1e300;
    const double rise = p.b.z - p.a.z;
    const auto take = [&](double t) {
        if (!(t > 1e-9) || t >= best) return;
        const double z = o[2] + t * d[2], r = std::hypot(o[0] + t * d[0], o[1] + t * d[1]);
        const bool level = std::abs(rise) < 1e-12;
        const double u = level ? (r - p.a.x) / (p.b.x - p.a.x) : (z - p.a.z) / rise;
        const double along = p.a.x + u * (p.b.x - p.a.x);
        if (u >= 0 && u <= 1 && along >= 0) best = t;
    };
    if (std::abs(rise) < 1e-12) {
        take((p.a.z - o[2]) / d[2]);
        return best;
    }
    const double m = (p.b.x - p.a.x) / rise, g = p.a.x + m * (o[2] - p.a.z), k = m * d[2];
    const double a = d[0] * d[0] + d[1] * d[1] - k * k, b = o[0] * d[0] + o[1] * d[1] - g * k;
    const double c = o[0] * o[0] + o[1] * o[1] - g * g, q = b * b - a * c;
    if (q < 0) return best;
    take((-b + std::sqrt(q)) / a);
    take((-b - std::sqrt(q)) / a);
    return best;
}

/// Cosine-distributed direction from a place of a ring picked evenly over its area.
void shoot(const Piece& p, std::mt19937_64& engine, Vec3& o, Vec3& d) {
    std::uniform_real_distribution<double> uniform(0, 1);
    const Vec2 n = normal(p);
    const double r2 = p.a.x * p.a.x + uniform(engine) * (p.b.x * p.b.x - p.a.x * p.a.x);
    const double t = std::abs(p.b.x - p.a.x) > 1e-9 ? (std::sqrt(r2) - p.a.x) / (p.b.x - p.a.x) : uniform(engine);
    o = {p.a.x + t * (p.b.x - p.a.x), 0, p.a.z + t * (p.b.z - p.a.z)};
    const double sine = std::sqrt(uniform(engine)), phi = 2 * std::numbers::pi * uniform(engine);
    const double c = std::sqrt(1 - sine * sine), u = sine * std::cos(phi);
    d = {n.x * c + n.z * u, sine * std::sin(phi), n.z * c - n.x * u};
}

/// Shares of what rays from a piece hit: each piece, then the sky, then the level field of chain 0's ends together with
/// what lies beyond them.
std::vector<double> shot(const Section& s, const std::vector<bool>& end_field, std::size_t i, int rays) {
    std::mt19937_64 engine(i + 1);
    std::vector<double> out(s.size() + 2);
    for (int k = 0; k < rays; ++k) {
        Vec3 o, d;
        shoot(s.pieces[i], engine, o, d);
        std::size_t hit = s.size();
        double best = 1e299;
        for (std::size_t j = 0; j < s.size(); ++j) {
            const double at = meet(s.pieces[j], o, d);
            if (at < best && !(j == i && at < 1e-6)) best = at, hit = j;
        }
        const Vec2 first = s.pieces[0].a;
        if (first.x > 0 && meet({{0, first.z}, first}, o, d) < best) hit = s.size() + 1;
        if (hit == s.size() ? d[2] < 0 : hit < s.size() && end_field[hit]) hit = s.size() + 1;
        out[hit] += 1.0 / rays;
    }
    return out;
}

std::vector<bool> end_field(const Section& s) {
    std::vector<bool> out(s.size());
    const std::size_t end = s.chain_begin.size() > 1 ? s.chain_begin[1] : s.size();
    for (std::size_t k = end; k-- > 0 && normal(s.pieces[k]).z > 1 - 1e-9;) out[k] = true;
    for (std::size_t k = 0; s.pieces[0].a.x > 0 && k < end && normal(s.pieces[k]).z > 1 - 1e-9; ++k) out[k] = true;
    return out;
}

/// Within 4.5 standard errors of the rays and `slack` for the finite pieces.
void expect_like_rays(const Section& s, double slack) {
    const ViewFactors f = axial_view_factors(s);
    const auto n = static_cast<std::size_t>(f.n);
    const std::vector<bool> field = end_field(s);
    const int rays = 10000;
    std::vector<std::vector<double>> truth(n);
    parallel_for(n, [&](std::size_t i) { truth[i] = shot(s, field, i, rays); });
    for (std::size_t i = 0; i < n; ++i) {
        if (field[i]) continue;
        std::vector<double> ours(n + 2);
        for (std::size_t j = 0; j < n; ++j) ours[field[j] ? n + 1 : j] += f.factor[i * n + j];
        ours[n] = f.sky[i];
        for (std::size_t j = 0; j < n + 2; ++j)
            EXPECT_NEAR(ours[j], truth[i][j], 4.5 * std::sqrt(std::max(truth[i][j], 1.0 / rays) / rays) + slack)
                << i << " sees " << j << " of " << n;
    }
}

TEST(RingOcclusion, ReEntrantHoleLikeRays) { expect_like_rays(re_entrant_hole(0.15), 2e-3); }
TEST(RingOcclusion, AnnularGrooveLikeRays) { expect_like_rays(annular_groove(0.15), 2e-3); }
TEST(RingOcclusion, RingDomainLikeRays) { expect_like_rays(ring_domain(0.15), 2e-3); }
TEST(RingOcclusion, PillarLikeRays) { expect_like_rays(pillar(0.15), 2e-3); }
TEST(RingOcclusion, VoidsLikeRays) { expect_like_rays(with_voids(0.15), 2e-3); }
TEST(RingOcclusion, RoughHolesLikeRays) {
    for (const unsigned seed : {1u, 2u, 3u}) expect_like_rays(rough_hole(seed, 0.25, 0.15), 2e-3);
}

// ---------------------------------------------------------------------------------------------------------- slow truth
double measure(const CosineSet& seen) {
    double sum = 0;
    for (const auto& v : seen) sum += v.hi - v.lo;
    return sum;
}

TEST(RingOcclusion, TreeFindsWhatEveryPieceBlocks) {
    std::mt19937 engine(7);
    for (const Section& s :
         {re_entrant_hole(0.1), pillar(0.1), annular_groove(0.1), with_voids(0.1), rough_hole(4, 0.3, 0.05)}) {
        const AxialWalls walls(s);
        std::uniform_int_distribution<std::size_t> any(0, s.size() - 1);
        std::uniform_real_distribution<double> polar(0.01, 1.56);
        for (int k = 0; k < 20000; ++k) {
            const std::size_t i = any(engine), j = any(engine);
            const Vec2 at = midpoint(s.pieces[i]);
            const RayFamily f = k % 2
                                    ? rays_to_ring(at, static_cast<int>(i), midpoint(s.pieces[j]), static_cast<int>(j))
                                    : rays_to_sky(at, static_cast<int>(i), std::tan(polar(engine)));
            if (i == j) continue;
            CosineSet tree(-1, 1), plain(-1, 1);
            walls.block(f, tree), walls.block_plain(f, plain);
            ASSERT_NEAR(measure(tree), measure(plain), 1e-9) << i << " " << j;
        }
    }
}

/// Through three dimensions: the segment to the ring at one azimuth crosses a cone or it does not.
TEST(RingOcclusion, VisibleAzimuthIsThatOfSegmentsInSpace) {
    std::mt19937 engine(11);
    int compared = 0, dark = 0;
    for (const Section& s : {re_entrant_hole(0.4), pillar(0.4), annular_groove(0.4), rough_hole(5, 0.3, 0.4)}) {
        const AxialWalls walls(s);
        std::uniform_int_distribution<std::size_t> any(0, s.size() - 1);
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int k = 0; k < 4000; ++k) {
            const std::size_t i = any(engine), j = any(engine);
            const Vec2 p = midpoint(s.pieces[i]), q = midpoint(s.pieces[j]), n = normal(s.pieces[i]),
                       m = normal(s.pieces[j]);
            const double c = 2 * uniform(engine) - 1;
            if (i == j || p.z == q.z) continue;
            const Vec3 o{p.x, 0, p.z}, d{q.x * c - p.x, q.x * std::sqrt(1 - c * c), q.z - p.z};
            if (n.x * d[0] + n.z * d[2] < 1e-6) continue;
            if (m.x * (c * d[0] + std::sqrt(1 - c * c) * d[1]) + m.z * d[2] > -1e-6) continue;
            bool free = true, doubtful = false;
            for (const Piece& w : s.pieces) {
                const double t = meet(w, o, d);
                if (t > 1e-6 && t < 1 - 1e-6) free = false;
                if (std::abs(t - 1e-6) < 2e-6) doubtful = true;
            }
            if (doubtful) continue;
            CosineSet seen(-1, 1);
            walls.block(rays_to_ring(p, static_cast<int>(i), q, static_cast<int>(j)), seen);
            EXPECT_EQ(seen.overlaps(c - 1e-12, c + 1e-12), free) << i << " " << j << " " << c;
            ++compared, dark += !free;
        }
    }
    EXPECT_GT(compared, 2000);
    EXPECT_GT(dark, 300);
}

// --------------------------------------------------------------------------------------------------------------- facts
/// Without the fields beyond the section that are counted on its end pieces.
double among_pieces(const ViewFactors& f, std::size_t i, std::size_t j) {
    double share = f.factor[i * static_cast<std::size_t>(f.n) + j];
    for (std::size_t side = 0; side < 2; ++side)
        if (static_cast<std::size_t>(f.field_piece[side]) == j) share -= f.field[side][i];
    return share;
}

void expect_facts(const Section& s, const char* name) {
    const ViewFactors f = axial_view_factors(s);
    const auto n = static_cast<std::size_t>(f.n);
    double rows = 0, reciprocity = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double sum = f.sky[i];
        for (std::size_t j = 0; j < n; ++j) {
            EXPECT_GE(f.factor[i * n + j], 0);
            sum += f.factor[i * n + j];
            const double there = f.area[i] * among_pieces(f, i, j), back = f.area[j] * among_pieces(f, j, i);
            reciprocity = std::max(reciprocity, std::abs(there - back) / std::max(f.area[i], f.area[j]));
        }
        rows = std::max(rows, std::abs(sum - 1));
    }
    EXPECT_LT(rows, 1e-10) << name;
    EXPECT_LT(reciprocity, 1e-12) << name;
    EXPECT_LT(diffuse_flux(f, std::vector<double>(n, 0.3), f.sky).balance_error, 1e-10) << name;
    std::printf("%-16s N %3zu  correction %.1e\n", name, n, f.correction);
    EXPECT_LT(f.correction, 0.01) << name;
}

TEST(RingExchange, RowSumsReciprocityAndBalance) {
    expect_facts(re_entrant_hole(0.05), "re-entrant");
    expect_facts(pillar(0.05), "pillar");
    expect_facts(annular_groove(0.05), "annular groove");
    expect_facts(ring_domain(0.05), "ring domain");
    expect_facts(with_voids(0.05), "voids");
    expect_facts(rough_hole(3, 0.2, 0.03), "rough hole");
    expect_facts(chain({{0, -4}, {1, -4}, {1, 0}, {3, 0}}, 0.05), "via");
}

/// A wall that goes on into a low field sees half sky, half field; the thermal beam agrees whatever is drawn of it.
TEST(RingExchange, FieldBeyondALowEndIsNotTakenFromTheSky) {
    for (const double drawn : {0.3, 1.0, 4.0}) {
        const Section s = chain({{0, 1}, {1, 1}, {1, 0}, {1 + drawn, 0}}, 0.1);
        const ViewFactors f = axial_view_factors(s);
        const std::vector<double> beam = axial_beam_flux(s, {.cosine_power = 1}, nullptr);
        for (std::size_t i = 0; i < s.size(); ++i) EXPECT_NEAR(f.sky[i], beam[i], 0.02) << drawn << " " << i;
        for (std::size_t i = 10; i < 20; ++i) EXPECT_NEAR(f.sky[i], 0.5, 5e-3) << drawn << " " << i;
    }
}

/// A void that the outer end of the section cuts stays dark and keeps what it holds.
TEST(RingExchange, VoidCutByTheOuterEndIsSealed) {
    Section s = chain({{0, 0}, {3, 0}}, 0.25);
    s.chain_begin.push_back(s.size());
    const Section walls = chain({{3, -1}, {2, -1}, {2, -2}, {3, -2}}, 0.125);
    s.pieces.insert(s.pieces.end(), walls.pieces.begin(), walls.pieces.end());
    const ViewFactors f = axial_view_factors(s);
    const std::vector<double> beam = axial_beam_flux(s, {.spread_rad = 0.3}, nullptr);
    for (std::size_t i = s.chain_begin[1]; i < s.size(); ++i) {
        double sum = 0;
        for (std::size_t j = s.chain_begin[1]; j < s.size(); ++j) sum += f.factor[i * s.size() + j];
        EXPECT_NEAR(sum, 1, 1e-9) << i;
        EXPECT_EQ(f.sky[i] + beam[i], 0) << i;
    }
}

/// A level field must neither see nor block itself; the sky over it is whole.
TEST(RingExchange, LevelFieldSeesOnlySky) {
    const ViewFactors f = axial_view_factors(chain({{0, 0}, {2, 0}, {5, 0}}, 0.1));
    for (const double v : f.factor) EXPECT_EQ(v, 0);
    for (const double v : f.sky) EXPECT_EQ(v, 1);
}

/// Everything returned: the gas of an open feature is at equilibrium, flux 1 on every place.
TEST(RingExchange, NothingSticksThenFluxIsOneEverywhere) {
    for (const Section& s : {re_entrant_hole(0.1), pillar(0.1), annular_groove(0.1), ring_domain(0.1)})
        for (const double flux : incident(axial_view_factors(s), 0)) EXPECT_NEAR(flux, 1, 1e-9);
}

/// The foot of a bottom corner sees the other wall: half the hemisphere of both pieces that meet there.
TEST(RingExchange, PiecesAtAnInnerEdgeSeeEachOther) {
    const double h = 0.01;
    for (const bool outside : {false, true}) {  // foot of a hole's wall, foot of a pillar
        const Section s = outside ? chain({{0, 1}, {1, 1}, {1, 0}, {2, 0}}, h) : chain({{0, -1}, {1, -1}, {1, 0}}, h);
        const ViewFactors f = axial_view_factors(s);
        const std::size_t k = outside ? 199 : 99;
        EXPECT_NEAR(f.at(static_cast<int>(k), static_cast<int>(k + 1)), 1 - std::sqrt(0.5), 0.01);
    }
}

/// Exact discs need no correction; elsewhere Gauss points leave a small one that does not grow with the pieces.
TEST(RingExchange, CorrectionIsSmallOnAnyPieces) {
    for (const double h : {0.16, 0.08, 0.04, 0.02}) {
        EXPECT_LT(axial_view_factors(chain({{0, -4}, {0.8, -4}, {1, -2}, {1, 0}, {3, 0}}, h)).correction, 1e-9);
        EXPECT_LT(axial_view_factors(re_entrant_hole(h)).correction, 1e-4);
        EXPECT_LT(axial_view_factors(pillar(h)).correction, 2e-3);
        EXPECT_LT(axial_view_factors(annular_groove(h)).correction, 6e-3);
    }
}

/// Flux under an overhang converges at second order; the truth is the extrapolated limit of finer pieces.
TEST(RingExchange, OverhungFluxIsOfSecondOrder) {
    const auto captured = [](double h) {
        const Section s = re_entrant_hole(h);
        const ViewFactors f = axial_view_factors(s);
        const std::vector<double> flux = incident(f, 0.1);
        double sum = 0;
        for (std::size_t i = 0; i < flux.size(); ++i)
            if (s.pieces[i].a.z == -3 && s.pieces[i].b.z == -3) sum += flux[i] * f.area[i];
        return sum / (std::numbers::pi * 1.6 * 1.6);
    };
    const double a = captured(0.02), b = captured(0.01), exact = b + (b - a) / 3;
    std::vector<double> n, error;
    for (const double h : {0.32, 0.16, 0.08, 0.04}) n.push_back(1 / h), error.push_back(captured(h) - exact);
    const Slope order = slope(n, error);
    std::printf("overhung bottom %.8f, order %.2f +- %.2f: %.1e .. %.1e\n", exact, -order.value, order.error,
                error.front(), error.back());
    EXPECT_GT(-order.value, 1.8);
}

TEST(RingExchange, SameBitsAtAnyThreadCount) {
    const int before = thread_count();
    std::vector<std::vector<double>> all;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        const ViewFactors f = axial_view_factors(re_entrant_hole(0.04));
        all.push_back(f.factor);
        all.back().insert(all.back().end(), f.sky.begin(), f.sky.end());
        const auto beam = axial_beam_flux(re_entrant_hole(0.04), {.spread_rad = 0.1}, nullptr);
        all.back().insert(all.back().end(), beam.begin(), beam.end());
    }
    set_thread_count(before);
    for (const auto& other : all) EXPECT_EQ(std::memcmp(all[0].data(), other.data(), other.size() * sizeof(double)), 0);
}

}  // namespace
}  // namespace damascene::feature
