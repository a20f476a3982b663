// The published scheme: every kernel of every corner on the full grid. 3 x (25 + 2 x 73) = 513 transforms.
#include <cmath>
#include <memory>

#include "common/full_grid_transform.hpp"
#include "ilt_iteration/problem.hpp"

namespace damascene::bench {
namespace {

struct Corner {
    const KernelSet* kernels;
    float dose;  ///< of the amplitude
};

class FullGrid {
  public:
    explicit FullGrid(const IltProblem& p) : problem_(p), transform_(p.n) {
        const opc::ProcessCorners& c = problem_.corners;
        corners_ = {{&c.focus, amplitude(c.dose_nominal)},
                    {&c.focus, amplitude(c.dose_outer)},
                    {&c.defocus, amplitude(c.dose_inner)}};
    }

    double run(const AlignedFloats& mask, AlignedFloats& gradient) {
        std::vector<std::vector<float>> printed;
        for (const Corner& c : corners_) printed.push_back(image(mask, c));
        const double loss = differentiate(printed);
        std::fill(gradient.begin(), gradient.end(), 0.0f);
        for (std::size_t i = 0; i < corners_.size(); ++i) backward(mask, corners_[i], printed[i], gradient);
        return loss;
    }

    long transforms() const { return transform_.count(); }

  private:
    static float amplitude(double intensity_factor) { return static_cast<float>(std::sqrt(intensity_factor)); }
    std::size_t size() const { return problem_.mask.size(); }

    ComplexField spectrum(const AlignedFloats& mask, float dose) {
        ComplexField m(size());
        const float scale = dose / static_cast<float>(size());
        for (std::size_t i = 0; i < m.size(); ++i) m[i] = scale * mask[i];
        transform_.forward(m);
        return m;
    }

    /// K_k(f), or conj K_k(-f), whose field is the conjugate one.
    static std::complex<float> kernel(const KernelSet& set, int k, int fx, int fy, bool conjugate) {
        const int w = 2 * set.band_x + 1, sign = conjugate ? -1 : 1;
        const auto v =
            set.kernels[static_cast<std::size_t>((k * w + sign * fy + set.band_y) * w + sign * fx + set.band_x)];
        const std::complex<float> value(static_cast<float>(v.real()), static_cast<float>(v.imag()));
        return conjugate ? std::conj(value) : value;
    }

    /// product = K spectrum, or conj(K) spectrum.
    void multiply(const ComplexField& spectrum, const KernelSet& set, int k, bool conjugate, bool adjoint,
                  ComplexField& product) {
        std::fill(product.begin(), product.end(), 0.0f);
        for (int fy = -set.band_y; fy <= set.band_y; ++fy)
            for (int fx = -set.band_x; fx <= set.band_x; ++fx) {
                const auto value = kernel(set, k, fx, fy, conjugate);
                const std::size_t i = wrapped(fx, fy, problem_.n);
                product[i] = (adjoint ? std::conj(value) : value) * spectrum[i];
            }
    }

    std::vector<float> image(const AlignedFloats& mask, const Corner& c) {
        const ComplexField m = spectrum(mask, c.dose);
        ComplexField field(size());
        std::vector<float> intensity(size(), 0.0f);
        for (int k = 0; k < c.kernels->count(); ++k) {
            multiply(m, *c.kernels, k, false, false, field);
            transform_.inverse(field);
            const float w = static_cast<float>(c.kernels->weights[static_cast<std::size_t>(k)]);
            for (std::size_t i = 0; i < size(); ++i) intensity[i] += w * std::norm(field[i]);
        }
        return intensity;
    }

    /// Intensities of the corners -> derivatives of the loss by them; returns the loss.
    double differentiate(std::vector<std::vector<float>>& corners) const {
        const auto s = static_cast<float>(problem_.corners.steepness),
                   threshold = static_cast<float>(problem_.corners.threshold);
        double loss = 0;
        for (std::size_t i = 0; i < size(); ++i) {
            float z[3];
            for (int c = 0; c < 3; ++c)
                z[c] = 1 / (1 + std::exp(-s * (corners[static_cast<std::size_t>(c)][i] - threshold)));
            const float error = z[0] - problem_.target[i], band = z[1] - z[2];
            loss += static_cast<double>(error * error + band * band);
            corners[0][i] = 2 * s * error * z[0] * (1 - z[0]);
            corners[1][i] = 2 * s * band * z[1] * (1 - z[1]);
            corners[2][i] = -2 * s * band * z[2] * (1 - z[2]);
        }
        return loss;
    }

    void backward(const AlignedFloats& mask, const Corner& c, const std::vector<float>& derivative,
                  AlignedFloats& gradient) {
        ComplexField field(size()), product(size());
        for (bool conjugate : {true, false}) {
            const ComplexField m = spectrum(mask, c.dose);
            for (int k = 0; k < c.kernels->count(); ++k) {
                multiply(m, *c.kernels, k, conjugate, false, field);
                transform_.inverse(field);
                for (std::size_t i = 0; i < size(); ++i) field[i] *= derivative[i];
                transform_.forward(field);
                multiply(field, *c.kernels, k, conjugate, true, product);
                transform_.inverse(product);
                const float w = c.dose / static_cast<float>(size()) *
                                static_cast<float>(c.kernels->weights[static_cast<std::size_t>(k)]);
                for (std::size_t i = 0; i < size(); ++i) gradient[i] += w * product[i].real();
            }
        }
    }

    IltProblem problem_;
    FullGridTransform transform_;
    std::vector<Corner> corners_;
};

}  // namespace

IltIteration full_grid_iteration(const IltProblem& p) {
    const auto code = std::make_shared<FullGrid>(p);
    return {.run = [code](const AlignedFloats& mask, AlignedFloats& gradient) { return code->run(mask, gradient); },
            .transforms = [code] { return code->transforms(); }};
}

}  // namespace damascene::bench
