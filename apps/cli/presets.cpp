#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int list_presets(const Session& session) {
    std::vector<std::string> items;
    for (const flow::Preset& preset : flow::presets()) {
        items.push_back("{\"name\":" + json_text(preset.name) + ",\"summary\":" + json_text(preset.summary) + "}");
        if (!session.json)
            print(preset.name + std::string(preset.name.size() < 20 ? 20 - preset.name.size() : 1, ' ') +
                  preset.summary + "\n");
    }
    if (session.json) print("[" + flow::join(items, ",") + "]\n");
    return 0;
}

int show_preset(const Session& session) {
    const std::string name = session.args.text("NAME");
    std::vector<std::string> names;
    for (const flow::Preset& preset : flow::presets()) {
        names.push_back(preset.name);
        if (preset.name != name) continue;
        print(preset.toml);
        return 0;
    }
    const std::string near = nearest_name(name, names);
    throw InputError("D0409", "no preset is named '" + escape_text(name) + "'",
                     near.empty() ? "presets: " + flow::join(names, ", ") : "did you mean '" + near + "'?");
}

}  // namespace

extern const Command command_presets_list, command_presets_show;
const Command command_presets_list = {
    "presets list", "named scanner classes", "damascene presets list", {}, list_presets};
const Command command_presets_show = {"presets show",
                                      "a preset as recipe text",
                                      "damascene presets show krf-0.80",
                                      {{"NAME", Flag::positional, "preset", true}},
                                      show_preset};

}  // namespace damascene::cli
