// GDSII: strict and lenient reading; what is read, written and read again is the same layout.
#include "target.hpp"

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const io::ByteView bytes = fuzz::bytes_of(data, size);
    Layout layout;
    if (fuzz::accepts([&] { layout = io::read_gds(bytes); })) {
        io::Bytes written;
        if (fuzz::accepts([&] { written = io::write_gds(layout); }))
            fuzz::expect(io::write_gds(io::read_gds(written)) == written);
    }
    fuzz::accepts([&] { io::read_gds(bytes, {"fuzz.gds", true}); });
    return 0;
}
