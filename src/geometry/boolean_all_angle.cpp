// Boolean operations and offsets of arbitrary integer polygons.
// Engine: Clipper 6 (A. Johnson), after B. R. Vatti, "A generic solution to polygon clipping", CACM 35, 56 (1992) and
// X. Chen, S. McMains, "Polygon offsetting by computing winding numbers", DETC 2005. Vertices round to the grid.
#include <polyclipping/clipper.hpp>

#include <algorithm>
#include <cmath>

#include "geometry/boolean.hpp"

namespace damascene {
namespace detail {
namespace {

namespace cl = ClipperLib;

/// Crossings are computed on a grid this much finer, so that rounding them cannot turn a small ring over.
constexpr std::int64_t refinement = 1 << 12;

cl::Paths paths_of(const std::vector<Ring>& rings, std::int64_t scale) {
    cl::Paths paths(rings.size());
    for (std::size_t k = 0; k < rings.size(); ++k)
        for (const Point p : rings[k]) paths[k].emplace_back(p.x * scale, p.y * scale);
    return paths;
}

std::vector<Ring> rings_of(const cl::Paths& paths, std::int64_t scale) {
    const auto rounded = [&](cl::cInt v) {
        return checked_coordinate(std::floor(static_cast<double>(v) / static_cast<double>(scale) + 0.5));
    };
    std::vector<Ring> rings;
    for (const cl::Path& path : paths) {
        Ring ring;
        for (const cl::IntPoint& p : path) {
            const Point q{rounded(p.X), rounded(p.Y)};
            if (ring.empty() || !(ring.back() == q)) ring.push_back(q);
        }
        while (ring.size() > 1 && ring.front() == ring.back()) ring.pop_back();
        if (doubled_area(ring) != 0) rings.push_back(std::move(ring));
    }
    return rings;
}

cl::ClipType type_of(Boolean operation) {
    switch (operation) {
        case Boolean::unite: return cl::ctUnion;
        case Boolean::intersect: return cl::ctIntersection;
        case Boolean::subtract: return cl::ctDifference;
        case Boolean::exclusive_or: return cl::ctXor;
    }
    return cl::ctUnion;
}

bool is_rectangle(const Ring& ring) { return ring.size() == 4 && is_manhattan(ring) && doubled_area(ring) != 0; }

/// Without repeated points, also across the end.
Ring distinct(const Ring& shape) {
    Ring ring;
    for (const Point p : shape)
        if (ring.empty() || !(ring.back() == p)) ring.push_back(p);
    while (ring.size() > 1 && ring.front() == ring.back()) ring.pop_back();
    return ring;
}

}  // namespace

std::vector<Ring> combine_all_angle(const std::vector<Ring>& a, const std::vector<Ring>& b, Boolean operation) {
    cl::Clipper clipper;
    clipper.AddPaths(paths_of(a, refinement), cl::ptSubject, true);
    clipper.AddPaths(paths_of(b, refinement), cl::ptClip, true);
    cl::Paths solution;
    clipper.Execute(type_of(operation), solution, cl::pftPositive, cl::pftPositive);
    return rings_of(solution, refinement);
}

std::vector<Ring> even_odd(const Ring& shape) {
    Ring ring = distinct(shape);
    if (ring.size() < 3) return {};
    if (is_rectangle(ring) || ring.size() == 3) {
        const __int128 doubled = doubled_area(ring);
        if (doubled == 0) return {};
        if (doubled < 0) std::reverse(ring.begin(), ring.end());
        return {ring};
    }
    cl::Clipper clipper;
    clipper.AddPaths(paths_of({ring}, refinement), cl::ptSubject, true);
    cl::Paths solution;
    clipper.Execute(cl::ctUnion, solution, cl::pftEvenOdd, cl::pftEvenOdd);
    return rings_of(solution, refinement);
}

}  // namespace detail

Region offset(const Region& region, Length distance, bool round) {
    const double radius = distance / region.unit;
    const Region solid = merged(region);
    if (radius == 0) return solid;
    constexpr double miter_limit = 2, sagitta = 0.1;
    ClipperLib::ClipperOffset engine(miter_limit, sagitta);
    engine.AddPaths(detail::paths_of(solid.rings, 1), round ? ClipperLib::jtRound : ClipperLib::jtMiter,
                    ClipperLib::etClosedPolygon);
    ClipperLib::Paths solution;
    engine.Execute(solution, radius);
    return {region.unit, detail::rings_of(solution, 1)};
}

}  // namespace damascene
