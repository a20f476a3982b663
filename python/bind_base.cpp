// Threads, versions, quantities, the tables of models.
#include "native.hpp"

namespace damascene::python {
namespace {

nb::dict row_of(const ParamSpec& spec) {
    static const char* const kinds[] = {"real", "integer",   "boolean",   "choice",     "text",
                                        "path", "real_list", "text_list", "text_table", "model"};
    nb::dict row;
    row["name"] = spec.name;
    row["kind"] = kinds[static_cast<int>(spec.kind)];
    row["unit"] = spec.unit;
    row["default"] = spec.default_text;
    row["allowed"] = flow::allowed_text(spec);
    row["low"] = spec.low;
    row["high"] = spec.high;
    row["choices"] = std::vector<std::string>(spec.choices.begin(), spec.choices.end());
    row["doc"] = spec.doc;
    row["citation"] = spec.citation;
    row["optional"] = spec.optional;
    return row;
}

nb::dict card_of(const ModelInfo& model) {
    nb::dict card;
    card["catalogue"] = model.catalogue;
    card["name"] = model.name;
    card["summary"] = model.summary;
    card["equation"] = model.equation;
    card["citation"] = model.citation;
    nb::list rows;
    for (const ParamSpec& spec : model.params) rows.append(row_of(spec));
    card["params"] = rows;
    return card;
}

nb::list model_cards() {
    nb::list cards;
    for (const std::string& catalogue : flow::catalogues())
        for (const ModelInfo* model : flow::models_in(catalogue)) cards.append(card_of(*model));
    return cards;
}

}  // namespace

void bind_base(nb::module_& m) {
    m.def("version", &flow::version_text, "Version of the library.");
    m.def("build_id", &flow::build_id, "Names the build whose stored results may be reused.");
    m.def("set_thread_count", &set_thread_count, "threads"_a, "Threads of this process; results do not depend on it.");
    m.def("thread_count", &thread_count, "Threads of this process.");
    m.def("to_si", &to_si, "value"_a, "unit"_a, "A number of a unit in SI, rounded once.");
    m.def(
        "unit_dimension",
        [](std::string_view unit) {
            const Dimension d = parse_unit(unit).dimension;
            return std::array<int, 7>{d.length, d.mass, d.time, d.current, d.temperature, d.amount, d.angle};
        },
        "unit"_a, "Exponents of m, kg, s, A, K, mol, rad; ValueError for an unknown unit.");
    m.def("explain", &flow::explain, "word"_a, "Meaning of an error code, recipe key, model or metric; '' if unknown.");
    m.def("model_cards", &model_cards, nb::sig("def model_cards() -> list[dict[str, typing.Any]]"),
          "Every model with its parameter table.");
    m.def("recipe_schema", &flow::recipe_schema, "JSON schema of a whole recipe.");
    m.def(
        "presets",
        [] {
            std::map<std::string, std::string> list;
            for (const flow::Preset& preset : flow::presets()) list[preset.name] = preset.toml;
            return list;
        },
        "Named scanner classes as recipe text.");
}

}  // namespace damascene::python
