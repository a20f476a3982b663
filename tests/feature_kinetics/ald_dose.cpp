// Ballistic ALD doses against closed forms, independent solutions and finite differences.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "damascene/feature/ald.hpp"
#include "damascene/feature/gas.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

// A spherical pit cut by the field plane: every point sees every other alike, so F_ij = A_j / (4 pi R^2).
// f = share of the sphere that is missing = sky.
ViewFactors spherical_pit(double f, int pieces) {
    ViewFactors view;
    view.n = pieces;
    const auto n = static_cast<std::size_t>(pieces);
    view.area.assign(n, (f == 1 ? 1 : 1 - f) / pieces);
    view.sky.assign(n, f);
    view.factor.assign(n * n, (1 - f) / pieces);
    return view;
}

double grading(double t) { return t * t * (3 - 2 * t); }  // finer at both ends

void line(Section& s, Vec2 a, Vec2 b, int n, double (*place)(double)) {
    auto at = [&](int i) {
        return Vec2{std::lerp(a.x, b.x, place(double(i) / n)), std::lerp(a.z, b.z, place(double(i) / n))};
    };
    for (int i = 0; i < n; ++i) s.pieces.push_back({at(i), at(i + 1), 0});
}

struct Feature {
    Section section;
    std::size_t wall = 0, bottom = 0;  ///< first piece of the left (planar) or outer (axial) wall, and of the bottom
    std::size_t n_wall = 0, n_bottom = 0;
    double depth = 0;
};

// Vertical walls, width (diameter) 1, one level piece of field at each open end.
Feature hole(Symmetry symmetry, double depth, int n_wall, int n_bottom) {
    Feature f;
    f.section.symmetry = symmetry;
    f.section.chain_begin = {0};
    f.depth = depth, f.n_wall = static_cast<std::size_t>(n_wall), f.n_bottom = static_cast<std::size_t>(n_bottom);
    if (symmetry == Symmetry::planar) {
        f.section.pieces.push_back({{-1, 0}, {0, 0}, 0});
        f.wall = 1;
        line(f.section, {0, 0}, {0, -depth}, n_wall, grading);
        f.bottom = f.section.size();
        line(f.section, {0, -depth}, {1, -depth}, n_bottom, grading);
        line(f.section, {1, -depth}, {1, 0}, n_wall, grading);
        f.section.pieces.push_back({{1, 0}, {2, 0}, 0});
    } else {
        line(f.section, {0, -depth}, {0.5, -depth}, n_bottom, [](double t) { return t * (2 - t); });
        f.wall = f.section.size();
        line(f.section, {0.5, -depth}, {0.5, 0}, n_wall, grading);
        f.section.pieces.push_back({{0.5, 0}, {1.5, 0}, 0});
    }
    return f;
}

// Cubic Lagrange through the midpoints around a depth.
double on_wall(const Feature& f, const std::vector<double>& v, double depth) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = f.wall; i < f.wall + f.n_wall; ++i) points.push_back({-midpoint(f.section.pieces[i]).z, v[i]});
    std::sort(points.begin(), points.end());
    const auto above = std::upper_bound(points.begin(), points.end(), std::pair{depth, 0.0}) - points.begin();
    const auto first = std::clamp<std::ptrdiff_t>(above - 2, 0, static_cast<std::ptrdiff_t>(points.size()) - 4);
    double sum = 0;
    for (std::ptrdiff_t i = first; i < first + 4; ++i) {
        double w = points[static_cast<std::size_t>(i)].second;
        for (std::ptrdiff_t j = first; j < first + 4; ++j)
            if (j != i)
                w *= (depth - points[static_cast<std::size_t>(j)].first) /
                     (points[static_cast<std::size_t>(i)].first - points[static_cast<std::size_t>(j)].first);
        sum += w;
    }
    return sum;
}

double mean_over(const Feature& f, const std::vector<double>& v, bool bottom_only) {
    const std::vector<double> area = areas(f.section);
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        const bool field = midpoint(f.section.pieces[i]).z == 0;
        const bool bottom = i >= f.bottom && i < f.bottom + f.n_bottom;
        if (field || (bottom_only && !bottom)) continue;
        sum += area[i] * v[i], total += area[i];
    }
    return sum / total;
}

std::vector<double> seven(const Feature& f, const std::vector<double>& theta) {
    std::vector<double> values;
    for (double d : {0.1, 0.25, 0.5, 0.75, 0.9}) values.push_back(on_wall(f, theta, d * f.depth));
    values.push_back(mean_over(f, theta, true));
    values.push_back(mean_over(f, theta, false));
    return values;
}

// kappa (1 - theta) = W0(kappa exp(kappa - beta0 tau)), kappa = beta0 (1 - f)/f; W = e^g by Newton on e^g + g.
double pit_coverage(double beta0, double f, double tau) {
    const double kappa = beta0 * (1 - f) / f, rhs = std::log(kappa) + kappa - beta0 * tau;
    double g = std::min(rhs, std::log(kappa));
    for (int i = 0; i < 100; ++i) g -= (std::exp(g) + g - rhs) / (std::exp(g) + 1);
    return 1 - std::exp(g) / kappa;
}

TEST(AldDose, SphericalPitFillsAsLambertsFunctionSays) {
    const double rows[][4] = {{1, .5, 1, 0.432856710},
                              {1, .5, 5, 0.982010897},
                              {.1, .5, 10, 0.609019672},
                              {1, .1, 8, 0.739449182},
                              {.01, .01, 100, 0.434427496}};
    for (const auto& [beta0, f, tau, expected] : rows) {
        EXPECT_NEAR(pit_coverage(beta0, f, tau), expected, 1e-9);
        const AldDose dose = ald_dose(spherical_pit(f, 5), {.sticking = beta0, .dose = tau}, {}, {.tolerance = 1e-9});
        for (double theta : dose.coverage) EXPECT_NEAR(theta, expected, 1e-7);
        EXPECT_LT(std::abs(dose.mean - expected), 10 * dose.error_estimate + 1e-9);
    }
}

TEST(AldDose, FlatFieldFillsExponentially) {
    const AldDose dose = ald_dose(spherical_pit(1, 3), {.sticking = 0.3, .dose = 7});
    for (double theta : dose.coverage) EXPECT_NEAR(theta, -std::expm1(-2.1), 1e-14);
}

TEST(AldDose, ReversibleDoseTendsToTheIsotherm) {
    // Desorbed molecules fly again; in equilibrium H = 1 everywhere, so theta = s0/(s0 + k).
    const AldDose dose = ald_dose(spherical_pit(0.2, 4), {.sticking = 0.5, .dose = 400, .desorption = 0.25});
    for (double theta : dose.coverage) EXPECT_NEAR(theta, 2 / 3.0, 1e-6);
    for (double H : dose.arrival) EXPECT_NEAR(H, 1, 1e-5);
}

TEST(AldDose, ReversibleFlatDoseIsTheExactStep) {
    const AldDose dose =
        ald_dose(spherical_pit(1, 2), {.sticking = 0.5, .dose = 1.5, .desorption = 0.25}, {}, {.tolerance = 1e-9});
    EXPECT_NEAR(dose.mean, coverage_after(0, 0.5, 0.25, 1.5), 1e-8);
}

TEST(AldDose, StepsAreFifthOrder) {
    const ViewFactors pit = spherical_pit(0.1, 3);
    auto error = [&](int steps) {
        return std::abs(ald_dose(pit, {.sticking = 1, .dose = 8}, {}, {.fixed_steps = steps}).mean -
                        pit_coverage(1, 0.1, 8));
    };
    EXPECT_GT(std::log2(error(4) / error(8)), 4.5);
}

TEST(AldDose, EveryFluxSolutionKeepsParticles) {
    const ViewFactors pit = spherical_pit(0.1, 3);
    const AldDose dose = ald_dose(pit, {.sticking = 0.4, .dose = 6});
    EXPECT_LT(dose.balance_error, 1e-10);
}

TEST(AldDose, RecombinationOnlySlowsTheFilling) {
    const ViewFactors pit = spherical_pit(0.05, 3);
    const double pure = ald_dose(pit, {.sticking = 0.1, .dose = 60}).mean;
    const double lossy = ald_dose(pit, {.sticking = 0.1, .dose = 60, .recombination = 0.05}).mean;
    EXPECT_LT(lossy, pure);
}

// Order of the remainder |J(p + e) - J(p) - e dJ/dp| must be 2.
TEST(AldDose, SensitivitiesPassTaylorsTest) {
    const ViewFactors view = planar_view_factors(hole(Symmetry::planar, 3, 12, 6).section);
    for (double desorption : {0.0, 0.05}) {
        const AldPulse base{.sticking = 0.2, .dose = 8, .recombination = 0.03, .desorption = desorption};
        const AldOptions options{.fixed_steps = 12, .sensitivities = true};
        const AldDose dose = ald_dose(view, base, {}, options);
        ASSERT_EQ(dose.sensitivity.size(), 4u);
        auto J = [](const std::vector<double>& c) {
            double sum = 0;
            for (std::size_t i = 0; i < c.size(); ++i) sum += c[i] * std::cos(0.3 * static_cast<double>(i));
            return sum;
        };
        for (std::size_t p = 0; p < (desorption > 0 ? 4u : 3u); ++p) {
            auto remainder = [&](double e) {
                AldPulse moved = base;
                (p == 0 ? moved.sticking : p == 1 ? moved.dose : p == 2 ? moved.recombination : moved.desorption) += e;
                const AldDose d = ald_dose(view, moved, {}, {.fixed_steps = 12});
                return std::abs(J(d.coverage) - J(dose.coverage) - e * J(dose.sensitivity[p]));
            };
            // d/d(dose) is that of the exact solution; 12 steps of order 5 leave 1e-6.
            const double e = p == 1 ? 0.4 : 0.01;
            EXPECT_NEAR(std::log2(remainder(e) / remainder(e / 2)), 2, 0.1) << p << ' ' << desorption;
        }
    }
}

TEST(AldDose, SensitivityEqualsCentralDifference) {
    const ViewFactors view = planar_view_factors(hole(Symmetry::planar, 5, 16, 6).section);
    AldPulse pulse{.sticking = 0.1, .dose = 20};
    const AldDose dose = ald_dose(view, pulse, {}, {.fixed_steps = 20, .sensitivities = true});
    const double e = 1e-5;
    pulse.sticking += e;
    const AldDose up = ald_dose(view, pulse, {}, {.fixed_steps = 20});
    pulse.sticking -= 2 * e;
    const AldDose down = ald_dose(view, pulse, {}, {.fixed_steps = 20});
    for (std::size_t i = 0; i < dose.coverage.size(); ++i)
        EXPECT_NEAR(dose.sensitivity[0][i], (up.coverage[i] - down.coverage[i]) / (2 * e),
                    1e-6 * std::abs(dose.sensitivity[0][i]) + 1e-8);
}

TEST(AldCycle, FlatFieldReachesThePeriodicFraction) {
    const AldCycle cycle =
        ald_cycle(spherical_pit(1, 2), {.sticking = 0.5, .dose = 1}, {.sticking = 1, .dose = 2}, {.tolerance = 1e-9});
    for (double g : cycle.gained) EXPECT_NEAR(g, cycle_fraction(0.5, 2), 1e-7);
}

TEST(AldCycle, DepthStarvedOfEitherReactantGrowsLess) {
    const Feature f = hole(Symmetry::planar, 10, 20, 6);
    const AldCycle cycle =
        ald_cycle(planar_view_factors(f.section), {.sticking = 0.1, .dose = 30}, {.sticking = 0.01, .dose = 100});
    EXPECT_LT(cycle.gained[f.wall + f.n_wall - 1], 0.8 * cycle.gained[f.wall]);
    EXPECT_LT(cycle.cycles, 50);
}

struct Row {
    std::string geometry;
    AldPulse pulse;
    std::vector<double> expected;
};

std::vector<Row> reference_rows() {
    std::ifstream file(DAMASCENE_TEST_DATA "/reference/ald_ballistic_langmuir.csv");
    std::vector<Row> rows;
    for (std::string text; std::getline(file, text);) {
        if (text.starts_with("#") || text.starts_with("geometry")) continue;
        std::istringstream in(text);
        std::vector<std::string> c;
        for (std::string cell; std::getline(in, cell, ',');) c.push_back(cell);
        Row row{c[0], {.sticking = std::stod(c[2]), .dose = std::stod(c[3])}};
        for (std::size_t k = 4; k < 11; ++k) row.expected.push_back(std::stod(c[k]));
        rows.push_back(row);
    }
    return rows;
}

double worst_row(const std::string& geometry, const Feature& feature, const ViewFactors& view) {
    double worst = 0;
    int count = 0;
    for (const Row& row : reference_rows()) {
        if (row.geometry != geometry) continue;
        const AldDose dose = ald_dose(view, row.pulse, {}, {.tolerance = 1e-5});
        const std::vector<double> v = seven(feature, dose.coverage);
        for (std::size_t k = 0; k < 7; ++k) {
            expect_digit(geometry + ", ALD, " + conditions("sticking", row.pulse.sticking, "dose", row.pulse.dose) +
                             ", place " + std::to_string(k),
                         "ballistic Langmuir dose, table ald_ballistic_langmuir", v[k], row.expected[k], 1e-3);
            worst = std::max(worst, std::abs(v[k] - row.expected[k]));
        }
        ++count;
    }
    EXPECT_EQ(count, 12);
    return worst;
}

TEST(AldDose, TrenchOfAspectTenAgreesWithIndependentSolutions) {
    const Feature f = hole(Symmetry::planar, 10, 300, 80);
    const double worst = worst_row("trench", f, planar_view_factors(f.section));
    EXPECT_LT(worst, 1e-4);
}

TEST(AldDose, ViaOfAspectTenAgreesWithIndependentSolutions) {
    const Feature f = hole(Symmetry::axial, 10, 620, 90);
    const double worst = worst_row("via", f, axial_view_factors(f.section));
    EXPECT_LT(worst, 1e-4);
}

TEST(AldDose, RadicalsThatRecombineInAVia) {
    struct Case {
        AldPulse pulse;
        double expected[7];
    };
    const Case cases[] = {{{.sticking = .1, .dose = 120, .recombination = .01},
                           {.999245, .982357, .726195, .318657, .208586, .236124, .645949}},
                          {{.sticking = .01, .dose = 400, .recombination = .05},
                           {.864210, .637135, .297744, .133952, .100184, .110041, .389127}},
                          {{.sticking = .01, .dose = 1600, .recombination = .05},
                           {.999711, .985496, .780801, .464250, .367218, .393928, .718860}}};
    const Feature f = hole(Symmetry::axial, 10, 620, 90);
    const ViewFactors view = axial_view_factors(f.section);
    for (const Case& c : cases) {
        const std::vector<double> v = seven(f, ald_dose(view, c.pulse, {}, {.tolerance = 1e-5}).coverage);
        for (std::size_t k = 0; k < 7; ++k) EXPECT_NEAR(v[k], c.expected[k], 1e-4) << c.pulse.dose << ' ' << k;
    }
}

// Free-molecular flight in a slit has no mean free path between walls: molecules reach deeper than diffusion with
// Knudsen's coefficient allows, the front is less steep, and the closed end catches what arrives there.
TEST(AldDose, BallisticMoleculesReachDeeperThanDiffusionAllows) {
    const double aspect = 60, c = 0.01, tau = 364;
    const Feature f = hole(Symmetry::planar, aspect, 120, 10);
    const std::vector<double> ballistic =
        ald_dose(planar_view_factors(f.section), {.sticking = c, .dose = tau}).coverage;
    AldChannel channel{.height = 1e-6,
                       .width = 1e3,
                       .temperature = 500,
                       .pressure = 0.01,
                       .molar_mass = 0.1,
                       .diameter = 4e-10,
                       .sticking = c,
                       .equilibrium = 1e12,
                       .sites = 5e18,
                       .gpc = 1e-10};
    const double pulse =
        tau * channel.sites / impingement_flux(channel.pressure, channel.molar_mass, channel.temperature);
    const ChannelCoverage diffusive = channel_diffusion(channel, pulse, aspect * 1e-6, 240, 1e-3);
    auto diffusive_at = [&](double depth) {
        return diffusive.coverage[static_cast<std::size_t>(depth / aspect * 240)];
    };
    const double half = diffusive.half_depth * 1e6;
    EXPECT_GT(on_wall(f, ballistic, half), 0.5);
    EXPECT_LT(on_wall(f, ballistic, half - 6) - on_wall(f, ballistic, half + 6),
              diffusive_at(half - 6) - diffusive_at(half + 6));
    EXPECT_GT(on_wall(f, ballistic, 0.98 * aspect), on_wall(f, ballistic, 0.9 * aspect));
    EXPECT_LT(diffusive_at(0.98 * aspect), diffusive_at(0.9 * aspect));
}

}  // namespace
}  // namespace damascene::feature
