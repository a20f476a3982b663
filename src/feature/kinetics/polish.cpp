// Chemical-mechanical planarisation by effective density [Stine et al. 1997], SI.
//
//   up areas: K/rho until the step is gone at t = rho h/K, then K;   rho = layout density * Gaussian
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "damascene/feature/film_flow.hpp"
#include "damascene/numerics.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

// Fourier transform of a Gaussian of standard deviation sigma, at index f of n cells.
double damping(int f, int n, double pitch, double sigma) {
    const int signed_f = f <= n / 2 ? f : f - n;
    const double k = 2 * std::numbers::pi * signed_f / (n * pitch);
    return std::exp(-0.5 * k * k * sigma * sigma);
}

}  // namespace

std::vector<double> effective_density(std::span<const double> density, int nx, int ny, double pitch, double length) {
    require(nx > 0 && ny > 0 && density.size() == static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny), "cells",
            static_cast<double>(density.size()), "one density per cell");
    require_positive("pitch", pitch, "m");
    require_positive("planarisation length", length, "m");
    for (double d : density) require(d >= 0 && d <= 1, "layout density", d, "allowed: 0 to 1");
    std::vector<std::complex<double>> spectrum(density.begin(), density.end());
    numerics::fft2(spectrum, nx, ny, -1);
    for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x)
            spectrum[static_cast<std::size_t>(y * nx + x)] *=
                damping(x, nx, pitch, length / 2) * damping(y, ny, pitch, length / 2) / (double(nx) * ny);
    numerics::fft2(spectrum, nx, ny, +1);
    std::vector<double> result(density.size());
    std::transform(spectrum.begin(), spectrum.end(), result.begin(),
                   [](auto c) { return std::clamp(c.real(), 0.0, 1.0); });
    return result;
}

double step_clear_time(double density, double step, double blanket_rate) {
    require(density >= 0 && density <= 1, "density", density, "allowed: 0 to 1");
    require_positive("blanket rate", blanket_rate, "m/s");
    return density * step / blanket_rate;
}

PolishedStep polished(double density, double step, double blanket_rate, double time) {
    const double clear = step_clear_time(density, step, blanket_rate);
    if (time < clear) {
        const double removed = blanket_rate * time / density;
        return {removed, step - removed, 0};
    }
    const double after = blanket_rate * (time - clear);
    return {step + after, 0, after};
}

}  // namespace damascene::feature
