// Cases in waves of distinct tasks, and what a finished sweep leaves behind.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <mutex>

#include "damascene/flow/sweep.hpp"
#include "damascene/numerics/variance_shares.hpp"
#include "flow/archive.hpp"
#include "flow/expectation.hpp"
#include "flow/run_record.hpp"
#include "flow/sweep_report.hpp"
#include "flow/task.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using Shared = std::shared_ptr<const StepResult>;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What later steps and the table need; pictures and files stay in the store.
Shared lean(StepResult result) {
    StepResult kept;
    kept.scalars = std::move(result.scalars);
    kept.failed_limits = std::move(result.failed_limits);
    kept.warnings = std::move(result.warnings);
    kept.outputs = std::move(result.outputs);
    return std::make_shared<const StepResult>(std::move(kept));
}

Diagnostic fault_of(const std::exception& error) {
    if (const auto* input = dynamic_cast<const InputError*>(&error)) return input->diagnostics().front();
    if (const auto* resource = dynamic_cast<const ResourceError*>(&error)) return resource->diagnostic();
    const bool numerical = dynamic_cast<const NumericalError*>(&error) != nullptr;
    return {numerical ? "D0503" : "D0801", error.what(), {}, {}, {}, {}};
}

struct Case {
    Recipe recipe;
    std::vector<Shared> results;  ///< of the steps so far
    std::vector<std::string> keys;
    std::vector<Scalar> scalars;  ///< "step.id"
    std::optional<Diagnostic> fault;
    bool refused = false;            ///< its values do not go together
    std::optional<bool> met;         ///< its expectations
    std::vector<std::string> unmet;  ///< which not
};

std::vector<const StepResult*> pointers(const std::vector<Shared>& results) {
    std::vector<const StepResult*> list;
    for (const Shared& r : results) list.push_back(r.get());
    return list;
}

double value_of(const Case& item, const std::string& id) {
    for (const Scalar& s : item.scalars)
        if (s.id == id) return s.value;
    return unknown;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

std::string with_unit(const std::string& name, const std::string& unit) {
    return unit.empty() ? name : name + " [" + unit + "]";
}

std::string cell(double value) { return std::isfinite(value) ? shortest(value) : ""; }

/// A text as one CSV cell.
std::string quoted(std::string text) {
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2)) text.insert(at, "\"");
    return text.empty() ? "" : "\"" + text + "\"";
}

}  // namespace

struct SweepTasks::State {
    const SweepPlan& plan;
    RunOptions options;
    std::string folder;
    Store store;
    std::vector<Case> cases;
    Digests digests;
    std::size_t wave = 0, last = 0;
    std::map<std::string, std::vector<std::size_t>> users;  ///< cases by key, of this wave
    std::mutex mutex;                                       ///< of the two below
    std::map<std::string, Shared> fresh;
    std::map<std::string, Diagnostic> faults;
    std::size_t computed = 0, reused = 0;
    std::vector<Scalar> tabulated;  ///< id, label and unit of the outputs

    State(const SweepPlan& p, const RunOptions& o)
        : plan(p),
          options(o),
          folder(result_folder(p.base, o, p.hash())),
          store(store_folder(folder, o)),
          cases(p.cases.size()) {
        std::vector<std::string> varied;
        for (const SweepAxis& axis : plan.axes) varied.push_back(axis.key);
        Faults{missing_files(plan.base, varied), {}}.throw_if_any();
        open_result_folder(folder, o.resume);
        write_file(join_path(folder, "recipe.toml"), p.base.text);
        write_file(join_path(folder, "resolved.json"), p.base.resolved_json());
        parallel_for(cases.size(), [&](std::size_t i) { load(i); });
        for (const Case& item : cases) last = std::max(last, item.recipe.steps.size());
    }

    void load(std::size_t i) {
        try {
            cases[i].recipe = sweep_recipe(plan, i);
        } catch (const InputError& error) {
            cases[i].fault = error.diagnostics().front();
            cases[i].refused = true;
        }
    }

    bool alive(const Case& item) const { return !item.fault && wave < item.recipe.steps.size(); }

    void take(Case& item, const std::string& key, const Shared& result) {
        const StepPlan& step = item.recipe.steps[wave];
        for (const Scalar& s : result->scalars)
            item.scalars.push_back({step.name + "." + s.id, s.label, s.value, s.unit});
        for (const std::string& text : result->failed_limits) item.unmet.push_back(step.name + ": " + text);
        item.results.push_back(result);
        item.keys.push_back(key);
    }

    /// Outputs that no later step takes.
    void drop_spent() {
        static const Shared spent = std::make_shared<const StepResult>();
        for (Case& item : cases)
            for (std::size_t i = 0; i < item.results.size(); ++i) {
                bool needed = false;
                for (std::size_t j = wave; j < item.recipe.steps.size(); ++j)
                    for (const auto& [noun_name, from] : item.recipe.steps[j].from)
                        needed = needed || from == item.recipe.steps[i].name;
                if (!needed) item.results[i] = spent;
            }
        digests.value.clear();  // addresses may be used again
    }

    void judge(Case& item) const {
        if (item.fault) return;
        try {
            for (const Verdict& v : judged(item.recipe, item.scalars))
                if (!v.pass)
                    item.unmet.push_back(v.id + " = " + rounded(v.value, 8) + (v.unit.empty() ? "" : " " + v.unit) +
                                         ", expected " + v.limit);
        } catch (const InputError& error) {
            item.fault = error.diagnostics().front();
            return;
        }
        if (!item.recipe.expects.empty() || !item.unmet.empty()) item.met = item.unmet.empty();
    }

    void choose_outputs() {
        std::vector<Scalar> known;
        for (const Case& item : cases)
            for (const Scalar& s : item.scalars)
                if (std::none_of(known.begin(), known.end(), [&](const Scalar& k) { return k.id == s.id; }))
                    known.push_back(s);
        const std::string prefix = plan.base.steps.back().name + ".";
        for (const Scalar& s : known)
            if (plan.outputs.empty() && s.id.starts_with(prefix)) tabulated.push_back(s);
        std::vector<std::string> ids;
        for (const Scalar& s : known) ids.push_back(s.id);
        Faults faults;
        for (std::size_t k = 0; k < plan.outputs.size(); ++k) {
            const std::string& id = plan.outputs[k];
            const auto found = std::find(ids.begin(), ids.end(), id);
            if (found != ids.end())
                tabulated.push_back(known[static_cast<std::size_t>(found - ids.begin())]);
            else if (!known.empty()) {
                const std::string near = nearest_name(id, ids);
                faults.error("D0112", "no case reported '" + id + "'", plan.output_spans[k],
                             near.empty() ? "reported: " + join(ids, ", ") : "did you mean '" + near + "'?",
                             "what is computed is kept: correct the name, then --resume");
            }
        }
        faults.throw_if_any();
    }

    std::string status(const Case& item) const { return item.refused ? "refused" : item.fault ? "failed" : "done"; }

    std::string table() const {
        std::vector<std::string> head = {"case"};
        for (const SweepAxis& axis : plan.axes) head.push_back(with_unit(axis.key, axis.unit));
        for (const Scalar& s : tabulated) head.push_back(with_unit(s.id, s.unit));
        std::string text = join(head, ",") + ",met,status,code,message\n";
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const Case& item = cases[i];
            text += std::to_string(i);
            for (std::size_t j = 0; j < plan.axes.size(); ++j) text += "," + axis_cell(i, j);
            for (const Scalar& s : tabulated) text += "," + cell(value_of(item, s.id));
            text += item.met ? *item.met ? ",yes" : ",no" : ",";
            text += "," + status(item) + "," + (item.fault ? item.fault->code : "") + "," +
                    quoted(item.fault ? escape_text(item.fault->message) : "") + "\n";
        }
        return text;
    }
    std::string axis_cell(std::size_t i, std::size_t j) const {
        const auto& words = plan.axes[j].words;
        const double value = plan.cases[i].values[j];
        return words.empty() ? shortest(value) : quoted(escape_text(words[static_cast<std::size_t>(value)]));
    }

    /// Of the cases that reported a number; a grid with gaps is taken as a sample.
    numerics::VarianceShares shares(const std::string& id) const {
        std::vector<std::vector<double>> positions;
        std::vector<double> y;
        for (std::size_t i = 0; i < cases.size(); ++i)
            if (const double value = value_of(cases[i], id); std::isfinite(value))
                positions.push_back(plan.cases[i].positions), y.push_back(value);
        if (y.empty()) return {std::vector<double>(plan.axes.size(), unknown), unknown};
        return !plan.levels.empty() && y.size() == cases.size() ? numerics::grid_shares(plan.levels, y)
                                                                : numerics::sampled_shares(positions, y);
    }

    std::string effects_table(const std::vector<numerics::VarianceShares>& effects) const {
        std::vector<std::string> head = {"output", "explained"};
        for (const SweepAxis& axis : plan.axes) head.push_back(axis.key);
        std::string text = join(head, ",") + "\n";
        for (std::size_t k = 0; k < effects.size(); ++k) {
            text += tabulated[k].id + "," + cell(effects[k].explained);
            for (const double share : effects[k].main) text += "," + cell(share);
            text += "\n";
        }
        return text;
    }

    Json page(const std::vector<numerics::VarianceShares>& effects) const {
        Json axes = Json::array(), outputs = Json::array(), rows = Json::array(), list = Json::array();
        for (std::size_t j = 0; j < plan.axes.size(); ++j) {
            const SweepAxis& axis = plan.axes[j];
            Json values = Json::array();
            for (const SweepCase& item : plan.cases) values.push_back(item.values[j]);
            axes.push_back({{"key", axis.key},
                            {"label", axis.key},
                            {"unit", axis.unit},
                            {"scale", axis.log ? "log" : "lin"},
                            {"words", axis.words},
                            {"values", values}});
        }
        for (const Scalar& s : tabulated) {
            Json values = Json::array();
            for (const Case& item : cases) values.push_back(number(value_of(item, s.id)));
            outputs.push_back({{"id", s.id}, {"label", s.label}, {"unit", s.unit}, {"values", values}});
        }
        for (std::size_t i = 0; i < cases.size(); ++i) rows.push_back(case_record(i));
        for (std::size_t k = 0; k < effects.size(); ++k) {
            Json parts = Json::array();
            for (std::size_t j = 0; j < plan.axes.size(); ++j)
                parts.push_back({{"axis", plan.axes[j].key}, {"main", number(effects[k].main[j])}});
            list.push_back({{"output", tabulated[k].id}, {"r2", number(effects[k].explained)}, {"shares", parts}});
        }
        return {{"method", plan.method}, {"axes", axes}, {"outputs", outputs}, {"cases", rows}, {"effects", list}};
    }
    Json case_record(std::size_t i) const {
        const Case& item = cases[i];
        return {{"index", i},
                {"status", status(item)},
                {"code", item.fault ? item.fault->code : ""},
                {"message", item.fault ? escape_text(item.fault->message) : ""},
                {"key", item.keys.empty() ? "" : item.keys.back()},
                {"met", item.met ? Json(*item.met) : Json(nullptr)},
                {"link", plan.keep_all && !item.fault ? case_folder(i) + "/report.html" : ""}};
    }
    static std::string case_folder(std::size_t i) {
        const std::string digits = std::to_string(i);
        return "cases/" + std::string(5 - std::min<std::size_t>(digits.size(), 5), '0') + digits;
    }

    void keep_cases() {
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (cases[i].fault) continue;
            RunOptions own = options;
            own.folder = join_path(folder, case_folder(i));
            own.store = store_folder(folder, options);
            own.resume = true;
            own.on_event = {};
            if (flow::run(cases[i].recipe, own).exit == 130) throw Cancelled();
        }
    }

    std::vector<Scalar> summary(const std::vector<numerics::VarianceShares>& effects) const {
        const auto count = [&](const char* word) {
            return static_cast<double>(
                std::count_if(cases.begin(), cases.end(), [&](const Case& c) { return status(c) == word; }));
        };
        std::vector<Scalar> list = {{"sweep.cases", "cases", static_cast<double>(cases.size()), ""},
                                    {"sweep.failed", "failed cases", count("failed"), ""},
                                    {"sweep.refused", "cases whose values do not go together", count("refused"), ""}};
        for (std::size_t k = 0; k < tabulated.size(); ++k) {
            double low = std::numeric_limits<double>::infinity(), high = -low, sum = 0, n = 0;
            for (const Case& item : cases)
                if (const double v = value_of(item, tabulated[k].id); std::isfinite(v))
                    low = std::min(low, v), high = std::max(high, v), sum += v, ++n;
            if (n == 0) continue;
            const Scalar& s = tabulated[k];
            list.push_back({s.id + ".min", "lowest " + s.label, low, s.unit});
            list.push_back({s.id + ".mean", "mean " + s.label, sum / n, s.unit});
            list.push_back({s.id + ".max", "highest " + s.label, high, s.unit});
            for (std::size_t j = 0; j < plan.axes.size(); ++j)
                if (std::isfinite(effects[k].main[j]))
                    list.push_back({s.id + ".share." + plan.axes[j].key,
                                    "share of the variance by " + plan.axes[j].key + " alone", effects[k].main[j], ""});
        }
        return list;
    }

    void blame(RunOutcome& outcome) const {
        for (const char* word : {"failed", "refused"}) {
            std::size_t count = 0, first = 0;
            for (std::size_t i = cases.size(); i-- > 0;)
                if (status(cases[i]) == word) ++count, first = i;
            if (count == 0) continue;
            const std::string text = std::to_string(count) + " of " + std::to_string(cases.size()) + " cases " + word +
                                     ", first case " + std::to_string(first) + ": " + cases[first].fault->code + " " +
                                     cases[first].fault->message;
            (word == std::string("failed") ? outcome.failures : outcome.warnings).push_back(text);
        }
        std::size_t unmet = 0;
        for (const Case& item : cases) unmet += item.met && !*item.met;
        if (unmet > 0)
            outcome.warnings.push_back(std::to_string(unmet) + " of " + std::to_string(cases.size()) +
                                       " cases miss what the recipe expects");
        outcome.exit = !outcome.failures.empty() || (options.strict && !outcome.warnings.empty()) ? 1 : 0;
    }
};

SweepTasks::SweepTasks(const SweepPlan& plan, const RunOptions& options)
    : state_(std::make_unique<State>(plan, options)) {}
SweepTasks::~SweepTasks() = default;

std::size_t SweepTasks::waves() const { return state_->last; }
const std::string& SweepTasks::folder() const { return state_->folder; }
std::string SweepTasks::store() const { return store_folder(state_->folder, state_->options); }

std::vector<SweepTask> SweepTasks::wave() {
    State& s = *state_;
    s.users.clear();
    std::vector<SweepTask> missing;
    for (std::size_t i = 0; i < s.cases.size(); ++i) {
        const Case& item = s.cases[i];
        if (!s.alive(item)) continue;
        const StepPlan& step = item.recipe.steps[s.wave];
        const std::string key =
            task_key(item.recipe, step, inputs_of(item.recipe, step, pointers(item.results)), s.digests);
        auto& users = s.users[key];
        users.push_back(i);
        if (users.size() > 1) continue;
        if (const auto payload = s.store.load(key)) {
            s.fresh[key] = lean(step_result_of(*payload));
            ++s.reused;
        } else
            missing.push_back({key, step.name, i});
    }
    return missing;
}

void SweepTasks::compute(const SweepTask& task, const Context& context) {
    State& s = *state_;
    const Case& item = s.cases[task.index];
    const StepPlan& step = item.recipe.steps[s.wave];
    try {
        StepResult result = computed(step, inputs_of(item.recipe, step, pointers(item.results)), context);
        s.store.save(task.key, to_bytes(result));
        const Shared kept = lean(std::move(result));
        const std::lock_guard lock(s.mutex);
        s.fresh[task.key] = kept;
        ++s.computed;
    } catch (const Cancelled&) {
        throw;
    } catch (const ResourceError&) {
        throw;
    } catch (const std::exception& error) {
        fail(task, fault_of(error));
    }
}

void SweepTasks::compute_wave(const Context& context) {
    const std::vector<SweepTask> tasks = wave();
    std::mutex mutex;
    std::size_t finished = 0;
    parallel_for(tasks.size(), [&](std::size_t i) {
        context.check();
        Context own;  // steps side by side do not report
        own.cancel_requested = context.cancel_requested;
        compute(tasks[i], own);
        const std::lock_guard lock(mutex);
        ++finished;
        context.progress({tasks[i].step + " " + std::to_string(finished) + " of " + std::to_string(tasks.size()),
                          static_cast<double>(finished) / static_cast<double>(tasks.size()),
                          {}});
    });
}

void SweepTasks::fail(const SweepTask& task, const Diagnostic& fault) {
    const std::lock_guard lock(state_->mutex);
    state_->faults[task.key] = fault;
}

void SweepTasks::computed_by(Executor executor) {
    state_->options.executor = [by = std::move(executor)] { return by; };
}

bool SweepTasks::advance() {
    State& s = *state_;
    for (const auto& [key, users] : s.users) {
        const auto fault = s.faults.find(key);
        if (fault == s.faults.end() && !s.fresh.contains(key))
            if (const auto payload = s.store.load(key)) {
                s.fresh[key] = lean(step_result_of(*payload));
                ++s.computed;
            }
        const auto found = s.fresh.find(key);
        for (const std::size_t i : users)
            if (fault != s.faults.end())
                s.cases[i].fault = fault->second;
            else if (found != s.fresh.end())
                s.take(s.cases[i], key, found->second);
            else
                s.cases[i].fault = Diagnostic{"D0605", "the result of a task is missing in the store", {}, {}, {}, {}};
    }
    ++s.wave;
    s.fresh.clear();
    s.drop_spent();
    return s.wave < s.last;
}

RunOutcome SweepTasks::finish() {
    State& s = *state_;
    const SweepPlan& plan = s.plan;
    RunOutcome outcome;
    outcome.folder = s.folder;
    outcome.steps_reused = static_cast<int>(s.reused);
    for (Case& item : s.cases) s.judge(item);
    s.choose_outputs();
    if (plan.keep_all) s.keep_cases();
    std::vector<numerics::VarianceShares> effects;
    for (const Scalar& output : s.tabulated) effects.push_back(s.shares(output.id));
    outcome.scalars = s.summary(effects);
    s.blame(outcome);
    Json run = record_head(plan.base, s.options, plan.hash(), s.digests.inputs);
    run["steps"] = Json::array();
    run["scalars"] = Json::array();
    for (const Scalar& scalar : outcome.scalars)
        run["scalars"].push_back({{"id", scalar.id},
                                  {"unit", scalar.unit},
                                  {"step", "sweep"},
                                  {"label", scalar.label},
                                  {"value", number(scalar.value)}});
    run["artefacts"] = Json::array();
    const auto write = [&](const char* name, const std::string& text) {
        write_file(join_path(s.folder, name), text);
        run["artefacts"].push_back(
            {{"path", name}, {"bytes", text.size()}, {"sha256", sha256_hex(std::string_view(text))}});
    };
    write("sweep.csv", s.table());
    write("effects.csv", s.effects_table(effects));
    write_file(join_path(s.folder, "summary.csv"), summary_csv(outcome.scalars));
    const Executor by = s.options.executor ? s.options.executor() : Executor{};
    run["executor"] = {{"kind", by.kind},
                       {"workers", by.workers > 0 ? by.workers : thread_count()},
                       {"tasks", s.computed + s.reused},
                       {"cache_hits", s.reused}};
    run["expects"] = Json::array();
    run["failures"] = outcome.failures;
    run["warnings"] = outcome.warnings;
    run["citations"] = citations_of(plan.base);
    run["licences"] = bundled_licences();
    run["exit"] = outcome.exit;
    run["sweep"] = {{"method", plan.method}, {"cases", Json::array()}};
    for (std::size_t i = 0; i < s.cases.size(); ++i) run["sweep"]["cases"].push_back(s.case_record(i));
    outcome.result_sha256 = identity_of(run);
    run["result_sha256"] = outcome.result_sha256;
    Json headline = Json::array();
    for (const Scalar& scalar : outcome.scalars)
        if (scalar.id.find(".share.") == std::string::npos && !scalar.id.ends_with(".mean"))
            headline.push_back({{"id", scalar.id},
                                {"label", scalar.label},
                                {"value", number(scalar.value)},
                                {"unit", scalar.unit},
                                {"pass", nullptr}});
    outcome.report = join_path(s.folder, "report.html");
    const std::string title = plan.base.title.empty() ? plan.base.slug() : plan.base.title;
    write_file(outcome.report, sweep_html(s.page(effects), headline, run, title, plan.base,
                                          "damascene rerun " + join_path(s.folder, "run.json")));
    write_file(join_path(s.folder, "run.json"), run.dump(2) + "\n");
    return outcome;
}

RunOutcome run_sweep(const SweepPlan& plan, const RunOptions& options) {
    const auto start = Clock::now();
    SweepTasks tasks(plan, options);
    const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    const auto emit = [&](const Event& event) {
        if (options.on_event) options.on_event(event);
        append_log(tasks.folder(), seconds(), event);
    };
    emit({"plan", "", {}, std::to_string(plan.cases.size()) + " cases"});
    const double waves = static_cast<double>(tasks.waves());
    double done_waves = 0;
    Context context;
    context.cancel_requested = options.cancel_requested;
    context.on_progress = [&](const Progress& p) {
        if (options.max_seconds > 0 && seconds() > options.max_seconds)
            throw ResourceError("D0606", "the sweep took longer than " + rounded(options.max_seconds, 4) + " s",
                                "finish it with --resume and a higher --max-time");
        emit({"progress", "sweep", {p.phase, (done_waves + p.done) / waves, {}}, {}});
    };
    emit({"start", "sweep", {}, plan.method});
    RunOutcome outcome;
    try {
        do {
            tasks.compute_wave(context);
            ++done_waves;
        } while (tasks.advance());
        outcome = tasks.finish();
    } catch (const Cancelled&) {
        outcome.exit = 130;
        outcome.failures = {"cancelled; finish with --resume"};
        emit({"checkpoint", "", {}, outcome.failures.front()});
        return outcome;
    }
    for (const std::string& text : outcome.warnings) emit({"warning", "", {}, text});
    emit({"result", "", {}, outcome.folder});
    return outcome;
}

std::string run_sweep_task(const SweepPlan& plan, std::size_t index, const std::string& step_name,
                           const std::string& store_path, const Context& context) {
    const Recipe recipe = sweep_recipe(plan, index);
    const Store store(store_path);
    Digests digests;
    std::vector<Shared> results;
    for (const StepPlan& step : recipe.steps) {
        const Inputs in = inputs_of(recipe, step, pointers(results));
        const std::string key = task_key(recipe, step, in, digests);
        const auto payload = store.load(key);
        if (payload)
            results.push_back(lean(step_result_of(*payload)));
        else {
            StepResult result = computed(step, in, context);
            store.save(key, to_bytes(result));
            results.push_back(lean(std::move(result)));
        }
        if (step.name == step_name) return key;
    }
    throw InputError("D0112", "the recipe has no step '" + escape_text(step_name) + "'");
}

RunOutcome run_file(const std::string& path, const LoadOptions& load, const RunOptions& options) {
    if (const auto plan = load_sweep(path, load)) return run_sweep(*plan, options);
    return run(load_recipe(path, load), options);
}

}  // namespace damascene::flow
