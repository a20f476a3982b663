// Edge-fragment correction of a Manhattan target by exact gradients.
//
// The drawn edges are cut into fragments (opc/fragments.hpp); every shift follows the negative gradient of the printing
// loss (opc/edge_descent.hpp) by heavy-ball steps, with the mask rules held as box and pair limits at every step.
// Assist features start where a grey assist mask grows (opc/assist.hpp); their edges then move like all others, and an
// assist that comes within 10 % of printing at the outer dose is shrunk or dropped. The result is rounded to 1 nm and
// mended until the independent checker finds nothing. [Cobb 1998; Banerjee, Li and Nassif, ICCAD 2013 for the scores]
#include <algorithm>
#include <cmath>

#include "damascene/opc.hpp"
#include "opc/assist.hpp"
#include "opc/edge_descent.hpp"

namespace damascene::opc {
namespace {

constexpr int default_iterations = 200, main_share = 4, quiet_iterations = 15, quiet_rounds = 6;
constexpr double loss_pixel_nm = 4, shortest_nm = 5, assist_lattice_nm = 32, assist_keep_out_nm = 50,
                 assist_corner_nm = 60, assist_run_nm = 120, assist_step_nm = 3, printing_margin = 0.9;
constexpr DescentStage coarse{0, 20, 40}, fine{0, 20, 200}, last{0, 200, 200};

DescentStage with_iterations(DescentStage stage, int iterations) {
    stage.iterations = iterations;
    return stage;
}

void require_edge_clip(const Region& target, const ProcessCorners& corners) {
    if (!is_manhattan(target))
        throw InputError("D0318", "edge correction needs a target of axis-parallel edges",
                         "use inverse lithography (ilt) for targets with sloped edges");
    if (corners.focus.period_x != corners.focus.period_y || corners.focus.band_x != corners.focus.band_y ||
        corners.focus.band_x != corners.defocus.band_x || corners.focus.period_x != corners.defocus.period_x)
        throw InputError("D0312",
                         "edge correction needs kernels of one square period and one band for both focus states",
                         "make both kernel sets for the same square period (damascene kernels)");
}

/// Rings of axis-parallel edges, shifted by whole nm.
void append_assists(Fragments& fragments, const Region& seeds) {
    Fragments assists = fragmented(seeds, assist_corner_nm, assist_run_nm);
    for (Fragment& f : assists.all) f.assist = true;
    for (std::size_t r = 0; r < assists.rings(); ++r)
        fragments.append_ring({assists.all.begin() + static_cast<std::ptrdiff_t>(assists.ring_begin[r]),
                               assists.all.begin() + static_cast<std::ptrdiff_t>(assists.ring_begin[r + 1])});
}

/// Draws the edges of a ring inward and keeps them from growing back.
void shrink(Fragments& f, std::size_t ring) {
    for (std::size_t i = f.ring_begin[ring]; i < f.ring_begin[ring + 1]; ++i) {
        f.all[i].high_nm = f.all[i].shift_nm - assist_step_nm;
        f.all[i].low_nm = std::min(f.all[i].low_nm, f.all[i].high_nm);
        f.all[i].shift_nm = f.all[i].high_nm;
    }
}

class ClipCorrection {
  public:
    ClipCorrection(const Region& target, const Cell2& cell, const ProcessCorners& corners,
                   const EdgeOpcOptions& options, const Context& context)
        : target_(target),
          cell_(cell),
          corners_(corners),
          options_(options),
          context_(context),
          max_shift_nm_(options.max_shift.in(nm)),
          descent_(target, cell, corners, loss_pixel_nm),
          fragments_(fragmented(target, options.corner_length.in(nm), options.run_length.in(nm))) {
        log_.started = clock_seconds();
    }

    MaskResult run() {
        const int iterations = options_.iterations > 0 ? options_.iterations : default_iterations;
        log_.total = iterations + (options_.assist_features ? iterations / main_share : 0);
        limit();
        if (options_.assist_features) seed(iterations / main_share);
        descend(with_iterations(fine, iterations));
        if (options_.assist_features) quieten();
        MaskResult result;
        result.violations = mend(fragments_, options_.rules, result.mask);
        if (options_.assist_features) result.assist_peak = drop_printing(result);
        result.history = std::move(log_.history);
        result.converged = true;
        return result;
    }

  private:
    void limit() {
        const MaskRules& r = options_.rules;
        limit_shifts(fragments_, max_shift_nm_, std::max({r.min_edge.in(nm), r.min_width.in(nm), shortest_nm}));
    }
    void descend(const DescentStage& stage) {
        descent_.run(fragments_, options_.rules, max_shift_nm_, stage, log_, context_);
    }

    void seed(int iterations) {
        descend(with_iterations(coarse, iterations));
        const double lattice =
            std::max({assist_lattice_nm, options_.rules.min_width.in(nm), options_.rules.min_space.in(nm)});
        append_assists(fragments_,
                       assist_seeds(descent_, fragments_, target_, cell_, lattice, assist_keep_out_nm, context_));
        limit();
    }

    /// Rings whose peak exceeds the margin.
    std::vector<std::size_t> printing(const std::vector<double>& peaks) const {
        std::vector<std::size_t> rings;
        for (std::size_t r = 0; r < peaks.size(); ++r)
            if (peaks[r] > printing_margin * corners_.threshold) rings.push_back(r);
        return rings;
    }

    std::vector<double> peaks() {
        std::vector<double> unused;
        descent_.loss(fragments_, {}, unused);
        return descent_.assist_peaks(fragments_);
    }

    /// Shrinks assists that nearly print, with a few steps of descent in between for the main pattern.
    void quieten() {
        for (int round = 0; round < quiet_rounds; ++round) {
            const std::vector<std::size_t> bright = printing(peaks());
            if (bright.empty()) return;
            for (std::size_t r : bright) shrink(fragments_, r);
            descend(with_iterations(last, quiet_iterations));
        }
    }

    /// Removes the assists that still print too nearly; returns the brightest that stays, in thresholds.
    double drop_printing(MaskResult& result) {
        std::vector<double> peak = peaks();
        for (std::vector<std::size_t> bright = printing(peak); !bright.empty(); bright = printing(peak = peaks())) {
            for (std::size_t k = bright.size(); k-- > 0;) fragments_.erase_ring(bright[k]);
            result.violations = mend(fragments_, options_.rules, result.mask);
        }
        return peak.empty() ? 0 : *std::max_element(peak.begin(), peak.end()) / corners_.threshold;
    }

    const Region& target_;
    Cell2 cell_;
    const ProcessCorners& corners_;
    const EdgeOpcOptions& options_;
    const Context& context_;
    double max_shift_nm_;
    EdgeDescent descent_;
    Fragments fragments_;
    DescentLog log_;
};

/// Pixels of 1 nm whose centre is inside.
Field2<std::uint8_t> clip_raster(const Region& mask, const Cell2& cell) {
    const int n = static_cast<int>(std::lround(cell.side_nm));
    const Point origin{static_cast<std::int32_t>(std::lround(cell.x0_nm)),
                       static_cast<std::int32_t>(std::lround(cell.y0_nm))};
    return binary_raster(mask, origin, n, n, RasterRule::exact);
}

}  // namespace

MaskResult optimize_edges(const Region& drawn, Length x0, Length y0, const ProcessCorners& corners,
                          const EdgeOpcOptions& options, const Context& context) {
    require_edge_clip(drawn, corners);
    const double started = clock_seconds();
    const Cell2 cell{x0.in(nm), y0.in(nm), corners.focus.period_x.in(nm)};
    const Region target = merged(drawn);
    MaskResult result = ClipCorrection(target, cell, corners, options, context).run();
    result.seconds = clock_seconds() - started;
    result.raster = clip_raster(result.mask, cell);
    return result;
}

}  // namespace damascene::opc
