// Sweeps: one recipe, many cases. Steps that cases have in common are computed once.
//
//   if (auto plan = flow::load_sweep("sweep.toml")) flow::run_sweep(*plan, {.folder = "results/x"});
//
// A case is the recipe with some values replaced; its steps are tasks named by the hash of their inputs (run.cpp), so
// a sweep is the set of its distinct tasks, in waves: all first steps, then all second ones. Whoever computes a task
// (this process, another one, a cluster) gets the same bits.
#pragma once

#include <memory>

#include "damascene/flow.hpp"

namespace damascene::flow {

/// One varied value of the recipe.
struct SweepAxis {
    std::string key;                 ///< "step.fill.sticking"
    std::string unit;                ///< that the values are given in; "" = pure number or word
    bool log = false;                ///< drawn or spaced by ratios
    std::vector<std::string> words;  ///< of a choice; values count them
};
struct SweepCase {
    std::vector<double> values;     ///< per axis, in its unit
    std::vector<double> positions;  ///< per axis, probability below the value, in [0, 1]
    std::vector<Node> nodes;        ///< per axis, what is put into the recipe
};
struct SweepPlan {
    std::string method;  ///< grid | list | lhs | sobol | monte-carlo
    std::vector<SweepAxis> axes;
    std::vector<std::size_t> levels;  ///< per axis, of a grid
    std::vector<SweepCase> cases;
    std::vector<Span> output_spans;
    std::vector<std::string> outputs;   ///< scalars to tabulate; empty: all of the last step
    bool keep_all = false;              ///< a result folder per case
    Node tree;                          ///< the recipe with files and settings merged, without [sweep]
    Recipe base;                        ///< of the first case
    std::optional<std::uint64_t> seed;  ///< over that of the recipe
    std::string hash() const;           ///< of recipe, axes and cases
};
/// Nothing if the recipe has no table [sweep]. Every value of every axis is checked by itself (InputError); values that
/// do not go together make a refused case, not an error.
const ModelInfo& sweep_table();
std::optional<SweepPlan> load_sweep(const std::string& path, const LoadOptions& = {});
std::optional<SweepPlan> sweep_from_text(const std::string& text, const std::string& file, const LoadOptions& = {});
Recipe sweep_recipe(const SweepPlan& plan, std::size_t index);  ///< of one case

struct SweepTask {
    std::string key, step;
    std::size_t index;  ///< the first case that needs it
};
/// The distinct tasks of a sweep, wave by wave. Results live in the store of the run; what it has is not computed
/// again. The plan must outlive it.
class SweepTasks {
  public:
    SweepTasks(const SweepPlan& plan, const RunOptions& options);
    ~SweepTasks();
    std::vector<SweepTask> wave();  ///< what the store lacks of the present wave; empty: advance
    /// Computes one task of the wave into the store; safe from several threads. Faults stay with the cases.
    void compute(const SweepTask& task, const Context& context);
    /// The whole wave on this process's threads; progress of the wave, its phase names the tasks done.
    void compute_wave(const Context& context);
    /// The same for a task that ended elsewhere without a result.
    void fail(const SweepTask& task, const Diagnostic& fault);
    void computed_by(Executor executor);  ///< other than this process's threads
    bool advance();                       ///< takes the wave's results; false when it was the last one
    std::size_t waves() const;
    const std::string& folder() const;
    std::string store() const;
    RunOutcome finish();  ///< table, effects, report and record, once advance() said false

  private:
    struct State;
    std::unique_ptr<State> state_;
};
/// Waves on this process's threads, distinct tasks side by side.
RunOutcome run_sweep(const SweepPlan& plan, const RunOptions& options);
/// A recipe, or a sweep where it has a table [sweep].
RunOutcome run_file(const std::string& path, const LoadOptions& load, const RunOptions& options);
/// One task from the outside: steps before it come from the store or are computed again. Gives its key.
std::string run_sweep_task(const SweepPlan& plan, std::size_t index, const std::string& step, const std::string& store,
                           const Context& context);

}  // namespace damascene::flow
