// Laws of emission, scrambled nets and intersections.
#include <gtest/gtest.h>

#include <algorithm>

#include "damascene/base/random.hpp"
#include "feature/rays/emission.hpp"
#include "feature/rays/intersect.hpp"
#include "feature/rays/mesh.hpp"
#include "feature_rays/shapes.hpp"
#include "numerics/sobol.hpp"

namespace damascene::feature::rays {
namespace {

using numerics::ScrambledSobol;
using numerics::sobol_point;

constexpr int draws = 100'000;

// sup |F_n - u| sqrt(n) of what must be uniform; exceeds 1.95 once in a thousand.
double kolmogorov(std::vector<double> u) {
    std::sort(u.begin(), u.end());
    const auto n = static_cast<double>(u.size());
    double worst = 0;
    for (std::size_t k = 0; k < u.size(); ++k)
        worst = std::max(
            {worst, std::abs(u[k] - static_cast<double>(k) / n), std::abs(u[k] - static_cast<double>(k + 1) / n)});
    return worst * std::sqrt(n);
}

// Chi-square of 16 x 16 equal cells, (x - 255) / sqrt(2 255): exceeds 4 less than once in ten thousand.
double chi_square(const std::vector<double>& u, const std::vector<double>& v) {
    std::array<double, 256> count{};
    const auto cell = [](double x) { return std::min(15, static_cast<int>(16 * x)); };
    for (std::size_t k = 0; k < u.size(); ++k) ++count[static_cast<std::size_t>(16 * cell(u[k]) + cell(v[k]))];
    const double expected = static_cast<double>(u.size()) / 256;
    double sum = 0;
    for (double c : count) sum += (c - expected) * (c - expected) / expected;
    return (sum - 255) / std::sqrt(2 * 255.0);
}

double azimuth(double x, double y) { return 0.5 + std::atan2(y, x) / (2 * std::numbers::pi); }

template <class Law>
void expect_uniform(const Law& coordinates, std::uint64_t seed) {
    const KeyedRandom random(seed, 0);
    std::vector<double> u, v;
    for (std::uint64_t k = 0; k < draws; ++k) {
        const auto [a, b] = coordinates(random.uniform(2 * k), random.uniform(2 * k + 1));
        u.push_back(a), v.push_back(b);
    }
    EXPECT_LT(kolmogorov(u), 1.95);
    EXPECT_LT(kolmogorov(v), 1.95);
    EXPECT_LT(chi_square(u, v), 4);
}

TEST(Emission, SurfaceFollowsTheCosineLaw) {
    for (const Vec3& n : {Vec3{0, 0, 1}, Vec3{0, 0, -1}, Vec3{0.6, 0, 0.8}, Vec3{-0.48, 0.6, -0.64}}) {
        const Vec3 t = length(cross(n, {0, 1, 0})) > 0.1 ? cross(n, {0, 1, 0}) : cross(n, {1, 0, 0});
        const Vec3 x = (1 / length(t)) * t, y = cross(n, x);
        expect_uniform(
            [&](double u, double v) {
                const Vec3 d = cosine_direction(n, u, v);
                EXPECT_NEAR(length(d), 1, 1e-12);
                return std::pair(dot(d, n) * dot(d, n), azimuth(dot(d, x), dot(d, y)));
            },
            1);
    }
}

TEST(Emission, CollisionIsIsotropic) {
    expect_uniform(
        [](double u, double v) {
            const Vec3 d = isotropic_direction(u, v);
            return std::pair((1 + d.z) / 2, azimuth(d.x, d.y));
        },
        2);
}

TEST(Emission, SourceFollowsItsCrossingLaw) {
    for (double n : {1.0, 4.0, 1000.0})
        expect_uniform(
            [&](double u, double v) {
                const Vec3 d = beam_direction({.cosine_power = n}, u, v);
                return std::pair(std::pow(-d.z, n + 1), azimuth(d.x, d.y));
            },
            3);
}

TEST(Emission, GaussianBeamHasNormalAngles) {
    const auto normal = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
    for (double tilt : {0.0, 0.2})
        expect_uniform(
            [&](double u, double v) {
                const Vec3 d = beam_direction({.spread_rad = 0.05, .tilt_rad = tilt}, u, v);
                return std::pair(normal((std::atan2(d.x, -d.z) - tilt) / 0.05), normal(std::atan2(d.y, -d.z) / 0.05));
            },
            4);
}

TEST(Sobol, FirstPointsAreTheKnownOnes) {
    const auto value = [](std::uint32_t i, std::size_t d) { return sobol_point(i)[d] * 0x1p-32; };
    for (std::size_t d = 0; d < 8; ++d) EXPECT_EQ(value(1, d), 0.5);
    EXPECT_EQ(value(2, 0), 0.25);
    EXPECT_EQ(value(2, 1), 0.75);
    EXPECT_EQ(value(3, 0), 0.75);
    EXPECT_EQ(value(3, 1), 0.25);
}

// 2^m points: one in each of 2^m equal parts of every coordinate, and in each of the elementary rectangles of the first
// two.
TEST(Sobol, ScrambledPointsFormANet) {
    constexpr int m = 10;
    const ScrambledSobol sobol(5, 3);
    std::vector<std::array<double, 8>> points;
    for (std::uint32_t i = 0; i < 1u << m; ++i) points.push_back(sobol.point(3 * (1u << m) + i));
    for (std::size_t d = 0; d < 8; ++d) {
        std::vector<int> count(1 << m);
        for (const auto& p : points) ++count[static_cast<std::size_t>(p[d] * (1 << m))];
        EXPECT_EQ(std::count(count.begin(), count.end(), 1), 1 << m) << d;
    }
    for (int a = 0; a <= m; ++a) {
        std::vector<int> count(1 << m);
        for (const auto& p : points)
            ++count[static_cast<std::size_t>((static_cast<int>(p[0] * (1 << a)) << (m - a)) +
                                             static_cast<int>(p[1] * (1 << (m - a))))];
        EXPECT_EQ(std::count(count.begin(), count.end(), 1), 1 << m) << a;
    }
}

TEST(Sobol, OnePointIsUniformOverScrambles) {
    std::vector<double> u, v;
    for (std::uint64_t s = 0; s < draws; ++s) {
        const auto p = ScrambledSobol(9, s).point(77);
        u.push_back(p[4]), v.push_back(p[5]);
    }
    EXPECT_LT(kolmogorov(u), 1.95);
    EXPECT_LT(chi_square(u, v), 4);
}

TEST(Intersection, EmbreeAgreesWithEveryTriangleInDouble) {
    const auto mesh = revolved(shapes::spherical_pit(2.2, 24), 48);
    const ImagedMesh imaged = with_images(mesh, box_of(mesh));
    const auto fast = embree_intersector(imaged.triangles), plain = plain_intersector(imaged.triangles);
    const KeyedRandom random(1, 1);
    std::vector<Flight> flights;
    for (std::uint64_t k = 0; k < 20'000; ++k) {
        const auto u = [&](std::uint64_t j) { return random.uniform(8 * k + j); };
        flights.push_back({{u(0) - 0.5, u(1) - 0.5, 0.1 - 0.8 * u(2)}, isotropic_direction(u(3), u(4)), 0, 3});
    }
    std::vector<Meeting> a(flights.size()), b(flights.size());
    fast->meet(flights, a);
    plain->meet(flights, b);
    int same = 0;
    for (std::size_t k = 0; k < flights.size(); ++k) {
        ASSERT_EQ(a[k].triangle < 0, b[k].triangle < 0) << k;
        if (a[k].triangle < 0) continue;
        EXPECT_NEAR(a[k].distance, b[k].distance, 2e-5) << k;
        same += a[k].triangle == b[k].triangle;
    }
    const auto met = std::count_if(b.begin(), b.end(), [](const Meeting& m) { return m.triangle >= 0; });
    EXPECT_GE(same, 0.999 * static_cast<double>(met));
}

// Rays aimed at shared edges from above never pass between triangles.
TEST(Intersection, SharedEdgesAreTight) {
    const auto mesh = revolved(shapes::spherical_pit(1.5, 24), 48);
    const ImagedMesh imaged = with_images(mesh, box_of(mesh));
    const auto fast = embree_intersector(imaged.triangles);
    std::vector<Flight> flights;
    for (std::int32_t t = 0; t < static_cast<std::int32_t>(mesh.triangles.size()); ++t)
        for (int k = 0; k < 3; ++k)
            for (double share : {0.1, 0.5, 0.77}) {
                const Vec3 from = {0.03, 0.02, 1};
                const Vec3 to = (1 - share) * point_of(mesh, t, k) + share * point_of(mesh, t, (k + 1) % 3);
                flights.push_back({from, (1 / length(to - from)) * (to - from), 0, 10});
            }
    std::vector<Meeting> meetings(flights.size());
    fast->meet(flights, meetings);
    for (const Meeting& m : meetings) EXPECT_GE(m.triangle, 0);
}

// The same points and draws: the fluxes differ by single rays that rounding sends to a neighbour.
TEST(Intersection, FluxAgreesWithEveryTriangleInDouble) {
    const auto mesh = revolved(shapes::via(1.5, shapes::even_cuts(4), 2), 16);
    const RaySpecies species = {.sticking = {0.3}, .beam = {.cosine_power = 1}, .mean_free_path_nm = 2};
    RayDomain box = box_of(mesh);
    box.source_z_nm = 0.5;
    const RayOptions options = {.rel_error = 1e-9, .max_rays = 16 * 1000, .start = RayStart::source};
    const auto fast = ray_flux(mesh, box, species, options), plain = ray_flux_plain(mesh, box, species, options);
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        EXPECT_NEAR(fast.incident[t], plain.incident[t], 0.25 * plain.standard_error[t]) << t;
    EXPECT_NEAR(fast.captured, plain.captured, 1e-4);
    EXPECT_EQ(plain.lost, 0);
}

}  // namespace
}  // namespace damascene::feature::rays
