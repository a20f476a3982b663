// Growth and etch by traced fluxes: the flux on the present mesh gives speeds, the speeds move it by half a cell,
// again.
//
// Every flux evaluation draws new rays, so that the error of one is not carried into the next.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "feature/rays/mesh.hpp"
#include "feature/volume3/tiles.hpp"

namespace damascene::feature {
namespace {

void check(const Volume& v, const VolumeProcess& p, const VolumeStep& step) {
    const auto require = [](bool good, const char* message, const char* help) {
        if (!good) throw InputError("D0402", message, help);
    };
    require(!v.phi.empty(), "the volume has no material", "begin with flat_volume");
    require(static_cast<bool>(p.speed), "the process has no speed", "give VolumeProcess::speed");
    require(step.duration_s > 0 && std::isfinite(step.duration_s), "the step has no duration", "use a time > 0");
    require(step.largest_move > 0 && step.largest_move <= 1, "the largest move is out of range", "0 to 1 cells");
    for (const VolumeSpecies& s : p.species) {
        require(s.sticking.size() == 1 || s.sticking.size() == v.materials.size() ||
                    s.sticking.size() == v.materials.size() + 1,
                "a species needs one sticking, or one per material", "the film counts as the last material");
        for (double q : s.sticking) require(q >= 0 && q <= 1, "a sticking is no probability", "0 to 1");
    }
}

std::vector<double> sticking_on(const TriangleMesh& mesh, const std::vector<double>& of_material) {
    if (of_material.size() == 1) return of_material;
    std::vector<double> out;
    for (int m : mesh.material)
        out.push_back(of_material[std::min(static_cast<std::size_t>(m), of_material.size() - 1)]);
    return out;
}

std::vector<double> speeds(const Volume& v, const TriangleMesh& mesh, const VolumeProcess& p, const RayOptions& rays,
                           const Context& context) {
    std::vector<std::vector<double>> arrivals;
    for (const VolumeSpecies& s : p.species)
        arrivals.push_back(
            ray_flux(mesh, ray_domain(v), {sticking_on(mesh, s.sticking), s.beam, s.mean_free_path_nm}, rays, context)
                .incident);
    const rays::Facets facets = rays::facets_of(mesh);
    const std::vector<bool> sealed = rays::sealed_triangles(mesh);
    std::vector<double> out(mesh.triangles.size(), 0.0), here(arrivals.size());
    for (std::size_t t = 0; t < out.size(); ++t) {
        for (std::size_t k = 0; k < here.size(); ++k) here[k] = arrivals[k][t];
        if (!sealed[t]) out[t] = p.speed(mesh.material[t], facets.normal[t].z, here);
    }
    return out;
}

double largest(const std::vector<double>& v) {
    double most = 0;
    for (double x : v) most = std::max(most, std::abs(x));
    return most;
}

void check_room(const Volume& v, const TriangleMesh& mesh, double time) {
    double low = v.box.z1_nm, high = v.box.z0_nm;
    for (const auto& p : mesh.points) low = std::min(low, p[2]), high = std::max(high, p[2]);
    const double margin = 2 * v.box.h_nm;
    if (high > v.box.z1_nm - margin || low < v.box.z0_nm + margin)
        throw InputError("D0402",
                         fmt::format("the surface reaches the {} of the box after {:.6g} s",
                                     high > v.box.z1_nm - margin ? "top" : "bottom", time),
                         "make the box taller");
}

}  // namespace

VolumeOutcome run_volume_process(Volume start, const VolumeProcess& p, const std::string& film, const VolumeStep& step,
                                 const Context& context) {
    check(start, p, step);
    VolumeOutcome out{.volume = std::move(start)};
    if (out.volume.materials.back() != film) begin_film(out.volume, film);
    double time = 0, moved = 0;
    while (time < step.duration_s * (1 - 1e-12)) {
        context.check();
        context.progress({"grow", time / step.duration_s, {}});
        const TriangleMesh mesh = surface_mesh(out.volume);
        check_room(out.volume, mesh, time);
        RayOptions rays = step.rays;
        rays.seed += static_cast<std::uint64_t>(out.steps);
        const std::vector<double> speed = speeds(out.volume, mesh, p, rays, context);
        const double fastest = largest(speed);
        if (fastest == 0) {
            out.warnings.push_back("nothing moves: every speed is zero");
            break;
        }
        const double dt = std::min(step.duration_s - time, step.largest_move * out.volume.box.h_nm / fastest);
        const VolumeMotion m = move(out.volume, mesh, speed, dt, step.motion);
        out.added += m.added, out.removed += m.removed, out.swept += m.swept;
        moved += std::abs(m.swept);
        time += dt;
        ++out.steps;
    }
    if (moved > 0) out.mass_balance_error = std::abs(out.added - out.removed - out.swept) / moved;
    out.voids = voids(out.volume);
    return out;
}

}  // namespace damascene::feature
