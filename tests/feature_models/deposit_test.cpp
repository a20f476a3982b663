// Deposition models through their steps, against static transport, closed forms and conservation.
#include <gtest/gtest.h>

#include <numbers>

#include "damascene/feature/ald.hpp"
#include "damascene/feature/yield.hpp"
#include "run.hpp"

namespace damascene::feature {
namespace {

using Reals = std::vector<double>;

double wall_thickness(const ProcessOutcome& out, double z) {
    double best = 1e300, value = std::nan("");
    for (const WallPoint& p : out.wall)
        if (std::abs(p.normal.z) < 0.5 && std::abs(p.at.z - z) < best)
            best = std::abs(p.at.z - z), value = p.thickness_nm;
    return value;
}

// ------------------------------------------------------------------------------------------------------- deposit-flux
// The starting arrivals are those of the static feature: a wide field stands in for the isolated mouth.
TEST(DepositFlux, ThinFilmIsTheStaticFlux) {
    for (const Symmetry symmetry : {Symmetry::planar, Symmetry::axial})
        for (double sticking : {1.0, 0.1}) {
            const double width = 100, depth = 200, h = 2;
            const ProcessOutcome out = run_model("deposit-flux", half_hole(symmetry, width, depth, 100, h),
                                                 {{"sticking", Reals{sticking}}, {"thickness", 0.5e-9}});
            const HoleFlux exact = hole_flux(symmetry, 2, sticking, 400);
            EXPECT_NEAR(out.thin_film.bottom, exact.bottom_center, 0.01 * exact.bottom_center) << sticking;
            EXPECT_NEAR(out.thin_film.sidewall_mid, exact.wall_mid, 0.015 * exact.wall_mid) << sticking;
        }
}

TEST(DepositFlux, OrderEntersTheFluxItself) {
    // Growth H^o with sticking s H^(o-1): the arrivals obey balance with the sticking they make, piece by piece.
    const double s0 = 0.3, order = 0.5;
    const Surface start = half_hole(Symmetry::planar, 100, 200, 60, 4);
    const ProcessOutcome out = run_model(
        "deposit-flux", start,
        {{"sticking", Reals{s0, 1e-3}}, {"order", Reals{order, 1}}, {"share", Reals{0.7, 0.3}}, {"thickness", 0.5e-9}});
    const Section section = section_of(start, 8);
    const ViewFactors f = view_factors(section);
    ASSERT_EQ(out.wall.size(), section.size());
    Reals sticking(section.size());
    for (std::size_t i = 0; i < sticking.size(); ++i)
        sticking[i] = effective_sticking(s0, order, out.wall[i].arrival[0]);
    const FluxSolution again = diffuse_flux(f, sticking, f.sky);
    for (std::size_t i = 0; i < section.size(); ++i) EXPECT_NEAR(out.wall[i].arrival[0], again.incident[i], 1e-6) << i;
    const FluxSolution slow = diffuse_flux(f, Reals(section.size(), 1e-3), f.sky);
    for (std::size_t i = 0; i < section.size(); ++i) EXPECT_NEAR(out.wall[i].arrival[1], slow.incident[i], 1e-9) << i;
    // order < 1 flattens the profile against order 1 at the same flat sticking
    const ProcessOutcome linear = run_model("deposit-flux", start, {{"sticking", Reals{s0}}, {"thickness", 0.5e-9}});
    const ProcessOutcome half =
        run_model("deposit-flux", start, {{"sticking", Reals{s0}}, {"order", Reals{order}}, {"thickness", 0.5e-9}});
    EXPECT_GT(half.thin_film.sidewall_mid, linear.thin_film.sidewall_mid);
}

TEST(DepositFlux, SharesWeighTheSpecies) {
    const Surface start = half_hole(Symmetry::planar, 100, 200, 60, 4);
    const auto coverage = [&](const Given& g) {
        Given all = g;
        all.push_back({"thickness", 0.5e-9});
        return run_model("deposit-flux", start, all).thin_film.bottom;
    };
    const double fast = coverage({{"sticking", Reals{1.0}}}), slow = coverage({{"sticking", Reals{1e-3}}});
    EXPECT_NEAR(coverage({{"sticking", Reals{1.0, 1e-3}}, {"share", Reals{0.25, 0.75}}}), 0.25 * fast + 0.75 * slow,
                1e-9);
}

/// Share of the volume that pieces and phi disagree about, 20 nm on a trench 100 nm wide and 150 nm deep.
double mass_error(const std::string& model, Given given, double h) {
    if (model != "ald") given.push_back({"thickness", 20e-9});
    const ProcessOutcome out = run_model(model, half_hole(Symmetry::planar, 100, 150, 60, h), given);
    EXPECT_LE(out.particle_balance_error, 1e-9) << model;
    return out.mass_balance_error;
}

TEST(Conservation, DiffuseDepositionBooksItsVolume) {
    EXPECT_LE(mass_error("deposit-flux", {{"sticking", Reals{0.2}}}, 2), 1e-3);
    EXPECT_LE(mass_error("conformal", {}, 2), 1e-3);
    EXPECT_LE(mass_error("ald",
                         {{"cycles", std::int64_t{200}},
                          {"precursor.pressure", 5.0},
                          {"precursor.pulse", 1.0},
                          {"precursor.molar_mass", 0.35478},
                          {"assume_ballistic", true}},
                         2),
              1e-3);
}

// Growth and sputtering along ions too, down to 25 cells across the trench.
TEST(Conservation, DirectedDepositionBooksItsVolume) {
    const std::vector<std::pair<std::string, Given>> films = {{"pecvd", {}},
                                                              {"pecvd", {{"ion_share", 0.8}}},
                                                              {"directional", {}},
                                                              {"hdp-cvd", {}},
                                                              {"hdp-cvd", {{"sputter_rate", 200e-9 / 60}}}};
    for (const auto& [model, given] : films)
        for (const double h : {2.0, 3.0, 4.0}) EXPECT_LE(mass_error(model, given, h), 1e-4) << model << " " << h;
}

// All that lands stays: the film holds the beam's width times its thickness, whatever the grid. What the motion alone
// would have lost (or gained) is made good, and shrinks with the grid.
TEST(Conservation, FilmHoldsWhatLands) {
    double last = 1;
    for (const double h : {4.0, 2.0, 1.0}) {
        const ProcessOutcome out =
            run_model("directional", half_hole(Symmetry::planar, 96, 152, 64, h), {{"thickness", 20e-9}});
        EXPECT_NEAR(out.added, 112 * 20, 1e-4 * 112 * 20) << h;
        EXPECT_LT(extra(out, "settled_share"), last) << h;
        last = extra(out, "settled_share");
    }
    EXPECT_LT(last, 1e-2);
}

TEST(Conservation, FilmsOnTwoGridsAgree) {
    const auto grown = [](double h) {
        return run_model("pecvd", half_hole(Symmetry::planar, 96, 152, 64, h),
                         {{"thickness", 20e-9}, {"ion_share", 0.8}})
            .added;
    };
    EXPECT_NEAR(grown(4) / grown(1), 1, 1e-3);
}

// Filled and overfilled: walls meet, a void is left or none.
TEST(Conservation, FillsBookTheirVolume) {
    const Surface array = half_hole(Symmetry::planar, 60, 180, 30, 2);
    const Given given = {{"thickness", 100e-9},
                         {"sputter_rate", 2e-9},
                         {"directional_share", 0.9},
                         {"yield_law", std::string("yamamura_angle")}};
    EXPECT_LE(run_model("hdp-cvd", array, given).mass_balance_error, 1e-3);
    EXPECT_LE(run_model("conformal", array, {{"thickness", 50e-9}}).mass_balance_error, 1e-3);
    EXPECT_LE(run_model("deposit-flux", array, {{"sticking", Reals{0.2}}, {"thickness", 60e-9}}).mass_balance_error,
              1e-3);
}

// A straight beam moves its film up unchanged: no overhang, no taper, all that comes in stays.
TEST(Conservation, StraightBeamLiftsTheFieldAndTheFloor) {
    const double h = 2, t = 20;
    const ProcessOutcome out = run_model("directional", half_hole(Symmetry::planar, 100, 150, 60, h),
                                         {{"ion.spread", 0.0}, {"thickness", t * 1e-9}});
    for (const Piece& p : section_of(out.surface, 2 * h).pieces)
        if (std::abs(normal(p).z) < 0.3) EXPECT_NEAR(midpoint(p).x, 50, 0.25 * h) << midpoint(p).z;
    EXPECT_NEAR(height_between(out.surface, 0, 40), -150 + t, 0.02 * t);
    EXPECT_NEAR(height_between(out.surface, 70, 110), t, 0.02 * t);
}

// ------------------------------------------------------------------------------------------------------ fill to
// closure A flat field has no mouth: the fill ends all the same and says so.
TEST(UntilClosed, EndsWhereNothingCanClose) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 40, .z0_nm = -20, .z1_nm = 20, .h_nm = 4}, "Si");
    const ProcessOutcome out = run_model("conformal", flat, {{"rate", 1e-9}, {"until", std::string("closed")}});
    EXPECT_FALSE(out.closure_time_s.has_value());
    EXPECT_NEAR(out.field_thickness_nm, 80, 2);
    ASSERT_EQ(out.warnings.size(), 1u);
    EXPECT_NE(out.warnings[0].find("no mouth has closed by 80 nm"), std::string::npos) << out.warnings[0];
}

// -------------------------------------------------------------------------------------------------------- conformal
TEST(Conformal, StraightTrenchClosesAtHalfItsWidth) {
    // Closure is counted at a gap of 2 h: the walls have then moved w/2 - h.
    const double w = 80, h = 1, cut = 2 * h;
    const ProcessOutcome out = run_model("conformal", half_hole(Symmetry::planar, w, 160, 60, h),
                                         {{"rate", 1e-9}, {"until", std::string("closed")}});
    ASSERT_TRUE(out.closure_time_s.has_value());
    EXPECT_NEAR(*out.closure_time_s, 0.5 * (w - cut), 0.005 * 0.5 * w + 0.5);
    double area = 0;
    for (const Void& v : out.voids) area += v.area;
    EXPECT_LE(area, 160 * cut);  // at most the gap that still stands open, no void
}

TEST(Conformal, ReentrantMouthLeavesAVoid) {
    // Bottle of inner width w with a neck of width w0: the void's half width is (w - w0)/2.
    const double w = 100, w0 = 40, h = 1;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 120, .z0_nm = -220, .z1_nm = 40, .h_nm = h}, "SiO2");
    remove_solid(s, {{-w0 / 2, -60}, {w0 / 2, -60}, {w0 / 2, 100}, {-w0 / 2, 100}});
    remove_solid(s, {{-w / 2, -200}, {w / 2, -200}, {w / 2, -50}, {-w / 2, -50}});
    const ProcessOutcome out = run_model("conformal", s, {{"rate", 1e-9}, {"thickness", 30e-9}});
    ASSERT_TRUE(out.closure_time_s.has_value());
    EXPECT_NEAR(*out.closure_time_s, 0.5 * (w0 - 2 * h), 0.005 * w0 + 0.5);
    ASSERT_EQ(out.voids.size(), 1u);
    double widest = 0;
    for (const Vec2& p : out.voids[0].outline) widest = std::max(widest, std::abs(p.x));
    EXPECT_NEAR(widest, 0.5 * (w - w0), 1.0 * h);
}

// --------------------------------------------------------------------------------------------------------------- ald
TEST(Ald, LinerFollowsTheDoseInTheThinLimit) {
    const double width = 100, depth = 300, h = 2;
    const Surface via = half_hole(Symmetry::axial, width, depth, 60, h);
    const Given given = {{"cycles", std::int64_t{10}},     {"gpc", 0.1e-9},
                         {"precursor.pressure", 0.2},      {"precursor.pulse", 0.5},
                         {"precursor.molar_mass", 0.0721}, {"precursor.sticking", 0.02},
                         {"assume_ballistic", true}};
    const ProcessOutcome out = run_model("ald", via, given);
    const double tau = extra(out, "dose");
    const AldDose exact = ald_dose(view_factors(section_of(via, 2 * h)), {.sticking = 0.02, .dose = tau});
    ASSERT_EQ(out.wall.size(), exact.coverage.size());
    EXPECT_NEAR(extra(out, "saturation_flat"), -std::expm1(-0.02 * tau), 1e-12);
    int compared = 0;
    for (std::size_t i = 0; i < out.wall.size(); ++i) {
        const WallPoint& p = out.wall[i];
        if (std::abs(p.normal.z) > 0.1 || p.at.z > -0.1 * depth || p.at.z < -0.9 * depth) continue;
        const double thickness = 10 * 0.1 * exact.coverage[i];
        EXPECT_NEAR(p.thickness_nm, thickness, 0.01 * thickness + 0.005) << p.at.z;
        ++compared;
    }
    EXPECT_GT(compared, 40);
}

TEST(Ald, LongPulseIsConformal) {
    const ProcessOutcome out = run_model("ald", half_hole(Symmetry::axial, 100, 300, 60, 4),
                                         {{"cycles", std::int64_t{100}},
                                          {"precursor.pressure", 500.0},
                                          {"precursor.pulse", 10.0},
                                          {"precursor.molar_mass", 0.0721},
                                          {"assume_ballistic", true}});
    EXPECT_NEAR(out.thin_film.bottom, 1, 1e-3);
    EXPECT_NEAR(wall_thickness(out, -150), 10, 0.1);
}

TEST(Ald, GasCollisionsAreRefusedUnlessAssumedAway) {
    const Surface via = half_hole(Symmetry::axial, 2000, 2000, 1000, 100);
    Given given = {{"precursor.pressure", 1000.0},
                   {"precursor.pulse", 1.0},
                   {"precursor.molar_mass", 0.0721},
                   {"cycles", std::int64_t{1}}};
    EXPECT_THROW(run_model("ald", via, given), InputError);
    given.push_back({"assume_ballistic", true});
    const ProcessOutcome out = run_model("ald", via, given);
    EXPECT_LT(extra(out, "knudsen.start"), 10);
    ASSERT_FALSE(out.warnings.empty());
    EXPECT_NE(out.warnings[0].find("Kn"), std::string::npos);
}

TEST(Knudsen, RefusesAndWarns) {
    const Surface wide = half_hole(Symmetry::planar, 4000, 4000, 2000, 100);
    Given given = {{"sticking", Reals{0.1}}, {"thickness", 50e-9}, {"pressure", 101325.0}, {"temperature", 700.0}};
    try {
        run_model("deposit-flux", wide, given);
        FAIL() << "atmospheric pressure in 4 um is not ballistic";
    } catch (const InputError& e) {
        EXPECT_EQ(e.diagnostics()[0].code, "D0410");
        EXPECT_NE(e.diagnostics()[0].message.find("Kn = "), std::string::npos);
        EXPECT_NE(e.diagnostics()[0].help.find("assume_ballistic"), std::string::npos);
    }
    given.push_back({"assume_ballistic", true});
    const ProcessOutcome out = run_model("deposit-flux", wide, given);
    ASSERT_EQ(out.warnings.size(), 1u);
    EXPECT_EQ(out.warnings[0].find("free molecular transport was assumed at Kn = 0.0"), 0u) << out.warnings[0];
}

// ----------------------------------------------------------------------------------------------------------- hdp-cvd
TEST(HdpCvd, BlanketGrowsAtTheNetRate) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 60, .z0_nm = -20, .z1_nm = 40, .h_nm = 2}, "Si");
    const ProcessOutcome out = run_model("hdp-cvd", flat, {{"duration", 4.0}});
    EXPECT_NEAR(height_between(out.surface, 0, 60), 300.0 / 60 * 4, 1e-6 * 20 + 1e-3);
    EXPECT_NEAR(extra(out, "deposition_over_sputter"), 4, 1e-12);
}

TEST(HdpCvd, FacetRateOfTheStep) {
    // The same law that the step uses, at 45 deg: (1 + cos)/2 - g/(D/S); it stalls at D/S = 3.3107, 45.56 deg.
    const YieldLaw law = yield_law("sqrt_sin2");
    const IonEnergies e = single_energy(300);
    const double c45 = std::sqrt(0.5);
    EXPECT_NEAR(facet_rate(law, e, 3, c45, CornerView::half_sky), -0.088113, 1e-6);
    EXPECT_NEAR(facet_rate(law, e, 4, c45, CornerView::half_sky), 0.147303, 1e-6);
    const ProcessOutcome out =
        run_model("hdp-cvd", flat_surface({.x0_nm = 0, .x1_nm = 20, .z0_nm = -20, .z1_nm = 40, .h_nm = 2}, "Si"),
                  {{"thickness", 1e-9}});
    EXPECT_NEAR(extra(out, "critical_ratio.sqrt_sin2"), 3.310671, 1e-5);
    EXPECT_NEAR(extra(out, "critical_angle.sqrt_sin2"), 45.561, 1e-2);
}

TEST(HdpCvd, VoidShrinksWithTheDirectionalShare) {
    double last = 1e300;
    for (double share : {0.2, 0.5, 0.8}) {
        const ProcessOutcome out = run_model("hdp-cvd", half_hole(Symmetry::planar, 100, 150, 50, 4),
                                             {{"directional_share", share}, {"thickness", 250e-9}});
        double area = 0;
        for (const Void& v : out.voids) area += v.area;
        EXPECT_LE(area, last) << share;
        EXPECT_TRUE(share > 0.3 || area > 100) << area;
        last = area;
    }
}

// --------------------------------------------------------------------------------------------- sensitivities, Taylor
/// Two species on a static trench or via: J = sum of area-weighted growth on the walls.
struct TeosHole {
    Section section;
    ViewFactors factors;
    Reals sticking{0.3, 1e-3}, order{0.5, 1}, share{0.7, 0.3};

    explicit TeosHole(Symmetry symmetry) {
        section = section_of(half_hole(symmetry, 100, 200, 60, 4), 8);
        factors = view_factors(section);
    }
    /// Arrival with s H^(o-1), to the bottom of the fixed point.
    Reals arrival(std::size_t k, double s0) const {
        const Radiosity first(factors, Reals(section.size(), s0));
        Reals h = first.solve(factors.sky).incident;
        for (int i = 0; i < 400; ++i) {
            const Reals next = Radiosity(factors, laws(k, s0, h)).solve(factors.sky).incident;
            double change = 0;
            for (std::size_t p = 0; p < h.size(); ++p) change = std::max(change, std::abs(next[p] - h[p]));
            h = next;
            if (change < 1e-14) break;
        }
        return h;
    }
    Reals laws(std::size_t k, double s0, const Reals& h) const {
        Reals s(h.size());
        for (std::size_t i = 0; i < s.size(); ++i) s[i] = effective_sticking(s0, order[k], h[i]);
        return s;
    }
    double wall(std::size_t i) const { return std::abs(normal(section.pieces[i]).z) < 0.5 ? factors.area[i] : 0.0; }
    double value(const Reals& s0) const {
        double j = 0;
        for (std::size_t k = 0; k < 2; ++k) {
            const Reals h = arrival(k, s0[k]);
            for (std::size_t i = 0; i < h.size(); ++i) j += wall(i) * share[k] * std::pow(h[i], order[k]);
        }
        return j;
    }
    /// dJ/ds0_k: with sticking s(H), H = A(s) d, one adjoint of the linearised fixed point, solved by iteration.
    double slope(std::size_t k) const {
        const Reals h = arrival(k, sticking[k]), s = laws(k, sticking[k], h);
        const Radiosity r(factors, s);
        const FluxSolution at = r.solve(factors.sky);
        Reals g(h.size()), lambda(h.size());
        for (std::size_t i = 0; i < h.size(); ++i) g[i] = wall(i) * share[k] * order[k] * std::pow(h[i], order[k] - 1);
        lambda = g;  // lambda = g + (ds/dH) . sticking_gradient(mu(lambda))
        Reals by_sticking;
        for (int m = 0; m < 200; ++m) {
            by_sticking = r.sticking_gradient(r.adjoint(lambda), at);
            for (std::size_t i = 0; i < h.size(); ++i) lambda[i] = g[i] + by_sticking[i] * (order[k] - 1) * s[i] / h[i];
        }
        double sum = 0;
        for (std::size_t i = 0; i < h.size(); ++i) sum += by_sticking[i] * s[i] / sticking[k];
        return sum;
    }
};

/// log2 of the remainder's fall when the step is halved: 2 for a true derivative.
template <class Value>
double taylor_order(const Value& value, double at, double slope, double step) {
    const double j = value(at), a = std::abs(value(at + step) - j - step * slope),
                 b = std::abs(value(at + step / 2) - j - step / 2 * slope);
    return std::log2(a / b);
}

TEST(Sensitivity, AdjointsOfTeosTrenchAndViaAreExact) {
    for (const Symmetry symmetry : {Symmetry::planar, Symmetry::axial}) {
        TeosHole hole(symmetry);
        if (symmetry == Symmetry::axial) hole.sticking[0] = 0.05;  // nowhere above 1, where the law has a kink
        for (std::size_t k = 0; k < 2; ++k) {
            const auto value = [&](double s) {
                Reals sticking = hole.sticking;
                sticking[k] = s;
                return hole.value(sticking);
            };
            const double s0 = hole.sticking[k];
            EXPECT_NEAR(taylor_order(value, s0, hole.slope(k), 0.05 * s0), 2, 0.1) << k;
            EXPECT_NEAR(taylor_order(value, s0, hole.slope(k), 0.0125 * s0), 2, 0.03) << k;
        }
    }
}

TEST(Sensitivity, AldDoseHasExactTangents) {
    const ViewFactors f = view_factors(section_of(half_hole(Symmetry::axial, 100, 300, 40, 5), 10));
    const AldPulse pulse{.sticking = 0.1, .dose = 20, .recombination = 0.01};
    const AldOptions options{.fixed_steps = 60, .sensitivities = true};
    const AldDose at = ald_dose(f, pulse, {}, options);
    const auto mean = [&](const AldPulse& p) { return ald_dose(f, p, {}, {.fixed_steps = 60}).mean; };
    const double whole = [&] {
        double a = 0;
        for (double x : f.area) a += x;
        return a;
    }();
    const auto slope = [&](std::size_t k) {
        double sum = 0;
        for (std::size_t i = 0; i < f.area.size(); ++i) sum += f.area[i] * at.sensitivity[k][i] / whole;
        return sum;
    };
    const auto by_sticking = [&](double s) {
        AldPulse p = pulse;
        p.sticking = s;
        return mean(p);
    };
    const auto by_dose = [&](double d) {
        AldPulse p = pulse;
        p.dose = d;
        return mean(p);
    };
    const auto by_recombination = [&](double r) {
        AldPulse p = pulse;
        p.recombination = r;
        return mean(p);
    };
    EXPECT_NEAR(taylor_order(by_sticking, 0.1, slope(0), 0.005), 2, 0.1);
    EXPECT_NEAR(taylor_order(by_dose, 20, slope(1), 1), 2, 0.1);
    EXPECT_NEAR(taylor_order(by_recombination, 0.01, slope(2), 0.0005), 2, 0.1);
}

}  // namespace
}  // namespace damascene::feature
