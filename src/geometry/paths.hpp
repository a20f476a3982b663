// Outlines of GDSII paths as overlapping convex pieces.
#pragma once

#include "damascene/geometry.hpp"

namespace damascene {

struct DoublePoint {
    double x = 0, y = 0;
};

/// Pieces whose union is the path: a rectangle per segment, a wedge per bend, end caps. Coordinates in the units of
/// `points`; a negative (absolute) width is divided by the magnification the outline will be placed with.
std::vector<std::vector<DoublePoint>> path_pieces(std::span<const Point> points, const Path& path,
                                                  double magnification);

}  // namespace damascene
