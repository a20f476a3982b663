// Uniform polarisation errors of a lens against light whose polarisation needs no Jones matrix.
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
