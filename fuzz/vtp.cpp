// VTP surfaces: an accepted one survives writing and reading.
#include "damascene/io.hpp"
#include "target.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::accepts([&] {
        const io::PolyData d = io::read_vtp(fuzz::bytes_of(data, size));
        const io::PolyData back = io::read_vtp(io::write_vtp(d));
        fuzz::expect(back.points_nm == d.points_nm && back.lines == d.lines && back.triangles == d.triangles);
        fuzz::expect(back.point_data.size() == d.point_data.size() && back.cell_data.size() == d.cell_data.size());
    });
    return 0;
}
