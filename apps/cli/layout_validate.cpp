#include "layout.hpp"

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int layout_validate(const Session& session) {
    const Sheet sheet = open_sheet(session, "FILE");
    std::size_t violations = 0;
    std::string text = "{\"warnings\":" + std::to_string(sheet.report.warnings.size()) +
                       ",\"skipped_elements\":" + std::to_string(sheet.report.skipped_elements);
    if (session.args.has("--rules")) {
        const auto found = check_mask_rules(layer_shapes(sheet, session.args.text("--layer")),
                                            flow::load_rules(session.args.text("--rules")));
        violations = found.size();
        for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 100) && !session.json; ++i)
            print(found[i].rule + " " + flow::rounded(found[i].value, 6) + ", limit " +
                  flow::rounded(found[i].limit, 6) + " at (" + flow::rounded(found[i].x0_nm, 8) + ", " +
                  flow::rounded(found[i].y0_nm, 8) + ") nm\n");
        text += ",\"violations\":" + std::to_string(violations);
    }
    if (session.json)
        print(text + "}\n");
    else
        print(violations == 0 ? "clean\n" : std::to_string(violations) + " violations\n");
    return violations > 0 || sheet.report.skipped_elements > 0 ? 1 : 0;
}

}  // namespace

extern const Command command_layout_validate;
const Command command_layout_validate = {"layout validate",
                                         "read a layout and check mask rules of one layer; exit 1 on violations",
                                         "damascene layout validate mask.gds --rules rules.toml",
                                         {{"FILE", Flag::positional, "layout (.gds, .glp)", true},
                                          {"--layer", Flag::value, "layer/datatype", false, {}, "", "L/D"},
                                          {"--rules", Flag::value, "mask rules (TOML)", false, {}, "", "FILE"},
                                          cell_flag()},
                                         layout_validate};

}  // namespace damascene::cli
