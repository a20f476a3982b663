// Exact diffusion over a time step on one axis, as filters (uniform D) or by implicit lines (any D).
#pragma once

#include <vector>

#include "damascene/geometry/resist_volume.hpp"

namespace damascene::resist {

/// Taps g[0..reach] of a symmetric periodic filter.
template <class T>
struct PeriodicFilter {
    std::vector<T> taps{T(1)};
    int reach() const { return static_cast<int>(taps.size()) - 1; }
};
/// Gaussian of variance `variance_nm2` on n periodic samples: inverse transform of exp(-2 pi^2 sigma^2 f^2), cut where
/// the dropped taps sum to less than `negligible`.
template <class T>
PeriodicFilter<T> periodic_gaussian(int n, double dx_nm, double variance_nm2, double negligible);

/// Rows of the matrix that advances a column of n slices, by fours from the first to the last entry that matters to one
/// of them: weight[4 entry + row]. The rows of the last four that do not exist are zero.
template <class T>
struct DepthFilter {
    struct Four {
        int first = 0;
        std::vector<T> weight;
        int entries() const { return static_cast<int>(weight.size() / 4); }
    };
    std::vector<Four> fours;
};
/// exp(t D d^2/dz^2) with mirrors at top and bottom (cosines, exact), or with D dh/dz = k h at the top (eigenvectors of
/// the finite-volume operator, second order in dz).
template <class T>
DepthFilter<T> depth_diffusion(int n, double dz_nm, double diffusivity_nm2_s, double evaporation_nm_s, double time_s,
                               double negligible);

/// Spends tau of div(D grad) on `field`, axis by axis (x, y, z, y, x), each line by an L-stable implicit scheme of
/// second order; periodic in x and y, D dh/dz = k h at the top.
template <class T>
void diffuse_by_lines(const Grid3&, const std::vector<T>& diffusivity, double evaporation_nm_s, double tau_s, T* field);

}  // namespace damascene::resist
