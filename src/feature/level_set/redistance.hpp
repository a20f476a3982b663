// phi back to a signed distance without moving its zero contour.
#pragma once

#include <span>
#include <vector>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/closest.hpp"
#include "feature/level_set/contour.hpp"

namespace damascene::feature::level_set {

std::vector<Piece> pieces_of(const std::vector<Chain>&);

/// Gives the top field a new value at a node. Layers that are absent there stay absent, thin ones (< h) keep their
/// thickness, deep interfaces stay where they are.
void set_top(Surface&, std::size_t node, double value);

/// Distance of {phi = 0} from p by Newton's method from a foot on its straight pieces; the foot's where phi is not
/// smooth [Chopp 2001].
double smooth_distance(const Lattice&, const std::vector<double>& phi, Vec2 p, const Foot&);

/// Signed distance of the contour within reach, beyond it at least `reach_nm` of the same sign. Within `smooth_nm` of
/// smooth stretches by Newton's method on bicubic interpolants [Chopp 2001], else to the contour's straight pieces.
std::vector<double> signed_distance(const Lattice&, const std::vector<double>& phi, double reach_nm, double smooth_nm);

}  // namespace damascene::feature::level_set
