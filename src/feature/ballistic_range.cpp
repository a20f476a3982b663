// Where a ballistic model holds: Kn = mean free path / narrowest opening > 10.
#include <fmt/format.h>

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

void report_opening(const Opening& o, ProcessOutcome& out) {
    out.extra.push_back({"knudsen.start", "mean free path over the opening at the start", o.knudsen, ""});
    const double last = out.history.empty() ? 0 : out.history.back().gap_nm;
    if (std::isfinite(last) && last > 0)
        out.extra.push_back({"knudsen.end", "the same at the end", o.knudsen * o.width_nm / last, ""});
    if (o.knudsen < 10)
        out.warnings.push_back(fmt::format("free molecular transport was assumed at Kn = {:.3g}", o.knudsen));
}

ProcessOutcome run_in_gas(const Surface& surface, const ParamValues& v, const Process& process,
                          const Context& context) {
    if (!v.has("pressure") || !v.has("temperature"))
        return run_process(surface, process, v.text("film"), step_options(v), context);
    const double path = mean_free_path(v.real("molecule_diameter"), v.real("pressure"), v.real("temperature"));
    const Opening opening = opening_of(surface, 1e9 * path, v.boolean("assume_ballistic"));
    ProcessOutcome out = run_process(surface, process, v.text("film"), step_options(v), context);
    report_opening(opening, out);
    return out;
}

}  // namespace damascene::feature
