// Plasma-enhanced deposition (TEOS/O2, SiH4/N2O, SiH4/NH3): radicals that diffuse, and growth that ions assist.
//
//   V = rate [(1 - ion_share) H_r^order + ion_share I],   H_r = radical arrival, I = directional arrival, flat field =
//   1
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Process bind(const ParamValues& v) {
    const double rate = v.real("rate") * 1e9, share = v.real("ion_share"), order = v.real("order");
    const double sticking = v.real("sticking");
    Process p;
    const Beam beam = ion_beam(v);
    p.species = {{.name = "radical", .nonlinear = order != 1},
                 {.name = "ion", .beam = beam, .diffuse = false},
                 {.name = "straight ion", .beam = {.cosine_power = 0, .tilt_rad = beam.tilt_rad}, .diffuse = false}};
    p.sticking = [sticking, order](int, const Section&, const std::vector<std::vector<double>>& arrivals,
                                   std::span<double> out) {
        const std::vector<double>& h = arrivals[0];
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = h.empty() || order == 1 ? sticking
                                             : std::min(1.0, sticking * std::pow(std::max(h[i], 1e-12), order - 1));
    };
    p.speed = [=](const Section& section, const std::vector<std::vector<double>>& arrivals,
                  std::span<const std::string>) {
        std::vector<double> speed(section.size());
        for (std::size_t i = 0; i < speed.size(); ++i)
            speed[i] = rate * ((1 - share) * std::pow(arrivals[0][i], order) + share * arrivals[1][i]);
        return with_beam(section, std::move(speed), arrivals[2],
                         [rate, share](double n_z) { return rate * share * falling(n_z); });
    };
    p.flat_speed_nm_s = rate;
    return p;
}

ProcessOutcome draw(Surface start, const ParamValues& v, std::uint64_t seed, const Context& context) {
    return run_in_gas(on_grid(std::move(start), v), v, bind(v), seed, context);
}

}  // namespace

extern const SurfaceModel model_pecvd;
const SurfaceModel model_pecvd = {
    .info = {.catalogue = "step",
             .name = "pecvd",
             .summary = "Plasma-enhanced film: diffusing radicals and an ion-assisted, directional part.",
             .equation = "V = rate [(1 - ion_share) H_r^order + ion_share I]",
             .citation = "Cale1992",
             .params = joined(joined({film_row("SiO2"),
                                      {.name = "sticking",
                                       .default_text = "0.3",
                                       .low = 0,
                                       .high = 1,
                                       .low_open = true,
                                       .doc = "of the radical; about 0.3 for silane oxide",
                                       .label = "recall"},
                                      {.name = "order",
                                       .default_text = "1",
                                       .low = 0.3,
                                       .high = 2,
                                       .doc = "reaction order of the radical"},
                                      {.name = "ion_share",
                                       .unit = "%",
                                       .default_text = "30 %",
                                       .low = 0,
                                       .high = 100,
                                       .doc = "of the flat growth that needs ions; calibrate",
                                       .label = "user"},
                                      {.name = "rate",
                                       .unit = "nm/min",
                                       .default_text = "200 nm/min",
                                       .low = 0,
                                       .high = 1e6,
                                       .low_open = true,
                                       .doc = "growth on the open flat field"}},
                                     ion_rows()),
                              joined(gas_rows(), stop_rows("film thickness on the open flat field")))},
    .draw = draw,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
