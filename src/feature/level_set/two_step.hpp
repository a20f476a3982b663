// Speed in the middle of a step from those at its start and at the start of the step before (Adams and Bashforth's rule
// with steps of different length):
//
//   V(t + dt/2) = V(t) + dt / (2 dt') (V(t) - V(t - dt'))          along the normals, second order in time
#pragma once

#include <span>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature::level_set {

/// `way_back_nm`: from the pieces of a section along their normals to where they came from, < 0 under growth; `ratio` =
/// dt / dt'. Where nothing of the earlier section is near, the section's own speed.
SurfaceSpeed continued_speed(const Section&, const SurfaceSpeed&, std::span<const double> way_back_nm,
                             const Section& earlier, const SurfaceSpeed& of_earlier, double ratio);

}  // namespace damascene::feature::level_set
