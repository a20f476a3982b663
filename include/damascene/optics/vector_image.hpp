// Vector imaging at high numerical aperture, in air or inside the resist of a film stack.
//
//   I(r, z) = sum_s w_s sum_states sum_{c = x, y, z} |sum_f P(f + f_s) O [T(f + f_s, z) V(f + f_s) e_s]_c M_f e^{2 pi i
//   f.r}|^2
//
// e_s polarisation in the pupil, V its rotation to the image side, T the films' transfer to depth z for the s and p
// parts. [Flagello 1996], [Yeung 1993].
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
};

/// Images at depths below the top of `film`, one mask, by Abbe's sum (slow truth). O(N_s n_f^2 per depth and
/// component).
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
/// Scalar light in the same films (each plane wave by the mean of its s and p amplitudes' magnitude): the fast path;
/// meets the vector image as NA falls, difference O(NA^2).
ImageInDepth scalar_images(const Spectrum2& mask, const Source&, const Pupil&, const numerics::FilmStack&,
                           std::size_t film, std::span<const double> depth_nm);
/// Depths (Chebyshev nodes of the film) that resolve a standing wave of the film to `tolerance` of clear field.
std::vector<double> depths_for(const numerics::FilmStack&, std::size_t film, Length wavelength,
                               double tolerance = 1e-3);
/// The images between the given depths: barycentric Chebyshev interpolation at the slices of a resist film.
ImageInDepth at_depths(const ImageInDepth& at_chebyshev_nodes, std::span<const double> depth_nm);

// ---------------------------------------------------------------------------------------- what blurs any aerial image
/// Stage vibration: Gaussian of standard deviation sigma along x and y: spectrum times exp(-2 pi^2 sigma^2 f^2).
Image vibrated(const Image&, Length sigma_x, Length sigma_y);
/// Long-range flare of a share `flare`: (1 - F) I + F `clear_area` (mean transmission of the mask).
Image with_flare(const Image&, double flare, double clear_area);
/// Laser bandwidth: image averaged over wavelengths whose focus moves by `focus_slope` nm per pm; Lorentzian-like
/// spectra are given as weights. {wavelength offset pm, weight}.
std::vector<std::array<double, 2>> gaussian_spectrum(double fwhm_pm, int points = 7);

}  // namespace damascene::optics
