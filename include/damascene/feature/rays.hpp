// Arrival of particles in three dimensions by quasi-Monte Carlo ray tracing, with an error bar on every element.
//
//   Gamma_e = (A_box / N A_e) sum of the weights that arrive at triangle e; flat field = 1
//
// Directions follow the crossing convention of Beam: p(Omega) per solid angle through a horizontal plane.
#pragma once

#include <cstdint>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/transport.hpp"
#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Lateral walls of the box around a mesh. Without gas the height of the source plane has no influence.
struct RayDomain {
    double x0_nm = 0, x1_nm = 0, y0_nm = 0, y1_nm = 0, source_z_nm = 0;
    Side side = Side::mirror;  ///< mirror or periodic on all four walls
};
/// The bounding box of a mesh, the source at its top.
RayDomain box_of(const TriangleMesh&, Side side = Side::mirror);
struct RaySpecies {
    std::vector<double> sticking;  ///< per triangle, or one value
    Beam beam = {.cosine_power = 1};
    double mean_free_path_nm = 0;  ///< isotropic scattering everywhere below the source plane; 0 = no gas
};
/// Where rays start. From the surface (paths walked backwards; an upright source with 1 <= n <= 4, no gas) every
/// element gets the rays its error asks for; from the source anything goes. gather: from the surface, one flight per
/// ray, re-emission by the flux found where it ends. automatic: gather where rays may start at the surface.
enum class RayStart { automatic, source, surface, gather };
struct RayOptions {
    double rel_error = 0.01;   ///< wanted standard error of every element over its flux
    double least_flux = 0.01;  ///< smaller fluxes count as this, over the field's
    std::int64_t max_rays = 100'000'000;
    int scrambles = 16;  ///< independent randomisations that give the error bar
    double roulette_below = 0.1, roulette_to = 0.3;
    std::uint64_t seed = 1;
    RayStart start = RayStart::automatic;
    bool quasi_random = true;  ///< false: plain pseudo-random draws, for comparison
};
/// Balance per area of flat field: entering = captured + escaped + roulette + lost; from the source exactly, from the
/// surface (captured and escaped are then independent estimates) within the errors.
struct RayFlux {
    std::vector<double> incident;        ///< per triangle, flat field = 1
    std::vector<double> standard_error;  ///< of the mean of the scrambles: 95 % lie within 2.13 of it (16 scrambles)
    std::vector<double> by_scramble;     ///< [scramble][triangle]: error bars of averages over several triangles
    std::int64_t rays = 0, flights = 0;
    std::vector<std::int32_t> missed;  ///< elements above the wanted error
    double entering = 0, captured = 0, escaped = 0;
    double roulette = 0;  ///< weight taken by the roulette less what it gave back; zero in the mean
    double lost = 0;      ///< weight of rays that met a surface from behind by rounding
};
/// Mean incident flux of some triangles, weighted by area, with its standard error.
struct MeanFlux {
    double value = 0, standard_error = 0;
};
MeanFlux mean_flux(const TriangleMesh&, const RayFlux&, const std::vector<std::int32_t>& triangles);
/// Same bits at any thread count; single-precision intersections (Embree), double-precision tallies.
RayFlux ray_flux(const TriangleMesh&, const RayDomain&, const RaySpecies&, const RayOptions& = {}, const Context& = {});
/// Refuses (InputError, first bad triangle) a mesh that is not watertight between the walls, oriented and finite.
void check_mesh(const TriangleMesh&, const RayDomain&);
/// Slow truth of the intersector: every triangle, double precision.
RayFlux ray_flux_plain(const TriangleMesh&, const RayDomain&, const RaySpecies&, const RayOptions&,
                       const Context& = {});

/// A planar section extruded along y in [0, depth]; material and order of pieces are kept, 2 pieces_along triangles
/// each.
TriangleMesh extruded(const Section&, double depth_nm, int pieces_along);
/// An axial section revolved about z in `around` (a multiple of 8) facets that keep the area of every circle; its outer
/// end goes on, level, to a square box. Triangles of a piece stand together, the level frame comes last.
TriangleMesh revolved(const Section&, int around);

/// hole_flux by rays: means over elements with standard errors; `error_estimate` is twice the largest of them.
HoleFlux hole_flux_by_rays(Symmetry, double aspect_ratio, double sticking, int elements, double rel_error,
                           const Context& = {});

}  // namespace damascene::feature
