// Surfaces that move in 3D against exact motions and against the planar solution.
#include "shapes.hpp"

#include <algorithm>
#include <numbers>

#include "damascene/feature/process.hpp"

namespace damascene::feature {
namespace {

std::array<double, 3> normal_of(const TriangleMesh& mesh, std::size_t t) {
    const auto& p = mesh.points[static_cast<std::size_t>(mesh.triangles[t][0])];
    const auto& q = mesh.points[static_cast<std::size_t>(mesh.triangles[t][1])];
    const auto& r = mesh.points[static_cast<std::size_t>(mesh.triangles[t][2])];
    const std::array<double, 3> a = {q[0] - p[0], q[1] - p[1], q[2] - p[2]},
                                b = {r[0] - p[0], r[1] - p[1], r[2] - p[2]};
    std::array<double, 3> n = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    const double l = std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    for (double& c : n) c /= l;
    return n;
}

/// Mean of both one-sided mean distances between the surface's points and a sphere.
double chamfer(const Volume& v, std::array<double, 3> c, double r) {
    const TriangleMesh mesh = surface_mesh(v);
    double there = 0, back = 0;
    for (const auto& p : mesh.points) there += std::abs(std::hypot(p[0] - c[0], p[1] - c[1], p[2] - c[2]) - r);
    const int n = 400;
    for (int k = 0; k < n; ++k) {  // Fibonacci points of the sphere, against phi of the surface
        const double z = 1 - (2 * k + 1.0) / n, a = k * std::numbers::pi * (3 - std::sqrt(5.0)),
                     s = std::sqrt(1 - z * z);
        back += std::abs(distance_nm(v, 0, {c[0] + r * s * std::cos(a), c[1] + r * s * std::sin(a), c[2] + r * z})) / n;
    }
    return 0.5 * (there / static_cast<double>(mesh.points.size()) + back);
}

struct Moved {
    double distance = 0, volume = 0;
};
// Sphere of radius 1.5 on cells of 0.15, shifted by 0.5 or grown by 0.5.
Moved moved_ball(bool grow, SpaceOrder space, TimeOrder time) {
    Volume v{.box = {-3, 3, -3, 3, -3, 3, 0.15}};
    add_solid(v, sphere_solid({0, 0, 0}, 1.5), "ball");
    const int steps = 8;
    const std::array<double, 3> along = {0.5 / std::sqrt(3.0), 0.5 / std::sqrt(3.0), 0.5 / std::sqrt(3.0)};
    for (int k = 0; k < steps; ++k) {
        const TriangleMesh mesh = surface_mesh(v);
        std::vector<double> speed(mesh.triangles.size(), 0.5);
        if (!grow)
            for (std::size_t t = 0; t < speed.size(); ++t) {
                const auto n = normal_of(mesh, t);
                speed[t] = n[0] * along[0] + n[1] * along[1] + n[2] * along[2];
            }
        move(v, mesh, speed, 1.0 / steps, {.space = space, .time = time});
    }
    const std::array<double, 3> center = grow ? std::array<double, 3>{0, 0, 0} : along;
    const double r = grow ? 2.0 : 1.5;
    return {chamfer(v, center, r), volume(v, 0) / (4.0 / 3 * std::numbers::pi * r * r * r)};
}

TEST(MovingBall, StaysABallWhenShifted) {  // FS-25
    const Moved third = moved_ball(false, SpaceOrder::weno3, TimeOrder::rk3),
                fifth = moved_ball(false, SpaceOrder::weno5, TimeOrder::rk2);
    EXPECT_LE(third.distance, 0.016);
    EXPECT_LE(fifth.distance, 0.008);
    EXPECT_NEAR(fifth.volume, 1, 0.01);
}

TEST(MovingBall, GrowsToTheLargerBall) {
    const Moved third = moved_ball(true, SpaceOrder::weno3, TimeOrder::rk2),
                fifth = moved_ball(true, SpaceOrder::weno5, TimeOrder::rk3);
    EXPECT_LE(third.distance, 0.016);
    EXPECT_LE(fifth.distance, 0.008);
    EXPECT_NEAR(fifth.volume, 1, 0.01);
}

TEST(ConformalGrowth, BoxGrowsBySteinersFormula) {
    // V + S t + (pi / 4) L t^2 + (4 / 3) pi t^3, L = total length of the edges of a box.
    const double a = 20, b = 14, c = 10, t = 6.5;
    std::vector<double> h = {1.6, 1.15, 0.8, 0.55}, error;
    for (double cell : h) {
        Volume v{.box = box_around(-20, -20, 20, 20, -20, 20, cell)};
        add_solid(v, box_solid({-a / 2, -b / 2, -c / 2}, {a / 2, b / 2, c / 2}), "box");
        begin_film(v, "film");
        offset_surface(v, t);
        const double exact = 2 * (a * b + b * c + c * a) * t + std::numbers::pi * (a + b + c) * t * t +
                             4.0 / 3 * std::numbers::pi * t * t * t;
        error.push_back(std::abs(volume(v, 1) - exact) / exact);
    }
    EXPECT_LE(error[0], 0.02);
    EXPECT_LE(error.back(), 0.005);
}

TEST(ConformalGrowth, FieldIsExactAndRecessUndoesIt) {
    Volume v = flat_volume({0, 10, 0, 10, -10, 20, 0.5}, "Si");
    begin_film(v, "film");
    offset_surface(v, 7.3);
    EXPECT_NEAR(volume(v, 1), 730, 1e-6);
    offset_surface(v, -9.3);
    EXPECT_NEAR(volume(v, 1), 0, 1e-6);
    EXPECT_NEAR(volume(v, 0), 800, 1e-6) << "two nanometres into the substrate";
}

// A trench along y: 60 wide, 90 deep, film of sticking 0.5, 16 nm on the field.
constexpr double trench_h = 3, grown = 16;

Volume trench3(Side side) {
    Volume v = flat_volume({-60, 60, 0, 12, -120, 36, trench_h, side}, "Si");
    remove_solid(v, box_solid({-30, -100, -90}, {30, 100, 100}));
    return v;
}

VolumeOutcome grown3(Side side = Side::mirror) {
    VolumeProcess p;
    p.species = {{.name = "neutral", .sticking = {0.5}}};
    p.speed = [](int, double, std::span<const double> arrivals) { return arrivals[0]; };
    return run_volume_process(trench3(side), p, "film", {.duration_s = grown, .rays = {.rel_error = 0.06}});
}

Surface grown2() {
    Surface s = flat_surface({.x0_nm = -60, .x1_nm = 60, .z0_nm = -120, .z1_nm = 36, .h_nm = 1.5}, "Si");
    carve(s, {.width_nm = 60, .depth_nm = 90});
    Process p;
    p.species = {{.name = "neutral"}};
    p.sticking = [](int, const Section&, const std::vector<std::vector<double>>&, std::span<double> sticking) {
        std::fill(sticking.begin(), sticking.end(), 0.5);
    };
    p.speed = [](const Section&, const std::vector<std::vector<double>>& arrivals, std::span<const std::string>) {
        return SurfaceSpeed{{arrivals[0]}, {}, {}};
    };
    p.flat_speed_nm_s = 1;
    return run_process(s, p, "film", {.stop = {.duration_s = grown}}).surface;
}

double bilinear(const Surface& s, double x, double z) {
    const double u = (x - s.grid.x0.in(nm)) / s.h_nm(), w = (z - s.grid.y0.in(nm)) / s.h_nm();
    const int i = std::clamp(static_cast<int>(u), 0, s.grid.nx - 2),
              j = std::clamp(static_cast<int>(w), 0, s.grid.ny - 2);
    const auto& f = s.phi.back();
    const double a = u - i, b = w - j;
    return (1 - b) * ((1 - a) * f.at(i, j) + a * f.at(i + 1, j)) +
           b * ((1 - a) * f.at(i, j + 1) + a * f.at(i + 1, j + 1));
}

TEST(TracedGrowth, TrenchAlongYIsThePlanarTrench) {
    const VolumeOutcome solid = grown3();
    const Surface planar = grown2();
    const TriangleMesh mesh = surface_mesh(solid.volume);
    EXPECT_NO_THROW(check_mesh(mesh, ray_domain(solid.volume)));
    double worst = 0, mean = 0;
    for (const auto& p : mesh.points) {
        const double d = std::abs(bilinear(planar, p[0], p[2]));
        worst = std::max(worst, d), mean += d / static_cast<double>(mesh.points.size());
    }
    EXPECT_LE(worst, trench_h);
    EXPECT_LE(mean, 0.2 * trench_h) << "rays to 6 % per triangle";
    EXPECT_LE(solid.mass_balance_error, 0.03);
    EXPECT_NEAR(volume(solid.volume, 1), 12 * volume(planar, 1), 0.03 * 12 * volume(planar, 1));
    EXPECT_TRUE(solid.voids.empty());
}

TEST(TracedGrowth, SameBitsAtAnyThreadCount) {
    std::vector<TriangleMesh> meshes;
    const int before = thread_count();
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        VolumeProcess p;
        p.species = {{.name = "neutral", .sticking = {0.5}}};
        p.speed = [](int, double, std::span<const double> arrivals) { return arrivals[0]; };
        meshes.push_back(surface_mesh(
            run_volume_process(trench3(Side::mirror), p, "film", {.duration_s = 3, .rays = {.rel_error = 0.2}})
                .volume));
    }
    set_thread_count(before);
    for (std::size_t k = 1; k < meshes.size(); ++k) {
        EXPECT_EQ(meshes[k].points, meshes[0].points);
        EXPECT_EQ(meshes[k].triangles, meshes[0].triangles);
        EXPECT_EQ(meshes[k].material, meshes[0].material);
    }
}

TEST(TracedGrowth, DirectedEtchLowersOnlyOpenFloors) {
    // A vertical beam: speed -n_z where bare silicon shows, nothing on the mask.
    const std::vector<Layer> stack = {{"mask", 12}};
    Volume v = flat_volume({-30, 30, 0, 9, -45, 24, 1.5}, "Si", 0, stack);
    const std::vector<EtchLayer> layers = {{.depth_nm = 12}};
    etch(v, rectangle(-15, -20, 15, 30), 12, layers);
    VolumeProcess p;
    p.speed = [](int material, double n_z, std::span<const double>) {
        return material == 0 ? -std::max(0.0, n_z) : 0.0;
    };
    const VolumeOutcome out = run_volume_process(v, p, "mask", {.duration_s = 20});
    EXPECT_NEAR(volume(v, 0) - volume(out.volume, 0), 30 * 9 * 20, 2 * 1.5 * 9 * 20) << "both walls within one cell";
    EXPECT_NEAR(volume(out.volume, 1), volume(v, 1), 0.04 * volume(v, 1));
}

TEST(VolumeInput, ImpossibleMotionIsRefused) {
    Volume v = flat_volume({0, 12, 0, 12, -12, 12, 1}, "Si");
    const TriangleMesh mesh = surface_mesh(v);
    const std::vector<double> few(3, 1.0), good(mesh.triangles.size(), 1.0);
    std::vector<double> nan = good;
    nan[5] = NAN;
    EXPECT_THROW(move(v, mesh, few, 1), InputError);
    EXPECT_THROW(move(v, mesh, nan, 1), InputError);
    EXPECT_THROW(move(v, mesh, good, 5), InputError) << "five cells at once";
    VolumeProcess p;
    EXPECT_THROW(run_volume_process(v, p, "film", {.duration_s = 1}), InputError);
    p.speed = [](int, double, std::span<const double>) { return 1.0; };
    EXPECT_THROW(run_volume_process(v, p, "film", {.duration_s = 0}), InputError);
    EXPECT_THROW(run_volume_process(v, p, "film", {.duration_s = 100}), InputError) << "out of the box";
    p.species = {{.name = "odd", .sticking = {1.5}}};
    EXPECT_THROW(run_volume_process(v, p, "film", {.duration_s = 1}), InputError);
}

}  // namespace
}  // namespace damascene::feature
