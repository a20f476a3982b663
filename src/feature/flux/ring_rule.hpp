// Points on a ring piece at which exchange and sky are taken.
#pragma once

#include <array>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Gauss-Legendre on [0, 1].
struct GaussRule {
    int count;
    std::array<double, 3> at, weight;
};
inline constexpr GaussRule gauss2{2, {0.21132486540518713, 0.78867513459481287}, {0.5, 0.5}};
inline constexpr GaussRule gauss3{
    3, {0.1127016653792583, 0.5, 0.8872983346207417}, {0.2777777777777778, 0.4444444444444444, 0.2777777777777778}};
/// Three points in the square root of the distance from one end: exact for 1, sqrt(x), x, x^(3/2) and x^2.
inline constexpr GaussRule root_at_start{
    3, {0.0127016653792583, 0.25, 0.7872983346207417}, {0.0626120363218102, 0.4444444444444444, 0.4929435192337454}};
inline constexpr GaussRule root_at_end{
    3, {0.9872983346207417, 0.75, 0.2127016653792583}, {0.0626120363218102, 0.4444444444444444, 0.4929435192337454}};

/// End of piece i that stands on a wall bent around the axis, in an inner edge: 1 (a), 2 (b), 0 neither. The wall hides
/// azimuths up to the square root of the distance from it.
int foot_of_convex_wall(const Section&, std::size_t i);

}  // namespace damascene::feature
