// Ion milling: physical sputtering only, faceting by the angular yield, optional redeposition.
//
//   V = - rate_m [ <Y(theta) cos(theta)> / <Y>_flat I - s_r Gamma_redeposited ]
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

enum Kind { sputtering_ion, straight_ion, redeposited };

Process bind(const ParamValues& v) {
    const double rate = v.real("rate") * 1e9, s_r = v.real("redeposition_sticking");
    const YieldLaw law = yield_law(v.text("yield_law"));
    const IonEnergies energies = single_energy(eV_of(v, "ion.energy"));
    if (!(mean_yield(law, energies, 1) > 0))
        throw InputError("D0402", "the ion energy is below the sputter threshold", "a higher ion.energy");
    const std::map<std::string, std::string> table =
        v.has("selectivity") ? v.table("selectivity") : std::map<std::string, std::string>{};
    const Beam beam = ion_beam(v);
    const double flat = flat_arrival(beam, [&](double c) { return mean_yield(law, energies, c); });
    const auto relative = [=](double cos_theta) { return mean_yield(law, energies, cos_theta) / flat; };
    Process p;
    p.species = {{.name = "sputtering by ions", .beam = beam, .diffuse = false},
                 {.name = "straight ion", .beam = {.cosine_power = 0, .tilt_rad = beam.tilt_rad}, .diffuse = false}};
    if (s_r > 0) p.species.push_back({.name = "redeposited", .from_surface = true});
    p.arrival_weight = [relative](int k, double cos_theta) { return k == sputtering_ion ? relative(cos_theta) : 1.0; };
    p.sticking = [s_r](int, const Section&, const std::vector<std::vector<double>>&, std::span<double> s) {
        std::fill(s.begin(), s.end(), s_r);
    };
    p.launch = [](int, const Section&, const std::vector<std::vector<double>>& arrivals, std::span<double> out) {
        std::copy(arrivals[sputtering_ion].begin(), arrivals[sputtering_ion].end(), out.begin());
    };
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& a,
                  std::span<const std::string> materials) {
        SurfaceSpeed speed;
        for (const std::string& name : materials) {
            const double factor = rate * of_material(table, name, 1);
            const auto facet = [factor, relative](double n_z) { return n_z > 0 ? -factor * relative(n_z) * n_z : 0.0; };
            std::vector<double> isotropic(section.size()), visible(isotropic.size());
            for (std::size_t i = 0; i < isotropic.size(); ++i) {
                const double n_z = normal(section.pieces[i]).z;
                visible[i] = visible_share(a[straight_ion][i], n_z);
                const double back = s_r > 0 ? rate * s_r * a[redeposited][i] : 0.0;
                isotropic[i] = -factor * a[sputtering_ion][i] + back - visible[i] * facet(n_z);
            }
            speed.isotropic.push_back(std::move(isotropic));
            speed.beam.push_back(std::move(visible));
            speed.beam_law.push_back(facet);
        }
        return speed;
    };
    p.flat_speed_nm_s = -rate;
    double fastest = 1;  // the steepest facet digs deeper than a level field
    for (int degrees = 0; degrees < 90; ++degrees) {
        const double cos_theta = std::cos(degrees * 3.14159265358979323846 / 180);
        fastest = std::max(fastest, relative(cos_theta) * cos_theta);
    }
    p.deepest_speed_nm_s = fastest * rate;
    double weakest = 1;
    for (const auto& [name, text] : table) weakest = std::max(weakest, of_material(table, name, 1));
    p.deepest_speed_nm_s *= weakest;
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    return run_process(on_grid(std::move(start), v), bind(v), "", step_options(v), context);
}

}  // namespace

extern const SurfaceModel model_ion_mill;
const SurfaceModel model_ion_mill = {
    .info = {.catalogue = "step",
             .name = "ion-mill",
             .summary = "Physical sputter etch with faceting and redeposition.",
             .equation = "V = -rate_m [<Y cos(theta)>/Y(0) I - s_r Gamma_r]",
             .citation = "Yamamura1983",
             .params = joined(joined(joined({{.name = "rate",
                                              .unit = "nm/min",
                                              .default_text = "30 nm/min",
                                              .low = 0,
                                              .high = 1e5,
                                              .low_open = true,
                                              .doc = "loss of an open flat field"},
                                             {.name = "redeposition_sticking",
                                              .default_text = "0",
                                              .low = 0,
                                              .high = 1,
                                              .doc = "of sputtered material; 0 = it leaves"},
                                             {.name = "selectivity",
                                              .kind = ParamKind::text_table,
                                              .doc = "factor on the rate per material, { W = \"0.5\" }",
                                              .optional = true}},
                                            yield_rows()),
                                     ion_rows()),
                              etch_stop_rows())},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
