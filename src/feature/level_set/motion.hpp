// Inner parts of move() that tests reach for.
#pragma once

#include <functional>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature::level_set {

/// automatic: local Lax-Friedrichs for speeds that depend on orientation. godunov: the wrong choice, to show it.
enum class Hamiltonian { automatic, godunov };
MotionReport move_with(Surface&, const Section&, const SurfaceSpeed&, double duration_s, const MotionOptions&,
                       Hamiltonian);

/// phi_t + u . grad phi = 0 on the whole grid (top field only): rigid motion for tests of the schemes. nm/s.
void advect(Surface&, const std::function<Vec2(Vec2)>& velocity, double duration_s, const MotionOptions&);

}  // namespace damascene::feature::level_set
