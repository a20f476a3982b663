// Exact decimal numbers: digits * 10^exponent. Units scale these digits, so a quantity is rounded once, by from_chars.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace damascene {

struct Decimal {
    bool negative = false;
    std::string digits = "0";  ///< no leading zeros except "0" itself
    int exponent = 0;
};

Decimal plus(const Decimal& a, const Decimal& b);
Decimal times(const Decimal& a, std::uint64_t factor);
/// Quotient to at least 40 significant digits; an inexact one ends in a sticky 1, so it never rounds like a tie.
Decimal divided_by(const Decimal& a, std::uint64_t divisor);
/// Nearest decimal of at most `places` significant digits.
Decimal rounded(const Decimal& a, int places);
/// Nearest double; nullopt on overflow or underflow.
std::optional<double> to_double(const Decimal& a);
/// The exact value of a finite double.
Decimal from_double(double value);
/// "193.368", "-0.5", "1.4e-21": plain between 1e-5 and 1e16, else scientific.
std::string to_text(const Decimal& a);

}  // namespace damascene
