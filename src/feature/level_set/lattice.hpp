// The nodes of a surface's grid, and what stands beyond its sides. Row j is height z; node i of a row is x (or r).
//
// mirror: the end node lies on the plane, phi(-k) = phi(k). periodic: the end nodes are the same place. open: level.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature::level_set {

struct Lattice {
    int nx = 0, nz = 0;
    double h = 1, x0 = 0, z0 = 0;  // nm
    Side left = Side::mirror, right = Side::mirror;
    Symmetry symmetry = Symmetry::planar;

    std::size_t size() const { return static_cast<std::size_t>(nx) * static_cast<std::size_t>(nz); }
    std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i);
    }
    Vec2 at(int i, int j) const { return {x0 + i * h, z0 + j * h}; }
    double x1() const { return x0 + (nx - 1) * h; }
    double z1() const { return z0 + (nz - 1) * h; }
    bool periodic() const { return left == Side::periodic; }
    /// The node that stands for column i, which may lie outside.
    int column(int i) const {
        const int last = nx - 1;
        if (i < 0) i = left == Side::mirror ? -i : left == Side::periodic ? i + last : 0;
        if (i > last) i = right == Side::mirror ? 2 * last - i : right == Side::periodic ? i - last : last;
        return std::clamp(i, 0, last);
    }
    int row(int j) const { return std::clamp(j, 0, nz - 1); }
};

inline Lattice lattice_of(const Surface& s) {
    Lattice l{s.grid.nx, s.grid.ny, s.h_nm(), s.grid.x0.in(nm), s.grid.y0.in(nm), s.left, s.right, s.symmetry};
    if (s.symmetry == Symmetry::axial) {
        l.left = std::abs(l.x0) < 1e-9 * l.h ? Side::mirror : Side::open;
        l.right = Side::open;
    }
    return l;
}

/// Bilinear value at a place; outside, that of the nearest place inside.
inline double interpolate(const Lattice& l, const std::vector<double>& phi, Vec2 p) {
    const double u = std::clamp((p.x - l.x0) / l.h, 0.0, l.nx - 1.0),
                 v = std::clamp((p.z - l.z0) / l.h, 0.0, l.nz - 1.0);
    const int i = std::min(static_cast<int>(u), l.nx - 2), j = std::min(static_cast<int>(v), l.nz - 2);
    const double a = u - i, b = v - j;
    const double* low = phi.data() + l.index(i, j);
    const double* high = low + l.nx;
    return (1 - b) * ((1 - a) * low[0] + a * low[1]) + b * ((1 - a) * high[0] + a * high[1]);
}

}  // namespace damascene::feature::level_set
