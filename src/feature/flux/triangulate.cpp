// Ear clipping of a simple polygon [Meisters 1975], with care for the collinear corners of straight walls.
#include <algorithm>
#include <cmath>
#include <map>

#include "feature/flux/shortest_paths.hpp"

namespace damascene::feature {

namespace {

double turn(Vec2 a, Vec2 b, Vec2 c) { return (b.x - a.x) * (c.z - a.z) - (b.z - a.z) * (c.x - a.x); }
double reach(Vec2 a, Vec2 b) { return std::max(std::abs(b.x - a.x), std::abs(b.z - a.z)); }

/// The part of the polygon not yet cut off, as a ring of corners.
class Ring {
  public:
    explicit Ring(const std::vector<Vec2>& p) : p_(p), next_(p.size()), previous_(p.size()), blunt_(p.size()) {
        const int n = static_cast<int>(p.size());
        for (int k = 0; k < n; ++k) next_[at(k)] = (k + 1) % n, previous_[at(k)] = (k + n - 1) % n;
        for (int k = 0; k < n; ++k)
            if ((blunt_[at(k)] = !sharp(k, 1e-12))) blunt_list_.push_back(k);
    }
    int next(int k) const { return next_[at(k)]; }
    int previous(int k) const { return previous_[at(k)]; }
    /// Convex, by more than `tolerance` radians or so.
    bool sharp(int k, double tolerance) const {
        const Vec2 a = p_[at(previous(k))], b = p_[at(k)], c = p_[at(next(k))];
        return turn(a, b, c) > tolerance * reach(a, b) * reach(b, c);
    }
    /// No blunt corner lies in the triangle of k and its neighbours or on the cut.
    bool empty(int k, double tolerance) const {
        const int ia = previous(k), ic = next(k);
        const Vec2 a = p_[at(ia)], b = p_[at(k)], c = p_[at(ic)];
        const double x0 = std::min({a.x, b.x, c.x}), x1 = std::max({a.x, b.x, c.x});
        const double z0 = std::min({a.z, b.z, c.z}), z1 = std::max({a.z, b.z, c.z});
        const double slack = tolerance * reach(a, c) * std::max(reach(a, b), reach(b, c));
        for (int q : blunt_list_) {
            const Vec2 p = p_[at(q)];
            if (p.x < x0 || p.x > x1 || p.z < z0 || p.z > z1 || q == ia || q == ic || q == k) continue;
            if (p == a || p == b || p == c) continue;
            if (turn(a, b, p) >= -slack && turn(b, c, p) >= -slack && turn(c, a, p) >= -slack) return false;
        }
        return true;
    }
    void cut(int k) {
        const int a = previous(k), c = next(k);
        next_[at(a)] = c, previous_[at(c)] = a;
        drop(k);
        for (int q : {a, c})
            if (blunt_[at(q)] && sharp(q, 1e-12)) drop(q);
    }

  private:
    static std::size_t at(int k) { return static_cast<std::size_t>(k); }
    void drop(int k) {
        if (!blunt_[at(k)]) return;
        blunt_[at(k)] = false;
        blunt_list_.erase(std::find(blunt_list_.begin(), blunt_list_.end(), k));
    }
    const std::vector<Vec2>& p_;
    std::vector<int> next_, previous_;
    std::vector<char> blunt_;
    std::vector<int> blunt_list_;
};

/// The next ear from `start` on: a good one, else one within rounding, else any corner.
int find_ear(const Ring& ring, int start, int left) {
    for (double tolerance : {1e-12, -1e-12}) {
        int k = start;
        for (int tries = 0; tries < left; ++tries, k = ring.next(k))
            if (ring.sharp(k, tolerance) && ring.empty(k, tolerance)) return k;
    }
    return start;
}

void join_neighbours(std::vector<PolygonTriangle>& triangles) {
    std::map<std::pair<int, int>, std::pair<int, int>> open;
    for (int t = 0; t < static_cast<int>(triangles.size()); ++t)
        for (int e = 0; e < 3; ++e) {
            PolygonTriangle& here = triangles[static_cast<std::size_t>(t)];
            const int u = here.corner[static_cast<std::size_t>(e)],
                      v = here.corner[static_cast<std::size_t>((e + 1) % 3)];
            const auto other = open.find({v, u});
            if (other == open.end()) {
                open[{u, v}] = {t, e};
                continue;
            }
            here.across[static_cast<std::size_t>(e)] = other->second.first;
            triangles[static_cast<std::size_t>(other->second.first)]
                .across[static_cast<std::size_t>(other->second.second)] = t;
            open.erase(other);
        }
}

}  // namespace

std::vector<PolygonTriangle> triangulate(const std::vector<Vec2>& polygon) {
    Ring ring(polygon);
    std::vector<PolygonTriangle> triangles;
    int k = 0;
    for (int left = static_cast<int>(polygon.size()); left > 3; --left) {
        k = find_ear(ring, k, left);
        triangles.push_back({{ring.previous(k), k, ring.next(k)}});
        ring.cut(k);
        k = ring.next(k);
    }
    triangles.push_back({{ring.previous(k), k, ring.next(k)}});
    join_neighbours(triangles);
    return triangles;
}

}  // namespace damascene::feature
