// Zernike polynomials in fringe (University of Arizona) order, unit peak.
//   j = (1 + (n+|m|)/2)^2 - 2|m| + (1 if m < 0 else 0), m >= 0 cosine, m < 0 sine; term 37 is (12, 0) by convention.
//   R_n^m(rho) = sum_k (-1)^k (n-k)! / (k! ((n+m)/2-k)! ((n-m)/2-k)!) rho^(n-2k)
// Full-disc polynomials also with a central obscuration. Reference: Born & Wolf, Principles of Optics, 9.2.
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/zernike.hpp"

namespace damascene::optics {
namespace {

double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

double radial(int n, int m, double rho) {
    double sum = 0;
    for (int k = 0; k <= (n - m) / 2; ++k)
        sum += (k % 2 ? -1 : 1) * factorial(n - k) / (factorial(k) * factorial((n + m) / 2 - k) * factorial((n - m) / 2 - k)) *
               std::pow(rho, n - 2 * k);
    return sum;
}

}  // namespace

ZernikeOrder fringe_order(int index) {
    if (index < 1 || index > 37)
        throw InputError("D0204", fmt::format("Zernike index {} is out of range", index), "fringe indices run from 1 (piston) to 37");
    if (index == 37) return {12, 0};
    const int block = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(index)))) - 1;  // (n + |m|)/2
    const int down = (block + 1) * (block + 1) - index;                                        // 2|m| or 2|m| - 1
    const int m = (down + 1) / 2;
    return {2 * block - m, down % 2 ? -m : m};
}

double zernike_fringe(int index, double rho, double theta) {
    const auto [n, m] = fringe_order(index);
    const double r = radial(n, std::abs(m), rho);
    return m >= 0 ? r * std::cos(m * theta) : r * std::sin(-m * theta);
}

}  // namespace damascene::optics
