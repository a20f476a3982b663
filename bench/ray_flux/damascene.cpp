// Flux of a diffuse species on the triangles of a trench in three dimensions: rays from the source drawn at random (the
// usual way), rays from the source on scrambled Sobol' points, rays walked backwards from the surface, and rays of one
// flight from the surface with the re-emitted part solved for. Then a trench and a via of aspect ratio 4 against the
// exact solutions of their integral equations, which are left in a folder for other programs.
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

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

constexpr double aspect_ratio = 4;

/// A hole whose flux is known, in pairs of triangles of about h x h.
struct Hole {
    std::string shape;
    Symmetry symmetry;
    double mouth, depth;  ///< half width or radius; depth
    TriangleMesh mesh;
    double h;
};

Hole exact_trench(int finer) { return {"trench", Symmetry::planar, 0.5, 4, trench(finer), 0.125 / finer}; }

Hole exact_via(int finer) {
    Section s{.symmetry = Symmetry::axial, .left = Side::open, .right = Side::open, .pieces = {}, .chain_begin = {0}};
    line(s, {0, -8}, {1, -8}, 5 * finer), line(s, {1, -8}, {1, 0}, 40 * finer), line(s, {1, 0}, {1.1, 0}, finer);
    return {"via", Symmetry::axial, 1, 8, revolved(s, 32 * finer), 0.2 / finer};
}

double between(const std::vector<double>& x, const std::vector<double>& y, double at) {
    const auto k = std::clamp<std::ptrdiff_t>(std::lower_bound(x.begin(), x.end(), at) - x.begin(), 1,
                                              static_cast<std::ptrdiff_t>(x.size()) - 1);
    const auto i = static_cast<std::size_t>(k);
    return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (x[i] - x[i - 1]);
}

double area_of(const TriangleMesh& mesh, std::size_t t) {
    const auto corner = [&](std::size_t c) { return mesh.points[static_cast<std::size_t>(mesh.triangles[t][c])]; };
    const auto p = corner(0), q = corner(1), r = corner(2);
    const auto cross = [&](std::size_t i, std::size_t j) {
        return (q[i] - p[i]) * (r[j] - p[j]) - (q[j] - p[j]) * (r[i] - p[i]);
    };
    return 0.5 * std::hypot(cross(0, 1), cross(1, 2), cross(2, 0));
}

/// Flux at the mesh points: mean over the triangles around each, by area.
std::vector<double> at_points(const TriangleMesh& mesh, const std::vector<double>& flux) {
    std::vector<double> sum(mesh.points.size(), 0.0), area(mesh.points.size(), 0.0);
    for (std::size_t t = 0; t < flux.size(); ++t)
        for (std::int32_t corner : mesh.triangles[t]) {
            sum[static_cast<std::size_t>(corner)] += area_of(mesh, t) * flux[t];
            area[static_cast<std::size_t>(corner)] += area_of(mesh, t);
        }
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] /= area[k];
    return sum;
}

struct Errors {
    double rms = 0, relative = 0, worst_relative = 0;
    long places = 0;
};

/// Over the mesh points on wall and bottom more than two elements from corners and mouth.
Errors errors_of(const Hole& hole, const std::vector<double>& flux, const HoleFlux& exact) {
    Errors e;
    const double unit = hole.symmetry == Symmetry::axial ? 1 : 2 * hole.mouth;
    for (std::size_t k = 0; k < flux.size(); ++k) {
        const auto [x, y, z] = hole.mesh.points[k];
        const double across = hole.symmetry == Symmetry::axial ? std::hypot(x, y) : std::abs(x);
        double truth = 0;
        if (z > -hole.depth + 2.1 * hole.h && z < -2.1 * hole.h)
            truth = between(exact.depth, exact.wall, -z / hole.depth);
        else if (z < -hole.depth + 1e-6 && across < hole.mouth - 2.1 * hole.h)
            truth = between(exact.across, exact.bottom, across / unit);
        else
            continue;
        const double off = std::abs(flux[k] - truth);
        e.rms += off * off, e.relative += off / truth * off / truth, ++e.places;
        e.worst_relative = std::max(e.worst_relative, off / truth);
    }
    e.rms = std::sqrt(e.rms / static_cast<double>(e.places));
    e.relative = std::sqrt(e.relative / static_cast<double>(e.places));
    return e;
}

// The tolerance: standard errors of single triangles as asked, averaged over several, and the width of the elements.
void against_exact(const Hole& hole, double sticking, const HoleFlux& exact) {
    const RayDomain box = box_of(hole.mesh);
    for (double wanted : {0.3, 0.1, 0.03}) {
        RayFlux flux;
        const double cpu = best_cpu_seconds(
            2, [&] { flux = ray_flux(hole.mesh, box, {.sticking = {sticking}}, {.rel_error = wanted}); });
        const Errors e = errors_of(hole, at_points(hole.mesh, flux.incident), exact);
        require_same("flux of the " + hole.shape, e.relative, 0.02 + 0.3 * wanted);
        row({{"table", "exact"},
             {"contender", "damascene"},
             {"shape", hole.shape},
             {"sticking", sticking},
             {"element", hole.h},
             {"asked", std::to_string(wanted).substr(0, 4)},
             {"places", e.places},
             {"cpu [s]", cpu},
             {"RMS error", e.rms},
             {"RMS relative error", e.relative},
             {"worst relative error", e.worst_relative}});
    }
}

void write_profile(const std::string& path, const HoleFlux& h) {
    std::ofstream out(path);
    out.precision(10);
    for (std::size_t k = 0; k < h.depth.size(); ++k) out << "wall," << h.depth[k] << ',' << h.wall[k] << '\n';
    for (std::size_t k = 0; k < h.across.size(); ++k) out << "bottom," << h.across[k] << ',' << h.bottom[k] << '\n';
}

/// Middle of the wall and of the bottom from tests/data/reference/{trench,via}_static_flux.csv.
struct TableRow {
    double sticking, trench_wall, trench_bottom, via_wall, via_bottom;
};

void compare_exact(const std::string& folder, const std::vector<TableRow>& table) {
    std::vector<std::pair<HoleFlux, HoleFlux>> exact;
    for (const TableRow& t : table) {
        const HoleFlux planar = hole_flux(Symmetry::planar, aspect_ratio, t.sticking, 1600),
                       axial = hole_flux(Symmetry::axial, aspect_ratio, t.sticking, 1600);
        require_same("trench table",
                     std::hypot(planar.wall_mid - t.trench_wall, planar.bottom_center - t.trench_bottom), 1e-6);
        require_same("via table", std::hypot(axial.wall_mid - t.via_wall, axial.bottom_center - t.via_bottom), 1e-5);
        const std::string name = std::to_string(t.sticking).substr(0, 3);
        if (!folder.empty()) write_profile(folder + "/trench_" + name + ".csv", planar);
        if (!folder.empty()) write_profile(folder + "/via_" + name + ".csv", axial);
        exact.emplace_back(planar, axial);
    }
    for (std::size_t k = 0; k < table.size(); ++k) {
        for (int finer : {1, 2}) against_exact(exact_trench(finer), table[k].sticking, exact[k].first);
        against_exact(exact_via(1), table[k].sticking, exact[k].second);
    }
}

}  // namespace
}  // namespace damascene::bench

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("Flux on the triangles of a trench",
          "Trench of aspect ratio 4 with mirror ends, thermal source, constant sticking, until the standard error of "
          "every triangle is 3 % of its flux; one thread, processor time. `independent draws`: pseudo-random rays from "
          "the source on the same tracer. Errors are relative, of single triangles. Answers agree within their error "
          "bars. With `element`: that trench and a via of radius 1 and depth 8 against the exact solution, at mesh "
          "points (mean of the triangles around) more than two elements from corners and mouth; `asked`: standard "
          "error asked for. Contender: ViennaPS, CPU, one thread, where installed, with averages over `smoothing` "
          "rings of neighbours; with `within`: the cheapest row above and the cheapest setting of ViennaPS on any grid "
          "within an error, and what its random part alone would cost on the grid of that row, without smoothing.");
    compare_exact(argc > 1 ? argv[1] : "", {{0.5, 0.1257942402, 0.1695493555, 0.0376461459, 0.0239776902},
                                            {0.1, 0.4645732109, 0.4641103976, 0.2320475207, 0.1511318525}});
    for (double sticking : {0.5, 0.1, 0.01, 0.001}) compare(sticking, 1);
    compare(0.1, 2);
    return 0;
}
