#include "command.hpp"
#include "damascene/flow/sweep.hpp"

namespace damascene::cli {
namespace {

int run_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    if (session.args.has("--seed")) load.seed = static_cast<std::uint64_t>(session.args.whole("--seed", 1));
    return report_outcome(session, flow::run_file(session.args.text("RECIPE"), load, run_options(session)));
}

}  // namespace

extern const Command command_run;
const Command command_run = {"run",
                             "run the steps of a recipe, or the cases of its sweep; the last line is the report",
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
