// Where a ballistic model holds: Kn = mean free path / narrowest opening > 10. Between 0.1 and 10 neutrals are followed
// through the gas by rays; below, only engines of diffusion hold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {

Opening opening_of(const Surface& surface, double path_nm, bool assume_ballistic) {
    const double gap = neck(surface).gap_nm;
    Opening o{std::isfinite(gap) ? gap : surface.h_nm() * (surface.grid.nx - 1), 0};
    o.knudsen = path_nm / o.width_nm;
    if (o.knudsen < 10 && !assume_ballistic)
        throw InputError(
            "D0410",
            fmt::format("Kn = {:.3g} in an opening of {:.4g} nm: gas collisions matter here", o.knudsen, o.width_nm),
            fmt::format("{}; or assume_ballistic = true for a bound", regime_advice(regime(o.knudsen))));
    return o;
}

void report_kn(const Opening& o, ProcessOutcome& out) {
    out.extra.push_back({"knudsen.start", "mean free path over the opening at the start", o.knudsen, ""});
    const double last = out.history.empty() ? 0 : out.history.back().gap_nm;
    if (std::isfinite(last) && last > 0)
        out.extra.push_back({"knudsen.end", "the same at the end", o.knudsen * o.width_nm / last, ""});
}

void report_opening(const Opening& o, ProcessOutcome& out) {
    report_kn(o, out);
    if (o.knudsen < 10)
        out.warnings.push_back(fmt::format("free molecular transport was assumed at Kn = {:.3g}", o.knudsen));
}

namespace {

/// Mean free path (nm), given or of a hard-sphere gas; 0: nothing is known of the gas.
double path_of(const ParamValues& v) {
    if (v.has("mean_free_path")) return nm_of(v, "mean_free_path");
    if (!v.has("pressure") || !v.has("temperature")) return 0;
    return 1e9 * mean_free_path(v.real("molecule_diameter"), v.real("pressure"), v.real("temperature"));
}

/// Rays follow diffuse species of order 1 through a gas.
bool can_scatter(const Process& process) {
    return std::all_of(process.species.begin(), process.species.end(),
                       [](const Species& s) { return s.diffuse && !s.nonlinear && !s.from_surface; });
}

void report_scattering(const Opening& o, const StepOptions& options, ProcessOutcome& out) {
    double worst = 0;
    for (const WallPoint& p : out.wall) worst = std::max(worst, p.thickness_error_nm);
    out.extra.push_back({"ray_error", "standard error wanted of every arrival", options.ray_error, ""});
    if (out.field_thickness_nm > 0)
        out.extra.push_back({"step_coverage.error", "largest standard error of thickness over field, by rays",
                             worst / out.field_thickness_nm, ""});
    out.warnings.push_back(fmt::format(
        "Kn = {:.3g}: arrivals by rays that collide with the gas inside the feature, standard error {:.3g} % each; "
        "collisions above the wafer are not followed",
        o.knudsen, 100 * options.ray_error));
}

}  // namespace

ProcessOutcome run_in_gas(const Surface& surface, const ParamValues& v, Process process, std::uint64_t seed,
                          const Context& context) {
    StepOptions options = step_options(v);
    const double path = path_of(v);
    if (path == 0) return run_process(surface, process, v.text("film"), options, context);
    const bool ballistic = v.boolean("assume_ballistic");
    const Opening opening = opening_of(surface, path, true);
    constexpr double free_molecular = 10, continuum = 0.1;
    const bool scatter =
        !ballistic && opening.knudsen < free_molecular && opening.knudsen >= continuum && can_scatter(process);
    if (!scatter) {
        opening_of(surface, path, ballistic);
        ProcessOutcome out = run_process(surface, process, v.text("film"), options, context);
        report_opening(opening, out);
        return out;
    }
    for (Species& s : process.species) s.mean_free_path_nm = path;
    options.ray_error = v.real("ray_error");
    options.seed = seed;
    options.largest_move = 1;  // noise averages over the draws, not over finer steps
    ProcessOutcome out = run_process(surface, process, v.text("film"), options, context);
    report_kn(opening, out);
    report_scattering(opening, options, out);
    return out;
}

}  // namespace damascene::feature
