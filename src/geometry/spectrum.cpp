// Periodic band-limited functions: exact sampling, point values, and the way back.
//
//   f(x, y) = sum_{|fx| <= Bx, |fy| <= By} c(fx, fy) exp(2 pi i (fx (x - x0)/Lx + fy (y - y0)/Ly))
//
// Samples on nx x ny >= (2Bx+1) x (2By+1) points per period carry f without loss; both directions are exact to
// rounding.
#include <cassert>
#include <cmath>
#include <numbers>

#include "damascene/geometry.hpp"
#include "damascene/numerics.hpp"

namespace damascene {
namespace {

using Complex = std::complex<double>;
constexpr double two_pi = 2 * std::numbers::pi;

/// e^{i phase f} for f = -band..band.
std::vector<Complex> phase_ramp(double phase, int band) {
    std::vector<Complex> ramp(static_cast<std::size_t>(2 * band + 1));
    for (int f = -band; f <= band; ++f) ramp[static_cast<std::size_t>(f + band)] = std::polar(1.0, phase * f);
    return ramp;
}

std::size_t wrapped(int f, int n) { return static_cast<std::size_t>(f < 0 ? f + n : f); }

}  // namespace

ValueGradient value_gradient_at(const Spectrum2& f, Length x, Length y) {
    const double kx = two_pi / f.period_x.in(nm), ky = two_pi / f.period_y.in(nm);
    const auto ex = phase_ramp(kx * (x - f.x0).in(nm), f.band_x), ey = phase_ramp(ky * (y - f.y0).in(nm), f.band_y);
    Complex value = 0, d_dx = 0, d_dy = 0;
    const Complex* c = f.coefficients.data();
    for (int fy = -f.band_y; fy <= f.band_y; ++fy) {
        Complex row = 0, row_dx = 0;
        for (int fx = -f.band_x; fx <= f.band_x; ++fx, ++c) {
            const Complex term = *c * ex[static_cast<std::size_t>(fx + f.band_x)];
            row += term;
            row_dx += term * static_cast<double>(fx);
        }
        const Complex phase = ey[static_cast<std::size_t>(fy + f.band_y)];
        value += row * phase;
        d_dx += row_dx * phase;
        d_dy += row * phase * static_cast<double>(fy);
    }
    return {value.real(), -kx * d_dx.imag(), -ky * d_dy.imag()};
}

double value_at(const Spectrum2& f, Length x, Length y) { return value_gradient_at(f, x, y).value; }

Field2<double> sample_period(const Spectrum2& f, int nx, int ny) {
    assert(nx >= f.width() && ny >= f.height());
    Field2<double> samples;
    samples.grid = {nx, ny, f.period_x / nx, f.period_y / ny, f.x0, f.y0};
    samples.values.resize(samples.grid.size());
    // Columns of the band first (height ny each), then every row.
    std::vector<Complex> columns(static_cast<std::size_t>(f.width()) * static_cast<std::size_t>(ny));
    parallel_for(static_cast<std::size_t>(f.width()), [&](std::size_t ix) {
        std::span<Complex> column(columns.data() + ix * static_cast<std::size_t>(ny), static_cast<std::size_t>(ny));
        for (int fy = -f.band_y; fy <= f.band_y; ++fy)
            column[wrapped(fy, ny)] = f.at(static_cast<int>(ix) - f.band_x, fy);
        numerics::fft(column, +1);
    });
    parallel_blocks(static_cast<std::size_t>(ny), 16, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> row(static_cast<std::size_t>(nx));
        for (std::size_t y = begin; y < end; ++y) {
            std::fill(row.begin(), row.end(), 0.0);
            for (int fx = -f.band_x; fx <= f.band_x; ++fx)
                row[wrapped(fx, nx)] =
                    columns[static_cast<std::size_t>(fx + f.band_x) * static_cast<std::size_t>(ny) + y];
            numerics::fft(row, +1);
            for (int x = 0; x < nx; ++x)
                samples.values[y * static_cast<std::size_t>(nx) + static_cast<std::size_t>(x)] =
                    row[static_cast<std::size_t>(x)].real();
        }
    });
    return samples;
}

Spectrum2 spectrum_of_samples(const Field2<double>& samples, int band_x, int band_y) {
    const int nx = samples.grid.nx, ny = samples.grid.ny;
    assert(nx >= 2 * band_x + 1 && ny >= 2 * band_y + 1);
    Spectrum2 f{band_x, band_y, samples.grid.dx * nx, samples.grid.dy * ny, samples.grid.x0, samples.grid.y0, {}};
    f.coefficients.resize(static_cast<std::size_t>(f.width()) * static_cast<std::size_t>(f.height()));
    std::vector<Complex> columns(static_cast<std::size_t>(f.width()) * static_cast<std::size_t>(ny));
    parallel_blocks(static_cast<std::size_t>(ny), 16, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> row(static_cast<std::size_t>(nx));
        for (std::size_t y = begin; y < end; ++y) {
            for (std::size_t x = 0; x < row.size(); ++x) row[x] = samples.values[y * row.size() + x];
            numerics::fft(row, -1);
            for (int fx = -band_x; fx <= band_x; ++fx)
                columns[static_cast<std::size_t>(fx + band_x) * static_cast<std::size_t>(ny) + y] =
                    row[wrapped(fx, nx)];
        }
    });
    const double scale = 1.0 / (static_cast<double>(nx) * ny);
    parallel_for(static_cast<std::size_t>(f.width()), [&](std::size_t ix) {
        std::span<Complex> column(columns.data() + ix * static_cast<std::size_t>(ny), static_cast<std::size_t>(ny));
        numerics::fft(column, -1);
        for (int fy = -band_y; fy <= band_y; ++fy)
            f.at(static_cast<int>(ix) - band_x, fy) = scale * column[wrapped(fy, ny)];
    });
    return f;
}

}  // namespace damascene
