// Ear clipping of a simple polygon [Meisters 1975] by exact turns. A simple polygon, straight runs of corners
// included, always has a triangulation without flat triangles; each of its leaves is an ear that touches no other
// corner, and cutting one leaves a simple polygon.
#include <algorithm>
#include <cmath>
#include <map>

#include "feature/flux/shortest_paths.hpp"
#include "feature/flux/turn.hpp"

namespace damascene::feature {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// The part of the polygon not yet cut off, as a ring of corners.
class Ring {
  public:
    explicit Ring(const std::vector<Vec2>& p) : p_(p), next_(p.size()), previous_(p.size()), blunt_(p.size()) {
        const int n = static_cast<int>(p.size());
        for (int k = 0; k < n; ++k) next_[at(k)] = (k + 1) % n, previous_[at(k)] = (k + n - 1) % n;
        for (int k = 0; k < n; ++k)
            if ((blunt_[at(k)] = !sharp(k))) blunt_list_.push_back(k);
    }
    int next(int k) const { return next_[at(k)]; }
    int previous(int k) const { return previous_[at(k)]; }
    bool is_ear(int k) const { return !blunt_[at(k)] && empty(k); }
    void cut(int k) {
        const int a = previous(k), c = next(k);
        next_[at(a)] = c, previous_[at(c)] = a;
        for (int q : {a, c})
            if (blunt_[at(q)] && sharp(q)) drop(q);
    }

  private:
    bool sharp(int k) const { return turn(p_[at(previous(k))], p_[at(k)], p_[at(next(k))]) > 0; }
    /// No other blunt corner lies in the triangle of k and its neighbours or on its edges.
    bool empty(int k) const {
        const int ia = previous(k), ic = next(k);
        const Vec2 a = p_[at(ia)], b = p_[at(k)], c = p_[at(ic)];
        const double x0 = std::min({a.x, b.x, c.x}), x1 = std::max({a.x, b.x, c.x});
        const double z0 = std::min({a.z, b.z, c.z}), z1 = std::max({a.z, b.z, c.z});
        return std::none_of(blunt_list_.begin(), blunt_list_.end(), [&](int q) {
            const Vec2 p = p_[at(q)];
            return p.x >= x0 && p.x <= x1 && p.z >= z0 && p.z <= z1 && q != ia && q != ic && turn(c, a, p) >= 0 &&
                   turn(a, b, p) >= 0 && turn(b, c, p) >= 0;
        });
    }
    void drop(int k) {
        blunt_[at(k)] = false;
        blunt_list_.erase(std::find(blunt_list_.begin(), blunt_list_.end(), k));
    }
    const std::vector<Vec2>& p_;
    std::vector<int> next_, previous_;
    std::vector<char> blunt_;
    std::vector<int> blunt_list_;
};

/// The next ear from `start` on, or -1.
int find_ear(const Ring& ring, int start, int left) {
    int k = start;
    for (int tries = 0; tries < left; ++tries, k = ring.next(k))
        if (ring.is_ear(k)) return k;
    return -1;
}

void join_neighbours(std::vector<PolygonTriangle>& triangles) {
    std::map<std::pair<int, int>, std::pair<int, int>> open;
    for (int t = 0; t < static_cast<int>(triangles.size()); ++t)
        for (int e = 0; e < 3; ++e) {
            PolygonTriangle& here = triangles[at(t)];
            const int u = here.corner[at(e)], v = here.corner[at((e + 1) % 3)];
            const auto other = open.find({v, u});
            if (other == open.end()) {
                open[{u, v}] = {t, e};
                continue;
            }
            here.across[at(e)] = other->second.first;
            triangles[at(other->second.first)].across[at(other->second.second)] = t;
            open.erase(other);
        }
}

}  // namespace

std::vector<PolygonTriangle> triangulate(const std::vector<Vec2>& polygon) {
    Ring ring(polygon);
    std::vector<PolygonTriangle> triangles;
    int k = 0;
    for (int left = static_cast<int>(polygon.size()); left >= 3; --left) {
        k = find_ear(ring, k, left);
        if (k < 0) return {};
        triangles.push_back({{ring.previous(k), k, ring.next(k)}});
        ring.cut(k);
        k = ring.next(k);
    }
    join_neighbours(triangles);
    return triangles;
}

namespace {

struct Span {
    Vec2 a, b;
    int edge;
    double x0() const { return std::min(a.x, b.x); }
    double x1() const { return std::max(a.x, b.x); }
};

bool apart(const Span& p, const Span& q) {
    if (std::max(p.a.z, p.b.z) < std::min(q.a.z, q.b.z) || std::max(q.a.z, q.b.z) < std::min(p.a.z, p.b.z)) return true;
    const auto one_side = [](double s, double t) { return (s > 0 && t > 0) || (s < 0 && t < 0); };
    return one_side(turn(p.a, p.b, q.a), turn(p.a, p.b, q.b)) || one_side(turn(q.a, q.b, p.a), turn(q.a, q.b, p.b));
}

/// p.b is q.a: they must not lie on each other.
bool doubles_back(const Span& p, const Span& q) {
    return turn(p.a, p.b, q.b) == 0 && (p.a.x - p.b.x) * (q.b.x - q.a.x) + (p.a.z - p.b.z) * (q.b.z - q.a.z) > 0;
}

bool touch(const Span& p, const Span& q, int edges) {
    if ((p.edge + 1) % edges == q.edge) return doubles_back(p, q);
    if ((q.edge + 1) % edges == p.edge) return doubles_back(q, p);
    return !apart(p, q);
}

}  // namespace

bool is_simple(const std::vector<Vec2>& polygon) {
    const int n = static_cast<int>(polygon.size());
    if (n < 3) return false;
    std::vector<Span> spans;
    for (int k = 0; k < n; ++k) spans.push_back({polygon[at(k)], polygon[at((k + 1) % n)], k});
    std::sort(spans.begin(), spans.end(),
              [](const Span& p, const Span& q) { return p.x0() != q.x0() ? p.x0() < q.x0() : p.edge < q.edge; });
    for (std::size_t i = 0; i < spans.size(); ++i)
        for (std::size_t j = i + 1; j < spans.size() && spans[j].x0() <= spans[i].x1(); ++j)
            if (spans[i].a == spans[i].b || touch(spans[i], spans[j], n)) return false;
    // The turn at the lowest of the leftmost corners tells which way round.
    const auto first = std::min_element(polygon.begin(), polygon.end(),
                                        [](Vec2 p, Vec2 q) { return p.x != q.x ? p.x < q.x : p.z < q.z; });
    const int k = static_cast<int>(first - polygon.begin());
    return turn(polygon[at((k + n - 1) % n)], *first, polygon[at((k + 1) % n)]) > 0;
}

}  // namespace damascene::feature
