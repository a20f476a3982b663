// Compact resist: what an aerial image prints.
#pragma once

#include <span>

#include "damascene/geometry.hpp"

namespace damascene::resist {

/// Printed where dose x intensity >= threshold (clear-field units).
struct ThresholdResist { double threshold = 0.225; };
/// Differentiable stand-in: 1 / (1 + exp(-steepness (dose I - threshold))).
struct SigmoidResist { double threshold = 0.225, steepness = 50; };
void print(const SigmoidResist&, double dose, std::span<const double> intensity, std::span<double> printed);

}  // namespace damascene::resist
