// Plane waves in planar films by the reflection recursion; see film_stack.hpp for the equations.
//
// Tangential fields of layer j (0 = ambient, N + 1 = substrate) at depth z below its top, thickness d:
//   E = a (e^{i k0 q z} + G e^{i k0 q (2 d - z)}),  h = Y a (e^{i k0 q z} - G e^{i k0 q (2 d - z)})   (h = eta0 H)
//   a_{j+1} = a_j e^{i k0 q_j d_j} t_j / (1 + r_j G_{j+1} X_{j+1}),  t_j = 1 + r_j
// p light: E along the plane of incidence, h across it, E_normal = -(kappa / n_j^2) h. A whole incident field of 1 has
// a tangential part of 1 (s) or q_0/n_0 (p). Power through a plane: Re(E conj h). Rough interfaces: r times exp(-2 k0^2
// q_j q_{j+1} s^2), t times exp(k0^2 (q_j - q_{j+1})^2 s^2 / 2). [Nevot & Croce 1980] Reference: [Born & Wolf 1999,
// sec. 1.6].
#include "damascene/numerics/film_stack.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace damascene::numerics {
namespace {

using Complex = std::complex<double>;
constexpr Complex i{0, 1};

struct Layer {
    Complex index;
    double thickness_nm, roughness_nm;  ///< roughness of the upper interface
};

/// One plane wave in all layers.
struct Wave {
    double k0;                   ///< 1/nm
    std::vector<Complex> q;      ///< k_z / k0
    std::vector<Complex> y;      ///< tangential admittance h / E of the downward wave
    std::vector<Complex> r, t;   ///< of the interface below layer j
    std::vector<Complex> below;  ///< G_j: reflection at the bottom of layer j
    std::vector<Complex> pass;   ///< e^{i k0 q_j d_j}
};

double vacuum_wavenumber(Length wavelength) { return 2 * std::numbers::pi / wavelength.in(nm); }

std::vector<Layer> layers_of(const FilmStack& stack) {
    std::vector<Layer> layers{{stack.ambient, 0, 0}};
    for (const Film& f : stack.films) layers.push_back({f.index, f.thickness_nm, f.roughness_nm});
    layers.push_back({stack.substrate, 0, stack.substrate_roughness_nm});
    return layers;
}

/// sqrt(n^2 - kappa^2) with Im >= 0. A wave exactly along the films (q = 0) has no unique up and down parts: it is
/// taken a hundred-millionth away.
Complex vertical_wavenumber(Complex index, double kappa) {
    Complex q = std::sqrt(index * index - kappa * kappa);
    if (q.imag() < 0) q = -q;
    return std::abs(q) < 1e-8 ? Complex(1e-8) : q;
}

Complex admittance(Complex index, Complex q, PlaneWave wave) { return wave == PlaneWave::s ? q : index * index / q; }

Wave wave_in(const std::vector<Layer>& layers, Length wavelength, double kappa, PlaneWave kind) {
    const std::size_t n = layers.size();
    Wave w{vacuum_wavenumber(wavelength), {}, {}, {}, {}, {}, {}};
    w.q.reserve(n), w.y.reserve(n), w.pass.reserve(n), w.r.reserve(n), w.t.reserve(n);
    for (const Layer& layer : layers) {
        w.q.push_back(vertical_wavenumber(layer.index, kappa));
        w.y.push_back(admittance(layer.index, w.q.back(), kind));
        w.pass.push_back(std::exp(i * w.k0 * w.q.back() * layer.thickness_nm));
    }
    for (std::size_t j = 0; j + 1 < n; ++j) {
        const double ks = w.k0 * layers[j + 1].roughness_nm;
        const Complex smooth = (w.y[j] - w.y[j + 1]) / (w.y[j] + w.y[j + 1]), step = w.q[j] - w.q[j + 1];
        w.r.push_back(ks == 0 ? smooth : smooth * std::exp(-2.0 * ks * ks * w.q[j] * w.q[j + 1]));
        w.t.push_back(ks == 0 ? 1.0 + smooth : (1.0 + smooth) * std::exp(0.5 * ks * ks * step * step));
    }
    w.below.assign(n, 0.0);
    for (std::size_t j = n - 1; j-- > 0;) {
        const Complex returned = w.below[j + 1] * w.pass[j + 1] * w.pass[j + 1];
        w.below[j] = (w.r[j] + returned) / (1.0 + w.r[j] * returned);
    }
    return w;
}

/// Tangential amplitude of the downward wave at the top of each layer for 1 in the ambient.
std::vector<Complex> downward(const Wave& w) {
    std::vector<Complex> a{1.0};
    for (std::size_t j = 0; j + 1 < w.q.size(); ++j)
        a.push_back(a[j] * w.pass[j] * w.t[j] / (1.0 + w.r[j] * w.below[j + 1] * w.pass[j + 1] * w.pass[j + 1]));
    return a;
}

/// Share of the incident power that flows down through the bottom of layer j.
double flow(const Wave& w, Complex amplitude, std::size_t j) {
    const Complex down = amplitude * w.pass[j], electric = down * (1.0 + w.below[j]),
                  magnetic = w.y[j] * down * (1.0 - w.below[j]);
    return (electric * std::conj(magnetic)).real() / w.y[0].real();
}

[[noreturn]] void refuse(const std::string& what, double value, const std::string& range,
                         const std::string& help = {}) {
    throw InputError("D0204", fmt::format("{} = {:.9g} is out of range: {}", what, value, range),
                     help.empty() ? "needs " + range : help);
}

bool is_length(double x) { return std::isfinite(x) && x >= 0; }

void require_index(const std::string& whose, Complex index) {
    if (!(std::isfinite(index.real()) && index.real() > 0))
        refuse(whose + ": refractive index n", index.real(), "n > 0, finite");
    if (!is_length(index.imag()))
        refuse(whose + ": extinction k", index.imag(), "k >= 0, finite", "this code uses n + ik: k > 0 absorbs");
}

void require_length(const std::string& what, double value) {
    if (!is_length(value)) refuse(what, value, "a finite length >= 0");
}

bool is_index(Complex n) { return std::isfinite(n.real()) && n.real() > 0 && is_length(n.imag()); }

/// Nothing to refuse; no text is made, since imaging asks a hundred thousand times.
bool is_sound(const FilmStack& stack) {
    return is_index(stack.ambient) && is_index(stack.substrate) && is_length(stack.substrate_roughness_nm) &&
           std::all_of(stack.films.begin(), stack.films.end(), [](const Film& f) {
               return is_index(f.index) && is_length(f.thickness_nm) && is_length(f.roughness_nm);
           });
}

void require_wave(const FilmStack& stack, Length wavelength, double kappa) {
    validate(stack);
    if (!(wavelength.si() > 0 && std::isfinite(wavelength.si())))
        refuse("wavelength in nm", wavelength.in(nm), "a finite length > 0");
    if (!(kappa >= 0 && kappa < stack.ambient))
        refuse("lateral wavenumber kappa = n_0 sin(theta)", kappa,
               fmt::format("0 <= kappa < {:.6g}, the index above", stack.ambient));
}

void require_film(const FilmStack& stack, std::size_t film) {
    if (film >= stack.films.size())
        throw InputError("D0204", fmt::format("film {} of a stack of {} films", film, stack.films.size()),
                         "films count from 0 at the top");
}

}  // namespace

FilmStack uniform_medium(double index, double depth_nm, const std::string& name) {
    return {index, {{name, index, depth_nm, 0}}, index, 0};
}

void validate(const FilmStack& stack) {
    if (is_sound(stack)) return;
    require_index("ambient", stack.ambient);
    for (std::size_t j = 0; j < stack.films.size(); ++j) {
        const Film& f = stack.films[j];
        const std::string who = f.name.empty() ? fmt::format("film {}", j) : "film '" + f.name + "'";
        require_index(who, f.index);
        require_length(who + ": thickness in nm", f.thickness_nm);
        require_length(who + ": roughness in nm", f.roughness_nm);
    }
    require_index("substrate", stack.substrate);
    require_length("substrate: roughness in nm", stack.substrate_roughness_nm);
}

std::size_t find_film(const FilmStack& stack, const std::string& name) {
    std::vector<std::string> names;
    for (const Film& f : stack.films) names.push_back(f.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    const std::string near = nearest_name(name, names);
    throw InputError("D0106", "no film '" + name + "' in the stack",
                     near.empty() ? fmt::format("films: {}", fmt::join(names, ", ")) : "did you mean '" + near + "'?");
}

StackLight stack_light(const FilmStack& stack, Length wavelength, double kappa, PlaneWave kind) {
    require_wave(stack, wavelength, kappa);
    const Wave w = wave_in(layers_of(stack), wavelength, kappa, kind);
    const std::vector<Complex> a = downward(w);
    StackLight light;
    light.reflection = w.below[0];
    light.reflected = std::norm(w.below[0]);
    double above = flow(w, a[0], 0);
    for (std::size_t j = 1; j <= stack.films.size(); ++j) {
        const double left = std::min(above, flow(w, a[j], j));  // rounding must not make a clear film shine
        light.absorbed.push_back(above - left);
        above = left;
    }
    // Below the last plane the power is a plain square: exact even where next to nothing tunnels through.
    light.transmitted = stack.substrate_roughness_nm > 0 ? above : flow(w, a.back(), a.size() - 1);
    return light;
}

Complex substrate_reflection(const FilmStack& stack, std::size_t film, Length wavelength, double kappa,
                             PlaneWave kind) {
    require_wave(stack, wavelength, kappa);
    require_film(stack, film);
    return wave_in(layers_of(stack), wavelength, kappa, kind).below[film + 1];
}

std::vector<FieldAtDepth> field_in_film(const FilmStack& stack, std::size_t film, std::span<const double> depth_nm,
                                        Length wavelength, double kappa, PlaneWave kind) {
    require_wave(stack, wavelength, kappa);
    require_film(stack, film);
    const double thickness = stack.films[film].thickness_nm;
    const Complex index = stack.films[film].index;
    const Wave w = wave_in(layers_of(stack), wavelength, kappa, kind);
    const std::size_t j = film + 1;
    const Complex tangential = kind == PlaneWave::s ? 1.0 : w.q[0] / stack.ambient, a = downward(w)[j] * tangential;
    std::vector<FieldAtDepth> fields;
    fields.reserve(depth_nm.size());
    for (const double z : depth_nm) {
        if (!(z >= 0 && z <= thickness * (1 + 1e-12)))
            refuse("depth in nm", z, fmt::format("0 .. {:.9g} nm", thickness));
        const Complex down = a * std::exp(i * w.k0 * w.q[j] * z),
                      up = a * w.below[j] * std::exp(i * w.k0 * w.q[j] * (2 * thickness - z));
        const Complex magnetic = w.y[j] * (down - up);
        fields.push_back({down + up, kind == PlaneWave::s ? 0.0 : -kappa / (index * index) * magnetic});
    }
    return fields;
}

std::vector<double> intensity_in_slices(const FilmStack& stack, std::size_t film, std::span<const Complex> index,
                                        Length wavelength) {
    require_wave(stack, wavelength, 0);
    require_film(stack, film);
    std::vector<Layer> layers = layers_of(stack);
    const auto at = layers.begin() + static_cast<std::ptrdiff_t>(film) + 1;
    const Layer whole = *at;
    const double slice = whole.thickness_nm / static_cast<double>(std::max<std::size_t>(index.size(), 1));
    std::vector<Layer> slices;
    for (const Complex& n : index) {
        require_index("slice", n);
        slices.push_back({n, slice, slices.empty() ? whole.roughness_nm : 0.0});
    }
    layers.insert(layers.erase(at), slices.begin(), slices.end());
    const Wave w = wave_in(layers, wavelength, 0, PlaneWave::s);
    const std::vector<Complex> a = downward(w);
    std::vector<double> intensity;
    for (std::size_t k = 0; k < index.size(); ++k) {
        const std::size_t j = film + 1 + k;
        const Complex half = std::exp(i * w.k0 * w.q[j] * (slice / 2)),
                      field = a[j] * half * (1.0 + w.below[j] * w.pass[j]);
        intensity.push_back(index[k].real() * std::norm(field) / stack.ambient);
    }
    return intensity;
}

}  // namespace damascene::numerics
