// Partially coherent imaging: source, pupil, Abbe (slow truth), Hopkins, SOCS, and the exact band-limited engine with
// its adjoint. Clear field = 1 everywhere.
#pragma once

#include <array>
#include <complex>
#include <memory>
#include <string>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::optics {

/// One incoherent source point in units of NA/lambda (|s| <= 1 fills the pupil) with its weight.
struct SourcePoint { double sx = 0, sy = 0, weight = 0; };
/// Normalised: weights sum to 1.
struct Source { std::vector<SourcePoint> points; std::string description; double sigma_max() const; };

/// Shapes are sampled on a uniform n x n sigma grid with weight = exact area of cell intersected with shape
/// [error ~1e-4 in the image at n = 41]. Angles: `angle` = azimuth of the first pole; `opening` = full opening angle of a pole sector.
Source conventional(double sigma, int n = 41);
Source annular(double sigma_in, double sigma_out, int n = 41);
Source dipole(double sigma_in, double sigma_out, Angle opening, Angle angle, int n = 41);
Source quasar(double sigma_in, double sigma_out, Angle opening, Angle angle, int n = 41);
Source point_source(double sx = 0, double sy = 0);
/// n x n pixel weights over [-1, 1]^2 (row = sy), e.g. from a file; negative, NaN or all-zero weights: InputError.
Source pixelated(const Field2<double>& weights);
/// `sx sy weight` lines; InputError names the line.
Source source_from_text(const std::string& text, const std::string& file);

/// Projection lens, wafer side. Defocus: displacement of the image plane along +z (into the wafer).
struct Pupil {
    double na = 1.35;
    Length wavelength = 193.368 * nm;
    double n_medium = 1.4366;         ///< refractive index above the wafer; na < n_medium
    Length defocus = 0 * nm;
    bool paraxial_defocus = false;    ///< labelled option; the exact path is sqrt(n^2 - NA^2 rho^2) - n
    double obscuration = 0;           ///< central stop, fraction of the pupil radius
    bool obliquity = false;           ///< radiometric factor [(1-(NA rho/M)^2)/(1-(NA rho/n)^2)]^(1/4)
    double magnification = 4;         ///< reduction ratio M, used by obliquity
    std::vector<double> zernike_waves;  ///< fringe order, index 0 = Z1
};
/// P(px, py), pupil coordinates in units of NA/lambda; 0 outside the aperture.
std::complex<double> pupil_value(const Pupil&, double px, double py);
double zernike_fringe(int index, double rho, double theta);  ///< 1-based, unit peak; 37 is (12, 0)
void validate(const Pupil&);  ///< InputError naming the quantity and its allowed range

/// Half-width of the mask band the optics passes: floor(L NA (1 + sigma_max) / lambda).
int mask_band(const Source&, const Pupil&, Length period);

/// Slow truth: one coherent image per source point. O(N_s n_f^2).
Image abbe(const Spectrum2& mask, const Source&, const Pupil&);
/// Direct bilinear Hopkins, no truncation: I_D = sum_f T(f+D, f) M_{f+D} M*_f.
Image hopkins(const Spectrum2& mask, const Source&, const Pupil&);
/// Sum of coherent systems from the Gram matrix A^H A of A_{f,s} = sqrt(w_s) P(f + f_s). Keeps the kernels needed for
/// the certified bound lambda_{K+1} <= image_tol, or exactly `count` kernels when count > 0.
KernelSet socs(const Source&, const Pupil&, Length period_x, Length period_y, double image_tol = 1e-3, int count = 0);
/// The fitted stand-in for the contest optics: quadrupole .60-.84, half-opening 16 deg, NA L/lambda = 8.5.
void iccad13_like(Source& source, Pupil& pupil);

/// Exact imaging from a kernel set in double precision: the image has band 2B.
Image image(const KernelSet&, const Spectrum2& mask);
/// Adjoint: given dL/dI as a spectrum D (dL = sum_x D(x) dI(x) over `samples` points per period, D's coefficients are
/// of the sample mean), returns G with dL = 2 Re sum_f conj(G_f) dM_f.
Spectrum2 image_adjoint(const KernelSet&, const Spectrum2& mask, const Spectrum2& dloss_dimage);

}  // namespace damascene::optics
