#include "command.hpp"

namespace damascene::cli {
namespace {

int run_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    if (session.args.has("--seed")) load.seed = static_cast<std::uint64_t>(session.args.whole("--seed", 1));
    const flow::Recipe recipe = flow::load_recipe(session.args.text("RECIPE"), load);
    return report_outcome(session, flow::run(recipe, run_options(session)));
}

}  // namespace

extern const Command command_run;
const Command command_run = {"run",
                             "run the steps of a recipe; the last line is the report",
                             "damascene run recipe.toml --set step.opc.iterations=20",
                             {{"RECIPE", Flag::positional, "recipe (TOML or JSON)", true},
                              {"--set",
                               Flag::repeated,
                               "KEY=VALUE over the recipe, for example step.opc.iterations=20",
                               false,
                               {},
                               "",
                               "KEY=VALUE"},
                              {"--resume", Flag::toggle, "continue in an existing folder, reuse finished steps"}},
                             run_recipe};

}  // namespace damascene::cli
