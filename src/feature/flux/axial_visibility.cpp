// Visible azimuth among surfaces of revolution: the interval of c = cos(azimuth) that one conical piece blocks.
//
//   c(w) = [r_k(w)^2 - (1 - kappa w)^2 r0^2 - rho^2 w^2] / [2 rho w (1 - kappa w) r0],   r_k(w) = alpha + beta w
//
// along the piece. With A = alpha^2 - r0^2 and E = (alpha kappa + beta)^2 - rho^2 of equal sign, c has one extremum at
// w = sqrt|A| / (kappa sqrt|A| + sqrt|E|) (the ray then touches the cone); else it is monotone. Lengths nm.
#include "feature/flux/axial_visibility.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace damascene::feature {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// c of the ray of the family that passes radius r at height w.
double cosine_at(const RayFamily& f, double w, double r) {
    const double s = 1 - f.kappa * w;
    return (r * r - s * s * f.r0 * f.r0 - f.rho * f.rho * w * w) / (2 * f.rho * w * s * f.r0);
}

/// Height where the ray touches the cone r = alpha + beta w, or -1.
double touching_height(const RayFamily& f, double alpha, double beta) {
    const double a = alpha * alpha - f.r0 * f.r0, slope = alpha * f.kappa + beta;
    const double e = slope * slope - f.rho * f.rho;
    if (!(a * e > 0)) return -1;
    const double root = std::sqrt(std::abs(a));
    return root / (f.kappa * root + std::sqrt(std::abs(e)));
}

double signed_infinity(double sign) { return sign > 0 ? infinite : -infinite; }

/// Limit of c at the start on a cone through (or past) the start: the tangent plane when through.
double cosine_at_start(const RayFamily& f, double alpha, double beta, bool through) {
    const double a = alpha * alpha - f.r0 * f.r0;
    return through || a == 0 ? (beta + f.kappa * f.r0) / f.rho : signed_infinity(a);
}

/// The same at the ring, w = 1 / kappa, where the cone has radius r.
double cosine_at_ring(const RayFamily& f, double r, double beta, bool through) {
    const double ring = f.rho / f.kappa, e = r * r - ring * ring;
    return through || e == 0 ? (ring - beta / f.kappa) / f.r0 : signed_infinity(e);
}

void block_piece(const RayFamily& f, const Piece& p, int index, CosineSet& seen) {
    double wa = f.up * (p.a.z - f.z0), wb = f.up * (p.b.z - f.z0), ra = p.a.x, rb = p.b.x;
    if (wa > wb) std::swap(wa, wb), std::swap(ra, rb);
    if (wb <= 0 || wa >= f.reach) return;
    if (wa == wb) {
        if (index == f.from || index == f.to) return;
        const double ca = cosine_at(f, wa, ra), cb = cosine_at(f, wa, rb);
        return seen.remove(std::min(ca, cb), std::max(ca, cb));
    }
    const double beta = (rb - ra) / (wb - wa);
    const double alpha = wa <= 0 || -wa < wb ? ra - beta * wa : rb - beta * wb;
    const double w0 = std::max(wa, 0.0), w1 = std::min(wb, f.reach);
    const double c0 = wa > 0 ? cosine_at(f, wa, ra) : cosine_at_start(f, alpha, beta, index == f.from);
    const bool to_ring = f.kappa > 0 && wb >= f.reach;
    const double c1 = to_ring ? cosine_at_ring(f, alpha + beta * f.reach, beta, index == f.to)
                              : cosine_at(f, w1, wb <= f.reach ? rb : alpha + beta * w1);
    double lo = std::min(c0, c1), hi = std::max(c0, c1);
    if (index != f.from && index != f.to) {
        const double w = touching_height(f, alpha, beta);
        if (w > w0 && w < w1) {
            const double c = cosine_at(f, w, ra + beta * (w - wa));
            lo = std::min(lo, c), hi = std::max(hi, c);
        }
    }
    seen.remove(lo, hi);
}

/// Bound of c from below (side = 1) or above (-1) on the cylinder of radius r between heights w0 and w1.
double cylinder_bound(const RayFamily& f, double r, double w0, double w1, int side) {
    const double a = r * r - f.r0 * f.r0, slope = r * f.kappa, e = slope * slope - f.rho * f.rho;
    if (a * side > 0 && e * side > 0) {
        const double root_a = std::sqrt(std::abs(a)), root_e = std::sqrt(std::abs(e)), w = f.kappa * root_a + root_e;
        if (root_a > w0 * w && root_a < w1 * w) return (f.kappa * r * r + side * root_a * root_e) / (f.r0 * f.rho);
    }
    const double c0 = w0 > 0 ? cosine_at(f, w0, r) : cosine_at_start(f, r, 0, false);
    const double c1 = f.kappa > 0 && w1 >= f.reach ? cosine_at_ring(f, r, 0, false) : cosine_at(f, w1, r);
    return side > 0 ? std::min(c0, c1) : std::max(c0, c1);
}

/// Whether the box z, r lies outside everything the family sweeps, or blocks only what is already dark.
template <class Box>
bool harmless(const RayFamily& f, const Box& b, const CosineSet& seen) {
    double w0 = f.up * (b.z0 - f.z0), w1 = f.up * (b.z1 - f.z0);
    if (w0 > w1) std::swap(w0, w1);
    if (w1 <= 0 || w0 >= f.reach) return true;
    w0 = std::max(w0, 0.0), w1 = std::min(w1, f.reach);
    const double s0 = (1 - f.kappa * w0) * f.r0, s1 = (1 - f.kappa * w1) * f.r0, t0 = f.rho * w0, t1 = f.rho * w1;
    if (b.r0 >= std::max(s0 + t0, s1 + t1)) return true;
    const double d0 = s0 - t0, d1 = s1 - t1;
    if (d0 * d1 > 0 && b.r1 <= std::min(std::abs(d0), std::abs(d1))) return true;
    if (!(w1 > w0)) return false;
    const double lo = cylinder_bound(f, b.r0, w0, w1, 1);
    if (!seen.overlaps(lo, infinite)) return true;
    return !seen.overlaps(lo, cylinder_bound(f, b.r1, w0, w1, -1));
}

/// A connected stretch of wall within the heights that count blocks at least what lies between its ends' cosines.
template <class Box>
void block_between_ends(const RayFamily& f, const Box& b, CosineSet& seen) {
    const double w0 = f.up * (b.z0 - f.z0), w1 = f.up * (b.z1 - f.z0);
    if (!(std::min(w0, w1) > 0 && std::max(w0, w1) < f.reach)) return;
    const double c0 = cosine_at(f, f.up * (b.first.z - f.z0), b.first.x);
    const double c1 = cosine_at(f, f.up * (b.last.z - f.z0), b.last.x);
    seen.remove(std::min(c0, c1), std::max(c0, c1));
}

bool in_line(const Piece& p, const Piece& q) {
    const double ux = p.b.x - p.a.x, uz = p.b.z - p.a.z, vx = q.b.x - q.a.x, vz = q.b.z - q.a.z;
    const double product = std::hypot(ux, uz) * std::hypot(vx, vz);
    return p.b == q.a && ux * vx + uz * vz > 0 && std::abs(ux * vz - uz * vx) < 1e-13 * product;
}

}  // namespace

RayFamily rays_to_ring(Vec2 from, int from_piece, Vec2 to, int to_piece) {
    // Level rays cross the walls at their height: the same limit as a rise far below any feature.
    double d = to.z - from.z;
    const double least = 1e-11 * (from.x + to.x);
    if (std::abs(d) < least) d = d < 0 ? -least : least;
    const double rise = std::abs(d);
    return {from.x, from.z, d < 0 ? -1.0 : 1.0, 1 / rise, to.x / rise, rise, from_piece, to_piece};
}

RayFamily rays_to_sky(Vec2 from, int from_piece, double tan_polar) {
    return {from.x, from.z, 1, 0, tan_polar, infinite, from_piece, -1};
}

RayFamily rays_to_level(Vec2 from, int from_piece, double tan_polar, double z1) {
    return {from.x, from.z, -1, 0, tan_polar, from.z - z1, from_piece, -1};
}

AxialWalls::AxialWalls(const Section& section) {
    for (const Piece& p : section.pieces) {
        if (!wall_.empty() && in_line(wall_.back(), p))
            wall_.back().b = p.b;
        else
            wall_.push_back(p);
        wall_of_.push_back(static_cast<int>(wall_.size()) - 1);
    }
    const int count = static_cast<int>(wall_.size());
    for (int begin = 0, end = 1; begin < count; begin = end++) {
        while (end < count && wall_[static_cast<std::size_t>(end)].a == wall_[static_cast<std::size_t>(end) - 1].b)
            ++end;
        add_box(begin, end);
    }
}

void AxialWalls::add_box(int begin, int end) {
    const std::size_t self = box_.size();
    Box b{infinite,
          0,
          infinite,
          -infinite,
          wall_[static_cast<std::size_t>(begin)].a,
          wall_[static_cast<std::size_t>(end) - 1].b,
          begin,
          end,
          0};
    for (int k = begin; k < end; ++k)
        for (const Vec2 v : {wall_[static_cast<std::size_t>(k)].a, wall_[static_cast<std::size_t>(k)].b}) {
            b.r0 = std::min(b.r0, v.x), b.r1 = std::max(b.r1, v.x);
            b.z0 = std::min(b.z0, v.z), b.z1 = std::max(b.z1, v.z);
        }
    box_.push_back(b);
    if (end - begin > 1) {
        const int middle = begin + (end - begin) / 2;
        add_box(begin, middle);
        add_box(middle, end);
    }
    box_[self].next = static_cast<int>(box_.size());
}

void AxialWalls::block(const RayFamily& family, CosineSet& seen) const {
    RayFamily f = family;
    f.from = f.from < 0 ? -1 : wall_of_[static_cast<std::size_t>(f.from)];
    f.to = f.to < 0 ? -1 : wall_of_[static_cast<std::size_t>(f.to)];
    for (int k = 0; k < static_cast<int>(box_.size()) && !seen.empty();) {
        const Box& b = box_[static_cast<std::size_t>(k)];
        if (harmless(f, b, seen)) {
            k = b.next;
            continue;
        }
        if (b.end - b.begin == 1)
            block_piece(f, wall_[static_cast<std::size_t>(b.begin)], b.begin, seen);
        else
            block_between_ends(f, b, seen);
        ++k;
    }
}

void AxialWalls::block_plain(const RayFamily& family, CosineSet& seen) const {
    RayFamily f = family;
    f.from = f.from < 0 ? -1 : wall_of_[static_cast<std::size_t>(f.from)];
    f.to = f.to < 0 ? -1 : wall_of_[static_cast<std::size_t>(f.to)];
    for (std::size_t m = 0; m < wall_.size(); ++m) block_piece(f, wall_[m], static_cast<int>(m), seen);
}

}  // namespace damascene::feature
