// Located errors, name suggestions and safe text.
#include "damascene/base/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace damascene {
namespace {

Diagnostic plain_diagnostic(std::string code, std::string message, std::string help) {
    Diagnostic d;
    d.code = std::move(code);
    d.message = std::move(message);
    d.help = std::move(help);
    return d;
}

std::string summary(const std::vector<Diagnostic>& diagnostics) {
    if (diagnostics.empty()) return "invalid input";
    const Diagnostic& first = diagnostics.front();
    std::string place;
    if (!first.where.file.empty()) {
        place = first.where.file;
        if (first.where.line > 0)
            place += ":" + std::to_string(first.where.line) + ":" + std::to_string(first.where.column);
        if (first.where.byte_offset >= 0) place += ": byte " + std::to_string(first.where.byte_offset);
        place += ": ";
    }
    return place + first.code + ": " + first.message;
}

std::string lower_case(std::string_view word) {
    std::string out(word);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

// Damerau-Levenshtein distance in its optimal-string-alignment form: insertions, deletions, substitutions and swaps
// of neighbours cost 1. O(|a| |b|) time, three rows of memory.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

// Length in bytes of the well-formed UTF-8 sequence at `at` (RFC 3629: shortest form, no surrogates), 0 if malformed.
std::size_t utf8_length(std::string_view text, std::size_t at, char32_t& code_point) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || lead > 0xf4 || at + length > text.size()) return 0;
    code_point = length == 1 ? lead : lead & (0x7f >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80) return 0;
        code_point = (code_point << 6) | (byte(at + i) & 0x3f);
    }
    constexpr std::array<char32_t, 5> shortest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    return code_point < shortest[length] || code_point > 0x10ffff || surrogate ? 0 : length;
}

// Control characters, direction overrides that reorder a terminal line, and characters XML 1.0 forbids.
bool is_unsafe(char32_t c) {
    const bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
    const bool separator = c == 0x2028 || c == 0x2029;
    const bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
    return control || separator || direction || (c & 0xfffe) == 0xfffe;
}

void append_escaped(std::string& out, unsigned char byte) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\x";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

}  // namespace

InputError::InputError(Diagnostic diagnostic) : InputError(std::vector<Diagnostic>{std::move(diagnostic)}) {}

InputError::InputError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(summary(diagnostics)), diagnostics_(std::move(diagnostics)) {}

InputError::InputError(std::string code, std::string message, std::string help)
    : InputError(plain_diagnostic(std::move(code), std::move(message), std::move(help))) {}

ResourceError::ResourceError(std::string code, std::string message, std::string help)
    : std::runtime_error(code + ": " + message),
      diagnostic_(plain_diagnostic(std::move(code), std::move(message), std::move(help))) {}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string wanted = lower_case(word);
    std::string best;
    std::size_t best_distance = ~std::size_t{0};
    for (const std::string& candidate : candidates) {
        const std::string name = lower_case(candidate);
        const std::size_t limit = std::max(wanted.size(), name.size()) / 3;
        const std::size_t difference =
            wanted.size() > name.size() ? wanted.size() - name.size() : name.size() - wanted.size();
        if (difference > limit) continue;
        const std::size_t distance = edit_distance(wanted, name);
        if (distance <= limit && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string escape_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        char32_t code_point = 0;
        const std::size_t length = utf8_length(text, i, code_point);
        if (length > 0 && !is_unsafe(code_point)) {
            out += text.substr(i, length);
        } else {
            for (std::size_t k = 0; k < std::max<std::size_t>(length, 1); ++k)
                append_escaped(out, static_cast<unsigned char>(text[i + k]));
        }
        i += std::max<std::size_t>(length, 1);
    }
    return out;
}

}  // namespace damascene
