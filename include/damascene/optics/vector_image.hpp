// Vector imaging at high numerical aperture, in air or inside the resist of a film stack.
//
//   I(r, z) = sum_s w_s sum_states sum_{c = x, y, z} |sum_f P(p) [T(p, z) V(p) J(p) e_s]_c M_f e^{2 pi i f.r}|^2,
//   p = f + f_s, times n / n_0 over the clear field sum_s w_s sum_states |P(f_s) J e_s|^2
//
// e_s polarisation of source point s, J the lens, V the turn of the field into the image side, T the films' transfer to
// depth z for the s and p parts. In a medium without films a clear mask gives 1. Defocus moves the top of the resist
// along +z off the image plane, in the medium above. [Flagello 1996], [Yeung 1993].
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "damascene/geometry/resist_volume.hpp"
#include "damascene/numerics/film_stack.hpp"
#include "damascene/optics.hpp"

namespace damascene::optics {

/// Of the light in the pupil. te: azimuthal about the axis, tm: radial; at the axis both are mean of x and y.
enum class Polarisation { unpolarised, x, y, te, tm };

/// 2 x 2 Jones matrix of the lens {xx, xy, yx, yy} at pupil coordinates (units of NA/lambda).
using JonesPupil = std::function<std::array<std::complex<double>, 4>(double px, double py)>;

struct VectorLight {
    Polarisation polarisation = Polarisation::unpolarised;
    double degree = 1;  ///< share that has this polarisation; the rest is unpolarised
    JonesPupil jones;   ///< empty: identity
    /// Radiometric factor of the pupil, whatever Pupil::obliquity says: without it power is lost or made on the way
    /// from mask to wafer. Off only to compare with closed forms.
    bool obliquity = true;
};

/// Images at depths below the top of `film`, one mask, by Abbe's sum (slow truth). O(N_s n_f^1.5) per depth and
/// component. stack.ambient must be pupil.n_medium.
ImageInDepth vector_abbe(const Spectrum2& mask, const Source&, const Pupil&, const VectorLight&,
                         const numerics::FilmStack&, std::size_t film, std::span<const double> depth_nm);
/// The same by coherent kernels per depth (certified truncation bound image_tol), reusable for many masks.
struct VectorKernels {
    std::vector<double> depth_nm;
    std::vector<KernelSet> kernels;
};
VectorKernels vector_kernels(const Source&, const Pupil&, const VectorLight&, const numerics::FilmStack&,
                             std::size_t film, std::span<const double> depth_nm, Length period_x, Length period_y,
                             double image_tol = 1e-3);
ImageInDepth vector_images(const VectorKernels&, const Spectrum2& mask);
/// Scalar light in the same films (each plane wave by the mean of its s and p amplitudes): the fast path; meets the
/// vector image as NA falls, difference O(NA^2). Takes Pupil::obliquity as it stands.
ImageInDepth scalar_images(const Spectrum2& mask, const Source&, const Pupil&, const numerics::FilmStack&,
                           std::size_t film, std::span<const double> depth_nm);
/// Incident power through unit area over n_0 |E_0|^2: mean of cos(theta) over the clear field. A dose meter reads this
/// share of the dose that the image counts: integral of alpha I dz = absorptance times it.
double incident_cosine(const Source&, const Pupil&, const VectorLight&);
/// Depths (Chebyshev nodes of the film) that resolve a standing wave of the film to `tolerance` of clear field.
std::vector<double> depths_for(const numerics::FilmStack&, std::size_t film, Length wavelength,
                               double tolerance = 1e-3);
/// The images between the given depths: barycentric Chebyshev interpolation at the slices of a resist film.
ImageInDepth at_depths(const ImageInDepth& at_chebyshev_nodes, std::span<const double> depth_nm);

// ---------------------------------------------------------------------------------------- what blurs any aerial image
/// Stage vibration: Gaussian of standard deviation sigma along x and y: spectrum times exp(-2 pi^2 sigma^2 f^2).
Image vibrated(const Image&, Length sigma_x, Length sigma_y);
/// Long-range flare of a share `flare`: (1 - F) I + F `clear_area` (mean transmission of the mask; inside a film times
/// the image of a clear mask there).
Image with_flare(const Image&, double flare, double clear_area);
/// Laser spectrum {wavelength offset pm, weight}, Gauss-Hermite nodes of a Gaussian; others are given as a list.
std::vector<std::array<double, 2>> gaussian_spectrum(double fwhm_pm, int points = 7);
/// Laser bandwidth: image averaged over wavelengths whose focus moves by `focus_slope` nm per pm (chromatic lens).
Image over_bandwidth(const std::vector<std::array<double, 2>>& spectrum, double focus_slope_nm_per_pm,
                     const std::function<Image(Length focus_shift)>& image_at);

}  // namespace damascene::optics
