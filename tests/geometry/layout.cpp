// Hierarchy, placements and paths; areas of real layouts.
#include "geometry/shapes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace damascene {
namespace {

constexpr LayerKey metal{1, 0}, other{2, 0};

void add_boundary(Cell& cell, LayerKey layer, const Ring& ring) {
    cell.boundaries.push_back(
        {layer, static_cast<std::uint32_t>(cell.points.size()), static_cast<std::uint32_t>(ring.size())});
    cell.points.insert(cell.points.end(), ring.begin(), ring.end());
}

Path& add_path(Cell& cell, std::int32_t type, std::int32_t width, const Ring& points) {
    cell.paths.push_back({metal, type, width, 0, 0, static_cast<std::uint32_t>(cell.points.size()),
                          static_cast<std::uint32_t>(points.size())});
    cell.points.insert(cell.points.end(), points.begin(), points.end());
    return cell.paths.back();
}

Region outline(std::int32_t type, std::int32_t width, const Ring& points, std::int32_t begin = 0,
               std::int32_t end = 0) {
    Cell cell;
    Path& path = add_path(cell, type, width, points);
    path.begin_extension = begin, path.end_extension = end;
    return path_outline(cell, path, 1 * nm);
}

/// Cell 0 "leaf" holds an L of area 700 (20 x 10 foot, 10 x 60 stem); cell 1 "top" refers to it.
Layout leaf_and_top(const Reference& reference) {
    Layout layout;
    layout.cells.resize(2);
    layout.cells[0].name = "leaf";
    layout.cells[1].name = "top";
    add_boundary(layout.cells[0], metal, {{0, 0}, {20, 0}, {20, 10}, {10, 10}, {10, 60}, {0, 60}});
    layout.cells[1].references.push_back(reference);
    return layout;
}

Region placed(const Reference& reference) { return merged(flatten(leaf_and_top(reference), 1, metal)); }

void expect_same(const Region& a, const Region& b) { EXPECT_EQ(area(combine(a, b, Boolean::exclusive_or)), 0); }

TEST(Placement, QuarterTurnIsExact) {
    expect_same(placed({.origin = {100, 200}, .angle_deg = 90}),
                region_of({{{100, 200}, {100, 220}, {90, 220}, {90, 210}, {40, 210}, {40, 200}}}));
    EXPECT_EQ(area(placed({.angle_deg = 270})), 700);
    expect_same(placed({.angle_deg = -90}), placed({.angle_deg = 270}));
}

TEST(Placement, MirrorComesBeforeRotation) {
    // (x, y) -> (x, -y) -> rotated by 90: (y, x).
    expect_same(placed({.angle_deg = 90, .mirror_x = true}),
                merged(normalised(region_of({{{0, 0}, {0, 20}, {10, 20}, {10, 10}, {60, 10}, {60, 0}}}))));
}

TEST(Placement, MagnificationScalesAreaBySquare) { EXPECT_EQ(area(placed({.magnification = 3})), 9 * 700); }

TEST(Placement, ObliqueAngleKeepsAreaToRounding) {
    Layout layout = leaf_and_top({.magnification = 1000, .angle_deg = 30});
    EXPECT_NEAR(area(merged(flatten(layout, 1, metal))), 7e8, 160000) << "perimeter 160000 x one unit";
}

TEST(Placement, ArrayRepeatsItsCell) {
    const Region array =
        placed({.origin = {5, 5}, .columns = 4, .rows = 3, .column_step = {100, 0}, .row_step = {0, 200}});
    EXPECT_EQ(area(array), 12 * 700);
    const Box box = bounding_box(array);
    EXPECT_EQ(box.x1, 5 + 300 + 20);
    EXPECT_EQ(box.y1, 5 + 400 + 60);
}

TEST(Placement, RotatedArrayKeepsItsOwnSteps) {
    // GDSII displacement vectors are given after rotation.
    const Region array = placed({.angle_deg = 90, .columns = 2, .rows = 1, .column_step = {0, 500}});
    EXPECT_EQ(bounding_box(array).y1, 520);
    EXPECT_EQ(bounding_box(array).x0, -60);
}

TEST(Placement, NestedTransformsCompose) {
    Layout layout = leaf_and_top({.origin = {10, 0}, .magnification = 2, .angle_deg = 90});
    layout.cells.push_back(
        {.name = "chip", .references = {{.cell = 1, .origin = {1000, 1000}, .angle_deg = 180, .mirror_x = true}}});
    // leaf -> (10 - 2y, 2x) -> mirror (10 - 2y, -2x) -> turn 180 (-10 + 2y, 2x) -> + 1000.
    expect_same(merged(flatten(layout, 2, metal)),
                merged(normalised(
                    region_of({{{990, 1000}, {990, 1040}, {1010, 1040}, {1010, 1020}, {1110, 1020}, {1110, 1000}}}))));
}

TEST(Flatten, WindowKeepsTheShapesThatTouchIt) {
    const Layout layout = leaf_and_top({.columns = 1000, .rows = 1000, .column_step = {100, 0}, .row_step = {0, 100}});
    const Region all = flatten(layout, 1, metal, {5000, 5000, 5350, 5150});
    EXPECT_EQ(all.rings.size(), 4u * 2u);
    const Region turned =
        flatten(leaf_and_top({.columns = 50, .rows = 40, .column_step = {70, 20}, .row_step = {-30, 90}}), 1, metal,
                {500, 700, 600, 800});
    const Region full =
        flatten(leaf_and_top({.columns = 50, .rows = 40, .column_step = {70, 20}, .row_step = {-30, 90}}), 1, metal);
    expect_same(clipped(turned, {500, 700, 600, 800}), clipped(full, {500, 700, 600, 800}));
    EXPECT_LT(turned.rings.size(), 10u);
}

TEST(Flatten, OnlyTheAskedLayerComesBack) {
    Layout layout = leaf_and_top({});
    add_boundary(layout.cells[1], other, rectangle(0, 0, 7, 7));
    EXPECT_EQ(area(flatten(layout, 1, other)), 49);
    EXPECT_TRUE(flatten(layout, 1, {3, 0}).rings.empty());
}

TEST(Flatten, LayersCountEveryPlacement) {
    Layout layout = leaf_and_top({.columns = 7, .rows = 5, .column_step = {100, 0}, .row_step = {0, 100}});
    add_boundary(layout.cells[1], other, rectangle(0, 0, 7, 7));
    const auto present = layers(layout, 1);
    ASSERT_EQ(present.size(), 2u);
    EXPECT_EQ(present[0].layer, metal);
    EXPECT_EQ(present[0].shapes, 35u);
    EXPECT_EQ(present[1].shapes, 1u);
}

std::string code_of(const auto& action) {
    try {
        action();
    } catch (const InputError& e) {
        return e.diagnostics().at(0).code;
    } catch (const ResourceError& e) {
        return e.diagnostic().code;
    }
    return "";
}

Layout chain(std::uint32_t levels) {
    Layout layout;
    layout.cells.resize(levels);
    for (std::uint32_t k = 0; k < levels; ++k) {
        layout.cells[k].name = "c" + std::to_string(k);
        if (k + 1 < levels) layout.cells[k].references.push_back({.cell = k + 1});
    }
    add_boundary(layout.cells.back(), metal, rectangle(0, 0, 1, 1));
    return layout;
}

TEST(Flatten, HierarchyOfThousandLevelsIsTheLimit) {
    EXPECT_EQ(area(flatten(chain(1000), 0, metal)), 1);
    EXPECT_EQ(code_of([] { flatten(chain(1001), 0, metal); }), "D0306");
    EXPECT_EQ(code_of([] { layers(chain(1000000), 0); }), "D0306") << "no recursion, no crash";
}

TEST(Flatten, CycleIsALocatedError) {
    Layout layout = leaf_and_top({});
    layout.cells[0].references.push_back({.cell = 1});
    try {
        flatten(layout, 1, metal);
        FAIL() << "no error";
    } catch (const InputError& e) {
        EXPECT_EQ(e.diagnostics()[0].code, "D0306");
        EXPECT_EQ(e.diagnostics()[0].where.cell, "leaf");
    }
}

TEST(Flatten, DiamondIsNoCycle) {
    Layout layout = leaf_and_top({});
    layout.cells.push_back({.name = "both", .references = {{.cell = 0}, {.cell = 1}}});
    EXPECT_EQ(flatten(layout, 2, metal).rings.size(), 2u);
}

TEST(Flatten, PlacementBeyond32BitsIsRefused) {
    EXPECT_EQ(code_of([] { placed({.origin = {2147483647, 0}}); }), "D0309");
    EXPECT_EQ(code_of([] { placed({.magnification = 1e9}); }), "D0309");
    EXPECT_EQ(code_of([] { placed({.columns = 30000, .rows = 1, .column_step = {100000, 0}}); }), "D0309");
}

TEST(Flatten, ArrayBombIsRefusedBeforeItIsMade) {
    Layout layout = leaf_and_top({.columns = 32767, .rows = 32767});
    layout.cells.push_back({.name = "bomb", .references = {{.cell = 1, .columns = 32767, .rows = 32767}}});
    EXPECT_EQ(code_of([&] { flatten(layout, 2, metal); }), "D0601");
    EXPECT_EQ(code_of([&] { flatten(layout, 2, metal, {0, 0, 10, 10}); }), "D0601");
    EXPECT_EQ(layers(layout, 2).at(0).shapes, 1152780773560811521u & ~std::size_t{127})
        << "32767^4, rounded to a double";
}

TEST(FindCell, TakesTheOnlyTopCell) {
    EXPECT_EQ(find_cell(leaf_and_top({}), ""), 1u);
    EXPECT_EQ(find_cell(leaf_and_top({}), "leaf"), 0u);
}

TEST(FindCell, NamesTheNearestCell) {
    try {
        find_cell(leaf_and_top({}), "leat");
        FAIL() << "no error";
    } catch (const InputError& e) {
        EXPECT_NE(e.diagnostics()[0].help.find("'leaf'"), std::string::npos);
    }
}

TEST(FindCell, SeveralTopCellsNeedAName) {
    Layout layout = leaf_and_top({});
    layout.cells.push_back({.name = "second"});
    EXPECT_EQ(code_of([&] { find_cell(layout, ""); }), "D0304");
    EXPECT_EQ(code_of([] { find_cell({}, ""); }), "D0304");
}

TEST(Paths, EndTypesReachAsFarAsTheyShould) {
    const Ring line{{0, 0}, {100, 0}};
    expect_same(outline(0, 20, line), region_of({rectangle(0, -10, 100, 10)}));
    expect_same(outline(2, 20, line), region_of({rectangle(-10, -10, 110, 10)}));
    expect_same(outline(4, 20, line, 5, -15), region_of({rectangle(-5, -10, 85, 10)}));
}

TEST(Paths, RoundEndsAddADisc) {
    const Region path = outline(1, 2000, {{0, 0}, {10000, 0}});
    EXPECT_NEAR(area(path), 2e7 + std::numbers::pi * 1e6, 2 * std::numbers::pi * 1000 * 0.6)
        << "sagitta 0.1 and rounding 0.5 on the circumference";
    EXPECT_EQ(bounding_box(path).x0, -1000);
    EXPECT_EQ(bounding_box(path).x1, 11000);
}

TEST(Paths, OddWidthIsKept) {
    EXPECT_EQ(area(outline(0, 7, {{0, 0}, {100, 0}})), 700);
    EXPECT_EQ(area(outline(0, 7, {{0, 0}, {0, -100}})), 700);
}

TEST(Paths, RightAngleBendsAreMitred) {
    EXPECT_EQ(area(outline(0, 20, {{0, 0}, {100, 0}, {100, 200}})), 20 * (110 + 190));
    EXPECT_EQ(area(outline(0, 20, {{0, 0}, {100, 0}, {100, 200}, {300, 200}})), 20 * (110 + 200 + 190));
}

TEST(Paths, FortyFiveDegreeBendMeetsInOneMitre) {
    // The mitre adds outside what the overlap of the segments loses inside, h^2 tan(22.5 deg): area = width x length.
    const double length = 20000 * (1 + std::numbers::sqrt2);
    EXPECT_NEAR(area(outline(0, 2000, {{0, 0}, {20000, 0}, {40000, 20000}})), 2000 * length, 0.5 * length)
        << "rounding of the slope";
}

TEST(Paths, PathCrossingItselfStaysSolid) {
    EXPECT_EQ(area(outline(0, 20, {{0, 0}, {200, 0}, {200, 100}, {100, 100}, {100, -100}})),
              20 * (210 + 100 + 100 + 190) - 400);
}

TEST(Paths, SharpBendIsCutOffAtHalfAWidth) {
    const Box box = bounding_box(outline(0, 20, {{0, 0}, {100, 0}, {0, 0}}));
    EXPECT_EQ(box.x1, 110);
    EXPECT_EQ(box.x0, 0);
}

TEST(Paths, RepeatedPointsAndLonePointsAreHarmless) {
    EXPECT_EQ(area(outline(0, 20, {{0, 0}, {0, 0}, {100, 0}, {100, 0}})), 2000);
    EXPECT_EQ(area(outline(2, 20, {{5, 5}})), 400);
    EXPECT_TRUE(outline(0, 20, {{5, 5}}).rings.empty());
    EXPECT_TRUE(outline(0, 0, {{0, 0}, {9, 0}}).rings.empty());
}

TEST(Paths, AbsoluteWidthIgnoresMagnification) {
    Layout layout;
    layout.cells.resize(2);
    add_path(layout.cells[0], 0, -20, {{0, 0}, {100, 0}});
    layout.cells[1].references.push_back({.magnification = 3});
    EXPECT_EQ(area(merged(flatten(layout, 1, metal))), 300 * 20);
    layout.cells[0].paths[0].width = 20;
    EXPECT_EQ(area(merged(flatten(layout, 1, metal))), 300 * 60);
}

Layout read(const std::string& name) { return io::read_gds(file_bytes("layouts/" + name)); }
double square_micrometres(const Region& region) { return area(region) * region.unit.in(um)*region.unit.in(um); }
double layer_area(const std::string& file, LayerKey layer) {
    const Layout layout = read(file);
    return square_micrometres(merged(flatten(layout, find_cell(layout, ""), layer)));
}

TEST(RealLayout, RoutedMetalHasItsPublishedAreaAndBox) {
    const Layout gcd = read("gcd_45nm_metal1.gds");
    const std::uint32_t top = find_cell(gcd, "");
    EXPECT_EQ(gcd.unit.si(), 1e-10);
    const auto present = layers(gcd, top);
    ASSERT_EQ(present.size(), 1u);
    EXPECT_EQ(present[0].layer, (LayerKey{11, 0}));
    EXPECT_EQ(present[0].shapes, 1776u);
    const Region metal1 = merged(flatten(gcd, top, {11, 0}));
    EXPECT_EQ(area(metal1), 28594652500.0);
    const Box box = bounding_box(metal1);
    EXPECT_EQ(box.x0, 11400);
    EXPECT_EQ(box.y0, 13150);
    EXPECT_EQ(box.x1, 317300);
    EXPECT_EQ(box.y1, 308850);
}

TEST(RealLayout, WindowOfRoutedMetalHasItsPublishedAreaAndLines) {
    const Layout gcd = read("gcd_45nm_metal1.gds");
    const Box window{220000, 180000, 240000, 200000};
    const Region part = clipped(flatten(gcd, find_cell(gcd, ""), {11, 0}, window), window);
    EXPECT_EQ(area(part), 156357500);
    const Region cut = clipped(part, {222000, 192500, 228000, 192501});  // y = 19.25 um, x from 22.2 um
    std::vector<std::array<std::int64_t, 2>> lines;
    for (const Ring& ring : cut.rings) {
        const Box box = bounding_box(region_of({ring}));
        lines.push_back({box.x0, box.x1});
    }
    std::sort(lines.begin(), lines.end());
    ASSERT_GE(lines.size(), 3u);
    EXPECT_EQ(lines[0], (std::array<std::int64_t, 2>{223050, 223750}));
    EXPECT_EQ(lines[1], (std::array<std::int64_t, 2>{224950, 225650}));
    EXPECT_EQ(lines[2], (std::array<std::int64_t, 2>{226850, 227550}));
}

TEST(RealLayout, StandardCellsHaveTheirPublishedLayerAreas) {
    const Layout inverter = read("sky130_fd_sc_hd__inv_1.gds");
    const Region li1 = flatten(inverter, find_cell(inverter, ""), {67, 20});
    EXPECT_EQ(li1.rings.size(), 6u);
    EXPECT_EQ(merged(li1).rings.size(), 4u);
    EXPECT_EQ(area(merged(li1)), 1645700);
    EXPECT_EQ(area(merged(flatten(inverter, find_cell(inverter, ""), {68, 20}))), 1324800);
    EXPECT_DOUBLE_EQ(layer_area("sky130_fd_sc_hd__dfxtp_1.gds", {67, 20}), 10.771075);
    EXPECT_DOUBLE_EQ(layer_area("sky130_fd_sc_hd__dfxtp_1.gds", {66, 20}), 5.510700);
}

}  // namespace
}  // namespace damascene
