// Exact imaging from a kernel set, and its adjoint.
//   I(x) = sum_k w_k |E_k(x)|^2,  E_k(x) = sum_f K_k(f) M_f e^{2 pi i f.x/L}
//   G(f) = sum_k w_k conj K_k(f) mean_x [ E_k(x) D(x) e^{-2 pi i f.x/L} ],   dL = 2 Re sum_f conj G(f) dM_f
// Fields have band B and D acts only through |f| <= 2B, so g >= 4B + 1 samples per axis are exact for both: E D reaches
// 3B and what wraps lands beyond g - 3B > B. Reference: Cobb, PhD thesis, Berkeley 1998 (sum of coherent systems).
#include <cmath>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/coherent_sum.hpp"

namespace damascene::optics {
namespace {

bool agree(Length a, Length b) { return std::abs(a / b - 1) < 1e-9; }

void require_same_period(const KernelSet& set, const Spectrum2& mask) {
    if (!agree(set.period_x, mask.period_x) || !agree(set.period_y, mask.period_y))
        throw InputError(
            "D0405",
            fmt::format("a kernel set of period {:.9g} x {:.9g} nm cannot image a mask of period {:.9g} x {:.9g} nm",
                        set.period_x.in(nm), set.period_y.in(nm), mask.period_x.in(nm), mask.period_y.in(nm)),
            "make the kernels for this period, or tile the mask");
}

void require_consistent(const KernelSet& set) {
    const std::size_t size =
        static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
    if (set.kernels.size() != size * set.weights.size())
        throw InputError("D0406",
                         fmt::format("kernel set holds {} values for {} kernels of {}", set.kernels.size(),
                                     set.weights.size(), size),
                         "needs (2 band_x + 1)(2 band_y + 1) values per weight");
}

/// c(f) = K_k(f) M_f on the band of the kernels.
void filter(const KernelSet& set, const Spectrum2& mask, std::size_t k, Complex* c) {
    const std::size_t size = mask.coefficients.size();
    const Complex* kernel = set.kernels.data() + k * size;
    for (std::size_t i = 0; i < size; ++i) c[i] = kernel[i] * mask.coefficients[i];
}

}  // namespace

Image image(const KernelSet& set, const Spectrum2& mask) {
    require_consistent(set);
    require_same_period(set, mask);
    const Spectrum2 passed = band_limited(mask, set.band_x, set.band_y);
    const BandGrid grid(set.band_x, set.band_y);
    auto intensity = coherent_intensity(
        grid, set.weights.size(), [&](std::size_t k) { return set.weights[k]; },
        [&](std::size_t k, Complex* c) { filter(set, passed, k, c); });
    return image_of_samples(grid, std::move(intensity), mask);
}

Spectrum2 image_adjoint(const KernelSet& set, const Spectrum2& mask, const Spectrum2& dloss_dimage) {
    require_consistent(set);
    require_same_period(set, mask);
    const Spectrum2 passed = band_limited(mask, set.band_x, set.band_y);
    const BandGrid grid(set.band_x, set.band_y);
    const Field2<double> d =
        sample_period(band_limited(dloss_dimage, 2 * set.band_x, 2 * set.band_y), grid.grid_x, grid.grid_y);
    const std::size_t size = grid.band_size(), count = set.weights.size();
    const std::size_t block = work_block(count, 2 * size), blocks = (count + block - 1) / block;
    std::vector<std::vector<Complex>> partial(blocks);
    parallel_blocks(count, block, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> c(size), field, sum(size, 0.0);
        for (std::size_t k = begin; k < end; ++k) {
            filter(set, passed, k, c.data());
            grid.synthesise(c.data(), field);
            for (std::size_t i = 0; i < field.size(); ++i) field[i] *= d.values[i];
            grid.analyse(field, c.data());
            const Complex* kernel = set.kernels.data() + k * size;
            for (std::size_t i = 0; i < size; ++i) sum[i] += set.weights[k] * std::conj(kernel[i]) * c[i];
        }
        partial[begin / block] = std::move(sum);
    });
    Spectrum2 gradient = band_limited(mask, set.band_x, set.band_y);
    std::fill(gradient.coefficients.begin(), gradient.coefficients.end(), 0.0);
    for (const auto& part : partial)
        for (std::size_t i = 0; i < size; ++i) gradient.coefficients[i] += part[i];
    return band_limited(gradient, mask.band_x, mask.band_y);
}

double open_frame_intensity(const KernelSet& set) {
    require_consistent(set);
    const std::size_t size =
        static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
    double sum = 0;
    for (std::size_t k = 0; k < set.weights.size(); ++k)
        sum += set.weights[k] * std::norm(set.kernels[k * size + size / 2]);
    return sum;
}

KernelSet scaled_to_open_frame(KernelSet set, double intensity) {
    const double now = open_frame_intensity(set);
    if (!(intensity > 0) || !std::isfinite(intensity) || !(now > 0))
        throw InputError("D0204", fmt::format("open-frame intensity {} (now {}) cannot be reached", intensity, now),
                         "needs an intensity > 0 and kernels that pass f = 0");
    const double factor = intensity / now;
    for (double& w : set.weights) w *= factor;
    if (set.truncation_bound >= 0) set.truncation_bound *= factor;
    return set;
}

KernelSet resized(const KernelSet& set, int band_x, int band_y) {
    require_consistent(set);
    KernelSet out = set;
    out.band_x = band_x, out.band_y = band_y, out.kernels.clear();
    Spectrum2 kernel;
    kernel.band_x = set.band_x, kernel.band_y = set.band_y;
    const std::size_t size = static_cast<std::size_t>(kernel.width()) * static_cast<std::size_t>(kernel.height());
    for (std::size_t k = 0; k < set.weights.size(); ++k) {
        const auto first = set.kernels.begin() + static_cast<std::ptrdiff_t>(k * size);
        kernel.coefficients.assign(first, first + static_cast<std::ptrdiff_t>(size));
        for (int fy = -set.band_y; fy <= set.band_y; ++fy)
            for (int fx = -set.band_x; fx <= set.band_x; ++fx)
                if ((std::abs(fx) > band_x || std::abs(fy) > band_y) && kernel.at(fx, fy) != 0.0)
                    throw InputError("D0407",
                                     fmt::format("kernels of band {} x {} do not fit a band of {} x {}", set.band_x,
                                                 set.band_y, band_x, band_y),
                                     "ask for a wider support; kernels are never interpolated or cut");
        const Spectrum2 wide = band_limited(kernel, band_x, band_y);
        out.kernels.insert(out.kernels.end(), wide.coefficients.begin(), wide.coefficients.end());
    }
    return out;
}

}  // namespace damascene::optics
