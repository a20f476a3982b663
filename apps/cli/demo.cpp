#include <filesystem>

#include "command.hpp"
#include "examples.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

constexpr std::string_view flagship = "05_print_etch_fill";

int run_demo(const Session& session) {
    const std::string folder = session.output().empty() ? "damascene-demo" : session.output();
    for (const ExampleFile& file : example_files())
        if (file.example == flagship)
            flow::write_file(flow::join_path(folder, std::string(file.name)), std::as_bytes(file.bytes));
    const flow::Recipe recipe = flow::load_recipe(flow::join_path(folder, "recipe.toml"));
    flow::RunOptions options = run_options(session);
    options.folder = flow::join_path(folder, "results");
    std::error_code error;
    std::filesystem::remove_all(options.folder, error);  // the demo's own folder
    options.store = flow::join_path(folder, ".damascene/store");
    return report_outcome(session, flow::run(recipe, options));
}

}  // namespace

extern const Command command_demo;
const Command command_demo = {"demo",
                              "write the flagship example into ./damascene-demo, run it, print the report path",
                              "damascene demo",
                              {},
                              run_demo};

}  // namespace damascene::cli
