// Arrival of particles at the surfaces of a feature, free-molecular, deterministic.
//
//   Gamma = Gamma_dir + F R Gamma,   R = diag(1 - s_i),   F_ij = share of the hemisphere of i that sees j
//
// All fluxes are incident fluxes divided by that on an open flat field (flat = 1). Sources are horizontal and far
// above.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Geometry of diffuse exchange between the pieces of a section, occlusion and voids included.
/// Row sums sum_j F_ij + sky_i = 1 and reciprocity A_i F_ij = A_j F_ji hold to 1e-12 (planar) after a symmetric scaling
/// whose largest relative change is `correction` (planar: rounding; by quadrature it falls as N^-2).
struct ViewFactors {
    int n = 0;
    std::vector<double> factor;  ///< row-major n x n
    std::vector<double> sky;     ///< cosine-weighted share of open sky: the direct flux of a thermal gas
    std::vector<double> area;
    double correction = 0;
    bool reciprocal = true;  ///< false: a level field without end is in sight, counted on its end piece
    /// Of the above: share seen of the fields without end on the left (inner) and right (outer), and their end pieces.
    std::array<std::vector<double>, 2> field;
    std::array<int, 2> field_piece{};
    double at(int i, int j) const {
        return factor[static_cast<std::size_t>(i) * static_cast<std::size_t>(n) + static_cast<std::size_t>(j)];
    }
};
/// Planar sections of any sides; axial sections from their axis to an open outer field. Cost O(n^2).
ViewFactors view_factors(const Section&, const Context& = {});
ViewFactors planar_view_factors(const Section&, const Context& = {});
ViewFactors axial_view_factors(const Section&, const Context& = {});

struct FluxSolution {
    std::vector<double> incident;                    ///< per piece, flat field = 1
    double entering = 0, captured = 0, escaped = 0;  ///< per area of flat field; captured + escaped = entering
    double balance_error = 0;                        ///< |captured + escaped - entering| / entering
    bool converged = true;
    int iterations = 0;  ///< 0: direct
    double residual = 0;
};

/// The linear system for one sticking law, factorised once: further sources and adjoints cost O(n^2).
class Radiosity {
  public:
    /// sticking per piece, each in [0, 1]. Where it is 0 in a sealed void the flux is 0.
    Radiosity(const ViewFactors&, std::span<const double> sticking);
    ~Radiosity();
    Radiosity(Radiosity&&) noexcept;
    Radiosity& operator=(Radiosity&&) noexcept;
    FluxSolution solve(std::span<const double> direct) const;
    /// mu with (I - R F^T) mu = g: dJ/d(direct) for J = g . Gamma.
    std::vector<double> adjoint(std::span<const double> g) const;
    /// dJ/ds_i = -(F^T mu)_i Gamma_i.
    std::vector<double> sticking_gradient(std::span<const double> mu, const FluxSolution&) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};
/// One solve; uses an iteration (diagonal preconditioner) where that is faster than factorising.
FluxSolution diffuse_flux(const ViewFactors&, std::span<const double> sticking, std::span<const double> direct);

/// Angular distribution of a directional species. Crossing probability per solid angle through the source plane.
struct Beam {
    double cosine_power = 0;  ///< > 0: (n + 1)/(2 pi) cos^n; 1 = thermal gas
    double spread_rad = 0;    ///< else Gaussian per component about the tilt; 0 = a ray
    double tilt_rad = 0;      ///< from the vertical; > 0: the particles travel towards +x
};
/// int over the visible sky of p(Omega) (cos theta / cos vartheta) weight(cos theta) dOmega per piece, theta = angle of
/// incidence on the piece. weight = nullptr counts 1: the flux. Exact visibility, Gauss in angle.
std::vector<double> beam_flux(const Section&, const Beam&, const std::function<double(double)>& weight = nullptr);

std::vector<double> axial_beam_flux(const Section&, const Beam&, const std::function<double(double)>& weight);

/// Static flux profiles of a trench or via with vertical walls and isolated mouth (spec of `damascene calc flux`).
struct HoleFlux {
    std::vector<double> depth, wall;     ///< depth / full depth of wall places, and flux there
    std::vector<double> across, bottom;  ///< x / width (r / radius), and flux on the bottom
    double wall_top = 0, wall_mid = 0, bottom_center = 0, bottom_mean = 0, wall_mean = 0, captured_fraction = 0;
    double error_estimate = 0;  ///< largest extrapolation of the values above from `elements` and half as many (h -> 0)
    int elements = 0;
    std::vector<double> wall_error, bottom_error;  ///< standard errors, by rays only
};
HoleFlux hole_flux(Symmetry, double aspect_ratio, double sticking, int elements, const Context& = {});

/// Transmission probability of a tube (length / radius) or a slit (length / gap) with diffuse walls.
/// [Clausing 1932]; relative error <= 1e-6 for ratios 0.01 .. 1000.
double clausing_tube(double length_over_radius);
double clausing_slit(double length_over_gap);

}  // namespace damascene::feature
