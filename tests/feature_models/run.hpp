// Surface models by name, with their defaults and a few values replaced; values in SI.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "damascene/feature.hpp"

namespace damascene::feature {

using Given = std::vector<std::pair<std::string, ParamValue>>;

inline const SurfaceModel& surface_model(const std::string& name) {
    for (const SurfaceModel* m : surface_models())
        if (m->info.name == name) return *m;
    throw InputError("D0409", "no surface model " + name);
}

inline ProcessOutcome run_model(const std::string& name, Surface start, const Given& given, const Context& context = {},
                                std::uint64_t seed = 1) {
    const SurfaceModel& model = surface_model(name);
    ParamValues values = default_values(model.info);
    for (const auto& [key, value] : given) values.set(key, value);
    return run_surface_model(model, std::move(start), values, seed, context);
}

/// A trench (planar) or via (axial), right half only: the axis or mirror stands at x = 0.
inline Surface half_hole(Symmetry symmetry, double width, double depth, double field, double h,
                         const std::string& material = "SiO2", double below = 20, double above = 20) {
    const auto whole = [&](double x) { return h * std::ceil(x / h - 1e-9); };
    Surface s = flat_surface({.symmetry = symmetry,
                              .left = Side::mirror,
                              .right = symmetry == Symmetry::axial ? Side::open : Side::mirror,
                              .x0_nm = 0,
                              .x1_nm = whole(0.5 * width + field),
                              .z0_nm = -whole(depth + below),
                              .z1_nm = whole(above),
                              .h_nm = h},
                             material);
    carve(s, {.width_nm = width, .depth_nm = depth});
    return s;
}

inline double extra(const ProcessOutcome& out, const std::string& id) {
    for (const auto& e : out.extra)
        if (e.id == id) return e.value;
    return std::nan("");
}

/// Mean height of the level part of the gas boundary between x0 and x1.
inline double height_between(const Surface& s, double x0, double x1) {
    double sum = 0, length = 0;
    for (const Piece& p : section_of(s, 2 * s.h_nm()).pieces) {
        const Vec2 mid = midpoint(p);
        if (mid.x < x0 || mid.x > x1 || normal(p).z < 0.7) continue;
        sum += mid.z * length_nm(p), length += length_nm(p);
    }
    return sum / length;
}

}  // namespace damascene::feature
