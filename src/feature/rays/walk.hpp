// One flight after another between source, surfaces, walls and collisions.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "damascene/base/random.hpp"
#include "damascene/feature/rays.hpp"
#include "feature/rays/emission.hpp"
#include "feature/rays/mesh.hpp"
#include "numerics/sobol.hpp"

namespace damascene::feature::rays {

using numerics::ScrambledSobol;
using numerics::sobol_dimensions;

/// How far a place on a triangle is kept from its edges (as least barycentric coordinates) and above its plane, so that
/// single precision can never round it behind a neighbour.
struct Clearance {
    std::array<double, 3> least{};
    Vec3 lift;
};

struct Scene {
    const TriangleMesh* mesh = nullptr;
    RayDomain box;
    ImagedMesh imaged;
    Facets facets;
    std::vector<Clearance> clearance;
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
    std::uint32_t stream = 0, index = 0, draws = 0, emissions = 0, passes = 0;
    std::array<double, 4> quasi{};  ///< coordinates of the first two re-emissions
};

inline double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

/// Random numbers of a ray beyond its Sobol' coordinates.
inline std::array<std::uint32_t, 4> draw(const RayOptions& options, Ray& ray) {
    return KeyedRandom(options.seed, std::uint64_t{ray.stream} << 32 | ray.index).block(ray.draws++);
}
/// Coordinates of its start and first re-emissions; `sobol` is the randomisation of the ray's stream.
std::array<double, sobol_dimensions> start_of(const RayOptions&, const ScrambledSobol& sobol, Ray&);

/// Place on a triangle of the box from barycentric coordinates, cleared of edges and plane.
Vec3 place_of(const Scene&, std::int32_t triangle, double u, double v);
std::vector<Clearance> clearances(const TriangleMesh&, const Facets&, double size_nm);

enum class Stop { wall, surface, collision, sky, lost };
struct Step {
    Stop stop = Stop::sky;
    std::int32_t triangle = -1;
};
/// One step of every ray: to a wall (which it passes), a surface, a collision (after which it flies on), or out.
class Walk {
  public:
    explicit Walk(const Scene& scene) : scene_(scene) {}
    const std::vector<Step>& step(std::vector<Ray>& rays);

  private:
    const Scene& scene_;
    std::vector<Flight> flights_;
    std::vector<Meeting> meetings_;
    std::vector<int> ends_;
    std::vector<double> reach_;
    std::vector<Step> steps_;
};

/// Roulette, then re-emission by the cosine law; false when the ray ends. What the roulette took is added.
bool re_emit(const Scene&, Ray&, std::int32_t triangle, double& roulette);

/// Mean of the scrambles and its standard error, sqrt(sum (x - mean)^2 / (n (n - 1))).
MeanFlux mean_of(std::span<const double>);
/// Error asked of an element; relative errors are asked of fluxes above `least_flux`.
double wanted_error(const RayOptions&, double flux);

RayFlux trace_from_source(const Scene&, const Context&);
RayFlux trace_from_surface(const Scene&, const Context&);
RayFlux trace_by_gathering(const Scene&, const Context&);

}  // namespace damascene::feature::rays
