#include "flow/window_report.hpp"

#include <algorithm>
#include <cmath>

#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int curve_points = 33;
constexpr int dose_order = 3, most_focus_order = 6;  ///< of the Bossung fit

/// Fit of the matrix where its sizes allow one.
void add_fit(WindowFeature& feature, const opc::FocusExposure& matrix) {
    std::size_t printing = 0;
    for (const auto& row : matrix.cd_nm)
        printing += std::any_of(row.begin(), row.end(), [](double cd) { return std::isfinite(cd); });
    if (printing < 3) return;
    const int focus_order = std::clamp(static_cast<int>(printing - 1) / 2, 2, most_focus_order);
    const opc::BossungFit fit = opc::fit_bossung(matrix, dose_order, focus_order);
    feature.fit_nm = opc::focus_exposure(fit, matrix.focus_nm, matrix.dose).cd_nm;
    for (std::size_t f = 0; f < feature.fit_nm.size(); ++f)
        for (std::size_t d = 0; d < feature.fit_nm[f].size(); ++d)
            if (!std::isfinite(matrix.cd_nm[f][d])) feature.fit_nm[f][d] = nan;
    feature.fit_rms_nm = fit.rms_nm;
    // At the isofocal dose the fit has no best focus of its own: take the window's.
    const double focus =
        feature.rectangle.empty() ? opc::best_focus(fit, fit.dose_scale) : feature.rectangle.best_focus_nm();
    if (!std::isfinite(focus)) return;
    const opc::Isofocal iso = opc::isofocal(fit, focus);
    feature.isofocal_dose = iso.dose;
    feature.isofocal_cd_nm = iso.cd_nm;
}

WindowFeature measured(const MeasuredFeature& given, const WindowSettings& s) {
    WindowFeature feature;
    feature.name = given.name;
    feature.target_nm = given.target_nm;
    feature.tolerance_nm = s.tolerance * given.target_nm;
    const opc::FocusExposure matrix = opc::focus_exposure(given.size, s.focus_nm, s.dose);
    feature.cd_nm = matrix.cd_nm;
    if (!(given.target_nm > 0)) return feature;
    const opc::SizeLimits limits{feature.target_nm - feature.tolerance_nm, feature.target_nm + feature.tolerance_nm};
    feature.band = opc::dose_band(given.size, limits, s.focus_nm);
    if (s.most_foci > 0) feature.band = opc::refined(feature.band, given.size, limits, s.limit_error, s.most_foci);
    feature.rectangle = opc::deepest_window(feature.band, s.latitude);
    feature.ellipse = opc::deepest_window(feature.band, s.latitude, opc::WindowShape::ellipse);
    add_fit(feature, matrix);
    return feature;
}

/// Scalars of one window under a prefix.
void add_scalars(std::vector<Scalar>& scalars, const std::string& prefix, const std::string& of,
                 const opc::DoseBand& band, const opc::FocusDoseWindow& rectangle, const opc::FocusDoseWindow& ellipse,
                 double latitude) {
    const std::string at = " at " + rounded(100 * latitude, 4) + " % exposure latitude" + of;
    const bool empty = rectangle.empty();
    const auto add = [&](const char* id, const std::string& label, double value, const char* unit) {
        scalars.push_back({prefix + id, label, value, unit});
    };
    add("depth_of_focus", "depth of focus" + at, rectangle.depth_nm(), "nm");
    add("depth_of_focus_ellipse", "depth of focus, ellipse," + at, ellipse.depth_nm(), "nm");
    add("exposure_latitude", "exposure latitude in best focus" + of,
        empty ? 0 : 100 * latitude_in_focus(band, rectangle.best_focus_nm()), "%");
    add("best_focus", "best focus, centre of the window" + of, empty ? nan : rectangle.best_focus_nm(), "nm");
    add("best_dose", "best dose, centre of the window" + of, empty ? nan : 100 * rectangle.best_dose(), "%");
}

std::string text_of(double value) { return shortest(value); }

io::Bytes bossung_table(const ProcessWindow& w) {
    io::Table table{{"feature", "focus", "dose", "cd", "fit"}, {"", "nm", "%", "nm", "nm"}, {}};
    for (const WindowFeature& feature : w.features)
        for (std::size_t f = 0; f < w.focus_nm.size(); ++f)
            for (std::size_t d = 0; d < w.dose.size(); ++d)
                table.rows.push_back({feature.name, text_of(w.focus_nm[f]), rounded(100 * w.dose[d], 12),
                                      text_of(feature.cd_nm[f][d]),
                                      text_of(feature.fit_nm.empty() ? nan : feature.fit_nm[f][d])});
    return io::write_csv(table);
}

io::Bytes limits_table(const ProcessWindow& w) {
    io::Table table{
        {"feature", "focus", "dose_low", "dose_high", "low_by", "high_by"}, {"", "nm", "%", "%", "", ""}, {}};
    const auto add = [&](const std::string& name, const opc::DoseBand& band, bool common) {
        for (std::size_t i = 0; i < band.focus_nm.size(); ++i) {
            const auto by = [&](int k) { return w.features[common ? static_cast<std::size_t>(k) : 0].name; };
            table.rows.push_back({name, text_of(band.focus_nm[i]), text_of(100 * band.low[i]),
                                  text_of(100 * band.high[i]), common ? by(band.low_by[i]) : name,
                                  common ? by(band.high_by[i]) : name});
        }
    };
    for (const WindowFeature& feature : w.features) add(feature.name, feature.band, false);
    if (w.features.size() > 1) add("common", w.common, true);
    return io::write_csv(table);
}

io::Bytes latitude_table(const ProcessWindow& w) {
    io::Table table{{"exposure_latitude", "dof_rectangle", "dof_ellipse"}, {"%", "nm", "nm"}, {}};
    for (const opc::LatitudePoint& p : w.curve)
        table.rows.push_back({rounded(100 * p.latitude, 12), text_of(p.rectangle_nm), text_of(p.ellipse_nm)});
    return io::write_csv(table);
}

bool ends_with_scan(const opc::FocusDoseWindow& w, const std::vector<double>& focus_nm) {
    const double near = 1e-9 * (focus_nm.back() - focus_nm.front());
    return !w.empty() && (w.focus_low_nm <= focus_nm.front() + near || w.focus_high_nm >= focus_nm.back() - near);
}

}  // namespace

ProcessWindow process_window_of(const std::vector<MeasuredFeature>& features, const WindowSettings& settings,
                                const Context& context) {
    ProcessWindow w;
    w.focus_nm = settings.focus_nm;
    w.dose = settings.dose;
    w.latitude = settings.latitude;
    std::vector<opc::DoseBand> bands;
    for (std::size_t i = 0; i < features.size(); ++i) {
        context.check();
        context.progress(
            {"sizes of " + features[i].name, static_cast<double>(i) / static_cast<double>(features.size()), {}});
        w.features.push_back(measured(features[i], settings));
        bands.push_back(w.features.back().band);
    }
    if (features.size() > 1) w.common = opc::overlap(bands);
    w.rectangle = opc::deepest_window(common_band(w), w.latitude);
    w.ellipse = opc::deepest_window(common_band(w), w.latitude, opc::WindowShape::ellipse);
    w.curve = opc::latitude_curve(common_band(w), curve_points);
    return w;
}

const opc::DoseBand& common_band(const ProcessWindow& w) {
    return w.features.size() > 1 ? w.common : w.features.front().band;
}

double latitude_in_focus(const opc::DoseBand& band, double focus_nm) {
    const auto& x = band.focus_nm;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        if (!(x[i] <= focus_nm && focus_nm <= x[i + 1])) continue;
        const double t = (focus_nm - x[i]) / (x[i + 1] - x[i]), low = band.low[i] + t * (band.low[i + 1] - band.low[i]),
                     high = band.high[i] + t * (band.high[i + 1] - band.high[i]);
        if (std::isfinite(low) && std::isfinite(high)) return std::max(0.0, 2 * (high - low) / (high + low));
    }
    return 0;
}

std::vector<Scalar> window_scalars(const ProcessWindow& w) {
    std::vector<Scalar> scalars;
    const bool several = w.features.size() > 1;
    add_scalars(scalars, "", several ? ", common" : "", common_band(w), w.rectangle, w.ellipse, w.latitude);
    for (const WindowFeature& f : w.features) {
        const std::string prefix = several ? f.name + "." : "", of = several ? ", " + f.name : "";
        if (several) add_scalars(scalars, prefix, of, f.band, f.rectangle, f.ellipse, w.latitude);
        scalars.push_back({prefix + "isofocal_dose", "isofocal dose" + of, 100 * f.isofocal_dose, "%"});
        scalars.push_back(
            {prefix + "isofocal_cd", "critical dimension at the isofocal dose" + of, f.isofocal_cd_nm, "nm"});
        scalars.push_back({prefix + "fit_rms", "rms residual of the Bossung fit" + of, f.fit_rms_nm, "nm"});
    }
    return scalars;
}

void add_window_tables(const ProcessWindow& w, std::map<std::string, io::Bytes>& files) {
    files["bossung.csv"] = bossung_table(w);
    files["window.csv"] = limits_table(w);
    files["latitude.csv"] = latitude_table(w);
}

std::vector<std::string> window_warnings(const ProcessWindow& w) {
    std::vector<std::string> warnings;
    if (ends_with_scan(w.rectangle, w.focus_nm))
        warnings.push_back("the process window reaches the last focus of the scan: its depth is a lower bound");
    else if (ends_with_scan(w.ellipse, w.focus_nm))
        warnings.push_back("the elliptic window reaches the last focus of the scan: its depth is a lower bound");
    for (const WindowFeature& f : w.features)
        if (std::none_of(f.band.low.begin(), f.band.low.end(), [](double e) { return std::isfinite(e); }))
            warnings.push_back("no dose prints '" + f.name + "' at its target size");
    return warnings;
}

std::vector<double> rising(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

double drawn_size(const Clip& clip, const std::array<double, 4>& c) {
    const double dx = c[2] - c[0], dy = c[3] - c[1], length = std::hypot(dx, dy);
    std::vector<double> crossings;
    for (const Ring& ring : clip.target.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            const double side_a = dx * (a.y - c[1]) - dy * (a.x - c[0]), side_b = dx * (b.y - c[1]) - dy * (b.x - c[0]);
            if ((side_a >= 0) == (side_b >= 0)) continue;
            const double t = side_a / (side_a - side_b), px = a.x + t * (b.x - a.x), py = a.y + t * (b.y - a.y);
            crossings.push_back(((px - c[0]) * dx + (py - c[1]) * dy) / length - length / 2);
        }
    double left = -1e300, right = 1e300;
    for (const double x : crossings) (x < 0 ? left = std::max(left, x) : right = std::min(right, x));
    return left > -1e299 && right < 1e299 ? right - left : 0;
}

double printed_size(const Image& image, double level, const std::array<double, 4>& c, bool bright) {
    const opc::CutMetrics cut = opc::measure_cut(image, level, c[0] * nm, c[1] * nm, c[2] * nm, c[3] * nm);
    return cut.found && cut.bright == bright ? cut.cd_nm : nan;
}

}  // namespace damascene::flow
