// Volumes built from layouts, resist and solids against exact volumes; meshes against what rays demand.
#include "shapes.hpp"

#include <numbers>

namespace damascene::feature {
namespace {

TEST(FlatVolume, LayersHaveTheirExactVolume) {
    const std::vector<Layer> stack = {{"oxide", 3.3}, {"liner", 0.2}, {"mask", 5}};
    const Volume v = flat_volume({0, 20, 0, 12, -10, 20, 1}, "Si", 0.4, stack);
    const double floor = 20 * 12;
    EXPECT_NEAR(volume(v, 0), floor * 10.4, 1e-9 * floor);
    EXPECT_NEAR(volume(v, 1), floor * 3.3, 1e-9 * floor);
    EXPECT_NEAR(volume(v, 2), floor * 0.2, 1e-9 * floor) << "thinner than a cell";
    EXPECT_NEAR(volume(v, 3), floor * 5, 1e-9 * floor);
    EXPECT_NEAR(gas_volume(v), floor * (20 - 8.9), 1e-9 * floor);
}

TEST(SolidBall, VolumeConvergesWithSecondOrder) {
    std::vector<double> h = {1.2, 0.8, 0.6, 0.4, 0.3}, error;
    for (double cell : h) {
        Volume v{.box = box_around(-12, -12, 12, 12, -12, 12, cell)};
        add_solid(v, sphere_solid({0.11, -0.07, 0.05}, 9), "ball");
        error.push_back(std::abs(volume(v, 0) - 4.0 / 3 * std::numbers::pi * 729));
    }
    EXPECT_NEAR(observed_order(h, error), 2, 0.1);
    EXPECT_LE(error.back(), 3.0);
}

TEST(SolidBall, HoleInABlockIsAVoid) {
    Volume v = flat_volume({-20, 20, -20, 20, -30, 10, 0.8}, "Si");
    remove_solid(v, sphere_solid({0.11, -0.07, -14}, 9));
    const std::vector<Void3> found = voids(v);
    ASSERT_EQ(found.size(), 1u);
    const double exact = 4.0 / 3 * std::numbers::pi * 729;
    EXPECT_NEAR(found[0].volume, exact, 0.01 * exact) << "h/r = 0.09, second order";
    EXPECT_NEAR(found[0].centroid[2], -14, 0.1);
    EXPECT_NEAR(found[0].high[2] - found[0].low[2], 18, 2 * 0.8);
    EXPECT_NEAR(found[0].volume, gas_volume(v) - 40 * 40 * 10, 1e-6 * exact);
    remove_solid(v, box_solid({-3, -3, -14}, {3, 3, 20}));
    EXPECT_TRUE(voids(v).empty()) << "a shaft opens it";
}

TEST(SolidBall, CutByAMirrorWallIsHalfABall) {
    for (Side side : {Side::mirror, Side::periodic}) {
        Volume v = flat_volume({0, 40, 0, 40, -30, 10, 0.8, side}, "Si");
        remove_solid(v, sphere_solid({0, 20.1, -14}, 9));
        if (side == Side::periodic) remove_solid(v, sphere_solid({40, 20.1, -14}, 9));
        const double share = side == Side::mirror ? 0.5 : 1;
        const std::vector<Void3> found = voids(v);
        ASSERT_EQ(found.size(), 1u) << "periodic halves belong together";
        EXPECT_NEAR(found[0].volume, share * 4.0 / 3 * std::numbers::pi * 729, 0.01 * 3054);
    }
}

// ---------------------------------------------------------------------------------------------- from layouts (FS-40)
struct Cut {
    Region region;  ///< merged and clipped
    std::array<double, 4> window;
};

Cut sky130(const std::string& cell, LayerKey layer) {
    const Layout layout = layout_of("sky130_fd_sc_hd__" + cell + ".gds");
    const Region all = merged(flatten(layout, find_cell(layout, ""), layer));
    const Box b = bounding_box(all);
    const auto at = [](std::int64_t v) { return static_cast<double>(v); };
    return {all, {at(b.x0) - 103, at(b.y0) - 97, at(b.x1) + 103, at(b.y1) + 97}};
}

Cut gcd_window() {
    const Layout layout = layout_of("gcd_45nm_metal1.gds");
    EXPECT_NEAR(layout.unit.in(nm), 0.1, 1e-12);
    const Box window = {60000, 60000, 72000, 72000};
    return {clipped(merged(flatten(layout, find_cell(layout, ""), {11, 0}, window)), window), {6000, 6000, 7200, 7200}};
}

double extruded_volume(const Cut& cut, double h, double height) {
    Volume v{.box = box_around(cut.window[0], cut.window[1], cut.window[2], cut.window[3], -4 * h, height + 4 * h, h)};
    add_extrusion(v, cut.region, 0.37 * h, 0.37 * h + height, "metal");
    return volume(v, 0);
}

void expect_second_order(const Cut& cut, double height, const std::vector<double>& h) {
    const double exact = area_nm2(cut.region) * height, side = perimeter(cut.region) * height;
    ASSERT_GT(exact, 0);
    std::vector<double> error;
    for (double cell : h) {
        error.push_back(std::abs(extruded_volume(cut, cell, height) - exact));
        EXPECT_LE(error.back(), cell * side) << "one cell of the walls, h = " << cell;
    }
    EXPECT_GE(observed_order(h, error), 1.8);
    EXPECT_LE(error.back(), 0.03 * h.back() * side);
}

TEST(ExtrudedLayout, CellOfPolysiliconHasItsAreaTimesHeight) {
    expect_second_order(sky130("inv_1", {66, 20}), 180, {41.3, 29.7, 20.9, 14.3, 10.7});
}

TEST(ExtrudedLayout, TenthNanometreUnitIsHonoured) {
    expect_second_order(gcd_window(), 130, {23.9, 17.3, 12.7, 9.1, 6.7});
}

TEST(EtchedLayout, OpeningLosesAreaTimesDepthAndMeshIsWatertight) {
    const Cut cut = gcd_window();
    for (Side side : {Side::mirror, Side::periodic}) {
        Volume v = flat_volume(box_around(6000, 6000, 7200, 7200, -200, 60, 8, side), "oxide");
        const double before = volume(v, 0);
        const std::vector<EtchLayer> layers = {{.depth_nm = 130}};
        etch(v, cut.region, 0, layers);
        const double exact = area_nm2(cut.region) * 130;
        EXPECT_NEAR(before - volume(v, 0), exact, 0.05 * 8 * perimeter(cut.region) * 130);
        EXPECT_NO_THROW(check_mesh(surface_mesh(v), ray_domain(v)));
    }
}

TEST(EtchedLayout, TaperAndBiasOffsetTheOpening) {
    // A long trench: widths at depth z are w - 2 (b + z / tan a), exactly.
    const double b = 3, alpha = 80, depth = 40, w = 60;
    Volume v = flat_volume(box_around(0, 0, 120, 16, -60, 20, 1), "Si");
    const double before = volume(v, 0);
    const std::vector<EtchLayer> layers = {{.depth_nm = depth, .bias_nm = b, .sidewall_deg = alpha}};
    etch(v, rectangle(30, -50, 90, 70), 0, layers);
    const double cot = 1 / std::tan(alpha * std::numbers::pi / 180);
    const double exact = 16 * depth * (w - 2 * b - depth * cot);
    EXPECT_NEAR(before - volume(v, 0), exact, 16 * 4 * 0.5) << "four edges, half a cell squared each";
    const Surface cut = section_at(v, 7.7);
    EXPECT_NEAR(volume(cut, 0) * 16, volume(v, 0), 16 * 4 * 0.3);
}

TEST(EtchedLayout, LayersOfAnEtchStackTheirOffsets) {
    const std::vector<Layer> stack = {{"mask", 20}};
    Volume v = flat_volume(box_around(0, 0, 120, 8, -60, 40, 1), "Si", 0, stack);
    const std::vector<EtchLayer> layers = {{.depth_nm = 20, .bias_nm = 2}, {.depth_nm = 30, .bias_nm = 4}};
    etch(v, rectangle(30, -50, 90, 70), 20, layers);
    EXPECT_NEAR(120 * 20 * 8 - volume(v, 1), 56 * 20 * 8, 8 * 2.0);
    EXPECT_NEAR(120 * 60 * 8 - volume(v, 0), 48 * 30 * 8, 8 * 2.0);
    const TriangleMesh mesh = surface_mesh(v);
    EXPECT_NO_THROW(check_mesh(mesh, ray_domain(v)));
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
        double z = 0;
        for (std::int32_t i : mesh.triangles[t]) z += mesh.points[static_cast<std::size_t>(i)][2] / 3;
        if (std::abs(z) > 1) {
            EXPECT_EQ(mesh.material[t], z > 0 ? 1 : 0) << "at z = " << z;
        }
    }
}

TEST(Resist, OpeningIsInterpolatedBetweenHeights) {
    Profile p{.thickness_nm = 30, .levels = {{0, rectangle(40, -20, 80, 60)}, {30, rectangle(34, -20, 86, 60)}}};
    Volume v = flat_volume(box_around(0, 0, 120, 8, -20, 50, 1), "Si");
    add_resist(v, p, 0, "resist");
    EXPECT_NEAR(volume(v, 1), 8 * 30 * (120 - 46), 8 * 4 * 0.3);
    EXPECT_NO_THROW(check_mesh(surface_mesh(v), ray_domain(v)));
    p.levels.pop_back();
    Volume upright = flat_volume(v.box, "Si");
    add_resist(upright, p, 0, "resist");
    EXPECT_NEAR(volume(upright, 1), 8 * 30 * (120 - 40), 8 * 4 * 0.3);
}

// -------------------------------------------------------------------------------------------------------- bad input
std::string refusal(const std::function<void()>& body) {
    try {
        body();
    } catch (const InputError& e) {
        return e.diagnostics().front().message;
    }
    return "accepted";
}

TEST(VolumeInput, ImpossibleGeometryIsRefused) {
    const std::vector<EtchLayer> steep = {{.depth_nm = 10, .sidewall_deg = 10}}, nothing = {{.depth_nm = 0}};
    const std::vector<Layer> tall = {{"oxide", 100}};
    Volume v = flat_volume({0, 20, 0, 20, -20, 20, 1}, "Si");
    EXPECT_EQ(refusal([] { flat_volume({0, 20.5, 0, 20, -20, 20, 1}, "Si"); }), "the box is 20.5 cells long along x");
    EXPECT_NE(refusal([] { flat_volume({0, 0, 0, 20, -20, 20, 1}, "Si"); }), "accepted");
    EXPECT_NE(refusal([] { flat_volume({0, 20, 0, 20, -20, NAN, 1}, "Si"); }), "accepted");
    EXPECT_NE(refusal([] { flat_volume({0, 20, 0, 20, -20, 20, 0}, "Si"); }), "accepted");
    EXPECT_NE(refusal([] { flat_volume({0, 20, 0, 20, -20, 20, 1, Side::open}, "Si"); }), "accepted");
    EXPECT_NE(refusal([&] { flat_volume(v.box, "Si", 0, tall); }), "accepted");
    EXPECT_EQ(refusal([&] { etch(v, rectangle(5, 5, 9, 9), 0, steep); }), "a sidewall of 10 deg is out of range");
    EXPECT_NE(refusal([&] { etch(v, rectangle(5, 5, 9, 9), 0, nothing); }), "accepted");
    EXPECT_NE(refusal([&] { add_extrusion(v, rectangle(5, 5, 9, 9), 5, 5, "metal"); }), "accepted");
    EXPECT_NE(refusal([&] { add_resist(v, {}, 0, "resist"); }), "accepted");
    EXPECT_NE(refusal([&] { offset_surface(v, NAN); }), "accepted");
    EXPECT_NE(refusal([&] { (void)volume(v, 1); }), "accepted");
}

TEST(VolumeInput, RegionOutsideTheBoxChangesNothing) {
    Volume v = flat_volume({0, 20, 0, 20, -20, 20, 1}, "Si");
    const std::vector<EtchLayer> layers = {{.depth_nm = 10}};
    etch(v, rectangle(500, 500, 600, 600), 0, layers);
    etch(v, {1 * nm, {}}, 0, layers);
    EXPECT_NEAR(volume(v, 0), 8000, 1e-8);
}

}  // namespace
}  // namespace damascene::feature
