// What a calibration leaves behind: values with intervals, what trades off, residuals, the calibrated recipe, a
// picture.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "flow/fit_side.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Json = nlohmann::json;
constexpr double notable_correlation = 0.9;

io::Bytes bytes_of(const std::string& text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

std::string with_unit(double value, const std::string& unit, int digits) {
    return rounded(value, digits) + (unit.empty() ? "" : " " + unit);
}

/// Digits that show the standard error to two figures.
int useful_digits(const opc::FitValue& v) {
    if (!(v.standard_error > 0) || !std::isfinite(v.standard_error) || v.value == 0) return 6;
    return std::clamp(2 + static_cast<int>(std::ceil(std::log10(std::abs(v.value) / v.standard_error))), 3, 12);
}

struct Pair {
    std::size_t a = 0, b = 0;
    double correlation = 0;
};
std::vector<Pair> notable_pairs(const opc::Fit& fit) {
    std::vector<Pair> list;
    const std::size_t count = fit.values.size();
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = a + 1; b < count; ++b)
            if (const double c = fit.correlation[a * count + b];
                fit.values[a].identified && fit.values[b].identified && std::abs(c) > notable_correlation)
                list.push_back({a, b, c});
    return list;
}

std::string pattern_name(const io::MeasuredSize& g) {
    if (g.pitch_nm > 0) return g.kind + " " + rounded(g.width_nm, 6) + "/" + rounded(g.pitch_nm, 6);
    return g.kind.empty() ? "layout" : g.kind;
}

std::string role(const opc::Fit& fit, const io::MeasuredSizes& gauges, std::size_t i) {
    return fit.held_out[i] ? "held out" : gauges.rows[i].anchor ? "anchor" : "fitted";
}

// -------------------------------------------------------------------------------------------------------------- files
std::string json_of(const opc::Fit& fit, const std::vector<FreeTerm>& free) {
    Json out;
    out["schema"] = 1;
    out["converged"] = fit.converged;
    out["iterations"] = fit.iterations;
    out["parameters"] = Json::array();
    for (std::size_t j = 0; j < free.size(); ++j) {
        const opc::FitValue& v = fit.values[j];
        out["parameters"].push_back({{"name", v.name},
                                     {"unit", free[j].unit},
                                     {"value", v.value},
                                     {"start", free[j].parameter.start},
                                     {"standard_error", number(v.standard_error)},
                                     {"low95", number(v.low95)},
                                     {"high95", number(v.high95)},
                                     {"at_bound", v.at_bound},
                                     {"identified", v.identified}});
    }
    out["covariance"] = fit.covariance;
    out["correlation"] = fit.correlation;
    out["singular_values"] = fit.singular_values;
    out["unidentifiable"] = Json::array();
    for (const opc::WeakDirection& w : fit.weak)
        out["unidentifiable"].push_back({{"text", w.text}, {"part", w.part}, {"singular_value", w.singular}});
    out["interval"] = {{"distribution", fit.student ? "student t" : "normal"},
                       {"degrees_of_freedom", fit.degrees_of_freedom},
                       {"quantile", fit.quantile}};
    out["chi2_reduced"] = number(fit.reduced_chi2);
    out["rms_nm"] = number(fit.rms);
    out["hold_out_rms_nm"] = number(fit.hold_out_rms);
    out["cross_validation_rms_nm"] = number(fit.cross_validation_rms);
    Json sums = Json::array();
    for (const double sum : fit.start_sums) sums.push_back(number(sum));
    out["start_sums"] = sums;
    return out.dump(2) + "\n";
}

io::Bytes residual_table(const opc::Fit& fit, const io::MeasuredSizes& gauges) {
    io::Table table{{"name", "pattern", "role", "dose", "focus", "measured", "model", "residual", "sigma"},
                    {"", "", "", "%", "nm", "nm", "nm", "nm", "nm"},
                    {}};
    for (std::size_t i = 0; i < gauges.rows.size(); ++i) {
        const io::MeasuredSize& g = gauges.rows[i];
        table.rows.push_back({g.name, pattern_name(g), role(fit, gauges, i), rounded(100 * g.dose, 12),
                              shortest(g.focus_nm), shortest(g.measured_nm), shortest(fit.model[i]),
                              shortest(fit.residual[i]), g.sigma_nm > 0 ? shortest(g.sigma_nm) : ""});
    }
    return io::write_csv(table);
}

io::Bytes correlation_table(const opc::Fit& fit) {
    io::Table table{{"parameter"}, {""}, {}};
    const std::size_t count = fit.values.size();
    for (std::size_t a = 0; a < count; ++a) {
        table.names.push_back(fit.values[a].name), table.units.emplace_back();
        std::vector<std::string> row = {fit.values[a].name};
        for (std::size_t b = 0; b < count; ++b) row.push_back(shortest(fit.correlation[a * count + b]));
        table.rows.push_back(row);
    }
    return io::write_csv(table);
}

std::string padded(const std::string& text, std::size_t width) {
    return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

/// The terminal's table.
std::string summary_of(const opc::Fit& fit, const std::vector<FreeTerm>& free) {
    std::size_t wide = 0;
    for (const FreeTerm& t : free) wide = std::max(wide, t.name.size());
    std::string text;
    for (std::size_t j = 0; j < free.size(); ++j) {
        const opc::FitValue& v = fit.values[j];
        const std::string unit = free[j].unit.empty() ? "" : " " + free[j].unit;
        text += padded(v.name, wide + 2) + padded(rounded(v.value, useful_digits(v)), 12) +
                (v.identified ? "+- " + padded(rounded(fit.quantile * v.standard_error, 3), 10) : "not determined ") +
                unit + (v.at_bound ? "  at its bound" : "") + "\n";
    }
    text += "95 % intervals, " +
            (fit.student ? "Student t with " + std::to_string(fit.degrees_of_freedom) + " degrees of freedom"
                         : std::string("normal: sigmas are given")) +
            "\n";
    for (const Pair& p : notable_pairs(fit))
        text += "correlation " + rounded(p.correlation, 3) + " between " + fit.values[p.a].name + " and " +
                fit.values[p.b].name + "\n";
    for (const opc::WeakDirection& w : fit.weak) text += "unidentifiable: " + w.text + "\n";
    text += "rms " + rounded(fit.rms, 4) + " nm";
    if (std::isfinite(fit.hold_out_rms)) text += ", held out " + rounded(fit.hold_out_rms, 4) + " nm";
    if (std::isfinite(fit.cross_validation_rms))
        text += ", cross-validation " + rounded(fit.cross_validation_rms, 4) + " nm";
    return text + "\n";
}

// ------------------------------------------------------------------------------------------------------------ scalars
void add_scalars(StepResult& r, const opc::Fit& fit, const std::vector<FreeTerm>& free) {
    for (std::size_t j = 0; j < free.size(); ++j)
        r.scalars.push_back({free[j].name, "fitted value", fit.values[j].value, free[j].unit});
    for (std::size_t j = 0; j < free.size(); ++j)
        if (fit.values[j].identified)
            r.scalars.push_back({free[j].name + ".interval", "half-width of the 95 % interval",
                                 fit.quantile * fit.values[j].standard_error, free[j].unit});
    r.scalars.push_back({"rms", "rms of model - measurement, fitted gauges", fit.rms, "nm"});
    if (std::isfinite(fit.hold_out_rms))
        r.scalars.push_back({"hold_out_rms", "rms of the gauges held out", fit.hold_out_rms, "nm"});
    if (std::isfinite(fit.cross_validation_rms))
        r.scalars.push_back({"cross_validation_rms", "rms of gauges left out in turn", fit.cross_validation_rms, "nm"});
    if (std::isfinite(fit.reduced_chi2))
        r.scalars.push_back({"chi2", "sum of squared residuals in sigmas / degrees of freedom", fit.reduced_chi2, ""});
    r.scalars.push_back(
        {"unidentifiable", "directions the gauges do not determine", static_cast<double>(fit.weak.size()), ""});
    const auto held = std::count(fit.held_out.begin(), fit.held_out.end(), true);
    r.scalars.push_back(
        {"gauges", "fitted gauges", static_cast<double>(fit.model.size()) - static_cast<double>(held), ""});
}

void add_warnings(StepResult& r, const opc::Fit& fit) {
    for (const opc::WeakDirection& w : fit.weak) r.warnings.push_back("unidentifiable: " + w.text);
    for (const Pair& p : notable_pairs(fit))
        r.warnings.push_back("correlation " + rounded(p.correlation, 3) + " between " + fit.values[p.a].name + " and " +
                             fit.values[p.b].name);
    for (const opc::FitValue& v : fit.values)
        if (v.at_bound) r.warnings.push_back(v.name + " ends at its bound");
}

NumberTable gauge_rows(const opc::Fit& fit, const io::MeasuredSizes& gauges) {
    NumberTable t{{{"gauge", ""},
                   {"pitch", "nm"},
                   {"dose", "%"},
                   {"focus", "nm"},
                   {"measured", "nm"},
                   {"model", "nm"},
                   {"residual", "nm"},
                   {"held out", ""}},
                  {},
                  -1,
                  -1,
                  6};
    for (std::size_t i = 0; i < gauges.rows.size(); ++i) {
        const io::MeasuredSize& g = gauges.rows[i];
        t.rows.push_back({static_cast<double>(i + 1), g.pitch_nm > 0 ? g.pitch_nm : std::nan(""), 100 * g.dose,
                          g.focus_nm, g.measured_nm, fit.model[i], fit.residual[i], fit.held_out[i] ? 1.0 : 0.0});
    }
    return t;
}

Parity parity_of(const opc::Fit& fit, const io::MeasuredSizes& gauges) {
    Parity p{{}, fit.rms, fit.hold_out_rms};
    for (std::size_t i = 0; i < gauges.rows.size(); ++i)
        p.points.push_back({gauges.rows[i].name, pattern_name(gauges.rows[i]), role(fit, gauges, i),
                            gauges.rows[i].measured_nm, fit.model[i]});
    return p;
}

// -------------------------------------------------------------------------------------------------------- recipe text
std::string toml_value(const ParamSpec& spec, const ParamValue& value) {
    const auto real = [&](double si) {
        return spec.unit.empty() ? shortest(si) : json_quote(format_quantity(si, spec.unit));
    };
    if (const double* si = std::get_if<double>(&value)) return real(*si);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* text = std::get_if<std::string>(&value)) return json_quote(*text);
    std::vector<std::string> items;
    if (const auto* list = std::get_if<std::vector<double>>(&value))
        for (const double si : *list) items.push_back(real(si));
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
        for (const std::string& text : *list) items.push_back(json_quote(text));
    return "[" + join(items, ", ") + "]";
}

ParamValues fitted_optics(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in,
                          ParamValues& source) {
    ParamValues optics = in.optics->values;
    source = optics.model("source");
    std::vector<double> zernike = optics.has("zernike") ? optics.reals("zernike") : std::vector<double>{};
    for (std::size_t j = 0; j < free.size(); ++j) {
        const std::string& name = free[j].name;
        const double si = free[j].unit.empty() ? fit.values[j].value : to_si(fit.values[j].value, free[j].unit);
        if (free[j].term.kind == opc::CompactTerm::Kind::zernike_waves) {
            const auto index = static_cast<std::size_t>(free[j].term.zernike);
            if (zernike.size() <= index) zernike.resize(index + 1, 0.0);
            zernike[index] = si;
        } else if (name.starts_with("optics.source."))
            source.set(name.substr(14), si);
        else if (name.starts_with("optics."))
            optics.set(name.substr(7), si);
    }
    if (!zernike.empty()) optics.set("zernike", zernike);
    return optics;
}

double fitted(const opc::Fit& fit, const std::vector<FreeTerm>& free, const std::string& name, double otherwise) {
    for (std::size_t j = 0; j < free.size(); ++j)
        if (free[j].name == name)
            return free[j].unit.empty() ? fit.values[j].value : to_si(fit.values[j].value, free[j].unit);
    return otherwise;
}

// ------------------------------------------------------------------------------------------------------------ picture
const char* const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};

struct Axis {
    double low, high, from, to;
    double operator()(double v) const { return from + (v - low) / (high - low) * (to - from); }
};
Axis axis_over(double low, double high, double from, double to) {
    const double margin = high > low ? 0.06 * (high - low) : 1;
    return {low - margin, high + margin, from, to};
}

double nice_step(double span) {
    const double raw = span / 5, power = std::pow(10, std::floor(std::log10(raw)));
    return power * (raw < 2 * power ? 2 : raw < 5 * power ? 5 : 10);
}

std::string svg_text(double x, double y, const std::string& text, const char* anchor = "middle") {
    return "<text x=\"" + rounded(x, 6) + "\" y=\"" + rounded(y, 6) + "\" text-anchor=\"" + anchor + "\">" + text +
           "</text>\n";
}
std::string svg_line(double x0, double y0, double x1, double y1, const char* stroke) {
    return "<line x1=\"" + rounded(x0, 6) + "\" y1=\"" + rounded(y0, 6) + "\" x2=\"" + rounded(x1, 6) + "\" y2=\"" +
           rounded(y1, 6) + "\" stroke=\"" + stroke + "\"/>\n";
}
std::string svg_dot(double x, double y, const char* colour, bool open) {
    return "<circle cx=\"" + rounded(x, 6) + "\" cy=\"" + rounded(y, 6) + "\" r=\"3.5\" stroke=\"" + colour +
           "\" fill=\"" + (open ? "none" : colour) + "\"/>\n";
}

/// Axes with ticks; `names`: what stands at 0, 1, ... of the x axis instead of numbers.
std::string frame(const Axis& x, const Axis& y, const std::string& x_name, const std::string& y_name,
                  const std::vector<std::string>& names = {}) {
    std::string s;
    const double sx = nice_step(x.high - x.low), sy = nice_step(y.high - y.low);
    for (std::size_t k = 0; k < names.size(); ++k)
        s += "<text transform=\"translate(" + rounded(x(static_cast<double>(k)) + 4, 6) + "," + rounded(y.from - 6, 6) +
             ") rotate(-90)\" fill=\"#666\">" + escape_text(names[k]) + "</text>\n";
    for (double v = std::ceil(x.low / sx) * sx; v <= x.high && names.empty(); v += sx)
        s += svg_line(x(v), y.from, x(v), y.to, "#e4e4e4") + svg_text(x(v), y.from + 16, rounded(v, 6));
    for (double v = std::ceil(y.low / sy) * sy; v <= y.high; v += sy)
        s += svg_line(x.from, y(v), x.to, y(v), "#e4e4e4") +
             svg_text(x.from - 6, y(v) + 4, rounded(std::abs(v) < 1e-9 * sy ? 0 : v, 6), "end");
    s += "<rect x=\"" + rounded(x.from, 6) + "\" y=\"" + rounded(y.to, 6) + "\" width=\"" + rounded(x.to - x.from, 6) +
         "\" height=\"" + rounded(y.from - y.to, 6) + "\" fill=\"none\" stroke=\"#666\"/>\n";
    return s + svg_text(0.5 * (x.from + x.to), y.from + 34, x_name) + "<text transform=\"translate(" +
           rounded(x.from - 46, 6) + "," + rounded(0.5 * (y.from + y.to), 6) +
           ") rotate(-90)\" text-anchor=\"middle\">" + y_name + "</text>\n";
}

/// Index of each pattern in order of appearance.
std::map<std::string, std::size_t> pattern_index(const io::MeasuredSizes& gauges, std::vector<std::string>& names) {
    std::map<std::string, std::size_t> index;
    for (const io::MeasuredSize& g : gauges.rows)
        if (index.emplace(pattern_name(g), names.size()).second) names.push_back(pattern_name(g));
    return index;
}

std::string inline_table(const ModelInfo& model, const ParamValues& values) {
    std::vector<std::string> parts = {"kind = " + json_quote(std::string(model.name))};
    for (std::string& row : toml_rows(model, values)) parts.push_back(std::move(row));
    return "{ " + join(parts, ", ") + " }";
}

/// The row of a nested model, for example source = { kind = "annular", ... }.
std::string model_row(const char* key, const char* catalogue, const std::string& kind, const ParamValues& values) {
    for (const ModelInfo* model : models_in(catalogue))
        if (model->name == kind) return std::string(key) + " = " + inline_table(*model, values) + "\n";
    return "";
}

const char* const extended =
    "A recipe with a [layout] extends it:\n#   extends = [\"fitted.toml\"]\n# Doses are those that the gauges call "
    "100 %.\ndamascene = \"1\"\n\n";

std::string physical_recipe(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in) {
    PhysicalState s = fitted_state(fit, free, in);
    ParamValues optics = in.optics->values;
    optics.set("defocus", optics.real("defocus") + s.defocus_nm * 1e-9);
    s.resist.values.set("dose", s.resist.values.real("dose") * s.dose);
    const std::string source = optics.model_kind("source"), development = s.resist.values.model_kind("development");
    return "# Calibrated resist, rms " + rounded(fit.rms, 4) + " nm. " + extended + "[optics]\n" +
           join(toml_rows(optics_table(), optics), "\n") + "\n" +
           model_row("source", "source", source, optics.model("source")) + "\n[stack]\n" +
           join(toml_rows(stack_table(), s.stack.values), "\n") + "\n\n[resist]\n" +
           join(toml_rows(resist_table(), s.resist.values), "\n") + "\n" +
           model_row("development", "development", development, s.resist.values.model("development")) +
           "\n[[step]]\nname = \"profile\"\nmodel = \"resist-profile\"\npolarity = " +
           json_quote(in.params->values.text("polarity")) + "\n";
}

}  // namespace

std::vector<std::string> toml_rows(const ModelInfo& model, const ParamValues& values) {
    std::vector<std::string> rows;
    for (const ParamSpec& spec : model.params)
        if (spec.kind != ParamKind::model && spec.name != "preset" && values.has(spec.name))
            rows.push_back(std::string(spec.name) + " = " + toml_value(spec, values.all().find(spec.name)->second));
    return rows;
}

std::string parity_svg(const opc::Fit& fit, const io::MeasuredSizes& gauges) {
    std::vector<std::string> names;
    const auto index = pattern_index(gauges, names);
    double low = 1e300, high = -1e300, most = 1e-6;
    for (std::size_t i = 0; i < gauges.rows.size(); ++i) {
        if (!std::isfinite(fit.model[i])) continue;
        low = std::min({low, gauges.rows[i].measured_nm, fit.model[i]});
        high = std::max({high, gauges.rows[i].measured_nm, fit.model[i]});
        most = std::max(most, std::abs(fit.residual[i]));
    }
    const Axis x = axis_over(low, high, 70, 430), y = axis_over(low, high, 380, 20);
    const Axis px = axis_over(0, static_cast<double>(std::max<std::size_t>(names.size(), 2) - 1), 530, 890),
               py = axis_over(-1.7 * most, most, 380, 20);  // room for the names
    std::string s =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 910 440\" font-family=\"sans-serif\" "
        "font-size=\"12\" fill=\"#222\">\n<rect width=\"910\" height=\"440\" fill=\"#fff\"/>\n";
    s += frame(x, y, "measured, nm", "model, nm") + svg_line(x(low), y(low), x(high), y(high), "#888");
    s += frame(px, py, "pattern", "model - measured, nm", names) + svg_line(px.from, py(0), px.to, py(0), "#888");
    for (std::size_t i = 0; i < gauges.rows.size(); ++i) {
        if (!std::isfinite(fit.model[i])) continue;
        const std::size_t k = index.at(pattern_name(gauges.rows[i]));
        const char* colour = colours[k % std::size(colours)];
        s += svg_dot(x(gauges.rows[i].measured_nm), y(fit.model[i]), colour, fit.held_out[i]) +
             svg_dot(px(static_cast<double>(k)), py(fit.residual[i]), colour, fit.held_out[i]);
    }
    return s + svg_text(250, 436, "open circles: held out") + "</svg>\n";
}

std::string fitted_recipe(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in) {
    if (is_physical(in)) return physical_recipe(fit, free, in);
    ParamValues source;
    const ParamValues optics = fitted_optics(fit, free, in, source);
    const ParamValues& v = in.params->values;
    const double dose = fitted(fit, free, "dose", v.real("dose")),
                 threshold = fitted(fit, free, "resist.threshold", v.real("resist.threshold")) / dose,
                 diffusion = fitted(fit, free, "resist.diffusion_length", v.real("resist.diffusion_length"));
    const std::string polarity = "polarity = " + json_quote(v.text("polarity")) + "\n";
    return "# Calibrated model, rms " + rounded(fit.rms, 4) + " nm. " + extended + "[optics]\n" +
           join(toml_rows(optics_table(), optics), "\n") + "\n" +
           model_row("source", "source", optics.model_kind("source"), source) +
           "\n[[step]]\nname = \"image\"\nmodel = \"aerial-image\"\nmethod = \"abbe\"\n" + polarity +
           "\n[[step]]\nname = \"print\"\n" + "model = \"print\"\nthreshold = " + shortest(threshold) +
           "\ndiffusion_length = " + json_quote(format_quantity(diffusion, "nm")) + "\n";
}

StepResult report_fit(const opc::Fit& fit, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                      const Inputs& in) {
    StepResult r;
    add_scalars(r, fit, free);
    add_warnings(r, fit);
    r.solver = {true, fit.converged, fit.iterations, fit.history.empty() ? 0 : fit.history.back()};
    for (std::size_t i = 0; i < fit.history.size(); ++i) {
        r.convergence.x.push_back(static_cast<double>(i));
        r.convergence.y["loss"].push_back(fit.history[i]);
    }
    r.gauges = gauge_rows(fit, gauges);
    r.parity = parity_of(fit, gauges);
    r.files["fit.json"] = bytes_of(json_of(fit, free));
    r.files["residuals.csv"] = residual_table(fit, gauges);
    r.files["correlations.csv"] = correlation_table(fit);
    r.files["fitted.toml"] = bytes_of(fitted_recipe(fit, free, in));
    r.files["parity.svg"] = bytes_of(parity_svg(fit, gauges));
    r.files["summary.txt"] = bytes_of(summary_of(fit, free));
    return r;
}

}  // namespace damascene::flow
