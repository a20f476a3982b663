// NumPy array files (.npy, versions 1 to 3): magic, header length, Python dict literal, raw samples.
// NEP 1; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint64_t max_header_bytes = 65536, max_samples = std::uint64_t{1} << 31;

struct ArrayHeader {
    char kind = 0;  ///< f, u, i, b
    int item_bytes = 0;
    std::endian order = std::endian::little;
    bool fortran = false;
    std::uint64_t rows = 0, columns = 0;
};

/// The dict literal, token by token.
class HeaderText {
  public:
    HeaderText(std::string_view text, std::size_t byte, const ReadOptions& options)
        : text_(text), byte_(byte), options_(options) {}

    [[noreturn]] void fail(const std::string& expectation) const {
        fail_at_byte("D0319", "damaged NPY header", options_, byte_ + at_, {"expected " + expectation});
    }
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    bool accept(char c) {
        skip_space();
        const bool here = at_ < text_.size() && text_[at_] == c;
        at_ += here;
        return here;
    }
    void expect(char c) {
        if (!accept(c)) fail(std::string("'") + c + "'");
    }
    std::string_view quoted() {
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : ' ';
        if (quote != '\'' && quote != '"') fail("a quoted word");
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) fail("a closing quote");
        const std::string_view word = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return word;
    }
    bool boolean() {
        skip_space();
        for (const bool value : {true, false}) {
            const std::string_view word = value ? "True" : "False";
            if (text_.substr(at_, word.size()) != word) continue;
            at_ += word.size();
            return value;
        }
        fail("True or False");
    }
    std::uint64_t integer() {
        skip_space();
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc()) fail("an array length");
        at_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }

  private:
    std::string_view text_;
    std::size_t byte_, at_ = 0;
    const ReadOptions& options_;
};

void parse_type(HeaderText& text, ArrayHeader& header) {
    const std::string_view descr = text.quoted();
    constexpr std::string_view known[] = {"f4", "f8", "u1", "u2", "u4", "i1", "i2", "i4", "i8", "b1"};
    bool found = false;
    for (const std::string_view type : known) found = found || (descr.size() == 3 && descr.substr(1) == type);
    if (!found || std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
        text.fail("dtype f4 f8 u1 u2 u4 i1 i2 i4 i8 or b1 after < > or |, found '" + escape_text(descr.substr(0, 40)) +
                  "'");
    header.kind = descr[1];
    header.item_bytes = descr[2] - '0';
    header.order = descr[0] == '>' ? std::endian::big : std::endian::little;
}

void parse_shape(HeaderText& text, ArrayHeader& header) {
    text.expect('(');
    header.rows = text.integer();
    text.expect(',');
    header.columns = text.integer();
    text.accept(',');
    if (!text.accept(')')) text.fail("a two-dimensional shape (rows, columns)");
}

ArrayHeader parse_header(HeaderText text) {
    ArrayHeader header;
    int seen = 0;
    text.expect('{');
    while (!text.accept('}')) {
        const std::string_view key = text.quoted();
        text.expect(':');
        if (key == "descr" && !(seen & 1))
            parse_type(text, header), seen |= 1;
        else if (key == "fortran_order" && !(seen & 2))
            header.fortran = text.boolean(), seen |= 2;
        else if (key == "shape" && !(seen & 4))
            parse_shape(text, header), seen |= 4;
        else
            text.fail("descr, fortran_order and shape, each once");
        if (!text.accept(',')) {
            text.expect('}');
            break;
        }
    }
    if (seen != 7) text.fail("descr, fortran_order and shape");
    return header;
}

double sample(const std::byte* at, const ArrayHeader& h) {
    switch (h.kind * 16 + h.item_bytes) {
        case 'f' * 16 + 4: return std::bit_cast<float>(load<std::uint32_t>(at, h.order));
        case 'f' * 16 + 8: return std::bit_cast<double>(load<std::uint64_t>(at, h.order));
        case 'u' * 16 + 2: return load<std::uint16_t>(at, h.order);
        case 'u' * 16 + 4: return load<std::uint32_t>(at, h.order);
        case 'i' * 16 + 1: return static_cast<std::int8_t>(*at);
        case 'i' * 16 + 2: return static_cast<std::int16_t>(load<std::uint16_t>(at, h.order));
        case 'i' * 16 + 4: return static_cast<std::int32_t>(load<std::uint32_t>(at, h.order));
        case 'i' * 16 + 8: return static_cast<double>(static_cast<std::int64_t>(load<std::uint64_t>(at, h.order)));
        default: return std::to_integer<std::uint8_t>(*at);  // u1, b1
    }
}

/// Samples left after the header must be exactly those of the shape.
void require_payload(const ArrayHeader& h, const ByteReader& reader, const ReadOptions& options) {
    const auto axis_ok = [](std::uint64_t n) { return n >= 1 && n < max_samples; };
    if (!axis_ok(h.rows) || !axis_ok(h.columns) || h.rows * h.columns > max_samples) {
        fail_at_byte("D0315", "NPY array size is out of range", options, reader.offset(),
                     {std::to_string(h.rows) + " x " + std::to_string(h.columns) + "; allowed: 1 to 2^31 samples"});
    }
    const std::uint64_t expected = h.rows * h.columns * static_cast<std::uint64_t>(h.item_bytes);
    if (expected != reader.left()) {
        fail_at_byte(
            "D0319", "NPY file length disagrees with its header", options, reader.offset(),
            {"expected " + std::to_string(expected) + " bytes of samples, found " + std::to_string(reader.left())});
    }
}

Bytes write_header(std::string_view descr, const Grid2& grid, std::size_t samples, std::size_t item_bytes) {
    if (grid.nx < 1 || grid.ny < 1 || samples != grid.size())
        throw InputError("D0316", "NPY array needs nx x ny samples, at least one");
    std::string dict = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" +
                       std::to_string(grid.ny) + ", " + std::to_string(grid.nx) + "), }";
    dict.append(63 - (10 + dict.size()) % 64, ' ');
    dict += '\n';
    Bytes out = as_bytes(magic);
    out.reserve(10 + dict.size() + samples * item_bytes);
    for (std::uint8_t version : {1, 0}) store(out, version, std::endian::little);
    store(out, static_cast<std::uint16_t>(dict.size()), std::endian::little);
    const Bytes text = as_bytes(dict);
    out.insert(out.end(), text.begin(), text.end());
    return out;
}

}  // namespace

Field2<double> read_npy(ByteView bytes, const ReadOptions& options) {
    ByteReader reader(bytes, "D0319", options);
    if (!as_text(bytes).starts_with(magic))
        fail_at_byte("D0301", "not an NPY file", options, 0, {"the magic bytes are missing"});
    reader.take(magic.size(), "the magic bytes");
    const auto version = reader.take_integer<std::uint8_t>(std::endian::little, "the version");
    reader.take(1, "the version");
    if (version < 1 || version > 3) fail_at_byte("D0319", "NPY version is not 1, 2 or 3", options, 6);
    const std::uint64_t length = version == 1
                                     ? reader.take_integer<std::uint16_t>(std::endian::little, "the header length")
                                     : reader.take_integer<std::uint32_t>(std::endian::little, "the header length");
    if (length > max_header_bytes) fail_at_byte("D0319", "NPY header exceeds 64 KiB", options, 8);
    const std::size_t header_at = reader.offset();
    const ArrayHeader header = parse_header({as_text(reader.take(length, "the header")), header_at, options});
    require_payload(header, reader, options);

    Field2<double> field;
    field.grid.nx = static_cast<int>(header.columns);
    field.grid.ny = static_cast<int>(header.rows);
    field.values.resize(field.grid.size());
    const std::byte* at = reader.rest().data();
    const std::size_t item = static_cast<std::size_t>(header.item_bytes);
    for (std::size_t y = 0; y < header.rows; ++y)
        for (std::size_t x = 0; x < header.columns; ++x)
            field.values[y * header.columns + x] =
                sample(at + item * (header.fortran ? x * header.rows + y : y * header.columns + x), header);
    return field;
}

Bytes write_npy(const Field2<double>& field) {
    Bytes out = write_header("<f8", field.grid, field.values.size(), 8);
    for (double value : field.values) store(out, std::bit_cast<std::uint64_t>(value), std::endian::little);
    return out;
}

Bytes write_npy(const Field2<float>& field) {
    Bytes out = write_header("<f4", field.grid, field.values.size(), 4);
    for (float value : field.values) store(out, std::bit_cast<std::uint32_t>(value), std::endian::little);
    return out;
}

Bytes write_npy(const Field2<std::uint8_t>& field) {
    Bytes out = write_header("|u1", field.grid, field.values.size(), 1);
    const auto* first = reinterpret_cast<const std::byte*>(field.values.data());
    out.insert(out.end(), first, first + field.values.size());
    return out;
}

}  // namespace damascene::io
