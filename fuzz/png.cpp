// PNG grey masks: an accepted picture survives writing and reading. The bytes are also read with every chunk checksum
// made right, so that changed chunks get past it.
#include "target.hpp"

#include <zlib.h>

#include <vector>

#include "damascene/io.hpp"

using namespace damascene;

namespace {

std::vector<std::uint8_t> with_right_checksums(const std::uint8_t* data, std::size_t size) {
    std::vector<std::uint8_t> bytes(data, data + size);
    for (std::size_t at = 8; at + 12 <= size;) {
        const std::size_t length = std::size_t{bytes[at]} << 24 | std::size_t{bytes[at + 1]} << 16 |
                                   std::size_t{bytes[at + 2]} << 8 | bytes[at + 3];
        if (length > size - at - 12) break;
        const auto checksum = crc32(0, bytes.data() + at + 4, static_cast<uInt>(length + 4));
        for (std::size_t i = 0; i < 4; ++i)
            bytes[at + 8 + length + i] = static_cast<std::uint8_t>(checksum >> (24 - 8 * i));
        at += 12 + length;
    }
    return bytes;
}

void read_and_write(std::span<const std::byte> bytes) {
    fuzz::accepts([&] {
        const Field2<std::uint8_t> field = io::read_png_gray(bytes);
        fuzz::expect(field.values.size() == field.grid.size());
        if (field.grid.size() < 65536)
            fuzz::expect(io::read_png_gray(io::write_png_gray(field)).values == field.values);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_and_write(fuzz::bytes_of(data, size));
    const std::vector<std::uint8_t> repaired = with_right_checksums(data, size);
    read_and_write(fuzz::bytes_of(repaired.data(), repaired.size()));
    return 0;
}
