#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int rebuild(const Session& session) {
    const std::string folder = session.args.text("DIR"),
                      path = session.output().empty() ? flow::join_path(folder, "report.html") : session.output();
    const std::string html = flow::rebuild_report(folder);
    if (const double limit = session.args.bytes("--max-size"); limit > 0 && static_cast<double>(html.size()) > limit)
        throw ResourceError("D0901",
                            "the report has " + flow::rounded(static_cast<double>(html.size()) * 1e-6, 3) + " MB",
                            "raise --max-size");
    flow::write_file(path, html);
    print(path + "\n");
    return 0;
}

}  // namespace

extern const Command command_report;
const Command command_report = {"report",
                                "rebuild the single-file HTML report of a result folder",
                                "damascene report results/x",
                                {{"DIR", Flag::positional, "result folder", true},
                                 {"--max-size", Flag::value, "refuse to write a larger file", false, {}, "", "SIZE"}},
                                rebuild};

}  // namespace damascene::cli
