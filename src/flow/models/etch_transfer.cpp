// Pattern transfer: the printed, developed (or drawn) openings along the cut line become trenches in a film.
//
//   opening at depth z:  the printed interval, moved by bias on each side and by z / tan(sidewall angle)
//   resist lost:         depth / selectivity
//
// The section stands on the cut line and runs along it; the trenches are endless across it. Where the cut leaves one
// period between its ends the section repeats. Emulation: no transport of the etchant.
#include <algorithm>
#include <cmath>

#include "flow/film_side.hpp"
#include "flow/litho.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

struct Interval {
    double low_nm = 0, high_nm = 0;
};

/// Parameters t in (0, 1) where the line a-b meets an edge, half-open at the edge's ends so that each vertex counts
/// once.
void meet(const std::array<double, 4>& line, double x0, double y0, double x1, double y1, std::vector<double>& at) {
    const double dx = line[2] - line[0], dy = line[3] - line[1];
    const double side0 = dx * (y0 - line[1]) - dy * (x0 - line[0]), side1 = dx * (y1 - line[1]) - dy * (x1 - line[0]);
    if ((side0 >= 0) == (side1 >= 0)) return;
    const double t = side0 / (side0 - side1), px = x0 + t * (x1 - x0), py = y0 + t * (y1 - y0);
    at.push_back(((px - line[0]) * dx + (py - line[1]) * dy) / std::hypot(dx, dy));
}

/// Intervals of the closed rings' inside (even-odd) along the line, nm from its start.
std::vector<Interval> intervals(std::vector<double> at, double length) {
    std::sort(at.begin(), at.end());
    std::vector<Interval> out;
    for (std::size_t i = 0; i + 1 < at.size(); i += 2)
        if (at[i + 1] > 0 && at[i] < length) out.push_back({at[i], at[i + 1]});
    return out;
}

std::vector<Interval> openings_of(const Region& drawn, const std::array<double, 4>& line) {
    std::vector<double> at;
    const double unit = drawn.unit.in(nm);
    for (const Ring& ring : drawn.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            meet(line, a.x * unit, a.y * unit, b.x * unit, b.y * unit, at);
        }
    return intervals(std::move(at), std::hypot(line[2] - line[0], line[3] - line[1]));
}

std::vector<Interval> openings_of(const std::vector<Contour>& printed, const std::array<double, 4>& line) {
    std::vector<double> at;
    for (const Contour& c : printed)
        for (std::size_t i = 0; i < c.points_nm.size(); ++i) {
            const auto& a = c.points_nm[i];
            const auto& b = c.points_nm[(i + 1) % c.points_nm.size()];
            meet(line, a[0], a[1], b[0], b[1], at);
        }
    return intervals(std::move(at), std::hypot(line[2] - line[0], line[3] - line[1]));
}

/// The same line through the neighbouring periods too: shapes end at the border of the cell, the pattern does not.
template <class Openings>
std::vector<Interval> in_all_periods(const Openings& on_line, const std::array<double, 4>& line, double period) {
    std::vector<Interval> all;
    for (const double x : {-period, 0.0, period})
        for (const double y : {-period, 0.0, period}) {
            const std::vector<Interval> some = on_line({line[0] + x, line[1] + y, line[2] + x, line[3] + y});
            all.insert(all.end(), some.begin(), some.end());
        }
    std::sort(all.begin(), all.end(), [](const Interval& a, const Interval& b) { return a.low_nm < b.low_nm; });
    std::vector<Interval> joined;
    for (const Interval& o : all)
        if (!joined.empty() && o.low_nm <= joined.back().high_nm + 1e-6)
            joined.back().high_nm = std::max(joined.back().high_nm, o.high_nm);
        else
            joined.push_back(o);
    const double length = std::hypot(line[2] - line[0], line[3] - line[1]);
    for (Interval& o : joined) o = {std::max(0.0, o.low_nm), std::min(length, o.high_nm)};
    return joined;
}

/// The opening at the bottom of developed resist: where the etch begins.
const Region& foot_of(const Profile& profile) {
    if (profile.levels.empty())
        throw InputError("D0403", "the developed resist has no opening", "more dose, or a longer development");
    return profile.levels.front().opening;
}

double nm_of(const ParamValues& v, const char* name) { return v.real(name) * 1e9; }

/// The trench below one opening: a trapezium closed above the surface.
feature::Polyline trench(const Interval& opening, double depth, double lean, double above) {
    const double l = opening.low_nm, r = opening.high_nm;
    return {{l, above}, {l, 0}, {l + lean, -depth}, {r - lean, -depth}, {r, 0}, {r, above}};
}

StepResult run_etch_transfer(const Inputs& in, const Context&) {
    const ParamValues& v = in.params->values;
    const Clip clip = clip_of(in);
    if (!clip.cut_nm)
        throw InputError("D0107", "etch-transfer needs a cut line: the section stands on it",
                         "add cut = [x0, y0, x1, y1] to [layout]");
    const std::array<double, 4>& line = *clip.cut_nm;
    const bool drawn = v.text("mask") == "drawn";
    const auto print = in.values.find("print"), profile = in.values.find("profile");
    if (!drawn && print == in.values.end() && profile == in.values.end())
        throw InputError("D0110", "etch-transfer needs a print, but nothing before it gives one",
                         "a step with model = \"print\" or \"resist-profile\", or mask = \"drawn\"");
    const auto on_line = [&](const std::array<double, 4>& at) {
        return drawn                        ? openings_of(clip.target, at)
               : profile != in.values.end() ? openings_of(foot_of(std::get<Profile>(*profile->second)), at)
                                            : openings_of(std::get<PrintSet>(*print->second).nominal, at);
    };
    std::vector<Interval> openings = in_all_periods(on_line, line, clip.period_nm);
    const double length = std::hypot(line[2] - line[0], line[3] - line[1]), depth = nm_of(v, "depth");
    const double tan_wall = std::tan(v.real("sidewall_angle")), lean = tan_wall > 1e8 ? 0 : depth / tan_wall;
    const double bias = nm_of(v, "bias"), loss = depth / v.real("selectivity");
    StepResult failed;
    std::erase_if(openings, [&](Interval& o) {
        o.low_nm -= bias, o.high_nm += bias;
        const bool shut = o.high_nm - o.low_nm <= 2 * std::max(lean, 0.0);
        if (shut)
            failed.warnings.push_back("an opening of " + rounded(o.high_nm - o.low_nm, 4) +
                                      " nm closes above the etch depth and is left out");
        return shut;
    });
    if (openings.empty())
        throw InputError("D0403",
                         std::string("no opening of the ") + (drawn ? "drawn layer" : "print") +
                             " lies between the ends of the cut line",
                         "move the cut, or look at the report's plan view");
    double narrowest = length;
    double widest = 0, mean = 0;
    for (const Interval& o : openings) {
        const bool mirrored = o.low_nm < 1e-6 * length || o.high_nm > (1 - 1e-6) * length;  // half of one
        const double width = (mirrored ? 2 : 1) * (o.high_nm - o.low_nm);
        narrowest = std::min(narrowest, width), widest = std::max(widest, width);
        mean += width / static_cast<double>(openings.size());
    }
    const double asked = v.has("grid") ? nm_of(v, "grid") : narrowest / 50;
    const double h = length / std::max(8.0, std::round(length / asked));
    feature::Domain d;
    d.left = d.right = Side::mirror;
    d.x0_nm = 0, d.x1_nm = length, d.h_nm = h;
    d.z0_nm = -depth - nm_of(v, "below") - 12 * h, d.z1_nm = 12 * h;
    Surface s = feature::flat_surface(d, v.text("substrate"), -depth);
    feature::begin_film(s, v.text("material"));
    feature::offset_surface(s, depth);
    for (const Interval& o : openings) feature::remove_solid(s, trench(o, depth, lean, 100 * h));
    StepResult r = report_surface(s, "etched");
    r.warnings = failed.warnings;
    r.scalars = {{"openings", "trenches on the cut line", static_cast<double>(openings.size()), ""},
                 {"width_mean", "mean opening at the top", mean, "nm"},
                 {"width_min", "narrowest opening at the top", narrowest, "nm"},
                 {"width_max", "widest opening at the top", widest, "nm"},
                 {"depth", "etched depth", depth, "nm"},
                 {"aspect_ratio", "depth over the narrowest opening", depth / narrowest, ""},
                 {"resist_loss", "resist consumed", loss, "nm"}};
    if (v.has("resist_thickness") && loss > nm_of(v, "resist_thickness"))
        r.failed_limits.push_back("the etch consumes " + rounded(loss, 4) + " nm of resist, " +
                                  rounded(nm_of(v, "resist_thickness"), 4) + " nm are there");
    return r;
}

Cost estimate_etch_transfer(const Inputs&) { return {0.2, 5e7, "one section"}; }

}  // namespace

extern const StepModel model_etch_transfer;
const StepModel model_etch_transfer =
    {.info =
         {.catalogue = "step",
          .name = "etch-transfer",
          .summary = "Trenches under the printed openings along the cut line: bias, sidewall angle, selectivity.",
          .equation = "opening(z) = printed + 2 bias - 2 z / tan(sidewall_angle);  resist lost = depth / selectivity",
          .citation = "",
          .params = {layer_row(),
                     {.name = "material",
                      .kind = ParamKind::text,
                      .default_text = "SiO2",
                      .doc = "film that is etched through"},
                     {.name = "substrate", .kind = ParamKind::text, .default_text = "Si", .doc = "what lies below it"},
                     {.name = "depth",
                      .unit = "nm",
                      .low = 0,
                      .high = 1e5,
                      .low_open = true,
                      .doc = "etched depth = thickness of the film"},
                     {.name = "bias",
                      .unit = "nm",
                      .default_text = "0 nm",
                      .low = -500,
                      .high = 500,
                      .doc = "gain of the opening on each side"},
                     {.name = "sidewall_angle",
                      .unit = "deg",
                      .default_text = "90 deg",
                      .low = 45,
                      .high = 100,
                      .doc = "of the walls; below 90 trenches narrow downwards"},
                     {.name = "selectivity",
                      .default_text = "8",
                      .low = 0,
                      .high = 1e4,
                      .low_open = true,
                      .doc = "film etched per resist etched"},
                     {.name = "resist_thickness",
                      .unit = "nm",
                      .low = 0,
                      .high = 1e5,
                      .low_open = true,
                      .doc = "resist that may be consumed; absent: not checked",
                      .optional = true},
                     {.name = "mask",
                      .kind = ParamKind::choice,
                      .default_text = "resist",
                      .doc = "resist = the foot of the developed profile, else the printed contours; drawn = the "
                             "layout itself",
                      .choices = {"resist", "drawn"}},
                     {.name = "below",
                      .unit = "nm",
                      .default_text = "20 nm",
                      .low = 0,
                      .high = 1e5,
                      .doc = "substrate kept in the section"},
                     {.name = "grid",
                      .unit = "nm",
                      .low = 0.01,
                      .high = 1e4,
                      .doc = "grid spacing; absent: a fiftieth of the narrowest opening",
                      .optional = true}}},
     .needs = {"layout"},
     .gives = {"surface"},
     .run = run_etch_transfer,
     .estimate = estimate_etch_transfer,
     .wants = {"profile", "print"}};

}  // namespace damascene::flow
