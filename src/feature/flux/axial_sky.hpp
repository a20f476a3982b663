// Shares of open sky and of the level field beyond a section, per piece of a surface of revolution.
#pragma once

#include <vector>

#include "damascene/geometry/surface.hpp"
#include "feature/flux/axial_visibility.hpp"

namespace damascene::feature {

/// Cosine-weighted shares of the hemisphere of one piece, area averages.
struct OpenShares {
    double sky = 0;
    double outer = 0, inner = 0;  ///< level field beyond the last and before the first point of chain 0
};

/// Heights and radii that bound what lies beyond a section.
struct OpenField {
    double top;               ///< highest point of all walls
    double inner_r, inner_z;  ///< first point of chain 0; inner_r = 0: it starts at the axis
    double outer_r, outer_z;
};
OpenField open_field(const Section&);
/// Upper ends of walls: the points from which shadows are cast upon what lies below.
std::vector<Vec2> rims_of(const Section&);
/// The section with corners that lie on the highest level, or on that of either end, up to rounding, exactly there.
Section levelled(Section);
/// Pieces of the walls of voids.
std::vector<char> sealed_pieces(const Section&);
/// `edge`: see ring_rule.hpp.
OpenShares open_shares(const AxialWalls&, const OpenField&, const std::vector<Vec2>& rims, const Piece&, int index,
                       int edge);

}  // namespace damascene::feature
