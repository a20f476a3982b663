// Surfaces and speeds that the tests of the level set share.
#pragma once

#include <cmath>
#include <numbers>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature {

constexpr double pi = std::numbers::pi;

/// phi of a formula on a box of nodes with spacing h.
template <class Phi>
Surface sampled(double half_width, double z0, double z1, double h, const Phi& phi, Side side = Side::mirror) {
    Surface s = flat_surface(
        {.left = side, .right = side, .x0_nm = -half_width, .x1_nm = half_width, .z0_nm = z0, .z1_nm = z1, .h_nm = h},
        "solid", 0.5 * (z0 + z1));
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) s.phi[0].at(i, j) = phi(-half_width + i * h, z0 + j * h);
    return s;
}

/// A disc of solid above a flat floor at z = floor, both exact; the gap is wide.
inline Surface disc(double half_width, double floor, double top, double h, double radius) {
    return sampled(half_width, floor - 8 * h, top, h,
                   [&](double x, double z) { return std::min(std::hypot(x, z) - radius, z - floor); });
}

inline Surface trench(double width, double depth, double h, double half_width, double above, double sidewall_deg = 90) {
    Surface s = flat_surface(
        {.x0_nm = -half_width, .x1_nm = half_width, .z0_nm = -depth - 15 * h, .z1_nm = above, .h_nm = h}, "substrate");
    carve(s, {.width_nm = width, .depth_nm = depth, .sidewall_deg = sidewall_deg});
    return s;
}

inline SurfaceSpeed uniform(const Section& section, double speed) {
    return {.isotropic = {std::vector<double>(section.size(), speed)}};
}

/// Moves with one speed for all, in `steps` moves; the surface's section is taken anew for each.
inline MotionReport move_uniformly(Surface& s, double speed, double duration, int steps,
                                   const MotionOptions& options = {}) {
    MotionReport sum;
    for (int k = 0; k < steps; ++k) {
        const Section section = section_of(s, 1.5 * s.h_nm());
        const MotionReport r = move(s, section, uniform(section, speed), duration / steps, options);
        sum.added += r.added;
        sum.removed += r.removed;
        sum.substeps += r.substeps;
    }
    return sum;
}

/// Heun's method as the process driver steps: speeds on the surface and on the predicted one. Returns int int V dA dt.
template <class Speed>
double step_by_heun(Surface& s, const Speed& speed, double dt, double piece) {
    const auto rate = [](const Section& c, const SurfaceSpeed& v) {
        double sum = 0;
        for (std::size_t p = 0; p < c.size(); ++p) sum += v.isotropic[0][p] * length_nm(c.pieces[p]);
        return sum;
    };
    const Section now = section_of(s, piece);
    const SurfaceSpeed first = speed(now);
    refresh_band(s, 2 * s.h_nm());
    Surface predicted = s;
    move(predicted, now, first, dt);
    const Section then = section_of(predicted, piece);
    const SurfaceSpeed second = speed(then);
    move(predicted, then, second, dt);
    s = blend(s, predicted, 0.5);
    return 0.5 * dt * (rate(now, first) + rate(then, second));
}

inline double phi_at(const Surface& s, double x, double z) {
    const double u = (x - s.grid.x0.in(nm)) / s.h_nm(), v = (z - s.grid.y0.in(nm)) / s.h_nm();
    const int i = static_cast<int>(std::floor(u)), j = static_cast<int>(std::floor(v));
    const auto& f = s.phi.back();
    const double a = u - i, b = v - j;
    return (1 - b) * ((1 - a) * f.at(i, j) + a * f.at(i + 1, j)) +
           b * ((1 - a) * f.at(i, j + 1) + a * f.at(i + 1, j + 1));
}

/// Height of the surface in column x, from above.
inline double height_at(const Surface& s, double x) {
    const double h = s.h_nm();
    for (double z = s.grid.y0.in(nm) + (s.grid.ny - 1) * h; z > s.grid.y0.in(nm) + h; z -= h) {
        const double a = phi_at(s, x, z - 1e-9), b = phi_at(s, x, z - h - 1e-9);
        if (b < 0 && a >= 0) return z - 1e-9 - h * a / (a - b);
    }
    return std::nan("");
}

}  // namespace damascene::feature
