// Polarised light from the pupil into a film.
//
//   direction (cos phi, sin phi) NA rho / n_0 of pupil point p;  s = (-sin phi, cos phi, 0), r = (cos phi, sin phi, 0)
//   E(z) = S(z) (e.s) s + (e.r) (L(z) r + N(z) z),   S, L, N: films' transfer of a unit s or p wave
//
// In one medium L = cos(theta) e^{i k0 q z}, N = -sin(theta) e^{i k0 q z}, S = e^{i k0 q z}: the rotation
// [[(b^2 + a^2 g)/(1 - g^2), -ab/(1 + g)], [-ab/(1 + g), (a^2 + b^2 g)/(1 - g^2)], [-a, -b]] by direction cosines
// (a, b, g), identity at g = 1. Reference: [Flagello 1996; Yeung 1993].
#include "optics/vector_light.hpp"

#include <cmath>

#include <fmt/format.h>

#include "optics/illumination.hpp"

namespace damascene::optics {
namespace {

constexpr double on_axis = 1e-12;  ///< radius below which a pupil point has no azimuth

std::array<Complex, 4> lens(const VectorLight& light, double px, double py) {
    return light.jones ? light.jones(px, py) : std::array<Complex, 4>{1, 0, 0, 1};
}

FieldMatrix field_matrix(double cosine, double sine, const numerics::FieldAtDepth& s, const numerics::FieldAtDepth& p) {
    const Complex mixed = (p.lateral - s.lateral) * sine * cosine;
    return {p.lateral * cosine * cosine + s.lateral * sine * sine,
            mixed,
            mixed,
            p.lateral * sine * sine + s.lateral * cosine * cosine,
            p.normal * cosine,
            p.normal * sine};
}

FieldMatrix after_lens(const FieldMatrix& m, const std::array<Complex, 4>& j, Complex amplitude) {
    FieldMatrix out;
    for (std::size_t c = 0; c < 3; ++c) {
        out[2 * c] = amplitude * (m[2 * c] * j[0] + m[2 * c + 1] * j[2]);
        out[2 * c + 1] = amplitude * (m[2 * c] * j[1] + m[2 * c + 1] * j[3]);
    }
    return out;
}

double clear_light(const Source& source, const Pupil& pupil, const VectorLight& light, bool projected) {
    double sum = 0;
    for (const SourcePoint& point : source.points) {
        const double power = point.weight * std::norm(pupil_value(pupil, point.sx, point.sy));
        if (power == 0) continue;
        const double sine = pupil.na * std::hypot(point.sx, point.sy) / pupil.n_medium;
        const auto j = lens(light, point.sx, point.sy);
        for (const auto& [weight, e] : polarisation_states(light, point.sx, point.sy))
            sum += weight * power * (std::norm(j[0] * e[0] + j[1] * e[1]) + std::norm(j[2] * e[0] + j[3] * e[1])) *
                   (projected ? std::sqrt(1 - sine * sine) : 1.0);
    }
    return sum;
}

Pupil with_obliquity(Pupil pupil, bool obliquity) {
    pupil.obliquity = obliquity;
    return pupil;
}

}  // namespace

std::vector<PolarisationState> polarisation_states(const VectorLight& light, double sx, double sy) {
    const double radius = std::hypot(sx, sy);
    std::array<double, 2> first = {1, 0};
    double share = (1 + light.degree) / 2;
    switch (light.polarisation) {
        case Polarisation::unpolarised: share = 0.5; break;
        case Polarisation::x: break;
        case Polarisation::y: first = {0, 1}; break;
        case Polarisation::te:
        case Polarisation::tm:
            if (radius < on_axis)
                share = 0.5;
            else if (light.polarisation == Polarisation::te)
                first = {-sy / radius, sx / radius};
            else
                first = {sx / radius, sy / radius};
    }
    std::vector<PolarisationState> states{{share, first}};
    if (share < 1) states.push_back({1 - share, {-first[1], first[0]}});
    return states;
}

VectorOptics::VectorOptics(const Source& s, const Pupil& p, const VectorLight& l, const numerics::FilmStack& films,
                           std::size_t f)
    : source(s), pupil(with_obliquity(p, l.obliquity)), light(l), stack(films), film(f) {
    if (!(light.degree >= 0 && light.degree <= 1))
        throw InputError("D0204", fmt::format("degree of polarisation {} is out of range", light.degree),
                         "needs 0 <= degree <= 1");
    validate(pupil);
    clear = clear_light(source, pupil, light, false);
    if (!(clear > 0) || !std::isfinite(clear))
        throw InputError("D0404",
                         "no light passes the pupil without a mask, so the image has no clear field to refer to",
                         "needs a source point inside the pupil that the lens transmits");
}

std::vector<FieldMatrix> VectorOptics::transfer(double px, double py, std::span<const double> depth_nm) const {
    const Complex amplitude = pupil_value(pupil, px, py);
    if (amplitude == 0.0) return {};
    const double rho = std::hypot(px, py), kappa = pupil.na * rho, cosine = rho < on_axis ? 1 : px / rho,
                 sine = rho < on_axis ? 0 : py / rho;
    const auto s = field_in_film(stack, film, depth_nm, pupil.wavelength, kappa, numerics::PlaneWave::s),
               p = field_in_film(stack, film, depth_nm, pupil.wavelength, kappa, numerics::PlaneWave::p);
    const auto j = lens(light, px, py);
    const double impedance = std::sqrt(stack.films[film].index.real() / stack.ambient);
    std::vector<FieldMatrix> out;
    out.reserve(depth_nm.size());
    for (std::size_t d = 0; d < depth_nm.size(); ++d)
        out.push_back(after_lens(field_matrix(cosine, sine, s[d], p[d]), j, amplitude * impedance));
    return out;
}

double incident_cosine(const Source& source, const Pupil& pupil, const VectorLight& light) {
    const Pupil p = with_obliquity(pupil, light.obliquity);
    validate(p);
    return clear_light(source, p, light, true) / clear_light(source, p, light, false);
}

void require_depths(const Pupil& pupil, const numerics::FilmStack& stack, std::size_t film,
                    std::span<const double> depth_nm) {
    numerics::validate(stack);
    if (film >= stack.films.size())
        throw InputError("D0204", fmt::format("film {} of a stack of {} films", film, stack.films.size()),
                         "films count from 0 at the top");
    if (std::abs(stack.ambient - pupil.n_medium) > 1e-9)
        throw InputError("D0204",
                         fmt::format("the films lie under index {:.9g}, the lens images into index {:.9g}",
                                     stack.ambient, pupil.n_medium),
                         "make the ambient of the film stack the medium above the wafer");
    for (std::size_t d = 0; d < depth_nm.size(); ++d)
        if (!(depth_nm[d] >= 0 && depth_nm[d] <= stack.films[film].thickness_nm) ||
            (d > 0 && !(depth_nm[d] > depth_nm[d - 1])))
            throw InputError("D0204", fmt::format("depth {:.9g} nm is out of range", depth_nm[d]),
                             fmt::format("needs increasing depths from 0 to {:.9g} nm, the thickness of film '{}'",
                                         stack.films[film].thickness_nm, stack.films[film].name));
}

}  // namespace damascene::optics
