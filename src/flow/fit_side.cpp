// Free parameters and gauges of a calibration as a forward model (opc::CompactSizes).
#include "flow/fit_side.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>

#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Kind = opc::CompactTerm::Kind;
constexpr std::size_t refined_points = 4000;
constexpr double optics_reach = 0.1;  // default bounds of source and lens: 10 % around the start

const ModelInfo* source_model(const Inputs& in) {
    for (const ModelInfo* model : models_in("source"))
        if (model->name == in.optics->values.model_kind("source")) return model;
    return nullptr;
}

/// Lens parameters that can be free besides the focus.
const std::map<std::string, std::function<void(double, optics::Pupil&)>>& lens_setters() {
    static const std::map<std::string, std::function<void(double, optics::Pupil&)>> setters = {
        {"optics.na", [](double v, optics::Pupil& p) { p.na = v; }},
        {"optics.wavelength", [](double v, optics::Pupil& p) { p.wavelength = Length::from_si(v); }},
        {"optics.n_medium", [](double v, optics::Pupil& p) { p.n_medium = v; }},
        {"optics.obscuration", [](double v, optics::Pupil& p) { p.obscuration = v; }},
        {"optics.magnification", [](double v, optics::Pupil& p) { p.magnification = v; }}};
    return setters;
}

std::vector<std::string> free_names(const Inputs& in) {
    if (is_physical(in)) return physical_names(in);
    std::vector<std::string> names = {"dose", "resist.threshold", "resist.diffusion_length", "optics.defocus"};
    for (const auto& [name, set] : lens_setters()) names.push_back(name);
    if (const ModelInfo* source = source_model(in))
        for (const ParamSpec& spec : source->params)
            if (spec.kind == ParamKind::real) names.push_back("optics.source." + std::string(spec.name));
    names.push_back("optics.zernike.9");
    return names;
}

/// Index of "optics.zernike.N", 1..37; 0: another name.
int zernike_index(const std::string& name) {
    const std::string prefix = "optics.zernike.";
    int index = 0;
    if (!name.starts_with(prefix)) return 0;
    const auto read = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), index);
    return read.ec == std::errc() && read.ptr == name.data() + name.size() && index >= 1 && index <= 37 ? index : 0;
}

class TermReader {
  public:
    TermReader(const Inputs& in, Faults& faults) : in_(in), v_(in.params->values), faults_(faults) {}

    std::vector<FreeTerm> read() {
        std::vector<FreeTerm> list;
        for (const std::string& name : v_.texts("free")) {
            if (std::any_of(list.begin(), list.end(), [&](const FreeTerm& t) { return t.name == name; })) {
                faults_.error("D0108", "'" + escape_text(name) + "' is free twice", span("free"), "name it once");
                continue;
            }
            if (auto term = named(name)) list.push_back(std::move(*term));
        }
        for (const char* table : {"start", "bounds", "prior"}) check_table(table, list);
        for (FreeTerm& t : list) adjust(t);
        return list;
    }

  private:
    Span span(const std::string& name) const {
        const auto found = in_.params->spans.find(name);
        return found == in_.params->spans.end() ? Span{} : found->second;
    }

    std::optional<FreeTerm> named(const std::string& name) {
        if (is_physical(in_)) {
            if (auto term = physical_term(in_, name)) return term;
            return unknown(name);
        }
        const ModelInfo& own = find_step_model("fit")->info;
        if (name == "dose") return of_spec(name, *real_spec(own, name), v_.real(name), {Kind::dose}, 10, 0.01);
        if (name == "resist.threshold") {
            const double start = v_.real(name);
            return of_spec(name, *real_spec(own, name), start, {Kind::threshold}, 0.25 * start);
        }
        if (name == "resist.diffusion_length") {
            const double start = v_.real(name);
            return of_spec(name, *real_spec(own, name), start, {Kind::diffusion_nm}, std::max(0.5e9 * start, 5.0));
        }
        if (name == "optics.defocus") {
            const ParamValues& o = in_.optics->values;
            return of_spec(name, *real_spec(optics_table(), "defocus"), o.real("defocus"), {Kind::defocus_nm},
                           0.25e9 * o.real("wavelength") / (o.real("na") * o.real("na")));
        }
        if (const int index = zernike_index(name)) return zernike(name, index);
        if (auto term = lens(name)) return term;
        if (auto term = source(name)) return term;
        return unknown(name);
    }

    std::optional<FreeTerm> unknown(const std::string& name) {
        const std::vector<std::string> known = free_names(in_);
        const std::string near = nearest_name(name, known);
        faults_.error("D0456", "'" + escape_text(name) + "' cannot be free", span("free"),
                      near.empty() ? "known: " + join(known, ", ") : "did you mean \"" + near + "\"?");
        return {};
    }

    static FreeTerm of_spec(const std::string& name, const ParamSpec& spec, double start_si, opc::CompactTerm term,
                            double spread, double factor = 1) {
        FreeTerm t{name, std::string(spec.unit), {}, std::move(term), factor};
        t.parameter = {name, displayed(start_si, spec.unit), spec.low, spec.high, spread};
        return t;
    }

    std::optional<FreeTerm> zernike(const std::string& name, int index) const {
        const ParamValues& o = in_.optics->values;
        const auto at = static_cast<std::size_t>(index - 1);
        const double start = o.has("zernike") && o.reals("zernike").size() > at ? o.reals("zernike")[at] : 0;
        FreeTerm t{name, "", {name, start, -1, 1, 0.02}, {Kind::zernike_waves, index - 1}};
        return t;
    }

    /// Bounds of 10 % around the start: the mask spectrum must hold every order that could pass.
    static FreeTerm of_optics(const std::string& name, const ParamSpec& spec, double start_si) {
        FreeTerm t = of_spec(name, spec, start_si, {Kind::optics}, 0);
        const double start = t.parameter.start;
        t.parameter.low = std::max(spec.low, start - optics_reach * std::abs(start));
        t.parameter.high = std::min(spec.high, start + optics_reach * std::abs(start));
        t.term.step = std::max(2e-3 * std::abs(start), 1e-6);
        return t;
    }

    std::optional<FreeTerm> lens(const std::string& name) const {
        const auto setter = lens_setters().find(name);
        if (setter == lens_setters().end()) return {};
        const std::string key = name.substr(7);
        const ParamSpec& spec = *real_spec(optics_table(), key);
        if (!in_.optics->values.has(key)) return {};
        FreeTerm t = of_optics(name, spec, in_.optics->values.real(key));
        const std::size_t index = place_of(name);
        t.term.apply = [set = setter->second, index, unit = t.unit](std::span<const double> p, optics::Source&,
                                                                    optics::Pupil& pupil) {
            set(in_si(p[index], unit), pupil);
        };
        return t;
    }

    std::optional<FreeTerm> source(const std::string& name) const {
        const std::string prefix = "optics.source.";
        const ModelInfo* model = source_model(in_);
        if (!name.starts_with(prefix) || !model) return {};
        const ParamValues& values = in_.optics->values.model("source");
        const std::string key = name.substr(prefix.size());
        const ParamSpec* spec = real_spec(*model, key);
        if (!spec || !values.has(key) || values.all().contains("file")) return {};
        FreeTerm t = of_optics(name, *spec, values.real(key));
        std::vector<std::tuple<std::size_t, std::string, std::string>> parts;  // place in p, key, unit of every one
        const auto& free = v_.texts("free");
        for (std::size_t i = 0; i < free.size(); ++i)
            if (free[i].starts_with(prefix))
                if (const ParamSpec* other = real_spec(*model, free[i].substr(prefix.size())))
                    parts.emplace_back(i, std::string(other->name), std::string(other->unit));
        t.term.apply = [parts, values, kind = in_.optics->values.model_kind("source")](
                           std::span<const double> p, optics::Source& light, optics::Pupil&) {
            ParamValues changed = values;
            for (const auto& [index, part, unit] : parts) changed.set(part, in_si(p[index], unit));
            light = optics::make_source(kind, changed);
        };
        return t;
    }

    std::size_t place_of(const std::string& name) const {
        const auto& free = v_.texts("free");
        return static_cast<std::size_t>(std::find(free.begin(), free.end(), name) - free.begin());
    }

    // ------------------------------------------------------------------------------------ start, bounds, prior
    void check_table(const char* table, const std::vector<FreeTerm>& list) {
        if (!v_.has(table)) return;
        std::vector<std::string> names;
        for (const FreeTerm& t : list) names.push_back(t.name);
        for (const auto& [name, text] : v_.table(table)) {
            if (std::find(names.begin(), names.end(), name) != names.end()) continue;
            const std::string near = nearest_name(name, names);
            faults_.error("D0102", "'" + escape_text(name) + "' in '" + table + "' is not free",
                          span(std::string(table) + "." + name),
                          near.empty() ? "free: " + join(names, ", ") : "did you mean '" + near + "'?");
        }
    }

    const std::string* given(const char* table, const std::string& name) const {
        if (!v_.has(table)) return nullptr;
        const auto found = v_.table(table).find(name);
        return found == v_.table(table).end() ? nullptr : &found->second;
    }

    /// "0.3", "12 nm" in the term's unit.
    std::optional<double> value(const FreeTerm& t, const char* table, const std::string& text) {
        const QuantityParse parsed = parse_quantity(text);
        const Dimension wanted = t.unit.empty() ? Dimension{} : parse_unit(t.unit).dimension;
        const Span place = span(std::string(table) + "." + t.name);
        const std::string example =
            "for example \"" + shortest(t.parameter.start) + (t.unit.empty() ? "" : " " + t.unit) + "\"";
        if (!parsed.value)
            faults_.error("D0202", "'" + escape_text(text) + "' is not a quantity: " + parsed.error, place, example);
        else if (!(parsed.value->dimension == wanted) || (!parsed.value->has_unit && !(wanted == Dimension{})))
            faults_.error("D0203", "wrong dimension for '" + t.name + "'", place, example);
        else
            return displayed(parsed.value->si, t.unit);
        return {};
    }

    /// Two values around a separator.
    std::optional<std::pair<double, double>> two(const FreeTerm& t, const char* table, const std::string& text,
                                                 const std::string& separator, const char* form) {
        const std::size_t at = text.find(separator);
        if (at == std::string::npos) {
            faults_.error("D0105", "'" + std::string(table) + "' of '" + t.name + "' has the wrong form",
                          span(std::string(table) + "." + t.name), form);
            return {};
        }
        const auto trimmed = [](std::string s) {
            s.erase(0, s.find_first_not_of(' '));
            s.erase(s.find_last_not_of(' ') + 1);
            return s;
        };
        const auto a = value(t, table, trimmed(text.substr(0, at))),
                   b = value(t, table, trimmed(text.substr(at + separator.size())));
        if (!a || !b) return {};
        return std::pair{*a, *b};
    }

    void adjust(FreeTerm& t) {
        if (const std::string* text = given("start", t.name))
            if (const auto start = value(t, "start", *text)) t.parameter.start = *start;
        if (const std::string* text = given("bounds", t.name))
            if (const auto b = two(t, "bounds", *text, "..", "low .. high, for example \"5 nm .. 40 nm\"")) {
                t.parameter.low = b->first, t.parameter.high = b->second;
                t.parameter.spread = 0;
            }
        if (const std::string* text = given("prior", t.name))
            if (const auto p = two(t, "prior", *text, "+-", "value +- sigma, for example \"12 nm +- 2 nm\""))
                t.parameter.prior = opc::Prior{p->first, p->second};
        const opc::FitParameter& p = t.parameter;
        if (!(p.low < p.high) || p.start < p.low || p.start > p.high)
            faults_.error("D0451", "the bounds of '" + t.name + "' do not enclose its start",
                          given("bounds", t.name) ? span("bounds." + t.name) : span("free"),
                          shortest(p.low) + " .. " + shortest(p.high) + ", start " + shortest(p.start) +
                              (t.unit.empty() ? "" : " " + t.unit));
        if (p.prior && !(p.prior->sigma > 0))
            faults_.error("D0451", "the prior of '" + t.name + "' has no positive sigma", span("prior." + t.name),
                          "value +- sigma");
    }

    const Inputs& in_;
    const ParamValues& v_;
    Faults& faults_;
};

// ------------------------------------------------------------------------------------------------------------- gauges
bool inside(const Region& shapes, double x_nm, double y_nm) {
    const double unit = shapes.unit.in(nm);
    bool in = false;
    for (const Ring& ring : shapes.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const double ax = ring[i].x * unit, ay = ring[i].y * unit, bx = ring[(i + 1) % ring.size()].x * unit,
                         by = ring[(i + 1) % ring.size()].y * unit;
            if ((ay > y_nm) != (by > y_nm) && x_nm < ax + (bx - ax) * (y_nm - ay) / (by - ay)) in = !in;
        }
    return in;
}

/// A pattern that does not vary along y: one row of orders on a period too short for any other.
Spectrum2 one_row(const Spectrum2& square) {
    Spectrum2 row{square.band_x, 0, square.period_x, 0.01 * nm, square.x0, 0 * nm, {}};
    for (int fx = -square.band_x; fx <= square.band_x; ++fx) row.coefficients.push_back(square.at(fx, 0));
    return row;
}

/// Largest band that any corner of the optical bounds passes.
int band_of(const opc::CompactSizes& m, const std::vector<FreeTerm>& free, Length period) {
    std::vector<std::size_t> optical;
    std::vector<double> p;
    for (std::size_t j = 0; j < free.size(); ++j) {
        p.push_back(free[j].parameter.start);
        if (free[j].term.kind == Kind::optics && optical.size() < 8) optical.push_back(j);
    }
    int band = optics::mask_band(m.source, m.pupil, period);
    for (std::size_t corner = 0; corner < std::size_t{1} << optical.size(); ++corner) {
        optics::Source source = m.source;
        optics::Pupil pupil = m.pupil;
        for (std::size_t k = 0; k < optical.size(); ++k) {
            const opc::FitParameter& f = free[optical[k]].parameter;
            p[optical[k]] = corner >> k & 1 ? f.high : f.low;
        }
        try {
            for (const std::size_t j : optical) free[j].term.apply(p, source, pupil);
            band = std::max(band, optics::mask_band(source, pupil, period));
        } catch (const InputError&) {  // an impossible corner is no bound
        }
    }
    return band;
}

class GaugeMasks {
  public:
    GaugeMasks(const Inputs& in, const std::vector<FreeTerm>& free, opc::CompactSizes& model)
        : in_(in), free_(free), m_(model), clear_field_(in.params->values.text("polarity") == "clear-field") {}

    opc::SizeGauge place(const io::MeasuredSize& g) {
        const Clip& clip = clip_at(g);
        const std::array<double, 4> cut = g.cut_nm ? *g.cut_nm : *clip.cut_nm;
        const bool on_shape = inside(clip.target, 0.5 * (cut[0] + cut[2]), 0.5 * (cut[1] + cut[3]));
        return {
            index_.at(gauge_key(g)), {cut[0], cut[1], cut[2], cut[3]}, g.dose, g.focus_nm, on_shape != clear_field_};
    }

  private:
    const Clip& clip_at(const io::MeasuredSize& g) {
        const GaugeKey key = gauge_key(g);
        if (!index_.contains(key)) add(key, gauge_clip(in_, g), is_lines(g));
        return clips_[index_.at(key)];
    }
    bool is_lines(const io::MeasuredSize& g) const {
        if (g.pitch_nm > 0) return g.kind == "lines";
        return in_.layout->values.has("pattern") && in_.layout->values.text("pattern") == "lines";
    }
    void add(const GaugeKey& k, const Clip& clip, bool lines) {
        const int band = band_of(m_, free_, clip.period_nm * nm);
        const Spectrum2 mask = mask_spectrum(clip.target, clip, band, clear_field_, false);
        index_[k] = m_.masks.size();
        m_.masks.push_back(lines ? one_row(mask) : mask);
        clips_.push_back(clip);
    }

    const Inputs& in_;
    const std::vector<FreeTerm>& free_;
    opc::CompactSizes& m_;
    bool clear_field_;
    std::map<GaugeKey, std::size_t> index_;
    std::deque<Clip> clips_;
};

/// The same model of displayed values.
opc::FitModel in_display_units(opc::FitModel model, std::vector<double> factors) {
    const auto scaled = [factors](std::span<const double> p) {
        std::vector<double> q(p.begin(), p.end());
        for (std::size_t j = 0; j < q.size(); ++j) q[j] *= factors[j];
        return q;
    };
    return {[model, scaled](std::span<const double> p) { return model.values(scaled(p)); },
            [model, scaled, factors](std::span<const double> p) {
                std::vector<double> rows = model.jacobian(scaled(p));
                for (std::size_t i = 0; i < rows.size(); ++i) rows[i] *= factors[i % factors.size()];
                return rows;
            }};
}

}  // namespace

bool is_physical(const Inputs& in) { return in.params->values.text("print") == "physical"; }
double in_si(double value, std::string_view unit) { return unit.empty() ? value : to_si(value, unit); }
double displayed(double si, std::string_view unit) { return unit.empty() ? si : si / to_si(1, unit); }

const ParamSpec* real_spec(const ModelInfo& model, std::string_view name) {
    for (const ParamSpec& spec : model.params)
        if (spec.name == name && spec.kind == ParamKind::real) return &spec;
    return nullptr;
}

GaugeKey gauge_key(const io::MeasuredSize& g) {
    return g.pitch_nm > 0 ? GaugeKey{g.kind, g.pitch_nm, g.width_nm, g.length_nm} : GaugeKey{};
}

Clip gauge_clip(const Inputs& in, const io::MeasuredSize& g) {
    if (g.pitch_nm > 0) return pattern_clip(g.kind, g.pitch_nm, g.width_nm, g.length_nm > 0 ? g.length_nm : g.width_nm);
    if (!in.layout)
        throw InputError("D0457", "gauges with a cut need the table [layout]",
                         "add [layout], or give the gauges kind, pitch and width");
    return clip_of(in);
}

std::vector<FreeTerm> free_terms(const Inputs& in) {
    Faults faults;
    std::vector<FreeTerm> list = TermReader(in, faults).read();
    faults.throw_if_any();
    return list;
}

opc::FitModel sizes_model(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                          const Context& context) {
    const ParamValues& v = in.params->values;
    const Optics optics = load_optics(in);
    opc::CompactSizes m;
    m.source = *optics.source, m.pupil = optics.pupil;
    m.threshold = v.real("resist.threshold"), m.diffusion_nm = v.real("resist.diffusion_length") * 1e9;
    m.dose = v.real("dose");
    std::vector<double> factors;
    bool free_optics = false;
    for (const FreeTerm& t : free) {
        m.terms.push_back(t.term);
        factors.push_back(t.factor);
        free_optics = free_optics || t.term.kind == Kind::optics;
    }
    GaugeMasks masks(in, free, m);
    for (const io::MeasuredSize& g : gauges.rows) {
        context.check();
        m.gauges.push_back(masks.place(g));
    }
    const bool patterns =
        std::any_of(gauges.rows.begin(), gauges.rows.end(), [](const io::MeasuredSize& g) { return g.pitch_nm > 0; });
    if (patterns && !free_optics) m.source_points = refined_points;
    return in_display_units(opc::fit_model(std::move(m), context), factors);
}

}  // namespace damascene::flow
