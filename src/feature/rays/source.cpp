// Incident flux from rays that leave the source plane, uniform over the box, direction by the crossing law of the beam.
//
// At every arrival on triangle e the weight w (1 at first) is scored, then w <- w (1 - s_e):
//   Gamma_e = A_box / (N A_e) sum w,   flat field = 1.
// Same bits at any thread count: blocks of rays of fixed size list their arrivals, and each scramble adds its blocks in
// order. Cost: rays x flights per ray x log(triangles).
#include <algorithm>
#include <limits>

#include "damascene/base/parallel.hpp"
#include "feature/rays/walk.hpp"

namespace damascene::feature::rays {
namespace {

constexpr std::uint32_t block_rays = 1024;
constexpr std::size_t blocks_at_once = 256;

struct Arrival {
    double weight;
    std::int32_t triangle;
};
struct Tally {
    std::vector<Arrival> arrivals;
    double captured = 0, escaped = 0, roulette = 0, lost = 0;
    std::int64_t flights = 0;
};

Ray launch(const Scene& scene, const ScrambledSobol& sobol, std::uint32_t scramble, std::uint32_t index) {
    Ray ray;
    ray.stream = scramble, ray.index = index;
    const auto q = start_of(scene.options, sobol, ray);
    const RayDomain& box = scene.box;
    ray.at = {box.x0_nm + q[0] * (box.x1_nm - box.x0_nm), box.y0_nm + q[1] * (box.y1_nm - box.y0_nm), scene.start};
    ray.along = beam_direction(scene.beam, q[2], q[3]);
    while (ray.along.z >= 0) {
        const auto word = draw(scene.options, ray);
        ray.along = beam_direction(scene.beam, unit(word[0]), unit(word[1]));
    }
    ray.quasi = {q[4], q[5], q[6], q[7]};
    return ray;
}

// Rays that rise from the highest level are gone: nothing stands above it.
bool gone(const Scene& scene, const Ray& ray) { return !scene.gas() && ray.along.z > 0 && ray.at.z >= scene.top; }

// Scores one step; false when the ray ends.
bool score(const Scene& scene, Ray& ray, const Step& step, Tally& tally) {
    if (step.stop == Stop::wall) return true;
    ++tally.flights;
    if (step.stop == Stop::collision) return true;
    if (step.stop == Stop::sky) tally.escaped += ray.weight;
    if (step.stop == Stop::lost) tally.lost += ray.weight;
    if (step.stop != Stop::surface) return false;
    const double s = scene.sticking_of(step.triangle);
    tally.arrivals.push_back({ray.weight, step.triangle});
    tally.captured += ray.weight * s;
    ray.weight *= 1 - s;
    if (!re_emit(scene, ray, step.triangle, tally.roulette)) return false;
    if (!gone(scene, ray)) return true;
    tally.escaped += ray.weight;
    ++tally.flights;
    return false;
}

Tally trace_block(const Scene& scene, std::uint32_t scramble, std::uint32_t first, std::uint32_t count) {
    const ScrambledSobol sobol(scene.options.seed, scramble);
    Walk walk(scene);
    Tally tally;
    tally.arrivals.reserve(std::size_t{8} * count);
    std::vector<Ray> rays;
    for (std::uint32_t i = 0; i < count; ++i) rays.push_back(launch(scene, sobol, scramble, first + i));
    while (!rays.empty()) {
        const auto& steps = walk.step(rays);
        std::size_t alive = 0;
        for (std::size_t i = 0; i < rays.size(); ++i)
            if (score(scene, rays[i], steps[i], tally)) rays[alive++] = rays[i];
        rays.resize(alive);
    }
    return tally;
}

struct Sums {
    explicit Sums(std::size_t scrambles, std::size_t triangles)
        : weight(scrambles * triangles), arrivals(scrambles * triangles) {}
    std::vector<double> weight;
    std::vector<std::uint32_t> arrivals;
    double captured = 0, escaped = 0, roulette = 0, lost = 0;
    std::int64_t flights = 0;
};

struct Block {
    std::uint32_t scramble, first, count;
};

void add(const Scene& scene, const std::vector<Block>& blocks, const std::vector<Tally>& tallies, Sums& sums) {
    const std::size_t triangles = scene.facets.area.size();
    parallel_for(static_cast<std::size_t>(scene.options.scrambles), [&](std::size_t s) {
        for (std::size_t b = 0; b < tallies.size(); ++b) {
            if (blocks[b].scramble != s) continue;
            for (const Arrival& a : tallies[b].arrivals) {
                const std::size_t at = s * triangles + static_cast<std::size_t>(a.triangle);
                sums.weight[at] += a.weight;
                ++sums.arrivals[at];
            }
        }
    });
    for (const Tally& t : tallies) {
        sums.captured += t.captured, sums.escaped += t.escaped, sums.roulette += t.roulette, sums.lost += t.lost;
        sums.flights += t.flights;
    }
}

// Points [from, to) of every scramble, scrambles in turn.
std::vector<Block> blocks_of(int scrambles, std::uint32_t from, std::uint32_t to) {
    std::vector<Block> blocks;
    for (std::uint64_t first = from; first < to; first += block_rays)
        for (int s = 0; s < scrambles; ++s)
            blocks.push_back({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(first),
                              static_cast<std::uint32_t>(std::min<std::uint64_t>(block_rays, to - first))});
    return blocks;
}

void trace_batch(const Scene& scene, std::uint32_t from, std::uint32_t to, Sums& sums, const Context& context,
                 const std::function<void(std::int64_t)>& after) {
    const auto blocks = blocks_of(scene.options.scrambles, from, to);
    for (std::size_t begin = 0; begin < blocks.size(); begin += blocks_at_once) {
        context.check();
        const std::vector<Block> now(
            blocks.begin() + static_cast<std::ptrdiff_t>(begin),
            blocks.begin() + static_cast<std::ptrdiff_t>(std::min(begin + blocks_at_once, blocks.size())));
        std::vector<Tally> tallies(now.size());
        parallel_for(now.size(), [&](std::size_t b) {
            tallies[b] = trace_block(scene, now[b].scramble, now[b].first, now[b].count);
        });
        add(scene, now, tallies, sums);
        std::int64_t rays = 0;
        for (const Block& b : now) rays += b.count;
        after(rays);
    }
}

// Few arrivals say little about their own spread: then at least the error of a Poisson count is taken.
void evaluate(const Scene& scene, const Sums& sums, std::uint32_t per_scramble, RayFlux& flux) {
    const std::size_t triangles = scene.facets.area.size();
    const auto scrambles = static_cast<std::size_t>(scene.options.scrambles);
    flux.incident.resize(triangles), flux.standard_error.resize(triangles);
    flux.by_scramble.resize(scrambles * triangles);
    flux.missed.clear();
    std::vector<double> x(scrambles);
    for (std::size_t t = 0; t < triangles; ++t) {
        const double one = scene.area() / (per_scramble * scene.facets.area[t]);
        std::uint64_t arrivals = 0;
        for (std::size_t s = 0; s < scrambles; ++s) {
            x[s] = flux.by_scramble[s * triangles + t] = one * sums.weight[s * triangles + t];
            arrivals += sums.arrivals[s * triangles + t];
        }
        const MeanFlux mean = mean_of(x);
        flux.incident[t] = mean.value, flux.standard_error[t] = mean.standard_error;
        if (arrivals < 16)
            flux.standard_error[t] =
                std::max(mean.standard_error, one / static_cast<double>(scrambles) *
                                                  std::sqrt(std::max<double>(1, static_cast<double>(arrivals))));
        if (flux.standard_error[t] > wanted_error(scene.options, flux.incident[t]))
            flux.missed.push_back(static_cast<std::int32_t>(t));
    }
    const double rays = static_cast<double>(per_scramble) * static_cast<double>(scrambles);
    flux.rays = static_cast<std::int64_t>(per_scramble) * scene.options.scrambles, flux.flights = sums.flights;
    flux.entering = 1, flux.captured = sums.captured / rays, flux.escaped = sums.escaped / rays;
    flux.roulette = sums.roulette / rays, flux.lost = sums.lost / rays;
}

double worst_error(const Scene& scene, const RayFlux& flux) {
    double worst = 0;
    for (std::size_t t = 0; t < flux.incident.size(); ++t)
        worst = std::max(worst, flux.standard_error[t] / wanted_error(scene.options, flux.incident[t]));
    return worst;
}

}  // namespace

// Batches double the number of rays until every element has its error or the budget ends.
RayFlux trace_from_source(const Scene& scene, const Context& context) {
    const int scrambles = scene.options.scrambles;
    const auto budget = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(scene.options.max_rays / scrambles, 1, std::numeric_limits<std::uint32_t>::max()));
    Sums sums(static_cast<std::size_t>(scrambles), scene.facets.area.size());
    RayFlux flux;
    double done = 0;
    std::int64_t rays = 0;
    const auto report = [&](std::int64_t more) {
        rays += more;
        const double worst = flux.incident.empty() ? 0 : worst_error(scene, flux);
        const double spent = static_cast<double>(rays) / (static_cast<double>(budget) * scrambles);
        done = std::max(done, std::min(1.0, std::max(spent, worst > 0 ? 1 / (worst * worst) : 0.0)));
        context.progress({"ray flux", done, {{"rays", static_cast<double>(rays)}, {"error over wanted", worst}}});
    };
    std::uint32_t per_scramble = 0;
    while (per_scramble < budget && (per_scramble == 0 || !flux.missed.empty())) {
        const std::uint32_t next = per_scramble == 0 ? 1024 : 2 * std::min(per_scramble, 1u << 30);
        const std::uint32_t to = std::min(budget, next);
        trace_batch(scene, per_scramble, to, sums, context, report);
        per_scramble = to;
        evaluate(scene, sums, per_scramble, flux);
    }
    return flux;
}

}  // namespace damascene::feature::rays
