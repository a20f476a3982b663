#include "layout.hpp"

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_flatten(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    std::vector<std::pair<LayerKey, Region>> shapes;
    for (const LayerCount& l : layers(sheet.layout, sheet.cell)) {
        if (session.args.has("--layer") && !(l.layer == layer_key(session.args.text("--layer")))) continue;
        shapes.emplace_back(l.layer, merged(normalised(flatten(sheet.layout, sheet.cell, l.layer))));
        shapes.back().second.unit = sheet.layout.unit;
    }
    if (shapes.empty()) throw InputError("D0305", "nothing to write");
    write_layout(session.output(), flat_layout(shapes, sheet.layout.cells[sheet.cell].name));
    print(session.output() + ": " + std::to_string(shapes.size()) + " layers\n");
    return 0;
}

}  // namespace

extern const Command command_layout_flatten;
const Command command_layout_flatten = {"layout flatten",
                                        "one cell without references, paths as polygons, layers merged",
                                        "damascene layout flatten chip.gds -o flat.gds",
                                        {{"FILE", Flag::positional, "layout (.gds, .glp)", true},
                                         {"--layer", Flag::value, "only this layer/datatype", false, {}, "", "L/D"},
                                         cell_flag()},
                                        layout_flatten};

}  // namespace damascene::cli
