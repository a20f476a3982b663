#include <memory>

#include "aerial_image/problem.hpp"
#include "common/full_grid_transform.hpp"

namespace damascene::bench {

Imager full_grid_imager(const KernelSet& kernels, int n) {
    const auto transform = std::make_shared<FullGridTransform>(n);
    return [transform, kernels, n](const AlignedFloats& mask, AlignedFloats& image) {
        ComplexField spectrum(mask.begin(), mask.end()), field(mask.size());
        transform->forward(spectrum);
        std::fill(image.begin(), image.end(), 0.0f);
        const float scale = 1 / static_cast<float>(mask.size());
        const std::complex<double>* value = kernels.kernels.data();
        for (double weight : kernels.weights) {
            std::fill(field.begin(), field.end(), 0.0f);
            for (int fy = -kernels.band_y; fy <= kernels.band_y; ++fy)
                for (int fx = -kernels.band_x; fx <= kernels.band_x; ++fx) {
                    const std::size_t i = wrapped(fx, fy, n);
                    field[i] = scale * std::complex<float>(*value++) * spectrum[i];
                }
            transform->inverse(field);
            for (std::size_t i = 0; i < field.size(); ++i) image[i] += static_cast<float>(weight) * std::norm(field[i]);
        }
    };
}

}  // namespace damascene::bench
