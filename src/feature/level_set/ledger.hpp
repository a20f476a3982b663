// What each stretch of a front has received against what it has swept.
//
//   owed = (int int V dA dt - swept) / A   [nm],   swept between the contours, stretch by stretch
//
// A level set holds no volume of its own: where kinks travel (facets, floors that rise along a wall) the Hamiltonian's
// dissipation gains or loses up to h^2 / 3 per step, and corners that straight cells cut off come and go. Arrivals obey
// their balance to rounding, so what a stretch of some ten cells lacks is moved with its next step, as volume fractions
// correct a level set in [Sussman & Puckett 2000].
#pragma once

#include <span>
#include <vector>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature::level_set {

/// One end of a step: pieces of the front and how far each goes within the whole step at that end's speed, nm.
struct Going {
    const Section& section;
    std::span<const double> way_nm;
};

/// int int V dA dt of a step [nm^2 or nm^3], by the pieces of both ends: trapezoidal; those that
/// run into each other and are gone at the end have gone as far as where they met.
double booked(Going now, Going then, double h_nm);

/// Whether corners take part in what is moved. The volume jumps by some 0.2 h^2 where one turns from sharp to rounded,
/// and what is owed may lie within that jump. Stretches that turn everywhere always move.
enum class Kinks { move, stay };

/// nm that the pieces of `next`, the section of `after`, still have to go: the mean of both ways and what was owed at
/// the start, less what lies between the contours. Stretches end at smooth places that both surfaces share; one that
/// has met itself owes nothing. First chain only; nothing else moves under a sky.
std::vector<double> owed(const Contour& before, Going now, std::span<const double> owed_nm, Going then,
                         const Contour& after, const Section& next, double h_nm, Kinks = Kinks::move);

/// Moves the surface by a small part of a cell: every node near by the way of its nearest piece.
void shift(Surface&, const Section&, std::span<const double> way_nm);

}  // namespace damascene::feature::level_set
