#include "feature/kinetics/require.hpp"

#include <fmt/format.h>

#include <cmath>

#include "damascene/base/error.hpp"

namespace damascene::feature {

void require(bool holds, std::string_view name, double value, std::string_view allowed) {
    if (!holds) throw InputError("D0204", fmt::format("'{}' is out of range: {:g}, {}", name, value, allowed));
}

void require_positive(std::string_view name, double value, std::string_view unit) {
    require(value > 0 && std::isfinite(value), name, value, fmt::format("allowed: greater than 0 {}", unit));
}

void require_probability(std::string_view name, double value) {
    require(value > 0 && value <= 1, name, value, "a probability: greater than 0, at most 1");
}

}  // namespace damascene::feature
