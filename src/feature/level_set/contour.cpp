// Marching squares on the nodes of a surface [Lorensen & Cline 1987].
//
// Edge numbering: edge 2 n is the horizontal edge from node n to its right, 2 n + 1 the vertical one from n upwards.
// Walk a cell counter-clockwise: a piece of contour leads from an edge where gas turns to solid to one where solid
// turns to gas, so that gas lies on its left.
#include "feature/level_set/contour.hpp"

#include <algorithm>
#include <array>
#include <numbers>

#include "damascene/base.hpp"
#include "feature/level_set/distance.hpp"

namespace damascene::feature::level_set {
namespace {

constexpr std::int32_t none = -1;

/// Corner values of a cell, counter-clockwise from the lower left.
struct Cell {
    std::array<double, 4> value;
    std::array<Vec2, 4> corner;
};

bool solid(double phi) { return phi < 0; }

Cell cell_at(const Lattice& l, const std::vector<double>& phi, int i, int j) {
    const double* low = phi.data() + l.index(i, j);
    const double* high = low + l.nx;
    return {{low[0], low[1], high[1], high[0]}, {l.at(i, j), l.at(i + 1, j), l.at(i + 1, j + 1), l.at(i, j + 1)}};
}

int pattern(const double* low, const double* high) {
    return solid(low[0]) | solid(low[1]) << 1 | solid(high[1]) << 2 | solid(high[0]) << 3;
}

bool is_saddle(int p) { return p == 5 || p == 10; }

bool mean_is_solid(const std::array<double, 4>& v) { return v[0] + v[1] + v[2] + v[3] < 0; }

/// Edge of the cell between its corner k and k + 1.
std::int32_t edge_of(const Lattice& l, int i, int j, int k) {
    const auto n = static_cast<std::int32_t>(l.index(i, j)), up = static_cast<std::int32_t>(l.nx);
    const std::array<std::int32_t, 4> edges = {2 * n, 2 * (n + 1) + 1, 2 * (n + up), 2 * n + 1};
    return edges[static_cast<std::size_t>(k)];
}

Vec2 crossing(Vec2 a, Vec2 b, double fa, double fb) { return a + (fa / (fa - fb)) * (b - a); }

Vec2 place_on(const Lattice& l, const std::vector<double>& phi, std::int32_t edge) {
    const auto n = static_cast<std::size_t>(edge / 2);
    const std::size_t m = edge % 2 ? n + static_cast<std::size_t>(l.nx) : n + 1;
    const auto at = [&](std::size_t k) {
        return l.at(static_cast<int>(k % static_cast<std::size_t>(l.nx)),
                    static_cast<int>(k / static_cast<std::size_t>(l.nx)));
    };
    return crossing(at(n), at(m), phi[n], phi[m]);
}

/// Pieces of contour, each from the edge it enters its cell by to the edge it leaves by.
struct Links {
    struct Link {
        std::int32_t in = 0, out = 0;
    };
    std::vector<Link> links;
    std::vector<std::int32_t> by_in, by_out;  ///< sorted by edge: indices into links

    void sort() {
        by_in.resize(links.size());
        for (std::size_t k = 0; k < by_in.size(); ++k) by_in[k] = static_cast<std::int32_t>(k);
        by_out = by_in;
        std::sort(by_in.begin(), by_in.end(), [&](auto a, auto b) { return at(a).in < at(b).in; });
        std::sort(by_out.begin(), by_out.end(), [&](auto a, auto b) { return at(a).out < at(b).out; });
    }
    const Link& at(std::int32_t k) const { return links[static_cast<std::size_t>(k)]; }
    std::int32_t entering(std::int32_t edge) const {
        const auto k = std::lower_bound(by_in.begin(), by_in.end(), edge, [&](auto a, auto e) { return at(a).in < e; });
        return k != by_in.end() && at(*k).in == edge ? *k : none;
    }
    bool leaves(std::int32_t edge) const {
        const auto k =
            std::lower_bound(by_out.begin(), by_out.end(), edge, [&](auto a, auto e) { return at(a).out < e; });
        return k != by_out.end() && at(*k).out == edge;
    }
};

/// In a saddle the piece cuts off one gas corner when the centre is solid, else one solid corner.
void link_cell(const Lattice& l, int i, int j, const std::array<double, 4>& v, int p, Links& links) {
    const bool apart = !is_saddle(p) || mean_is_solid(v);
    for (int k = 0; k < 4; ++k) {
        const int a = k, b = (k + 1) % 4;
        if (!(solid(v[static_cast<std::size_t>(a)]) && !solid(v[static_cast<std::size_t>(b)]))) continue;
        int e = k;  // becomes the matching edge gas -> solid
        do e = (e + (apart ? 1 : 3)) % 4;
        while (!(!solid(v[static_cast<std::size_t>(e)]) && solid(v[static_cast<std::size_t>((e + 1) % 4)])));
        links.links.push_back({edge_of(l, i, j, e), edge_of(l, i, j, k)});
    }
}

Links linked(const Lattice& l, const std::vector<double>& phi) {
    Links links;
    for (int j = 0; j + 1 < l.nz; ++j) {
        const double* low = phi.data() + l.index(0, j);
        const double* high = low + l.nx;
        int count = 0;
        for (int i = 0; i < l.nx; ++i) count += solid(low[i]) + solid(high[i]);
        if (count == 0 || count == 2 * l.nx) continue;
        for (int i = 0; i + 1 < l.nx; ++i) {
            const int p = pattern(low + i, high + i);
            if (p != 0 && p != 15) link_cell(l, i, j, {low[i], low[i + 1], high[i + 1], high[i]}, p, links);
        }
    }
    links.sort();
    return links;
}

Chain follow(const Lattice& l, const std::vector<double>& phi, const Links& links, std::int32_t start,
             std::vector<bool>& seen) {
    Chain chain;
    std::int32_t link = start, edge = links.at(start).in;
    while (link != none && !seen[static_cast<std::size_t>(link)]) {
        seen[static_cast<std::size_t>(link)] = true;
        chain.points.push_back(place_on(l, phi, edge));
        edge = links.at(link).out;
        link = links.entering(edge);
    }
    chain.closed = link == start;
    if (!chain.closed) chain.points.push_back(place_on(l, phi, edge));
    chain.corner.assign(chain.points.size(), false);
    return chain;
}

/// int dA or 2 pi int r dA of one polygon, by its edges.
double measure(const Vec2* p, int n, Symmetry symmetry) {
    double sum = 0;
    for (int k = 0; k < n; ++k) {
        const Vec2 a = p[k], b = p[(k + 1) % n];
        const double c = cross(a, b);
        sum += symmetry == Symmetry::planar ? 0.5 * c : std::numbers::pi / 3 * c * (a.x + b.x);
    }
    return sum;
}

/// Corners of `wanted` kind and crossings of the cell, in order: one polygon (saddles handled by the caller).
double measure_kind(const Cell& c, bool want_solid, Symmetry symmetry) {
    std::array<Vec2, 8> polygon;
    int n = 0;
    for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t m = (k + 1) % 4;
        if (solid(c.value[k]) == want_solid) polygon[static_cast<std::size_t>(n++)] = c.corner[k];
        if (solid(c.value[k]) != solid(c.value[m]))
            polygon[static_cast<std::size_t>(n++)] = crossing(c.corner[k], c.corner[m], c.value[k], c.value[m]);
    }
    return measure(polygon.data(), n, symmetry);
}

}  // namespace

double enclosed(const std::vector<Vec2>& polygon, Symmetry symmetry) {
    return measure(polygon.data(), static_cast<int>(polygon.size()), symmetry);
}

double solid_in_cell(const Lattice& l, const std::vector<double>& phi, int i, int j) {
    const double* low = phi.data() + l.index(i, j);
    const int p = pattern(low, low + l.nx);
    if (p == 0) return 0;
    const double ring = l.symmetry == Symmetry::axial ? 2 * std::numbers::pi * (l.x0 + (i + 0.5) * l.h) : 1.0;
    const double whole = l.h * l.h * ring;
    if (p == 15) return whole;
    Cell c = cell_at(l, phi, i, j);
    for (Vec2& corner : c.corner) corner.z -= l.z0 + j * l.h;  // small numbers round better
    if (is_saddle(p) && !mean_is_solid(c.value)) {             // two solid corners apart: the gas is one polygon
        return whole - measure_kind(c, false, l.symmetry);
    }
    return measure_kind(c, true, l.symmetry);
}

double solid_in_domain(const Lattice& l, const std::vector<double>& phi) {
    return parallel_sum(static_cast<std::size_t>(l.nz - 1), 32, [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        for (std::size_t j = begin; j < end; ++j)
            for (int i = 0; i + 1 < l.nx; ++i) sum += solid_in_cell(l, phi, i, static_cast<int>(j));
        return sum;
    });
}

std::vector<Chain> contour_chains(const Lattice& l, const std::vector<double>& phi) {
    const Links links = linked(l, phi);
    std::vector<bool> seen(links.links.size(), false);
    std::vector<Chain> chains;
    const auto count = static_cast<std::int32_t>(links.links.size());
    for (std::int32_t k = 0; k < count; ++k)
        if (!links.leaves(links.at(k).in)) chains.push_back(follow(l, phi, links, k, seen));
    for (std::int32_t k = 0; k < count; ++k)
        if (!seen[static_cast<std::size_t>(k)]) chains.push_back(follow(l, phi, links, k, seen));
    return chains;
}

namespace {

// ---------------------------------------------------------------------------------------------------- sharp corners
void drop_duplicates(Chain& c, double least) {
    std::vector<Vec2> kept;
    for (std::size_t k = 0; k < c.points.size(); ++k) {
        const bool last = k + 1 == c.points.size() && !c.closed;
        if (!kept.empty() && norm(c.points[k] - kept.back()) < least) {
            if (!last || kept.size() == 1) continue;
            kept.pop_back();
        }
        kept.push_back(c.points[k]);
    }
    while (c.closed && kept.size() > 3 && norm(kept.front() - kept.back()) < least) kept.pop_back();
    c.points = std::move(kept);
    c.corner.assign(c.points.size(), false);
}

/// A chain by arc length.
struct ArcLength {
    const Chain& c;
    std::vector<double> s;  ///< of each point; of the closing point too when closed
    double total = 0;

    explicit ArcLength(const Chain& chain) : c(chain), s(chain.points.size()) {
        for (std::size_t k = 1; k < s.size(); ++k) s[k] = s[k - 1] + norm(c.points[k] - c.points[k - 1]);
        total = s.empty() ? 0 : s.back() + (c.closed ? norm(c.points.front() - c.points.back()) : 0);
    }
    Vec2 at(double q) const {
        if (c.closed) q -= total * std::floor(q / total);
        const auto up = std::upper_bound(s.begin(), s.end(), q);
        const auto k = static_cast<std::size_t>(std::max<std::ptrdiff_t>(up - s.begin() - 1, 0));
        const Vec2 a = c.points[k], b = k + 1 < s.size() ? c.points[k + 1] : c.closed ? c.points[0] : a;
        const double l = norm(b - a);
        return l > 0 ? a + std::min((q - s[k]) / l, 1.0) * (b - a) : a;
    }
};

/// Two straight stretches along unit u, then v; `radius` of the arc between them, too small for the nodes to show.
struct Corner {
    double s = 0, bent = 0;  ///< how far the stretches are from straight, rad
    Vec2 at, u, v;
    double radius = 0;
};

/// The corner near arc length q, if two straight stretches meet there.
bool corner_near(const ArcLength& arc, double q, double h, Corner& found) {
    const Vec2 a = arc.at(q - 2.5 * h), e = arc.at(q - 1.75 * h), b = arc.at(q - h), c = arc.at(q + h),
               f = arc.at(q + 1.75 * h), d = arc.at(q + 2.5 * h);
    constexpr double straight = 0.14, sharp = 0.436;  // rad: 8 deg, 25 deg
    const double bent_in = std::abs(turn(e - a, b - e)), bent_out = std::abs(turn(f - c, d - f));
    if (bent_in > straight || bent_out > straight) return false;
    const Vec2 u = b - a, v = d - c;
    const double angle = std::abs(turn(u, v));
    if (angle < sharp || angle > 2.8) return false;
    const Vec2 x = a + (cross(c - a, v) / cross(u, v)) * u;
    const double apart = norm(x - arc.at(q));
    found = {q, bent_in + bent_out + 1e-3 * apart / h, x, (1 / norm(u)) * u, (1 / norm(v)) * v};
    return apart < 0.8 * h;
}

bool bends(const Chain& c, std::size_t k) {
    const std::size_t n = c.points.size();
    if (!c.closed && (k == 0 || k + 1 == n)) return false;
    const Vec2 b = c.points[k], in = b - c.points[k > 0 ? k - 1 : n - 1], out = c.points[k + 1 < n ? k + 1 : 0] - b;
    constexpr double tangent = 0.1511352;  // of 0.15 rad
    return std::abs(cross(in, out)) > tangent * dot(in, out);
}

/// Radius of the arc that rounds a corner. On the outer side phi is the distance from it, |x - c| - R with c on the
/// bisector R / cos(half the turn) behind the tip: least squares over the nodes of the fan. 0 when no arc fits.
double radius_of(const Lattice& l, const std::vector<double>& phi, const Corner& corner) {
    const double turned = turn(corner.u, corner.v), half = 0.5 * std::abs(turned);
    const double outer = turned < 0 ? 1 : -1;  // sign of phi where the corner points
    const Vec2 across = corner.u - corner.v, out = (1 / norm(across)) * across;
    constexpr double far = 2.6, within = 0.8;  // of the fan's half-angle
    struct Node {
        Vec2 from_tip;
        double distance;
    };
    std::vector<Node> fan;
    const int i0 = static_cast<int>(std::lround((corner.at.x - l.x0) / l.h)),
              j0 = static_cast<int>(std::lround((corner.at.z - l.z0) / l.h));
    for (int j = j0 - 3; j <= j0 + 3; ++j)
        for (int i = i0 - 3; i <= i0 + 3; ++i) {
            const Vec2 from = l.at(i, j) - corner.at;
            const double r = norm(from), d = outer * phi[l.index(l.column(i), l.row(j))];
            if (r < 0.01 * l.h || r > far * l.h || d <= 0 || dot(from, out) < r * std::cos(within * half)) continue;
            fan.push_back({from, d});
        }
    if (fan.empty()) return 0;
    const double behind = 1 / std::cos(half);
    double radius = 0, squares = 0;
    for (int step = 0; step < 4; ++step) {
        double ff = 0, fg = 0;
        squares = 0;
        for (const Node& n : fan) {
            const Vec2 w = n.from_tip + radius * behind * out;
            const double f = norm(w) - radius - n.distance, slope = behind * dot(w, out) / norm(w) - 1;
            squares += f * f;
            ff += slope * slope;
            fg += slope * f;
        }
        radius = std::max(0.0, radius - fg / ff);
    }
    return std::sqrt(squares / static_cast<double>(fan.size())) < 0.05 * l.h ? radius : 0.0;
}

/// Cut that replaces an arc and leaves as much solid; it keeps clear of the next corner.
double cut_of(const Corner& c, double h) {
    const double half = 0.5 * std::abs(turn(c.u, c.v));
    return std::min(0.95 * h, c.radius * std::sqrt((std::tan(half) - half) / (std::sin(half) * std::cos(half))));
}

/// Tried at every bending point and half way to the next: the middle of a cut-off corner lies between two points.
std::vector<Corner> corners_of(const Chain& c, const ArcLength& arc, double h) {
    std::vector<Corner> found;
    for (std::size_t k = 0; k < c.points.size(); ++k) {
        if (!bends(c, k)) continue;
        const double next = k + 1 < arc.s.size() ? arc.s[k + 1] : arc.total;
        for (double q : {arc.s[k], 0.5 * (arc.s[k] + next)}) {
            const bool inner = c.closed || (q > 2.5 * h && q < arc.total - 2.5 * h);
            Corner corner;
            if (!inner || !corner_near(arc, q, h, corner)) continue;
            if (found.empty() || corner.s - found.back().s >= 2 * h)
                found.push_back(corner);
            else if (corner.bent < found.back().bent)
                found.back() = corner;
        }
    }
    if (c.closed && found.size() > 1 && found.front().s + arc.total - found.back().s < 2 * h) found.pop_back();
    return found;
}

}  // namespace

void sharpen_corners(const Lattice& l, const std::vector<double>& phi, Chain& chain) {
    const double h = l.h;
    drop_duplicates(chain, 1e-3 * h);
    if (chain.points.size() < 6) return;
    const ArcLength arc(chain);
    if (arc.total < 8 * h) return;
    std::vector<Corner> corners = corners_of(chain, arc, h);
    if (corners.empty()) return;
    for (Corner& c : corners) c.radius = radius_of(l, phi, c);
    std::erase_if(corners, [&](const Corner& c) {  // an arc that the nodes show
        return c.radius * std::tan(0.5 * std::abs(turn(c.u, c.v))) > 1.2 * h;
    });
    if (corners.empty()) return;
    Chain out{.closed = chain.closed};
    std::size_t next = 0;
    const auto put = [&](Vec2 p, bool corner) {
        out.points.push_back(p);
        out.corner.push_back(corner);
    };
    std::vector<double> cut(corners.size());
    for (std::size_t k = 0; k < cut.size(); ++k) cut[k] = cut_of(corners[k], h);
    const auto put_corner = [&](std::size_t k) {
        const Corner& c = corners[k];
        constexpr double seen = 0.1;
        if (cut[k] < seen * h) return put(c.at, true);
        put(c.at - cut[k] * c.u, true);
        put(c.at + cut[k] * c.v, true);
    };
    const auto near = [&](double s, std::size_t k) {
        double d = std::abs(s - corners[k].s);
        if (chain.closed) d = std::min(d, arc.total - d);
        return d < std::max(0.8 * h, 1.05 * cut[k]);
    };
    const auto clear = [&](double s) {  // corners stand 2 h apart: the one before and the one after, round the end too
        const std::size_t last = corners.size() - 1;
        return !near(s, next > 0 ? next - 1 : last) && !near(s, next <= last ? next : 0);
    };
    for (std::size_t k = 0; k < chain.points.size(); ++k) {
        while (next < corners.size() && corners[next].s <= arc.s[k]) put_corner(next++);
        if (clear(arc.s[k])) put(chain.points[k], false);
    }
    while (next < corners.size()) put_corner(next++);
    chain = std::move(out);
}

std::vector<Chain> surface_chains(const Lattice& l, const std::vector<double>& phi) {
    std::vector<Chain> chains = contour_chains(l, phi);
    std::erase_if(chains, [&](const Chain& c) { return c.points.size() < 2; });
    const auto on_left = [&](Vec2 p) { return p.x <= l.x0 + 1e-9 * l.h; };
    const auto on_right = [&](Vec2 p) { return p.x >= l.x1() - 1e-9 * l.h; };
    std::size_t sky = chains.size();
    for (std::size_t k = 0; k < chains.size(); ++k) {
        const Chain& c = chains[k];
        if (c.closed || !on_left(c.points.front()) || !on_right(c.points.back())) continue;
        if (sky == chains.size() || c.points.front().z > chains[sky].points.front().z) sky = k;
    }
    if (sky == chains.size())
        throw NumericalError(
            "no surface leads from the left side of the domain to the right: the front has left it through its top or "
            "bottom; make the domain higher or deeper");
    std::swap(chains[0], chains[sky]);
    for (Chain& c : chains) sharpen_corners(l, phi, c);
    std::erase_if(chains, [&](const Chain& c) { return c.points.size() < (c.closed ? 3u : 2u); });
    return chains;
}

}  // namespace damascene::feature::level_set
