// Spherical pits: every place sees every other alike, so the flux is uniform at any sticking.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "damascene/feature/transport.hpp"
#include "feature_axial/profiles.hpp"

namespace damascene::feature {
namespace {

using namespace axial_tests;

/// f: area of the missing cap over that of the sphere.
double opening_of(double f) { return std::acos(1 - 2 * f); }

Section pit(double f, int n, bool with_field) {
    std::vector<Vec2> outline = pit_outline(opening_of(f), n);
    outline.back().z = 0;
    if (with_field) outline.push_back({3, 0});
    return chain(outline, 0.2);
}

std::size_t wall_pieces(const Section& s) {
    std::size_t n = 0;
    while (n < s.size() && s.pieces[n].a.z < 0) ++n;
    return n;
}

TEST(SphericalPit, FluxIsUniformAndClosed) {
    for (const double f : {0.5, 0.3, 0.1, 0.01})
        for (const bool with_field : {false, true}) {
            const Section section = pit(f, 200, with_field);
            const ViewFactors v = axial_view_factors(section);
            for (const double s : {1.0, 0.5, 0.1, 0.01}) {
                const std::vector<double> flux = incident(v, s);
                for (std::size_t i = 0; i < wall_pieces(section); ++i)
                    ASSERT_NEAR(flux[i], f / (f + s * (1 - f)), 1e-4) << f << " " << s << " " << i;
                if (with_field) {
                    EXPECT_NEAR(flux.back(), 1, 1e-12);
                }
            }
        }
}

TEST(SphericalPit, CapturedShareOfAHemisphere) {
    const Section section = pit(0.5, 200, false);
    const ViewFactors v = axial_view_factors(section);
    for (const double s : {0.5, 0.1}) {
        const std::vector<double> flux = incident(v, s);
        double captured = 0, escaped = 0, entering = 0;
        for (std::size_t i = 0; i < flux.size(); ++i) {
            captured += s * flux[i] * v.area[i];
            escaped += (1 - s) * flux[i] * v.sky[i] * v.area[i];
            entering += v.sky[i] * v.area[i];
        }
        EXPECT_NEAR(captured / entering, 2 * s / (1 + s), 1e-4);
        EXPECT_NEAR((captured + escaped) / entering, 1, 1e-12);
    }
}

/// Principal branch of Lambert's W for x >= 0 by Halley steps.
double lambert_w(double x) {
    double w = std::log1p(x);
    for (int k = 0; k < 50; ++k) {
        const double e = std::exp(w), g = w * e - x;
        w -= g / (e * (w + 1) - (w + 2) * g / (2 * w + 2));
    }
    return w;
}

/// 1 - theta = W(kappa e^(kappa - beta tau)) / kappa, kappa = beta (1 - f) / f.
TEST(SphericalPit, LangmuirDose) {
    struct Case {
        double beta, f, tau, theta;
    };
    for (const Case& c : {Case{1, 0.5, 1, 0.432856710}, Case{1, 0.5, 5, 0.982010897}, Case{0.1, 0.5, 10, 0.609019672},
                          Case{1, 0.1, 8, 0.739449182}, Case{0.01, 0.01, 100, 0.434427496}}) {
        const double kappa = c.beta * (1 - c.f) / c.f;
        ASSERT_NEAR(1 - lambert_w(kappa * std::exp(kappa - c.beta * c.tau)) / kappa, c.theta, 1e-8);
        const ViewFactors v = axial_view_factors(pit(c.f, 100, false));
        // Uniform coverage: sticking is one number, so one row of the matrix advances the dose (classical Runge-Kutta).
        const auto rate = [&](double theta) {
            const double s = c.beta * (1 - theta);
            return s * incident(v, s)[50];
        };
        double theta = 0;
        const int steps = 60;
        const double dt = c.tau / steps;
        for (int k = 0; k < steps; ++k) {
            const double k1 = rate(theta), k2 = rate(theta + 0.5 * dt * k1), k3 = rate(theta + 0.5 * dt * k2);
            theta += dt / 6 * (k1 + 2 * k2 + 2 * k3 + rate(theta + dt * k3));
        }
        EXPECT_NEAR(theta, c.theta, 1e-4) << c.beta << " " << c.f << " " << c.tau;
    }
}

TEST(SphericalPit, ErrorFallsWithTheSquareOfThePieces) {
    std::vector<double> n, error;
    for (const int pieces : {10, 20, 40, 80}) {
        n.push_back(pieces);
        error.push_back(
            incident(axial_view_factors(pit(0.3, pieces, false)), 0.2)[static_cast<std::size_t>(pieces / 2)] -
            0.3 / (0.3 + 0.2 * 0.7));
    }
    const Slope order = slope(n, error);
    std::printf("order %.3f +- %.3f\n", -order.value, order.error);
    EXPECT_GT(-order.value, 1.8);
}

TEST(SphericalVoid, SeesOnlyItself) {
    Section s = chain({{0, 0}, {6, 0}}, 0.5);
    std::vector<Vec2> ball = pit_outline(0, 40);
    for (Vec2& v : ball) v.z -= 3;
    ball.back().x = 0;
    add_chain(s, ball, 1);
    const ViewFactors f = axial_view_factors(s);
    const auto n = static_cast<std::size_t>(f.n);
    double total = 0;
    for (std::size_t j = s.chain_begin[1]; j < n; ++j) total += f.area[j];
    for (std::size_t i = s.chain_begin[1]; i < n; ++i) {
        EXPECT_EQ(f.sky[i], 0);
        for (std::size_t j = 0; j < s.chain_begin[1]; ++j) EXPECT_EQ(f.factor[i * n + j], 0);
        // A sphere sees itself evenly: F_ij = A_j / A, to the facets' error.
        for (std::size_t j = s.chain_begin[1]; j < n; ++j)
            EXPECT_NEAR(f.factor[i * n + j], f.area[j] / total, 0.02 * f.area[j] / total + (i == j ? 3e-3 : 0));
    }
}

}  // namespace
}  // namespace damascene::feature
