// Blocks of nodes near a surface.
#include "feature/volume3/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace damascene::feature {
namespace volume3 {
namespace {

int whole_cells(double low, double high, double h, const char* axis) {
    const double cells = (high - low) / h;
    if (!(cells >= 1 - 1e-6) || cells > 1e5)
        throw InputError("D0402", fmt::format("the box has no extent of 1 to 100000 cells along {}", axis),
                         "needs low < high and a cell of fitting size");
    if (std::abs(cells - std::round(cells)) > 1e-6)
        throw InputError(
            "D0402", fmt::format("the box is {:.6g} cells long along {}", cells, axis),
            fmt::format("a whole number is needed: use a cell of {:.6g} nm", (high - low) / std::ceil(cells)));
    return static_cast<int>(std::lround(cells));
}

// Slots numbered anew where `wanted`; the others by their side.
Tiles renumbered(const Tiles& like, const std::vector<std::uint8_t>& wanted) {
    Tiles out = all_gas(like.lattice);
    std::size_t n = 0;
    for (int x = 0; x < out.count[0]; ++x)
        for (int y = 0; y < out.count[1]; ++y)
            for (int z = 0; z < out.count[2]; ++z, ++n) {
                const int s = like.slot[n];
                const bool solid =
                    s == far_solid || (s >= 0 && like.phi[static_cast<std::size_t>(s) * block_nodes] < 0);
                out.slot[n] = wanted[n] ? static_cast<int>(out.blocks.size()) : solid ? far_solid : far_gas;
                if (wanted[n]) out.blocks.push_back({x, y, z});
            }
    return out;
}

}  // namespace

Lattice3 lattice_of(const VolumeBox& b) {
    for (double v : {b.x0_nm, b.x1_nm, b.y0_nm, b.y1_nm, b.z0_nm, b.z1_nm, b.h_nm})
        if (!std::isfinite(v)) throw InputError("D0402", "the box has a bound that is no finite number");
    if (!(b.h_nm > 0)) throw InputError("D0402", "the cell of a volume has no size", "use h > 0");
    if (b.side == Side::open)
        throw InputError("D0402", "the walls of a volume cannot be open", "use mirror or periodic walls");
    const std::array<int, 3> cells = {whole_cells(b.x0_nm, b.x1_nm, b.h_nm, "x"),
                                      whole_cells(b.y0_nm, b.y1_nm, b.h_nm, "y"),
                                      whole_cells(b.z0_nm, b.z1_nm, b.h_nm, "z")};
    double blocks = 1;
    for (int c : cells) blocks *= c / edge + 1.0;
    if (blocks > 2e8)
        throw ResourceError("D0402", fmt::format("the box has {:.3g} cells", blocks * block_nodes),
                            "use a coarser cell");
    return {{cells[0] + 1, cells[1] + 1, cells[2] + 1}, b.h_nm, {b.x0_nm, b.y0_nm, b.z0_nm}, b.side};
}

Tiles all_gas(const Lattice3& lattice) {
    Tiles t;
    t.lattice = lattice;
    t.count = lattice.blocks();
    t.slot.assign(static_cast<std::size_t>(t.count[0]) * static_cast<std::size_t>(t.count[1]) *
                      static_cast<std::size_t>(t.count[2]),
                  far_gas);
    return t;
}

double Tiles::value(Index3 i) const {
    const int s = slot[number({i.x / edge, i.y / edge, i.z / edge})];
    return s < 0 ? far_value(s)
                 : phi[static_cast<std::size_t>(s) * block_nodes + static_cast<std::size_t>(place_in_block(i))];
}

bool Tiles::holds(Index3 block, int n) const {
    const Index3 i = node_of(block, n);
    return i.x < lattice.n[0] && i.y < lattice.n[1] && i.z < lattice.n[2];
}

Tiles retiled(const Tiles& like, const std::vector<std::uint8_t>& wanted) {
    Tiles out = renumbered(like, wanted);
    out.phi.resize(out.blocks.size() * block_nodes);
    parallel_for(out.blocks.size(), [&](std::size_t b) {
        const int s = like.slot[like.number(out.blocks[b])];
        double* target = &out.phi[b * block_nodes];
        if (s < 0)
            std::fill_n(target, block_nodes, like.far_value(s));
        else
            std::copy_n(&like.phi[static_cast<std::size_t>(s) * block_nodes], block_nodes, target);
    });
    return out;
}

Tiles trimmed(const Tiles& t) {
    std::vector<std::uint8_t> wanted(t.slot.size(), 0);
    const double band = t.lattice.band() * (1 - 1e-12);
    parallel_for(t.blocks.size(), [&](std::size_t b) {
        for (int n = 0; n < block_nodes; ++n)
            if (std::abs(t.phi[b * block_nodes + static_cast<std::size_t>(n)]) < band && t.holds(t.blocks[b], n))
                wanted[t.number(t.blocks[b])] = 1;
    });
    return retiled(t, wanted);
}

Tiles sampled(const Lattice3& lattice, const Solid& solid) {
    Tiles t = all_gas(lattice);
    std::vector<std::uint8_t> wanted(t.slot.size(), 0);
    const double reach = lattice.band() + 0.5 * std::sqrt(3.0) * edge * lattice.h;
    parallel_for(t.slot.size(), [&](std::size_t n) {
        const auto nz = static_cast<std::size_t>(t.count[2]), ny = static_cast<std::size_t>(t.count[1]);
        const Vec3 corner = lattice.at({static_cast<int>(n / nz / ny) * edge, static_cast<int>(n / nz % ny) * edge,
                                        static_cast<int>(n % nz) * edge});
        const double half = 0.5 * (edge - 1) * lattice.h;
        const double f = solid(corner.x + half, corner.y + half, corner.z + half);
        wanted[n] = std::abs(f) <= reach;
        t.slot[n] = f < 0 ? far_solid : far_gas;
    });
    t = retiled(t, wanted);
    parallel_for(t.blocks.size(), [&](std::size_t b) {
        for (int n = 0; n < block_nodes; ++n) {
            const Vec3 p = lattice.at(node_of(t.blocks[b], n));
            const double f = solid(p.x, p.y, p.z);
            t.phi[b * block_nodes + static_cast<std::size_t>(n)] = std::clamp(f, -lattice.band(), lattice.band());
        }
    });
    for (double f : t.phi)
        if (!std::isfinite(f)) throw InputError("D0402", "a solid's distance is no finite number somewhere");
    return trimmed(t);
}

}  // namespace volume3
}  // namespace damascene::feature
