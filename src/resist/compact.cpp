// Lumped resist: diffusion of the latent image, then a threshold [Mack2007].
#include <cassert>
#include <cmath>

#include "damascene/geometry/blur.hpp"
#include "damascene/resist.hpp"

namespace damascene::resist {

Image diffused(const Image& image, Length diffusion_length) {
    if (!(diffusion_length >= 0 * nm)) throw InputError("D0204", "the diffusion length must be zero or positive");
    return blurred(image, diffusion_length, diffusion_length);
}

void sigmoid_print(double threshold, double steepness, double dose, std::span<const double> intensity,
                   std::span<double> printed) {
    assert(intensity.size() == printed.size());
    for (std::size_t i = 0; i < intensity.size(); ++i)
        printed[i] = 1 / (1 + std::exp(-steepness * (dose * intensity[i] - threshold)));
}

}  // namespace damascene::resist
