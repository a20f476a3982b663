// Incident flux from rays that leave the surface: the paths of particles walked backwards, since view factors obey
// reciprocity, A_i F_ij = A_j F_ji.
//
//   Gamma_e = 1/N sum w(path) L(Omega),   L = (n + 1)/2 cos^(n-1)(vartheta)   (1 for a thermal gas)
//
// A ray leaves e by the cosine law with weight 1; w <- w (1 - s) wherever it meets a surface; it scores in the sky.
// Each triangle has rays of its own, as many as its error asks for, so small and shadowed elements cost no more than
// others. Valid without gas, for an upright cos^n source. Sealed voids receive nothing. Same bits at any thread count:
// a triangle's sums depend on nothing else.
#include <algorithm>

#include "damascene/base/parallel.hpp"
#include "feature/rays/walk.hpp"

namespace damascene::feature::rays {
namespace {

constexpr std::uint32_t first_rays = 16;          ///< of each scramble
constexpr std::uint32_t most_at_once = 1u << 12;  ///< rays in flight together
constexpr std::size_t triangles_at_once = 512;

struct Element {
    std::int32_t triangle = 0;
    std::uint32_t rays = 0;      ///< of each scramble, so far
    std::uint64_t scored = 0;    ///< rays that reached the sky
    std::uint64_t straight = 0;  ///< of these, without meeting anything
    std::int64_t flights = 0;
    double lost = 0;
    std::vector<double> sum;  ///< per scramble
    double flux = 0, error = 0;
};

Ray leave(const Scene& scene, const ScrambledSobol& sobol, std::int32_t triangle, std::uint32_t stream,
          std::uint32_t index) {
    Ray ray;
    ray.stream = stream, ray.index = index, ray.left = triangle;
    const auto q = start_of(scene.options, sobol, ray);
    const double root = std::sqrt(q[0]);  // uniform over the triangle
    ray.at = place_of(scene, triangle, root * (1 - q[1]), root * q[1]);
    ray.along = cosine_direction(scene.facets.normal[static_cast<std::size_t>(triangle)], q[2], q[3]);
    ray.quasi = {q[4], q[5], q[6], q[7]};
    return ray;
}

double sky_of(const Beam& beam, const Vec3& up) {
    const double n = beam.cosine_power;
    return n == 1 ? 1 : 0.5 * (n + 1) * std::pow(up.z, n - 1);
}

std::uint32_t stream_of(const Scene& scene, std::int32_t triangle, std::uint32_t scramble) {
    return static_cast<std::uint32_t>(scene.options.scrambles) * static_cast<std::uint32_t>(triangle) + scramble;
}

// Takes one step; false when the ray ends.
bool follow(const Scene& scene, Ray& ray, const Step& step, Element& element) {
    if (step.stop == Stop::wall) return true;
    ++element.flights;
    if (step.stop == Stop::lost) element.lost += ray.weight;
    if (step.stop == Stop::sky) {
        const std::uint32_t scramble = ray.stream - stream_of(scene, element.triangle, 0);
        element.sum[scramble] += ray.weight * sky_of(scene.beam, ray.along);
        ++element.scored;
        element.straight += ray.emissions == 0;
    }
    if (step.stop != Stop::surface) return false;
    double roulette = 0;
    ray.weight *= 1 - scene.sticking_of(step.triangle);
    return re_emit(scene, ray, step.triangle, roulette);
}

// Points [element.rays, to) of some scrambles.
void walk_rays(const Scene& scene, Walk& walk, Element& element, std::uint32_t scramble, std::uint32_t last_scramble,
               std::uint32_t from, std::uint32_t to, std::vector<Ray>& rays) {
    rays.clear();
    for (std::uint32_t s = scramble; s < last_scramble; ++s) {
        const std::uint32_t stream = stream_of(scene, element.triangle, s);
        const ScrambledSobol sobol(scene.options.seed, stream);
        for (std::uint32_t i = from; i < to; ++i) rays.push_back(leave(scene, sobol, element.triangle, stream, i));
    }
    while (!rays.empty()) {
        const auto& steps = walk.step(rays);
        std::size_t alive = 0;
        for (std::size_t i = 0; i < rays.size(); ++i)
            if (follow(scene, rays[i], steps[i], element)) rays[alive++] = rays[i];
        rays.resize(alive);
    }
}

void refine(const Scene& scene, Element& element, std::uint32_t to) {
    Walk walk(scene);
    std::vector<Ray> rays;
    const auto scrambles = static_cast<std::uint32_t>(scene.options.scrambles);
    const std::uint32_t together = std::max(1u, most_at_once / std::max(1u, to - element.rays));
    for (std::uint32_t s = 0; s < scrambles; s += together)
        for (std::uint32_t i = element.rays; i < to; i += most_at_once)
            walk_rays(scene, walk, element, s, std::min(s + together, scrambles), i, std::min(i + most_at_once, to),
                      rays);
    element.rays = to;
    std::vector<double> x(element.sum);
    for (double& v : x) v /= element.rays;
    const MeanFlux mean = mean_of(x);
    element.flux = mean.value, element.error = mean.standard_error;
    if (element.scored < 16)  // few say little about their own spread
        element.error = std::max(element.error, std::sqrt(std::max<double>(1, static_cast<double>(element.scored))) /
                                                    (static_cast<double>(element.rays) * scrambles));
}

bool fine(const Scene& scene, const Element& element) {
    return element.rays > 0 && element.error <= wanted_error(scene.options, element.flux);
}

std::int64_t rays_of(const Scene& scene, const std::vector<Element>& elements) {
    std::int64_t rays = 0;
    for (const Element& e : elements) rays += static_cast<std::int64_t>(e.rays) * scene.options.scrambles;
    return rays;
}

void refine_all(const Scene& scene, const std::vector<Element*>& open, std::uint32_t to, const Context& context) {
    for (std::size_t begin = 0; begin < open.size(); begin += triangles_at_once) {
        context.check();
        parallel_for(std::min(triangles_at_once, open.size() - begin),
                     [&](std::size_t i) { refine(scene, *open[begin + i], to); });
    }
}

RayFlux result_of(const Scene& scene, const std::vector<Element>& elements) {
    const std::size_t triangles = scene.facets.area.size(),
                      scrambles = static_cast<std::size_t>(scene.options.scrambles);
    RayFlux flux;
    flux.incident.resize(triangles), flux.standard_error.resize(triangles);
    flux.by_scramble.resize(scrambles * triangles);
    flux.rays = rays_of(scene, elements), flux.entering = 1;
    for (const Element& e : elements) {
        const auto t = static_cast<std::size_t>(e.triangle);
        const double s = scene.sticking_of(e.triangle), arriving = e.flux * scene.facets.area[t] / scene.area();
        const double rays = static_cast<double>(e.rays) * static_cast<double>(scrambles);
        flux.incident[t] = e.flux, flux.standard_error[t] = e.error;
        for (std::size_t k = 0; k < scrambles; ++k) flux.by_scramble[k * triangles + t] = e.sum[k] / e.rays;
        if (!fine(scene, e)) flux.missed.push_back(e.triangle);
        flux.flights += e.flights;
        flux.captured += s * arriving;
        flux.escaped += (1 - s) * arriving * static_cast<double>(e.straight) / rays;
        flux.lost += e.lost / rays * arriving;
    }
    return flux;
}

}  // namespace

// Triangles whose error is too large double their rays, until all are fine or the budget ends.
RayFlux trace_from_surface(const Scene& scene, const Context& context) {
    std::vector<Element> elements;
    const auto sealed = sealed_triangles(*scene.mesh);
    for (std::size_t t = 0; t < sealed.size(); ++t)
        if (!sealed[t]) {
            elements.push_back({.triangle = static_cast<std::int32_t>(t)});
            elements.back().sum.resize(static_cast<std::size_t>(scene.options.scrambles));
        }
    double done = 0;
    for (std::uint32_t to = first_rays; to <= 1u << 30; to *= 2) {
        std::vector<Element*> open;
        for (Element& e : elements)
            if (!fine(scene, e)) open.push_back(&e);
        const std::int64_t spent = rays_of(scene, elements), left = scene.options.max_rays - spent;
        const auto affordable =
            left / (scene.options.scrambles * std::max<std::int64_t>(1, static_cast<std::int64_t>(open.size())));
        const std::uint32_t before = open.empty() ? 0 : open.front()->rays;
        const std::uint32_t next = before + static_cast<std::uint32_t>(std::min<std::int64_t>(affordable, to - before));
        if (open.empty() || next == before) break;
        refine_all(scene, open, next, context);
        done = std::max(done, std::max(1 - static_cast<double>(open.size()) / static_cast<double>(elements.size()),
                                       static_cast<double>(spent) / static_cast<double>(scene.options.max_rays)));
        context.progress({"ray flux",
                          done,
                          {{"rays", static_cast<double>(spent)}, {"open elements", static_cast<double>(open.size())}}});
        if (next < to) break;
    }
    return result_of(scene, elements);
}

}  // namespace damascene::feature::rays
