// The nearest triangle of every node in the band, passed on from neighbour to neighbour.
//
// A node beside the contour looks at the triangles of the cells around it; the others at those their neighbours found,
// one layer after the other, distances being exact for the triangles looked at.
#include <algorithm>
#include <cmath>
#include <limits>

#include "feature/volume3/tiles.hpp"

namespace damascene::feature::volume3 {
namespace {

double squared_distance(Vec3 p, Vec3 a, Vec3 b, Vec3 c) {  // [Ericson 2005, 5.1.5]
    const Vec3 ab = b - a, ac = c - a, ap = p - a;
    const auto sq = [](const Vec3& v) { return dot(v, v); };
    const double d1 = dot(ab, ap), d2 = dot(ac, ap);
    if (d1 <= 0 && d2 <= 0) return sq(ap);
    const Vec3 bp = p - b;
    const double d3 = dot(ab, bp), d4 = dot(ac, bp);
    if (d3 >= 0 && d4 <= d3) return sq(bp);
    const double vc = d1 * d4 - d3 * d2;
    if (vc <= 0 && d1 >= 0 && d3 <= 0) return sq(ap - (d1 / (d1 - d3)) * ab);
    const Vec3 cp = p - c;
    const double d5 = dot(ab, cp), d6 = dot(ac, cp);
    if (d6 >= 0 && d5 <= d6) return sq(cp);
    const double vb = d5 * d2 - d1 * d6;
    if (vb <= 0 && d2 >= 0 && d6 <= 0) return sq(ap - (d2 / (d2 - d6)) * ac);
    const double va = d3 * d6 - d5 * d4;
    if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) return sq(bp - ((d4 - d3) / ((d4 - d3) + (d5 - d6))) * (c - b));
    const double total = va + vb + vc;
    return sq(ap - (vb / total) * ab - (vc / total) * ac);
}

struct Search {
    const Lattice3& lattice;
    const TriangleMesh& mesh;

    Vec3 point(std::int32_t triangle, std::size_t corner) const {
        const auto& p =
            mesh.points[static_cast<std::size_t>(mesh.triangles[static_cast<std::size_t>(triangle)][corner])];
        return {p[0], p[1], p[2]};
    }
    /// Beyond a mirror nothing is nearer; beyond a periodic wall the nearest image counts.
    double squared(Vec3 p, std::int32_t triangle) const {
        const Vec3 a = point(triangle, 0);
        if (lattice.side == Side::periodic) {
            const double lx = (lattice.n[0] - 1) * lattice.h, ly = (lattice.n[1] - 1) * lattice.h;
            p.x -= lx * std::round((p.x - a.x) / lx);
            p.y -= ly * std::round((p.y - a.y) / ly);
        }
        return squared_distance(p, a, point(triangle, 1), point(triangle, 2));
    }
};

constexpr float unknown = std::numeric_limits<float>::infinity();

struct Found {
    std::vector<std::int32_t> triangle;  ///< per node, -1
    std::vector<double> squared;
};

void offer(const Search& search, Vec3 p, std::int32_t triangle, std::int32_t& best, double& least) {
    const double d = search.squared(p, triangle);
    if (d < least || (d == least && triangle < best)) best = triangle, least = d;
}

// Triangles of a cell offered to its eight corners; corners may lie in other blocks, so blocks gather instead.
void offer_cells(const Tiles& t, const Contour3& c, const std::vector<std::vector<std::int32_t>>& of_block,
                 const Search& search, Found& found) {
    parallel_for(t.blocks.size(), [&](std::size_t b) {
        const Index3 block = t.blocks[b];
        for (int k = 0; k < 8; ++k) {
            const Index3 other = {block.x - (k & 1), block.y - (k >> 1 & 1), block.z - (k >> 2)};
            if (other.x < 0 || other.y < 0 || other.z < 0) continue;
            for (std::int32_t tri : of_block[t.number(other)]) {
                const Index3 cube = c.cube[static_cast<std::size_t>(tri)];
                for (int corner = 0; corner < 8; ++corner) {
                    const Index3 i = {cube.x + (corner & 1), cube.y + (corner >> 1 & 1), cube.z + (corner >> 2)};
                    if (i.x / edge != block.x || i.y / edge != block.y || i.z / edge != block.z) continue;
                    const std::size_t n = b * block_nodes + static_cast<std::size_t>(place_in_block(i));
                    offer(search, t.lattice.at(i), tri, found.triangle[n], found.squared[n]);
                }
            }
        }
    });
}

// One layer: nodes without a triangle (or, when `improve`, those with one) look at the answers of their neighbours.
void pass_on(const Tiles& t, const Search& search, bool improve, double reach, Found& found) {
    const std::vector<std::int32_t> before = found.triangle;
    parallel_for(t.blocks.size(), [&](std::size_t b) {
        Halo<std::int32_t> near;
        gather(
            t, before, t.blocks[b], 1, 1, [](int) { return -1; }, near);
        if (std::all_of(near.values.begin(), near.values.end(), [](std::int32_t v) { return v < 0; })) return;
        for (int n = 0; n < block_nodes; ++n) {
            const int x = n >> 6, y = n >> 3 & 7, z = n & 7;
            if ((near.at(x, y, z) >= 0) != improve || !t.holds(t.blocks[b], n)) continue;
            std::array<std::int32_t, 27> tried{};
            std::size_t count = 0;
            const std::size_t k = b * block_nodes + static_cast<std::size_t>(n);
            std::int32_t best = found.triangle[k];
            double least = found.squared[k];
            if (improve) tried[count++] = best;
            for (int dx = -1; dx <= 1; ++dx)
                for (int dy = -1; dy <= 1; ++dy)
                    for (int dz = -1; dz <= 1; ++dz) {
                        const std::int32_t tri = near.at(x + dx, y + dy, z + dz);
                        if (tri < 0 || std::find(tried.begin(), tried.begin() + static_cast<std::ptrdiff_t>(count),
                                                 tri) != tried.begin() + static_cast<std::ptrdiff_t>(count))
                            continue;
                        tried[count++] = tri;
                        offer(search, t.lattice.at(node_of(t.blocks[b], n)), tri, best, least);
                    }
            if (best >= 0 && least <= reach * reach) found.triangle[k] = best, found.squared[k] = least;
        }
    });
}

std::vector<std::uint8_t> around(const Tiles& t, const Contour3& c) {
    std::vector<std::uint8_t> wanted(t.slot.size(), 0);
    const auto wrapped = [&](int axis, int b) {
        const int last = t.count[static_cast<std::size_t>(axis)] - 1;
        if (axis == 2 || t.lattice.side != Side::periodic || (b >= 0 && b <= last)) return b;
        return b < 0 ? last : 0;
    };
    std::vector<std::uint8_t> cut(t.slot.size(), 0);
    for (const Index3& cube : c.cube) cut[t.number({cube.x / edge, cube.y / edge, cube.z / edge})] = 1;
    std::size_t n = 0;
    for (int x = 0; x < t.count[0]; ++x)
        for (int y = 0; y < t.count[1]; ++y)
            for (int z = 0; z < t.count[2]; ++z, ++n) {
                if (!cut[n]) continue;
                // Beyond a periodic wall a block may be cut short: take two there.
                for (int dx = -2; dx <= 2; ++dx)
                    for (int dy = -2; dy <= 2; ++dy)
                        for (int dz = -1; dz <= 1; ++dz) {
                            const Index3 o = {wrapped(0, x + dx), wrapped(1, y + dy), z + dz};
                            const bool inside = o.x >= 0 && o.y >= 0 && o.z >= 0 && o.x < t.count[0] &&
                                                o.y < t.count[1] && o.z < t.count[2];
                            const bool adjacent = std::abs(dx) < 2 && std::abs(dy) < 2;
                            if (inside && (adjacent || o.x != x + dx || o.y != y + dy)) wanted[t.number(o)] = 1;
                        }
            }
    return wanted;
}

}  // namespace

Nearest nearest_triangles(const Tiles& given, const Contour3& c) {
    Nearest out{retiled(given, around(given, c)), {}};
    Tiles& t = out.tiles;
    const Search search{t.lattice, c.mesh};
    std::vector<std::vector<std::int32_t>> of_block(t.slot.size());
    for (std::size_t k = 0; k < c.cube.size(); ++k)
        of_block[t.number({c.cube[k].x / edge, c.cube[k].y / edge, c.cube[k].z / edge})].push_back(
            static_cast<std::int32_t>(k));
    Found found{std::vector<std::int32_t>(t.phi.size(), -1), std::vector<double>(t.phi.size(), unknown)};
    offer_cells(t, c, of_block, search, found);
    const double reach = t.lattice.band();
    for (int k = 0; k < 2; ++k) pass_on(t, search, true, reach, found);
    for (int layer = 0; layer < static_cast<int>(band_cells) + 1; ++layer) pass_on(t, search, false, reach, found);
    parallel_for(t.phi.size() / block_nodes, [&](std::size_t b) {
        for (std::size_t k = b * block_nodes; k < (b + 1) * block_nodes; ++k) {
            double& f = t.phi[k];
            const double d = found.triangle[k] < 0 ? reach : std::min(reach, std::sqrt(found.squared[k]));
            const bool keep =
                std::abs(f) < kept_cells * t.lattice.h && std::abs(std::abs(f) - d) <= kept_error * t.lattice.h;
            if (!keep) f = std::copysign(d, f);
        }
    });
    out.triangle = std::move(found.triangle);
    return out;
}

}  // namespace damascene::feature::volume3
