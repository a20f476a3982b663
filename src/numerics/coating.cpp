// Swing curves and anti-reflective coatings.
//   R_mean = sum_i w_i (|G_s(kappa_i)|^2 + |G_p(kappa_i)|^2)/2, G the reflection back into the resist
// Golden section: the bracket shrinks by 0.618 a step, to 1e-6 nm.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "damascene/numerics/film_stack.hpp"

namespace damascene::numerics {
namespace {

std::vector<double> scan(double low, double high, double step) {
    if (!(low >= 0 && high >= low && step > 0 && std::isfinite(high)) || (high - low) / step > 1e6)
        throw InputError("D0204",
                         fmt::format("thicknesses {:.9g} .. {:.9g} nm by {:.9g} nm are out of range", low, high, step),
                         "needs 0 <= low <= high, a step > 0, at most a million points");
    std::vector<double> points;
    const int steps = static_cast<int>(std::floor((high - low) / step + 1e-9));
    for (int i = 0; i <= steps; ++i) points.push_back(low + i * step);
    return points;
}

double golden_section(const std::function<double(double)>& f, double a, double b) {
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    double c = b - ratio * (b - a), d = a + ratio * (b - a), fc = f(c), fd = f(d);
    while (b - a > 1e-6)
        if (fc < fd)
            b = d, d = c, fd = fc, c = b - ratio * (b - a), fc = f(c);
        else
            a = c, c = d, fc = fd, d = a + ratio * (b - a), fd = f(d);
    return (a + b) / 2;
}

StackLight mixed(const StackLight& s, const StackLight& p, double s_share) {
    const auto mix = [&](double a, double b) { return s_share * a + (1 - s_share) * b; };
    StackLight out;
    out.reflection = s_share == 1 ? s.reflection : p.reflection;
    out.reflected = mix(s.reflected, p.reflected), out.transmitted = mix(s.transmitted, p.transmitted);
    for (std::size_t j = 0; j < s.absorbed.size(); ++j) out.absorbed.push_back(mix(s.absorbed[j], p.absorbed[j]));
    return out;
}

}  // namespace

std::vector<Incidence> ring_incidences(double na, double sigma_in, double sigma_out, int rings) {
    if (!(na > 0 && sigma_in >= 0 && sigma_out >= sigma_in && sigma_out <= 1 && rings >= 1))
        throw InputError(
            "D0204",
            fmt::format("illumination NA {:.9g}, sigma {:.9g} .. {:.9g} is out of range", na, sigma_in, sigma_out),
            "needs NA > 0 and 0 <= sigma_in <= sigma_out <= 1");
    std::vector<Incidence> out;
    const double a = sigma_in * sigma_in, b = sigma_out * sigma_out;
    for (int i = 0; i < rings; ++i) out.push_back({na * std::sqrt(a + (b - a) * (i + 0.5) / rings), 1.0 / rings});
    return out;
}

double mean_substrate_reflectivity(const FilmStack& stack, std::size_t film, Length wavelength,
                                   std::span<const Incidence> light) {
    double sum = 0, weight = 0;
    for (const auto& [kappa, w] : light) {
        sum += w / 2 *
               (std::norm(substrate_reflection(stack, film, wavelength, kappa, PlaneWave::s)) +
                std::norm(substrate_reflection(stack, film, wavelength, kappa, PlaneWave::p)));
        weight += w;
    }
    return sum / weight;
}

CoatingDesign best_coating(FilmStack stack, std::size_t coating, std::size_t resist, Length wavelength,
                           std::span<const Incidence> light, double low_nm, double high_nm, double step_nm) {
    if (coating >= stack.films.size() || resist >= coating)
        throw InputError("D0204", "the coating must lie below the resist", "films stand from the top down");
    const auto reflectivity = [&](double thickness) {
        stack.films[coating].thickness_nm = thickness;
        return mean_substrate_reflectivity(stack, resist, wavelength, light);
    };
    CoatingDesign out;
    out.scanned_nm = scan(low_nm, high_nm, step_nm);
    for (const double d : out.scanned_nm) out.scanned_reflectivity.push_back(reflectivity(d));
    const auto least = std::min_element(out.scanned_reflectivity.begin(), out.scanned_reflectivity.end());
    const double at = out.scanned_nm[static_cast<std::size_t>(least - out.scanned_reflectivity.begin())];
    const double refined =
        golden_section(reflectivity, std::max(low_nm, at - step_nm), std::min(high_nm, at + step_nm));
    out.thickness_nm = reflectivity(refined) < *least ? refined : at;
    out.reflectivity = reflectivity(out.thickness_nm);
    return out;
}

std::vector<SwingPoint> swing_curve(FilmStack stack, std::size_t varied, Length wavelength, double kappa,
                                    double s_share, double low_nm, double high_nm, double step_nm) {
    if (varied >= stack.films.size())
        throw InputError("D0204", fmt::format("film {} of a stack of {} films", varied, stack.films.size()),
                         "films count from 0 at the top");
    std::vector<SwingPoint> out;
    for (const double d : scan(low_nm, high_nm, step_nm)) {
        stack.films[varied].thickness_nm = d;
        out.push_back({d, mixed(stack_light(stack, wavelength, kappa, PlaneWave::s),
                                stack_light(stack, wavelength, kappa, PlaneWave::p), s_share)});
    }
    return out;
}

}  // namespace damascene::numerics
