// Recipes: TOML and JSON text to a checked plan, settings, and the text of every fault.
#include "target.hpp"

#include "damascene/flow.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const auto read : {flow::read_toml, +[](const std::string&t, const std::string&f, const std::string&) {
                                return flow::read_json(t, f);
                            }}) {
        fuzz::accepts([&] {
            const flow::Node node = read(text, "fuzz", "file");
            fuzz::expect(node.kind == flow::Node::Kind::table);
        });
    }
    fuzz::accepts([&] {
        flow::Node node;
        flow::apply_setting(node, text);
    });
    try {
        const flow::Recipe recipe = flow::recipe_from_text(text, "fuzz.toml");
        fuzz::expect(!recipe.steps.empty() && recipe.hash().size() == 64);
    } catch (const InputError& error) {
        fuzz::expect(!error.diagnostics().empty() && error.diagnostics().size() <= 20);
        for (const Diagnostic& d : error.diagnostics())
            fuzz::expect(!d.code.empty() && !flow::render_diagnostic(d).empty());
    }
    return 0;
}
