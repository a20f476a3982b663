// Direct arrival on a surface of revolution from a sky symmetric about the axis.
//
//   Gamma = int_0^{pi/2} p(t) tan(t) [2 int over visible phi of (n_r sin t cos phi + n_z cos t)_+ dphi] dt
//
// p: crossing probability per solid angle at polar angle t. The azimuth integral is closed between the limits of
// visibility; the polar one is adaptive Gauss-Kronrod [Kronrod 1965] between the horizons, with t = t0 + (t1 - t0)
// sin^2 so that the square roots with which visibility begins are smooth. Lengths nm, flat field = 1.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "damascene/base/error.hpp"
#include "damascene/base/parallel.hpp"
#include "damascene/feature/transport.hpp"
#include "feature/flux/axial_sky.hpp"
#include "feature/flux/ring_rule.hpp"

namespace damascene::feature {
namespace {

using std::numbers::pi;
using Size = std::size_t;
using Weight = std::function<double(double)>;

// --------------------------------------------------------------------------------------------------------- quadrature
constexpr std::array<double, 8> kronrod_at = {0.0,
                                              0.20778495500789848,
                                              0.40584515137739717,
                                              0.58608723546769113,
                                              0.74153118559939444,
                                              0.86486442335976907,
                                              0.94910791234275852,
                                              0.99145537112081264};
constexpr std::array<double, 8> kronrod_weight = {0.20948214108472783,  0.20443294007529889, 0.19035057806478541,
                                                  0.16900472663926790,  0.14065325971552592, 0.10479001032225018,
                                                  0.063092092629978553, 0.022935322010529225};
constexpr std::array<double, 4> gauss_weight = {0.41795918367346939, 0.38183005050511894, 0.27970539148927667,
                                                0.12948496616886969};

template <class F>
double adaptive(const F& f, double a, double b, double tolerance, int depth) {
    const double middle = 0.5 * (a + b), half = 0.5 * (b - a);
    const double centre = f(middle);
    double fine = kronrod_weight[0] * centre, coarse = gauss_weight[0] * centre;
    for (Size k = 1; k < 8; ++k) {
        const double pair = f(middle - half * kronrod_at[k]) + f(middle + half * kronrod_at[k]);
        fine += kronrod_weight[k] * pair;
        if (k % 2 == 0) coarse += gauss_weight[k / 2] * pair;
    }
    if (depth == 0 || std::abs(fine - coarse) * half < tolerance) return fine * half;
    return adaptive(f, a, middle, tolerance, depth - 1) + adaptive(f, middle, b, tolerance, depth - 1);
}

/// int f(t) dt over [a, b], whose ends may carry square roots.
template <class F>
double between(const F& f, double a, double b, double tolerance) {
    const auto smooth = [&](double s) {
        const double root = std::sin(0.5 * pi * s);
        return f(a + (b - a) * root * root) * (b - a) * 0.5 * pi * std::sin(pi * s);
    };
    return adaptive(smooth, 0.0, 1.0, tolerance, 9);
}

/// Over [0, pi/2] between the places given.
template <class F>
double over_polar_angles(const F& f, std::vector<double> cut, double tolerance) {
    cut.push_back(0), cut.push_back(pi / 2);
    std::sort(cut.begin(), cut.end());
    double sum = 0;
    for (Size k = 0; k + 1 < cut.size(); ++k)
        if (cut[k] >= 0 && cut[k + 1] <= pi / 2 && cut[k + 1] - cut[k] > 1e-9)
            sum += between(f, cut[k], cut[k + 1], tolerance);
    return sum;
}

// ------------------------------------------------------------------------------------------------------------ azimuth
struct Direction {
    double sine, cosine;  ///< of the polar angle, cosine < 0 downwards
};

/// Where n . Omega > 0.
CosineSet facing(Vec2 n, Direction d) {
    const double a = n.z * d.cosine, b = n.x * d.sine;
    if (b > 0) return {std::max(-1.0, -a / b), 1};
    if (b < 0) return {-1, std::min(1.0, -a / b)};
    return {-1, a > 0 ? 1.0 : -1.0};
}

/// 2 int (n . Omega) dphi over the azimuths seen.
double seen_cosine(Vec2 n, Direction d, const CosineSet& seen) {
    double sum = 0;
    for (const auto& v : seen) {
        const double begin = std::acos(v.hi), end = std::acos(v.lo);
        const double sines = std::sqrt((1 - v.lo) * (1 + v.lo)) - std::sqrt((1 - v.hi) * (1 + v.hi));
        sum += n.x * d.sine * sines + n.z * d.cosine * (end - begin);
    }
    return 2 * sum;
}

/// 2 int (n . Omega) weight(n . Omega) dphi, Kronrod's 15 points on every interval.
double seen_weighted(Vec2 n, Direction d, const CosineSet& seen, const Weight& weight) {
    double sum = 0;
    for (const auto& v : seen) {
        const double begin = std::acos(v.hi), end = std::acos(v.lo), half = 0.5 * (end - begin);
        const auto term = [&](double t) {
            const double c = std::min(1.0, n.x * d.sine * std::cos(begin + half + half * t) + n.z * d.cosine);
            return c > 0 ? c * weight(c) : 0;
        };
        sum += half * kronrod_weight[0] * term(0);
        for (Size k = 1; k < 8; ++k) sum += half * kronrod_weight[k] * (term(kronrod_at[k]) + term(-kronrod_at[k]));
    }
    return 2 * sum;
}

CosineSet seen_sky(const AxialWalls& walls, Vec2 at, Vec2 n, int piece, double t) {
    CosineSet seen = facing(n, {std::sin(t), std::cos(t)});
    if (!seen.empty()) walls.block(rays_to_sky(at, piece, std::tan(t)), seen);
    return seen;
}

// ----------------------------------------------------------------------------------------------------------- horizons
/// > 0 where q turns left from p: an inner edge.
double cross(const Piece& p, const Piece& q) {
    return (p.b.x - p.a.x) * (q.b.z - q.a.z) - (p.b.z - p.a.z) * (q.b.x - q.a.x);
}

/// Polar angles at which a point loses sky all around, beyond the axis, and behind a body within its radius.
std::vector<double> horizons(const std::vector<Vec2>& rims, Vec2 at, Vec2 n) {
    double out = 1e300, across = 1e300, behind = 0;
    for (const Vec2 v : rims) {
        const double h = v.z - at.z;
        if (!(h > 0)) continue;
        if (v.x > at.x) out = std::min(out, (v.x - at.x) / h);
        if (v.x < at.x) behind = std::max(behind, (at.x - v.x) / h);
        across = std::min(across, (v.x + at.x) / h);
    }
    std::vector<double> cut = {std::atan(out), std::atan(across), std::atan(behind)};
    if (n.z * n.x != 0) cut.push_back(std::atan(std::abs(n.z / n.x)));
    return cut;
}

/// Area average over the ring of a piece of a function of the place: two points, weights as r.
template <class F>
double ring_mean(const Piece& p, int edge, const F& f) {
    const GaussRule& rule = edge == 1 ? root_at_start : edge == 2 ? root_at_end : gauss2;
    double sum = 0, area = 0;
    for (int k = 0; k < rule.count; ++k) {
        const Vec2 at{p.a.x + rule.at[k] * (p.b.x - p.a.x), p.a.z + rule.at[k] * (p.b.z - p.a.z)};
        sum += rule.weight[k] * at.x * f(at), area += rule.weight[k] * at.x;
    }
    return area > 0 ? sum / area : 0;
}

}  // namespace

int foot_of_convex_wall(const Section& s, Size i) {
    const auto stands = [&](Size lower, Size upper, Size wall) {
        const Piece &p = s.pieces[lower], &q = s.pieces[upper];
        const double bend = normal(s.pieces[wall]).x;
        return p.b == q.a && cross(p, q) > 0.05 * length_nm(p) * length_nm(q) && bend > 0.3 &&
               bend > normal(s.pieces[i]).x + 0.1;
    };
    if (i > 0 && stands(i - 1, i, i - 1)) return 1;
    return i + 1 < s.size() && stands(i, i + 1, i + 1) ? 2 : 0;
}

std::vector<Vec2> rims_of(const Section& s) {
    std::vector<Vec2> out;
    for (Size k = 0; k < s.size(); ++k) {
        const Vec2 b = s.pieces[k].b;
        const bool joined = k + 1 < s.size() && s.pieces[k + 1].a == b;
        if (!joined || cross(s.pieces[k], s.pieces[k + 1]) < 0) out.push_back(b);
    }
    return out;
}

// -------------------------------------------------------------------------------------------------------- open shares
OpenField open_field(const Section& s) {
    OpenField f{-1e300, 0, 0, 0, 0};
    for (const Piece& p : s.pieces) f.top = std::max({f.top, p.a.z, p.b.z});
    if (s.pieces.empty()) return f;
    const Size end = s.chain_begin.size() > 1 ? s.chain_begin[1] : s.size();
    f.inner_r = s.pieces[0].a.x, f.inner_z = s.pieces[0].a.z;
    f.outer_r = s.pieces[end - 1].b.x, f.outer_z = s.pieces[end - 1].b.z;
    return f;
}

namespace {

constexpr double share_tolerance = 3e-6;  ///< of Gauss against Kronrod, whose own error is far smaller

double sky_share(const AxialWalls& walls, Vec2 at, Vec2 n, int piece, const std::vector<double>& cut) {
    const auto ring = [&](double t) {
        const Direction d{std::sin(t), std::cos(t)};
        return d.sine / pi * seen_cosine(n, d, seen_sky(walls, at, n, piece, t));
    };
    return over_polar_angles(ring, cut, share_tolerance);
}

/// Share of the level z1 seen beyond radius r1 (outside) or within it.
double level_share(const AxialWalls& walls, Vec2 at, Vec2 n, int piece, double r1, double z1, bool outside) {
    const double drop = at.z - z1;
    const auto ring = [&](double t) {
        const Direction d{std::sin(t), -std::cos(t)};
        const double across = drop * std::tan(t);
        const double c = (r1 * r1 - at.x * at.x - across * across) / (2 * at.x * across);
        CosineSet seen = facing(n, d);
        outside ? seen.remove(-1e300, c) : seen.remove(c, 1e300);
        if (seen.empty()) return 0.0;
        walls.block(rays_to_level(at, piece, std::tan(t), z1), seen);
        return d.sine / pi * seen_cosine(n, d, seen);
    };
    return over_polar_angles(ring, {std::atan(std::abs(r1 - at.x) / drop), std::atan((r1 + at.x) / drop)},
                             share_tolerance);
}

}  // namespace

OpenShares open_shares(const AxialWalls& walls, const OpenField& field, const std::vector<Vec2>& rims, const Piece& p,
                       int index, int edge) {
    const Vec2 n = normal(p);
    OpenShares out;
    const bool over_all = std::min(p.a.z, p.b.z) >= field.top;
    out.sky = over_all
                  ? 0.5 * (1 + n.z)
                  : ring_mean(p, edge, [&](Vec2 at) { return sky_share(walls, at, n, index, horizons(rims, at, n)); });
    if (n.z > 1 - 1e-12) return out;  // a level piece sees no level below itself
    const auto beyond = [&](double r, double z, bool outside) {
        if (std::max(p.a.z, p.b.z) <= z) return 0.0;
        return ring_mean(p, edge,
                         [&](Vec2 at) { return at.z > z ? level_share(walls, at, n, index, r, z, outside) : 0; });
    };
    out.outer = beyond(field.outer_r, field.outer_z, true);
    if (field.inner_r > 0) out.inner = beyond(field.inner_r, field.inner_z, false);
    return out;
}

// --------------------------------------------------------------------------------------------------------------- beams
namespace {

/// Crossing probability per solid angle, and the angles that matter to a quadrature.
struct PolarLaw {
    Beam beam;
    double norm;
    double width() const { return beam.cosine_power > 0 ? 1 / std::sqrt(beam.cosine_power) : beam.spread_rad; }
    /// p(t) tan(t): density over t times 1 / cos(t).
    double operator()(double t) const {
        const double c = std::cos(t), s = std::sin(t);
        if (beam.cosine_power > 0) return norm * std::pow(c, beam.cosine_power - 1) * s;
        const double x = t / beam.spread_rad;
        return norm * std::exp(-0.5 * x * x) * t / c;
    }
};

/// Gaussian: both components of the angle are normal with the spread, so the polar angle has density t exp(-t^2/2s^2).
PolarLaw polar_law(const Beam& beam) {
    if (beam.cosine_power > 0) return {beam, (beam.cosine_power + 1) / (2 * pi)};
    const double s2 = beam.spread_rad * beam.spread_rad;
    return {beam, 1 / (2 * pi * s2 * (1 - std::exp(-pi * pi / (8 * s2))))};
}

double point_flux(const AxialWalls& walls, const PolarLaw& law, const Weight& weight, Vec2 at, Vec2 n, int piece,
                  std::vector<double> cut) {
    if (law.width() < 0.3)
        for (const double m : {2.0, 5.0, 9.0}) cut.push_back(m * law.width());
    const auto ring = [&](double t) {
        const double p = law(t);
        if (!(p > 1e-30)) return 0.0;
        const Direction d{std::sin(t), std::cos(t)};
        const CosineSet seen = seen_sky(walls, at, n, piece, t);
        return p * (weight ? seen_weighted(n, d, seen, weight) : seen_cosine(n, d, seen));
    };
    return over_polar_angles(ring, std::move(cut), 1e-8);
}

/// Share of a piece's area that sees the zenith: what other walls do not cover when looked at from above.
double zenith_share(const Section& s, Size i) {
    const Piece& p = s.pieces[i];
    const double lo = std::min(p.a.x, p.b.x), hi = std::max(p.a.x, p.b.x);
    if (!(hi > lo)) return 0;
    CosineSet open(0, 1);  // of the horizontal area between the radii
    for (Size k = 0; k < s.size(); ++k) {
        const Piece& q = s.pieces[k];
        if (k == i || !(std::min(q.a.x, q.b.x) < hi && std::max(q.a.x, q.b.x) > lo)) continue;
        const double r0 = std::max(lo, std::min(q.a.x, q.b.x)), r1 = std::min(hi, std::max(q.a.x, q.b.x));
        const double r = 0.5 * (r0 + r1);
        const double zp = p.a.z + (p.b.z - p.a.z) * (r - p.a.x) / (p.b.x - p.a.x);
        const double zq = q.b.x != q.a.x ? q.a.z + (q.b.z - q.a.z) * (r - q.a.x) / (q.b.x - q.a.x) : zp;
        if (zq > zp) open.remove((r0 * r0 - lo * lo) / (hi * hi - lo * lo), (r1 * r1 - lo * lo) / (hi * hi - lo * lo));
    }
    double share = 0;
    for (const auto& v : open) share += v.hi - v.lo;
    return share;
}

double ray_flux_on(const Section& s, Size i, const Weight& weight) {
    const double c = normal(s.pieces[i]).z;
    return c > 0 ? c * (weight ? weight(c) : 1) * zenith_share(s, i) : 0;
}

}  // namespace

Section levelled(Section s) {
    if (s.pieces.empty()) return s;
    const std::size_t last = (s.chain_begin.size() > 1 ? s.chain_begin[1] : s.size()) - 1;
    double extent = 0, top = -std::numeric_limits<double>::infinity();
    for (const Piece& p : s.pieces)
        for (const Vec2 v : {p.a, p.b})
            extent = std::max({extent, std::abs(v.x), std::abs(v.z)}), top = std::max(top, v.z);
    const double levels[] = {top, s.pieces[last].b.z, s.pieces[0].a.z}, near = 1e-12 * extent;
    const auto settle = [&](Vec2& v) {
        for (const double level : levels)
            if (std::abs(v.z - level) <= near) return void(v.z = level);
    };
    for (Piece& p : s.pieces) settle(p.a), settle(p.b);
    return s;
}

std::vector<double> axial_beam_flux(const Section& given, const Beam& beam, const Weight& weight) {
    const Section section = levelled(given);
    if (beam.tilt_rad != 0)
        throw InputError("D0440", "a tilted beam has no axial symmetry", "use a planar section or no tilt");
    std::vector<double> out(section.size());
    const bool ray = !(beam.cosine_power > 0) && !(beam.spread_rad > 0);
    const AxialWalls walls(section);
    const std::vector<Vec2> rims = rims_of(section);
    const PolarLaw law = ray ? PolarLaw{} : polar_law(beam);
    const std::vector<char> sealed = sealed_pieces(section);
    parallel_blocks(section.size(), 4, [&](Size begin, Size end) {
        for (Size i = begin; i < end; ++i) {
            if (sealed[i]) continue;
            const Piece& p = section.pieces[i];
            const Vec2 n = normal(p);
            out[i] =
                ray ? ray_flux_on(section, i, weight) : ring_mean(p, foot_of_convex_wall(section, i), [&](Vec2 at) {
                    return point_flux(walls, law, weight, at, n, static_cast<int>(i), horizons(rims, at, n));
                });
        }
    });
    return out;
}

}  // namespace damascene::feature
