#include "layout.hpp"

#include <cmath>

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_density(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    const Region shapes = layer_shapes(sheet, session.args.text("--layer"));
    const Length pitch = Length::from_si(session.args.quantity("--grid", "um", 1e-6));
    Box box = window_of(session, sheet);
    if (box.empty()) box = bounding_box(shapes);
    const double unit = sheet.layout.unit.si(),
                 steps = std::max(static_cast<double>(box.x1 - box.x0), static_cast<double>(box.y1 - box.y0)) * unit /
                         pitch.si();
    if (!(pitch > 0 * nm) || steps > 10000)
        throw InputError("D0114", "--grid is out of range", "greater than 0, at most 10000 cells a side");
    const auto cells = [&](std::int64_t low, std::int64_t high) {
        return static_cast<int>(std::ceil(static_cast<double>(high - low) * unit / pitch.si() - 1e-9));
    };
    const Grid2 grid{cells(box.x0, box.x1),
                     cells(box.y0, box.y1),
                     pitch,
                     pitch,
                     Length::from_si(static_cast<double>(box.x0) * unit) + pitch / 2,
                     Length::from_si(static_cast<double>(box.y0) * unit) + pitch / 2};
    const Field2<double> density = coverage_raster(shapes, grid);
    if (!session.output().empty()) flow::write_file(session.output(), io::write_npy(density));
    double sum = 0, low = 1, high = 0;
    for (const double d : density.values) sum += d, low = std::min(low, d), high = std::max(high, d);
    const double mean = sum / static_cast<double>(density.values.size());
    if (session.json)
        print("{\"mean\":" + flow::rounded(mean, 10) + ",\"min\":" + flow::rounded(low, 10) +
              ",\"max\":" + flow::rounded(high, 10) + ",\"nx\":" + std::to_string(grid.nx) +
              ",\"ny\":" + std::to_string(grid.ny) + "}\n");
    else
        print("density " + flow::rounded(100 * mean, 5) + " % on average, " + flow::rounded(100 * low, 5) + " % .. " +
              flow::rounded(100 * high, 5) + " % on " + std::to_string(grid.nx) + " x " + std::to_string(grid.ny) +
              " cells\n");
    return 0;
}

}  // namespace

extern const Command command_layout_density;
const Command command_layout_density = {"layout density",
                                        "covered fraction of one layer on a grid",
                                        "damascene layout density chip.gds --layer 11/0 --grid \"1 um\"",
                                        {{"FILE", Flag::positional, "layout (.gds, .glp)", true},
                                         {"--layer", Flag::value, "layer/datatype", false, {}, "", "L/D"},
                                         {"--grid", Flag::value, "cell size", false, {}, "1 um", "LENGTH"},
                                         window_flag(),
                                         cell_flag()},
                                        layout_density};

}  // namespace damascene::cli
