// The zero contour of a sampled field by marching squares [Lorensen & Cline 1987]: chains of points, and exact areas.
//
// phi < 0 is solid. Crossings are linear along cell edges; a saddle cell is decided by its mean. Areas and chains
// agree.
#pragma once

#include <vector>

#include "feature/level_set/lattice.hpp"

namespace damascene::feature::level_set {

/// Points of one boundary, gas on the left. Closed chains do not repeat their first point. `corner` marks points put
/// where two straight stretches meet.
struct Chain {
    std::vector<Vec2> points;
    std::vector<bool> corner;
    bool closed = false;
};

/// Raw chains: open ones begin and end at the border of the lattice.
std::vector<Chain> contour_chains(const Lattice&, const std::vector<double>& phi);
/// Puts the sharp corner back where marching squares cut it off: two straight stretches of 1.5 h that meet at more than
/// 25 deg within 2 h. One rounded within a cell (by the distances of the nodes round it) becomes a chamfer that leaves
/// as much solid. Duplicate points vanish.
void sharpen_corners(const Lattice&, const std::vector<double>& phi, Chain&);

/// Contour with corners. Chain 0 is the surface under the sky, from the left side to the right. Throws NumericalError
/// when there is none.
std::vector<Chain> surface_chains(const Lattice&, const std::vector<double>& phi);

/// Solid part of the cell whose lower left node is (i, j): area (planar, nm^2) or 2 pi int r dA (axial, nm^3).
double solid_in_cell(const Lattice&, const std::vector<double>& phi, int i, int j);
double solid_in_domain(const Lattice&, const std::vector<double>& phi);

/// > 0 when walked counter-clockwise: nm^2, or nm^3 of the body of revolution.
double enclosed(const std::vector<Vec2>& polygon, Symmetry);

}  // namespace damascene::feature::level_set
