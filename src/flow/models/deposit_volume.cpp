// Deposition on a volume: fluxes of neutral species by rays on the present surface, or conformal growth.
//
//   V = rate sum_k share_k Gamma_k,   Gamma_k = incident flux of species k, open flat field = 1
//
// The surface moves by at most half a cell between two evaluations of the flux. Rays carry an error bar: its mean over
// the elements is reported. With `mean_free_path` the gas fills the box up to its top, which then matters.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "flow/film_side.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"
#include "flow/volume_side.hpp"

namespace damascene::flow {
namespace {

double nm_of(const ParamValues& v, const char* name, double other = 0) {
    return v.has(name) ? v.real(name) * 1e9 : other;
}

std::vector<double> shares_of(const ParamValues& v, std::size_t count) {
    if (!v.has("share")) return std::vector<double>(count, 1.0 / static_cast<double>(count));
    std::vector<double> share = v.reals("share");
    const double total = std::accumulate(share.begin(), share.end(), 0.0);
    for (double& s : share) s /= total;
    return share;
}

void check_deposit_volume(const ParamValues& v) {
    const std::vector<double>& sticking = v.reals("sticking");
    if (sticking.empty()) throw InputError("D0402", "'sticking' is empty", "one probability per species");
    if (v.has("share")) {
        const std::vector<double>& share = v.reals("share");
        if (share.size() != sticking.size())
            throw InputError("D0402", "'share' and 'sticking' have different lengths", "one value per species");
        if (!(std::accumulate(share.begin(), share.end(), 0.0) > 0))
            throw InputError("D0402", "'share' adds up to nothing", "shares of the flat growth, sum 100 %");
    }
    if (!v.has("thickness") && !v.has("duration") && !v.has("until"))
        throw InputError("D0107", "nothing ends the step", "give 'thickness', 'duration' or until = \"closed\"");
    if (v.has("until") && !v.has("thickness") && !v.has("duration"))
        throw InputError("D0107", "'until' needs a bound: an opening may never close", "give 'thickness' too");
}

feature::VolumeProcess process_of(const ParamValues& v) {
    const std::vector<double>& sticking = v.reals("sticking");
    const std::vector<double> share = shares_of(v, sticking.size());
    const double rate = nm_of(v, "rate");
    feature::VolumeProcess p;
    for (std::size_t k = 0; k < sticking.size(); ++k)
        p.species.push_back({.name = "species " + std::to_string(k + 1),
                             .sticking = {sticking[k]},
                             .beam = {.cosine_power = v.real("source.angle_exponent")},
                             .mean_free_path_nm = nm_of(v, "mean_free_path")});
    p.speed = [share, rate](int, double, std::span<const double> arrivals) {
        double sum = 0;
        for (std::size_t k = 0; k < share.size(); ++k) sum += share[k] * arrivals[k];
        return rate * sum;
    };
    return p;
}

feature::VolumeStep step_of(const ParamValues& v, std::uint64_t seed) {
    const double rate = nm_of(v, "rate");
    double duration = v.has("duration") ? v.real("duration") : 1e300;
    if (v.has("thickness")) duration = std::min(duration, nm_of(v, "thickness") / rate);
    feature::VolumeStep step{.duration_s = duration};
    step.rays.rel_error = v.real("rel_error");
    step.rays.max_rays = v.integer("max_rays");
    step.rays.seed = seed;
    step.rays.scrambles = 8;
    step.until_closed = v.has("until");
    step.snapshots = 16;
    step.section_y_nm = section_y(v);
    return step;
}

StepResult run_deposit_volume(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const auto begin = std::chrono::steady_clock::now();
    const feature::VolumeStep step = step_of(v, in.seed);
    const double rate = nm_of(v, "rate"), thickness = rate * step.duration_s;
    feature::Volume start = std::get<feature::Volume>(*in.values.at("volume"));
    double top = -1e300;
    for (const auto& p : feature::surface_mesh(start).points) top = std::max(top, p[2]);
    start = feature::with_room(start, start.box.z0_nm, top + thickness + 6 * start.box.h_nm);
    const bool traced = v.text("transport") == "rays";
    const feature::VolumeOutcome outcome =
        traced ? feature::run_volume_process(start, process_of(v), v.text("film"), step, context)
               : feature::run_volume_offset(start, rate, v.text("film"), step, context);
    StepResult r = report_volume_process(outcome, start, rate * outcome.duration_s, step.section_y_nm, traced);
    r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return r;
}

Cost estimate_deposit_volume(const Inputs& in) {
    const ParamValues& v = in.params->values;
    const double triangles = 2e4, rays = 16 * 16 * std::max(1.0, std::pow(0.05 / v.real("rel_error"), 2));
    return {v.text("transport") == "rays" ? 10 * triangles * rays * 4e-7 : 3, 5e8, "about 20000 triangles assumed"};
}

}  // namespace

extern const StepModel model_deposit_volume;
const StepModel model_deposit_volume = {
    .info = {.catalogue = "step",
             .name = "deposit-volume",
             .summary = "Film on a volume: neutral species by rays with error bars, or conformal.",
             .equation = "V = rate sum_k share_k Gamma_k;  Gamma_e = (A_box / N A_e) sum w",
             .citation = "",
             .params = {{.name = "film",
                         .kind = ParamKind::text,
                         .default_text = "film",
                         .doc = "name of the material that is added"},
                        {.name = "transport",
                         .kind = ParamKind::choice,
                         .default_text = "rays",
                         .doc = "rays: flux of every species; conformal: the same growth everywhere the gas reaches",
                         .choices = {"rays", "conformal"}},
                        {.name = "sticking",
                         .kind = ParamKind::real_list,
                         .default_text = "[1]",
                         .low = 0,
                         .high = 1,
                         .low_open = true,
                         .doc = "probability to stick per hit, one value per species"},
                        {.name = "share",
                         .kind = ParamKind::real_list,
                         .unit = "%",
                         .low = 0,
                         .high = 100,
                         .doc = "share of the flat growth per species; absent: equal",
                         .optional = true},
                        {.name = "source.angle_exponent",
                         .default_text = "1",
                         .low = 0,
                         .high = 1e5,
                         .low_open = true,
                         .doc = "n of the crossing probability (n+1)/(2 pi) cos^n; 1 = thermal gas"},
                        {.name = "mean_free_path",
                         .unit = "nm",
                         .low = 0,
                         .high = 1e12,
                         .low_open = true,
                         .doc = "of the gas in the box; absent: free molecular",
                         .optional = true},
                        {.name = "rate",
                         .unit = "nm/min",
                         .default_text = "60 nm/min",
                         .low = 0,
                         .high = 1e6,
                         .low_open = true,
                         .doc = "growth on the open flat field"},
                        {.name = "thickness",
                         .unit = "nm",
                         .low = 0,
                         .high = 1e6,
                         .low_open = true,
                         .doc = "film thickness on the open flat field",
                         .optional = true},
                        {.name = "duration",
                         .unit = "s",
                         .low = 0,
                         .high = 1e7,
                         .low_open = true,
                         .doc = "process time",
                         .optional = true},
                        {.name = "until",
                         .kind = ParamKind::choice,
                         .doc = "closed: ends when gas is shut in; needs a thickness or duration too",
                         .choices = {"closed"},
                         .optional = true},
                        {.name = "rel_error",
                         .default_text = "0.05",
                         .low = 0.001,
                         .high = 0.5,
                         .doc = "wanted standard error of the flux on every element, relative; fluxes below 5 % count "
                                "as 5 %"},
                        {.name = "max_rays",
                         .kind = ParamKind::integer,
                         .default_text = "20000000",
                         .low = 1000,
                         .high = 1e10,
                         .doc = "most rays of one evaluation of a flux"},
                        section_row()}},
    .needs = {"volume"},
    .gives = {"volume"},
    .run = run_deposit_volume,
    .estimate = estimate_deposit_volume,
    .check = check_deposit_volume};

}  // namespace damascene::flow
