// The developed resist of a mask in its film stack: light in depth, exposure, bake, development, and what an engineer
// reads off the cross-section.
//
//   light I(r, z) -> M = exp(-C E I) -> bake -> r(m) -> |grad t| r = 1 -> stands where t > development time
//
// The section stands on the cut line. Focus 0: image plane at the top of the resist; dose relative to that of [resist].
#include <algorithm>
#include <cmath>

#include "damascene/feature/volume3.hpp"
#include "flow/litho.hpp"
#include "flow/resist_series.hpp"
#include "flow/resist_side.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Ring = std::vector<std::array<double, 2>>;

Ring block(double width, double low, double high) { return {{0, low}, {width, low}, {width, high}, {0, high}}; }

Ring points_of(const std::vector<Vec2>& ring) {
    Ring out;
    for (const Vec2& p : ring) out.push_back({p.x, p.z});
    return out;
}

/// Substrate, the films below the resist and the resist itself.
struct Below {
    std::vector<std::string> materials;
    std::vector<std::vector<Ring>> outlines;
    double low_nm = 0;
};

Below films_below(const opc::ResistProcess& p, double width) {
    Below b;
    const auto& films = p.stack.films;
    double z = 0;
    for (std::size_t i = p.film + 1; i < films.size(); ++i) z -= films[i].thickness_nm;
    b.low_nm = z - std::max(20.0, 0.3 * films[p.film].thickness_nm);
    b.materials.push_back("substrate");
    b.outlines.push_back({block(width, b.low_nm, z)});
    for (std::size_t i = films.size(); i-- > p.film + 1;) {
        b.materials.push_back(films[i].name);
        b.outlines.push_back({block(width, z, z + films[i].thickness_nm)});
        z += films[i].thickness_nm;
    }
    b.materials.push_back(films[p.film].name);
    return b;
}

/// Section of a field along the cut: x along it, rows from the bottom of the resist up. Of more slices than `most_rows`
/// every second, third, ... is taken.
Field2<double> along_cut(const Field3<float>& f, const std::array<double, 4>& cut, double beyond,
                         int most_columns = 1 << 30, int most_rows = 1 << 30) {
    const Grid3& g = f.grid;
    const double length = std::hypot(cut[2] - cut[0], cut[3] - cut[1]), step = g.nx > 1 ? g.dx_nm : g.dy_nm;
    const int n = std::clamp(static_cast<int>(std::lround(length / step)) + 1, 2, most_columns);
    const int every = (g.nz - 1) / most_rows + 1, first = (every - 1) / 2, rows = (g.nz - 1 - first) / every + 1;
    Field2<double> out;
    out.grid = {n, rows, length / (n - 1) * nm, every * g.dz_nm * nm, 0 * nm, (first + 0.5) * g.dz_nm * nm};
    const auto wrapped = [](double position, double low, double spacing, int count) {
        const double t = (position - low) / spacing;
        const double floor = std::floor(t);
        const auto i = static_cast<long>(floor) % count;
        const int a = static_cast<int>(i < 0 ? i + count : i);
        return std::tuple{a, (a + 1) % count, t - floor};
    };
    for (int k = first; k < g.nz; k += every)
        for (int i = 0; i < n; ++i) {
            const double s = static_cast<double>(i) / (n - 1);
            const auto [x0, x1, fx] = wrapped(cut[0] + s * (cut[2] - cut[0]), g.x0_nm, g.dx_nm, g.nx);
            const auto [y0, y1, fy] = wrapped(cut[1] + s * (cut[3] - cut[1]), g.y0_nm, g.dy_nm, g.ny);
            const auto value = [&](int ix, int iy) {
                return std::min<double>(beyond, f.values[g.at(ix, iy, g.nz - 1 - k)]);
            };
            out.values.push_back((1 - fy) * ((1 - fx) * value(x0, y0) + fx * value(x1, y0)) +
                                 fy * ((1 - fx) * value(x0, y1) + fx * value(x1, y1)));
        }
    return out;
}

/// What the developer meets: the inhibitor along the cut over the whole film, developed away or not.
SectionMap latent_image(const opc::PhysicalPrint& print, const opc::ResistProcess& p,
                        const std::array<double, 4>& cut) {
    const double thickness = p.stack.films[p.film].thickness_nm, width = std::hypot(cut[2] - cut[0], cut[3] - cut[1]);
    const bool amplified = p.chemistry == opc::Chemistry::amplified;
    return {amplified ? "blocked share after bake" : "inhibitor share after bake",
            "",
            along_cut(print.blocked, cut, 1, 256, 128),
            {0, 0, width, thickness}};
}

Topography topography_of(const opc::PhysicalPrint& print, const opc::ResistProcess& p, const std::array<double, 4>& cut,
                         int frames) {
    const double thickness = p.stack.films[p.film].thickness_nm, width = std::hypot(cut[2] - cut[0], cut[3] - cut[1]);
    const Below below = films_below(p, width);
    Topography t;
    t.materials = below.materials;
    t.colors.resize(t.materials.size());
    t.window_nm = {0, below.low_nm, width, 1.15 * thickness};
    for (int i = 0; i <= frames; ++i) {
        TopographyFrame frame;
        frame.time_s = p.development_s * i / frames;
        frame.label = "in the developer";
        frame.outlines_nm = below.outlines;
        auto& resist = frame.outlines_nm.emplace_back();
        if (i == 0) {
            resist.push_back(block(width, 0, thickness));
        } else {
            const resist::ResistSection section = i < frames ? resist::resist_section(print.arrival, frame.time_s, cut)
                                                             : opc::printed_section(print, p, cut);
            for (const auto& ring : section.rings) resist.push_back(points_of(ring));
        }
        t.frames.push_back(std::move(frame));
    }
    return t;
}

TriangleMesh mesh_of(const Profile& profile, const Clip& clip, const Grid3& grid) {
    const double h = std::max({grid.dx_nm, grid.dy_nm, profile.thickness_nm / 60});
    const feature::VolumeBox box =
        feature::box_around(clip.x0_nm, clip.y0_nm, clip.x0_nm + clip.period_nm, clip.y0_nm + clip.period_nm, -8 * h,
                            profile.thickness_nm + 8 * h, h, Side::periodic);
    feature::Volume v = feature::flat_volume(box, "substrate", 0);
    feature::add_resist(v, profile, 0, "resist");
    return feature::surface_mesh(v);
}

void report_feature(const resist::ResistFeature& f, StepResult& r) {
    r.scalars.push_back({"cd", "width at half height of what stands", f.cd_middle_nm, "nm"});
    r.scalars.push_back({"cd_top", "width at 90 % of the height", f.cd_top_nm, "nm"});
    r.scalars.push_back({"cd_bottom", "width at 10 % of the height", f.cd_bottom_nm, "nm"});
    r.scalars.push_back({"sidewall_angle", "mean of both walls, 20 to 80 % of the height", f.sidewall_deg, "deg"});
    r.scalars.push_back({"height", "of the resist that stands", f.height_nm, "nm"});
    r.scalars.push_back({"top_loss", "resist lost at the top", f.top_loss_nm, "nm"});
    r.scalars.push_back({"footing", "width at the bottom beyond the straight wall", f.footing_nm, "nm"});
}

io::Bytes widths_csv(const resist::ResistSection& section) {
    io::Table table{{"height", "width"}, {"nm", "nm"}, {}};
    for (int i = 1; i < 100; ++i) {
        const double z = section.thickness_nm * i / 100;
        table.rows.push_back({rounded(z, 6), rounded(resist::width_at(section, z), 8)});
    }
    return io::write_csv(table);
}

io::Bytes outline_csv(const resist::ResistSection& section) {
    io::Table table{{"ring", "x", "z"}, {"", "nm", "nm"}, {}};
    for (std::size_t k = 0; k < section.rings.size(); ++k)
        for (const Vec2& p : section.rings[k])
            table.rows.push_back({std::to_string(k), rounded(p.x, 8), rounded(p.z, 8)});
    return io::write_csv(table);
}

PlanLayer level_layer(const ProfileLevel& level, const char* id, const std::string& name, bool visible) {
    return polygon_layer(id, name, colour_print, level.opening, 0.35, visible);
}

StepResult run_resist_profile(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    ResistSeries series(projection_of(in), resist_process_of(in), 0.5);
    const Clip& clip = series.projection().clip;
    if (!clip.cut_nm)
        throw InputError("D0107", "resist-profile needs a cut line: the cross-section stands on it",
                         "add cut = [x0, y0, x1, y1] to [layout]");
    const opc::ResistProcess& process = series.process();
    const Length wavelength = series.projection().optics.pupil.wavelength;
    const double focus_nm = v.real("focus") * 1e9;
    context.progress({"light in the film", 0.05, {}});
    series.light(focus_nm);
    context.check();
    context.progress({"exposure, bake, development", 0.4, {}});
    const opc::PhysicalPrint& print = series.at(focus_nm, v.real("dose"));
    context.check();
    context.progress({"measurement", 0.9, {}});
    const resist::ResistSection section = opc::printed_section(print, process, *clip.cut_nm);
    const resist::ResistFeature feature = resist::measure(section);
    StepResult r;
    report_feature(feature, r);
    if (!feature.found)
        r.warnings.push_back("no feature prints around the middle of the cut");
    else if (feature.cd_middle_nm >= section.length_nm * (1 - 1e-9))
        r.warnings.push_back(feature.line ? "nothing opens along the cut: more dose, or a longer development"
                                          : "nothing stands along the cut: less dose, or a shorter development");
    const numerics::StackLight normal = numerics::stack_light(process.stack, wavelength, 0, numerics::PlaneWave::s);
    r.scalars.push_back({"reflectivity", "reflectivity of the stack, normal incidence", 100 * normal.reflected, "%"});
    r.scalars.push_back({"substrate_reflectivity", "reflectivity of what lies below the resist, seen from inside it",
                         100 * std::norm(numerics::substrate_reflection(process.stack, process.film, wavelength, 0,
                                                                        numerics::PlaneWave::s)),
                         "%"});
    r.scalars.push_back({"bake_steps", "time steps of the bake", static_cast<double>(print.bake_steps), ""});
    r.scalars.push_back({"bake_error", "estimated error of the blocked share", print.bake_error, ""});
    if (feature.found && feature.line) {
        const double space = std::hypot((*clip.cut_nm)[2] - (*clip.cut_nm)[0], (*clip.cut_nm)[3] - (*clip.cut_nm)[1]) -
                             feature.cd_middle_nm;
        const resist::Collapse fall = resist::collapse(feature.cd_middle_nm, feature.height_nm, std::max(1.0, space),
                                                       v.real("collapse.surface_tension"),
                                                       v.real("collapse.contact_angle") * 180 / 3.14159265358979323846,
                                                       v.real("collapse.modulus"), v.real("collapse.yield_stress"));
        r.scalars.push_back(
            {"collapse_stress", "bending stress while drying over yield stress", fall.stress_ratio, ""});
        if (fall.stress_ratio > 1)
            r.warnings.push_back("the line falls while drying: height / width is " +
                                 rounded(feature.height_nm / feature.cd_middle_nm, 3) + ", at most " +
                                 rounded(fall.critical_aspect, 3) + " stands");
    }
    if (print.fully_quenched) r.warnings.push_back("the quencher outweighs the acid everywhere: nothing is deblocked");
    r.topography = topography_of(print, process, *clip.cut_nm, 12);
    r.topography->map = latent_image(print, process, *clip.cut_nm);
    const Profile profile = resist::developed_profile(print.arrival, process.development_s);
    if (const Grid3& grid = print.arrival.grid; grid.nx > 1 && grid.ny > 1)
        r.topography->mesh = mesh_of(profile, clip, grid);
    r.files["section.csv"] = outline_csv(section);
    r.files["widths.csv"] = widths_csv(section);
    r.files["blocked.vti"] = io::write_vti(along_cut(print.blocked, *clip.cut_nm, 1), "blocked");
    r.files["arrival_time.vti"] =
        io::write_vti(along_cut(print.arrival, *clip.cut_nm, 1.01 * process.development_s), "arrival_time_s");
    r.layers.push_back(polygon_layer("target", "target", colour_target, clip.target, 0.35));
    if (!profile.levels.empty()) {
        const std::size_t n = profile.levels.size();
        r.layers.push_back(level_layer(profile.levels[n / 10], "bottom", "opening, 10 % height", true));
        r.layers.push_back(level_layer(profile.levels[n / 2], "middle", "opening, half height", false));
        r.layers.push_back(level_layer(profile.levels[n - 1 - n / 10], "top", "opening, 90 % height", false));
    }
    r.cuts.push_back({"cut", *clip.cut_nm, feature.cd_middle_nm, 0});
    r.outputs.push_back(profile);
    return r;
}

Cost estimate_resist_profile(const Inputs& in) {
    Cost cost = image_cost(in, 12);
    return cost;
}

}  // namespace

extern const StepModel model_resist_profile;
const StepModel model_resist_profile = {
    .info = {.catalogue = "step",
             .name = "resist-profile",
             .summary = "Physical resist in its film stack: exposure, bake, development, cross-section and 3D profile.",
             .equation = "M = exp(-C E I(r, z));  dm/dt = -k_amp h^n m;  |grad t| r(m, z) = 1",
             .citation = "Mack2007",
             .params = {layer_row(),
                        polarity_row(),
                        {.name = "focus",
                         .unit = "nm",
                         .default_text = "0 nm",
                         .low = -10000,
                         .high = 10000,
                         .doc = "image plane below the top of the resist"},
                        {.name = "dose",
                         .unit = "%",
                         .default_text = "100 %",
                         .low = 1,
                         .high = 1000,
                         .doc = "of the dose in [resist]"},
                        {.name = "collapse.surface_tension",
                         .unit = "N/m",
                         .default_text = "0.072 N/m",
                         .low = 0,
                         .high = 1,
                         .doc = "of the rinse; water 0.072",
                         .label = "recall"},
                        {.name = "collapse.contact_angle",
                         .unit = "deg",
                         .default_text = "50 deg",
                         .low = 0,
                         .high = 180,
                         .doc = "of the rinse on the resist",
                         .label = "recall"},
                        {.name = "collapse.modulus",
                         .unit = "Pa",
                         .default_text = "5e9 Pa",
                         .low = 1e6,
                         .high = 1e12,
                         .doc = "Young's modulus of the resist",
                         .label = "recall"},
                        {.name = "collapse.yield_stress",
                         .unit = "Pa",
                         .default_text = "5e7 Pa",
                         .low = 1e5,
                         .high = 1e10,
                         .doc = "yield stress of the resist",
                         .label = "recall"}}},
    .needs = {"layout", "optics", "stack", "resist"},
    .gives = {"profile"},
    .run = run_resist_profile,
    .estimate = estimate_resist_profile,
    .wants = {"mask"}};

}  // namespace damascene::flow
