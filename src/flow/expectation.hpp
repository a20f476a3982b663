// Limits on results: what a recipe expects of its scalars.
#pragma once

#include "damascene/flow.hpp"

namespace damascene::flow {

struct Verdict {
    std::string id;
    bool pass = false;
    double value = 0;
    std::string unit, limit;  ///< "min 5 %, max 8 %"
};
/// One per expectation of the recipe. InputError where a value was not reported or a limit has another dimension.
std::vector<Verdict> judged(const Recipe& recipe, const std::vector<Scalar>& scalars);

}  // namespace damascene::flow
