// Etch by an isotropic and a directional part (emulation of plasma etches; spacer, break-through, hard-mask opening).
//
//   V = - selectivity_m [ isotropic_rate + directional_rate I ],   I = visible share of the ions times cos(theta)
//
// Neutrals are taken as plentiful: no loading, no aspect-ratio dependence of the isotropic part.
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Process bind(const ParamValues& v) {
    const double isotropic = v.real("isotropic_rate") * 1e9, directional = v.real("directional_rate") * 1e9;
    const std::map<std::string, std::string> table =
        v.has("selectivity") ? v.table("selectivity") : std::map<std::string, std::string>{};
    if (!(isotropic + directional > 0))
        throw InputError("D0402", "both etch rates are zero", "isotropic_rate or directional_rate above 0");
    Process p;
    if (directional > 0) p.species = {{.name = "ion", .beam = ion_beam(v), .diffuse = false}};
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& arrivals,
                  std::span<const std::string> materials) {
        SurfaceSpeed speed;
        for (const std::string& name : materials) {
            const double factor = of_material(table, name, 1);
            std::vector<double>& row = speed.isotropic.emplace_back(section.size(), -factor * isotropic);
            if (directional > 0)
                for (std::size_t i = 0; i < row.size(); ++i) row[i] -= factor * directional * arrivals[0][i];
        }
        return speed;
    };
    p.flat_speed_nm_s = -(isotropic + directional);
    p.deepest_speed_nm_s = isotropic + directional;
    for (const auto& [name, text] : table)
        p.deepest_speed_nm_s = std::max(p.deepest_speed_nm_s, (isotropic + directional) * of_material(table, name, 1));
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    return run_process(on_grid(std::move(start), v), bind(v), "", step_options(v), context);
}

}  // namespace

extern const SurfaceModel model_etch;
const SurfaceModel model_etch = {
    .info = {.catalogue = "step",
             .name = "etch",
             .summary = "Isotropic and directional etch with a selectivity per material.",
             .equation = "V = -selectivity_m [isotropic_rate + directional_rate I]",
             .citation = "Sethian1996",
             .params = joined(joined({{.name = "isotropic_rate",
                                       .unit = "nm/min",
                                       .default_text = "0 nm/min",
                                       .low = 0,
                                       .high = 1e6,
                                       .doc = "in all directions"},
                                      {.name = "directional_rate",
                                       .unit = "nm/min",
                                       .default_text = "60 nm/min",
                                       .low = 0,
                                       .high = 1e6,
                                       .doc = "along the ions, on an open flat field"},
                                      {.name = "selectivity",
                                       .kind = ParamKind::text_table,
                                       .doc = "factor on both rates per material, { SiN = \"0.05\" }; 1 where not "
                                              "named, 0 stops the etch",
                                       .optional = true}},
                                     ion_rows()),
                              etch_stop_rows())},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
