// Where a ballistic model holds: Kn = mean free path / narrowest opening > 10.
#include <fmt/format.h>

#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {

std::optional<double> knudsen(const Surface& surface, const ParamValues& v) {
    if (!v.has("pressure") || !v.has("temperature")) return {};
    const double path_nm = 1e9 * mean_free_path(v.real("molecule_diameter"), v.real("pressure"), v.real("temperature"));
    const double gap = neck(surface).gap_nm;
    const double width = std::isfinite(gap) ? gap : surface.h_nm() * (surface.grid.nx - 1);
    const double number = path_nm / width;
    if (number < 10 && !v.boolean("assume_ballistic"))
        throw InputError(
            "D0410", fmt::format("Kn = {:.3g} in an opening of {:.4g} nm: gas collisions matter here", number, width),
            fmt::format("{}; or assume_ballistic = true for a bound", regime_advice(regime(number))));
    return number;
}

void report_knudsen(std::optional<double> number, double first_gap_nm, ProcessOutcome& out) {
    if (!number) return;
    out.extra.push_back({"knudsen.start", "mean free path over the opening at the start", *number, ""});
    const double last = out.history.empty() ? 0 : out.history.back().gap_nm;
    if (std::isfinite(last) && last > 0 && std::isfinite(first_gap_nm))
        out.extra.push_back({"knudsen.end", "the same at the end", *number * first_gap_nm / last, ""});
    if (*number < 10)
        out.warnings.push_back(fmt::format("free molecular transport was assumed at Kn = {:.3g}", *number));
}

}  // namespace damascene::feature
