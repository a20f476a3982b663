// One step of a surface in three dimensions: meshing, nearest triangles, one move of half a cell.
#include <cmath>
#include <string>

#include "common/timing.hpp"
#include "damascene/feature/volume3.hpp"

namespace damascene::bench {
namespace {

using namespace feature;

/// A hole of diameter 0.4 n and depth 0.5 n in a box of n^3 cells.
Volume hole(int n) {
    const double half = 0.5 * n;
    Volume v = flat_volume({-half, half, -half, half, -0.75 * n, 0.25 * n, 1}, "substrate");
    remove_solid(v, [n](double x, double y, double z) { return std::max(std::hypot(x, y) - 0.2 * n, -0.5 * n - z); });
    return v;
}

double field(const Volume& v, int n) { return distance_nm(v, 0, {-0.5 * n + 1, -0.5 * n + 1, 0}); }

void time_step(int n, const char* name, const MotionOptions& options) {
    const Volume start = hole(n);
    const TriangleMesh mesh = surface_mesh(start);
    const std::vector<double> speed(mesh.triangles.size(), 1.0);
    Volume v = start;
    int substeps = move(v, mesh, speed, 0.5, options).substeps;
    require_same("thickness of the field", std::abs(field(v, n) - field(start, n) + 0.5), 1e-6);
    const double t_move = best_cpu_seconds(5, [&] {
        v = start;
        move(v, mesh, speed, 0.5, options);
    });
    const double t_mesh = best_cpu_seconds(5, [&] { (void)surface_mesh(start); });
    row({{"contender", std::string(name)},
         {"n", static_cast<long>(mesh.triangles.size())},
         {"grid", std::to_string(n) + "^3"},
         {"cpu [s]", t_move + t_mesh},
         {"move [s]", t_move},
         {"mesh [s]", t_mesh},
         {"substeps", static_cast<long>(substeps)}});
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("A surface in three dimensions moves by half a cell",
          "Hole of diameter 0.4 and depth 0.5 of the box, growth of half a cell: mesh, nearest triangles, substeps, "
          "volumes. n = triangles; one thread. The field's thickness is exact to 1e-6 cells.");
    for (int n : {48, 100, 200}) {
        time_step(n, "weno5_rk3", {});
        time_step(n, "weno3_rk2", {.space = feature::SpaceOrder::weno3, .time = feature::TimeOrder::rk2});
        time_step(n, "first_euler", {.space = feature::SpaceOrder::first, .time = feature::TimeOrder::euler});
    }
    return 0;
}
