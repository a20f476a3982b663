// GLP: strict and lenient reading.
#include "target.hpp"

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const io::ByteView bytes = fuzz::bytes_of(data, size);
    fuzz::accepts([&] {
        const Layout layout = io::read_glp(bytes);
        fuzz::expect(layout.cells.size() == 1);
    });
    fuzz::accepts([&] { io::read_glp(bytes, {"fuzz.glp", true}); });
    return 0;
}
