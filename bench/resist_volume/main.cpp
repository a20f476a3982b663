// Resist film of a clip: exposure, bake, dissolution rate, development front; the bake also by explicit differences.
#include <algorithm>
#include <cmath>
#include <string>

#include "common/timing.hpp"
#include "resist_volume/clip.hpp"
#include "resist_volume/ftcs.hpp"

namespace damascene::bench {
namespace {

using namespace resist;

constexpr int cells = 512, runs = 3;
constexpr double cell_nm = 2000.0 / cells, dose = 30, develop_s = 30;
const Dill dill{0, 1.2, 0.05};

/// Acid of diffusion length `sigma_nm` for a minute, immobile quencher of 0.2 (or none).
Bake bake_of(double sigma_nm, bool quenched) {
    Bake b;
    b.time_s = 60;
    b.acid_diffusivity_nm2_s = sigma_nm * sigma_nm / (2 * b.time_s);
    b.amplification_per_s = 0.08;
    b.neutralisation_per_s = quenched ? 10 : 0;
    return b;
}
Field3<float> acid_of(const Clip& clip) {
    Field3<float> acid = exposed<float>(clip.light, clip.grid, dill, dose);
    for (float& v : acid.values) v = 1 - v;
    return acid;
}
Field3<float> quencher_of(const Clip& clip) { return {clip.grid, std::vector<float>(clip.grid.size(), 0.2f)}; }
double largest(const Field3<float>& a, const Field3<float>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
        most = std::max(most, static_cast<double>(std::abs(a.values[i] - b.values[i])));
    return most;
}
std::string grid_text(const Clip& clip) {
    return std::to_string(clip.grid.nx) + "^2 x " + std::to_string(clip.grid.nz);
}

/// Processor seconds since the last call.
struct Stopwatch {
    double last = cpu_seconds();
    double lap() {
        const double before = last;
        return (last = cpu_seconds()) - before;
    }
};

void time_film(int slices) {
    const Clip clip = resist_clip(cells, cell_nm, slices);
    const DevelopmentModel& mack = **std::find_if(development_models().begin(), development_models().end(),
                                                  [](auto* m) { return m->info.name == "mack"; });
    double best[4] = {1e9, 1e9, 1e9, 1e9}, dissolved = 0;
    int steps = 0;
    for (int run = 0; run < runs; ++run) {
        Stopwatch watch;
        Field3<float> acid = acid_of(clip);
        best[0] = std::min(best[0], watch.lap());
        const Baked<float> after = baked(std::move(acid), quencher_of(clip), bake_of(15, true));
        best[1] = std::min(best[1], watch.lap());
        const Field3<float> rate = dissolution_rate(after.blocked, mack, default_values(mack.info), Tone::positive);
        best[2] = std::min(best[2], watch.lap());
        const Field3<float> arrival = arrival_by_sweeping(rate, develop_s);
        best[3] = std::min(best[3], watch.lap());
        steps = after.steps;
        dissolved = static_cast<double>(
            std::count_if(arrival.values.begin(), arrival.values.end(), [](float t) { return t <= develop_s; }));
    }
    row({{"contender", std::string("damascene")},
         {"n", static_cast<long>(clip.grid.size())},
         {"grid", grid_text(clip)},
         {"cpu [s]", best[0] + best[1] + best[2] + best[3]},
         {"exposure [s]", best[0]},
         {"bake [s]", best[1]},
         {"rate [s]", best[2]},
         {"development [s]", best[3]},
         {"bake steps", static_cast<long>(steps)},
         {"dissolved", dissolved / static_cast<double>(clip.grid.size())}});
}

/// Every other sample of a grid twice as fine.
Field3<float> onto(const Grid3& g, const Field3<float>& fine) {
    Field3<float> f{g, std::vector<float>(g.size())};
    for (int k = 0; k < g.nz; ++k)
        for (int j = 0; j < g.ny; ++j)
            for (int i = 0; i < g.nx; ++i) f.values[g.at(i, j, k)] = fine.values[fine.grid.at(2 * i, 2 * j, k)];
    return f;
}

/// Bake alone against explicit differences, both against 400 steps (quenched) or sixteen Gauss nodes. The error of the
/// differences is one of space: shorter steps leave it, cells of half the size bring it to ours.
void compare_bakes(int slices, double sigma_nm, bool quenched) {
    const Clip clip = resist_clip(cells, cell_nm, slices), half = resist_clip(2 * cells, cell_nm / 2, slices);
    const Field3<float> acid = acid_of(clip), quencher = quenched ? quencher_of(clip) : Field3<float>{};
    const auto held = [&](const Clip& c) {
        return quenched ? quencher_of(c) : Field3<float>{c.grid, std::vector<float>(c.grid.size())};
    };
    Bake b = bake_of(sigma_nm, quenched), fine = b;
    fine.steps = quenched ? 400 : 16;
    const Field3<float> truth = baked(acid, quencher, fine).blocked;
    Stopwatch watch;
    const Baked<float> ours = baked(acid, quencher, b);
    const double t_ours = watch.lap();
    const std::string name = std::string(quenched ? "quenched" : "acid alone") + ", sigma " +
                             std::to_string(static_cast<int>(sigma_nm)) + " nm";
    const auto line = [&](const char* who, const Clip& c, int steps, double seconds, const Field3<float>& m) {
        row({{"table", std::string("bake")},
             {"contender", std::string(who)},
             {"bake", name},
             {"grid", grid_text(c)},
             {"bake [s]", seconds},
             {"steps", static_cast<long>(steps)},
             {"largest difference", largest(m, truth)},
             {"times ours", seconds / t_ours}});
    };
    line("damascene", clip, ours.steps, t_ours, ours.blocked);
    for (const Clip& c : {clip, half}) {
        Field3<float> start = acid_of(c), base = held(c);
        watch.lap();
        const Baked<float> theirs = ftcs_baked(std::move(start), std::move(base), b);
        const double seconds = watch.lap();
        line("explicit differences", c, theirs.steps, seconds,
             c.grid.nx == clip.grid.nx ? theirs.blocked : onto(clip.grid, theirs.blocked));
    }
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("A resist film of a clip: exposure, bake with quencher, development",
          "Lines and holes on 2 um x 2 um, cells 3.9 x 3.9 x 1 nm, 193 nm, NA 1.35; bake of 60 s, diffusion length "
          "15 nm, immobile quencher 0.2, to 1e-3 of the blocked share; development for 30 s. One thread. Second table: "
          "the bake alone against explicit differences at their largest stable step, also with cells of half the side; "
          "differences from a bake with many more steps.");
    for (int slices : {16, 32, 64, 128}) time_film(slices);
    for (double sigma : {15.0, 25.0}) {
        compare_bakes(16, sigma, true);
        compare_bakes(16, sigma, false);
    }
    return 0;
}
