// NumPy arrays: an accepted array survives writing and reading, bit for bit.
#include "target.hpp"

#include <cstring>

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::accepts([&] {
        const Field2<double> field = io::read_npy(fuzz::bytes_of(data, size));
        const Field2<double> back = io::read_npy(io::write_npy(field));
        fuzz::expect(back.values.size() == field.values.size());
        fuzz::expect(std::memcmp(back.values.data(), field.values.data(), 8 * field.values.size()) == 0);
    });
    return 0;
}
