// Speeds on pieces with the layers below them: removal eats through what is exposed, then through what comes next.
#pragma once

#include <vector>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/hamiltonian.hpp"
#include "feature/level_set/lattice.hpp"

namespace damascene::feature::level_set {

/// Mean speeds over one move, per piece. Beam rows keep their own law.
struct PieceSpeeds {
    std::vector<double> isotropic;
    std::vector<std::vector<double>> beam;  ///< [row][piece]
    std::vector<int> stop;                  ///< union 0..stop must not be cut at this piece; -1: none
    double fastest = 0;                     ///< largest |V|, nm/s
};

/// Rows come in groups of isotropic.size(): one per material, or one for all. The time to consume a layer along the
/// normal is taken off before the rate of the next one applies.
PieceSpeeds mean_speeds(const Surface&, const Lattice&, const Section&, const SurfaceSpeed&,
                        const std::vector<AngularLaw>&, double duration_s, const std::vector<bool>& frozen);

/// Materials that no piece removes, where rates differ by material.
std::vector<bool> untouched(const SurfaceSpeed&, const std::vector<AngularLaw>&);

/// Chains that bound sealed gas (and solid adrift in it): one flag per piece.
std::vector<bool> sealed_pieces(const Section&);

}  // namespace damascene::feature::level_set
