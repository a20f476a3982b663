// Oxidant in a growing oxide: quasi-steady diffusion between gas and silicon on the nodes of a surface.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "feature/level_set/lattice.hpp"

namespace damascene::feature::oxidation {

/// phi[silicon] bounds the silicon from above, phi[oxide] the oxide; whatever lies above it masks.
struct Stack {
    std::size_t silicon = 0, oxide = 1;
};

/// c over its value at the gas. Lengths nm.
class OxidantField {
  public:
    /// absorption: k_s / D at the silicon, 1/nm.
    OxidantField(const Surface&, Stack, double absorption_1_nm);
    /// c on the silicon at p with normal n into the oxide; nothing where too few nodes lie in the oxide.
    std::optional<double> at_silicon(Vec2 p, Vec2 n) const;
    /// dc/dn at p on the gas side with normal n into the gas, 1/nm.
    std::optional<double> slope_at_gas(Vec2 p, Vec2 n) const;

  private:
    struct Place;
    template <class Take>
    void around(Vec2 p, const Take& take) const;
    bool covered(Vec2 p) const;

    const Surface& surface_;
    Stack stack_;
    level_set::Lattice lattice_;
    double absorption_;
    std::vector<std::int32_t> unknown_;  ///< per node, -1 outside
    std::vector<double> value_;
};

/// Height of what lies on the oxide at a place of its boundary, nm; 0 under gas.
double cover_nm(const Surface&, Stack, const level_set::Lattice&, Vec2 p);
/// Gas nodes with a way to the sky.
std::vector<bool> open_gas(const Surface&, const level_set::Lattice&);

}  // namespace damascene::feature::oxidation
