// Transmission of a slit with diffuse walls, free molecular [Clausing 1932]. Lengths in gaps.
//
//   w(x) = e(L - x) + int_0^L K(x - y) w(y) dy,   T = t(L) + 2 int_0^L e(x) w(x) dx
//   K(x) = 1/2 (1 + x^2)^(-3/2),   e(x) = (1 - x / sqrt(1 + x^2)) / 2,   t(L) = sqrt(1 + L^2) - L
//
// w: chance that a molecule leaving the wall at x ends behind the far end; by symmetry w(x) = 1/2 + u(x) with u odd
// about the middle. int K + e(x) + e(L - x) = 1, so (e(x) + e(L - x)) u(x) + int K (u(x) - u(y)) dy = (e(L - x) - e(x))
// / 2, which loses no digits in long slits. Collocation at Gauss points of panels that double in size from the ends
// inwards; the kernel is integrated against their interpolating polynomials.
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "damascene/feature/transport.hpp"
#include "feature/flux/gauss.hpp"

namespace damascene::feature {

namespace {

constexpr int order = 12;         ///< points per panel
constexpr double finest = 0.125;  ///< panel at an end

double kernel(double x) {
    const double q = 1 + x * x;
    return 0.5 / (q * std::sqrt(q));
}
double to_end(double x) {  ///< e, without cancellation
    const double root = std::sqrt(1 + x * x);
    return 0.5 / (root * (root + x));
}
double end_to_end(double length) { return 1 / (std::sqrt(1 + length * length) + length); }

std::vector<double> panel_bounds(double length) {
    std::vector<double> left{0};
    for (double size = std::min(finest, length / 4); left.back() + size < length / 2; size *= 2)
        left.push_back(left.back() + size);
    std::vector<double> bounds(left);
    bounds.push_back(length / 2);
    for (auto x = left.rbegin(); x != left.rend(); ++x) bounds.push_back(length - *x);
    return bounds;
}

/// Values at t in [0, 1] of the polynomials that are 1 at one Gauss point and 0 at the others.
std::vector<double> cardinal(double t) {
    const auto& g = gauss<order>();
    std::vector<double> l(order, 1.0);
    for (std::size_t k = 0; k < order; ++k)
        for (std::size_t m = 0; m < order; ++m)
            if (m != k) l[k] *= (t - g[m].at) / (g[k].at - g[m].at);
    return l;
}

/// Adds int over [a, b] of K(x - y) l_k(y) dy for the panel [p, q]; halves the range until the kernel is smooth on it.
void add_moments(double x, double p, double q, double a, double b, std::vector<double>& moments) {
    const double distance = std::max({0.0, a - x, x - b});
    if (b - a > std::max(1.0, distance)) {
        add_moments(x, p, q, a, 0.5 * (a + b), moments);
        add_moments(x, p, q, 0.5 * (a + b), b, moments);
        return;
    }
    for (const GaussNode& g : gauss<20>()) {
        const double y = a + (b - a) * g.at, weight = g.weight * (b - a) * kernel(x - y);
        const std::vector<double> l = cardinal((y - p) / (q - p));
        for (std::size_t k = 0; k < order; ++k) moments[k] += weight * l[k];
    }
}

struct Points {
    std::vector<double> bounds, at, weight;
};

Points points(double length) {
    Points p{.bounds = panel_bounds(length)};
    for (std::size_t m = 0; m + 1 < p.bounds.size(); ++m)
        for (const GaussNode& g : gauss<order>()) {
            const double size = p.bounds[m + 1] - p.bounds[m];
            p.at.push_back(p.bounds[m] + size * g.at);
            p.weight.push_back(size * g.weight);
        }
    return p;
}

/// u at the points.
std::vector<double> excess(const Points& p, double length) {
    const std::size_t n = p.at.size();
    std::vector<double> matrix(n * n), u(n), moments(order);
    for (std::size_t i = 0; i < n; ++i) {
        const double x = p.at[i], near = to_end(x), far = to_end(length - x);
        matrix[i * n + i] = near + far;
        for (std::size_t m = 0; m + 1 < p.bounds.size(); ++m) {
            std::fill(moments.begin(), moments.end(), 0.0);
            add_moments(x, p.bounds[m], p.bounds[m + 1], p.bounds[m], p.bounds[m + 1], moments);
            for (std::size_t k = 0; k < order; ++k)
                matrix[i * n + i] += moments[k], matrix[i * n + m * order + k] -= moments[k];
        }
        u[i] = 0.5 * (far - near);
    }
    std::vector<lapack_int> pivots(n);
    const auto size = static_cast<lapack_int>(n);
    if (LAPACKE_dgesv(LAPACK_ROW_MAJOR, size, 1, matrix.data(), size, pivots.data(), u.data(), 1) != 0)
        throw NumericalError("slit equation is singular");
    return u;
}

}  // namespace

double clausing_slit(double length) {
    if (!(length > 0)) return 1;
    const Points p = points(length);
    const std::vector<double> u = excess(p, length);
    double through = end_to_end(length);
    for (std::size_t i = 0; i < u.size(); ++i) through += 2 * p.weight[i] * to_end(p.at[i]) * (0.5 + u[i]);
    return through;
}

}  // namespace damascene::feature
