// Two planes that meet stay sharp when they move towards each other (a shock), but the contour of a grid cuts the kink
// off by a chamfer of up to a cell. A chamfer and the two strips it replaces have the same boundary, hence the same
// vector area:
//
//   A n = A1 n1 + A2 n2   ->   A1 + A2 = A (a + b),  n = a n1 + b n2
//
// with the normals n1, n2 of the planes beside it. A kink that the motion rounds (a fan) is left as it is meshed.
#include "feature/volume3/front.hpp"

#include <algorithm>
#include <cmath>

#include "damascene/base/parallel.hpp"
#include "feature/rays/mesh.hpp"

namespace damascene::feature::volume3 {
namespace {

using rays::Vec3;

constexpr double sharp = 0.7;     ///< cosine between two planes that make a kink: 45 deg
constexpr double beside = 0.966;  ///< cosine from a chamfer to a plane beside it: 15 deg
constexpr double out_of_plane = 0.2;

struct Ring {  // triangles at every point, compressed
    std::vector<std::size_t> begin;
    std::vector<std::int32_t> triangle;
};
Ring ring_of(const TriangleMesh& mesh) {
    Ring ring{std::vector<std::size_t>(mesh.points.size() + 1), {}};
    for (const auto& t : mesh.triangles)
        for (std::int32_t p : t) ++ring.begin[static_cast<std::size_t>(p) + 1];
    for (std::size_t p = 0; p < mesh.points.size(); ++p) ring.begin[p + 1] += ring.begin[p];
    ring.triangle.resize(ring.begin.back());
    std::vector<std::size_t> next(ring.begin.begin(), ring.begin.end() - 1);
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (std::int32_t p : mesh.triangles[t])
            ring.triangle[next[static_cast<std::size_t>(p)]++] = static_cast<int>(t);
    return ring;
}

/// a + b where n = a n1 + b n2 with both above 0; 1 where the three do not lie in one plane.
double widening(const Vec3& n, const Vec3& n1, const Vec3& n2) {
    const double c = dot(n1, n2), u = dot(n, n1), v = dot(n, n2), s = 1 - c * c;
    const double a = (u - c * v) / s, b = (v - c * u) / s;
    const Vec3 rest = n - a * n1 - b * n2;
    return a > 0 && b > 0 && length(rest) <= out_of_plane ? a + b : 1;
}

/// The planes beside triangle t on the other side of a kink: rising (`toward` = 1) or falling (-1) away from it.
double factor_of(const TriangleMesh& mesh, const Ring& ring, const std::vector<Vec3>& normal, std::size_t t,
                 double toward) {
    const Vec3 n = normal[t], at = rays::centroid_of(mesh, static_cast<std::int32_t>(t));
    std::array<std::int32_t, 64> planes{};
    std::size_t count = 0;
    for (std::int32_t p : mesh.triangles[t])
        for (std::size_t k = ring.begin[static_cast<std::size_t>(p)]; k < ring.begin[static_cast<std::size_t>(p) + 1];
             ++k) {
            const std::int32_t u = ring.triangle[k];
            if (count == planes.size() || dot(normal[static_cast<std::size_t>(u)], n) > beside) continue;
            if (toward * dot(rays::centroid_of(mesh, u) - at, n) > 0) planes[count++] = u;
        }
    double most = sharp, factor = 1;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const Vec3 &n1 = normal[static_cast<std::size_t>(planes[i])],
                       &n2 = normal[static_cast<std::size_t>(planes[j])];
            if (const double c = dot(n1, n2); c < most && c > -0.9) {
                if (const double w = widening(n, n1, n2); w > 1) most = c, factor = w;
            }
        }
    return factor;
}

}  // namespace

std::vector<double> front_areas(const TriangleMesh& mesh, std::span<const double> speed) {
    const rays::Facets facets = rays::facets_of(mesh);
    const Ring ring = ring_of(mesh);
    std::vector<double> out = facets.area;
    parallel_for(out.size(), [&](std::size_t t) {
        const double v = speed.size() == 1 ? speed[0] : speed[t];
        if (v != 0) out[t] *= factor_of(mesh, ring, facets.normal, t, v > 0 ? 1 : -1);
    });
    return out;
}

}  // namespace damascene::feature::volume3
