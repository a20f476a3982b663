// The gas above a planar section, cut into simple polygons that do not see one another.
//
// No line of sight between places below the highest point of the surface passes over that point, so the surface is cut
// at every highest vertex. A periodic or mirrored surface repeats its highest vertex, so what lies between two of them
// is all there is to see: images need no truncation.
#pragma once

#include <vector>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// A simple polygon, gas on the left of its edges (counter-clockwise). Edge k runs from corner[k] to corner[k + 1].
/// Edges 0 .. piece.size() are pieces of the section or mirror images of pieces; what follows is sky, or an open level
/// field that goes on for ever, drawn very far.
struct GasRegion {
    std::vector<Vec2> corner;
    std::vector<int> piece;          ///< per surface edge: index into Section::pieces
    int first_own = 0, end_own = 0;  ///< surface edges that are pieces themselves, not images
    bool open_to_sky = true;
    int sky_begin = 0, sky_end = 0;  ///< corners between which the sky lies
    int far_corner = -1;             ///< end of an open field, at `far_distance` in x; -1: no such field in sight
    double far_x = 0;
    int field_edge = -1;  ///< edge that is the open field
    int field_side = 0;   ///< 0: on the left, 1: on the right
    int edges() const { return static_cast<int>(piece.size()); }
    int corners() const { return static_cast<int>(corner.size()); }
};

std::vector<GasRegion> gas_regions(const Section&);
/// Solid islands in the gas make it multiply connected: gas_regions does not apply.
bool has_islands(const Section&);

}  // namespace damascene::feature
