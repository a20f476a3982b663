// A working folder that begins as one of the examples: the recipe and every file it names.
#include <algorithm>
#include <filesystem>

#include "command.hpp"
#include "examples.hpp"
#include "flow/text.hpp"

namespace damascene::cli {

std::string_view plain_name(std::string_view example) { return example.substr(example.find('_') + 1); }

std::vector<std::string> whole_examples() {
    std::vector<std::string> names;
    for (const ExampleFile& file : example_files()) {
        if (file.name != "recipe.toml") continue;
        const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
        if (text.find("\"../") == std::string_view::npos) names.emplace_back(file.example);
    }
    return names;
}

namespace {

int begin(const Session& session) {
    const std::string wanted = session.args.text("EXAMPLE");
    const std::vector<std::string> names = whole_examples();
    if (wanted.empty()) {
        for (const std::string& name : names) print(std::string(plain_name(name)) + "\n");
        return 0;
    }
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
        return name == wanted || plain_name(name) == wanted;
    });
    if (found == names.end()) {
        std::vector<std::string> plain;
        for (const std::string& name : names) plain.emplace_back(plain_name(name));
        const std::string near = nearest_name(wanted, plain);
        throw InputError("D0114", "no example is named '" + escape_text(wanted) + "'",
                         near.empty() ? "examples: " + flow::join(plain, ", ") : "did you mean '" + near + "'?");
    }
    const std::string folder = session.output().empty() ? std::string(plain_name(*found)) : session.output();
    if (std::filesystem::exists(flow::join_path(folder, "recipe.toml")))
        throw InputError("D0114", "'" + escape_text(folder) + "' already holds a recipe", "-o another folder");
    for (const ExampleFile& file : example_files())
        if (file.example == *found)
            flow::write_file(flow::join_path(folder, std::string(file.name)), std::as_bytes(file.bytes));
    print(flow::join_path(folder, "recipe.toml") + "\n");
    return 0;
}

}  // namespace

extern const Command command_init;
const Command command_init = {"init",
                              "begin a folder as one of the examples, with every file its recipe names",
                              "damascene init print_etch_fill -o my-process",
                              {{"EXAMPLE", Flag::positional, "example; without it, the names are listed"}},
                              begin};

}  // namespace damascene::cli
