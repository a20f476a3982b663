#include <cstdlib>

#include "common/full_grid_transform.hpp"
#include "common/iccad13.hpp"
#include "common/timing.hpp"
#include "evaluator/problem.hpp"

namespace damascene::bench {
namespace {

/// Binary raster of n x n points over the contest period.
Field2<std::uint8_t> coarse(const Field2<std::uint8_t>& raster, int n) {
    const AlignedFloats means = on_grid(raster, n);
    const Length pixel = (static_cast<double>(canvas) / n) * nm;
    Field2<std::uint8_t> out{{.nx = n, .ny = n, .dx = pixel, .dy = pixel}, std::vector<std::uint8_t>(means.size())};
    for (std::size_t i = 0; i < means.size(); ++i) out.values[i] = means[i] >= 0.5f;
    return out;
}

void compare(const Field2<std::uint8_t>& target, const Field2<std::uint8_t>& mask, const opc::ProcessCorners& corners) {
    const int n = mask.grid.nx;
    const Evaluator ours = damascene_evaluator(corners, n), full = full_grid_evaluator(corners, n);
    Counts a, b;
    const double t = best_cpu_seconds(9, [&] { a = ours(target, mask); }),
                 t_full = best_cpu_seconds(2, [&] { b = full(target, mask); });
    const long apart = std::labs(a.l2 - b.l2) + std::labs(a.pvb - b.pvb);
    require_same("counts", static_cast<double>(apart), 8);
    row({{"contender", "damascene"},
         {"n", static_cast<long>(n)},
         {"cpu [s]", t},
         {"ratio", 1.0},
         {"L2", a.l2},
         {"PV band", a.pvb}});
    row({{"contender", "full_grid"},
         {"n", static_cast<long>(n)},
         {"cpu [s]", t_full},
         {"ratio", t_full / t},
         {"L2", b.l2},
         {"PV band", b.pvb}});
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("Contest score of one mask",
          "Mask and target of M1_test4 on n x n points, 24 + 24 kernels, one thread, processor time. damascene: "
          "opc::score in double "
          "precision, with both edge-placement counts, shots and areas. `full_grid` counts only L2 and PV band, in "
          "single "
          "precision, by one transform of n x n points per kernel on " +
              FullGridTransform::library() + ". Same counts to 8 points (rounding at the threshold).");
    const auto target = clip(4), mask = reference_mask(4);
    const opc::ProcessCorners corners = contest_corners();
    for (int n : {256, 512, 1024, 2048}) compare(coarse(target, n), coarse(mask, n), corners);
    return 0;
}
