// Analytic mask spectra and sources shared by the imaging tests.
#pragma once

#include <cmath>
#include <complex>
#include <numbers>

#include "damascene/optics.hpp"

namespace damascene::optics::test {

using Complex = std::complex<double>;
inline constexpr double pi = std::numbers::pi;

/// A mask whose transmission depends on x only; period_y is short, so that only fy = 0 passes.
inline Spectrum2 line_mask(Length period, int band) {
    Spectrum2 m;
    m.band_x = band, m.band_y = 0;
    m.period_x = period, m.period_y = 1 * nm;
    m.coefficients.assign(static_cast<std::size_t>(m.width()), 0.0);
    return m;
}

/// Clear space of half the pitch centred at x = 0: a_0 = 1/2, a_k = sin(pi k/2)/(pi k).
inline Spectrum2 equal_lines(Length pitch, int band = 8) {
    Spectrum2 m = line_mask(pitch, band);
    for (int f = -band; f <= band; ++f) m.at(f, 0) = f == 0 ? 0.5 : std::sin(pi * f / 2) / (pi * f);
    return m;
}

/// Deterministic pseudo-random numbers in (-1, 1): fractional parts of multiples of sqrt(2), sqrt(3).
inline double shuffle(int i) {
    const double u = std::sin(12.9898 * i + 78.233) * 43758.5453;
    return 2 * (u - std::floor(u)) - 1;
}

/// A real mask with |t| <= 1: random 0/1 pixels (n x n) as exact squares, by their analytic transform.
inline Spectrum2 random_squares(Length period, int n, int band, int seed) {
    Spectrum2 m;
    m.band_x = m.band_y = band;
    m.period_x = m.period_y = period;
    m.coefficients.assign(static_cast<std::size_t>(m.width() * m.height()), 0.0);
    const auto sinc = [](double u) { return u == 0 ? 1.0 : std::sin(pi * u) / (pi * u); };
    for (int fy = -band; fy <= band; ++fy)
        for (int fx = -band; fx <= band; ++fx) {
            Complex sum = 0;
            for (int j = 0; j < n; ++j)
                for (int i = 0; i < n; ++i)
                    if (shuffle(seed * 7919 + j * n + i) > 0)
                        sum += std::polar(1.0, -2 * pi * (fx * (i + .5) + fy * (j + .5)) / n);
            m.at(fx, fy) = sum * sinc(static_cast<double>(fx) / n) * sinc(static_cast<double>(fy) / n) /
                           static_cast<double>(n * n);
        }
    return m;
}

inline Pupil immersion() { return Pupil{}; }
inline Pupil dry(double na) {
    Pupil p;
    p.na = na, p.wavelength = 193 * nm, p.n_medium = 1;
    return p;
}

inline double largest_difference(const Image& a, const Image& b) {
    double d = a.coefficients.size() == b.coefficients.size() ? 0 : 1e300;
    for (std::size_t i = 0; i < std::min(a.coefficients.size(), b.coefficients.size()); ++i)
        d = std::max(d, std::abs(a.coefficients[i] - b.coefficients[i]));
    return d;
}

}  // namespace damascene::optics::test
