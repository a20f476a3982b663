// Recipe text -> checked plan: files it extends, presets, settings, tables, steps, ports, expectations.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "damascene/flow.hpp"
#include "damascene/optics.hpp"
#include "flow/film_side.hpp"
#include "flow/litho.hpp"
#include "flow/recipe_tree.hpp"
#include "flow/resist_side.hpp"
#include "flow/tables.hpp"
#include "flow/task.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

const std::vector<std::string> recipe_keys = {"damascene", "title", "seed",   "expect", "extends", "layout", "optics",
                                              "structure", "stack", "resist", "step",   "fit",     "sweep"};
const std::vector<std::string> step_keys = {"name", "model", "from"};

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-';
    });
}

const Preset* find_preset(const std::string& name) {
    for (const Preset& preset : presets())
        if (preset.name == name) return &preset;
    return nullptr;
}

std::vector<std::string> names_of_presets() {
    std::vector<std::string> names;
    for (const Preset& preset : presets()) names.push_back(preset.name);
    return names;
}

[[noreturn]] void refuse(const char* code, const std::string& message, const Span& span, const std::string& label,
                         const std::string& help = {}) {
    Faults faults;
    faults.error(code, message, span, label, help);
    faults.throw_if_any();
    std::abort();
}

/// Presets and files named by `extends` below the recipe itself; the last one wins, the recipe wins over all.
Node with_bases(Node recipe, const std::string& folder, std::vector<std::string> chain) {
    const Node* extends = recipe.find("extends");
    if (!extends) return recipe;
    if (extends->kind != Node::Kind::array)
        refuse("D0105", "'extends' is a list", extends->span, "files or presets, for example [\"base.toml\"]");
    Node base;
    base.span = recipe.span;
    for (const Node& item : extends->items) {
        if (item.kind != Node::Kind::text)
            refuse("D0105", "'extends' lists texts", item.span, "a file or a preset name");
        if (const Preset* preset = find_preset(item.text)) {
            merge(base, read_toml(preset->toml, preset->name, "preset"));
            continue;
        }
        const std::string path = join_path(folder, item.text);
        if (chain.size() > 16 || std::find(chain.begin(), chain.end(), path) != chain.end())
            refuse("D0113", "recipes extend each other in a circle", item.span, "this file is already being read");
        if (!std::filesystem::is_regular_file(path)) {
            const std::string near = nearest_name(item.text, names_of_presets());
            refuse("D0301", "cannot read '" + item.text + "'", item.span,
                   "neither a file beside the recipe nor a preset",
                   near.empty() ? "presets: " + join(names_of_presets(), ", ") : "did you mean \"" + near + "\"?");
        }
        std::vector<std::string> deeper = chain;
        deeper.push_back(path);
        merge(base, with_bases(read_recipe_text(read_text_file(path), path), folder_of(path), deeper));
    }
    merge(base, recipe);
    return base;
}

/// Keys of a named scanner class below the keys of the table.
void spread_preset(Node& recipe) {
    Node* optics = recipe.find("optics");
    if (!optics || optics->kind != Node::Kind::table) return;
    const Node* name = optics->find("preset");
    const Preset* preset = name && name->kind == Node::Kind::text ? find_preset(name->text) : nullptr;
    if (!preset) return;
    Node table = *read_toml(preset->toml, preset->name, "preset").find("optics");
    const Span span = optics->span;
    merge(table, *optics);
    table.span = span;
    *optics = table;
}

void check_version(const Node& recipe, Faults& faults) {
    const Node* version = recipe.find("damascene");
    if (!version) {
        faults.error("D0101", "the recipe does not say its schema version", recipe.span, "this program reads version 1",
                     "begin with damascene = \"1\"");
        return;
    }
    const std::string text = version->kind == Node::Kind::text ? version->text : to_toml_value(*version);
    if (version->kind != Node::Kind::text)
        faults.error("D0101", "the schema version is a text", version->span, "this program reads \"1\"",
                     "write damascene = \"1\"");
    else if (text != "1" && text != "1.0")
        faults.error("D0101", "recipe schema " + text + " is not known", version->span, "this program reads version 1",
                     "write damascene = \"1\"");
}

void check_keys(const Node& recipe, Faults& faults) {
    for (const auto& [key, child] : recipe.entries) {
        if (std::find(recipe_keys.begin(), recipe_keys.end(), key) != recipe_keys.end()) continue;
        const std::string near = nearest_name(key, recipe_keys);
        faults.error("D0102", "unknown key '" + key + "' in the recipe", child.key_span,
                     near.empty() ? "allowed: " + join(recipe_keys, ", ") : "did you mean '" + near + "'?");
    }
}

Span span_in(const Resolved& table, std::string_view name, const Node& fallback) {
    const auto found = table.spans.find(name);
    return found == table.spans.end() ? fallback.span : found->second;
}

/// Where the recipe's own text has a part in a value: `whole`, or where that lies in a preset, the key set over it.
Span own_span(const Resolved& table, std::string_view prefix, const Span& whole) {
    const auto in_file = [](const Span& span) { return span.source && span.source->kind == "file"; };
    if (in_file(whole)) return whole;
    for (const auto& [name, span] : table.spans)
        if (std::string_view(name).starts_with(prefix) && in_file(span)) return span;
    return whole;
}

/// Rules between parameters of [optics].
void check_optics(const Resolved& optics, const Node& node, Faults& faults) {
    const ParamValues& v = optics.values;
    if (!v.has("na") || !v.has("medium")) return;
    const double na = v.real("na"), n = medium_index(v);
    if (na < n) return;
    const bool index_given = v.has("n_medium");
    const char* key = index_given ? "n_medium" : "medium";
    const Span index_span = span_in(optics, key, node);
    const std::string place = optics.given(key) && index_span.source && index_span.source->kind == "file"
                                  ? " (" + index_span.source->file + ":" + std::to_string(index_span.line) + ")"
                                  : "";
    char index[32];
    std::snprintf(index, sizeof index, "%.3f", n);
    const std::string what = index_given ? "n_medium" + place + " is " + index
                                         : "medium = \"" + v.text("medium") + "\"" + place + " has n = " + index;
    const double highest = std::ceil(n * 100 - 1) / 100;
    faults.error("D0401", "numerical aperture exceeds the refractive index of the image-side medium",
                 span_in(optics, "na", node), "needs n_medium >= " + shortest(na) + ", but " + what,
                 (na <= index_of_water && n <= 1.0 ? "preset = \"arf-immersion-1.35\", or " : "") +
                     std::string("na <= ") + shortest(highest));
}

/// A bandwidth acts through the lens, which ready kernels are.
void check_laser(const Resolved& optics, const Node& node, Faults& faults) {
    const ParamValues& v = optics.values;
    if (!(v.has("laser.bandwidth") && v.real("laser.bandwidth") > 0)) return;
    if (v.has("kernels"))
        faults.error("D0402", "kernel files have one wavelength", span_in(optics, "laser.bandwidth", node),
                     "a bandwidth moves the focus of a lens", "give source and lens instead of kernels");
    else if (!v.has("laser.focus_slope"))
        faults.error("D0107", "a bandwidth needs the lens's shift of focus with the wavelength",
                     span_in(optics, "laser.bandwidth", node), "it blurs through focus only",
                     "for example laser = { bandwidth = \"0.3 pm\", focus_slope = \"200 nm/pm\" }");
}

/// Rules between parameters of a source shape (sigma_in < sigma_out), as its model states them.
void check_source(const Resolved& optics, const Node& node, Faults& faults) {
    const auto& models = optics.values.models();
    const auto source = models.find("source");
    if (source == models.end() || source->second.second.has("file")) return;
    try {
        optics::make_source(source->second.first, source->second.second);
    } catch (const InputError& error) {
        const Node* table = node.find("source");
        faults.error("D0404", error.diagnostics().front().message,
                     own_span(optics, "source.", table ? table->span : node.span), error.diagnostics().front().label,
                     error.diagnostics().front().help);
    }
}

/// Scalar light has no polarisation, and aerial images are scalar.
void warn_of_idle_polarisation(const Recipe& recipe, Faults& faults) {
    const auto sees_resist = [](const StepPlan& step) { return takes(*step.model, "resist"); };
    const bool vectorial = recipe.resist && recipe.resist->values.text("light") == "vector" &&
                           std::any_of(recipe.steps.begin(), recipe.steps.end(), sees_resist);
    if (!recipe.optics || vectorial) return;
    for (const auto& [key, span] : recipe.optics->spans)
        if (key.starts_with("polarisation") || key.starts_with("jones"))
            faults.warnings.push_back({"D0211",
                                       "'" + key + "' has no effect here",
                                       where(span),
                                       "it acts on vectorial light in the resist",
                                       {},
                                       "a step with resist = \"physical\" or resist-profile, and [resist] light = "
                                       "\"vector\""});
}

/// A file, or a pattern with its pitch and width.
void check_pattern(const Resolved& layout, const Node& node, Faults& faults) {
    const ParamValues& v = layout.values;
    if (!v.has("pattern")) {
        if (!v.has("file"))
            faults.error("D0107", "missing key 'file' in [layout]", node.span,
                         "a layout, or pattern with pitch and width",
                         "for example file = \"cell.gds\", or pattern = \"lines\"");
        for (const char* name : {"pitch", "width", "length"})
            if (v.has(name))
                faults.error("D0402", std::string("'") + name + "' belongs to a pattern", span_in(layout, name, node),
                             "the shapes come from the file", "add pattern = \"lines\", or remove this key");
        return;
    }
    for (const char* name : {"file", "cell", "layers", "window"})
        if (v.has(name))
            faults.error("D0402", std::string("'") + name + "' does not go with a pattern", span_in(layout, name, node),
                         "the whole periodic cell is drawn and measured", "remove this key, or the key pattern");
    for (const char* name : {"pitch", "width"})
        if (!v.has(name))
            faults.error("D0107", std::string("missing key '") + name + "' in [layout]", node.span,
                         "a pattern has a pitch and a width", std::string("for example ") + name + " = \"90 nm\"");
    if (!v.has("pitch") || !v.has("width")) return;
    for (const char* name : {"width", "length"})
        if (v.has(name) && v.real(name) >= v.real("pitch"))
            faults.error("D0402", std::string("the ") + name + " fills the pitch", span_in(layout, name, node),
                         "less than " + rounded(v.real("pitch") * 1e9, 6) + " nm");
    for (const char* name : {"pitch", "width", "length"})
        if (v.has(name) && std::abs(v.real(name) * 1e9 - std::round(v.real(name) * 1e9)) > 1e-6)
            faults.error("D0402", std::string("the ") + name + " is not a whole number of nm",
                         span_in(layout, name, node), "patterns are drawn on a 1 nm grid");
    if (v.has("length") && v.text("pattern") == "lines")
        faults.error("D0402", "lines have no length", span_in(layout, "length", node), "they are endless along y");
}

std::string medium_text(const ParamValues& optics) {
    return optics.has("n_medium") ? shortest(optics.real("n_medium")) : optics.text("medium");
}

/// Films by name and number, and the medium the lens looks through.
void check_stack(const Resolved& stack, const Resolved& optics, const Node& node, Faults& faults) {
    if (optics.values.has("kernels")) return;
    try {
        const ParamValues& o = optics.values;
        const numerics::FilmStack films = load_stack(stack, Length::from_si(o.real("wavelength")));
        resist_film(stack, films);
        const double medium = medium_index(o);
        if (std::abs(films.ambient - medium) > 1e-6)
            faults.error("D0402",
                         "the films lie under an index of " + shortest(films.ambient) + ", the lens looks through " +
                             shortest(medium),
                         span_in(stack, "ambient", node), "both are the medium above the wafer",
                         "ambient = \"" + medium_text(o) + "\", or another medium in [optics]");
    } catch (const InputError& error) {
        for (const Diagnostic& d : error.diagnostics()) faults.errors.push_back(d);
    }
}

void check_layout(const Resolved& layout, const Node& node, Faults& faults) {
    check_pattern(layout, node, faults);
    const ParamValues& v = layout.values;
    if (v.has("window")) {
        const auto& w = v.reals("window");
        if (!(w[2] > w[0]) || !(w[3] > w[1]))
            faults.error("D0402", "the window is empty", span_in(layout, "window", node),
                         "x0 y0 x1 y1 with x1 > x0 and y1 > y0");
    }
    if (v.has("cut")) {
        const auto& c = v.reals("cut");
        if (c[0] == c[2] && c[1] == c[3])
            faults.error("D0402", "the cut line has no length", span_in(layout, "cut", node),
                         "x0 y0 x1 y1 of two different points");
    }
}

/// Steps that do not work by tiles hold the whole window at once.
void check_window_size(const Recipe& recipe, const Node& node, Faults& faults) {
    const ParamValues& v = recipe.layout->values;
    const bool by_tiles = std::any_of(recipe.steps.begin(), recipe.steps.end(),
                                      [](const StepPlan& step) { return static_cast<bool>(step.model->parts); });
    if (!v.has("window") || by_tiles) return;
    const auto& w = v.reals("window");
    if (std::max(w[2] - w[0], w[3] - w[1]) > 20e-6)
        faults.error("D0402", "the window is larger than 20 um", span_in(*recipe.layout, "window", node),
                     "one tile holds at most 20 um",
                     "a smaller window, or correct it by tiles: model = \"layout-opc\"");
}

std::string models_giving(const std::string& noun) {
    std::vector<std::string> names;
    for (const StepModel* model : step_models())
        if (std::find(model->gives.begin(), model->gives.end(), noun) != model->gives.end())
            names.emplace_back(model->info.name);
    return join(names, ", ");
}

class StepReader {
  public:
    StepReader(Recipe& recipe, Faults& faults) : recipe_(recipe), faults_(faults) {}

    void read(const Node& node) {
        if (node.kind != Node::Kind::table)
            return (void)faults_.error("D0105", "a step is a table", node.span, "begin it with [[step]]");
        if (node.find("repeat")) return repeat(node);
        const Node* model_name = node.find("model");
        if (!model_name || model_name->kind != Node::Kind::text)
            return (void)faults_.error("D0107", "a step needs a model", model_name ? model_name->span : node.span,
                                       "one of " + known_models());
        StepPlan step;
        step.span = node.span;
        step.model = find_step_model(model_name->text);
        step.name = model_name->text;
        if (const Node* name = node.find("name")) {
            if (name->kind != Node::Kind::text || !is_name(name->text))
                faults_.error("D0105", "a step name is a word of letters, digits, - and _", name->span,
                              "for example \"opc\"");
            else
                step.name = name->text;
        }
        for (const StepPlan& other : recipe_.steps)
            if (other.name == step.name)
                faults_.error("D0108", "two steps are named '" + step.name + "'",
                              node.find("name") ? node.find("name")->span : node.span, "every step has its own name");
        if (!step.model) return unknown_model(model_name);
        step.params = resolve(node, step.model->info, "step '" + step.name + "' (model " + model_name->text + ")",
                              "step." + step.name, faults_, step_keys);
        check_together(step);
        connect(step, node, model_name->span);
        recipe_.steps.push_back(std::move(step));
    }

  private:
    /// repeat = N and inner steps [[step.step]]: the inner steps N times over, named name-1, name-2, ...
    void repeat(const Node& node) {
        constexpr int most = 1000;
        const Node *count = node.find("repeat"), *inner = node.find("step");
        for (const auto& [key, child] : node.entries)
            if (key != "repeat" && key != "step")
                faults_.error("D0102", "unknown key '" + key + "' beside 'repeat'", child.key_span,
                              "allowed: repeat, step");
        if (count->kind != Node::Kind::integer || count->integer < 1 || count->integer > most)
            return (void)faults_.error("D0105", "'repeat' has the wrong kind or range", count->span,
                                       "a whole number: 1 .. " + std::to_string(most));
        if (!inner || inner->kind != Node::Kind::array || inner->items.empty())
            return (void)faults_.error("D0107", "'repeat' has no inner steps", count->span,
                                       "begin each with [[step.step]]");
        for (std::int64_t i = 1; i <= count->integer; ++i)
            for (const Node& item : inner->items) {
                Node copy = item;
                if (copy.find("repeat"))
                    return (void)faults_.error("D0105", "'repeat' inside 'repeat'", copy.span, "one level");
                name_turn(copy, i);
                const std::size_t before = faults_.errors.size();
                read(copy);
                if (faults_.errors.size() > before) return;  // the same fault in every turn is said once
            }
    }
    void check_together(const StepPlan& step) {
        if (!step.model->check || !faults_.errors.empty()) return;
        try {
            step.model->check(step.params.values);
        } catch (const InputError& error) {
            for (const Diagnostic& d : error.diagnostics()) {
                // A message that opens with a quoted key stands at that key.
                const std::size_t end = d.message.find('\'', 1);
                const std::string key =
                    d.message.starts_with("'") && end != std::string::npos ? d.message.substr(1, end - 1) : "";
                const auto found = step.params.spans.find(key);
                faults_.error(d.code, d.message, found == step.params.spans.end() ? step.span : found->second, d.label,
                              d.help);
            }
        }
    }
    static void name_turn(Node& step, std::int64_t turn) {
        Node* name = step.find("name");
        const Node* model = step.find("model");
        if (!name && model && model->kind == Node::Kind::text) {
            step.entries.push_back({"name", *model});
            name = step.find("name");
        }
        if (name && name->kind == Node::Kind::text) name->text += "-" + std::to_string(turn);
    }
    static std::string known_models() {
        std::vector<std::string> names;
        for (const StepModel* model : step_models()) names.emplace_back(model->info.name);
        return join(names, ", ");
    }

    void unknown_model(const Node* name) {
        std::vector<std::string> names;
        for (const StepModel* model : step_models()) names.emplace_back(model->info.name);
        const std::string near = nearest_name(name->text, names);
        faults_.error("D0109", "unknown model \"" + name->text + "\"", name->span,
                      near.empty() ? "one of " + join(names, ", ") : "did you mean \"" + near + "\"?");
    }

    const StepPlan* nearest_giving(std::string_view noun) const {
        for (auto step = recipe_.steps.rbegin(); step != recipe_.steps.rend(); ++step)
            if (std::find(step->model->gives.begin(), step->model->gives.end(), noun) != step->model->gives.end())
                return &*step;
        return nullptr;
    }

    const StepPlan* named(const std::string& name) const {
        for (const StepPlan& step : recipe_.steps)
            if (step.name == name) return &step;
        return nullptr;
    }

    /// Ports: each needed noun comes from a table, from the step named by `from`, or from the nearest earlier step.
    void connect(StepPlan& step, const Node& node, const Span& model_span) {
        const StepPlan* chosen = nullptr;
        if (const Node* from = node.find("from")) {
            chosen = from->kind == Node::Kind::text ? named(from->text) : nullptr;
            if (!chosen) {
                std::vector<std::string> names;
                for (const StepPlan& other : recipe_.steps) names.push_back(other.name);
                faults_.error("D0110", "'from' names no earlier step", from->span,
                              names.empty() ? "this is the first step" : "earlier steps: " + join(names, ", "));
                return;
            }
        }
        bool used = false;
        const auto take = [&](std::string_view noun, bool required) {
            if (chosen && std::find(chosen->model->gives.begin(), chosen->model->gives.end(), noun) !=
                              chosen->model->gives.end()) {
                step.from[std::string(noun)] = chosen->name;
                used = true;
            } else if ((noun == "layout" && recipe_.layout) || (noun == "optics" && recipe_.optics) ||
                       (noun == "stack" && recipe_.stack) || (noun == "resist" && recipe_.resist))
                return;
            else if (const StepPlan* other = nearest_giving(noun))
                step.from[std::string(noun)] = other->name;
            else if (noun == "surface" && recipe_.structure)
                return;
            else if (required)
                missing(step, std::string(noun), model_span);
        };
        for (const std::string_view noun : step.model->needs) take(noun, true);
        const auto says = [&](const char* key) {
            const auto& values = step.params.values.all();
            const auto found = values.find(key);
            const auto* word = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
            return word && *word == "physical";
        };
        const bool physical = says("resist") || says("print");
        for (const std::string_view noun : step.model->wants)
            take(noun, physical && (noun == "stack" || noun == "resist"));
        if (chosen && !used) {
            std::vector<std::string> gives(chosen->model->gives.begin(), chosen->model->gives.end());
            faults_.error("D0110", "step '" + chosen->name + "' gives nothing that '" + step.name + "' takes",
                          node.find("from")->span, "it gives: " + (gives.empty() ? "nothing" : join(gives, ", ")));
        }
    }

    void missing(const StepPlan& step, const std::string& noun, const Span& span) {
        const bool table = noun == "layout" || noun == "optics" || noun == "stack" || noun == "resist";
        faults_.error("D0110",
                      "step '" + step.name + "' needs " + (noun == "image" || noun == "optics" ? "an " : "a ") + noun +
                          ", but nothing before it gives one",
                      span,
                      table               ? "add the table [" + noun + "]"
                      : noun == "surface" ? "add the table [structure], or a step before it: " + models_giving(noun)
                                          : "models that give one: " + models_giving(noun));
    }

    Recipe& recipe_;
    Faults& faults_;
};

void read_expectation(const Node& node, Recipe& recipe, Faults& faults) {
    if (node.kind != Node::Kind::table)
        return (void)faults.error("D0105", "an expectation is a table", node.span,
                                  "for example { value = \"opc.epe_violations\", max = 0 }");
    Expectation expect;
    expect.span = node.span;
    std::vector<std::string> keys;
    for (const ParamSpec& spec : expect_table().params) keys.emplace_back(spec.name);
    for (const auto& [key, child] : node.entries) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            const std::string near = nearest_name(key, keys);
            faults.error("D0102", "unknown key '" + key + "' in expect", child.key_span,
                         near.empty() ? "allowed: " + join(keys, ", ") : "did you mean '" + near + "'?");
            continue;
        }
        if (key == "value") {
            if (child.kind != Node::Kind::text) {
                faults.error("D0105", "'value' has the wrong kind", child.span,
                             "a text such as \"opc.epe_violations\"");
                continue;
            }
            expect.value = child.text;
            const std::string step = child.text.substr(0, child.text.find('.'));
            std::vector<std::string> names;
            for (const StepPlan& plan : recipe.steps) names.push_back(plan.name);
            if (std::find(names.begin(), names.end(), step) == names.end() ||
                child.text.find('.') == std::string::npos) {
                const std::string near = nearest_name(step, names);
                faults.error("D0112", "'" + child.text + "' names no step of this recipe", child.span,
                             near.empty() ? "steps: " + join(names, ", ")
                                          : "did you mean '" + near +
                                                child.text.substr(std::min(step.size(), child.text.size())) + "'?");
            }
            continue;
        }
        const bool text = child.kind == Node::Kind::text;
        if (!text && child.kind != Node::Kind::integer && child.kind != Node::Kind::real) {
            faults.error("D0105", "'" + key + "' has the wrong kind", child.span,
                         "a number, or a quantity with its unit");
            continue;
        }
        if (text)
            if (const QuantityParse parsed = parse_quantity(child.text); !parsed.value) {
                faults.error("D0202", "'" + key + "' is not a quantity: " + parsed.error, child.span,
                             "a number, or a quantity with its unit", parsed.help);
                continue;
            }
        if (child.kind == Node::Kind::real && !std::isfinite(child.real)) {
            faults.error("D0204", "'" + key + "' is out of range", child.span, "a finite number");
            continue;
        }
        (key == "min"      ? expect.low
         : key == "max"    ? expect.high
         : key == "equals" ? expect.equals
                           : expect.tolerance) = child;
    }
    if (!node.find("value"))
        faults.error("D0107", "missing key 'value' in expect", node.span,
                     "step.scalar, for example \"opc.epe_violations\"");
    else if (!node.find("min") && !node.find("max") && !node.find("equals"))
        faults.error("D0107", "an expectation needs a limit", node.span, "min, max or equals");
    recipe.expects.push_back(std::move(expect));
}

void read_table(const Node& recipe, const char* name, const ModelInfo& table, std::optional<Resolved>& out,
                Faults& faults) {
    const Node* node = recipe.find(name);
    if (!node) return;
    if (node->kind != Node::Kind::table)
        return (void)faults.error("D0105", std::string("'") + name + "' is a table", node->span,
                                  std::string("begin it with [") + name + "]");
    out = resolve(*node, table, std::string("[") + name + "]", name, faults);
}

/// The table [fit] as the step it is short for. Its resist starts from the recipe's print step.
Node fit_step(const Node& table, const Node* steps) {
    Node step = table;
    const auto word = [&](const char* key, const char* text) {
        if (step.find(key)) return;
        Node value;
        value.kind = Node::Kind::text;
        value.text = text, value.span = value.key_span = table.span;
        step.entries.push_back({key, value});
    };
    word("name", "fit");
    word("model", "fit");
    Node resist;
    resist.span = resist.key_span = table.span;
    if (steps)
        for (const Node& other : steps->items)
            if (const Node* model = other.find("model"); model && model->text == "print")
                for (const char* key : {"threshold", "diffusion_length"})
                    if (const Node* value = other.find(key)) resist.entries.push_back({key, *value});
    if (const Node* own = step.find("resist"); own && own->kind == Node::Kind::table) merge(resist, *own);
    if (Node* own = step.find("resist"))
        *own = own->kind == Node::Kind::table ? resist : *own;
    else if (!resist.entries.empty())
        step.entries.push_back({"resist", resist});
    return step;
}

Recipe read_tree(const Node& node, const std::string& file, const LoadOptions& options) {
    Recipe recipe;
    Faults faults;
    recipe.file = file;
    recipe.folder = folder_of(file);
    check_version(node, faults);
    check_keys(node, faults);
    if (const Node* title = node.find("title")) {
        if (title->kind != Node::Kind::text)
            faults.error("D0105", "'title' has the wrong kind", title->span, "a text in quotes");
        recipe.title = title->text;
    }
    if (const Node* seed = node.find("seed")) {
        if (seed->kind != Node::Kind::integer || seed->integer < 0)
            faults.error("D0105", "'seed' has the wrong kind", seed->span, "a whole number: at least 0");
        else
            recipe.seed = static_cast<std::uint64_t>(seed->integer);
    }
    if (options.seed) recipe.seed = *options.seed;
    read_table(node, "layout", layout_table(), recipe.layout, faults);
    read_table(node, "optics", optics_table(), recipe.optics, faults);
    read_table(node, "structure", structure_table(), recipe.structure, faults);
    read_table(node, "stack", stack_table(), recipe.stack, faults);
    read_table(node, "resist", resist_table(), recipe.resist, faults);
    if (recipe.stack && recipe.optics && faults.errors.empty())
        check_stack(*recipe.stack, *recipe.optics, *node.find("stack"), faults);
    if (recipe.resist && faults.errors.empty()) check_resist(*recipe.resist, *node.find("resist"), faults);
    if (recipe.structure && faults.errors.empty()) check_structure(*recipe.structure, *node.find("structure"), faults);
    if (recipe.layout && faults.errors.empty()) check_layout(*recipe.layout, *node.find("layout"), faults);
    if (recipe.optics) {
        check_optics(*recipe.optics, *node.find("optics"), faults);
        check_laser(*recipe.optics, *node.find("optics"), faults);
        if (faults.errors.empty()) check_source(*recipe.optics, *node.find("optics"), faults);
    }
    StepReader steps(recipe, faults);
    const Node *list = node.find("step"), *calibration = node.find("fit");
    if (list && list->kind != Node::Kind::array)
        faults.error("D0105", "'step' is a list of tables", list->span, "begin each with [[step]]");
    else if ((!list || list->items.empty()) && !calibration)
        faults.error("D0107", "the recipe has no step", list ? list->span : node.span, "add [[step]] with a model");
    else if (list)
        for (const Node& step : list->items) steps.read(step);
    if (calibration && calibration->kind != Node::Kind::table)
        faults.error("D0105", "'fit' is a table", calibration->span, "begin it with [fit]");
    else if (calibration)
        steps.read(fit_step(*calibration, list && list->kind == Node::Kind::array ? list : nullptr));
    if (recipe.layout && faults.errors.empty()) check_window_size(recipe, *node.find("layout"), faults);
    if (const Node* expects = node.find("expect")) {
        if (expects->kind != Node::Kind::array)
            faults.error("D0105", "'expect' is a list", expects->span,
                         "for example [ { value = \"opc.epe_violations\", max = 0 } ]");
        for (const Node& item : expects->items) read_expectation(item, recipe, faults);
    }
    faults.throw_if_any();
    warn_of_idle_polarisation(recipe, faults);
    recipe.warnings = faults.warnings;
    const auto collect = [&](const std::vector<ResolvedEntry>& entries) {
        recipe.entries.insert(recipe.entries.end(), entries.begin(), entries.end());
    };
    if (recipe.layout) collect(recipe.layout->entries);
    if (recipe.optics) collect(recipe.optics->entries);
    if (recipe.structure) collect(recipe.structure->entries);
    if (recipe.stack) collect(recipe.stack->entries);
    if (recipe.resist) collect(recipe.resist->entries);
    for (const StepPlan& step : recipe.steps) {
        recipe.entries.push_back({"step." + step.name + ".model", std::string(step.model->info.name), "",
                                  origin_text(step.span), "user", std::string(step.model->info.citation), false});
        collect(step.params.entries);
    }
    return recipe;
}

}  // namespace

Node recipe_tree(const std::string& text, const std::string& file, const LoadOptions& options) {
    Node tree = with_bases(read_recipe_text(text, file), folder_of(file), {file});
    for (const std::string& setting : options.settings) apply_setting(tree, setting);
    return tree;
}

Recipe recipe_of_tree(Node tree, const std::string& text, const std::string& file, const LoadOptions& options) {
    spread_preset(tree);
    Recipe recipe = read_tree(tree, file, options);
    recipe.text = text;
    return recipe;
}

Recipe recipe_from_text(const std::string& text, const std::string& file, const LoadOptions& options) {
    return recipe_of_tree(recipe_tree(text, file, options), text, file, options);
}

Recipe load_recipe(const std::string& path, const LoadOptions& options) {
    return recipe_from_text(read_text_file(path), path, options);
}

std::string Recipe::resolved_json() const {
    std::vector<std::string> items = {"  \"seed\": {\"value\": " + std::to_string(seed) + "}"};
    for (const ResolvedEntry& e : entries)
        items.push_back("  " + json_quote(e.path) + ": {\"value\": " + json_quote(e.value) +
                        ", \"unit\": " + json_quote(e.unit) + ", \"origin\": " + json_quote(e.origin) +
                        ", \"label\": " + json_quote(e.label) +
                        (e.citation.empty() ? "" : ", \"citation\": " + json_quote(e.citation)) + "}");
    return "{\n" + join(items, ",\n") + "\n}\n";
}

std::string Recipe::hash() const {
    std::string canonical = "damascene-recipe-1\nseed=" + std::to_string(seed) + "\n";
    for (const ResolvedEntry& e : entries) canonical += e.path + "=" + e.value + "\n";
    for (const StepPlan& step : steps)
        for (const auto& [noun, from] : step.from) canonical += "from " + step.name + " " + noun + "=" + from + "\n";
    return sha256_hex(std::string_view(canonical));
}

std::string Recipe::slug() const {
    std::string text = std::filesystem::path(file).stem().string();
    if (text == "recipe" || text.empty())
        text = title.empty() ? std::filesystem::absolute(file).parent_path().filename().string() : title;
    std::string slug;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)))
            slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    slug = slug.substr(0, 40);
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug.empty() ? "run" : slug;
}

Recipe calibration_of(Recipe recipe) {
    std::erase_if(recipe.steps, [](const StepPlan& step) { return step.model->info.name != "fit"; });
    if (recipe.steps.empty())
        throw InputError("D0107", "the recipe " + recipe.file + " has no table [fit]",
                         "add [fit] with gauges and free, see 'damascene models show fit'");
    std::erase_if(recipe.expects, [&](const Expectation& expect) {
        return std::none_of(recipe.steps.begin(), recipe.steps.end(),
                            [&](const StepPlan& step) { return expect.value.starts_with(step.name + "."); });
    });
    return recipe;
}

Optics load_optics_file(const std::string& path) {
    Node node = read_recipe_text(read_text_file(path), path);
    if (!node.find("optics")) {
        Node outer;
        outer.span = node.span;
        outer.entries.push_back({"optics", node});
        node = outer;
    }
    spread_preset(node);
    Faults faults;
    const Node& table = *node.find("optics");
    const Resolved resolved = resolve(table, optics_table(), "[optics]", "optics", faults);
    check_optics(resolved, table, faults);
    if (faults.errors.empty()) check_source(resolved, table, faults);
    faults.throw_if_any();
    Inputs in;
    in.folder = folder_of(path);
    in.optics = &resolved;
    Optics optics = load_optics(in);
    if (optics.focus) throw InputError("D0405", "kernel files cannot be made into kernels", "give source and lens");
    if (!optics.blur.none())
        throw InputError("D0405", "kernels hold no vibration, flare or bandwidth",
                         "remove these keys from [optics]; they blur the images that the kernels give");
    return optics;
}

MaskRules load_rules(const std::string& path) {
    Node node = read_recipe_text(read_text_file(path), path);
    Faults faults;
    const Resolved rules = resolve(node, rules_table(), "the mask rules", "rules", faults);
    faults.throw_if_any();
    return mask_rules_of(rules.values, "");
}

}  // namespace damascene::flow
