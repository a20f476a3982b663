// ALD in a narrow channel with gas collisions [Ylilammi et al. 2018]. x from the inlet, SI units.
//
//   dp/dt = d/dx (D dp/dx) - (4 k T / h) q dtheta/dt,     q dtheta/dt = c Q p (1 - theta) - P_d q theta
//   h = 2/(1/H + 1/W),  Q = N_A/sqrt(2 pi M R T),  P_d = c Q/(q K),  1/D = 1/D_Kn + 1/D_A
//   D_Kn = h sqrt(8 R T/9 pi M),  D_A = 3 pi v^2/(16 z)
//
// Fast engine: p falls linearly to x_t, exponentially beyond, with the front x_s = sqrt(D t).
// Truth: finite volumes, diffusivity of the local pressure, coverage eliminated cell by cell, Newton; two-stage
// L-stable Runge-Kutta of order 2 [Alexander 1977].
#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/feature/ald.hpp"
#include "damascene/feature/gas.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double pi = std::numbers::pi, R = gas_constant_J_mol_K, k_B = boltzmann_J_K, N_A = avogadro_1_mol;

double hydraulic(const AldChannel& c) { return 2 / (1 / c.height + 1 / c.width); }
double per_pressure(const AldChannel& c) { return N_A / std::sqrt(2 * pi * c.molar_mass * R * c.temperature); }  // Q
double adsorption(const AldChannel& c) { return c.sticking * per_pressure(c) / c.sites; }  // 1/(Pa s)
double desorption(const AldChannel& c) { return adsorption(c) / c.equilibrium; }           // P_d, 1/s

double collision_rate(const AldChannel& c, double pressure) {
    const double RT = R * c.temperature;
    const double with_inert = pi / 4 * std::pow(c.diameter + c.inert_diameter, 2) *
                              std::sqrt(8 * RT / pi * (1 / c.molar_mass + 1 / c.inert_molar_mass)) * c.inert_pressure *
                              N_A / RT;
    return with_inert + pi * c.diameter * c.diameter * std::sqrt(16 * RT / (pi * c.molar_mass)) * pressure * N_A / RT;
}

void check(const AldChannel& c) {
    require_positive("height", c.height, "m");
    require_positive("width", c.width, "m");
    require_positive("temperature", c.temperature, "K");
    require_positive("pressure", c.pressure, "Pa");
    require_positive("molar mass", c.molar_mass, "kg/mol");
    require_positive("diameter", c.diameter, "m");
    require_probability("sticking", c.sticking);
    require_positive("equilibrium constant", c.equilibrium, "1/Pa");
    require_positive("sites", c.sites, "1/m^2");
    require(c.inert_pressure >= 0 && (c.inert_pressure == 0 || c.inert_molar_mass > 0), "inert pressure",
            c.inert_pressure, "allowed: zero or positive, with the molar mass of the inert gas");
}

// ------------------------------------------------------------------------------------------------- fast engine
double front_diffusivity(const AldChannel& c, double effective) {
    const double Kp = c.equilibrium * c.pressure;
    return c.pressure * c.height * effective / (c.sites * k_B * c.temperature * (1 - std::log1p(Kp) / Kp));
}

ChannelFront front(const AldChannel& c, double effective, double time) {
    ChannelFront f;
    f.apparent_diffusivity = front_diffusivity(c, effective);
    f.full_depth = std::sqrt(f.apparent_diffusivity * time);
    const double tail =
        std::sqrt(hydraulic(c) * N_A * effective / (4 * R * c.temperature * c.sticking * per_pressure(c)));
    f.linear_depth = std::max(0.0, f.full_depth - tail);
    return f;
}

double pressure_on(const ChannelFront& f, double inlet, double x) {
    if (f.full_depth <= 0) return x > 0 ? 0 : inlet;
    if (x <= f.linear_depth) return inlet * (1 - x / f.full_depth);
    const double tail = f.full_depth - f.linear_depth;
    return inlet * tail / f.full_depth * std::exp(-(x - f.linear_depth) / tail);
}

// The diffusivity depends on the pressure it shapes: a fixed point, contracting because collisions with the precursor
// are a small part.
double pressure_at(const AldChannel& c, double x, double time) {
    double p = c.pressure;
    for (int i = 0; i < 50; ++i) {
        const double next = pressure_on(front(c, channel_diffusivity(c, p), time), c.pressure, x);
        if (std::abs(next - p) <= 1e-10 * c.pressure) return next;
        p = next;
    }
    return p;
}

// Equal steps in sqrt(t), because fronts move that way; frozen-pressure steps are exact.
double coverage_at(const AldChannel& c, double x, double pulse) {
    constexpr int steps = 200;
    double theta = 0;
    for (int i = 0; i < steps; ++i) {
        const double t0 = pulse * i * i / (steps * steps), t1 = pulse * (i + 1) * (i + 1) / (steps * steps);
        const double rate = adsorption(c) * pressure_at(c, x, (t0 + t1) / 2);
        theta = coverage_after(theta, rate, desorption(c), t1 - t0);
    }
    return theta;
}

double half_depth(const std::vector<double>& x, const std::vector<double>& thickness) {
    const double half = thickness.front() / 2;
    for (std::size_t i = 1; i < x.size(); ++i)
        if (thickness[i] < half)
            return x[i - 1] + (x[i] - x[i - 1]) * (thickness[i - 1] - half) / (thickness[i - 1] - thickness[i]);
    return x.back();
}

// --------------------------------------------------------------------------------------------- diffusion-reaction
struct Fields {
    std::vector<double> pressure, coverage;
};

class Channel {
  public:
    Channel(const AldChannel& c, double length, int cells)
        : c_(c),
          dx_(length / cells),
          a_(adsorption(c)),
          d_(desorption(c)),
          sink_(4 * k_B * c.temperature / hydraulic(c) * c.sites),
          n_(static_cast<std::size_t>(cells)) {}

    /// Solves u = base + w f(u) for the stage u; w = gamma dt. Newton from `guess`.
    Fields stage(const Fields& base, Fields guess, double w) const {
        std::vector<double> residual, below, diagonal, above;
        for (int iteration = 0; iteration < 30; ++iteration) {
            assemble(base, guess, w, residual, below, diagonal, above);
            solve(below, diagonal, above, residual);
            double change = 0;
            for (std::size_t i = 0; i < n_; ++i) {
                guess.pressure[i] = std::max(0.0, guess.pressure[i] - residual[i]);
                change = std::max(change, std::abs(residual[i]));
            }
            if (change < 1e-10 * c_.pressure) break;
            if (iteration == 29) throw NumericalError("ALD channel: Newton's iteration does not converge");
        }
        for (std::size_t i = 0; i < n_; ++i) guess.coverage[i] = coverage(base.coverage[i], guess.pressure[i], w);
        return guess;
    }

  private:
    double coverage(double base, double p, double w) const { return (base + w * a_ * p) / (1 + w * (a_ * p + d_)); }
    double coverage_slope(double base, double p, double w) const {
        const double denominator = 1 + w * (a_ * p + d_);
        return w * a_ * (1 + w * d_ - base) / (denominator * denominator);
    }
    /// Diffusivity at the left face of cell i and its flux, p(0) = inlet at the first face, no flux at the end.
    double face(const std::vector<double>& p, std::size_t i) const {
        return i == 0 ? 2 * channel_diffusivity(c_, (c_.pressure + p[0]) / 2)
                      : channel_diffusivity(c_, (p[i - 1] + p[i]) / 2);
    }
    // Newton's matrix leaves out the slope of D, which is weak: the iteration is then linear but fast.
    void assemble(const Fields& base, const Fields& u, double w, std::vector<double>& residual,
                  std::vector<double>& below, std::vector<double>& diagonal, std::vector<double>& above) const {
        residual.assign(n_, 0), below.assign(n_, 0), diagonal.assign(n_, 1), above.assign(n_, 0);
        const auto& p = u.pressure;
        for (std::size_t i = 0; i < n_; ++i) {
            const double change = coverage(base.coverage[i], p[i], w) - base.coverage[i];
            residual[i] += p[i] - base.pressure[i] + sink_ * change;
            diagonal[i] += sink_ * coverage_slope(base.coverage[i], p[i], w);
            const double conductance = w * face(p, i) / (dx_ * dx_), left = i == 0 ? c_.pressure : p[i - 1];
            const double inflow = conductance * (left - p[i]);
            residual[i] -= inflow, diagonal[i] += conductance;
            if (i > 0) {
                residual[i - 1] += inflow, diagonal[i - 1] += conductance;
                above[i - 1] = -conductance, below[i] = -conductance;
            }
        }
    }
    static void solve(const std::vector<double>& below, std::vector<double>& diagonal, const std::vector<double>& above,
                      std::vector<double>& x) {
        const std::size_t n = x.size();
        for (std::size_t i = 1; i < n; ++i) {
            const double m = below[i] / diagonal[i - 1];
            diagonal[i] -= m * above[i - 1], x[i] -= m * x[i - 1];
        }
        x[n - 1] /= diagonal[n - 1];
        for (std::size_t i = n - 1; i-- > 0;) x[i] = (x[i] - above[i] * x[i + 1]) / diagonal[i];
    }

    AldChannel c_;
    double dx_, a_, d_, sink_;
    std::size_t n_;
};

Fields mix(const Fields& a, const Fields& b, double t) {  // a + t (b - a)
    Fields sum = a;
    for (std::size_t i = 0; i < sum.pressure.size(); ++i) {
        sum.pressure[i] += t * (b.pressure[i] - a.pressure[i]);
        sum.coverage[i] += t * (b.coverage[i] - a.coverage[i]);
    }
    return sum;
}

struct Advanced {
    Fields fields;
    double error = 0;
};

// k1 = (u1 - u)/(gamma dt); u2 = u + (1 - gamma) dt k1 + gamma dt f(u2). Embedded: u + dt k1, of order 1.
Advanced advance(const Channel& channel, const Fields& u, double dt) {
    constexpr double gamma = 1 - 0.70710678118654752440;
    const Fields first = channel.stage(u, u, gamma * dt);
    const Fields base = mix(u, first, (1 - gamma) / gamma), low = mix(u, first, 1 / gamma);
    Advanced next{channel.stage(base, first, gamma * dt)};
    for (std::size_t i = 0; i < u.coverage.size(); ++i)
        next.error = std::max(next.error, std::abs(next.fields.coverage[i] - low.coverage[i]));
    return next;
}

}  // namespace

double channel_sites(double film_metals, double precursor_metals, double mass_density, double gpc, double molar_mass) {
    return film_metals / precursor_metals * mass_density * gpc * N_A / molar_mass;
}

double channel_diffusivity(const AldChannel& c, double pressure) {
    const double knudsen = knudsen_diffusivity(hydraulic(c), c.molar_mass, c.temperature);
    const double speed = mean_speed(c.molar_mass, c.temperature), z = collision_rate(c, pressure);
    return z > 0 ? bosanquet(knudsen, 3 * pi * speed * speed / (16 * z)) : knudsen;
}

ChannelFront channel_front(const AldChannel& c, double time) {
    check(c);
    return front(c, channel_diffusivity(c, c.pressure), time);
}

ChannelCoverage channel_analytic(const AldChannel& channel, double pulse, int cycles, int points) {
    check(channel);
    require(cycles >= 1, "cycles", cycles, "allowed: at least 1");
    require(channel.height > 2 * channel.gpc * cycles, "cycles", cycles, "the channel is closed before that");
    const double reach = 1.5 * channel_front(channel, pulse).full_depth;
    const auto n = static_cast<std::size_t>(points);
    const int block = (cycles + 63) / 64;  // cycles that share the height of their middle one
    ChannelCoverage result{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n, 0.0)};
    parallel_for(n, [&](std::size_t i) {
        AldChannel narrowed = channel;
        result.x[i] = reach * static_cast<double>(i) / static_cast<double>(n - 1);
        result.coverage[i] = coverage_at(channel, result.x[i], pulse);
        for (int first = 0; first < cycles; first += block) {
            const int count = std::min(block, cycles - first);
            narrowed.height = channel.height - 2 * channel.gpc * (first + (count - 1) / 2.0);
            result.thickness[i] += channel.gpc * count * coverage_at(narrowed, result.x[i], pulse);
        }
    });
    result.half_depth = half_depth(result.x, result.thickness);
    result.steps = cycles;
    return result;
}

double channel_pulse(const AldChannel& c, double depth) {
    check(c);
    require_positive("depth", depth, "m");
    double pulse = depth * depth / channel_front(c, 1).apparent_diffusivity;
    constexpr int most = 40;
    for (int i = 0; i < most; ++i) {  // half depth grows nearly as the root of the pulse
        const double reached = channel_analytic(c, pulse, 1, 1200).half_depth,
                     next = pulse * std::pow(depth / reached, 2);
        if (std::abs(next / pulse - 1) < 1e-6) return next;
        pulse = next;
    }
    throw NumericalError("ALD channel: no pulse found for this depth");
}

ChannelCoverage channel_diffusion(const AldChannel& c, double pulse, double length, int cells, double tolerance,
                                  const Context& context) {
    check(c);
    require_positive("pulse", pulse, "s");
    require_positive("length", length, "m");
    require(cells >= 8, "cells", cells, "allowed: at least 8");
    const Channel channel(c, length, cells);
    const auto n = static_cast<std::size_t>(cells);
    Fields u{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
    ChannelCoverage result;
    double time = 0, dt = std::min(pulse, 0.01 / (adsorption(c) * c.pressure));
    while (time < pulse * (1 - 1e-14)) {
        context.check();
        const double size = std::min(dt, pulse - time);
        Advanced next = advance(channel, u, size);
        dt = size * std::clamp(0.9 * std::sqrt(tolerance / std::max(next.error, 1e-300)), 0.2, 2.0);
        if (dt < 1e-14 * pulse) throw NumericalError("ALD channel: the step vanishes");
        if (next.error > tolerance) continue;
        u = std::move(next.fields), time += size, ++result.steps;
        result.error_estimate = std::max(result.error_estimate, next.error);
    }
    for (std::size_t i = 0; i < n; ++i) {
        result.x.push_back(length * (static_cast<double>(i) + 0.5) / cells);
        result.thickness.push_back(c.gpc * u.coverage[i]);
    }
    result.coverage = std::move(u.coverage);
    result.half_depth = half_depth(result.x, result.coverage);
    return result;
}

}  // namespace damascene::feature
