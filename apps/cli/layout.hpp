// What the layout commands share.
#pragma once

#include "command.hpp"

namespace damascene::cli {

struct Sheet {
    Layout layout;
    std::uint32_t cell = 0;
    io::ReadReport report;
};
Sheet open_sheet(const Session& session, std::string_view file_argument);
LayerKey layer_key(const std::string& text);
std::string layer_name(LayerKey key);
/// Merged shapes of one layer; the only one when `text` is empty.
Region layer_shapes(const Sheet& sheet, const std::string& text);
Box window_of(const Session& session, const Sheet& sheet);  ///< --window in database units, empty when absent
Layout flat_layout(const std::vector<std::pair<LayerKey, Region>>& shapes, const std::string& cell);
void write_layout(const std::string& path, const Layout& layout);
const Flag& cell_flag();
const Flag& window_flag();

}  // namespace damascene::cli
