// Main effects against the closed forms of [Ishigami 1990] and of additive functions.
#include "damascene/numerics/variance_shares.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "digits.hpp"
#include "numerics/sobol.hpp"

namespace damascene::numerics {
namespace {

std::vector<std::vector<double>> net(std::size_t n, std::size_t d) {
    const ScrambledSobol sobol(1, 0);
    std::vector<std::vector<double>> u;
    for (std::size_t i = 0; i < n; ++i) {
        const auto p = sobol.point(static_cast<std::uint32_t>(i));
        u.emplace_back(p.begin(), p.begin() + static_cast<std::ptrdiff_t>(d));
    }
    return u;
}

// y = sin a + 7 sin^2 b + 0.1 c^4 sin a on [-pi, pi]^3: S = 0.3139, 0.4424, 0 [Saltelli 2008, eq. 4.38].
TEST(VarianceShares, FollowTheIshigamiFunction) {
    const auto u = net(4096, 3);
    std::vector<double> y;
    for (const auto& p : u) {
        const auto at = [&](std::size_t j) { return std::numbers::pi * (2 * p[j] - 1); };
        y.push_back(std::sin(at(0)) + 7 * std::pow(std::sin(at(1)), 2) + 0.1 * std::pow(at(2), 4) * std::sin(at(0)));
    }
    const VarianceShares shares = sampled_shares(u, y);
    const std::string source = "[Saltelli 2008, eq. 4.38]";
    expect_digit("Ishigami function, share of a", source, shares.main[0], 0.3139, 0.005);
    expect_digit("Ishigami function, share of b", source, shares.main[1], 0.4424, 0.005);
    expect_digit("Ishigami function, share of c", source, shares.main[2], 0, 0.005);
    EXPECT_NEAR(shares.explained, 0.3139 + 0.4424, 0.01);  // the rest is the product of a and c
}

// y = 3 u1 + u2^2 of 24 samples: variances 9/12 and 4/45, degree 2 is exact.
TEST(VarianceShares, ASumOfPolynomialsIsSplitExactly) {
    const auto u = net(24, 2);
    std::vector<double> y;
    for (const auto& p : u) y.push_back(3 * p[0] + p[1] * p[1]);
    const VarianceShares shares = sampled_shares(u, y);
    const double ratio = (9.0 / 12) / (4.0 / 45);
    EXPECT_NEAR(shares.main[0] / shares.main[1], ratio, 1e-8 * ratio);
    EXPECT_NEAR(shares.explained, 1, 1e-12);
}

TEST(VarianceShares, AGridIsSplitByItsMeans) {
    std::vector<double> y;
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 4; ++j) y.push_back(10 * i + j);
    const VarianceShares shares = grid_shares({3, 4}, y);
    const double a = 100 * 2.0 / 3, b = 15.0 / 12;  // (levels^2 - 1) / 12
    EXPECT_NEAR(shares.main[0], a / (a + b), 1e-12);
    EXPECT_NEAR(shares.main[1], b / (a + b), 1e-12);
    EXPECT_NEAR(shares.explained, 1, 1e-12);
}

TEST(VarianceShares, NothingIsClaimedFromTooFewOrEqualValues) {
    EXPECT_TRUE(std::isnan(sampled_shares(net(5, 2), std::vector<double>(5, 1.0)).main[0]));
    EXPECT_TRUE(std::isnan(sampled_shares(net(32, 2), std::vector<double>(32, 0.1)).main[0]));
    EXPECT_TRUE(std::isnan(grid_shares({2}, std::vector<double>{3, 3}).main[0]));
}

}  // namespace
}  // namespace damascene::numerics
