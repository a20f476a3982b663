// Row kernels of a film on a regular grid (decay, filters, acid reactions, arrival time), compiled once per instruction
// set and chosen at run time with numerics/lanes.hpp. A row is n consecutive samples along x.
#pragma once

#include <cstddef>

namespace damascene::lanes {

/// Reaction of acid h and quencher q over a time, in closed form (docs/theory/resist.md).
struct AcidReaction {
    double time_s = 0, neutralisation_per_s = 0, loss_per_s = 0, amplification_per_s = 0, order = 1;
};

/// One axis of the upwind stencil: the nearer neighbour a weighs c1 (t - a) alone, or c2 (t - (alpha a - beta b)) with
/// the next one b behind it, if b <= a. c1 = 0: the axis does not exist.
template <class T>
struct UpwindAxis {
    const T *near_minus, *far_minus, *near_plus, *far_plus;
    T c1_minus, c2_minus, alpha_minus, beta_minus, c1_plus, c2_plus, alpha_plus, beta_plus;
};

template <class T>
struct FilmRows {
    /// y = exp(-max(0, sum_d weight[d] x[d])).
    void (*decay)(std::size_t n, int terms, const T* weight, const T* const* x, T* y);
    /// y = sum_d weight[d] x[d].
    void (*combine)(std::size_t n, int terms, const T* weight, const T* const* x, T* y);
    /// y[r] = sum_d weight[4 d + r] x[d] for four rows r that share their terms.
    void (*combine_four)(std::size_t n, int terms, const T* weight, const T* const* x, T* const* y);
    /// y[i] = sum_{|k| <= reach} g[|k|] x[i + k]; x readable on [-reach, n + reach).
    void (*convolve)(std::size_t n, int reach, const T* g, const T* x, T* y);
    /// h, q advance in place and sum += k_amp int h^n dt; q may be null (no quencher).
    void (*react)(std::size_t n, const AcidReaction&, T* h, T* q, T* sum);
    /// The same between two diffusions, the acid fed while it reacts: `spread` is h after a diffusion of before_s, so
    /// it gains s = (spread - h)/before_s per second. Starts from spread - s before_s/2; h ends with s next_s/2 taken
    /// out for the diffusion that follows.
    void (*react_fed)(std::size_t n, const AcidReaction&, double before_s, double next_s, const T* spread, T* h, T* q,
                      T* sum);
    /// sum += weight h^order, h >= 0.
    void (*add_power)(std::size_t n, double weight, double order, const T* h, T* sum);
    /// New arrival times of one row from slowness and neighbours; those beyond `until` become `never`. Returns the
    /// largest change in units of (relative t + absolute).
    T(*arrive)
    (std::size_t n, const T* slowness, const UpwindAxis<T>* axes, T until, T never, T relative, T absolute,
     const T* old, T* fresh);
};

/// Kernels of the instruction set that `kernels()` uses. T = float or double.
template <class T>
const FilmRows<T>& film_rows();

}  // namespace damascene::lanes
