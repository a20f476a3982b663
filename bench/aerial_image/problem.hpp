// Aerial image of a mask on n x n points from one kernel set, sampled on the same n x n points, single precision.
#pragma once

#include <functional>

#include "damascene/optics.hpp"
#include "numerics/aligned.hpp"

namespace damascene::bench {

using Imager = std::function<void(const AlignedFloats& mask, AlignedFloats& image)>;

Imager damascene_imager(const KernelSet&, int n);
/// One inverse transform of n x n points per kernel.
Imager full_grid_imager(const KernelSet&, int n);

}  // namespace damascene::bench
