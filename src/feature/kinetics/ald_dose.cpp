// Ballistic ALD dose: quasi-steady free-molecular flux H over surfaces that fill up.
//
//   d theta_i/d tau = s0 (1 - theta_i) H_i - k theta_i,   tau = Gamma0 t / N_s                    [Yanguas-Gil & Elam
//   2012] H = sky + F [(1 - s) H + k theta],   s_i = s0 (1 - theta_i) + r
//
// Irreversible doses advance y = -ln(1 - theta), dy/d tau = s0 H: smooth, never above a full layer, and exact where H
// does not change. Explicit Runge-Kutta of order 5 with an embedded error of order 4 [Dormand & Prince 1980].
// Sensitivities are tangents of the same steps: (I - F R) dH = F (dk theta + k dtheta - ds H). Cost: one radiosity
// solution per stage, 6 per step.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "damascene/feature/ald.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

using Values = std::vector<double>;
constexpr std::size_t tangents = 3;  ///< sticking, recombination, desorption; dose follows from the last derivative

/// State: coverage variable per piece, then its tangents.
struct Dose {
    const ViewFactors& view;
    const AldPulse& pulse;
    std::size_t n;
    bool logarithmic, with_tangents;
    int solves = 0;
    double balance_error = 0;

    std::size_t size() const { return n * (with_tangents ? 1 + tangents : 1); }
    double free(double v) const { return logarithmic ? std::exp(-v) : 1 - v; }
    double coverage(double v) const { return logarithmic ? -std::expm1(-v) : v; }
    double of_coverage(double c) const { return logarithmic ? -std::log1p(-std::min(c, 1 - 1e-15)) : c; }
    /// d theta / d v
    double scale(double v) const { return logarithmic ? std::exp(-v) : 1; }

    Values exchanged(const Values& emitted) const {
        Values arriving(n, 0.0);
        parallel_for(n, [&](std::size_t i) {
            const double* row = view.factor.data() + i * n;
            for (std::size_t j = 0; j < n; ++j) arriving[i] += row[j] * emitted[j];
        });
        return arriving;
    }
    Values direct(const Values& state) const {
        if (pulse.desorption == 0) return view.sky;
        Values emitted(n);
        for (std::size_t i = 0; i < n; ++i) emitted[i] = pulse.desorption * coverage(state[i]);
        Values sum = exchanged(emitted);
        for (std::size_t i = 0; i < n; ++i) sum[i] += view.sky[i];
        return sum;
    }
    Values sticking(const Values& state) const {
        Values s(n);
        for (std::size_t i = 0; i < n; ++i) s[i] = pulse.sticking * free(state[i]) + pulse.recombination;
        return s;
    }
    /// Derivative of the state; also the arrivals it was computed with.
    Values rate(const Values& state, Values* arrival_out = nullptr) {
        const Values s = sticking(state), source = direct(state);
        ++solves;
        std::unique_ptr<Radiosity> system;
        FluxSolution flux;
        if (with_tangents) {
            system = std::make_unique<Radiosity>(view, s);
            flux = system->solve(source);
        } else {
            flux = diffuse_flux(view, s, source);
        }
        if (pulse.desorption == 0) balance_error = std::max(balance_error, flux.balance_error);
        const Values& H = flux.incident;
        Values d(size());
        for (std::size_t i = 0; i < n; ++i) {
            if (!std::isfinite(H[i])) throw NumericalError("ALD dose: no finite arrival");
            d[i] = logarithmic ? pulse.sticking * H[i]
                               : pulse.sticking * free(state[i]) * H[i] - pulse.desorption * coverage(state[i]);
        }
        if (with_tangents)
            for (std::size_t p = 0; p < tangents; ++p) tangent_rate(p, state, H, *system, d);
        if (arrival_out) *arrival_out = H;
        return d;
    }
    void tangent_rate(std::size_t p, const Values& state, const Values& H, const Radiosity& system, Values& d) const {
        const double ds0 = p == 0, dr = p == 1, dk = p == 2;
        const double* dv = state.data() + (1 + p) * n;
        Values source(n);
        for (std::size_t i = 0; i < n; ++i) {
            const double dtheta = scale(state[i]) * dv[i];
            const double ds = ds0 * free(state[i]) - pulse.sticking * dtheta + dr;
            source[i] = dk * coverage(state[i]) + pulse.desorption * dtheta - ds * H[i];
        }
        const Values dH = system.solve(exchanged(source)).incident;
        for (std::size_t i = 0; i < n; ++i) {
            const double gain = ds0 * H[i] + pulse.sticking * dH[i];
            d[(1 + p) * n + i] = logarithmic ? gain
                                             : free(state[i]) * gain - pulse.sticking * H[i] * dv[i] -
                                                   dk * coverage(state[i]) - pulse.desorption * dv[i];
        }
    }
};

// [Dormand & Prince 1980, table 2], 5(4), first stage same as last.
constexpr std::array<std::array<double, 6>, 6> stage = {
    {{1 / 5.0},
     {3 / 40.0, 9 / 40.0},
     {44 / 45.0, -56 / 15.0, 32 / 9.0},
     {19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0},
     {9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0},
     {35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0}}};
constexpr std::array<double, 7> error_weight = {71 / 57600.0,      0,          -71 / 16695.0, 71 / 1920.0,
                                                -17253 / 339200.0, 22 / 525.0, -1 / 40.0};

struct Step {
    Values state, last_rate;
    double error = 0;  ///< largest of coverage
};

Values combined(const Values& state, const std::vector<Values>& k, std::span<const double> weight, double h) {
    Values sum = state;
    for (std::size_t s = 0; s < k.size(); ++s)
        if (weight[s] != 0)
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += h * weight[s] * k[s][i];
    return sum;
}

Step advance(Dose& dose, const Values& state, const Values& first_rate, double h) {
    std::vector<Values> k = {first_rate};
    Step step;
    for (const auto& weights : stage) {
        step.state = combined(state, k, weights, h);
        k.push_back(dose.rate(step.state));
    }
    for (std::size_t i = 0; i < dose.n; ++i) {
        double e = 0;
        for (std::size_t s = 0; s < 7; ++s) e += h * error_weight[s] * k[s][i];
        step.error = std::max(step.error, std::abs(e) * dose.scale(step.state[i]));
    }
    step.last_rate = std::move(k.back());
    return step;
}

double area_mean(const ViewFactors& view, const Values& v) {
    double sum = 0, area = 0;
    for (std::size_t i = 0; i < v.size(); ++i) sum += view.area[i] * v[i], area += view.area[i];
    return sum / area;
}

Values coverages(const Dose& dose, const Values& state) {
    Values c(dose.n);
    for (std::size_t i = 0; i < dose.n; ++i) c[i] = dose.coverage(state[i]);
    return c;
}

Values begin(const Dose& dose, std::span<const double> start) {
    Values state(dose.size(), 0.0);
    for (std::size_t i = 0; i < dose.n && !start.empty(); ++i) state[i] = dose.of_coverage(start[i]);
    return state;
}

void check(const AldPulse& p, std::span<const double> start, std::size_t n) {
    require_probability("sticking", p.sticking);
    require(p.recombination >= 0 && p.recombination < 1, "recombination", p.recombination, "allowed: 0 to below 1");
    require(p.sticking + p.recombination <= 1, "sticking + recombination", p.sticking + p.recombination,
            "allowed: at most 1");
    require(p.dose >= 0 && std::isfinite(p.dose), "dose", p.dose, "allowed: zero or positive");
    require(p.desorption >= 0, "desorption", p.desorption, "allowed: zero or positive");
    require(start.empty() || start.size() == n, "starting coverages", static_cast<double>(start.size()),
            "one per piece of the surface");
    for (double c : start) require(c >= 0 && c <= 1, "starting coverage", c, "allowed: 0 to 1");
}

// d theta / d(sticking, dose, recombination, desorption)
std::vector<Values> sensitivities(const Dose& dose, const Values& state, const Values& rate) {
    std::vector<Values> result;
    for (std::size_t block : {1, 0, 2, 3}) {
        const double* d = (block == 0 ? rate : state).data() + block * dose.n;
        Values row(dose.n);
        for (std::size_t i = 0; i < dose.n; ++i) row[i] = dose.scale(state[i]) * d[i];
        result.push_back(std::move(row));
    }
    return result;
}

struct Advance {
    Values state, rate;
    double tau = 0;
};

void record(AldDose& result, const Dose& dose, const Advance& now) {
    result.dose_history.push_back(now.tau);
    result.mean_history.push_back(area_mean(dose.view, coverages(dose, now.state)));
}

// A step size that keeps the error below the tolerance; order 5.
double next_size(double h, double error, double tolerance) {
    return h * std::clamp(0.9 * std::pow(tolerance / std::max(error, 1e-300), 0.2), 0.2, 4.0);
}

}  // namespace

AldDose ald_dose(const ViewFactors& view, const AldPulse& pulse, std::span<const double> start,
                 const AldOptions& options, const Context& context) {
    const auto n = static_cast<std::size_t>(view.n);
    check(pulse, start, n);
    Dose dose{view, pulse, n, pulse.desorption == 0, options.sensitivities};
    AldDose result;
    Advance now{begin(dose, start), {}, 0};
    now.rate = dose.rate(now.state);
    double h = options.fixed_steps > 0 ? pulse.dose / options.fixed_steps
                                       : std::min(pulse.dose, 0.1 / (pulse.sticking + pulse.desorption));
    record(result, dose, now);
    while (now.tau < pulse.dose * (1 - 1e-14)) {
        context.check();
        const double size = std::min(h, pulse.dose - now.tau);
        Step step = advance(dose, now.state, now.rate, size);
        if (options.fixed_steps == 0) {
            h = next_size(size, step.error, options.tolerance);
            if (h < 1e-12 * pulse.dose) throw NumericalError("ALD dose: the step vanishes");
            if (step.error > options.tolerance) continue;
        }
        now = {std::move(step.state), std::move(step.last_rate), now.tau + size};
        result.error_estimate += step.error, ++result.steps;
        record(result, dose, now);
        context.progress({"dose", now.tau / pulse.dose, {{"coverage", result.mean_history.back()}}});
    }
    now.rate = dose.rate(now.state, &result.arrival);
    result.coverage = coverages(dose, now.state);
    result.mean = area_mean(view, result.coverage);
    if (options.sensitivities) result.sensitivity = sensitivities(dose, now.state, now.rate);
    result.solves = dose.solves, result.balance_error = dose.balance_error;
    return result;
}

// Sites that took A are those B can convert, and the other way round.
AldCycle ald_cycle(const ViewFactors& view, const AldPulse& a, const AldPulse& b, const AldOptions& options,
                   const Context& context) {
    constexpr int most = 200;
    const auto n = static_cast<std::size_t>(view.n);
    AldCycle result;
    result.gained.assign(n, 0.0);
    Values taken(n, 0.0);  // share of sites that carry A's ligand
    for (result.cycles = 1; result.cycles <= most; ++result.cycles) {
        const Values before = taken;
        taken = ald_dose(view, a, before, options, context).coverage;
        result.change = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double gain = taken[i] - before[i];
            result.change = std::max(result.change, std::abs(gain - result.gained[i]));
            result.gained[i] = gain, taken[i] = 1 - taken[i];
        }
        taken = ald_dose(view, b, taken, options, context).coverage;
        for (double& t : taken) t = 1 - t;
        if (result.change < 10 * options.tolerance) return result;
    }
    context.warn("the ALD cycle is not periodic after 200 cycles");
    return result;
}

}  // namespace damascene::feature
