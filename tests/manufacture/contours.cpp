// Level sets of functions whose curves are known, and polygons made of them.
#include "damascene/geometry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace damascene;

namespace {

constexpr double pi = std::numbers::pi;

/// cos(2 pi x/L) + cos(2 pi y/L) about (x0, y0): islands around the origin for levels in (0, 2).
Spectrum2 egg_crate(double period_nm, double x0_nm = 0, double y0_nm = 0) {
    Spectrum2 f{
        1, 1, period_nm * nm, period_nm * nm, x0_nm * nm, y0_nm * nm, std::vector<std::complex<double>>(9, 0.0)};
    f.at(1, 0) = f.at(-1, 0) = f.at(0, 1) = f.at(0, -1) = 0.5;
    return f;
}

/// A real function with random coefficients falling off with frequency.
Spectrum2 random_function(int band, double period_nm, std::uint64_t key) {
    const KeyedRandom random(17, key);
    Spectrum2 f{band, band, period_nm * nm, period_nm * nm, 0 * nm, 0 * nm, {}};
    f.coefficients.assign(static_cast<std::size_t>(f.width() * f.height()), 0.0);
    std::uint64_t draw = 0;
    for (int fy = -band; fy <= band; ++fy)
        for (int fx = -band; fx <= band; ++fx) {
            const std::complex<double> c(random.normal(2 * draw), random.normal(2 * draw + 1));
            ++draw;
            const double fall = std::exp(-(fx * fx + fy * fy) / (0.3 * band * band));
            f.at(fx, fy) += 0.5 * fall * c;
            f.at(-fx, -fy) += 0.5 * fall * std::conj(c);
        }
    return f;
}

double area_of(const Contour& c) {
    double twice = 0;
    for (std::size_t i = 0; i < c.points_nm.size(); ++i) {
        const auto &a = c.points_nm[i], &b = c.points_nm[(i + 1) % c.points_nm.size()];
        twice += a[0] * b[1] - b[0] * a[1];
    }
    return 0.5 * twice;
}

double longest_step(const Contour& c) {
    double longest = 0;
    for (std::size_t i = 0; i + 1 < c.points_nm.size() + c.closed; ++i) {
        const auto &a = c.points_nm[i], &b = c.points_nm[(i + 1) % c.points_nm.size()];
        longest = std::max(longest, std::hypot(b[0] - a[0], b[1] - a[1]));
    }
    return longest;
}

Contour circle(double cx, double cy, double radius, int n = 720) {
    Contour c;
    for (int i = 0; i < n; ++i)
        c.points_nm.push_back({cx + radius * std::cos(2 * pi * i / n), cy + radius * std::sin(2 * pi * i / n)});
    return c;
}

double distance_to_ring(const std::array<double, 2>& p, const Ring& ring, double unit) {
    double least = 1e300;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = ring[(i + 1) % ring.size()];
        const double ax = a.x * unit, ay = a.y * unit, ux = b.x * unit - ax, uy = b.y * unit - ay;
        const double t = std::clamp(((p[0] - ax) * ux + (p[1] - ay) * uy) / (ux * ux + uy * uy), 0.0, 1.0);
        least = std::min(least, std::hypot(p[0] - ax - t * ux, p[1] - ay - t * uy));
    }
    return least;
}

}  // namespace

TEST(Contours, PointsAreExactlyOnTheLevel) {
    for (std::uint64_t key = 0; key < 6; ++key) {
        const Spectrum2 f = random_function(7, 500, key);
        std::size_t points = 0;
        for (const Contour& c : contours(f, 0.3, 5 * nm))
            for (const auto& p : c.points_nm) {
                ASSERT_NEAR(value_at(f, p[0] * nm, p[1] * nm), 0.3, 1e-10);
                ++points;
            }
        EXPECT_GT(points, 50U);
    }
}

TEST(Contours, NeighboursAreAtMostOneStepApart) {
    for (double step : {2.0, 7.0, 30.0})
        for (const Contour& c : contours(random_function(6, 400, 3), 0.1, step * nm)) EXPECT_LE(longest_step(c), step);
}

TEST(Contours, HighSideIsOnTheLeft) {
    const auto island = contours(egg_crate(200), 1.0, 2 * nm);
    ASSERT_EQ(island.size(), 1U);
    EXPECT_TRUE(island[0].closed);
    EXPECT_GT(area_of(island[0]), 0);
    const auto pit = contours(egg_crate(200), -1.0, 2 * nm);
    ASSERT_EQ(pit.size(), 1U);
    EXPECT_NEAR(area_of(pit[0]), -area_of(island[0]), 1e-6 * area_of(island[0]));
}

TEST(Contours, SmallIslandTendsToTheEllipseOfItsCurvature) {
    // cos u + cos v = 2 - e: u^2 + v^2 = 2 e (1 + O(e)), area pi 2 e (L / 2 pi)^2.
    const double e = 1e-3, period = 200;
    const auto island = contours(egg_crate(period, 31, -12), 2 - e, 0.02 * nm);
    ASSERT_EQ(island.size(), 1U);
    EXPECT_NEAR(area_of(island[0]) / (pi * 2 * e * std::pow(period / (2 * pi), 2)), 1, 2e-3);
}

TEST(Contours, IslandAcrossThePeriodBorderIsOnePiece) {
    const auto inner = contours(egg_crate(200, 100, 100), 1.0, 3 * nm), across = contours(egg_crate(200), 1.0, 3 * nm);
    ASSERT_EQ(inner.size(), 1U);
    ASSERT_EQ(across.size(), 1U);
    EXPECT_TRUE(across[0].closed);
    EXPECT_NEAR(area_of(inner[0]), area_of(across[0]), 1e-6 * area_of(inner[0]));
}

TEST(Contours, LinesWindAroundThePeriod) {
    Spectrum2 lines{1, 0, 100 * nm, 60 * nm, 0 * nm, 0 * nm, {0.5, 0.0, 0.5}};  // cos 2 pi x / 100
    const auto edges = contours(lines, 0.0, 4 * nm);
    ASSERT_EQ(edges.size(), 2U);
    for (const Contour& c : edges) {
        EXPECT_FALSE(c.closed);
        EXPECT_NEAR(std::abs(c.points_nm.back()[1] - c.points_nm.front()[1]), 60, 1e-9);
        for (const auto& p : c.points_nm) EXPECT_NEAR(std::cos(2 * pi * p[0] / 100), 0, 1e-10);
    }
}

TEST(Contours, EnclosedAreaEqualsTheShareOfHighSamples) {
    const double period = 500;
    Spectrum2 f = random_function(5, period, 9);
    for (auto& c : f.coefficients) c *= 0.05;
    f.at(1, 0) = f.at(-1, 0) = f.at(0, 1) = f.at(0, -1) = 0.5;
    double enclosed = 0;  // islands minus pits
    for (const Contour& c : contours(f, 0.9, 1 * nm)) {
        ASSERT_TRUE(c.closed);
        enclosed += area_of(c);
    }
    const auto samples = sample_period(f, 1000, 1000);
    const auto high = std::count_if(samples.values.begin(), samples.values.end(), [](double v) { return v >= 0.9; });
    EXPECT_NEAR(enclosed, 0.25 * static_cast<double>(high), 60);  // 0.25 nm^2 a sample, ~1200 samples on the boundary
}

TEST(SampledContours, LinearFieldIsExact) {
    Field2<double> f{{21, 11, 2 * nm, 3 * nm, 5 * nm, -7 * nm}, {}};
    for (int iy = 0; iy < 11; ++iy)
        for (int ix = 0; ix < 21; ++ix) f.values.push_back(0.3 * (5 + 2 * ix) + 0.7 * (-7 + 3 * iy));
    const auto curves = contours(f, 6.1);
    ASSERT_EQ(curves.size(), 1U);
    EXPECT_FALSE(curves[0].closed);
    for (const auto& p : curves[0].points_nm) EXPECT_NEAR(0.3 * p[0] + 0.7 * p[1], 6.1, 1e-12);
}

TEST(SampledContours, CurvesOfNoiseCloseAndNeverCross) {
    const KeyedRandom random(23, 0);
    Field2<double> f{{30, 30, 1 * nm, 1 * nm, 0 * nm, 0 * nm}, {}};
    for (std::uint64_t i = 0; i < 900; ++i) f.values.push_back(random.normal(i));
    for (int i = 0; i < 30; ++i) f.at(i, 0) = f.at(i, 29) = f.at(0, i) = f.at(29, i) = -1;
    using P = std::array<double, 2>;
    std::vector<std::pair<P, P>> pieces;
    for (const Contour& c : contours(f, 0.0)) {
        ASSERT_TRUE(c.closed);
        for (std::size_t i = 0; i < c.points_nm.size(); ++i)
            pieces.emplace_back(c.points_nm[i], c.points_nm[(i + 1) % c.points_nm.size()]);
    }
    EXPECT_GT(pieces.size(), 300U);
    const auto side = [](P a, P b, P p) { return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]); };
    for (std::size_t i = 0; i < pieces.size(); ++i)
        for (std::size_t j = i + 1; j < pieces.size(); ++j) {
            const auto& [a, b] = pieces[i];
            const auto& [c, d] = pieces[j];
            ASSERT_FALSE(side(a, b, c) * side(a, b, d) < -1e-12 && side(c, d, a) * side(c, d, b) < -1e-12);
        }
}

TEST(CurvilinearRegion, StaysWithinItsToleranceWithFewVertices) {
    for (double tolerance : {0.05, 0.1, 0.5}) {
        const Contour c = circle(500, 400, 80);
        const Region r = curvilinear_region({c}, 0.01 * nm, tolerance * nm);
        ASSERT_EQ(r.rings.size(), 1U);
        for (const auto& p : c.points_nm) ASSERT_LE(distance_to_ring(p, r.rings[0], 0.01), tolerance + 0.0071);
        const double fewest = pi / std::acos(1 - tolerance / 80);  // inscribed polygon of this sagitta
        EXPECT_LE(static_cast<double>(r.rings[0].size()), 2 * fewest + 2);
    }
}

TEST(CurvilinearRegion, NestingDecidesOrientation) {
    std::vector<Contour> rings = {circle(0, 0, 20), circle(0, 0, 90), circle(0, 0, 50), circle(300, 0, 30)};
    std::reverse(rings[3].points_nm.begin(), rings[3].points_nm.end());  // wrong way round on purpose
    const Region r = curvilinear_region(rings, 0.1 * nm, 0.05 * nm);
    const auto sign = [&](std::size_t i) { return area({.unit = r.unit, .rings = {r.rings[i]}}) > 0; };
    EXPECT_TRUE(sign(0));   // island in a hole
    EXPECT_TRUE(sign(1));   // outermost
    EXPECT_FALSE(sign(2));  // hole
    EXPECT_TRUE(sign(3));
    EXPECT_NEAR(area(r) * 0.01, pi * (90 * 90 - 50 * 50 + 20 * 20 + 30 * 30), 40);
}

TEST(CurvilinearRegion, SpecksBelowTheUnitVanish) {
    EXPECT_TRUE(curvilinear_region({circle(0, 0, 0.2)}, 1 * nm, 0.1 * nm).rings.empty());
}

TEST(CurvilinearRegion, OpenContourIsRefused) {
    Contour open = circle(0, 0, 20);
    open.closed = false;
    EXPECT_THROW(curvilinear_region({open}, 1 * nm, 0.1 * nm), InputError);
}

TEST(CurvilinearRegion, BandLimitedMaskKeepsItsArea) {
    const Spectrum2 f = egg_crate(300, 150, 150);
    const auto curves = contours(f, 0.7, 2 * nm);
    ASSERT_EQ(curves.size(), 1U);
    const double exact = area_of(curves[0]), perimeter = 2 * std::sqrt(pi * exact);
    // An inscribed polygon of sagitta <= tolerance loses at most tolerance x perimeter.
    const double kept = area(curvilinear_region(curves, 0.01 * nm, 0.1 * nm)) * 1e-4;
    EXPECT_LT(kept, exact);
    EXPECT_GT(kept, exact - 1.2 * 0.1 * perimeter);
}
