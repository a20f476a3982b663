// Choice of instruction set and transform plans for the lane kernels.
#include "numerics/lanes.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace damascene::lanes {
namespace sse2 {
extern const Kernels table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

const Kernels* best() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        return &avx512::table;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::table;
#endif
    return &sse2::table;
}

const Kernels*& current() {
    static const Kernels* chosen = best();
    return chosen;
}

/// Few passes with large radices; 9 and 8 first so that 72 = 8 x 9 takes two.
std::vector<int> radices_of(int n) {
    std::vector<int> radices;
    for (int r : {5, 9, 3}) {
        while (n % r == 0) {
            radices.push_back(r);
            n /= r;
        }
    }
    while (n % 8 == 0 && n != 16) {
        radices.push_back(8);
        n /= 8;
    }
    while (n % 4 == 0) {
        radices.push_back(4);
        n /= 4;
    }
    if (n == 2)
        radices.push_back(2);
    else if (n != 1)
        throw std::invalid_argument("transform length must be a product of 2, 3 and 5");
    return radices;
}

}  // namespace

const Kernels& kernels() { return *current(); }

bool select(const std::string& isa) {
    if (isa == "native") return current() = best(), true;
    if (isa == "sse2") return current() = &sse2::table, true;
#if defined(__x86_64__)
    if (isa == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return current() = &avx2::table, true;
    if (isa == "avx512" && best() == &avx512::table) return current() = &avx512::table, true;
#endif
    return false;
}

FftPlan make_fft_plan(int n) {
    FftPlan plan{n, radices_of(n), {}};
    int length = n;
    for (int r : plan.radices) {
        for (int p = 0; p < length / r; ++p)
            for (int k = 1; k < r; ++k) {
                const double angle = 2 * std::numbers::pi * (static_cast<double>(p) * k / length);
                plan.twiddles.push_back(static_cast<float>(std::cos(angle)));
                plan.twiddles.push_back(static_cast<float>(std::sin(angle)));
            }
        length /= r;
    }
    return plan;
}

}  // namespace damascene::lanes
