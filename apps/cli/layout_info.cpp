#include "layout.hpp"

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_info(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    std::vector<std::string> rows, cells;
    for (const Cell& cell : sheet.layout.cells) cells.push_back(json_text(cell.name));
    const std::string unit = flow::rounded(sheet.layout.unit.in(nm), 12) + " nm";
    if (!session.json)
        print("unit " + unit + ", " + std::to_string(cells.size()) + " cells, cell " +
              escape_text(sheet.layout.cells[sheet.cell].name) + "\n");
    for (const LayerCount& l : layers(sheet.layout, sheet.cell)) {
        Region shapes = merged(normalised(flatten(sheet.layout, sheet.cell, l.layer)));
        const Box box = bounding_box(shapes);
        const double unit_um = sheet.layout.unit.in(um), area_um2 = area(shapes) * unit_um * unit_um;
        const auto um_text = [&](std::int64_t x) { return flow::rounded(static_cast<double>(x) * unit_um, 10); };
        rows.push_back("{\"layer\":" + json_text(layer_name(l.layer)) + ",\"shapes\":" + std::to_string(l.shapes) +
                       ",\"merged\":" + std::to_string(shapes.rings.size()) +
                       ",\"area_um2\":" + flow::rounded(area_um2, 12) + ",\"box_um\":[" + um_text(box.x0) + "," +
                       um_text(box.y0) + "," + um_text(box.x1) + "," + um_text(box.y1) + "]}");
        if (!session.json)
            print("layer " + layer_name(l.layer) + ": " + std::to_string(l.shapes) + " shapes, " +
                  std::to_string(shapes.rings.size()) + " merged rings, " + flow::rounded(area_um2, 10) + " um^2, (" +
                  um_text(box.x0) + ", " + um_text(box.y0) + ")-(" + um_text(box.x1) + ", " + um_text(box.y1) +
                  ") um\n");
    }
    if (session.json)
        print("{\"unit\":" + json_text(unit) + ",\"cell\":" + json_text(sheet.layout.cells[sheet.cell].name) +
              ",\"cells\":[" + flow::join(cells, ",") + "],\"layers\":[" + flow::join(rows, ",") + "]}\n");
    return 0;
}

}  // namespace

extern const Command command_layout_info;
const Command command_layout_info = {"layout info",
                                     "cells, layers, units, extents of a layout",
                                     "damascene layout info chip.gds",
                                     {{"FILE", Flag::positional, "layout (.gds, .glp)", true}, cell_flag()},
                                     layout_info};

}  // namespace damascene::cli
