#include "flow/volume_side.hpp"

#include <algorithm>
#include <cmath>

#include "flow/film_side.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double clearance = 12;  ///< cells of gas above and solid below

double nm_of(const ParamValues& v, const char* name, double other = 0) {
    return v.has(name) ? v.real(name) * 1e9 : other;
}

feature::Layer layer_of(const std::string& text) {
    const std::size_t space = text.find(' ');
    const QuantityParse parsed =
        space == std::string::npos ? QuantityParse{} : parse_quantity(std::string_view(text).substr(space + 1));
    if (!parsed.value || !(parsed.value->dimension == Dimension{.length = 1}) || !(parsed.value->si > 0))
        throw InputError("D0402", "'stack' holds \"" + text + "\", which is no layer",
                         "a material and a thickness above 0, for example \"SiN 50 nm\"");
    return {text.substr(0, space), parsed.value->si * 1e9};
}

io::Bytes mesh_file(const TriangleMesh& mesh) {
    io::PolyData data;
    data.points_nm = mesh.points;
    data.triangles = mesh.triangles;
    data.cell_data = {{"material", {mesh.material.begin(), mesh.material.end()}}};
    return io::write_vtp(data);
}

io::Bytes section_file(const Surface& s) {
    io::PolyData data;
    io::PointArray material{"material", {}};
    for (const Piece& p : feature::section_of(s, 2 * s.h_nm()).pieces) {
        const auto first = static_cast<std::int32_t>(data.points_nm.size());
        data.points_nm.push_back({p.a.x, 0, p.a.z}), data.points_nm.push_back({p.b.x, 0, p.b.z});
        data.lines.push_back({first, first + 1});
        material.values.push_back(p.material);
    }
    data.cell_data = {material};
    return io::write_vtp(data);
}

/// The mesh with its first and last triangles' materials as the page colours them; shifted for nobody.
Topography drawn(const Surface& section, const feature::Volume& v, const TriangleMesh& mesh) {
    Topography t;
    const double h = section.h_nm(), x0 = section.grid.x0.in(nm), z0 = section.grid.y0.in(nm);
    t.window_nm = {x0, z0, x0 + h * (section.grid.nx - 1), z0 + h * (section.grid.ny - 1)};
    t.materials = v.materials;
    t.colors.resize(t.materials.size());
    t.mesh = mesh;
    return t;
}

std::string shown(double value) { return std::isfinite(value) ? rounded(value, 4) : "-"; }

double middle_y(const feature::Volume& v) { return 0.5 * (v.box.y0_nm + v.box.y1_nm); }

void add_files(StepResult& r, const feature::Volume& v, const Surface& section) {
    r.files["surface.vtp"] = mesh_file(r.topography->mesh);
    r.files["section.vtp"] = section_file(section);
    r.files["section.csv"] = section_csv(section);
    r.files["section_distance.vti"] = io::write_vti(section.phi.back(), "distance [nm]");
    r.outputs.push_back(v);
}

void add_voids(StepResult& r, const std::vector<feature::Void3>& voids) {
    double sum = 0;
    const feature::Void3* largest = nullptr;
    for (const feature::Void3& v : voids) {
        sum += v.volume;
        if (!largest || v.volume > largest->volume) largest = &v;
    }
    r.scalars.push_back({"void.count", "voids", static_cast<double>(voids.size()), ""});
    r.scalars.push_back({"void.volume", "volume of all voids", sum, "nm^3"});
    if (!largest) return;
    r.scalars.push_back({"void.top", "top of the largest void", largest->high[2], "nm"});
    r.scalars.push_back({"void.bottom", "bottom of the largest void", largest->low[2], "nm"});
    r.topography->notes.push_back(std::to_string(voids.size()) + (voids.size() == 1 ? " void" : " voids") + ", " +
                                  rounded(sum, 4) + " nm^3; the largest between z = " + rounded(largest->low[2], 4) +
                                  " and " + rounded(largest->high[2], 4) + " nm.");
}

void add_coverage(StepResult& r, const feature::VolumeCoverage& c, double field_nm) {
    const auto add = [&](const char* id, const char* label, double nm_of_film) {
        r.scalars.push_back({id, label, nm_of_film / field_nm, ""});
        r.topography->coverage.push_back({label, shown(nm_of_film / field_nm), ""});
    };
    add("step_coverage.bottom", "mean of the lowest floor over field", c.floor);
    add("step_coverage.sidewall_min", "least side wall over field, mean around one height", c.sidewall_min);
    add("step_coverage.sidewall_mid", "side wall at half depth over field", c.sidewall_mid);
}

io::Bytes history_file(const feature::VolumeOutcome& o) {
    io::Table table{{"time", "film volume", "mass balance error"}, {"s", "nm^3", ""}, {}};
    for (const auto& p : o.history) table.rows.push_back({shortest(p.time_s), shortest(p.added), shortest(p.error)});
    return io::write_csv(table);
}

void add_history(Topography& t, const feature::VolumeOutcome& o) {
    for (const auto& p : o.history) {
        t.history.x.push_back(p.time_s);
        t.history.y["film volume [um^3]"].push_back(p.added * 1e-9);
        t.history.y["mass error"].push_back(p.error);
    }
}

}  // namespace

std::vector<feature::Layer> stack_layers(const ParamValues& v) {
    std::vector<feature::Layer> list;
    if (v.has("stack"))
        for (const std::string& text : v.texts("stack")) list.push_back(layer_of(text));
    return list;
}

std::vector<ParamSpec> volume_rows() {
    return {{.name = "substrate", .kind = ParamKind::text, .default_text = "Si", .doc = "material at the bottom"},
            {.name = "stack",
             .kind = ParamKind::text_list,
             .doc = "layers on the substrate from the bottom up, \"SiN 50 nm\"; the last ends at z = 0",
             .optional = true},
            {.name = "walls",
             .kind = ParamKind::choice,
             .default_text = "mirror",
             .doc = "what stands beyond the four sides of the box: its mirror image, or the box again",
             .choices = {"mirror", "periodic"}},
            {.name = "below",
             .unit = "nm",
             .default_text = "20 nm",
             .low = 0,
             .high = 1e5,
             .doc = "solid kept below the deepest place"},
            section_row()};
}

ParamSpec section_row() {
    return {.name = "section_y",
            .unit = "nm",
            .low = -1e9,
            .high = 1e9,
            .doc = "where the report cuts the volume; absent: the middle",
            .optional = true};
}

std::optional<double> section_y(const ParamValues& v) {
    return v.has("section_y") ? std::optional(nm_of(v, "section_y")) : std::nullopt;
}

double fitting_cell(double x, double y, double wanted) {
    const int fewest = std::max(2, static_cast<int>(std::ceil(x / wanted - 1e-9)));
    double best = x / fewest, least = 1e300;
    for (int n = fewest; n <= fewest + fewest / 8 + 1; ++n) {
        const double h = x / n, rest = std::abs(y / h - std::round(y / h));
        if (rest < least - 1e-9) least = rest, best = h;
    }
    return best;
}

double least_z(const ParamValues& v, double depth, double h) {
    double total = 0;
    for (const feature::Layer& layer : stack_layers(v)) total += layer.thickness_nm;
    return -std::max(depth, total) - nm_of(v, "below") - clearance * h;
}

feature::Volume stack_in(const std::array<double, 4>& window, const ParamValues& v, double depth, double h) {
    const std::vector<feature::Layer> layers = stack_layers(v);
    double total = 0;
    for (const feature::Layer& layer : layers) total += layer.thickness_nm;
    // Whole cells below z = 0, so that the flat surface lies on nodes.
    const double low = h * std::floor(least_z(v, depth, h) / h), high = h * clearance;
    const Side side = v.text("walls") == "periodic" ? Side::periodic : Side::mirror;
    const feature::VolumeBox box = feature::box_around(window[0], window[1], window[2], window[3], low, high, h, side);
    const double nodes = (box.x1_nm - box.x0_nm) / h * ((box.y1_nm - box.y0_nm) / h) * ((high - low) / h);
    if (nodes > 4e8)
        throw InputError("D0601", "this grid has " + rounded(nodes, 3) + " nodes; at most 4e8", "a coarser grid");
    return feature::flat_volume(box, v.text("substrate"), -total, layers);
}

StepResult report_volume(const feature::Volume& v, std::optional<double> y, const std::string& label) {
    StepResult r;
    const Surface section = feature::section_at(v, y.value_or(middle_y(v)));
    r.topography = drawn(section, v, feature::surface_mesh(v));
    r.topography->frames = {report_frame(feature::frame_of(section, 0), label)};
    add_files(r, v, section);
    return r;
}

StepResult report_volume_process(const feature::VolumeOutcome& o, const feature::Volume& start, double field,
                                 std::optional<double> y, bool traced) {
    StepResult r;
    r.warnings = o.warnings;
    const Surface section = feature::section_at(o.volume, y.value_or(middle_y(o.volume)));
    r.topography = drawn(section, o.volume, feature::surface_mesh(o.volume));
    Topography& t = *r.topography;
    for (const auto& f : o.frames) {
        t.frames.push_back(report_frame(feature::frame_of(f.section, f.time_s), time_label(f.time_s)));
        t.frames.back().outlines_nm.resize(t.materials.size());
    }
    add_history(t, o);
    const auto add = [&](const char* id, const char* label, double value, const char* unit) {
        r.scalars.push_back({id, label, value, unit});
    };
    const TriangleMesh before = feature::surface_mesh(start);
    const auto film = feature::film_places(before, start, o.volume, 1.1 * field);
    add("field_thickness", "film on the open flat field", field, "nm");
    add_coverage(r, feature::volume_coverage(before, film, start.box.h_nm), field);
    add_voids(r, o.voids);
    add("duration", "process time", o.duration_s, "s");
    add("closure.time", "time when gas was first shut in",
        o.closure_time_s.value_or(std::numeric_limits<double>::quiet_NaN()), "s");
    add("deposited_volume", "volume added", o.added, "nm^3");
    add("time_steps", "steps taken", o.steps, "");
    add("triangles", "elements of the last surface", static_cast<double>(t.mesh.triangles.size()), "");
    if (traced) {
        add("mass_balance_error", "volume against flux, relative", o.mass_balance_error, "");
        add("flux.error", "mean relative standard error of an element, worst evaluation", o.flux_error, "");
        add("flux.missed", "share of elements above the wanted error, worst evaluation", o.flux_missed, "");
        t.notes.push_back("Fluxes by rays: mean standard error of one element " + rounded(100 * o.flux_error, 2) +
                          " %.");
        constexpr double mass_limit = 1e-3;
        if (o.mass_balance_error > mass_limit)
            r.warnings.push_back("D0502: the film and the flux disagree by " + rounded(100 * o.mass_balance_error, 3) +
                                 " % of the volume; use a finer grid");
    }
    add_files(r, o.volume, section);
    r.files["history.csv"] = history_file(o);
    r.files["animation.png"] = animation_png(t);
    return r;
}

}  // namespace damascene::flow
