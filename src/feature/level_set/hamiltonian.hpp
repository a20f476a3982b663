// Numerical Hamiltonians of phi_t + H(grad phi) = 0.
//
// Speed independent of orientation: Godunov [Osher & Fedkiw 2003]. Speed B g(n_z): H(p) = B g(p_z / |p|) |p| is
// not convex, and local Lax-Friedrichs [Osher & Shu 1991] picks the right facets:
//   H = H((p- + p+) / 2) - sum_d alpha_d / 2 (p_d+ - p_d-),
//   alpha_x = max |B n_x (g - n_z g')|,  alpha_z = max |B (n_z g + (1 - n_z^2) g')|
// over all directions between the one-sided slopes.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "feature/level_set/derivatives.hpp"

namespace damascene::feature::level_set {

/// |grad phi| upwind for a front of this speed.
inline double godunov_norm(double speed, OneSided x, OneSided z) {
    if (speed < 0) std::swap(x.minus, x.plus), std::swap(z.minus, z.plus);
    const auto upwind = [&](OneSided d) {
        return std::max(square(std::max(d.minus, 0.0)), square(std::min(d.plus, 0.0)));
    };
    return std::sqrt(upwind(x) + upwind(z));
}

/// g(n_z) tabulated, and the largest alpha_x, alpha_z per unit B over any interval of n_z.
class AngularLaw {
  public:
    explicit AngularLaw(const std::function<double(double)>& g);
    double value(double n_z) const;
    struct Bound {
        double x = 0, z = 0;
    };
    Bound bound(double low, double high) const;
    double least() const { return *std::min_element(g_.begin(), g_.end()); }
    double steepest() const { return steepest_; }  ///< max (alpha_x + alpha_z)

  private:
    static constexpr int bins = 1024;
    std::vector<double> g_;
    std::vector<std::vector<Bound>> largest_;  ///< [level]: over 2^level bins from a bin on
    double steepest_ = 0;
};

/// B g(n_z) |p| by local Lax-Friedrichs.
double lax_friedrichs(const AngularLaw&, double beam, OneSided x, OneSided z);
/// The same Hamiltonian by Godunov's rule for convex ones: picks wrong facets; kept to show it.
double godunov_angular(const AngularLaw&, double beam, OneSided x, OneSided z);

}  // namespace damascene::feature::level_set
