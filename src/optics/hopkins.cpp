// Hopkins imaging: the direct bilinear sum over the transmission cross coefficients, without truncation.
//   T(f1, f2) = sum_s w_s P(f1 + f_s) P*(f2 + f_s) / sum_s w_s |P(f_s)|^2,   I_D = sum_f T(f + D, f) M_{f+D} M*_f
// Only lexicographically non-negative D are summed: I_{-D} = I_D*. T is streamed in row blocks T = A A^H with
// A_{f,s} = sqrt(w_s) P(f + f_s); cost n_f^2/2 (4 N_s + 4) multiply-adds. Reference: Hopkins, Proc. R. Soc. A 217
// (1953) 408.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/clipped_disc.hpp"
#include "optics/coherent_sum.hpp"
#include "optics/illumination.hpp"

namespace damascene::optics {
namespace {

/// Fills T(f_i, f_j) for begin <= i < end, 0 <= j < end, row-major with `end` columns.
using TransmissionRows = std::function<void(std::size_t begin, std::size_t end, std::vector<Complex>& rows)>;

Image empty_image(const Spectrum2& mask, int band_x, int band_y) {
    Image image = band_limited(mask, 2 * band_x, 2 * band_y);
    std::fill(image.coefficients.begin(), image.coefficients.end(), 0.0);
    return image;
}

void fill_conjugate_half(Image& image) {
    const std::size_t n = image.coefficients.size(), centre = n / 2;
    for (std::size_t i = 1; i <= centre; ++i)
        image.coefficients[centre - i] = std::conj(image.coefficients[centre + i]);
    image.coefficients[centre] = image.coefficients[centre].real();
}

/// Orders in row-major sequence: i >= j implies that f_i - f_j is lexicographically non-negative in (fy, fx).
Image bilinear_image(const Spectrum2& mask, const std::vector<Order>& orders, int band_x, int band_y,
                     const TransmissionRows& transmission) {
    const std::size_t n = orders.size();
    const Spectrum2 passed = band_limited(mask, band_x, band_y);
    Image image = empty_image(mask, band_x, band_y);
    const std::size_t block = std::max<std::size_t>(48, work_block(n, 2 * image.coefficients.size())),
                      blocks = (n + block - 1) / block;
    std::vector<std::vector<Complex>> partial(blocks);
    parallel_blocks(n, block, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> rows;
        transmission(begin, end, rows);
        Image sum = empty_image(mask, band_x, band_y);
        for (std::size_t i = begin; i < end; ++i) {
            const Complex m = passed.at(orders[i].fx, orders[i].fy);
            for (std::size_t j = 0; j <= i; ++j)
                sum.at(orders[i].fx - orders[j].fx, orders[i].fy - orders[j].fy) +=
                    rows[(i - begin) * end + j] * m * std::conj(passed.at(orders[j].fx, orders[j].fy));
        }
        partial[begin / block] = std::move(sum.coefficients);
    });
    for (const auto& part : partial)
        for (std::size_t i = 0; i < part.size(); ++i) image.coefficients[i] += part[i];
    fill_conjugate_half(image);
    return image;
}

std::vector<Complex> shifted_pupils(const std::vector<Order>& orders, const Source& source, const Pupil& pupil,
                                    double ux, double uy, double clear) {
    const std::size_t columns = source.points.size();
    require_memory(orders.size() * columns * sizeof(Complex), "Hopkins matrix");
    std::vector<Complex> a(orders.size() * columns);
    parallel_for(orders.size(), [&](std::size_t i) {
        for (std::size_t s = 0; s < columns; ++s) {
            const SourcePoint& p = source.points[s];
            a[i * columns + s] =
                std::sqrt(p.weight / clear) * pupil_value(pupil, orders[i].fx * ux + p.sx, orders[i].fy * uy + p.sy);
        }
    });
    return a;
}

void require_plain(const Pupil& pupil) {
    const bool aberrated =
        std::any_of(pupil.zernike_waves.begin(), pupil.zernike_waves.end(), [](double w) { return w != 0; });
    if (pupil.defocus.si() != 0 || pupil.obscuration != 0 || pupil.obliquity || aberrated)
        throw InputError(
            "D0408", "the exact circular transmission needs a plain pupil in focus",
            "set defocus, obscuration, obliquity and Zernikes to zero, or use hopkins() with a sampled source");
}

}  // namespace

Image hopkins(const Spectrum2& mask, const Source& source, const Pupil& pupil) {
    const int bx = mask_band(source, pupil, mask.period_x), by = mask_band(source, pupil, mask.period_y);
    const auto orders = passed_orders(source, pupil, mask.period_x, mask.period_y);
    const auto a = shifted_pupils(orders, source, pupil, order_step(pupil, mask.period_x),
                                  order_step(pupil, mask.period_y), clear_field(source, pupil));
    const int points = static_cast<int>(source.points.size());
    return bilinear_image(mask, orders, bx, by, [&](std::size_t begin, std::size_t end, std::vector<Complex>& rows) {
        rows.resize((end - begin) * end);
        multiply_adjoint(static_cast<int>(end - begin), points, static_cast<int>(end),
                         a.data() + begin * static_cast<std::size_t>(points), a.data(), rows.data());
    });
}

double tcc_circular_exact(double sigma, std::array<double, 2> f1, std::array<double, 2> f2) {
    if (sigma == 0) return std::hypot(f1[0], f1[1]) <= 1 && std::hypot(f2[0], f2[1]) <= 1 ? 1.0 : 0.0;
    return common_area({{0, 0, sigma}, {-f1[0], -f1[1], 1}, {-f2[0], -f2[1], 1}}) / (std::numbers::pi * sigma * sigma);
}

Image hopkins_exact_circular(const Spectrum2& mask, double sigma, const Pupil& pupil) {
    require_plain(pupil);
    if (!(sigma >= 0) || !std::isfinite(sigma))
        throw InputError("D0204", fmt::format("source sigma = {} is out of range", sigma), "needs sigma >= 0");
    Source rim;  // spans the same band as the disc
    rim.points = {{sigma, 0, 1}};
    const int bx = mask_band(rim, pupil, mask.period_x), by = mask_band(rim, pupil, mask.period_y);
    const auto orders = passed_orders(rim, pupil, mask.period_x, mask.period_y);
    const double ux = order_step(pupil, mask.period_x), uy = order_step(pupil, mask.period_y);
    const double clear = tcc_circular_exact(sigma, {0, 0}, {0, 0});
    return bilinear_image(mask, orders, bx, by, [&](std::size_t begin, std::size_t end, std::vector<Complex>& rows) {
        rows.assign((end - begin) * end, 0.0);
        for (std::size_t i = begin; i < end; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                rows[(i - begin) * end + j] = tcc_circular_exact(sigma, {orders[i].fx * ux, orders[i].fy * uy},
                                                                 {orders[j].fx * ux, orders[j].fy * uy}) /
                                              clear;
    });
}

}  // namespace damascene::optics
