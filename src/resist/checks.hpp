// Refusal of bad arguments: what was given, what is allowed.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "damascene/base.hpp"

namespace damascene::resist {

inline void require(bool allowed, std::string_view name, double value, std::string_view range,
                    std::string_view help = {}) {
    if (!allowed)
        throw InputError(
            "D0204", fmt::format("{} = {:g} is out of range", name, value),
            help.empty() ? fmt::format("allowed: {}", range) : fmt::format("allowed: {}; {}", range, help));
}

}  // namespace damascene::resist
