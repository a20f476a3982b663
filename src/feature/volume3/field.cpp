// Storage and Boolean operations of level sets by OpenVDB [Museth 2013].
#include "feature/volume3/field.hpp"

#include <openvdb/openvdb.h>
#include <openvdb/tools/Composite.h>

#include <algorithm>

namespace damascene::feature::volume3 {

struct Field::Tree {
    openvdb::DoubleTree tree;
};

namespace {

using openvdb::Coord;

Coord corner(Index3 b) { return {b.x * edge, b.y * edge, b.z * edge}; }

template <class Body>
void for_blocks(const std::array<int, 3>& count, const Body& body) {
    for (int x = 0; x < count[0]; ++x)
        for (int y = 0; y < count[1]; ++y)
            for (int z = 0; z < count[2]; ++z) body(Index3{x, y, z});
}

void put_leaf(openvdb::DoubleTree& tree, Index3 block, const double* phi, double band) {
    auto* leaf = tree.touchLeaf(corner(block));
    for (openvdb::Index n = 0; n < block_nodes; ++n)
        if (std::abs(phi[n]) < band)
            leaf->setValueOn(n, phi[n]);
        else
            leaf->setValueOff(n, std::clamp(phi[n], -band, band));
}

}  // namespace

Field::Field(const Tiles& t) : lattice_(t.lattice), tree_(new Tree{openvdb::DoubleTree(t.lattice.band())}) {
    for_blocks(t.count, [&](Index3 b) {
        const int s = t.slot[t.number(b)];
        if (s == far_solid) tree_->tree.addTile(1, corner(b), -lattice_.band(), false);
        if (s >= 0) put_leaf(tree_->tree, b, &t.phi[static_cast<std::size_t>(s) * block_nodes], lattice_.band());
    });
}
Field::Field(const Field& other) : lattice_(other.lattice_), tree_(new Tree{openvdb::DoubleTree(other.tree_->tree)}) {}
Field::~Field() = default;

Tiles Field::tiles() const {
    Tiles out = all_gas(lattice_);
    for_blocks(out.count, [&](Index3 b) {
        int& slot = out.slot[out.number(b)];
        const auto* leaf = tree_->tree.probeConstLeaf(corner(b));
        if (!leaf) {
            slot = tree_->tree.getValue(corner(b)) < 0 ? far_solid : far_gas;
            return;
        }
        slot = static_cast<int>(out.blocks.size());
        out.blocks.push_back(b);
        const double* phi = leaf->buffer().data();
        out.phi.insert(out.phi.end(), phi, phi + block_nodes);
    });
    return trimmed(out);
}

void Field::unite(const Field& other) {
    openvdb::DoubleTree copy(other.tree_->tree);
    on_one_thread([&] { openvdb::tools::csgUnion(tree_->tree, copy); });
}
void Field::subtract(const Field& other) {
    openvdb::DoubleTree copy(other.tree_->tree);
    on_one_thread([&] { openvdb::tools::csgDifference(tree_->tree, copy); });
}
void Field::intersect(const Field& other) {
    openvdb::DoubleTree copy(other.tree_->tree);
    on_one_thread([&] { openvdb::tools::csgIntersection(tree_->tree, copy); });
}

}  // namespace damascene::feature::volume3
