// Films that flow and films that are polished: spin-on, levelling, chemical-mechanical planarisation. SI throughout.
#pragma once

#include <span>
#include <vector>

#include "damascene/base/context.hpp"

namespace damascene::feature {

struct Liquid {
    double viscosity = 0.01, surface_tension = 0.03, density = 1000;  ///< Pa s, N/m, kg/m^3
};

/// Thickness after spinning without evaporation [Emslie, Bonner & Peck 1958], m. rate = revolutions per second.
double spun_thickness(double initial, const Liquid&, double rate, double time);
/// Decay rate (1/s) of a ripple of wavenumber k on a film of mean thickness h over a flat base [Orchard 1962]; and its
/// limit for k h << 1.
double levelling_rate(const Liquid&, double wavenumber, double thickness);
double lubrication_levelling_rate(const Liquid&, double wavenumber, double thickness);

/// Film over topography, cell values on an even grid between mirrors; slopes well below 1.
struct Levelled {
    std::vector<double> thickness;
    int steps = 0;
    double steepest = 0;      ///< largest slope of the final surface
    double volume_error = 0;  ///< relative
};
/// dh/dt + d/dx [h^3/(3 eta) (gamma d^3(h + z)/dx^3 + f)] = 0; body_force (N/m^3) drives outward: rho omega^2 r.
Levelled levelled(std::span<const double> thickness, std::span<const double> base, double dx, const Liquid&,
                  double time, double body_force = 0, double tolerance = 1e-5, const Context& = {});
/// 1 - step of the top over step of the base.
double planarisation_degree(std::span<const double> thickness, std::span<const double> base);
inline constexpr double cure_shrinkage = 0.85;  ///< cured over spun thickness, remembered value

// ---------------------------------------------------------------------------------------------------------- polishing
/// Layout density on nx x ny cells (row-major, periodic), each `pitch` wide, averaged with a Gaussian of standard
/// deviation length / 2 [Stine et al. 1997].
std::vector<double> effective_density(std::span<const double> density, int nx, int ny, double pitch, double length);
struct PolishedStep {
    double up_removed = 0, step_left = 0, down_removed = 0;  ///< m
};
/// Up areas are removed at K / density until the step is gone, then everything at K.
PolishedStep polished(double density, double step, double blanket_rate, double time);
double step_clear_time(double density, double step, double blanket_rate);

}  // namespace damascene::feature
