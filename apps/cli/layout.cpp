#include "layout.hpp"

#include <charconv>
#include <cmath>

#include "flow/text.hpp"

namespace damascene::cli {

const Flag& cell_flag() {
    static const Flag flag{"--cell", Flag::value, "cell, needed when there is more than one top cell", false, {},
                           "",       "NAME"};
    return flag;
}
const Flag& window_flag() {
    static const Flag flag{
        "--window", Flag::value, "x0 y0 x1 y1 with units, for example \"22 um, 18 um, 24 um, 20 um\"", false, {},
        "",         "BOX"};
    return flag;
}

Sheet open_sheet(const Session& session, std::string_view file_argument) {
    Sheet sheet;
    sheet.layout =
        flow::read_layout_file(session.args.text(file_argument), session.args.has("--lenient"), &sheet.report);
    for (const std::string& warning : sheet.report.warnings) note("warning: " + escape_text(warning) + "\n");
    sheet.cell = find_cell(sheet.layout, session.args.text("--cell"));
    return sheet;
}

LayerKey layer_key(const std::string& text) {
    LayerKey key;
    const std::size_t slash = text.find('/');
    const auto number = [&](const std::string& word, std::int32_t& value) {
        const auto r = std::from_chars(word.data(), word.data() + word.size(), value);
        return r.ec == std::errc() && r.ptr == word.data() + word.size();
    };
    if (slash == std::string::npos || !number(text.substr(0, slash), key.layer) ||
        !number(text.substr(slash + 1), key.datatype))
        throw InputError("D0304", "'" + escape_text(text) + "' is not a layer", "layer/datatype, for example 11/0");
    return key;
}

std::string layer_name(LayerKey key) { return std::to_string(key.layer) + "/" + std::to_string(key.datatype); }

Region layer_shapes(const Sheet& sheet, const std::string& text) {
    const std::vector<LayerCount> present = layers(sheet.layout, sheet.cell);
    std::vector<std::string> names;
    for (const LayerCount& l : present) names.push_back(layer_name(l.layer));
    if (text.empty() && present.size() != 1)
        throw InputError("D0305", "the cell holds " + std::to_string(present.size()) + " layers",
                         "choose with --layer: " + flow::join(names, ", "));
    const LayerKey key = text.empty() ? present.front().layer : layer_key(text);
    Region shapes = merged(normalised(flatten(sheet.layout, sheet.cell, key)));
    shapes.unit = sheet.layout.unit;
    if (shapes.rings.empty())
        throw InputError("D0305", "layer " + layer_name(key) + " is empty", "present: " + flow::join(names, ", "));
    return shapes;
}

Box window_of(const Session& session, const Sheet& sheet) {
    if (!session.args.has("--window")) return {};
    const std::vector<std::string> parts = flow::split(session.args.text("--window"), ',');
    std::array<std::int64_t, 4> edges{};
    if (parts.size() != 4)
        throw InputError("D0114", "--window wants four lengths", "for example \"22 um, 18 um, 24 um, 20 um\"");
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string part = parts[i].substr(std::min(parts[i].find_first_not_of(' '), parts[i].size()));
        const QuantityParse parsed = parse_quantity(part);
        if (!parsed.value || !(parsed.value->dimension == Dimension{.length = 1}))
            throw InputError("D0202", "'" + escape_text(part) + "' is not a length", "for example \"22 um\"");
        edges[i] = std::llround(parsed.value->si / sheet.layout.unit.si());
    }
    const Box box{edges[0], edges[1], edges[2], edges[3]};
    if (box.empty()) throw InputError("D0402", "the window is empty", "x0, y0, x1, y1 with x1 > x0 and y1 > y0");
    return box;
}

Layout flat_layout(const std::vector<std::pair<LayerKey, Region>>& shapes, const std::string& cell_name) {
    Layout layout;
    Cell cell;
    cell.name = cell_name;
    for (const auto& [key, region] : shapes) {
        layout.unit = region.unit;
        for (const Ring& ring : without_holes(region).rings) {
            cell.boundaries.push_back(
                {key, static_cast<std::uint32_t>(cell.points.size()), static_cast<std::uint32_t>(ring.size())});
            cell.points.insert(cell.points.end(), ring.begin(), ring.end());
        }
    }
    layout.user_units_per_database_unit = layout.unit.in(um);
    layout.cells.push_back(std::move(cell));
    return layout;
}

void write_layout(const std::string& path, const Layout& layout) {
    if (path.empty()) throw InputError("D0114", "no output file", "-o FILE.gds");
    if (!path.ends_with(".glp")) {
        flow::write_file(path, io::write_gds(layout));
        return;
    }
    const std::vector<LayerCount> present = layers(layout, find_cell(layout, ""));
    if (present.size() != 1 || layout.unit.in(nm) != 1)
        throw InputError("D0308", "a GLP file holds one layer in nm", "clip one layer, or write .gds");
    flow::write_file(path,
                     io::write_glp(merged(normalised(flatten(layout, find_cell(layout, ""), present.front().layer)))));
}

}  // namespace damascene::cli
