// Images between a few depths: Chebyshev nodes of the film and barycentric interpolation.
//   z_k = d/2 (1 - cos((2 k + 1) pi / 2N));   I(z) = sum_k w_k I_k/(z - z_k) / sum_k w_k/(z - z_k),
//   w_k = 1 / prod_{j != k} (z_k - z_j)
// A standing wave is entire in z, so the error falls faster than any power of N. [Berrut & Trefethen 2004]
#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "damascene/optics/vector_image.hpp"

namespace damascene::optics {
namespace {

std::vector<double> chebyshev_nodes(int n, double thickness_nm) {
    std::vector<double> z;
    for (int k = 0; k < n; ++k)
        z.push_back(thickness_nm / 2 * (1 - std::cos((2 * k + 1) * std::numbers::pi / (2 * n))));
    return z;
}

/// Distances are scaled by a quarter of the span, the capacity of the interval, so products neither over- nor
/// underflow.
std::vector<double> barycentric_weights(const std::vector<double>& z) {
    const double scale = z.size() > 1 ? 4 / (z.back() - z.front()) : 1;
    std::vector<double> w(z.size(), 1.0);
    for (std::size_t k = 0; k < z.size(); ++k)
        for (std::size_t j = 0; j < z.size(); ++j)
            if (j != k) w[k] /= scale * (z[k] - z[j]);
    return w;
}

/// Weight of each node's value at z.
std::vector<double> interpolation(const std::vector<double>& nodes, const std::vector<double>& weights, double z) {
    std::vector<double> c(nodes.size(), 0.0);
    double sum = 0;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
        if (z == nodes[k]) {
            std::fill(c.begin(), c.end(), 0.0);
            c[k] = 1;
            return c;
        }
        sum += c[k] = weights[k] / (z - nodes[k]);
    }
    for (double& x : c) x /= sum;
    return c;
}

/// Largest interpolation error over the film for waves from steep to grazing, in units of the incident intensity.
double interpolation_error(const numerics::FilmStack& stack, std::size_t film, Length wavelength, int n) {
    const double thickness = stack.films[film].thickness_nm, impedance = stack.films[film].index.real() / stack.ambient;
    const auto nodes = chebyshev_nodes(n, thickness);
    const auto weights = barycentric_weights(nodes);
    std::vector<double> depth = nodes;
    const int checks = 4 * n + 7;
    for (int i = 0; i <= checks; ++i) depth.push_back(thickness * i / checks);
    double worst = 0;
    for (const double sine : {0.0, 0.5, 0.9})
        for (const auto wave : {numerics::PlaneWave::s, numerics::PlaneWave::p}) {
            const auto field = field_in_film(stack, film, depth, wavelength, sine * stack.ambient, wave);
            const auto intensity = [&](std::size_t i) {
                return impedance * (std::norm(field[i].lateral) + std::norm(field[i].normal));
            };
            for (std::size_t i = nodes.size(); i < depth.size(); ++i) {
                const auto c = interpolation(nodes, weights, depth[i]);
                double value = 0;
                for (std::size_t k = 0; k < nodes.size(); ++k) value += c[k] * intensity(k);
                worst = std::max(worst, std::abs(value - intensity(i)));
            }
        }
    return worst;
}

}  // namespace

std::vector<double> depths_for(const numerics::FilmStack& stack, std::size_t film, Length wavelength,
                               double tolerance) {
    numerics::validate(stack);
    if (film >= stack.films.size())
        throw InputError("D0204", fmt::format("film {} of a stack of {} films", film, stack.films.size()),
                         "films count from 0 at the top");
    if (!(tolerance > 0))
        throw InputError("D0204", fmt::format("depth tolerance {} is out of range", tolerance), "needs a value > 0");
    if (stack.films[film].thickness_nm == 0)
        throw InputError("D0204", fmt::format("film '{}' has no thickness", stack.films[film].name),
                         "an image in depth needs a thickness > 0");
    int n = 2;
    while (n < 200 && interpolation_error(stack, film, wavelength, n) > tolerance) ++n;
    return chebyshev_nodes(n, stack.films[film].thickness_nm);
}

ImageInDepth at_depths(const ImageInDepth& given, std::span<const double> depth_nm) {
    if (given.images.empty() || given.images.size() != given.depth_nm.size())
        throw InputError("D0204", "no images to interpolate in depth", "needs one image per depth");
    const auto weights = barycentric_weights(given.depth_nm);
    ImageInDepth out;
    out.depth_nm.assign(depth_nm.begin(), depth_nm.end());
    out.images.assign(depth_nm.size(), given.images.front());
    parallel_for(depth_nm.size(), [&](std::size_t d) {
        const auto c = interpolation(given.depth_nm, weights, depth_nm[d]);
        auto& values = out.images[d].coefficients;
        std::fill(values.begin(), values.end(), 0.0);
        for (std::size_t k = 0; k < c.size(); ++k)
            for (std::size_t i = 0; i < values.size(); ++i) values[i] += c[k] * given.images[k].coefficients[i];
    });
    return out;
}

}  // namespace damascene::optics
