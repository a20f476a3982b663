// Tangents of a growing trench against finite differences, closed forms and the level set.
#include <gtest/gtest.h>

#include <cmath>

#include "damascene/feature.hpp"

namespace damascene::feature {
namespace {

constexpr TrenchGrowth trench{.width_nm = 100,
                              .depth_nm = 200,
                              .top_radius_nm = 8,
                              .sticking = 0.3,
                              .order = 1,
                              .rate_nm_s = 1,
                              .duration_s = 20};
constexpr ProfileOptions coarse{.floor_nodes = 12, .wall_nodes = 60, .steps = 12, .field_nm = 50};

double& parameter(TrenchGrowth& g, std::size_t k) {
    double* all[] = {&g.sticking, &g.order, &g.rate_nm_s, &g.width_nm, &g.depth_nm};
    return *all[k];
}

/// What is left of value, after its tangent, for a step of the parameter.
double profile_remainder(const TrenchGrowth& g, const ProfileSensitivity& at, std::size_t k, double step) {
    TrenchGrowth moved = g;
    parameter(moved, k) += step;
    const ProfileSensitivity there = profile_sensitivity(moved, coarse);
    double sum = 0;
    for (std::size_t i = 0; i < at.node.size(); ++i)
        for (std::size_t c = 0; c < 2; ++c)
            sum += std::pow(there.node[i][c].value - at.node[i][c].value - step * at.node[i][c].by[k], 2);
    return std::sqrt(sum);
}

TEST(ProfileSensitivity, TaylorRemainderIsOfSecondOrderInEveryParameter) {
    for (const double order : {1.0, 0.7}) {
        TrenchGrowth g = trench;
        g.order = order;
        const ProfileSensitivity at = profile_sensitivity(g, coarse);
        for (std::size_t k = 0; k < growth_parameters.size(); ++k) {
            const double step = 2e-3 * parameter(g, k);
            const double far = profile_remainder(g, at, k, step), near = profile_remainder(g, at, k, step / 2);
            EXPECT_NEAR(std::log2(far / near), 2, 0.1) << growth_parameters[k] << " order " << order;
        }
    }
}

TEST(ProfileSensitivity, StepCoverageAndGapAgreeWithCentralDifferences) {
    const ProfileSensitivity at = profile_sensitivity(trench, coarse);
    for (std::size_t k = 0; k < growth_parameters.size(); ++k) {
        TrenchGrowth low = trench, high = trench;
        const double step = 1e-3 * parameter(low, k);
        parameter(low, k) -= step, parameter(high, k) += step;
        const ProfileSensitivity a = profile_sensitivity(low, coarse), b = profile_sensitivity(high, coarse);
        const auto expect = [&](const Sensitive& s, double below, double above, double scale) {
            EXPECT_NEAR(s.by[k], (above - below) / (2 * step), 2e-4 * scale / parameter(low, k))
                << growth_parameters[k];
        };
        expect(at.bottom, a.bottom.value, b.bottom.value, 1);
        expect(at.wall, a.wall.value, b.wall.value, 1);
        expect(at.gap_nm, a.gap_nm.value, b.gap_nm.value, 100);
    }
}

/// Nearly nothing sticks: the film is conformal, its faces move by V t whatever the shape.
TEST(ProfileSensitivity, ConformalFilmHasTheDerivativesOfAnOffset) {
    TrenchGrowth g = trench;
    g.sticking = 1e-7;
    const ProfileSensitivity s = profile_sensitivity(g, coarse);
    EXPECT_NEAR(s.bottom.value, 1, 1e-5);
    EXPECT_NEAR(s.wall.value, 1, 1e-5);
    EXPECT_NEAR(s.gap_nm.value, g.width_nm - 2 * g.rate_nm_s * g.duration_s, 1e-3);
    EXPECT_NEAR(s.gap_nm.by[2], -2 * g.duration_s, 1e-3);
    EXPECT_NEAR(s.gap_nm.by[3], 1, 1e-5);
    EXPECT_NEAR(s.gap_nm.by[4], 0, 1e-5);
    EXPECT_NEAR(s.field_nm.by[2], g.duration_s, 1e-9);
}

/// Rate and duration enter as their product.
TEST(ProfileSensitivity, RateActsAsThickness) {
    TrenchGrowth quick = trench;
    quick.rate_nm_s *= 4, quick.duration_s /= 4;
    const ProfileSensitivity a = profile_sensitivity(trench, coarse), b = profile_sensitivity(quick, coarse);
    EXPECT_NEAR(a.bottom.value, b.bottom.value, 1e-10);
    EXPECT_NEAR(a.bottom.by[2], 4 * b.bottom.by[2], 1e-8);
}

TEST(ProfileSensitivity, SecondOrderInTime) {
    ProfileOptions o = coarse;
    std::vector<double> gap;
    for (const int steps : {12, 24, 48}) {
        o.steps = steps;
        gap.push_back(profile_sensitivity(trench, o).gap_nm.value);
    }
    EXPECT_LT(std::abs(gap[2] - gap[1]), 0.4 * std::abs(gap[1] - gap[0]));
    EXPECT_LT(std::abs(gap[2] - gap[1]), 2e-3 * 100);
}

TEST(ProfileSensitivity, EndsWithAMessageWhereTheTrenchCloses) {
    TrenchGrowth g = trench;
    g.duration_s = 150;
    ProfileOptions o = coarse;
    o.steps = 75;
    try {
        profile_sensitivity(g, o);
        FAIL() << "150 nm of film close a trench of 100 nm";
    } catch (const InputError& e) {
        EXPECT_EQ(e.diagnostics()[0].code, "D0402");
        EXPECT_NE(e.diagnostics()[0].message.find("the fronts meet after"), std::string::npos);
    }
}

// ------------------------------------------------------------------------------------------------------ the level set
StepCoverage level_set_coverage(const TrenchGrowth& g, double h) {
    Surface s = flat_surface({.left = Side::mirror,
                              .right = Side::open,
                              .x0_nm = 0,
                              .x1_nm = 0.5 * g.width_nm + 100,
                              .z0_nm = -g.depth_nm - 20,
                              .z1_nm = 20,
                              .h_nm = h},
                             "substrate");
    carve(s, {.width_nm = g.width_nm, .depth_nm = g.depth_nm, .top_radius_nm = g.top_radius_nm});
    Process p;
    p.species = {{.name = "precursor", .nonlinear = g.order != 1}};
    p.sticking = [g](int, const Section&, const std::vector<std::vector<double>>& arrivals, std::span<double> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = arrivals[0].empty()
                         ? g.sticking
                         : std::min(1.0, g.sticking * std::pow(std::max(arrivals[0][i], 1e-12), g.order - 1));
    };
    p.speed = [g](const Section&, const std::vector<std::vector<double>>& arrivals, std::span<const std::string>) {
        SurfaceSpeed speed{.isotropic = {arrivals[0]}};
        for (double& v : speed.isotropic[0]) v = g.rate_nm_s * std::pow(v, g.order);
        return speed;
    };
    p.flat_speed_nm_s = g.rate_nm_s;
    return run_process(s, p, "film", {.stop = {.duration_s = g.duration_s}, .snapshots = 2}).coverage;
}

/// Differences wide enough that the grid's own noise (1e-3 of the coverage) stays below a percent of them.
TEST(ProfileSensitivity, TangentAgreesWithTheLevelSet) {
    const ProfileSensitivity at = profile_sensitivity(trench);
    const double h = 2;
    const StepCoverage same = level_set_coverage(trench, h);
    EXPECT_NEAR(at.bottom.value / same.bottom, 1, 0.01);
    EXPECT_NEAR(at.wall.value / same.sidewall_mid, 1, 0.01);
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
        TrenchGrowth low = trench, high = trench;
        const double step = k == 0 ? 0.06 : 0.2;
        parameter(low, k) -= step, parameter(high, k) += step;
        const StepCoverage a = level_set_coverage(low, h), b = level_set_coverage(high, h);
        EXPECT_NEAR(at.bottom.by[k] / ((b.bottom - a.bottom) / (2 * step)), 1, 0.02) << growth_parameters[k];
        EXPECT_NEAR(at.wall.by[k] / ((b.sidewall_mid - a.sidewall_mid) / (2 * step)), 1, 0.02) << growth_parameters[k];
    }
}

}  // namespace
}  // namespace damascene::feature
