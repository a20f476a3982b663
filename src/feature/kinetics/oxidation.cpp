// Oxidation of silicon, um and h.
//
//   dx/dt = B/(2 x + A) + C exp(-x/L)                                          [Deal & Grove 1965; Massoud et al. 1985]
//   C = 0:  x = (A/2) [sqrt(1 + 4 B (t + tau)/A^2) - 1],  tau = (x_i^2 + A x_i)/B
//
// Cylinders: G = 1/[A/B + 2 a |ln(b/a)|/B], rod da/dt = -0.44 G, hole da/dt = +0.44 G, oxide volume 1/0.44 of the
// silicon's [Kao et al. 1987]. Thin films differ from the plane by O((b - a)/a).
#include "damascene/feature/oxidation.hpp"

#include <algorithm>
#include <cmath>

#include "damascene/feature/surface_kinetics.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

/// Textbook Arrhenius laws at 1 atm; the linear rate on (100) is that on (111) over 1.68.
struct Law {
    double parabolic, parabolic_eV, linear_111, linear_100, linear_eV;
};
Law law_of(Ambient ambient) {
    switch (ambient) {
        case Ambient::dry_o2: return {772, 1.23, 6.23e6, 3.71e6, 2.00};
        case Ambient::wet_o2: return {214, 0.71, 8.95e7, 8.95e7 / 1.68, 2.05};
        case Ambient::h2o: break;
    }
    return {386, 0.78, 1.63e8, 9.70e7, 2.05};
}

double speed(const OxidationRates& r, double x) {
    return r.parabolic / (2 * x + r.A()) + r.surplus * std::exp(-x / r.surplus_length_um);
}

double linear_parabolic(const OxidationRates& r, double hours, double initial) {
    const double A = r.A(), tau = (initial * initial + A * initial) / r.parabolic;
    return A / 2 * (std::sqrt(1 + 4 * r.parabolic * (hours + tau) / (A * A)) - 1);
}

template <class Rate>
double runge_kutta(double y, double time, int steps, const Rate& rate) {
    const double h = time / steps;
    for (int i = 0; i < steps; ++i) {
        const double k1 = rate(y), k2 = rate(y + h / 2 * k1), k3 = rate(y + h / 2 * k2), k4 = rate(y + h * k3);
        y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return y;
}

/// Halves the step until the answer rests (1e-11 um).
template <class Rate>
double integrated(double y, double time, const Rate& rate) {
    double last = runge_kutta(y, time, 64, rate);
    for (int steps = 128; steps <= 1 << 20; steps *= 2) {
        const double next = runge_kutta(y, time, steps, rate);
        if (std::abs(next - last) < 1e-11) return next;
        last = next;
    }
    return last;
}

// ------------------------------------------------------------------------------------------------------- cylinders
struct CylinderState {
    Cylinder kind;
    OxidationRates rates;
    double radius, consumed;

    double outer(double a) const {
        const double swollen = (radius * radius - a * a) / consumed;
        return std::sqrt(std::max(0.0, a * a + swollen));  // both kinds: oxide area = silicon area / consumed
    }
    double growth(double a) const {
        const double b = outer(a), A = rates.A();
        const double path = a > 0 && b > 0 ? 2 * a * std::abs(std::log(b / a)) : 0;
        return rates.parabolic / (A + path);
    }
    double rate(double a) const { return (kind == Cylinder::rod ? -1 : 1) * consumed * growth(std::max(a, 0.0)); }
    /// Radius of the silicon where the process ends: rod gone, or hole filled.
    double last() const { return kind == Cylinder::rod ? 0 : radius / std::sqrt(1 - consumed); }
};

// Time from the start to radius `a`: int da/|da/dt|, Gauss-Legendre on panels graded towards both ends.
double time_to(const CylinderState& s, double a) {
    constexpr double node[] = {0.33998104358485626, 0.86113631159405258},
                     weight[] = {0.65214515486254614, 0.34785484513745386};
    constexpr int panels = 400;
    double sum = 0, t0 = 0;
    for (int p = 0; p < panels; ++p) {
        const double u = (p + 1.0) / panels, t1 = u * u * u * (u * (6 * u - 15) + 10), half = (t1 - t0) / 2;
        for (int g = 0; g < 2; ++g)
            for (double sign : {-1.0, 1.0})
                sum +=
                    weight[g] * half / std::abs(s.rate(s.radius + (a - s.radius) * (t0 + half * (1 + sign * node[g]))));
        t0 = t1;
    }
    return sum * std::abs(a - s.radius);
}

}  // namespace

OxidationRates oxidation_rates(const OxidationConditions& c) {
    require(c.temperature_K >= 800 && c.temperature_K <= 1700, "temperature", c.temperature_K,
            "allowed: 800 to 1700 K (the constants were fitted from 973 to 1523 K)");
    require(c.pressure_atm > 0 && c.pressure_atm <= 50, "pressure", c.pressure_atm,
            "allowed: greater than 0, at most 50 atm");
    const Law law = law_of(c.ambient);
    OxidationRates r;
    r.parabolic = arrhenius(law.parabolic, {law.parabolic_eV}, c.temperature_K) * c.pressure_atm;
    r.linear =
        arrhenius(c.face == SiliconFace::face_100 ? law.linear_100 : law.linear_111, {law.linear_eV}, c.temperature_K) *
        std::pow(c.pressure_atm, c.linear_exponent);
    if (c.thin_regime && c.ambient == Ambient::dry_o2) r.surplus = arrhenius(3.6e8, {2.35}, c.temperature_K);
    return r;
}

std::string_view oxidation_warning(const OxidationConditions& c) {
    const bool inside = c.temperature_K >= 973 && c.temperature_K <= 1523;
    return inside ? "" : "the oxidation constants were fitted between 973 and 1523 K";
}

double oxide_thickness(const OxidationRates& r, double hours, double initial) {
    require(hours >= 0, "time", hours, "allowed: zero or positive h");
    require(initial >= 0, "initial oxide", initial, "allowed: zero or positive um");
    if (r.surplus == 0) return linear_parabolic(r, hours, initial);
    return integrated(initial, hours, [&](double x) { return speed(r, x); });
}

double oxidation_time(const OxidationRates& r, double thickness, double initial) {
    require(thickness >= initial && initial >= 0, "oxide thickness", thickness, "allowed: at least the initial oxide");
    if (r.surplus == 0) {
        auto since_bare = [&](double x) { return (x * x + r.A() * x) / r.parabolic; };
        return since_bare(thickness) - since_bare(initial);
    }
    constexpr int panels = 2000;  // Simpson on a smooth integrand: below 1e-12 of the time
    const double h = (thickness - initial) / panels;
    double sum = 0;
    for (int i = 0; i < panels; ++i) {
        const double x = initial + h * i;
        sum += 1 / speed(r, x) + 4 / speed(r, x + h / 2) + 1 / speed(r, x + h);
    }
    return sum * h / 6;
}

OxidisedCylinder oxidise(Cylinder kind, const OxidationRates& rates, double radius, double hours, double consumed) {
    require_positive("radius", radius, "um");
    require(hours >= 0, "time", hours, "allowed: zero or positive h");
    require(consumed > 0 && consumed < 1, "silicon consumed", consumed, "allowed: between 0 and 1");
    const CylinderState state{kind, rates, radius, consumed};
    const double last = state.last(), whole = time_to(state, last);
    if (hours >= whole) return {last, kind == Cylinder::rod ? state.outer(0) : 0, true, whole};
    double near = radius, far = last;
    for (int i = 0; i < 60; ++i) {
        const double middle = (near + far) / 2;
        (time_to(state, middle) < hours ? near : far) = middle;
    }
    return {near, state.outer(near), false, hours};
}

}  // namespace damascene::feature
