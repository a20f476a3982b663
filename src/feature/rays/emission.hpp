// Directions of particles that leave a source plane, a surface or a collision.
#pragma once

#include "damascene/feature/transport.hpp"
#include "feature/rays/intersect.hpp"

namespace damascene::feature::rays {

/// Into the half space of unit `normal`, density cos / pi, from two uniform numbers (u = 1 - cos^2, v = azimuth).
Vec3 cosine_direction(const Vec3& normal, double u, double v);
/// Uniform over the sphere.
Vec3 isotropic_direction(double u, double v);
/// Crossing law of a beam through a horizontal plane; z < 0 except for draws beyond the horizon (to be drawn again).
/// Gaussian: the angles against the vertical in the x-z and y-z planes are normal about (tilt, 0) with the spread.
Vec3 beam_direction(const Beam&, double u, double v);

}  // namespace damascene::feature::rays
