// Pupil function P(rho) = A(rho) O(rho) exp(2 pi i (W_Z + W_z)/lambda), rho = |p| in units of NA/lambda.
//   A = 1 for obscuration <= rho <= 1;  W_Z = sum_j c_j Z_j (fringe, waves);
//   W_z = z (sqrt(n^2 - NA^2 rho^2) - n), paraxial option -z NA^2 rho^2/(2n);
//   O = [(1 - (NA rho/M)^2)/(1 - (NA rho/n)^2)]^(1/4), the radiometric factor (power conserved from mask to wafer).
// Reference: Born & Wolf 9.1; Mack, Fundamental Principles of Optical Lithography, 2.3 and 3.4.
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/illumination.hpp"

namespace damascene::optics {
namespace {

constexpr double edge_tolerance = 1e-12;  ///< of rho^2: an order exactly on the pupil edge passes

void require_range(bool ok, const char* name, double value, const char* range) {
    if (!ok)
        throw InputError("D0204", fmt::format("'{}' = {} is out of range", name, value),
                         fmt::format("needs {}", range));
}

double aberration_waves(const Pupil& pupil, double rho, double theta) {
    double waves = 0;
    for (std::size_t i = 0; i < pupil.zernike_waves.size(); ++i)
        if (pupil.zernike_waves[i] != 0)
            waves += pupil.zernike_waves[i] * zernike_fringe(static_cast<int>(i) + 1, rho, theta);
    return waves;
}

double obliquity_factor(const Pupil& pupil, double rho2) {
    const double sine2 = pupil.na * pupil.na * rho2;
    return std::pow(
        (1 - sine2 / (pupil.magnification * pupil.magnification)) / (1 - sine2 / (pupil.n_medium * pupil.n_medium)),
        0.25);
}

}  // namespace

double defocus_slope(const Pupil& pupil, double rho2) {
    const double sine2 = pupil.na * pupil.na * rho2, n = pupil.n_medium;
    // sqrt(n^2 - s^2) - n without cancellation.
    const double exact = -sine2 / (std::sqrt(std::max(0.0, n * n - sine2)) + n);
    return pupil.paraxial_defocus ? -sine2 / (2 * n) : exact;
}

void validate(const Pupil& pupil) {
    require_range(pupil.na > 0 && std::isfinite(pupil.na), "na", pupil.na, "0 < na < n_medium");
    require_range(pupil.n_medium >= 1 && pupil.n_medium < 10, "n_medium", pupil.n_medium, "1 <= n_medium < 10");
    if (pupil.na >= pupil.n_medium)
        throw InputError("D0401",
                         fmt::format("numerical aperture {} exceeds the refractive index {} of the image-side medium",
                                     pupil.na, pupil.n_medium),
                         pupil.n_medium < 1.01
                             ? "NA > 1 needs immersion: n_medium = 1.4366 (water at 193 nm), or na <= 0.99 in air"
                             : "needs 0 < na < n_medium");
    require_range(pupil.wavelength >= 0.1 * nm && pupil.wavelength <= 1000 * nm, "wavelength", pupil.wavelength.in(nm),
                  "0.1 nm to 1000 nm");
    require_range(std::isfinite(pupil.defocus.si()), "defocus", pupil.defocus.in(nm), "a finite length");
    require_range(pupil.obscuration >= 0 && pupil.obscuration < 1, "obscuration", pupil.obscuration,
                  "0 <= obscuration < 1 (fraction of the pupil radius)");
    require_range(pupil.magnification >= 1 && std::isfinite(pupil.magnification), "magnification", pupil.magnification,
                  "magnification >= 1 (reduction ratio)");
    for (double waves : pupil.zernike_waves)
        require_range(std::isfinite(waves), "zernike", waves, "finite coefficients in waves");
    if (pupil.zernike_waves.size() > 37)
        throw InputError("D0204", fmt::format("Zernike index {} is out of range", pupil.zernike_waves.size()),
                         "fringe indices run from 1 (piston) to 37");
}

std::complex<double> pupil_value(const Pupil& pupil, double px, double py) {
    const double rho2 = px * px + py * py, stop2 = pupil.obscuration * pupil.obscuration;
    if (rho2 > 1 + edge_tolerance || rho2 < stop2 - edge_tolerance) return 0;
    double waves = pupil.defocus.si() == 0 ? 0 : pupil.defocus / pupil.wavelength * defocus_slope(pupil, rho2);
    if (!pupil.zernike_waves.empty()) waves += aberration_waves(pupil, std::sqrt(rho2), std::atan2(py, px));
    const double amplitude = pupil.obliquity ? obliquity_factor(pupil, rho2) : 1.0;
    return waves == 0 ? amplitude : std::polar(amplitude, 2 * std::numbers::pi * waves);
}

int mask_band(const Source& source, const Pupil& pupil, Length period) {
    validate(pupil);
    if (!(period.si() > 0) || !std::isfinite(period.si()))
        throw InputError("D0204", fmt::format("'period' = {} nm is out of range", period.in(nm)), "needs period > 0");
    // 1e-9 keeps an order that lies on the edge up to rounding.
    return static_cast<int>(std::floor(period / pupil.wavelength * pupil.na * (1 + source.sigma_max()) + 1e-9));
}

}  // namespace damascene::optics
