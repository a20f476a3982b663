// Loss of a fragmented mask on a periodic cell and its exact derivative for every shift.
//
//   L = sum_x nominal (Zn - T)^2 + pv_band (Zo - Zi)^2,  Z = 1/(1 + e^{-s (dose I - I_th)})   [nm^2]
//   dM_f = shift_j l_j e^{-2 pi i f.c_j/L} sinc(f.e_j/L) / L^2,   dL = 2 Re sum_f conj(G_f) dM_f
//
// T is the exact coverage of a sixteenth of each loss pixel, another one in each iteration. The mask spectrum is that
// of the polygons, without a raster; the image is taken at pixel centres, which is the pixel convention of the contest
// to 1e-6 (a common half-pixel shift of mask and image). [Poonawala and Milanfar 2007; Cobb 1998 for the edge
// derivative]
#pragma once

#include <array>

#include "damascene/opc.hpp"
#include "opc/fragments.hpp"
#include "optics/band_limited.hpp"

namespace damascene::opc {

struct EdgeLoss {
    double steepness = 50;
    float nominal = 1, outer = 0, pv_band = 1;
};

struct DescentStage {
    int iterations = 0;
    double steepness_first = 20, steepness_last = 200;  ///< of the printing sigmoid, geometric in between
};

/// Where a descent of several stages stands.
struct DescentLog {
    int done = 0, total = 1;
    double started = 0;
    std::vector<IterationRecord> history;
};

double clock_seconds();

class EdgeDescent {
  public:
    EdgeDescent(const Region& target, const Cell2&, const ProcessCorners&, double loss_pixel_nm);

    double loss(const Fragments&, const EdgeLoss&, std::vector<double>& gradient);
    /// The same for any mask: gradient G with dL = 2 Re sum_f conj(G_f) dM_f.
    /// `iteration` chooses which part of each loss pixel is looked at.
    double loss(const optics::BandSpectrum& mask, const EdgeLoss&, optics::BandSpectrum& gradient, int iteration = 0);
    optics::BandSpectrum mask_spectrum(const Fragments&, Rings = Rings::all) const;
    int band() const { return imager_.band(); }
    /// {L2, PV band} of the last image in nm^2, on a quarter of the parts.
    std::array<double, 2> counts();
    /// Largest dose_outer x I of the last image in focus inside every assist ring; 0 for the other rings.
    std::vector<double> assist_peaks(const Fragments&);

    /// Heavy-ball descent, rules held at every step.
    void run(Fragments&, const MaskRules&, double max_shift_nm, const DescentStage&, DescentLog&, const Context&);

  private:
    double pixel_area() const { return cell_.side_nm * cell_.side_nm / (static_cast<double>(loss_n_) * loss_n_); }
    lanes::PrintLoss print_loss(const EdgeLoss&) const;

    Cell2 cell_;
    const ProcessCorners& corners_;
    optics::BandLimitedImager imager_;
    int loss_n_;
    optics::GridSampler sampler_;
    std::vector<AlignedFloats> targets_;
    optics::BandSpectrum gradient_, intensity_, dloss_;
};

}  // namespace damascene::opc
