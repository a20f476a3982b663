// The mask-rule checker finds every planted violation and nothing on clean shapes, at any angle (V-25).
#include "damascene/geometry.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <numbers>

using namespace damascene;

namespace {

constexpr double pi = std::numbers::pi;
using Shape = std::vector<std::array<double, 2>>;  // nm, counter-clockwise

Shape rectangle(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }

Shape polar(double cx, double cy, int n, const std::function<double(double)>& radius) {
    Shape s;
    for (int i = 0; i < n; ++i) {
        const double a = 2 * pi * i / n;
        s.push_back({cx + radius(a) * std::cos(a), cy + radius(a) * std::sin(a)});
    }
    return s;
}

Shape circle(double cx, double cy, double radius, int n = 64) {
    return polar(cx, cy, n, [=](double) { return radius; });
}

/// Rectangle with corners of the given radius.
Shape rounded_rectangle(double x0, double y0, double x1, double y1, double radius, int per_corner = 12) {
    Shape s;
    const double cx[4] = {x1 - radius, x0 + radius, x0 + radius, x1 - radius},
                 cy[4] = {y1 - radius, y1 - radius, y0 + radius, y0 + radius};
    for (int corner = 0; corner < 4; ++corner)
        for (int i = 0; i <= per_corner; ++i) {
            const double a = pi / 2 * (corner + static_cast<double>(i) / per_corner);
            s.push_back({cx[corner] + radius * std::cos(a), cy[corner] + radius * std::sin(a)});
        }
    return s;
}

Shape reversed(Shape s) { return {s.rbegin(), s.rend()}; }

Region region(const std::vector<Shape>& shapes, double angle = 0, double unit_nm = 0.01) {
    Region out{.unit = unit_nm * nm, .rings = {}};
    for (const Shape& s : shapes) {
        Ring ring;
        for (auto [x, y] : s) {
            const Point p{
                static_cast<std::int32_t>(std::lround((x * std::cos(angle) - y * std::sin(angle)) / unit_nm)),
                static_cast<std::int32_t>(std::lround((x * std::sin(angle) + y * std::cos(angle)) / unit_nm))};
            if (ring.empty() || !(ring.back() == p)) ring.push_back(p);
        }
        out.rings.push_back(ring);
    }
    return out;
}

const double angles[] = {0.001, 0.1, pi / 6, pi / 4, 1.0, 1.3, 2.2, 2.9, 4.0, 5.5};

MaskRules width_rule(double v) {
    MaskRules r;
    r.min_width = v * nm;
    return r;
}
MaskRules space_rule(double v) {
    MaskRules r;
    r.min_space = v * nm;
    return r;
}
MaskRules radius_rule(double v) {
    MaskRules r;
    r.min_radius = v * nm;
    return r;
}
MaskRules distance_rules(double v) {
    MaskRules r = width_rule(v);
    r.min_space = v * nm;
    return r;
}

/// Exactly one violation of this rule with this value, at every angle.
void expect_one(const std::vector<Shape>& shapes, const MaskRules& rules, const std::string& name, double value,
                double tolerance = 0.03) {
    for (double angle : angles) {
        const auto found = check_mask_rules(region(shapes, angle), rules);
        ASSERT_EQ(found.size(), 1U) << name << " at " << angle;
        EXPECT_EQ(found[0].rule, name);
        EXPECT_NEAR(found[0].value, value, tolerance) << "at " << angle;
    }
}

void expect_clean(const std::vector<Shape>& shapes, const MaskRules& rules) {
    for (double angle : angles) {
        const auto found = check_mask_rules(region(shapes, angle), rules);
        EXPECT_TRUE(found.empty()) << found.size() << " false alarms at " << angle << ", first " << found[0].rule << " "
                                   << found[0].value;
    }
}

Field2<std::uint8_t> random_raster(int n, std::uint64_t key, double fill) {
    Field2<std::uint8_t> r{{n, n, 1 * nm, 1 * nm, 0 * nm, 0 * nm},
                           std::vector<std::uint8_t>(static_cast<std::size_t>(n * n))};
    const KeyedRandom random(11, key);
    for (std::size_t i = 0; i < r.values.size(); ++i) r.values[i] = random.uniform(i) < fill;
    return r;
}

struct PixelRun {
    int y, x0, x1;
    friend auto operator<=>(const PixelRun&, const PixelRun&) = default;
};

/// Slow truth of the Manhattan sweep: runs of `value` along rows shorter than the limit, between opposite pixels.
std::vector<PixelRun> short_runs(const Field2<std::uint8_t>& r, int limit, bool value) {
    std::vector<PixelRun> runs;
    const int n = r.grid.nx;
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n;) {
            int end = x + 1;
            while (end < n && r.at(end, y) == r.at(x, y)) ++end;
            const bool enclosed = value || (x > 0 && end < n);
            if ((r.at(x, y) != 0) == value && enclosed && end - x < limit) runs.push_back({y, x, end});
            x = end;
        }
    return runs;
}

bool covers(const std::vector<RuleViolation>& found, const PixelRun& run) {
    return std::any_of(found.begin(), found.end(), [&](const RuleViolation& v) {
        return v.x0_nm == run.x0 && v.x1_nm == run.x1 && v.value == run.x1 - run.x0 && v.y0_nm <= run.y &&
               v.y1_nm >= run.y + 1;
    });
}

}  // namespace

// ------------------------------------------------------------------------------------------------------- Manhattan
TEST(ManhattanRules, LimitItselfIsAllowedOneUnitLessIsNot) {
    const Region bars{.unit = 1 * nm,
                      .rings = {{{0, 0}, {20, 0}, {20, 300}, {0, 300}}, {{39, 0}, {58, 0}, {58, 300}, {39, 300}}}};
    const auto found = check_mask_rules(bars, distance_rules(20));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].rule, "width");
    EXPECT_EQ(found[0].value, 19);
    EXPECT_EQ(found[0].x0_nm, 39);
    EXPECT_EQ(found[0].y1_nm, 300);
    EXPECT_EQ(found[1].rule, "space");
    EXPECT_EQ(found[1].value, 19);
    EXPECT_TRUE(check_mask_rules(bars, distance_rules(19)).empty());
}

TEST(ManhattanRules, NotchIsASpace) {
    const Region u{.unit = 1 * nm,
                   .rings = {{{0, 0}, {110, 0}, {110, 90}, {62, 90}, {62, 50}, {48, 50}, {48, 90}, {0, 90}}}};
    const auto found = check_mask_rules(u, distance_rules(20));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].rule, "space");
    EXPECT_EQ(found[0].value, 14);
}

TEST(ManhattanRules, CornersAreMeasuredDiagonally) {
    const auto pair = [](int d) {
        return Region{
            .unit = 1 * nm,
            .rings = {{{0, 0}, {50, 0}, {50, 50}, {0, 50}}, {{50 + d, 50 + d}, {99, 50 + d}, {99, 99}, {50 + d, 99}}}};
    };
    EXPECT_TRUE(check_mask_rules(pair(15), space_rule(20)).empty());  // 21.2
    const auto found = check_mask_rules(pair(14), space_rule(20));    // 19.8
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].value, std::hypot(14, 14), 1e-12);
}

TEST(ManhattanRules, NeckBetweenReflexCornersIsAWidth) {
    const Region s{.unit = 1 * nm,
                   .rings = {{{0, 0}, {100, 0}, {100, 90}, {190, 90}, {190, 190}, {90, 190}, {90, 100}, {0, 100}}}};
    const auto found = check_mask_rules(s, width_rule(20));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].value, std::hypot(10, 10), 1e-12);
}

TEST(ManhattanRules, SweepFindsExactlyTheShortRunsOfRandomRasters) {
    for (std::uint64_t key = 0; key < 30; ++key) {
        const auto raster = random_raster(24, key, 0.3 + 0.02 * static_cast<double>(key));
        const Region traced = region_of_raster(raster, {});
        for (const bool solid : {true, false}) {
            const auto found = check_mask_rules(traced, solid ? width_rule(4) : space_rule(4));
            const auto runs = short_runs(raster, 4, solid);
            for (const PixelRun& run : runs)
                ASSERT_TRUE(covers(found, run)) << key << " row " << run.y << " from " << run.x0;
            for (const RuleViolation& v : found) {
                if (v.value != v.x1_nm - v.x0_nm || v.value == v.y1_nm - v.y0_nm) continue;
                for (int y = static_cast<int>(v.y0_nm); y < v.y1_nm; ++y)
                    ASSERT_TRUE(std::count(runs.begin(), runs.end(),
                                           PixelRun{y, static_cast<int>(v.x0_nm), static_cast<int>(v.x1_nm)}))
                        << key;
            }
        }
    }
}

TEST(ManhattanRules, SquareCornersHaveNoRadiusRule) {
    EXPECT_TRUE(check_mask_rules(region({rectangle(0, 0, 50, 50)}), radius_rule(15)).empty());
}

// ------------------------------------------------------------------------------------------------------- all angles
TEST(AllAngleRules, NarrowBarIsFoundAtEveryAngle) {
    expect_one({rectangle(0, 0, 19, 300)}, width_rule(20), "width", 19);
}

TEST(AllAngleRules, NarrowGapIsFoundAtEveryAngle) {
    expect_one({rectangle(0, 0, 100, 300), rectangle(118, 40, 200, 250)}, space_rule(20), "space", 18);
}

TEST(AllAngleRules, DiagonalCornerGapIsFound) {
    expect_one({rectangle(0, 0, 50, 50), rectangle(60, 60, 99, 99)}, space_rule(20), "space", std::hypot(10, 10));
}

TEST(AllAngleRules, DeepNotchIsFound) {
    const Shape u = {{0, 0}, {110, 0}, {110, 90}, {64, 90}, {64, 30}, {46, 30}, {46, 90}, {0, 90}};
    expect_one({u}, space_rule(20), "space", 18);
}

TEST(AllAngleRules, AcuteTipIsTooNarrow) {
    // Contour distance c = (pi/2) 20 around a 60 degree tip: closest points c sin 30 deg apart.
    const Shape triangle = {{0, 0}, {200, 0}, {100, 100 * std::sqrt(3.0)}};
    for (double angle : angles) {
        const auto found = check_mask_rules(region({triangle}, angle), width_rule(20));
        ASSERT_EQ(found.size(), 3U);
        for (const auto& v : found) EXPECT_NEAR(v.value, 5 * pi, 0.03);
    }
}

TEST(AllAngleRules, NeckOfADumbbellIsFound) {
    Shape s;
    for (int i = 0; i < 200; ++i) {
        const double t = 2 * pi * i / 200, x = 100 * std::cos(t);
        const double half =
            8 + 30 * std::pow(std::sin(pi * x / 200), 2) * std::sqrt(std::max(0.0, 1 - std::pow(x / 100, 8)));
        s.push_back({x, (std::sin(t) >= 0 ? 1 : -1) * half * std::min(1.0, 6 * std::abs(std::sin(t)))});
    }
    for (double angle : angles) {
        const auto found = check_mask_rules(region({s}, angle), width_rule(20));
        ASSERT_GE(found.size(), 1U);
        double least = 1e9;
        for (const auto& v : found) least = std::min(least, v.value);
        EXPECT_NEAR(least, 16, 0.1);
    }
}

TEST(AllAngleRules, RingWallAndHole) {
    const std::vector<Shape> ring = {circle(0, 0, 60), reversed(circle(3, 0, 40))};  // wall 17 .. 23
    for (double angle : angles) {
        const auto found = check_mask_rules(region(ring, angle), distance_rules(20));
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].rule, "width");
        EXPECT_NEAR(found[0].value, 17, 0.15);
    }
}

TEST(AllAngleRules, DiscIsNarrowBelowTheLimitOnly) {
    for (double diameter : {5.0, 12.0, 19.0, 19.9})
        expect_one({circle(3, 7, diameter / 2)}, width_rule(20), "width", diameter, 0.06);
    for (double diameter : {20.1, 20.5, 22.0, 25.0, 31.0, 80.0})
        expect_clean({circle(3, 7, diameter / 2)}, width_rule(20));
}

TEST(AllAngleRules, SmallHoleIsANarrowSpace) {
    expect_one({circle(0, 0, 90), reversed(circle(5, 0, 8))}, distance_rules(20), "space", 16, 0.06);
}

TEST(AllAngleRules, CleanShapesRaiseNothing) {
    expect_clean({rectangle(0, 0, 20.05, 300), rectangle(40.1, 10, 140, 90), rectangle(40.1, 110.1, 75, 300)},
                 distance_rules(20));
    expect_clean({{{0, 0}, {100, 0}, {100, 40}, {60, 40}, {60, 90}, {0, 90}}}, distance_rules(20));    // L
    expect_clean({{{0, 0}, {200, 0}, {200, 55}, {100, 55}, {100, 50}, {0, 50}}}, distance_rules(20));  // jog of 5
    expect_clean({{{0, 0}, {200, 0}, {200, 50}, {110, 50}, {110, 60}, {100, 60}, {100, 50}, {0, 50}}},
                 distance_rules(20));  // bump
    expect_clean({polar(0, 0, 160, [](double a) { return 60 + 10 * std::cos(5 * a); })}, distance_rules(20));
    expect_clean({circle(0, 0, 50), circle(120.1, 0, 50), reversed(circle(0, 0, 10.1)), reversed(circle(120, 0, 20))},
                 distance_rules(20));
}

TEST(AllAngleRules, SlitBetweenRandomBlobsEqualsTheirDistance) {
    const KeyedRandom random(3, 5);
    for (std::uint64_t k = 0; k < 25; ++k) {
        const auto blob = [&](double cx, std::uint64_t draw) {
            const double a3 = 8 * random.uniform(16 * k + draw), p3 = 6 * random.uniform(16 * k + draw + 1),
                         a5 = 5 * random.uniform(16 * k + draw + 2);
            return polar(cx, 0, 300, [=](double a) { return 80 + a3 * std::cos(3 * a + p3) + a5 * std::sin(5 * a); });
        };
        const Shape left = blob(0, 0), right = blob(172, 8);
        double truth = 1e9;  // vertices are ~1.7 nm apart: the polygon distance is at most ~0.02 below this
        for (const auto& p : left)
            for (const auto& q : right) truth = std::min(truth, std::hypot(p[0] - q[0], p[1] - q[1]));
        if (truth < 1 || truth > 39) continue;
        const auto found = check_mask_rules(region({left, right}, 0.3), space_rule(40));
        ASSERT_FALSE(found.empty()) << k;
        double least = 1e9;
        for (const auto& v : found) least = std::min(least, v.value);
        EXPECT_LE(least, truth + 0.02);
        EXPECT_GE(least, truth - 0.1);
    }
}

// --------------------------------------------------------------------------------------------------------- curvature
TEST(CurvatureRule, CirclesAtTheLimitAreCleanOnEveryGrid) {
    const KeyedRandom random(1, 2);
    for (double unit : {0.01, 0.1, 0.25, 1.0})
        for (std::uint64_t k = 0; k < 200; ++k) {
            const Shape s = circle(random.uniform(2 * k), random.uniform(2 * k + 1), 15 + static_cast<double>(k % 5),
                                   20 + static_cast<int>(k % 60));
            const auto found = check_mask_rules(region({s}, 0.1 * static_cast<double>(k), unit), radius_rule(15));
            ASSERT_TRUE(found.empty()) << "unit " << unit << " draw " << k << " value " << found[0].value;
        }
}

TEST(CurvatureRule, TightRoundingIsFoundOnEveryCorner) {
    for (double unit : {0.01, 0.1, 0.25, 1.0})
        for (double angle : angles) {
            const auto found =
                check_mask_rules(region({rounded_rectangle(0, 0, 130, 100, 6)}, angle, unit), radius_rule(15));
            EXPECT_EQ(found.size(), 4U) << "unit " << unit << " angle " << angle;
            EXPECT_TRUE(
                check_mask_rules(region({rounded_rectangle(0, 0, 130, 100, 16)}, angle, unit), radius_rule(15)).empty())
                << "unit " << unit << " angle " << angle;
        }
}

TEST(CurvatureRule, ValueIsTheRadiusOfAFineCircle) {
    const auto found = check_mask_rules(region({circle(0, 0, 10, 400)}), radius_rule(15));
    ASSERT_FALSE(found.empty());
    EXPECT_NEAR(found[0].value, 10, 0.1);
}

TEST(CurvatureRule, ConcaveBendsCountToo) {
    const std::vector<Shape> frame = {circle(0, 0, 80), reversed(circle(0, 0, 8))};
    for (double angle : angles) EXPECT_EQ(check_mask_rules(region(frame, angle), radius_rule(15)).size(), 1U);
}

TEST(CurvatureRule, SharpCornersOfARotatedSquareAreFound) {
    EXPECT_EQ(check_mask_rules(region({rectangle(0, 0, 100, 100)}, 0.4), radius_rule(15)).size(), 4U);
}

// ------------------------------------------------------------------------------------------ areas, edges, vertices
TEST(AreaRule, HolesAreTakenOutOfTheirShape) {
    MaskRules rules;
    rules.min_area = 800 * nm2;
    rules.min_hole_area = 500 * nm2;
    const std::vector<Shape> shapes = {rectangle(0, 0, 36, 36), reversed(rectangle(5, 5, 30, 30)),  // 1296 - 625 = 671
                                       rectangle(100, 0, 140, 40), reversed(rectangle(110, 10, 130, 30))};
    const auto found = check_mask_rules(region(shapes), rules);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].rule, "area");
    EXPECT_NEAR(found[0].value, 671, 1e-9);
    EXPECT_EQ(found[1].rule, "hole_area");
    EXPECT_NEAR(found[1].value, 400, 1e-9);
}

TEST(EdgeRule, JogIsAShortEdge) {
    MaskRules rules;
    rules.min_edge = 10 * nm;
    const auto found = check_mask_rules(region({{{0, 0}, {200, 0}, {200, 55}, {100, 55}, {100, 50}, {0, 50}}}), rules);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].value, 5, 1e-12);
}

TEST(VertexRule, CountsPerRing) {
    MaskRules rules;
    rules.max_vertices = 64;
    EXPECT_TRUE(check_mask_rules(region({circle(0, 0, 50, 64)}), rules).empty());
    const auto found = check_mask_rules(region({circle(0, 0, 50, 65)}), rules);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].value, 65);
}

TEST(MaskRules, BelowTheDatabaseUnitIsRefused) {
    EXPECT_THROW(check_mask_rules(region({rectangle(0, 0, 9, 9)}, 0, 1), width_rule(0.5)), InputError);
    EXPECT_THROW(check_mask_rules(region({rectangle(0, 0, 9, 9)}, 0, 1), width_rule(-3)), InputError);
    EXPECT_THROW(check_mask_rules(region({rectangle(0, 0, 9, 9)}, 0, 1), space_rule(std::nan(""))), InputError);
}

TEST(MaskRules, FiveThousandVertexMaskIsQuick) {
    std::vector<Shape> blobs;
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 8; ++j)
            blobs.push_back(polar(250.0 * i, 250.0 * j, 80,
                                  [=](double a) { return 88 + 12 * std::cos((3 + (i + j) % 2) * a + i); }));
    const Region mask = region(blobs, 0.2, 0.1);
    MaskRules rules = distance_rules(20);
    rules.min_radius = 15 * nm;
    rules.min_area = 800 * nm2;
    const auto start = std::chrono::steady_clock::now();
    const auto found = check_mask_rules(mask, rules);
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    RecordProperty("milliseconds", std::to_string(ms));
    EXPECT_TRUE(found.empty());
    EXPECT_LT(ms, 300) << "30 ms on an idle core";
}
