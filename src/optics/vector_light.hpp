// What one point of the pupil does to the electric field, on its way from the mask to a depth in a film.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "damascene/optics/vector_image.hpp"
#include "optics/dense_algebra.hpp"

namespace damascene::optics {

/// One polarisation of a source point: share of its light and unit field in the pupil.
struct PolarisationState {
    double weight = 0;
    std::array<double, 2> field = {0, 0};
};
/// Two orthogonal states at most; shares sum to 1.
std::vector<PolarisationState> polarisation_states(const VectorLight&, double sx, double sy);

/// 3 x 2 matrix {xx, xy, yx, yy, zx, zy} from the field in the pupil to the field at a depth.
using FieldMatrix = std::array<Complex, 6>;
inline Complex component(const FieldMatrix& m, std::size_t c, const std::array<double, 2>& e) {
    return m[2 * c] * e[0] + m[2 * c + 1] * e[1];
}

/// Source, lens and films with everything checked once.
struct VectorOptics {
    const Source& source;
    Pupil pupil;  ///< obliquity as VectorLight wants it
    const VectorLight& light;
    const numerics::FilmStack& stack;
    std::size_t film;
    double clear;  ///< sum_s w_s sum_states |P J e|^2

    VectorOptics(const Source&, const Pupil&, const VectorLight&, const numerics::FilmStack&, std::size_t film);
    /// sqrt(n/n_0) P T(z) V J at pupil point p for each depth; empty outside the aperture.
    std::vector<FieldMatrix> transfer(double px, double py, std::span<const double> depth_nm) const;
};

/// Sums |field|^2 of all systems of all source points, at each depth. fill(s, out) writes the band coefficients of its
/// systems, [depth][system][fy][fx], weights included, and returns how many systems it wrote (at most max_systems).
/// Same bits at any thread count.
ImageInDepth images_of_systems(const Spectrum2& mask, int band_x, int band_y, std::size_t source_points,
                               std::span<const double> depth_nm, std::size_t max_systems,
                               const std::function<std::size_t(std::size_t, std::vector<Complex>&)>& fill);

/// InputError unless film, medium and depths (increasing, inside the film) fit together.
void require_depths(const Pupil&, const numerics::FilmStack&, std::size_t film, std::span<const double> depth_nm);

}  // namespace damascene::optics
