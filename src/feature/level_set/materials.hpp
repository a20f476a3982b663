// Which solid shows at a place: phi[m] is the union of materials 0..m, so material k is exposed where the union 0..k
// reaches as far as all of them do.
#pragma once

#include "feature/level_set/lattice.hpp"

namespace damascene::feature::level_set {

constexpr double bare = 1e-6;  ///< a layer thinner than this times h does not cover what is below

inline int exposed_material(const Surface& s, const Lattice& l, Vec2 p) {
    const std::size_t top = s.phi.size() - 1;
    if (top == 0) return 0;
    const double surface = interpolate(l, s.phi[top].values, p);
    for (std::size_t m = 0; m < top; ++m)
        if (interpolate(l, s.phi[m].values, p) - surface <= bare * l.h) return static_cast<int>(m);
    return static_cast<int>(top);
}

}  // namespace damascene::feature::level_set
