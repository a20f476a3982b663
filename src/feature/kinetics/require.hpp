// One way to refuse a physical argument.
#pragma once

#include <string_view>

namespace damascene::feature {

/// Throws InputError D0204: "'sticking' is out of range: 1.7, a probability: greater than 0, at most 1".
void require(bool holds, std::string_view name, double value, std::string_view allowed);
void require_positive(std::string_view name, double value, std::string_view unit);
void require_probability(std::string_view name, double value);  ///< (0, 1]

}  // namespace damascene::feature
