// Flow of thin liquid films, SI.
//
//   spin-off   h = h0/sqrt(1 + 4 K h0^2 t), K = rho omega^2/(3 eta)                       [Emslie, Bonner & Peck 1958]
//   levelling  sigma = (gamma k/2 eta) (sinh kh cosh kh - kh)/(cosh^2 kh + k^2 h^2)                  [Orchard 1962]
//   topography dh/dt + d/dx [h^3/(3 eta) (gamma d^3(h + z)/dx^3 + f)] = 0
//
// The last by finite volumes between mirrors, two-stage L-stable Runge-Kutta of order 2 [Alexander 1977], Newton on a
// five-diagonal system.
#include "damascene/feature/film_flow.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "damascene/base/error.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

using Values = std::vector<double>;

void check(const Liquid& l) {
    require_positive("viscosity", l.viscosity, "Pa s");
    require_positive("surface tension", l.surface_tension, "N/m");
    require_positive("density", l.density, "kg/m^3");
}

/// Five diagonals: band[i][2 + j - i].
using Band = std::vector<std::array<double, 5>>;

/// Gaussian elimination without pivoting: the matrix is the identity plus a stiffness.
void solve(Band& m, Values& x) {
    const std::size_t n = x.size();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t r = i + 1; r < std::min(n, i + 3); ++r) {
            const double factor = m[r][2 + i - r] / m[i][2];
            for (std::size_t c = i; c < std::min(n, i + 3); ++c) m[r][2 + c - r] -= factor * m[i][2 + c - i];
            x[r] -= factor * x[i];
        }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t c = i + 1; c < std::min(n, i + 3); ++c) x[i] -= m[i][2 + c - i] * x[c];
        x[i] /= m[i][2];
    }
}

class Film {
  public:
    Film(std::span<const double> base, double dx, const Liquid& liquid, double force)
        : base_(base), dx_(dx), liquid_(liquid), force_(force), n_(base.size()) {}

    /// u = known + w f(u), Newton from `guess`.
    Values stage(const Values& known, Values guess, double w) const {
        for (int iteration = 0; iteration < 40; ++iteration) {
            Values residual(n_);
            Band slope(n_);
            for (std::size_t i = 0; i < n_; ++i) residual[i] = guess[i] - known[i], slope[i] = {0, 0, 1, 0, 0};
            for (std::size_t f = 1; f < n_; ++f) add_face(guess, f, w, residual, slope);
            solve(slope, residual);
            double change = 0, largest = 0;
            for (std::size_t i = 0; i < n_; ++i) {
                guess[i] = std::max(guess[i] - residual[i], 0.1 * guess[i]);
                change = std::max(change, std::abs(residual[i])), largest = std::max(largest, std::abs(guess[i]));
            }
            if (!std::isfinite(change)) break;
            if (change < 1e-11 * largest) return guess;
        }
        throw NumericalError("levelling: Newton's iteration does not converge");
    }

  private:
    std::size_t mirrored(std::ptrdiff_t i) const {
        const auto n = static_cast<std::ptrdiff_t>(n_);
        return static_cast<std::size_t>(i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i);
    }
    /// Flow through the face between cells f - 1 and f; none through the mirrors.
    void add_face(const Values& h, std::size_t f, double w, Values& residual, Band& slope) const {
        constexpr double weight[] = {-1, 3, -3, 1};
        const double at = (h[f - 1] + h[f]) / 2, eta3 = 3 * liquid_.viscosity, dx3 = dx_ * dx_ * dx_;
        double drive = force_;
        std::array<std::size_t, 4> cell{};
        for (int k = 0; k < 4; ++k) {
            cell[static_cast<std::size_t>(k)] = mirrored(static_cast<std::ptrdiff_t>(f) + k - 2);
            const std::size_t c = cell[static_cast<std::size_t>(k)];
            drive += liquid_.surface_tension * weight[k] * (h[c] + base_[c]) / dx3;
        }
        const double mobility = at * at * at / eta3, scale = w / dx_;
        const double flow = scale * mobility * drive, by_thickness = scale * at * at / eta3 * 1.5 * drive;
        residual[f - 1] += flow, residual[f] -= flow;
        auto add = [&](std::size_t column, double value) {
            slope[f - 1][2 + column - (f - 1)] += value, slope[f][2 + column - f] -= value;
        };
        add(f - 1, by_thickness), add(f, by_thickness);
        for (std::size_t k = 0; k < 4; ++k) add(cell[k], scale * mobility * liquid_.surface_tension * weight[k] / dx3);
    }

    std::span<const double> base_;
    double dx_;
    Liquid liquid_;
    double force_;
    std::size_t n_;
};

Values mix(const Values& a, const Values& b, double t) {
    Values sum(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) sum[i] = a[i] + t * (b[i] - a[i]);
    return sum;
}

double distance(const Values& a, const Values& b) {
    double d = 0;
    for (std::size_t i = 0; i < a.size(); ++i) d = std::max(d, std::abs(a[i] - b[i]));
    return d;
}

double steepest(const Values& h, std::span<const double> base, double dx) {
    double slope = 0;
    for (std::size_t i = 1; i < h.size(); ++i)
        slope = std::max(slope, std::abs(h[i] + base[i] - h[i - 1] - base[i - 1]) / dx);
    return slope;
}

double range(std::span<const double> v) {
    const auto [low, high] = std::minmax_element(v.begin(), v.end());
    return *high - *low;
}

}  // namespace

double spun_thickness(double initial, const Liquid& liquid, double rate, double time) {
    check(liquid);
    require_positive("initial thickness", initial, "m");
    const double omega = 2 * std::numbers::pi * rate, K = liquid.density * omega * omega / (3 * liquid.viscosity);
    return initial / std::sqrt(1 + 4 * K * initial * initial * time);
}

// In exponentials of -2 kh, so that deep films do not overflow; differences of nearly equal terms only below kh ~ 1e-3.
double levelling_rate(const Liquid& l, double k, double h) {
    check(l);
    const double x = k * h;
    if (x < 1e-3) return lubrication_levelling_rate(l, k, h);
    const double e = std::exp(-2 * x), numerator = (1 - e * e) / 4 - x * e,
                 denominator = (1 + e) * (1 + e) / 4 + x * x * e;
    return l.surface_tension * k / (2 * l.viscosity) * numerator / denominator;
}

double lubrication_levelling_rate(const Liquid& l, double k, double h) {
    return l.surface_tension * std::pow(k, 4) * std::pow(h, 3) / (3 * l.viscosity);
}

Levelled levelled(std::span<const double> thickness, std::span<const double> base, double dx, const Liquid& liquid,
                  double time, double body_force, double tolerance, const Context& context) {
    check(liquid);
    require_positive("cell size", dx, "m");
    require(thickness.size() == base.size() && thickness.size() >= 4, "cells", static_cast<double>(thickness.size()),
            "at least 4, as many for the film as for its base");
    for (double h : thickness) require_positive("film thickness", h, "m");
    constexpr double gamma = 1 - 0.70710678118654752440;
    const Film film(base, dx, liquid, body_force);
    Values h(thickness.begin(), thickness.end());
    const double volume = std::accumulate(h.begin(), h.end(), 0.0), scale = *std::max_element(h.begin(), h.end());
    Levelled result;
    double now = 0, dt = std::min(time, 0.1 / lubrication_levelling_rate(liquid, std::numbers::pi / (4 * dx), scale));
    while (now < time * (1 - 1e-14)) {
        context.check();
        const double size = std::min(dt, time - now);
        const Values first = film.stage(h, h, gamma * size);
        Values next = film.stage(mix(h, first, (1 - gamma) / gamma), first, gamma * size);
        const double error = distance(next, mix(h, first, 1 / gamma)) / scale;
        dt = size * std::clamp(0.9 * std::sqrt(tolerance / std::max(error, 1e-300)), 0.2, 3.0);
        if (dt < 1e-14 * time) throw NumericalError("levelling: the step vanishes");
        if (error > tolerance) continue;
        h = std::move(next), now += size, ++result.steps;
    }
    result.volume_error = std::abs(std::accumulate(h.begin(), h.end(), 0.0) - volume) / volume;
    result.steepest = steepest(h, base, dx);
    result.thickness = std::move(h);
    return result;
}

double planarisation_degree(std::span<const double> thickness, std::span<const double> base) {
    Values top(base.begin(), base.end());
    for (std::size_t i = 0; i < top.size(); ++i) top[i] += thickness[i];
    require_positive("step of the base", range(base), "m");
    return 1 - range(top) / range(base);
}

}  // namespace damascene::feature
