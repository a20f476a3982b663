#include "layout.hpp"

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_convert(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    write_layout(session.output(), sheet.layout);
    print(session.output() + "\n");
    return 0;
}

}  // namespace

extern const Command command_layout_convert;
const Command command_layout_convert = {"layout convert",
                                        "write a layout in another format, hierarchy kept",
                                        "damascene layout convert clip.glp -o clip.gds",
                                        {{"FILE", Flag::positional, "layout (.gds, .glp)", true}, cell_flag()},
                                        layout_convert};

}  // namespace damascene::cli
