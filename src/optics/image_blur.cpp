// What blurs any aerial image: stage vibration, flare, laser bandwidth.
//   vibration  I_f exp(-2 pi^2 (sigma_x^2 nu_x^2 + sigma_y^2 nu_y^2)), nu = f/L
//   flare      (1 - F) I + F rho, rho the clear area of the mask
//   bandwidth  sum_i w_i I(z + slope delta_i)
// Reference: [Mack 2007].
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "damascene/geometry/blur.hpp"
#include "damascene/optics/vector_image.hpp"

namespace damascene::optics {
namespace {

constexpr double pi = std::numbers::pi;

void require_share(const char* name, double value) {
    if (!(value >= 0 && value <= 1))
        throw InputError("D0204", fmt::format("'{}' = {} is out of range", name, value), "needs a share from 0 to 1");
}

/// Hermite function h_n(x) = H_n(x) e^{-x^2/2} / sqrt(2^n n! sqrt(pi)) and h_{n-1}, by recurrence.
std::array<double, 2> hermite(int n, double x) {
    double before = 0, now = std::pow(pi, -0.25) * std::exp(-x * x / 2);
    for (int k = 0; k < n; ++k) {
        const double next = std::sqrt(2.0 / (k + 1)) * x * now - std::sqrt(static_cast<double>(k) / (k + 1)) * before;
        before = now, now = next;
    }
    return {now, before};
}

/// The zero of h_n in [a, b], where it changes sign.
double bisected(int n, double a, double b) {
    const bool rises = hermite(n, b)[0] > 0;
    for (int i = 0; i < 200 && a < b; ++i) {
        const double c = (a + b) / 2;
        if (c == a || c == b) break;
        ((hermite(n, c)[0] > 0) == rises ? b : a) = c;
    }
    return (a + b) / 2;
}

}  // namespace

Image vibrated(const Image& image, Length sigma_x, Length sigma_y) {
    if (!(sigma_x.si() >= 0 && sigma_y.si() >= 0))
        throw InputError("D0204", fmt::format("vibration {} x {} nm is out of range", sigma_x.in(nm), sigma_y.in(nm)),
                         "needs standard deviations >= 0");
    return blurred(image, sigma_x, sigma_y);
}

Image with_flare(const Image& image, double flare, double clear_area) {
    require_share("flare", flare);
    if (!(clear_area >= 0) || !std::isfinite(clear_area))
        throw InputError("D0204", fmt::format("'clear area' = {} is out of range", clear_area), "needs 0 or more");
    Image out = image;
    for (auto& c : out.coefficients) c *= 1 - flare;
    out.at(0, 0) += flare * clear_area;
    return out;
}

std::vector<std::array<double, 2>> gaussian_spectrum(double fwhm_pm, int points) {
    if (!(fwhm_pm >= 0) || !std::isfinite(fwhm_pm) || points < 1 || points > 64)
        throw InputError("D0204", fmt::format("laser bandwidth {} pm in {} points is out of range", fwhm_pm, points),
                         "needs a width >= 0 and 1 to 64 points");
    const double sigma = fwhm_pm / (2 * std::sqrt(2 * std::log(2.0)));
    std::vector<std::array<double, 2>> out;
    // Zeros of H_n lie within sqrt(2n + 1) and are at least pi / sqrt(2n + 1) apart. [Szego 1975, sec. 6.31]
    const double reach = std::sqrt(2.0 * points + 1);
    const int cells = 8 * points + 1;
    for (int i = 0; i < cells; ++i) {
        const double a = reach * (2.0 * i / cells - 1), b = reach * (2.0 * (i + 1) / cells - 1);
        if ((hermite(points, a)[0] > 0) == (hermite(points, b)[0] > 0)) continue;
        const double x = bisected(points, a, b), slope = hermite(points, x)[1];
        // w = e^{-x^2} / (n h_{n-1}^2), over the total sqrt(pi) of e^{-x^2}.
        out.push_back({std::numbers::sqrt2 * sigma * x, std::exp(-x * x) / (points * slope * slope * std::sqrt(pi))});
    }
    return out;
}

Image over_bandwidth(const std::vector<std::array<double, 2>>& spectrum, double focus_slope_nm_per_pm,
                     const std::function<Image(Length)>& image_at) {
    double total = 0;
    for (const auto& [offset, weight] : spectrum) total += weight;
    if (!(total > 0)) throw InputError("D0204", "the laser spectrum has no light", "needs weights with a sum > 0");
    Image sum;
    for (const auto& [offset, weight] : spectrum) {
        const Image image = image_at(focus_slope_nm_per_pm * offset * nm);
        if (sum.coefficients.empty()) {
            sum = image;
            std::fill(sum.coefficients.begin(), sum.coefficients.end(), 0.0);
        }
        for (std::size_t i = 0; i < sum.coefficients.size(); ++i)
            sum.coefficients[i] += weight / total * image.coefficients.at(i);
    }
    return sum;
}

}  // namespace damascene::optics
