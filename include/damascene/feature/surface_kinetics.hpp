// What a surface does with a hit: rate constants, sticking laws, coverage, reactions, lattice kinetics.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace damascene::feature {

/// An activation energy with its unit: "0.3 eV" (per particle) and "28.9456 kJ/mol" are the same value.
struct ActivationEnergy {
    double eV = 0;
    static ActivationEnergy parse(std::string_view text);  ///< a bare number is refused
    static ActivationEnergy from_J_mol(double joule_per_mol);
};
double arrhenius(double prefactor, ActivationEnergy, double temperature);

/// s = min(1, A exp(-E/kT)) f(coverage).
struct StickingLaw {
    enum class Form { power, kisliuk } form = Form::power;
    double prefactor = 1;
    ActivationEnergy energy;
    double parameter = 1;  ///< power n of (1 - theta), or Kisliuk K of (1 - theta)/(1 + (K - 1) theta)
};
double sticking_probability(const StickingLaw&, double coverage, double temperature);
/// Rate proportional to H^order: s0 H^(order-1), at most 1.
double effective_sticking(double s0, double order, double arrival);

/// d theta/dt = a (1 - theta) - d theta with constant rates (1/s), exact.
double coverage_after(double coverage, double adsorption_rate, double desorption_rate, double time);
double langmuir_isotherm(double K_times_p);
double growth_speed(double sticking, double flux, double film_units_per_m3, double particles_per_unit);  ///< m/s
double film_unit_density(double mass_density, double molar_mass);                                        ///< m^-3

// ---------------------------------------------------------------------------------------------------------- reactions
using Composition = std::map<std::string, double>;  ///< element -> count; "*" is a surface site
/// "Hf(NMe2)4", "*-OH"; aliases Me, Et. Throws InputError (D0702).
Composition composition_of(std::string_view formula);
struct Reaction {
    std::vector<std::pair<double, std::string>> left, right;
};
/// "Si(OC2H5)4 + 24 O -> SiO2 + 8 CO2 + 10 H2O". Throws InputError: D0702 (syntax), D0701 (not balanced; lists each
/// element as "O: 16 left, 28 right").
Reaction parse_reaction(std::string_view text);

// ------------------------------------------------------------------------------------------------- from atoms to
// tables
double transition_state_rate(double attempt_frequency, ActivationEnergy, double temperature, double imaginary_1_s = 0);
struct ValueRange {
    double low = 0, high = 0;
};
ValueRange wilson_interval(std::int64_t successes, std::int64_t trials, double z = 1.959963984540054);

/// Values on a temperature x coverage grid, monotone cubic in both; temperature may leave the grid by 10 K at most.
struct KineticsTable {
    std::vector<double> temperature, coverage;  ///< increasing
    std::vector<double> value;                  ///< row-major, one row per temperature
    std::string source;
    bool allow_extrapolation = false;
};
double interpolate(const KineticsTable&, double temperature, double coverage);

/// Monotone cubic through (x, y) [Fritsch & Carlson 1980]; constant beyond the ends.
double monotone_cubic(const std::vector<double>& x, const std::vector<double>& y, double at);

/// Adsorption and desorption on an nx x ny periodic square lattice; desorption is sped up by exp(repulsion/kT) per
/// occupied neighbour. Rejection-free; the event and the time step are drawn independently.
struct LatticeGas {
    int nx = 4, ny = 4;
    double adsorption = 1, desorption = 1;  ///< 1/s per site
    double repulsion_kT = 0;
};
struct LatticeMean {
    double coverage = 0, standard_error = 0;
    std::int64_t events = 0;
};
/// Mean coverage at `time`, from an empty lattice, over independent runs.
LatticeMean lattice_coverage(const LatticeGas&, double time, int runs, std::uint64_t seed);
/// Time average from `settle` to `end` over independent runs.
LatticeMean lattice_equilibrium(const LatticeGas&, double settle, double end, int runs, std::uint64_t seed);
/// Dimers landing for good on free pairs of an n-ring (rate 1 per pair) until `time` (infinity: jammed).
LatticeMean dimer_coverage(int n, double time, int runs, std::uint64_t seed);

}  // namespace damascene::feature
