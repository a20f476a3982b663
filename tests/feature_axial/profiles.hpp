// Sections of revolution for tests. Lengths nm.
#pragma once

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "damascene/feature/transport.hpp"
#include "damascene/geometry/surface.hpp"

namespace damascene::feature::axial_tests {

inline Section axial_section() {
    Section s;
    s.symmetry = Symmetry::axial;
    s.left = s.right = Side::open;
    return s;
}

/// Adds a chain through the corners, each leg cut evenly into pieces no longer than h.
inline void add_chain(Section& s, const std::vector<Vec2>& corner, double h) {
    s.chain_begin.push_back(s.size());
    for (std::size_t k = 0; k + 1 < corner.size(); ++k) {
        const Vec2 p = corner[k], q = corner[k + 1];
        const int n = std::max(1, static_cast<int>(std::ceil(std::hypot(q.x - p.x, q.z - p.z) / h - 1e-9)));
        Vec2 a = p;
        for (int m = 1; m <= n; ++m) {
            const double t = static_cast<double>(m) / n;
            const Vec2 b = m == n ? q : Vec2{p.x + t * (q.x - p.x), p.z + t * (q.z - p.z)};
            s.pieces.push_back({a, b, 0});
            a = b;
        }
    }
}

inline Section chain(const std::vector<Vec2>& corner, double h) {
    Section s = axial_section();
    add_chain(s, corner, h);
    return s;
}

/// Closed-bottom via of radius 1: `across` bottom and `down` wall places, both increasing, without their ends.
inline Section via(double depth, std::vector<double> across, std::vector<double> up) {
    Section s = axial_section();
    s.chain_begin = {0};
    across.insert(across.begin(), 0.0), across.push_back(1);
    up.insert(up.begin(), 0.0), up.push_back(depth);
    for (std::size_t k = 0; k + 1 < across.size(); ++k)
        s.pieces.push_back({{across[k], -depth}, {across[k + 1], -depth}, 0});
    for (std::size_t k = 0; k + 1 < up.size(); ++k)
        s.pieces.push_back({{1, up[k] - depth}, {1, k + 2 == up.size() ? 0 : up[k + 1] - depth}, 0});
    return s;
}

/// Cuts of [0, length], without the ends, whose steps grow geometrically from both ends up to `largest`.
inline std::vector<double> graded(double length, double smallest, double largest, double growth, bool both_ends) {
    std::vector<double> out;
    const double half = both_ends ? 0.5 * length : length;
    double step = smallest;
    for (double x = step; x < half; x += step) out.push_back(x), step = std::min(step * growth, largest);
    const double stretch = half / (out.empty() ? half : out.back());
    for (double& x : out) x *= stretch;
    if (!out.empty()) out.pop_back();
    if (!both_ends) {
        for (double& x : out) x = length - x;
        return {out.rbegin(), out.rend()};
    }
    const std::vector<double> lower = out;
    out.push_back(half);
    for (auto x = lower.rbegin(); x != lower.rend(); ++x) out.push_back(length - *x);
    return out;
}

/// Incident flux by a dense solve of Gamma = direct + F (1 - s) Gamma.
inline std::vector<double> incident(const ViewFactors& f, double sticking) {
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> factor(
        f.factor.data(), f.n, f.n);
    const Eigen::MatrixXd system = Eigen::MatrixXd::Identity(f.n, f.n) - (1 - sticking) * factor;
    const Eigen::VectorXd flux = system.partialPivLu().solve(Eigen::Map<const Eigen::VectorXd>(f.sky.data(), f.n));
    return {flux.data(), flux.data() + f.n};
}

/// Least-squares slope of log |error| against log n, and its standard error.
struct Slope {
    double value, error;
};
inline Slope slope(const std::vector<double>& n, const std::vector<double>& y) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    const double m = static_cast<double>(n.size());
    for (std::size_t k = 0; k < n.size(); ++k) {
        const double u = std::log(n[k]), v = std::log(std::abs(y[k]));
        sx += u, sy += v, sxx += u * u, sxy += u * v, syy += v * v;
    }
    const double b = (m * sxy - sx * sy) / (m * sxx - sx * sx);
    const double rest = std::max(0.0, syy - sy * sy / m - b * (sxy - sx * sy / m));
    return {b, std::sqrt(rest / (m - 2) / (sxx - sx * sx / m))};
}

/// Circle of radius 1 about (0, height), from the bottom to polar angle `opening` from the top, n equal pieces.
inline std::vector<Vec2> pit_outline(double opening, int n) {
    std::vector<Vec2> out;
    for (int k = 0; k <= n; ++k) {
        const double t = (std::numbers::pi - opening) * k / n;
        out.push_back({k == 0 ? 0 : std::sin(t), -std::cos(t) - std::cos(opening)});
    }
    return out;
}

}  // namespace damascene::feature::axial_tests
