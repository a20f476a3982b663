// Coaxial discs and cones: exchange areas S_12 = A_1 F_12 = A_2 F_21 in closed form. Lengths nm, areas nm^2.
//
// Disc to disc: S = pi/4 (X - Y)^2, X and Y the crossed and the straight distance between their rims in one half plane
// [Howell 2010, C-41], written without cancellation.
#pragma once

#include <cmath>
#include <numbers>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Rims a and b as (r, z).
inline double disc_exchange(Vec2 a, Vec2 b) {
    const double h2 = (a.z - b.z) * (a.z - b.z);
    const double crossed = std::sqrt((a.x + b.x) * (a.x + b.x) + h2);
    const double straight = std::sqrt((a.x - b.x) * (a.x - b.x) + h2);
    const double sum = crossed + straight, product = a.x * b.x;
    return sum > 0 ? 4 * std::numbers::pi * product * product / (sum * sum) : 0;
}

/// The inside of a cone to itself: what does not leave through its two end discs.
inline double cone_self_exchange(Vec2 a, Vec2 b) {
    const double h2 = (a.z - b.z) * (a.z - b.z), sum = a.x + b.x;
    if (!(h2 > 0)) return 0;
    const double straight = std::sqrt((a.x - b.x) * (a.x - b.x) + h2), crossed = std::sqrt(sum * sum + h2);
    return std::numbers::pi * h2 * (1 - straight / (crossed + sum));
}

}  // namespace damascene::feature
