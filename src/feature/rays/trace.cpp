// Arrival of particles by quasi-Monte Carlo ray tracing with implicit capture.
//
// A ray leaves the source plane with weight 1, uniform over the box, direction by the crossing law of its beam. At
// every arrival on triangle e its weight is scored and w <- w (1 - s_e); below `roulette_below` it lives on with
// probability w / roulette_to and the weight roulette_to; it leaves e by the cosine law (or, in gas, a collision
// isotropically after a free path -lambda ln u). Then
//   Gamma_e = A_box / (N A_e) sum w,   flat field = 1.
// Sobol' coordinates 0-1 place the start, 2-3 its direction, 4-7 the first two re-emissions; Philox gives the rest. The
// standard error is that of the mean of independent scrambles [Owen 1997].
//
// Rounding: a ray leaves its triangle from a point moved by 1e-4 towards a point above the centroid, so it stands clear
// of edges (convex or concave) and of its own plane; the triangle it left is culled by id; images of the triangles at
// the walls close the seams; a surface met from behind within 2e-5 of the box is taken as met from the front, farther
// away the ray counts as lost.
//
// Same bits at any thread count: blocks of rays of fixed size list their arrivals, and each scramble adds its blocks in
// order. Cost: rays x flights per ray x log(triangles).
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "damascene/base/parallel.hpp"
#include "damascene/base/random.hpp"
#include "feature/rays/emission.hpp"
#include "feature/rays/mesh.hpp"
#include "feature/rays/sobol.hpp"

namespace damascene::feature {
namespace rays {
namespace {

constexpr std::uint32_t block_rays = 1024;
constexpr std::size_t blocks_at_once = 256;
constexpr std::int64_t most_flights = 2'000'000;  ///< of one ray

struct Scene {
    const TriangleMesh* mesh = nullptr;
    RayDomain box;
    ImagedMesh imaged;
    Facets facets;
    std::vector<double> sticking;
    Beam beam;
    double free_path = 0;  ///< nm; infinity without gas
    double start = 0, top = 0, bottom = 0, size = 0;
    RayOptions options;
    std::unique_ptr<Intersector> intersector = nullptr;

    double area() const { return (box.x1_nm - box.x0_nm) * (box.y1_nm - box.y0_nm); }
    double sticking_of(std::int32_t t) const {
        return sticking.size() == 1 ? sticking[0] : sticking[static_cast<std::size_t>(t)];
    }
    bool gas() const { return std::isfinite(free_path); }
};

struct Ray {
    Vec3 at, along;
    double weight = 1;
    std::int32_t left = -1;  ///< triangle it comes from
    std::uint32_t index = 0, draws = 0, re_emissions = 0;
    std::int64_t flights = 0;
    std::array<double, 4> quasi;
};

struct Arrival {
    double weight;
    std::int32_t triangle;
};
struct Tally {
    std::vector<Arrival> arrivals;
    double captured = 0, escaped = 0, roulette = 0, lost = 0;
    std::int64_t flights = 0;
};

enum class End { wall_x, wall_y, top, bottom, collision };
struct Reach {
    double distance = 0;
    End end = End::top;
};

// ----------------------------------------------------------------------------------------------------------------
// draws
double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

class Draws {
  public:
    Draws(const Scene& scene, std::uint32_t scramble)
        : scene_(scene), scramble_(scramble), sobol_(scene.options.seed, scramble) {}

    std::array<std::uint32_t, 4> block(Ray& ray) const {
        return KeyedRandom(scene_.options.seed, std::uint64_t{scramble_} << 32 | ray.index).block(ray.draws++);
    }
    std::array<double, sobol_dimensions> start(Ray& ray) const {
        if (scene_.options.quasi_random) return sobol_.point(ray.index);
        const auto a = block(ray), b = block(ray);
        return {unit(a[0]), unit(a[1]), unit(a[2]), unit(a[3]), unit(b[0]), unit(b[1]), unit(b[2]), unit(b[3])};
    }

  private:
    const Scene& scene_;
    std::uint32_t scramble_;
    ScrambledSobol sobol_;
};

// ------------------------------------------------------------------------------------------------------------ one
// flight
Ray launch(const Scene& scene, const Draws& draws, std::uint32_t index) {
    Ray ray;
    ray.index = index;
    const auto q = draws.start(ray);
    const RayDomain& box = scene.box;
    ray.at = {box.x0_nm + q[0] * (box.x1_nm - box.x0_nm), box.y0_nm + q[1] * (box.y1_nm - box.y0_nm), scene.start};
    ray.along = beam_direction(scene.beam, q[2], q[3]);
    while (ray.along.z >= 0) {
        const auto word = draws.block(ray);
        ray.along = beam_direction(scene.beam, unit(word[0]), unit(word[1]));
    }
    ray.quasi = {q[4], q[5], q[6], q[7]};
    return ray;
}

double to_plane(double at, double along, double low, double high) {
    if (along > 0) return std::max(0.0, (high - at) / along);
    return along < 0 ? std::max(0.0, (low - at) / along) : std::numeric_limits<double>::infinity();
}

// Where a ray ends if it meets no surface.
Reach reach_of(const Scene& scene, const Draws& draws, Ray& ray) {
    const RayDomain& box = scene.box;
    Reach reach = {to_plane(ray.at.z, ray.along.z, scene.bottom, scene.start),
                   ray.along.z > 0 ? End::top : End::bottom};
    const double x = to_plane(ray.at.x, ray.along.x, box.x0_nm, box.x1_nm);
    const double y = to_plane(ray.at.y, ray.along.y, box.y0_nm, box.y1_nm);
    if (x < reach.distance) reach = {x, End::wall_x};
    if (y < reach.distance) reach = {y, End::wall_y};
    if (scene.gas()) {
        const double path = -scene.free_path * std::log(unit(draws.block(ray)[0]));
        if (path < reach.distance) reach = {path, End::collision};
    }
    return reach;
}

Flight flight_of(const Scene& scene, const Ray& ray, const Reach& reach) {
    const bool wall = reach.end == End::wall_x || reach.end == End::wall_y;
    return {ray.at, ray.along, 0, reach.distance + (wall ? 1e-6 * scene.size : 0)};
}

void fold(double& at, double& along, double low, double high, Side side) {
    const bool upward = along > 0;
    at = (upward == (side == Side::mirror)) ? high : low;
    if (side == Side::mirror) along = -along;
}

void pass_wall(const Scene& scene, Ray& ray, const Reach& reach) {
    const RayDomain& box = scene.box;
    ray.at = ray.at + reach.distance * ray.along;
    ray.left = -1;
    if (reach.end == End::wall_x)
        fold(ray.at.x, ray.along.x, box.x0_nm, box.x1_nm, box.side);
    else
        fold(ray.at.y, ray.along.y, box.y0_nm, box.y1_nm, box.side);
    ray.at.x = std::clamp(ray.at.x, box.x0_nm, box.x1_nm);
    ray.at.y = std::clamp(ray.at.y, box.y0_nm, box.y1_nm);
}

bool from_behind(const Scene& scene, const Vec3& along, const Meeting& meeting) {
    const auto t = static_cast<std::size_t>(meeting.triangle);
    const std::uint8_t flip = scene.imaged.mirrored[t];
    const Vec3 d = {flip & 1u ? -along.x : along.x, flip & 2u ? -along.y : along.y, along.z};
    return dot(d, scene.facets.normal[static_cast<std::size_t>(scene.imaged.parent[t])]) >= 0;
}

// Meets again beyond the triangle the ray has just left.
void skip_own_triangle(const Scene& scene, const Ray& ray, Flight flight, Meeting& meeting) {
    while (meeting.triangle >= 0 && meeting.triangle == ray.left) {
        flight.nearest = meeting.distance * (1 + 1e-6) + 1e-7 * scene.size;
        meeting = {};
        if (flight.nearest >= flight.farthest) return;
        scene.intersector->meet(std::span(&flight, 1), std::span(&meeting, 1));
    }
}

// The place on the triangle of the box, moved by 1e-4 towards a point a little above its centroid.
Vec3 place_of(const Scene& scene, std::int32_t t, double u, double v) {
    const Vec3 a = point_of(*scene.mesh, t, 0), b = point_of(*scene.mesh, t, 1), c = point_of(*scene.mesh, t, 2);
    const Vec3 point = (1 - u - v) * a + u * b + v * c;
    const double height = 0.1 * std::sqrt(scene.facets.area[static_cast<std::size_t>(t)]);
    const Vec3 aim = (1.0 / 3) * (a + b + c) + height * scene.facets.normal[static_cast<std::size_t>(t)];
    return point + 1e-4 * (aim - point);
}

// Scores an arrival; false when the ray ends.
bool arrive(const Scene& scene, const Draws& draws, Ray& ray, std::int32_t triangle, Tally& tally) {
    const double s = scene.sticking_of(triangle);
    tally.arrivals.push_back({ray.weight, triangle});
    tally.captured += ray.weight * s;
    ray.weight *= 1 - s;
    if (ray.weight <= 0) return false;
    const bool quasi = ray.re_emissions < 2, thin = ray.weight < scene.options.roulette_below;
    std::array<std::uint32_t, 4> word{};
    if (thin || !quasi) word = draws.block(ray);
    if (thin) {
        const bool lives = unit(word[2]) * scene.options.roulette_to < ray.weight;
        tally.roulette += lives ? ray.weight - scene.options.roulette_to : ray.weight;
        if (!lives) return false;
        ray.weight = scene.options.roulette_to;
    }
    const std::size_t k = 2 * ray.re_emissions++;
    ray.along = cosine_direction(scene.facets.normal[static_cast<std::size_t>(triangle)],
                                 quasi ? ray.quasi[k] : unit(word[0]), quasi ? ray.quasi[k + 1] : unit(word[1]));
    ray.left = triangle;
    return true;
}

bool lose(Ray& ray, Tally& tally) {
    tally.lost += ray.weight;
    return false;
}

// Carries a ray to where its flight ends; false when it ends there.
bool advance(const Scene& scene, const Draws& draws, Ray& ray, const Reach& reach, Meeting& meeting, Tally& tally) {
    if (++ray.flights > most_flights) return lose(ray, tally);
    skip_own_triangle(scene, ray, flight_of(scene, ray, reach), meeting);
    if (meeting.triangle >= 0) {
        ++tally.flights;
        if (from_behind(scene, ray.along, meeting) && meeting.distance > 2e-5 * scene.size) return lose(ray, tally);
        const std::int32_t triangle = scene.imaged.parent[static_cast<std::size_t>(meeting.triangle)];
        ray.at = place_of(scene, triangle, meeting.u, meeting.v);
        return arrive(scene, draws, ray, triangle, tally);
    }
    if (reach.end == End::wall_x || reach.end == End::wall_y) {
        pass_wall(scene, ray, reach);
        return true;
    }
    ++tally.flights;
    if (reach.end == End::bottom) return lose(ray, tally);
    if (reach.end == End::top) {
        tally.escaped += ray.weight;
        return false;
    }
    ray.at = ray.at + reach.distance * ray.along;
    ray.left = -1;
    const auto word = draws.block(ray);
    ray.along = isotropic_direction(unit(word[0]), unit(word[1]));
    return true;
}

// Rays that rise from the highest level are gone: nothing stands above it.
bool gone(const Scene& scene, const Ray& ray, Tally& tally) {
    if (scene.gas() || ray.along.z <= 0 || ray.at.z < scene.top) return false;
    tally.escaped += ray.weight;
    ++tally.flights;
    return true;
}

// -------------------------------------------------------------------------------------------------------------- many
// rays
Tally trace_block(const Scene& scene, std::uint32_t scramble, std::uint32_t first, std::uint32_t count) {
    const Draws draws(scene, scramble);
    Tally tally;
    tally.arrivals.reserve(std::size_t{8} * count);
    std::vector<Ray> rays;
    for (std::uint32_t i = 0; i < count; ++i) rays.push_back(launch(scene, draws, first + i));
    std::vector<Reach> reach(count);
    std::vector<Flight> flights(count);
    std::vector<Meeting> meetings(count);
    while (!rays.empty()) {
        const std::size_t n = rays.size();
        for (std::size_t i = 0; i < n; ++i) {
            reach[i] = reach_of(scene, draws, rays[i]);
            flights[i] = flight_of(scene, rays[i], reach[i]);
        }
        scene.intersector->meet(std::span(flights).first(n), std::span(meetings).first(n));
        std::size_t alive = 0;
        for (std::size_t i = 0; i < n; ++i)
            if (advance(scene, draws, rays[i], reach[i], meetings[i], tally) && !gone(scene, rays[i], tally))
                rays[alive++] = rays[i];
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

// Mean of the scrambles and its standard error, sqrt(sum (x - mean)^2 / (n (n - 1))).
MeanFlux mean_of(std::span<const double> x) {
    const auto n = static_cast<double>(x.size());
    double sum = 0, squares = 0;
    for (double v : x) sum += v;
    for (double v : x) squares += (v - sum / n) * (v - sum / n);
    return {sum / n, std::sqrt(squares / (n * (n - 1)))};
}

constexpr double floor_of_error = 0.01;  ///< relative errors are asked of fluxes above this share of the field's
double wanted_error(const RayOptions& options, double flux) {
    return options.rel_error * std::max(flux, floor_of_error);
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

// Batches double the number of rays until every element has its error or the budget ends.
RayFlux trace(const Scene& scene, const Context& context) {
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

// -------------------------------------------------------------------------------------------------------------
// preparation
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
