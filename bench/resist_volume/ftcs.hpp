// Contender: the bake by explicit differences, forward in time and centred in space (FTCS).
#pragma once

#include "damascene/resist/physical.hpp"

namespace damascene::bench {

/// Quenched bake of order 1 without losses: seven-point Laplacian at the largest stable step, reaction in closed form
/// after each.
resist::Baked<float> ftcs_baked(Field3<float> acid, Field3<float> quencher, const resist::Bake&);

}  // namespace damascene::bench
