// Boolean operations on axis-parallel polygons: scan line over vertical edges with signed counts, exact integers.
// Engine: Boost.Polygon (L. Simonson, G. Suto, "Geometry template library for STL-like 2D operations", BoostCon 2009).
#include <boost/polygon/polygon.hpp>

#include <algorithm>

#include "geometry/boolean.hpp"

namespace damascene::detail {
namespace {

namespace bp = boost::polygon;
using Coordinate = long long;  // the engine keeps the largest value of its type for itself
using Set = bp::polygon_90_set_data<Coordinate>;
using PolygonWithHoles = bp::polygon_90_with_holes_data<Coordinate>;

/// Vertical edges as winding steps: crossing x to the right, the winding number rises by one between the ends of an
/// edge drawn downward and falls for one drawn upward.
Set set_of(const std::vector<Ring>& rings) {
    std::vector<std::pair<Coordinate, std::pair<Coordinate, int>>> steps;
    for (const Ring& ring : rings)
        for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
            const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
            if (p.y == q.y) continue;
            steps.push_back({p.x, {p.y, -1}});
            steps.push_back({p.x, {q.y, +1}});
        }
    Set set(bp::VERTICAL);
    set.insert(steps.begin(), steps.end(), bp::VERTICAL);
    set.clean();
    return set;
}

template <class Polygon>
Ring ring_of(const Polygon& polygon, bool solid) {
    Ring ring;
    for (auto p = bp::begin_points(polygon); p != bp::end_points(polygon); ++p)
        ring.push_back({static_cast<std::int32_t>((*p).x()), static_cast<std::int32_t>((*p).y())});
    if ((doubled_area(ring) > 0) != solid) std::reverse(ring.begin(), ring.end());
    return ring;
}

}  // namespace

std::vector<Ring> combine_manhattan(const std::vector<Ring>& a, const std::vector<Ring>& b, Boolean operation) {
    Set set = set_of(a);
    if (!b.empty() || operation == Boolean::intersect) {
        const Set other = set_of(b);
        using namespace bp::operators;
        switch (operation) {
            case Boolean::unite: set |= other; break;
            case Boolean::intersect: set &= other; break;
            case Boolean::subtract: set -= other; break;
            case Boolean::exclusive_or: set ^= other; break;
        }
    }
    std::vector<PolygonWithHoles> polygons;
    set.get(polygons);
    std::vector<Ring> rings;
    for (const PolygonWithHoles& polygon : polygons) {
        rings.push_back(ring_of(polygon, true));
        for (auto hole = polygon.begin_holes(); hole != polygon.end_holes(); ++hole)
            rings.push_back(ring_of(*hole, false));
    }
    return rings;
}

}  // namespace damascene::detail
