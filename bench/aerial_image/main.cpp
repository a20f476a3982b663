#include <cmath>

#include "aerial_image/problem.hpp"
#include "common/full_grid_transform.hpp"
#include "common/iccad13.hpp"
#include "common/timing.hpp"

namespace damascene::bench {
namespace {

double worst(const AlignedFloats& a, const AlignedFloats& b) {
    double top = 0;
    for (std::size_t i = 0; i < a.size(); ++i) top = std::max(top, static_cast<double>(std::abs(a[i] - b[i])));
    return top;
}

void compare(const std::string& growth, const KernelSet& kernels, const AlignedFloats& mask, int n) {
    const Imager ours = damascene_imager(kernels, n), full = full_grid_imager(kernels, n);
    AlignedFloats image(mask.size()), expected(mask.size());
    const double t = best_cpu_seconds(9, [&] { ours(mask, image); }),
                 t_full = best_cpu_seconds(2, [&] { full(mask, expected); });
    const double apart = worst(image, expected);
    require_same("aerial image", apart, 1e-5);
    const double period_um = kernels.period_x.in(um);
    row({{"growth", growth},
         {"contender", "damascene"},
         {"n", static_cast<long>(n)},
         {"period [um]", period_um},
         {"kernels", static_cast<long>(kernels.count())},
         {"cpu [s]", t},
         {"ratio", 1.0},
         {"largest difference", 0.0}});
    row({{"growth", growth},
         {"contender", "full_grid"},
         {"n", static_cast<long>(n)},
         {"period [um]", period_um},
         {"kernels", static_cast<long>(kernels.count())},
         {"cpu [s]", t_full},
         {"ratio", t_full / t},
         {"largest difference", apart}});
}

/// Contest-like optics for a square of another side; 24 kernels, whatever the truncation.
KernelSet kernels_of_period(Length period) {
    optics::Source source;
    optics::Pupil pupil;
    optics::iccad13_like(source, pupil);
    return optics::socs(source, pupil, period, period, 1e-3, 24);
}

/// The reference mask again and again (or a corner of it) on n points of 4 nm.
AlignedFloats repeated(const AlignedFloats& tile, int tile_n, int n) {
    AlignedFloats out(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x)
            out[static_cast<std::size_t>(y) * static_cast<std::size_t>(n) + static_cast<std::size_t>(x)] =
                tile[static_cast<std::size_t>(y % tile_n * tile_n + x % tile_n)];
    return out;
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about(
        "Aerial image, 24 kernels",
        "Mask M1_test4 on n x n points -> intensity on the same points, one thread, processor time, single precision. "
        "Growth with the pixel: the contest kernels (35 x 35, period 2.048 um) on finer and finer points. Growth with "
        "the area: 4 nm points, band and points grow with the side (contest-like optics, 24 kernels kept). Same image "
        "to 1e-5. `full_grid`: one transform of n x n points per kernel on " +
            FullGridTransform::library() + ".");
    const auto mask = reference_mask(4);
    for (int n : {256, 512, 1024, 2048}) compare("pixel", contest_kernels("focus"), on_grid(mask, n), n);
    const AlignedFloats tile = on_grid(mask, 512);
    for (int n : {256, 512, 1024, 2048}) compare("area", kernels_of_period(4.0 * n * nm), repeated(tile, 512, n), n);
    return 0;
}
