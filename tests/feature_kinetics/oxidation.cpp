// Oxidation: digits of the closed forms and of independent integrations.
#include "damascene/feature/oxidation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "damascene/base/error.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

constexpr double celsius = 273.15;

OxidationRates rates(Ambient ambient, SiliconFace face, double degC, bool thin = false) {
    return oxidation_rates({.ambient = ambient, .face = face, .temperature_K = degC + celsius, .thin_regime = thin});
}
OxidationRates steam1000() { return rates(Ambient::h2o, SiliconFace::face_100, 1000); }

TEST(Oxidation, PlanarThicknesses) {
    const OxidationRates dry = rates(Ambient::dry_o2, SiliconFace::face_100, 1000);
    const std::string source = "closed form of [Deal & Grove 1965]";
    expect_digit("oxide in um, dry 1 h", source, oxide_thickness(dry, 1), 0.038525395, 1e-7);
    expect_digit("oxide in um, dry 1 h on 25 nm", source, oxide_thickness(dry, 1, 0.025), 0.058084607, 1e-7);
    expect_digit("oxide in um, steam 1000 degC 1 h", source, oxide_thickness(steam1000(), 1), 0.38841550, 1e-7);
    expect_digit("oxide in um, steam 900 degC 2 h", source,
                 oxide_thickness(rates(Ambient::h2o, SiliconFace::face_100, 900), 2), 0.24847093, 1e-7);
    expect_digit("oxide in um, dry 1200 degC on (111) 1 h on 100 nm", source,
                 oxide_thickness(rates(Ambient::dry_o2, SiliconFace::face_111, 1200), 1, 0.1), 0.22605087, 1e-7);
}

TEST(Oxidation, ThinRegimeOfDryOxygen) {
    const double rows[][3] = {{800, 60, 3.979409}, {900, 30, 11.045866}, {1000, 15, 20.396581}, {1000, 60, 47.977332}};
    for (const auto& [degC, minutes, nanometre] : rows)
        EXPECT_NEAR(oxide_thickness(rates(Ambient::dry_o2, SiliconFace::face_100, degC, true), minutes / 60) * 1e3,
                    nanometre, 1e-5);
}

TEST(Oxidation, TimeInvertsThickness) {
    for (bool thin : {false, true}) {
        const OxidationRates r = rates(Ambient::dry_o2, SiliconFace::face_111, 950, thin);
        EXPECT_NEAR(oxidation_time(r, oxide_thickness(r, 0.7, 0.001), 0.001), 0.7, 1e-9);
    }
}

TEST(Oxidation, ShortTimesAreLinearLongTimesParabolic) {
    const OxidationRates r = steam1000();
    EXPECT_NEAR(oxide_thickness(r, 1e-5) / (r.linear * 1e-5), 1, 1e-4);
    EXPECT_NEAR(oxide_thickness(r, 1e6) / std::sqrt(r.parabolic * 1e6), 1, 1e-3);
}

TEST(Oxidation, PressureSpeedsBothRates) {
    const OxidationRates one = steam1000();
    const OxidationRates two = oxidation_rates({.ambient = Ambient::h2o, .pressure_atm = 2});
    EXPECT_NEAR(two.parabolic / one.parabolic, 2, 1e-12);
    EXPECT_NEAR(two.linear / one.linear, 2, 1e-12);
    const OxidationRates weak = oxidation_rates({.pressure_atm = 2, .linear_exponent = 0.75});
    EXPECT_NEAR(weak.linear / oxidation_rates({}).linear, std::pow(2, 0.75), 1e-12);
}

TEST(Oxidation, ConstantsAreRefusedFarOutsideAndWarnedBeyondTheirRange) {
    EXPECT_THROW(oxidation_rates({.temperature_K = 400}), InputError);
    EXPECT_EQ(oxidation_warning({.temperature_K = 1273}), "");
    EXPECT_NE(oxidation_warning({.temperature_K = 900}), "");
}

TEST(Oxidation, RodsAndHolesInSteam) {
    struct Row {
        Cylinder kind;
        double radius, hours, silicon, oxide;
    };
    for (const Row& r : {Row{Cylinder::rod, 0.2, 0.25, 0.134474350, 0.260564612},
                         Row{Cylinder::hole, 0.5, 0.25, 0.559634473, 0.411795359},
                         Row{Cylinder::rod, 0.2, 0.5, 0.078769694, 0.288118456},
                         Row{Cylinder::hole, 0.5, 0.5, 0.597201475, 0.338029797}}) {
        const OxidisedCylinder c = oxidise(r.kind, steam1000(), r.radius, r.hours);
        EXPECT_NEAR(c.silicon_um, r.silicon, 1e-7);
        EXPECT_NEAR(c.oxide_um, r.oxide, 1e-7);
        EXPECT_FALSE(c.ended);
    }
}

TEST(Oxidation, WideCylindersOxidiseLikeAPlane) {
    const double plane = oxide_thickness(steam1000(), 0.5);
    const OxidisedCylinder c = oxidise(Cylinder::rod, steam1000(), 1000, 0.5);
    EXPECT_NEAR(c.oxide_um - c.silicon_um, plane, 1e-3 * plane);
    EXPECT_NEAR(1000 - c.silicon_um, 0.44 * plane, 1e-3 * plane);
}

TEST(Oxidation, RodIsConsumedAndHoleCloses) {
    const OxidisedCylinder rod = oxidise(Cylinder::rod, steam1000(), 0.05, 10);
    EXPECT_TRUE(rod.ended);
    EXPECT_LT(rod.hours, 10);
    EXPECT_NEAR(rod.oxide_um, 0.05 / std::sqrt(0.44), 1e-12);
    const OxidisedCylinder hole = oxidise(Cylinder::hole, steam1000(), 0.05, 10);
    EXPECT_TRUE(hole.ended);
    EXPECT_NEAR(hole.oxide_um, 0, 1e-12);
    EXPECT_NEAR(hole.silicon_um, 0.05 / std::sqrt(0.56), 1e-12);
}

}  // namespace
}  // namespace damascene::feature
