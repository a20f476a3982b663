// Process window: which focus and dose print the wanted size, wherever the sizes come from.
//
//   E_lo(F) <= E <= E_hi(F)   where |CD(F, E) - target| <= tolerance;   focus in nm, dose relative to nominal (1 = 100
//   %) depth of focus DOF = F2 - F1,   exposure latitude EL = (E2 - E1) / E_c,   E_c = (E1 + E2) / 2: the window's
//   centre
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "damascene/geometry.hpp"
#include "damascene/optics.hpp"

namespace damascene::opc {

/// Critical dimension [nm] at a focus [nm] and a dose; NaN where nothing prints. Threshold or physical resist.
using SizeAt = std::function<double(double focus_nm, double dose)>;
struct SizeLimits {
    double low_nm = 0, high_nm = 0;  ///< target - tolerance, target + tolerance
};

/// Focus-exposure matrix: cd_nm[focus][dose], NaN where nothing prints. Both lists rise strictly (InputError D0426).
struct FocusExposure {
    std::vector<double> focus_nm, dose;
    std::vector<std::vector<double>> cd_nm;
};
FocusExposure focus_exposure(const SizeAt&, std::vector<double> focus_nm, std::vector<double> dose);

// ------------------------------------------------------------------------------------------------------- dose limits
/// Limits at rising foci, straight in between; NaN where no dose prints inside the limits. low_by, high_by: which of
/// the overlapped bands sets the limit, 0 for a single one. dose_error: how far interpolation may have moved a limit,
/// relative; 0 when every limit is a root.
struct DoseBand {
    std::vector<double> focus_nm, low, high;
    std::vector<int> low_by, high_by;
    double dose_error = 0;
};
/// Dose nearest to `start` that prints `wanted_nm`, by stepping out in the direction `step` (+1 up, -1 down, 0 both)
/// and root finding. NaN when the size leaves the printable doses, or a factor of 16 from the start, before it is met.
double dose_for_size(const std::function<double(double dose)>& size, double wanted_nm, double start, int step = 0);
/// Roots of CD(F, E) = limits in the dose at each focus, each begun at those of its neighbour, outward from the focus
/// nearest to zero; bright (CD grows with dose) and dark features. A limit beyond which nothing prints although the
/// size is still inside is the last dose that prints.
DoseBand dose_band(const SizeAt&, SizeLimits, std::span<const double> focus_nm, double start_dose = 1);
/// From a table alone: monotone cubics in ln E [Fritsch & Carlson 1980]; dose_error = largest distance to the roots of
/// straight lines in ln E. Limits outside the table are NaN.
DoseBand dose_band(const FocusExposure&, SizeLimits);
/// Foci added half-way, by roots, until straight lines miss the limits by less than dose_tolerance (relative) and the
/// ends of the band are known to a sixteenth of their interval, or there are max_foci.
DoseBand refined(DoseBand, const SizeAt&, SizeLimits, double dose_tolerance, int max_foci);
/// Where every band prints: highest low, lowest high, on all foci and crossings, over the common range of focus.
DoseBand overlap(std::span<const DoseBand>);

// ------------------------------------------------------------------------------------------------------------ windows
enum class WindowShape { rectangle, ellipse };
/// Extent in focus and dose: a rectangle's sides, an ellipse's axes. Empty (depth 0) when nothing fits.
struct FocusDoseWindow {
    double focus_low_nm = 0, focus_high_nm = 0, dose_low = 0, dose_high = 0;
    double depth_nm() const { return focus_high_nm - focus_low_nm; }
    double best_focus_nm() const { return 0.5 * (focus_low_nm + focus_high_nm); }
    double best_dose() const { return 0.5 * (dose_low + dose_high); }
    double latitude() const { return depth_nm() > 0 ? (dose_high - dose_low) / best_dose() : 0; }
    bool empty() const { return !(depth_nm() > 0); }
};
/// The deepest window of at least this latitude (0 < latitude < 2) inside the band, exact for its straight pieces; of
/// equally deep ones the widest in dose. The ellipse's centre is searched on a grid of focus, then refined.
FocusDoseWindow deepest_window(const DoseBand&, double latitude, WindowShape = WindowShape::rectangle);
/// Latitude of the widest window of at least this depth; 0 if none.
double latitude_at(const DoseBand&, double depth_nm, WindowShape = WindowShape::rectangle);
double largest_latitude(const DoseBand&);  ///< at one focus
/// Focus interval around the given focus where the band holds the dose; empty when it does not there.
FocusDoseWindow focus_range(const DoseBand&, double dose, double focus_nm);
struct LatitudePoint {
    double latitude = 0, rectangle_nm = 0, ellipse_nm = 0;
};
/// Depth of focus against exposure latitude, from 0 to the largest, `points` equal steps.
std::vector<LatitudePoint> latitude_curve(const DoseBand&, int points = 41);

// ------------------------------------------------------------------------------------------------------- Bossung fits
enum class DoseVariable { reciprocal, logarithmic };  ///< 1 - E_s/E [Mack & Byers 2003], ln(E/E_s)
/// CD(F, E) = sum_ij a_ij x(E)^i (F/F_s)^j by least squares over the printed entries; E_s, F_s: scales of the matrix.
struct BossungFit {
    int dose_order = 0, focus_order = 0;
    DoseVariable variable = DoseVariable::reciprocal;
    double focus_scale_nm = 1, dose_scale = 1;
    std::vector<double> a;  ///< [i (focus_order + 1) + j]
    double rms_nm = 0, largest_residual_nm = 0;
    double focus_low_nm = 0, focus_high_nm = 0, dose_low = 0, dose_high = 0;  ///< of the matrix
    double operator()(double focus_nm, double dose) const;
    double slope(double focus_nm, double dose) const;      ///< dCD/dF [1]
    double curvature(double focus_nm, double dose) const;  ///< d2CD/dF2 [1/nm]
};
/// Orders are lowered to what the matrix supports; fewer than 3 foci: InputError.
BossungFit fit_bossung(const FocusExposure&, int dose_order = 3, int focus_order = 4,
                       DoseVariable = DoseVariable::reciprocal);
/// Focus where dCD/dF = 0 nearest to the middle of the matrix; NaN if none inside.
double best_focus(const BossungFit&, double dose);
/// Dose and CD where d2CD/dF2 = 0 at best focus: CD there depends least on focus. NaN if outside the matrix.
struct Isofocal {
    double dose = std::numeric_limits<double>::quiet_NaN(), cd_nm = std::numeric_limits<double>::quiet_NaN();
};
Isofocal isofocal(const BossungFit&, double focus_nm);

// ------------------------------------------------------------------------------------------------ mask and scaling
// laws
/// A straight cut between two points, layout nm.
struct CutEnds {
    double x0_nm = 0, y0_nm = 0, x1_nm = 0, y1_nm = 0;
};
/// d(CD) of a cut as the functional of the image it is: dCD = sum_f conj(d_f) dI_f, d_f over the image's band, from
/// dx = -dI / (dI/dx) at both crossings of the level. All zero when the cut does not cross a feature.
Spectrum2 size_derivative(const Image&, double level, const CutEnds&);
/// Mask error enhancement dCD_wafer / dCD_mask when every mask edge moves by half the change of the mask's CD: for the
/// adjoint spectrum of size_derivative (optics::abbe_adjoint, optics::image_adjoint). Edges on the border of the cell
/// of the adjoint are no edges. `step`: transmission inside minus outside (-1 for a clear-field mask).
double mask_error_enhancement(const Region& mask, const Spectrum2& adjoint, double step = 1);

/// k1 = half_pitch NA / lambda; smallest pitch lambda / (NA (1 + sigma)); depth of focus with k2 = 1:
/// lambda / (2 n (1 - cos theta)), sin theta = NA / n; paraxial n lambda / NA^2; dry lambda / NA^2 [Rayleigh 1896].
struct ScalingLaws {
    double k1 = 0, smallest_pitch_nm = 0, depth_nm = 0, depth_paraxial_nm = 0, depth_dry_nm = 0;
};
ScalingLaws scaling_laws(const optics::Pupil&, double sigma_max, Length half_pitch);

}  // namespace damascene::opc
