// The single-file report: manifest and blobs spliced into the page template.
//
// Band-limited fields ship as their Fourier coefficients (exact), shapes as polygons, curves as numbers. Every blob is
// base64 of gzip of raw little-endian data; in the manifest every '<' is escaped, so no text can end a script element.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "flow/report_template.hpp"
#include "flow/run_record.hpp"
#include "flow/sweep_report.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Json = nlohmann::json;

std::string gzip(const void* data, std::size_t size) {
    z_stream stream{};
    constexpr int gzip_window = 15 + 16;
    if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw NumericalError("zlib did not start");
    std::string out(deflateBound(&stream, size) + 32, '\0');
    stream.next_in = const_cast<Bytef*>(static_cast<const Bytef*>(data));
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string base64(const std::string& bytes) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto at = [&](std::size_t k) {
            return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u;
        };
        const unsigned group = at(0) << 16 | at(1) << 8 | at(2);
        for (int k = 0; k < 4; ++k)
            out += i + static_cast<std::size_t>(k) <= bytes.size() ? letters[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

class Payload {
  public:
    template <class T>
    Json blob(const std::vector<T>& values, const char* dtype, Json shape) {
        const std::string id = "blob-" + std::to_string(count_++);
        blobs_ += "<script type=\"application/octet-stream\" id=\"" + id + "\">" +
                  base64(gzip(values.data(), values.size() * sizeof(T))) + "</script>\n";
        return {{"blob", id}, {"dtype", dtype}, {"shape", std::move(shape)}};
    }
    const std::string& blobs() const { return blobs_; }

  private:
    int count_ = 0;
    std::string blobs_;
};

void add_polygons(Json& layer, const Region& region, Payload& payload) {
    std::vector<std::int32_t> points, counts;
    for (const Ring& ring : region.rings) {
        counts.push_back(static_cast<std::int32_t>(ring.size()));
        for (const Point p : ring) points.push_back(p.x), points.push_back(p.y);
    }
    layer["unit_nm"] = region.unit.in(nm);
    layer["points"] = payload.blob(points, "i32", {points.size() / 2, 2});
    layer["counts"] = payload.blob(counts, "i32", {counts.size()});
}

void add_contours(Json& layer, const std::vector<Contour>& contours, Payload& payload) {
    std::vector<float> points;
    std::vector<std::int32_t> counts;
    for (const Contour& contour : contours) {
        counts.push_back(static_cast<std::int32_t>(contour.points_nm.size()));
        for (const auto& p : contour.points_nm)
            points.push_back(static_cast<float>(p[0])), points.push_back(static_cast<float>(p[1]));
    }
    layer["unit_nm"] = 1;
    layer["points"] = payload.blob(points, "f32", {points.size() / 2, 2});
    layer["counts"] = payload.blob(counts, "i32", {counts.size()});
}

void add_spectrum(Json& layer, const Spectrum2& s, double level, Payload& payload) {
    std::vector<double> values;
    for (const auto& c : s.coefficients) values.push_back(c.real()), values.push_back(c.imag());
    layer["band"] = {s.band_x, s.band_y};
    layer["period_nm"] = {s.period_x.in(nm), s.period_y.in(nm)};
    layer["origin_nm"] = {s.x0.in(nm), s.y0.in(nm)};
    layer["coefficients"] = payload.blob(values, "f64", {s.height(), s.width(), 2});
    layer["unit"] = "clear field";
    layer["level"] = level;
}

Json layer_json(const PlanLayer& layer, const std::string& step, double threshold, Payload& payload) {
    Json json = {{"id", step + "." + layer.id}, {"name", step + ": " + layer.name}, {"kind", layer.kind},
                 {"color", layer.color},        {"visible", layer.visible},         {"opacity", layer.opacity}};
    if (layer.kind == "polygons")
        add_polygons(json, layer.polygons, payload);
    else if (layer.kind == "spectrum")
        add_spectrum(json, layer.spectrum, layer.level > 0 ? layer.level : threshold, payload);
    else
        add_contours(json, layer.contours, payload);
    return json;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::vector<double>& values) {
    Json list = Json::array();
    for (const double v : values) list.push_back(number(v));
    return list;
}

/// What stands on the first page: limits first, then the metrics people ask for, of the last step that has them.
Json headline_of(const std::vector<ReportStep>& steps, const std::map<std::string, bool>& verdicts) {
    static const std::vector<std::string> asked = {"cd",
                                                   "nils",
                                                   "exposure_latitude",
                                                   "depth_of_focus",
                                                   "l2",
                                                   "pvb",
                                                   "epe_max",
                                                   "epe_rms",
                                                   "epe_violations",
                                                   "mrc_violations",
                                                   "violations",
                                                   "shots",
                                                   "void.count",
                                                   "void.area",
                                                   "closure.thickness",
                                                   "step_coverage.bottom",
                                                   "step_coverage.sidewall_min",
                                                   "aspect_ratio"};
    std::map<std::string, std::string> last;
    for (const ReportStep& step : steps)
        for (const Scalar& s : step.result.scalars)
            if (!s.id.starts_with("void.") || s.value > 0) last[s.id] = step.name;
    Json first = Json::array(), second = Json::array();
    for (const ReportStep& step : steps)
        for (const Scalar& s : step.result.scalars) {
            const std::string id = step.name + "." + s.id;
            const auto verdict = verdicts.find(id);
            const Json item = {{"id", id},
                               {"label", step.name + ": " + s.label},
                               {"value", number(s.value)},
                               {"unit", s.unit},
                               {"pass", verdict == verdicts.end() ? Json(nullptr) : Json(verdict->second)}};
            if (verdict != verdicts.end())
                first.push_back(item);
            else if (std::isfinite(s.value) && last[s.id] == step.name &&
                     std::find(asked.begin(), asked.end(), s.id) != asked.end())
                second.push_back(item);
        }
    for (const Json& item : second) first.push_back(item);
    return first;
}

/// Later steps win; of layers with the same id only the last is switched on.
Json plan_of(const std::vector<ReportStep>& steps, const std::optional<Clip>& clip, double threshold,
             Payload& payload) {
    Json layers = Json::array();
    std::map<std::string, std::string> last;
    for (const ReportStep& step : steps)
        for (const PlanLayer& layer : step.result.layers) last[layer.id] = step.name;
    std::vector<std::pair<const ReportStep*, const PlanLayer*>> chosen;
    for (const ReportStep& step : steps)
        for (const PlanLayer& layer : step.result.layers)
            if (last[layer.id] == step.name) chosen.emplace_back(&step, &layer);
    const auto depth = [](const std::string& kind) {
        return kind == "spectrum" ? 0 : kind == "polygons" ? 1 : kind == "band" ? 2 : 3;
    };
    std::stable_sort(chosen.begin(), chosen.end(),
                     [&](const auto& a, const auto& b) { return depth(a.second->kind) < depth(b.second->kind); });
    for (const auto& [step, layer] : chosen) layers.push_back(layer_json(*layer, step->name, threshold, payload));
    const std::array<double, 4> window = clip ? clip->window_nm : std::array<double, 4>{0, 0, 1000, 1000};
    if (layers.empty()) return nullptr;
    return {{"window_nm", window}, {"threshold", threshold}, {"layers", layers}};
}

/// Of a calibration the first column holds the names of the gauges.
void add_gauges(Json& manifest, const std::string& step, const NumberTable& table, const Parity* parity) {
    Json columns = Json::array(), rows = Json::array();
    for (const TableColumn& c : table.columns) columns.push_back({{"name", c.name}, {"unit", c.unit}});
    for (const auto& row : table.rows) rows.push_back(numbers(row));
    if (parity && parity->points.size() == rows.size())
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i][0] = parity->points[i].name;
    manifest["gauges"] = {{"step", step},
                          {"columns", columns},
                          {"rows", rows},
                          {"x_column", table.x_column},
                          {"y_column", table.y_column},
                          {"epe_column", table.epe_column}};
}

void add_parity(Json& manifest, const std::string& step, const Parity& p) {
    Json names = Json::array(), patterns = Json::array(), roles = Json::array();
    std::vector<double> measured, model;
    for (const ParityPoint& point : p.points) {
        names.push_back(point.name), patterns.push_back(point.pattern), roles.push_back(point.role);
        measured.push_back(point.measured_nm), model.push_back(point.model_nm);
    }
    manifest["parity"].push_back({{"step", step},
                                  {"name", names},
                                  {"pattern", patterns},
                                  {"role", roles},
                                  {"measured_nm", numbers(measured)},
                                  {"model_nm", numbers(model)},
                                  {"rms_nm", number(p.rms_nm)},
                                  {"hold_out_rms_nm", number(p.hold_out_rms_nm)}});
}

/// [focus][dose] as rows of doses.
Json dose_rows(const std::vector<std::vector<double>>& by_focus) {
    Json rows = Json::array();
    for (std::size_t d = 0; !by_focus.empty() && d < by_focus.front().size(); ++d) {
        std::vector<double> row;
        for (const auto& at_focus : by_focus) row.push_back(at_focus[d]);
        rows.push_back(numbers(row));
    }
    return rows;
}

Json band_of(const opc::DoseBand& band) {
    return {{"focus_nm", band.focus_nm}, {"low", numbers(band.low)}, {"high", numbers(band.high)}};
}

Json extent_of(const opc::FocusDoseWindow& w) {
    return w.empty() ? Json(nullptr) : Json({w.focus_low_nm, w.focus_high_nm, w.dose_low, w.dose_high});
}

Json feature_of(const WindowFeature& f) {
    Json json = {{"name", f.name},
                 {"target_nm", f.target_nm},
                 {"tolerance_nm", f.tolerance_nm},
                 {"cd_nm", dose_rows(f.cd_nm)},
                 {"band", band_of(f.band)},
                 {"rectangle", extent_of(f.rectangle)}};
    if (!f.fit_nm.empty()) json["fit_nm"] = dose_rows(f.fit_nm);
    if (std::isfinite(f.isofocal_dose))
        json["isofocal"] = {{"dose", f.isofocal_dose}, {"cd_nm", number(f.isofocal_cd_nm)}};
    return json;
}

void add_window(Json& manifest, const ProcessWindow& w) {
    std::vector<double> latitude, rectangle, ellipse;
    for (const opc::LatitudePoint& p : w.curve)
        latitude.push_back(p.latitude), rectangle.push_back(p.rectangle_nm), ellipse.push_back(p.ellipse_nm);
    Json features = Json::array();
    for (const WindowFeature& f : w.features) features.push_back(feature_of(f));
    Json json = {{"focus_nm", w.focus_nm},
                 {"dose", w.dose},
                 {"features", features},
                 {"latitude", w.latitude},
                 {"rectangle", extent_of(w.rectangle)},
                 {"ellipse", extent_of(w.ellipse)},
                 {"curve", {{"latitude", latitude}, {"rectangle_nm", rectangle}, {"ellipse_nm", ellipse}}}};
    if (w.features.size() > 1) json["common"] = band_of(w.common);
    if (!w.pitch_nm.empty())
        json["pitches"] = {{"pitch_nm", w.pitch_nm}, {"depth_nm", w.pitch_depth_nm}, {"common_nm", w.pitch_common_nm}};
    manifest["process_window"] = std::move(json);
}

/// All rings of all frames one after the other: materials bottom up, then voids; see web/src/manifest.ts.
Json topography_of(const std::string& step, const Topography& t, Payload& payload) {
    std::vector<float> points;
    std::vector<std::int32_t> counts;
    const auto add = [&](const std::vector<std::array<double, 2>>& ring) {
        counts.push_back(static_cast<std::int32_t>(ring.size()));
        for (const auto& p : ring)
            points.push_back(static_cast<float>(p[0])), points.push_back(static_cast<float>(p[1]));
    };
    Json frames = Json::array(), materials = Json::array(), seams = Json::array();
    for (const auto& line : t.seams) seams.push_back(line);
    for (const TopographyFrame& f : t.frames) {
        Json rings = Json::array();
        for (const auto& material : f.outlines_nm) {
            rings.push_back(material.size());
            for (const auto& ring : material) add(ring);
        }
        for (const auto& ring : f.voids_nm) add(ring);
        frames.push_back(
            {{"time_s", number(f.time_s)}, {"label", f.label}, {"rings", rings}, {"voids", f.voids_nm.size()}});
    }
    for (std::size_t m = 0; m < t.materials.size(); ++m)
        materials.push_back({{"name", t.materials[m]}, {"color", m < t.colors.size() ? t.colors[m] : ""}});
    return {{"name", step},
            {"axial", t.axial},
            {"window_nm", t.window_nm},
            {"materials", materials},
            {"points", payload.blob(points, "f32", {points.size() / 2, 2})},
            {"counts", payload.blob(counts, "i32", {counts.size()})},
            {"frames", frames},
            {"seams", seams},
            {"notes", t.notes}};
}

Json wall_of(const Topography& t, Payload& payload) {
    std::vector<float> values;
    for (const WallRow& row : t.wall) {
        for (const double v : {row.arc_nm, row.x_nm, row.z_nm, row.thickness_nm})
            values.push_back(static_cast<float>(v));
        for (std::size_t k = 0; k < t.species.size(); ++k)
            values.push_back(k < row.arrival.size() ? static_cast<float>(row.arrival[k]) : std::nanf(""));
    }
    return {{"species", t.species}, {"values", payload.blob(values, "f32", {t.wall.size(), 4 + t.species.size()})}};
}

Json mesh_of(const TriangleMesh& mesh, Payload& payload) {
    std::vector<float> points;
    std::vector<std::int32_t> corners, material(mesh.material.begin(), mesh.material.end());
    for (const auto& p : mesh.points)
        for (const double v : p) points.push_back(static_cast<float>(v));
    for (const auto& t : mesh.triangles) corners.insert(corners.end(), t.begin(), t.end());
    Json json = {{"points", payload.blob(points, "f32", {mesh.points.size(), 3})},
                 {"triangles", payload.blob(corners, "i32", {mesh.triangles.size(), 3})}};
    if (!material.empty()) json["material"] = payload.blob(material, "i32", {material.size()});
    return json;
}

/// Sixteen bits a sample: value = offset + scale * stored.
Json map_of(const SectionMap& map, Payload& payload) {
    const auto& values = map.samples.values;
    const Grid2& g = map.samples.grid;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double offset = *low, scale = *high > *low ? (*high - *low) / 65535 : 1;
    std::vector<std::uint16_t> stored;
    for (const double v : values) stored.push_back(static_cast<std::uint16_t>(std::lround((v - offset) / scale)));
    return {{"quantity", map.quantity},
            {"unit", map.unit},
            {"box_nm", map.box_nm},
            {"grid",
             {{"nx", g.nx},
              {"ny", g.ny},
              {"dx_nm", g.dx.in(nm)},
              {"dy_nm", g.dy.in(nm)},
              {"x0_nm", g.x0.in(nm)},
              {"y0_nm", g.y0.in(nm)}}},
            {"data", payload.blob(stored, "u16", {g.ny, g.nx})},
            {"scale", scale},
            {"offset", offset}};
}

void add_topography(Json& manifest, const std::string& step, const Topography& t, Payload& payload) {
    Json json = topography_of(step, t, payload), coverage = Json::array();
    if (!t.wall.empty()) json["wall"] = wall_of(t, payload);
    if (t.map && !t.map->samples.values.empty()) json["map"] = map_of(*t.map, payload);
    for (const auto& [name, value, meaning] : t.coverage)
        coverage.push_back({{"name", name}, {"value", value}, {"meaning", meaning}});
    json["coverage"] = coverage;
    if (t.closure_time_s) json["closure"] = {{"time_s", number(*t.closure_time_s)}, {"z_nm", number(t.closure_z_nm)}};
    if (!t.history.x.empty()) {
        Json series = Json::object();
        for (const auto& [name, values] : t.history.y) series[name] = numbers(values);
        json["history"] = {{"time_s", numbers(t.history.x)}, {"series", series}};
    }
    if (!t.mesh.triangles.empty()) json["mesh"] = mesh_of(t.mesh, payload);
    manifest["topography"].push_back(std::move(json));
}

std::string escaped_json(const Json& json) {
    std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace), out;
    for (const char c : text) {
        if (c == '<')
            out += "\\u003c";
        else
            out += c;
    }
    return out;
}

/// The page with its manifest and blobs.
std::string page_of(const Json& manifest, const std::string& blobs) {
    const std::string head =
        "<script type=\"application/json\" id=\"damascene-manifest\">" + escaped_json(manifest) + "</script>\n";
    const std::string page = report_template(), place = "<!--DAMASCENE_PAYLOAD-->";
    const std::size_t at = page.find(place);
    return page.substr(0, at) + head + blobs + page.substr(at + place.size());
}

double threshold_of(const std::vector<ReportStep>& steps) {
    double threshold = 0.225;
    for (const ReportStep& step : steps)
        for (const Value& value : step.result.outputs) {
            if (const auto* print = std::get_if<PrintSet>(&value)) threshold = print->threshold;
            if (const auto* mask = std::get_if<Mask>(&value); mask && mask->threshold > 0) threshold = mask->threshold;
        }
    return threshold;
}

}  // namespace

std::string report_html(const std::string& title, int exit, const std::vector<ReportStep>& steps,
                        const std::optional<Clip>& clip, const std::map<std::string, bool>& verdicts,
                        const std::string& recipe_text, const std::string& resolved_json, const std::string& run_json,
                        const std::string& command, const std::vector<std::string>& warnings) {
    Payload payload;
    Json manifest = {{"schema", 1},
                     {"title", title},
                     {"exit", exit},
                     {"headline", headline_of(steps, verdicts)},
                     {"plan", plan_of(steps, clip, threshold_of(steps), payload)},
                     {"cuts", Json::array()},
                     {"topography", Json::array()},
                     {"convergence", Json::array()}};
    for (const ReportStep& step : steps) {
        for (const CutLine& c : step.result.cuts)
            manifest["cuts"].push_back({{"name", step.name + ": " + c.name},
                                        {"from_nm", {c.line_nm[0], c.line_nm[1]}},
                                        {"to_nm", {c.line_nm[2], c.line_nm[3]}},
                                        {"cd_nm", number(c.cd_nm)},
                                        {"nils", number(c.nils)}});
        if (!step.result.convergence.x.empty()) {
            Json series = Json::object();
            for (const auto& [name, values] : step.result.convergence.y) series[name] = numbers(values);
            manifest["convergence"].push_back(
                {{"name", step.name}, {"x", step.result.convergence.x}, {"series", series}});
        }
        if (step.result.topography && !step.result.topography->frames.empty())
            add_topography(manifest, step.name, *step.result.topography, payload);
        if (step.result.gauges)
            add_gauges(manifest, step.name, *step.result.gauges, step.result.parity ? &*step.result.parity : nullptr);
        if (step.result.parity) add_parity(manifest, step.name, *step.result.parity);
        if (step.result.window && step.result.window->focus_nm.size() * step.result.window->dose.size() > 1)
            add_window(manifest, *step.result.window);
    }
    manifest["provenance"] = {{"recipe", recipe_text},
                              {"resolved", Json::parse(resolved_json, nullptr, false)},
                              {"run", Json::parse(run_json, nullptr, false)},
                              {"rerun", command}};
    manifest["warnings"] = warnings;
    manifest["licences"] = bundled_licences();
    return page_of(manifest, payload.blobs());
}

std::string sweep_html(const Json& sweep, const Json& headline, const Json& run, const std::string& title,
                       const Recipe& recipe, const std::string& command) {
    const Json manifest = {{"schema", 1},
                           {"title", title},
                           {"exit", run.at("exit")},
                           {"headline", headline},
                           {"plan", nullptr},
                           {"cuts", Json::array()},
                           {"topography", Json::array()},
                           {"convergence", Json::array()},
                           {"sweep", sweep},
                           {"provenance",
                            {{"recipe", recipe.text},
                             {"resolved", Json::parse(recipe.resolved_json(), nullptr, false)},
                             {"run", run},
                             {"rerun", command}}},
                           {"warnings", run.at("warnings")},
                           {"licences", bundled_licences()}};
    return page_of(manifest, "");
}

}  // namespace damascene::flow
