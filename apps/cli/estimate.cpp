#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int estimate_recipe(const Session& session) {
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    const flow::Recipe recipe = flow::load_recipe(session.args.text("RECIPE"), load);
    const flow::RecipeEstimate estimate = flow::estimate(recipe);
    if (session.json) {
        std::vector<std::string> steps;
        for (const auto& [name, cost] : estimate.steps)
            steps.push_back("{\"step\":" + json_text(name) + ",\"seconds\":" + flow::rounded(cost.seconds, 4) +
                            ",\"bytes\":" + flow::rounded(cost.bytes, 6) + "}");
        print("{\"seconds\":" + flow::rounded(estimate.total.seconds, 4) + ",\"bytes\":" +
              flow::rounded(estimate.total.bytes, 6) + ",\"steps\":[" + flow::join(steps, ",") + "]}\n");
    } else {
        for (const auto& [name, cost] : estimate.steps)
            print(name + ": about " + flow::rounded(cost.seconds, 2) + " s on one core, " +
                  flow::rounded(cost.bytes * 1e-6, 3) + " MB (" + cost.detail + ")\n");
        print("total: about " + flow::rounded(estimate.total.seconds, 2) + " s, peak " +
              flow::rounded(estimate.total.bytes * 1e-6, 3) + " MB\n");
    }
    const double memory = session.args.bytes("--max-memory"), time = session.args.seconds("--max-time");
    return (memory > 0 && estimate.total.bytes > memory) || (time > 0 && estimate.total.seconds > time) ? 3 : 0;
}

}  // namespace

extern const Command command_estimate;
const Command command_estimate = {
    "estimate",
    "time and memory of a recipe without running it; exit 3 above --max-memory or --max-time",
    "damascene estimate recipe.toml --max-memory 8GB",
    {{"RECIPE", Flag::positional, "recipe (TOML or JSON)", true},
     {"--set", Flag::repeated, "KEY=VALUE over the recipe", false, {}, "", "KEY=VALUE"}},
    estimate_recipe};

}  // namespace damascene::cli
