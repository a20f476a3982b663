// Gauss-Legendre quadrature on [0, 1].
#pragma once

#include <array>
#include <cmath>
#include <numbers>

namespace damascene::feature {

struct GaussNode {
    double at = 0, weight = 0;
};

/// Roots of P_n by Newton from the asymptotic guess.
template <int n>
const std::array<GaussNode, n>& gauss() {
    static const std::array<GaussNode, n> nodes = [] {
        std::array<GaussNode, n> out;
        for (int k = 0; k < n; ++k) {
            double x = std::cos(std::numbers::pi * (k + 0.75) / (n + 0.5)), slope = 1;
            for (int step = 0; step < 30; ++step) {
                double p = 1, before = 0;
                for (int j = 0; j < n; ++j) {
                    const double next = ((2 * j + 1) * x * p - j * before) / (j + 1);
                    before = p, p = next;
                }
                slope = n * (x * p - before) / (x * x - 1);
                x -= p / slope;
            }
            out[static_cast<std::size_t>(n - 1 - k)] = {0.5 * (1 + x), 1 / ((1 - x * x) * slope * slope)};
        }
        return out;
    }();
    return nodes;
}

}  // namespace damascene::feature
