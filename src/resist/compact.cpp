// Lumped resist: diffusion of the latent image, then a threshold [Mack2007].
#include <cassert>
#include <cmath>
#include <numbers>

#include "damascene/resist.hpp"

namespace damascene::resist {

Image diffused(const Image& image, Length diffusion_length) {
    if (!(diffusion_length >= 0 * nm)) throw InputError("D0204", "the diffusion length must be zero or positive");
    Image result = image;
    const double a = 2 * std::numbers::pi * std::numbers::pi * diffusion_length.in(nm)*diffusion_length.in(nm);
    for (int fy = -image.band_y; fy <= image.band_y; ++fy)
        for (int fx = -image.band_x; fx <= image.band_x; ++fx) {
            const double kx = fx / image.period_x.in(nm), ky = fy / image.period_y.in(nm);
            result.at(fx, fy) *= std::exp(-a * (kx * kx + ky * ky));
        }
    return result;
}

void sigmoid_print(double threshold, double steepness, double dose, std::span<const double> intensity,
                   std::span<double> printed) {
    assert(intensity.size() == printed.size());
    for (std::size_t i = 0; i < intensity.size(); ++i)
        printed[i] = 1 / (1 + std::exp(-steepness * (dose * intensity[i] - threshold)));
}

}  // namespace damascene::resist
