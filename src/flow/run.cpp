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
#include "flow/expectation.hpp"
#include "flow/run_record.hpp"
#include "flow/task.hpp"
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

class Runner {
  public:
    Runner(const Recipe& recipe, const RunOptions& options)
        : recipe_(recipe),
          options_(options),
          start_(Clock::now()),
          folder_(result_folder(recipe, options, recipe.hash())),
          store_(store_folder(folder_, options)) {}

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
        open_result_folder(folder_, options_.resume);
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
        append_log(folder_, seconds_since(start_), event);
    }

    void warn(const std::string& step, const std::string& text) {
        outcome_.warnings.push_back((step.empty() ? "" : step + ": ") + text);
        emit({"warning", step, {}, text});
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

    /// Parts that are stored are taken over when resuming; the others are computed here or outside, and kept.
    std::vector<io::Bytes> executed(const StepPlan& step, const std::vector<io::Bytes>& parts,
                                    const PartFunction& compute) {
        std::vector<io::Bytes> results(parts.size()), missing;
        std::vector<std::string> keys;
        std::vector<std::size_t> at;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            keys.push_back(part_key(recipe_, step, parts[i], digests_));
            const auto kept = options_.resume ? store_.load(keys[i]) : std::nullopt;
            if (kept)
                results[i] = *kept;
            else
                at.push_back(i), missing.push_back(parts[i]);
        }
        if (options_.on_parts && !missing.empty()) {
            std::vector<io::Bytes> outside = options_.on_parts(step.name, missing);
            if (outside.size() != missing.size()) throw NumericalError("parts of '" + step.name + "' are missing");
            for (std::size_t k = 0; k < at.size(); ++k) results[at[k]] = std::move(outside[k]);
        } else
            parallel_for(at.size(), [&](std::size_t k) { results[at[k]] = compute(missing[k]); });
        for (const std::size_t i : at) store_.save(keys[i], results[i]);
        return results;
    }

    void run_step(const StepPlan& step) {
        if (options_.cancel_requested && *options_.cancel_requested) throw Cancelled();
        std::vector<const StepResult*> earlier;
        for (const Done& d : done_) earlier.push_back(&d.result);
        Inputs in = inputs_of(recipe_, step, earlier);
        if (step.model->parts)
            in.execute = [this, &step](const std::vector<io::Bytes>& parts, const PartFunction& compute) {
                return executed(step, parts, compute);
            };
        Done done{&step, {}, task_key(recipe_, step, in, digests_), false};
        emit({"start", step.name, {}, std::string(step.model->info.name)});
        const auto begin = Clock::now();
        const double cpu = cpu_seconds();
        if (auto result = stored(done.key, step.name)) {
            done.result = std::move(*result);
            done.reused = true;
            ++outcome_.steps_reused;
        } else {
            done.result = computed(step, in, context_for(step));
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
        write_file(join_path(folder, "scalars.csv"), summary_csv(named(done)));
    }

    /// "step.id"
    static std::vector<Scalar> named(const Done& done) {
        std::vector<Scalar> scalars = done.result.scalars;
        for (Scalar& s : scalars) s.id = done.plan->name + "." + s.id;
        return scalars;
    }

    void judge() {
        for (const Done& done : done_)
            for (const Scalar& s : named(done)) outcome_.scalars.push_back(s);
        for (const Verdict& v : judged(recipe_, outcome_.scalars)) {
            verdicts_[v.id] = v.pass && (!verdicts_.contains(v.id) || verdicts_[v.id]);
            expects_.push_back(
                {{"id", v.id}, {"pass", v.pass}, {"value", v.value}, {"unit", v.unit}, {"limit", v.limit}});
            if (!v.pass)
                outcome_.failures.push_back(v.id + " = " + rounded(v.value, 8) + (v.unit.empty() ? "" : " " + v.unit) +
                                            ", expected " + v.limit);
        }
        for (const Done& done : done_)
            for (const std::string& text : done.result.failed_limits)
                outcome_.failures.push_back(done.plan->name + ": " + text);
        outcome_.exit = !outcome_.failures.empty() || (options_.strict && !outcome_.warnings.empty()) ? 1 : 0;
    }

    Json record() const {
        Json run = record_head(recipe_, options_, recipe_.hash(), digests_.inputs);
        run["steps"] = Json::array();
        for (const Done& done : done_) run["steps"].push_back(step_record(done));
        run["scalars"] = Json::array();
        for (const Scalar& s : outcome_.scalars) {
            Json item = {{"id", s.id}, {"unit", s.unit}, {"step", s.id.substr(0, s.id.find('.'))}, {"label", s.label}};
            item["value"] = std::isfinite(s.value) ? Json(s.value) : Json(nullptr);
            run["scalars"].push_back(item);
        }
        run["artefacts"] = artefacts_;
        const Executor by = options_.executor ? options_.executor() : Executor{};
        run["executor"] = {{"kind", by.kind},
                           {"workers", by.workers > 0 ? by.workers : thread_count()},
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
        write_file(join_path(folder_, "summary.csv"), summary_csv(outcome_.scalars));
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
        return load_clip(in, true);
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
    Digests digests_;
    Json artefacts_ = Json::array(), expects_ = Json::array();
    std::map<std::string, bool> verdicts_;
    RunOutcome outcome_;
};

}  // namespace

std::string noun(const Value& value) {
    static const char* const names[] = {"layout", "mask", "image", "print", "surface", "volume", "profile"};
    return names[value.index()];
}

PartFunction part_worker(const Recipe& recipe, const std::string& name) {
    for (const StepPlan& step : recipe.steps)
        if (step.name == name && step.model->parts) return step.model->parts(inputs_of(recipe, step, {}));
    throw InputError("D0112", "no step '" + escape_text(name) + "' of this recipe works by parts");
}

RunOutcome run(const Recipe& recipe, const RunOptions& options) {
    Faults{missing_files(recipe), {}}.throw_if_any();
    return Runner(recipe, options).run();
}

RecipeEstimate estimate(const Recipe& recipe) {
    RecipeEstimate result;
    for (const StepPlan& step : recipe.steps) {
        const Cost cost = step.model->estimate(inputs_of(recipe, step, {}));
        result.total.seconds += cost.seconds;
        if (cost.bytes > result.total.bytes)
            result.total.bytes = cost.bytes, result.total.detail = "step '" + step.name + "', " + cost.detail;
        result.steps.emplace_back(step.name, cost);
    }
    return result;
}

}  // namespace damascene::flow
