// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): a draw is a pure function of (seed, entity,
// index), so results do not depend on order or thread count.
#pragma once

#include <array>
#include <cstdint>

namespace damascene {

class KeyedRandom {
  public:
    KeyedRandom(std::uint64_t seed, std::uint64_t entity) : seed_(seed), entity_(entity) {}
    std::array<std::uint32_t, 4> block(std::uint64_t index) const;
    double uniform(std::uint64_t index) const;  ///< in (0, 1)
    double normal(std::uint64_t index) const;   ///< standard normal

  private:
    std::uint64_t seed_, entity_;
};

}  // namespace damascene
