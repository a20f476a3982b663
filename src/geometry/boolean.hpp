// Boolean engines behind merged/combine/offset: rings in, rings out. Solid where the winding number is positive.
#pragma once

#include "damascene/geometry.hpp"

namespace damascene::detail {

/// Axis-parallel rings: exact integer scan line (Boost.Polygon).
std::vector<Ring> combine_manhattan(const std::vector<Ring>& a, const std::vector<Ring>& b, Boolean operation);

/// Any rings: Vatti's algorithm on integers (Clipper); new vertices are rounded to the grid.
std::vector<Ring> combine_all_angle(const std::vector<Ring>& a, const std::vector<Ring>& b, Boolean operation);

/// One raw shape, which may cross itself, by the even-odd rule: outer rings counter-clockwise, holes clockwise.
std::vector<Ring> even_odd(const Ring& shape);

/// Twice the signed area, exact.
__int128 doubled_area(const Ring& ring);
bool is_manhattan(const Ring& ring);

/// Value as a 32-bit coordinate; outside the range InputError D0309.
std::int32_t checked_coordinate(double value);

}  // namespace damascene::detail
