// Flights in a box with mirror or periodic walls: straight lines, free path -lambda ln u in gas.
//
// Rounding: a ray leaves a triangle from a point lifted by 1.5e-7 of the box (or 1e-5 of the triangle) and four times
// as far from its edges, so that single precision cannot put it behind the triangle or a neighbour; the triangle it
// left is culled by id; images of the triangles at the walls close the seams; a surface met from behind within 2e-5 of
// the box counts as met from the front, farther away the ray counts as lost.
#include "feature/rays/walk.hpp"

#include <algorithm>
#include <limits>

namespace damascene::feature::rays {
namespace {

constexpr std::uint32_t most_passes = 100'000;  ///< steps of one ray

enum End : int { wall_x, wall_y, above, below, collision };
struct Reach {
    double distance = 0;
    End end = above;
};

double to_plane(double at, double along, double low, double high) {
    if (along > 0) return std::max(0.0, (high - at) / along);
    return along < 0 ? std::max(0.0, (low - at) / along) : std::numeric_limits<double>::infinity();
}

// Where a ray ends if it meets no surface.
Reach reach_of(const Scene& scene, Ray& ray) {
    const RayDomain& box = scene.box;
    Reach reach = {to_plane(ray.at.z, ray.along.z, scene.bottom, scene.start), ray.along.z > 0 ? above : below};
    const double x = to_plane(ray.at.x, ray.along.x, box.x0_nm, box.x1_nm);
    const double y = to_plane(ray.at.y, ray.along.y, box.y0_nm, box.y1_nm);
    if (x < reach.distance) reach = {x, wall_x};
    if (y < reach.distance) reach = {y, wall_y};
    if (scene.gas()) {
        const double path = -scene.free_path * std::log(unit(draw(scene.options, ray)[0]));
        if (path < reach.distance) reach = {path, collision};
    }
    return reach;
}

// At a wall a little farther, to meet surfaces that end there.
Flight flight_of(const Scene& scene, const Ray& ray, const Reach& reach) {
    const bool wall = reach.end == wall_x || reach.end == wall_y;
    return {ray.at, ray.along, 0, reach.distance + (wall ? 1e-6 * scene.size : 0)};
}

void fold(double& at, double& along, double low, double high, Side side) {
    at = ((along > 0) == (side == Side::mirror)) ? high : low;
    if (side == Side::mirror) along = -along;
}

void pass_wall(const Scene& scene, Ray& ray, double distance, int end) {
    const RayDomain& box = scene.box;
    ray.at = ray.at + distance * ray.along;
    if (end == wall_x)
        fold(ray.at.x, ray.along.x, box.x0_nm, box.x1_nm, box.side);
    else
        fold(ray.at.y, ray.along.y, box.y0_nm, box.y1_nm, box.side);
    ray.at.x = std::clamp(ray.at.x, box.x0_nm, box.x1_nm);
    ray.at.y = std::clamp(ray.at.y, box.y0_nm, box.y1_nm);
}

bool from_behind(const Scene& scene, const Vec3& along, std::int32_t triangle) {
    const auto t = static_cast<std::size_t>(triangle);
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

// A ray that grazes a convex edge may meet the piece behind it first.
bool near_edge(const Scene& scene, std::int32_t triangle, const Meeting& m) {
    const auto& least = scene.clearance[static_cast<std::size_t>(triangle)].least;
    return 1 - m.u - m.v < 4 * least[0] || m.u < 4 * least[1] || m.v < 4 * least[2];
}

Step arrive(const Scene& scene, Ray& ray, const Meeting& meeting) {
    const std::int32_t triangle = scene.imaged.parent[static_cast<std::size_t>(meeting.triangle)];
    if (from_behind(scene, ray.along, meeting.triangle) && meeting.distance > 2e-5 * scene.size &&
        !near_edge(scene, triangle, meeting))
        return {Stop::lost};
    ray.at = place_of(scene, triangle, meeting.u, meeting.v);
    return {Stop::surface, triangle};
}

Step collide(const Scene& scene, Ray& ray, double distance) {
    ray.at = ray.at + distance * ray.along;
    ray.left = -1;
    const auto word = draw(scene.options, ray);
    ray.along = isotropic_direction(unit(word[0]), unit(word[1]));
    return {Stop::collision};
}

}  // namespace

std::array<double, sobol_dimensions> start_of(const RayOptions& options, const ScrambledSobol& sobol, Ray& ray) {
    if (options.quasi_random) return sobol.point(ray.index);
    const auto a = draw(options, ray), b = draw(options, ray);
    return {unit(a[0]), unit(a[1]), unit(a[2]), unit(a[3]), unit(b[0]), unit(b[1]), unit(b[2]), unit(b[3])};
}

// 2 A / perimeter is the radius of the inscribed circle, 2 A / side the altitude on a side.
std::vector<Clearance> clearances(const TriangleMesh& mesh, const Facets& facets, double size) {
    std::vector<Clearance> out;
    for (std::size_t t = 0; t < facets.area.size(); ++t) {
        const auto id = static_cast<std::int32_t>(t);
        const Vec3 a = point_of(mesh, id, 0), b = point_of(mesh, id, 1), c = point_of(mesh, id, 2);
        const std::array<double, 3> side = {length(c - b), length(a - c), length(b - a)};
        const double inscribed = 2 * facets.area[t] / (side[0] + side[1] + side[2]);
        const double lift = std::max(1e-5 * inscribed, 1.5e-7 * size), inset = std::min(4 * lift, 0.1 * inscribed);
        Clearance clear{.lift = lift * facets.normal[t]};
        for (std::size_t k = 0; k < 3; ++k) clear.least[k] = inset * side[k] / (2 * facets.area[t]);
        out.push_back(clear);
    }
    return out;
}

Vec3 place_of(const Scene& scene, std::int32_t t, double u, double v) {
    const auto& corner = scene.imaged.triangles.corners[static_cast<std::size_t>(t)];
    const auto point = [&](std::size_t k) -> const Vec3& {
        return scene.imaged.triangles.points[static_cast<std::size_t>(corner[k])];
    };
    const Clearance& clear = scene.clearance[static_cast<std::size_t>(t)];
    const double a = std::max(1 - u - v, clear.least[0]), b = std::max(u, clear.least[1]),
                 c = std::max(v, clear.least[2]);
    const double scale = 1 / (a + b + c);
    return a * scale * point(0) + b * scale * point(1) + c * scale * point(2) + clear.lift;
}

const std::vector<Step>& Walk::step(std::vector<Ray>& rays) {
    const std::size_t n = rays.size();
    flights_.resize(n), meetings_.resize(n), ends_.resize(n), reach_.resize(n), steps_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const Reach reach = reach_of(scene_, rays[i]);
        flights_[i] = flight_of(scene_, rays[i], reach);
        ends_[i] = reach.end, reach_[i] = reach.distance;
    }
    scene_.intersector->meet(flights_, meetings_);
    for (std::size_t i = 0; i < n; ++i) {
        Ray& ray = rays[i];
        const double distance = reach_[i];
        if (++ray.passes > most_passes) {
            steps_[i] = {Stop::lost};
            continue;
        }
        if (meetings_[i].triangle >= 0) skip_own_triangle(scene_, ray, flights_[i], meetings_[i]);
        if (meetings_[i].triangle >= 0)
            steps_[i] = arrive(scene_, ray, meetings_[i]);
        else if (ends_[i] == collision)
            steps_[i] = collide(scene_, ray, distance);
        else if (ends_[i] == above || ends_[i] == below)
            steps_[i] = {ends_[i] == above ? Stop::sky : Stop::lost};
        else {
            pass_wall(scene_, ray, distance, ends_[i]);
            ray.left = -1;
            steps_[i] = {Stop::wall};
        }
    }
    return steps_;
}

bool re_emit(const Scene& scene, Ray& ray, std::int32_t triangle, double& roulette) {
    if (ray.weight <= 0) return false;
    const bool quasi = ray.emissions < 2, thin = ray.weight < scene.options.roulette_below;
    std::array<std::uint32_t, 4> word{};
    if (thin || !quasi) word = draw(scene.options, ray);
    if (thin) {
        const bool lives = unit(word[2]) * scene.options.roulette_to < ray.weight;
        roulette += lives ? ray.weight - scene.options.roulette_to : ray.weight;
        if (!lives) return false;
        ray.weight = scene.options.roulette_to;
    }
    const std::size_t k = 2 * ray.emissions;
    const double u = quasi ? ray.quasi[k] : unit(word[0]), v = quasi ? ray.quasi[k + 1] : unit(word[1]);
    ray.along = cosine_direction(scene.facets.normal[static_cast<std::size_t>(triangle)], u, v);
    ray.left = triangle;
    ++ray.emissions;
    return true;
}

MeanFlux mean_of(std::span<const double> x) {
    const auto n = static_cast<double>(x.size());
    double sum = 0, squares = 0;
    for (double v : x) sum += v;
    for (double v : x) squares += (v - sum / n) * (v - sum / n);
    return {sum / n, std::sqrt(squares / (n * (n - 1)))};
}

double wanted_error(const RayOptions& options, double flux) {
    return options.rel_error * std::max(flux, options.least_flux);
}

}  // namespace damascene::feature::rays
