// Sobol' points with the direction numbers of [Joe 2008, table new-joe-kuo-6] and hash-based nested uniform (Owen)
// scrambling [Owen 1997; Burley 2020, listing 3].
//
//   x_d(i) = xor over the set bits k of i of v_d,k,   v_d,k = m_d,k 2^(32-k)
//
// A hash in which every bit depends only on lower bits, applied to the reversed word, permutes the digits of each
// interval by a choice of its own: the net stays a net, each point becomes uniform.
#include "numerics/sobol.hpp"

#include "damascene/base/random.hpp"

namespace damascene::numerics {
namespace {

constexpr std::uint32_t reversed(std::uint32_t x) {
    x = (x >> 16) | (x << 16);
    x = ((x & 0xff00ff00u) >> 8) | ((x & 0x00ff00ffu) << 8);
    x = ((x & 0xf0f0f0f0u) >> 4) | ((x & 0x0f0f0f0fu) << 4);
    x = ((x & 0xccccccccu) >> 2) | ((x & 0x33333333u) << 2);
    return ((x & 0xaaaaaaaau) >> 1) | ((x & 0x55555555u) << 1);
}

/// Primitive polynomial of degree s with inner coefficients a, and its first s odd integers m.
struct Generator {
    int s;
    std::uint32_t a;
    std::array<std::uint32_t, 5> m;
};
constexpr std::array<Generator, sobol_dimensions - 1> generators = {{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
}};

using Directions = std::array<std::uint32_t, 32>;

constexpr Directions directions_of(int dimension) {
    Directions v{};
    if (dimension == 0) {  // van der Corput
        for (int k = 0; k < 32; ++k) v[static_cast<std::size_t>(k)] = 0x80000000u >> k;
        return v;
    }
    const Generator g = generators[static_cast<std::size_t>(dimension - 1)];
    for (int k = 0; k < 32; ++k) {
        const auto at = static_cast<std::size_t>(k);
        if (k < g.s) {
            v[at] = g.m[at] << (31 - k);
            continue;
        }
        const std::uint32_t oldest = v[static_cast<std::size_t>(k - g.s)];
        v[at] = oldest ^ (oldest >> g.s);
        for (int j = 1; j < g.s; ++j)
            if ((g.a >> (g.s - 1 - j)) & 1u) v[at] ^= v[static_cast<std::size_t>(k - j)];
    }
    return v;
}

// reversed_part[b][byte][d]: what the byte b of the index adds to coordinate d, bits reversed.
using Parts = std::array<std::array<std::array<std::uint32_t, sobol_dimensions>, 256>, 4>;

Parts make_parts() {
    Parts parts{};
    for (std::size_t d = 0; d < sobol_dimensions; ++d) {
        const Directions v = directions_of(static_cast<int>(d));
        for (std::size_t b = 0; b < 4; ++b)
            for (std::size_t byte = 0; byte < 256; ++byte)
                for (std::size_t bit = 0; bit < 8; ++bit)
                    if ((byte >> bit) & 1u) parts[b][byte][d] ^= reversed(v[8 * b + bit]);
    }
    return parts;
}

std::array<std::uint32_t, sobol_dimensions> reversed_point(std::uint32_t index) {
    static const Parts parts = make_parts();
    const auto &a = parts[0][index & 255u], &b = parts[1][(index >> 8) & 255u], &c = parts[2][(index >> 16) & 255u],
               &e = parts[3][index >> 24];
    std::array<std::uint32_t, sobol_dimensions> out;
    for (std::size_t d = 0; d < sobol_dimensions; ++d) out[d] = a[d] ^ b[d] ^ c[d] ^ e[d];
    return out;
}

// [Burley 2020, listing 2]: constants of Laine and Karras.
constexpr std::uint32_t permuted(std::uint32_t x, std::uint32_t key) {
    x += key;
    x ^= x * 0x6c50b47cu;
    x ^= x * 0xb82f1e52u;
    x ^= x * 0xc7afe638u;
    x ^= x * 0x8d22f6e6u;
    return x;
}

}  // namespace

ScrambledSobol::ScrambledSobol(std::uint64_t seed, std::uint64_t scramble) {
    const KeyedRandom keys(seed, 0xffff'ffff'0000'0000u + scramble);
    for (std::size_t d = 0; d < sobol_dimensions; ++d) key_[d] = keys.block(d / 4)[d % 4];
}

std::array<double, sobol_dimensions> ScrambledSobol::point(std::uint32_t index) const {
    const auto word = reversed_point(index);
    std::array<double, sobol_dimensions> out;
    for (std::size_t d = 0; d < sobol_dimensions; ++d)
        out[d] = (static_cast<double>(reversed(permuted(word[d], key_[d]))) + 0.5) * 0x1p-32;
    return out;
}

std::array<std::uint32_t, sobol_dimensions> sobol_point(std::uint32_t index) {
    auto word = reversed_point(index);
    for (auto& w : word) w = reversed(w);
    return word;
}

}  // namespace damascene::numerics
