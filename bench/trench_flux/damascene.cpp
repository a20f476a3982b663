// Static flux of a closed trench, aspect ratio 10, sticking 0.1: n pieces, occlusion on.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "common/timing.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::bench {
namespace {

using namespace damascene::feature;

constexpr double depth = 10, sticking = 0.1;

/// Equal pieces down each wall and, finer, across the bottom; level fields of one opening on either side.
Section trench(int pieces) {
    const int bottom = std::max(4, pieces / 12), wall = (pieces - bottom) / 2;
    Section s{.chain_begin = {0}};
    auto run = [&s](Vec2 a, Vec2 b, int count) {
        for (int i = 0; i < count; ++i) {
            const double u = static_cast<double>(i) / count, v = static_cast<double>(i + 1) / count;
            s.pieces.push_back(
                {{a.x + u * (b.x - a.x), a.z + u * (b.z - a.z)}, {a.x + v * (b.x - a.x), a.z + v * (b.z - a.z)}});
        }
    };
    run({-1.5, 0}, {-0.5, 0}, 1), run({-0.5, 0}, {-0.5, -depth}, wall), run({-0.5, -depth}, {0.5, -depth}, bottom);
    run({0.5, -depth}, {0.5, 0}, wall), run({0.5, 0}, {1.5, 0}, 1);
    return s;
}

std::vector<double> flux(const Section& s) {
    const ViewFactors f = planar_view_factors(s);
    return diffuse_flux(f, std::vector<double>(s.size(), sticking), f.sky).incident;
}

/// A re-entrant hole of the same size: bowed, rippled walls under a lip, so that most pairs are half hidden.
Section bowed(int pieces) {
    const int wall = pieces / 2;
    Section s{.chain_begin = {0}};
    std::vector<Vec2> c{{-1.5, 0}};
    auto half = [](double u) {
        return 0.5 + 0.3 * std::sin(3.14159265 * u) - 0.2 * std::exp(-30 * u) + 0.02 * std::sin(40 * u);
    };
    for (int i = 0; i <= wall; ++i) c.push_back({-half(1.0 * i / wall), -depth * i / wall});
    for (int i = wall; i >= 0; --i) c.push_back({half(1.0 * i / wall), -depth * i / wall});
    c.push_back({1.5, 0});
    for (std::size_t k = 0; k + 1 < c.size(); ++k) s.pieces.push_back({c[k], c[k + 1]});
    return s;
}

/// The profile to compare with: extrapolated from 2000 elements, 1e-7 of the reference table.
struct Truth {
    HoleFlux h = hole_flux(Symmetry::planar, depth, sticking, 2000);
    static double between(const std::vector<double>& x, const std::vector<double>& y, double at) {
        const auto k = std::clamp<std::ptrdiff_t>(std::lower_bound(x.begin(), x.end(), at) - x.begin(), 1,
                                                  static_cast<std::ptrdiff_t>(x.size()) - 1);
        const auto i = static_cast<std::size_t>(k);
        return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (x[i] - x[i - 1]);
    }
    double at(Vec2 p) const {
        return p.z > -depth ? between(h.depth, h.wall, -p.z / depth) : between(h.across, h.bottom, std::abs(p.x));
    }
};

/// Largest error over the middles of all pieces in the trench.
double error_of(const Section& s, const std::vector<double>& flux, const Truth& truth) {
    double worst = 0;
    for (std::size_t i = 1; i + 1 < s.size(); ++i)
        worst = std::max(worst, std::abs(flux[i] - truth.at(midpoint(s.pieces[i]))));
    return worst;
}

void write_profile(const std::string& path, const HoleFlux& h) {
    std::ofstream out(path);
    out.precision(10);
    for (std::size_t k = 0; k < h.depth.size(); ++k) out << "wall," << h.depth[k] << ',' << h.wall[k] << '\n';
    for (std::size_t k = 0; k < h.across.size(); ++k) out << "bottom," << h.across[k] << ',' << h.bottom[k] << '\n';
}

void compare(const char* shape, const char* what, long n, double seconds, double error) {
    std::vector<std::pair<std::string, Value>> cells{
        {"shape", shape}, {"contender", what}, {"n", n}, {"cpu [s]", seconds}};
    cells.emplace_back("largest error", error >= 0 ? Value(error) : Value("-"));
    row(cells);
}

}  // namespace
}  // namespace damascene::bench

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("Flux in a trench",
          "Incident flux of a thermal species on n pieces of a trench of aspect ratio 10, sticking 0.1: exchange "
          "factors with occlusion, scaling and solution; one thread, processor time. Largest error over the middles of "
          "all pieces. `bowed`: rippled, re-entrant walls under a lip. `more sources`: one more source on the "
          "factorised system. Contender: ViennaPS, CPU, one thread, where installed.");
    const Truth truth;
    require_same("reference table", std::abs(truth.h.wall_mid - 0.1780145243), 1e-6);
    require_same("reference table", std::abs(truth.h.bottom_center - 0.1678848012), 1e-6);
    if (argc > 1) write_profile(std::string(argv[1]) + "/trench_profile.csv", truth.h);
    for (int n : {75, 150, 300, 600, 1200}) {
        const Section s = trench(n), b = bowed(n);
        std::vector<double> g;
        const double t = best_cpu_seconds(5, [&] { g = flux(s); });
        compare("trench", "damascene", static_cast<long>(s.size()), t, error_of(s, g, truth));
        const double t_bowed = best_cpu_seconds(5, [&] { g = flux(b); });
        compare("bowed", "damascene, bowed", static_cast<long>(b.size()), t_bowed, -1);
        const ViewFactors f = planar_view_factors(s);
        const Radiosity radiosity(f, std::vector<double>(s.size(), sticking));
        const double t_more = best_cpu_seconds(5, [&] { g = radiosity.solve(f.sky).incident; });
        compare("trench", "damascene, more sources", static_cast<long>(s.size()), t_more, error_of(s, g, truth));
    }
    return 0;
}
