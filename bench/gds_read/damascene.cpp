// Reading flat GDSII: n rectangles in one cell. `bench_gds_read FOLDER` leaves the files for other readers.
#include <cmath>
#include <fstream>
#include <string>

#include "common/timing.hpp"
#include "damascene/io.hpp"

namespace damascene::bench {
namespace {

/// Disjoint rectangles of many sizes on a 1 nm grid, n x n area known by the sum.
Layout rectangles(long n) {
    Layout layout;
    Cell cell;
    cell.name = "TOP";
    const auto columns = 1000;
    for (long i = 0; i < n; ++i) {
        const auto x = static_cast<std::int32_t>(i % columns * 200), y = static_cast<std::int32_t>(i / columns * 200);
        const auto w = static_cast<std::int32_t>(20 + i % 101), h = static_cast<std::int32_t>(30 + i % 97);
        cell.boundaries.push_back({{1, 0}, static_cast<std::uint32_t>(cell.points.size()), 4});
        for (Point p : {Point{x, y}, Point{x + w, y}, Point{x + w, y + h}, Point{x, y + h}}) cell.points.push_back(p);
    }
    layout.cells.push_back(std::move(cell));
    return layout;
}

double total_area(const Layout& layout) {
    double sum = 0;
    for (const Cell& cell : layout.cells)
        for (const Boundary& b : cell.boundaries)
            for (std::uint32_t i = 0; i < b.count; ++i) {
                const Point p = cell.points[b.first + i], q = cell.points[b.first + (i + 1) % b.count];
                sum += 0.5 * (static_cast<double>(p.x) * q.y - static_cast<double>(q.x) * p.y);
            }
    return sum;
}

std::string write_file(const std::string& folder, long n, const io::Bytes& bytes) {
    const std::string path = folder + "/rectangles_" + std::to_string(n) + ".gds";
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path;
}

io::Bytes read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    io::Bytes bytes(static_cast<std::size_t>(in.tellg()));
    in.seekg(0).read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

void require_rectangles(const Layout& read, const Layout& written) {
    require_same("shapes",
                 static_cast<double>(read.cells.at(0).boundaries.size()) -
                     static_cast<double>(written.cells.at(0).boundaries.size()),
                 0);
    require_same("area", std::abs(total_area(read) - total_area(written)), 0);
}

}  // namespace
}  // namespace damascene::bench

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::bench;
    const std::string folder = argc > 1 ? argv[1] : ".";
    set_thread_count(1);
    about("Reading GDSII",
          "n rectangles in one cell; processor time of the best run, from opening a file in the page cache to the "
          "layout in "
          "memory (`from memory`: the bytes are there already). Contenders: gdstk and klayout, where installed. Same "
          "number of "
          "shapes and same total area.");
    for (long n : {187500L, 375000L, 750000L, 1500000L}) {
        const Layout layout = rectangles(n);
        const io::Bytes bytes = io::write_gds(layout);
        const std::string path = write_file(folder, n, bytes);
        Layout from_file, from_memory;
        const double t_file = best_cpu_seconds(5, [&] { from_file = io::read_gds(read_file(path)); });
        const double t_memory = best_cpu_seconds(5, [&] { from_memory = io::read_gds(bytes); });
        require_rectangles(from_file, layout);
        require_rectangles(from_memory, layout);
        const double megabytes = static_cast<double>(bytes.size()) * 1e-6, area = total_area(from_file) * 1e-6;
        row({{"contender", "damascene"},
             {"n", n},
             {"megabytes", megabytes},
             {"cpu [s]", t_file},
             {"area [um^2]", area}});
        row({{"contender", "damascene, from memory"},
             {"n", n},
             {"megabytes", megabytes},
             {"cpu [s]", t_memory},
             {"area [um^2]", area}});
    }
    return 0;
}
