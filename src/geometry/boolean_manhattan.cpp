// Boolean operations on axis-parallel polygons: scan line over vertical edges with signed counts, exact integers.
// Engine: Boost.Polygon (L. Simonson, G. Suto, "Geometry template library for STL-like 2D operations", BoostCon 2009).
#include <boost/polygon/polygon.hpp>

#include <algorithm>

#include "geometry/boolean.hpp"

namespace damascene::detail {
namespace {

namespace bp = boost::polygon;
using Set = bp::polygon_90_set_data<int>;
using PolygonWithHoles = bp::polygon_90_with_holes_data<int>;

Set set_of(const std::vector<Ring>& rings) {
    Set set(bp::VERTICAL);
    std::vector<bp::point_data<int>> points;
    for (const Ring& ring : rings) {
        const __int128 doubled = doubled_area(ring);
        if (doubled == 0) continue;
        points.clear();
        for (const Point p : ring) points.emplace_back(p.x, p.y);
        bp::polygon_90_data<int> polygon;
        bp::set_points(polygon, points.begin(), points.end());
        set.insert(polygon, doubled < 0);
    }
    set.clean();
    return set;
}

template <class Polygon>
Ring ring_of(const Polygon& polygon, bool solid) {
    Ring ring;
    for (auto p = bp::begin_points(polygon); p != bp::end_points(polygon); ++p) ring.push_back({(*p).x(), (*p).y()});
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
        for (auto hole = polygon.begin_holes(); hole != polygon.end_holes(); ++hole) rings.push_back(ring_of(*hole, false));
    }
    return rings;
}

}  // namespace damascene::detail
