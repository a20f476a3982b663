// Sweeps, and the tasks that other processes compute for a run.
#include <nanobind/stl/shared_ptr.h>

#include "damascene/flow/sweep.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

using Plan = std::shared_ptr<flow::SweepPlan>;

nb::object plan_object(std::optional<flow::SweepPlan> plan) {
    return plan ? nb::cast(std::make_shared<flow::SweepPlan>(std::move(*plan))) : nb::none();
}

nb::list axis_rows(const flow::SweepPlan& plan) {
    nb::list rows;
    for (const flow::SweepAxis& axis : plan.axes)
        rows.append(nb::make_tuple(axis.key, axis.unit, axis.log ? "log" : "lin", axis.words));
    return rows;
}

Array2<double> case_values(const flow::SweepPlan& plan) {
    std::vector<std::vector<double>> rows;
    for (const flow::SweepCase& item : plan.cases) rows.push_back(item.values);
    return matrix_of(rows);
}

/// A sweep whose tasks are computed by whoever asks; keeps its plan.
struct Tasks {
    Plan plan;
    std::unique_ptr<flow::SweepTasks> tasks;
};

nb::list wave_rows(Tasks& self) {
    nb::list rows;
    for (const flow::SweepTask& task : computed_away([&] { return self.tasks->wave(); }))
        rows.append(nb::make_tuple(task.key, task.index, task.step));
    return rows;
}

std::tuple<std::string, int> finished(Tasks& self) {
    const flow::RunOutcome outcome = computed_away([&] { return self.tasks->finish(); });
    return {outcome.folder, outcome.exit};
}

void bind_plan(nb::module_& m) {
    nb::class_<flow::SweepPlan>(m, "SweepPlan", "A recipe with a table [sweep]: its axes and cases.")
        .def_ro("method", &flow::SweepPlan::method, "How the cases are drawn.")
        .def_ro("outputs", &flow::SweepPlan::outputs, "Scalars to tabulate; empty: all of the last step.")
        .def_prop_ro("hash", &flow::SweepPlan::hash, "Of recipe, axes and cases.")
        .def_prop_ro("axes", &axis_rows, nb::sig("def axes(self) -> list[tuple[str, str, str, list[str]]]"),
                     "Key, unit, scale and words of every axis.")
        .def_prop_ro("values", &case_values, "Values of the axes, one row per case.");
    m.def(
        "load_sweep",
        [](const std::string& path, const std::vector<std::string>& settings, std::optional<std::uint64_t> seed) {
            return plan_object(computed_away([&] { return flow::load_sweep(path, {settings, seed}); }));
        },
        "path"_a, "settings"_a, "seed"_a = nb::none(),
        nb::sig("def load_sweep(path: str, settings: collections.abc.Sequence[str], seed: int | None = None) -> "
                "SweepPlan | None"),
        "The sweep of a recipe file; None if it has no table [sweep].");
    m.def(
        "sweep_from_text",
        [](const std::string& text, const std::string& file, const std::vector<std::string>& settings,
           std::optional<std::uint64_t> seed) {
            return plan_object(computed_away([&] { return flow::sweep_from_text(text, file, {settings, seed}); }));
        },
        "text"_a, "file"_a, "settings"_a, "seed"_a = nb::none(),
        nb::sig("def sweep_from_text(text: str, file: str, settings: collections.abc.Sequence[str], seed: int | None = "
                "None) -> SweepPlan | None"),
        "The sweep of a recipe text; None if it has no table [sweep].");
}

void bind_tasks(nb::module_& m) {
    nb::class_<Tasks>(m, "SweepTasks", "The distinct tasks of a sweep, wave by wave, with their result folder.")
        .def(
            "__init__",
            [](Tasks* self, Plan plan, const std::string& folder, const std::string& store, bool resume,
               const std::string& command, const std::vector<std::string>& settings) {
                flow::RunOptions options;
                options.folder = folder;
                options.store = store;
                options.resume = resume;
                options.command = command;
                options.settings = settings;
                auto tasks = computed_away([&] { return std::make_unique<flow::SweepTasks>(*plan, options); });
                new (self) Tasks{std::move(plan), std::move(tasks)};
            },
            "plan"_a, "folder"_a, "store"_a, "resume"_a, "command"_a, "settings"_a,
            "Makes the result folder; one that exists is refused unless `resume`.")
        .def_prop_ro(
            "folder", [](const Tasks& self) { return self.tasks->folder(); }, "Result folder.")
        .def_prop_ro(
            "store", [](const Tasks& self) { return self.tasks->store(); }, "Folder of stored results.")
        .def_prop_ro(
            "waves", [](const Tasks& self) { return self.tasks->waves(); }, "Number of waves.")
        .def("wave", &wave_rows, nb::sig("def wave(self) -> list[tuple[str, int, str]]"),
             "Key, first case and step of what the store lacks of the present wave.")
        .def(
            "compute_wave",
            [](Tasks& self, const nb::object& progress) {
                away_with_progress(progress, [&](const Context& context) { self.tasks->compute_wave(context); });
            },
            "progress"_a.none(),
            nb::sig("def compute_wave(self, progress: collections.abc.Callable[[str, float, dict[str, float]], object] "
                    "| None) -> None"),
            "Computes the present wave on the threads of this process.")
        .def(
            "fail",
            [](Tasks& self, const std::string& key, std::size_t index, const std::string& step, const std::string& code,
               const std::string& message) {
                self.tasks->fail({key, step, index}, Diagnostic{code, message, {}, {}, {}, {}});
            },
            "key"_a, "index"_a, "step"_a, "code"_a, "message"_a, "Marks a task that ended without a result.")
        .def(
            "computed_by",
            [](Tasks& self, int workers) {
                self.tasks->computed_by({"dask", workers});
            },
            "workers"_a, "Records that the workers of a Dask cluster computed the tasks.")
        .def(
            "advance", [](Tasks& self) { return computed_away([&] { return self.tasks->advance(); }); },
            "Takes the wave's results from the store; False when it was the last one.")
        .def("finish", &finished, "Table, effects, report and record: (result folder, exit code).");
    m.def(
        "run_sweep_task",
        [](const Plan& plan, std::size_t index, const std::string& step, const std::string& store) {
            std::string key;
            away_with_progress(nb::none(), [&](const Context& context) {
                key = flow::run_sweep_task(*plan, index, step, store, context);
            });
            return key;
        },
        "plan"_a, "index"_a, "step"_a, "store"_a,
        "Computes one task into the store, with the steps before it where the store lacks them; gives its key.");
    struct Worker {
        std::shared_ptr<const flow::Recipe> recipe;
        flow::PartFunction compute;
    };
    nb::class_<Worker>(m, "PartWorker", "Computes parts (tiles) of one step; what they share is prepared once.")
        .def(
            "__init__",
            [](Worker* self, const flow::Recipe& recipe, const std::string& step) {
                auto own = std::make_shared<const flow::Recipe>(recipe);
                auto compute = computed_away([&] { return flow::part_worker(*own, step); });
                new (self) Worker{std::move(own), std::move(compute)};
            },
            "recipe"_a, "step"_a, "InputError if the step does not work by parts.")
        .def(
            "__call__",
            [](const Worker& self, const nb::bytes& part) {
                const io::ByteView given = bytes_of(part);
                return to_python(computed_away([&] { return self.compute(given); }));
            },
            "part"_a, "Result of one part, as bytes.");
}

}  // namespace

void bind_sweep(nb::module_& m) {
    bind_plan(m);
    bind_tasks(m);
}

}  // namespace damascene::python
