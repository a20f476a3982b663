// Physical resist: exposure, post-exposure bake, dissolution rate, development front.
//
// z runs down from the top of the resist (geometry/resist_volume.hpp). Doses mJ/cm^2, A and B 1/um, C cm^2/mJ.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "damascene/geometry/resist_volume.hpp"
#include "damascene/geometry/surface.hpp"
#include "damascene/numerics/film_stack.hpp"

namespace damascene::resist {

// ---------------------------------------------------------------------------------------------------------- exposure
/// dM/dt = -C I M; alpha = A M + B. [Dill 1975]
struct Dill {
    double a_per_um = 0, b_per_um = 0, c_cm2_per_mj = 0.05;
};
/// Remaining photo-active compound M in (0, 1] at (i, j, k) of the grid after `dose`, the images giving I at unit dose.
/// Bleaching is neglected: M = exp(-C dose I). The acid of an amplified resist is 1 - M.
template <class T>
Field3<T> exposed(const ImageInDepth&, const Grid3&, const Dill&, double dose_mj_cm2);
/// The same when the resist bleaches: the light of each column is that of a clear field whose dose is the column's
/// local intensity (vertical light), solved once for a table of doses with the films' standing wave, M(z) advancing
/// in second order. Slices of `stack.films[film]` = grid.nz; real part of its index kept, k = lambda (A M + B)/(4 pi).
struct Bleaching {
    numerics::FilmStack stack;
    std::size_t film = 0;
    Length wavelength;
    int dose_steps = 40;
};
template <class T>
Field3<T> exposed_bleaching(const Image& at_top, const Grid3&, const Dill&, double dose_mj_cm2, const Bleaching&);
/// M at these depths (um) of a resist without reflection, after dose: exact. [Babu & Barouch 1986]
std::vector<double> babu_barouch(const Dill&, double dose_mj_cm2, std::span<const double> depth_um);
/// M at the middle of n slices by the solver that exposed_bleaching uses; one column.
std::vector<double> bleached_column(const Dill&, double dose_mj_cm2, int slices, const Bleaching&);

// -------------------------------------------------------------------------------------------------------------- bake
/// dh/dt = div(D grad h) - k_loss h - k_q h q;  dq/dt = div(D_q grad q) - k_q h q;  dm/dt = -k_amp h^n m;
/// D = D0 exp(a (1 - m)); D dh/dz = k_evap h at the top, no flux at the bottom; periodic in x and y.
/// h, q relative to the photo-acid generator, m the blocked (inhibiting) share.
struct Bake {
    double time_s = 60;
    double acid_diffusivity_nm2_s = 0, quencher_diffusivity_nm2_s = 0;
    double diffusivity_exponent = 0;  ///< a
    double amplification_per_s = 0.05, order = 1;
    double loss_per_s = 0, neutralisation_per_s = 0, evaporation_nm_s = 0;
    double surface_loss = 0;       ///< share of acid lost at the top before the bake (airborne base)
    double surface_depth_nm = 10;  ///< over exp(-z / depth)
    int steps = 0;                 ///< 0: until the estimated error is below `tolerance`
    double tolerance = 1e-3;       ///< of m, largest
};
template <class T>
struct Baked {
    Field3<T> acid, quencher, blocked;
    int steps = 0;
    double error = 0;             ///< estimated, of `blocked`, largest; < 0: not estimated
    bool fully_quenched = false;  ///< quencher >= acid everywhere at the start: nothing prints, worth a warning
};
/// Strang splitting: reactions in closed form, diffusion by exact separable filters (uniform D) or by implicit lines,
/// axis by axis. Second order in time; acid - quencher is conserved to rounding without losses. Without quencher and
/// with uniform D the acid is exact and `steps` counts the Gauss nodes of the integral over time. An empty
/// `quencher.values` means none.
template <class T>
Baked<T> baked(Field3<T> acid, Field3<T> quencher, const Bake&);
/// Acid after pure neutralisation for time t. [closed form]
double neutralised(double acid, double quencher, double rate_per_s, double time_s);

// -------------------------------------------------------------------------------------------------- dissolution rate
/// Rate, nm/s, of a resist with blocked share m at depth z. One file per model in src/resist/models/development/.
/// InputError from dissolution_rate for values without a meaning.
struct DevelopmentModel {
    ModelInfo info;
    double (*rate)(const ParamValues&, double blocked, double depth_nm);
    void (*check)(const ParamValues&) = nullptr;
};
const std::vector<const DevelopmentModel*>& development_models();
enum class Tone { positive, negative };
/// Rate everywhere, tabulated over m: r(m) S(z). Negative tone dissolves what is blocked: r(1 - m) S(z).
template <class T>
Field3<T> dissolution_rate(const Field3<T>& blocked, const DevelopmentModel&, const ParamValues&, Tone);

// ------------------------------------------------------------------------------------------------- development front
/// |grad t| rate = 1, t = 0 on the top: time (s) at which the developer arrives. Values beyond `until_s` are +infinity.
/// Periodic in x and y, closed at the bottom.
/// Second-order fast marching, one heap: slow truth. O(N log N).
template <class T>
Field3<T> arrival_by_marching(const Field3<T>& rate, double until_s = 1e300);
/// Fast sweeping with locked blocks in parallel: the fast path, same result to its stopping tolerance. O(N).
template <class T>
Field3<T> arrival_by_sweeping(const Field3<T>& rate, double until_s = 1e300);

/// Openings through the resist after `time_s`, per slice middle, from the bottom up (Profile: z above the substrate).
template <class T>
Profile developed_profile(const Field3<T>& arrival, double time_s);
/// The section along a cut (layout nm): resist that stands, as closed rings (x along the cut, z up from the substrate).
struct ResistSection {
    std::vector<std::vector<Vec2>> rings;
    double length_nm = 0, thickness_nm = 0;
};
template <class T>
ResistSection resist_section(const Field3<T>& arrival, double time_s, std::array<double, 4> cut_nm);
/// What an engineer reads off a section around its middle: a line (resist there) or a space (none).
struct ResistFeature {
    bool found = false, line = false;
    double cd_top_nm = 0, cd_middle_nm = 0, cd_bottom_nm = 0;  ///< at 90, 50, 10 % of the standing height
    double sidewall_deg = 0;                                   ///< mean of both, least squares over 20..80 % of height
    double height_nm = 0, top_loss_nm = 0;
    double footing_nm = 0;  ///< bottom width beyond the straight sidewall, both sides together
};
ResistFeature measure(const ResistSection&);
double width_at(const ResistSection&, double height_nm);  ///< of the feature in the middle; NaN if none
/// Negative-tone shrink: heights scaled by 1 - vertical share, openings grown by lateral share of local width.
ResistSection shrunk(const ResistSection&, double vertical_share, double lateral_share);
/// Capillary collapse of a line between spaces: critical aspect ratio from surface tension. [Tanaka 1993]
struct Collapse {
    double stress_ratio = 0;      ///< bending stress over yield stress; > 1 falls
    double deflection_ratio = 0;  ///< deflection of the top over a quarter of the space; > 1 falls
    double critical_aspect = 0;   ///< height over width at which the first of the two reaches 1
};
Collapse collapse(double width_nm, double height_nm, double space_nm, double surface_tension_n_m, double contact_deg,
                  double young_modulus_pa, double yield_stress_pa);

}  // namespace damascene::resist
