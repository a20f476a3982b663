// Corners under simultaneous deposition and sputtering by vertical ions.
//
//   rate / gross flat deposition = v(theta) - g(theta) / (D/S),   g = Y(theta) cos(theta) / Y(0)
//
// with v = 1 or the visible sky (1 + cos)/2. A facet stalls at D/S = g / v; the largest value is the critical D/S.
#include <cmath>
#include <numbers>

#include "damascene/feature/yield.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

double visible(double cos, CornerView view) { return view == CornerView::flat ? 1 : (1 + cos) / 2; }

double sputter_over_flat(const YieldLaw& law, const IonEnergies& e, double cos) {
    const double flat = mean_yield(law, e, 1);
    require(flat > 0, "yield at normal incidence", flat, "ion energies must reach above the sputter threshold");
    return mean_yield(law, e, cos) * cos / flat;
}

// Golden section for the maximum of a function that has one in [a, b].
template <class F>
double maximum_in(double a, double b, const F& f) {
    constexpr double ratio = 0.61803398874989484820;
    double x1 = b - ratio * (b - a), x2 = a + ratio * (b - a), f1 = f(x1), f2 = f(x2);
    while (b - a > 1e-9) {
        if (f1 < f2) {
            a = x1, x1 = x2, f1 = f2, x2 = a + ratio * (b - a), f2 = f(x2);
        } else {
            b = x2, x2 = x1, f2 = f1, x1 = b - ratio * (b - a), f1 = f(x1);
        }
    }
    return (a + b) / 2;
}

}  // namespace

double stalling_ratio(const YieldLaw& law, const IonEnergies& energies, double cos_theta, CornerView view) {
    return sputter_over_flat(law, energies, cos_theta) / visible(cos_theta, view);
}

CriticalCorner critical_corner(const YieldLaw& law, const IonEnergies& energies, CornerView view) {
    constexpr int steps = 90;
    const double step = std::numbers::pi / 2 / steps;
    auto ratio = [&](double angle) { return stalling_ratio(law, energies, std::cos(angle), view); };
    int best = 0;
    double highest = ratio(0);
    for (int i = 1; i < steps; ++i)
        if (const double r = ratio(i * step); r > highest) highest = r, best = i;
    const double angle =
        best == 0 ? maximum_in(0, step, ratio) : maximum_in((best - 1) * step, (best + 1) * step, ratio);
    return {ratio(angle), angle};
}

double facet_rate(const YieldLaw& law, const IonEnergies& energies, double deposition_over_sputter, double cos_theta,
                  CornerView view) {
    require(deposition_over_sputter > 1, "deposition over sputter", deposition_over_sputter,
            "allowed: greater than 1, because D/S = (net rate + sputter rate) / sputter rate");
    return visible(cos_theta, view) - sputter_over_flat(law, energies, cos_theta) / deposition_over_sputter;
}

double deposition_over_sputter(double net_rate, double sputter_rate) {
    require_positive("net rate", net_rate, "nm/min");
    require_positive("sputter rate", sputter_rate, "nm/min");
    return (net_rate + sputter_rate) / sputter_rate;
}

}  // namespace damascene::feature
