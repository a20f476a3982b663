// Bosch cycle: a conformal passivation film, a directional break-through, an isotropic etch; repeated.
//
//   depth of a scallop from isotropic radius r at vertical period d:  r - sqrt(r^2 - d^2 / 4)
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

/// Speed of every exposed material: isotropic, plus a part along the ions.
Process part(const std::string& film, double film_isotropic, double film_directional, double isotropic,
             double directional, const std::map<std::string, std::string>& selectivity, const Beam& beam) {
    Process p;
    if (film_directional != 0 || directional != 0) p.species = {{.name = "ion", .beam = beam, .diffuse = false}};
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& arrivals,
                  std::span<const std::string> materials) {
        SurfaceSpeed speed;
        for (const std::string& name : materials) {
            const double factor = name == film ? 1.0 : of_material(selectivity, name, 1);
            const double iso = name == film ? film_isotropic : isotropic,
                         dir = name == film ? film_directional : directional;
            std::vector<double>& row = speed.isotropic.emplace_back(section.size(), factor * iso);
            if (!arrivals.empty())
                for (std::size_t i = 0; i < row.size(); ++i) row[i] += factor * dir * arrivals[0][i];
        }
        return speed;
    };
    p.deepest_speed_nm_s =
        std::max({std::abs(isotropic) + std::abs(directional), film_isotropic < 0 ? -film_isotropic : 0.0});
    return p;
}

void keep(ProcessOutcome& total, ProcessOutcome&& step) {
    const double begin = total.duration_s;
    for (std::size_t i = total.history.empty() ? 0 : 1; i < step.history.size(); ++i) {
        step.history[i].time_s += begin;
        step.history[i].field_nm = 0;
        total.history.push_back(step.history[i]);
    }
    total.duration_s = begin + step.duration_s;
    total.added += step.added, total.removed += step.removed;
    total.mass_balance_error = std::max(total.mass_balance_error, step.mass_balance_error);
    total.steps += step.steps;
    total.surface = std::move(step.surface);
}

double lowest(const Surface& s) {
    double z = 1e300;
    for (const Piece& p : section_of(s, 2 * s.h_nm()).pieces) z = std::min({z, p.a.z, p.b.z});
    return z;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    ProcessOutcome out;
    out.surface = on_grid(std::move(start), v);
    const std::string film = v.text("film");
    const auto selectivity = v.has("selectivity") ? v.table("selectivity") : std::map<std::string, std::string>{};
    const double passivation = v.real("passivation") * 1e9, radius = v.real("etch") * 1e9;
    const double through = v.real("breakthrough") * 1e9, film_loss = v.real("film_selectivity"),
                 solid_loss = v.real("breakthrough_selectivity");
    const Beam beam = ion_beam(v);
    const auto cycles = static_cast<int>(v.integer("cycles"));
    const double z_before = lowest(out.surface);
    StepOptions options = step_options(v);
    options.snapshots = 0, options.measure = false, options.stop = {.duration_s = 1};
    constexpr int pictures = 24;
    out.frames.push_back(frame_of(out.surface, 0));
    for (int i = 0; i < cycles; ++i) {
        context.check();
        const Process coat = part(film, passivation, 0, passivation, 0, {}, beam);
        const Process open = part(film, 0, -through, 0, -solid_loss * through, selectivity, beam);
        const Process etch = part(film, -film_loss * radius, 0, -radius, 0, selectivity, beam);
        const bool first = out.surface.materials.back() != film;
        const auto part_of_cycle = [&](const Process& process, const std::string& added) {
            keep(out, run_process(std::move(out.surface), process, added, options, {}));
            if (3 * cycles <= pictures) out.frames.push_back(frame_of(out.surface, out.duration_s));
        };
        part_of_cycle(coat, first ? film : "");
        part_of_cycle(open, "");
        part_of_cycle(etch, "");
        if (3 * cycles > pictures && (i + 1) * pictures / cycles > i * pictures / cycles)
            out.frames.push_back(frame_of(out.surface, out.duration_s));
        context.progress({"cycle " + std::to_string(i + 1), static_cast<double>(i + 1) / cycles, {}});
    }
    out.voids = voids(out.surface);
    out.extra.push_back({"depth", "gain in depth", z_before - lowest(out.surface), "nm"});
    out.extra.push_back({"depth_per_cycle", "", (z_before - lowest(out.surface)) / cycles, "nm"});
    return out;
}

}  // namespace

extern const SurfaceModel model_bosch;
const SurfaceModel model_bosch = {
    .info = {.catalogue = "step",
             .name = "bosch",
             .summary = "Deep etch by cycles of passivation, break-through and isotropic etch.",
             .equation = "scallop = r - sqrt(r^2 - d^2/4)",
             .citation = "Sethian1996",
             .params =
                 joined(joined({film_row("polymer"),
                                {.name = "cycles",
                                 .kind = ParamKind::integer,
                                 .default_text = "10",
                                 .low = 1,
                                 .high = 2000,
                                 .doc = "number of cycles"},
                                {.name = "passivation",
                                 .unit = "nm",
                                 .default_text = "10 nm",
                                 .low = 0,
                                 .high = 1e4,
                                 .low_open = true,
                                 .doc = "film per cycle, conformal"},
                                {.name = "breakthrough",
                                 .unit = "nm",
                                 .default_text = "15 nm",
                                 .low = 0,
                                 .high = 1e4,
                                 .low_open = true,
                                 .doc = "film removed along the ions per cycle"},
                                {.name = "etch",
                                 .unit = "nm",
                                 .default_text = "60 nm",
                                 .low = 0,
                                 .high = 1e5,
                                 .low_open = true,
                                 .doc = "isotropic etch radius per cycle in an unprotected solid"},
                                {.name = "breakthrough_selectivity",
                                 .default_text = "0.2",
                                 .low = 0,
                                 .high = 10,
                                 .doc = "solid lost per film lost in the break-through; calibrate",
                                 .label = "user"},
                                {.name = "film_selectivity",
                                 .default_text = "0.02",
                                 .low = 0,
                                 .high = 1,
                                 .doc = "film lost per solid etched in the isotropic part"},
                                {.name = "selectivity",
                                 .kind = ParamKind::text_table,
                                 .doc = "factor on the etch per material, { resist = \"0.02\" }; 1 where not named",
                                 .optional = true}},
                               ion_rows()),
                        grid_rows())},
    .run = run};

}  // namespace damascene::feature
