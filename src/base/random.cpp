// Philox4x32-10 [Salmon 2011], keyed by the seed; the counter is (index, entity).
#include "damascene/base/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace damascene {
namespace {

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// Centre of one of 2^52 equal cells of (0, 1): never 0, never 1.
double open_unit(std::uint32_t low_word, std::uint32_t high_word) {
    const std::uint64_t bits = (std::uint64_t(high_word) << 32 | low_word) >> 12;
    return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace

std::array<std::uint32_t, 4> KeyedRandom::block(std::uint64_t index) const {
    const r123::Philox4x32::ctr_type counter = {{low(index), high(index), low(entity_), high(entity_)}};
    const r123::Philox4x32::key_type key = {{low(seed_), high(seed_)}};
    const auto word = r123::Philox4x32()(counter, key);
    return {word[0], word[1], word[2], word[3]};
}

double KeyedRandom::uniform(std::uint64_t index) const {
    const auto word = block(index);
    return open_unit(word[0], word[1]);
}

// Box-Muller: sqrt(-2 ln u) cos(2 pi v).
double KeyedRandom::normal(std::uint64_t index) const {
    const auto word = block(index);
    const double u = open_unit(word[0], word[1]), v = open_unit(word[2], word[3]);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

}  // namespace damascene
