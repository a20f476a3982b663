// Islands on the surface that should stay bare: Poisson nuclei that grow as hemispheres; exact union [Kolmogorov 1937].
//
//   theta = 1 - exp(-X(0)),   mean thickness = int_0^{G n} [1 - exp(-X(z))] dz
//   X(z) = pi N (G^2 n^2 - z^2)+ + pi N' [G^2 (n^3 - m^3)/3 - z^2 (n - m)],   m = z/G
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "damascene/feature/ald.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double pi = std::numbers::pi;

// Expected number of islands that cover a point at height z.
double covering(const Nucleation& k, double n, double z) {
    const double G = k.growth, m = z / G, free = 1 - k.inhibitor;
    if (m >= n) return 0;
    return free * pi *
           (k.start * (G * G * n * n - z * z) + k.per_cycle * (G * G * (n * n * n - m * m * m) / 3 - z * z * (n - m)));
}

// Gauss-Legendre, 4 points, on 64 equal panels: the integrand is smooth, its error below 1e-12 of the range.
template <class F>
double integral(double a, double b, const F& f) {
    constexpr double node[] = {0.33998104358485626, 0.86113631159405258},
                     weight[] = {0.65214515486254614, 0.34785484513745386};
    constexpr int panels = 64;
    const double half = (b - a) / panels / 2;
    double sum = 0;
    for (int p = 0; p < panels; ++p)
        for (int g = 0; g < 2; ++g)
            for (double sign : {-1.0, 1.0}) sum += weight[g] * f(a + half * (2 * p + 1 + sign * node[g]));
    return half * sum;
}

}  // namespace

NonGrowth non_growth(const Nucleation& k, double cycles) {
    require_positive("growth per cycle", k.growth, "m");
    require(k.start >= 0 && k.per_cycle >= 0, "nuclei", std::min(k.start, k.per_cycle),
            "allowed: zero or positive 1/m^2");
    require(k.inhibitor >= 0 && k.inhibitor <= 1, "inhibitor", k.inhibitor, "allowed: 0 to 1");
    require(cycles >= 0, "cycles", cycles, "allowed: zero or positive");
    auto covered = [&](double z) { return -std::expm1(-covering(k, cycles, z)); };
    return {covered(0), integral(0, k.growth * cycles, covered)};
}

double selectivity(double growth_value, double non_growth_value) {
    return (growth_value - non_growth_value) / (growth_value + non_growth_value);
}

double usable_thickness(const Nucleation& k, double least) {
    require(least > 0 && least < 1, "selectivity", least, "allowed: between 0 and 1");
    auto falls_short = [&](double cycles) { return selectivity(1, non_growth(k, cycles).coverage) < least; };
    if (k.inhibitor == 1 || k.start + k.per_cycle == 0) return std::numeric_limits<double>::infinity();
    double low = 0, high = 1;
    while (!falls_short(high)) low = high, high *= 2;
    for (int i = 0; i < 80; ++i) (falls_short((low + high) / 2) ? high : low) = (low + high) / 2;
    return k.growth * low;
}

}  // namespace damascene::feature
