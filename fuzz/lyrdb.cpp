// KLayout marker databases.
#include "target.hpp"

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::accepts([&] {
        const std::vector<io::Marker> markers = io::read_lyrdb(fuzz::bytes_of(data, size));
        const std::vector<io::Marker> back = io::read_lyrdb(io::write_lyrdb(markers, "TOP", ""));
        fuzz::expect(back.size() == markers.size());
    });
    return 0;
}
