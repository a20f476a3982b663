#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int diff_results(const Session& session) {
    const auto list = flow::compare_results(session.args.text("A"), session.args.text("B"),
                                            session.args.number("--rtol", 0), session.args.number("--atol", 0));
    std::vector<std::string> items;
    for (const flow::Difference& d : list) {
        items.push_back("{\"item\":" + json_text(d.item) + ",\"a\":" + json_text(d.a) + ",\"b\":" + json_text(d.b) +
                        "}");
        if (!session.json) print(d.item + ": " + escape_text(d.a) + " | " + escape_text(d.b) + "\n");
    }
    if (session.json)
        print("{\"different\":" + std::to_string(list.size()) + ",\"items\":[" + flow::join(items, ",") + "]}\n");
    else if (list.empty())
        print("no difference\n");
    return list.empty() ? 0 : 1;
}

}  // namespace

extern const Command command_diff;
const Command command_diff = {"diff",
                              "compare two result folders; exit 1 if different",
                              "damascene diff a b --rtol 1e-9",
                              {{"A", Flag::positional, "result folder", true},
                               {"B", Flag::positional, "result folder", true},
                               {"--rtol", Flag::value, "relative tolerance of numbers and fields", false, {}, "0", "X"},
                               {"--atol", Flag::value, "absolute tolerance", false, {}, "0", "X"}},
                              diff_results};

}  // namespace damascene::cli
