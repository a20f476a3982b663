// Uniform diattenuation and retardance as a Jones pupil; see jones.hpp. [Chipman 2018]
#include "damascene/optics/jones.hpp"

#include <cmath>
#include <complex>

#include <fmt/format.h>

namespace damascene::optics {
namespace {

using Jones = std::array<std::complex<double>, 4>;  // xx, xy, yx, yy

/// Eigenvalues `along` and `across` an axis at `angle`.
Jones about_axis(std::complex<double> along, std::complex<double> across, double angle) {
    const double c = std::cos(angle), s = std::sin(angle);
    return {along * c * c + across * s * s, (along - across) * c * s, (along - across) * c * s,
            along * s * s + across * c * c};
}

Jones product(const Jones& a, const Jones& b) {
    return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]};
}

}  // namespace

JonesPupil uniform_jones(const PolarisationError& e) {
    const double d = e.diattenuation, half = e.retardance.si() / 2;
    if (!(d >= 0 && d <= 1))
        throw InputError("D0204", fmt::format("diattenuation {} is out of range", d), "needs a share from 0 to 1");
    for (const double angle : {half, e.retardance_axis.si(), e.diattenuation_axis.si()})
        if (!std::isfinite(angle)) throw InputError("D0204", "retardance or an axis is not finite", "needs an angle");
    if (d == 0 && half == 0) return {};
    const Jones lens = product(about_axis(std::polar(1.0, -half), std::polar(1.0, half), e.retardance_axis.si()),
                               about_axis(std::sqrt(1 + d), std::sqrt(1 - d), e.diattenuation_axis.si()));
    return [lens](double, double) { return lens; };
}

}  // namespace damascene::optics
