// Starting structures, surface models as recipe steps, and what a deposition or etch step leaves behind.
//
// Lengths of a structure: z = 0 is the original flat surface, holes lie below it, x = 0 is their centre line (the axis
// of a via).
#include "flow/film_side.hpp"

#include <algorithm>
#include <cmath>

#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double top_clearance = 12;  // grid rows of gas above a structure
constexpr double bottom_clearance = 12;

double nm_of(const ParamValues& v, const char* name, double other = 0) {
    return v.has(name) ? v.real(name) * 1e9 : other;
}

struct NamedLayer {
    std::string material;
    double thickness_nm = 0;
};

/// "SiN 50 nm": a word, then a length.
std::optional<NamedLayer> layer_of(const std::string& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string::npos) return {};
    const QuantityParse parsed = parse_quantity(std::string_view(text).substr(space + 1));
    if (!parsed.value || !(parsed.value->dimension == Dimension{.length = 1}) || !(parsed.value->si > 0)) return {};
    return NamedLayer{text.substr(0, space), parsed.value->si * 1e9};
}

std::vector<NamedLayer> layers_of(const ParamValues& v) {
    std::vector<NamedLayer> list;
    if (v.has("stack"))
        for (const std::string& text : v.texts("stack"))
            if (const auto layer = layer_of(text)) list.push_back(*layer);
    return list;
}

double total_thickness(const std::vector<NamedLayer>& layers) {
    double sum = 0;
    for (const NamedLayer& layer : layers) sum += layer.thickness_nm;
    return sum;
}

/// Spacing that puts about 50 nodes on the opening and divides it evenly.
double default_grid(const ParamValues& v) {
    const double width = nm_of(v, "width", 100);
    return width / 50;
}

feature::Domain domain_of(const ParamValues& v, double h, double deepest_nm) {
    const bool axial = v.text("kind") == "via" || v.text("kind") == "pillar";
    const bool array = v.has("pitch");
    const double width = nm_of(v, "width", 100), depth = nm_of(v, "depth");
    const double half = array ? nm_of(v, "pitch") / 2 : width / 2 + nm_of(v, "field", 1.5 * width);
    feature::Domain d;
    d.symmetry = axial ? Symmetry::axial : Symmetry::planar;
    d.left = axial ? Side::mirror : array ? Side::mirror : Side::open;
    d.right = array && !axial ? Side::mirror : Side::open;
    d.x0_nm = axial ? 0 : -half;
    d.x1_nm = half;
    const bool raised = v.text("kind") == "line" || v.text("kind") == "pillar" || v.text("kind") == "step";
    const double lowest = std::max(raised ? 0 : depth, deepest_nm);
    d.z0_nm = -lowest - std::max(0.15 * lowest, bottom_clearance * h);
    d.z1_nm = (raised ? depth : 0) + top_clearance * h;
    d.h_nm = h;
    return d;
}

feature::Hole hole_of(const ParamValues& v) {
    return {.width_nm = nm_of(v, "width"),
            .depth_nm = nm_of(v, "depth"),
            .sidewall_deg = v.real("sidewall_angle") * 180 / 3.14159265358979323846,
            .top_radius_nm = nm_of(v, "top_radius"),
            .bottom_radius_nm = nm_of(v, "bottom_radius"),
            .bow_nm = nm_of(v, "bow")};
}

void add_raised(Surface& s, const ParamValues& v, const feature::Domain& d) {
    const double half = nm_of(v, "width") / 2, height = nm_of(v, "depth"), far = 10 * (d.x1_nm - d.x0_nm);
    const double left = v.text("kind") == "step" ? -far : -half, right = v.text("kind") == "step" ? 0 : half;
    const double tan_wall = std::tan(v.real("sidewall_angle"));
    const double lean = std::abs(tan_wall) > 1e8 ? 0 : height / tan_wall;
    feature::add_solid(s, {{left, -d.h_nm},
                           {right + lean, -d.h_nm},
                           {right + lean, 0},
                           {right, height},
                           {left, height},
                           {left - (v.text("kind") == "step" ? 0 : lean), 0}});
}

std::array<double, 4> window_of(const Surface& s) {
    const double h = s.h_nm(), x0 = s.grid.x0.in(nm), z0 = s.grid.y0.in(nm);
    return {x0, z0, x0 + h * (s.grid.nx - 1), z0 + h * (s.grid.ny - 1)};
}

/// Frames of a step whose film came later have fewer materials than the last: all lists as long as the longest.
void even_out(std::vector<TopographyFrame>& frames, std::size_t materials) {
    for (TopographyFrame& f : frames) f.outlines_nm.resize(materials);
}

std::string shown(double value) { return std::isfinite(value) ? rounded(value, 4) : "-"; }

/// Opening and depth of the feature a wall belongs to; zero where the wall is flat.
struct Extent {
    double opening_nm = 0, depth_nm = 0;
};
Extent extent_of(const std::vector<feature::WallPoint>& wall, bool axial) {
    double top = -1e300, bottom = 1e300, left = 1e300, right = -1e300;
    for (const auto& p : wall)
        if (p.normal.z > 0.9) top = std::max(top, p.at.z), bottom = std::min(bottom, p.at.z);
    if (!(top > bottom)) return {};
    for (const auto& p : wall)
        if (p.normal.z > 0.9 && p.at.z < bottom + 0.1 * (top - bottom))
            left = std::min(left, p.at.x), right = std::max(right, p.at.x);
    return {axial ? 2 * right : right - left, top - bottom};
}

/// Step coverage beside the formulas of text books, so that users see where those fail.
std::vector<std::array<std::string, 3>> coverage_table(const feature::ProcessOutcome& o) {
    const bool axial = o.surface.symmetry == Symmetry::axial;
    std::vector<std::array<std::string, 3>> rows = {
        {"bottom / field", shown(o.coverage.bottom), "thin-film limit " + shown(o.thin_film.bottom)},
        {"least side wall / field", shown(o.coverage.sidewall_min),
         "thin-film limit " + shown(o.thin_film.sidewall_min)},
        {"side wall at half depth / field", shown(o.coverage.sidewall_mid),
         "thin-film limit " + shown(o.thin_film.sidewall_mid)},
        {"top corner / field", shown(o.coverage.overhang), "thin-film limit " + shown(o.thin_film.overhang)}};
    const Extent e = extent_of(o.wall, axial);
    if (!(e.opening_nm > 0)) return rows;
    const double ratio = e.depth_nm / e.opening_nm;
    rows.push_back({"line of sight, bottom centre",
                    shown(axial ? 1 / (1 + 4 * ratio * ratio) : 1 / std::sqrt(1 + 4 * ratio * ratio)),
                    axial ? "1 / (1 + 4 AR^2): every particle sticks" : "1 / sqrt(1 + 4 AR^2): every particle sticks"});
    rows.push_back({"text book 1 / sqrt(1 + AR^2)", shown(1 / std::sqrt(1 + ratio * ratio)),
                    "called diffusion limited there; the limit of no transport model"});
    return rows;
}

double total_void(const std::vector<feature::Void>& voids) {
    double sum = 0;
    for (const auto& v : voids) sum += v.area;
    return sum;
}

void add_void_scalars(StepResult& r, const feature::ProcessOutcome& o) {
    const bool axial = o.surface.symmetry == Symmetry::axial;
    r.scalars.push_back({"void.count", "voids", static_cast<double>(o.voids.size()), ""});
    r.scalars.push_back({"void.area", axial ? "volume of all voids" : "cross-section area of all voids",
                         total_void(o.voids), axial ? "nm^3" : "nm^2"});
    if (o.voids.empty()) return;
    const auto larger = [](const feature::Void& a, const feature::Void& b) { return a.area < b.area; };
    const feature::Void& largest = *std::max_element(o.voids.begin(), o.voids.end(), larger);
    r.scalars.push_back({"void.top", "top of the largest void", largest.top.z, "nm"});
    r.scalars.push_back({"void.bottom", "bottom of the largest void", largest.bottom.z, "nm"});
    r.scalars.push_back({"void.width", "largest width of the largest void", largest.width_nm, "nm"});
}

/// Of the longest seam. Fronts that meet nearly in parallel leave no path for the last gas: users set the least angle.
void add_seam_scalars(StepResult& r, const feature::ProcessOutcome& o) {
    r.scalars.push_back(
        {"seam.length", "length of the longest seam", o.seams.empty() ? 0 : o.seams[0].length_nm, "nm"});
    if (o.seams.empty()) return;
    const feature::Seam& seam = o.seams[0];
    r.scalars.push_back({"seam.top", "upper end of the longest seam", seam.points.back().at.z, "nm"});
    r.scalars.push_back({"seam.bottom", "lower end of the longest seam", seam.points.front().at.z, "nm"});
    r.scalars.push_back(
        {"seam.angle", "angle between the fronts of the seam, below 0: closed from above", seam.angle_deg, "deg"});
}

void add_scalars(StepResult& r, const feature::ProcessOutcome& o) {
    const bool axial = o.surface.symmetry == Symmetry::axial;
    const char* content = axial ? "nm^3" : "nm^2";
    const double never = std::numeric_limits<double>::quiet_NaN();
    const auto add = [&](const char* id, const char* label, double value, const char* unit) {
        r.scalars.push_back({id, label, value, unit});
    };
    if (!o.wall.empty()) {
        add("field_thickness", "film on the open flat field", o.field_thickness_nm, "nm");
        add("step_coverage.bottom", "bottom centre over field", o.coverage.bottom, "");
        add("step_coverage.sidewall_min", "least side wall over field", o.coverage.sidewall_min, "");
        add("step_coverage.sidewall_mid", "side wall at half depth over field", o.coverage.sidewall_mid, "");
        add("step_coverage.overhang", "top corner over field", o.coverage.overhang, "");
        add("thin_film.bottom", "first arrival, bottom centre over field", o.thin_film.bottom, "");
        add("thin_film.sidewall_min", "first arrival, least side wall over field", o.thin_film.sidewall_min, "");
        add("thin_film.sidewall_mid", "first arrival, half depth over field", o.thin_film.sidewall_mid, "");
    }
    add_void_scalars(r, o);
    add_seam_scalars(r, o);
    if (!o.history.empty()) {
        const double rate = o.duration_s > 0 ? o.field_thickness_nm / o.duration_s : 0;
        add("duration", "process time", o.duration_s, "s");
        add("closure.time", "time when the mouth closes", o.closure_time_s.value_or(never), "s");
        add("closure.thickness", "field thickness then", o.closure_time_s ? *o.closure_time_s * rate : never, "nm");
        add("closure.time_half_gap", "the same at half the cut-off gap", o.closure_time_half_gap_s.value_or(never),
            "s");
        add("gap", "narrowest opening at the end", o.history.back().gap_nm, "nm");
    }
    add("deposited_volume", axial ? "volume added" : "cross-section area added", o.added, content);
    add("removed_volume", axial ? "volume removed" : "cross-section area removed", o.removed, content);
    if (!o.history.empty()) {
        // An etch changes material within a step: its speeds at the start of the step do not count what it removes.
        if (o.added > o.removed) add("mass_balance_error", "surface against flux, relative", o.mass_balance_error, "");
        add("particle_balance_error", "captured and escaped against entering", o.particle_balance_error, "");
        add("time_steps", "steps taken", static_cast<double>(o.steps), "");
    }
}

io::Bytes bytes_of(const std::string& text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

io::Bytes wall_csv(const feature::ProcessOutcome& o, const std::vector<std::string>& species) {
    std::string text = "arc [nm],x [nm],z [nm],normal_x,normal_z,thickness [nm]";
    for (const std::string& name : species) text += ",arrival of " + name;
    text += "\n";
    for (const auto& p : o.wall) {
        text += shortest(p.arc_nm) + "," + shortest(p.at.x) + "," + shortest(p.at.z) + "," + shortest(p.normal.x) +
                "," + shortest(p.normal.z) + "," + shortest(p.thickness_nm);
        for (const double a : p.arrival) text += "," + shortest(a);
        text += "\n";
    }
    return bytes_of(text);
}

io::Bytes seam_csv(const feature::ProcessOutcome& o) {
    std::string text = "seam,x [nm],z [nm],time [s],angle [deg]\n";
    for (std::size_t k = 0; k < o.seams.size(); ++k)
        for (const auto& p : o.seams[k].points)
            text += std::to_string(k + 1) + "," + shortest(p.at.x) + "," + shortest(p.at.z) + "," + shortest(p.time_s) +
                    "," + shortest(p.angle_deg) + "\n";
    return bytes_of(text);
}

io::Bytes history_csv(const feature::ProcessOutcome& o) {
    std::string text = "time [s],field thickness [nm],gap [nm],deposited,mass balance error\n";
    for (const auto& t : o.history)
        text += shortest(t.time_s) + "," + shortest(t.field_nm) + "," +
                (std::isfinite(t.gap_nm) ? shortest(t.gap_nm) : "") + "," + shortest(t.deposited) + "," +
                shortest(t.error) + "\n";
    return bytes_of(text);
}

void add_closure_notes(Topography& t, const feature::ProcessOutcome& o) {
    const bool axial = o.surface.symmetry == Symmetry::axial;
    t.closure_time_s = o.closure_time_s;
    t.closure_z_nm = o.closure_z_nm;
    if (o.closure_time_s)
        t.notes.push_back("The mouth closed after " + time_label(*o.closure_time_s) +
                          " at z = " + rounded(o.closure_z_nm, 4) + " nm.");
    for (const auto& v : o.voids)
        t.notes.push_back("Void of " + rounded(v.area, 4) + (axial ? " nm^3" : " nm^2") +
                          " between z = " + rounded(v.bottom.z, 4) + " and " + rounded(v.top.z, 4) + " nm, at most " +
                          rounded(v.width_nm, 4) + " nm wide.");
}

void add_seams(Topography& t, const feature::ProcessOutcome& o) {
    for (const feature::Seam& seam : o.seams) {
        auto& line = t.seams.emplace_back();
        for (const feature::SeamPoint& p : seam.points) line.push_back({p.at.x, p.at.z, p.time_s});
        t.notes.push_back("Seam of " + rounded(seam.length_nm, 4) + " nm between z = " +
                          rounded(seam.points.front().at.z, 4) + " and " + rounded(seam.points.back().at.z, 4) +
                          " nm; its fronts met under " + rounded(seam.angle_deg, 3) + " deg on average.");
    }
}

Topography topography_of(const feature::ProcessOutcome& o, const std::vector<std::string>& species) {
    Topography t;
    t.axial = o.surface.symmetry == Symmetry::axial;
    t.window_nm = window_of(o.surface);
    t.materials = o.surface.materials;
    t.colors.resize(t.materials.size());
    for (const auto& f : o.frames) t.frames.push_back(report_frame(f, time_label(f.time_s)));
    even_out(t.frames, t.materials.size());
    t.species = species;
    for (const auto& p : o.wall) t.wall.push_back({p.arc_nm, p.at.x, p.at.z, p.thickness_nm, p.arrival});
    if (!o.wall.empty()) t.coverage = coverage_table(o);
    for (const auto& h : o.history) {
        t.history.x.push_back(h.time_s);
        t.history.y["field thickness [nm]"].push_back(h.field_nm);
        t.history.y["gap [nm]"].push_back(h.gap_nm);
        t.history.y["mass error"].push_back(h.error);
    }
    add_closure_notes(t, o);
    add_seams(t, o);
    return t;
}

std::vector<std::string> species_names(const Resolved& params, std::size_t count) {
    std::vector<std::string> names;
    if (params.values.has("species")) names = params.values.texts("species");
    for (std::size_t k = names.size(); k < count; ++k)
        names.push_back(count == 1 ? "arrival" : "species " + std::to_string(k + 1));
    return names;
}

StepResult grown(const feature::SurfaceModel& model, const Inputs& in, const Context& context) {
    const feature::ProcessOutcome outcome =
        feature::run_surface_model(model, surface_of(in), in.params->values, in.seed, context);
    const std::size_t species = outcome.wall.empty() ? 0 : outcome.wall.front().arrival.size();
    return report_process(outcome, outcome.species.empty() ? species_names(*in.params, species) : outcome.species);
}

/// Pieces^2 x flux solutions; a piece is two grid spacings of the wall.
Cost estimate_surface_model(const feature::SurfaceModel& model, const Inputs& in) {
    const ParamValues& v = in.params->values;
    double width = 100, depth = 300, h = 2;
    if (in.structure) {
        const ParamValues& s = in.structure->values;
        width = nm_of(s, "width", 100), depth = nm_of(s, "depth", 0);
        h = nm_of(s, "grid", default_grid(s));
    }
    if (v.has("grid")) h = v.real("grid") * 1e9;
    const double pieces = (2 * depth + 4 * width) / (2 * h);
    const double steps = (v.has("thickness") ? v.real("thickness") * 1e9 : width / 2) / (0.5 * h) + 1;
    Cost cost;
    cost.bytes = 3 * 8 * pieces * pieces + 8 * 6 * (4 * width / h) * (2 * depth / h + 100);
    cost.seconds = steps * (model.transport ? 2 * (4e-8 * pieces * pieces + 3e-6 * pieces) + 2e-3 : 4e-3);
    cost.detail = std::to_string(static_cast<long>(pieces)) + " surface elements, " +
                  std::to_string(static_cast<long>(steps)) + " steps";
    return cost;
}

}  // namespace

TopographyFrame report_frame(const feature::Frame& frame, const std::string& label) {
    TopographyFrame out{frame.time_s, label, {}, {}};
    for (const auto& material : frame.outlines) {
        std::vector<std::vector<std::array<double, 2>>> rings;
        for (const feature::Polyline& line : material) {
            std::vector<std::array<double, 2>> ring;
            for (const Vec2 p : line) ring.push_back({p.x, p.z});
            rings.push_back(std::move(ring));
        }
        out.outlines_nm.push_back(std::move(rings));
    }
    for (const feature::Void& v : frame.voids) {
        std::vector<std::array<double, 2>> ring;
        for (const Vec2 p : v.outline) ring.push_back({p.x, p.z});
        out.voids_nm.push_back(std::move(ring));
    }
    return out;
}

std::string time_label(double seconds) {
    return seconds >= 120 ? rounded(seconds / 60, 4) + " min" : rounded(seconds, 4) + " s";
}

io::Bytes section_csv(const Surface& s) {
    std::string text = "chain,x0 [nm],z0 [nm],x1 [nm],z1 [nm],material\n";
    const Section section = feature::section_of(s, 2 * s.h_nm());
    std::size_t chain = 0;
    for (std::size_t i = 0; i < section.size(); ++i) {
        while (chain + 1 < section.chain_begin.size() && section.chain_begin[chain + 1] <= i) ++chain;
        const Piece& p = section.pieces[i];
        text += std::to_string(chain) + "," + shortest(p.a.x) + "," + shortest(p.a.z) + "," + shortest(p.b.x) + "," +
                shortest(p.b.z) + "," + s.materials[static_cast<std::size_t>(p.material)] + "\n";
    }
    return bytes_of(text);
}

const ModelInfo& structure_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "structure",
        .summary = "What stands before the first film: a trench, via, line, pillar, step or plane in a stack.",
        .equation = "z = 0 is the original flat surface, x = 0 the centre of the feature",
        .citation = "",
        .params = {
            {.name = "kind",
             .kind = ParamKind::choice,
             .doc = "trench, line and step are endless along y; via and pillar are round",
             .choices = {"trench", "via", "line", "pillar", "step", "plane"}},
            {.name = "width",
             .unit = "nm",
             .low = 0,
             .high = 1e6,
             .low_open = true,
             .doc = "opening of the hole at the top, width of the line; diameter of a via or pillar",
             .optional = true},
            {.name = "depth",
             .unit = "nm",
             .low = 0,
             .high = 1e7,
             .low_open = true,
             .doc = "depth of the hole, height of the line, pillar or step",
             .optional = true},
            {.name = "sidewall_angle",
             .unit = "deg",
             .default_text = "90 deg",
             .low = 45,
             .high = 100,
             .doc = "of the walls against the field; below 90 a hole narrows downwards"},
            {.name = "top_radius",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1e5,
             .doc = "rounding of the upper corners of a hole"},
            {.name = "bottom_radius",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1e5,
             .doc = "rounding of the lower corners of a hole"},
            {.name = "bow",
             .unit = "nm",
             .default_text = "0 nm",
             .low = -1e5,
             .high = 1e5,
             .doc = "extra half-width of a hole at half depth"},
            {.name = "substrate", .kind = ParamKind::text, .default_text = "Si", .doc = "material at the bottom"},
            {.name = "stack",
             .kind = ParamKind::text_list,
             .doc = "layers on the substrate from the bottom up, \"SiN 50 nm\"; the last ends at z = 0",
             .optional = true},
            {.name = "pitch",
             .unit = "nm",
             .low = 0,
             .high = 1e6,
             .low_open = true,
             .doc = "period of an array of trenches or lines; absent: one alone",
             .optional = true},
            {.name = "field",
             .unit = "nm",
             .low = 0,
             .high = 1e6,
             .low_open = true,
             .doc = "flat surface kept on each side of a feature alone; absent: 1.5 widths",
             .optional = true},
            {.name = "grid",
             .unit = "nm",
             .low = 0.01,
             .high = 1e5,
             .doc = "grid spacing; absent: width / 50",
             .optional = true},
        }};
    return table;
}

void check_structure(const Resolved& structure, const Node& node, Faults& faults) {
    const ParamValues& v = structure.values;
    const auto span = [&](const char* name) {
        const auto found = structure.spans.find(name);
        return found == structure.spans.end() ? node.span : found->second;
    };
    const std::string kind = v.text("kind");
    for (const char* name : {"width", "depth"}) {
        const bool needed = kind != "plane" && !(kind == "step" && std::string(name) == "width");
        if (needed && !v.has(name))
            faults.error("D0107", std::string("missing key '") + name + "' in [structure]", node.span,
                         "a " + kind + " has a " + name, std::string("for example ") + name + " = \"100 nm\"");
    }
    if (!faults.errors.empty()) return;
    const double h = nm_of(v, "grid", default_grid(v)), width = nm_of(v, "width", 100);
    if (kind != "plane" && kind != "step" && width < 8 * h * (1 - 1e-9))
        faults.error("D0402", "the " + kind + " is narrower than 8 grid spacings", span("grid"),
                     "width " + rounded(width, 6) + " nm, grid " + rounded(h, 6) + " nm",
                     "grid = \"" + rounded(width / 50, 3) + " nm\"");
    if (v.has("pitch") && nm_of(v, "pitch") <= width)
        faults.error("D0402", "the pitch leaves no surface between the features", span("pitch"),
                     "more than the width, " + rounded(width, 6) + " nm");
    if (v.has("stack"))
        for (const std::string& text : v.texts("stack"))
            if (!layer_of(text))
                faults.error("D0402", "\"" + text + "\" is not a layer", span("stack"),
                             "a material and a thickness above 0, for example \"SiN 50 nm\"");
    const double tan_wall = std::tan(v.real("sidewall_angle"));
    if ((kind == "trench" || kind == "via") && 2 * nm_of(v, "depth") / tan_wall >= width)
        faults.error("D0402", "the walls meet above the bottom", span("sidewall_angle"),
                     "at " + rounded(nm_of(v, "depth"), 6) + " nm depth a wider opening or a steeper angle");
    const double nodes = (2 * (width / 2 + nm_of(v, "field", 1.5 * width)) / h) *
                         (nm_of(v, "depth") + total_thickness(layers_of(v)) + 24 * h) / h;
    if (nodes > 2e8)
        faults.error("D0601", "this grid has " + rounded(nodes, 3) + " nodes", span("grid"), "at most 2e8",
                     "a coarser grid or a smaller field");
}

Surface structure_of(const ParamValues& v) {
    const std::vector<NamedLayer> layers = layers_of(v);
    const double total = total_thickness(layers), h = nm_of(v, "grid", default_grid(v));
    const feature::Domain domain = domain_of(v, h, total);
    Surface s = feature::flat_surface(domain, v.text("substrate"), -total);
    for (const NamedLayer& layer : layers) {
        feature::begin_film(s, layer.material);
        feature::offset_surface(s, layer.thickness_nm);
    }
    const std::string& kind = v.text("kind");
    if (kind == "trench" || kind == "via") feature::carve(s, hole_of(v));
    if (kind == "line" || kind == "pillar" || kind == "step") add_raised(s, v, domain);
    return s;
}

Surface surface_of(const Inputs& in) {
    const auto found = in.values.find("surface");
    return found != in.values.end() ? std::get<Surface>(*found->second) : structure_of(in.structure->values);
}

StepResult report_process(const feature::ProcessOutcome& o, const std::vector<std::string>& species) {
    StepResult r;
    add_scalars(r, o);
    for (const auto& [id, label, value, unit] : o.extra) r.scalars.push_back({id, label, value, unit});
    r.warnings = o.warnings;
    constexpr double mass_limit = 1e-3;
    if (o.added > o.removed && o.mass_balance_error > mass_limit)
        r.warnings.push_back("D0502: the film and the flux disagree by " + rounded(100 * o.mass_balance_error, 3) +
                             " % of the volume; use a finer grid");
    if (!o.wall.empty()) r.files["wall.csv"] = wall_csv(o, species);
    if (!o.history.empty()) r.files["history.csv"] = history_csv(o);
    if (!o.passage.time.values.empty()) r.files["arrival_time.vti"] = io::write_vti(o.passage.time, "arrival time [s]");
    if (!o.seams.empty()) r.files["seam.csv"] = seam_csv(o);
    r.files["surface.csv"] = section_csv(o.surface);
    r.topography = topography_of(o, species);
    r.files["animation.png"] = animation_png(*r.topography);
    r.outputs.push_back(o.surface);
    return r;
}

StepResult report_surface(const Surface& surface, const std::string& label) {
    StepResult r;
    Topography t;
    t.axial = surface.symmetry == Symmetry::axial;
    t.window_nm = window_of(surface);
    t.materials = surface.materials;
    t.colors.resize(t.materials.size());
    t.frames = {report_frame(feature::frame_of(surface, 0), label)};
    r.topography = std::move(t);
    r.files["surface.csv"] = section_csv(surface);
    r.outputs.push_back(surface);
    return r;
}

const std::deque<StepModel>& film_step_models() {
    static const std::deque<StepModel> models = [] {
        std::deque<StepModel> list;
        for (const feature::SurfaceModel* model : feature::surface_models()) {
            StepModel& step = list.emplace_back();
            step.info = model->info;
            if (model->check) step.check = model->check;
            step.needs = {"surface"};
            step.gives = {"surface"};
            step.run = [model](const Inputs& in, const Context& context) { return grown(*model, in, context); };
            step.estimate = [model](const Inputs& in) { return estimate_surface_model(*model, in); };
        }
        return list;
    }();
    return models;
}

}  // namespace damascene::flow
