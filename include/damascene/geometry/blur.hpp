// Gaussian blur of a periodic function: c_f exp(-2 pi^2 (s_x^2 f_x^2 + s_y^2 f_y^2)), s = sigma in periods.
#pragma once

#include <cmath>
#include <numbers>

#include "damascene/geometry.hpp"

namespace damascene {

/// -2 pi^2 s^2 f^2: logarithm of what a blur of s periods leaves of the wave f.
inline double log_blur(double s, int f) {
    const double a = std::numbers::pi * s * f;
    return -2 * a * a;
}
inline Spectrum2 blurred(Spectrum2 f, Length sigma_x, Length sigma_y) {
    const double sx = sigma_x / f.period_x, sy = sigma_y / f.period_y;
    for (int fy = -f.band_y; fy <= f.band_y; ++fy)
        for (int fx = -f.band_x; fx <= f.band_x; ++fx) f.at(fx, fy) *= std::exp(log_blur(sx, fx) + log_blur(sy, fy));
    return f;
}

}  // namespace damascene
