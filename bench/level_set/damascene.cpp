// One step of a surface in motion: extraction, speeds along normals, one move of half a cell.
#include <cmath>
#include <string>

#include "common/timing.hpp"
#include "damascene/feature/level_set.hpp"

namespace damascene::bench {
namespace {

using namespace feature;

/// A trench of aspect ratio 4 in a domain of n x 2 n nodes.
Surface trench(int n) {
    const double h = 1, width = 0.3 * n;
    Surface s = flat_surface({.x0_nm = -0.5 * n, .x1_nm = 0.5 * n, .z0_nm = -1.5 * n, .z1_nm = 0.5 * n, .h_nm = h},
                             "substrate");
    carve(s, {.width_nm = width, .depth_nm = 4 * width});
    return s;
}

SurfaceSpeed one(const Section& section) { return {.isotropic = {std::vector<double>(section.size(), 1.0)}}; }

/// Nodes within six cells of the surface.
long band_nodes(const Surface& s) {
    long count = 0;
    for (double f : s.phi[0].values) count += std::abs(f) < 6 * s.h_nm();
    return count;
}

/// Grown thickness of the field against the exact one, in cells.
double field_error(const Surface& start, const MotionOptions& options) {
    Surface s = start;
    const Section section = section_of(s, 1.5);
    move(s, section, one(section), 0.5, options);
    return std::abs(s.phi[0].at(2, (s.grid.ny - 1) * 3 / 4) - start.phi[0].at(2, (s.grid.ny - 1) * 3 / 4) + 0.5);
}

void time_step(int n, const char* name, const MotionOptions& options) {
    const Surface start = trench(n);
    require_same("thickness of the field", field_error(start, options), 1e-6);
    const Section section = section_of(start, 1.5);
    const SurfaceSpeed speed = one(section);
    Surface s = start;
    int substeps = 0;
    const double t_move = best_cpu_seconds(7, [&] {
        s = start;
        substeps = move(s, section, speed, 0.5, options).substeps;
    });
    const double t_section = best_cpu_seconds(7, [&] { (void)section_of(start, 1.5); });
    row({{"contender", std::string(name)},
         {"n", band_nodes(start)},
         {"grid", std::to_string(start.grid.nx) + " x " + std::to_string(start.grid.ny)},
         {"cpu [s]", t_move + t_section},
         {"move [s]", t_move},
         {"section [s]", t_section},
         {"substeps", static_cast<long>(substeps)}});
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("A surface moves by half a cell",
          "Trench of aspect ratio 4, growth of half a cell: extraction of pieces of 1.5 cells, speeds along normals, "
          "substeps. n = nodes within six cells of the surface; one thread. The field's thickness is exact to 1e-6 "
          "cells.");
    for (int n : {100, 200, 400, 800}) {
        time_step(n, "weno5_rk3", {});
        time_step(n, "weno5_rk2", {.time = feature::TimeOrder::rk2});
        time_step(n, "first_euler", {.space = feature::SpaceOrder::first, .time = feature::TimeOrder::euler});
    }
    return 0;
}
