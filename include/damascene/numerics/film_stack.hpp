// Light in planar films: reflection, absorption and the field at any depth, for any incidence and polarisation.
//
//   kappa = n_0 sin(theta);  q_j = sqrt(n_j^2 - kappa^2), Im q >= 0;  Y_j = q_j (s) or n_j^2 / q_j (p)
//   r_j = (Y_j - Y_{j+1}) / (Y_j + Y_{j+1});  G_j = (r_j + G_{j+1} X) / (1 + r_j G_{j+1} X),  X = exp(2 i k0 q d)
//
// Time factor exp(-i w t); refractive index n + i k, k >= 0 absorbs. Only decaying exponentials: stable at any
// thickness. [Born & Wolf 1999, sec. 1.6] Rough interfaces: r times exp(-2 k0^2 q_j q_{j+1} s^2) [Nevot & Croce 1980].
#pragma once

#include <complex>
#include <span>
#include <string>
#include <vector>

#include "damascene/base.hpp"

namespace damascene::numerics {

struct Film {
    std::string name;
    std::complex<double> index{1, 0};
    double thickness_nm = 0;
    double roughness_nm = 0;  ///< rms of its upper interface (Nevot-Croce factor)
};
/// What light meets on its way into the wafer. The ambient does not absorb.
struct FilmStack {
    double ambient = 1;       ///< index above
    std::vector<Film> films;  ///< from the top down
    std::complex<double> substrate{1, 0};
    double substrate_roughness_nm = 0;
};
/// A medium without interfaces: one film of `depth_nm` between halves of the same index.
FilmStack uniform_medium(double index, double depth_nm, const std::string& name = "medium");
/// InputError naming film, value and allowed range: n > 0, k >= 0 (help: n + ik), thickness >= 0, finite.
void validate(const FilmStack&);
/// Position of the film of that name; InputError with the nearest name.
std::size_t find_film(const FilmStack&, const std::string& name);

enum class PlaneWave { s, p };

struct StackLight {
    std::complex<double> reflection;  ///< ratio of tangential electric fields; of p light where both are mixed
    double reflected = 0, transmitted = 0;
    std::vector<double>
        absorbed;  ///< per film; reflected + transmitted + their sum = 1. What a rough interface scatters
                   ///< counts as absorbed by the film below it (by the substrate: as transmitted)
};
/// Shares of a plane wave of wavenumber kappa (= ambient sin theta, 0 <= kappa < ambient). O(films).
StackLight stack_light(const FilmStack&, Length wavelength, double kappa, PlaneWave);
/// Reflection back into `film` of what lies below it, as if the film had no end above.
std::complex<double> substrate_reflection(const FilmStack&, std::size_t film, Length wavelength, double kappa,
                                          PlaneWave);

/// Field inside a film for an incident wave whose whole electric field has amplitude 1 at the top of the stack.
/// Lateral: along the plane of incidence (p) or across it (s).
struct FieldAtDepth {
    std::complex<double> lateral, normal;  ///< E components; normal = 0 for s
};
/// At depths (nm) below the top of `film`.
std::vector<FieldAtDepth> field_in_film(const FilmStack&, std::size_t film, std::span<const double> depth_nm,
                                        Length wavelength, double kappa, PlaneWave);

/// Film `film` when its index varies with depth: slices of equal thickness with these indices, top down. Returns the
/// intensity n |E|^2 / (n_0 |E_0|^2) at the middle of each slice, normal incidence.
std::vector<double> intensity_in_slices(const FilmStack&, std::size_t film, std::span<const std::complex<double>> index,
                                        Length wavelength);

/// An incidence of the illumination: kappa = n_0 sin(theta) and its share of the light.
struct Incidence {
    double kappa = 0, weight = 1;
};
/// Light between sigma_in and sigma_out of an aperture, uniform over the source: midpoints of rings of equal area.
std::vector<Incidence> ring_incidences(double na, double sigma_in, double sigma_out, int rings = 64);
/// |substrate_reflection|^2 into `film`, mean over incidences and both polarisations.
double mean_substrate_reflectivity(const FilmStack&, std::size_t film, Length wavelength, std::span<const Incidence>);
/// Anti-reflective design: the thickness of film `coating` in [low, high] nm that sends least light back into `resist`:
/// best of a scan at `step`, then golden section within its neighbours.
struct CoatingDesign {
    double thickness_nm = 0, reflectivity = 0;
    std::vector<double> scanned_nm, scanned_reflectivity;
};
CoatingDesign best_coating(FilmStack, std::size_t coating, std::size_t resist, Length wavelength,
                           std::span<const Incidence>, double low_nm, double high_nm, double step_nm);
/// A swing curve: what a plane wave does at each thickness of film `varied`.
struct SwingPoint {
    double thickness_nm = 0;
    StackLight light;
};
std::vector<SwingPoint> swing_curve(FilmStack, std::size_t varied, Length wavelength, double kappa, double s_share,
                                    double low_nm, double high_nm, double step_nm);

}  // namespace damascene::numerics
