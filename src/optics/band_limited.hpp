// Band-limited imaging on the minimal grid, in single precision, with its exact adjoint: the engine under every
// optimiser.
//
//   E_k(u) = sum_{|f| <= B} K_k(f) M_f e^{2 pi i f.u/g},   I_s(u) = sum_k w_sk |E_k(u)|^2     on g >= 4B + 1 points
//   I has band 2B, so 69 samples per period (B = 17) carry it exactly; any finer grid is reached by zero padding.
//   Adjoint: G(f) = sum_k w_k conj K_k(f) sum_u E_k(u) D_g(u) e^{-2 pi i f.u/g},  dL = 2 Re sum_f conj(G_f) dM_f.
//
// Two focus states travel together: I_0 + i I_1 is one complex function. Against double precision: 2e-6 relative for I,
// 5e-6 for G (tests/optics). Cost at B = 17, 24 + 24 kernels: one forward and one adjoint are about 640 transforms of
// 72 points over 16 lanes.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "damascene/geometry.hpp"
#include "numerics/aligned.hpp"
#include "numerics/lanes.hpp"

namespace damascene::optics {

/// A complex spectrum [fy][fx][2], centred, single precision.
struct BandSpectrum {
    int band = 0;
    AlignedFloats values;
    explicit BandSpectrum(int b = 0)
        : band(b), values(2 * static_cast<std::size_t>(2 * b + 1) * static_cast<std::size_t>(2 * b + 1), 0.0f) {}
    int width() const { return 2 * band + 1; }
};

class BandLimitedImager {
  public:
    /// States 0 and 1 (focus, defocus); each keeps its first `max_kernels` kernels (0 = all). Same period; bands are
    /// padded to the widest. Intensities are blurred by a Gaussian of standard deviation `diffusion_length` (acid
    /// diffusion): a factor exp(-2 pi^2 sigma^2 f^2) on both ways.
    BandLimitedImager(const KernelSet& focus, const KernelSet& defocus, int max_kernels = 0,
                      Length diffusion_length = Length());
    int band() const { return plan_.band; }
    int grid() const { return plan_.grid; }

    /// Spectrum (band 2B) of I_0 + i I_1. Keeps the fields for adjoint().
    void image(const BandSpectrum& mask, BandSpectrum& intensity);
    /// d_intensity: sum over the n x n loss samples of (D_0 + i D_1) e^{-2 pi i f x/n}, band 2B. Returns G, band B.
    void adjoint(const BandSpectrum& d_intensity, BandSpectrum& gradient);

  private:
    void diffuse(BandSpectrum& f) const;  ///< times the diffusion's factor, band 2B
    lanes::FieldPlan plan_;
    std::vector<float> diffusion_;  ///< factor along one axis, |f| <= 2B; empty = none
    AlignedFloats columns_, fields_, intensity_;
};

/// Samples two band-limited functions on n x n points (n a multiple of 32), in column blocks of 16.
class GridSampler {
  public:
    GridSampler(int n, int band);
    int n() const { return plan_.n; }
    /// Loss over the grid; dloss = spectrum of its derivative (unnormalised sum). target, weight: row-major n x n.
    double print_loss(const lanes::PrintLoss&, const BandSpectrum& intensity, const float* target, BandSpectrum& dloss,
                      const float* weight = nullptr);
    /// {L2, PV band} in grid points.
    std::array<std::int64_t, 2> print_counts(const lanes::PrintLoss&, const BandSpectrum& intensity,
                                             const float* target);
    /// Row-major samples of both functions.
    void sample(const BandSpectrum& f, float* first, float* second);
    /// Transpose of sample (sum, not mean).
    void project(const float* first, const float* second, BandSpectrum& f);

  private:
    template <class Body>
    void columns(const BandSpectrum& f, Body&& body);
    lanes::FftPlan plan_;
    int band_;
    AlignedFloats strip_;
};

/// Spectrum of a real n x n field, |f| <= band, and the band-limited synthesis back; n a multiple of 32.
class RealTransform {
  public:
    RealTransform(int n, int band);
    int n() const { return plan_.n; }
    /// sum_j field_j e^{-2 pi i f j/n} (not normalised).
    void analyse(const float* field, BandSpectrum& spectrum);
    /// field_j = sum_f c_f e^{2 pi i f j/n} of a Hermitian spectrum.
    void synthesise(const BandSpectrum& spectrum, float* field);

  private:
    lanes::FftPlan plan_;
    int band_;
    AlignedFloats strip_;
};

/// f -> f e^{2 pi i f.shift}, shift in periods (negative undoes).
void shift(BandSpectrum& f, double x_periods, double y_periods);
inline void shift(BandSpectrum& f, double periods) { shift(f, periods, periods); }

}  // namespace damascene::optics
