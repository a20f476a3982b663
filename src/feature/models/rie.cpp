// Reactive ion etching: neutrals adsorb, ions and the neutrals themselves carry the product away.
//
//   V = -(1/n) [ G_i <Y_sp cos> + theta (G_i <Y_ie cos> + k) ],   theta = [1 + (k + G_i Y_ie)/(s G_n)]^-1
//
// theta: share of sites covered by the neutral, steady state; s (1 - theta): its effective sticking; k: spontaneous
// etching, per area and time at full coverage; n: atoms per volume. The rate falls with aspect ratio because G_n does.
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

enum Kind { assisting_ion, sputtering_ion, neutral };
constexpr double least_supply = 1e-12;  // of s G_n, m^-2 s^-1: keeps the ratio finite in full shadow

struct Rie {
    double ion_flux = 0, neutral_flux = 0, sticking = 0, spontaneous = 0, density = 0;
    double assisted_yield = 0;  ///< per ion at normal incidence
    SeparableYield sputter;
    IonEnergies energies;
    /// (k + G_i Y_ie) / (s G_n)
    double removal_over_supply(double ions, double neutrals) const {
        return (spontaneous + ion_flux * assisted_yield * ions) /
               std::max(sticking * neutral_flux * neutrals, least_supply);
    }
    double coverage(double ions, double neutrals) const { return 1 / (1 + removal_over_supply(ions, neutrals)); }
    /// m/s, > 0 into the solid.
    double rate(double ions, double sputtering, double neutrals) const {
        const double theta = coverage(ions, neutrals);
        return (ion_flux * sputtering + theta * (ion_flux * assisted_yield * ions + spontaneous)) / density;
    }
};

double mean_normal(const RootEnergy& y, const IonEnergies& energies) {
    return mean_yield(SeparableYield{y, FlatAngle{}}, energies, 1);
}

Rie parameters(const ParamValues& v) {
    Rie r;
    r.ion_flux = v.real("ion.flux"), r.neutral_flux = v.real("neutral.flux");
    r.sticking = v.real("neutral.sticking"), r.spontaneous = v.real("spontaneous_rate");
    r.density = v.real("density");
    const double spread = v.real("ion.energy_spread") / elementary_charge_C;
    r.energies = spread > 0 ? gaussian_energies(eV_of(v, "ion.energy"), spread) : single_energy(eV_of(v, "ion.energy"));
    r.sputter = {RootEnergy{v.real("sputter.amplitude"), eV_of(v, "sputter.threshold")},
                 SineSquared{v.real("sputter.B")}};
    r.assisted_yield = mean_normal({v.real("assisted.amplitude"), eV_of(v, "assisted.threshold")}, r.energies);
    return r;
}

Process bind(const ParamValues& v) {
    const Rie r = parameters(v);
    const Beam beam = ion_beam(v);
    const std::map<std::string, std::string> table =
        v.has("selectivity") ? v.table("selectivity") : std::map<std::string, std::string>{};
    Process p;
    p.species = {{.name = "ion", .beam = beam, .diffuse = false},
                 {.name = "ion, sputter yield", .beam = beam, .diffuse = false},
                 {.name = "neutral", .nonlinear = true}};
    p.arrival_weight = [r](int k, double cos_theta) {
        return k == sputtering_ion ? mean_yield(r.sputter, r.energies, cos_theta) : 1.0;
    };
    p.sticking = [r](int, const Section&, const std::vector<std::vector<double>>& a, std::span<double> out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double neutrals = a[neutral].empty() ? 1.0 : a[neutral][i];
            out[i] = r.sticking * (1 - r.coverage(a[assisting_ion][i], neutrals));
        }
    };
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& a,
                  std::span<const std::string> materials) {
        SurfaceSpeed speed;
        for (const std::string& name : materials) {
            const double factor = of_material(table, name, 1);
            std::vector<double>& row = speed.isotropic.emplace_back(section.size());
            for (std::size_t i = 0; i < row.size(); ++i)
                row[i] = -1e9 * factor * r.rate(a[assisting_ion][i], a[sputtering_ion][i], a[neutral][i]);
        }
        return speed;
    };
    const double flat_sputter = mean_yield(r.sputter, r.energies, 1);
    p.flat_speed_nm_s = -1e9 * r.rate(1, flat_sputter, 1);
    p.deepest_speed_nm_s = -p.flat_speed_nm_s;
    double weakest = 1;
    for (const auto& [name, text] : table) weakest = std::max(weakest, of_material(table, name, 1));
    p.deepest_speed_nm_s *= weakest;
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    const Process process = bind(v);
    const Rie r = parameters(v);
    ProcessOutcome out = run_process(on_grid(std::move(start), v), process, "", step_options(v), context);
    out.extra.push_back({"flat_rate", "loss of the open flat field", -process.flat_speed_nm_s, "nm/s"});
    out.extra.push_back({"flat_coverage", "neutral coverage there", r.coverage(1, 1), ""});
    return out;
}

ParamSpec number(std::string_view name, std::string_view unit, std::string_view value, double high,
                 std::string_view doc, std::string_view label) {
    return {.name = name,
            .unit = unit,
            .default_text = value,
            .low = 0,
            .high = high,
            .low_open = true,
            .doc = doc,
            .citation = label == "pub" ? "Belen2005" : "",
            .label = label};
}

}  // namespace

extern const SurfaceModel model_rie;
const SurfaceModel model_rie = {
    .info = {.catalogue = "step",
             .name = "rie",
             .summary = "Reactive ion etch with ion-neutral synergy; defaults for silicon in SF6.",
             .equation =
                 "V = -(1/n) [G_i <Y_sp cos> + theta (G_i <Y_ie cos> + k)];  theta = 1/(1 + (k + G_i Y_ie)/(s G_n))",
             .citation = "Belen2005",
             .params = joined(
                 joined(
                     {number("ion.flux", "cm^-2 s^-1", "1.2e16 cm^-2 s^-1", 1e22, "ions on an open field", "pub"),
                      number("ion.energy", "eV", "100 eV", 1e4, "mean ion energy", "pub"),
                      {.name = "ion.energy_spread",
                       .unit = "eV",
                       .default_text = "10 eV",
                       .low = 0,
                       .high = 1e3,
                       .doc = "standard deviation of the ion energy",
                       .citation = "Belen2005",
                       .label = "pub"},
                      number("neutral.flux", "cm^-2 s^-1", "1.8e18 cm^-2 s^-1", 1e24, "etchant on an open field",
                             "pub"),
                      {.name = "neutral.sticking",
                       .default_text = "0.7",
                       .low = 0,
                       .high = 1,
                       .low_open = true,
                       .doc = "of the etchant on a bare site",
                       .label = "recall"},
                      number("spontaneous_rate", "cm^-2 s^-1", "3e17 cm^-2 s^-1", 1e22,
                             "atoms removed without ions at full coverage", "recall"),
                      number("density", "cm^-3", "5.02e22 cm^-3", 1e25, "atoms per volume of the etched solid", "pub"),
                      number("sputter.amplitude", "", "0.0337", 100, "A of A (sqrt E - sqrt Eth), per sqrt eV", "pub"),
                      number("sputter.threshold", "eV", "20 eV", 1e3, "sputter threshold", "pub"),
                      number("sputter.B", "", "9.3", 100, "angular law (1 + B sin^2) cos", "pub"),
                      number("assisted.amplitude", "", "7", 1000, "A of the ion-assisted yield", "pub"),
                      number("assisted.threshold", "eV", "15 eV", 1e3, "its threshold", "pub"),
                      {.name = "selectivity",
                       .kind = ParamKind::text_table,
                       .doc = "factor on the rate per material, { resist = \"0.1\" }; 1 where not named",
                       .optional = true}},
                     ion_rows()),
                 etch_stop_rows())},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
