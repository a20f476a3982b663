#include "layout.hpp"

#include <cmath>

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_clip(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    const Region shapes = layer_shapes(sheet, session.args.text("--layer"));
    const Box window = window_of(session, sheet);
    Region part = clipped(shapes, window);
    part.unit = shapes.unit;
    if (part.rings.empty()) throw InputError("D0305", "the layer is empty inside the window");
    const LayerKey key = session.args.has("--layer") ? layer_key(session.args.text("--layer"))
                                                     : layers(sheet.layout, sheet.cell).front().layer;
    write_layout(session.output(), flat_layout({{key, part}}, "CLIP"));
    print(session.output() + ": " + std::to_string(part.rings.size()) + " rings\n");
    return 0;
}

}  // namespace

extern const Command command_layout_clip;
const Command command_layout_clip = {
    "layout clip",
    "cut a window out of one layer",
    "damascene layout clip chip.gds --layer 11/0 --window \"22 um, 18 um, 24 um, 20 um\" -o clip.gds",
    {{"FILE", Flag::positional, "layout (.gds, .glp)", true},
     {"--layer", Flag::value, "layer/datatype", false, {}, "", "L/D"},
     Flag{"--window", Flag::value, "x0 y0 x1 y1 with units", true, {}, "", "BOX"},
     cell_flag()},
    layout_clip};

}  // namespace damascene::cli
