#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "damascene/flow/sweep.hpp"

namespace damascene::cli {
namespace {

using Json = nlohmann::json;

int rerun_record(const Session& session) {
    const std::string path = session.args.text("RUN_JSON");
    const Json record = Json::parse(flow::read_text_file(path), nullptr, false);
    if (record.is_discarded() || !record.contains("recipe") || !record.contains("result_sha256"))
        throw InputError("D0302", "'" + escape_text(path) + "' is not a run record",
                         "give the run.json of a result folder");
    const Json& recorded = record.at("recipe");
    flow::LoadOptions load;
    load.settings = recorded.at("settings").get<std::vector<std::string>>();
    load.seed = record.at("seed").get<std::uint64_t>();
    const std::string file = recorded.at("path").get<std::string>();
    const auto sweep = flow::load_sweep(file, load);
    const flow::Recipe recipe = sweep ? sweep->base : flow::load_recipe(file, load);
    if ((sweep ? sweep->hash() : recipe.hash()) != recorded.at("hash").get<std::string>())
        throw InputError("D0604", "the recipe " + file + " no longer resolves to the recorded values",
                         "the recorded text stands beside run.json as recipe.toml");
    for (const Json& input : record.at("inputs")) {
        const std::string name = input.at("path").get<std::string>();
        const io::Bytes bytes = flow::read_file(name);
        if (sha256_hex(io::ByteView(bytes)) != input.at("sha256").get<std::string>())
            throw InputError("D0604", "the input '" + name + "' has changed since the run");
    }
    flow::RunOptions options = run_options(session);
    options.settings = load.settings;
    if (options.folder.empty()) options.folder = std::filesystem::path(path).parent_path().string() + ".rerun";
    const flow::RunOutcome outcome = sweep ? flow::run_sweep(*sweep, options) : flow::run(recipe, options);
    const std::string expected = record.at("result_sha256").get<std::string>();
    const bool same = outcome.result_sha256 == expected;
    if (session.json)
        print("{\"identical\":" + std::string(same ? "true" : "false") +
              ",\"result_sha256\":" + json_text(outcome.result_sha256) + ",\"recorded\":" + json_text(expected) +
              ",\"run\":" + json_text(outcome.folder) + "}\n");
    else
        print(same ? "identical: " + expected + "\n"
                   : "different: " + outcome.result_sha256 + ", recorded " + expected + "\n");
    if (outcome.exit == 130) return 130;
    return same ? 0 : 1;
}

}  // namespace

extern const Command command_rerun;
const Command command_rerun = {"rerun",
                               "compute a recorded run again and compare result_sha256; exit 1 if different",
                               "damascene rerun results/x/run.json",
                               {{"RUN_JSON", Flag::positional, "run.json of a result folder", true}},
                               rerun_record};

}  // namespace damascene::cli
