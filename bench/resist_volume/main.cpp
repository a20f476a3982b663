// Resist film of a clip: exposure, bake, dissolution rate, development front.
#include <algorithm>
#include <cmath>
#include <string>

#include "common/timing.hpp"
#include "resist_volume/clip.hpp"

namespace damascene::bench {
namespace {

using namespace resist;

constexpr double dose = 30, develop_s = 30;
const Dill dill{0, 1.2, 0.05};

Bake quenched_bake() {
    Bake b;
    b.time_s = 60;
    b.acid_diffusivity_nm2_s = 15 * 15 / (2 * 60.0);
    b.amplification_per_s = 0.08;
    b.neutralisation_per_s = 10;
    return b;
}

struct Times {
    double expose = 0, bake = 0, rate = 0, develop = 0;
    double sum() const { return expose + bake + rate + develop; }
};

void run(int cells, double cell_nm, int slices) {
    const Clip clip = resist_clip(cells, cell_nm, slices);
    const DevelopmentModel* mack = nullptr;
    for (const DevelopmentModel* m : development_models())
        if (m->info.name == "mack") mack = m;
    Times best{1e9, 1e9, 1e9, 1e9};
    int steps = 0;
    double error = 0, open = 0;
    for (int repeat = 0; repeat < 2; ++repeat) {
        const auto since = [start = cpu_seconds()]() mutable {
            const double now = cpu_seconds(), spent = now - start;
            start = now;
            return spent;
        };
        auto clock = since;
        Field3<float> acid = exposed<float>(clip.light, clip.grid, dill, dose);
        for (float& v : acid.values) v = 1 - v;
        Field3<float> quencher{clip.grid, std::vector<float>(clip.grid.size(), 0.2f)};
        best.expose = std::min(best.expose, clock());
        const Baked<float> after = baked(std::move(acid), std::move(quencher), quenched_bake());
        best.bake = std::min(best.bake, clock());
        const Field3<float> rate = dissolution_rate(after.blocked, *mack, default_values(mack->info), Tone::positive);
        best.rate = std::min(best.rate, clock());
        const Field3<float> arrival = arrival_by_sweeping(rate, develop_s);
        best.develop = std::min(best.develop, clock());
        steps = after.steps, error = after.error;
        open = 0;
        for (float t : arrival.values) open += t <= develop_s ? 1 : 0;
    }
    row({{"contender", std::string("damascene")},
         {"n", static_cast<long>(clip.grid.size())},
         {"grid", std::to_string(cells) + "^2 x " + std::to_string(slices)},
         {"cpu [s]", best.sum()},
         {"exposure [s]", best.expose},
         {"bake [s]", best.bake},
         {"rate [s]", best.rate},
         {"development [s]", best.develop},
         {"bake steps", static_cast<long>(steps)},
         {"bake difference", error},
         {"dissolved", open / static_cast<double>(clip.grid.size())}});
}

}  // namespace
}  // namespace damascene::bench

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("A resist film of a clip: exposure, bake with quencher, development",
          "Lines and holes on 2 um, cells 4 x 4 x 1 nm, 193 nm. One thread.");
    const int cells = argc > 1 ? std::atoi(argv[1]) : 512;
    run(cells, 2000.0 / 512, 64);
    return 0;
}
