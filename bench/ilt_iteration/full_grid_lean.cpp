// A full-grid code without repetitions: 1 + 48 + 48 + 1 = 98 transforms; keeps 48 fields (1.6 GB at n = 2048).
#include <cmath>
#include <memory>

#include "common/full_grid_transform.hpp"
#include "ilt_iteration/problem.hpp"

namespace damascene::bench {
namespace {

class LeanFullGrid {
  public:
    explicit LeanFullGrid(const IltProblem& p) : problem_(p), transform_(p.n) {}

    double run(const AlignedFloats& mask, AlignedFloats& gradient) {
        ComplexField m(mask.begin(), mask.end());
        transform_.forward(m);
        const float scale = 1 / static_cast<float>(mask.size());
        for (auto& v : m) v *= scale;
        const KernelSet* states[] = {&problem_.corners.focus, &problem_.corners.defocus};
        std::vector<float> images[2];
        for (int s = 0; s < 2; ++s) images[s] = image(m, *states[s], fields_[s]);
        const double loss = differentiate(images);
        std::fill(m.begin(), m.end(), 0.0f);
        for (int s = 0; s < 2; ++s) backward(*states[s], images[s], fields_[s], m);
        transform_.inverse(m);
        for (std::size_t i = 0; i < m.size(); ++i) gradient[i] = 2 * scale * m[i].real();
        return loss;
    }

    long transforms() const { return transform_.count(); }

  private:
    template <class Body>
    void window(const KernelSet& set, int k, Body&& body) const {
        const std::complex<double>* value =
            set.kernels.data() + static_cast<std::ptrdiff_t>(k) * (2 * set.band_x + 1) * (2 * set.band_y + 1);
        for (int fy = -set.band_y; fy <= set.band_y; ++fy)
            for (int fx = -set.band_x; fx <= set.band_x; ++fx, ++value)
                body(wrapped(fx, fy, problem_.n),
                     std::complex<float>(static_cast<float>(value->real()), static_cast<float>(value->imag())));
    }

    std::vector<float> image(const ComplexField& mask, const KernelSet& set, std::vector<ComplexField>& fields) {
        fields.resize(static_cast<std::size_t>(set.count()));
        std::vector<float> intensity(mask.size(), 0.0f);
        for (int k = 0; k < set.count(); ++k) {
            ComplexField& field = fields[static_cast<std::size_t>(k)];
            field.assign(mask.size(), 0.0f);
            window(set, k, [&](std::size_t i, std::complex<float> v) { field[i] = v * mask[i]; });
            transform_.inverse(field);
            const float w = static_cast<float>(set.weights[static_cast<std::size_t>(k)]);
            for (std::size_t i = 0; i < field.size(); ++i) intensity[i] += w * std::norm(field[i]);
        }
        return intensity;
    }

    void backward(const KernelSet& set, const std::vector<float>& derivative, std::vector<ComplexField>& fields,
                  ComplexField& gradient) {
        for (int k = 0; k < set.count(); ++k) {
            ComplexField& field = fields[static_cast<std::size_t>(k)];
            for (std::size_t i = 0; i < field.size(); ++i) field[i] *= derivative[i];
            transform_.forward(field);
            const float w = static_cast<float>(set.weights[static_cast<std::size_t>(k)]);
            window(set, k, [&](std::size_t i, std::complex<float> v) { gradient[i] += w * std::conj(v) * field[i]; });
        }
    }

    double differentiate(std::vector<float> (&images)[2]) const {
        const opc::ProcessCorners& p = problem_.corners;
        const auto s = static_cast<float>(p.steepness), threshold = static_cast<float>(p.threshold);
        const float doses[] = {static_cast<float>(p.dose_nominal), static_cast<float>(p.dose_outer),
                               static_cast<float>(p.dose_inner)};
        double loss = 0;
        for (std::size_t i = 0; i < images[0].size(); ++i) {
            float z[3];
            for (int c = 0; c < 3; ++c) z[c] = 1 / (1 + std::exp(-s * (doses[c] * images[c == 2][i] - threshold)));
            const float error = z[0] - problem_.target[i], band = z[1] - z[2];
            loss += static_cast<double>(error * error + band * band);
            images[0][i] = 2 * s * (doses[0] * error * z[0] * (1 - z[0]) + doses[1] * band * z[1] * (1 - z[1]));
            images[1][i] = -2 * s * doses[2] * band * z[2] * (1 - z[2]);
        }
        return loss;
    }

    IltProblem problem_;
    FullGridTransform transform_;
    std::vector<ComplexField> fields_[2];
};

}  // namespace

IltIteration full_grid_lean_iteration(const IltProblem& p) {
    const auto code = std::make_shared<LeanFullGrid>(p);
    return {.run = [code](const AlignedFloats& mask, AlignedFloats& gradient) { return code->run(mask, gradient); },
            .transforms = [code] { return code->transforms(); }};
}

}  // namespace damascene::bench
