// Atomic layer deposition in a feature, ballistic: every cycle a pulse of the metal precursor, then of the co-reactant.
//
//   d theta/d tau = s0 (1 - theta) H,   loss per hit s0 (1 - theta) + r,   tau = p t / (N_s sqrt(2 pi m k T))
//   film per cycle = gpc x sites that react in the periodic state
//
// The geometry follows the film; a step of the surface takes as many cycles as move it by half a grid spacing.
#include <cmath>

#include "damascene/feature/ald.hpp"
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

struct Pulses {
    AldPulse metal, reactant;
    bool reactant_saturates = true;
};

double dose_of(const ParamValues& v, const std::string& group, double temperature) {
    return impingement_flux(v.real(group + ".pressure"), v.real(group + ".molar_mass"), temperature) *
           v.real(group + ".pulse") / v.real("site_density");
}

Pulses pulses_of(const ParamValues& v) {
    const double temperature = v.real("temperature");
    Pulses p;
    p.metal = {.sticking = v.real("precursor.sticking"),
               .dose = dose_of(v, "precursor", temperature),
               .recombination = v.real("precursor.recombination")};
    if (p.metal.sticking + p.metal.recombination > 1)
        throw InputError("D0402", "precursor.sticking + precursor.recombination is above 1",
                         "two probabilities of one hit: sum at most 1");
    p.reactant_saturates = !v.has("reactant.pulse");
    if (p.reactant_saturates) return p;
    if (!v.has("reactant.pressure") || !v.has("reactant.molar_mass"))
        throw InputError("D0402", "reactant.pulse stands alone", "reactant.pressure and reactant.molar_mass too");
    p.reactant = {.sticking = v.real("reactant.sticking"),
                  .dose = dose_of(v, "reactant", temperature),
                  .recombination = v.real("reactant.recombination")};
    return p;
}

/// Share of the sites that gain a metal per cycle.
std::vector<double> gained(const Section& section, const Pulses& p) {
    const ViewFactors factors = view_factors(section);
    AldOptions options;
    options.tolerance = 1e-4;
    if (p.reactant_saturates) return ald_dose(factors, p.metal, {}, options).coverage;
    return ald_cycle(factors, p.metal, p.reactant, options).gained;
}

double flat_gain(const Pulses& p) {
    const double a = p.metal.sticking * p.metal.dose;
    return p.reactant_saturates ? -std::expm1(-a) : cycle_fraction(a, p.reactant.sticking * p.reactant.dose);
}

Process bind(const ParamValues& v) {
    const Pulses pulses = pulses_of(v);
    const double gpc_nm = v.real("gpc") * 1e9;
    Process p;
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>&, std::span<const std::string>) {
        std::vector<double> speed = gained(section, pulses);
        for (double& s : speed) s *= gpc_nm;
        return SurfaceSpeed{{std::move(speed)}, {}, {}};
    };
    p.flat_speed_nm_s = gpc_nm * flat_gain(pulses);  // time is counted in cycles
    return p;
}

double precursor_path_nm(const ParamValues& v) {
    const double total = v.real("precursor.pressure") + (v.has("carrier_pressure") ? v.real("carrier_pressure") : 0.0);
    return 1e9 * mean_free_path(v.real("precursor.diameter"), total, v.real("temperature"));
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    const Surface surface = on_grid(std::move(start), v);
    const Opening opening = opening_of(surface, precursor_path_nm(v), v.boolean("assume_ballistic"));
    StepOptions options;
    options.piece_nm = nm_of(v, "element");
    options.largest_move = 1;  // the film is nearly conformal: the dose changes slowly
    options.stop.duration_s = static_cast<double>(v.integer("cycles"));
    const Process process = bind(v);
    ProcessOutcome out = run_process(surface, process, v.text("film"), options, context);
    report_opening(opening, out);
    const Pulses pulses = pulses_of(v);
    const double t = v.real("temperature"),
                 full = full_exposure(v.real("site_density"), v.real("precursor.molar_mass"), t, 0);
    out.extra.push_back({"gpc_flat", "film per cycle on an open field", process.flat_speed_nm_s, "nm"});
    out.extra.push_back({"saturation_flat", "share of the sites of an open field", flat_gain(pulses), ""});
    out.extra.push_back({"dose", "tau = arrivals per site in a pulse, open field", pulses.metal.dose, ""});
    out.extra.push_back({"exposure", "pressure x time of the metal pulse",
                         v.real("precursor.pressure") * v.real("precursor.pulse"), "Pa s"});
    out.extra.push_back({"exposure_flat_monolayer", "exposure of one arrival per site", full, "Pa s"});
    return out;
}

std::vector<ParamSpec> pulse_rows(bool metal) {
    const auto row = [metal](std::string_view a, std::string_view b) { return metal ? a : b; };
    std::vector<ParamSpec> rows = {
        {.name = row("precursor.pressure", "reactant.pressure"),
         .unit = "Pa",
         .low = 0,
         .high = 1.1e5,
         .low_open = true,
         .doc = "partial pressure at the mouth during the pulse"},
        {.name = row("precursor.pulse", "reactant.pulse"),
         .unit = "s",
         .low = 0,
         .high = 1e6,
         .low_open = true,
         .doc = metal ? "duration of the pulse" : "duration of the pulse; absent: the co-reactant saturates"},
        {.name = row("precursor.molar_mass", "reactant.molar_mass"),
         .unit = "kg/mol",
         .low = 1e-3,
         .high = 2,
         .doc = "TMA 0.0721, TDMAHf 0.35478, H2O 0.018015"},
        {.name = row("precursor.sticking", "reactant.sticking"),
         .default_text = row("0.01", "1e-4"),
         .low = 0,
         .high = 1,
         .low_open = true,
         .doc = "reaction probability on a free site",
         .label = "recall"},
        {.name = row("precursor.recombination", "reactant.recombination"),
         .default_text = "0",
         .low = 0,
         .high = 1,
         .high_open = true,
         .doc = "lost per hit without growth (radicals)"}};
    if (!metal)
        for (int i : {0, 1, 2}) rows[static_cast<std::size_t>(i)].optional = true;
    return rows;
}

}  // namespace

extern const SurfaceModel model_ald;
const SurfaceModel model_ald = {
    .info = {.catalogue = "step",
             .name = "ald",
             .summary = "Atomic layer deposition in trenches and vias: ballistic dose of one or both half cycles.",
             .equation = "d theta/d tau = s0 (1 - theta) H;  film per cycle = gpc (sites that react)",
             .citation = "Gordon2003",
             .params = joined(joined(joined({film_row("ALD film"),
                                             {.name = "cycles",
                                              .kind = ParamKind::integer,
                                              .default_text = "100",
                                              .low = 1,
                                              .high = 1e6,
                                              .doc = "number of cycles"},
                                             {.name = "gpc",
                                              .unit = "nm",
                                              .default_text = "0.1 nm",
                                              .low = 0,
                                              .high = 10,
                                              .low_open = true,
                                              .doc = "film per cycle when every site reacts",
                                              .label = "recall"},
                                             {.name = "site_density",
                                              .unit = "1/nm^2",
                                              .default_text = "2.5 1/nm^2",
                                              .low = 0.01,
                                              .high = 100,
                                              .doc = "metals per area and cycle at saturation",
                                              .label = "recall"},
                                             {.name = "temperature",
                                              .unit = "degC",
                                              .default_text = "200 degC",
                                              .low = -223,
                                              .high = 1727,
                                              .doc = "of gas and wafer"},
                                             {.name = "precursor.diameter",
                                              .unit = "nm",
                                              .default_text = "0.6 nm",
                                              .low = 0.1,
                                              .high = 5,
                                              .doc = "hard-sphere diameter, for the Knudsen number",
                                              .label = "recall"},
                                             {.name = "carrier_pressure",
                                              .unit = "Pa",
                                              .low = 0,
                                              .high = 1.1e5,
                                              .doc = "of the inert gas during the pulse",
                                              .optional = true},
                                             {.name = "assume_ballistic",
                                              .kind = ParamKind::boolean,
                                              .default_text = "false",
                                              .doc = "run although the Knudsen number is below 10"}},
                                            pulse_rows(true)),
                                     pulse_rows(false)),
                              grid_rows())},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
