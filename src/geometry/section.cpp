// Pieces of a section: lengths, normals, areas.
#include <cmath>
#include <numbers>

#include "damascene/geometry/surface.hpp"

namespace damascene {

double length_nm(const Piece& p) { return std::hypot(p.b.x - p.a.x, p.b.z - p.a.z); }

Vec2 midpoint(const Piece& p) { return {0.5 * (p.a.x + p.b.x), 0.5 * (p.a.z + p.b.z)}; }

Vec2 normal(const Piece& p) {
    const double l = length_nm(p);
    return {-(p.b.z - p.a.z) / l, (p.b.x - p.a.x) / l};
}

std::vector<double> areas(const Section& section) {
    std::vector<double> out;
    out.reserve(section.size());
    for (const Piece& p : section.pieces) {
        const double ring = section.symmetry == Symmetry::axial ? 2 * std::numbers::pi * midpoint(p).x : 1.0;
        out.push_back(ring * length_nm(p));
    }
    return out;
}

}  // namespace damascene
