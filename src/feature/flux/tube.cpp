// Transmission of a tube with diffuse walls, free molecular: Clausing's equation [Clausing 1932]. Lengths in radii.
//
//   f(x) = e(x) + int_0^L K(|x - y|) f(y) dy,    W = F_d(L) + 2 int_0^L e(L - y) f(y) dy
//   K(x) = 1/2 [1 - x (x^2 + 6) / (x^2 + 4)^(3/2)],    e(x) = (x^2 + 2) / (2 sqrt(x^2 + 4)) - x / 2
//
// f: incident flux on the wall over that on the inlet. Collocation at Gauss points of panels that grow twofold from
// both ends; since int K + e(x) + e(L - x) = 1 the difference f(y) - f(x) is integrated, which keeps long tubes exact.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include "damascene/base/error.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::feature {
namespace {

constexpr int nodes = 10;
constexpr double finest = 1.0 / 128;  ///< radii, panel at an end of the tube

/// K and e without the cancellation of their usual forms.
double wall_to_wall(double x) {
    const double q = x * x + 4, cube = q * std::sqrt(q);
    return (6 * x * x + 32) / (cube * (cube + x * (x * x + 6)));
}
double wall_to_end(double x) {
    const double root = std::sqrt(x * x + 4);
    return 2 / (root * (x * x + 2 + x * root));
}
double end_to_end(double length) {
    const double sum = length + std::sqrt(length * length + 4);
    return 4 / (sum * sum);
}

struct Rule {
    std::array<double, nodes> at, weight, barycentric;  ///< on [0, 1]
};

/// Gauss-Legendre: Newton on the recurrence of the Legendre polynomials.
Rule gauss_legendre() {
    Rule rule;
    for (int k = 0; k < nodes; ++k) {
        double x = std::cos(3.14159265358979323846 * (k + 0.75) / (nodes + 0.5)), slope = 1;
        for (int step = 0; step < 50; ++step) {
            double p = 1, before = 0;
            for (int m = 0; m < nodes; ++m) {
                const double next = ((2 * m + 1) * x * p - m * before) / (m + 1);
                before = p, p = next;
            }
            slope = nodes * (x * p - before) / (x * x - 1);
            x -= p / slope;
        }
        const auto n = static_cast<std::size_t>(nodes - 1 - k);
        rule.at[n] = 0.5 * (1 + x), rule.weight[n] = 1 / ((1 - x * x) * slope * slope);
    }
    for (std::size_t k = 0; k < nodes; ++k) {
        rule.barycentric[k] = 1;
        for (std::size_t m = 0; m < nodes; ++m)
            if (m != k) rule.barycentric[k] /= rule.at[k] - rule.at[m];
    }
    return rule;
}

/// Values at t of the polynomials that are 1 at one node and 0 at the others.
std::array<double, nodes> basis(const Rule& rule, double t) {
    std::array<double, nodes> out{};
    double sum = 0;
    for (std::size_t k = 0; k < nodes; ++k) {
        if (t == rule.at[k]) {
            out.fill(0), out[k] = 1;
            return out;
        }
        sum += out[k] = rule.barycentric[k] / (t - rule.at[k]);
    }
    for (double& v : out) v /= sum;
    return out;
}

/// Panel ends from 0 to `length`, growing from both ends.
std::vector<double> panel_ends(double length) {
    std::vector<double> half{0};
    for (double step = std::min(finest, length / 8); half.back() + 1.5 * step < 0.5 * length; step *= 2)
        half.push_back(half.back() + step);
    std::vector<double> out = half;
    out.push_back(0.5 * length);
    for (auto x = half.rbegin(); x != half.rend(); ++x) out.push_back(length - *x);
    return out;
}

/// Adds int_a^b K(|x - y|) basis_k(y) dy; halves towards x until K is smooth over the part.
template <class Add>
void integrate_kernel(const Rule& rule, double x, double a, double b, const Add& add) {
    if (b - a > std::max(0.5, 0.5 * std::max({a - x, x - b, 0.0}))) {
        integrate_kernel(rule, x, a, 0.5 * (a + b), add);
        return integrate_kernel(rule, x, 0.5 * (a + b), b, add);
    }
    if (x > a && x < b) {
        integrate_kernel(rule, x, a, x, add);
        return integrate_kernel(rule, x, x, b, add);
    }
    for (std::size_t k = 0; k < nodes; ++k) {
        const double y = a + (b - a) * rule.at[k];
        add(y, (b - a) * rule.weight[k] * wall_to_wall(std::abs(x - y)));
    }
}

}  // namespace

double clausing_tube(double length) {
    if (!(length >= 0) || !std::isfinite(length))
        throw InputError("D0201", "the length of a tube over its radius must be finite and not negative");
    if (length == 0) return 1;
    static const Rule rule = gauss_legendre();
    const std::vector<double> ends = panel_ends(length);
    const auto panels = static_cast<Eigen::Index>(ends.size()) - 1, n = panels * nodes;
    const auto place = [&](Eigen::Index i) {
        const auto p = static_cast<std::size_t>(i / nodes);
        return ends[p] + (ends[p + 1] - ends[p]) * rule.at[static_cast<std::size_t>(i % nodes)];
    };
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd source(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const double x = place(i);
        source(i) = wall_to_end(x);
        matrix(i, i) += wall_to_end(x) + wall_to_end(length - x);
        for (Eigen::Index p = 0; p < panels; ++p) {
            const double a = ends[static_cast<std::size_t>(p)], b = ends[static_cast<std::size_t>(p) + 1];
            integrate_kernel(rule, x, a, b, [&](double y, double k) {
                const auto phi = basis(rule, (y - a) / (b - a));
                for (int m = 0; m < nodes; ++m) matrix(i, p * nodes + m) -= k * phi[static_cast<std::size_t>(m)];
                matrix(i, i) += k;
            });
        }
    }
    const Eigen::VectorXd f = matrix.partialPivLu().solve(source);
    double through = end_to_end(length);
    for (Eigen::Index i = 0; i < n; ++i) {
        const auto p = static_cast<std::size_t>(i / nodes);
        through += 2 * (ends[p + 1] - ends[p]) * rule.weight[static_cast<std::size_t>(i % nodes)] * f(i) *
                   wall_to_end(length - place(i));
    }
    return through;
}

}  // namespace damascene::feature
