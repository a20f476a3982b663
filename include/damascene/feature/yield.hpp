// Sputter yields: atoms (or film units) per ion against energy and angle of incidence, and what they do to corners.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "damascene/base/error.hpp"

namespace damascene::feature {

// ----------------------------------------------------------------------------------------------- at normal incidence
struct RootEnergy {  ///< A (sqrt E - sqrt Eth), E > Eth
    double amplitude = 0.0139, threshold_eV = 18;
};
struct YamamuraTawara {  ///< monatomic targets, [Yamamura & Tawara 1996]
    double ion_Z = 18, ion_mass = 39.949;
    double target_Z = 14, target_mass = 28.08, surface_binding_eV = 4.63, Q = 0.66, W = 2.32, s = 2.5;
};
using NormalYield = std::variant<RootEnergy, YamamuraTawara>;

// ------------------------------------------------------------------------------------- angle, over normal incidence
struct FlatAngle {};
struct SineSquared {  ///< (1 + B sin^2) cos
    double B = 9.3;
};
struct YamamuraAngle {  ///< t^f exp(-Sigma (t - 1)), t = 1/cos, Sigma = f cos(theta_opt)
    double f = 2, theta_opt_rad = 1.2217304763960306;
};
struct IaeaAngle {  ///< the same with cos -> cos[(pi theta / 2 theta_0)^c]; 0 from theta_0 on
    double f = 2, theta_opt_rad = 1.2217304763960306, theta_0_rad = 1.5707963267948966, c = 1;
};
using AngularYield = std::variant<FlatAngle, SineSquared, YamamuraAngle, IaeaAngle>;

struct SeparableYield {
    NormalYield normal;
    AngularYield angular;
};
/// Measured values on energy x angle, monotone cubic along both; 0 below the first energy, constant beyond the last.
struct YieldTable {
    std::vector<double> energy_eV, angle_rad;
    std::vector<double> yield;  ///< row-major, one row per energy
};
using YieldLaw = std::variant<SeparableYield, YieldTable>;

/// Per ion; 0 for cos_theta <= 0. Angles beyond 89.9 deg count as 89.9 deg.
double sputter_yield(const YieldLaw&, double energy_eV, double cos_theta);
double normal_yield(const NormalYield&, double energy_eV);
double threshold_eV(const NormalYield&);
double angular_factor(const AngularYield&, double cos_theta);

/// sqrt_sin2, yamamura_angle, yamamura_iaea (default parameters). Throws InputError (D0409) with the nearest name.
YieldLaw yield_law(std::string_view name);
/// [Yamamura & Tawara 1996] table: ions He N O Ne Ar Kr Xe, targets C Al Si Ti Ni Cu Ge Mo Hf Ta W Au.
YamamuraTawara yamamura_tawara(std::string_view ion, std::string_view target);
std::vector<std::string_view> sputter_ions();
std::vector<std::string_view> sputter_targets();
void check(const YieldTable&);  ///< throws InputError (D0703) naming the row

// ---------------------------------------------------------------------------------------------------- ion energies
struct IonEnergies {
    std::vector<double> energy_eV, weight;  ///< weights sum to 1
};
IonEnergies single_energy(double eV);
IonEnergies gaussian_energies(double mean_eV, double deviation_eV);  ///< cut at 0
IonEnergies sheath_energies(double mean_eV, double width_eV);        ///< two-peaked, of a sinusoidal sheath voltage
IonEnergies histogram_energies(std::span<const double> edges_eV, std::span<const double> counts);  ///< one more edge
double mean_yield(const YieldLaw&, const IonEnergies&, double cos_theta);

// ---------------------------------------------------------------------------------- corners under deposition + sputter
enum class CornerView {
    flat,     ///< deposition independent of orientation
    half_sky  ///< isolated convex corner: sees (1 + cos)/2 of the sky, no re-emission
};
/// D/S at which a facet of this angle stalls; D/S = (net + sputter)/sputter.
double stalling_ratio(const YieldLaw&, const IonEnergies&, double cos_theta, CornerView);
struct CriticalCorner {
    double ratio = 0, angle_rad = 0;
};
CriticalCorner critical_corner(const YieldLaw&, const IonEnergies&, CornerView);
/// Net rate of a plane at this angle under vertical ions, over the gross deposition on flat.
double facet_rate(const YieldLaw&, const IonEnergies&, double deposition_over_sputter, double cos_theta, CornerView);
double deposition_over_sputter(double net_rate, double sputter_rate);

}  // namespace damascene::feature
