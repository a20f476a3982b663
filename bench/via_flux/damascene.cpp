// Flux in axisymmetric holes: view factors and solve, on one core, against the number of rings.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/timing.hpp"
#include "damascene/base/parallel.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::bench {
namespace {

/// Legs of a profile in pieces no longer than h.
Section rings(const std::vector<Vec2>& corner, double h) {
    Section s{.symmetry = Symmetry::axial, .left = Side::open, .right = Side::open, .pieces = {}, .chain_begin = {0}};
    for (std::size_t k = 0; k + 1 < corner.size(); ++k) {
        const Vec2 p = corner[k], q = corner[k + 1];
        const int n = static_cast<int>(std::ceil(std::hypot(q.x - p.x, q.z - p.z) / h));
        Vec2 a = p;
        for (int m = 1; m <= n; ++m) {
            const double t = static_cast<double>(m) / n;
            const Vec2 b = m == n ? q : Vec2{p.x + t * (q.x - p.x), p.z + t * (q.z - p.z)};
            s.pieces.push_back({a, b, 0});
            a = b;
        }
    }
    return s;
}

struct Balance {
    double bottom = 0, captured = 0;  ///< mean flux on pieces at depth `z`; captured per particle entering the mouth
};

Balance balance(const Section& s, double sticking, double z) {
    const feature::ViewFactors f = feature::axial_view_factors(s);
    const auto flux = feature::diffuse_flux(f, std::vector<double>(s.size(), sticking), f.sky).incident;
    Balance out;
    double area = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s.pieces[i].a.z < 0) out.captured += sticking * flux[i] * f.area[i] / std::numbers::pi;
        if (s.pieces[i].a.z == z && s.pieces[i].b.z == z) out.bottom += flux[i] * f.area[i], area += f.area[i];
    }
    out.bottom /= area;
    return out;
}

/// Straight via: error against the integral equation's solution (tests/data/reference/via_static_flux.csv).
void via() {
    constexpr double depth = 20, sticking = 0.1, bottom = 0.0125243125, captured = 0.5002806605;
    for (const double h : {0.2, 0.1, 0.05, 0.025}) {
        const Section s = rings({{0, -depth}, {1, -depth}, {1, 0}}, h);
        const Balance b = balance(s, sticking, -depth);
        const double error = std::max(std::abs(b.bottom - bottom), std::abs(b.captured - captured));
        require_same("via, AR 10, sticking 0.1", error, 0.15 * h * h);
        const double time = best_cpu_seconds(5, [&] { balance(s, sticking, -depth); });
        row({{"contender", "via AR 10, exact discs"},
             {"n", static_cast<long>(s.size())},
             {"cpu [s]", time},
             {"max error", error}});
    }
}

/// Re-entrant mouth: hidden rings, error against the extrapolated limit of the finest two.
void overhung() {
    const std::vector<Vec2> profile{{0, -3}, {1.6, -3}, {1.9, -2}, {0.8, -0.3}, {1.1, 0}, {3, 0}};
    const double a = balance(rings(profile, 0.02), 0.1, -3).bottom, b = balance(rings(profile, 0.01), 0.1, -3).bottom;
    const double limit = b + (b - a) / 3;
    for (const double h : {0.16, 0.08, 0.04, 0.02}) {
        const Section s = rings(profile, h);
        const double error = std::abs(balance(s, 0.1, -3).bottom - limit);
        require_same("re-entrant hole, sticking 0.1", error, 0.05 * h * h + 1e-5);
        const double time = best_cpu_seconds(5, [&] { balance(s, 0.1, -3); });
        row({{"contender", "re-entrant, hidden rings"},
             {"n", static_cast<long>(s.size())},
             {"cpu [s]", time},
             {"max error", error}});
    }
}

}  // namespace
}  // namespace damascene::bench

int main() {
    damascene::set_thread_count(1);
    damascene::bench::about("Flux in axisymmetric holes",
                            "View factors and one solve, one core. Via: error of bottom mean and captured fraction "
                            "against the reference table; re-entrant hole: of the bottom mean against its limit.");
    damascene::bench::via();
    damascene::bench::overhung();
}
