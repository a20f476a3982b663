// Checked walk over a byte span: every size is compared with the bytes left before it is used.
#pragma once

#include <bit>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "damascene/io.hpp"

namespace damascene::io {

/// Peak memory a reader may use: 64 MiB + 32 x input bytes.
inline std::uint64_t memory_budget(std::uint64_t input_bytes) { return (std::uint64_t{64} << 20) + 32 * input_bytes; }

inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Bytes as_bytes(std::string_view text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

constexpr std::uint16_t swap_bytes(std::uint16_t v) { return __builtin_bswap16(v); }
constexpr std::uint32_t swap_bytes(std::uint32_t v) { return __builtin_bswap32(v); }
constexpr std::uint64_t swap_bytes(std::uint64_t v) { return __builtin_bswap64(v); }

/// Unsigned integer at the front of `bytes`, which must hold it.
template <class U>
U load(const std::byte* bytes, std::endian order) {
    U value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (sizeof(U) > 1) {
        if (order != std::endian::native) value = swap_bytes(value);
    }
    return value;
}
template <class U>
void store(Bytes& out, U value, std::endian order) {
    if constexpr (sizeof(U) > 1) {
        if (order != std::endian::native) value = swap_bytes(value);
    }
    const auto* first = reinterpret_cast<const std::byte*>(&value);
    out.insert(out.end(), first, first + sizeof value);
}

/// A fault in a binary file at a byte.
[[noreturn]] inline void fail_at_byte(std::string code, std::string message, const ReadOptions& options,
                                      std::uint64_t byte, std::vector<std::string> notes = {}, std::string help = {}) {
    Diagnostic d;
    d.code = std::move(code);
    d.message = std::move(message);
    d.where.file = options.file;
    d.where.byte_offset = static_cast<std::int64_t>(byte);
    d.notes = std::move(notes);
    d.help = std::move(help);
    throw InputError(std::move(d));
}

/// A fault in a text file at line and column (1-based); `line_text` is shown escaped, at most 200 bytes of it.
[[noreturn]] inline void fail_at_line(std::string code, std::string message, const ReadOptions& options, int line,
                                      int column, int length, std::string_view line_text, std::string label = {},
                                      std::string help = {}) {
    Diagnostic d;
    d.code = std::move(code);
    d.message = std::move(message);
    d.where.file = options.file;
    d.where.line = line;
    d.where.column = column;
    d.where.length = length;
    d.where.text = escape_text(line_text.substr(0, 200));
    d.label = std::move(label);
    d.help = std::move(help);
    throw InputError(std::move(d));
}

class ByteReader {
  public:
    ByteReader(ByteView bytes, std::string code, const ReadOptions& options)
        : bytes_(bytes), code_(std::move(code)), options_(options) {}

    std::size_t offset() const { return offset_; }
    std::size_t left() const { return bytes_.size() - offset_; }
    ByteView rest() const { return bytes_.subspan(offset_); }

    /// The next n bytes, which `what` names in the message if they are missing.
    ByteView take(std::size_t n, std::string_view what) {
        if (n > left()) {
            fail_at_byte(code_, "file ends inside " + std::string(what), options_, offset_,
                         {std::string(what) + " needs " + std::to_string(n) + " bytes, the file has " +
                          std::to_string(left()) + " left"});
        }
        const ByteView result = bytes_.subspan(offset_, n);
        offset_ += n;
        return result;
    }
    template <class U>
    U take_integer(std::endian order, std::string_view what) {
        return load<U>(take(sizeof(U), what).data(), order);
    }

  private:
    ByteView bytes_;
    std::string code_;
    const ReadOptions& options_;
    std::size_t offset_ = 0;
};

/// Whole of `text` as a number; false if it is not one (or overflows).
template <class T>
bool parse_number(std::string_view text, T& value) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

/// Shortest digits that read back to the same number.
template <class T>
std::string shortest(T value) {
    char digits[64];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// Text for XML content and attributes; control bytes and invalid UTF-8 appear as \xNN.
std::string escape_xml(std::string_view text);

}  // namespace damascene::io
