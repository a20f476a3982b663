// Calibration of the physical resist: sizes of the developed film as a function of numbers in [stack] and [resist].
//
//   CD_i(p) = width at `height` of resist exposed at dose_i dose and focus_i + defocus, baked and developed with p
//
// Light depends on the films, mask and focus only: it is kept while the chemistry changes. Derivatives are central
// differences of a hundredth, beyond the grain of the grid.
#include <cmath>
#include <map>
#include <memory>

#include "damascene/resist/physical.hpp"
#include "flow/fit_side.hpp"
#include "flow/litho.hpp"
#include "flow/resist_series.hpp"
#include "flow/resist_side.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double difference = 0.01;  // of the start
constexpr double default_reach = 2;  // bounds: the start divided and multiplied by it
constexpr std::size_t source_points = 1000;
const Length no_orders = 0.01 * nm;       // a period whose orders never pass
constexpr std::size_t most_values = 256;  // points of a fit whose sizes are kept; a Jacobian asks for two per parameter
constexpr std::size_t most_films = 3;     // stacks whose light is kept

const ModelInfo& development_info(const Inputs& in) {
    for (const resist::DevelopmentModel* model : resist::development_models())
        if (model->info.name == in.resist->values.model_kind("development")) return model->info;
    throw InputError("D0106", "no such development model", "damascene models list");
}

/// Bounds of a factor around the start, inside those of the table; the table's own around zero.
FreeTerm around(const std::string& name, const ParamSpec& spec, double start_si) {
    FreeTerm t{name, std::string(spec.unit), {}, {}, 1, {}};
    const double start = displayed(start_si, spec.unit);
    t.parameter = {name, start, spec.low, spec.high, 0.1 * std::abs(start)};
    if (start != 0) {
        const double ends[] = {start / default_reach, start * default_reach};
        t.parameter.low = std::max(spec.low, std::min(ends[0], ends[1]));
        t.parameter.high = std::min(spec.high, std::max(ends[0], ends[1]));
    }
    return t;
}

std::optional<FreeTerm> of_chemistry(const Inputs& in, const std::string& name) {
    const std::string prefix = "resist.";
    const ParamSpec* spec = name.starts_with(prefix) ? real_spec(resist_table(), name.substr(prefix.size())) : nullptr;
    if (!spec) return {};
    FreeTerm t = around(name, *spec, in.resist->values.real(spec->name));
    t.set = [key = std::string(spec->name)](double si, PhysicalState& s) { s.resist.values.set(key, si); };
    return t;
}

std::optional<FreeTerm> of_development(const Inputs& in, const std::string& name) {
    const std::string prefix = "resist.development.";
    const ParamSpec* spec =
        name.starts_with(prefix) ? real_spec(development_info(in), name.substr(prefix.size())) : nullptr;
    if (!spec) return {};
    FreeTerm t = around(name, *spec, in.resist->values.model("development").real(spec->name));
    t.set = [key = std::string(spec->name)](double si, PhysicalState& s) {
        ParamValues values = s.resist.values.model("development");
        values.set(key, si);
        s.resist.values.set_model("development", s.resist.values.model_kind("development"), values);
    };
    return t;
}

/// The number that a key of [stack] would replace, in SI.
double number_of_film(const Inputs& in, const std::string& key) {
    const numerics::FilmStack stack = load_stack(*in.stack, Length::from_si(in.optics->values.real("wavelength")));
    const std::size_t film = resist_film(*in.stack, stack) + (key.starts_with("coating") ? 1 : 0);
    if (film >= stack.films.size())
        throw InputError("D0456", "'stack." + key + "' cannot be free: below the resist lies the substrate",
                         "add a film to [stack]");
    const numerics::Film& f = stack.films[film];
    return key.ends_with("_thickness") ? f.thickness_nm * 1e-9 : key.ends_with("_n") ? f.index.real() : f.index.imag();
}

std::optional<FreeTerm> of_films(const Inputs& in, const std::string& name) {
    const std::string prefix = "stack.";
    const ParamSpec* spec = name.starts_with(prefix) ? real_spec(stack_table(), name.substr(prefix.size())) : nullptr;
    if (!spec) return {};
    const std::string key(spec->name);
    FreeTerm t = around(name, *spec, number_of_film(in, key));
    t.set = [key](double si, PhysicalState& s) { s.stack.values.set(key, si); };
    return t;
}

PhysicalState start_of(const Inputs& in) { return {*in.stack, *in.resist, in.params->values.real("dose"), 0}; }

PhysicalState state_at(const Inputs& in, const std::vector<FreeTerm>& free, std::span<const double> p) {
    PhysicalState s = start_of(in);
    for (std::size_t j = 0; j < free.size(); ++j) free[j].set(in_si(p[j], free[j].unit), s);
    return s;
}

opc::ResistProcess process_of(const Inputs& in, const PhysicalState& s) {
    Inputs changed = in;
    changed.stack = &s.stack, changed.resist = &s.resist;
    return resist_process_of(changed);
}

/// Numbers of the films and of what decides about light in them.
std::vector<double> films_of(const opc::ResistProcess& p) {
    std::vector<double> numbers = {p.bleaching ? 1.0 : 0.0};
    for (const numerics::Film& f : p.stack.films)
        numbers.insert(numbers.end(), {f.thickness_nm, f.index.real(), f.index.imag()});
    return numbers;
}

class PhysicalSizes {
  public:
    PhysicalSizes(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                  const Context& context)
        : in_(in), free_(free), gauges_(gauges.rows), context_(context) {
        for (const io::MeasuredSize& g : gauges_) place(g);
        std::vector<double> p;
        for (const FreeTerm& t : free_) p.push_back(t.parameter.start);
        const PhysicalState s = state_at(in_, free_, p);
        opc::ResistProcess process = process_of(in_, s);
        if (!gauges_.empty() && process.bake.steps == 0)
            bake_steps_ =
                series(0, process).at(gauges_[0].focus_nm + s.defocus_nm, gauges_[0].dose * s.dose).bake_steps;
    }

    /// The least squares ask for the same values more than once.
    const std::vector<double>& values(std::span<const double> p) {
        const std::vector<double> key(p.begin(), p.end());
        if (const auto known = sizes_.find(key); known != sizes_.end()) return known->second;
        if (sizes_.size() >= most_values) sizes_.clear();
        return sizes_[key] = computed(p);
    }

    std::vector<double> computed(std::span<const double> p) {
        const PhysicalState s = state_at(in_, free_, p);
        opc::ResistProcess process = process_of(in_, s);
        process.bake.steps = bake_steps_;
        std::vector<ResistSeries> developed;
        for (std::size_t k = 0; k < masks_.size(); ++k) developed.push_back(series(k, process));
        std::vector<double> sizes;
        for (std::size_t i = 0; i < gauges_.size(); ++i) {
            context_.check();
            sizes.push_back(
                developed[mask_of_[i]].size(gauges_[i].focus_nm + s.defocus_nm, gauges_[i].dose * s.dose, cuts_[i]));
        }
        keep_light(process, developed);
        return sizes;
    }

    std::vector<double> jacobian(std::span<const double> p) {
        std::vector<double> rows(gauges_.size() * free_.size());
        for (std::size_t j = 0; j < free_.size(); ++j) {
            const opc::FitParameter& f = free_[j].parameter;
            const double h = difference * (f.start != 0 ? std::abs(f.start) : f.high - f.low);
            std::vector<double> above(p.begin(), p.end()), below = above;
            above[j] = std::min(f.high, p[j] + h), below[j] = std::max(f.low, p[j] - h);
            const std::vector<double> high = values(above), low = values(below);  // copies: the store may be emptied
            for (std::size_t i = 0; i < gauges_.size(); ++i)
                rows[i * free_.size() + j] = (high[i] - low[i]) / (above[j] - below[j]);
        }
        return rows;
    }

  private:
    void place(const io::MeasuredSize& g) {
        const auto [found, fresh] = index_.emplace(gauge_key(g), masks_.size());
        if (fresh) masks_.push_back(mask_of_gauge(g));
        mask_of_.push_back(found->second);
        cuts_.push_back(g.cut_nm ? *g.cut_nm : *masks_[found->second].clip.cut_nm);
    }
    Projection mask_of_gauge(const io::MeasuredSize& g) const {
        Projection p;
        p.clip = gauge_clip(in_, g);
        p.shapes = p.clip.target;
        p.optics = load_optics(in_);
        p.clear_field = in_.params->values.text("polarity") == "clear-field";
        const Length period = p.clip.period_nm * nm;
        if (g.pitch_nm > 0)
            p.optics.source = optics::refined(*p.optics.source, p.optics.pupil, period,
                                              g.kind == "lines" ? no_orders : period, source_points);
        return p;
    }
    /// With the light of earlier values where the films are the same.
    ResistSeries series(std::size_t mask, const opc::ResistProcess& process) const {
        const auto known = lit_.find(films_of(process));
        return known == lit_.end() ? ResistSeries(masks_[mask], process, in_.params->values.real("height"))
                                   : known->second[mask].with_chemistry(process);
    }
    void keep_light(const opc::ResistProcess& process, const std::vector<ResistSeries>& developed) {
        if (!lit_.contains(films_of(process)) && lit_.size() >= most_films) lit_.clear();
        std::vector<ResistSeries> lit;
        for (const ResistSeries& s : developed) lit.push_back(s.with_chemistry(process));
        lit_.insert_or_assign(films_of(process), std::move(lit));
    }

    Inputs in_;
    std::vector<FreeTerm> free_;
    std::vector<io::MeasuredSize> gauges_;
    Context context_;
    std::map<GaugeKey, std::size_t> index_;
    std::vector<Projection> masks_;
    std::vector<std::size_t> mask_of_;
    std::vector<std::array<double, 4>> cuts_;
    std::map<std::vector<double>, std::vector<ResistSeries>> lit_;  ///< by films_of
    std::map<std::vector<double>, std::vector<double>> sizes_;      ///< by p
    int bake_steps_ = 0;
};

}  // namespace

std::optional<FreeTerm> physical_term(const Inputs& in, const std::string& name) {
    if (name == "dose") {
        FreeTerm t = around(name, *real_spec(find_step_model("fit")->info, name), in.params->values.real(name));
        t.set = [](double si, PhysicalState& s) { s.dose = si; };
        return t;
    }
    if (name == "optics.defocus") {
        const double depth = 0.5e9 * in.optics->values.real("wavelength") / std::pow(in.optics->values.real("na"), 2),
                     start = in.optics->values.real("defocus") * 1e9;
        FreeTerm t{name, "nm", {name, start, start - 2 * depth, start + 2 * depth, 0.5 * depth}, {}, 1, {}};
        t.set = [start](double si, PhysicalState& s) { s.defocus_nm = si * 1e9 - start; };
        return t;
    }
    if (auto term = of_development(in, name)) return term;
    if (auto term = of_chemistry(in, name)) return term;
    return of_films(in, name);
}

std::vector<std::string> physical_names(const Inputs& in) {
    std::vector<std::string> names = {"dose", "optics.defocus"};
    const auto add = [&](const ModelInfo& model, const std::string& prefix) {
        for (const ParamSpec& spec : model.params)
            if (spec.kind == ParamKind::real) names.push_back(prefix + std::string(spec.name));
    };
    add(resist_table(), "resist."), add(development_info(in), "resist.development."), add(stack_table(), "stack.");
    return names;
}

PhysicalState fitted_state(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in) {
    std::vector<double> p;
    for (const opc::FitValue& v : fit.values) p.push_back(v.value);
    return state_at(in, free, p);
}

opc::FitModel physical_sizes_model(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                                   const Context& context) {
    const auto sizes = std::make_shared<PhysicalSizes>(in, free, gauges, context);
    return {[sizes](std::span<const double> p) { return sizes->values(p); },
            [sizes](std::span<const double> p) { return sizes->jacobian(p); }};
}

}  // namespace damascene::flow
