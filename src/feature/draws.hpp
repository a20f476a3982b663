// Where the random draws of a growing film begin.
#pragma once

#include <cstdint>

namespace damascene::feature {

/// Evaluations of one film count up from a place of their own: those of seeds 1 and 2 must not meet. Odd factor, so
/// that every seed has its place.
inline std::uint64_t draw_of(std::uint64_t seed, std::uint64_t evaluation) {
    constexpr std::uint64_t apart = 0x9e37'79b9'7f4a'7c15;
    return 1 + (seed - 1) * apart + evaluation;
}

}  // namespace damascene::feature
