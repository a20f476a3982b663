#include <cmath>

#include "common/timing.hpp"
#include "socs_build/problem.hpp"

namespace damascene::bench {
namespace {

constexpr int kernel_count = 25;

/// The most kernels that end at a gap of the weights: within a degenerate pair any basis is right.
int kernels_to_a_gap(const KernelSet& set) {
    for (int k = kernel_count - 1; k > 0; --k)
        if (set.weights[static_cast<std::size_t>(k - 1)] - set.weights[static_cast<std::size_t>(k)] >
            1e-6 * set.weights[0])
            return k;
    return 0;
}

KernelSet first(KernelSet set, int count) {
    set.kernels.resize(set.kernels.size() / set.weights.size() * static_cast<std::size_t>(count));
    set.weights.resize(static_cast<std::size_t>(count));
    return set;
}

/// Largest difference of the images of a rectangle, and of the weights, relative to the largest weight.
double difference(const KernelSet& a, const KernelSet& b) {
    double worst = 0;
    for (std::size_t k = 0; k < kernel_count; ++k)
        worst = std::max(worst, std::abs(a.weights[k] - b.weights[k]) / b.weights[0]);
    const int count = kernels_to_a_gap(b), side = static_cast<int>(a.period_x.in(nm) / 3);
    const Region rectangle{1 * nm,
                           {{{side, side}, {2 * side, side}, {2 * side, side + side / 2}, {side, side + side / 2}}}};
    const Spectrum2 mask = polygon_spectrum(rectangle, 0 * nm, 0 * nm, a.period_x, a.period_y, a.band_x, a.band_y);
    const Image ia = optics::image(first(a, count), mask), ib = optics::image(first(b, count), mask);
    for (std::size_t i = 0; i < ia.coefficients.size(); ++i)
        worst = std::max(worst, std::abs(ia.coefficients[i] - ib.coefficients[i]));
    return worst;
}

void print(const char* contender, const char* optics_name, Length period, const optics::Source& source,
           const KernelSet& set, double seconds, double ratio, double apart) {
    const long n = (2L * set.band_x + 1) * (2L * set.band_y + 1);
    row({{"optics", optics_name},
         {"contender", contender},
         {"period [um]", period.in(um)},
         {"source points", static_cast<long>(source.points.size())},
         {"n", n},
         {"cpu [s]", seconds},
         {"ratio", ratio},
         {"difference", apart}});
}

void compare(const char* name, const optics::Source& source, const optics::Pupil& pupil, Length period, bool dense) {
    KernelSet ours, theirs;
    const double t = best_cpu_seconds(5, [&] { ours = damascene_socs(source, pupil, period, kernel_count); });
    print("damascene", name, period, source, ours, t, 1.0, 0.0);
    if (!dense) return;
    const double t_dense = best_cpu_seconds(1, [&] { theirs = dense_eigen_socs(source, pupil, period, kernel_count); });
    const double apart = difference(ours, theirs);
    require_same(name, apart, 1e-9);
    print("dense_eigen", name, period, source, theirs, t_dense, t_dense / t, apart);
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("Building coherent kernels",
          "25 kernels of annular .6/.9 light on 41 x 41 cells; n = frequencies (2B+1)^2. Processor time, one thread "
          "(LAPACK may "
          "use more; all are counted). Same weights, and same image of a rectangle by the kernels up to the last gap "
          "of the weights, to 1e-9. `dense_eigen`: the whole "
          "transmission matrix and all its eigenvectors by Eigen. It is not run at n above 1000: time grows as n^3, "
          "and at "
          "the size of extreme ultraviolet the matrix alone takes 1.2 GB.");
    const optics::Source source = optics::annular(0.6, 0.9);
    const optics::Pupil immersion = optics::preset_pupil("arf-immersion-1.35");
    for (double period : {400.0, 600.0, 800.0, 1000.0}) compare("immersion 1.35", source, immersion, period * nm, true);
    optics::Pupil extreme;
    extreme.na = 0.33, extreme.wavelength = 13.5 * nm, extreme.n_medium = 1;
    for (double period : {250.0, 500.0, 750.0, 1000.0})
        compare("extreme ultraviolet 0.33", source, extreme, period * nm, false);
    return 0;
}
