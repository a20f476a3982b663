// Directional film: particles of one beam stick where they first land (evaporation, ionised deposition; emulation).
//
//   V = rate I,   I = share of the beam that reaches the place, times cos of its angle of incidence
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Process bind(const ParamValues& v) {
    const double rate = v.real("rate") * 1e9;
    Process p;
    const Beam beam = ion_beam(v);
    p.species = {{.name = "beam", .beam = beam, .diffuse = false},
                 {.name = "straight beam", .beam = {.cosine_power = 0, .tilt_rad = beam.tilt_rad}, .diffuse = false}};
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& arrivals,
                  std::span<const std::string>) {
        std::vector<double> speed = arrivals[0];
        for (double& s : speed) s *= rate;
        return with_beam(section, std::move(speed), arrivals[1], [rate](double n_z) { return rate * falling(n_z); });
    };
    p.flat_speed_nm_s = rate;
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    return run_process(on_grid(std::move(start), v), bind(v), v.text("film"), step_options(v), context);
}

}  // namespace

extern const SurfaceModel model_directional;
const SurfaceModel model_directional = {
    .info = {.catalogue = "step",
             .name = "directional",
             .summary = "Film from a beam that sticks where it lands; shadows stay bare.",
             .equation = "V = rate I(visible) cos(theta)",
             .citation = "Sethian1996",
             .params = joined(joined({film_row("film"),
                                      {.name = "rate",
                                       .unit = "nm/min",
                                       .default_text = "60 nm/min",
                                       .low = 0,
                                       .high = 1e6,
                                       .low_open = true,
                                       .doc = "growth on the open flat field"}},
                                     ion_rows()),
                              stop_rows("film thickness on the open flat field"))},
    .run = run};

}  // namespace damascene::feature
