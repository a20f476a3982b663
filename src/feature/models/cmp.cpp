// Chemical-mechanical polish by the density model: raised areas of a region with layout density rho lose height at
// K/rho until their step is gone at t = rho step/K, then everything at K                              [Stine et al.
// 1997]
//
// On a section: the plane that cuts the raised areas comes down at K/rho to the height of the low field, then at K; a
// stop material ends it. Low areas are untouched before.
#include <algorithm>
#include <cmath>
#include <limits>

#include "damascene/feature/film_flow.hpp"
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Polyline above(const Surface& s, double z_nm) {
    const double h = s.h_nm(), x0 = s.grid.x0.in(nm), x1 = x0 + h * (s.grid.nx - 1);
    const double z1 = s.grid.y0.in(nm) + h * (s.grid.ny - 1), margin = 20 * h;
    const double left = s.symmetry == Symmetry::axial ? -x1 - margin : x0 - margin;
    return {{left, z_nm}, {x1 + margin, z_nm}, {x1 + margin, z1 + margin}, {left, z1 + margin}};
}

struct Heights {
    double high = -std::numeric_limits<double>::infinity(), low = std::numeric_limits<double>::infinity();
    double step() const { return high - low; }
};

/// Highest and lowest of the open surface as a pad sees it: the highest solid of every column.
Heights heights(const Surface& s, const Field2<double>& phi) {
    Heights z;
    const double h = s.h_nm(), z0 = s.grid.y0.in(nm);
    for (int i = 0; i < s.grid.nx; ++i)
        for (int j = s.grid.ny - 2; j >= 0; --j) {
            const double a = phi.at(i, j), b = phi.at(i, j + 1);
            if (a > 0) continue;
            const double at = z0 + h * (j + a / (a - b));
            z.high = std::max(z.high, at), z.low = std::min(z.low, at);
            break;
        }
    return z;
}

/// Top of the stop material, or far below.
double stop_height(const Surface& s, const ParamValues& v) {
    if (!v.has("stop")) return -std::numeric_limits<double>::infinity();
    const std::string& name = v.text("stop");
    const auto found = std::find(s.materials.begin(), s.materials.end(), name);
    if (found == s.materials.end()) {
        const std::string near = nearest_name(name, s.materials);
        throw InputError("D0409", "no material '" + name + "' to stop on",
                         near.empty() ? "one of the materials that are there" : "did you mean '" + near + "'?");
    }
    return heights(s, s.phi[static_cast<std::size_t>(found - s.materials.begin())]).high;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context&) {
    ProcessOutcome out;
    out.surface = on_grid(std::move(start), v);
    const double rate = v.real("rate") * 1e9, density = v.real("density"), time = v.real("duration");
    const Heights z = heights(out.surface, out.surface.phi.back());
    out.frames.push_back(frame_of(out.surface, 0));
    const PolishedStep p = polished(density, z.step(), rate, time);
    const double wanted = z.high - p.up_removed, stop = stop_height(out.surface, v), plane = std::max(wanted, stop);
    const double before = solid_volume(out.surface);
    remove_solid(out.surface, above(out.surface, plane));
    out.removed = before - solid_volume(out.surface);
    out.voids = voids(out.surface);
    out.duration_s = time;
    out.frames.push_back(frame_of(out.surface, time));
    out.extra = {{"clear_time", "time until the step is gone", step_clear_time(density, z.step(), rate), "s"},
                 {"step_before", "highest less lowest place of the open surface", z.step(), "nm"},
                 {"step_after", "", heights(out.surface, out.surface.phi.back()).step(), "nm"},
                 {"plane", "height that is left", plane, "nm"},
                 {"stopped", "1: the stop material ended the polish", plane > wanted ? 1.0 : 0.0, ""}};
    return out;
}

}  // namespace

extern const SurfaceModel model_cmp;
const SurfaceModel model_cmp = {
    .info =
        {.catalogue = "step",
         .name = "cmp",
         .summary = "Polish of a step by the layout-density model, with an optional stop material.",
         .equation = "raised areas: K/rho until t = rho step/K, then K everywhere",
         .citation = "Stine1997",
         .params = joined(
             {{.name = "rate",
               .unit = "nm/min",
               .default_text = "200 nm/min",
               .low = 0,
               .high = 1e5,
               .low_open = true,
               .doc = "K, removal on a blanket wafer",
               .label = "recall"},
              {.name = "duration",
               .unit = "s",
               .default_text = "60 s",
               .low = 0,
               .high = 1e5,
               .low_open = true,
               .doc = "time of polish"},
              {.name = "density",
               .unit = "%",
               .default_text = "50 %",
               .low = 0,
               .high = 1,
               .low_open = true,
               .doc = "layout density of raised areas around the section, averaged over the planarisation "
                      "length (1-3 mm)"},
              {.name = "stop", .kind = ParamKind::text, .doc = "material whose top ends the polish", .optional = true}},
             grid_rows())},
    .run = run,
    .transport = false};

}  // namespace damascene::feature
