// Jones pupils of a lens, uniform or sampled; see jones.hpp. [Chipman 2018]
#include "damascene/optics/jones.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include <fmt/format.h>

#include "number_lines.hpp"

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

constexpr NumberFormat jones_format{
    "D0341", "a point of a Jones pupil has 10 numbers", "px py xx xy yx yy, elements as real and imaginary part",
    "a file of a Jones pupil holds lines 'px py Re Im Re Im Re Im Re Im' on a rectangular grid from -1 to 1", 10};

std::vector<double> axis_of(const std::vector<NumberLine>& lines, std::size_t column) {
    std::vector<double> axis;
    for (const NumberLine& line : lines) axis.push_back(line.values[column]);
    std::sort(axis.begin(), axis.end());
    axis.erase(std::unique(axis.begin(), axis.end()), axis.end());
    return axis;
}

std::size_t index_in(const std::vector<double>& axis, double value) {
    return static_cast<std::size_t>(std::lower_bound(axis.begin(), axis.end(), value) - axis.begin());
}

/// Left of two neighbours on the axis and the share of the right one; the ends hold beyond the axis.
std::pair<std::size_t, double> between(const std::vector<double>& axis, double value) {
    if (axis.size() < 2) return {0, 0.0};
    const auto right = std::upper_bound(axis.begin() + 1, axis.end() - 1, value);
    const auto i = static_cast<std::size_t>(right - axis.begin()) - 1;
    return {i, std::clamp((value - axis[i]) / (axis[i + 1] - axis[i]), 0.0, 1.0)};
}

struct JonesMap {
    std::vector<double> x, y;
    std::vector<Jones> values;  ///< rows of x

    Jones operator()(double px, double py) const {
        const auto [i, u] = between(x, px);
        const auto [j, v] = between(y, py);
        const std::size_t right = i + (x.size() > 1), up = j + (y.size() > 1), n = x.size();
        Jones mean;
        for (std::size_t k = 0; k < 4; ++k)
            mean[k] = (1 - v) * ((1 - u) * values[j * n + i][k] + u * values[j * n + right][k]) +
                      v * ((1 - u) * values[up * n + i][k] + u * values[up * n + right][k]);
        return mean;
    }
};

void require_cover(const std::vector<double>& axis, const char* name, const std::string& file) {
    if (axis.size() == 1 || (axis.front() <= -1 && axis.back() >= 1)) return;
    refuse_line(file, {}, 1, jones_format,
                fmt::format("{} goes from {} to {} and does not cover the pupil", name, axis.front(), axis.back()),
                "needs -1 to 1");
}

}  // namespace

JonesPupil jones_from_text(const std::string& text, const std::string& file) {
    const auto lines = number_lines(text, file, jones_format);
    if (lines.empty()) refuse_line(file, {}, 1, jones_format, "no point of the pupil", "needs at least one line");
    JonesMap map{axis_of(lines, 0), axis_of(lines, 1), {}};
    require_cover(map.x, "px", file);
    require_cover(map.y, "py", file);
    const std::size_t n = map.x.size() * map.y.size();
    if (lines.size() < n)
        refuse_line(
            file, lines.back(), 1, jones_format,
            fmt::format("{} points where {} columns and {} rows need {}", lines.size(), map.x.size(), map.y.size(), n),
            "the points form no full grid");
    std::vector<bool> seen(n);
    map.values.resize(n);
    for (const NumberLine& line : lines) {
        const std::size_t at = index_in(map.y, line.values[1]) * map.x.size() + index_in(map.x, line.values[0]);
        if (seen[at])
            refuse_line(file, line, 1, jones_format,
                        fmt::format("the point ({}, {}) comes twice", line.values[0], line.values[1]), "one line each");
        seen[at] = true;
        for (std::size_t k = 0; k < 4; ++k) map.values[at][k] = {line.values[2 + 2 * k], line.values[3 + 2 * k]};
    }
    return map;
}

JonesPupil in_turn(JonesPupil first, JonesPupil second) {
    if (!first || !second) return first ? first : second;
    return
        [a = std::move(first), b = std::move(second)](double px, double py) { return product(b(px, py), a(px, py)); };
}

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
