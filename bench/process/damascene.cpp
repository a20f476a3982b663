// Whole process steps: fill of a trench to closure, a deep etch by cycles, the dose curve of a via, a film of two
// species. Every row carries an error that the program checks first.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <string>

#include "common/timing.hpp"
#include "damascene/base/parallel.hpp"
#include "damascene/feature.hpp"

namespace damascene::bench {
namespace {

using namespace damascene::feature;

constexpr double width = 70, depth = 280;  // nm

Surface trench(double h) {
    Surface s = flat_surface({.x0_nm = -70, .x1_nm = 70, .z0_nm = -depth - 20, .z1_nm = 60, .h_nm = h}, "substrate");
    carve(s, {.width_nm = width, .depth_nm = depth});
    return s;
}

/// Growth of 1 nm/s on the open field by species of these sticking probabilities, in equal shares.
Process deposition(std::vector<double> sticking) {
    Process p;
    for (std::size_t k = 0; k < sticking.size(); ++k) p.species.push_back({.name = "species " + std::to_string(k + 1)});
    p.sticking = [sticking](int k, const Section&, const std::vector<std::vector<double>>&, std::span<double> out) {
        std::fill(out.begin(), out.end(), sticking[static_cast<std::size_t>(k)]);
    };
    p.speed = [](const Section&, const std::vector<std::vector<double>>& arrivals, std::span<const std::string>) {
        std::vector<double> speed(arrivals[0].size(), 0.0);
        for (const auto& arrival : arrivals)
            for (std::size_t i = 0; i < speed.size(); ++i)
                speed[i] += arrival[i] / static_cast<double>(arrivals.size());
        return SurfaceSpeed{{std::move(speed)}, {}, {}};
    };
    p.flat_speed_nm_s = 1;
    return p;
}

struct Run {
    ProcessOutcome outcome;
    double cpu = 0, wall = 0;  ///< one thread, two threads
};
Run timed(int runs, const std::function<ProcessOutcome()>& body) {
    Run r;
    set_thread_count(1);
    r.cpu = best_cpu_seconds(runs, [&] { r.outcome = body(); });
    set_thread_count(2);
    r.wall = best_wall_seconds(runs, [&] { r.outcome = body(); });
    set_thread_count(1);
    return r;
}

/// One step of half a grid spacing, exchange factors and solution (second order in time, two-step).
void one_step() {
    const Process process = deposition({0.2});
    for (const double h : {8.0, 4.0, 2.0, 1.0}) {
        const Surface start = trench(h);
        const StepOptions options = {
            .stop = {.thickness_nm = 0.5 * h}, .piece_nm = 1.18 * h, .snapshots = 0, .measure = false};
        const auto steps = [&](double thickness) {
            StepOptions o = options;
            o.stop.thickness_nm = thickness;
            return run_process(start, process, "film", o);
        };
        // Two runs of different length: their difference leaves out what is done once.
        const Run one = timed(5, [&] { return steps(0.5 * h); }), three = timed(5, [&] { return steps(1.5 * h); });
        require_same("mass balance", three.outcome.mass_balance_error, 0.05);
        const double count = three.outcome.steps - one.outcome.steps;
        row({{"table", "step"},
             {"contender", "damascene, one step"},
             {"n", static_cast<long>(section_of(start, options.piece_nm).size())},
             {"grid [nm]", h},
             {"cpu [s]", (three.cpu - one.cpu) / count},
             {"wall, 2 threads [s]", (three.wall - one.wall) / count},
             {"particle balance", three.outcome.particle_balance_error}});
    }
}

/// Trench of aspect ratio 4, sticking 0.2, until the mouth is closed.
void fill() {
    const Process process = deposition({0.2});
    for (const double h : {4.0, 2.8, 2.0, 1.4}) {
        const Surface start = trench(h);
        const StepOptions options = {.stop = {.until_closed = true, .gap_cutoff_nm = 4}};
        const Run r = timed(h < 2 ? 2 : 3, [&] { return run_process(start, process, "film", options); });
        require_same("mass balance", r.outcome.mass_balance_error, 0.05);
        double hollow = 0;
        for (const Void& v : r.outcome.voids) hollow += v.area;
        row({{"table", "fill"},
             {"contender", "damascene, fill to closure"},
             {"n", std::lround(depth / h)},
             {"grid [nm]", h},
             {"steps", static_cast<long>(r.outcome.steps)},
             {"cpu [s]", r.cpu},
             {"wall, 2 threads [s]", r.wall},
             {"film at closure [nm]", r.outcome.closure_time_s.value_or(0)},
             {"void [nm^2]", hollow},
             {"mass balance", r.outcome.mass_balance_error}});
    }
}

/// The same trench, 20 nm of film on the open field; deposited area against that of a grid of 0.7 nm.
void film(const std::string& folder) {
    const Process process = deposition({0.2});
    const auto grown = [&](double h) {
        return run_process(trench(h), process, "film",
                           {.stop = {.thickness_nm = 20}, .snapshots = 0, .measure = false});
    };
    const double truth = grown(0.7).added;
    std::ofstream(folder + "/film_of_20_nm.txt") << truth << '\n';
    for (const double h : {5.6, 2.8, 1.4}) {
        const Run r = timed(5, [&] { return grown(h); });
        const double difference = std::abs(r.outcome.added / truth - 1);
        require_same("deposited area", difference, 0.01);
        row({{"table", "film"},
             {"contender", "damascene, film of 20 nm"},
             {"n", std::lround(depth / h)},
             {"grid [nm]", h},
             {"cpu [s]", r.cpu},
             {"deposited [nm^2]", r.outcome.added},
             {"difference", difference}});
    }
}

/// Equal shares of a reactive and a sluggish species (sticking 0.1 and 1e-4), 100 steps on 500 pieces.
void two_species() {
    const Process process = deposition({0.1, 1e-4});
    for (const long steps : {25L, 50L, 100L}) {
        constexpr double h = 1.2, move = 0.1;
        const Surface start = trench(h);
        const StepOptions options = {.stop = {.thickness_nm = static_cast<double>(steps) * move * h},
                                     .piece_nm = 1.17 * h,
                                     .largest_move = move,
                                     .snapshots = 0,
                                     .measure = false};
        const Run r = timed(3, [&] { return run_process(start, process, "TEOS oxide", options); });
        require_same("mass balance", r.outcome.mass_balance_error, 0.01);
        row({{"table", "two species"},
             {"contender", "damascene, two species"},
             {"n", static_cast<long>(r.outcome.steps)},
             {"pieces", static_cast<long>(section_of(start, options.piece_nm).size())},
             {"cpu [s]", r.cpu},
             {"wall, 2 threads [s]", r.wall},
             {"mass balance", r.outcome.mass_balance_error}});
    }
}

const SurfaceModel& model(std::string_view name) {
    for (const SurfaceModel* m : surface_models())
        if (m->info.name == name) return *m;
    require_same("model exists", 1, 0);
    return *surface_models().front();
}

/// Cycles of 3 nm passivation, 4.5 nm break-through, 30 nm etch in a masked opening of 200 nm, by the model `bosch`.
/// The etch takes 2.7 nm of the film, so it hardly thickens from cycle to cycle.
void bosch() {
    constexpr double h = 5;
    for (const long cycles : {5L, 10L, 20L, 31L}) {
        Surface start = flat_surface({.x0_nm = -200, .x1_nm = 200, .z0_nm = -800, .z1_nm = 200, .h_nm = h}, "Si");
        begin_film(start, "resist");
        offset_surface(start, 60);
        remove_solid(start, {{-100, 0}, {100, 0}, {100, 100}, {-100, 100}});
        ParamValues v = default_values(model("bosch").info);
        v.set("cycles", std::int64_t{cycles});
        v.set("passivation", 3e-9), v.set("breakthrough", 4.5e-9), v.set("etch", 30e-9);
        v.set("film_selectivity", 0.09);
        v.set("selectivity", std::map<std::string, std::string>{{"resist", "0.02"}});
        const Run r = timed(1, [&] { return model("bosch").run(start, v, {}); });
        double per_cycle = 0;
        for (const auto& e : r.outcome.extra)
            if (e.id == "depth_per_cycle") per_cycle = e.value;
        require_same("depth per cycle, etch and 0.2 of what the break-through has left", std::abs(per_cycle / 30.3 - 1),
                     0.02);
        row({{"table", "bosch"},
             {"contender", "damascene, deep etch by cycles"},
             {"n", static_cast<long>(r.outcome.steps)},
             {"cycles", cycles},
             {"grid [nm]", h},
             {"cpu [s]", r.cpu},
             {"wall, 2 threads [s]", r.wall},
             {"depth per cycle [nm]", per_cycle},
             {"mass balance", r.outcome.mass_balance_error}});
    }
}

/// Via of aspect ratio 10 (radius 1), sticking 0.01, dose 40: 100 equal steps of the dose curve.
void dose() {
    AldDose truth;
    for (const int down : {320, 20, 40, 80, 160}) {
        Section s{
            .symmetry = Symmetry::axial, .left = Side::open, .right = Side::open, .pieces = {}, .chain_begin = {0}};
        const auto run = [&s](Vec2 a, Vec2 b, int count) {
            for (int i = 0; i < count; ++i) {
                const double u = static_cast<double>(i) / count, w = static_cast<double>(i + 1) / count;
                s.pieces.push_back({{a.x + u * (b.x - a.x), a.z + u * (b.z - a.z)},
                                    {a.x + w * (b.x - a.x), a.z + w * (b.z - a.z)},
                                    0});
            }
        };
        run({0, -20}, {1, -20}, std::max(2, down / 20)), run({1, -20}, {1, 0}, down);
        run({1, 0}, {2, 0}, std::max(2, down / 20));
        const AldPulse pulse = {.sticking = 0.01, .dose = 600};
        AldDose d;
        const double cpu_factors = best_cpu_seconds(5, [&] { (void)view_factors(s); });
        const ViewFactors f = view_factors(s);
        const double cpu = best_cpu_seconds(5, [&] { d = ald_dose(f, pulse, {}, {.fixed_steps = 100}); });
        if (down == 320) {
            truth = ald_dose(f, pulse, {}, {.tolerance = 1e-7});
            continue;
        }
        const double error = std::abs(d.mean - truth.mean);
        require_same("mean coverage of the via", error, 0.01);
        row({{"table", "dose"},
             {"contender", "damascene, dose curve of 100 points"},
             {"n", static_cast<long>(s.size())},
             {"cpu [s]", cpu},
             {"exchange factors [s]", cpu_factors},
             {"solves", static_cast<long>(d.solves)},
             {"mean coverage", d.mean},
             {"difference", error},
             {"balance", d.balance_error}});
    }
}

}  // namespace
}  // namespace damascene::bench

/// Arguments: folder for files that contenders read; the one table to run.
int main(int argc, char** argv) {
    using namespace damascene::bench;
    damascene::set_thread_count(1);
    about(
        "Process steps",
        "Second order in time; processor time on one thread, wall time on two. `one step`: growth of half a grid "
        "spacing in a trench of aspect ratio 4, sticking 0.2, exchange factors and solution once. `fill to closure`: "
        "the same trench, 70 nm wide, until a gap of 4 nm. `film of 20 nm`: the same trench, difference of the "
        "deposited area from damascene's own on a 0.7 nm grid, so it favours damascene below 1e-3. `two species`: "
        "sticking 0.1 and 1e-4. `deep etch`: surface "
        "model `bosch`, n = steps of the surface; its mass balance is that of the worst sub-step and is not held to a "
        "limit. `dose curve`: atomic layer deposition in a via of aspect ratio 10, "
        "sticking 0.01; difference of the mean coverage from a finer section at tolerance 1e-7. Contender: ViennaPS, "
        "CPU, one thread, first order, 1000 rays per point, where installed.");
    const std::string only = argc > 2 ? argv[2] : "";
    if (only.empty() || only == "step") one_step();
    if (only.empty() || only == "fill") fill();
    if (argc > 1 && (only.empty() || only == "film")) film(argv[1]);
    if (only.empty() || only == "two_species") two_species();
    if (only.empty() || only == "bosch") bosch();
    if (only.empty() || only == "dose") dose();
    return 0;
}
