// Deposition by neutral species (CVD, LPCVD; free molecular): every species sticks with its own probability and is
// re-emitted by the cosine law otherwise.
//
//   V = rate sum_k share_k H_k^order_k,   H_k = incident flux of species k over that on an open flat field
//
// An order o != 1 acts as the sticking s H^(o-1), at most 1, found together with the flux. One species with s near 1
// and one with s << 1 describe TEOS where one species fails at several aspect ratios [Cale 1992].
#include <cmath>
#include <numeric>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

struct Neutral {
    std::string name;
    double sticking = 1, share = 1, order = 1;
};

double at_or(const std::vector<double>& list, std::size_t k, double other) {
    return list.empty() ? other : list[std::min(k, list.size() - 1)];
}

std::vector<Neutral> neutrals_of(const ParamValues& v) {
    const std::vector<double>& sticking = v.reals("sticking");
    const std::vector<double> share = v.has("share") ? v.reals("share") : std::vector<double>{};
    const std::vector<double> order = v.has("order") ? v.reals("order") : std::vector<double>{};
    const std::vector<std::string> names = v.has("species") ? v.texts("species") : std::vector<std::string>{};
    for (const auto& [list, name] :
         {std::pair{share.size(), "share"}, {order.size(), "order"}, {names.size(), "species"}})
        if (list != 0 && list != sticking.size())
            throw InputError("D0402", std::string("'") + name + "' and 'sticking' have different lengths",
                             "one value per species");
    if (sticking.empty()) throw InputError("D0402", "'sticking' is empty", "one probability per species");
    const double total = share.empty() ? 1.0 : std::accumulate(share.begin(), share.end(), 0.0);
    if (!(total > 0)) throw InputError("D0402", "the shares add up to nothing", "shares of the flat growth, sum 100 %");
    std::vector<Neutral> list;
    for (std::size_t k = 0; k < sticking.size(); ++k)
        list.push_back({names.empty() ? "species " + std::to_string(k + 1) : names[k], sticking[k],
                        share.empty() ? 1.0 / static_cast<double>(sticking.size()) : share[k] / total,
                        at_or(order, k, 1.0)});
    return list;
}

Process bind(const ParamValues& v) {
    const std::vector<Neutral> neutrals = neutrals_of(v);
    const double rate = v.real("rate") * 1e9;
    Process p;
    for (const Neutral& n : neutrals)
        p.species.push_back(
            {.name = n.name, .beam = {.cosine_power = v.real("source.angle_exponent")}, .nonlinear = n.order != 1});
    p.sticking = [neutrals](int k, const Section&, const std::vector<std::vector<double>>& arrivals,
                            std::span<double> sticking) {
        const Neutral& n = neutrals[static_cast<std::size_t>(k)];
        const std::vector<double>& arrival = arrivals[static_cast<std::size_t>(k)];
        for (std::size_t i = 0; i < sticking.size(); ++i)
            sticking[i] = arrival.empty() || n.order == 1
                              ? n.sticking
                              : std::min(1.0, n.sticking * std::pow(std::max(arrival[i], 1e-12), n.order - 1));
    };
    p.speed = [neutrals, rate](const Section& section, const std::vector<std::vector<double>>& arrivals,
                               std::span<const std::string>) {
        std::vector<double> speed(section.size(), 0.0);
        for (std::size_t k = 0; k < neutrals.size(); ++k)
            for (std::size_t i = 0; i < speed.size(); ++i)
                speed[i] += rate * neutrals[k].share *
                            (neutrals[k].order == 1 ? arrivals[k][i] : std::pow(arrivals[k][i], neutrals[k].order));
        return SurfaceSpeed{{std::move(speed)}, {}, {}};
    };
    p.flat_speed_nm_s = rate;
    return p;
}

ProcessOutcome draw(Surface start, const ParamValues& v, std::uint64_t seed, const Context& context) {
    return run_in_gas(on_grid(std::move(start), v), v, bind(v), seed, context);
}

}  // namespace

extern const SurfaceModel model_deposit_flux;
const SurfaceModel model_deposit_flux = {
    .info = {.catalogue = "step",
             .name = "deposit-flux",
             .summary =
                 "Film from neutral species by exact free-molecular transport: CVD, LPCVD, one or more stickings.",
             .equation = "V = rate sum_k share_k H_k^order_k;  Gamma = Gamma_dir + F (1 - s) Gamma",
             .citation = "Cale1992",
             .params = joined({film_row("film"),
                               {.name = "sticking",
                                .kind = ParamKind::real_list,
                                .low = 0,
                                .high = 1,
                                .low_open = true,
                                .doc = "probability to stick per hit, one value per species",
                                .label = "user"},
                               {.name = "share",
                                .kind = ParamKind::real_list,
                                .unit = "%",
                                .low = 0,
                                .high = 100,
                                .doc = "share of the flat growth per species; absent: equal",
                                .optional = true},
                               {.name = "order",
                                .kind = ParamKind::real_list,
                                .low = 0.3,
                                .high = 2,
                                .doc = "reaction order per species; absent: 1",
                                .optional = true},
                               {.name = "species",
                                .kind = ParamKind::text_list,
                                .doc = "names of the species, for tables and plots",
                                .optional = true},
                               {.name = "source.angle_exponent",
                                .default_text = "1",
                                .low = 0,
                                .high = 1e5,
                                .low_open = true,
                                .doc = "n of the crossing probability (n+1)/(2 pi) cos^n; 1 = thermal gas"},
                               {.name = "rate",
                                .unit = "nm/min",
                                .default_text = "60 nm/min",
                                .low = 0,
                                .high = 1e6,
                                .low_open = true,
                                .doc = "growth on the open flat field"}},
                              joined(gas_rows(), stop_rows("film thickness on the open flat field")))},
    .draw = draw,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
