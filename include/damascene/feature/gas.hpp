// The gas above a surface: impingement, mean free paths, regimes, diffusivities. SI throughout.
#pragma once

#include <span>
#include <string_view>

namespace damascene::feature {

inline constexpr double boltzmann_J_K = 1.380649e-23, gas_constant_J_mol_K = 8.314462618,
                        avogadro_1_mol = 6.02214076e23, elementary_charge_C = 1.602176634e-19;

/// One component: molar mass (kg/mol), hard-sphere diameter (m), partial pressure (Pa).
struct GasComponent {
    double molar_mass = 0, diameter = 0, pressure = 0;
};

double impingement_flux(double pressure, double molar_mass, double temperature);  ///< m^-2 s^-1
double mean_speed(double molar_mass, double temperature);                         ///< m/s
double mean_free_path(double diameter, double pressure, double temperature);      ///< one gas, m
/// Component `which` among all (itself included).
double mean_free_path(std::span<const GasComponent> mixture, std::size_t which, double temperature);

enum class Regime { continuum, slip, transition, free_molecular };
/// Bounds 0.01, 0.1, 10 of Kn = mean free path over the smallest open width.
Regime regime(double knudsen);
std::string_view regime_name(Regime);
/// Which engine to trust, one sentence.
std::string_view regime_advice(Regime);

double knudsen_diffusivity(double tube_diameter, double molar_mass, double temperature);  ///< m^2/s
double bosanquet(double knudsen, double molecular);                                       ///< 1/D = 1/D_K + 1/D_AB
/// First-order wall rate of a continuum boundary, m/s, with the Motz-Wise correction 1 - s/2. Never for ballistic
/// engines.
double wall_rate(double sticking, double molar_mass, double temperature);

// ------------------------------------------------------------------------------------------------------------ sheath
double bohm_speed(double electron_temperature_eV, double molar_mass);                  ///< m/s
double sheath_ion_energy(double mean_sheath_voltage, double electron_temperature_eV);  ///< eV, singly charged
double rf_energy_width(double rf_amplitude_V, double mean_V, double frequency_Hz, double width,
                       double molar_mass);                            ///< eV
double ion_spread(double ion_temperature_eV, double sheath_voltage);  ///< rad per component, sqrt(kTi / 2 e Vs)
double cosine_power_of_spread(double spread_rad);                     ///< n = 1/sigma^2

}  // namespace damascene::feature
