// Upwind differences of second order for |grad t| r = 1 on the grid of a film, t = 0 on its top.
//   interior:  (3 t - 4 a + b)/(2 d) = c2 (t - (alpha a - beta b)),  a, b one and two cells upwind, b <= a; else
//   (t-a)/d first slice below the top: (t - 0)/(d/2);  second: three-point difference over 0, d/2, 3d/2. [Sethian 1996]
#pragma once

namespace damascene::resist {

struct UpwindWeights {
    double c1, c2, alpha, beta;
};
inline UpwindWeights upwind_weights(double spacing) { return {1 / spacing, 1.5 / spacing, 4.0 / 3, 1.0 / 3}; }
/// Towards the top from slice k.
inline UpwindWeights upwind_weights_above(int k, double dz) {
    if (k == 0) return {2 / dz, 2 / dz, 1, 0};
    if (k == 1) return {1 / dz, 5 / (3 * dz), 1.8, 0.8};
    return upwind_weights(dz);
}

}  // namespace damascene::resist
