// Compact resist: what an aerial image prints. The physical resist (exposure, bake, development) grows beside it.
#pragma once

#include <span>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::resist {

/// Image blurred by acid diffusion, Gaussian of standard deviation `diffusion_length` >= 0: the spectrum times
/// exp(-2 pi^2 sigma^2 f^2). Exact for the band-limited image.
Image diffused(const Image&, Length diffusion_length);

/// Differentiable print, Z = 1 / (1 + exp(-steepness (dose I - threshold))); spans of equal length.
void sigmoid_print(double threshold, double steepness, double dose, std::span<const double> intensity,
                   std::span<double> printed);

/// A compact model: `signal` turns the image into the field that is compared with `threshold`.
struct ResistModel {
    ModelInfo info;
    Image (*signal)(const ParamValues&, const Image&);
};
const std::vector<const ResistModel*>& resist_models();

}  // namespace damascene::resist
