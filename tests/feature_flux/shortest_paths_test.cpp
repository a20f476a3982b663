// Taut strings against the shortest way through the graph of all visible pairs of corners.
#include "feature/flux/shortest_paths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

double turn(Vec2 a, Vec2 b, Vec2 c) { return (b.x - a.x) * (c.z - a.z) - (b.z - a.z) * (c.x - a.x); }

bool inside(const std::vector<Vec2>& p, Vec2 q) {
    bool in = false;
    for (std::size_t i = 0, j = p.size() - 1; i < p.size(); j = i++)
        if ((p[i].z > q.z) != (p[j].z > q.z) && q.x < (p[j].x - p[i].x) * (q.z - p[i].z) / (p[j].z - p[i].z) + p[i].x)
            in = !in;
    return in;
}

/// The chord lies in the polygon: no edge crosses it and its middle is inside (corners in general position).
bool sees(const std::vector<Vec2>& p, std::size_t a, std::size_t b) {
    const std::size_t n = p.size();
    if ((a + 1) % n == b || (b + 1) % n == a) return true;
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t l = (k + 1) % n;
        if (k == a || k == b || l == a || l == b) continue;
        if (turn(p[a], p[b], p[k]) * turn(p[a], p[b], p[l]) < 0 && turn(p[k], p[l], p[a]) * turn(p[k], p[l], p[b]) < 0)
            return false;
    }
    return inside(p, {0.5 * (p[a].x + p[b].x), 0.5 * (p[a].z + p[b].z)});
}

std::vector<std::vector<double>> by_graph(const std::vector<Vec2>& p) {
    const std::size_t n = p.size();
    std::vector<std::vector<double>> d(n, std::vector<double>(n, std::numeric_limits<double>::infinity()));
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b < n; ++b)
            if (a == b || sees(p, a, b)) d[a][b] = std::hypot(p[a].x - p[b].x, p[a].z - p[b].z);
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t a = 0; a < n; ++a)
            for (std::size_t b = 0; b < n; ++b) d[a][b] = std::min(d[a][b], d[a][k] + d[k][b]);
    return d;
}

TEST(ShortestPaths, EqualThoseOfTheVisibilityGraph) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        std::vector<Vec2> polygon;
        for (const Piece& p : shapes::reentrant(seed, 60, Side::open).pieces) polygon.push_back(p.a);
        polygon.push_back({6.1, 3.3}), polygon.push_back({-0.1, 3.4});
        const auto truth = by_graph(polygon);
        const ShortestPaths paths(polygon);
        ShortestPaths::Funnel funnel = paths.funnel();
        std::vector<double> distance;
        std::vector<int> last;
        for (std::size_t a = 0; a < polygon.size(); ++a) {
            paths.from(static_cast<int>(a), funnel, distance, last);
            for (std::size_t b = 0; b < polygon.size(); ++b) EXPECT_NEAR(distance[b], truth[a][b], 1e-12) << seed;
        }
    }
}

TEST(ShortestPaths, TrianglesFillThePolygon) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        std::vector<Vec2> p;
        for (const Piece& q : shapes::reentrant(seed, 200, Side::open).pieces) p.push_back(q.a);
        p.push_back({6, 9}), p.push_back({0, 9});
        double area = 0, filled = 0;
        for (std::size_t i = 0, j = p.size() - 1; i < p.size(); j = i++)
            area += 0.5 * (p[j].x * p[i].z - p[i].x * p[j].z);
        const auto triangles = triangulate(p);
        ASSERT_EQ(triangles.size(), p.size() - 2);
        for (const PolygonTriangle& t : triangles) {
            const double part =
                0.5 * turn(p[static_cast<std::size_t>(t.corner[0])], p[static_cast<std::size_t>(t.corner[1])],
                           p[static_cast<std::size_t>(t.corner[2])]);
            EXPECT_GT(part, -1e-12);
            filled += part;
        }
        EXPECT_NEAR(filled, area, 1e-10);
    }
}

}  // namespace
}  // namespace damascene::feature
