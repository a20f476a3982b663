// Nodes near a surface, in blocks of 8^3 (z fastest); farther blocks are known by their side only.
//
// Node (i, j, k) is at (x0 + i h, y0 + j h, z0 + k h); the walls pass through the end nodes, and mirror or continue
// phi.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "damascene/feature/volume3.hpp"
#include "feature/rays/intersect.hpp"

namespace damascene::feature::volume3 {

using rays::Vec3;

constexpr int edge = 8, block_nodes = edge * edge * edge;
constexpr double band_cells = 6;    ///< half-width of the band, cells
constexpr double kept_error = 0.3;  ///< cells: a value this near to the distance counts as one
constexpr double kept_cells = 3;  ///< values nearer than this may outlive a redistancing; one move is at most 2.5 cells

struct Index3 {
    int x = 0, y = 0, z = 0;
};

struct Lattice3 {
    std::array<int, 3> n{};  ///< nodes
    double h = 1;            // nm
    Vec3 origin;
    Side side = Side::mirror;

    Vec3 at(Index3 i) const { return {origin.x + i.x * h, origin.y + i.y * h, origin.z + i.z * h}; }
    /// The node that stands for node i of an axis, which may lie outside. Up and down: the end node.
    int fold(int axis, int i) const {
        const int last = n[static_cast<std::size_t>(axis)] - 1;
        if (i >= 0 && i <= last) return i;
        if (axis == 2) return i < 0 ? 0 : last;
        const int period = side == Side::mirror ? 2 * last : last;
        i = ((i % period) + period) % period;
        return i > last ? period - i : i;
    }
    double band() const { return band_cells * h; }
    std::array<int, 3> blocks() const {
        return {(n[0] + edge - 1) / edge, (n[1] + edge - 1) / edge, (n[2] + edge - 1) / edge};
    }
};
/// Refuses (InputError) a box without extent, with open walls, or that is no whole number of cells.
Lattice3 lattice_of(const VolumeBox&);

constexpr int far_gas = -1, far_solid = -2;

struct Tiles {
    Lattice3 lattice;
    std::array<int, 3> count{};  ///< blocks per axis
    std::vector<int> slot;       ///< per block: its place in `blocks`, far_gas or far_solid
    std::vector<Index3> blocks;  ///< in order of their number
    std::vector<double> phi;     ///< 512 per block, clamped to +-band

    std::size_t number(Index3 b) const {
        return (static_cast<std::size_t>(b.x) * static_cast<std::size_t>(count[1]) + static_cast<std::size_t>(b.y)) *
                   static_cast<std::size_t>(count[2]) +
               static_cast<std::size_t>(b.z);
    }
    double far_value(int s) const { return s == far_solid ? -lattice.band() : lattice.band(); }
    double value(Index3 node) const;        ///< of a node in the box
    bool holds(Index3 block, int n) const;  ///< node n of a block is in the box
};
Tiles all_gas(const Lattice3&);
/// Blocks where `wanted` (per block number), filled from `like`: its values, or its side where it has none.
Tiles retiled(const Tiles& like, const std::vector<std::uint8_t>& wanted);
/// Without the blocks that have no node within the band.
Tiles trimmed(const Tiles&);

inline Index3 node_of(Index3 block, int n) {
    return {block.x * edge + (n >> 6), block.y * edge + ((n >> 3) & 7), block.z * edge + (n & 7)};
}
inline int place_in_block(Index3 i) { return ((i.x & 7) << 6) | ((i.y & 7) << 3) | (i.z & 7); }

/// A block with `r` more nodes on every side (before: `low`), walls folded.
template <class T>
struct Halo {
    int low = 0, width = 0;
    std::vector<T> values;
    T& at(int x, int y, int z) {
        return values[static_cast<std::size_t>(((x + low) * width + y + low) * width + z + low)];
    }
    const T* row(int x, int y, int z) const {
        return &values[static_cast<std::size_t>(((x + low) * width + y + low) * width + z + low)];
    }
    const T& at(int x, int y, int z) const { return *row(x, y, z); }
};

/// data: 512 per block of tiles; far(slot) stands for the rest.
template <class T, class Far>
void gather(const Tiles& t, const std::vector<T>& data, Index3 block, int low, int high, const Far& far, Halo<T>& out) {
    out.low = low;
    out.width = edge + low + high;
    const auto w = static_cast<std::size_t>(out.width);
    out.values.resize(w * w * w);
    std::array<std::vector<int>, 3> node;
    const std::array<int, 3> first = {block.x * edge - low, block.y * edge - low, block.z * edge - low};
    for (int axis = 0; axis < 3; ++axis)
        for (int i = 0; i < out.width; ++i)
            node[static_cast<std::size_t>(axis)].push_back(
                t.lattice.fold(axis, first[static_cast<std::size_t>(axis)] + i));
    T* target = out.values.data();
    for (int x : node[0])
        for (int y : node[1])
            for (std::size_t k = 0; k < w;) {
                const int bz = node[2][k] / edge;
                const int s = t.slot[t.number({x / edge, y / edge, bz})];
                const T* source = s >= 0 ? &data[static_cast<std::size_t>(s) * block_nodes +
                                                 static_cast<std::size_t>(((x & 7) << 6) | ((y & 7) << 3))]
                                         : nullptr;
                const T away = source ? T{} : far(s);
                for (; k < w && node[2][k] / edge == bz; ++k) *target++ = source ? source[node[2][k] & 7] : away;
            }
}
inline void gather_phi(const Tiles& t, Index3 block, int low, int high, Halo<double>& out) {
    gather(
        t, t.phi, block, low, high, [&](int s) { return t.far_value(s); }, out);
}

// ----------------------------------------------------------------------------------------------------------- contour
/// The contour phi = 0; triangles in the order of blocks.
struct Contour3 {
    TriangleMesh mesh;
    std::vector<Index3> cube;  ///< per triangle: the lowest node of its cell
};
Contour3 contour(const Tiles&);

/// The nearest triangle of every node near the contour, and phi made a distance: values that agree with the distance to
/// the mesh within an error stay (nearer than 3 h), so the contour does not move.
struct Nearest {
    Tiles tiles;
    std::vector<std::int32_t> triangle;  ///< 512 per block, -1 where farther than the band
};
Nearest nearest_triangles(const Tiles&, const Contour3&);

/// Solid volume, nm^3.
double solid_volume(const Tiles&);
std::vector<Void3> gas_pockets(const Tiles&, double least_volume);

/// phi of a solid, sampled where it is near.
Tiles sampled(const Lattice3&, const Solid&);

}  // namespace damascene::feature::volume3
