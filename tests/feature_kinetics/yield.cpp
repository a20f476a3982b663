// Sputter yields and corners.
#include "damascene/feature/yield.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "digits.hpp"

namespace damascene::feature {
namespace {

constexpr double degree = M_PI / 180;

SeparableYield sine(double B) { return {RootEnergy{}, SineSquared{B}}; }
SeparableYield yamamura(double f, double opt_deg) { return {RootEnergy{}, YamamuraAngle{f, opt_deg * degree}}; }

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> result;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) result.push_back(cell);
    return result;
}

TEST(SputterYield, YamamuraTawaraTableOfSevenIonsTwelveTargetsNineEnergies) {
    std::ifstream file(DAMASCENE_TEST_DATA "/reference/sputter/yamamura_tawara_1996_yields.csv");
    ASSERT_TRUE(file);
    std::string line;
    std::getline(file, line);
    const double energies[] = {50, 100, 150, 200, 300, 500, 1000, 2000, 5000};
    int entries = 0;
    while (std::getline(file, line)) {
        const auto c = cells(line);
        ASSERT_EQ(c.size(), 12u);
        const YieldLaw law = SeparableYield{yamamura_tawara(c[0], c[1]), FlatAngle{}};
        EXPECT_NEAR(threshold_eV(std::get<SeparableYield>(law).normal), std::stod(c[2]), 1e-4) << line;
        for (std::size_t e = 0; e < 9; ++e, ++entries)
            expect_digit("sputter yield, " + c[0] + " on " + c[1] + ", eV " + std::to_string(int(energies[e])),
                         "formula of [Yamamura & Tawara 1996], tabulated independently",
                         sputter_yield(law, energies[e], 1), std::stod(c[e + 3]), 1e-6);
    }
    EXPECT_EQ(entries, 756);
}

TEST(SputterYield, ArgonOnSiliconAndTungsten) {
    EXPECT_NEAR(normal_yield(yamamura_tawara("Ar", "Si"), 500), 0.410186, 1e-6);
    EXPECT_NEAR(normal_yield(yamamura_tawara("Ar", "W"), 1000), 0.759818, 1e-6);
}

TEST(SputterYield, NothingBelowThreshold) {
    for (const NormalYield& law : {NormalYield{RootEnergy{}}, NormalYield{YamamuraTawara{}}}) {
        EXPECT_EQ(normal_yield(law, 0.99 * threshold_eV(law)), 0);
        EXPECT_GT(normal_yield(law, 1.01 * threshold_eV(law)), 0);
    }
}

TEST(SputterYield, YamamuraAngleAtTabulatedDegrees) {
    const double expected[][2] = {{30, 1.1994}, {45, 1.5065}, {60, 2.0183}, {70, 2.2929}, {80, 1.2792}};
    for (const auto& [angle, factor] : expected)
        EXPECT_NEAR(angular_factor(YamamuraAngle{2, 70 * degree}, std::cos(angle * degree)), factor, 1e-4);
    EXPECT_NEAR(angular_factor(YamamuraAngle{2, 65 * degree}, std::cos(65 * degree)), 1.7644, 1e-4);
}

TEST(SputterYield, YamamuraMaximumStandsExactlyAtItsAngle) {
    const YamamuraAngle law{1.7, 63 * degree};
    const double top = angular_factor(law, std::cos(63 * degree));
    for (double off : {-0.1, 0.1}) EXPECT_LT(angular_factor(law, std::cos((63 + off) * degree)), top);
}

TEST(SputterYield, SineSquaredPeaksAtFourPointOneSeven) {
    EXPECT_NEAR(angular_factor(SineSquared{9.3}, std::cos(52.584 * degree)), 4.172175, 1e-6);
    EXPECT_LT(angular_factor(SineSquared{9.3}, std::cos(53.5 * degree)), 4.172175);
    EXPECT_LT(angular_factor(SineSquared{9.3}, std::cos(51.7 * degree)), 4.172175);
}

TEST(SputterYield, IaeaFormIsYamamuraForAStraightAngleAndVanishesAtItsLimit) {
    for (double angle : {10.0, 45.0, 75.0})
        EXPECT_NEAR(angular_factor(IaeaAngle{2, 70 * degree}, std::cos(angle * degree)),
                    angular_factor(YamamuraAngle{2, 70 * degree}, std::cos(angle * degree)), 1e-12);
    EXPECT_EQ(angular_factor(IaeaAngle{2, 70 * degree, 85 * degree, 1}, std::cos(86 * degree)), 0);
    EXPECT_NEAR(angular_factor(IaeaAngle{2, 70 * degree, 85 * degree, 1.3}, 1), 1, 1e-12);
}

TEST(SputterYield, GrazingIncidenceIsFinite) {
    for (const char* name : {"sqrt_sin2", "yamamura_angle", "yamamura_iaea"}) {
        EXPECT_TRUE(std::isfinite(sputter_yield(yield_law(name), 500, 1e-9)));
        EXPECT_EQ(sputter_yield(yield_law(name), 500, -0.1), 0);
    }
    EXPECT_THROW(yield_law("sqrt_sin3"), InputError);
    EXPECT_THROW(yamamura_tawara("Ar", "SiO2"), InputError);
}

TEST(SputterYield, TableReproducesItsLaw) {
    YieldTable table;
    const YieldLaw law = sine(9.3);
    for (int e = 0; e <= 40; ++e) table.energy_eV.push_back(20 + 10 * e);
    for (int a = 0; a <= 90; a += 2) table.angle_rad.push_back(a * degree);
    for (double E : table.energy_eV)
        for (double a : table.angle_rad) table.yield.push_back(sputter_yield(law, E, std::cos(a)));
    check(table);
    for (double E : {33.0, 147.0, 401.0})
        for (double a : {0.0, 21.0, 44.5, 63.0})
            EXPECT_NEAR(sputter_yield(table, E, std::cos(a * degree)), sputter_yield(law, E, std::cos(a * degree)),
                        2e-3);
    EXPECT_EQ(sputter_yield(table, 10, 1), 0);
    table.energy_eV[3] = 0;
    EXPECT_THROW(check(table), InputError);
}

TEST(IonEnergy, MomentsOfTheDistributions) {
    auto moments = [](const IonEnergies& e) {
        double mean = 0, square = 0, sum = 0;
        for (std::size_t i = 0; i < e.weight.size(); ++i) {
            sum += e.weight[i], mean += e.weight[i] * e.energy_eV[i];
            square += e.weight[i] * e.energy_eV[i] * e.energy_eV[i];
        }
        return std::array{sum, mean, square - mean * mean};
    };
    const auto g = moments(gaussian_energies(100, 10));
    EXPECT_NEAR(g[0], 1, 1e-12);
    EXPECT_NEAR(g[1], 100, 1e-9);
    EXPECT_NEAR(g[2], 100, 1e-8);
    const auto rf = moments(sheath_energies(200, 80));  // arcsine law: variance w^2/8
    EXPECT_NEAR(rf[1], 200, 1e-9);
    EXPECT_NEAR(rf[2], 800, 1e-8);
    const double edges[] = {10, 20, 40}, counts[] = {1, 3};
    EXPECT_NEAR(moments(histogram_energies(edges, counts))[1], 26.25, 1e-12);
}

TEST(IonEnergy, YieldOfANarrowBeamIsThatOfItsMean) {
    const YieldLaw law = sine(9.3);
    EXPECT_NEAR(mean_yield(law, gaussian_energies(300, 0.01), 0.8), sputter_yield(law, 300, 0.8), 1e-9);
    EXPECT_LT(mean_yield(law, gaussian_energies(300, 60), 0.8), sputter_yield(law, 300, 0.8));  // concave in E
}

TEST(IonEnergy, DamagedTablesNameTheirRow) {
    const double down[] = {10, 30, 20}, two[] = {1, 1}, edges[] = {0, 1, 2}, negative[] = {1, -1}, none[] = {0, 0};
    auto row = [](const auto& f) -> std::string {
        try {
            f();
        } catch (const InputError& error) {
            return error.diagnostics().front().message;
        }
        return "";
    };
    EXPECT_NE(row([&] { histogram_energies(down, two); }).find("row 3"), std::string::npos);
    EXPECT_NE(row([&] { histogram_energies(edges, negative); }).find("row 2"), std::string::npos);
    EXPECT_NE(row([&] { histogram_energies(edges, none); }).find("positive sum"), std::string::npos);
}

TEST(Corner, CriticalRatioUnderBothConventions) {
    struct Case {
        SeparableYield law;
        double flat, angle, sky, sky_angle;
    };
    for (const Case& c :
         {Case{sine(9.3), 2.851882, 41.914, 3.310671, 45.561}, Case{yamamura(2, 70), 1.065857, 0, 1.346045, 0},
          Case{yamamura(2, 65), 1.013465, 0, 1.186285, 0}}) {
        const CriticalCorner flat = critical_corner(c.law, single_energy(400), CornerView::flat);
        const CriticalCorner sky = critical_corner(c.law, single_energy(400), CornerView::half_sky);
        EXPECT_NEAR(flat.ratio, c.flat, 1e-6);
        EXPECT_NEAR(sky.ratio, c.sky, 1e-6);
        if (c.angle > 0) {
            EXPECT_NEAR(flat.angle_rad / degree, c.angle, 1e-3);
            EXPECT_NEAR(sky.angle_rad / degree, c.sky_angle, 1e-3);
        }
    }
}

TEST(Corner, FacetAt45DegreesShrinksBelowAndGrowsAboveTheCriticalRatio) {
    const IonEnergies e = single_energy(400);
    const double cos45 = std::sqrt(0.5);
    EXPECT_NEAR(facet_rate(sine(9.3), e, 3, cos45, CornerView::half_sky), -0.088113, 1e-6);
    EXPECT_NEAR(facet_rate(sine(9.3), e, 4, cos45, CornerView::half_sky), 0.147303, 1e-6);
    EXPECT_NEAR(facet_rate(sine(9.3), e, 3.310671, std::cos(45.561 * degree), CornerView::half_sky), 0, 1e-6);
    EXPECT_THROW(facet_rate(sine(9.3), e, 1, cos45, CornerView::flat), InputError);
    EXPECT_DOUBLE_EQ(deposition_over_sputter(300, 100), 4);
}

TEST(Corner, EnergySpreadLeavesASeparableLawsCornerAlone) {
    const CriticalCorner sharp = critical_corner(sine(9.3), single_energy(300), CornerView::flat);
    const CriticalCorner spread = critical_corner(sine(9.3), sheath_energies(300, 150), CornerView::flat);
    EXPECT_NEAR(sharp.ratio, spread.ratio, 1e-9);
}

}  // namespace
}  // namespace damascene::feature
