// Flux of a diffuse species on the triangles of a trench in three dimensions: rays from the source drawn at random (the
// usual way), rays from the source on scrambled Sobol' points, rays walked backwards from the surface, and rays of one
// flight from the surface with the re-emitted part solved for.
#include <cmath>
#include <string>

#include "common/timing.hpp"
#include "damascene/base/parallel.hpp"
#include "damascene/feature/rays.hpp"

namespace damascene::bench {
namespace {

using namespace damascene::feature;

void line(Section& section, Vec2 a, Vec2 b, int pieces) {
    const auto at = [&](int k) {
        const double t = static_cast<double>(k) / pieces;
        return Vec2{a.x + (b.x - a.x) * t, a.z + (b.z - a.z) * t};
    };
    for (int k = 0; k < pieces; ++k) section.pieces.push_back({at(k), at(k + 1), 0});
}

/// Width 1, depth 4, length 1 between mirrors; elements of about (1/8)^2, more with `finer`.
TriangleMesh trench(int finer) {
    Section s{.symmetry = Symmetry::planar, .pieces = {}, .chain_begin = {0}};
    line(s, {-0.6, 0}, {-0.5, 0}, finer);
    line(s, {-0.5, 0}, {-0.5, -4}, 32 * finer);
    line(s, {-0.5, -4}, {0.5, -4}, 8 * finer);
    line(s, {0.5, -4}, {0.5, 0}, 32 * finer);
    line(s, {0.5, 0}, {0.6, 0}, finer);
    return extruded(s, 1, 8 * finer);
}

double relative(const RayFlux& flux, std::size_t t) {
    return flux.standard_error[t] / std::max(flux.incident[t], 0.01);
}

double rms_error(const RayFlux& flux) {
    double sum = 0;
    for (std::size_t t = 0; t < flux.incident.size(); ++t) sum += relative(flux, t) * relative(flux, t);
    return std::sqrt(sum / static_cast<double>(flux.incident.size()));
}

double worst_error(const RayFlux& flux) {
    double worst = 0;
    for (std::size_t t = 0; t < flux.incident.size(); ++t) worst = std::max(worst, relative(flux, t));
    return worst;
}

// Mean over elements of (difference / its standard error)^2: 1 when both are right.
double disagreement(const RayFlux& a, const RayFlux& b) {
    double sum = 0;
    for (std::size_t t = 0; t < a.incident.size(); ++t) {
        const double spread = std::hypot(a.standard_error[t], b.standard_error[t]);
        if (spread > 0) sum += std::pow((a.incident[t] - b.incident[t]) / spread, 2);
    }
    return sum / static_cast<double>(a.incident.size());
}

struct Contender {
    std::string name;
    RayStart start;
    bool quasi_random;
};

void compare(double sticking, int finer) {
    const TriangleMesh mesh = trench(finer);
    const RayDomain box = box_of(mesh);
    RayFlux reference;
    double reference_cost = 0;
    for (const Contender& c : {Contender{"independent draws", RayStart::source, false},
                               Contender{"damascene, from the source", RayStart::source, true},
                               Contender{"damascene, from the surface", RayStart::surface, true},
                               Contender{"damascene, gathered", RayStart::gather, true}}) {
        RayOptions options = {.rel_error = 0.03, .max_rays = 1 << 26, .start = c.start, .quasi_random = c.quasi_random};
        RayFlux flux;
        const double cpu = best_cpu_seconds(2, [&] { flux = ray_flux(mesh, box, {.sticking = {sticking}}, options); });
        const double cost = cpu * rms_error(flux) * rms_error(flux);
        if (reference_cost == 0)
            reference = flux, reference_cost = cost;
        else
            require_same("flux", disagreement(reference, flux) - 1, 0.5);
        row({{"contender", c.name},
             {"sticking", sticking},
             {"triangles", static_cast<long>(mesh.triangles.size())},
             {"cpu [s]", cpu},
             {"M flights/s", static_cast<double>(flux.flights) / cpu * 1e-6},
             {"RMS error", rms_error(flux)},
             {"worst error", worst_error(flux)},
             {"work ratio at equal RMS error", reference_cost / cost}});
    }
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about(
        "Flux on the triangles of a trench",
        "Trench of aspect ratio 4 with mirror ends, thermal source, constant sticking, until the standard error of "
        "every "
        "triangle is 3 % of its flux; one thread, processor time. `independent draws`: pseudo-random rays from the "
        "source on the same tracer. Errors are relative, of single triangles. Answers agree within their error bars.");
    for (double sticking : {0.5, 0.1, 0.01, 0.001}) compare(sticking, 1);
    compare(0.1, 2);
    return 0;
}
