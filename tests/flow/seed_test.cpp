// The seed of a recipe reaches the rays of its steps.
#include <gtest/gtest.h>

#include <string>

#include "flow/task.hpp"

namespace damascene::flow {
namespace {

/// A trench coated through a gas whose free path is half its width.
std::vector<double> film_through_gas(const std::string& seed) {
    const Recipe recipe = recipe_from_text("damascene = \"1\"\n" + seed +
                                               "[structure]\nkind = \"trench\"\nwidth = \"100 nm\"\ndepth = \"100 "
                                               "nm\"\ngrid = \"5 nm\"\n[[step]]\nname = \"coat\"\nmodel = "
                                               "\"deposit-flux\"\nsticking = 0.3\nthickness = \"5 "
                                               "nm\"\nmean_free_path = \"50 nm\"\nray_error = \"20 %\"\n",
                                           "seed.toml");
    const StepPlan& step = recipe.steps.front();
    std::vector<double> thickness;
    const StepResult result = computed(step, inputs_of(recipe, step, {}), {});
    for (const auto& place : result.topography.value().wall) thickness.push_back(place.thickness_nm);
    return thickness;
}

TEST(Seed, RaysThroughGasFollowTheRecipesSeed) {
    const std::vector<double> first = film_through_gas("seed = 1\n");
    ASSERT_FALSE(first.empty());
    EXPECT_EQ(film_through_gas("seed = 1\n"), first);
    EXPECT_EQ(film_through_gas(""), first);
    EXPECT_NE(film_through_gas("seed = 2\n"), first);
}

}  // namespace
}  // namespace damascene::flow
