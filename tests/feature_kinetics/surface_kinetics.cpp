// Rate constants, coverage, reactions, lattice kinetics.
#include "damascene/feature/surface_kinetics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "damascene/base.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

std::string message_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const InputError& error) {
        return error.diagnostics().front().code + " " + error.diagnostics().front().message;
    }
    return "nothing thrown";
}

TEST(Arrhenius, ElectronVoltAndKilojoulePerMoleAreTheSameInput) {
    const double a = arrhenius(1, ActivationEnergy::parse("0.3 eV"), 600);
    const double b = arrhenius(1, ActivationEnergy::parse("28.9456 kJ/mol"), 600);
    EXPECT_NEAR(a, std::exp(-0.3 / (8.617333262e-5 * 600)), 1e-12);
    EXPECT_NEAR(b / a, 1, 2e-6);
}

TEST(Arrhenius, ABareNumberIsRefused) {
    EXPECT_EQ(message_of([] { ActivationEnergy::parse("0.3"); }),
              "D0201 'activation_energy' needs a unit: write \"0.3 eV\" or \"28.9 kJ/mol\"");
    EXPECT_EQ(message_of([] { ActivationEnergy::parse("0.3 nm"); }).substr(0, 5), "D0203");
}

TEST(Sticking, NeverAboveOne) {
    const StickingLaw law{.prefactor = 50, .energy = {0.01}};
    EXPECT_DOUBLE_EQ(sticking_probability(law, 0, 900), 1);
    EXPECT_DOUBLE_EQ(sticking_probability(law, 0.25, 900), 0.75);
}

TEST(Sticking, KisliukRunsFromLangmuirToConstant) {
    StickingLaw law{.form = StickingLaw::Form::kisliuk, .prefactor = 0.2};
    law.parameter = 1;
    EXPECT_NEAR(sticking_probability(law, 0.4, 500), 0.12, 1e-15);
    law.parameter = 0;
    EXPECT_NEAR(sticking_probability(law, 0.4, 500), 0.2, 1e-15);
    EXPECT_NEAR(sticking_probability(law, 1, 500), 0.2, 1e-15);
}

TEST(Sticking, ReactionOrderIsAnEffectiveSticking) {
    EXPECT_DOUBLE_EQ(effective_sticking(0.1, 1, 0.3), 0.1);
    EXPECT_NEAR(effective_sticking(0.1, 2, 0.3), 0.03, 1e-15);
    EXPECT_DOUBLE_EQ(effective_sticking(0.5, 0.5, 0.01), 1);
}

TEST(Coverage, ExactStepEndsOnTheIsotherm) {
    EXPECT_NEAR(coverage_after(0, 1, 0.5, 0.3), 0.241581232, 5e-10);
    EXPECT_NEAR(coverage_after(0, 1, 0.5, 2), 0.633475288, 5e-10);
    EXPECT_NEAR(coverage_after(0, 2, 0.1, 1), 0.835755783, 5e-10);
    EXPECT_NEAR(coverage_after(0.1, 3, 1.5, 1e3), langmuir_isotherm(2), 1e-14);
    const double half = coverage_after(0.2, 3, 1.5, 0.1);
    EXPECT_NEAR(coverage_after(half, 3, 1.5, 0.1), coverage_after(0.2, 3, 1.5, 0.2), 1e-15);
}

TEST(Growth, StickingFluxOverFilmUnits) {
    const double n = film_unit_density(2200, 0.060084);
    EXPECT_NEAR(n, 2.2050e28, 2e24);
    EXPECT_DOUBLE_EQ(growth_speed(0.1, 1e22, n, 1) * n, 1e21);
}

TEST(Reaction, TeosOxidationTakesTwentyFourOxygen) {
    const Reaction r = parse_reaction("Si(OC2H5)4 + 24 O -> SiO2 + 8 CO2 + 10 H2O");
    ASSERT_EQ(r.left.size(), 2u);
    EXPECT_DOUBLE_EQ(r.left[1].first, 24);
    EXPECT_EQ(r.right[0].second, "SiO2");
    EXPECT_EQ(message_of([] { parse_reaction("Si(OC2H5)4 + 12 O -> SiO2 + 8 CO2 + 10 H2O"); }),
              "D0701 the reaction is not balanced: O: 16 left, 28 right");
}

TEST(Reaction, HafniumHalfReactionsBalance) {
    parse_reaction("Hf(NMe2)4 + *-OH -> *-O-Hf(NMe2)3 + HNMe2");
    parse_reaction("*-O-Hf(NMe2)3 + 3 H2O -> *-O-Hf(OH)3 + 3 HNMe2");
    parse_reaction("Hf(NMe2)4 + 2 H2O -> HfO2 + 4 HNMe2");
    EXPECT_EQ(message_of([] { parse_reaction("*-O-Hf(NMe2)3 + 2 H2O -> *-O-Hf(OH)3 + 3 HNMe2"); }),
              "D0701 the reaction is not balanced: H: 22 left, 24 right; O: 3 left, 4 right");
    EXPECT_EQ(message_of([] { parse_reaction("Hf(NMe2)4 + *-OH -> O-Hf(NMe2)3 + HNMe2"); }),
              "D0701 the reaction is not balanced: *: 1 left, 0 right");
}

TEST(Reaction, AliasesAndNestedBracketsCount) {
    EXPECT_EQ(composition_of("Hf(NMe2)4"), (Composition{{"Hf", 1}, {"N", 4}, {"C", 8}, {"H", 24}}));
    EXPECT_EQ(composition_of("Hf(N(CH3)(C2H5))4"), composition_of("Hf(NMeEt)4"));
    parse_reaction("SiH4 + 0.5 O2 -> SiO + 2 H2 ");
}

TEST(Reaction, DamagedTextIsRefused) {
    for (const char* text :
         {"", "->", "SiH4", "Si -> ", "Xq2 -> Xq2", "Si(OH -> SiOH", "SiOH) -> SiOH", "Si0 -> Si", "3 -> 3",
          "A -> B -> C", "+ -> +", "Si999999999999 -> Si", "nan Si -> Si", "inf Si -> Si", "() -> ()"})
        EXPECT_EQ(message_of([&] { parse_reaction(text); }).substr(0, 5), "D0702") << text;
    EXPECT_EQ(message_of([] { parse_reaction(std::string(5000, '(') + "Si -> Si"); }).substr(0, 5), "D0702");
}

TEST(Atoms, WilsonInterval) {
    const ValueRange i = wilson_interval(37, 500);
    EXPECT_NEAR(i.low, 0.054161, 1e-6);
    EXPECT_NEAR(i.high, 0.100335, 1e-6);
}

TEST(Atoms, TunnellingSpeedsUpByWignersFactor) {
    const double omega = 1.380649e-23 * 300 / 1.054571817e-34;
    EXPECT_NEAR(transition_state_rate(1e13, {0.5}, 300, omega) / transition_state_rate(1e13, {0.5}, 300), 1 + 1 / 24.0,
                1e-7);
    EXPECT_THROW(transition_state_rate(1e13, {0.5}, 300, 6 * omega), InputError);
}

TEST(KineticsTable, InterpolatesMonotonicallyAndRefusesFarTemperatures) {
    KineticsTable table{{400, 500, 600}, {0, 0.5, 1}, {0.1, 0.05, 0, 0.2, 0.1, 0, 0.3, 0.15, 0}, "test"};
    EXPECT_NEAR(interpolate(table, 500, 0.5), 0.1, 1e-15);
    EXPECT_NEAR(interpolate(table, 450, 0.25), 0.1125, 1e-6);  // linear data stay linear
    EXPECT_NEAR(interpolate(table, 608, 0), 0.3, 1e-15);
    EXPECT_THROW(interpolate(table, 611, 0), InputError);
    table.allow_extrapolation = true;
    EXPECT_NEAR(interpolate(table, 700, 0), 0.3, 1e-15);
}

TEST(KineticsTable, MonotoneCubicNeverOvershoots) {
    const std::vector<double> x = {0, 1, 2, 3, 4}, y = {0, 0, 1, 1, 5};
    double last = 0;
    for (int i = 0; i <= 400; ++i) {
        const double v = monotone_cubic(x, y, i * 0.01);
        EXPECT_GE(v, last - 1e-14);
        last = v;
    }
    EXPECT_DOUBLE_EQ(monotone_cubic(x, y, 2.5), 1);
}

TEST(KineticsTable, MonotoneCubicIsThirdOrderOnSmoothData) {
    auto error = [](int n) {
        std::vector<double> x, y;
        for (int i = 0; i <= n; ++i) x.push_back(double(i) / n), y.push_back(std::exp(x.back()));
        double worst = 0;
        for (int i = 0; i < 1000; ++i)
            worst = std::max(worst, std::abs(monotone_cubic(x, y, (i + 0.5) / 1000) - std::exp((i + 0.5) / 1000)));
        return worst;
    };
    EXPECT_GT(std::log2(error(20) / error(40)), 1.8);
}

// A run-away of four standard errors happens once in 16000 seeds; the seed is fixed.
TEST(LatticeKinetics, LangmuirTransientWithinFourSigma) {
    const LatticeMean mean = lattice_coverage({.nx = 16, .ny = 16, .adsorption = 1, .desorption = 0.5}, 0.3, 400, 7);
    expect_digit("lattice coverage, Langmuir transient", "closed form, four standard errors", mean.coverage,
                 0.241581232, 4 * mean.standard_error);
    // Binomial: sqrt(p (1 - p) / sites / runs)
    EXPECT_NEAR(mean.standard_error, std::sqrt(0.2416 * 0.7584 / 256 / 400), 2e-4);
}

TEST(LatticeKinetics, RepulsiveLatticeGasReachesTheExactEquilibrium) {
    const LatticeMean mean = lattice_equilibrium({.repulsion_kT = 1}, 10, 2000, 64, 3);
    expect_digit("lattice coverage, repulsion 1 kT", "exact enumeration, four standard errors", mean.coverage,
                 0.28369700, 4 * mean.standard_error);
    EXPECT_LT(mean.standard_error, 5e-4);
    const LatticeMean strong =
        lattice_equilibrium({.adsorption = 5, .desorption = 1, .repulsion_kT = 2}, 10, 1000, 64, 4);
    EXPECT_NEAR(strong.coverage, 0.40396401, 4 * strong.standard_error);
    const LatticeMean ideal = lattice_equilibrium({.adsorption = 5, .desorption = 1}, 10, 1000, 64, 5);
    EXPECT_NEAR(ideal.coverage, 0.83333333, 4 * ideal.standard_error);
}

TEST(LatticeKinetics, DimersJamAtFlorysCoverage) {
    const LatticeMean jammed = dimer_coverage(2000, std::numeric_limits<double>::infinity(), 200, 11);
    expect_digit("dimers jam at", "1 - exp(-2), four standard errors", jammed.coverage, 0.864664717,
                 4 * jammed.standard_error);
    EXPECT_LT(jammed.standard_error, 1e-3);
    const LatticeMean early = dimer_coverage(2000, 0.5, 200, 12);
    EXPECT_NEAR(early.coverage, 0.544763712, 4 * early.standard_error);
}

TEST(LatticeKinetics, SameBitsAtAnyThreadCount) {
    const int before = thread_count();
    set_thread_count(1);
    const LatticeMean one = lattice_equilibrium({.repulsion_kT = 1}, 1, 20, 16, 3);
    set_thread_count(2);
    const LatticeMean two = lattice_equilibrium({.repulsion_kT = 1}, 1, 20, 16, 3);
    set_thread_count(before);
    EXPECT_EQ(one.coverage, two.coverage);
    EXPECT_EQ(one.standard_error, two.standard_error);
    EXPECT_EQ(one.events, two.events);
}

}  // namespace
}  // namespace damascene::feature
