// The tables [layout] and [optics] as values: the clip on its periodic cell, source, pupil, kernels.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "damascene/flow.hpp"
#include "damascene/optics.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

const Span* span_of(const Resolved& table, const std::string& name) {
    const auto found = table.spans.find(name);
    return found == table.spans.end() ? nullptr : &found->second;
}

[[noreturn]] void refuse(const char* code, const std::string& message, const Span* span, const std::string& label,
                         const std::string& help = {}) {
    Faults faults;
    faults.error(code, message, span ? *span : Span{}, label, help);
    faults.throw_if_any();
    std::abort();
}

std::optional<LayerKey> parse_layer(const std::string& text) {
    LayerKey key;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, key.layer);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '/') return {};
    const auto second = std::from_chars(first.ptr + 1, end, key.datatype);
    if (second.ec != std::errc() || second.ptr != end || key.layer < 0 || key.datatype < 0) return {};
    return key;
}

std::string layer_text(LayerKey key) { return std::to_string(key.layer) + "/" + std::to_string(key.datatype); }

struct LayerChoice {
    std::string name;
    LayerKey key;
    std::string span_name;
};

/// The layer a step works on: by the step's `layer` key, else the only one of the recipe, else the only one of the
/// cell.
LayerChoice choose_layer(const Resolved& table, const Resolved* params, const Layout& layout, std::uint32_t cell) {
    if (!table.values.has("layers")) {
        const std::vector<LayerCount> present = layers(layout, cell);
        if (present.size() == 1) return {"layer", present.front().layer, "file"};
        std::vector<std::string> names;
        for (const LayerCount& l : present)
            names.push_back(layer_text(l.layer) + " (" + std::to_string(l.shapes) + " shapes)");
        refuse("D0305", "the cell holds " + std::to_string(present.size()) + " layers", span_of(table, "file"),
               "present: " + (names.empty() ? "nothing" : join(names, ", ")),
               "choose with layers = { name = \"layer/datatype\" }");
    }
    const auto& named = table.values.table("layers");
    std::string name = named.begin()->first;
    if (params && params->values.has("layer")) {
        name = params->values.text("layer");
        if (named.find(name) == named.end()) {
            std::vector<std::string> names;
            for (const auto& [key, value] : named) names.push_back(key);
            const std::string near = nearest_name(name, names);
            refuse("D0304", "layer '" + name + "' is not in [layout]", span_of(*params, "layer"),
                   near.empty() ? "layers: " + join(names, ", ") : "did you mean \"" + near + "\"?");
        }
    } else if (named.size() > 1)
        refuse("D0304", "the step must choose one of the layers", span_of(table, "layers"),
               "write layer = \"" + name + "\" in the step");
    const auto key = parse_layer(named.at(name));
    if (!key)
        refuse("D0304", "'" + named.at(name) + "' is not a layer", span_of(table, "layers." + name),
               "layer/datatype, for example \"11/0\"");
    return {name, *key, "layers." + name};
}

[[noreturn]] void empty_layer(const Resolved& table, const LayerChoice& choice, const Layout& layout,
                              std::uint32_t cell, Box box) {
    std::vector<std::string> present;
    LayerKey only;
    for (const LayerCount& l : layers(layout, cell)) {
        const Region shapes = flatten(layout, cell, l.layer, box);
        if (shapes.rings.empty()) continue;
        present.push_back(layer_text(l.layer) + " (" + std::to_string(shapes.rings.size()) + " polygons)");
        only = l.layer;
    }
    const std::string found =
        present.empty() ? "nothing at all" : join(present, ", ") + (present.size() == 1 ? ", nothing else" : "");
    refuse("D0305", "layer " + layer_text(choice.key) + " (" + choice.name + ") is empty inside the window",
           span_of(table, choice.span_name), "present in window: " + found,
           present.size() == 1 ? "try " + choice.name + " = \"" + layer_text(only) + "\"" : "");
}

/// Coordinates on a 1 nm grid, rounded to nearest.
Region on_nanometres(const Region& region) {
    const double scale = region.unit.in(nm);
    Region out{1 * nm, region.rings};
    for (Ring& ring : out.rings)
        for (Point& p : ring)
            p = {static_cast<std::int32_t>(std::lround(p.x * scale)),
                 static_cast<std::int32_t>(std::lround(p.y * scale))};
    return scale == 1 ? out : merged(out);
}

std::int64_t floor_half(std::int64_t value) { return value >= 0 ? value / 2 : -((-value + 1) / 2); }

KernelSet read_state(const std::string& folder, const std::string& state) {
    std::map<std::string, io::Bytes> files;
    std::string from = folder;
    std::error_code error;
    if (std::filesystem::is_directory(join_path(folder, state), error))
        from = join_path(folder, state);
    else if (std::filesystem::is_directory(join_path(folder, "original/" + state), error) &&
             !std::filesystem::exists(join_path(folder, "kernels_" + state + ".c64le"), error))
        from = join_path(folder, "original/" + state);
    if (!std::filesystem::is_directory(from, error))
        throw InputError("D0301", "'" + escape_text(folder) + "' is not a folder of kernels",
                         "it holds kernels_focus.c64le or the folders focus and defocus");
    for (const auto& item : std::filesystem::directory_iterator(from, error)) {
        const std::string name = item.path().filename().string();
        const bool kernel_file = name.ends_with(".bin") || name.ends_with(".c64le") || name.ends_with(".f32le") ||
                                 name == "scales.txt" || name == "kernels.json";
        if (item.is_regular_file(error) && kernel_file) files[name] = read_file(item.path().string());
    }
    return io::read_kernels(files, state, {.file = from});
}

}  // namespace

Layout read_layout_file(const std::string& path, bool lenient, io::ReadReport* report) {
    const io::Bytes bytes = read_file(path);
    const io::ReadOptions options{.file = path, .lenient = lenient};
    switch (io::sniff(bytes)) {
        case io::FileKind::gds: return io::read_gds(bytes, options, report);
        case io::FileKind::glp: return io::read_glp(bytes, options);
        default: break;
    }
    if (path.ends_with(".gds")) return io::read_gds(bytes, options, report);
    if (path.ends_with(".glp")) return io::read_glp(bytes, options);
    throw InputError("D0302", "'" + escape_text(path) + "' is neither GDSII nor GLP", "give a .gds or .glp file");
}

Clip pattern_clip(const std::string& pattern, double pitch_nm, double width_nm, double length_nm) {
    const auto pitch = static_cast<std::int32_t>(std::lround(pitch_nm)),
               width = static_cast<std::int32_t>(std::lround(width_nm)),
               length = pattern == "lines" ? pitch : static_cast<std::int32_t>(std::lround(length_nm));
    const std::int32_t x = (pitch - width) / 2, y = (pitch - length) / 2;
    Clip clip;
    clip.layer = pattern;
    clip.period_nm = pitch;
    clip.window_nm = {0, 0, clip.period_nm, clip.period_nm};
    clip.target.rings = {{{x, y}, {x + width, y}, {x + width, y + length}, {x, y + length}}};
    const double middle = y + 0.5 * length, centre = x + 0.5 * width;
    clip.cut_nm = {centre - 0.5 * pitch, middle, centre + 0.5 * pitch, middle};
    return clip;
}

Clip load_clip(const Inputs& in, bool by_tiles) {
    const Resolved& table = *in.layout;
    if (table.values.has("pattern")) {
        const auto nm_of = [&](const char* name) { return table.values.real(name) * 1e9; };
        Clip clip = pattern_clip(table.values.text("pattern"), nm_of("pitch"), nm_of("width"),
                                 nm_of(table.values.has("length") ? "length" : "width"));
        if (table.values.has("cut"))
            for (std::size_t i = 0; i < 4; ++i) (*clip.cut_nm)[i] = table.values.reals("cut")[i] * 1e9;
        if (in.optics && in.optics->values.has("kernels"))
            refuse("D0403", "kernel files have their own period", span_of(table, "pattern"),
                   "a pattern is imaged at its pitch", "give source and lens instead of kernels");
        return clip;
    }
    const Layout layout = read_layout_file(join_path(in.folder, table.values.text("file")));
    const std::uint32_t cell = find_cell(layout, table.values.has("cell") ? table.values.text("cell") : "");
    const LayerChoice choice = choose_layer(table, in.params, layout, cell);
    const double unit_nm = layout.unit.in(nm);
    Clip clip;
    clip.layer = choice.name;
    if (table.values.has("window")) {
        for (std::size_t i = 0; i < 4; ++i) clip.window_nm[i] = table.values.reals("window")[i] * 1e9;
    } else {
        const Region all = on_nanometres(merged(normalised(flatten(layout, cell, choice.key))));
        if (all.rings.empty()) empty_layer(table, choice, layout, cell, {});
        const Box box = bounding_box(all);
        clip.window_nm = {static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.x1),
                          static_cast<double>(box.y1)};
    }
    for (double& edge : clip.window_nm) edge = std::round(edge * 1e6) * 1e-6;
    const double width = clip.window_nm[2] - clip.window_nm[0], height = clip.window_nm[3] - clip.window_nm[1],
                 size = std::max(width, height);
    const bool has_kernels = in.optics && in.optics->values.has("kernels") && !by_tiles;
    clip.period_nm = has_kernels
                         ? read_state(join_path(in.folder, in.optics->values.text("kernels")), "focus").period_x.in(nm)
                         : 256 * std::ceil((size + 2 * table.values.real("halo") * 1e9) / 256 - 1e-9);
    if (size > clip.period_nm)
        refuse("D0403",
               "the clip (" + rounded(size, 6) + " nm) is larger than the period of the kernels (" +
                   rounded(clip.period_nm, 6) + " nm)",
               span_of(table, table.given("window") ? "window" : "file"),
               "a kernel set is valid only at its own period", "give a smaller window");
    if (size > 20000 && !by_tiles)
        refuse("D0402", "the clip is larger than 20 um", span_of(table, "file"), "one tile holds at most 20 um",
               "give a window");
    const auto corner = [&](double low, double extent) {
        const auto slack = static_cast<std::int64_t>(std::floor(clip.period_nm - extent));
        return static_cast<std::int64_t>(std::floor(low)) - floor_half(slack);
    };
    const std::int64_t x0 = corner(clip.window_nm[0], width), y0 = corner(clip.window_nm[1], height);
    const auto period = static_cast<std::int64_t>(std::lround(clip.period_nm));
    clip.x0_nm = static_cast<double>(x0);
    clip.y0_nm = static_cast<double>(y0);
    const auto in_units = [&](double value_nm, bool up) {
        return static_cast<std::int64_t>(up ? std::ceil(value_nm / unit_nm) : std::floor(value_nm / unit_nm));
    };
    const Box reach{in_units(static_cast<double>(x0), false), in_units(static_cast<double>(y0), false),
                    in_units(static_cast<double>(x0 + period), true), in_units(static_cast<double>(y0 + period), true)};
    const Region shapes = on_nanometres(merged(normalised(flatten(layout, cell, choice.key, reach))));
    clip.target = clipped(shapes, {x0, y0, x0 + period, y0 + period});
    const Box window{static_cast<std::int64_t>(std::floor(clip.window_nm[0])),
                     static_cast<std::int64_t>(std::floor(clip.window_nm[1])),
                     static_cast<std::int64_t>(std::ceil(clip.window_nm[2])),
                     static_cast<std::int64_t>(std::ceil(clip.window_nm[3]))};
    if (clipped(clip.target, window).rings.empty())
        empty_layer(table, choice, layout, cell,
                    {in_units(clip.window_nm[0], false), in_units(clip.window_nm[1], false),
                     in_units(clip.window_nm[2], true), in_units(clip.window_nm[3], true)});
    if (table.values.has("cut")) {
        clip.cut_nm.emplace();
        for (std::size_t i = 0; i < 4; ++i) (*clip.cut_nm)[i] = std::round(table.values.reals("cut")[i] * 1e15) * 1e-6;
        for (std::size_t i = 0; i < 4; ++i) {
            const double low = i % 2 == 0 ? clip.x0_nm : clip.y0_nm;
            if ((*clip.cut_nm)[i] < low || (*clip.cut_nm)[i] > low + clip.period_nm)
                refuse("D0402", "the cut line leaves the imaged cell", span_of(table, "cut"),
                       "the cell spans " + rounded(low * 1e-3, 8) + " um .. " +
                           rounded((low + clip.period_nm) * 1e-3, 8) + " um");
        }
    }
    return clip;
}

constexpr double nm_per_pm = 1e3;

double medium_index(const ParamValues& optics) {
    if (optics.has("n_medium")) return optics.real("n_medium");
    return optics.text("medium") == "air" ? 1.0 : index_of_water;
}

Optics load_optics(const Inputs& in) {
    const ParamValues& v = in.optics->values;
    Optics result;
    result.blur = {Length::from_si(v.real("vibration.x")), Length::from_si(v.real("vibration.y")), v.real("flare"),
                   v.real("laser.bandwidth") * 1e12,
                   v.has("laser.focus_slope") ? v.real("laser.focus_slope") / nm_per_pm : 0};
    if (v.has("kernels")) {
        const std::string folder = join_path(in.folder, v.text("kernels"));
        result.focus = read_state(folder, "focus");
        result.defocus = read_state(folder, "defocus");
        return result;
    }
    const ParamValues& shape = v.model("source");
    std::string text;
    if (shape.all().find("file") != shape.all().end() && shape.has("file"))
        text = read_text_file(join_path(in.folder, shape.text("file")));
    result.source = optics::make_source(v.model_kind("source"), shape, text);
    result.pupil.na = v.real("na");
    result.pupil.wavelength = Length::from_si(v.real("wavelength"));
    result.pupil.n_medium = medium_index(v);
    result.pupil.defocus = Length::from_si(v.real("defocus"));
    result.pupil.paraxial_defocus = v.boolean("paraxial_defocus");
    result.pupil.obscuration = v.real("obscuration");
    result.pupil.obliquity = v.boolean("obliquity");
    result.pupil.magnification = v.real("magnification");
    if (v.has("zernike")) result.pupil.zernike_waves = v.reals("zernike");
    optics::validate(result.pupil);
    return result;
}

KernelSet kernels_at(const Optics& optics, double period_nm, double focus_nm, double image_tol) {
    if (optics.focus) return focus_nm == 0 ? *optics.focus : *optics.defocus;
    optics::Pupil pupil = optics.pupil;
    pupil.defocus = pupil.defocus + focus_nm * nm;
    return optics::socs(*optics.source, pupil, period_nm * nm, period_nm * nm, image_tol);
}

// ------------------------------------------------------------------------------------------------ ICCAD-2013 clips
ContestClip place_centred(const Region& target, int n, RasterRule rule) {
    ContestClip clip;
    clip.n = n;
    const Box extent = bounding_box(on_nanometres(target));
    const std::int64_t size = std::max<std::int64_t>(extent.x1 - extent.x0, extent.y1 - extent.y0);
    if (size > n)
        throw InputError("D0403",
                         "the target (" + std::to_string(size) + " nm) is larger than the period of the kernels (" +
                             std::to_string(n) + " nm)",
                         "give kernels of a larger period, or cut a window with 'damascene layout clip'");
    clip.target = centred(on_nanometres(merged(normalised(target))), n);
    clip.raster = binary_raster(clip.target, {0, 0}, n, n, rule);
    return clip;
}

opc::ProcessCorners load_contest_kernels(const std::string& folder) {
    return opc::iccad13_corners(read_state(folder, "focus"), read_state(folder, "defocus"));
}

Field2<std::uint8_t> load_mask(const std::string& path, const ContestClip& clip, RasterRule rule) {
    if (path == "target") return clip.raster;
    const io::Bytes bytes = read_file(path);
    const io::ReadOptions options{.file = path};
    Field2<std::uint8_t> mask;
    switch (io::sniff(bytes)) {
        case io::FileKind::png: mask = io::read_png_gray(bytes, options); break;
        case io::FileKind::npy: {
            const Field2<double> values = io::read_npy(bytes, options);
            mask.grid = values.grid;
            const double high =
                values.values.empty() ? 0 : *std::max_element(values.values.begin(), values.values.end());
            for (const double v : values.values) {
                if (v != 0 && (v != high || (v != 1 && v != 255)))
                    throw InputError("D0307",
                                     "'" + escape_text(path) + "' has grey levels, a binary score needs two levels",
                                     "0 and 1, or 0 and 255; threshold the mask first");
                mask.values.push_back(v != 0 ? 255 : 0);
            }
            break;
        }
        case io::FileKind::gds:
        case io::FileKind::glp: {
            const Layout layout = read_layout_file(path);
            const std::uint32_t cell = find_cell(layout, "");
            const std::vector<LayerCount> present = layers(layout, cell);
            if (present.size() != 1)
                throw InputError("D0305", "the mask file holds " + std::to_string(present.size()) + " layers",
                                 "a mask file has one layer");
            const Region drawn = merged(normalised(flatten(layout, cell, present.front().layer))),
                         shapes = on_nanometres(drawn);
            const Box box = bounding_box(shapes);
            const bool in_place =
                box.x0 >= 0 && box.y0 >= 0 && box.x1 <= clip.n && box.y1 <= clip.n && path.ends_with(".gds");
            if (in_place && drawn.unit < 1 * nm && rule == RasterRule::exact)
                return pixel_raster(drawn, {clip.n, clip.n, 1 * nm, 1 * nm, 0.5 * nm, 0.5 * nm});
            return binary_raster(in_place ? shapes : centred(shapes, clip.n), {0, 0}, clip.n, clip.n, rule);
        }
        default: throw InputError("D0302", "'" + escape_text(path) + "' is not a PNG, NPY, GDSII or GLP mask");
    }
    if (mask.grid.nx != clip.n || mask.grid.ny != clip.n)
        throw InputError(
            "D0306", "the mask has " + std::to_string(mask.grid.nx) + " x " + std::to_string(mask.grid.ny) + " pixels",
            "it must have " + std::to_string(clip.n) + " x " + std::to_string(clip.n) + ", 1 nm each");
    const std::uint8_t high = mask.values.empty() ? 0 : *std::max_element(mask.values.begin(), mask.values.end());
    for (std::uint8_t& v : mask.values) {
        if (v != 0 && v != high)
            throw InputError("D0307", "'" + escape_text(path) + "' has grey levels, a binary score needs two levels",
                             "threshold the mask first");
        v = v != 0;
    }
    return mask;
}

std::string score_json(const opc::Score& s) {
    const auto pair = [](const char* key, double value) { return "\"" + std::string(key) + "\":" + shortest(value); };
    const auto whole = [](const char* key, long value) {
        return "\"" + std::string(key) + "\":" + std::to_string(value);
    };
    return whole("l2", s.l2) + "," + whole("pvb", s.pvb) + "," + whole("epe_violations", s.epe_violations) + "," +
           whole("epe_sites", s.epe_sites) + "," + whole("contour_epe_violations", s.contour.violations) + "," +
           whole("contour_epe_sites", s.contour.sites) + "," + whole("target_area", s.target_area) + "," +
           whole("mask_area", s.mask_area) + "," + whole("shots", s.shots) + "," + pair("aerial_min", s.aerial_min) +
           "," + pair("aerial_max", s.aerial_max);
}

}  // namespace damascene::flow
