// Exact area and first moment of a convex polygon cut by a disc about the origin, by Green's theorem:
//   A = 1/2 \oint (x dy - y dx),   M = \int (x, y) dA,
// a sum over polygon edges of triangles (part inside the disc) and circular sectors (part outside).
// Lengths in units of sigma. Rounding ~1e-16 times the disc area.
#pragma once

#include <array>
#include <vector>

namespace damascene::optics {

using Vec2 = std::array<double, 2>;

struct AreaMoment {
    double area = 0, mx = 0, my = 0;
    AreaMoment& operator+=(const AreaMoment& b) {
        area += b.area, mx += b.mx, my += b.my;
        return *this;
    }
    AreaMoment& operator-=(const AreaMoment& b) {
        area -= b.area, mx -= b.mx, my -= b.my;
        return *this;
    }
};

/// Counter-clockwise polygon intersected with |r| <= radius.
AreaMoment polygon_in_disc(const std::vector<Vec2>& polygon, double radius);

/// The part of a convex polygon with nx x + ny y >= 0 (Sutherland-Hodgman).
std::vector<Vec2> cut_half_plane(const std::vector<Vec2>& polygon, double nx, double ny);

struct Disc {
    double x = 0, y = 0, radius = 1;
};
/// Area common to all discs, from the boundary arcs that lie inside every other disc.
double common_area(std::vector<Disc> discs);

}  // namespace damascene::optics
