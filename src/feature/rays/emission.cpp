// Directions by inversion of their laws.
//
//   surface, thermal gas     cos / pi                           cos = sqrt(1 - u)
//   cos^n source             (n + 1)/(2 pi) cos^n               cos = (1 - u)^(1/(n+1))
//   Gaussian source          angle components normal            [Box 1958]
//   collision                1/(4 pi)                           cos = 1 - 2 u
#include "feature/rays/emission.hpp"

#include <numbers>

namespace damascene::feature::rays {
namespace {

// Local x, y beside unit n [Duff 2017, listing 3].
Vec3 in_frame(const Vec3& n, double x, double y, double z) {
    const double sign = std::copysign(1.0, n.z), a = -1 / (sign + n.z), b = n.x * n.y * a;
    const Vec3 t = {1 + sign * n.x * n.x * a, sign * b, -sign * n.x}, s = {b, sign + n.y * n.y * a, -n.y};
    return x * t + y * s + z * n;
}

Vec3 about(const Vec3& axis, double cosine, double v) {
    const double sine = std::sqrt(std::max(0.0, 1 - cosine * cosine)), angle = 2 * std::numbers::pi * v;
    return in_frame(axis, sine * std::cos(angle), sine * std::sin(angle), cosine);
}

Vec3 tilted(double tilt) { return {std::sin(tilt), 0, -std::cos(tilt)}; }

Vec3 gaussian(const Beam& beam, double u, double v) {
    const double r = beam.spread_rad * std::sqrt(-2 * std::log1p(-u)), angle = 2 * std::numbers::pi * v;
    const double ax = beam.tilt_rad + r * std::cos(angle), ay = r * std::sin(angle);
    constexpr double horizon = std::numbers::pi / 2;
    if (std::abs(ax) >= horizon || std::abs(ay) >= horizon) return {0, 0, 1};
    const Vec3 d = {std::tan(ax), std::tan(ay), -1};
    return (1 / length(d)) * d;
}

}  // namespace

Vec3 cosine_direction(const Vec3& normal, double u, double v) { return about(normal, std::sqrt(1 - u), v); }

Vec3 isotropic_direction(double u, double v) { return about({0, 0, 1}, 1 - 2 * u, v); }

Vec3 beam_direction(const Beam& beam, double u, double v) {
    if (beam.cosine_power == 1) return about(tilted(beam.tilt_rad), std::sqrt(1 - u), v);
    if (beam.cosine_power > 0) return about(tilted(beam.tilt_rad), std::pow(1 - u, 1 / (beam.cosine_power + 1)), v);
    return beam.spread_rad > 0 ? gaussian(beam, u, v) : tilted(beam.tilt_rad);
}

}  // namespace damascene::feature::rays
