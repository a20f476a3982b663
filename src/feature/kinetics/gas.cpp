// Dilute gas: hard spheres, Maxwell distribution. SI units.
//
//   Gamma = p / sqrt(2 pi m k T)                                                                  [Knudsen 1909]
//   lambda = k T / (sqrt 2 pi d^2 p)
//   lambda_A = 1 / (sqrt 2 pi d_A^2 n_A + sum_I pi d_AI^2 n_I sqrt(1 + M_A/M_I))                 [Jeans 1925]
//   D_K = (d/3) sqrt(8 R T / pi M)                                                                [Knudsen 1909]
//   1/D = 1/D_K + 1/D_AB                                                               [Pollard & Present 1948]
//   k = (v/4) s / (1 - s/2)                                                                   [Motz & Wise 1960]
#include "damascene/feature/gas.hpp"

#include <cmath>
#include <numbers>

#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double pi = std::numbers::pi;

void require_gas(double pressure, double temperature) {
    require(pressure > 0 && pressure <= 1.1e5, "pressure", pressure, "allowed: greater than 0, at most 1.1e5 Pa");
    require(temperature >= 50 && temperature <= 2000, "temperature", temperature, "allowed: 50 to 2000 K");
}

double cross_section_term(const GasComponent& a, const GasComponent& b, bool same, double temperature) {
    const double d = (a.diameter + b.diameter) / 2, density = b.pressure / (boltzmann_J_K * temperature);
    return pi * d * d * density * (same ? std::numbers::sqrt2 : std::sqrt(1 + a.molar_mass / b.molar_mass));
}

}  // namespace

double impingement_flux(double pressure, double molar_mass, double temperature) {
    require_gas(pressure, temperature);
    require_positive("molar mass", molar_mass, "kg/mol");
    return pressure / std::sqrt(2 * pi * molar_mass / avogadro_1_mol * boltzmann_J_K * temperature);
}

double mean_speed(double molar_mass, double temperature) {
    require_positive("molar mass", molar_mass, "kg/mol");
    return std::sqrt(8 * gas_constant_J_mol_K * temperature / (pi * molar_mass));
}

double mean_free_path(double diameter, double pressure, double temperature) {
    require_gas(pressure, temperature);
    require_positive("molecule diameter", diameter, "m");
    return boltzmann_J_K * temperature / (std::numbers::sqrt2 * pi * diameter * diameter * pressure);
}

double mean_free_path(std::span<const GasComponent> mixture, std::size_t which, double temperature) {
    double inverse = 0;
    for (std::size_t i = 0; i < mixture.size(); ++i)
        inverse += cross_section_term(mixture[which], mixture[i], i == which, temperature);
    require_positive("pressure of the mixture", inverse, "Pa");
    return 1 / inverse;
}

Regime regime(double knudsen) {
    if (knudsen < 0.01) return Regime::continuum;
    if (knudsen < 0.1) return Regime::slip;
    return knudsen <= 10 ? Regime::transition : Regime::free_molecular;
}

std::string_view regime_name(Regime r) {
    constexpr std::string_view names[] = {"continuum", "slip flow", "transition", "free molecular"};
    return names[static_cast<int>(r)];
}

std::string_view regime_advice(Regime r) {
    constexpr std::string_view advice[] = {
        "molecules collide with each other long before they meet a wall: use a diffusion-reaction engine",
        "near continuum: use a diffusion-reaction engine; wall slip is neglected",
        "gas and wall collisions matter alike: use diffusion-reaction with Bosanquet's diffusivity, or rays with gas "
        "scattering",
        "wall collisions only: ballistic engines are exact"};
    return advice[static_cast<int>(r)];
}

double knudsen_diffusivity(double tube_diameter, double molar_mass, double temperature) {
    require_positive("tube diameter", tube_diameter, "m");
    return tube_diameter / 3 * mean_speed(molar_mass, temperature);
}

double bosanquet(double knudsen, double molecular) { return 1 / (1 / knudsen + 1 / molecular); }

double wall_rate(double sticking, double molar_mass, double temperature) {
    require_probability("sticking", sticking);
    return mean_speed(molar_mass, temperature) / 4 * sticking / (1 - sticking / 2);
}

// Collisionless sheath of singly charged ions [Lieberman & Lichtenberg 2005]: E = e V + k T_e/2, m v_B^2/2 = k T_e/2.
double bohm_speed(double electron_temperature_eV, double molar_mass) {
    return std::sqrt(electron_temperature_eV * elementary_charge_C * avogadro_1_mol / molar_mass);
}

double sheath_ion_energy(double mean_sheath_voltage, double electron_temperature_eV) {
    return mean_sheath_voltage + electron_temperature_eV / 2;
}

// Delta E = (8 e V~ / 3 omega s) sqrt(2 e V / M), for ions that cross the sheath in many periods.
double rf_energy_width(double rf_amplitude_V, double mean_V, double frequency_Hz, double width, double molar_mass) {
    const double speed = std::sqrt(2 * elementary_charge_C * mean_V * avogadro_1_mol / molar_mass);
    return 8 * rf_amplitude_V / (3 * 2 * pi * frequency_Hz * width) * speed;
}

double ion_spread(double ion_temperature_eV, double sheath_voltage) {
    return std::sqrt(ion_temperature_eV / (2 * sheath_voltage));
}

double cosine_power_of_spread(double spread_rad) { return 1 / (spread_rad * spread_rad); }

}  // namespace damascene::feature
