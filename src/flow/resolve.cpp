// A table of a recipe against the parameter table of its model: names, kinds, units, ranges. Every fault is located.
#include <algorithm>
#include <cmath>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

bool pure(const ParamSpec& spec) { return spec.unit.empty(); }
Dimension dimension_of(const ParamSpec& spec) { return pure(spec) ? Dimension{} : parse_unit(spec.unit).dimension; }

/// What the value is called: a dimension, or for pure numbers the first word of the doc line if it names a kind.
std::string noun_of(const ParamSpec& spec) {
    if (!pure(spec) && !(dimension_of(spec) == Dimension{})) return dimension_name(dimension_of(spec));
    for (const std::string_view kind : {"probability", "fraction", "ratio"})
        if (spec.doc.starts_with(kind)) return "a " + std::string(kind);
    return "a pure number";
}

/// A bound in its display unit; lengths move to the prefix that reads best: 100000 nm -> 100 um.
std::string bound_text(double bound, std::string_view unit) {
    if (unit.empty() || !std::isfinite(bound)) return shortest(bound);
    if (unit == "nm" || unit == "um") {
        const double in_nm = unit == "um" ? bound * 1e3 : bound;
        if (std::abs(in_nm) >= 1e6) return rounded(in_nm * 1e-6, 12) + " mm";
        if (std::abs(in_nm) >= 1e3) return rounded(in_nm * 1e-3, 12) + " um";
        return rounded(in_nm, 12) + " nm";
    }
    return shortest(bound) + " " + std::string(unit);
}

std::string range_text(const ParamSpec& spec) {
    const bool low = std::isfinite(spec.low), high = std::isfinite(spec.high);
    const auto text = [&](double bound) { return bound_text(bound, spec.unit); };
    if (low && high && !spec.low_open && !spec.high_open && !pure(spec))
        return "; allowed " + text(spec.low) + " .. " + text(spec.high);
    std::vector<std::string> parts;
    if (low) parts.push_back((spec.low_open ? "greater than " : "at least ") + text(spec.low));
    if (high) parts.push_back((spec.high_open ? "less than " : "at most ") + text(spec.high));
    return parts.empty() ? "" : ": " + join(parts, ", ");
}

std::string usual_text(const ParamSpec& spec) {
    const std::string low = bound_text(spec.warn_low, spec.unit), high = bound_text(spec.warn_high, spec.unit);
    if (!std::isfinite(spec.warn_high)) return "at least " + low;
    return std::isfinite(spec.warn_low) ? low + " .. " + high : "at most " + high;
}

std::string choices_text(const ParamSpec& spec) {
    std::vector<std::string> names;
    for (const std::string_view choice : spec.choices) names.push_back('"' + std::string(choice) + '"');
    return "one of " + join(names, ", ");
}

class Resolver {
  public:
    Resolver(const ModelInfo& model, const std::string& context, const std::string& path, Faults& faults, Resolved& out)
        : model_(model), context_(context), path_(path), faults_(faults), out_(out) {}

    void table(const Node& node, const std::string& prefix, const std::vector<std::string>& reserved) {
        for (const auto& [key, child] : node.entries) {
            if (prefix.empty() && std::find(reserved.begin(), reserved.end(), key) != reserved.end()) continue;
            const std::string name = prefix + key;
            if (const ParamSpec* spec = find(name))
                value(*spec, child);
            else if (is_group(name)) {
                if (child.kind == Node::Kind::table)
                    table(child, name + ".", {});
                else
                    faults_.error("D0105", "'" + name + "' is a table", child.span,
                                  "keys: " + join(keys_under(name + "."), ", "));
            } else
                unknown(name, key, prefix, child, reserved);
        }
    }

    void defaults(const Node& node) {
        for (const ParamSpec& spec : model_.params) {
            const std::string name(spec.name);
            if (out_.given(name)) continue;
            if (!spec.default_text.empty())
                take_default(spec, name);
            else if (!spec.optional)
                faults_.error("D0107", "missing key '" + name + "' in " + context_, node.span, allowed_text(spec),
                              example(spec));
        }
    }

  private:
    const ParamSpec* find(const std::string& name) const {
        for (const ParamSpec& spec : model_.params)
            if (spec.name == name) return &spec;
        return nullptr;
    }
    bool is_group(const std::string& name) const {
        return std::any_of(model_.params.begin(), model_.params.end(),
                           [&](const ParamSpec& s) { return s.name.starts_with(name + "."); });
    }
    std::vector<std::string> keys_under(const std::string& prefix) const {
        std::vector<std::string> keys;
        for (const ParamSpec& spec : model_.params)
            if (spec.name.starts_with(prefix)) {
                const std::string rest(spec.name.substr(prefix.size()));
                const std::string key = rest.substr(0, rest.find('.'));
                if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
            }
        return keys;
    }

    static std::string example(const ParamSpec& spec) {
        const std::string key(
            spec.name.substr(spec.name.rfind('.') == std::string_view::npos ? 0 : spec.name.rfind('.') + 1));
        switch (spec.kind) {
            case ParamKind::choice: return "write " + key + " = \"" + std::string(spec.choices.front()) + "\"";
            case ParamKind::path: return "write " + key + " = \"FILE\"";
            case ParamKind::real:
                return pure(spec) ? ""
                                  : "write " + key + " = \"" +
                                        bound_text(std::isfinite(spec.low) && spec.low > 0 ? spec.low : 1, spec.unit) +
                                        "\", with your value";
            default: return "";
        }
    }

    void unknown(const std::string& name, const std::string& key, const std::string& prefix, const Node& child,
                 const std::vector<std::string>& reserved) {
        std::vector<std::string> keys = keys_under(prefix);
        if (prefix.empty()) keys.insert(keys.end(), reserved.begin(), reserved.end());
        const std::string near = nearest_name(key, keys);
        faults_.error("D0102", "unknown key '" + name + "' in " + context_, child.key_span,
                      near.empty() ? "allowed: " + join(keys, ", ") : "did you mean '" + near + "'?");
    }

    void wrong_kind(const ParamSpec& spec, const Node& node, const std::string& wanted) {
        faults_.error("D0105", "'" + std::string(spec.name) + "' has the wrong kind", node.span, wanted);
    }

    void given(const ParamSpec& spec, const Node& node, ParamValue value, const std::string& text) {
        out_.values.set(std::string(spec.name), std::move(value));
        entry(spec, text, origin_text(node.span));
        out_.entries.back().span = node.span;
    }
    void entry(const ParamSpec& spec, const std::string& text, const std::string& origin) {
        out_.entries.push_back({path_ + "." + std::string(spec.name), text, std::string(spec.unit), origin,
                                std::string(spec.label), std::string(spec.citation), spec.kind == ParamKind::path});
    }

    void value(const ParamSpec& spec, const Node& node) {
        out_.spans[std::string(spec.name)] = node.span;
        switch (spec.kind) {
            case ParamKind::real: real(spec, node); break;
            case ParamKind::integer: integer(spec, node); break;
            case ParamKind::boolean: boolean(spec, node); break;
            case ParamKind::choice: choice(spec, node); break;
            case ParamKind::text:
            case ParamKind::path: text(spec, node); break;
            case ParamKind::real_list: real_list(spec, node); break;
            case ParamKind::text_list: text_list(spec, node); break;
            case ParamKind::text_table: text_table(spec, node); break;
            case ParamKind::model: model(spec, node); break;
        }
    }

    /// SI value of one number, or nothing after a fault.
    std::optional<double> number(const ParamSpec& spec, const Node& node) {
        const std::string name(spec.name), key = name.substr(name.rfind('.') + 1);
        double si = 0;
        if (node.kind == Node::Kind::integer || node.kind == Node::Kind::real) {
            const double bare = node.kind == Node::Kind::integer ? static_cast<double>(node.integer) : node.real;
            if (!pure(spec) && !(dimension_of(spec) == Dimension{})) {
                faults_.error("D0201", "'" + name + "' needs a unit", node.span, allowed_text(spec),
                              "write " + key + " = \"" + shortest(bare) + " " + std::string(spec.unit) + "\"");
                return {};
            }
            si = bare;
        } else if (node.kind == Node::Kind::text) {
            const QuantityParse parsed = parse_quantity(node.text);
            if (!parsed.value) {
                faults_.error("D0202", "'" + name + "' is not a quantity: " + parsed.error, node.span,
                              allowed_text(spec), parsed.help);
                return {};
            }
            si = parsed.value->si;
            if (!parsed.value->has_unit && !(dimension_of(spec) == Dimension{})) {
                faults_.error("D0201", "'" + name + "' needs a unit", node.span, allowed_text(spec),
                              "write " + key + " = \"" + node.text + " " + std::string(spec.unit) + "\"");
                return {};
            }
            if (!(parsed.value->dimension == dimension_of(spec))) {
                wrong_dimension(spec, node, *parsed.value);
                return {};
            }
        } else {
            wrong_kind(spec, node, allowed_text(spec));
            return {};
        }
        if (!in_range(spec, node, si)) return {};
        return si;
    }

    void wrong_dimension(const ParamSpec& spec, const Node& node, const ParsedQuantity& parsed) {
        const std::string name(spec.name), wanted = dimension_name(dimension_of(spec)),
                                           digits = node.text.substr(0, node.text.size() - parsed.unit.size());
        const std::string help = pure(spec) ? "write the number alone, or in %"
                                            : "did you mean \"" + digits + std::string(spec.unit) + "\"?";
        faults_.error("D0203", "wrong dimension for '" + name + "'", node.span,
                      "this is " + dimension_name(parsed.dimension) + ", '" + name + "' is " +
                          (pure(spec) ? noun_of(spec) : wanted),
                      help);
    }

    bool in_range(const ParamSpec& spec, const Node& node, double si) {
        const auto in_si = [&](double bound) {
            return !std::isfinite(bound) || pure(spec) ? bound : to_si(bound, spec.unit);
        };
        const double low = in_si(spec.low), high = in_si(spec.high);
        if (!std::isfinite(si) || si < low || si > high || (spec.low_open && si == low) ||
            (spec.high_open && si == high)) {
            faults_.error("D0204", "'" + std::string(spec.name) + "' is out of range", node.span, allowed_text(spec));
            return false;
        }
        if (si < in_si(spec.warn_low) || si > in_si(spec.warn_high))
            faults_.warnings.push_back(
                {"D0210",
                 "'" + std::string(spec.name) + "' lies outside the range this model was made for",
                 where(node.span),
                 "usual: " + usual_text(spec),
                 {},
                 {}});
        return true;
    }

    std::string shown(const ParamSpec& spec, double si) const {
        return pure(spec) ? shortest(si) : format_quantity(si, spec.unit);
    }

    void real(const ParamSpec& spec, const Node& node) {
        if (const auto si = number(spec, node)) given(spec, node, *si, shown(spec, *si));
    }
    void integer(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::integer) return wrong_kind(spec, node, "a whole number" + range_text(spec));
        if (in_range(spec, node, static_cast<double>(node.integer)))
            given(spec, node, node.integer, std::to_string(node.integer));
    }
    void boolean(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::boolean) return wrong_kind(spec, node, "true or false");
        given(spec, node, node.boolean, node.boolean ? "true" : "false");
    }
    void choice(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::text) return wrong_kind(spec, node, choices_text(spec));
        if (std::find(spec.choices.begin(), spec.choices.end(), node.text) != spec.choices.end())
            return given(spec, node, node.text, node.text);
        const std::string near = nearest_name(node.text, {spec.choices.begin(), spec.choices.end()});
        faults_.error("D0106", "'" + std::string(spec.name) + "' does not know \"" + node.text + "\"", node.span,
                      choices_text(spec), near.empty() ? "" : "did you mean \"" + near + "\"?");
    }
    void text(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::text)
            return wrong_kind(spec, node, spec.kind == ParamKind::path ? "a file name in quotes" : "a text in quotes");
        if (node.text.empty())
            return (void)faults_.error("D0105", "'" + std::string(spec.name) + "' is empty", node.span, "a text");
        given(spec, node, node.text, node.text);
    }
    bool counted(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::array) {
            wrong_kind(spec, node, "a list in [ ] of " + noun_of(spec).substr(2) + " values");
            return false;
        }
        const bool right = spec.count > 0 ? static_cast<int>(node.items.size()) == spec.count : !node.items.empty();
        if (!right)
            faults_.error("D0105",
                          "'" + std::string(spec.name) + "' has " + std::to_string(node.items.size()) + " values",
                          node.span, spec.count > 0 ? std::to_string(spec.count) + " values" : "at least one value");
        return right;
    }
    void real_list(const ParamSpec& spec, const Node& node) {
        if (node.kind == Node::Kind::text && spec.count == 0 && node.text.find("..") != std::string::npos)
            return real_range(spec, node);
        const bool one = node.kind != Node::Kind::array && node.kind != Node::Kind::table && spec.count <= 1;
        if (!one && !counted(spec, node)) return;
        std::vector<double> list;
        std::vector<std::string> texts;
        for (const Node& item : one ? std::vector<Node>{node} : node.items)
            if (const auto si = number(spec, item)) {
                list.push_back(*si);
                texts.push_back(shown(spec, *si));
            }
        if (list.size() == (one ? 1 : node.items.size())) given(spec, node, list, "[" + join(texts, ", ") + "]");
    }
    /// "LOW .. HIGH, COUNT": equal steps, both ends included, rounded to 13 digits.
    void real_range(const ParamSpec& spec, const Node& node) {
        const std::size_t dots = node.text.find(".."), comma = node.text.rfind(',');
        const auto part = [&](std::size_t begin, std::size_t end) {
            Node n = node;
            const std::size_t first = node.text.find_first_not_of(' ', begin);
            n.text = first == std::string::npos || first >= end ? "" : node.text.substr(first, end - first);
            n.text.erase(n.text.find_last_not_of(' ') + 1);
            return n;
        };
        long count = 0;
        if (comma != std::string::npos && comma > dots) count = std::strtol(node.text.c_str() + comma + 1, nullptr, 10);
        if (count < 2 || count > 10000)
            return (void)faults_.error("D0105", "'" + std::string(spec.name) + "' is no range", node.span,
                                       "\"LOW .. HIGH, COUNT\" with 2 to 10000 equal steps",
                                       "for example \"-80 nm .. 80 nm, 9\"");
        const auto low = number(spec, part(0, dots)), high = number(spec, part(dots + 2, comma));
        if (!low || !high) return;
        std::vector<double> list;
        std::vector<std::string> texts;
        for (long i = 0; i < count; ++i) {
            const double si = *low + (*high - *low) * static_cast<double>(i) / static_cast<double>(count - 1);
            list.push_back(std::strtod(rounded(si, 13).c_str(), nullptr));
            texts.push_back(shown(spec, list.back()));
        }
        given(spec, node, list, "[" + join(texts, ", ") + "]");
    }
    void text_list(const ParamSpec& spec, const Node& node) {
        if (!counted(spec, node)) return;
        std::vector<std::string> list;
        for (const Node& item : node.items) {
            if (item.kind != Node::Kind::text) return wrong_kind(spec, item, "a text in quotes");
            list.push_back(item.text);
        }
        given(spec, node, list, "[" + join(list, ", ") + "]");
    }
    void text_table(const ParamSpec& spec, const Node& node) {
        if (node.kind != Node::Kind::table || node.entries.empty())
            return wrong_kind(spec, node, "a table such as { name = \"text\" }");
        std::map<std::string, std::string> table;
        std::vector<std::string> texts;
        for (const auto& [key, child] : node.entries) {
            if (child.kind != Node::Kind::text) return wrong_kind(spec, child, "a text in quotes");
            table[key] = child.text;
            out_.spans[std::string(spec.name) + "." + key] = child.span;
        }
        for (const auto& [key, text] : table) texts.push_back(key + "=" + text);
        given(spec, node, table, "{" + join(texts, ", ") + "}");
    }
    void model(const ParamSpec& spec, const Node& node) {
        const std::string catalogue(spec.choices.front()), name(spec.name);
        std::vector<std::string> names;
        for (const ModelInfo* info : models_in(catalogue)) names.emplace_back(info->name);
        const Node* kind = node.kind == Node::Kind::table ? node.find("kind") : nullptr;
        if (!kind || kind->kind != Node::Kind::text)
            return (void)faults_.error("D0107", "'" + name + "' needs a kind", node.span,
                                       "a table with kind = one of " + join(names, ", "));
        for (const ModelInfo* info : models_in(catalogue)) {
            if (info->name != kind->text) continue;
            Resolved inner =
                resolve(node, *info, name + " (" + std::string(info->catalogue) + " " + std::string(info->name) + ")",
                        path_ + "." + name, faults_, {"kind"});
            out_.values.set_model(name, kind->text, inner.values);
            out_.entries.push_back({path_ + "." + name + ".kind", kind->text, "", origin_text(kind->span), "user",
                                    std::string(info->citation), false});
            out_.entries.insert(out_.entries.end(), inner.entries.begin(), inner.entries.end());
            for (const auto& [key, span] : inner.spans) out_.spans[name + "." + key] = span;
            return;
        }
        const std::string near = nearest_name(kind->text, names);
        faults_.error("D0106", "unknown " + catalogue + " kind \"" + kind->text + "\"", kind->span,
                      "one of " + join(names, ", "), near.empty() ? "" : "did you mean \"" + near + "\"?");
    }

    void take_default(const ParamSpec& spec, const std::string& name) {
        if (spec.kind == ParamKind::model) {
            const Node table = read_toml("v = " + std::string(spec.default_text), "default", "preset");
            model(spec, *table.find("v"));
            return;
        }
        ModelInfo single = model_;
        single.params = {spec};
        const ParamValues values = default_values(single);
        out_.values.set(name, values.all().begin()->second);
        entry(spec, default_shown(spec, values.all().begin()->second), "default");
    }
    std::string default_shown(const ParamSpec& spec, const ParamValue& value) const {
        if (const double* si = std::get_if<double>(&value)) return shown(spec, *si);
        if (const auto* list = std::get_if<std::vector<double>>(&value)) {
            std::vector<std::string> texts;
            for (const double si : *list) texts.push_back(shown(spec, si));
            return "[" + join(texts, ", ") + "]";
        }
        if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return "[" + join(*list, ", ") + "]";
        if (const auto* text = std::get_if<std::string>(&value)) return *text;
        return std::string(spec.default_text);
    }

    const ModelInfo& model_;
    const std::string& context_;
    const std::string& path_;
    Faults& faults_;
    Resolved& out_;
};

}  // namespace

std::string allowed_text(const ParamSpec& spec) {
    switch (spec.kind) {
        case ParamKind::real: return noun_of(spec) + range_text(spec);
        case ParamKind::integer: return "a whole number" + range_text(spec);
        case ParamKind::boolean: return "true or false";
        case ParamKind::choice: return choices_text(spec);
        case ParamKind::text: return "a text";
        case ParamKind::path: return "a file path";
        case ParamKind::real_list: return "a list of " + noun_of(spec).substr(2) + " values" + range_text(spec);
        case ParamKind::text_list: return "a list of texts";
        case ParamKind::text_table: return "a table of texts";
        case ParamKind::model:
            return "a table with a kind of the catalogue '" + std::string(spec.choices.front()) + "'";
    }
    return {};
}

Resolved resolve(const Node& table, const ModelInfo& model, const std::string& context, const std::string& path,
                 Faults& faults, const std::vector<std::string>& reserved_keys) {
    Resolved out;
    Resolver resolver(model, context, path, faults, out);
    resolver.table(table, "", reserved_keys);
    resolver.defaults(table);
    std::sort(out.entries.begin(), out.entries.end(),
              [](const ResolvedEntry& a, const ResolvedEntry& b) { return a.path < b.path; });
    return out;
}

}  // namespace damascene::flow
