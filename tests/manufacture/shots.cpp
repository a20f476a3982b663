// Minimum rectangle partition against exhaustive search, and the tracer it rests on.
#include "damascene/geometry.hpp"

#include <gtest/gtest.h>

using namespace damascene;

namespace {

Field2<std::uint8_t> square(int n, std::vector<std::uint8_t> values) {
    return {{n, n, 1 * nm, 1 * nm, 0 * nm, 0 * nm}, std::move(values)};
}

Field2<std::uint8_t> random_raster(int n, std::uint64_t key, double fill) {
    auto r = square(n, std::vector<std::uint8_t>(static_cast<std::size_t>(n * n)));
    const KeyedRandom random(7, key);
    for (std::size_t i = 0; i < r.values.size(); ++i) r.values[i] = random.uniform(i) < fill;
    return r;
}

int reflex_vertices(const Region& region) {
    int count = 0;
    for (const Ring& ring : region.rings)
        for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
            const Point a = ring[(i + n - 1) % n], b = ring[i], c = ring[(i + 1) % n];
            count += (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) < 0;
        }
    return count;
}

/// Slow truth: the first free pixel (scan order) is the south-west corner of some rectangle; try all of them.
void search(Field2<std::uint8_t>& left, int used, int& best) {
    if (used >= best) return;
    const int n = left.grid.nx;
    int at = 0;
    while (at < n * n && !left.values[static_cast<std::size_t>(at)]) ++at;
    if (at == n * n) {
        best = used;
        return;
    }
    const int x0 = at % n, y0 = at / n;
    int limit = n;
    for (int y1 = y0; y1 < n && left.at(x0, y1); ++y1) {
        int x1 = x0;
        while (x1 < limit && left.at(x1, y1)) ++x1;
        limit = x1;
        for (int x = limit; x > x0; --x) {
            for (int v = y0; v <= y1; ++v)
                for (int u = x0; u < x; ++u) left.at(u, v) = 0;
            search(left, used + 1, best);
            for (int v = y0; v <= y1; ++v)
                for (int u = x0; u < x; ++u) left.at(u, v) = 1;
        }
    }
}

int shots_by_search(Field2<std::uint8_t> raster) {
    int best = 1 << 20;
    search(raster, 0, best);
    return best;
}

Region polygon(Ring ring) { return {.unit = 1 * nm, .rings = {std::move(ring)}}; }

}  // namespace

TEST(Shots, RectangleIsOne) { EXPECT_EQ(rectangle_shots(polygon({{0, 0}, {9, 0}, {9, 5}, {0, 5}})), 1); }

TEST(Shots, LShapeIsTwo) { EXPECT_EQ(rectangle_shots(polygon({{0, 0}, {9, 0}, {9, 5}, {4, 5}, {4, 8}, {0, 8}})), 2); }

TEST(Shots, PlusIsThree) {
    EXPECT_EQ(rectangle_shots(polygon(
                  {{1, 0}, {2, 0}, {2, 1}, {3, 1}, {3, 2}, {2, 2}, {2, 3}, {1, 3}, {1, 2}, {0, 2}, {0, 1}, {1, 1}})),
              3);
}

TEST(Shots, RingIsFour) {
    const Region ring{.unit = 1 * nm, .rings = {{{0, 0}, {9, 0}, {9, 9}, {0, 9}}, {{3, 3}, {3, 6}, {6, 6}, {6, 3}}}};
    EXPECT_EQ(rectangle_shots(ring), 4);
}

TEST(Shots, CollinearPointsDoNotCount) {
    EXPECT_EQ(rectangle_shots(polygon({{0, 0}, {3, 0}, {9, 0}, {9, 5}, {9, 5}, {0, 5}})), 1);
}

TEST(Shots, CornerContactKeepsTwoShapes) {
    const Ring touching = {{0, 0}, {2, 0}, {2, 2}, {4, 2}, {4, 4}, {2, 4}, {2, 2}, {0, 2}};
    EXPECT_EQ(rectangle_shots(polygon(touching)), 2);
}

TEST(Shots, SlantedEdgeIsRefused) { EXPECT_THROW(rectangle_shots(polygon({{0, 0}, {9, 0}, {5, 5}})), InputError); }

TEST(Shots, MatchExhaustiveSearchOnThousandRandomPolygons) {
    int checked = 0;
    for (std::uint64_t key = 0; checked < 1000; ++key) {
        const auto raster =
            random_raster(5 + static_cast<int>(key % 3), key, 0.55 + 0.1 * static_cast<double>(key % 4));
        const Region region = region_of_raster(raster, {-3, 11});
        if (region.rings.empty() || reflex_vertices(region) > 8) continue;
        ++checked;
        ASSERT_EQ(rectangle_shots(region), shots_by_search(raster)) << "raster " << key;
    }
}

TEST(Trace, AreaAndRasterComeBack) {
    for (std::uint64_t key = 0; key < 40; ++key) {
        const auto raster = random_raster(37, 100 + key, 0.2 + 0.02 * static_cast<double>(key));
        const Region region = region_of_raster(raster, {-5, 9});
        long pixels = 0;
        for (auto v : raster.values) pixels += v;
        ASSERT_EQ(area(region), static_cast<double>(pixels));
        ASSERT_EQ(binary_raster(region, {-5, 9}, 37, 37, RasterRule::exact).values, raster.values);
    }
}

TEST(Trace, DiagonalPixelsStaySeparate) {
    auto r = square(2, {1, 0, 0, 1});
    EXPECT_EQ(region_of_raster(r, {}).rings.size(), 2U);
    r.values = {0, 1, 1, 0};
    EXPECT_EQ(region_of_raster(r, {}).rings.size(), 2U);
}

TEST(Trace, HolesTurnClockwise) {
    auto r = square(3, {1, 1, 1, 1, 0, 1, 1, 1, 1});
    const Region region = region_of_raster(r, {});
    ASSERT_EQ(region.rings.size(), 2U);
    EXPECT_EQ(area({.unit = 1 * nm, .rings = {region.rings[0]}}), 9);
    EXPECT_EQ(area({.unit = 1 * nm, .rings = {region.rings[1]}}), -1);
}

TEST(Centred, ShiftIsFloorOfHalfTheMargin) {
    const Box odd = bounding_box(centred(polygon({{80, 84}, {683, 84}, {683, 860}, {80, 860}}), 2048));
    EXPECT_EQ(odd.x0, 722);  // floor((2048 - 603) / 2)
    EXPECT_EQ(odd.y0, 636);
}
