// Edge-fragment correction of a Manhattan target by exact gradients.
//
// The drawn edges are cut into fragments (opc/fragments.hpp); every shift follows the negative gradient of the printing
// loss (opc/edge_descent.hpp) by heavy-ball steps, with the mask rules held as box and pair limits at every step. The
// result is rounded to 1 nm and mended until the independent checker finds nothing.
#include <chrono>
#include <cmath>

#include "damascene/opc.hpp"
#include "opc/edge_descent.hpp"
#include "opc/mask_repair.hpp"

namespace damascene::opc {
namespace {

double clock_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void require_manhattan(const Region& target) {
    if (!is_manhattan(target))
        throw InputError("D0318", "edge correction needs a target of axis-parallel edges",
                         "use inverse lithography (ilt) for targets with sloped edges");
}

}  // namespace

MaskResult optimize_edges(const Region& drawn, Length x0, Length y0, const ProcessCorners& corners,
                          const EdgeOpcOptions& options, const Context& context) {
    require_manhattan(drawn);
    const double started = clock_seconds();
    const Cell2 cell{x0.in(nm), y0.in(nm), corners.focus.period_x.in(nm)};
    const Region target = merged(drawn);
    const double max_shift = options.max_shift.in(nm);
    Fragments fragments = fragmented(target, options.corner_length.in(nm), options.run_length.in(nm));
    limit_shifts(fragments, max_shift, std::max(options.rules.min_edge.in(nm), 5.0));
    EdgeDescent descent(target, cell, corners, 4);
    MaskResult result;
    descent.run(fragments, options.rules, max_shift, {options.iterations, 20, 200, 4}, result.history, context);
    result.violations = mend(fragments, options.rules, result.mask);
    const int n = static_cast<int>(std::lround(cell.side_nm));
    result.raster = raster_on(result.mask, {n, n, 1 * nm, 1 * nm, (cell.x0_nm + 0.5) * nm, (cell.y0_nm + 0.5) * nm});
    result.raster.grid.x0 = x0, result.raster.grid.y0 = y0;
    result.converged = true;
    result.seconds = clock_seconds() - started;
    return result;
}

}  // namespace damascene::opc
