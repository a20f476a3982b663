// Kernel sets. The input is a run of {uint8 name, uint24 big-endian size, bytes}, one per file of the set.
#include "target.hpp"

#include <algorithm>

#include "damascene/io.hpp"

using namespace damascene;

namespace {

std::map<std::string, io::Bytes> unpack(io::ByteView bytes) {
    constexpr const char* names[] = {"scales.txt",          "fh0.bin",     "fh1.bin", "kernels_focus.c64le",
                                     "weights_focus.f32le", "kernels.json"};
    std::map<std::string, io::Bytes> files;
    while (bytes.size() >= 4) {
        const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
        const std::string name = names[at(0) % std::size(names)];
        const std::size_t size = std::min(at(1) << 16 | at(2) << 8 | at(3), bytes.size() - 4);
        files[name] = io::Bytes(bytes.begin() + 4, bytes.begin() + 4 + static_cast<std::ptrdiff_t>(size));
        bytes = bytes.subspan(4 + size);
    }
    return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto files = unpack(fuzz::bytes_of(data, size));
    fuzz::accepts([&] {
        const KernelSet set = io::read_kernels(files, "focus");
        const KernelSet back = io::read_kernels(io::write_kernels_c64le(set, "focus"), "focus");
        fuzz::expect(back.kernels == set.kernels && back.weights == set.weights && back.band_x == set.band_x);
    });
    return 0;
}
