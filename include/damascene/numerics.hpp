// Numerical tools of the house: discrete Fourier transforms, general and for the optical band.
#pragma once

#include <complex>
#include <span>
#include <vector>

namespace damascene::numerics {

/// X_k = sum_j x_j exp(sign 2 pi i j k / n), in place, any n >= 1, not normalised. sign = -1 analysis, +1 synthesis.
/// O(n log n) for smooth n. Rounding ~1e-16 log n relative.
void fft(std::span<std::complex<double>> data, int sign);

/// The same along both axes of a row-major ny x nx array, rows and columns in parallel.
void fft2(std::span<std::complex<double>> data, int nx, int ny, int sign);

/// Smallest n >= at_least whose prime factors are 2, 3 and 5.
int smooth_size(int at_least);

}  // namespace damascene::numerics
