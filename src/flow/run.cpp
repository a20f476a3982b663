// One run: steps in order, each a pure function of its inputs, named by their hash; results written whole or not at
// all.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "flow/archive.hpp"
#include "flow/run_record.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

std::string size_text(double bytes) {
    return bytes >= 1e9 ? rounded(bytes * 1e-9, 3) + " GB" : rounded(bytes * 1e-6, 3) + " MB";
}

/// Content of a file, or of all files below a folder in name order.
std::string content_hash(const std::string& path, std::vector<InputFile>& files) {
    std::vector<std::string> paths;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        for (const auto& item : std::filesystem::recursive_directory_iterator(path, error))
            if (item.is_regular_file()) paths.push_back(item.path().string());
        std::sort(paths.begin(), paths.end());
    } else
        paths.push_back(path);
    std::string digests;
    for (const std::string& file : paths) {
        const io::Bytes bytes = read_file(file);
        const std::string digest = sha256_hex(io::ByteView(bytes));
        digests += digest + " " + (paths.size() > 1 ? file.substr(path.size()) : "") + "\n";
        if (std::none_of(files.begin(), files.end(), [&](const InputFile& f) { return f.path == file; }))
            files.push_back({file, bytes.size(), digest});
    }
    return sha256_hex(std::string_view(digests));
}

/// Canonical parameters of one table: SI in shortest digits, files by content.
std::string canonical(const std::vector<ResolvedEntry>& entries, const std::string& prefix, const std::string& folder,
                      std::vector<InputFile>& files) {
    std::string text;
    for (const ResolvedEntry& e : entries) {
        const std::string key = e.path.starts_with(prefix) ? e.path.substr(prefix.size()) : e.path;
        const bool by_content = e.is_path && e.value != "target";
        text += key + "=" + (by_content ? content_hash(join_path(folder, e.value), files) : e.value) + "\n";
    }
    return text;
}

class Runner {
  public:
    Runner(const Recipe& recipe, const RunOptions& options)
        : recipe_(recipe),
          options_(options),
          start_(Clock::now()),
          folder_(options.folder.empty() ? "results/" + recipe.slug() + "-" + recipe.hash().substr(0, 8)
                                         : options.folder),
          store_(options.store.empty() ? join_path(folder_of(folder_), ".damascene/store") : options.store) {}

    RunOutcome run() {
        prepare_folder();
        outcome_.folder = folder_;
        for (const Diagnostic& d : recipe_.warnings) warn("", d.code + ": " + d.message);
        emit({"plan", "", {}, std::to_string(recipe_.steps.size()) + " steps"});
        try {
            for (const StepPlan& step : recipe_.steps) run_step(step);
        } catch (const Cancelled&) {
            return stopped(130, "cancelled; finish with --resume");
        }
        judge();
        finish();
        return outcome_;
    }

  private:
    struct Done {
        const StepPlan* plan;
        StepResult result;
        std::string key;
        bool reused;
        double wall = 0, cpu = 0;
        long max_rss = 0;
    };

    void prepare_folder() {
        std::error_code error;
        const bool exists = std::filesystem::exists(folder_, error) && !std::filesystem::is_empty(folder_, error);
        if (exists && !options_.resume)
            throw InputError("D0602", "the result folder '" + escape_text(folder_) + "' exists",
                             "--resume to finish or repeat it, or -o another folder");
        std::filesystem::create_directories(folder_, error);
        if (error)
            throw ResourceError("D0603", "cannot make the folder " + escape_text(folder_) + ": " + error.message(),
                                "choose another folder with -o");
        std::filesystem::remove(join_path(folder_, "run.json"), error);  // present again only when this run is whole
        write_file(join_path(folder_, "recipe.toml"), recipe_.text);
        write_file(join_path(folder_, "resolved.json"), recipe_.resolved_json());
        if (options_.max_memory_bytes > 0) check_memory();
    }

    void check_memory() const {
        const RecipeEstimate e = estimate(recipe_);
        if (e.total.bytes <= options_.max_memory_bytes) return;
        throw ResourceError("D0601",
                            "this run would need " + size_text(e.total.bytes) + ", the limit is " +
                                size_text(options_.max_memory_bytes),
                            "a smaller window or halo; largest: " + e.total.detail + "; or --max-memory " +
                                size_text(std::ceil(e.total.bytes * 1e-9) * 1e9));
    }

    void emit(const Event& event) {
        if (options_.on_event) options_.on_event(event);
        if (event.kind == "progress") return;
        std::ofstream log(join_path(folder_, "log.jsonl"), std::ios::app);
        log << "{\"v\":1,\"t\":" << rounded(seconds_since(start_), 6) << ",\"event\":" << json_quote(event.kind)
            << ",\"step\":" << json_quote(event.step) << ",\"text\":" << json_quote(event.text) << "}\n";
    }

    void warn(const std::string& step, const std::string& text) {
        outcome_.warnings.push_back((step.empty() ? "" : step + ": ") + text);
        emit({"warning", step, {}, text});
    }

    Inputs inputs_of(const StepPlan& step) const {
        Inputs in;
        in.folder = recipe_.folder;
        in.seed = recipe_.seed;
        in.layout = recipe_.layout ? &*recipe_.layout : nullptr;
        in.optics = recipe_.optics ? &*recipe_.optics : nullptr;
        in.structure = recipe_.structure ? &*recipe_.structure : nullptr;
        in.stack = recipe_.stack ? &*recipe_.stack : nullptr;
        in.resist = recipe_.resist ? &*recipe_.resist : nullptr;
        in.params = &step.params;
        for (const auto& [noun_name, from] : step.from)
            for (const Done& done : done_)
                if (done.plan->name == from)
                    for (const Value& value : done.result.outputs)
                        if (noun(value) == noun_name) in.values[noun_name] = &value;
        return in;
    }

    std::string key_of(const StepPlan& step, const Inputs& in) {
        std::string text = "damascene-task-1\n" + build_id() + "\n" + std::string(step.model->info.name) + " " +
                           std::to_string(step.model->info.version) + "\nseed=" + std::to_string(recipe_.seed) + "\n";
        text += canonical(step.params.entries, "step." + step.name + ".", recipe_.folder, files_);
        const auto takes = [&](std::string_view name) {
            const auto listed = [&](const auto& list) {
                return std::find(list.begin(), list.end(), name) != list.end();
            };
            return listed(step.model->needs) || listed(step.model->wants);
        };
        if (recipe_.layout && takes("layout")) text += canonical(recipe_.layout->entries, "", recipe_.folder, files_);
        if (recipe_.optics && (takes("optics") || takes("layout")))
            text += canonical(recipe_.optics->entries, "", recipe_.folder, files_);
        if (recipe_.stack && takes("stack")) text += canonical(recipe_.stack->entries, "", recipe_.folder, files_);
        if (recipe_.resist && takes("resist")) text += canonical(recipe_.resist->entries, "", recipe_.folder, files_);
        if (recipe_.structure && takes("surface") && !in.values.contains("surface"))
            text += canonical(recipe_.structure->entries, "", recipe_.folder, files_);
        for (const auto& [noun_name, value] : in.values) {
            const io::Bytes bytes = to_bytes(*value);
            text += noun_name + "=" + sha256_hex(io::ByteView(bytes)) + "\n";
        }
        return sha256_hex(std::string_view(text));
    }

    Context context_for(const StepPlan& step) {
        Context context;
        context.cancel_requested = options_.cancel_requested;
        context.on_progress = [this, &step](const Progress& p) {
            if (options_.max_seconds > 0 && seconds_since(start_) > options_.max_seconds)
                throw ResourceError("D0606", "the run took longer than " + rounded(options_.max_seconds, 4) + " s",
                                    "finish it with --resume and a higher --max-time");
            emit({"progress", step.name, p, {}});
        };
        context.on_warning = [this, &step](const std::string& text) { warn(step.name, text); };
        return context;
    }

    std::optional<StepResult> stored(const std::string& key, const std::string& step) {
        if (!options_.resume) return {};
        const auto payload = store_.load(key);
        if (!payload) {
            std::error_code error;
            if (std::filesystem::exists(store_.path_of(key), error))
                warn(step, "D0605: a stored result is damaged and is computed again");
            return {};
        }
        return step_result_of(*payload);
    }

    /// Faults found while computing get the place of their step.
    StepResult computed(const StepPlan& step, const Inputs& in) {
        try {
            return step.model->run(in, context_for(step));
        } catch (const InputError& error) {
            std::vector<Diagnostic> diagnostics = error.diagnostics();
            for (Diagnostic& d : diagnostics) {
                if (!d.where.file.empty()) continue;
                d.message = "step '" + step.name + "': " + d.message;
                d.where = where(step.span);
            }
            throw InputError(std::move(diagnostics));
        } catch (const NumericalError& error) {
            throw NumericalError("step '" + step.name + "': " + error.what());
        }
    }

    void run_step(const StepPlan& step) {
        if (options_.cancel_requested && *options_.cancel_requested) throw Cancelled();
        const Inputs in = inputs_of(step);
        Done done{&step, {}, key_of(step, in), false};
        emit({"start", step.name, {}, std::string(step.model->info.name)});
        const auto begin = Clock::now();
        const double cpu = cpu_seconds();
        if (auto result = stored(done.key, step.name)) {
            done.result = std::move(*result);
            done.reused = true;
            ++outcome_.steps_reused;
        } else {
            done.result = computed(step, in);
            store_.save(done.key, to_bytes(done.result));
        }
        done.wall = seconds_since(begin);
        done.cpu = cpu_seconds() - cpu;
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        done.max_rss = usage.ru_maxrss * 1024;
        write_step(done);
        for (const std::string& text : done.result.warnings) warn(step.name, text);
        if (done.result.solver.present && !done.result.solver.converged)
            warn(step.name, "D0501: not converged after " + std::to_string(done.result.solver.iterations) +
                                " iterations, gradient norm " + rounded(done.result.solver.residual, 3) + "; see " +
                                step.name + "/history.csv");
        emit({"progress", step.name, {"done", 1.0, {}}, {}});
        emit({"result", step.name, {}, done.reused ? "reused" : "computed"});
        done_.push_back(std::move(done));
    }

    void write_step(const Done& done) {
        const std::string folder = join_path(folder_, done.plan->name);
        for (const auto& [name, bytes] : done.result.files) {
            write_file(join_path(folder, name), bytes);
            emit({"artefact", done.plan->name, {}, done.plan->name + "/" + name});
            artefacts_.push_back({{"path", done.plan->name + "/" + name},
                                  {"bytes", bytes.size()},
                                  {"sha256", sha256_hex(io::ByteView(bytes))}});
        }
        write_file(join_path(folder, "scalars.csv"), scalar_table(done.result.scalars, done.plan->name));
    }

    static std::string scalar_table(const std::vector<Scalar>& scalars, const std::string& step) {
        std::string text = "id,value,unit,meaning\n";
        for (const Scalar& s : scalars)
            text += step + "." + s.id + "," + shortest(s.value) + "," + s.unit + ",\"" + s.label + "\"\n";
        return text;
    }

    const Scalar* find_scalar(const std::string& id) const {
        for (const Scalar& s : outcome_.scalars)
            if (s.id == id) return &s;
        return nullptr;
    }

    /// SI value of a limit and of the scalar it limits; a dimension mismatch is bad input.
    double limit_of(const Node& node, const Scalar& scalar) const {
        if (node.kind == Node::Kind::integer) return bare(static_cast<double>(node.integer), node, scalar);
        if (node.kind == Node::Kind::real) return bare(node.real, node, scalar);
        const ParsedQuantity parsed = *parse_quantity(node.text).value;
        const Dimension wanted = unit_dimension(scalar.unit);
        if (!(parsed.dimension == wanted)) {
            Faults faults;
            faults.error("D0203", "wrong dimension for a limit on '" + scalar.id + "'", node.span,
                         "this is " + dimension_name(parsed.dimension) + ", the value is " + dimension_name(wanted));
            faults.throw_if_any();
        }
        return parsed.si;
    }
    double bare(double value, const Node& node, const Scalar& scalar) const {
        if (unit_dimension(scalar.unit) == Dimension{}) return value;
        Faults faults;
        faults.error("D0201", "a limit on '" + scalar.id + "' needs a unit", node.span,
                     dimension_name(unit_dimension(scalar.unit)),
                     "write \"" + shortest(value) + " " + scalar.unit + "\"");
        faults.throw_if_any();
        return 0;
    }
    static bool known_unit(const std::string& unit) { return !unit.empty() && unit != "clear field"; }
    static Dimension unit_dimension(const std::string& unit) {
        return known_unit(unit) ? parse_unit(unit).dimension : Dimension{};
    }

    void judge() {
        for (const Done& done : done_)
            for (const Scalar& s : done.result.scalars)
                outcome_.scalars.push_back({done.plan->name + "." + s.id, s.label, s.value, s.unit});
        for (const Expectation& expect : recipe_.expects) {
            const Scalar* scalar = find_scalar(expect.value);
            if (!scalar) {
                std::vector<std::string> ids;
                for (const Scalar& s : outcome_.scalars) ids.push_back(s.id);
                const std::string near = nearest_name(expect.value, ids);
                Faults faults;
                faults.error("D0112", "no step reported '" + expect.value + "'", expect.span,
                             near.empty() ? "reported: " + join(ids, ", ") : "did you mean '" + near + "'?");
                faults.throw_if_any();
            }
            const double value = known_unit(scalar->unit) ? to_si(scalar->value, scalar->unit) : scalar->value;
            const double tolerance = expect.tolerance ? limit_of(*expect.tolerance, *scalar) : 0;
            bool pass = std::isfinite(value);
            std::vector<std::string> limits;
            const auto check = [&](const std::optional<Node>& node, const char* name, auto&& met) {
                if (!node) return;
                pass = pass && met(limit_of(*node, *scalar));
                limits.push_back(std::string(name) + " " + to_toml_value(*node));
            };
            check(expect.low, "min", [&](double l) { return value >= l; });
            check(expect.high, "max", [&](double l) { return value <= l; });
            check(expect.equals, "equals", [&](double l) { return std::abs(value - l) <= tolerance; });
            verdicts_[expect.value] = pass && (!verdicts_.contains(expect.value) || verdicts_[expect.value]);
            expects_.push_back({{"id", expect.value},
                                {"pass", pass},
                                {"value", scalar->value},
                                {"unit", scalar->unit},
                                {"limit", join(limits, ", ")}});
            if (!pass)
                outcome_.failures.push_back(expect.value + " = " + rounded(scalar->value, 8) +
                                            (scalar->unit.empty() ? "" : " " + scalar->unit) + ", expected " +
                                            join(limits, ", "));
        }
        for (const Done& done : done_)
            for (const std::string& text : done.result.failed_limits)
                outcome_.failures.push_back(done.plan->name + ": " + text);
        outcome_.exit = !outcome_.failures.empty() || (options_.strict && !outcome_.warnings.empty()) ? 1 : 0;
    }

    Json record() const {
        Json run;
        run["schema"] = 1;
        run["damascene"] = {{"version", version_text()},
                            {"git", options_.git},
                            {"build_id", build_id()},
                            {"compiler", compiler_text()},
                            {"precision", "double"}};
        run["host"] = host_record();
        run["env"] = options_.environment;
        run["recipe"] = {{"path", escape_text(std::filesystem::absolute(recipe_.file).lexically_normal().string())},
                         {"sha256", sha256_hex(std::string_view(recipe_.text))},
                         {"schema", "1"},
                         {"hash", recipe_.hash()},
                         {"settings", options_.settings}};
        run["resolved_sha256"] = recipe_.hash();
        run["seed"] = recipe_.seed;
        run["command"] = options_.command;
        run["finished"] = utc_time();
        run["store"] = options_.store;
        run["inputs"] = Json::array();
        for (const InputFile& f : files_)
            run["inputs"].push_back({{"path", escape_text(f.path)}, {"bytes", f.bytes}, {"sha256", f.sha256}});
        run["steps"] = Json::array();
        std::vector<std::string> citations;
        for (const Done& done : done_) run["steps"].push_back(step_record(done));
        run["scalars"] = Json::array();
        for (const Scalar& s : outcome_.scalars) {
            Json item = {{"id", s.id}, {"unit", s.unit}, {"step", s.id.substr(0, s.id.find('.'))}, {"label", s.label}};
            item["value"] = std::isfinite(s.value) ? Json(s.value) : Json(nullptr);
            run["scalars"].push_back(item);
        }
        run["artefacts"] = artefacts_;
        run["executor"] = {{"kind", "threads"},
                           {"workers", thread_count()},
                           {"tasks", done_.size()},
                           {"cache_hits", outcome_.steps_reused}};
        run["expects"] = expects_;
        run["failures"] = outcome_.failures;
        run["warnings"] = outcome_.warnings;
        run["citations"] = citations_of(recipe_);
        run["licences"] = bundled_licences();
        run["exit"] = outcome_.exit;
        return run;
    }

    Json step_record(const Done& done) const {
        Json params = Json::object();
        for (const ResolvedEntry& e : done.plan->params.entries)
            params[e.path] = {{"value", e.value}, {"unit", e.unit}, {"origin", e.origin}};
        Json step = {{"name", done.plan->name},
                     {"model", done.plan->model->info.name},
                     {"model_version", done.plan->model->info.version},
                     {"key", done.key},
                     {"params", params},
                     {"status", done.reused ? "reused" : "computed"},
                     {"wall_s", done.wall},
                     {"cpu_s", done.cpu},
                     {"core_s", done.result.seconds},
                     {"max_rss", done.max_rss},
                     {"threads", thread_count()},
                     {"warnings", done.result.warnings}};
        if (done.result.solver.present)
            step["solver"] = {{"converged", done.result.solver.converged},
                              {"iterations", done.result.solver.iterations},
                              {"residual", done.result.solver.residual}};
        return step;
    }

    void finish() {
        std::string summary = "id,value,unit,meaning\n";
        for (const Scalar& s : outcome_.scalars)
            summary += s.id + "," + shortest(s.value) + "," + s.unit + ",\"" + s.label + "\"\n";
        write_file(join_path(folder_, "summary.csv"), summary);
        Json run = record();
        outcome_.result_sha256 = identity_of(run);
        run["result_sha256"] = outcome_.result_sha256;
        std::vector<ReportStep> parts;
        for (const Done& done : done_) parts.push_back({done.plan->name, done.result});
        for (const Done& done : done_)
            if (done.result.window) outcome_.windows.emplace_back(done.plan->name, *done.result.window);
        outcome_.report = join_path(folder_, "report.html");
        write_file(outcome_.report,
                   report_html(title(), outcome_.exit, parts, clip(), verdicts_, recipe_.text, recipe_.resolved_json(),
                               run.dump(), "damascene rerun " + join_path(folder_, "run.json"), outcome_.warnings));
        emit({"result", "", {}, folder_});
        write_file(join_path(folder_, "run.json"), run.dump(2) + "\n");
    }

    std::string title() const { return recipe_.title.empty() ? recipe_.slug() : recipe_.title; }

    std::optional<Clip> clip() const {
        if (!recipe_.layout) return {};
        Inputs in;
        in.folder = recipe_.folder;
        in.layout = &*recipe_.layout;
        in.optics = recipe_.optics ? &*recipe_.optics : nullptr;
        in.params = &recipe_.steps.front().params;
        return load_clip(in);
    }

    RunOutcome stopped(int exit, const std::string& why) {
        emit({"checkpoint", "", {}, why});
        outcome_.exit = exit;
        outcome_.failures.push_back(why);
        return outcome_;
    }

    const Recipe& recipe_;
    const RunOptions& options_;
    Clock::time_point start_;
    std::string folder_;
    Store store_;
    std::deque<Done> done_;  // Inputs point into finished results: they must not move
    std::vector<InputFile> files_;
    Json artefacts_ = Json::array(), expects_ = Json::array();
    std::map<std::string, bool> verdicts_;
    RunOutcome outcome_;
};

}  // namespace

std::string noun(const Value& value) {
    static const char* const names[] = {"layout", "mask", "image", "print", "surface", "volume", "profile"};
    return names[value.index()];
}

RunOutcome run(const Recipe& recipe, const RunOptions& options) { return Runner(recipe, options).run(); }

RecipeEstimate estimate(const Recipe& recipe) {
    RecipeEstimate result;
    for (const StepPlan& step : recipe.steps) {
        Inputs in;
        in.folder = recipe.folder;
        in.layout = recipe.layout ? &*recipe.layout : nullptr;
        in.optics = recipe.optics ? &*recipe.optics : nullptr;
        in.structure = recipe.structure ? &*recipe.structure : nullptr;
        in.stack = recipe.stack ? &*recipe.stack : nullptr;
        in.resist = recipe.resist ? &*recipe.resist : nullptr;
        in.params = &step.params;
        const Cost cost = step.model->estimate(in);
        result.total.seconds += cost.seconds;
        if (cost.bytes > result.total.bytes)
            result.total.bytes = cost.bytes, result.total.detail = "step '" + step.name + "', " + cost.detail;
        result.steps.emplace_back(step.name, cost);
    }
    return result;
}

}  // namespace damascene::flow
