#include <algorithm>

#include "command.hpp"
#include "examples.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

void add_rectangle(Region& region, std::int32_t x0, std::int32_t y0, std::int32_t x1, std::int32_t y1) {
    region.rings.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
}

/// Test patterns on a 2 um cell: lines, contacts or elbows of the given width and pitch.
Region pattern(const std::string& kind, int width, int pitch) {
    Region region;
    constexpr int size = 2000;
    for (int x = pitch / 2; x + width <= size; x += pitch) {
        if (kind == "lines")
            add_rectangle(region, x, 0, x + width, size);
        else if (kind == "elbows") {
            add_rectangle(region, x, 0, x + width, x + width);
            add_rectangle(region, 0, x, x + width, x + width);
        } else
            for (int y = pitch / 2; y + width <= size; y += pitch) add_rectangle(region, x, y, x + width, y + width);
    }
    return merged(region);
}

int new_recipe(const Session& session) {
    const std::string from = session.args.text("--from", "01_metal1_45nm");
    std::vector<std::string> names;
    for (const ExampleFile& file : example_files()) {
        if (file.name != "recipe.toml") continue;
        names.emplace_back(file.example);
        if (file.example == from || file.example.substr(3) == from) {
            print(std::string(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()));
            return 0;
        }
    }
    const std::string near = nearest_name(from, names);
    throw InputError("D0114", "no example is named '" + escape_text(from) + "'",
                     near.empty() ? "examples: " + flow::join(names, ", ") : "did you mean '" + near + "'?");
}

int new_thing(const Session& session) {
    const std::string what = session.args.text("WHAT");
    if (what == "recipe") return new_recipe(session);
    if (what == "gauges") {
        print(
            "name,x [nm],y [nm],angle [deg],kind,target [nm],measured [nm],sigma "
            "[nm],weight\ncut1,0,0,0,line,70,,1,1\n");
        return 0;
    }
    if (session.output().empty()) throw InputError("D0114", "a new cell needs a file", "-o cell.glp");
    const int width = static_cast<int>(session.args.quantity("--width", "nm", 70e-9) * 1e9 + 0.5),
              pitch = static_cast<int>(session.args.quantity("--pitch", "nm", 190e-9) * 1e9 + 0.5);
    if (width < 1 || pitch <= width || pitch > 2000)
        throw InputError("D0114", "width and pitch do not fit", "1 nm <= width < pitch <= 2000 nm");
    flow::write_file(session.output(), io::write_glp(pattern(session.args.text("--kind", "lines"), width, pitch)));
    print(session.output() + "\n");
    return 0;
}

}  // namespace

extern const Command command_new_;
const Command command_new_ = {
    "new",
    "scaffold a recipe, a test cell or a gauge table",
    "damascene new recipe --from 01_metal1_45nm > r.toml",
    {{"WHAT", Flag::positional, "what to write", true, {"recipe", "cell", "gauges"}},
     {"--from", Flag::value, "example a recipe begins from", false, {}, "01_metal1_45nm", "NAME"},
     {"--kind", Flag::value, "pattern of a cell", false, {"lines", "contacts", "elbows"}, "lines", "NAME"},
     {"--width", Flag::value, "feature width", false, {}, "70 nm", "LENGTH"},
     {"--pitch", Flag::value, "feature pitch", false, {}, "190 nm", "LENGTH"}},
    new_thing};

}  // namespace damascene::cli
