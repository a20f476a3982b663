// See turn.hpp. Numbers are kept as sums of doubles that do not overlap, smallest first [Shewchuk 1997].
#include "feature/flux/turn.hpp"

#include <array>
#include <cstddef>

namespace damascene::feature {

namespace {

/// a + b = sum + error, exactly.
struct Sum {
    double sum, error;
    Sum(double a, double b) : sum(a + b) {
        const double part = sum - a;
        error = (a - (sum - part)) + (b - part);
    }
};

struct Expansion {
    std::array<double, 16> part{};
    std::size_t size = 0;
    void add(double value) {
        std::size_t kept = 0;
        for (std::size_t k = 0; k < size; ++k) {
            const Sum s(value, part[k]);
            if (s.error != 0) part[kept++] = s.error;
            value = s.sum;
        }
        if (value != 0) part[kept++] = value;
        size = kept;
    }
    void add_product(double a, double b) {
        const double product = a * b;
        add(std::fma(a, b, -product));
        add(product);
    }
    double largest() const { return size > 0 ? part[size - 1] : 0.0; }
};

bool exact_difference(double a, double b) { return Sum(a, -b).error == 0; }

}  // namespace

double exact_turn(Vec2 a, Vec2 b, Vec2 c) {
    Expansion e;
    if (exact_difference(b.x, a.x) && exact_difference(b.z, a.z) && exact_difference(c.x, a.x) &&
        exact_difference(c.z, a.z)) {
        e.add_product(b.x - a.x, c.z - a.z), e.add_product(a.z - b.z, c.x - a.x);
    } else {
        e.add_product(a.x, b.z), e.add_product(-a.z, b.x);
        e.add_product(b.x, c.z), e.add_product(-b.z, c.x);
        e.add_product(c.x, a.z), e.add_product(-c.z, a.x);
    }
    return e.largest();
}

}  // namespace damascene::feature
