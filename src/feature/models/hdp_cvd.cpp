// High-density plasma deposition: film grows from neutrals and ions while the ions sputter it.
//
//   V = D [(1 - w) H_n + w I] - S <Y(theta) cos(theta)> / <Y>_flat I' + S Gamma_redeposited,   D - S = net_rate
//
// D, S: gross deposition and sputter rate of the open flat field; D/S = (net + sputter)/sputter. w: directional share.
// Sputtered material leaves diffusely and sticks with s_r. Vertical ions cannot clip vertical walls: w, not D/S alone,
// decides whether a deep feature fills from below.
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

enum Kind { neutral, ion, sputtering_ion, redeposited, straight_ion };

struct Hdp {
    double deposition = 0, sputter = 0, directional = 0, s_neutral = 1, s_redeposited = 1;
    YieldLaw law;
    IonEnergies energies;
    double flat_yield = 1;  ///< mean over the ions' directions on the open field
    double relative_yield(double cos_theta) const { return mean_yield(law, energies, cos_theta) / flat_yield; }
};

Hdp parameters(const ParamValues& v) {
    Hdp h;
    h.sputter = v.real("sputter_rate") * 1e9;
    h.deposition = v.real("net_rate") * 1e9 + h.sputter;
    h.directional = v.real("directional_share");
    h.s_neutral = v.real("sticking");
    h.s_redeposited = v.real("redeposition_sticking");
    h.law = yield_law(v.text("yield_law"));
    h.energies = single_energy(eV_of(v, "ion.energy"));
    if (!(mean_yield(h.law, h.energies, 1) > 0))
        throw InputError("D0402",
                         "ions of " + std::to_string(static_cast<int>(eV_of(v, "ion.energy"))) +
                             " eV are below the sputter threshold",
                         "a higher ion.energy, or model = \"pecvd\"");
    h.flat_yield = flat_arrival(ion_beam(v), [&](double c) { return mean_yield(h.law, h.energies, c); });
    return h;
}

SurfaceSpeed speeds(const Hdp& h, const Section& section, const std::vector<std::vector<double>>& a) {
    std::vector<double> total(section.size());
    for (std::size_t i = 0; i < total.size(); ++i)
        total[i] = h.deposition * ((1 - h.directional) * a[neutral][i] + h.directional * a[ion][i]) -
                   h.sputter * a[sputtering_ion][i] + h.sputter * h.s_redeposited * a[redeposited][i];
    return with_beam(section, std::move(total), a[straight_ion], [h](double n_z) {
        return n_z > 0 ? (h.deposition * h.directional - h.sputter * h.relative_yield(n_z)) * n_z : 0.0;
    });
}

Process bind(const ParamValues& v) {
    const Hdp h = parameters(v);
    const Beam beam = ion_beam(v);
    Process p;
    p.species = {{.name = "neutral"},
                 {.name = "ion", .beam = beam, .diffuse = false},
                 {.name = "sputtering by ions", .beam = beam, .diffuse = false},
                 {.name = "redeposited", .from_surface = true},
                 {.name = "straight ion", .beam = {.cosine_power = 0, .tilt_rad = beam.tilt_rad}, .diffuse = false}};
    p.arrival_weight = [h](int k, double cos_theta) { return k == sputtering_ion ? h.relative_yield(cos_theta) : 1.0; };
    p.sticking = [h](int k, const Section&, const std::vector<std::vector<double>>&, std::span<double> s) {
        std::fill(s.begin(), s.end(), k == redeposited ? h.s_redeposited : h.s_neutral);
    };
    p.launch = [](int, const Section&, const std::vector<std::vector<double>>& arrivals, std::span<double> out) {
        std::copy(arrivals[sputtering_ion].begin(), arrivals[sputtering_ion].end(), out.begin());
    };
    p.speed = [h](const Section& section, const std::vector<std::vector<double>>& arrivals,
                  std::span<const std::string>) { return speeds(h, section, arrivals); };
    p.flat_speed_nm_s = h.deposition - h.sputter;
    const double ratio = h.deposition / h.sputter;
    const CriticalCorner flat = critical_corner(h.law, h.energies, CornerView::flat);
    if (ratio < flat.ratio)
        p.warnings.push_back("D/S = " + std::to_string(ratio).substr(0, 5) +
                             ": corners are clipped; facets stall at D/S = " + std::to_string(flat.ratio).substr(0, 5) +
                             " for this yield law");
    return p;
}

constexpr double degrees = 180 / 3.14159265358979323846;

void report_corners(const Hdp& h, ProcessOutcome& out) {
    out.extra.push_back({"deposition_over_sputter", "blanket D/S", h.deposition / h.sputter, ""});
    out.extra.push_back({"directional_share", "of the gross deposition", h.directional, ""});
    for (const char* name : {"sqrt_sin2", "yamamura_angle"}) {
        const CriticalCorner c = critical_corner(yield_law(name), h.energies, CornerView::half_sky);
        out.extra.push_back({std::string("critical_ratio.") + name,
                             std::string("D/S where a convex corner stalls, ") + name, c.ratio, ""});
        out.extra.push_back(
            {std::string("critical_angle.") + name, "angle of that facet", c.angle_rad * degrees, "deg"});
    }
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    ProcessOutcome out = run_process(on_grid(std::move(start), v), bind(v), v.text("film"), step_options(v), context);
    report_corners(parameters(v), out);
    return out;
}

}  // namespace

extern const SurfaceModel model_hdp_cvd;
const SurfaceModel model_hdp_cvd = {
    .info = {.catalogue = "step",
             .name = "hdp-cvd",
             .summary = "Gap fill by deposition with simultaneous sputtering and redeposition.",
             .equation =
                 "V = D [(1 - w) H_n + w I] - S <Y cos(theta)>/Y(0) I + S Gamma_r;  D/S = (net + sputter)/sputter",
             .citation = "Yamamura1983",
             .params = joined(joined(joined({film_row("SiO2-HDP"),
                                             {.name = "net_rate",
                                              .unit = "nm/min",
                                              .default_text = "300 nm/min",
                                              .low = 0,
                                              .high = 1e5,
                                              .low_open = true,
                                              .doc = "growth of the open flat field with bias",
                                              .label = "recall"},
                                             {.name = "sputter_rate",
                                              .unit = "nm/min",
                                              .default_text = "100 nm/min",
                                              .low = 0,
                                              .high = 1e5,
                                              .low_open = true,
                                              .doc = "growth without bias less growth with it",
                                              .label = "recall"},
                                             {.name = "directional_share",
                                              .unit = "%",
                                              .default_text = "50 %",
                                              .low = 0,
                                              .high = 100,
                                              .doc = "of the gross deposition that arrives with the ions; calibrate",
                                              .label = "user"},
                                             {.name = "sticking",
                                              .default_text = "0.3",
                                              .low = 0,
                                              .high = 1,
                                              .low_open = true,
                                              .doc = "of the depositing neutrals",
                                              .label = "recall"},
                                             {.name = "redeposition_sticking",
                                              .default_text = "1",
                                              .low = 0,
                                              .high = 1,
                                              .low_open = true,
                                              .doc = "of sputtered material",
                                              .label = "recall"}},
                                            yield_rows()),
                                     ion_rows()),
                              stop_rows("net film thickness on the open flat field"))},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
