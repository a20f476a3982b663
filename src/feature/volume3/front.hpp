// Areas of a front whose kinks a mesh cuts off.
#pragma once

#include <span>
#include <vector>

#include "damascene/feature/volume3.hpp"

namespace damascene::feature::volume3 {

/// nm^2 per triangle; larger than the triangle where it cuts off a kink that the motion keeps sharp: a valley that
/// grows or a ridge that is removed. `speed` per triangle, or one value.
std::vector<double> front_areas(const TriangleMesh&, std::span<const double> speed);

}  // namespace damascene::feature::volume3
