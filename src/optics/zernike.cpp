// Zernike polynomials in fringe (University of Arizona) order, unit peak.
//   j = (1 + (n+|m|)/2)^2 - 2|m| + (1 if m < 0 else 0), m >= 0 cosine, m < 0 sine; term 37 is (12, 0) by convention.
//   R_n^m(rho) = sum_k (-1)^k (n-k)! / (k! ((n+m)/2-k)! ((n-m)/2-k)!) rho^(n-2k)
// Full-disc polynomials also with a central obscuration. Reference: Born & Wolf, Principles of Optics, 9.2.
#include <cmath>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/zernike.hpp"

namespace damascene::optics {
namespace {

double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

/// Coefficients of rho^n, rho^(n-2), ... rho^m.
std::vector<double> radial_coefficients(int n, int m) {
    std::vector<double> c;
    for (int k = 0; k <= (n - m) / 2; ++k)
        c.push_back((k % 2 ? -1 : 1) * factorial(n - k) /
                    (factorial(k) * factorial((n + m) / 2 - k) * factorial((n - m) / 2 - k)));
    return c;
}

struct FringeTerm {
    ZernikeOrder order;
    std::vector<double> radial;
};

const std::vector<FringeTerm>& fringe_terms() {
    static const std::vector<FringeTerm> terms = [] {
        std::vector<FringeTerm> t;
        for (int j = 1; j <= 37; ++j)
            t.push_back({fringe_order(j), radial_coefficients(fringe_order(j).n, std::abs(fringe_order(j).m))});
        return t;
    }();
    return terms;
}

/// Horner in rho^2, then the remaining rho^|m|.
double radial(const FringeTerm& term, double rho) {
    double sum = 0;
    for (double c : term.radial) sum = sum * rho * rho + c;
    for (int k = 0; k < std::abs(term.order.m); ++k) sum *= rho;
    return sum;
}

}  // namespace

ZernikeOrder fringe_order(int index) {
    if (index < 1 || index > 37)
        throw InputError("D0204", fmt::format("Zernike index {} is out of range", index),
                         "fringe indices run from 1 (piston) to 37");
    if (index == 37) return {12, 0};
    const int block = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(index)))) - 1;  // (n + |m|)/2
    const int down = (block + 1) * (block + 1) - index;                                        // 2|m| or 2|m| - 1
    const int m = (down + 1) / 2;
    return {2 * block - m, down % 2 ? -m : m};
}

double zernike_fringe(int index, double rho, double theta) {
    fringe_order(index);
    const FringeTerm& term = fringe_terms()[static_cast<std::size_t>(index - 1)];
    const int m = term.order.m;
    return radial(term, rho) * (m >= 0 ? std::cos(m * theta) : std::sin(-m * theta));
}

}  // namespace damascene::optics
