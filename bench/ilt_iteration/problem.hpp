// One inverse-lithography iteration: loss of a mask on n x n points at three process corners, and its exact derivative
// by every mask point.
//
//   I_c = dose_c^2 sum_k w_k |sum_f K_k(f) M_f e^{2 pi i f.x}|^2,   Z = 1/(1 + e^{-s (I - I_th)})
//   L = sum_x (Z_nominal - T)^2 + (Z_outer - Z_inner)^2      nominal, outer: focus; inner: defocus [Gao et al. 2014]
#pragma once

#include <functional>

#include "damascene/opc.hpp"
#include "numerics/aligned.hpp"

namespace damascene::bench {

struct IltProblem {
    int n = 0;
    AlignedFloats mask, target;  ///< n x n
    opc::ProcessCorners corners;
};

/// Computes loss and gradient of `mask`; set up once (plans, kernels), called many times.
struct IltIteration {
    std::function<double(const AlignedFloats& mask, AlignedFloats& gradient)> run;
    std::function<long()> transforms = [] { return 0L; };  ///< full-grid transforms done so far
};

IltIteration damascene_iteration(const IltProblem&);
/// The scheme of the published codes (OpenILT pylitho/exact.py): three corners on their own, every field transformed to
/// the full grid, and a backward pass that computes the fields and their conjugates again: 171 transforms a corner.
IltIteration full_grid_iteration(const IltProblem&);
/// The least work of a full-grid code: both doses from one focus image, each field computed once and kept.
IltIteration full_grid_lean_iteration(const IltProblem&);

}  // namespace damascene::bench
