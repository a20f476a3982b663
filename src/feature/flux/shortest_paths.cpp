// See shortest_paths.hpp. The funnel of an edge (u, w) seen from the source is the two shortest paths to u and w from
// where they part (the apex): u .. apex .. w, each side curved inwards. The path to a corner v beyond the edge leaves
// the funnel where it is tangent to it.
#include "feature/flux/shortest_paths.hpp"

#include <algorithm>
#include <cmath>

#include "damascene/base/error.hpp"
#include "feature/flux/turn.hpp"

namespace damascene::feature {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

using Entry = ShortestPaths::Funnel::Entry;
using Triangles = std::vector<PolygonTriangle>;

double turn(const Entry& a, const Entry& b, Vec2 c) { return feature::turn(Vec2{a.x, a.z}, {b.x, b.z}, c); }

/// Slot of the funnel low .. high (apex between) where the path to v leaves it. The gas lies on the left of u -> w as
/// seen by the source, low is on the left.
int tangent(const Entry* f, int low, int high, int apex, Vec2 v) {
    if (low < apex && turn(f[apex], f[apex - 1], v) > 0) {
        int near = apex - 1, far = low;  // the answer lies in [far, near]
        while (far < near) {
            const int k = (far + near) / 2;  // does the path go on beyond k + 1 to k?
            if (turn(f[k + 1], f[k], v) > 0)
                near = k;
            else
                far = k + 1;
        }
        return near;
    }
    if (apex < high && turn(f[apex], f[apex + 1], v) < 0) {
        int near = apex + 1, far = high;
        while (near < far) {
            const int k = (near + far + 1) / 2;
            if (turn(f[k - 1], f[k], v) < 0)
                near = k;
            else
                far = k - 1;
        }
        return near;
    }
    return apex;
}

}  // namespace

struct ShortestPaths::Walk {
    Funnel& funnel;
    std::vector<double>& distance;
    std::vector<int>& last;
    void put(int slot, const Entry& e) {
        funnel.changes.push_back({slot, funnel.entry[at(slot)]});
        funnel.entry[at(slot)] = e;
    }
    void undo_to(std::size_t mark) {
        for (; funnel.changes.size() > mark; funnel.changes.pop_back())
            funnel.entry[at(funnel.changes.back().slot)] = funnel.changes.back().before;
    }
};

ShortestPaths::ShortestPaths(std::vector<Vec2> polygon)
    : corners_(std::move(polygon)), triangles_(is_simple(corners_) ? triangulate(corners_) : Triangles{}) {
    if (triangles_.empty()) throw NumericalError("the boundary of the gas crosses or touches itself");
    fan_begin_.assign(corners_.size() + 1, 0);
    for (const PolygonTriangle& t : triangles_)
        for (int c : t.corner) ++fan_begin_[at(c + 1)];
    for (std::size_t c = 0; c < corners_.size(); ++c) fan_begin_[c + 1] += fan_begin_[c];
    fan_.resize(3 * triangles_.size());
    std::vector<int> filled(fan_begin_.begin(), fan_begin_.end() - 1);
    for (std::size_t t = 0; t < triangles_.size(); ++t)
        for (int c : triangles_[t].corner) fan_[at(filled[at(c)]++)] = static_cast<int>(t);
}

ShortestPaths::Funnel ShortestPaths::funnel() const {
    Funnel f;
    f.entry.resize(2 * corners_.size() + 8);
    f.changes.reserve(corners_.size() + 8);
    return f;
}

/// Goes on through edge `edge` of `triangle` (from inside it): slot low holds the edge's end on the left.
void ShortestPaths::cross(Walk& walk, int triangle, int edge, int low, int high, int apex) const {
    while (true) {
        const PolygonTriangle& from = triangles_[at(triangle)];
        const int next = from.across[at(edge)];
        if (next < 0) return;
        const PolygonTriangle& t = triangles_[at(next)];
        const int entered = t.across[0] == triangle ? 0 : t.across[1] == triangle ? 1 : 2;
        // Seen from inside the new triangle its edge `entered` runs from left to right of the walker.
        const int to_right = entered == 2 ? 0 : entered + 1, to_left = entered == 0 ? 2 : entered - 1;
        const int corner = t.corner[at(to_left)];
        const Vec2 v = corners_[at(corner)];
        const Entry* f = walk.funnel.entry.data();
        const int leaves = tangent(f, low, high, apex, v);
        const double dx = v.x - f[leaves].x, dz = v.z - f[leaves].z;
        const Entry reached{v.x, v.z, f[leaves].distance + std::sqrt(dx * dx + dz * dz), corner};
        walk.distance[at(corner)] = reached.distance;
        walk.last[at(corner)] = f[leaves].corner;
        const bool left = t.across[at(to_left)] >= 0, right = t.across[at(to_right)] >= 0;
        if (left && right) {
            const std::size_t mark = walk.funnel.changes.size();
            walk.put(leaves + 1, reached);
            cross(walk, next, to_left, low, leaves + 1, std::min(apex, leaves));
            walk.undo_to(mark);
        } else if (left) {
            walk.put(leaves + 1, reached);
            triangle = next, edge = to_left, high = leaves + 1, apex = std::min(apex, leaves);
            continue;
        }
        if (!right) return;
        walk.put(leaves - 1, reached);
        triangle = next, edge = to_right, low = leaves - 1, apex = std::max(apex, leaves);
    }
}

void ShortestPaths::from(int source, Funnel& funnel, std::vector<double>& distance, std::vector<int>& last) const {
    distance.resize(corners_.size());
    last.resize(corners_.size());
    distance[at(source)] = 0, last[at(source)] = source;
    funnel.changes.clear();
    Walk walk{funnel, distance, last};
    const int middle = static_cast<int>(corners_.size()) + 3;
    const Vec2 s = corners_[at(source)];
    for (int k = fan_begin_[at(source)]; k < fan_begin_[at(source + 1)]; ++k) {
        const PolygonTriangle& t = triangles_[at(fan_[at(k)])];
        const int own = t.corner[0] == source ? 0 : t.corner[1] == source ? 1 : 2;
        const int right = t.corner[at((own + 1) % 3)], left = t.corner[at((own + 2) % 3)];
        const Vec2 r = corners_[at(right)], l = corners_[at(left)];
        const Entry at_left{l.x, l.z, std::hypot(l.x - s.x, l.z - s.z), left};
        const Entry at_right{r.x, r.z, std::hypot(r.x - s.x, r.z - s.z), right};
        for (const Entry& e : {at_left, at_right}) distance[at(e.corner)] = e.distance, last[at(e.corner)] = source;
        funnel.entry[at(middle - 1)] = at_left;
        funnel.entry[at(middle)] = {s.x, s.z, 0, source};
        funnel.entry[at(middle + 1)] = at_right;
        cross(walk, fan_[at(k)], (own + 1) % 3, middle - 1, middle + 1, middle);
        walk.undo_to(0);
    }
}

}  // namespace damascene::feature
