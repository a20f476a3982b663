// A clip of lines and holes as light in a resist film: the input of the resist benchmarks.
#pragma once

#include "damascene/resist/physical.hpp"

namespace damascene::bench {

/// Side length, plan samples per side, slices of 1 nm.
struct Clip {
    Grid3 grid;
    ImageInDepth light;
};
/// A pattern that repeats every 2 um on side_um x side_um with cells of `cell_nm`, film of `slices` nm; 193 nm,
/// NA 1.35, coherent, apodised. Standing wave of contrast 0.3 and absorption 1.2 / um at 16 Chebyshev depths.
Clip resist_clip(int cells, double cell_nm, int slices);

}  // namespace damascene::bench
