#include <algorithm>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int list_models(const Session& session) {
    std::vector<std::string> items;
    for (const std::string& catalogue : flow::catalogues())
        for (const ModelInfo* model : flow::models_in(catalogue)) {
            items.push_back("{\"catalogue\":" + json_text(catalogue) + ",\"name\":" + json_text(model->name) +
                            ",\"summary\":" + json_text(model->summary) + "}");
            if (!session.json)
                print(catalogue + "  " + std::string(model->name) +
                      std::string(model->name.size() < 14 ? 14 - model->name.size() : 1, ' ') +
                      std::string(model->summary) + "\n");
        }
    if (session.json) print("[" + flow::join(items, ",") + "]\n");
    return 0;
}

int show_model(const Session& session) {
    const std::string name = session.args.text("NAME");
    std::vector<std::string> names;
    bool found = false;
    for (const std::string& catalogue : flow::catalogues())
        for (const ModelInfo* model : flow::models_in(catalogue)) {
            names.emplace_back(model->name);
            if (model->name != name) continue;
            found = true;
            print(session.json                     ? flow::model_schema(*model) + "\n"
                  : session.args.has("--markdown") ? flow::model_page(*model)
                                                   : flow::model_help(*model));
        }
    if (found) return 0;
    const std::string near = nearest_name(name, names);
    throw InputError("D0109", "no model is named '" + escape_text(name) + "'",
                     near.empty() ? "models: " + flow::join(names, ", ") : "did you mean '" + near + "'?");
}

std::string lower(std::string_view text) {
    std::string word(text);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return word;
}

int search_models(const Session& session) {
    const std::string word = lower(session.args.text("WORD"));
    for (const std::string& catalogue : flow::catalogues())
        for (const ModelInfo* model : flow::models_in(catalogue)) {
            const std::string name(model->name);
            if (lower(name + " " + std::string(model->summary)).find(word) != std::string::npos)
                print(catalogue + " " + name + ": " + std::string(model->summary) + "\n");
            for (const ParamSpec& spec : model->params)
                if (lower(std::string(spec.name) + " " + std::string(spec.doc)).find(word) != std::string::npos)
                    print(catalogue + " " + name + "." + std::string(spec.name) + ": " + std::string(spec.doc) + "\n");
        }
    return 0;
}

}  // namespace

extern const Command command_models_list, command_models_show, command_models_search;
const Command command_models_list = {"models list", "all models", "damascene models list", {}, list_models};
const Command command_models_show = {
    "models show",
    "parameter table, equation, citation of one model",
    "damascene models show ilt",
    {{"NAME", Flag::positional, "model", true}, {"--markdown", Flag::toggle, "as a documentation page"}},
    show_model};
const Command command_models_search = {"models search",
                                       "models and parameters that mention a word",
                                       "damascene models search dose",
                                       {{"WORD", Flag::positional, "word", true}},
                                       search_models};

}  // namespace damascene::cli
