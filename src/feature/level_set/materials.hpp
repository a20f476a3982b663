// Which solid shows at a place. phi[m] is the union of materials 0..m.
//
// Half a cell below the surface the unions name the solid there; a layer thinner than that is missed, but the gas node
// beside the surface sees it: there the unions without it are farther away than all of them. The later of the two
// answers shows. (Reading the unions at the place itself would take the end of a film under a mask for the mask: linear
// interpolation cuts its corner.)
#pragma once

#include "feature/level_set/lattice.hpp"

namespace damascene::feature::level_set {

constexpr double bare = 1e-6;  ///< a layer thinner than this times h does not cover what is below

/// The place half a cell into the solid from p.
inline Vec2 half_cell_below(const Lattice& l, const std::vector<double>& phi, Vec2 p) {
    const double d = 0.25 * l.h;
    const double gx = interpolate(l, phi, {p.x + d, p.z}) - interpolate(l, phi, {p.x - d, p.z});
    const double gz = interpolate(l, phi, {p.x, p.z + d}) - interpolate(l, phi, {p.x, p.z - d});
    const double g = std::sqrt(gx * gx + gz * gz);
    return g > 0 ? Vec2{p.x - 0.5 * l.h * gx / g, p.z - 0.5 * l.h * gz / g} : p;
}

inline std::size_t nearest_gas_node(const Lattice& l, const std::vector<double>& phi, Vec2 p) {
    const double u = std::clamp((p.x - l.x0) / l.h, 0.0, l.nx - 1.0),
                 v = std::clamp((p.z - l.z0) / l.h, 0.0, l.nz - 1.0);
    const int i = std::min(static_cast<int>(u), l.nx - 2), j = std::min(static_cast<int>(v), l.nz - 2);
    std::size_t best = l.index(i, j);
    double most = -1;
    for (int k = 0; k < 4; ++k) {
        const int di = k % 2, dj = k / 2;
        const std::size_t n = l.index(i + di, j + dj);
        const double weight = (di ? u - i : 1 - u + i) * (dj ? v - j : 1 - v + j);
        if (phi[n] >= 0 && weight > most) most = weight, best = n;
    }
    return best;
}

inline int exposed_material(const Surface& s, const Lattice& l, Vec2 p) {
    const std::size_t top = s.phi.size() - 1;
    if (top == 0) return 0;
    const std::vector<double>& surface = s.phi[top].values;
    const Vec2 below = half_cell_below(l, surface, p);
    std::size_t solid = 0, seen = 0;
    while (solid < top && interpolate(l, s.phi[solid].values, below) >= 0) ++solid;
    const std::size_t gas = nearest_gas_node(l, surface, p);
    while (seen < top && s.phi[seen].values[gas] - surface[gas] > bare * l.h) ++seen;
    return static_cast<int>(std::max(solid, seen));
}

}  // namespace damascene::feature::level_set
