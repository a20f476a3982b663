// View factors between the rings of a surface of revolution, free molecular, diffuse.
//
//   S_ij = A_i F_ij = int int 4 r_i r_j J dl_i dl_j,
//   J = int over visible phi in [0, pi] of (n_i . d)(-n_j . d) / |d|^4 dphi,   d from i to j
//
// with n_i . d = a + b c, -n_j . d = e + g c, |d|^2 = P - Q c, c = cos(phi): closed form in azimuth between any limits.
// Where the walls between two rings bound a convex body of gas S_ij follows exactly from coaxial discs. Elsewhere Gauss
// points on both rings, which are halved until they are apart; touching rings end in crossed strings [HottelSarofim
// 1967]. Lengths nm.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>

#include "damascene/base/error.hpp"
#include "damascene/base/parallel.hpp"
#include "damascene/feature/transport.hpp"
#include "feature/flux/axial_sky.hpp"
#include "feature/flux/axial_visibility.hpp"
#include "feature/flux/coaxial.hpp"
#include "feature/flux/ring_rule.hpp"

namespace damascene::feature {
namespace {

using std::numbers::pi;
using Size = std::size_t;
using Vector = std::vector<double>;

// ------------------------------------------------------------------------------------------------------- ring to ring
struct RingPoint {
    Vec2 at, normal;
    int piece;
};

/// n_i . d = a + b c, -n_j . d = e + g c, |d|^2 = P - Q c.
struct RingPair {
    double a, b, e, g;
    double near2, far2;     ///< P - Q, P + Q
    double a1, b1, e1, g1;  ///< a + b c = a1 - b1 (P - Q c), and so for e, g
};

RingPair ring_pair(const RingPoint& i, const RingPoint& j) {
    const double ri = i.at.x, rj = j.at.x, d = j.at.z - i.at.z, dr = rj - ri, sum = ri + rj, d2 = d * d;
    RingPair k;
    k.b = i.normal.x * rj, k.a = i.normal.z * d - i.normal.x * ri;
    k.g = j.normal.x * ri, k.e = -j.normal.z * d - j.normal.x * rj;
    k.near2 = dr * dr + d2, k.far2 = sum * sum + d2;
    k.b1 = i.normal.x / (2 * ri), k.a1 = i.normal.z * d + k.b1 * (dr * sum + d2);
    k.g1 = j.normal.x / (2 * rj), k.e1 = -j.normal.z * d + k.g1 * (d2 - dr * sum);
    return k;
}

/// Where a + b c > 0, within lo..hi.
void keep_facing(double a, double b, double& lo, double& hi) {
    if (b > 0)
        lo = std::max(lo, -a / b);
    else if (b < 0)
        hi = std::min(hi, -a / b);
    else if (!(a > 0))
        hi = lo;
}

/// Antiderivative of the kernel in phi at c = cos(phi).
double kernel_integral(const RingPair& k, double c) {
    const double root = std::sqrt(k.near2 * k.far2), p = 0.5 * (k.near2 + k.far2), q = 0.5 * (k.far2 - k.near2);
    const double half = std::sqrt(std::max(0.0, (1 - c) / (1 + c)));  // tan(phi / 2)
    const bool back = !(c > -1);
    const double phi = back ? pi : 2 * std::atan(half);
    const double one = 2 / root * (back ? pi / 2 : std::atan(std::sqrt(k.far2 / k.near2) * half));
    const double sine = std::sqrt(std::max(0.0, (1 - c) * (1 + c)));
    const double two = (p * one + q * sine / (p - q * c)) / (root * root);
    return k.a1 * k.e1 * two - (k.a1 * k.g1 + k.b1 * k.e1) * one + k.b1 * k.g1 * phi;
}

/// The same for rings near the axis, where a1 and b1 lose digits: Gauss in phi, the kernel being nearly constant.
double kernel_quadrature(const RingPair& k, double lo, double hi) {
    constexpr std::array<double, 4> x = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                                         0.9602898564975363};
    constexpr std::array<double, 4> w = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                         0.1012285362903763};
    const double p = 0.5 * (k.near2 + k.far2), q = 0.5 * (k.far2 - k.near2);
    const double begin = std::acos(std::clamp(hi, -1.0, 1.0)), end = std::acos(std::clamp(lo, -1.0, 1.0));
    double sum = 0;
    for (Size n = 0; n < x.size(); ++n)
        for (const double t : {-x[n], x[n]}) {
            const double c = std::cos(0.5 * (begin + end) + 0.5 * (end - begin) * t), d2 = p - q * c;
            sum += w[n] * (k.a + k.b * c) * (k.e + k.g * c) / (d2 * d2);
        }
    return 0.5 * (end - begin) * sum;
}

/// J between two points of the section. `hidden` is set where walls take a part of the azimuths that face each other.
double kernel(const AxialWalls& walls, const RingPoint& i, const RingPoint& j, bool* hidden = nullptr) {
    const RingPair k = ring_pair(i, j);
    double lo = -1, hi = 1;
    keep_facing(k.a, k.b, lo, hi);
    keep_facing(k.e, k.g, lo, hi);
    CosineSet seen(lo, hi);
    if (seen.empty()) return 0;
    walls.block(rays_to_ring(i.at, i.piece, j.at, j.piece), seen);
    if (seen.empty()) return 0;
    if (hidden) *hidden = seen.begin()->lo > lo || (seen.end() - 1)->hi < hi;
    const bool by_axis = k.far2 - k.near2 < 1e-3 * k.far2;
    double sum = 0;
    for (const auto& v : seen)
        sum += by_axis ? kernel_quadrature(k, v.lo, v.hi) : kernel_integral(k, v.lo) - kernel_integral(k, v.hi);
    return std::max(0.0, sum);
}

// ----------------------------------------------------------------------------------------------------- piece to piece
/// `edge`: the end that stands on a convex wall (see ring_rule.hpp), towards which the Gauss points are graded.
struct Part {
    Vec2 a, b;
    Vec2 normal;
    int piece;
    int edge = 0;
    double length() const { return std::hypot(b.x - a.x, b.z - a.z); }
    Vec2 at(double t) const { return {a.x + t * (b.x - a.x), a.z + t * (b.z - a.z)}; }
    Part first() const { return {a, at(0.5), normal, piece, edge == 1 ? 1 : 0}; }
    Part second() const { return {at(0.5), b, normal, piece, edge == 2 ? 2 : 0}; }
    bool by_axis() const { return std::min(a.x, b.x) < 2 * length(); }
};

double gauss_exchange(const AxialWalls& walls, const Part& i, const Part& j, const GaussRule& gi, const GaussRule& gj) {
    double sum = 0;
    for (int p = 0; p < gi.count; ++p)
        for (int q = 0; q < gj.count; ++q) {
            const RingPoint x{i.at(gi.at[p]), i.normal, i.piece}, y{j.at(gj.at[q]), j.normal, j.piece};
            sum += gi.weight[p] * gj.weight[q] * x.at.x * y.at.x * kernel(walls, x, y);
        }
    return 4 * i.length() * j.length() * sum;
}

const GaussRule& points_on(const Part& i) { return i.edge == 1 ? root_at_start : i.edge == 2 ? root_at_end : gauss2; }

/// Rings far apart: midpoints, unless walls or the axis make the kernel uneven.
double far_exchange(const AxialWalls& walls, const Part& i, const Part& j) {
    if (!i.by_axis() && !j.by_axis() && i.edge == 0 && j.edge == 0) {
        bool hidden = false;
        const RingPoint x{i.at(0.5), i.normal, i.piece}, y{j.at(0.5), j.normal, j.piece};
        const double value = kernel(walls, x, y, &hidden);
        if (!hidden) return 4 * i.length() * j.length() * x.at.x * y.at.x * value;
    }
    return gauss_exchange(walls, i, j, points_on(i), points_on(j));
}

/// Rings that meet in an inner edge, small against its radius: crossed strings around the edge.
double edge_exchange(const Part& i, const Part& j) {
    const bool forward = i.b == j.a;
    const Vec2 corner = forward ? i.b : i.a, p = forward ? i.a : i.b, q = forward ? j.b : j.a;
    return pi * corner.x * (i.length() + j.length() - std::hypot(p.x - q.x, p.z - q.z));
}

bool meet_in_inner_edge(const Part& i, const Part& j) {
    const double turn = i.normal.x * j.normal.z - i.normal.z * j.normal.x;  // > 0: j bends towards the gas of i
    return (i.b == j.a && turn > 1e-9) || (i.a == j.b && turn < -1e-9);
}

constexpr int deepest = 6;

/// S of two different pieces, or parts of one.
double exchange(const AxialWalls& walls, const Part& i, const Part& j, int depth = 0) {
    const double li = i.length(), lj = j.length();
    const Vec2 mi = i.at(0.5), mj = j.at(0.5);
    const double apart = std::hypot(mi.x - mj.x, mi.z - mj.z) / std::max(li, lj);
    if (apart > 10) return far_exchange(walls, i, j);
    if (apart > 4) return gauss_exchange(walls, i, j, points_on(i), points_on(j));
    if (apart > 1.6) return gauss_exchange(walls, i, j, gauss3, gauss3);
    if (depth == deepest)
        return meet_in_inner_edge(i, j) ? edge_exchange(i, j) : gauss_exchange(walls, i, j, gauss2, gauss3);
    if (lj > 1.5 * li) return exchange(walls, i, j.first(), depth + 1) + exchange(walls, i, j.second(), depth + 1);
    if (li > 1.5 * lj) return exchange(walls, i.first(), j, depth + 1) + exchange(walls, i.second(), j, depth + 1);
    double sum = 0;
    for (const Part& x : {i.first(), i.second()})
        for (const Part& y : {j.first(), j.second()}) sum += exchange(walls, x, y, depth + 1);
    return sum;
}

/// S of a piece with itself: only a wall around the axis sees itself, across the axis.
double self_exchange(const AxialWalls& walls, const Part& i, int depth = 0) {
    if (!(i.normal.x < 0)) return 0;
    if (depth == 3) return gauss_exchange(walls, i, i, gauss2, gauss3);
    return self_exchange(walls, i.first(), depth + 1) + self_exchange(walls, i.second(), depth + 1) +
           2 * exchange(walls, i.first(), i.second(), depth + 2);
}

// -------------------------------------------------------------------------------------------------- convex gas bodies
/// Consecutive pieces that rise and turn to the left: with the discs at their ends they enclose a convex body.
struct Bowl {
    Size begin, end;
};

bool turns_left(const Piece& p, const Piece& q) {
    const double ux = p.b.x - p.a.x, uz = p.b.z - p.a.z, vx = q.b.x - q.a.x, vz = q.b.z - q.a.z;
    return p.b == q.a && ux * vz - uz * vx >= -1e-12 * std::hypot(ux, uz) * std::hypot(vx, vz) &&
           ux * vx + uz * vz > -(1 - 1e-12) * std::hypot(ux, uz) * std::hypot(vx, vz);
}

/// Radius of the bowl's wall at height z (its least one where level).
double bowl_radius(const Section& s, const Bowl& bowl, double z) {
    double r = 1e300;
    for (Size k = bowl.begin; k < bowl.end; ++k) {
        const auto& [a, b, m] = s.pieces[k];
        if (z < a.z || z > b.z) continue;
        r = std::min(r, b.z > a.z ? a.x + (b.x - a.x) * (z - a.z) / (b.z - a.z) : std::max(a.x, b.x));
    }
    return r;
}

/// Whether a piece outside the bowl reaches into its body.
bool intrudes(const Section& s, const Bowl& bowl, const Piece& p) {
    const double z0 = s.pieces[bowl.begin].a.z, z1 = s.pieces[bowl.end - 1].b.z, slack = 1e-9 * (z1 - z0);
    const double lo = std::max(std::min(p.a.z, p.b.z), z0 + slack), hi = std::min(std::max(p.a.z, p.b.z), z1 - slack);
    if (lo > hi) return false;
    for (const double z : {lo, hi}) {
        const double rise = p.b.z - p.a.z;
        const double r = rise != 0 ? p.a.x + (p.b.x - p.a.x) * (z - p.a.z) / rise : std::min(p.a.x, p.b.x);
        if (r < bowl_radius(s, bowl, z) * (1 - 1e-9)) return true;
    }
    return false;
}

bool is_clear(const Section& s, const Bowl& bowl) {
    for (Size k = 0; k < s.size(); ++k)
        if ((k < bowl.begin || k >= bowl.end) && intrudes(s, bowl, s.pieces[k])) return false;
    return true;
}

std::vector<Bowl> bowls(const Section& s) {
    std::vector<Bowl> out;
    for (Size k = 0; k < s.size();) {
        Size end = k + 1;
        if (s.pieces[k].b.z >= s.pieces[k].a.z) {
            while (end < s.size() && s.pieces[end].b.z >= s.pieces[end].a.z &&
                   turns_left(s.pieces[end - 1], s.pieces[end]))
                ++end;
            const Bowl bowl{k, end};
            if (s.pieces[end - 1].b.z > s.pieces[k].a.z && is_clear(s, bowl)) out.push_back(bowl);
        }
        k = end;
    }
    return out;
}

// ------------------------------------------------------------------------------------------------------------- matrix
struct Exchange {
    Vector s;  ///< row-major
    Size n;
    double& at(Size i, Size j) { return s[i * n + j]; }
};

void fill_bowl_row(const Section& section, const Bowl& bowl, Size i, Exchange& x) {
    const Piece& p = section.pieces[i];
    x.at(i, i) = normal(p).x < 0 ? cone_self_exchange(p.a, p.b) : 0;
    if (i + 1 == bowl.end) return;
    double before = disc_exchange(p.b, p.b) - disc_exchange(p.a, p.b);
    for (Size j = i + 1; j < bowl.end; ++j) {
        const Vec2 rim = section.pieces[j].b;
        const double after = disc_exchange(p.b, rim) - disc_exchange(p.a, rim);
        x.at(i, j) = std::max(0.0, before - after);
        before = after;
    }
}

/// Chain of every piece, and whether it encloses a void.
struct Chains {
    std::vector<int> of;
    std::vector<bool> sealed;
};

Chains chains(const Section& s) {
    Chains out{std::vector<int>(s.size(), 0), {}};
    for (Size c = 0; c < s.chain_begin.size(); ++c) {
        const Size begin = s.chain_begin[c], end = c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
        double doubled = 0;
        for (Size k = begin; k < end; ++k) {
            out.of[k] = static_cast<int>(c);
            const auto& [a, b, m] = s.pieces[k];
            doubled += a.x * b.z - a.z * b.x;
        }
        if (begin < end)
            doubled += s.pieces[end - 1].b.x * s.pieces[begin].a.z - s.pieces[end - 1].b.z * s.pieces[begin].a.x;
        out.sealed.push_back(c > 0 && doubled > 0);
    }
    if (out.sealed.empty()) out.sealed.push_back(false);
    return out;
}

bool are_apart(const Chains& c, Size i, Size j) {
    const Size ci = static_cast<Size>(c.of[i]), cj = static_cast<Size>(c.of[j]);
    return ci != cj && (c.sealed[ci] || c.sealed[cj]);
}

// ------------------------------------------------------------------------------------------------------------ scaling
double dot(const Vector& a, const Vector& b) {
    double sum = 0;
    for (Size k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
}

Vector times(const Exchange& x, const Vector& v) {
    Vector out(x.n);
    parallel_blocks(x.n, 64, [&](Size begin, Size end) {
        for (Size i = begin; i < end; ++i) {
            const double* row = x.s.data() + i * x.n;
            double sum = 0;
            for (Size j = 0; j < x.n; ++j) sum += row[j] * v[j];
            out[i] = sum;
        }
    });
    return out;
}

/// Positive d with d_i (sum_j S_ij d_j + sky_i) = A_i: Newton in log d, each step by conjugate gradients.
Vector balance(const Exchange& x, const Vector& sky_area, const Vector& area) {
    const Size n = x.n;
    Vector d(n, 1.0);
    for (int newton = 0; newton < 20; ++newton) {
        const Vector row = times(x, d);
        Vector residual(n), diagonal(n);
        double worst = 0;
        for (Size i = 0; i < n; ++i) {
            diagonal[i] = d[i] * (row[i] + sky_area[i]);
            residual[i] = area[i] > 0 ? area[i] - diagonal[i] : 0;
            if (area[i] > 0) worst = std::max(worst, std::abs(residual[i]) / area[i]);
        }
        if (worst < 1e-13) break;
        Vector step(n, 0.0), r = residual, z(n), p(n), q(n);
        const auto precondition = [&] {
            for (Size i = 0; i < n; ++i) z[i] = diagonal[i] > 0 ? r[i] / diagonal[i] : 0;
        };
        precondition();
        p = z;
        double rz = dot(r, z);
        const double enough = 1e-8 * rz;
        for (int it = 0; it < 40 && rz > enough; ++it) {
            Vector dp(n);
            for (Size i = 0; i < n; ++i) dp[i] = d[i] * p[i];
            q = times(x, dp);
            for (Size i = 0; i < n; ++i) q[i] = d[i] * q[i] + diagonal[i] * p[i];
            const double alpha = rz / dot(p, q);
            for (Size i = 0; i < n; ++i) step[i] += alpha * p[i], r[i] -= alpha * q[i];
            precondition();
            const double next = dot(r, z), beta = next / rz;
            rz = next;
            for (Size i = 0; i < n; ++i) p[i] = z[i] + beta * p[i];
        }
        for (Size i = 0; i < n; ++i) d[i] *= std::exp(std::clamp(step[i], -1.0, 1.0));
    }
    return d;
}

// ---------------------------------------------------------------------------------------------------------------- sky
/// Through the mouth of a bowl that reaches the top of everything.
double sky_through_mouth(const Section& s, const Bowl& bowl, Size i) {
    const Vec2 rim = s.pieces[bowl.end - 1].b;
    return std::max(0.0, disc_exchange(s.pieces[i].b, rim) - disc_exchange(s.pieces[i].a, rim));
}

/// What is hardly seen of a field beyond the section, less than the quadrature resolves, counts as sky.
void drop_grazing_field(Vector& field, const Vector& area, Vector& sky) {
    for (Size i = 0; i < field.size(); ++i)
        if (field[i] < 1e-5 * area[i]) sky[i] += std::exchange(field[i], 0.0);
}

/// A void cut by the outer end of the section: what its walls miss stays on them.
void keep_the_missing(const Section& s, const Chains& chain, const Vector& area, Exchange& x) {
    for (Size i = 0; i < x.n; ++i) {
        const auto c = static_cast<Size>(chain.of[i]);
        if (!chain.sealed[c]) continue;
        const Size end = c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
        const Vec2 first = s.pieces[s.chain_begin[c]].a, last = s.pieces[end - 1].b;
        if (first == last || std::min(first.x, last.x) < 0.5 * std::max(first.x, last.x)) continue;
        double sum = 0;
        for (Size j = 0; j < x.n; ++j) sum += x.at(i, j);
        x.at(i, i) += std::max(0.0, area[i] - sum);
    }
}

/// The flux on a field without end is that on its end piece.
void fold_fields(ViewFactors& f) {
    const auto n = static_cast<Size>(f.n);
    for (Size side = 0; side < 2; ++side)
        for (Size i = 0; i < n; ++i)
            if (f.field[side][i] > 0) {
                f.factor[i * n + static_cast<Size>(f.field_piece[side])] += f.field[side][i];
                f.reciprocal = false;
            }
}

double row_error(const ViewFactors& f) {
    const auto n = static_cast<Size>(f.n);
    double worst = 0;
    for (Size i = 0; i < n; ++i) {
        double sum = f.sky[i] - 1;
        for (Size j = 0; j < n; ++j) sum += f.factor[i * n + j];
        if (f.area[i] > 0) worst = std::abs(sum) <= worst ? worst : std::isnan(sum) ? 1e300 : std::abs(sum);
    }
    return worst;
}

/// Relative change that d makes: its largest d_i d_j - 1.
double largest_change(const Vector& d, const Vector& area) {
    double worst = 0;
    for (Size i = 0; i < d.size(); ++i)
        if (area[i] > 0) worst = std::max(worst, std::abs(d[i] * d[i] - 1));
    return worst;
}

std::vector<int> membership(const std::vector<Bowl>& convex, Size n) {
    std::vector<int> out(n, -1);
    for (Size b = 0; b < convex.size(); ++b)
        for (Size k = convex[b].begin; k < convex[b].end; ++k) out[k] = static_cast<int>(b);
    return out;
}

std::vector<Part> parts(const Section& s) {
    std::vector<Part> out;
    for (Size i = 0; i < s.size(); ++i)
        out.push_back(
            {s.pieces[i].a, s.pieces[i].b, normal(s.pieces[i]), static_cast<int>(i), foot_of_convex_wall(s, i)});
    return out;
}

}  // namespace

std::vector<char> sealed_pieces(const Section& s) {
    const Chains chain = chains(s);
    std::vector<char> out;
    for (const int c : chain.of) out.push_back(chain.sealed[static_cast<Size>(c)]);
    return out;
}

ViewFactors axial_view_factors(const Section& given, const Context& context) {
    const Section section = levelled(given);
    const Size n = section.size();
    const AxialWalls walls(section);
    const Chains chain = chains(section);
    const std::vector<Bowl> convex = bowls(section);
    const std::vector<int> bowl_of = membership(convex, n);
    const std::vector<Part> part = parts(section);
    const OpenField field = open_field(section);
    const std::vector<Vec2> rims = rims_of(section);

    ViewFactors out{.n = static_cast<int>(n), .factor = {}, .sky = Vector(n), .area = areas(section)};
    const Vector& area = out.area;
    Exchange x{Vector(n * n), n};
    Vector sky(n), outer(n), inner(n);  // as areas, like S
    parallel_blocks(n, 4, [&](Size begin, Size end) {
        context.check();
        for (Size i = begin; i < end; ++i) {
            if (!(area[i] > 0)) continue;
            const Bowl* bowl = bowl_of[i] >= 0 ? &convex[static_cast<Size>(bowl_of[i])] : nullptr;
            if (bowl)
                fill_bowl_row(section, *bowl, i, x);
            else
                x.at(i, i) = self_exchange(walls, part[i]);
            for (Size j = bowl ? bowl->end : i + 1; j < n; ++j)
                if (area[j] > 0 && !are_apart(chain, i, j)) x.at(i, j) = exchange(walls, part[i], part[j]);
            if (chain.sealed[static_cast<Size>(chain.of[i])]) continue;
            if (bowl && section.pieces[bowl->end - 1].b.z >= field.top) {
                sky[i] = sky_through_mouth(section, *bowl, i);
                continue;
            }
            const OpenShares open =
                open_shares(walls, field, rims, section.pieces[i], static_cast<int>(i), part[i].edge);
            sky[i] = open.sky * area[i], outer[i] = open.outer * area[i], inner[i] = open.inner * area[i];
        }
    });
    for (Size i = 0; i < n; ++i)
        for (Size j = 0; j < i; ++j) x.at(i, j) = x.at(j, i);
    drop_grazing_field(outer, area, sky);
    drop_grazing_field(inner, area, sky);
    keep_the_missing(section, chain, area, x);

    Vector beyond = sky;
    for (Size i = 0; i < n; ++i) beyond[i] += inner[i] + outer[i];
    const Vector d = balance(x, beyond, area);
    out.correction = largest_change(d, area);
    const Size end = section.chain_begin.size() > 1 ? section.chain_begin[1] : n;
    out.field = {Vector(n), Vector(n)}, out.field_piece = {0, static_cast<int>(end) - 1};
    for (Size i = 0; i < n; ++i) {
        const auto share = [&](double of) { return area[i] > 0 ? d[i] * of / area[i] : 0; };
        out.sky[i] = share(sky[i]), out.field[0][i] = share(inner[i]), out.field[1][i] = share(outer[i]);
        for (Size j = 0; j < n; ++j) x.at(i, j) = area[i] > 0 ? share(x.at(i, j)) * d[j] : (i == j ? 1.0 : 0.0);
    }
    out.factor = std::move(x.s);
    fold_fields(out);
    if (!(row_error(out) < 1e-6))
        throw NumericalError("the walls of the section cross one another: its exchange factors do not balance");
    return out;
}

}  // namespace damascene::feature
