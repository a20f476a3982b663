// ALD on a flat field and its closed forms.
//
// Sites ready for A: u. Pulse A: du/dtau = -s_A u + k (1 - u); pulse B: du/dtau = s_B (1 - u). Both are linear, so a
// cycle maps u -> p + q u and its periodic state is p/(1 - q).
#include "damascene/feature/ald.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/feature/gas.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double pi = std::numbers::pi;

/// u -> shift + factor u.
struct Linear {
    double shift = 0, factor = 1;
    double operator()(double u) const { return shift + factor * u; }
};

Linear pulse_a(const FlatPulse& p) {
    const double rate = p.exposure + p.desorption;
    if (rate == 0) return {};
    return {p.desorption / rate * -std::expm1(-rate), std::exp(-rate)};
}

Linear pulse_b(const FlatPulse& p) { return {-std::expm1(-p.exposure), std::exp(-p.exposure)}; }

double value(const Activated& term, double temperature) {
    return term.prefactor == 0 ? 0 : arrhenius(term.prefactor, term.energy, temperature);
}

double saturation(const Activated& exposure, double temperature) {
    return exposure.prefactor == 0 ? 1 : -std::expm1(-value(exposure, temperature));
}

}  // namespace

double cycle_fraction(double exposure_a, double exposure_b) {
    const double full = -std::expm1(-exposure_a - exposure_b);
    return full == 0 ? 0 : std::expm1(-exposure_a) * std::expm1(-exposure_b) / full;
}

FlatCycle flat_cycle(const FlatPulse& a, const FlatPulse& b) {
    require(a.exposure > 0 && b.exposure > 0, "exposure", std::min(a.exposure, b.exposure), "allowed: greater than 0");
    const Linear after_a = pulse_a(a), after_b = pulse_b(b);
    FlatCycle cycle;
    cycle.ready_before_a = after_b(after_a.shift) / (1 - after_b.factor * after_a.factor);
    cycle.ready_after_a = after_a(cycle.ready_before_a);
    cycle.gained = cycle.ready_before_a - cycle.ready_after_a;
    return cycle;
}

double growth_per_cycle(double metals_per_m2, const FilmData& film) {
    return metals_per_m2 * film.molar_mass / (film.mass_density * avogadro_1_mol * film.metals_per_unit);
}

double metals_per_cycle(double gpc, const FilmData& film) {
    return gpc * film.mass_density * avogadro_1_mol * film.metals_per_unit / film.molar_mass;
}

// One disc per 2 sqrt(3) r^2; random sequential adsorption covers `jamming` of the area, pi r^2 each.
double steric_limit(double r, double jamming) {
    require_positive("ligand radius", r, "m");
    return jamming == 1 ? 1 / (2 * std::numbers::sqrt3 * r * r) : jamming / (pi * r * r);
}

// p t = N_s sqrt(2 pi m k T) (1 + 19 a/4 + 3 a^2/2)  [Gordon et al. 2003]
double full_exposure(double sites, double molar_mass, double temperature, double a) {
    require(a >= 0, "aspect", a, "allowed: zero or positive");
    return sites * std::sqrt(2 * pi * molar_mass / avogadro_1_mol * boltzmann_J_K * temperature) *
           (1 + 19 * a / 4 + 1.5 * a * a);
}

// Diffusion with D = d v/3 against wall loss (v/4) r/(1 - r/2) on 4/d of wall per volume  [Knoops et al. 2010].
double recombination_depth(double tube_diameter, double r) {
    require_probability("recombination", r);
    return tube_diameter / std::sqrt(3 * r / (1 - r / 2));
}

double growth_per_cycle(const AldWindow& w, double T) {
    return w.gpc0_m * saturation(w.exposure_a, T) * saturation(w.exposure_b, T) / (1 + value(w.dehydroxylation, T)) +
           value(w.condensation, T) + value(w.decomposition, T) * w.pulse_a_s;
}

std::optional<ValueRange> plateau(const AldWindow& window, double low, double high) {
    constexpr double flat_1_K = 5e-4, step = 0.5;
    std::optional<ValueRange> widest;
    double begin = low;
    bool inside = false;
    auto close = [&](double end) {
        if (inside && (!widest || end - begin > widest->high - widest->low)) widest = ValueRange{begin, end};
        inside = false;
    };
    for (double T = low; T <= high; T += step) {
        const double slope = std::log(growth_per_cycle(window, T + 0.05) / growth_per_cycle(window, T - 0.05)) / 0.1;
        if (std::abs(slope) >= flat_1_K)
            close(T - step);
        else if (!inside)
            begin = T, inside = true;
    }
    close(high);
    return widest;
}

}  // namespace damascene::feature
