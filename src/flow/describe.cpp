// Everything derived from parameter tables: JSON schema, terminal help, documentation pages.
#include <cmath>
#include <functional>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

/// One level of the dotted names: groups hold groups, leaves hold a row.
struct Tree {
    std::string name;
    const ParamSpec* spec = nullptr;
    std::vector<Tree> children;
};

Tree tree_of(const ModelInfo& model) {
    Tree root;
    for (const ParamSpec& spec : model.params) {
        Tree* at = &root;
        for (const std::string& part : split(std::string(spec.name), '.')) {
            Tree* next = nullptr;
            for (Tree& child : at->children)
                if (child.name == part) next = &child;
            if (!next) next = &at->children.emplace_back(Tree{part, nullptr, {}});
            at = next;
        }
        at->spec = &spec;
    }
    return root;
}

bool dimensioned(const ParamSpec& spec) {
    return !spec.unit.empty() && !(parse_unit(spec.unit).dimension == Dimension{});
}

/// A number with a unit; draft 4 knows patterns, not dimensions.
const char* const quantity_pattern = "\"pattern\": \"^[+-]?[0-9]*\\\\.?[0-9]+([eE][+-]?[0-9]+)? ?[^ 0-9].*$\"";

std::string number_schema(const ParamSpec& spec) {
    if (dimensioned(spec)) return std::string("\"type\": \"string\", ") + quantity_pattern;
    std::string bounds;
    const double scale = spec.unit.empty() ? 1 : to_si(1, spec.unit);
    if (std::isfinite(spec.low))
        bounds +=
            ", \"minimum\": " + shortest(spec.low * scale) + (spec.low_open ? ", \"exclusiveMinimum\": true" : "");
    if (std::isfinite(spec.high))
        bounds +=
            ", \"maximum\": " + shortest(spec.high * scale) + (spec.high_open ? ", \"exclusiveMaximum\": true" : "");
    return "\"anyOf\": [{\"type\": \"number\"" + bounds + "}, {\"type\": \"string\", " + quantity_pattern + "}]";
}

std::string bounds_of_integer(const ParamSpec& spec) {
    std::string text;
    if (std::isfinite(spec.low)) text += ", \"minimum\": " + shortest(spec.low);
    if (std::isfinite(spec.high)) text += ", \"maximum\": " + shortest(spec.high);
    return text;
}

std::string leaf_schema(const ParamSpec& spec) {
    std::vector<std::string> choices;
    for (const std::string_view choice : spec.choices) choices.push_back(json_quote(choice));
    const std::string count = spec.count > 0 ? ", \"minItems\": " + std::to_string(spec.count) +
                                                   ", \"maxItems\": " + std::to_string(spec.count)
                                             : "";
    switch (spec.kind) {
        case ParamKind::real: return number_schema(spec);
        case ParamKind::integer: return "\"type\": \"integer\"" + bounds_of_integer(spec);
        case ParamKind::boolean: return "\"type\": \"boolean\"";
        case ParamKind::choice: return "\"enum\": [" + join(choices, ", ") + "]";
        case ParamKind::text:
        case ParamKind::path: return "\"type\": \"string\", \"minLength\": 1";
        case ParamKind::real_list: {
            const std::string list = "\"type\": \"array\", \"items\": {" + number_schema(spec) + "}" + count;
            if (spec.count > 1) return list;
            const std::string range = spec.count > 0 ? "" : ", {\"type\": \"string\", \"pattern\": \"[.][.].*,\"}";
            return "\"anyOf\": [{" + list + "}, {" + number_schema(spec) + "}" + range + "]";
        }
        case ParamKind::text_list: return "\"type\": \"array\", \"items\": {\"type\": \"string\"}" + count;
        case ParamKind::text_table: return "\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}";
        case ParamKind::model: {
            std::vector<std::string> kinds;
            for (const ModelInfo* model : models_in(std::string(spec.choices.front())))
                kinds.push_back(json_quote(model->name));
            return "\"type\": \"object\", \"required\": [\"kind\"], \"properties\": {\"kind\": {\"enum\": [" +
                   join(kinds, ", ") + "]}}";
        }
    }
    return {};
}

bool required(const ParamSpec& spec) { return spec.default_text.empty() && !spec.optional; }

std::string object_schema(const Tree& tree, const std::vector<std::string>& extra_properties,
                          std::vector<std::string> required_keys) {
    std::vector<std::string> properties = extra_properties;
    for (const Tree& child : tree.children) {
        const std::string& name = child.name;
        if (child.spec) {
            properties.push_back(json_quote(name) + ": {" + leaf_schema(*child.spec) +
                                 ", \"description\": " + json_quote(child.spec->doc) + "}");
            if (required(*child.spec)) required_keys.push_back(name);
        } else
            properties.push_back(json_quote(name) + ": " + object_schema(child, {}, {}));
    }
    for (std::string& key : required_keys) key = json_quote(key);
    return "{\"type\": \"object\", \"additionalProperties\": false, " +
           (required_keys.empty() ? std::string() : "\"required\": [" + join(required_keys, ", ") + "], ") +
           "\"properties\": {" + join(properties, ", ") + "}}";
}

std::string default_text(const ParamSpec& spec) {
    return !spec.default_text.empty() ? std::string(spec.default_text) : spec.optional ? "(absent)" : "(required)";
}

std::string with_citation(const ParamSpec& spec) {
    return std::string(spec.doc) + (spec.citation.empty() ? "" : " [" + std::string(spec.citation) + "]");
}

}  // namespace

std::string model_schema(const ModelInfo& model) { return object_schema(tree_of(model), {}, {}); }

std::string recipe_schema() {
    std::vector<std::string> steps;
    for (const StepModel* model : step_models())
        steps.push_back(object_schema(
            tree_of(model->info),
            {"\"name\": {\"type\": \"string\"}", "\"model\": {\"enum\": [" + json_quote(model->info.name) + "]}",
             "\"from\": {\"type\": \"string\"}"},
            {"model"}));
    const std::string either = "{\"anyOf\": [{\"type\": \"number\"}, {\"type\": \"string\"}]}";
    const std::string expect =
        "{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"value\"], \"properties\": "
        "{\"value\": {\"type\": \"string\"}, \"min\": " +
        either + ", \"max\": " + either + ", \"equals\": " + either + ", \"tolerance\": " + either + "}}";
    // A preset supplies what the table leaves out, so only unknown keys and forms are refused here.
    return "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\": \"damascene recipe\",\n  "
           "\"type\": \"object\",\n  \"additionalProperties\": false,\n  \"required\": [\"damascene\", \"step\"],\n  "
           "\"properties\": {\n"
           "    \"damascene\": {\"enum\": [\"1\", \"1.0\"]},\n    \"title\": {\"type\": \"string\"},\n    \"seed\": "
           "{\"type\": \"integer\", \"minimum\": 0},\n    \"extends\": {\"type\": \"array\", \"items\": {\"type\": "
           "\"string\"}},\n    \"expect\": {\"type\": \"array\", \"items\": " +
           expect + "},\n    \"layout\": " + model_schema(layout_table()) +
           ",\n    \"optics\": " + model_schema(optics_table()) +
           ",\n    \"structure\": " + model_schema(structure_table()) +
           ",\n    \"step\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": [\n      " +
           join(steps, ",\n      ") + "\n    ]}}\n  }\n}\n";
}

std::string model_help(const ModelInfo& model) {
    std::string text =
        std::string(model.name) + " (" + std::string(model.catalogue) + "): " + std::string(model.summary) + "\n";
    if (!model.equation.empty()) text += "\n    " + std::string(model.equation) + "\n";
    if (!model.citation.empty()) text += "    [" + std::string(model.citation) + "]\n";
    text += "\n";
    std::size_t width = 0;
    for (const ParamSpec& spec : model.params) width = std::max(width, spec.name.size());
    for (const ParamSpec& spec : model.params) {
        text +=
            "  " + std::string(spec.name) + std::string(width - spec.name.size() + 2, ' ') + default_text(spec) + "\n";
        text += std::string(width + 4, ' ') + with_citation(spec) + "\n" + std::string(width + 4, ' ') +
                allowed_text(spec) + "\n";
    }
    return text;
}

std::string model_page(const ModelInfo& model) {
    std::string text = "# " + std::string(model.name) + "\n\n" + std::string(model.summary) + "\n\n";
    if (!model.equation.empty()) text += "```\n" + std::string(model.equation) + "\n```\n\n";
    if (!model.citation.empty()) text += "Reference: [" + std::string(model.citation) + "]\n\n";
    text += "| parameter | unit | default | allowed | meaning | evidence |\n|---|---|---|---|---|---|\n";
    for (const ParamSpec& spec : model.params)
        text += "| `" + std::string(spec.name) + "` | " + std::string(spec.unit) + " | `" + default_text(spec) +
                "` | " + allowed_text(spec) + " | " + with_citation(spec) + " | " + std::string(spec.label) + " |\n";
    return text;
}

}  // namespace damascene::flow
