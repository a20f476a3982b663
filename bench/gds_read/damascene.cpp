// Reading flat GDSII: n rectangles in one cell. `bench_gds_read FOLDER` also leaves the files for other readers.
#include <cstdio>
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

}  // namespace
}  // namespace damascene::bench

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about("Reading GDSII",
          "n rectangles in one cell; processor time of the best run. damascene parses bytes in memory. Others, where "
          "installed (gdstk, klayout from the package index), open the same file from the page cache. Same number of shapes and "
          "same total area.");
    for (long n : {187500L, 375000L, 750000L, 1500000L}) {
        const Layout layout = rectangles(n);
        const io::Bytes bytes = io::write_gds(layout);
        if (argc > 1) {
            std::ofstream out(std::string(argv[1]) + "/rectangles_" + std::to_string(n) + ".gds", std::ios::binary);
            out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        }
        Layout read;
        const double t = best_cpu_seconds(5, [&] { read = io::read_gds(bytes); });
        const auto shapes = static_cast<long>(read.cells.at(0).boundaries.size());
        require_same("shapes", static_cast<double>(shapes - n), 0);
        require_same("area", std::abs(total_area(read) - total_area(layout)), 0);
        row({{"contender", "damascene"}, {"n", n}, {"megabytes", static_cast<double>(bytes.size()) * 1e-6}, {"cpu [s]", t},
             {"area [um^2]", total_area(read) * 1e-6}});
    }
    return 0;
}
