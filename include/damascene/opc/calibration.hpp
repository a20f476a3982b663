// Calibration: parameters of a process model from measured sizes, by bounded weighted least squares.
//
//   S(p) = sum_i rho(r_i^2) + sum_j ((p_j - prior_j) / tau_j)^2,   r_i = sqrt(w_i) (y_i(p) - m_i) / sigma_i
//   cov p = (J^T J)^-1 at the best p, J_ij = dr_i/dp_j             [Bates & Watts 1988, ch. 2]
// y and m: model and measurement (sizes: nm), sigma_i: standard deviation of one measurement, w_i: weight.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/opc/process_window.hpp"

namespace damascene::opc {

struct Prior {
    double value = 0, sigma = 0;
};
/// One free parameter. spread: half-width around `start` from which further starts are drawn; 0 = the whole range.
struct FitParameter {
    std::string name;
    double start = 0, low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    double spread = 0;
    std::optional<Prior> prior = {};
};
/// One measurement. anchor: always fitted, never held out.
struct Measurement {
    double value = 0, sigma = 1, weight = 1;
    bool anchor = false, hold_out = false;
};
/// values(p): one per measurement, NaN where the model has none (a feature that does not print). jacobian(p):
/// d values / d p [point x parameter]; absent: central differences.
struct FitModel {
    std::function<std::vector<double>(std::span<const double> p)> values;
    std::function<std::vector<double>(std::span<const double> p)> jacobian = {};
};
/// rho(s): none s; huber s for s <= a^2, else 2 a sqrt(s) - a^2; cauchy a^2 ln(1 + s/a^2)   [Huber 1964; Holland &
/// Welsch 1977].
enum class RobustLoss { none, huber, cauchy };
struct FitOptions {
    RobustLoss loss = RobustLoss::none;
    double loss_scale = 0;      ///< a, in sigmas; 0: 95 % efficiency on normal noise (huber 1.345, cauchy 2.385)
    bool sigma_known = true;    ///< false: sigmas are relative, their scale is estimated from the residuals
    int starts = 1;             ///< the given start and keyed draws around it
    double hold_out_share = 0;  ///< of the measurements that are no anchors, besides those marked hold_out
    int folds = 0;              ///< of the cross-validation; 0 = none
    int max_iterations = 200;   ///< of one start
    double tolerance = 1e-12;   ///< relative change of p at which a start has converged
    std::uint64_t seed = 1;
};

struct FitValue {
    std::string name;
    double value = 0, standard_error = 0;
    double low95 = 0, high95 = 0;  ///< normal quantile when sigmas are known, Student t otherwise
    bool at_bound = false, identified = true;
};
/// A combination of parameters that the measurements do not determine: p_j + t * step_j changes no value by more than
/// their noise, although it crosses the allowed range. part: unit vector in columns of J scaled to length 1.
struct WeakDirection {
    std::vector<double> part;
    double singular = 0;
    std::string text;  ///< "dose and threshold trade off: 0.71 dose + 0.71 threshold"
};
struct Fit {
    bool converged = false;
    int iterations = 0;
    std::vector<double> history;  ///< S of every iteration of the best start
    std::vector<FitValue> values;
    std::vector<double> covariance, correlation;  ///< [parameter x parameter]
    std::vector<double> singular_values;          ///< of J with columns of length 1, falling
    std::vector<WeakDirection> weak;
    std::vector<double> model, residual;  ///< per measurement; residual = model - measurement
    std::vector<bool> held_out;
    double sum = 0;              ///< S
    int degrees_of_freedom = 0;  ///< fitted measurements + priors - parameters
    double reduced_chi2 = 0;     ///< sum of r^2 / degrees of freedom
    double quantile = 0;         ///< intervals: value +- quantile x standard error
    bool student = false;
    double rms = 0, hold_out_rms = std::numeric_limits<double>::quiet_NaN(),
           cross_validation_rms = std::numeric_limits<double>::quiet_NaN();  ///< of model - measurement, weighted
    std::vector<double> start_sums;                                          ///< S reached from every start
};
/// InputError naming the parameters: fewer fitted measurements (and priors) than parameters, a sigma that is not
/// positive, bounds that do not enclose the start, values missing at every start.
Fit fit(const FitModel&, std::span<const FitParameter>, std::span<const Measurement>, const FitOptions& = {},
        const Context& = {});

/// d values / d p by central differences with halved steps and Richardson's extrapolation, inside the bounds.
std::vector<double> difference_jacobian(const FitModel&, std::span<const FitParameter>, std::span<const double> p);
/// Which of n measurements are held out: round(share x n), drawn by key, sorted; the marked ones always.
std::vector<bool> held_out(std::span<const Measurement>, double share, std::uint64_t seed);
/// Two-sided 95 % quantile of Student's t; degrees <= 0: of the normal distribution.
double quantile95(int degrees_of_freedom);

// ------------------------------------------------------------------------------------------- sizes of a compact model
/// One measured cut on one mask. dose: relative to nominal; focus adds to the defocus of the pupil. bright: what prints
/// at the middle of the cut; absent: either.
struct SizeGauge {
    std::size_t mask = 0;
    CutEnds cut;
    double dose = 1, focus_nm = 0;
    std::optional<bool> bright = {};
};
/// A free parameter of the compact model: a quantity of the resist, or of the optics.
struct CompactTerm {
    enum class Kind { threshold, diffusion_nm, dose, defocus_nm, zernike_waves, optics };
    Kind kind = Kind::threshold;
    int zernike = 0;  ///< index into zernike_waves
    /// optics: puts its value, one of all of p, into source and pupil; derivatives by differences of images with
    /// `step`.
    std::function<void(std::span<const double> p, optics::Source&, optics::Pupil&)> apply = {};
    double step = 0;
};
/// Printed where dose_i dose (I * G_diffusion) reaches the threshold; exact Abbe images. Masks must hold the band of
/// every source and pupil that the terms can make.
struct CompactSizes {
    std::vector<Spectrum2> masks;
    optics::Source source;
    optics::Pupil pupil;
    std::vector<SizeGauge> gauges;
    std::vector<CompactTerm> terms;
    double threshold = 0.225, diffusion_nm = 0, dose = 1;  ///< where not free
    std::size_t source_points = 0;  ///< > 0: source cells at the pupil edge are refined for each mask up to so many
};
/// Images are kept for the last optics, so that resist parameters cost no imaging.
FitModel fit_model(CompactSizes, const Context& = {});

}  // namespace damascene::opc
