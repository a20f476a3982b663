// The nearest piece of a section for every node within reach: distances, and speeds carried along normals.
#pragma once

#include <span>
#include <vector>

#include "feature/level_set/lattice.hpp"

namespace damascene::feature::level_set {

struct Foot {
    std::int32_t node = 0, piece = 0;
    double share = 0;  ///< of the way from a to b
    double distance_nm = 0;
    Vec2 at;  ///< nearest point; may lie one period outside
};

/// One foot per node nearer than `reach_nm`, by increasing node. Equal distances (1e-9): the piece with the smaller
/// `weight`, if given. Cost: pieces x (reach / h)^2.
std::vector<Foot> closest_pieces(const Lattice&, std::span<const Piece> pieces, double reach_nm,
                                 std::span<const double> weight = {});

}  // namespace damascene::feature::level_set
