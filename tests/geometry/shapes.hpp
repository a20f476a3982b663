// Shapes shared by the geometry tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "damascene/geometry.hpp"
#include "damascene/io.hpp"

namespace damascene {

inline Ring rectangle(std::int32_t x0, std::int32_t y0, std::int32_t x1, std::int32_t y1) {
    return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}
inline Region region_of(std::vector<Ring> rings, Length unit = 1 * nm) { return {unit, std::move(rings)}; }

/// n random rectangles in [0, extent)^2, overlapping.
inline Region random_rectangles(std::uint64_t seed, int n, int extent, int largest) {
    const KeyedRandom random(seed, 1);
    const auto below = [&](std::uint64_t k, int m) { return static_cast<std::int32_t>(random.uniform(k) * m); };
    Region region;
    for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(n); ++k) {
        const std::int32_t x = below(4 * k, extent - largest), y = below(4 * k + 1, extent - largest);
        region.rings.push_back(
            rectangle(x, y, x + 1 + below(4 * k + 2, largest - 1), y + 1 + below(4 * k + 3, largest - 1)));
    }
    return region;
}

/// n random triangles, counter-clockwise.
inline Region random_triangles(std::uint64_t seed, int n, int extent) {
    const KeyedRandom random(seed, 2);
    Region raw;
    for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(n); ++k) {
        Ring ring;
        for (std::uint64_t v = 0; v < 3; ++v)
            ring.push_back({static_cast<std::int32_t>(random.uniform(6 * k + 2 * v) * extent),
                            static_cast<std::int32_t>(random.uniform(6 * k + 2 * v + 1) * extent)});
        raw.rings.push_back(ring);
    }
    return normalised(raw);
}

inline io::Bytes file_bytes(const std::string& name) {
    std::ifstream file(std::filesystem::path(DAMASCENE_TEST_DATA) / name, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

/// A contest clip, merged, centred on the 2048 nm canvas: shift = floor((2048 - extent)/2) - min per axis.
inline Region contest_clip(int number) {
    const Layout layout = io::read_glp(file_bytes("iccad13/clips/M1_test" + std::to_string(number) + ".glp"));
    const Region clip = merged(flatten(layout, find_cell(layout, ""), {1, 0}));
    const Box box = bounding_box(clip);
    return translated(clip, (2048 - (box.x1 - box.x0)) / 2 - box.x0, (2048 - (box.y1 - box.y0)) / 2 - box.y0);
}

}  // namespace damascene
