#include "feature/level_set/hamiltonian.hpp"

#include <array>

#include "damascene/base.hpp"

namespace damascene::feature::level_set {
namespace {

double n_z_of(double px, double pz) {
    const double l = std::sqrt(px * px + pz * pz);
    return l > 1e-12 ? pz / l : 1.0;
}

struct Interval {
    double low = 0, high = 0;
};

/// All n_z of gradients whose components lie between the one-sided ones.
Interval directions(OneSided x, OneSided z) {
    const bool spans_x = x.minus * x.plus <= 0, spans_z = z.minus * z.plus <= 0;
    if (spans_x && spans_z) return {-1, 1};
    const std::array<double, 4> n = {n_z_of(x.minus, z.minus), n_z_of(x.plus, z.minus), n_z_of(x.minus, z.plus),
                                     n_z_of(x.plus, z.plus)};
    Interval out{*std::min_element(n.begin(), n.end()), *std::max_element(n.begin(), n.end())};
    if (spans_x) (z.minus > 0 ? out.high : out.low) = z.minus > 0 ? 1.0 : -1.0;
    return out;
}

}  // namespace

AngularLaw::AngularLaw(const std::function<double(double)>& g) : g_(bins + 1) {
    for (int k = 0; k <= bins; ++k) {
        g_[static_cast<std::size_t>(k)] = g(std::clamp(-1 + 2.0 * k / bins, -1.0, 1.0));
        if (!std::isfinite(g_[static_cast<std::size_t>(k)]))
            throw NumericalError("the angular law of a beam is not finite at some orientation");
    }
    std::vector<Bound> base(bins);
    for (int k = 0; k < bins; ++k) {
        const double g0 = g_[static_cast<std::size_t>(k)], g1 = g_[static_cast<std::size_t>(k) + 1],
                     slope = (g1 - g0) * bins / 2;
        for (int end = 0; end < 2; ++end) {
            const double n = -1 + 2.0 * (k + end) / bins, value = end ? g1 : g0, s2 = std::max(0.0, 1 - n * n);
            Bound& b = base[static_cast<std::size_t>(k)];
            b.x = std::max(b.x, std::abs(std::sqrt(s2) * (value - n * slope)));
            b.z = std::max(b.z, std::abs(n * value + s2 * slope));
        }
        steepest_ = std::max(steepest_, base[static_cast<std::size_t>(k)].x + base[static_cast<std::size_t>(k)].z);
    }
    largest_.push_back(std::move(base));
    for (std::size_t width = 1; 2 * width <= bins; width *= 2) {
        const std::vector<Bound>& half = largest_.back();
        std::vector<Bound> level(half.size() - width);
        for (std::size_t k = 0; k < level.size(); ++k)
            level[k] = {std::max(half[k].x, half[k + width].x), std::max(half[k].z, half[k + width].z)};
        largest_.push_back(std::move(level));
    }
}

double AngularLaw::value(double n_z) const {
    const double u = std::clamp(0.5 * (n_z + 1), 0.0, 1.0) * bins;
    const auto k = std::min(static_cast<std::size_t>(u), static_cast<std::size_t>(bins - 1));
    return g_[k] + (u - static_cast<double>(k)) * (g_[k + 1] - g_[k]);
}

AngularLaw::Bound AngularLaw::bound(double low, double high) const {
    const auto bin = [](double n) {
        return static_cast<std::size_t>(std::clamp(static_cast<int>(0.5 * (n + 1) * bins), 0, bins - 1));
    };
    const std::size_t a = bin(low), b = bin(high), count = b - a + 1;
    std::size_t level = 0;
    while ((std::size_t{2} << level) <= count) ++level;
    const Bound &p = largest_[level][a], &q = largest_[level][b + 1 - (std::size_t{1} << level)];
    return {std::max(p.x, q.x), std::max(p.z, q.z)};
}

double lax_friedrichs(const AngularLaw& law, double beam, OneSided x, OneSided z) {
    const double px = 0.5 * (x.minus + x.plus), pz = 0.5 * (z.minus + z.plus);
    const Interval n = directions(x, z);
    const AngularLaw::Bound a = law.bound(n.low, n.high);
    return beam * law.value(n_z_of(px, pz)) * std::sqrt(px * px + pz * pz) -
           0.5 * std::abs(beam) * (a.x * (x.plus - x.minus) + a.z * (z.plus - z.minus));
}

double godunov_angular(const AngularLaw& law, double beam, OneSided x, OneSided z) {
    const double n_z = n_z_of(0.5 * (x.minus + x.plus), 0.5 * (z.minus + z.plus));
    const double speed = beam * law.value(n_z);
    return speed * godunov_norm(speed, x, z);
}

}  // namespace damascene::feature::level_set
