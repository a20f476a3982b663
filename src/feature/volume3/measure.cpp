// Volumes and enclosed gas. Every cell is six tetrahedra around its diagonal [Kuhn 1960], phi linear in each.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "feature/volume3/field.hpp"

namespace damascene::feature {
namespace volume3 {
namespace {

// Corners by bits x = 1, y = 2, z = 4.
constexpr int sixths[6][4] = {{0, 1, 3, 7}, {0, 1, 5, 7}, {0, 2, 3, 7}, {0, 2, 6, 7}, {0, 4, 5, 7}, {0, 4, 6, 7}};

/// Share of a tetrahedron where the linear phi < 0.
double solid_share(double a, double b, double c, double d) {
    std::array<double, 4> v = {a, b, c, d};
    std::sort(v.begin(), v.end());
    const auto cut = [](double low, double high) { return low / (low - high); };  // from low, low < 0 <= high
    if (v[0] >= 0) return 0;
    if (v[1] >= 0) return cut(v[0], v[1]) * cut(v[0], v[2]) * cut(v[0], v[3]);
    if (v[2] >= 0) {
        const double u = cut(v[0], v[2]), w = cut(v[0], v[3]), x = cut(v[1], v[2]), y = cut(v[1], v[3]);
        return u * w + y * u * (1 - w) + (1 - u) * y * x;
    }
    if (v[3] >= 0) return 1 - (1 - cut(v[0], v[3])) * (1 - cut(v[1], v[3])) * (1 - cut(v[2], v[3]));
    return 1;
}

std::array<double, 8> corners(const Halo<double>& f, int n) {
    std::array<double, 8> phi;
    for (int c = 0; c < 8; ++c)
        phi[static_cast<std::size_t>(c)] = f.at((n >> 6) + (c & 1), (n >> 3 & 7) + (c >> 1 & 1), (n & 7) + (c >> 2));
    return phi;
}

bool is_cell(const Lattice3& l, Index3 i) { return i.x + 1 < l.n[0] && i.y + 1 < l.n[1] && i.z + 1 < l.n[2]; }

double cells_in(const Lattice3& l, Index3 block) {
    const auto along = [&](int b, int nodes) { return static_cast<double>(std::clamp(nodes - 1 - b * edge, 0, edge)); };
    return along(block.x, l.n[0]) * along(block.y, l.n[1]) * along(block.z, l.n[2]);
}

Index3 block_of(const Tiles& t, std::size_t n) {
    const auto nz = static_cast<std::size_t>(t.count[2]), ny = static_cast<std::size_t>(t.count[1]);
    return {static_cast<int>(n / nz / ny), static_cast<int>(n / nz % ny), static_cast<int>(n % nz)};
}

double solid_cells(const Tiles& t, Index3 block) {
    Halo<double> f;
    gather_phi(t, block, 0, 1, f);
    double sum = 0;
    for (int n = 0; n < block_nodes; ++n) {
        if (!is_cell(t.lattice, node_of(block, n))) continue;
        const auto phi = corners(f, n);
        for (const auto& s : sixths)
            sum += solid_share(phi[static_cast<std::size_t>(s[0])], phi[static_cast<std::size_t>(s[1])],
                               phi[static_cast<std::size_t>(s[2])], phi[static_cast<std::size_t>(s[3])]) /
                   6;
    }
    return sum;
}

// ------------------------------------------------------------------------------------------------------------ pockets
/// Connected gas: nodes of blocks, then far blocks, joined along the edges of the tetrahedra.
class Gas {
  public:
    explicit Gas(const Tiles& t) : t_(t), root_(t.phi.size() + t.slot.size()) {
        std::iota(root_.begin(), root_.end(), std::size_t{0});
    }
    /// -1: solid.
    std::ptrdiff_t place(Index3 i) const {
        const std::size_t block = t_.number({i.x / edge, i.y / edge, i.z / edge});
        const int s = t_.slot[block];
        if (s == far_solid) return -1;
        if (s == far_gas) return static_cast<std::ptrdiff_t>(t_.phi.size() + block);
        const std::size_t n = static_cast<std::size_t>(s) * block_nodes + static_cast<std::size_t>(place_in_block(i));
        return t_.phi[n] > 0 ? static_cast<std::ptrdiff_t>(n) : -1;
    }
    std::size_t find(std::size_t i) {
        while (root_[i] != i) i = root_[i] = root_[root_[i]];
        return i;
    }
    void join(Index3 a, Index3 b) {
        const std::ptrdiff_t p = place(a), q = place(b);
        if (p < 0 || q < 0) return;
        const std::size_t i = find(static_cast<std::size_t>(p)), j = find(static_cast<std::size_t>(q));
        root_[std::max(i, j)] = std::min(i, j);
    }

  private:
    const Tiles& t_;
    std::vector<std::size_t> root_;
};

// Far blocks are uniform: only the nodes beside their faces need a look.
template <class Body>
void for_border(const Tiles& t, Index3 block, bool all, const Body& body) {
    for (int n = 0; n < block_nodes; ++n) {
        const int x = n >> 6, y = n >> 3 & 7, z = n & 7;
        if (!all && x > 0 && x < 7 && y > 0 && y < 7 && z > 0 && z < 7) continue;
        if (t.holds(block, n)) body(node_of(block, n));
    }
}

Gas connected(const Tiles& t) {
    Gas gas(t);
    const Lattice3& l = t.lattice;
    for (std::size_t b = 0; b < t.slot.size(); ++b) {
        if (t.slot[b] == far_solid) continue;
        for_border(t, block_of(t, b), t.slot[b] >= 0, [&](Index3 i) {
            for (int c = 1; c < 8; ++c) {
                const Index3 forward = {i.x + (c & 1), i.y + (c >> 1 & 1), i.z + (c >> 2)};
                if (forward.x < l.n[0] && forward.y < l.n[1] && forward.z < l.n[2]) gas.join(i, forward);
            }
            if (l.side == Side::periodic) {
                if (i.x == 0) gas.join(i, {l.n[0] - 1, i.y, i.z});
                if (i.y == 0) gas.join(i, {i.x, l.n[1] - 1, i.z});
            }
        });
    }
    return gas;
}

struct Pocket {
    double cells = 0;
    Vec3 moment, low{1e300, 1e300, 1e300}, high{-1e300, -1e300, -1e300};
    void add(double share, Vec3 at) {
        cells += share;
        moment = moment + share * at;
        low = {std::min(low.x, at.x), std::min(low.y, at.y), std::min(low.z, at.z)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y), std::max(high.z, at.z)};
    }
};

void add_cells(const Tiles& t, Index3 block, Gas& gas, const std::vector<std::uint8_t>& open,
               std::map<std::size_t, Pocket>& pockets) {
    Halo<double> f;
    gather_phi(t, block, 0, 1, f);
    for (int n = 0; n < block_nodes; ++n) {
        const Index3 i = node_of(block, n);
        if (!is_cell(t.lattice, i)) continue;
        const auto phi = corners(f, n);
        const Vec3 center = t.lattice.at(i) + Vec3{0.5 * t.lattice.h, 0.5 * t.lattice.h, 0.5 * t.lattice.h};
        for (const auto& s : sixths)
            for (int c : s) {
                const std::ptrdiff_t p = gas.place({i.x + (c & 1), i.y + (c >> 1 & 1), i.z + (c >> 2)});
                if (p < 0) continue;
                const std::size_t root = gas.find(static_cast<std::size_t>(p));
                if (open[root]) break;
                const auto v = [&](int k) { return phi[static_cast<std::size_t>(s[k])]; };
                pockets[root].add((1 - solid_share(v(0), v(1), v(2), v(3))) / 6, center);
                break;
            }
    }
}

}  // namespace

double solid_volume(const Tiles& t) {
    const double cells = parallel_sum(t.slot.size(), 64, [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        for (std::size_t n = begin; n < end; ++n)
            if (t.slot[n] != far_gas)
                sum += t.slot[n] == far_solid ? cells_in(t.lattice, block_of(t, n)) : solid_cells(t, block_of(t, n));
        return sum;
    });
    return cells * t.lattice.h * t.lattice.h * t.lattice.h;
}

std::vector<Void3> gas_pockets(const Tiles& t, double least_volume) {
    const Lattice3& l = t.lattice;
    Gas gas = connected(t);
    std::vector<std::uint8_t> open(t.phi.size() + t.slot.size(), 0);
    for (int x = 0; x < l.n[0]; ++x)
        for (int y = 0; y < l.n[1]; ++y)
            if (const std::ptrdiff_t p = gas.place({x, y, l.n[2] - 1}); p >= 0)
                open[gas.find(static_cast<std::size_t>(p))] = 1;
    std::map<std::size_t, Pocket> pockets;
    for (std::size_t n = 0; n < t.slot.size(); ++n) {
        if (t.slot[n] == far_solid) continue;
        if (t.slot[n] == far_gas && open[gas.find(t.phi.size() + n)]) continue;
        add_cells(t, block_of(t, n), gas, open, pockets);
    }
    std::vector<Void3> out;
    const double cell = l.h * l.h * l.h;
    for (const auto& [root, p] : pockets) {
        if (p.cells * cell < least_volume || p.cells <= 0) continue;
        const Vec3 c = (1 / p.cells) * p.moment;
        out.push_back({p.cells * cell, {c.x, c.y, c.z}, {p.low.x, p.low.y, p.low.z}, {p.high.x, p.high.y, p.high.z}});
    }
    return out;
}

}  // namespace volume3

using namespace volume3;

double volume(const Volume& v, std::size_t material) {
    if (material >= v.phi.size()) throw InputError("D0402", "the volume has no such material");
    const double upper = solid_volume(v.phi[material]->tiles());
    return material == 0 ? upper : upper - solid_volume(v.phi[material - 1]->tiles());
}

double gas_volume(const Volume& v) {
    const VolumeBox& b = v.box;
    const double all = (b.x1_nm - b.x0_nm) * (b.y1_nm - b.y0_nm) * (b.z1_nm - b.z0_nm);
    return v.phi.empty() ? all : all - solid_volume(v.phi.back()->tiles());
}

std::vector<Void3> voids(const Volume& v, double least_volume_nm3) {
    if (v.phi.empty()) return {};
    return gas_pockets(v.phi.back()->tiles(), least_volume_nm3);
}

}  // namespace damascene::feature
