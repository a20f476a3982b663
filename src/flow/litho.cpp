#include "flow/litho.hpp"

#include <algorithm>
#include <cmath>

#include "flow/tables.hpp"
#include "flow/text.hpp"

namespace damascene::flow {

// Okabe and Ito's colours: told apart with every common colour vision.
const char* const colour_target = "#0072b2";
const char* const colour_mask = "#009e73";
const char* const colour_print = "#d55e00";
const char* const colour_band = "#cc79a7";

const char* const correction_is_sharp =
    "the correction sees no vibration, flare or bandwidth of [optics]; the images after it do";

ParamSpec layer_row() {
    return {.name = "layer",
            .kind = ParamKind::text,
            .doc = "name of the layer in [layout]; absent: the only one",
            .optional = true};
}

ParamSpec target_cd_row() {
    return {.name = "target_cd",
            .unit = "nm",
            .low = 1,
            .high = 10000,
            .doc = "wanted width on the cut; absent: the drawn width",
            .optional = true};
}

ParamSpec cd_tolerance_row() {
    return {.name = "cd_tolerance",
            .unit = "%",
            .default_text = "10 %",
            .low = 0.1,
            .high = 50,
            .doc = "allowed deviation from the target, both ways",
            .label = "recall"};
}

ParamSpec threshold_row() {
    return {.name = "threshold",
            .default_text = "0.225",
            .low = 0,
            .high = 2,
            .low_open = true,
            .doc = "printed where dose x intensity reaches it, clear field = 1",
            .citation = "Banerjee2013",
            .label = "pub"};
}

ParamSpec diffusion_row() {
    return {.name = "diffusion_length",
            .unit = "nm",
            .default_text = "0 nm",
            .low = 0,
            .high = 200,
            .doc = "acid diffusion: standard deviation of a Gaussian blur of the image",
            .citation = "Mack2007",
            .label = "recall",
            .warn_high = 50};
}

ParamSpec image_tol_row(const char* default_text) {
    return {.name = "image_tol",
            .default_text = default_text,
            .low = 1e-9,
            .high = 0.2,
            .doc = "certified truncation bound of the kernels, of clear field",
            .citation = "Cobb1998"};
}

std::vector<ParamSpec> corner_rows() {
    std::vector<ParamSpec> rows = {
        {.name = "corners.dose",
         .kind = ParamKind::real_list,
         .unit = "%",
         .default_text = "[\"98 %\", \"100 %\", \"102 %\"]",
         .low = 10,
         .high = 400,
         .doc = "lowest, nominal and highest dose",
         .count = 3},
        {.name = "corners.focus",
         .kind = ParamKind::real_list,
         .unit = "nm",
         .default_text = "[\"0 nm\", \"25 nm\"]",
         .low = -2000,
         .high = 2000,
         .doc = "nominal and worst focus; kernel files have exactly these two states",
         .label = "recall",
         .count = 2},
        {.name = "corners.dose_on",
         .kind = ParamKind::choice,
         .default_text = "intensity",
         .doc = "dose multiplies the intensity, or the amplitude as in the 2013 contest",
         .choices = {"intensity", "amplitude"}},
        threshold_row(),
        {.name = "steepness",
         .default_text = "50",
         .low = 1,
         .high = 1000,
         .doc = "of the differentiable resist",
         .citation = "Banerjee2013",
         .label = "pub"},
        diffusion_row(),
        image_tol_row("0.01"),
    };
    append(rows, grouped(rules_table(), "mrc"));
    return rows;
}

namespace {

Point origin_of(const Clip& clip) {
    return {static_cast<std::int32_t>(clip.x0_nm), static_cast<std::int32_t>(clip.y0_nm)};
}

}  // namespace

Field2<std::uint8_t> clip_raster(const Region& shapes, const Clip& clip, RasterRule rule) {
    const int n = static_cast<int>(std::lround(clip.period_nm));
    const double unit_nm = shapes.unit.in(nm);
    if (unit_nm == 1) return binary_raster(shapes, origin_of(clip), n, n, rule);
    return pixel_raster(shapes, {n, n, 1 * nm, 1 * nm, (clip.x0_nm + 0.5) * nm, (clip.y0_nm + 0.5) * nm});
}

Spectrum2 mask_spectrum(const Region& shapes, const Clip& clip, int band, bool clear_field, bool sampled) {
    const int n = static_cast<int>(std::lround(clip.period_nm));
    Spectrum2 spectrum;
    if (!sampled)
        spectrum = polygon_spectrum(shapes, clip.x0_nm * nm, clip.y0_nm * nm, clip.period_nm * nm, clip.period_nm * nm,
                                    band, band);
    else if (shapes.unit.in(nm) == 1 && is_manhattan(shapes))
        spectrum = sampled_polygon_spectrum(shapes, origin_of(clip), n, band);
    else {
        const Field2<std::uint8_t> raster = clip_raster(shapes, clip);
        spectrum = spectrum_of_samples(
            {{n, n, 1 * nm, 1 * nm, clip.x0_nm * nm, clip.y0_nm * nm}, {raster.values.begin(), raster.values.end()}},
            band, band);
    }
    if (clear_field) {
        for (auto& c : spectrum.coefficients) c = -c;
        spectrum.at(0, 0) += 1.0;
    }
    return spectrum;
}

opc::ProcessCorners corners_of(const ParamValues& v, const Optics& optics, double period_nm) {
    std::vector<double> dose = v.reals("corners.dose");
    std::sort(dose.begin(), dose.end());
    if (v.text("corners.dose_on") == "amplitude")
        for (double& d : dose) d *= d;
    const std::vector<double>& focus = v.reals("corners.focus");
    opc::ProcessCorners corners;
    corners.focus = kernels_at(optics, period_nm, focus[0] * 1e9, v.real("image_tol"));
    corners.defocus = focus[1] == focus[0] && !optics.focus
                          ? corners.focus
                          : kernels_at(optics, period_nm, optics.focus ? 1 : focus[1] * 1e9, v.real("image_tol"));
    corners.dose_inner = dose[0];
    corners.dose_nominal = dose[1];
    corners.dose_outer = dose[2];
    corners.threshold = v.real("threshold");
    corners.steepness = v.real("steepness");
    corners.diffusion_length = Length::from_si(v.real("diffusion_length"));
    return corners;
}

PlanLayer polygon_layer(const std::string& id, const std::string& name, const char* colour, const Region& shapes,
                        double opacity, bool visible) {
    PlanLayer layer;
    layer.id = id, layer.name = name, layer.kind = "polygons", layer.color = colour, layer.visible = visible,
    layer.opacity = opacity, layer.polygons = shapes;
    return layer;
}

PlanLayer contour_layer(const std::string& id, const std::string& name, const char* kind, const char* colour,
                        std::vector<Contour> contours, bool visible) {
    PlanLayer layer;
    layer.id = id, layer.name = name, layer.kind = kind, layer.color = colour, layer.visible = visible,
    layer.opacity = std::string(kind) == "band" ? 0.5 : 1, layer.contours = std::move(contours);
    return layer;
}

namespace {

/// Distance along the border of the cell, counter-clockwise from its lower left corner, of the border point next to p.
double border_position(const std::array<double, 2>& p, const Clip& clip) {
    const double size = clip.period_nm, x = std::clamp(p[0] - clip.x0_nm, 0.0, size),
                 y = std::clamp(p[1] - clip.y0_nm, 0.0, size);
    const double to_side[] = {y, size - x, size - y, x};
    const auto side = std::min_element(std::begin(to_side), std::end(to_side)) - std::begin(to_side);
    const double along[] = {x, y, size - x, size - y};
    return static_cast<double>(side) * size + along[side];
}

std::array<double, 2> corner(int index, const Clip& clip) {
    const double x1 = clip.x0_nm + clip.period_nm, y1 = clip.y0_nm + clip.period_nm;
    const std::array<double, 2> corners[] = {{clip.x0_nm, clip.y0_nm}, {x1, clip.y0_nm}, {x1, y1}, {clip.x0_nm, y1}};
    return corners[index % 4];
}

}  // namespace

namespace {

using Point2 = std::array<double, 2>;

/// Part of the segment a -> b inside the cell as parameters in [0, 1] (Liang and Barsky 1984), or nothing.
std::optional<std::array<double, 2>> inside_part(Point2 a, Point2 b, const Clip& clip) {
    double enter = 0, leave = 1;
    const double low[] = {clip.x0_nm, clip.y0_nm};
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const double d = b[axis] - a[axis], to_low = low[axis] - a[axis],
                     to_high = low[axis] + clip.period_nm - a[axis];
        if (d == 0 && (to_low > 0 || to_high < 0)) return {};
        if (d == 0) continue;
        enter = std::max(enter, std::min(to_low / d, to_high / d));
        leave = std::min(leave, std::max(to_low / d, to_high / d));
    }
    if (enter >= leave) return {};
    return std::array<double, 2>{enter, leave};
}

/// A contour that winds around the cell ends whole periods away from its beginning. The same curve, begun where it
/// crosses the border, so that no piece of it begins inside.
Contour begun_on_border(const Contour& contour, const Clip& clip) {
    const double origin[] = {clip.x0_nm, clip.y0_nm}, period = clip.period_nm;
    const std::vector<Point2>& p = contour.points_nm;
    const Point2 turn = {period * std::round((p.back()[0] - p.front()[0]) / period),
                         period * std::round((p.back()[1] - p.front()[1]) / period)};
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const double a = std::floor((p[i][axis] - origin[axis]) / period),
                         b = std::floor((p[i + 1][axis] - origin[axis]) / period);
            if (a == b) continue;
            const double border = origin[axis] + std::max(a, b) * period,
                         t = (border - p[i][axis]) / (p[i + 1][axis] - p[i][axis]);
            Point2 start = {p[i][0] + t * (p[i + 1][0] - p[i][0]), p[i][1] + t * (p[i + 1][1] - p[i][1])};
            start[axis] = border;
            Contour moved{{start}, false};
            moved.points_nm.insert(moved.points_nm.end(), p.begin() + static_cast<std::ptrdiff_t>(i) + 1, p.end());
            for (std::size_t k = 0; k <= i; ++k) moved.points_nm.push_back({p[k][0] + turn[0], p[k][1] + turn[1]});
            moved.points_nm.push_back({start[0] + turn[0], start[1] + turn[1]});
            return moved;
        }
    return contour;
}

/// Pieces of one contour, moved by (dx, dy), that lie inside the cell; a ring that never leaves stays closed.
void append_pieces(const Contour& contour, double dx, double dy, const Clip& clip, std::vector<Contour>& closed,
                   std::vector<Contour>& open) {
    const std::size_t n = contour.points_nm.size(), segments = contour.closed ? n : n - 1;
    const auto at = [&](std::size_t i) {
        return Point2{contour.points_nm[i % n][0] + dx, contour.points_nm[i % n][1] + dy};
    };
    std::vector<Contour> pieces;
    bool running = false, from_start = false;
    for (std::size_t i = 0; i < segments; ++i) {
        const Point2 a = at(i), b = at(i + 1);
        const auto part = inside_part(a, b, clip);
        const auto point = [&](double t) { return Point2{a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])}; };
        if (!part) {
            running = false;
            continue;
        }
        if (!running || (*part)[0] > 0) {
            pieces.push_back({{point((*part)[0])}, false});
            from_start = from_start || (i == 0 && (*part)[0] == 0);
        }
        pieces.back().points_nm.push_back(point((*part)[1]));
        running = (*part)[1] == 1;
    }
    if (pieces.empty()) return;
    if (contour.closed && running && from_start) {
        if (pieces.size() == 1) {
            pieces.front().points_nm.pop_back();
            pieces.front().closed = true;
            closed.push_back(std::move(pieces.front()));
            return;
        }
        auto& head = pieces.front().points_nm;
        pieces.back().points_nm.insert(pieces.back().points_nm.end(), head.begin() + 1, head.end());
        pieces.erase(pieces.begin());
    }
    for (Contour& piece : pieces) open.push_back(std::move(piece));
}

}  // namespace

std::vector<Contour> closed_in_cell(std::vector<Contour> contours, const Clip& clip) {
    std::vector<Contour> closed, open;
    for (Contour& contour : contours) {  // contours of a periodic image run on beyond the cell: bring each period back
        if (contour.points_nm.size() < 2) continue;
        if (!contour.closed) contour = begun_on_border(contour, clip);
        double low[2] = {1e300, 1e300}, high[2] = {-1e300, -1e300};
        for (const Point2& p : contour.points_nm)
            for (int k = 0; k < 2; ++k)
                low[k] = std::min(low[k], p[static_cast<std::size_t>(k)]),
                high[k] = std::max(high[k], p[static_cast<std::size_t>(k)]);
        const auto cell_of = [&](double x, double x0) {
            return static_cast<int>(std::floor((x - x0) / clip.period_nm));
        };
        for (int j = cell_of(low[1], clip.y0_nm); j <= cell_of(high[1], clip.y0_nm); ++j)
            for (int i = cell_of(low[0], clip.x0_nm); i <= cell_of(high[0], clip.x0_nm); ++i)
                append_pieces(contour, -i * clip.period_nm, -j * clip.period_nm, clip, closed, open);
    }
    const double border = 4 * clip.period_nm;
    std::vector<bool> used(open.size(), false);
    for (std::size_t first = 0; first < open.size(); ++first) {
        if (used[first]) continue;
        Contour ring;
        std::size_t at = first;
        do {  // walk the contour, then the border counter-clockwise to the next beginning
            used[at] = true;
            ring.points_nm.insert(ring.points_nm.end(), open[at].points_nm.begin(), open[at].points_nm.end());
            const double end = border_position(open[at].points_nm.back(), clip);
            std::size_t next = first;
            double nearest = 2 * border;
            for (std::size_t i = 0; i < open.size(); ++i) {
                if (used[i] && i != first) continue;
                const double ahead = std::fmod(border_position(open[i].points_nm.front(), clip) - end + border, border);
                if (ahead < nearest) nearest = ahead, next = i;
            }
            for (int k = static_cast<int>(end / clip.period_nm) + 1; k * clip.period_nm < end + nearest; ++k)
                ring.points_nm.push_back(corner(k, clip));
            at = next;
        } while (at != first);
        closed.push_back(std::move(ring));
    }
    return closed;
}

io::Bytes gds_of(const Region& shapes, const std::string& cell_name) {
    const Region simple = without_holes(shapes);
    Layout layout;
    layout.unit = shapes.unit;
    layout.user_units_per_database_unit = shapes.unit.in(um);
    Cell cell;
    cell.name = cell_name;
    for (const Ring& ring : simple.rings) {
        cell.boundaries.push_back(
            {{1, 0}, static_cast<std::uint32_t>(cell.points.size()), static_cast<std::uint32_t>(ring.size())});
        cell.points.insert(cell.points.end(), ring.begin(), ring.end());
    }
    layout.cells.push_back(std::move(cell));
    return io::write_gds(layout);
}

io::Bytes picture_of(const Field2<std::uint8_t>& binary) {
    Field2<std::uint8_t> grey = binary;
    for (std::uint8_t& v : grey.values) v = v ? 255 : 0;
    return io::write_png_gray(grey);
}

io::Bytes history_csv(const std::vector<opc::IterationRecord>& history) {
    io::Table table{{"iteration", "loss", "l2", "pvb", "gradient_norm"}, {"", "", "nm^2", "nm^2", ""}, {}};
    for (const auto& r : history)
        table.rows.push_back({std::to_string(r.iteration), shortest(r.loss), shortest(r.l2), shortest(r.pvb),
                              shortest(r.gradient_norm)});
    return io::write_csv(table);
}

io::Bytes markers_of(const std::vector<RuleViolation>& violations, const std::string& cell) {
    std::vector<io::Marker> markers;
    for (const RuleViolation& v : violations)
        markers.push_back({"MRC " + v.rule,
                           v.rule + " " + rounded(v.value, 6) + ", limit " + rounded(v.limit, 6),
                           {{v.x0_nm, v.y0_nm}, {v.x1_nm, v.y0_nm}, {v.x1_nm, v.y1_nm}, {v.x0_nm, v.y1_nm}}});
    return io::write_lyrdb(markers, cell, "mask rule violations");
}

Clip clip_of(const Inputs& in) {
    if (const auto found = in.values.find("layout"); found != in.values.end()) return std::get<Clip>(*found->second);
    return load_clip(in);
}

const Mask* mask_of(const Inputs& in) {
    const auto found = in.values.find("mask");
    return found == in.values.end() ? nullptr : &std::get<Mask>(*found->second);
}

StepResult report_mask(const opc::MaskResult& mask, const Clip& clip, const opc::ProcessCorners& corners,
                       bool has_rules, const std::string& method) {
    StepResult result;
    const Field2<std::uint8_t> target = clip_raster(clip.target, clip);
    const opc::Score score = opc::score(target, mask.raster, corners);
    result.scalars = {{"l2", "L2, whole cell", static_cast<double>(score.l2), "nm^2"},
                      {"pvb", "PV band, whole cell", static_cast<double>(score.pvb), "nm^2"},
                      {"epe_violations", "EPE violations, whole cell", static_cast<double>(score.epe_violations), ""},
                      {"epe_sites", "EPE sites", static_cast<double>(score.epe_sites), ""},
                      {"mask_area", "mask area", static_cast<double>(score.mask_area), "nm^2"},
                      {"shots", "shots of the mask raster", static_cast<double>(score.shots), ""},
                      {"mrc_violations", "mask rule violations", static_cast<double>(mask.violations.size()), ""},
                      {"kernels", "kernels per focus", static_cast<double>(corners.focus.count()), ""},
                      {"truncation_bound", "kernel truncation bound", corners.focus.truncation_bound, "clear field"}};
    if (has_rules && !mask.violations.empty())
        result.failed_limits.push_back(std::to_string(mask.violations.size()) + " mask rule violations");
    result.solver = {true, mask.converged, mask.history.empty() ? 0 : mask.history.back().iteration,
                     mask.history.empty() ? 0 : mask.history.back().gradient_norm};
    for (const auto& r : mask.history) {
        result.convergence.x.push_back(r.iteration);
        result.convergence.y["loss"].push_back(r.loss);
        result.convergence.y["L2"].push_back(r.l2);
        result.convergence.y["PV band"].push_back(r.pvb);
    }
    result.files["mask.gds"] = gds_of(mask.mask, "MASK");
    result.files["mask.png"] = picture_of(mask.raster);
    result.files["history.csv"] = history_csv(mask.history);
    if (!mask.violations.empty()) result.files["mask_rules.lyrdb"] = markers_of(mask.violations, "MASK");
    result.outputs.push_back(Mask{mask.mask, false, corners.threshold, method});
    result.layers = {polygon_layer("target", "target", colour_target, clip.target, 0.35),
                     polygon_layer("mask", "mask (" + method + ")", colour_mask, mask.mask, 0.3)};
    result.seconds = mask.seconds;
    return result;
}

namespace {

/// Every k-th row, so that at most 5000 stay and their distribution is that of all.
void thin_out(std::vector<std::vector<double>>& rows) {
    constexpr std::size_t most = 5000;
    const std::size_t stride = (rows.size() + most - 1) / most;
    if (stride < 2) return;
    for (std::size_t i = 0; i * stride < rows.size(); ++i) rows[i].swap(rows[i * stride]);
    rows.resize((rows.size() + stride - 1) / stride);
}

}  // namespace

void report_edges(const std::vector<opc::EdgePlacement>& all, double limit_nm, StepResult& result) {
    NumberTable gauges{{{"x", "nm"}, {"y", "nm"}, {"nx", ""}, {"ny", ""}, {"EPE", "nm"}}, {}, 0, 1, 4};
    double worst = 0, sum = 0;
    int violations = 0, lost = 0, sites = 0;
    std::vector<io::Marker> markers;
    for (const opc::EdgePlacement& e : all) {
        ++sites;
        const double epe = e.epe_nm;
        if (!e.found)
            ++lost;
        else
            worst = std::max(worst, std::abs(epe)), sum += epe * epe;
        if (!e.found || std::abs(epe) > limit_nm) {
            ++violations;
            markers.push_back({"EPE",
                               e.found ? rounded(epe, 4) + " nm" : "edge not printed",
                               {{e.x_nm - 5, e.y_nm - 5},
                                {e.x_nm + 5, e.y_nm - 5},
                                {e.x_nm + 5, e.y_nm + 5},
                                {e.x_nm - 5, e.y_nm + 5}}});
        }
        gauges.rows.push_back({e.x_nm, e.y_nm, e.nx, e.ny, e.found ? epe : std::numeric_limits<double>::quiet_NaN()});
    }
    result.scalars.push_back({"epe_max", "largest edge placement error", worst, "nm"});
    result.scalars.push_back(
        {"epe_rms", "rms edge placement error", sites > lost ? std::sqrt(sum / (sites - lost)) : 0, "nm"});
    result.scalars.push_back(
        {"epe_violations", "sites beyond the EPE limit or not printed", static_cast<double>(violations), ""});
    result.scalars.push_back({"epe_sites", "EPE sites in the window", static_cast<double>(sites), ""});
    io::Table table{{"x", "y", "nx", "ny", "epe"}, {"nm", "nm", "", "", "nm"}, {}};
    for (const auto& row : gauges.rows)
        table.rows.push_back(
            {shortest(row[0]), shortest(row[1]), shortest(row[2]), shortest(row[3]), shortest(row[4])});
    result.files["edge_placement.csv"] = io::write_csv(table);
    if (!markers.empty())
        result.files["edge_placement.lyrdb"] = io::write_lyrdb(markers, "PRINT", "edge placement beyond the limit");
    thin_out(gauges.rows);
    if (gauges.rows.size() < all.size())
        result.scalars.push_back({"epe_shown", "EPE sites on the page, evenly chosen; the table holds all",
                                  static_cast<double>(gauges.rows.size()), ""});
    result.gauges = std::move(gauges);
}

Cost image_cost(const Inputs& in, double images) {
    double period_um = 2.048, band = 17;
    if (in.layout && in.layout->values.has("window")) {
        const auto& w = in.layout->values.reals("window");
        period_um = std::max(w[2] - w[0], w[3] - w[1]) * 1e6 + 2e6 * in.layout->values.real("halo");
    } else if (in.layout && in.layout->values.has("pattern")) {
        period_um = in.layout->values.real("pitch") * 1e6;
    }
    if (in.optics && !in.optics->values.has("kernels"))
        band = std::floor(period_um * 1e-6 * in.optics->values.real("na") * 1.9 / in.optics->values.real("wavelength"));
    const double modes = 3.2 * band * band, points = std::pow(4 * band + 1, 2);
    // Gram matrix of ~1000 source points, its eigenvectors, then one transform per kernel and image.
    const double seconds = in.optics && in.optics->values.has("kernels")
                               ? 0.05
                               : images * (1e6 * modes * 8e-10 + 1.5 + 400 * points * 4e-8);
    const double pixels = std::pow(period_um * 1e3, 2);
    return {seconds, 4 * modes * 1000 * 16 + pixels * 24, rounded(period_um, 4) + " um cell, band " + rounded(band, 4)};
}

}  // namespace damascene::flow
