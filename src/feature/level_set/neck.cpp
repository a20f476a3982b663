// The narrowest gap between facing walls that closes off gas at least as wide below it.
//
// For every piece the nearest piece that faces it (normals more than 120 deg apart, each within 53 deg of the line
// between them) gives a gap. A gap is a neck when the part of the surface between its two pieces holds another gap, at
// least half the gap further down, that is as wide: so parallel walls have a neck, a groove that only narrows has none.
// Mirror images and periods of the surface count as walls.
#include <algorithm>
#include <limits>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/lattice.hpp"
#include "feature/level_set/places.hpp"

namespace damascene::feature {
namespace {

using namespace level_set;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Wall {
    Vec2 a, b, mid, n;
    double s = 0;  ///< arc length of its middle along the extended surface
};

Piece reflected(const Piece& p, double x) { return {{2 * x - p.b.x, p.b.z}, {2 * x - p.a.x, p.a.z}, p.material}; }

Piece shifted(Piece p, double dx) {
    p.a.x += dx;
    p.b.x += dx;
    return p;
}

/// The sky's surface with its images at both sides, in walking order; own pieces at [first, first + count).
struct Extended {
    std::vector<Wall> walls;
    std::size_t first = 0, count = 0;
};

void append_image(const std::vector<Piece>& own, Side side, double plane, double shift, std::vector<Piece>& out) {
    if (side == Side::mirror)
        for (auto p = own.rbegin(); p != own.rend(); ++p) out.push_back(reflected(*p, plane));
    if (side == Side::periodic)
        for (const Piece& p : own) out.push_back(shifted(p, shift));
}

Extended extended(const Section& section) {
    const std::size_t end = section.chain_begin.size() > 1 ? section.chain_begin[1] : section.size();
    const std::vector<Piece> own(section.pieces.begin(), section.pieces.begin() + static_cast<std::ptrdiff_t>(end));
    const double x0 = own.front().a.x, x1 = own.back().b.x;
    std::vector<Piece> all;
    append_image(own, section.left, x0, x0 - x1, all);
    Extended out{{}, all.size(), own.size()};
    all.insert(all.end(), own.begin(), own.end());
    append_image(own, section.right, x1, x1 - x0, all);
    double s = 0;
    for (const Piece& p : all) {
        const double length = length_nm(p);
        out.walls.push_back({p.a, p.b, midpoint(p), normal(p), s + 0.5 * length});
        s += length;
    }
    return out;
}

bool faces(const Wall& p, const Wall& q) {
    if (dot(p.n, q.n) > -0.5) return false;
    const Vec2 d = q.mid - p.mid;
    const double across = dot(d, p.n), back = -dot(d, q.n), l = norm(d);
    return across > 0.6 * l && back > 0.6 * l;
}

double gap_between(const Wall& p, const Wall& q) {
    return std::min({distance_to_segment(p.a, q.a, q.b), distance_to_segment(p.b, q.a, q.b),
                     distance_to_segment(q.a, p.a, p.b), distance_to_segment(q.b, p.a, p.b)});
}

struct Gap {
    double width = infinity;
    std::size_t other = 0;
};

Gap gap_of(const std::vector<Wall>& walls, const Places& places, std::size_t k) {
    const Wall& p = walls[k];
    Gap best;
    double near2 = infinity;
    const auto visit = [&](std::size_t q) {
        const Vec2 d = walls[q].mid - p.mid;
        const double d2 = dot(d, d);
        if (q == k || d2 > near2 || (d2 == near2 && q > best.other) || !faces(p, walls[q])) return;
        near2 = d2;
        best.other = q;
    };
    places.ahead(p.mid, p.n, visit, [&] { return std::sqrt(near2); });
    if (near2 < infinity) best.width = gap_between(p, walls[best.other]);
    return best;
}

/// Some gap inside the pocket, at least half the gap down, is as wide.
bool holds_as_wide(const std::vector<Wall>& walls, const std::vector<Gap>& gaps, std::size_t from, std::size_t to,
                   double width) {
    for (std::size_t k = from; k <= to; ++k) {
        if (!(gaps[k].width < infinity) || gaps[k].other < from || gaps[k].other > to) continue;
        const bool deep = walls[k].s - walls[from].s > 0.5 * width && walls[to].s - walls[k].s > 0.5 * width;
        if (deep && gaps[k].width >= 0.98 * width) return true;
    }
    return false;
}

}  // namespace

Neck neck(const Surface& surface) { return neck(surface, Contour(surface)); }

Neck neck(const Surface& surface, const Contour& contour) {
    const Extended e = extended(section_of(surface, contour, 1.5 * surface.h_nm()));
    std::vector<Vec2> middles;
    double longest = 0;
    for (const Wall& w : e.walls) middles.push_back(w.mid), longest = std::max(longest, norm(w.b - w.a));
    const Places places(middles, 4 * longest);
    std::vector<Gap> gaps(e.walls.size());
    parallel_blocks(gaps.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) gaps[k] = gap_of(e.walls, places, k);
    });
    Neck best{infinity, 0};
    for (std::size_t k = e.first; k < e.first + e.count; ++k) {
        const Gap& g = gaps[k];
        if (!(g.width < infinity)) continue;
        const double z = 0.5 * (e.walls[k].mid.z + e.walls[g.other].mid.z);
        const bool narrower = g.width < best.gap_nm * (1 - 1e-3),
                   higher = g.width < best.gap_nm * (1 + 1e-3) && z > best.z_nm;
        if (!narrower && !higher) continue;
        if (holds_as_wide(e.walls, gaps, std::min(k, g.other), std::max(k, g.other), g.width))
            best = {std::min(best.gap_nm, g.width), z};
    }
    return best;
}

}  // namespace damascene::feature
