// Sum of coherent systems on the exact grid.
//   E_k(x) = sum_{|f| <= B} c_k(f) e^{2 pi i f.x/g},   I(x) = sum_k w_k |E_k(x)|^2
// Exact iff g >= 4B + 1 per axis: the intensity has band 2B and nothing wraps onto it. g is the smallest 2,3,5-smooth
// such number (72 for B = 17). Transforms are separable matrix products; cost 8 g n (g + n) flops a field, n = 2B + 1.
#pragma once

#include <functional>
#include <vector>

#include "damascene/geometry.hpp"
#include "optics/dense_algebra.hpp"

namespace damascene::optics {

class BandGrid {
  public:
    /// Grid of at least 4B + 1 points, or the stated one (tests of aliasing only).
    BandGrid(int band_x, int band_y, int grid_x = 0, int grid_y = 0);
    int width() const { return 2 * band_x + 1; }
    int height() const { return 2 * band_y + 1; }
    std::size_t band_size() const { return static_cast<std::size_t>(width()) * static_cast<std::size_t>(height()); }
    std::size_t points() const { return static_cast<std::size_t>(grid_x) * static_cast<std::size_t>(grid_y); }
    /// field[y][x] = sum_f c[fy][fx] e^{+2 pi i f.x/g}.
    void synthesise(const Complex* coefficients, std::vector<Complex>& field) const;
    /// c[fy][fx] = mean_x field[y][x] e^{-2 pi i f.x/g}.
    void analyse(const std::vector<Complex>& field, Complex* coefficients) const;

    int band_x, band_y, grid_x, grid_y;

  private:
    std::vector<Complex> wave_x_, wave_y_;        ///< [x][fx], [y][fy] = e^{2 pi i f x/g}
    std::vector<Complex> adjoint_x_, adjoint_y_;  ///< [fx][x], [fy][y] = e^{-2 pi i f x/g}/g
};

/// I as samples on the grid. fill(k, c) writes the band coefficients of system k. Same bits at any thread count.
std::vector<double> coherent_intensity(const BandGrid& grid, std::size_t systems,
                                       const std::function<double(std::size_t)>& weight,
                                       const std::function<void(std::size_t, Complex*)>& fill);

/// The intensity samples as an image of band 2B in the frame (period, origin) of the mask.
Image image_of_samples(const BandGrid& grid, std::vector<double> intensity, const Spectrum2& mask);

/// Coefficients of `f` on another band: cut or padded with zeros.
Spectrum2 band_limited(const Spectrum2& f, int band_x, int band_y);

/// Fixed number of work blocks for `systems` accumulators of `points` doubles (<= 256 MB), independent of threads.
std::size_t work_block(std::size_t systems, std::size_t points);

}  // namespace damascene::optics
