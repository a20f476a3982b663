#include "flow/run_record.hpp"

#include <dlfcn.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "flow/archive.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Json = nlohmann::json;

std::string cpu_name() {
    try {
        for (const std::string& line : split_lines(read_text_file("/proc/cpuinfo")))
            if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    } catch (const InputError&) {
    }
    return "unknown";
}

/// The file that holds this code: the program, or the library that another program has loaded.
std::string own_file() {
    Dl_info here{};
    const bool found = dladdr(reinterpret_cast<const void*>(&own_file), &here) != 0 && here.dli_fname;
    const std::string file = found ? here.dli_fname : "";
    return file.ends_with(".so") ? file : "/proc/self/exe";
}

}  // namespace

std::string version_text() { return "0.1.0"; }

std::string compiler_text() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

/// The program's own bytes: another build never reuses this build's stored results.
std::string build_id() {
    static const std::string id = [] {
        try {
            const io::Bytes bytes = read_file(own_file());
            return sha256_hex(io::ByteView(bytes)).substr(0, 16);
        } catch (const InputError&) {
            return version_text() + " " + compiler_text();
        }
    }();
    return id;
}

Json host_record() {
    utsname name{};
    uname(&name);
    const double ram = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
    return {{"os", std::string(name.sysname) + " " + name.release},
            {"cpu", escape_text(cpu_name())},
            {"cores", std::thread::hardware_concurrency()},
            {"ram", ram}};
}

std::vector<std::string> bundled_licences() {
    return {"damascene: Apache-2.0",
            "oneTBB: Apache-2.0",
            "fmt: MIT",
            "Eigen: MPL-2.0",
            "Boost: BSL-1.0",
            "Clipper: BSL-1.0",
            "libpng: libpng-2.0",
            "zlib: Zlib",
            "OpenBLAS: BSD-3-Clause",
            "LAPACK: BSD-3-Clause",
            "nlohmann-json: MIT",
            "toml++: MIT",
            "CLI11: BSD-3-Clause",
            "KissFFT: BSD-3-Clause",
            "Random123: BSD-3-Clause"};
}

std::vector<std::string> citations_of(const Recipe& recipe) {
    std::vector<std::string> all;
    const auto add = [&](const std::string& keys) {
        for (std::string key : split(keys, ',')) {
            key.erase(0, key.find_first_not_of(' '));
            if (!key.empty() && std::find(all.begin(), all.end(), key) == all.end()) all.push_back(key);
        }
    };
    for (const ResolvedEntry& e : recipe.entries) add(e.citation);
    std::sort(all.begin(), all.end());
    return all;
}

std::string result_folder(const Recipe& recipe, const RunOptions& options, const std::string& hash) {
    return options.folder.empty() ? "results/" + recipe.slug() + "-" + hash.substr(0, 8) : options.folder;
}

std::string store_folder(const std::string& folder, const RunOptions& options) {
    return options.store.empty() ? join_path(folder_of(folder), ".damascene/store") : options.store;
}

void open_result_folder(const std::string& folder, bool resume) {
    std::error_code error;
    const bool exists = std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error);
    if (exists && !resume)
        throw InputError("D0602", "the result folder '" + escape_text(folder) + "' exists",
                         "--resume to finish or repeat it, or -o another folder");
    std::filesystem::create_directories(folder, error);
    if (error)
        throw ResourceError("D0603", "cannot make the folder " + escape_text(folder) + ": " + error.message(),
                            "choose another folder with -o");
    std::filesystem::remove(join_path(folder, "run.json"), error);
}

void append_log(const std::string& folder, double seconds, const Event& event) {
    if (event.kind == "progress") return;
    std::ofstream log(join_path(folder, "log.jsonl"), std::ios::app);
    log << "{\"v\":1,\"t\":" << rounded(seconds, 6) << ",\"event\":" << json_quote(event.kind)
        << ",\"step\":" << json_quote(event.step) << ",\"text\":" << json_quote(event.text) << "}\n";
}

std::string summary_csv(const std::vector<Scalar>& scalars) {
    std::string text = "id,value,unit,meaning\n";
    for (const Scalar& s : scalars) text += s.id + "," + shortest(s.value) + "," + s.unit + ",\"" + s.label + "\"\n";
    return text;
}

Json record_head(const Recipe& recipe, const RunOptions& options, const std::string& hash,
                 const std::vector<InputFile>& inputs) {
    Json run;
    run["schema"] = 1;
    run["damascene"] = {{"version", version_text()},
                        {"git", options.git},
                        {"build_id", build_id()},
                        {"compiler", compiler_text()},
                        {"precision", "double"}};
    run["host"] = host_record();
    run["env"] = options.environment;
    run["recipe"] = {{"path", escape_text(std::filesystem::absolute(recipe.file).lexically_normal().string())},
                     {"sha256", sha256_hex(std::string_view(recipe.text))},
                     {"schema", "1"},
                     {"hash", hash},
                     {"settings", options.settings}};
    run["resolved_sha256"] = hash;
    run["seed"] = recipe.seed;
    run["command"] = options.command;
    run["finished"] = utc_time();
    run["store"] = options.store;
    run["inputs"] = Json::array();
    for (const InputFile& f : inputs)
        run["inputs"].push_back({{"path", escape_text(f.path)}, {"bytes", f.bytes}, {"sha256", f.sha256}});
    return run;
}

std::string identity_of(const Json& run) {
    Json identity;
    for (const char* key :
         {"schema", "resolved_sha256", "seed", "scalars", "artefacts", "expects", "failures", "warnings", "exit"})
        identity[key] = run.at(key);
    identity["inputs"] = Json::array();
    for (const Json& file : run.at("inputs")) identity["inputs"].push_back(file.at("sha256"));
    identity["steps"] = Json::array();
    for (const Json& step : run.at("steps"))
        identity["steps"].push_back(
            {{"name", step.at("name")}, {"model", step.at("model")}, {"model_version", step.at("model_version")}});
    return sha256_hex(std::string_view(identity.dump()));
}

namespace {

Json run_record_of(const std::string& folder) {
    const std::string path = join_path(folder, "run.json");
    const Json run = Json::parse(read_text_file(path), nullptr, false);
    if (run.is_discarded() || !run.contains("schema") || !run.contains("steps"))
        throw InputError("D0302", "'" + escape_text(path) + "' is not a run record", "give a result folder");
    return run;
}

std::string number_text(const Json& value) { return value.is_number() ? shortest(value.get<double>()) : "not finite"; }

}  // namespace

std::string rebuild_report(const std::string& folder) {
    const Json run = run_record_of(folder);
    const std::string stored = run.value("store", "");
    const Store store(stored.empty() ? join_path(folder_of(std::filesystem::path(folder).lexically_normal().string()),
                                                 ".damascene/store")
                                     : stored);
    std::vector<ReportStep> parts;
    for (const Json& step : run.at("steps")) {
        const auto payload = store.load(step.at("key").get<std::string>());
        if (!payload)
            throw InputError(
                "D0605", "the stored result of step '" + step.at("name").get<std::string>() + "' is missing or damaged",
                "compute it again: damascene run RECIPE --resume -o " + escape_text(folder));
        parts.push_back({step.at("name").get<std::string>(), step_result_of(*payload)});
    }
    std::map<std::string, bool> verdicts;
    for (const Json& e : run.at("expects")) verdicts[e.at("id").get<std::string>()] = e.at("pass").get<bool>();
    const std::string recipe_text = read_text_file(join_path(folder, "recipe.toml"));
    const std::string path = run.at("recipe").at("path").get<std::string>();
    LoadOptions options;
    options.settings = run.at("recipe").at("settings").get<std::vector<std::string>>();
    options.seed = run.at("seed").get<std::uint64_t>();
    const Recipe recipe = recipe_from_text(recipe_text, path, options);
    std::optional<Clip> clip;
    if (recipe.layout) {
        Inputs in;
        in.folder = recipe.folder;
        in.layout = &*recipe.layout;
        in.optics = recipe.optics ? &*recipe.optics : nullptr;
        in.params = &recipe.steps.front().params;
        clip = load_clip(in, true);
    }
    return report_html(recipe.title.empty() ? recipe.slug() : recipe.title, run.at("exit").get<int>(), parts, clip,
                       verdicts, recipe_text, read_text_file(join_path(folder, "resolved.json")), run.dump(),
                       "damascene rerun " + join_path(folder, "run.json"),
                       run.at("warnings").get<std::vector<std::string>>());
}

std::vector<Difference> compare_results(const std::string& a, const std::string& b, double rtol, double atol) {
    const Json x = run_record_of(a), y = run_record_of(b);
    std::vector<Difference> list;
    const auto differ = [&](const std::string& item, const std::string& left, const std::string& right) {
        list.push_back({item, left, right});
    };
    const auto resolved = [](const std::string& folder) {
        return Json::parse(read_text_file(join_path(folder, "resolved.json")), nullptr, false);
    };
    const Json p = resolved(a), q = resolved(b);
    const auto value_text = [](const Json& entry) {
        return entry.contains("value")
                   ? (entry.at("value").is_string() ? entry.at("value").get<std::string>() : entry.at("value").dump())
                   : std::string("absent");
    };
    for (const auto& [key, entry] : p.items())
        if (const std::string other = q.contains(key) ? value_text(q.at(key)) : "absent"; other != value_text(entry))
            differ("input " + key, value_text(entry), other);
    for (const auto& [key, entry] : q.items())
        if (!p.contains(key)) differ("input " + key, "absent", value_text(entry));
    const auto scalars = [](const Json& run) {
        std::map<std::string, Json> map;
        for (const Json& s : run.at("scalars")) map[s.at("id").get<std::string>()] = s.at("value");
        return map;
    };
    const auto sx = scalars(x), sy = scalars(y);
    for (const auto& [id, value] : sx) {
        const auto other = sy.find(id);
        if (other == sy.end()) {
            differ("scalar " + id, number_text(value), "absent");
            continue;
        }
        if (value == other->second) continue;
        const bool close =
            value.is_number() && other->second.is_number() &&
            std::abs(value.get<double>() - other->second.get<double>()) <=
                atol + rtol * std::max(std::abs(value.get<double>()), std::abs(other->second.get<double>()));
        if (!close) differ("scalar " + id, number_text(value), number_text(other->second));
    }
    for (const auto& [id, value] : sy)
        if (!sx.contains(id)) differ("scalar " + id, "absent", number_text(value));
    const auto artefacts = [](const Json& run) {
        std::map<std::string, std::string> map;
        for (const Json& f : run.at("artefacts"))
            map[f.at("path").get<std::string>()] = f.at("sha256").get<std::string>();
        return map;
    };
    const auto fx = artefacts(x), fy = artefacts(y);
    for (const auto& [path, digest] : fx) {
        const auto other = fy.find(path);
        if (other == fy.end()) {
            differ("file " + path, digest.substr(0, 12), "absent");
            continue;
        }
        if (other->second == digest) continue;
        if (!path.ends_with(".npy")) {
            if (rtol == 0 && atol == 0) differ("file " + path, digest.substr(0, 12), other->second.substr(0, 12));
            continue;
        }
        const Field2<double> u = io::read_npy(read_file(join_path(a, path))),
                             w = io::read_npy(read_file(join_path(b, path)));
        if (u.values.size() != w.values.size()) {
            differ("field " + path, std::to_string(u.values.size()) + " samples",
                   std::to_string(w.values.size()) + " samples");
            continue;
        }
        double largest = 0, sum = 0, scale = 0;
        for (std::size_t i = 0; i < u.values.size(); ++i) {
            const double d = std::abs(u.values[i] - w.values[i]);
            largest = std::max(largest, d), sum += d * d, scale = std::max(scale, std::abs(u.values[i]));
        }
        if (largest > atol + rtol * scale)
            differ(
                "field " + path, "max difference " + rounded(largest, 3),
                "rms " + rounded(std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, u.values.size()))), 3));
    }
    for (const auto& [path, digest] : fy)
        if (!fx.contains(path)) differ("file " + path, "absent", digest.substr(0, 12));
    return list;
}

}  // namespace damascene::flow
