// Loss of a fragmented mask on a periodic cell and its exact derivative for every shift.
//
//   L = sum_x nominal (Zn - T)^2 + pv_band (Zo - Zi)^2,  Z = 1/(1 + e^{-s (dose I - I_th)})   [nm^2]
//   dM_f = shift_j l_j e^{-2 pi i f.c_j/L} sinc(f.e_j/L) / L^2,   dL = 2 Re sum_f conj(G_f) dM_f
//
// T is the exact coverage of the loss pixels. The mask spectrum is that of the polygons, without a raster; the image is
// taken at pixel centres, which is the pixel convention of the contest to 1e-6 (a common half-pixel shift of mask and
// image). [Poonawala and Milanfar 2007; Cobb 1998 for the edge derivative]
#pragma once

#include <memory>

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
    double steepness_first = 20, steepness_last = 100;  ///< geometric in between
    double step = 1;                                    ///< times the width of the printing sigmoid
};

class EdgeDescent {
  public:
    EdgeDescent(const Region& target, const Cell2&, const ProcessCorners&, double loss_pixel_nm);

    double loss(const Fragments&, const EdgeLoss&, std::vector<double>& gradient);
    /// {L2, PV band} of the last image in nm^2, to one loss pixel along the contour.
    std::array<double, 2> counts();
    /// Largest dose_outer x I in focus over the box of a ring of the last image.
    double brightest(const Fragments&, std::size_t ring);

    /// Heavy-ball descent, rules held at every step.
    void run(Fragments&, const MaskRules&, double max_shift_nm, const DescentStage&, std::vector<IterationRecord>&,
             const Context&);
    double gradient_norm() const { return gradient_norm_; }

  private:
    void image(const Fragments&);
    lanes::PrintLoss print_loss(const EdgeLoss&) const;

    Cell2 cell_;
    const ProcessCorners& corners_;
    optics::BandLimitedImager imager_;
    int loss_n_;
    optics::GridSampler sampler_;
    AlignedFloats target_;
    optics::BandSpectrum mask_, gradient_, intensity_, dloss_;
    double gradient_norm_ = 0;
};

}  // namespace damascene::opc
