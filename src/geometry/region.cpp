// Regions: measures, moves and Boolean algebra on integer rings.
//
// Area = 1/2 sum (x_k y_{k+1} - x_{k+1} y_k), exact in 128 bits [database units^2].
#include <algorithm>
#include <cmath>
#include <limits>

#include "geometry/boolean.hpp"

namespace damascene {
namespace detail {

__int128 doubled_area(const Ring& ring) {
    __int128 sum = 0;
    for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
        const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
        sum += static_cast<__int128>(p.x) * q.y - static_cast<__int128>(q.x) * p.y;
    }
    return sum;
}

bool is_manhattan(const Ring& ring) {
    for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
        const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
        if (p.x != q.x && p.y != q.y) return false;
    }
    return true;
}

std::int32_t checked_coordinate(double value) {
    if (!(value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max()))
        throw InputError("D0309", "a coordinate leaves the 32-bit range of database units",
                         "use a coarser database unit or a smaller magnification");
    return static_cast<std::int32_t>(value);
}

}  // namespace detail

namespace {

/// `b` in the database unit of `a`.
std::vector<Ring> rings_in_unit(const Region& b, Length unit) {
    const double ratio = b.unit / unit;
    if (std::abs(ratio - 1) < 1e-9) return b.rings;
    std::vector<Ring> rings = b.rings;
    for (Ring& ring : rings)
        for (Point& p : ring)
            p = {detail::checked_coordinate(std::floor(p.x * ratio + 0.5)),
                 detail::checked_coordinate(std::floor(p.y * ratio + 0.5))};
    return rings;
}

bool all_manhattan(const std::vector<Ring>& rings) {
    return std::all_of(rings.begin(), rings.end(), [](const Ring& ring) { return detail::is_manhattan(ring); });
}

std::vector<Ring> combined(const std::vector<Ring>& a, const std::vector<Ring>& b, Boolean operation) {
    return all_manhattan(a) && all_manhattan(b) ? detail::combine_manhattan(a, b, operation)
                                                : detail::combine_all_angle(a, b, operation);
}

Ring rectangle(Box box) {
    const auto bounded = [](std::int64_t v) {
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, std::numeric_limits<std::int32_t>::min(),
                                                                  std::numeric_limits<std::int32_t>::max()));
    };
    const std::int32_t x0 = bounded(box.x0), y0 = bounded(box.y0), x1 = bounded(box.x1), y1 = bounded(box.y1);
    return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

Box box_of(const Ring& ring) {
    Box box{ring[0].x, ring[0].y, ring[0].x, ring[0].y};
    for (const Point p : ring)
        box = {std::min<std::int64_t>(box.x0, p.x), std::min<std::int64_t>(box.y0, p.y),
               std::max<std::int64_t>(box.x1, p.x), std::max<std::int64_t>(box.y1, p.y)};
    return box;
}

/// An outer ring followed by the holes directly inside it.
struct Island {
    std::vector<Ring> rings;
    Box box;
    std::size_t points() const {
        std::size_t n = 0;
        for (const Ring& ring : rings) n += ring.size();
        return n;
    }
};

/// 2 = strictly inside, 1 = on the boundary, 0 = outside.
int containment(const Ring& ring, Point p) {
    bool inside = false;
    for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
        const Point a = ring[k], b = ring[k + 1 == n ? 0 : k + 1];
        const __int128 side =
            static_cast<__int128>(static_cast<std::int64_t>(b.x) - a.x) * (static_cast<std::int64_t>(p.y) - a.y) -
            static_cast<__int128>(static_cast<std::int64_t>(b.y) - a.y) * (static_cast<std::int64_t>(p.x) - a.x);
        if (side == 0 && std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
            p.y <= std::max(a.y, b.y))
            return 1;
        if ((a.y > p.y) != (b.y > p.y) && (side > 0) == (b.y > a.y)) inside = !inside;
    }
    return inside ? 2 : 0;
}

/// A hole of a merged region touches its outer ring in isolated points at most, so one vertex decides.
bool encloses(const Ring& outer, const Ring& hole) {
    for (const Point p : hole)
        if (const int where = containment(outer, p); where != 1) return where == 2;
    return true;
}

bool box_within(Box inner, Box outer) {
    return inner.x0 >= outer.x0 && inner.x1 <= outer.x1 && inner.y0 >= outer.y0 && inner.y1 <= outer.y1;
}

std::vector<Island> islands(const std::vector<Ring>& rings) {
    std::vector<Island> result;
    for (const Ring& ring : rings)
        if (detail::doubled_area(ring) > 0) result.push_back({{ring}, box_of(ring)});
    for (const Ring& ring : rings) {
        if (detail::doubled_area(ring) >= 0) continue;
        const Box box = box_of(ring);
        Island* home = nullptr;  // the smallest enclosing ring
        for (Island& island : result)
            if (box_within(box, island.box) && (!home || box_within(island.box, home->box)) &&
                encloses(island.rings[0], ring))
                home = &island;
        if (home) home->rings.push_back(ring);
    }
    return result;
}

/// A line strictly inside the box of an island, so that cutting along it ends.
struct Cut {
    bool vertical;
    std::int64_t at;
};

bool strictly_inside(Cut cut, Box box) {
    return cut.vertical ? box.x0 < cut.at && cut.at < box.x1 : box.y0 < cut.at && cut.at < box.y1;
}

/// Through the middle of the middle hole, or along its side; without holes through the median of the points.
Cut cut_of(const Island& island) {
    if (island.rings.size() > 1) {
        const Box box = box_of(island.rings[1 + (island.rings.size() - 1) / 2]);
        const Cut across{true, box.x0 + (box.x1 - box.x0) / 2}, along{false, box.y0 + (box.y1 - box.y0) / 2};
        const bool wide = box.x1 - box.x0 >= box.y1 - box.y0;
        for (const Cut cut : {wide ? across : along, wide ? along : across, Cut{true, box.x1}, Cut{false, box.y1}})
            if (strictly_inside(cut, island.box)) return cut;
    }
    const bool vertical = island.box.x1 - island.box.x0 >= island.box.y1 - island.box.y0;
    std::vector<std::int64_t> at;
    for (const Point p : island.rings[0]) at.push_back(vertical ? p.x : p.y);
    std::nth_element(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(at.size() / 2), at.end());
    const std::int64_t low = vertical ? island.box.x0 : island.box.y0, high = vertical ? island.box.x1 : island.box.y1;
    return {vertical, std::clamp(at[at.size() / 2], low + 1, std::max(low + 1, high - 1))};
}

}  // namespace

Box bounding_box(const Region& region) {
    bool first = true;
    Box box;
    for (const Ring& ring : region.rings) {
        if (ring.empty()) continue;
        const Box b = box_of(ring);
        box = first
                  ? b
                  : Box{std::min(box.x0, b.x0), std::min(box.y0, b.y0), std::max(box.x1, b.x1), std::max(box.y1, b.y1)};
        first = false;
    }
    return box;
}

double area(const Region& region) {
    __int128 sum = 0;
    for (const Ring& ring : region.rings) sum += detail::doubled_area(ring);
    return static_cast<double>(sum) / 2;
}

bool is_manhattan(const Region& region) { return all_manhattan(region.rings); }

Region normalised(const Region& raw) {
    Region result{raw.unit, {}};
    for (const Ring& shape : raw.rings)
        for (Ring& ring : detail::even_odd(shape)) result.rings.push_back(std::move(ring));
    return result;
}

Region merged(const Region& region) { return {region.unit, combined(region.rings, {}, Boolean::unite)}; }

Region combine(const Region& a, const Region& b, Boolean operation) {
    return {a.unit, combined(a.rings, rings_in_unit(b, a.unit), operation)};
}

Region clipped(const Region& region, Box window) {
    if (window.empty()) return {region.unit, {}};
    return combine(region, {region.unit, {rectangle(window)}}, Boolean::intersect);
}

Region translated(const Region& region, std::int64_t dx, std::int64_t dy) {
    Region result = region;
    for (Ring& ring : result.rings)
        for (Point& p : ring)
            p = {detail::checked_coordinate(static_cast<double>(p.x) + static_cast<double>(dx)),
                 detail::checked_coordinate(static_cast<double>(p.y) + static_cast<double>(dy))};
    return result;
}

Region without_holes(const Region& region, int max_points) {
    Region result{region.unit, {}};
    const auto limit = static_cast<std::size_t>(std::max(max_points, 5));
    std::vector<Island> open = islands(merged(region).rings);
    while (!open.empty()) {
        const Island island = std::move(open.back());
        open.pop_back();
        if (island.rings.size() == 1 && island.points() <= limit) {
            result.rings.push_back(island.rings[0]);
            continue;
        }
        const Cut cut = cut_of(island);
        Box low = island.box, high = island.box;
        (cut.vertical ? low.x1 : low.y1) = (cut.vertical ? high.x0 : high.y0) = cut.at;
        for (const Box& half : {low, high})
            if (!half.empty())
                for (Island& piece : islands(combined(island.rings, {rectangle(half)}, Boolean::intersect)))
                    open.push_back(std::move(piece));
    }
    return result;
}

}  // namespace damascene
