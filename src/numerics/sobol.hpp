// Owen-scrambled Sobol' points in eight dimensions.
#pragma once

#include <array>
#include <cstdint>

namespace damascene::numerics {

constexpr int sobol_dimensions = 8;

/// One independent randomisation: point i is a pure function of (seed, scramble, i), 0 <= i < 2^32.
class ScrambledSobol {
  public:
    ScrambledSobol(std::uint64_t seed, std::uint64_t scramble);
    /// Coordinates in (0, 1).
    std::array<double, sobol_dimensions> point(std::uint32_t index) const;

  private:
    std::array<std::uint32_t, sobol_dimensions> key_;
};

/// Coordinates of the unscrambled sequence in units of 2^-32.
std::array<std::uint32_t, sobol_dimensions> sobol_point(std::uint32_t index);

}  // namespace damascene::numerics
