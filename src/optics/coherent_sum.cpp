// Sum of coherent systems on the exact grid; see coherent_sum.hpp.
#include "optics/coherent_sum.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "damascene/numerics.hpp"

namespace damascene::optics {
namespace {

/// e^{sign 2 pi i f x/g} with f x reduced modulo g first, so large products keep full accuracy.
Complex wave(int f, int x, int g, int sign) {
    const long reduced = static_cast<long>(f) * x % g;
    return std::polar(1.0, sign * 2 * std::numbers::pi * static_cast<double>(reduced) / g);
}

std::vector<Complex> synthesis_matrix(int band, int g) {
    std::vector<Complex> m;
    for (int x = 0; x < g; ++x)
        for (int f = -band; f <= band; ++f) m.push_back(wave(f, x, g, 1));
    return m;
}

std::vector<Complex> analysis_matrix(int band, int g) {
    std::vector<Complex> m;
    for (int f = -band; f <= band; ++f)
        for (int x = 0; x < g; ++x) m.push_back(wave(f, x, g, -1) / static_cast<double>(g));
    return m;
}

}  // namespace

BandGrid::BandGrid(int bx, int by, int gx, int gy)
    : band_x(bx),
      band_y(by),
      grid_x(gx > 0 ? gx : numerics::smooth_size(4 * bx + 1)),
      grid_y(gy > 0 ? gy : numerics::smooth_size(4 * by + 1)),
      wave_x_(synthesis_matrix(bx, grid_x)),
      wave_y_(synthesis_matrix(by, grid_y)),
      adjoint_x_(analysis_matrix(bx, grid_x)),
      adjoint_y_(analysis_matrix(by, grid_y)) {}

void BandGrid::synthesise(const Complex* coefficients, std::vector<Complex>& field) const {
    std::vector<Complex> rows(static_cast<std::size_t>(height()) * static_cast<std::size_t>(grid_x));
    multiply_transposed(height(), width(), grid_x, coefficients, wave_x_.data(), rows.data());
    field.resize(points());
    multiply(grid_y, height(), grid_x, wave_y_.data(), rows.data(), field.data());
}

void BandGrid::analyse(const std::vector<Complex>& field, Complex* coefficients) const {
    std::vector<Complex> rows(static_cast<std::size_t>(height()) * static_cast<std::size_t>(grid_x));
    multiply(height(), grid_y, grid_x, adjoint_y_.data(), field.data(), rows.data());
    multiply_transposed(height(), grid_x, width(), rows.data(), adjoint_x_.data(), coefficients);
}

std::size_t work_block(std::size_t systems, std::size_t points) {
    const std::size_t blocks =
        std::clamp<std::size_t>((std::size_t{256} << 20) / (8 * std::max<std::size_t>(points, 1)), 1, 32);
    return std::max<std::size_t>(1, (systems + blocks - 1) / blocks);
}

std::vector<double> coherent_intensity(const BandGrid& grid, std::size_t systems,
                                       const std::function<double(std::size_t)>& weight,
                                       const std::function<void(std::size_t, Complex*)>& fill) {
    const std::size_t points = grid.points(), block = work_block(systems, points),
                      blocks = (systems + block - 1) / block;
    std::vector<std::vector<double>> partial(blocks);
    parallel_blocks(systems, block, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> coefficients(grid.band_size()), field;
        std::vector<double> sum(points, 0.0);
        for (std::size_t k = begin; k < end; ++k) {
            fill(k, coefficients.data());
            grid.synthesise(coefficients.data(), field);
            const double w = weight(k);
            for (std::size_t i = 0; i < points; ++i) sum[i] += w * std::norm(field[i]);
        }
        partial[begin / block] = std::move(sum);
    });
    std::vector<double> intensity(points, 0.0);
    for (const auto& part : partial)
        for (std::size_t i = 0; i < points; ++i) intensity[i] += part[i];
    return intensity;
}

Image image_of_samples(const BandGrid& grid, std::vector<double> intensity, const Spectrum2& mask) {
    Field2<double> samples;
    samples.grid = {grid.grid_x, grid.grid_y, mask.period_x / grid.grid_x, mask.period_y / grid.grid_y,
                    mask.x0,     mask.y0};
    samples.values = std::move(intensity);
    Image image = spectrum_of_samples(samples, 2 * grid.band_x, 2 * grid.band_y);
    image.period_x = mask.period_x, image.period_y = mask.period_y, image.x0 = mask.x0, image.y0 = mask.y0;
    return image;
}

Spectrum2 band_limited(const Spectrum2& f, int band_x, int band_y) {
    Spectrum2 g;
    g.band_x = band_x, g.band_y = band_y;
    g.period_x = f.period_x, g.period_y = f.period_y, g.x0 = f.x0, g.y0 = f.y0;
    g.coefficients.assign(static_cast<std::size_t>(g.width()) * static_cast<std::size_t>(g.height()), 0.0);
    const int bx = std::min(band_x, f.band_x), by = std::min(band_y, f.band_y);
    for (int fy = -by; fy <= by; ++fy)
        for (int fx = -bx; fx <= bx; ++fx) g.at(fx, fy) = f.at(fx, fy);
    return g;
}

}  // namespace damascene::optics
