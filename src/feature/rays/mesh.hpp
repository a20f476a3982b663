// A mesh made ready for tracing: images beyond the walls, normals, areas.
#pragma once

#include <cstdint>
#include <vector>

#include "damascene/feature/rays.hpp"
#include "feature/rays/intersect.hpp"

namespace damascene::feature::rays {

/// Triangles of the box first, then images of those that touch a wall, so that a flight that grazes a wall by rounding
/// still meets a surface.
struct ImagedMesh {
    Triangles triangles;
    std::vector<std::int32_t> parent;    ///< per triangle: the one in the box
    std::vector<std::uint8_t> mirrored;  ///< bit 0: x, bit 1: y
};
ImagedMesh with_images(const TriangleMesh&, const RayDomain&);

struct Facets {
    std::vector<Vec3> normal;  ///< unit, into the gas
    std::vector<double> area;  ///< nm^2
};
Facets facets_of(const TriangleMesh&);

/// Triangles of surfaces without a way to the sky: closed (or closed by the walls) around gas.
std::vector<bool> sealed_triangles(const TriangleMesh&);

Vec3 point_of(const TriangleMesh&, std::int32_t triangle, int corner);
Vec3 centroid_of(const TriangleMesh&, std::int32_t triangle);
/// Largest edge of the box, nm: the length that rounding is measured against.
double size_of(const RayDomain&, const TriangleMesh&);

}  // namespace damascene::feature::rays
