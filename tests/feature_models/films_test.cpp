// Spin-on, polish and area-selective growth through their steps.
#include <gtest/gtest.h>

#include <numbers>

#include "damascene/feature/ald.hpp"
#include "damascene/feature/film_flow.hpp"
#include "run.hpp"

namespace damascene::feature {
namespace {

/// A line of half width `half` and height `step` at x = 0 on a flat field.
Surface line(double half, double step, double x1, double h, double above) {
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = x1, .z0_nm = -40, .z1_nm = step + above, .h_nm = h}, "SiO2");
    add_solid(s, {{-half, -10}, {half, -10}, {half, step}, {-half, step}});
    return s;
}

TEST(SpinOn, LevelFilmPlanarisesUpToItsShrinkage) {
    // A liquid with a level top leaves, after cure, the base's step times what the film lost: planarisation =
    // shrinkage.
    const ProcessOutcome out = run_model(
        "spin-on", line(100, 40, 400, 4, 200),
        {{"thickness", 150e-9}, {"start", std::string("level")}, {"levelling_time", 0.0}, {"shrinkage", 0.85}});
    EXPECT_NEAR(extra(out, "planarisation"), 0.85, 0.01);
    EXPECT_NEAR(extra(out, "planarisation_liquid"), 1.0, 1e-6);
    EXPECT_LT(out.mass_balance_error, 1e-2);
}

TEST(SpinOn, LevelsFurtherWithTime) {
    double last = -1;
    for (double time : {0.0, 1e-7, 1e-6, 1e-5}) {
        const ProcessOutcome out =
            run_model("spin-on", line(100, 40, 400, 4, 200), {{"thickness", 150e-9}, {"levelling_time", time}});
        const double degree = extra(out, "planarisation_liquid");
        EXPECT_GT(degree, last - 1e-9) << time;
        EXPECT_NEAR(out.added, 0.85 * 150 * 400, 0.01 * out.added) << time;
        last = degree;
    }
    EXPECT_GT(last, 0.9);
}

TEST(SpinOn, ThinFilmStaysOnFlat) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 100, .z0_nm = -20, .z1_nm = 40, .h_nm = 2}, "Si");
    const ProcessOutcome out = run_model("spin-on", flat, {{"thickness", 100e-9}});
    EXPECT_NEAR(height_between(out.surface, 0, 100), 85, 0.01);
}

TEST(Cmp, RaisedAreaGoesAtTheRateOverItsDensity) {
    const Surface s = line(100, 60, 300, 2, 40);
    for (double seconds : {3.0, 6.0, 12.0}) {
        const ProcessOutcome out =
            run_model("cmp", s, {{"rate", 200e-9 / 60}, {"density", 0.25}, {"duration", seconds}});
        const PolishedStep p = polished(0.25, 60e-9, 200e-9 / 60, seconds);
        EXPECT_NEAR(height_between(out.surface, 10, 80), 60 - 1e9 * p.up_removed, 0.05) << seconds;
        EXPECT_NEAR(height_between(out.surface, 150, 290), -1e9 * p.down_removed, 0.05) << seconds;
        EXPECT_NEAR(extra(out, "clear_time"), 4.5, 1e-6);
    }
}

TEST(Cmp, StopMaterialEndsIt) {
    Surface s = line(100, 60, 300, 2, 120);
    begin_film(s, "SiN");
    offset_surface(s, 10);
    begin_film(s, "oxide");
    offset_surface(s, 50);
    const ProcessOutcome out = run_model("cmp", s, {{"duration", 6000.0}, {"stop", std::string("SiN")}});
    EXPECT_NEAR(extra(out, "plane"), 70, 0.1);
    EXPECT_EQ(extra(out, "stopped"), 1);
    EXPECT_THROW(run_model("cmp", s, {{"stop", std::string("SiNN")}}), InputError);
}

/// Copper for x < 100, oxide beyond; level.
Surface two_materials(double h) {
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 200, .z0_nm = -20, .z1_nm = 40, .h_nm = h}, "SiO2");
    remove_solid(s, {{-20, -10}, {100, -10}, {100, 60}, {-20, 60}});
    begin_film(s, "Cu");
    add_solid(s, {{-20, -12}, {101, -12}, {101, 0}, {-20, 0}});
    return s;
}

TEST(AreaSelective, MushroomIsAQuarterDisc) {
    // On copper a slab, over the edge a quarter disc of the film's thickness.
    const double t = 20;
    const ProcessOutcome out = run_model(
        "area-selective", two_materials(1),
        {{"growth", std::vector<std::string>{"Cu"}}, {"cycles", std::int64_t{200}}, {"nuclei_per_cycle", 0.0}});
    EXPECT_NEAR(out.field_thickness_nm, t, 1e-9);
    EXPECT_NEAR(out.added, 100 * t + std::numbers::pi / 4 * t * t, 0.02 * t * 100);
    EXPECT_NEAR(height_between(out.surface, 10, 80), t, 0.05);
    EXPECT_NEAR(height_between(out.surface, 150, 190), 0, 0.05);
}

TEST(AreaSelective, IslandsCoverTheRestAsKolmogorovCounts) {
    const ProcessOutcome out = run_model("area-selective", two_materials(1),
                                         {{"growth", std::vector<std::string>{"Cu"}},
                                          {"cycles", std::int64_t{100}},
                                          {"nuclei", 1e15},
                                          {"nuclei_per_cycle", 0.0}});
    EXPECT_NEAR(extra(out, "coverage_non_growth"), 0.26959731, 1e-7);
    EXPECT_NEAR(extra(out, "thickness_non_growth"), 1.85327006, 1e-7);
    EXPECT_NEAR(height_between(out.surface, 150, 190), 1.85327, 0.05);
    EXPECT_NEAR(height_between(out.surface, 10, 80), 10, 0.05);
}

}  // namespace
}  // namespace damascene::feature
