// Pattern transfer in three dimensions: printed (or drawn) shapes become holes, trenches or pillars in a stack.
//
//   opening at depth z:  the shapes, moved by bias and by -z / tan(sidewall angle);  resist lost = depth / selectivity
//
// The box stands on a window of the layout; its walls mirror or repeat what it holds. Convex corners of an opening
// that widens become round, all others follow the shapes. Emulation: no transport of the etchant.
#include <algorithm>
#include <cmath>

#include "flow/film_side.hpp"
#include "flow/litho.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"
#include "flow/volume_side.hpp"

namespace damascene::flow {
namespace {

using Window = std::array<double, 4>;

double nm_of(const ParamValues& v, const char* name) { return v.real(name) * 1e9; }

Window window_of(const ParamValues& v, const Clip& clip) {
    if (!v.has("box")) return clip.window_nm;
    const std::vector<double>& b = v.reals("box");
    return {b[0] * 1e9, b[1] * 1e9, b[2] * 1e9, b[3] * 1e9};
}

/// Closed contours on a unit of 0.01 nm; holes are walked the other way.
Region region_of(const std::vector<Contour>& contours) {
    Region r{0.01 * nm, {}};
    for (const Contour& c : contours) {
        Ring ring;
        for (const auto& p : c.points_nm)
            ring.push_back({static_cast<std::int32_t>(std::lround(100 * p[0])),
                            static_cast<std::int32_t>(std::lround(100 * p[1]))});
        if (ring.size() > 2) r.rings.push_back(std::move(ring));
    }
    return merged(r);
}

/// The window and a margin beyond it, without the shapes.
Region outside(const Region& shapes, const Window& w, double margin_nm) {
    const auto units = [&](double x) { return static_cast<std::int32_t>(std::lround(x / shapes.unit.in(nm))); };
    const std::int32_t x0 = units(w[0] - margin_nm), y0 = units(w[1] - margin_nm), x1 = units(w[2] + margin_nm),
                       y1 = units(w[3] + margin_nm);
    return combine({shapes.unit, {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}}, shapes, Boolean::subtract);
}

Region openings_of(const Inputs& in, const Clip& clip, const Window& w) {
    const ParamValues& v = in.params->values;
    const auto print = in.values.find("print");
    if (v.text("mask") == "resist" && print == in.values.end())
        throw InputError("D0110", "etch-volume needs a print, but nothing before it gives one",
                         "a step with model = \"print\", or mask = \"drawn\"");
    const Region shapes = v.text("mask") == "drawn"
                              ? merged(clip.target)
                              : region_of(closed_in_cell(std::get<PrintSet>(*print->second).nominal, clip));
    return v.text("etched") == "inside" ? shapes : outside(shapes, w, 100 + nm_of(v, "depth"));
}

Region in_window(const Region& r, const Window& w) {
    const double u = r.unit.in(nm);
    const auto units = [u](double x) { return static_cast<std::int64_t>(std::llround(x / u)); };
    return clipped(r, {units(w[0]), units(w[1]), units(w[2]), units(w[3])});
}

/// Shorter side of the smallest outline's bounding box, nm.
double narrowest(const Region& r) {
    double least = 1e300;
    for (const Ring& ring : r.rings) {
        const Box b = bounding_box({r.unit, {ring}});
        least = std::min(least, r.unit.in(nm) * static_cast<double>(std::min(b.x1 - b.x0, b.y1 - b.y0)));
    }
    return least;
}

StepResult run_etch_volume(const Inputs& in, const Context&) {
    const ParamValues& v = in.params->values;
    const Clip clip = clip_of(in);
    const Window w = window_of(v, clip);
    const Region openings = openings_of(in, clip, w), seen = in_window(openings, w);
    if (seen.rings.empty())
        throw InputError("D0403", "no opening lies in the box", "move the box, or look at the report's plan view");
    const double depth = nm_of(v, "depth"), width = narrowest(seen), loss = depth / v.real("selectivity");
    const double h = v.has("grid") ? nm_of(v, "grid") : fitting_cell(w[2] - w[0], w[3] - w[1], width / 12);
    feature::Volume volume = stack_in(w, v, depth, h);
    const double before = feature::gas_volume(volume);
    const std::vector<feature::EtchLayer> layers = {
        {.depth_nm = depth,
         .bias_nm = -nm_of(v, "bias"),
         .sidewall_deg = v.real("sidewall_angle") * 180 / 3.14159265358979323846}};
    feature::etch(volume, openings, 0, layers);
    StepResult r = report_volume(volume, section_y(v), "etched");
    const double removed = feature::gas_volume(volume) - before;
    const double area = damascene::area(seen) * std::pow(seen.unit.in(nm), 2);
    r.scalars = {{"openings", "outlines of openings in the box", static_cast<double>(seen.rings.size()), ""},
                 {"opening_area", "area of the openings as printed or drawn", area, "nm^2"},
                 {"depth", "etched depth", depth, "nm"},
                 {"removed_volume", "volume removed", removed, "nm^3"},
                 {"grid", "cell of the volume", h, "nm"},
                 {"triangles", "elements of the surface", static_cast<double>(r.topography->mesh.triangles.size()), ""},
                 {"resist_loss", "resist consumed", loss, "nm"}};
    if (!(removed > 0))
        r.warnings.push_back("every opening closes: nothing was etched; look at 'bias' and 'sidewall_angle'");
    const double beyond = std::max(volume.box.x1_nm - w[2], volume.box.y1_nm - w[3]);
    if (beyond > 1e-6 * h)
        r.warnings.push_back("the box is " + rounded(beyond, 3) + " nm larger than asked: whole cells of " +
                             rounded(h, 4) + " nm");
    if (v.has("resist_thickness") && loss > nm_of(v, "resist_thickness"))
        r.failed_limits.push_back("the etch consumes " + rounded(loss, 4) + " nm of resist, " +
                                  rounded(nm_of(v, "resist_thickness"), 4) + " nm are there");
    return r;
}

Cost estimate_etch_volume(const Inputs&) { return {1, 3e8, "one volume"}; }

void check_etch_volume(const ParamValues& v) {
    (void)stack_layers(v);
    if (!v.has("box")) return;
    const std::vector<double>& b = v.reals("box");
    if (!(b[2] > b[0]) || !(b[3] > b[1]))
        throw InputError("D0402", "'box' is empty", "x0 y0 x1 y1 with x1 > x0 and y1 > y0");
}

}  // namespace

extern const StepModel model_etch_volume;
const StepModel model_etch_volume = {
    .info = {.catalogue = "step",
             .name = "etch-volume",
             .summary = "Holes, trenches or pillars in three dimensions where the layout or its print is open.",
             .equation =
                 "opening(z) = shapes moved by bias - z / tan(sidewall_angle);  resist lost = depth / selectivity",
             .citation = "",
             .params =
                 joined({layer_row(),
                         {.name = "box",
                          .kind = ParamKind::real_list,
                          .unit = "um",
                          .low = -1e6,
                          .high = 1e6,
                          .doc = "x0 y0 x1 y1 of the layout that becomes a volume; absent: its window",
                          .count = 4,
                          .optional = true},
                         {.name = "mask",
                          .kind = ParamKind::choice,
                          .default_text = "resist",
                          .doc = "resist = the printed contours, drawn = the layout itself",
                          .choices = {"resist", "drawn"}},
                         {.name = "etched",
                          .kind = ParamKind::choice,
                          .default_text = "inside",
                          .doc = "inside the shapes (holes, trenches) or outside (lines, fins, pillars)",
                          .choices = {"inside", "outside"}},
                         {.name = "depth",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e5,
                          .low_open = true,
                          .doc = "etched depth below z = 0"},
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
                          .doc = "of the walls; below 90 openings narrow downwards"},
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
                         {.name = "grid",
                          .unit = "nm",
                          .low = 0.01,
                          .high = 1e4,
                          .doc = "cell of the volume; absent: a twelfth of the narrowest opening, or a little less",
                          .optional = true}},
                        volume_rows())},
    .needs = {"layout"},
    .gives = {"volume"},
    .run = run_etch_volume,
    .estimate = estimate_etch_volume,
    .check = check_etch_volume,
    .wants = {"print"}};

}  // namespace damascene::flow
