// The gas above a planar section, cut into simple polygons that do not see one another.
//
// No line of sight between places below the highest point of the surface passes over that point, so the surface is cut
// at every highest vertex. A periodic or mirrored surface repeats its highest vertex, so what lies between two of them
// is all there is to see: images need no truncation.
//
// Corners lie on a lattice of a power of two, 2^-50 of the section, so that images are exact.
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

struct Gas {
    std::vector<GasRegion> region;
    /// Pieces whose gas is not simply connected or whose boundary touches itself, under the sky and in voids.
    std::vector<int> tangled, tangled_in_void;
    std::vector<double> length;  ///< per piece, nm, of the corners used; 0: shorter than the lattice
    double extent = 0;           ///< nm
};
Gas gas_of(const Section&);

/// Pieces no longer than this share of the surface drown in the rounding of long strings: seen from their middle.
inline constexpr double short_piece = 1e-8;
/// The nearest piece of the same chain that has a length, for one that has none; the piece itself if there is none.
int nearest_with_length(const Section&, const std::vector<double>& length, int piece);

}  // namespace damascene::feature
