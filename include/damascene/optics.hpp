// Partially coherent imaging: source, pupil, Abbe (slow truth), Hopkins, SOCS, and the exact band-limited engine with
// its adjoint. Clear field = 1 everywhere.
#pragma once

#include <array>
#include <complex>
#include <string>
#include <string_view>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::optics {

/// One incoherent source point in units of NA/lambda (|s| <= 1 fills the pupil) with its weight.
struct SourcePoint {
    double sx = 0, sy = 0, weight = 0;
};
/// A ring, or sectors of it {azimuth, half opening} in radians, times exp(-|s|^2/(2 gaussian^2)) if gaussian > 0.
struct SourceShape {
    double sigma_in = 0, sigma_out = 0, gaussian = 0;
    std::vector<std::array<double, 2>> sectors;
    int n = 0;  ///< cells per side
};
/// Normalised: weights sum to 1. `shape` (n = 0: none) lets refined() cut the cells again.
struct Source {
    std::vector<SourcePoint> points;
    std::string description;
    SourceShape shape;
    double sigma_max() const;
};

/// Shapes are cut into n x n equal cells over [-sigma_out, sigma_out]^2: one point per cell at the centroid of cell
/// intersected with shape, weight = its exact area. The pupil edge still cuts cells: the image of a grating with few
/// orders errs by up to 4e-3 at n = 41, falling as n^-1.5; refined() removes that. Angles: `angle` = azimuth of the
/// first pole; `opening` = full opening angle of a pole sector. sigma > 1 (light outside the pupil) is an InputError
/// unless allow_overfill; images are then normalised by the light that enters the pupil.
Source conventional(double sigma, int n = 41, bool allow_overfill = false);
Source annular(double sigma_in, double sigma_out, int n = 41, bool allow_overfill = false);
Source dipole(double sigma_in, double sigma_out, Angle opening, Angle angle, int n = 41);
Source quasar(double sigma_in, double sigma_out, Angle opening, Angle angle, int n = 41);
/// w(s) = exp(-|s|^2/(2 sigma^2)) for |s| <= sigma_out, sampled as above.
Source gaussian(double sigma, double sigma_out = 1, int n = 41);
Source point_source(double sx = 0, double sy = 0);
/// n x n pixel weights over [-1, 1]^2 (row = sy), e.g. from a file; negative, NaN or all-zero weights: InputError.
Source pixelated(const Field2<double>& weights);
/// `sx sy weight` lines; InputError names the line.
Source source_from_text(const std::string& text, const std::string& file);
/// The same light normalised to sum of weights 1; InputError names a point that is not finite, negative or overfills.
Source normalised(Source source, bool allow_overfill = false);

/// Projection lens, wafer side. Defocus: displacement of the image plane along +z (into the wafer).
struct Pupil {
    double na = 1.35;
    Length wavelength = 193.368 * nm;
    double n_medium = 1.4366;  ///< refractive index above the wafer; na < n_medium
    Length defocus = 0 * nm;
    bool paraxial_defocus = false;      ///< labelled option; the exact path is sqrt(n^2 - NA^2 rho^2) - n
    double obscuration = 0;             ///< central stop, fraction of the pupil radius
    bool obliquity = false;             ///< radiometric factor [(1-(NA rho/M)^2)/(1-(NA rho/n)^2)]^(1/4)
    double magnification = 4;           ///< reduction ratio M, used by obliquity
    std::vector<double> zernike_waves;  ///< fringe order, index 0 = Z1
};
/// P(px, py), pupil coordinates in units of NA/lambda; 0 outside the aperture.
std::complex<double> pupil_value(const Pupil&, double px, double py);
double zernike_fringe(int index, double rho, double theta);  ///< 1-based, unit peak; 37 is (12, 0)
void validate(const Pupil&);                                 ///< InputError naming the quantity and its allowed range

/// The same shape with every cell that the pupil edge of a passed order cuts split in four, again and again, while the
/// points stay within max_points (at most 8 times): grating images to 1e-4 at n = 41 and 20000 points. Sources without
/// shape come back unchanged.
Source refined(const Source&, const Pupil&, Length period_x, Length period_y, std::size_t max_points = 20000);

/// Half-width of the mask band the optics passes: floor(L NA (1 + sigma_max) / lambda).
int mask_band(const Source&, const Pupil&, Length period);

/// Slow truth: one coherent image per source point. O(N_s n_f^2).
Image abbe(const Spectrum2& mask, const Source&, const Pupil&);
/// Derivatives of a loss with dL = sum_f conj(d_f) dI_f (as in image_adjoint) of the Abbe image: mask spectrum
/// (dL = 2 Re sum_f conj(mask_f) dM_f), each source weight, defocus per nm, each entry of pupil.zernike_waves.
struct OpticsGradient {
    Spectrum2 mask;
    std::vector<double> source_weights;
    double defocus_per_nm = 0;
    std::vector<double> zernike_waves;
};
OpticsGradient abbe_adjoint(const Spectrum2& mask, const Source&, const Pupil&, const Spectrum2& dloss_dimage);
/// Direct bilinear Hopkins, no truncation: I_D = sum_f T(f+D, f) M_{f+D} M*_f.
Image hopkins(const Spectrum2& mask, const Source&, const Pupil&);
/// Sum of coherent systems from the Gram matrix A^H A of A_{f,s} = sqrt(w_s) P(f + f_s). Keeps the kernels needed for
/// the certified bound lambda_{K+1} <= image_tol, or exactly `count` kernels when count > 0.
KernelSet socs(const Source&, const Pupil&, Length period_x, Length period_y, double image_tol = 1e-3, int count = 0);
/// sum_k w_k |K_k(0)|^2: intensity of a clear mask.
double open_frame_intensity(const KernelSet&);
/// Weights (and the truncation bound) times one factor so that a clear mask has the given intensity.
KernelSet scaled_to_open_frame(KernelSet, double intensity);
/// The same kernels on a wider support, padded with zeros; a narrower one that would cut values is an InputError.
KernelSet resized(const KernelSet&, int band_x, int band_y);

/// T(f1, f2) of an unaberrated, unobstructed pupil in focus and a uniform disc source, exactly: the area common to
/// |s| <= sigma, |s + f1| <= 1, |s + f2| <= 1, over pi sigma^2 (f in NA/lambda). sigma > 1 overfills: T(0,0) < 1.
double tcc_circular_exact(double sigma, std::array<double, 2> f1, std::array<double, 2> f2);
/// Hopkins with tcc_circular_exact, normalised to clear field 1. Needs a pupil without defocus, Zernikes, obscuration
/// and obliquity (InputError otherwise).
Image hopkins_exact_circular(const Spectrum2& mask, double sigma, const Pupil&);

/// Named optics: wavelength, numerical aperture and medium of a scanner class, with a usual source (source_text: as a
/// recipe writes it).
struct OpticsPreset {
    std::string_view name;
    Pupil pupil;
    std::string_view source_text;
    Source (*source)();
};
const std::vector<OpticsPreset>& optics_presets();
Pupil preset_pupil(std::string_view name);  ///< InputError with the nearest name
Source preset_source(std::string_view name);

/// A source shape of the catalogue; the text of a `path` parameter `file` is passed in, since optics opens no files.
struct SourceModel {
    ModelInfo info;
    Source (*make)(const ParamValues& values, const std::string& file_text);
};
const std::vector<const SourceModel*>& source_models();
Source make_source(std::string_view kind, const ParamValues& values, const std::string& file_text = {});

/// The fitted stand-in for the contest optics: quadrupole .60-.84, half-opening 16 deg, NA L/lambda = 8.5.
void iccad13_like(Source& source, Pupil& pupil);

/// Exact imaging from a kernel set in double precision: the image has band 2B.
Image image(const KernelSet&, const Spectrum2& mask);
/// Adjoint: given dL/dI as the spectrum d with dL = sum_f conj(d_f) dI_f = mean over the period of D(x) dI(x), returns
/// G (bands of the mask) with dL = 2 Re sum_f conj(G_f) dM_f. For a loss dL = sum of D(x) dI(x) over N samples of one
/// period, d = N spectrum_of_samples(D) to any band >= 2B: only |f| <= 2B of d acts [exact].
Spectrum2 image_adjoint(const KernelSet&, const Spectrum2& mask, const Spectrum2& dloss_dimage);

}  // namespace damascene::optics
