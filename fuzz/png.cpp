// PNG grey masks: an accepted picture survives writing and reading.
#include "target.hpp"

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::accepts([&] {
        const Field2<std::uint8_t> field = io::read_png_gray(fuzz::bytes_of(data, size));
        fuzz::expect(field.values.size() == field.grid.size());
        if (field.grid.size() < 65536) fuzz::expect(io::read_png_gray(io::write_png_gray(field)).values == field.values);
    });
    return 0;
}
