// One-sided derivatives of phi from six first differences d[0..5] = (phi[k+1] - phi[k]) / h, k = -3..2.
//
// Upwind differences, third-order WENO and fifth-order WENO [Jiang & Peng 2000].
#pragma once

#include <algorithm>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature::level_set {

struct OneSided {
    double minus = 0, plus = 0;
};

inline double square(double x) { return x * x; }

/// Fifth order from five differences, the middle one nearest to the node.
inline double weno5(double v1, double v2, double v3, double v4, double v5) {
    const double s1 = 13.0 / 12 * square(v1 - 2 * v2 + v3) + 0.25 * square(v1 - 4 * v2 + 3 * v3);
    const double s2 = 13.0 / 12 * square(v2 - 2 * v3 + v4) + 0.25 * square(v2 - v4);
    const double s3 = 13.0 / 12 * square(v3 - 2 * v4 + v5) + 0.25 * square(3 * v3 - 4 * v4 + v5);
    constexpr double epsilon = 1e-6;  // |grad phi| is near 1
    const double a1 = 0.1 / square(s1 + epsilon), a2 = 0.6 / square(s2 + epsilon), a3 = 0.3 / square(s3 + epsilon);
    return (a1 * (2 * v1 - 7 * v2 + 11 * v3) + a2 * (-v2 + 5 * v3 + 2 * v4) + a3 * (2 * v3 + 5 * v4 - v5)) /
           (6 * (a1 + a2 + a3));
}

/// Third order: far, upwind and downwind difference.
inline double weno3(double far, double near, double ahead) {
    constexpr double epsilon = 1e-6;
    const double r = (epsilon + square(near - far)) / (epsilon + square(ahead - near));
    return 0.5 * (near + ahead) - 0.5 / (1 + 2 * r * r) * (far - 2 * near + ahead);
}

template <SpaceOrder order>
OneSided one_sided(const double* d) {
    if constexpr (order == SpaceOrder::first) return {d[2], d[3]};
    if constexpr (order == SpaceOrder::weno3) return {weno3(d[1], d[2], d[3]), weno3(d[4], d[3], d[2])};
    return {weno5(d[0], d[1], d[2], d[3], d[4]), weno5(d[5], d[4], d[3], d[2], d[1])};
}

}  // namespace damascene::feature::level_set
