// Directional arrival on planar pieces.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "feature_flux/shapes.hpp"

namespace damascene::feature {
namespace {

using std::numbers::pi;

Section trench_with_centre(double depth) {
    return shapes::chain(
        {{-1.5, 0}, {-0.5, 0}, {-0.5, -depth}, {-1e-5, -depth}, {1e-5, -depth}, {0.5, -depth}, {0.5, 0}, {1.5, 0}},
        {1, 1, 1, 1, 1, 1, 1});
}
Section step() { return shapes::chain({{-1, 1}, {0, 1}, {0, 0}, {1, 0}}, {1, 1, 1}); }

TEST(BeamFlux, TrenchCentreUnderCosinePowers) {
    EXPECT_NEAR(beam_flux(trench_with_centre(4), {.cosine_power = 50})[3], 0.623777787, 1e-9);
    EXPECT_NEAR(beam_flux(trench_with_centre(10), {.cosine_power = 500})[3], 0.736388196, 1e-9);
}

TEST(BeamFlux, StepWallUnderCosinePowers) {
    const double expected[][2] = {{1, 0.5}, {10, 0.129344970}, {100, 0.039994087}, {1000, 0.012618817}};
    for (const auto& [n, wall] : expected) EXPECT_NEAR(beam_flux(step(), {.cosine_power = n})[1], wall, 1e-9);
    for (double n : {0.5, 2.5, 7.0})  // (n + 1)/(2 pi) B(3/2, n/2)
        EXPECT_NEAR(beam_flux(step(), {.cosine_power = n})[1],
                    (n + 1) / (2 * pi) * std::exp(std::lgamma(1.5) + std::lgamma(n / 2) - std::lgamma(1.5 + n / 2)),
                    1e-6);
}

TEST(BeamFlux, LevelFieldGetsOne) {
    const Section flat = shapes::chain({{0, 0}, {1, 0}}, {3}, Side::mirror);
    for (const Beam& beam :
         {Beam{.cosine_power = 1}, Beam{.cosine_power = 0.7}, Beam{.cosine_power = 2000}, Beam{.spread_rad = 0.02},
          Beam{.spread_rad = 0.3, .tilt_rad = 0.2}, Beam{.tilt_rad = 0.4}, Beam{.cosine_power = 100, .tilt_rad = 0.3}})
        for (double g : beam_flux(flat, beam)) EXPECT_NEAR(g, 1, 1e-6);
}

TEST(BeamFlux, ThermalGasIsTheShareOfSky) {
    for (Side side : {Side::open, Side::mirror, Side::periodic})
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            const Section s = shapes::reentrant(seed, 120, side);
            const ViewFactors f = planar_view_factors(s);
            const std::vector<double> flux = beam_flux(s, {.cosine_power = 1});
            for (std::size_t i = 0; i < s.size(); ++i) EXPECT_NEAR(flux[i], f.sky[i], 3e-6) << seed << " piece " << i;
        }
}

// Every particle that crosses the mouth arrives somewhere.
TEST(BeamFlux, ArrivesWhole) {
    for (const Beam& beam :
         {Beam{.cosine_power = 20}, Beam{.spread_rad = 0.05, .tilt_rad = 0.1}, Beam{.tilt_rad = -0.3}}) {
        const Section s = shapes::reentrant(12, 200, Side::periodic);
        const std::vector<double> flux = beam_flux(s, beam), area = areas(s);
        double sum = 0;
        for (std::size_t i = 0; i < s.size(); ++i) sum += flux[i] * area[i];
        EXPECT_NEAR(sum, 6, 1e-6);
    }
}

TEST(BeamFlux, TiltedRayCastsAShadow) {
    const Section s = shapes::trench(2, 100, 10);
    const double tilt = std::atan(0.5);  // travels towards +x: enters at the left rim, falls 2 per 1 across
    const std::vector<double> flux = beam_flux(s, {.tilt_rad = tilt});
    for (std::size_t k = 1; k <= 100; ++k) EXPECT_EQ(flux[k], 0.0);             // left wall
    for (std::size_t k = 101; k <= 110; ++k) EXPECT_NEAR(flux[k], 0.0, 1e-12);  // bottom: just shadowed
    for (std::size_t k = 111; k <= 210; ++k) EXPECT_NEAR(flux[k], 0.5, 1e-12);  // right wall: tan(tilt)
}

TEST(BeamFlux, NarrowBeamsTendToTheRay) {
    const Section s = shapes::trench(2, 20, 10);
    const Beam ray{.tilt_rad = 0.2};
    const std::vector<double> truth = beam_flux(s, ray), gaussian = beam_flux(s, {.spread_rad = 1e-5, .tilt_rad = 0.2}),
                              power = beam_flux(s, {.cosine_power = 1e9, .tilt_rad = 0.2});
    for (std::size_t i = 0; i < s.size(); ++i) {
        EXPECT_NEAR(gaussian[i], truth[i], 1e-3);
        EXPECT_NEAR(power[i], truth[i], 1e-3);
    }
}

// weight = cos theta on a level field under a cos^n source: <cos theta> = (n + 1)/(n + 2); on others against a direct
// sum.
TEST(BeamFlux, WeightsByTheAngleOfIncidence) {
    const auto cosine = [](double c) { return c; };
    for (double n : {1.0, 5.0, 300.0})
        EXPECT_NEAR(beam_flux(step(), {.cosine_power = n}, cosine)[0], (n + 1) / (n + 2), 1e-9);
    // Vertical wall above a step: int p sin(vartheta) cos(phi)/cos(vartheta) (sin vartheta cos phi) dOmega over half
    // the sky.
    const double n = 3;
    double sum = 0;
    const int parts = 4000;
    for (int k = 0; k < parts; ++k) {
        const double polar = 0.5 * pi * (k + 0.5) / parts;
        sum += (n + 1) / (2 * pi) * std::pow(std::cos(polar), n - 1) * std::pow(std::sin(polar), 3) * (0.5 * pi) *
               (0.5 * pi / parts);
    }
    EXPECT_NEAR(beam_flux(step(), {.cosine_power = n}, cosine)[1], sum, 1e-6);
    EXPECT_NEAR(beam_flux(step(), {.spread_rad = 0.01}, cosine)[0], 1 - 0.01 * 0.01,
                1e-7);  // <cos> of two normal angles
}

// Gaussian beam into a re-entrant surface against a plain sum over places and directions.
TEST(BeamFlux, GaussianMatchesAPlainSum) {
    const Section s = shapes::reentrant(3, 40, Side::periodic);
    const double spread = 0.2, tilt = 0.1;
    const std::vector<double> flux = beam_flux(s, {.spread_rad = spread, .tilt_rad = tilt});
    std::vector<Piece> walls;
    for (double shift : {-12.0, -6.0, 0.0, 6.0, 12.0})
        for (const Piece& p : s.pieces) walls.push_back({{p.a.x + shift, p.a.z}, {p.b.x + shift, p.b.z}});
    for (std::size_t i = 0; i < s.size(); i += 3) {
        const Piece& p = s.pieces[i];
        const Vec2 n = normal(p);
        double sum = 0;
        const int places = 100, directions = 400;
        for (int k = 0; k < directions; ++k) {
            const double z = 5 * (2 * (k + 0.5) / directions - 1), alpha = tilt + spread * z;
            const Vec2 e{-std::sin(alpha), std::cos(alpha)};
            const double c = n.x * e.x + n.z * e.z;
            if (c <= 0) continue;
            int open = 0;
            for (int m = 0; m < places; ++m) {
                const double u = (m + 0.5) / places, x = p.a.x + u * (p.b.x - p.a.x), h = p.a.z + u * (p.b.z - p.a.z);
                bool blocked = false;
                for (std::size_t j = 0; j < walls.size() && !blocked; ++j) {
                    if (j == i + 2 * s.size()) continue;
                    const Piece& q = walls[j];
                    const double dx = q.b.x - q.a.x, dz = q.b.z - q.a.z, det = e.x * dz - e.z * dx;
                    const double along = ((q.a.x - x) * dz - (q.a.z - h) * dx) / det;
                    const double place = ((q.a.x - x) * e.z - (q.a.z - h) * e.x) / det;
                    blocked = along > 0 && place >= 0 && place <= 1;
                }
                open += !blocked;
            }
            sum +=
                std::exp(-0.5 * z * z) / std::sqrt(2 * pi) * (10.0 / directions) * c / std::cos(alpha) * open / places;
        }
        EXPECT_NEAR(flux[i], sum, 2e-3) << i;
    }
}

// An island far aside makes the engine look by sight; what it does not touch stays the same.
TEST(BeamFlux, IslandsAreSeen) {
    Section s = shapes::trench(1, 8, 8, 8);
    const std::size_t before = s.size();
    shapes::add_rectangle(s, {-0.25, 0.5}, {0.25, 0.75}, 4, true);
    const std::vector<double> ray = beam_flux(s, {});
    for (std::size_t k = 0; k < before; ++k) {
        const Vec2 at = midpoint(s.pieces[k]);
        const bool level = normal(s.pieces[k]).z > 0.5, shaded = std::abs(at.x) < 0.25;
        EXPECT_NEAR(ray[k], level && !shaded ? 1.0 : 0.0, 1e-12) << k;
    }
    const ViewFactors f = planar_view_factors(s);
    const std::vector<double> thermal = beam_flux(s, {.cosine_power = 1});
    for (std::size_t k = 0; k < s.size(); ++k) EXPECT_NEAR(thermal[k], f.sky[k], 5e-3) << k;
}

TEST(BeamFlux, SameBitsAtAnyThreadCount) {
    const Section s = shapes::reentrant(2, 300, Side::mirror);
    const int threads = thread_count();
    set_thread_count(1);
    const std::vector<double> one = beam_flux(s, {.cosine_power = 30});
    for (int count : {2, 3}) {
        set_thread_count(count);
        EXPECT_EQ(one, beam_flux(s, {.cosine_power = 30}));
    }
    set_thread_count(threads);
}

}  // namespace
}  // namespace damascene::feature
