// The gas side: digits of kinetic theory computed independently.
#include "damascene/feature/gas.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "damascene/base/error.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

constexpr double torr = 133.322;

TEST(Gas, ImpingementFluxOfPrecursorAndWater) {
    const std::string source = "kinetic theory: p/sqrt(2 pi m k T)";
    expect_digit("impingement in 1/(m^2 s), precursor at 10 Pa", source, impingement_flux(10, 0.35478, 473.15),
                 6.430798e22, 6.430798e16);
    expect_digit("impingement in 1/(m^2 s), water at 0.1 Torr", source, impingement_flux(13.332, 0.01801528, 493.15),
                 3.726769e23, 3.726769e18);
}

TEST(Gas, ImpingementIsAQuarterOfDensityTimesMeanSpeed) {
    const double density = 10 / (boltzmann_J_K * 500);
    EXPECT_NEAR(impingement_flux(10, 0.1, 500), density * mean_speed(0.1, 500) / 4, 1e-9 * density * 100);
}

TEST(Gas, MeanFreePathOfOneGas) {
    EXPECT_NEAR(mean_free_path(0.374e-9, 101325.0 / 760, 300), 4.99912e-5, 5e-11);
    EXPECT_NEAR(mean_free_path(0.37e-9, torr, 573.15), 9.758463e-5, 1e-11);
    EXPECT_NEAR(mean_free_path(0.41e-9, 1, 600), 1.109180e-2, 1e-8);
}

TEST(Gas, MixtureOfOneComponentIsThePureGas) {
    const std::vector<GasComponent> one = {{0.028, 0.374e-9, 50}};
    EXPECT_NEAR(mean_free_path(one, 0, 300) / mean_free_path(0.374e-9, 50, 300), 1, 1e-14);
}

TEST(Gas, SplittingOneGasInTwoEqualPartsChangesNothing) {
    const std::vector<GasComponent> halves = {{0.028, 0.374e-9, 25}, {0.028, 0.374e-9, 25}};
    EXPECT_NEAR(mean_free_path(halves, 0, 300) / mean_free_path(0.374e-9, 50, 300), 1, 1e-14);
}

TEST(Gas, HeavyMoleculesLoseTheirWaySoonerInALightGas) {
    const std::vector<GasComponent> mixture = {{0.35478, 0.8e-9, 1}, {0.028, 0.374e-9, 99}};
    EXPECT_LT(mean_free_path(mixture, 0, 500), mean_free_path(mixture, 1, 500) / 3);
}

TEST(Gas, RegimeBounds) {
    EXPECT_EQ(regime(0.009), Regime::continuum);
    EXPECT_EQ(regime(0.05), Regime::slip);
    EXPECT_EQ(regime(1), Regime::transition);
    EXPECT_EQ(regime(11), Regime::free_molecular);
    EXPECT_EQ(regime_name(Regime::slip), "slip flow");
    EXPECT_NE(regime_advice(Regime::free_molecular).find("ballistic"), std::string_view::npos);
}

TEST(Gas, BosanquetTendsToTheSmallerDiffusivity) {
    EXPECT_NEAR(bosanquet(1e-4, 1e3), 1e-4, 1e-10);
    EXPECT_DOUBLE_EQ(bosanquet(2, 2), 1);
}

TEST(Gas, WallRateOfSmallStickingIsAQuarterOfTheSpeedTimesSticking) {
    EXPECT_NEAR(wall_rate(1e-4, 0.03, 500) / (mean_speed(0.03, 500) / 4 * 1e-4), 1, 6e-5);
    EXPECT_DOUBLE_EQ(wall_rate(1, 0.03, 500), mean_speed(0.03, 500) / 2);
}

TEST(Gas, ArgonIonsEnterTheSheathAtBohmSpeed) {
    expect_digit("Bohm speed in m/s, Ar at 3 eV", "sqrt(k T_e/M)", bohm_speed(3, 0.039948), 2691.81, 0.02);
    EXPECT_DOUBLE_EQ(sheath_ion_energy(0, 3), 1.5);
}

TEST(Gas, CosinePowerThousandIsABeamOfOnePointEightDegrees) {
    EXPECT_NEAR(std::sqrt(1 / cosine_power_of_spread(1.8 * M_PI / 180)) * 180 / M_PI, 1.8, 1e-12);
    EXPECT_NEAR(cosine_power_of_spread(1.8 * M_PI / 180), 1000, 20);
    EXPECT_NEAR(ion_spread(0.1, 50), 0.0316227766, 1e-9);
}

TEST(Gas, UnphysicalPressureIsRefused) {
    EXPECT_THROW(impingement_flux(0, 0.1, 300), InputError);
    EXPECT_THROW(impingement_flux(2e5, 0.1, 300), InputError);
    EXPECT_THROW(mean_free_path(3e-10, 1, 10), InputError);
    EXPECT_THROW(impingement_flux(std::nan(""), 0.1, 300), InputError);
}

}  // namespace
}  // namespace damascene::feature
