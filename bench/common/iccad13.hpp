// The contest clips, masks and kernels of tests/data/iccad13.
#pragma once

#include <string>

#include "damascene/opc.hpp"
#include "numerics/aligned.hpp"

namespace damascene::bench {

inline constexpr int canvas = 2048;

KernelSet contest_kernels(const std::string& state);  ///< "focus", "defocus"
opc::ProcessCorners contest_corners();
Field2<std::uint8_t> clip(int number);  ///< exact raster, 1..10
Field2<std::uint8_t> reference_mask(int number);
/// Means over (canvas / n)^2 pixels.
AlignedFloats on_grid(const Field2<std::uint8_t>& raster, int n);

}  // namespace damascene::bench
