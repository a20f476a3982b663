// Uniform polarisation errors of a lens against light whose polarisation needs no Jones matrix.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "damascene/optics/jones.hpp"

using namespace damascene;
using namespace damascene::optics;

namespace {

double largest_difference(const JonesPupil& a, const std::array<std::complex<double>, 4>& b) {
    const auto j = a(0.3, -0.2);
    double most = 0;
    for (std::size_t i = 0; i < 4; ++i) most = std::max(most, std::abs(j[i] - b[i]));
    return most;
}

}  // namespace

TEST(PolarisationError, NoneIsNoMatrixAtAll) { EXPECT_FALSE(uniform_jones({})); }

TEST(PolarisationError, FullDiattenuationIsAPolariser) {
    const double s = std::sqrt(0.5);  // projector on 45 deg, times sqrt(2): unpolarised light keeps its power
    EXPECT_LT(largest_difference(uniform_jones({.diattenuation = 1, .diattenuation_axis = 45 * deg}), {s, s, s, s}),
              1e-15);
}

TEST(PolarisationError, HalfWavePlateSwapsTheAxes) {
    const std::complex<double> i(0, 1);
    EXPECT_LT(largest_difference(uniform_jones({.retardance = 180 * deg, .retardance_axis = 45 * deg}), {0, -i, -i, 0}),
              1e-15);
}

/// More phase is later under exp(-i w t), as in the pupil: y, across the fast axis, lags by a quarter wave.
TEST(PolarisationError, RetardersDelayLightAcrossTheirAxis) {
    const auto j = uniform_jones({.retardance = 90 * deg, .retardance_axis = 0 * deg})(0, 0);
    EXPECT_LT(std::abs(j[3] / j[0] - std::complex<double>(0, 1)), 1e-15);
}

TEST(PolarisationError, RetardersKeepPowerAndDiattenuatorsThatOfNaturalLight) {
    const auto j = uniform_jones(
        {.diattenuation = 0.3, .diattenuation_axis = 20 * deg, .retardance = 50 * deg, .retardance_axis = -35 * deg})(
        0, 0);
    double power = 0;
    for (const auto& c : j) power += std::norm(c) / 2;
    EXPECT_NEAR(power, 1, 1e-15);
}

TEST(PolarisationError, RefusesSharesBeyondOne) {
    EXPECT_THROW(uniform_jones({.diattenuation = 1.1}), InputError);
    EXPECT_THROW(uniform_jones({.diattenuation = -0.1}), InputError);
}

TEST(PolarisationError, NamesAnglesThatAreNotFinite) {
    const double none = std::nan("");
    for (const PolarisationError& e : {PolarisationError{.retardance = none * deg},
                                       PolarisationError{.retardance = 5 * deg, .retardance_axis = none * deg},
                                       PolarisationError{.diattenuation = 0.1, .diattenuation_axis = none * deg}})
        try {
            uniform_jones(e);
            ADD_FAILURE() << "no error";
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find("is not finite"), std::string::npos) << error.what();
        }
}

// Elements linear in px and py lie on the grid's straight lines: nothing is lost between its points.
TEST(JonesMap, IsLinearBetweenPointsInAnyOrder) {
    std::string text = "# px py  xx xy yx yy\n";
    for (const double y : {1.0, -1.0, 0.25})
        for (const double x : {-1.0, 1.0})
            text += fmt::format("{} {}  {} {}  0 {}  0,0  1 0\n", x, y, 1 + 0.25 * x, 0.5 * y, x * y);
    const auto map = jones_from_text(text, "lens.txt");
    const auto j = map(0.3, -0.7);
    EXPECT_NEAR(std::abs(j[0] - std::complex(1.075, -0.35)), 0, 1e-15);
    EXPECT_NEAR(std::abs(j[1] - std::complex(0.0, -0.21)), 0, 1e-15);
    EXPECT_EQ(j[2], 0.0);
    EXPECT_EQ(map(1, 0.25)[0], std::complex(1.25, 0.125));
    EXPECT_EQ(jones_from_text("0 0 1 0 0 0 0 0 0 1", "one.txt")(0.9, -0.1)[3], std::complex(0.0, 1.0));
}

TEST(JonesMap, ComesBeforeTheUniformErrors) {
    const auto swap = jones_from_text("0 0 0 0 1 0 1 0 0 0", "swap.txt");  // x becomes y
    const auto only_x = uniform_jones({.diattenuation = 1});
    EXPECT_EQ(in_turn(swap, only_x)(0, 0)[0], 0.0);
    EXPECT_NEAR(std::abs(in_turn(swap, only_x)(0, 0)[1]), std::sqrt(2.0), 1e-15);
    EXPECT_NEAR(std::abs(in_turn(only_x, swap)(0, 0)[2]), std::sqrt(2.0), 1e-15);
    EXPECT_FALSE(in_turn({}, {}));
}

TEST(JonesMap, FaultsNameTheLine) {
    const auto fault = [](const std::string& text) {
        try {
            jones_from_text(text, "lens.txt");
        } catch (const InputError& e) {
            const Diagnostic& d = e.diagnostics().front();
            return d.code + " " + std::to_string(d.where.line) + " " + d.message;
        }
        return std::string("none");
    };
    const std::string unit = " 1 0 0 0 0 0 1 0\n";
    EXPECT_EQ(fault(""), "D0341 0 no point of the pupil");
    EXPECT_EQ(fault("0 0 1\n"), "D0341 1 a point of a Jones pupil has 10 numbers, this line has 3");
    EXPECT_EQ(fault("-1 0" + unit + "0.5 0" + unit), "D0341 0 px goes from -1 to 0.5 and does not cover the pupil");
    EXPECT_EQ(fault("-1 -1" + unit + "1 1" + unit), "D0341 2 2 points where 2 columns and 2 rows need 4");
    EXPECT_EQ(fault("-1 0" + unit + "1 0" + unit + "1 0" + unit), "D0341 3 the point (1, 0) comes twice");
}
