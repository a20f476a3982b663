// Starting structures in three dimensions without a layout: one period of a trench, slot, hole, line, fin or pillar.
//
// x = y = 0 is the middle of the feature and of the box, z = 0 the original flat surface; holes lie below it, raised
// features above. Walls lean by depth / tan(sidewall angle); round features keep their axis.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "flow/film_side.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"
#include "flow/volume_side.hpp"

namespace damascene::flow {
namespace {

double nm_of(const ParamValues& v, const char* name) { return v.real(name) * 1e9; }

struct Feature {
    bool raised = false, round = false, endless = false;
    double width = 0, length = 0, depth = 0, pitch_x = 0, pitch_y = 0;
    double cotangent = 0, sine = 1;  ///< of the wall's angle
};

Feature feature_of(const ParamValues& v) {
    const std::string& shape = v.text("shape");
    Feature f;
    f.raised = shape == "line" || shape == "fin" || shape == "pillar";
    f.round = shape == "via" || shape == "pillar";
    f.endless = shape == "trench" || shape == "line";
    f.width = nm_of(v, "width"), f.depth = nm_of(v, "depth");
    f.length = v.has("length") ? nm_of(v, "length") : f.endless || f.round ? f.width : 2 * f.width;
    f.pitch_x = v.has("pitch") ? nm_of(v, "pitch") : 2.5 * f.width;
    f.pitch_y = v.has("pitch_y") ? nm_of(v, "pitch_y")
                : f.endless      ? (v.has("length") ? f.length : f.width / 2)
                                 : f.pitch_x + f.length - f.width;
    const double angle = v.real("sidewall_angle");
    f.cotangent = std::abs(angle - std::numbers::pi / 2) < 1e-12 ? 0 : 1 / std::tan(angle);
    f.sine = std::sin(angle);
    return f;
}

/// Signed distance in plan, < 0 inside; upright walls only.
double plan_distance(const Feature& f, double x, double y) {
    if (f.round) return std::hypot(x, y) - f.width / 2;
    const double dx = std::abs(x) - f.width / 2, dy = f.endless ? -1e300 : std::abs(y) - f.length / 2;
    return dx > 0 && dy > 0 ? std::hypot(dx, dy) : std::max(dx, dy);
}

/// Of the opening below z = 0 (holes), or of what is removed around a raised feature: both narrow downwards by
/// z / tan(angle) when the angle is below 90 deg, so a raised feature widens downwards.
feature::Solid hole(const Feature& f) {
    return [f](double x, double y, double z) {
        const double wall = (plan_distance(f, x, y) - std::min(0.0, z) * f.cotangent) * f.sine;
        return std::max(wall, -f.depth - z);
    };
}
feature::Solid raised(const Feature& f) {
    return [f](double x, double y, double z) {
        const double wall = (plan_distance(f, x, y) - (f.depth - std::max(0.0, z)) * f.cotangent) * f.sine;
        return std::max(wall, z - f.depth);
    };
}

StepResult run_structure_volume(const Inputs& in, const Context&) {
    const ParamValues& v = in.params->values;
    const Feature f = feature_of(v);
    const std::array<double, 4> window = {-f.pitch_x / 2, -f.pitch_y / 2, f.pitch_x / 2, f.pitch_y / 2};
    const double h = v.has("grid") ? nm_of(v, "grid") : fitting_cell(f.pitch_x, f.pitch_y, f.width / 12);
    feature::Volume volume = stack_in(window, v, f.raised ? 0 : f.depth, h);
    if (f.raised) {
        volume = feature::with_room(volume, volume.box.z0_nm, f.depth + 12 * h);
        feature::add_solid(volume, raised(f), volume.materials.back());
    } else
        feature::remove_solid(volume, hole(f));
    StepResult r = report_volume(volume, section_y(v), "start");
    r.scalars = {
        {"aspect_ratio", "depth over width", f.depth / f.width, ""},
        {"grid", "cell of the volume", h, "nm"},
        {"solid_volume", "volume of all materials",
         (volume.box.x1_nm - volume.box.x0_nm) * (volume.box.y1_nm - volume.box.y0_nm) *
                 (volume.box.z1_nm - volume.box.z0_nm) -
             feature::gas_volume(volume),
         "nm^3"},
        {"triangles", "elements of the surface", static_cast<double>(r.topography->mesh.triangles.size()), ""}};
    const double beyond = std::max(volume.box.x1_nm - window[2], volume.box.y1_nm - window[3]);
    if (beyond > 1e-6 * h)
        r.warnings.push_back("the box is " + rounded(beyond, 3) + " nm larger than asked: whole cells of " +
                             rounded(h, 4) + " nm");
    return r;
}

void check_structure_volume(const ParamValues& v) {
    (void)stack_layers(v);
    const Feature f = feature_of(v);
    if (f.pitch_x <= f.width)
        throw InputError("D0402", "'pitch' leaves no surface between the features", "more than the width");
    if (!f.endless && f.pitch_y <= f.length)
        throw InputError("D0402", "'pitch_y' leaves no surface between the features", "more than the length");
    if (v.has("length") && f.round)
        throw InputError("D0402", "'length' has no meaning for a round feature", "leave it out, or use slot or fin");
    if (!f.raised && 2 * f.depth * f.cotangent >= std::min(f.width, f.endless ? f.width : f.length))
        throw InputError("D0402", "'sidewall_angle' lets the walls meet above the bottom",
                         "a wider opening or a steeper angle");
    if (f.raised && 2 * f.depth * f.cotangent >= f.pitch_x - f.width)
        throw InputError("D0402", "'sidewall_angle' lets neighbours meet above the floor",
                         "a larger pitch or a steeper angle");
    if (v.has("grid") && f.width < 6 * nm_of(v, "grid") * (1 - 1e-9))
        throw InputError("D0402", "'grid' leaves fewer than 6 cells on the feature's width", "a finer grid");
}

}  // namespace

extern const StepModel model_structure_volume;
const StepModel model_structure_volume = {
    .info = {.catalogue = "step",
             .name = "structure-volume",
             .summary = "One period of a trench, slot, via, line, fin or pillar as a volume, without a layout.",
             .equation = "half-width(z) = width / 2 - z / tan(sidewall_angle), z downwards",
             .citation = "",
             .params =
                 joined({{.name = "shape",
                          .kind = ParamKind::choice,
                          .doc = "trench and line are endless along y; slot and fin end; via and pillar are round",
                          .choices = {"trench", "slot", "via", "line", "fin", "pillar"}},
                         {.name = "width",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e6,
                          .low_open = true,
                          .doc = "along x at the top; diameter of a via or pillar"},
                         {.name = "depth",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e6,
                          .low_open = true,
                          .doc = "depth of a hole, height of a raised feature"},
                         {.name = "length",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e6,
                          .low_open = true,
                          .doc = "along y of a slot or fin (absent: twice the width), of the box of a trench or line",
                          .optional = true},
                         {.name = "pitch",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e6,
                          .low_open = true,
                          .doc = "period along x; absent: 2.5 widths",
                          .optional = true},
                         {.name = "pitch_y",
                          .unit = "nm",
                          .low = 0,
                          .high = 1e6,
                          .low_open = true,
                          .doc = "period along y; absent: the same space as along x",
                          .optional = true},
                         {.name = "sidewall_angle",
                          .unit = "deg",
                          .default_text = "90 deg",
                          .low = 45,
                          .high = 100,
                          .doc = "of the walls; below 90 holes narrow and raised features widen downwards"},
                         {.name = "grid",
                          .unit = "nm",
                          .low = 0.01,
                          .high = 1e4,
                          .doc = "cell of the volume; absent: a twelfth of the width, or a little less",
                          .optional = true}},
                        volume_rows())},
    .needs = {},
    .gives = {"volume"},
    .run = run_structure_volume,
    .estimate =
        [](const Inputs&) {
            return Cost{1, 3e8, "one volume"};
        },
    .check = check_structure_volume};

}  // namespace damascene::flow
