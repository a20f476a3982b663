// Conformal film: the surface moves by the same distance everywhere along its normals (emulation, no transport).
//
//   outward growth of a convex body by t:  area = A + P t + pi t^2
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Process bind(double rate_nm_s) {
    Process p;
    p.speed = [rate_nm_s](const Section& section, const std::vector<std::vector<double>>&,
                          std::span<const std::string>) {
        return SurfaceSpeed{{std::vector<double>(section.size(), rate_nm_s)}, {}, {}};
    };
    p.flat_speed_nm_s = rate_nm_s;
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    return run_process(on_grid(std::move(start), v), bind(v.real("rate") * 1e9), v.text("film"), step_options(v),
                       context);
}

}  // namespace

extern const SurfaceModel model_conformal;
const SurfaceModel model_conformal = {
    .info = {.catalogue = "step",
             .name = "conformal",
             .summary = "Film of the same thickness on every open surface; an emulation without transport.",
             .equation = "V = rate",
             .citation = "Sethian1996",
             .params = joined({film_row("film"),
                               {.name = "rate",
                                .unit = "nm/min",
                                .default_text = "60 nm/min",
                                .low = 0,
                                .high = 1e6,
                                .low_open = true,
                                .doc = "growth everywhere"}},
                              stop_rows("film thickness"))},
    .run = run,
    .transport = false};

}  // namespace damascene::feature
