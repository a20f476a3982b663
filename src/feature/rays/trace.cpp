// Arrival of particles by quasi-Monte Carlo ray tracing with implicit capture: preparation and choice of the estimator.
//
// From the source (source.cpp) any beam, gas and balance; from the surface (surface.cpp) an upright diffuse source
// without gas, at a fraction of the cost; gathered (gather.cpp) for a fraction of that again. In the first two, a ray
// whose weight falls below `roulette_below` lives on with probability w / roulette_to and the weight roulette_to.
// Sobol' coordinates 0-1 place the start, 2-3 its direction, 4-7 the first two re-emissions; Philox gives the rest. The
// standard error is that of the mean of independent scrambles [Owen 1997].
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "feature/rays/walk.hpp"

namespace damascene::feature {
namespace rays {
namespace {

void require(bool good, const std::string& message, const std::string& help) {
    if (!good) throw InputError("D0204", message, help);
}

void check_species(const RaySpecies& species, std::size_t triangles) {
    require(species.sticking.size() == 1 || species.sticking.size() == triangles,
            fmt::format("{} sticking values for {} triangles", species.sticking.size(), triangles),
            "give one per triangle, or one for all");
    for (std::size_t t = 0; t < species.sticking.size(); ++t)
        require(species.sticking[t] >= 0 && species.sticking[t] <= 1,
                fmt::format("sticking {} of triangle {} is out of range", species.sticking[t], t),
                "a probability: 0 to 1");
    const Beam& b = species.beam;
    require(b.cosine_power >= 0 && b.cosine_power <= 1e5,
            fmt::format("cosine power {} is out of range", b.cosine_power), "0 < n <= 1e5, or 0 for a Gaussian beam");
    require(b.spread_rad >= 0 && b.spread_rad < 1, fmt::format("spread {} rad is out of range", b.spread_rad),
            "0 <= spread < 1 rad");
    require(std::abs(b.tilt_rad) < 1.5, fmt::format("tilt {} rad is out of range", b.tilt_rad),
            "-1.5 < tilt < 1.5 rad");
    require(species.mean_free_path_nm >= 0 && !std::isnan(species.mean_free_path_nm),
            fmt::format("mean free path {} nm is out of range", species.mean_free_path_nm), "> 0, or 0 for no gas");
}

void check_options(const RayOptions& o) {
    require(o.rel_error > 0, fmt::format("relative error {} is out of range", o.rel_error), "> 0, e.g. 0.01");
    require(o.least_flux > 0 && o.least_flux <= 1, fmt::format("least flux {} is out of range", o.least_flux),
            "above 0, at most 1");
    require(o.scrambles >= 2 && o.scrambles <= 4096, fmt::format("{} scrambles are out of range", o.scrambles),
            "2 to 4096");
    require(o.max_rays >= o.scrambles, fmt::format("{} rays are fewer than scrambles", o.max_rays), "e.g. 1e8");
    require(o.roulette_below >= 0 && o.roulette_to > 0 && o.roulette_to <= 1 && o.roulette_below <= o.roulette_to,
            "the roulette's weights are out of range", "0 <= roulette_below <= roulette_to <= 1");
}

Scene scene_of(const TriangleMesh& mesh, const RayDomain& box, const RaySpecies& species, const RayOptions& options) {
    check_mesh(mesh, box);
    check_species(species, mesh.triangles.size());
    check_options(options);
    Scene scene{.mesh = &mesh,
                .box = box,
                .imaged = with_images(mesh, box),
                .facets = facets_of(mesh),
                .sticking = species.sticking,
                .beam = species.beam,
                .options = options};
    scene.free_path =
        species.mean_free_path_nm > 0 ? species.mean_free_path_nm : std::numeric_limits<double>::infinity();
    scene.size = size_of(box, mesh);
    scene.clearance = clearances(mesh, scene.facets, scene.size);
    scene.top = scene.bottom = point_of(mesh, 0, 0).z;
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (int k = 0; k < 3; ++k) {
            const double z = point_of(mesh, static_cast<std::int32_t>(t), k).z;
            scene.top = std::max(scene.top, z), scene.bottom = std::min(scene.bottom, z);
        }
    scene.bottom -= 1e-3 * scene.size;
    scene.start = scene.gas() ? box.source_z_nm : scene.top + 1e-5 * scene.size;
    return scene;
}

// The sky's weight (n + 1)/2 cos^(n-1) must stay bounded and its variance small.
bool can_start_at_surface(const Scene& scene) {
    return !scene.gas() && scene.beam.tilt_rad == 0 && scene.beam.cosine_power >= 1 && scene.beam.cosine_power <= 4;
}

RayFlux trace(const Scene& scene, const Context& context) {
    const RayStart start = scene.options.start;
    require((start != RayStart::surface && start != RayStart::gather) || can_start_at_surface(scene),
            "rays cannot start at the surface for this source",
            "needs an upright source with 1 <= cosine_power <= 4 and no gas");
    if (start == RayStart::source || !can_start_at_surface(scene)) return trace_from_source(scene, context);
    return start == RayStart::surface ? trace_from_surface(scene, context) : trace_by_gathering(scene, context);
}

}  // namespace
}  // namespace rays

RayFlux ray_flux(const TriangleMesh& mesh, const RayDomain& box, const RaySpecies& species, const RayOptions& options,
                 const Context& context) {
    rays::Scene scene = rays::scene_of(mesh, box, species, options);
    scene.intersector = rays::embree_intersector(scene.imaged.triangles);
    return rays::trace(scene, context);
}

RayFlux ray_flux_plain(const TriangleMesh& mesh, const RayDomain& box, const RaySpecies& species,
                       const RayOptions& options, const Context& context) {
    rays::Scene scene = rays::scene_of(mesh, box, species, options);
    scene.intersector = rays::plain_intersector(scene.imaged.triangles);
    return rays::trace(scene, context);
}

MeanFlux mean_flux(const TriangleMesh& mesh, const RayFlux& flux, const std::vector<std::int32_t>& triangles) {
    const rays::Facets facets = rays::facets_of(mesh);
    const std::size_t all = mesh.triangles.size(), scrambles = flux.by_scramble.size() / std::max<std::size_t>(all, 1);
    std::vector<double> x(scrambles);
    double area = 0;
    for (std::int32_t t : triangles) {
        const double a = facets.area[static_cast<std::size_t>(t)];
        area += a;
        for (std::size_t s = 0; s < scrambles; ++s) x[s] += a * flux.by_scramble[s * all + static_cast<std::size_t>(t)];
    }
    for (double& v : x) v /= area;
    return rays::mean_of(x);
}

}  // namespace damascene::feature
