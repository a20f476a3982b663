#include "command.hpp"
#include "damascene/flow/sweep.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int check_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    const std::string file = session.args.text("RECIPE");
    const auto sweep = flow::load_sweep(file, load);
    const flow::Recipe recipe = sweep ? sweep->base : flow::load_recipe(file, load);
    std::vector<Diagnostic> warnings = recipe.warnings;
    for (Diagnostic& d : flow::missing_files(recipe)) warnings.push_back(std::move(d));
    const std::string hash = sweep ? sweep->hash() : recipe.hash();
    for (const Diagnostic& d : warnings) note(flow::render_diagnostic(d, "warning"));
    if (session.json) {
        print(session.args.has("--resolved")
                  ? recipe.resolved_json()
                  : "{\"recipe\":" + json_text(recipe.file) + ",\"hash\":" + json_text(hash) +
                        ",\"steps\":" + std::to_string(recipe.steps.size()) +
                        (sweep ? ",\"cases\":" + std::to_string(sweep->cases.size()) : "") +
                        ",\"warnings\":" + flow::diagnostics_json(warnings) + "}\n");
    } else if (session.args.has("--resolved")) {
        std::size_t width = 0, wide = 0;
        for (const auto& e : recipe.entries)
            width = std::max(width, e.path.size()), wide = std::max(wide, std::min<std::size_t>(e.value.size(), 44));
        for (const auto& e : recipe.entries)
            print(e.path + std::string(width - e.path.size() + 2, ' ') + escape_text(e.value) +
                  std::string(wide > e.value.size() ? wide - e.value.size() + 2 : 2, ' ') + e.origin + "\n");
    } else {
        print(recipe.file + ": " + std::to_string(recipe.steps.size()) + " steps" +
              (sweep ? ", " + std::to_string(sweep->cases.size()) + " cases (" + sweep->method + ")" : "") + ", hash " +
              hash.substr(0, 8) + "\n");
    }
    return session.args.has("--strict") && !warnings.empty() ? 1 : 0;
}

}  // namespace

extern const Command command_check;
const Command command_check = {"check",
                               "parse, resolve and type-check a recipe without running it",
                               "damascene check recipe.toml --resolved",
                               {{"RECIPE", Flag::positional, "recipe (TOML or JSON)", true},
                                {"--set", Flag::repeated, "KEY=VALUE over the recipe", false, {}, "", "KEY=VALUE"},
                                {"--resolved", Flag::toggle, "every value with unit and origin"}},
                               check_recipe};

}  // namespace damascene::cli
