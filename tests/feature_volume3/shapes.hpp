// Boxes, layouts and deviations that several tests use.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "damascene/feature/volume3.hpp"
#include "damascene/io.hpp"

namespace damascene::feature {

inline Layout layout_of(const std::string& file) {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/layouts/" + file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return io::read_gds(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

inline Region rectangle(int x0, int y0, int x1, int y1) { return {1 * nm, {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}}; }

inline double perimeter(const Region& r) {
    double sum = 0;
    for (const Ring& ring : r.rings)
        for (std::size_t k = 0; k < ring.size(); ++k) {
            const Point a = ring[k], b = ring[(k + 1) % ring.size()];
            sum += std::hypot(a.x - b.x, a.y - b.y);
        }
    return sum * r.unit.in(nm);
}

inline double area_nm2(const Region& r) { return area(r) * r.unit.in(nm)*r.unit.in(nm); }

/// Least-squares slope of log(error) against log(h).
inline double observed_order(const std::vector<double>& h, const std::vector<double>& error) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    const auto n = static_cast<double>(h.size());
    for (std::size_t k = 0; k < h.size(); ++k) {
        const double x = std::log(h[k]), y = std::log(error[k]);
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace damascene::feature
