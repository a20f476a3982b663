// Choose the mask: process corners, scores, inverse lithography, edge-fragment correction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "damascene/geometry.hpp"
#include "damascene/optics.hpp"

namespace damascene::opc {

/// Two focus states share all doses: a corner is (kernel set, intensity factor).
struct ProcessCorners {
    KernelSet focus, defocus;  ///< the same object twice when there is no defocus corner
    double dose_nominal = 1.0, dose_outer = 1.02 * 1.02, dose_inner = 0.98 * 0.98;  ///< multiply the intensity
    double threshold = 0.225, steepness = 50;
    Length diffusion_length;  ///< of the acid: the image is blurred by this Gaussian before the threshold
};
/// Contest preset on given kernels: dose 1.02/0.98 on amplitude, threshold 0.225, steepness 50.
ProcessCorners iccad13_corners(KernelSet focus, KernelSet defocus);

// ------------------------------------------------------------------------------------------------------------ scores
/// Pixel-run edge-placement sites and violations (OpenILT, LithoBench) of a printed raster against a target raster.
struct EpeSite {
    int x = 0, y = 0;
    bool vertical = true;
    int inside_sign = 1;
    bool violated_inside = false, violated_outside = false;
};
std::vector<EpeSite> pixel_run_sites(const Field2<std::uint8_t>& target);
int check_pixel_run_sites(std::vector<EpeSite>& sites, const Field2<std::uint8_t>& printed, int tolerance = 15);
/// Contour convention (Neural-ILT): edges of the target polygons, sites every 40, at most one violation per site.
struct ContourEpe {
    int violations = 0, sites = 0;
};
ContourEpe contour_epe(const Region& target, Point origin, const Field2<std::uint8_t>& printed);

struct Score {
    long l2 = 0, pvb = 0;
    int epe_violations = 0, epe_sites = 0;
    ContourEpe contour;
    long target_area = 0, mask_area = 0;
    int shots = -1;  ///< minimum rectangle partition of the mask raster
    double aerial_min = 0, aerial_max = 0;
};
/// Prints the three corners of a binary mask raster (n x n pixels of 1 nm, n = period) and counts pixels.
struct Printed {
    Field2<std::uint8_t> nominal, outer, inner;
    Image focus, defocus;
};
Printed print_corners(const Field2<std::uint8_t>& mask, const ProcessCorners&);
Score score(const Field2<std::uint8_t>& target, const Field2<std::uint8_t>& mask, const ProcessCorners&,
            Printed* = nullptr);

/// Signed edge placement errors on polygon edges by root finding on the exact image, + = printed outside [nm]. Sites in
/// the middle of equal spans of about site_pitch; no crossing within reach: found = false and epe = +-reach.
/// dark_prints: what is below the threshold prints (lines of a clear-field mask).
struct EdgePlacement {
    double x_nm = 0, y_nm = 0, nx = 0, ny = 0, epe_nm = 0;
    bool found = true;
};
std::vector<EdgePlacement> edge_placement(const Image&, double threshold, const Region& target, Length site_pitch,
                                          Length reach, bool dark_prints = false);
/// Critical dimension along a cut: distance between the threshold crossings that enclose its centre. left, right:
/// distance from the cut's start; NILS = cd |d ln I/dx| at each crossing; extremes over the whole cut.
struct CutMetrics {
    double cd_nm = 0, left_nm = 0, right_nm = 0, i_min = 0, i_max = 0, contrast = 0, nils_left = 0, nils_right = 0;
    bool found = false, bright = true;
};
CutMetrics measure_cut(const Image&, double threshold, Length x0, Length y0, Length x1, Length y1);

// ------------------------------------------------------------------------------------------------------- optimisers
struct IterationRecord {
    int iteration = 0;
    double loss = 0, l2 = 0, pvb = 0, gradient_norm = 0, seconds = 0;
};
struct IltOptions {
    int iterations = 0;  ///< 0 = default schedule
    MaskRules rules;     ///< all zero = none
};
struct MaskResult {
    Region mask;                  ///< merged polygons on `unit`
    Field2<std::uint8_t> raster;  ///< 1 nm binary
    std::vector<IterationRecord> history;
    double seconds = 0;  ///< optimiser only, wall
    bool converged = false;
    std::vector<RuleViolation> violations;  ///< by the checker on `mask`
    double assist_peak = 0;  ///< brightest assist at the outer dose in focus, in thresholds; 0 = no assists
};
/// Inverse lithography for a square periodic clip of n nm whose target raster is given.
MaskResult optimize_ilt(const Field2<std::uint8_t>& target, const ProcessCorners&, const IltOptions&,
                        const Context& = {});

struct EdgeOpcOptions {
    int iterations = 0;  ///< 0 = default schedule
    Length corner_length = 30 * nm, run_length = 50 * nm, max_shift = 40 * nm;
    MaskRules rules;
    bool assist_features = true;
};
/// Differentiable edge-fragment correction of a Manhattan target: Manhattan mask, rules held at every step.
MaskResult optimize_edges(const Region& target, Length x0, Length y0, const ProcessCorners&, const EdgeOpcOptions&,
                          const Context& = {});

// ------------------------------------------------------------------------------------------------------------- tiles
/// Layouts larger than a clip. A tile is a square core with a halo around it, imaged on the period of its kernels:
/// core side = kernel period - 2 halo. Windows are boxes in units of the region; empty = its bounding box.
struct TileOptions {
    Length halo = 600 * nm;
    int passes = 2;  ///< Schwarz passes: each sees the neighbours' last masks
    EdgeOpcOptions edge{.iterations = 60, .assist_features = false};  ///< steps per tile in the first pass, half after
};
struct TiledResult {
    Region mask;  ///< stitched, merged, on 1 nm
    std::vector<RuleViolation> violations;
    int tiles = 0, computed = 0;  ///< tile corrections asked for and done (repeated ones are taken over)
    double last_move_nm = 0;      ///< largest change of a shift in the last pass
    double seconds = 0;
};
/// Edge correction of every fragment whose middle lies in the window, tile by tile in four colours: tiles of one colour
/// share no halo, so the result does not depend on the thread count. Assist features are not placed. Memory: fragments
/// + one tile per thread.
TiledResult optimize_layout(const Region& target, Box window, const ProcessCorners&, const TileOptions&,
                            const Context& = {});
/// Calls body(core, image) for each tile of the window, row by row; image is that of core and halo, exact for the mask
/// clipped to them and repeated with the kernels' period.
void image_by_tiles(const Region& mask, Box window, const KernelSet&, Length halo,
                    const std::function<void(const Box& core, const Image&)>& body, const Context& = {});
/// edge_placement over a layout: sites of the target clipped to each tile, kept where they lie in its core.
std::vector<EdgePlacement> layout_placement(const Region& mask, const Region& target, Box window, const KernelSet&,
                                            double threshold, Length halo, Length site_pitch, Length reach,
                                            const Context& = {});

}  // namespace damascene::opc
