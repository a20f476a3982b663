// Incident flux from rays that leave the surface and fly once: their arrivals are a random exchange matrix, and what is
// re-emitted where they arrive is taken from the flux found there.
//
//   Gamma_e = 1/N_e [ sum over rays in the sky of L(Omega) + sum_j n_ej (1 - s_j) Gamma_j ],   n_ej rays from e met j
//
// L as in surface.cpp, whose walks this replaces: a path of many re-emissions is put together from flights that other
// elements paid for, so one flight per ray is enough at any sticking. Rows are drawn independently, so the expectation
// of a path is exact unless it leaves one element twice (a share of about the element's own view of itself over N_e).
// Every scramble solves its own system (Gauss-Seidel); their spread is the error bar. Same bits at any thread count.
#include <algorithm>
#include <limits>

#include "damascene/base/parallel.hpp"
#include "feature/rays/walk.hpp"

namespace damascene::feature::rays {
namespace {

constexpr std::uint32_t first_rays = 16;  ///< of each scramble
constexpr std::uint32_t most_at_once = 1u << 12;
constexpr std::size_t elements_at_once = 512;
constexpr int most_sweeps = 5000;

struct Met {
    std::int32_t triangle = 0;
    std::uint32_t rays = 0;
};
struct Row {  // of one element and one scramble
    double sky = 0;
    std::vector<Met> met;
};
struct Element {
    std::int32_t triangle = 0;
    std::uint32_t rays = 0;  ///< of each scramble, so far
    std::uint64_t straight = 0, lost = 0;
    std::int64_t flights = 0;
    std::vector<Row> rows;
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
    return ray;
}

double sky_of(const Beam& beam, const Vec3& up) {
    const double n = beam.cosine_power;
    return n == 1 ? 1 : 0.5 * (n + 1) * std::pow(up.z, n - 1);
}

std::uint32_t stream_of(const Scene& scene, std::int32_t triangle, std::uint32_t scramble) {
    return static_cast<std::uint32_t>(scene.options.scrambles) * static_cast<std::uint32_t>(triangle) + scramble;
}

// Sorted by triangle, one entry each.
void compress(std::vector<Met>& met) {
    std::sort(met.begin(), met.end(), [](const Met& a, const Met& b) { return a.triangle < b.triangle; });
    std::size_t kept = 0;
    for (const Met& m : met)
        if (kept > 0 && met[kept - 1].triangle == m.triangle)
            met[kept - 1].rays += m.rays;
        else
            met[kept++] = m;
    met.resize(kept);
    met.shrink_to_fit();
}

// Takes one step; false when the ray has arrived.
bool follow(const Scene& scene, const Ray& ray, const Step& step, Element& element) {
    if (step.stop == Stop::wall) return true;
    ++element.flights;
    Row& row = element.rows[ray.stream - stream_of(scene, element.triangle, 0)];
    if (step.stop == Stop::lost) ++element.lost;
    if (step.stop == Stop::sky) row.sky += sky_of(scene.beam, ray.along), ++element.straight;
    if (step.stop == Stop::surface && scene.sticking_of(step.triangle) < 1) row.met.push_back({step.triangle, 1});
    return false;
}

void fly(const Scene& scene, Walk& walk, Element& element, std::uint32_t first, std::uint32_t last, std::uint32_t from,
         std::uint32_t to, std::vector<Ray>& rays) {
    rays.clear();
    for (std::uint32_t s = first; s < last; ++s) {
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

void refine(const Scene& scene, Walk& walk, std::vector<Ray>& rays, Element& element, std::uint32_t to) {
    if (element.rays >= to) return;
    const auto scrambles = static_cast<std::uint32_t>(scene.options.scrambles);
    const std::uint32_t together = std::max(1u, most_at_once / (to - element.rays));
    for (std::uint32_t s = 0; s < scrambles; s += together)
        for (std::uint32_t i = element.rays; i < to; i += most_at_once)
            fly(scene, walk, element, s, std::min(s + together, scrambles), i, std::min(i + most_at_once, to), rays);
    for (Row& row : element.rows) compress(row.met);
    element.rays = to;
}

void refine_all(const Scene& scene, const std::vector<Element*>& some, std::uint32_t to, const Context& context) {
    for (std::size_t begin = 0; begin < some.size(); begin += elements_at_once) {
        context.check();
        parallel_blocks(std::min(elements_at_once, some.size() - begin), 16, [&](std::size_t first, std::size_t last) {
            Walk walk(scene);
            std::vector<Ray> rays;
            for (std::size_t i = first; i < last; ++i) refine(scene, walk, rays, *some[begin + i], to);
        });
    }
}

// One scramble's system in compressed rows; the flux of triangles without an element (sealed) stays zero.
struct System {
    std::vector<std::size_t> begin{0};
    std::vector<std::int32_t> column;
    std::vector<float> share;
    std::vector<double> sky;
};

System system_of(const Scene& scene, const std::vector<Element>& elements, std::size_t scramble) {
    System a;
    std::size_t entries = 0;
    for (const Element& e : elements) entries += e.rows[scramble].met.size();
    a.column.reserve(entries), a.share.reserve(entries), a.sky.reserve(elements.size());
    for (const Element& e : elements) {
        const Row& row = e.rows[scramble];
        for (const Met& m : row.met) {
            a.column.push_back(m.triangle);
            a.share.push_back(static_cast<float>(m.rays * (1 - scene.sticking_of(m.triangle)) / e.rays));
        }
        a.begin.push_back(a.column.size());
        a.sky.push_back(row.sky / e.rays);
    }
    return a;
}

/// Largest change of a sweep over what is asked for.
double sweep(const System& a, const std::vector<Element>& elements, bool upwards, const RayOptions& options,
             std::vector<double>& flux) {
    double worst = 0;
    for (std::size_t k = 0; k < elements.size(); ++k) {
        const std::size_t i = upwards ? elements.size() - 1 - k : k;
        double sum = a.sky[i];
        for (std::size_t n = a.begin[i]; n < a.begin[i + 1]; ++n)
            sum += static_cast<double>(a.share[n]) * flux[static_cast<std::size_t>(a.column[n])];
        double& here = flux[static_cast<std::size_t>(elements[i].triangle)];
        worst = std::max(worst, std::abs(sum - here) / wanted_error(options, sum));
        here = sum;
    }
    return worst;
}

// Sweeps both ways until what is left, judged by how fast the changes fall, is 1 % of the wanted error.
void solve(const Scene& scene, const std::vector<Element>& elements, std::size_t scramble, std::vector<double>& flux) {
    const System a = system_of(scene, elements, scramble);
    double before = std::numeric_limits<double>::infinity();
    for (int k = 0; k < most_sweeps; ++k) {
        const double change = sweep(a, elements, k % 2 == 1, scene.options, flux), ratio = change / before;
        if (change == 0 || (k > 1 && ratio < 1 && change * ratio / (1 - ratio) < 0.01)) return;
        before = change;
    }
}

// flux: per scramble, per triangle; kept from round to round.
void solve_all(const Scene& scene, std::vector<Element>& elements, std::vector<std::vector<double>>& flux,
               const Context& context) {
    context.check();
    parallel_for(flux.size(), [&](std::size_t s) { solve(scene, elements, s, flux[s]); });
    std::vector<double> x(flux.size());
    for (Element& e : elements) {
        for (std::size_t s = 0; s < x.size(); ++s) x[s] = flux[s][static_cast<std::size_t>(e.triangle)];
        const MeanFlux mean = mean_of(x);
        e.flux = mean.value, e.error = mean.standard_error;
        if (e.straight < 16)  // few say little about their own spread
            e.error = std::max(e.error, std::sqrt(std::max<double>(1, static_cast<double>(e.straight))) /
                                            (static_cast<double>(e.rays) * static_cast<double>(x.size())));
    }
}

bool fine(const Scene& scene, const Element& e) { return e.rays > 0 && e.error <= wanted_error(scene.options, e.flux); }

std::int64_t rays_of(const Scene& scene, const std::vector<Element>& elements) {
    std::int64_t rays = 0;
    for (const Element& e : elements) rays += static_cast<std::int64_t>(e.rays) * scene.options.scrambles;
    return rays;
}

/// Elements whose error is above this share of the wanted one.
std::vector<Element*> above(const Scene& scene, std::vector<Element>& elements, double share) {
    std::vector<Element*> out;
    for (Element& e : elements)
        if (e.rays == 0 || e.error > share * wanted_error(scene.options, e.flux)) out.push_back(&e);
    return out;
}

RayFlux result_of(const Scene& scene, const std::vector<Element>& elements,
                  const std::vector<std::vector<double>>& by_scramble) {
    const std::size_t triangles = scene.facets.area.size();
    RayFlux flux;
    flux.incident.resize(triangles), flux.standard_error.resize(triangles);
    for (const auto& one : by_scramble) flux.by_scramble.insert(flux.by_scramble.end(), one.begin(), one.end());
    flux.rays = rays_of(scene, elements), flux.entering = 1;
    for (const Element& e : elements) {
        const auto t = static_cast<std::size_t>(e.triangle);
        const double s = scene.sticking_of(e.triangle), arriving = e.flux * scene.facets.area[t] / scene.area();
        const double rays = static_cast<double>(e.rays) * static_cast<double>(by_scramble.size());
        flux.incident[t] = e.flux, flux.standard_error[t] = e.error;
        if (!fine(scene, e)) flux.missed.push_back(e.triangle);
        flux.flights += e.flights;
        flux.captured += s * arriving;
        flux.escaped += (1 - s) * arriving * static_cast<double>(e.straight) / rays;
        flux.lost += static_cast<double>(e.lost) / rays * arriving;
    }
    return flux;
}

std::vector<Element> elements_of(const Scene& scene) {
    std::vector<Element> elements;
    const auto sealed = sealed_triangles(*scene.mesh);
    for (std::size_t t = 0; t < sealed.size(); ++t)
        if (!sealed[t]) {
            elements.push_back({.triangle = static_cast<std::int32_t>(t)});
            elements.back().rows.resize(static_cast<std::size_t>(scene.options.scrambles));
        }
    return elements;
}

}  // namespace

// Elements whose error is too large double their rays; when that helps few of them, the error comes from others, and
// elements that are better than asked get as many, too.
RayFlux trace_by_gathering(const Scene& scene, const Context& context) {
    std::vector<Element> elements = elements_of(scene);
    std::vector<std::vector<double>> flux(static_cast<std::size_t>(scene.options.scrambles),
                                          std::vector<double>(scene.facets.area.size(), 0.0));
    double done = 0;
    std::size_t open_before = std::numeric_limits<std::size_t>::max();
    double share = 1;  // of the wanted error, from which elements are refined
    for (std::uint32_t to = first_rays; to <= 1u << 30; to *= 2) {
        const std::size_t open = above(scene, elements, 1).size();
        if (open == 0) break;
        share = to > 2 * first_rays && 10 * open > 8 * open_before ? 0.3 * share : 1;
        const std::vector<Element*> some = above(scene, elements, share);
        open_before = open;
        std::int64_t wanted = 0, most = 0;
        for (const Element* e : some)
            wanted += to - std::min(e->rays, to), most = std::max<std::int64_t>(most, e->rays);
        const std::int64_t spent = rays_of(scene, elements), left = scene.options.max_rays - spent;
        const bool last = wanted * scene.options.scrambles > left;
        const std::int64_t affordable =
            last ? most + left / (scene.options.scrambles * static_cast<std::int64_t>(some.size())) : to;
        const auto next = static_cast<std::uint32_t>(std::clamp<std::int64_t>(affordable, 0, to));
        if (next <= most && last) break;
        refine_all(scene, some, next, context);
        solve_all(scene, elements, flux, context);
        done = std::max(done, std::max(1 - static_cast<double>(open) / static_cast<double>(elements.size()),
                                       static_cast<double>(spent) / static_cast<double>(scene.options.max_rays)));
        context.progress(
            {"ray flux", done, {{"rays", static_cast<double>(spent)}, {"open elements", static_cast<double>(open)}}});
        if (last) break;
    }
    return result_of(scene, elements, flux);
}

}  // namespace damascene::feature::rays
