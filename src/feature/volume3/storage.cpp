// Volumes as numbers for storage, and in a taller box.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "feature/volume3/field.hpp"

namespace damascene::feature {
namespace {

using namespace volume3;

[[noreturn]] void damaged(const char* what) {
    throw InputError("D0605", fmt::format("a stored volume is damaged: {}", what), "it will be computed again");
}

SparseField sparse(const Tiles& t) { return {{t.slot.begin(), t.slot.end()}, t.phi}; }

Tiles dense(const Lattice3& lattice, const SparseField& f) {
    Tiles t = all_gas(lattice);
    if (f.slot.size() != t.slot.size() || f.phi.size() % block_nodes != 0) damaged("its blocks do not fill the box");
    std::size_t n = 0;
    for (int x = 0; x < t.count[0]; ++x)
        for (int y = 0; y < t.count[1]; ++y)
            for (int z = 0; z < t.count[2]; ++z, ++n) {
                t.slot[n] = f.slot[n];
                if (f.slot[n] == far_gas || f.slot[n] == far_solid) continue;
                if (f.slot[n] != static_cast<int>(t.blocks.size())) damaged("its blocks are out of order");
                t.blocks.push_back({x, y, z});
            }
    if (t.blocks.size() * block_nodes != f.phi.size()) damaged("its blocks have no values");
    for (double v : f.phi)
        if (!(std::abs(v) <= lattice.band() * (1 + 1e-12))) damaged("a distance is out of range");
    t.phi = f.phi;
    return t;
}

/// phi at a place of the old box; above its top the distance grows, below its bottom it falls.
double continued(const Tiles& t, Index3 old) {
    const int last = t.lattice.n[2] - 1, beyond = old.z < 0 ? old.z : std::max(0, old.z - last);
    const Index3 inside = {t.lattice.fold(0, old.x), t.lattice.fold(1, old.y), std::clamp(old.z, 0, last)};
    return std::clamp(t.value(inside) + beyond * t.lattice.h, -t.lattice.band(), t.lattice.band());
}

Tiles moved_into(const Tiles& t, const Lattice3& taller, int blocks_below) {
    Tiles out = all_gas(taller);
    std::vector<std::uint8_t> wanted(out.slot.size(), 0);
    std::size_t n = 0;
    for (int x = 0; x < out.count[0]; ++x)
        for (int y = 0; y < out.count[1]; ++y)
            for (int z = 0; z < out.count[2]; ++z, ++n) {
                const int old = z - blocks_below;
                const int s = old < 0 ? far_solid : old >= t.count[2] ? far_gas : t.slot[t.number({x, y, old})];
                wanted[n] = s >= 0;
                out.slot[n] = s >= 0 ? far_gas : s;
            }
    out = retiled(out, wanted);
    parallel_for(out.blocks.size(), [&](std::size_t b) {
        for (int n3 = 0; n3 < block_nodes; ++n3) {
            Index3 i = node_of(out.blocks[b], n3);
            i.z -= blocks_below * edge;
            out.phi[b * block_nodes + static_cast<std::size_t>(n3)] = continued(t, i);
        }
    });
    return trimmed(out);
}

}  // namespace

std::vector<SparseField> sparse_fields(const Volume& v) {
    std::vector<SparseField> out;
    for (const auto& phi : v.phi) out.push_back(sparse(phi->tiles()));
    return out;
}

Volume volume_of(const VolumeBox& box, const std::vector<std::string>& materials,
                 const std::vector<SparseField>& fields) {
    const Lattice3 lattice = lattice_of(box);
    if (materials.size() != fields.size()) damaged("materials and fields differ in number");
    Volume v{box, materials, {}};
    for (const SparseField& f : fields) v.phi.push_back(field(dense(lattice, f)));
    return v;
}

Volume with_room(const Volume& v, double z0, double z1) {
    const double block = edge * v.box.h_nm;
    const auto blocks = [&](double room) { return static_cast<int>(std::max(0.0, std::ceil(room / block - 1e-9))); };
    const int below = blocks(v.box.z0_nm - z0), above = blocks(z1 - v.box.z1_nm);
    if (below == 0 && above == 0) return v;
    Volume out{v.box, v.materials, {}};
    out.box.z0_nm -= below * block, out.box.z1_nm += above * block;
    const Lattice3 taller = lattice_of(out.box);
    for (const auto& phi : v.phi) out.phi.push_back(field(moved_into(phi->tiles(), taller, below)));
    return out;
}

}  // namespace damascene::feature
