// Signed distance to merged polygons in plan view, at the nodes of a box.
#pragma once

#include <vector>

#include "feature/volume3/tiles.hpp"

namespace damascene::feature::volume3 {

/// nm, < 0 inside the polygons, clamped to +-reach.
struct Plan {
    int nx = 0, ny = 0;
    double reach = 0;
    std::vector<double> distance;  ///< [ix * ny + iy]
};
/// Polygons are clipped at the walls, which mirror or continue them.
Plan plan_of(const Region&, const Lattice3&, double reach);

/// The values at nodes, bilinear between them and linear beyond the box: for sampling at nodes and centres of blocks.
double value_at(const Plan&, const Lattice3&, double x, double y);

}  // namespace damascene::feature::volume3
