#include <memory>

#include "common/full_grid_transform.hpp"
#include "evaluator/problem.hpp"

namespace damascene::bench {
namespace {

std::vector<float> image(FullGridTransform& transform, const ComplexField& spectrum, const KernelSet& kernels) {
    ComplexField field(spectrum.size());
    std::vector<float> intensity(spectrum.size(), 0.0f);
    const float scale = 1 / static_cast<float>(spectrum.size());
    const std::complex<double>* value = kernels.kernels.data();
    for (double weight : kernels.weights) {
        std::fill(field.begin(), field.end(), 0.0f);
        for (int fy = -kernels.band_y; fy <= kernels.band_y; ++fy)
            for (int fx = -kernels.band_x; fx <= kernels.band_x; ++fx) {
                const std::size_t i = wrapped(fx, fy, transform.n());
                field[i] = scale * std::complex<float>(*value++) * spectrum[i];
            }
        transform.inverse(field);
        for (std::size_t i = 0; i < field.size(); ++i) intensity[i] += static_cast<float>(weight) * std::norm(field[i]);
    }
    return intensity;
}

}  // namespace

Evaluator full_grid_evaluator(const opc::ProcessCorners& corners, int n) {
    const auto transform = std::make_shared<FullGridTransform>(n);
    return [transform, corners](const Field2<std::uint8_t>& target, const Field2<std::uint8_t>& mask) {
        ComplexField spectrum(mask.values.begin(), mask.values.end());
        transform->forward(spectrum);
        const auto focus = image(*transform, spectrum, corners.focus),
                   defocus = image(*transform, spectrum, corners.defocus);
        const auto printed = [&](double dose, float intensity) {
            return static_cast<float>(dose) * intensity >= static_cast<float>(corners.threshold);
        };
        Counts counts;
        for (std::size_t i = 0; i < focus.size(); ++i) {
            counts.l2 += printed(corners.dose_nominal, focus[i]) != (target.values[i] != 0);
            counts.pvb += printed(corners.dose_outer, focus[i]) != printed(corners.dose_inner, defocus[i]);
        }
        return counts;
    };
}

}  // namespace damascene::bench
