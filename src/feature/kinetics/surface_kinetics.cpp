// Rate constants, sticking and coverage.
//
//   k = A exp(-E / k T),  E in eV per particle (1 eV = 96.48533 kJ/mol)                      [Arrhenius 1889]
//   s = min(1, A exp(-E/kT)) f(theta),  f = (1 - theta)^n  or  (1 - theta)/(1 + (K - 1) theta)  [Kisliuk 1957]
//   d theta/dt = a (1 - theta) - d theta,  steady state a/(a + d) = Kp/(1 + Kp)              [Langmuir 1918]
#include "damascene/feature/surface_kinetics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "damascene/base.hpp"
#include "damascene/feature/gas.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double boltzmann_eV_K = boltzmann_J_K / elementary_charge_C;
constexpr double joule_per_mol_of_eV = elementary_charge_C * avogadro_1_mol;
constexpr Dimension energy{.length = 2, .mass = 1, .time = -2};
constexpr Dimension molar_energy{.length = 2, .mass = 1, .time = -2, .amount = -1};

constexpr std::string_view needs_unit = R"('activation_energy' needs a unit: write "0.3 eV" or "28.9 kJ/mol")";

// Index i with x[i] <= at < x[i+1], inside the table.
std::size_t interval(const std::vector<double>& x, double at) {
    const auto above = std::upper_bound(x.begin(), x.end(), at) - x.begin();
    return static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(above - 1, 0, static_cast<std::ptrdiff_t>(x.size()) - 2));
}

double slope(const std::vector<double>& x, const std::vector<double>& y, std::size_t i) {
    return (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
}

// Weighted harmonic mean inside, one-sided three-point at the ends, limited so that the cubic stays monotone.
double end_tangent(double h0, double h1, double d0, double d1) {
    const double t = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    if (t * d0 <= 0) return 0;
    return d0 * d1 < 0 && std::abs(t) > 3 * std::abs(d0) ? 3 * d0 : t;
}

double tangent(const std::vector<double>& x, const std::vector<double>& y, std::size_t i) {
    const std::size_t n = x.size();
    if (n == 2) return slope(x, y, 0);
    if (i == 0) return end_tangent(x[1] - x[0], x[2] - x[1], slope(x, y, 0), slope(x, y, 1));
    if (i == n - 1)
        return end_tangent(x[n - 1] - x[n - 2], x[n - 2] - x[n - 3], slope(x, y, n - 2), slope(x, y, n - 3));
    const double d0 = slope(x, y, i - 1), d1 = slope(x, y, i);
    if (d0 * d1 <= 0) return 0;
    const double w0 = 2 * (x[i + 1] - x[i]) + (x[i] - x[i - 1]), w1 = (x[i + 1] - x[i]) + 2 * (x[i] - x[i - 1]);
    return (w0 + w1) / (w0 / d0 + w1 / d1);
}

}  // namespace

ActivationEnergy ActivationEnergy::parse(std::string_view text) {
    const QuantityParse parsed = parse_quantity(text);
    if (!parsed.value) throw InputError("D0202", fmt::format("'{}': {}", escape_text(text), parsed.error), parsed.help);
    if (!parsed.value->has_unit) throw InputError("D0201", std::string(needs_unit));
    if (parsed.value->dimension == energy) return {parsed.value->si / elementary_charge_C};
    if (parsed.value->dimension == molar_energy) return from_J_mol(parsed.value->si);
    throw InputError("D0203", fmt::format("'{}' is not an energy", escape_text(text)),
                     "write \"0.3 eV\" or \"28.9 kJ/mol\"");
}

ActivationEnergy ActivationEnergy::from_J_mol(double joule_per_mol) { return {joule_per_mol / joule_per_mol_of_eV}; }

double arrhenius(double prefactor, ActivationEnergy energy, double temperature) {
    require_positive("temperature", temperature, "K");
    return prefactor * std::exp(-energy.eV / (boltzmann_eV_K * temperature));
}

double sticking_probability(const StickingLaw& law, double coverage, double temperature) {
    const double bare = std::min(1.0, arrhenius(law.prefactor, law.energy, temperature));
    const double free = std::clamp(1 - coverage, 0.0, 1.0);
    if (law.form == StickingLaw::Form::power) return bare * std::pow(free, law.parameter);
    const double denominator = 1 + (law.parameter - 1) * coverage;
    return denominator > 0 ? bare * free / denominator : bare;  // K = 0: constant up to the full layer
}

double effective_sticking(double s0, double order, double arrival) {
    if (order == 1) return s0;
    return arrival > 0 ? std::min(1.0, s0 * std::pow(arrival, order - 1)) : (order > 1 ? 0.0 : 1.0);
}

double coverage_after(double coverage, double adsorption_rate, double desorption_rate, double time) {
    const double rate = adsorption_rate + desorption_rate;
    if (rate == 0) return coverage;
    const double steady = adsorption_rate / rate;
    return steady + (coverage - steady) * std::exp(-rate * time);
}

double langmuir_isotherm(double K_times_p) { return K_times_p / (1 + K_times_p); }

double growth_speed(double sticking, double flux, double film_units_per_m3, double particles_per_unit) {
    return sticking * flux / (film_units_per_m3 * particles_per_unit);
}

double film_unit_density(double mass_density, double molar_mass) { return mass_density * avogadro_1_mol / molar_mass; }

// Harmonic transition state, times Wigner's tunnelling factor 1 + (hbar omega / kT)^2 / 24 [Wigner 1932].
double transition_state_rate(double attempt_frequency, ActivationEnergy energy, double temperature, double imaginary) {
    constexpr double hbar = 1.054571817e-34;
    const double x = hbar * imaginary / (boltzmann_J_K * temperature), wigner = 1 + x * x / 24;
    require(wigner < 2, "tunnelling factor", wigner, "Wigner's correction holds below 2");
    return wigner * arrhenius(attempt_frequency, energy, temperature);
}

// [Wilson 1927]
ValueRange wilson_interval(std::int64_t successes, std::int64_t trials, double z) {
    require(trials > 0 && successes >= 0 && successes <= trials, "successes", static_cast<double>(successes),
            "allowed: 0 to the number of trials");
    const double n = static_cast<double>(trials), p = static_cast<double>(successes) / n, w = z * z / n;
    const double centre = (p + w / 2) / (1 + w), half = z * std::sqrt(p * (1 - p) / n + w / (4 * n)) / (1 + w);
    return {centre - half, centre + half};
}

double monotone_cubic(const std::vector<double>& x, const std::vector<double>& y, double at) {
    if (at <= x.front() || x.size() == 1) return y.front();
    if (at >= x.back()) return y.back();
    const std::size_t i = interval(x, at);
    const double h = x[i + 1] - x[i], t = (at - x[i]) / h, t2 = t * t, t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * y[i] + (t3 - 2 * t2 + t) * h * tangent(x, y, i) + (3 * t2 - 2 * t3) * y[i + 1] +
           (t3 - t2) * h * tangent(x, y, i + 1);
}

double interpolate(const KineticsTable& table, double temperature, double coverage) {
    require(!table.value.empty() && table.value.size() == table.temperature.size() * table.coverage.size(),
            "kinetics table", static_cast<double>(table.value.size()), "one value per temperature and coverage");
    constexpr double margin_K = 10;
    const double low = table.temperature.front(), high = table.temperature.back();
    require(table.allow_extrapolation || (temperature >= low - margin_K && temperature <= high + margin_K),
            "temperature", temperature, fmt::format("the kinetics table covers {:g} to {:g} K", low, high));
    std::vector<double> at_temperature;
    const auto n = static_cast<std::ptrdiff_t>(table.coverage.size());
    for (std::ptrdiff_t t = 0; t < static_cast<std::ptrdiff_t>(table.temperature.size()); ++t)
        at_temperature.push_back(
            monotone_cubic(table.coverage, {table.value.begin() + t * n, table.value.begin() + (t + 1) * n}, coverage));
    return monotone_cubic(table.temperature, at_temperature, temperature);
}

}  // namespace damascene::feature
