// Edge correction of a layout of any size, tile by tile: the core of a tile moves, everything in its halo stands at the
// neighbours' last shifts, in four colours and several passes [Schwarz 1870].
//
//   halo >> wavelength / NA: what lies beyond it moves an edge by less than the correction's tolerance
#include <cmath>

#include "damascene/opc/tiles.hpp"
#include "flow/litho.hpp"
#include "flow/tables.hpp"

namespace damascene::flow {
namespace {

opc::TileOptions options_of(const ParamValues& v) {
    opc::TileOptions options;
    options.halo = Length::from_si(v.real("tile_halo"));
    options.passes = static_cast<int>(v.integer("passes"));
    options.edge.iterations = static_cast<int>(v.integer("iterations"));
    options.edge.corner_length = Length::from_si(v.real("corner_length"));
    options.edge.run_length = Length::from_si(v.real("run_length"));
    options.edge.max_shift = Length::from_si(v.real("max_shift"));
    options.edge.assist_features = false;
    options.edge.rules = mask_rules_of(v, "mrc");
    return options;
}

/// The strongest kernels: 0 <= I - I_K <= the first weight left out.
KernelSet strongest(KernelSet set, int most) {
    if (set.count() <= most) return set;
    const auto kept = static_cast<std::size_t>(most);
    set.truncation_bound = set.weights[kept];
    set.kernels.resize(set.kernels.size() / set.weights.size() * kept);
    set.weights.resize(kept);
    return set;
}

opc::ProcessCorners tile_corners(const Inputs& in) {
    const ParamValues& v = in.params->values;
    const Optics optics = load_optics(in);
    const double period_nm = (v.real("core") + 2 * v.real("tile_halo")) * 1e9;
    if (optics.focus && std::abs(optics.focus->period_x.in(nm)-period_nm) > 1e-6)
        throw InputError("D0403",
                         "kernel files of a period of " + format_quantity(optics.focus->period_x.si(), "nm") +
                             " do not fit tiles of " + format_quantity(period_nm * 1e-9, "nm"),
                         "core + 2 tile_halo is the period of the kernels");
    opc::ProcessCorners corners = corners_of(v, optics, period_nm);
    const int most = static_cast<int>(v.integer("most_kernels"));
    corners.focus = strongest(std::move(corners.focus), most);
    corners.defocus = strongest(std::move(corners.defocus), most);
    return corners;
}

PartFunction tile_function(const Inputs& in) {
    const auto corners = std::make_shared<const opc::ProcessCorners>(tile_corners(in));
    return [corners](io::ByteView tile) { return opc::corrected_tile(tile, *corners); };
}

/// Drawn shapes in the window, with what its halo sees.
Region seen(const Clip& clip, double margin_nm) {
    const auto low = [&](double v) { return static_cast<std::int64_t>(std::floor(v - margin_nm)); };
    const auto high = [&](double v) { return static_cast<std::int64_t>(std::ceil(v + margin_nm)); };
    return clipped(clip.target,
                   {low(clip.window_nm[0]), low(clip.window_nm[1]), high(clip.window_nm[2]), high(clip.window_nm[3])});
}

Box window_of(const Clip& clip) {
    return {static_cast<std::int64_t>(std::floor(clip.window_nm[0])),
            static_cast<std::int64_t>(std::floor(clip.window_nm[1])),
            static_cast<std::int64_t>(std::ceil(clip.window_nm[2])),
            static_cast<std::int64_t>(std::ceil(clip.window_nm[3]))};
}

double rms(const std::vector<opc::EdgePlacement>& sites) {
    double sum = 0, n = 0;
    for (const opc::EdgePlacement& e : sites)
        if (e.found) sum += e.epe_nm * e.epe_nm, ++n;
    return n > 0 ? std::sqrt(sum / n) : 0;
}

StepResult run_layout_opc(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const Clip clip = load_clip(in, true);
    const opc::TileOptions options = options_of(v);
    const Region target = seen(clip, options.halo.in(nm));
    context.progress({"kernels", 0.0, {}});
    const opc::ProcessCorners corners = tile_corners(in);
    context.check();
    Context quiet = context;
    quiet.on_progress = {};
    const auto place = [&](const Region& mask) {
        return opc::layout_placement(mask, target, window_of(clip), corners.focus,
                                     corners.threshold / corners.dose_nominal, options.halo,
                                     Length::from_si(v.real("site_pitch")), Length::from_si(v.real("reach")), quiet);
    };
    Context correction = context;
    correction.on_progress = [&](const Progress& p) { context.progress({p.phase, 0.9 * p.done, p.metrics}); };
    const PartFunction compute = [&](io::ByteView tile) { return opc::corrected_tile(tile, corners, context); };
    const opc::TileExecutor outside = [&](const std::vector<opc::TileBytes>& tiles) {
        return in.execute(tiles, compute);
    };
    const opc::TiledResult done =
        in.execute ? opc::optimize_layout(target, window_of(clip), corners, options, outside, correction)
                   : opc::optimize_layout(target, window_of(clip), corners, options, correction);
    context.progress({"edges", 0.95, {}});
    StepResult result;
    result.scalars = {{"tiles", "tile corrections", static_cast<double>(done.tiles), ""},
                      {"tiles_computed", "different tiles", static_cast<double>(done.computed), ""},
                      {"last_move", "largest change of a shift in the last pass", done.last_move_nm, "nm"},
                      {"mrc_violations", "mask rule violations", static_cast<double>(done.violations.size()), ""},
                      {"polygons", "rings of the mask", static_cast<double>(done.mask.rings.size()), ""},
                      {"kernels", "kernels per focus", static_cast<double>(corners.focus.count()), ""},
                      {"truncation_bound", "kernel truncation bound", corners.focus.truncation_bound, "clear field"},
                      {"epe_rms_drawn", "rms edge placement error of the drawn layout", rms(place(target)), "nm"}};
    report_edges(place(done.mask), v.real("epe_limit") * 1e9, result);
    if (has_rules(options.edge.rules) && !done.violations.empty())
        result.failed_limits.push_back(std::to_string(done.violations.size()) + " mask rule violations");
    if (!done.violations.empty()) result.files["mask_rules.lyrdb"] = markers_of(done.violations, "MASK");
    result.files["mask.gds"] = gds_of(done.mask, "MASK");
    result.outputs.push_back(Mask{done.mask, false, corners.threshold, "layout-opc"});
    result.layers = {polygon_layer("target", "target", colour_target, target, 0.35),
                     polygon_layer("mask", "mask (layout-opc)", colour_mask, done.mask, 0.3)};
    if (!load_optics(in).blur.none()) result.warnings.push_back(correction_is_sharp);
    result.seconds = done.seconds;
    return result;
}

/// Seconds from 756 tiles of 1.1 um in two passes.
Cost estimate_layout_opc(const Inputs& in) {
    const ParamValues& v = in.params->values;
    double area = 1e-9;
    if (in.layout && in.layout->values.has("window")) {
        const auto& w = in.layout->values.reals("window");
        area = (w[2] - w[0]) * (w[3] - w[1]);
    }
    const double tiles = std::ceil(area / (v.real("core") * v.real("core")));
    return {tiles * static_cast<double>(v.integer("iterations") * v.integer("passes")) * 0.004, 400e6,
            "tiles of one batch"};
}

ParamSpec count_row(const char* name, const char* default_text, double high, const char* doc) {
    return {.name = name, .kind = ParamKind::integer, .default_text = default_text, .low = 1, .high = high, .doc = doc};
}

ParamSpec length_row(const char* name, const char* default_text, double low, double high, const char* doc) {
    return {.name = name,
            .unit = "nm",
            .default_text = default_text,
            .low = low,
            .high = high,
            .doc = doc,
            .label = "recall"};
}

}  // namespace

extern const StepModel model_layout_opc;
const StepModel model_layout_opc = {
    .info = {.catalogue = "step",
             .name = "layout-opc",
             .summary = "Edge correction of a layout of any size by tiles, kept tile by tile; no assist features.",
             .equation = "period of the kernels = core + 2 tile_halo",
             .citation = "Cobb1998",
             .params =
                 joined({layer_row(), length_row("core", "1100 nm", 100, 20000, "side of a tile's core"),
                         length_row("tile_halo", "500 nm", 100, 5000, "surroundings a tile sees, held still"),
                         count_row("most_kernels", "48", 10000, "per focus; fewer where image_tol is met with fewer"),
                         count_row("passes", "2", 20, "over the layout, each sees the last masks around a tile"),
                         count_row("iterations", "60", 1000, "steps per tile in the first pass, half after"),
                         length_row("corner_length", "30 nm", 5, 500, "fragment length at corners"),
                         length_row("run_length", "50 nm", 5, 1000, "fragment length along edges"),
                         length_row("max_shift", "40 nm", 1, 500, "largest shift of a fragment"),
                         length_row("site_pitch", "60 nm", 1, 1000, "between sites of edge placement"),
                         length_row("reach", "40 nm", 1, 200, "search distance for the printed edge"),
                         length_row("epe_limit", "7 nm", 0, 100, "a site beyond it counts as a violation")},
                        corner_rows())},
    .needs = {"layout", "optics"},
    .gives = {"mask"},
    .run = run_layout_opc,
    .estimate = estimate_layout_opc,
    .parts = tile_function};

}  // namespace damascene::flow
