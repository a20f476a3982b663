// The linear system of diffuse exchange: balances, limits, adjoints.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

std::vector<double> drawn(std::size_t n, std::uint64_t seed, double low, double high) {
    const KeyedRandom random(seed, 3);
    std::vector<double> v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = low + (high - low) * random.uniform(i);
    return v;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

/// The sum over bounces, until nothing is left.
std::vector<double> neumann(const ViewFactors& f, const std::vector<double>& s, const std::vector<double>& direct) {
    std::vector<double> total = direct, flying = direct;
    for (int bounce = 0; bounce < 100000; ++bounce) {
        std::vector<double> next(direct.size(), 0.0);
        for (std::size_t i = 0; i < direct.size(); ++i)
            for (std::size_t j = 0; j < direct.size(); ++j)
                next[i] += f.at(static_cast<int>(i), static_cast<int>(j)) * (1 - s[j]) * flying[j];
        double left = 0;
        for (std::size_t i = 0; i < direct.size(); ++i) total[i] += next[i], left = std::max(left, next[i]);
        flying = next;
        if (left < 1e-16) break;
    }
    return total;
}

TEST(Radiosity, EqualsTheSumOverBounces) {
    for (Side side : {Side::open, Side::mirror, Side::periodic}) {
        const Section section = shapes::reentrant(4, 70, side);
        const ViewFactors f = planar_view_factors(section);
        const std::vector<double> s = drawn(section.size(), 1, 0.05, 1.0), direct = drawn(section.size(), 2, 0, 1);
        const std::vector<double> truth = neumann(f, s, direct);
        EXPECT_LT(farthest(Radiosity(f, s).solve(direct).incident, truth), 1e-12);
        EXPECT_LT(farthest(diffuse_flux(f, s, direct).incident, truth), 1e-11);
    }
}

TEST(Radiosity, CapturedAndEscapedAreWhatEnters) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Section section = shapes::reentrant(seed, 150, Side::mirror);
        const ViewFactors f = planar_view_factors(section);
        for (double s : {1.0, 0.1, 1e-3, 1e-6}) {
            const FluxSolution flux = diffuse_flux(f, std::vector<double>(section.size(), s), f.sky);
            EXPECT_TRUE(flux.converged);
            EXPECT_LT(flux.balance_error, 1e-10);
            EXPECT_NEAR(flux.entering, 6, 1e-10);
        }
    }
}

TEST(Radiosity, NothingSticksEverywhereTheSame) {
    for (const Section& section : {shapes::trench(20, 200, 10), shapes::reentrant(8, 150, Side::periodic),
                                   shapes::chain({{-1, 1}, {0, 1}, {0, 0}, {1, 0}}, {3, 9, 5})}) {
        const ViewFactors f = planar_view_factors(section);
        const std::vector<double> none(section.size(), 0.0);
        for (const FluxSolution& flux : {Radiosity(f, none).solve(f.sky), diffuse_flux(f, none, f.sky)})
            for (double g : flux.incident) EXPECT_NEAR(g, 1, 1e-8);
    }
}

Section with_void() {
    Section s = shapes::trench(1, 10, 10);
    shapes::add_rectangle(s, {-0.3, -3}, {0.4, -2}, 10, false);
    return s;
}

TEST(Radiosity, SealedVoidWhereNothingSticksStaysEmpty) {
    const Section section = with_void();
    const ViewFactors f = planar_view_factors(section);
    for (double s : {0.0, 1e-12, 0.3}) {
        std::vector<double> sticking(section.size(), s);
        for (const FluxSolution& flux : {Radiosity(f, sticking).solve(f.sky), diffuse_flux(f, sticking, f.sky)}) {
            for (std::size_t i = 32; i < section.size(); ++i) EXPECT_EQ(flux.incident[i], 0.0);
            EXPECT_GT(flux.incident[15], 0.3);
        }
        const std::vector<double> mu = Radiosity(f, sticking).adjoint(std::vector<double>(section.size(), 1.0));
        for (double m : mu) EXPECT_TRUE(std::isfinite(m));
    }
}

// What is launched evenly inside a void comes back 1 / s times.
TEST(Radiosity, EvenLaunchInAVoid) {
    const Section section = with_void();
    const ViewFactors f = planar_view_factors(section);
    std::vector<double> launched(section.size(), 0.0);
    std::fill(launched.begin() + 32, launched.end(), 1.0);
    for (double s : {0.9, 0.1, 1e-3}) {
        const FluxSolution flux = diffuse_flux(f, std::vector<double>(section.size(), s), launched);
        for (std::size_t i = 32; i < section.size(); ++i) EXPECT_NEAR(flux.incident[i] * s, 1, 1e-9);
    }
}

// dJ/d(direct) = mu: J = g . Gamma = mu . direct.
TEST(Radiosity, AdjointCarriesEverySource) {
    for (Side side : {Side::open, Side::periodic}) {
        const Section section = shapes::reentrant(9, 90, side);
        const ViewFactors f = planar_view_factors(section);
        const std::vector<double> s = drawn(section.size(), 5, 0, 1), g = drawn(section.size(), 6, -1, 1);
        const Radiosity radiosity(f, s);
        const std::vector<double> mu = radiosity.adjoint(g);
        for (std::uint64_t seed = 20; seed < 25; ++seed) {
            const std::vector<double> direct = drawn(section.size(), seed, 0, 1);
            EXPECT_NEAR(dot(mu, direct), dot(g, radiosity.solve(direct).incident), 1e-10);
        }
    }
}

TEST(Radiosity, StickingGradientLeavesASecondOrderRemainder) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Section section = shapes::reentrant(seed, 60, Side::mirror);
        const ViewFactors f = planar_view_factors(section);
        const std::vector<double> s = drawn(section.size(), seed + 40, 0.1, 0.8),
                                  way = drawn(section.size(), seed + 80, -1, 1),
                                  g = drawn(section.size(), seed + 120, 0, 1);
        const Radiosity radiosity(f, s);
        const FluxSolution flux = radiosity.solve(f.sky);
        const std::vector<double> gradient = radiosity.sticking_gradient(radiosity.adjoint(g), flux);
        const double start = dot(g, flux.incident), slope = dot(gradient, way);
        auto value = [&](double step) {
            std::vector<double> moved = s;
            for (std::size_t i = 0; i < s.size(); ++i) moved[i] += step * way[i];
            return dot(g, Radiosity(f, moved).solve(f.sky).incident);
        };
        const double far = std::abs(value(1e-2) - start - 1e-2 * slope);
        const double near = std::abs(value(1e-3) - start - 1e-3 * slope);
        EXPECT_NEAR(std::log10(far / near), 2, 0.1) << seed;
        EXPECT_NEAR((value(1e-4) - value(-1e-4)) / 2e-4, slope, 1e-6 * std::max(1.0, std::abs(slope))) << seed;
    }
}

}  // namespace
}  // namespace damascene::feature
