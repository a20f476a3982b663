#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "command.hpp"
#include "damascene/flow/sweep.hpp"

namespace damascene::cli {
namespace {

/// Cluster of a `dask://host:port` or `tcp://host:port`.
std::string scheduler_of(const std::string& on) {
    if (on.starts_with("tcp://") || on.starts_with("tls://")) return on;
    if (on.starts_with("dask://")) return "tcp://" + on.substr(7);
    throw InputError(
        "D0114", "--on \"" + escape_text(on) + "\" is no place to compute",
        "local, or the scheduler of a Dask cluster: dask://host:8786; the guide to sweeps shows how to start "
        "one on Slurm, LSF and Kubernetes");
}

constexpr const char* needs_python =
    "workers are driven from Python: set DAMASCENE_PYTHON to one that has the package damascene";
const std::string driver = R"(import sys
try:
    from damascene.dist import main
except ModuleNotFoundError as error:
    print(f"error[D0114]: {sys.executable}: {error}\n  = help: )" +
                           std::string(needs_python) + R"(", file=sys.stderr)
    sys.exit(2)
sys.exit(main())
)";

/// The Python driver in place of this process; $DAMASCENE_PYTHON is its interpreter, else python3.
[[noreturn]] void run_on_cluster(const Session& session, const std::string& on, std::int64_t workers) {
    if (workers < 1) throw InputError("D0114", "--workers is out of range: " + std::to_string(workers), "1 or more");
    if (on != "local" && session.args.has("--workers"))
        throw InputError("D0114", "--workers are those of this machine, --on names others", "leave one out");
    for (const char* flag : {"--strict", "--max-time", "--max-memory", "--json", "--verbose", "--threads"})
        if (session.args.has(flag))
            throw InputError("D0114", std::string(flag) + " does not go with workers", "leave it out, or run locally");
    const char* python = std::getenv("DAMASCENE_PYTHON");
    std::vector<std::string> words = {python && *python ? python : "python3", "-c", driver,
                                      session.args.text("RECIPE")};
    const auto add = [&](const std::string& flag, const std::string& value) {
        words.insert(words.end(), {flag, value});
    };
    if (on == "local")
        add("--workers", std::to_string(workers));
    else
        add("--scheduler", scheduler_of(on));
    for (const std::string& setting : session.args.list("--set")) add("--set", setting);
    if (session.args.has("--output")) add("--output", session.args.text("--output"));
    if (session.args.has("--seed")) add("--seed", session.args.text("--seed"));
    if (session.quiet || session.args.text("--progress") == "none") words.emplace_back("--quiet");
    if (session.args.has("--resume")) words.emplace_back("--resume");
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    execvp(list[0], list.data());
    throw InputError("D0114", "cannot start " + words[0] + ": " + std::strerror(errno), needs_python);
}

int run_recipe(const Session& session) {
    const std::string on = session.args.has("--on") ? session.args.text("--on") : "local";
    if (on != "local" || session.args.has("--workers")) run_on_cluster(session, on, session.args.whole("--workers", 1));
    flow::LoadOptions load;
    load.settings = session.args.list("--set");
    if (session.args.has("--seed")) load.seed = static_cast<std::uint64_t>(session.args.whole("--seed", 1));
    return report_outcome(session, flow::run_file(session.args.text("RECIPE"), load, run_options(session)));
}

}  // namespace

extern const Command command_run;
const Command command_run = {
    "run",
    "run the steps of a recipe, or the cases of its sweep; the last line is the report",
    "damascene run recipe.toml --set step.opc.iterations=20",
    {{"RECIPE", Flag::positional, "recipe (TOML or JSON)", true},
     {"--set",
      Flag::repeated,
      "KEY=VALUE over the recipe, for example step.opc.iterations=20",
      false,
      {},
      "",
      "KEY=VALUE"},
     {"--resume", Flag::toggle, "continue in an existing folder, reuse finished steps"},
     {"--on", Flag::value, "local, or a Dask scheduler dask://host:8786", false, {}, "", "WHERE"},
     {"--workers", Flag::value, "local worker processes instead of threads", false, {}, "", "N"}},
    run_recipe};

}  // namespace damascene::cli
