// Holes as sections of straight lines, mouth at z = 0, width (diameter) 1 nm.
#pragma once

#include <cmath>
#include <initializer_list>
#include <numbers>
#include <vector>

#include "damascene/feature/rays.hpp"

namespace damascene::feature::shapes {

inline void line(Section& section, Vec2 a, Vec2 b, int pieces) {
    const auto at = [&](int k) {
        const double t = static_cast<double>(k) / pieces;
        return k == pieces ? b : Vec2{a.x + (b.x - a.x) * t, a.z + (b.z - a.z) * t};
    };
    for (int k = 0; k < pieces; ++k) section.pieces.push_back({at(k), at(k + 1), 0});
}

/// Field, wall, bottom, wall, field; the field is 0.1 wide and one piece on either side.
inline Section trench(double depth, const std::vector<double>& wall_cuts, int bottom_pieces) {
    Section s{.symmetry = Symmetry::planar, .pieces = {}, .chain_begin = {0}};
    line(s, {-0.6, 0}, {-0.5, 0}, 1);
    for (std::size_t k = 0; k + 1 < wall_cuts.size(); ++k)
        line(s, {-0.5, -depth * wall_cuts[k]}, {-0.5, -depth * wall_cuts[k + 1]}, 1);
    line(s, {-0.5, -depth}, {0.5, -depth}, bottom_pieces);
    for (std::size_t k = wall_cuts.size() - 1; k > 0; --k)
        line(s, {0.5, -depth * wall_cuts[k]}, {0.5, -depth * wall_cuts[k - 1]}, 1);
    line(s, {0.5, 0}, {0.6, 0}, 1);
    return s;
}

inline std::vector<double> even_cuts(int n) {
    std::vector<double> cuts;
    for (int k = 0; k <= n; ++k) cuts.push_back(static_cast<double>(k) / n);
    return cuts;
}

/// Bottom, wall (from the bottom up), field.
inline Section via(double depth, const std::vector<double>& wall_cuts, int bottom_pieces) {
    Section s{.symmetry = Symmetry::axial, .pieces = {}, .chain_begin = {0}};
    line(s, {0, -depth}, {0.5, -depth}, bottom_pieces);
    for (std::size_t k = wall_cuts.size() - 1; k > 0; --k)
        line(s, {0.5, -depth * wall_cuts[k]}, {0.5, -depth * wall_cuts[k - 1]}, 1);
    line(s, {0.5, 0}, {0.55, 0}, 1);
    return s;
}

/// A sphere of radius 0.5 cut by the field at `polar` from its lowest point (pi/2: hemisphere).
inline Section spherical_pit(double polar, int pieces) {
    Section s{.symmetry = Symmetry::axial, .pieces = {}, .chain_begin = {0}};
    const auto at = [&](int k) {
        const double a = polar * k / pieces;
        return Vec2{k == 0 ? 0 : 0.5 * std::sin(a), 0.5 * (std::cos(polar) - std::cos(a))};
    };
    for (int k = 0; k < pieces; ++k) s.pieces.push_back({at(k), at(k + 1), 0});
    const Vec2 rim = s.pieces.back().b;
    line(s, rim, {0.6, rim.z}, 1);
    return s;
}

inline Section flat() {
    Section s{.symmetry = Symmetry::planar, .pieces = {}, .chain_begin = {0}};
    line(s, {0, 0}, {10, 0}, 1);
    return s;
}

/// Triangles of pieces [first, last) of a mesh with `per_piece` triangles each.
inline std::vector<std::int32_t> pieces(int first, int last, int per_piece) {
    std::vector<std::int32_t> out;
    for (int t = first * per_piece; t < last * per_piece; ++t) out.push_back(t);
    return out;
}

}  // namespace damascene::feature::shapes
