#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int fit_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    if (session.args.has("--seed")) load.seed = static_cast<std::uint64_t>(session.args.whole("--seed", 1));
    const flow::Recipe recipe = flow::calibration_of(flow::load_recipe(session.args.text("RECIPE"), load));
    const flow::RunOutcome outcome = flow::run(recipe, run_options(session));
    if (session.json || outcome.report.empty()) return report_outcome(session, outcome);
    for (const std::string& text : outcome.failures) note("not met: " + escape_text(text) + "\n");
    for (const flow::StepPlan& step : recipe.steps)
        print(flow::read_text_file(flow::join_path(outcome.folder, step.name + "/summary.txt")));
    print(outcome.report + "\n");
    return outcome.exit;
}

}  // namespace

extern const Command command_fit;
const Command command_fit = {
    "fit",
    "calibrate the parameters of a recipe's [fit] table to measured sizes",
    "damascene fit calibrate.toml -o results/fit",
    {{"RECIPE", Flag::positional, "recipe with a table [fit] (TOML or JSON)", true},
     {"--set", Flag::repeated, "KEY=VALUE over the recipe, for example fit.starts=4", false, {}, "", "KEY=VALUE"},
     {"--resume", Flag::toggle, "continue in an existing folder, reuse a finished fit"}},
    fit_recipe};

}  // namespace damascene::cli
