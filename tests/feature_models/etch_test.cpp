// Etch and polish models through their steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numbers>

#include "damascene/base/parallel.hpp"
#include "damascene/feature/yield.hpp"
#include "run.hpp"

namespace damascene::feature {
namespace {

using Table = std::map<std::string, std::string>;

/// x of the gas boundary at height z, from the left; NaN where there is none.
double boundary_x(const Surface& s, double z, double from) {
    const Field2<double>& phi = s.phi.back();
    const double h = s.h_nm();
    const int j = static_cast<int>(std::lround((z - s.grid.y0.in(nm)) / h));
    for (int i = static_cast<int>(from / h) + 1; i < s.grid.nx; ++i) {
        const double a = phi.at(i - 1, j), b = phi.at(i, j);
        if ((a < 0) != (b < 0)) return h * (i - 1 + a / (a - b)) + s.grid.x0.in(nm);
    }
    return std::nan("");
}

Surface blanket(double h, double deep = 120) {
    return flat_surface({.x0_nm = 0, .x1_nm = 60, .z0_nm = -deep, .z1_nm = 40, .h_nm = h}, "Si");
}

TEST(Etch, SpacerIsAsWideAsTheFilm) {
    // Conformal 20 nm on a 100 nm step, then 20 nm of vertical etch: the film on the wall stays, elsewhere it is gone.
    const double t = 20, h = 1;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 160, .z0_nm = -30, .z1_nm = 140, .h_nm = h}, "Si");
    add_solid(s, {{-20, -10}, {60, -10}, {60, 100}, {-20, 100}});
    s = run_model("conformal", s, {{"film", std::string("nitride")}, {"thickness", t * 1e-9}}).surface;
    s = run_model("etch", s, {{"depth", 1.05 * t * 1e-9}, {"ion.spread", 0.0}, {"selectivity", Table{{"Si", "0"}}}})
            .surface;
    EXPECT_NEAR(boundary_x(s, 30, 0), 60 + t, 1.5 * h);
    EXPECT_NEAR(height_between(s, 100, 150), 0, 0.5 * h);
    EXPECT_NEAR(height_between(s, 5, 45), 100, 0.5 * h);
    const double left = volume(s, 1);
    EXPECT_NEAR(left, t * 80, 0.25 * t * 80);  // a spacer of the step's height less its rounded shoulder
}

TEST(Etch, DepthIsThatOfTheOpenField) {
    for (const auto& [iso, dir] : {std::pair{0.0, 1e-9}, {1e-9, 0.0}, {0.5e-9, 0.5e-9}}) {
        const ProcessOutcome out =
            run_model("etch", blanket(2), {{"isotropic_rate", iso}, {"directional_rate", dir}, {"depth", 30e-9}});
        EXPECT_NEAR(height_between(out.surface, 0, 60), -30, 0.01) << iso;
    }
}

TEST(Etch, SelectivityScalesAndZeroStops) {
    for (const auto& [factor, deep] : {std::pair{"0.25", 7.5}, {"0", 0.0}, {"1", 30.0}}) {
        const ProcessOutcome out =
            run_model("etch", blanket(2), {{"depth", 30e-9}, {"selectivity", Table{{"Si", factor}}}});
        EXPECT_NEAR(height_between(out.surface, 0, 60), -deep, 0.01) << factor;
    }
}

TEST(Etch, StopsOnTheLayerBelow) {
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 60, .z0_nm = -60, .z1_nm = 60, .h_nm = 2}, "Si", -21);
    begin_film(s, "SiO2");
    offset_surface(s, 21);
    const ProcessOutcome out = run_model("etch", s, {{"depth", 60e-9}, {"selectivity", Table{{"Si", "0"}}}});
    EXPECT_NEAR(height_between(out.surface, 0, 60), -21, 0.1);
    EXPECT_NEAR(out.removed, 60 * 21, 5);  // the oxide, and no silicon
}

TEST(Etch, IsotropicUndercutIsAQuarterCircle) {
    // Under a mask with an opening the front is a circle about the edge.
    const double h = 2, r = 40;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 160, .z0_nm = -100, .z1_nm = 60, .h_nm = h}, "Si");
    begin_film(s, "mask");
    add_solid(s, {{60, -1}, {200, -1}, {200, 20}, {60, 20}});
    const ProcessOutcome out = run_model("etch", s,
                                         {{"isotropic_rate", 1e-9},
                                          {"directional_rate", 0.0},
                                          {"depth", r * 1e-9},
                                          {"selectivity", Table{{"mask", "0"}}}});
    for (double z : {-10.0, -20.0, -30.0})
        EXPECT_NEAR(boundary_x(out.surface, z, 30), 60 + std::sqrt(r * r - z * z), 1.5 * h) << z;
}

TEST(IonMill, BlanketLosesTheGivenDepth) {
    for (const char* law : {"sqrt_sin2", "yamamura_angle"}) {
        const ProcessOutcome out =
            run_model("ion-mill", blanket(2), {{"depth", 20e-9}, {"yield_law", std::string(law)}});
        EXPECT_NEAR(height_between(out.surface, 0, 60), -20, 0.02) << law;
    }
}

// Mesa under vertical ions: its flat top ends at 3.3218 t from the wall, where the facets begin.
TEST(IonMill, ConvexCornerGrowsAFacet) {
    const double h = 2, t = 20;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 200, .z0_nm = -220, .z1_nm = 30, .h_nm = h}, "Si", -180);
    add_solid(s, {{-40, -200}, {140, -200}, {140, 0}, {-40, 0}});
    const ProcessOutcome out = run_model("ion-mill", s, {{"depth", t * 1e-9}, {"ion.spread", 0.0}});
    EXPECT_NEAR(height_between(out.surface, 0, 50), -t, 0.02 * t);
    EXPECT_NEAR(boundary_x(out.surface, -t + 0 * h - 2 * h, 20),
                140 - 3.321760 * t + 2 * h / std::tan(34.5326 * std::numbers::pi / 180), 2 * h);
}

// Isotropic etch through slots d + 4 nm apart and 4 nm high in a liner: neighbouring circles of radius r meet in cusps,
// and the wall between them is r - sqrt(r^2 - d^2/4) deep: 10 nm for r 50, d 60.
TEST(Bosch, ScallopIsTheSagOfTheCircle) {
    const double h = 1, r = 50, liner = 52;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 140, .z0_nm = -300, .z1_nm = 20, .h_nm = h}, "Si");
    remove_solid(s, {{-40, -240}, {liner, -240}, {liner, 40}, {-40, 40}});
    begin_film(s, "liner");
    add_solid(s, {{40, -241}, {liner + 1, -241}, {liner + 1, 10}, {40, 10}});
    add_solid(s, {{-40, -241}, {41, -241}, {41, -230}, {-40, -230}});
    add_solid(s, {{40, -1}, {200, -1}, {200, 10}, {40, 10}});
    for (double z : {-90.0, -154.0})
        remove_solid(s, {{30, z - 2}, {liner + 2, z - 2}, {liner + 2, z + 2}, {30, z + 2}});
    const ProcessOutcome out = run_model("etch", s,
                                         {{"isotropic_rate", 1e-9},
                                          {"directional_rate", 0.0},
                                          {"depth", r * 1e-9},
                                          {"selectivity", Table{{"liner", "0"}}}});
    const Surface silicon{s.symmetry, s.left, s.right, s.grid, {"Si"}, {out.surface.phi[0]}};
    const double crest = boundary_x(silicon, -90, 80), cusp = boundary_x(silicon, -122, 80);
    EXPECT_NEAR(crest - cusp, 10, h);
}

ProcessOutcome four_cycles() {
    const double h = 2, opening = 60;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 180, .z0_nm = -400, .z1_nm = 60, .h_nm = h}, "Si");
    begin_film(s, "mask");
    add_solid(s, {{opening, -3}, {260, -3}, {260, 30}, {opening, 30}});
    return run_model("bosch", s,
                     {{"cycles", std::int64_t{4}},
                      {"etch", 50e-9},
                      {"passivation", 10e-9},
                      {"breakthrough", 20e-9},
                      {"film_selectivity", 0.1},
                      {"ion.spread", 0.0},
                      {"selectivity", Table{{"mask", "0"}}}});
}

/// Heights where the wall of the silicon stands farthest into the opening, between the rows of the grid: vertices of
/// its contour, corners included.
std::vector<double> cusps_of(const ProcessOutcome& out, double period) {
    const Surface& s = out.surface;
    const Surface silicon{s.symmetry, s.left, s.right, s.grid, {"Si"}, {s.phi[0]}};
    std::vector<Vec2> wall;
    for (const Piece& p : section_of(silicon, 0.5 * s.h_nm()).pieces) wall.push_back(p.a);
    std::vector<double> cusps;
    for (const Vec2& v : wall) {
        if (v.z > -20 || v.z < -3.7 * period || v.x < 20) continue;
        const bool least = std::none_of(wall.begin(), wall.end(), [&](const Vec2& w) {
            return std::abs(w.z - v.z) <= 0.3 * period && w.x < v.x && w.x > 20;
        });
        if (least) cusps.push_back(v.z);
    }
    std::sort(cusps.rbegin(), cusps.rend());
    return cusps;
}

// One cusp per cycle, as far apart as the cycles go down.
TEST(Bosch, CyclesLeaveCuspsAtTheirPeriod) {
    const double h = 2;
    const ProcessOutcome out = four_cycles();
    const double period = extra(out, "depth_per_cycle");
    EXPECT_NEAR(period, 50, 5);
    const std::vector<double> cusps = cusps_of(out, period);
    ASSERT_EQ(cusps.size(), 3u);
    for (std::size_t k = 1; k < cusps.size(); ++k) EXPECT_NEAR(cusps[k - 1] - cusps[k], period, 2 * h);
}

// The floor is open for the share of the break-through that the film there left: d = r + loss (through - film). From
// the edge of that opening the etch eats up behind the film, which holds the circle of the cycle before: it gets as far
// round that circle as its own radius, to r sin(1 rad), where the sag of two free circles would be r - sqrt(r^2 -
// d^2/4).
TEST(Bosch, DepthAndScallopsAreThoseOfTheCycle) {
    const double h = 2, r = 50;
    const ProcessOutcome out = four_cycles();
    const double period = extra(out, "depth_per_cycle");
    EXPECT_NEAR(period, r + 0.2 * (20 - 10), 0.005 * r);
    const Surface& s = out.surface;
    const Surface silicon{s.symmetry, s.left, s.right, s.grid, {"Si"}, {s.phi[0]}};
    const auto between = [&](double low, double high, auto better) {
        double best = boundary_x(silicon, low, 0);
        for (double z = low; z < high; z += h)
            if (const double x = boundary_x(silicon, z, 0); better(x, best)) best = x;
        return best;
    };
    const std::vector<double> cusps = cusps_of(out, period);
    ASSERT_EQ(cusps.size(), 3u);
    const double cusp = between(cusps[1] - 4 * h, cusps[1] + 4 * h, std::less<>());
    const double above = between(cusps[1], cusps[0], std::greater<>()),
                 below = between(cusps[2], cusps[1], std::greater<>());
    EXPECT_NEAR(0.5 * (above + below) - cusp, r * (1 - std::sin(1.0)), h);
}

TEST(Bosch, SameBitsAtAnyThreadCount) {
    const int before = thread_count();
    set_thread_count(1);
    const ProcessOutcome one = four_cycles();
    for (const int threads : {2, 3}) {
        set_thread_count(threads);
        const ProcessOutcome many = four_cycles();
        for (std::size_t m = 0; m < one.surface.phi.size(); ++m)
            EXPECT_EQ(many.surface.phi[m].values, one.surface.phi[m].values) << threads;
        EXPECT_EQ(extra(many, "depth_per_cycle"), extra(one, "depth_per_cycle"));
    }
    set_thread_count(before);
}

TEST(Rie, NarrowTrenchesEtchSlower) {
    const auto depth = [](double width) {
        const double h = width / 12;
        Surface s =
            flat_surface({.x0_nm = 0, .x1_nm = width, .z0_nm = -4 * width, .z1_nm = 0.8 * width, .h_nm = h}, "Si");
        carve(s, {.width_nm = width, .depth_nm = 2 * width});
        const ProcessOutcome out = run_model("rie", s, {{"depth", 5e-9}});
        return -height_between(out.surface, 0, width / 6) - 2 * width;
    };
    // The same 5 nm of an open field in trenches of depth / width 2: neutrals are short at the bottom.
    const double bottom = depth(100);
    EXPECT_GT(bottom, 1.0);
    EXPECT_LT(bottom, 4.8);
}

TEST(Planarise, CutsExactly) {
    for (double z : {13.3, 0.0, -7.25}) {
        Surface s = flat_surface({.x0_nm = 0, .x1_nm = 100, .z0_nm = -40, .z1_nm = 80, .h_nm = 2}, "Si");
        add_solid(s, {{-20, -10}, {50, -10}, {50, 50}, {-20, 50}});
        const ProcessOutcome out = run_model("planarise", s, {{"z", z * 1e-9}});
        EXPECT_NEAR(height_between(out.surface, 5, 45), z, 1e-9) << z;
        const double expected = 50 * (50 - z) + (z < 0 ? 50 * -z : 0.0);
        EXPECT_NEAR(out.removed, expected, 0.002 * expected) << z;
    }
}

std::string fault(const std::string& model, const Surface& s, const Given& given) {
    try {
        run_model(model, s, given);
    } catch (const InputError& e) {
        return e.diagnostics()[0].message;
    }
    return "";
}

TEST(BadInput, IsNamedInWords) {
    using Reals = std::vector<double>;
    const Surface s = blanket(4);
    EXPECT_EQ(fault("deposit-flux", s, {{"sticking", Reals{}}, {"thickness", 1e-9}}), "'sticking' is empty");
    EXPECT_EQ(fault("deposit-flux", s, {{"sticking", Reals{0.1, 0.2}}, {"share", Reals{1}}, {"thickness", 1e-9}}),
              "'share' and 'sticking' have different lengths");
    EXPECT_EQ(fault("deposit-flux", s, {{"sticking", Reals{0.1}}, {"share", Reals{0}}, {"thickness", 1e-9}}),
              "the shares add up to nothing");
    EXPECT_EQ(fault("deposit-flux", s, {{"sticking", Reals{0.1}}}), "the step has no end");
    EXPECT_EQ(fault("etch", s, {{"directional_rate", 0.0}, {"depth", 1e-9}}), "both etch rates are zero");
    EXPECT_EQ(fault("hdp-cvd", s, {{"ion.energy", 5 * 1.602176634e-19}, {"thickness", 1e-9}}),
              "ions of 5 eV are below the sputter threshold");
    EXPECT_EQ(fault("ion-mill", s, {{"ion.energy", 5 * 1.602176634e-19}, {"depth", 1e-9}}),
              "the ion energy is below the sputter threshold");
    EXPECT_EQ(fault("ald", s,
                    {{"precursor.pressure", 1.0},
                     {"precursor.pulse", 1.0},
                     {"precursor.molar_mass", 0.07},
                     {"precursor.sticking", 0.7},
                     {"precursor.recombination", 0.4}}),
              "precursor.sticking + precursor.recombination is above 1");
    EXPECT_EQ(fault("ald", s,
                    {{"precursor.pressure", 1.0},
                     {"precursor.pulse", 1.0},
                     {"precursor.molar_mass", 0.07},
                     {"reactant.pulse", 1.0}}),
              "reactant.pulse stands alone");
    EXPECT_EQ(fault("area-selective", s, {{"growth", std::vector<std::string>{"Cu"}}}), "no material 'Cu' to grow on");
    EXPECT_NE(fault("etch", s, {{"depth", 1e-9}, {"selectivity", Table{{"Si", "a lot"}}}}).find("is not a number"),
              std::string::npos);
}

/// What the catalogue says about the ranges of section 9: probabilities, cosine exponent, positive lengths.
TEST(BadInput, RangesAreInTheTables) {
    const auto row = [](const std::string& model, const std::string& name) {
        for (const ParamSpec& p : surface_model(model).info.params)
            if (p.name == name) return p;
        throw InputError("D0409", "no row " + name);
    };
    for (const char* model : {"deposit-flux", "pecvd", "hdp-cvd"}) {
        const ParamSpec p = row(model, "sticking");
        EXPECT_TRUE(p.low == 0 && p.low_open && p.high == 1 && !p.high_open) << model;
    }
    const ParamSpec r = row("ald", "precursor.recombination");
    EXPECT_TRUE(r.low == 0 && !r.low_open && r.high == 1 && r.high_open);
    const ParamSpec n = row("deposit-flux", "source.angle_exponent");
    EXPECT_TRUE(n.low == 0 && n.low_open && n.high == 1e5);
    for (const SurfaceModel* m : surface_models())
        for (const ParamSpec& p : m->info.params) {
            const bool length = p.name == "thickness" || p.name == "depth" || p.name == "grid";
            EXPECT_TRUE(!length || p.low > 0 || p.low_open) << m->info.name << " " << p.name;
            EXPECT_FALSE(p.doc.empty()) << m->info.name << " " << p.name;
        }
}

}  // namespace
}  // namespace damascene::feature
