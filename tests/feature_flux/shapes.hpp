// Planar sections for tests; lengths nm.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::feature::shapes {

/// Straight runs between corners, run k in pieces[k] equal pieces.
inline void add_chain(Section& s, const std::vector<Vec2>& corners, const std::vector<int>& pieces) {
    s.chain_begin.push_back(s.pieces.size());
    for (std::size_t k = 0; k + 1 < corners.size(); ++k) {
        auto point = [&](int i) {
            const double u = static_cast<double>(i) / pieces[k];
            if (i == pieces[k]) return corners[k + 1];
            return Vec2{corners[k].x + u * (corners[k + 1].x - corners[k].x),
                        corners[k].z + u * (corners[k + 1].z - corners[k].z)};
        };
        for (int i = 0; i < pieces[k]; ++i) s.pieces.push_back({point(i), point(i + 1)});
    }
}

inline Section chain(const std::vector<Vec2>& corners, const std::vector<int>& pieces, Side side = Side::open) {
    Section s{.left = side, .right = side};
    add_chain(s, corners, pieces);
    return s;
}

/// Trench of width 1 with `wall` pieces per wall and `bottom` on the bottom, and level fields of width 1.
inline Section trench(double depth, int wall, int bottom, int field = 1) {
    return chain({{-1.5, 0}, {-0.5, 0}, {-0.5, -depth}, {0.5, -depth}, {0.5, 0}, {1.5, 0}},
                 {field, wall, bottom, wall, field});
}

/// Adds the wall of a rectangular void (gas inside) or, with `island`, a rectangle of solid.
inline void add_rectangle(Section& s, Vec2 low, Vec2 high, int pieces, bool island) {
    std::vector<Vec2> c{low, {high.x, low.z}, high, {low.x, high.z}, low};
    if (island) c = {low, {low.x, high.z}, high, {high.x, low.z}, low};
    add_chain(s, c, {pieces, pieces, pieces, pieces});
}

/// A random wavy surface of width 6, sheared sideways so that it overhangs; simple since the shear is one to one.
inline Section reentrant(std::uint64_t seed, int pieces, Side side) {
    const KeyedRandom random(seed, 7);
    constexpr double pi = std::numbers::pi;
    std::vector<Vec2> c;
    for (int i = 0; i <= pieces; ++i) {
        const double x = 6.0 * i / pieces, lift = std::sin(pi * x / 6);
        double z = 0;
        for (unsigned k = 1; k <= 4; ++k)
            z += (2 * random.uniform(k) - 1) * 2.0 / k * std::sin(2 * pi * k * x / 6 + 6 * random.uniform(10 + k));
        const double shear = 1.2 * (2 * random.uniform(20) - 1);
        z = lift * lift * z - 1.5 * lift;
        c.push_back({x + lift * lift * shear * std::sin(2.2 * z + 6 * random.uniform(21)), z});
    }
    c.back().z = c.front().z = 0;
    return chain(c, std::vector<int>(static_cast<std::size_t>(pieces), 1), side);
}

}  // namespace damascene::feature::shapes
