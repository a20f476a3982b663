// On which side of a line a point lies, decided exactly [Shewchuk 1997].
#pragma once

#include <cmath>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// A number with the sign of (b - a) x (c - a), by exact sums of exact products.
double exact_turn(Vec2 a, Vec2 b, Vec2 c);

/// (b - a) x (c - a): > 0 when a, b, c turn left. The sign is exact, the value is to rounding.
inline double turn(Vec2 a, Vec2 b, Vec2 c) {
    constexpr double bound = 3.3306690738754716e-16;  // (3 + 16 u) u, u = 2^-53
    const double left = (b.x - a.x) * (c.z - a.z), right = (b.z - a.z) * (c.x - a.x), whole = left - right;
    return std::abs(whole) >= bound * (std::abs(left) + std::abs(right)) ? whole : exact_turn(a, b, c);
}

}  // namespace damascene::feature
