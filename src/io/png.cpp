// PNG grey masks and pictures through libpng, from and to memory. Row 0 of the file is iy = 0 (not flipped).
// ISO/IEC 15948.

#include <png.h>

#include <csetjmp>
#include <memory>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::uint32_t max_side = 1000000;
constexpr png_alloc_size_t max_chunk_bytes = 1 << 20;

struct Input {
    ByteView bytes;
    std::size_t offset = 0;
    char message[96] = "";
};

/// Where libpng jumps to; only trivial objects live across the jump.
void on_error(png_structp png, png_const_charp message) {
    auto* text = static_cast<char*>(png_get_error_ptr(png));
    if (text) std::strncpy(text, message, 95);
    png_longjmp(png, 1);
}
void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep out, std::size_t n) {
    auto* input = static_cast<Input*>(png_get_io_ptr(png));
    if (n > input->bytes.size() - input->offset) png_error(png, "file ends early");
    std::memcpy(out, input->bytes.data() + input->offset, n);
    input->offset += n;
}

void append_bytes(png_structp png, png_bytep data, std::size_t n) {
    auto* out = static_cast<Bytes*>(png_get_io_ptr(png));
    const auto* first = reinterpret_cast<const std::byte*>(data);
    out->insert(out->end(), first, first + n);
}
void flush_nothing(png_structp) {}

struct Reader {
    png_structp png = nullptr;
    png_infop info = nullptr;
    explicit Reader(Input& input) {
        png = png_create_read_struct(PNG_LIBPNG_VER_STRING, input.message, on_error, on_warning);
        if (png) info = png_create_info_struct(png);
        if (png) png_set_read_fn(png, &input, read_bytes);
    }
    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
};

struct Header {
    png_uint_32 width = 0, height = 0;
    int channels = 0, passes = 1;
};

bool read_header(const Reader& r, Header& h) {
    if (setjmp(png_jmpbuf(r.png))) return false;
    png_set_user_limits(r.png, max_side, max_side);
    png_set_chunk_cache_max(r.png, 64);
    png_set_chunk_malloc_max(r.png, max_chunk_bytes);
    png_read_info(r.png, r.info);
    h.width = png_get_image_width(r.png, r.info);
    h.height = png_get_image_height(r.png, r.info);
    return true;
}

/// Everything becomes 8-bit samples; 16-bit values are scaled by 255/65535 and rounded.
bool set_transforms(const Reader& r, Header& h) {
    if (setjmp(png_jmpbuf(r.png))) return false;
    png_set_expand(r.png);
    png_set_scale_16(r.png);
    h.passes = png_set_interlace_handling(r.png);
    png_read_update_info(r.png, r.info);
    h.channels = png_get_channels(r.png, r.info);
    return true;
}

bool read_row(const Reader& r, png_bytep row) {
    if (setjmp(png_jmpbuf(r.png))) return false;
    png_read_row(r.png, row, nullptr);
    return true;
}

bool read_end(const Reader& r) {
    if (setjmp(png_jmpbuf(r.png))) return false;
    png_read_end(r.png, nullptr);
    return true;
}

[[noreturn]] void fail(const Input& input, const ReadOptions& options) {
    fail_at_byte("D0318", "damaged PNG file", options, input.offset, {escape_text(input.message)});
}

/// Grey value of one pixel of 1 to 4 channels; false if coloured or not opaque.
bool gray_value(const png_byte* pixel, int channels, std::uint8_t& value) {
    value = pixel[0];
    const bool equal = channels < 3 || (pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    const bool opaque = channels % 2 == 1 || pixel[channels - 1] == 255;
    return equal && opaque;
}

void store_row(const png_byte* row, const Header& h, std::uint32_t y, Field2<std::uint8_t>& field, const Input& input,
               const ReadOptions& options) {
    const auto channels = static_cast<std::size_t>(h.channels);
    for (std::uint32_t x = 0; x < h.width; ++x) {
        if (!gray_value(row + channels * x, h.channels, field.at(static_cast<int>(x), static_cast<int>(y)))) {
            fail_at_byte("D0318", "PNG pixel is coloured or transparent", options, input.offset,
                         {"pixel column " + std::to_string(x) + ", row " + std::to_string(y)},
                         "convert the picture to 8-bit grey");
        }
    }
}

/// Rows straight through, or for interlaced pictures all passes over the whole picture first.
void read_rows(const Reader& r, const Header& h, Field2<std::uint8_t>& field, const Input& input,
               const ReadOptions& options) {
    const std::size_t row_bytes = static_cast<std::size_t>(h.channels) * h.width;
    const std::size_t rows = h.passes == 1 ? 1 : h.height;
    std::vector<png_byte> picture(rows * row_bytes);
    for (int pass = 0; pass < h.passes; ++pass) {
        for (std::uint32_t y = 0; y < h.height; ++y) {
            png_byte* row = picture.data() + (rows == 1 ? 0 : y * row_bytes);
            if (!read_row(r, row)) fail(input, options);
            if (pass + 1 == h.passes) store_row(row, h, y, field, input, options);
        }
    }
}

void require_affordable(const Header& h, const Input& input, const ReadOptions& options) {
    const std::uint64_t samples = std::uint64_t{h.width} * h.height;
    const std::uint64_t bytes = samples * (h.passes == 1 ? 1 : 1 + static_cast<std::uint64_t>(h.channels));
    if (samples > (std::uint64_t{1} << 31) || bytes > memory_budget(input.bytes.size())) {
        fail_at_byte("D0315", "PNG picture is too large", options, 16,
                     {std::to_string(h.width) + " x " + std::to_string(h.height) +
                      " pixels; allowed: 2^31 samples and " + "64 MiB + 32 x the file size"});
    }
}

Bytes write_png(int nx, int ny, int color_type, std::size_t channels, std::span<const std::uint8_t> samples) {
    if (nx < 1 || ny < 1 || samples.size() != channels * static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny))
        throw InputError("D0316", "PNG picture needs width x height samples, at least one pixel");
    Bytes out;
    char message[96] = "";
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        throw InputError("D0316", std::string("PNG picture cannot be written: ") + message);
    }
    png_set_write_fn(png, &out, append_bytes, flush_nothing);
    png_set_user_limits(png, max_side, max_side);
    png_set_IHDR(png, info, static_cast<png_uint_32>(nx), static_cast<png_uint_32>(ny), 8, color_type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < ny; ++y)
        png_write_row(png, samples.data() + static_cast<std::size_t>(y) * channels * static_cast<std::size_t>(nx));
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return out;
}

}  // namespace

Field2<std::uint8_t> read_png_gray(ByteView bytes, const ReadOptions& options) {
    if (bytes.size() < 8 || png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0, 8) != 0)
        fail_at_byte("D0301", "not a PNG file", options, 0, {"the eight signature bytes are missing"});
    Input input{bytes};
    const Reader reader(input);
    if (!reader.png || !reader.info) fail(input, options);
    Header header;
    if (!read_header(reader, header) || !set_transforms(reader, header)) fail(input, options);
    require_affordable(header, input, options);
    Field2<std::uint8_t> field;
    field.grid.nx = static_cast<int>(header.width);
    field.grid.ny = static_cast<int>(header.height);
    field.values.resize(field.grid.size());
    read_rows(reader, header, field, input, options);
    if (!read_end(reader)) fail(input, options);
    return field;
}

Bytes write_png_gray(const Field2<std::uint8_t>& field) {
    return write_png(field.grid.nx, field.grid.ny, PNG_COLOR_TYPE_GRAY, 1, field.values);
}

Bytes write_png_rgb(int nx, int ny, std::span<const std::uint8_t> rgb) {
    return write_png(nx, ny, PNG_COLOR_TYPE_RGB, 3, rgb);
}

}  // namespace damascene::io
