// School arithmetic on digit strings.
#include "decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace damascene {
namespace {

__extension__ using Wide = unsigned __int128;

std::string without_leading_zeros(std::string digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

Decimal without_trailing_zeros(Decimal a) {
    while (a.digits.size() > 1 && a.digits.back() == '0') {
        a.digits.pop_back();
        ++a.exponent;
    }
    if (a.digits == "0") a.exponent = 0;
    return a;
}

std::string incremented(std::string digits) {
    std::size_t i = digits.size();
    while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
    if (i == 0) return "1" + digits;
    ++digits[i - 1];
    return digits;
}

// Digits of a * 10^(a.exponent - exponent), at least `width` of them.
std::string aligned(const Decimal& a, int exponent, std::size_t width) {
    const std::string digits = a.digits + std::string(static_cast<std::size_t>(a.exponent - exponent), '0');
    return std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
}

// x + y, or x - y where x >= y; both of the same length.
std::string column_sum(std::string x, const std::string& y, int sign) {
    int carry = 0;
    for (std::size_t i = x.size(); i-- > 0;) {
        const int sum = (x[i] - '0') + sign * (y[i] - '0') + carry;
        carry = sum < 0 ? -1 : sum / 10;
        x[i] = static_cast<char>('0' + (sum + 10) % 10);
    }
    return carry > 0 ? "1" + x : x;
}

}  // namespace

Decimal plus(const Decimal& a, const Decimal& b) {
    const int exponent = std::min(a.exponent, b.exponent);
    const std::size_t width = std::max(aligned(a, exponent, 0).size(), aligned(b, exponent, 0).size());
    std::string x = aligned(a, exponent, width), y = aligned(b, exponent, width);
    if (a.negative == b.negative) return {a.negative, without_leading_zeros(column_sum(x, y, 1)), exponent};
    const bool a_larger = x >= y;
    if (!a_larger) std::swap(x, y);
    return {a_larger ? a.negative : b.negative, without_leading_zeros(column_sum(x, y, -1)), exponent};
}

Decimal times(const Decimal& a, std::uint64_t factor) {
    std::string reversed;
    Wide carry = 0;
    for (auto digit = a.digits.rbegin(); digit != a.digits.rend(); ++digit) {
        carry += Wide(*digit - '0') * factor;
        reversed += static_cast<char>('0' + static_cast<int>(carry % 10));
        carry /= 10;
    }
    for (; carry > 0; carry /= 10) reversed += static_cast<char>('0' + static_cast<int>(carry % 10));
    std::reverse(reversed.begin(), reversed.end());
    return {a.negative, without_leading_zeros(reversed), a.exponent};
}

Decimal divided_by(const Decimal& a, std::uint64_t divisor) {
    constexpr int extra_digits = 60;  // 20 of them can be leading zeros of a quotient by a 64-bit divisor
    const std::string dividend = a.digits + std::string(extra_digits, '0');
    std::string quotient;
    Wide remainder = 0;
    for (char digit : dividend) {
        remainder = remainder * 10 + Wide(digit - '0');
        quotient += static_cast<char>('0' + static_cast<int>(remainder / divisor));
        remainder %= divisor;
    }
    if (remainder != 0) quotient += '1';
    const int exponent = a.exponent - extra_digits - (remainder != 0);
    return without_trailing_zeros({a.negative, without_leading_zeros(quotient), exponent});
}

Decimal rounded(const Decimal& a, int places) {
    const auto kept = static_cast<std::size_t>(places);
    if (a.digits.size() <= kept) return without_trailing_zeros(a);
    const std::string head = a.digits.substr(0, kept), tail = a.digits.substr(kept);
    const Decimal cut{a.negative, tail[0] >= '5' ? incremented(head) : head,
                      a.exponent + static_cast<int>(tail.size())};
    return without_trailing_zeros(cut);
}

std::optional<double> to_double(const Decimal& a) {
    const std::string text = (a.negative ? "-" : "") + a.digits + "e" + std::to_string(a.exponent);
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Decimal from_double(double value) {
    char buffer[1200];  // 17 to 767 digits are significant in a double
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific, 770).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = text.find('e');
    const std::string fraction(text.substr(2, e - 2));
    int power = 0;
    std::from_chars(buffer + e + (text[e + 1] == '+' ? 2 : 1), end, power);
    const int exponent = power - static_cast<int>(fraction.size());
    return without_trailing_zeros({value < 0, without_leading_zeros(text[0] + fraction), exponent});
}

std::string to_text(const Decimal& value) {
    const Decimal a = without_trailing_zeros(value);
    const std::string sign = a.negative && a.digits != "0" ? "-" : "";
    const int count = static_cast<int>(a.digits.size());
    const int point = count + a.exponent;  // digits before the decimal point
    if (point < -4 || point > 16) {
        const std::string fraction = count > 1 ? "." + a.digits.substr(1) : "";
        return sign + a.digits[0] + fraction + "e" + std::to_string(point - 1);
    }
    if (point <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + a.digits;
    if (point >= count) return sign + a.digits + std::string(static_cast<std::size_t>(point - count), '0');
    const auto split = static_cast<std::size_t>(point);
    return sign + a.digits.substr(0, split) + "." + a.digits.substr(split);
}

}  // namespace damascene
