// Rasters: pixel counts are areas.
#include "geometry/shapes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numeric>

namespace damascene {
namespace {

long count(const Field2<std::uint8_t>& raster) {
    return std::accumulate(raster.values.begin(), raster.values.end(), 0L);
}

TEST(BinaryRaster, TenContestClipsHaveTheirPublishedAreasInBothRules) {
    std::ifstream scores(DAMASCENE_TEST_DATA "/iccad13/golden/scores.csv");
    std::string line;
    std::getline(scores, line);
    ASSERT_EQ(line.rfind("case,area_inclusive,area_exact,", 0), 0u);
    int k = 0;
    for (long inclusive = 0, exact = 0; std::getline(scores, line);) {
        ASSERT_EQ(std::sscanf(line.c_str(), "M1_test%d,%ld,%ld", &k, &inclusive, &exact), 3);
        const Region clip = contest_clip(k);
        EXPECT_EQ(count(binary_raster(clip, {0, 0}, 2048, 2048, RasterRule::exact)), exact);
        EXPECT_EQ(count(binary_raster(clip, {0, 0}, 2048, 2048, RasterRule::inclusive)), inclusive);
        EXPECT_EQ(area(clip), exact);
    }
    EXPECT_EQ(k, 10);
}

TEST(BinaryRaster, ManhattanPixelCountIsTheArea) {
    const Region region = merged(random_rectangles(1, 80, 200, 40));
    EXPECT_EQ(count(binary_raster(region, {-10, -10}, 220, 220, RasterRule::exact)), area(region));
}

TEST(BinaryRaster, WindowEqualsTheClippedArea) {
    const Region region = merged(random_rectangles(2, 80, 200, 40));
    EXPECT_EQ(count(binary_raster(region, {37, 51}, 80, 90, RasterRule::exact)),
              area(clipped(region, {37, 51, 117, 141})));
}

TEST(BinaryRaster, InclusiveRuleAddsOnePixelEachWay) {
    const Region square = region_of({rectangle(10, 20, 30, 60)});
    EXPECT_EQ(count(binary_raster(square, {0, 0}, 100, 100, RasterRule::inclusive)), 21 * 41);
    EXPECT_EQ(count(binary_raster(square, {30, 60}, 10, 10, RasterRule::inclusive)), 1)
        << "the pixel outside the window still bleeds in";
}

TEST(BinaryRaster, SlopedEdgesFollowThePixelCentres) {
    const Region region = merged(random_triangles(3, 4, 60));
    const auto raster = binary_raster(region, {0, 0}, 60, 60, RasterRule::exact);
    const auto winding = [&](double x, double y) {  // crossing number of a ray to the right
        int sum = 0;
        for (const Ring& ring : region.rings)
            for (std::size_t k = 0; k < ring.size(); ++k) {
                const Point p = ring[k], q = ring[(k + 1) % ring.size()];
                if ((p.y > y) == (q.y > y)) continue;
                if (p.x + (y - p.y) * (q.x - p.x) / double(q.y - p.y) > x) sum += q.y > p.y ? 1 : -1;
            }
        return sum;
    };
    for (int y = 0; y < 60; ++y)
        for (int x = 0; x < 60; ++x) ASSERT_EQ(raster.at(x, y), winding(x + 0.5 + 1e-9, y + 0.5) > 0);
}

TEST(BinaryRaster, AdjoiningTrianglesTileTheSquare) {
    const Region low = region_of({{{0, 0}, {64, 0}, {64, 64}}}), high = region_of({{{0, 0}, {64, 64}, {0, 64}}});
    const auto a = binary_raster(low, {0, 0}, 64, 64, RasterRule::exact),
               b = binary_raster(high, {0, 0}, 64, 64, RasterRule::exact);
    for (std::size_t k = 0; k < a.values.size(); ++k) ASSERT_EQ(a.values[k] + b.values[k], 1);
}

double covered_area(const Region& region, Length pixel, int n, double x0_nm, double y0_nm) {
    const auto coverage = coverage_raster(region, {n, n, pixel, pixel, x0_nm * nm, y0_nm * nm});
    return std::accumulate(coverage.values.begin(), coverage.values.end(), 0.0) * pixel.in(nm)*pixel.in(nm);
}

TEST(CoverageRaster, SumOfCoveragesIsTheArea) {
    const Region manhattan = merged(random_rectangles(4, 60, 1000, 200)), sloped = merged(random_triangles(5, 9, 1000));
    for (const double pixel : {1.0, 3.7, 10.0, 64.0})
        for (const Region* region : {&manhattan, &sloped}) {
            const int n = static_cast<int>(1100 / pixel) + 3;
            EXPECT_NEAR(covered_area(*region, pixel * nm, n, -pixel, -pixel), area(*region), 1e-12 * area(*region))
                << "pixel " << pixel;
        }
}

TEST(CoverageRaster, HalfCoveredPixelReadsOneHalf) {
    const auto coverage =
        coverage_raster(region_of({{{0, 0}, {4, 0}, {4, 4}}}), {2, 2, 2 * nm, 2 * nm, 1 * nm, 1 * nm});
    EXPECT_EQ(coverage.values, (std::vector<double>{0.5, 1, 0, 0.5}));
}

TEST(CoverageRaster, WindowSeesOnlyItsPart) {
    const Region disc = offset(region_of({rectangle(0, 0, 1, 1)}), 400 * nm, true);
    const Region part = clipped(disc, {-100, -50, 300, 350});
    const auto coverage = coverage_raster(disc, {40, 40, 10 * nm, 10 * nm, -95 * nm, -45 * nm});
    const auto of_part = coverage_raster(part, coverage.grid);
    for (std::size_t k = 0; k < coverage.values.size(); ++k)
        ASSERT_NEAR(coverage.values[k], of_part.values[k], 0.02) << "half a unit of rounding over a 10-unit pixel";
}

TEST(CoverageRaster, EveryPixelIsItsClippedArea) {
    const Region region = merged(random_triangles(6, 5, 1 << 20));
    const auto coverage = coverage_raster(region, {16, 16, 65536 * nm, 65536 * nm, 32768 * nm, 32768 * nm});
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 16; ++x) {
            const double part =
                area(clipped(region, {x * 65536, y * 65536, (x + 1) * 65536, (y + 1) * 65536})) / std::ldexp(1, 32);
            ASSERT_NEAR(coverage.at(x, y), part, 1e-4) << "clipped corners round to the grid: a few units over 65536";
        }
}

TEST(PixelRaster, AgreesWithTheUnitRasterOnAFinerDatabaseUnit) {
    const Ring nm_ring = {{3, 2}, {17, 2}, {17, 9}, {11, 9}, {11, 15}, {3, 15}};
    Ring tenth = nm_ring;
    for (Point& p : tenth) p = {p.x * 10, p.y * 10};
    const auto coarse = binary_raster(Region{1 * nm, {nm_ring}}, {0, 0}, 20, 20, RasterRule::exact);
    const auto fine = pixel_raster(Region{0.1 * nm, {tenth}}, {20, 20, 1 * nm, 1 * nm, 0.5 * nm, 0.5 * nm});
    EXPECT_EQ(coarse.values, fine.values);
}

TEST(PixelRaster, TakesAPixelWhenItsCentreIsInsideASlantedEdge) {
    const Region triangle{0.1 * nm, {{{0, 0}, {100, 0}, {0, 100}}}};  // x + y < 10 nm
    const auto raster = pixel_raster(triangle, {10, 10, 1 * nm, 1 * nm, 0.5 * nm, 0.5 * nm});
    for (int y = 0; y < 10; ++y)
        for (int x = 0; x < 10; ++x)
            if (x + y != 9) EXPECT_EQ(raster.at(x, y), x + y < 9) << x << ' ' << y;
}

}  // namespace
}  // namespace damascene
