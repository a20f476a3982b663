// A resist film over one periodic cell: what light leaves in it, what bake and development make of it.
//
// z runs down: 0 at the top of the resist. Samples sit at x0 + i dx, y0 + j dy (periodic) and at the middle of slices,
// (k + 1/2) dz. nx = 1 or ny = 1: nothing varies along that axis. Lengths nm.
#pragma once

#include <cstddef>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene {

struct Grid3 {
    int nx = 1, ny = 1, nz = 1;
    double dx_nm = 1, dy_nm = 1, dz_nm = 1, x0_nm = 0, y0_nm = 0;
    std::size_t size() const {
        return static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny) * static_cast<std::size_t>(nz);
    }
    std::size_t at(int ix, int iy, int iz) const {
        return (static_cast<std::size_t>(iz) * static_cast<std::size_t>(ny) + static_cast<std::size_t>(iy)) *
                   static_cast<std::size_t>(nx) +
               static_cast<std::size_t>(ix);
    }
    double thickness_nm() const { return nz * dz_nm; }
    friend bool operator==(const Grid3&, const Grid3&) = default;
};
/// values[grid.at(ix, iy, iz)].
template <class T>
struct Field3 {
    Grid3 grid;
    std::vector<T> values;
};

/// Images at depths below the top of the resist: n |E|^2 / (n_0 |E_0|^2) with E_0 the incident field of a clear mask (1
/// in a medium without films), so that absorption alpha(z) times this is power per volume over incident power per area
/// across the beam; per area of the wafer it is that over optics::incident_cosine.
struct ImageInDepth {
    std::vector<double> depth_nm;  ///< increasing
    std::vector<Image> images;
};

}  // namespace damascene
