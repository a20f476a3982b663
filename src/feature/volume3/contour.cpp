// The contour phi = 0 by marching cubes [Lorensen & Cline 1987]. The polygons of a cell are traced round its faces, and
// a face with two diagonal solid corners is always cut so that they stay apart: neighbours agree, the mesh is closed.
//
// A node with |phi| < 1e-6 h counts as lying on the contour, on the solid's side; cuts beside it move onto it. Not so
// on a periodic wall with gas on either side: a face that lies in the wall moves into the box by 1e-4 h, so that the
// outlines on both walls stay alike.
#include <algorithm>
#include <cmath>

#include "feature/volume3/tiles.hpp"

namespace damascene::feature::volume3 {
namespace {

// Corner c of a cell: bits x = 1, y = 2, z = 4. Faces: corners counter-clockwise from outside.
constexpr int faces[6][4] = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};

/// A cell's edge by its ends, lower corner first: 8 low + high.
constexpr int edge_code(int a, int b) { return a < b ? 8 * a + b : 8 * b + a; }

using Loop = std::vector<int>;

// On every face a run of solid corners joins the edge where it begins to the one where it ends; every cut edge begins a
// run on one of its faces and ends one on the other, so the pieces close.
std::vector<Loop> loops_of(int solid) {
    std::array<int, 64> next{};
    next.fill(-1);
    const auto in = [&](int c) { return (solid >> c & 1) != 0; };
    for (const auto& face : faces)
        for (int k = 0; k < 4; ++k) {
            if (in(face[k]) || !in(face[(k + 1) % 4])) continue;
            int end = (k + 1) % 4;
            while (in(face[(end + 1) % 4])) end = (end + 1) % 4;
            next[static_cast<std::size_t>(edge_code(face[k], face[(k + 1) % 4]))] =
                edge_code(face[end], face[(end + 1) % 4]);
        }
    std::vector<Loop> loops;
    for (int start = 0; start < 64; ++start) {
        Loop loop;
        for (int e = start; next[static_cast<std::size_t>(e)] >= 0;) {
            loop.push_back(e);
            e = std::exchange(next[static_cast<std::size_t>(e)], -1);
        }
        if (!loop.empty()) loops.push_back(loop);
    }
    return loops;
}

const std::vector<Loop>& loops(int solid) {
    static const auto table = [] {
        std::array<std::vector<Loop>, 256> t;
        for (int s = 0; s < 256; ++s) t[static_cast<std::size_t>(s)] = loops_of(s);
        return t;
    }();
    return table[static_cast<std::size_t>(solid)];
}

using Key = std::uint64_t;  ///< 4 (number of the lower node) + axis of the edge, or + 3: the node itself

struct Vertex {
    Key key;
    std::array<double, 3> at;
};
struct Triangle3 {
    std::array<Key, 3> corner;
    Index3 cube;
};
struct Piece3 {
    std::vector<Vertex> vertices;
    std::vector<Triangle3> triangles;
};

Index3 corner_of(Index3 cube, int c) { return {cube.x + (c & 1), cube.y + (c >> 1 & 1), cube.z + (c >> 2)}; }

Vertex vertex_of(const Lattice3& l, Index3 cube, int code, const double* phi) {
    const int a = code >> 3, b = code & 7;
    const auto number = [&](Index3 i) {
        return (static_cast<Key>(i.x) * static_cast<Key>(l.n[1]) + static_cast<Key>(i.y)) * static_cast<Key>(l.n[2]) +
               static_cast<Key>(i.z);
    };
    const Index3 ia = corner_of(cube, a), ib = corner_of(cube, b);
    const Vec3 pa = l.at(ia), pb = l.at(ib);
    if (phi[a] == 0) return {4 * number(ia) + 3, {pa.x, pa.y, pa.z}};
    if (phi[b] == 0) return {4 * number(ib) + 3, {pb.x, pb.y, pb.z}};
    const double u = phi[a] / (phi[a] - phi[b]);
    const Key axis = (b - a) == 1 ? 0 : (b - a) == 2 ? 1 : 2;
    return {4 * number(ia) + axis, {pa.x + u * (pb.x - pa.x), pa.y + u * (pb.y - pa.y), pa.z + u * (pb.z - pa.z)}};
}

void add_loop(const Lattice3& l, Index3 cube, const Loop& loop, const double* phi, Piece3& out) {
    std::vector<Vertex> v;
    for (int code : loop) {
        const Vertex next = vertex_of(l, cube, code, phi);
        if (v.empty() || v.back().key != next.key) v.push_back(next);
    }
    while (v.size() > 1 && v.front().key == v.back().key) v.pop_back();
    if (v.size() < 3) return;
    for (std::size_t k = 1; k + 1 < v.size(); ++k)
        if (v[k].key != v[0].key && v[k + 1].key != v[0].key)
            out.triangles.push_back({{v[0].key, v[k].key, v[k + 1].key}, cube});
    out.vertices.insert(out.vertices.end(), v.begin(), v.end());
}

// phi of a node of the halo, 0 where it counts as on the contour.
double settled(const Lattice3& l, const Halo<double>& f, Index3 node, int x, int y, int z) {
    const double phi = f.at(x, y, z), least = 1e-6 * l.h;
    if (std::abs(phi) >= least) return phi;
    if (l.side != Side::periodic) return 0;
    const bool on_x = node.x == 0 || node.x == l.n[0] - 1, on_y = node.y == 0 || node.y == l.n[1] - 1;
    const bool gas = (on_x && std::max(f.at(x - 1, y, z), f.at(x + 1, y, z)) >= least) ||
                     (on_y && std::max(f.at(x, y - 1, z), f.at(x, y + 1, z)) >= least);
    return gas ? 1e-4 * l.h : 0;
}

Piece3 contour_of_block(const Tiles& t, Index3 block) {
    const Lattice3& l = t.lattice;
    Piece3 out;
    Halo<double> f;
    gather_phi(t, block, 1, 2, f);
    for (int n = 0; n < block_nodes; ++n) {
        const Index3 cube = node_of(block, n);
        if (cube.x + 1 >= l.n[0] || cube.y + 1 >= l.n[1] || cube.z + 1 >= l.n[2]) continue;
        double phi[8];
        int solid = 0;
        for (int c = 0; c < 8; ++c) {
            phi[c] =
                settled(l, f, corner_of(cube, c), (n >> 6) + (c & 1), (n >> 3 & 7) + (c >> 1 & 1), (n & 7) + (c >> 2));
            solid |= (phi[c] <= 0) << c;
        }
        if (solid != 0 && solid != 255)
            for (const Loop& loop : loops(solid)) add_loop(l, cube, loop, phi, out);
    }
    return out;
}

}  // namespace

Contour3 contour(const Tiles& t) {
    std::vector<Piece3> pieces(t.blocks.size());
    parallel_for(pieces.size(), [&](std::size_t b) { pieces[b] = contour_of_block(t, t.blocks[b]); });
    std::vector<Vertex> vertices;
    for (const Piece3& p : pieces) vertices.insert(vertices.end(), p.vertices.begin(), p.vertices.end());
    std::sort(vertices.begin(), vertices.end(), [](const Vertex& a, const Vertex& b) { return a.key < b.key; });
    vertices.erase(
        std::unique(vertices.begin(), vertices.end(), [](const Vertex& a, const Vertex& b) { return a.key == b.key; }),
        vertices.end());
    const auto index = [&](Key k) {
        return static_cast<std::int32_t>(std::lower_bound(vertices.begin(), vertices.end(), k,
                                                          [](const Vertex& v, Key key) { return v.key < key; }) -
                                         vertices.begin());
    };
    Contour3 out;
    for (const Vertex& v : vertices) out.mesh.points.push_back(v.at);
    for (const Piece3& p : pieces)
        for (const Triangle3& tri : p.triangles) {
            out.mesh.triangles.push_back({index(tri.corner[0]), index(tri.corner[1]), index(tri.corner[2])});
            out.cube.push_back(tri.cube);
        }
    return out;
}

}  // namespace damascene::feature::volume3
