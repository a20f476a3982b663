// The recipe tree: look-up, merging, settings from the command line.
#include "damascene/flow.hpp"
#include "flow/recipe_tree.hpp"
#include "flow/text.hpp"

namespace damascene::flow {

Where where(const Span& span) {
    Where place;
    if (!span.source) return place;
    place.file = span.source->file;
    place.line = span.line;
    place.column = span.column;
    place.length = span.length;
    if (span.line >= 1 && span.line <= static_cast<int>(span.source->lines.size()))
        place.text = span.source->lines[static_cast<std::size_t>(span.line - 1)];
    return place;
}

std::string origin_text(const Span& span) {
    if (!span.source) return "default";
    if (span.source->kind == "command line") return "--set";
    if (span.source->kind == "preset") return "preset " + span.source->file;
    return span.source->file + ":" + std::to_string(span.line);
}

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, child] : entries)
        if (name == key) return &child;
    return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(static_cast<const Node*>(this)->find(key)); }

namespace {

/// A model table of another kind replaces: its parameters are not those of the old one.
bool other_kind(const Node& a, const Node& b) {
    const Node *x = a.find("kind"), *y = b.find("kind");
    return y && (!x || x->text != y->text);
}

}  // namespace

void merge(Node& base, const Node& over) {
    for (const auto& [key, child] : over.entries) {
        Node* present = base.find(key);
        if (!present)
            base.entries.push_back({key, child});
        else if (present->kind == Node::Kind::table && child.kind == Node::Kind::table && !other_kind(*present, child))
            merge(*present, child);
        else
            *present = child;
    }
}

namespace {

[[noreturn]] void bad_key(const Span& span, const std::string& what, const std::string& label) {
    Faults faults;
    faults.error("D0104", what, span, label);
    faults.throw_if_any();
    std::abort();
}

/// The value of a setting: TOML if it is one ("0.2", "[1, 2]", "\"a\""), else the bare text ("90 nm").
Node setting_value(const std::string& value, const std::string& setting, int column) {
    Node parsed;
    try {
        parsed = read_toml("v = " + value, "--set", "command line");
    } catch (const InputError&) {
        parsed.entries.clear();
    }
    Node node;
    if (const Node* v = parsed.find("v"); v && parsed.entries.size() == 1)
        node = *v;
    else {
        node.kind = Node::Kind::text;
        node.text = value;
    }
    auto source = std::make_shared<Source>(Source{"--set", "command line", {setting}});
    const std::function<void(Node&)> place = [&](Node& n) {
        n.span = Span{source, 1, column, std::max(1, code_points(value))};
        n.key_span = Span{source, 1, 1, std::max(1, column - 2)};
        for (Node& item : n.items) place(item);
        for (auto& [key, child] : n.entries) place(child);
    };
    place(node);
    return node;
}

/// A step without a name is called like its model.
std::string name_of_step(const Node& step) {
    const Node *name = step.find("name"), *model = step.find("model");
    return name ? name->text : model ? model->text : "";
}

std::vector<std::string> step_names(const Node& steps) {
    std::vector<std::string> names;
    for (const Node& step : steps.items) names.push_back(name_of_step(step));
    return names;
}

Node* step_named(Node& steps, const std::string& name) {
    for (Node& step : steps.items)
        if (name_of_step(step) == name) return &step;
    return nullptr;
}

}  // namespace

void put_value(Node& recipe, const std::string& key, const Node& value, const Span& key_span) {
    const std::vector<std::string> keys = split(key, '.');
    int column = key_span.column;
    Node* at = &recipe;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
        Node* child = at->find(keys[i]);
        column += code_points(keys[i]) + 1;
        if (child && child->kind == Node::Kind::array && keys[i] == "step" && i + 2 < keys.size()) {
            Node* step = step_named(*child, keys[i + 1]);
            if (!step) {
                const std::string near = nearest_name(keys[i + 1], step_names(*child));
                bad_key({key_span.source, key_span.line, column, std::max(1, code_points(keys[i + 1]))},
                        "no step is named '" + keys[i + 1] + "'",
                        near.empty() ? "steps: " + join(step_names(*child), ", ") : "did you mean '" + near + "'?");
            }
            at = step;
            column += code_points(keys[++i]) + 1;
            continue;
        }
        if (!child) {
            Node table;
            table.span = table.key_span = key_span;
            at->entries.push_back({keys[i], table});
            child = &at->entries.back().second;
        }
        if (child->kind != Node::Kind::table)
            bad_key(key_span, "'" + keys[i] + "' is not a table", "a setting addresses one value");
        at = child;
    }
    if (at->kind != Node::Kind::table || keys.back().empty())
        bad_key(key_span, "a setting addresses one value", "for example step.opc.iterations");
    if (Node* present = at->find(keys.back()))
        *present = value;
    else
        at->entries.push_back({keys.back(), value});
}

void apply_setting(Node& recipe, const std::string& setting) {
    auto source = std::make_shared<Source>(Source{"--set", "command line", {setting}});
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
        bad_key({source, 1, 1, std::max(1, code_points(setting))}, "a setting is KEY=VALUE",
                "for example step.opc.iterations=20");
    const std::string key = setting.substr(0, equals);
    const Span key_span{source, 1, 1, std::max(1, code_points(key))};
    put_value(recipe, key, setting_value(setting.substr(equals + 1), setting, code_points(key) + 2), key_span);
}

std::string to_toml_value(const Node& node) {
    std::vector<std::string> parts;
    switch (node.kind) {
        case Node::Kind::text: return json_quote(node.text);
        case Node::Kind::integer: return std::to_string(node.integer);
        case Node::Kind::real: return shortest(node.real);
        case Node::Kind::boolean: return node.boolean ? "true" : "false";
        case Node::Kind::array:
            for (const Node& item : node.items) parts.push_back(to_toml_value(item));
            return "[" + join(parts, ", ") + "]";
        case Node::Kind::table:
            for (const auto& [key, child] : node.entries) parts.push_back(key + " = " + to_toml_value(child));
            return "{ " + join(parts, ", ") + " }";
    }
    return {};
}

}  // namespace damascene::flow
