// Contest counts of a binary mask on n x n points: pixels that print wrongly, pixels between the outer and inner
// corner.
#pragma once

#include <functional>

#include "damascene/opc.hpp"

namespace damascene::bench {

struct Counts {
    long l2 = 0, pvb = 0;
};
using Evaluator = std::function<Counts(const Field2<std::uint8_t>& target, const Field2<std::uint8_t>& mask)>;

/// opc::score: these counts and edge placement by two conventions, shots and areas, in double precision.
Evaluator damascene_evaluator(const opc::ProcessCorners&, int n);
/// The two counts only, every kernel on the full grid, single precision.
Evaluator full_grid_evaluator(const opc::ProcessCorners&, int n);

}  // namespace damascene::bench
