#include <algorithm>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

/// The calibration of a recipe alone: its other steps and their limits are left out.
flow::Recipe calibration_of(flow::Recipe recipe) {
    const auto other = [](const flow::StepPlan& step) { return step.model->info.name != "fit"; };
    const std::vector<flow::StepPlan> all = recipe.steps;
    std::erase_if(recipe.steps, other);
    if (recipe.steps.empty())
        throw InputError("D0107", "the recipe " + recipe.file + " has no table [fit]",
                         "add [fit] with gauges and free, see 'damascene models show fit'");
    std::erase_if(recipe.expects, [&](const flow::Expectation& expect) {
        return std::none_of(recipe.steps.begin(), recipe.steps.end(),
                            [&](const flow::StepPlan& step) { return expect.value.starts_with(step.name + "."); });
    });
    return recipe;
}

int fit_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    if (session.args.has("--seed")) load.seed = static_cast<std::uint64_t>(session.args.whole("--seed", 1));
    const flow::Recipe recipe = calibration_of(flow::load_recipe(session.args.text("RECIPE"), load));
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
