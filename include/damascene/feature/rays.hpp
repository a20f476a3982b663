// Arrival of particles in three dimensions by quasi-Monte Carlo ray tracing, with an error bar on every element.
#pragma once

#include <cstdint>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/transport.hpp"
#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Lateral walls of the box around a mesh.
struct RayDomain {
    double x0_nm = 0, x1_nm = 0, y0_nm = 0, y1_nm = 0, source_z_nm = 0;
    Side side = Side::mirror;  ///< mirror or periodic on all four walls
};
struct RaySpecies {
    std::vector<double> sticking;  ///< per triangle, or one value
    Beam beam = {.cosine_power = 1};
    double mean_free_path_nm = 0;  ///< 0 = no gas collisions
};
struct RayOptions {
    double rel_error = 0.01;         ///< wanted standard error of every element over its flux (floor: 1 % of the field's)
    std::int64_t max_rays = 100'000'000;
    int scrambles = 16;              ///< independent randomisations that give the error bar
    double roulette_below = 0.1, roulette_to = 0.3;
    std::uint64_t seed = 1;
};
struct RayFlux {
    std::vector<double> incident, standard_error;  ///< per triangle, flat field = 1
    std::int64_t rays = 0, flights = 0;
    std::vector<std::int32_t> missed;  ///< elements above the wanted error
    double entering = 0, captured = 0, escaped = 0;
};
/// Same bits at any thread count; single-precision intersections (Embree), double-precision tallies.
RayFlux ray_flux(const TriangleMesh&, const RayDomain&, const RaySpecies&, const RayOptions& = {}, const Context& = {});
/// Slow truth of the intersector: every triangle, double precision.
RayFlux ray_flux_plain(const TriangleMesh&, const RayDomain&, const RaySpecies&, const RayOptions&, const Context& = {});

/// A section extruded along y (planar) or revolved (axial, `around` facets), for comparison of engines.
TriangleMesh extruded(const Section&, double depth_nm, int pieces_along);
TriangleMesh revolved(const Section&, int around);

}  // namespace damascene::feature
