// Transmission of tubes [Clausing 1932] against the reference table and closed limits.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "damascene/base/error.hpp"
#include "damascene/feature/transport.hpp"
#include "digits.hpp"

namespace damascene::feature {
namespace {

TEST(ClausingTube, EveryRowOfTheTable) {
    std::ifstream file(DAMASCENE_TEST_DATA "/reference/clausing_cylinder.csv");
    int rows = 0;
    for (std::string line; std::getline(file, line);) {
        double length, diameters, transmission;
        char comma;
        std::istringstream fields(line);
        if (!(fields >> length >> comma >> diameters >> comma >> transmission)) continue;
        expect_digit("tube, length over radius " + std::to_string(length),
                     "Clausing's equation, table clausing_cylinder", clausing_tube(length), transmission,
                     1e-8 * transmission);
        ++rows;
    }
    EXPECT_EQ(rows, 27);
}

TEST(ClausingTube, LimitsOfShortAndLongTubes) {
    EXPECT_EQ(clausing_tube(0), 1);
    // W = 1 - L/2 + L^2/4 + O(L^3) for L << 1, and W L -> 8/3 with a correction of order log(L) / L.
    EXPECT_NEAR(clausing_tube(0.01), 1 - 0.005 + 2.5e-5, 1e-6);
    EXPECT_NEAR(clausing_tube(0.001), 1 - 0.0005 + 2.5e-7, 1e-9);
    EXPECT_NEAR(clausing_tube(1e4) * 1e4 * 3 / 8, 1, 2e-3);
    EXPECT_GT(clausing_tube(1e5) * 1e5, clausing_tube(1e4) * 1e4);
    EXPECT_THROW(clausing_tube(-1), InputError);
}

/// Rational-logarithmic approximation, within 7e-4 everywhere and 2e-6 for L <= 2 radii.
TEST(ClausingTube, AgreesWithTheKnownApproximation) {
    for (const double a : {0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 30.0, 500.0}) {
        const double root = std::sqrt(a * a + 4), inner = (8 - a * a) * root + a * a * a - 16;
        const double known = 1 + a * a / 4 - a / 4 * root -
                             inner * inner / (72 * a * root - 288 * std::log(a + root) + 288 * std::log(2.0));
        EXPECT_NEAR(clausing_tube(a), known, a <= 2 ? 3e-6 : 7e-4) << a;
    }
}

TEST(ClausingTube, FallsWithLength) {
    double before = 1;
    for (double length = 0.01; length < 2000; length *= 1.7) {
        const double now = clausing_tube(length);
        EXPECT_LT(now, before);
        before = now;
    }
}

}  // namespace
}  // namespace damascene::feature
