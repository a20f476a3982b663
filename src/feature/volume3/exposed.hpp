// Which solid shows on the triangles of a volume's surface.
#pragma once

#include "feature/rays/mesh.hpp"
#include "feature/volume3/tiles.hpp"

namespace damascene::feature::volume3 {

/// Trilinear; outside the box the nearest place inside counts.
double interpolate(const Tiles&, Vec3 at);
std::vector<int> exposed_materials(const Volume&, const Tiles& top, const Contour3&);

}  // namespace damascene::feature::volume3
