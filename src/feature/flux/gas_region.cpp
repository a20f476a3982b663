// See gas_region.hpp.
#include "feature/flux/gas_region.hpp"

#include <algorithm>
#include <cmath>

#include "damascene/base/error.hpp"
#include "feature/flux/shortest_paths.hpp"

namespace damascene::feature {

namespace {

constexpr double far_ratio = 1e9;         ///< drawn length of an endless field over the size of the section
constexpr double peak_tolerance = 1e-11;  ///< of the size: as high as the highest

std::size_t at(int k) { return static_cast<std::size_t>(k); }

std::size_t chain_end(const Section& s, std::size_t c) {
    return c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
}

// ------------------------------------------------------------------------------------------------------------- lattice
struct Lattice {
    double x0, z0, extent, unit;
    double low = -1e300, high = 1e300;  ///< mirrors: what rounding put beyond them is put on them
    Vec2 snapped(Vec2 p) const {
        const double x = std::nearbyint((p.x - x0) / unit) * unit, z = std::nearbyint((p.z - z0) / unit) * unit;
        return {std::clamp(x, low, high), z};
    }
};

Lattice lattice_of(const Section& s) {
    double x0 = s.pieces[0].a.x, x1 = x0, z0 = s.pieces[0].a.z, z1 = z0;
    for (const Piece& p : s.pieces)
        for (const Vec2 v : {p.a, p.b}) {
            if (!std::isfinite(v.x) || !std::isfinite(v.z))
                throw NumericalError("a piece of the section has no finite place");
            x0 = std::min(x0, v.x), x1 = std::max(x1, v.x), z0 = std::min(z0, v.z), z1 = std::max(z1, v.z);
        }
    const double extent = std::max(x1 - x0, z1 - z0);
    if (!(extent > 0) || !std::isfinite(extent)) throw NumericalError("the section has no finite extent");
    Lattice lattice{x0, z0, extent, std::ldexp(1.0, std::ilogb(extent) + 1 - 50)};
    const double first = lattice.snapped(s.pieces[0].a).x, last = lattice.snapped(s.pieces[chain_end(s, 0) - 1].b).x;
    if (s.left == Side::mirror) lattice.low = first;
    if (s.right == Side::mirror) lattice.high = std::max(first, last);
    return lattice;
}

/// Corners and, between them, the pieces that have a length.
struct Chain {
    std::vector<Vec2> corner;
    std::vector<int> piece;
    Vec2 first() const { return corner.front(); }
    Vec2 last() const { return corner.back(); }
    bool closed() const { return first() == last(); }
    double period() const { return last().x - first().x; }
};

Chain chain_of(const Section& s, std::size_t begin, std::size_t end, const Lattice& lattice) {
    Chain chain;
    for (std::size_t i = begin; i < end; ++i) {
        const Vec2 a = lattice.snapped(s.pieces[i].a), b = lattice.snapped(s.pieces[i].b);
        if (chain.corner.empty()) chain.corner.push_back(a);
        if (b == chain.last()) continue;
        chain.corner.push_back(b);
        chain.piece.push_back(static_cast<int>(i));
    }
    return chain;
}

void measure(const Chain& c, std::vector<double>& length) {
    for (std::size_t k = 0; k < c.piece.size(); ++k)
        length[at(c.piece[k])] = std::hypot(c.corner[k + 1].x - c.corner[k].x, c.corner[k + 1].z - c.corner[k].z);
}

// ----------------------------------------------------------------------------------------------------------------- sky
/// Corners as high as the highest, to rounding.
std::vector<int> peaks(const Chain& c, double extent) {
    double top = c.corner[0].z;
    for (const Vec2& p : c.corner) top = std::max(top, p.z);
    std::vector<int> out;
    for (std::size_t k = 0; k < c.corner.size(); ++k)
        if (c.corner[k].z >= top - peak_tolerance * extent) out.push_back(static_cast<int>(k));
    return out;
}

/// Starts one period at its first peak.
Chain rotated(const Chain& c, int peak) {
    const double period = c.period();
    const int n = static_cast<int>(c.piece.size());
    Chain out;
    for (int k = 0; k <= n; ++k) {
        const int from = peak + k;
        Vec2 p = c.corner[at(from <= n ? from : from - n)];
        if (from > n) p.x += period;
        out.corner.push_back(p);
        if (k < n) out.piece.push_back(c.piece[at(from % n)]);
    }
    return out;
}

GasRegion between(const Chain& c, int begin, int end) {
    GasRegion r;
    r.corner.assign(c.corner.begin() + begin, c.corner.begin() + end + 1);
    r.piece.assign(c.piece.begin() + begin, c.piece.begin() + end);
    r.end_own = r.edges();
    r.sky_begin = r.edges();
    return r;
}

/// A region whose end (left or right) lies on a mirror: the image is put before or after it.
GasRegion mirrored(GasRegion r, bool at_left) {
    const double x = at_left ? r.corner.front().x : r.corner.back().x;
    std::vector<Vec2> image(r.corner.rbegin(), r.corner.rend());
    for (Vec2& p : image) p.x = 2 * x - p.x;
    const std::vector<int> pieces(r.piece.rbegin(), r.piece.rend());
    if (at_left) {
        r.corner.insert(r.corner.begin(), image.begin(), image.end() - 1);
        r.piece.insert(r.piece.begin(), pieces.begin(), pieces.end());
        r.first_own = static_cast<int>(pieces.size()), r.end_own = r.edges();
    } else {
        r.corner.insert(r.corner.end(), image.begin() + 1, image.end());
        r.piece.insert(r.piece.end(), pieces.begin(), pieces.end());
    }
    r.sky_begin = r.edges();
    return r;
}

/// A region whose end goes on, level and below the highest point, for ever: two far corners.
GasRegion with_field(GasRegion r, bool at_left, double size) {
    double top = r.corner[0].z;
    for (const Vec2& p : r.corner) top = std::max(top, p.z);
    const Vec2 end = at_left ? r.corner.front() : r.corner.back();
    r.far_x = end.x + (at_left ? -1 : 1) * far_ratio * size;
    const Vec2 far{r.far_x, end.z}, above{r.far_x, top};
    const int m = r.edges();
    r.field_side = at_left ? 0 : 1;
    r.corner.push_back(at_left ? above : far);
    r.corner.push_back(at_left ? far : above);
    r.far_corner = at_left ? m + 2 : m + 1;
    r.field_edge = at_left ? m + 2 : m;
    r.sky_begin = at_left ? m : m + 1;
    r.sky_end = at_left ? m + 2 : 0;
    return r;
}

GasRegion side_region(const Chain& c, int begin, int end, Side side, bool at_left, double size) {
    GasRegion r = between(c, begin, end);
    return side == Side::mirror ? mirrored(std::move(r), at_left) : with_field(std::move(r), at_left, size);
}

std::vector<GasRegion> sky_regions(const Section& s, Chain c, double extent) {
    std::vector<GasRegion> regions;
    if (c.piece.empty()) return regions;
    if (s.left == Side::periodic) c = rotated(c, peaks(c, extent).front());
    const std::vector<int> top = peaks(c, extent);
    const int n = static_cast<int>(c.piece.size());
    if (top.front() > 0) regions.push_back(side_region(c, 0, top.front(), s.left, true, extent));
    for (std::size_t k = 0; k + 1 < top.size(); ++k) regions.push_back(between(c, top[k], top[k + 1]));
    if (top.back() < n) regions.push_back(side_region(c, top.back(), n, s.right, false, extent));
    return regions;
}

// --------------------------------------------------------------------------------------------------------------- voids
GasRegion closed_region(const Chain& c) {
    GasRegion r;
    r.corner.assign(c.corner.begin(), c.corner.end() - 1);
    r.piece = c.piece;
    r.end_own = r.edges();
    r.open_to_sky = false;
    return r;
}

/// Walls cut by a mirror on which both ends lie, and their image.
GasRegion with_image(const Chain& c) {
    GasRegion r;
    const double x = c.first().x;
    const std::size_t n = c.piece.size();
    r.corner = c.corner, r.piece = c.piece;
    for (std::size_t k = n; k-- > 0;) {
        r.piece.push_back(c.piece[k]);
        if (k > 0) r.corner.push_back({2 * x - c.corner[k].x, c.corner[k].z});
    }
    r.end_own = static_cast<int>(n);
    r.open_to_sky = false;
    return r;
}

/// Joins walls cut by a periodic side to others a period aside until they close; false when they never do.
bool join(Chain& c, std::vector<Chain>& loose, double period, double tolerance) {
    while (true) {
        const auto meets = [&](Vec2 p, double shift) {
            return std::abs(p.x + shift - c.last().x) <= tolerance && std::abs(p.z - c.last().z) <= tolerance;
        };
        if (c.corner.size() > 2 && meets(c.first(), 0)) {
            c.corner.back() = c.first();
            return true;
        }
        bool joined = false;
        for (auto next = loose.begin(); next != loose.end() && !joined; ++next)
            for (int turns : {0, 1, -1, 2, -2}) {
                if (!meets(next->first(), turns * period)) continue;
                for (std::size_t k = 1; k < next->corner.size(); ++k)
                    c.corner.push_back({next->corner[k].x + turns * period, next->corner[k].z});
                c.piece.insert(c.piece.end(), next->piece.begin(), next->piece.end());
                loose.erase(next);
                joined = true;
                break;
            }
        if (!joined) return false;
    }
}

/// Both ends on the same side: a mirror, or an open end, which the gas of a void cannot leave either.
bool ends_on_one_side(const Chain& c, const Chain& sky, double tolerance) {
    const auto on = [&](double x) {
        return std::abs(c.first().x - x) <= tolerance && std::abs(c.last().x - x) <= tolerance;
    };
    return on(sky.first().x) || on(sky.last().x);
}

/// Walls that close, alone, with their image or with others a period on; what does not is `tangled`.
std::vector<GasRegion> closed_regions(const Section& s, std::vector<Chain> chains, const Chain& sky, double tolerance,
                                      std::vector<int>& tangled) {
    std::vector<GasRegion> regions;
    std::vector<Chain> loose;
    for (Chain& c : chains) {
        if (c.closed())
            regions.push_back(closed_region(c));
        else if (s.left == Side::periodic)
            loose.push_back(std::move(c));
        else if (ends_on_one_side(c, sky, tolerance))
            regions.push_back(with_image(c));
        else
            tangled.insert(tangled.end(), c.piece.begin(), c.piece.end());
    }
    while (!loose.empty()) {
        Chain c = std::move(loose.back());
        loose.pop_back();
        if (join(c, loose, sky.period(), tolerance))
            regions.push_back(closed_region(c));
        else
            tangled.insert(tangled.end(), c.piece.begin(), c.piece.end());
    }
    return regions;
}

double signed_area(const GasRegion& r) {
    double sum = 0;
    for (std::size_t k = 0; k < r.corner.size(); ++k) {
        const Vec2 a = r.corner[k], b = r.corner[(k + 1) % r.corner.size()], o = r.corner[0];
        sum += 0.5 * ((a.x - o.x) * (b.z - o.z) - (b.x - o.x) * (a.z - o.z));
    }
    return sum;
}

bool contains(const GasRegion& r, Vec2 q) {
    bool in = false;
    for (std::size_t k = 0; k < r.corner.size(); ++k) {
        const Vec2 a = r.corner[k], b = r.corner[(k + 1) % r.corner.size()];
        if ((a.z > q.z) != (b.z > q.z) && q.x < a.x + (b.x - a.x) * (q.z - a.z) / (b.z - a.z)) in = !in;
    }
    return in;
}

void add_own(const GasRegion& r, std::vector<int>& pieces) {
    pieces.insert(pieces.end(), r.piece.begin() + r.first_own, r.piece.begin() + r.end_own);
}

/// Voids without islands; an island makes the gas around it tangled: a void's, or all that is open to the sky.
std::vector<GasRegion> simply_connected(const std::vector<GasRegion>& closed, Gas& gas, bool& sky_has_islands) {
    std::vector<char> holds_island(closed.size());
    for (const GasRegion& island : closed) {
        if (signed_area(island) >= 0) continue;
        std::size_t home = 0;
        while (home < closed.size() && !(signed_area(closed[home]) > 0 && contains(closed[home], island.corner[0])))
            ++home;
        if (home < closed.size())
            holds_island[home] = 1;
        else
            sky_has_islands = true;
        add_own(island, home < closed.size() ? gas.tangled_in_void : gas.tangled);
    }
    std::vector<GasRegion> out;
    for (std::size_t k = 0; k < closed.size(); ++k) {
        if (signed_area(closed[k]) < 0) continue;
        if (holds_island[k])
            add_own(closed[k], gas.tangled_in_void);
        else
            out.push_back(closed[k]);
    }
    return out;
}

/// A level piece on top sees the sky only and needs no polygon.
bool usable(const GasRegion& r) { return (r.open_to_sky && r.corners() == 2) || is_simple(r.corner); }

}  // namespace

Gas gas_of(const Section& s) {
    Gas gas;
    gas.length.assign(s.size(), 0.0);
    if (s.pieces.empty()) return gas;
    const Lattice lattice = lattice_of(s);
    gas.extent = lattice.extent;
    Chain sky = chain_of(s, 0, chain_end(s, 0), lattice);
    measure(sky, gas.length);
    std::vector<Chain> closed;
    for (std::size_t c = 1; c < s.chain_begin.size(); ++c) {
        closed.push_back(chain_of(s, s.chain_begin[c], chain_end(s, c), lattice));
        measure(closed.back(), gas.length);
        if (closed.back().piece.empty()) closed.pop_back();
    }
    const std::vector<GasRegion> rooms = closed_regions(s, std::move(closed), sky, 1e-9 * lattice.extent, gas.tangled);
    const bool open_seam = s.left == Side::periodic && std::abs(sky.first().z - sky.last().z) > 1e-9 * lattice.extent;
    bool sky_has_islands = !gas.tangled.empty();
    for (GasRegion& r : simply_connected(rooms, gas, sky_has_islands)) {
        if (usable(r))
            gas.region.push_back(std::move(r));
        else
            add_own(r, gas.tangled_in_void);
    }
    for (GasRegion& r : sky_regions(s, std::move(sky), lattice.extent)) {
        if (!sky_has_islands && !open_seam && usable(r))
            gas.region.push_back(std::move(r));
        else
            add_own(r, gas.tangled);
    }
    return gas;
}

int nearest_with_length(const Section& s, const std::vector<double>& length, int piece) {
    std::size_t c = 0;
    while (c + 1 < s.chain_begin.size() && s.chain_begin[c + 1] <= at(piece)) ++c;
    const int begin = s.chain_begin.empty() ? 0 : static_cast<int>(s.chain_begin[c]),
              end = static_cast<int>(chain_end(s, c));
    for (int step = 1; step < end - begin; ++step)
        for (int k : {piece - step, piece + step})
            if (k >= begin && k < end && length[at(k)] > 0) return k;
    return piece;
}

}  // namespace damascene::feature
