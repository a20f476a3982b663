// Cross-sections and the surfaces that move: the data between resist, feature and film.
//
// Conventions: x to the right (r when axial), z up, gas above; lengths nm. A boundary is walked with the gas on its
// left, so a flat field runs towards +x and the normal of a piece a -> b, (-(b-a).z, (b-a).x) / |b-a|, points into the
// gas.
#pragma once

#include <string>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene {

/// planar: (x, z), endless along y. axial: (r, z), revolved about r = 0; the section lies in r >= 0.
enum class Symmetry { planar, axial };

/// What stands beyond a lateral end of a section. open: the end piece goes on, level, for ever. An axial section begins
/// at its axis or, for a ring-shaped domain, is open; its outer end is open.
enum class Side { open, mirror, periodic };

struct Vec2 {
    double x = 0, z = 0;  ///< nm
    friend bool operator==(const Vec2&, const Vec2&) = default;
};

/// One straight piece of a surface.
struct Piece {
    Vec2 a, b;
    int material = 0;  ///< index into the materials of the surface it came from
};

/// All boundaries between solid and gas of one section. Chain c is pieces[chain_begin[c]] .. pieces[chain_begin[c+1])
/// (the last ends with pieces.size()). Chain 0 runs from the left end to the right end under the open sky; every
/// further chain is closed: the wall of a void (or, walked the other way, an island of solid in the gas). One that a
/// mirror or periodic side cuts is open and ends on that side.
struct Section {
    Symmetry symmetry = Symmetry::planar;
    Side left = Side::open, right = Side::open;
    std::vector<Piece> pieces;
    std::vector<std::size_t> chain_begin;
    std::size_t size() const { return pieces.size(); }
};

double length_nm(const Piece&);
Vec2 midpoint(const Piece&);
Vec2 normal(const Piece&);  ///< unit, into the gas
/// Area per piece: length (nm, per unit depth) when planar, 2 pi r_mid length (nm^2) when axial.
std::vector<double> areas(const Section&);

/// A section of several solids on a regular grid of square cells (grid.y is z). phi[m] < 0 inside the union of
/// materials 0..m, a signed distance in nm near its boundary; so thin films thinner than a cell survive. phi.back() is
/// the surface against the gas. Materials are named from the bottom up: later ones lie on earlier ones.
struct Surface {
    Symmetry symmetry = Symmetry::planar;
    Side left = Side::mirror, right = Side::mirror;
    Grid2 grid;
    std::vector<std::string> materials;
    std::vector<Field2<double>> phi;
    double h_nm() const { return grid.dx.in(nm); }
};

/// Developed resist (or any mask) above a flat substrate, as openings through it: at height z_nm above the substrate
/// the opening is `opening` (merged polygons of the plan view). One entry = a vertical wall.
struct ProfileLevel {
    double z_nm = 0;
    Region opening;
};
struct Profile {
    double thickness_nm = 0;
    std::vector<ProfileLevel> levels;  ///< increasing z
};

/// Triangles of a surface in 3D, nm; counter-clockwise seen from the gas.
struct TriangleMesh {
    std::vector<std::array<double, 3>> points;
    std::vector<std::array<std::int32_t, 3>> triangles;
    std::vector<int> material;  ///< per triangle, or empty
};

}  // namespace damascene
