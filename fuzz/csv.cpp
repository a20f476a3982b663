// CSV tables and gauges: accepted rows survive writing and reading.
#include "target.hpp"

#include "damascene/io.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const io::ByteView bytes = fuzz::bytes_of(data, size);
    fuzz::accepts([&] {
        const io::Table table = io::read_csv(bytes);
        for (const auto& row : table.rows) fuzz::expect(row.size() == table.names.size());
        io::Table plain{{}, {}, table.rows};
        for (std::size_t i = 0; i < table.names.size(); ++i)
            plain.names.push_back("c" + std::to_string(i)), plain.units.emplace_back();
        fuzz::expect(io::read_csv(io::write_csv(plain)).rows == table.rows);
    });
    fuzz::accepts([&] { io::read_gauges(bytes); });
    return 0;
}
