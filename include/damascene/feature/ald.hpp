// Atomic layer deposition: cycles on a flat field, doses in features (ballistic) and long channels (diffusion),
// selectivity.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/surface_kinetics.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::feature {

// --------------------------------------------------------------------------------------------------- flat, per cycle
/// Share of the sites that react per periodic cycle when both half reactions are limited: (1 - a)(1 - b)/(1 - a b),
/// a = exp(-exposure).
double cycle_fraction(double exposure_a, double exposure_b);
struct FlatPulse {
    double exposure = 0;    ///< s Gamma t / N_s
    double desorption = 0;  ///< k_d t, of what the pulse left (pulse A)
};
struct FlatCycle {
    double ready_before_a = 0, ready_after_a = 0;  ///< share of sites ready for A
    double gained = 0;                             ///< metals per site and cycle
};
FlatCycle flat_cycle(const FlatPulse& a, const FlatPulse& b);

struct FilmData {
    double mass_density = 0, molar_mass = 0;  ///< kg/m^3, kg/mol
    double metals_per_unit = 1;
};
double growth_per_cycle(double metals_per_m2, const FilmData&);  ///< m
double metals_per_cycle(double gpc_m, const FilmData&);          ///< m^-2
/// Hexagonal packing of ligand discs, m^-2, times `jamming` (1 = ordered; random_jamming = as they fall).
double steric_limit(double ligand_radius_m, double jamming = 1);
inline constexpr double random_jamming = 0.547074;

/// Pa s that coat a hole to its bottom; a = length x perimeter / (4 area) [Gordon et al. 2003].
double full_exposure(double sites_per_m2, double molar_mass, double temperature, double aspect);
/// Depth over which radicals recombine in a tube, m: d / sqrt(3 r / (1 - r/2)).
double recombination_depth(double tube_diameter, double recombination);

/// GPC(T) = GPC0 theta_A theta_B f_OH + r_condensation + r_decomposition t_A; every term Arrhenius.
struct Activated {
    double prefactor = 0;
    ActivationEnergy energy;
};
struct AldWindow {
    double gpc0_m = 1e-10, pulse_a_s = 1;
    Activated exposure_a, exposure_b;  ///< theta = 1 - exp(-exposure); prefactor 0 = saturated
    Activated dehydroxylation;         ///< f_OH = 1/(1 + value)
    Activated condensation;            ///< m per cycle; energy < 0: falls with temperature
    Activated decomposition;           ///< m/s during pulse A
};
double growth_per_cycle(const AldWindow&, double temperature);
/// Widest range where |d ln GPC / dT| < 5e-4 / K.
std::optional<ValueRange> plateau(const AldWindow&, double low_K, double high_K);

// ------------------------------------------------------------------------------------------ ballistic, any section
/// d theta/d tau = s0 (1 - theta) H - k theta,  loss per hit s0 (1 - theta) + r,  tau = Gamma0 t / N_s.
struct AldPulse {
    double sticking = 1, dose = 1;  ///< s0 of free sites; tau
    double recombination = 0;       ///< r: lost without growth
    double desorption = 0;          ///< k = k_d N_s / Gamma0; what leaves flies again
};
struct AldOptions {
    double tolerance = 1e-6;     ///< of coverage, per step
    int fixed_steps = 0;         ///< > 0: that many equal steps, no error control
    bool sensitivities = false;  ///< d coverage / d(sticking, dose, recombination, desorption)
};
struct AldDose {
    std::vector<double> coverage, arrival;           ///< per piece, at the end
    std::vector<std::vector<double>> sensitivity;    ///< [sticking, dose, recombination, desorption][piece]
    std::vector<double> dose_history, mean_history;  ///< tau, area-mean coverage
    double mean = 0, error_estimate = 0, balance_error = 0;
    int steps = 0, solves = 0;
};
/// `start` per piece, or empty: bare.
AldDose ald_dose(const ViewFactors&, const AldPulse&, std::span<const double> start = {}, const AldOptions& = {},
                 const Context& = {});
/// Metals per site and piece in the periodic state of alternating pulses.
struct AldCycle {
    std::vector<double> gained;
    int cycles = 0;
    double change = 0;  ///< of the last cycle, largest
};
AldCycle ald_cycle(const ViewFactors&, const AldPulse& a, const AldPulse& b, const AldOptions& = {},
                   const Context& = {});

// --------------------------------------------------------------------------------- long channels, with gas collisions
/// Narrow channel of height H and width W; inlet at x = 0. [Ylilammi et al. 2018]
struct AldChannel {
    double height = 0, width = 0;                              ///< m
    double temperature = 0, pressure = 0, inert_pressure = 0;  ///< K, Pa
    double molar_mass = 0, inert_molar_mass = 0;               ///< kg/mol
    double diameter = 0, inert_diameter = 0;                   ///< m
    double sticking = 0;                                       ///< c
    double equilibrium = 0;                                    ///< K, 1/Pa
    double sites = 0;                                          ///< q, m^-2
    double gpc = 0;                                            ///< m at full coverage
};
double channel_sites(double film_metals_per_unit, double precursor_metals, double mass_density, double gpc,
                     double molar_mass);
double channel_diffusivity(const AldChannel&, double pressure);  ///< Bosanquet, m^2/s
struct ChannelFront {
    double apparent_diffusivity = 0, full_depth = 0, linear_depth = 0;  ///< D (m^2/s), x_s, x_t (m)
};
ChannelFront channel_front(const AldChannel&, double time);
struct ChannelCoverage {
    std::vector<double> x, coverage, thickness;  ///< m, share, m
    double half_depth = 0;                       ///< m, where thickness is half of that at the inlet
    double error_estimate = 0;                   ///< of coverage (diffusion-reaction engine)
    int steps = 0;
};
/// Closed-form pressure, then coverage; the channel narrows by twice the film per cycle.
ChannelCoverage channel_analytic(const AldChannel&, double pulse, int cycles = 1, int points = 600);
/// Pulse (s) that coats the channel to `depth` (m): thickness there is half of that at the inlet. Closed-form engine.
double channel_pulse(const AldChannel&, double depth);
/// Diffusion with reaction, implicit finite volumes, second order in space and time; one pulse.
ChannelCoverage channel_diffusion(const AldChannel&, double pulse, double length, int cells = 600,
                                  double tolerance = 1e-4, const Context& = {});

// --------------------------------------------------------------------------------------------------- area-selective
/// Hemispherical islands on the surface that should stay bare [Kolmogorov 1937].
struct Nucleation {
    double start = 0, per_cycle = 0;  ///< nuclei m^-2, m^-2 per cycle
    double growth = 0;                ///< m per cycle
    double inhibitor = 0;             ///< coverage that suppresses nuclei
};
struct NonGrowth {
    double coverage = 0, mean_thickness = 0;  ///< share, m
};
NonGrowth non_growth(const Nucleation&, double cycles);
double selectivity(double growth_value, double non_growth_value);  ///< (g - n)/(g + n)
/// Thickness on the growth surface up to which selectivity by coverage stays above `least`, m.
double usable_thickness(const Nucleation&, double least);

}  // namespace damascene::feature
