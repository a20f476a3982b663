// ALD: closed forms, channels, selectivity.
#include "damascene/feature/ald.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "damascene/feature/gas.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

constexpr double angstrom = 1e-10, per_nm2 = 1e18, um_ = 1e-6;

TEST(FlatCycle, FractionOfTwoLimitedHalfReactions) {
    EXPECT_NEAR(cycle_fraction(1, 1), 0.462117157, 1e-9);
    EXPECT_NEAR(cycle_fraction(3, 1), 0.611855657, 1e-9);
    EXPECT_NEAR(cycle_fraction(0.5, 2), 0.370643311, 1e-9);
    EXPECT_NEAR(cycle_fraction(50, 50), 1, 1e-12);
}

TEST(FlatCycle, WithoutDesorptionItIsTheClosedForm) {
    for (double a : {0.5, 1.0, 3.0}) EXPECT_NEAR(flat_cycle({a, 0}, {2, 0}).gained, cycle_fraction(a, 2), 1e-14);
}

TEST(FlatCycle, PeriodicStateWithDesorptionIsTheLimitOfManyCycles) {
    double u = 1, gained = 0;
    for (int cycle = 0; cycle < 200; ++cycle) {
        const double taken = coverage_after(1 - u, 1.3, 0.4, 1);
        gained = taken - (1 - u);
        u = 1 - taken * std::exp(-0.7);
    }
    EXPECT_NEAR(flat_cycle({1.3, 0.4}, {0.7, 0}).gained, gained, 1e-13);
}

TEST(FlatCycle, FlatDoseOfTheMachballTutorial) {
    const double exposure = 0.01 * impingement_flux(10, 0.150, 473) * 2e-19 * 0.02;
    expect_digit("ALD coverage of a flat field", "tutorial of machball", -std::expm1(-exposure), 0.98087292, 1e-6);
}

TEST(GrowthPerCycle, LengthPerMetalAndSquareNanometre) {
    const FilmData hafnia{9680, 0.21049, 1}, alumina{3100, 0.10196, 2}, silica{2200, 0.060084, 1};
    EXPECT_NEAR(growth_per_cycle(per_nm2, hafnia) / angstrom, 0.361081, 1e-6);
    EXPECT_NEAR(growth_per_cycle(per_nm2, alumina) / angstrom, 0.273078, 1e-6);
    EXPECT_NEAR(growth_per_cycle(per_nm2, silica) / angstrom, 0.453508, 1e-6);
    EXPECT_NEAR(growth_per_cycle(2.5e18, hafnia) / angstrom, 0.902704, 1e-6);
    EXPECT_NEAR(metals_per_cycle(growth_per_cycle(3e18, alumina), alumina), 3e18, 1e4);
}

TEST(GrowthPerCycle, StericLimitOfMethylLigands) {
    EXPECT_NEAR(steric_limit(0.2e-9) / per_nm2, 7.217, 1e-3);
    EXPECT_NEAR(steric_limit(0.2e-9, random_jamming) / steric_limit(0.2e-9), 0.547074 / 0.9068997, 1e-6);
}

TEST(Exposure, GordonHoleOfAspectFifty) {
    expect_digit("exposure in Pa s of a hole of aspect ratio 50", "[Gordon 2003]",
                 full_exposure(2.5e18, 0.35478, 473.15, 50), 1.550546, 1e-6);
    EXPECT_NEAR(full_exposure(2.5e18, 0.35478, 473.15, 0) * impingement_flux(1, 0.35478, 473.15), 2.5e18, 1e12);
}

TEST(Exposure, RecombinationDepthOfOxygenRadicals) {
    EXPECT_NEAR(recombination_depth(1, 4e-4), 1 / std::sqrt(3 * 4e-4 / (1 - 2e-4)), 1e-12);
    EXPECT_THROW(recombination_depth(1, 0), InputError);
}

TEST(Window, FourCornersAndPlateau) {
    AldWindow w{.gpc0_m = 1e-10};
    ASSERT_TRUE(plateau(w, 400, 700));
    EXPECT_NEAR(plateau(w, 400, 700)->high - plateau(w, 400, 700)->low, 300, 1);
    w.condensation = {1e-16, {-0.5}};
    EXPECT_GT(growth_per_cycle(w, 380), 1.1e-10);
    w.decomposition = {1e3, {1.8}};
    EXPECT_GT(growth_per_cycle(w, 700), 1.1e-10);
    const auto range = plateau(w, 350, 750);
    ASSERT_TRUE(range);
    EXPECT_GT(range->low, 380);
    EXPECT_LT(range->high, 700);
    AldWindow slow{.gpc0_m = 1e-10};
    slow.exposure_a = {1e6, {0.6}};
    EXPECT_LT(growth_per_cycle(slow, 400), 0.5e-10);
    AldWindow dry{.gpc0_m = 1e-10};
    dry.dehydroxylation = {1e4, {0.6}};
    EXPECT_LT(growth_per_cycle(dry, 700), growth_per_cycle(dry, 400));
}

// --------------------------------------------------------------------------------------------------------- channels
AldChannel trimethylaluminium() {
    AldChannel c{.height = 500e-9,
                 .width = 1e-4,
                 .temperature = 573.15,
                 .pressure = 147,
                 .inert_pressure = 3000,
                 .molar_mass = 0.0749,
                 .inert_molar_mass = 0.0280134,
                 .diameter = 5.91e-10,
                 .inert_diameter = 3.74e-10,
                 .sticking = 0.00572,
                 .equilibrium = 219,
                 .gpc = 1.056e-10};
    c.sites = channel_sites(2, 1, 3900, c.gpc, 0.10196);
    return c;
}

double at(const ChannelCoverage& c, double x) {
    const auto i = static_cast<std::size_t>(std::upper_bound(c.x.begin(), c.x.end(), x) - c.x.begin());
    const double t = (x - c.x[i - 1]) / (c.x[i] - c.x[i - 1]);
    return (1 - t) * c.coverage[i - 1] + t * c.coverage[i];
}

TEST(Channel, CapacityAndDiffusivityOfTheTmaCase) {
    const AldChannel c = trimethylaluminium();
    EXPECT_NEAR(c.sites / 4.864964e18, 1, 1e-6);
    EXPECT_NEAR(channel_diffusivity(c, 147) / 1.014868e-4, 1, 1e-5);
    const ChannelFront f = channel_front(c, 0.1);
    EXPECT_NEAR(f.apparent_diffusivity / 1.938232e-7, 1, 1e-5);
    EXPECT_NEAR(f.full_depth / um_, 139.212, 0.01 * 139.212);
    EXPECT_NEAR(f.linear_depth / um_, 132.589, 0.01 * 132.589);
}

TEST(Channel, AnalyticProfileOfTheTmaCase) {
    const ChannelCoverage c = channel_analytic(trimethylaluminium(), 0.1);
    EXPECT_NEAR(c.half_depth / um_, 135.811, 0.01 * 135.811);
    const double expected[][2] = {{110, 0.9998}, {120, 0.9930}, {130, 0.8038},
                                  {140, 0.3093}, {150, 0.0793}, {160, 0.0183}};
    for (const auto& [x, theta] : expected) EXPECT_NEAR(at(c, x * um_), theta, 0.01) << x;
}

TEST(Channel, FiveHundredCyclesNarrowTheChannel) {
    const ChannelCoverage c = channel_analytic(trimethylaluminium(), 0.1, 500, 120);
    EXPECT_NEAR(c.half_depth / um_, 123.47, 0.01 * 123.47);
    EXPECT_NEAR(c.thickness.front() / 1e-9, 52.80, 0.01 * 52.80);
}

TEST(Channel, DiffusionReactionAgreesWithTheAnalyticFront) {
    const ChannelCoverage c = channel_diffusion(trimethylaluminium(), 0.1, 220e-6, 400, 1e-3);
    EXPECT_NEAR(c.half_depth / um_, 135.811, 0.05 * 135.811);
    EXPECT_GT(c.coverage.front(), 0.999);
    EXPECT_LT(c.coverage.back(), 1e-3);
}

TEST(Channel, DiffusionReactionIsSecondOrderInSpace) {
    AldChannel c = trimethylaluminium();
    c.sticking = 0.001;  // a front several cells wide on every grid
    auto deposited = [&](int cells) {
        double sum = 0;
        for (double theta : channel_diffusion(c, 0.02, 150e-6, cells, 2e-6).coverage) sum += theta * 150 / cells;
        return sum;
    };
    const double coarse = deposited(50), middle = deposited(100), fine = deposited(200);
    EXPECT_GT(std::log2(std::abs(coarse - middle) / std::abs(middle - fine)), 1.8)
        << coarse << ' ' << middle << ' ' << fine;
}

TEST(Channel, PulseThatReachesADepthInvertsTheHalfDepth) {
    const AldChannel c = trimethylaluminium();
    EXPECT_NEAR(channel_pulse(c, 135.811 * um_), 0.1, 0.002);
    for (const double depth : {20 * um_, 200 * um_})
        EXPECT_NEAR(channel_analytic(c, channel_pulse(c, depth), 1, 1200).half_depth / depth, 1, 1e-3);
}

TEST(Channel, WithoutInertGasMoleculesReachDeeper) {
    AldChannel c = trimethylaluminium();
    c.inert_pressure = 0;
    EXPECT_GT(channel_analytic(c, 0.1, 1, 100).half_depth,
              channel_analytic(trimethylaluminium(), 0.1, 1, 100).half_depth);
}

// ------------------------------------------------------------------------------------------------------ selectivity
TEST(AreaSelective, HemisphericalIslands) {
    struct Row {
        double start, per_cycle, cycles, coverage, thickness;
    };
    for (const Row& r : {Row{1e-3, 0, 100, 0.26959731, 1.85327006}, Row{0, 1e-5, 100, 0.09942313, 0.50380765},
                         Row{1e-4, 1e-6, 200, 0.18896130, 2.32299652}}) {
        const NonGrowth n = non_growth({r.start * per_nm2, r.per_cycle * per_nm2, 1e-10}, r.cycles);
        EXPECT_NEAR(n.coverage, r.coverage, 1e-7);
        EXPECT_NEAR(n.mean_thickness / 1e-9, r.thickness, 1e-7);
    }
}

// Explicit islands on a periodic square of 400 nm, sampled at random points: three standard errors over 40 runs.
TEST(AreaSelective, ExplicitIslandsCoverWhatKolmogorovSays) {
    const double L = 400, R = 10, N = 1e-3;
    double sum = 0, square = 0;
    const int runs = 40, points = 400;
    for (int run = 0; run < runs; ++run) {
        const KeyedRandom random(17, static_cast<std::uint64_t>(run));
        std::uint64_t draw = 0;
        std::vector<Vec2> nuclei;  // Poisson count by exponential gaps
        for (double area = -std::log(random.uniform(draw++)) / N; area < L * L;
             area -= std::log(random.uniform(draw++)) / N) {
            const double x = L * random.uniform(draw++), z = L * random.uniform(draw++);
            nuclei.push_back({x, z});
        }
        int covered = 0;
        for (int p = 0; p < points; ++p) {
            const double x = L * random.uniform(draw++), z = L * random.uniform(draw++);
            covered += std::any_of(nuclei.begin(), nuclei.end(), [&](const Vec2& n) {
                const double dx = std::remainder(n.x - x, L), dz = std::remainder(n.z - z, L);
                return dx * dx + dz * dz < R * R;
            });
        }
        const double c = covered / double(points);
        sum += c, square += c * c;
    }
    const double mean = sum / runs, error = std::sqrt((square / runs - mean * mean) / (runs - 1));
    EXPECT_NEAR(mean, 0.26959731, 3 * error);
    EXPECT_LT(error, 0.01);
}

TEST(AreaSelective, UsableThicknessShrinksWithSelectivity) {
    const Nucleation k{0, 1e-5 * per_nm2, 1e-10};
    const double at90 = usable_thickness(k, 0.9), at99 = usable_thickness(k, 0.99);
    EXPECT_GT(at90, at99);
    EXPECT_NEAR(selectivity(1, non_growth(k, at90 / 1e-10).coverage), 0.9, 1e-9);
    Nucleation inhibited = k;
    inhibited.inhibitor = 0.99;
    EXPECT_GT(usable_thickness(inhibited, 0.9), 4 * at90);
}

}  // namespace
}  // namespace damascene::feature
