// Recipes, runs, results of steps.
#include <filesystem>
#include <mutex>

#include "flow/archive.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

nb::list diagnostics_list(const std::vector<Diagnostic>& diagnostics, const char* severity) {
    nb::list items;
    for (const Diagnostic& d : diagnostics) {
        nb::dict item;
        item["severity"] = severity;
        item["code"] = d.code;
        item["message"] = d.message;
        item["file"] = d.where.file;
        item["line"] = d.where.line;
        item["column"] = d.where.column;
        item["label"] = d.label;
        item["notes"] = d.notes;
        item["hint"] = d.help;
        item["text"] = flow::render_diagnostic(d, severity);
        items.append(item);
    }
    return items;
}

nb::list resolved_rows(const flow::Recipe& recipe) {
    nb::list rows;
    for (const flow::ResolvedEntry& e : recipe.entries) {
        nb::dict row;
        row["key"] = e.path;
        row["value"] = e.value;
        row["unit"] = e.unit;
        row["origin"] = e.origin;
        row["citation"] = e.citation;
        rows.append(row);
    }
    return rows;
}

nb::list estimate_rows(const flow::Recipe& recipe) {
    const flow::RecipeEstimate estimate = computed_away([&] { return flow::estimate(recipe); });
    nb::list rows;
    for (const auto& [name, cost] : estimate.steps)
        rows.append(nb::make_tuple(name, cost.seconds, cost.bytes, cost.detail));
    return rows;
}

void bind_recipe(nb::module_& m) {
    nb::class_<flow::Recipe>(m, "Recipe", "A recipe, resolved and checked.")
        .def_ro("file", &flow::Recipe::file, "Where it was read from.")
        .def_ro("text", &flow::Recipe::text, "As it was written.")
        .def_ro("title", &flow::Recipe::title, "Its title.")
        .def_ro("seed", &flow::Recipe::seed, "Of random draws.")
        .def_prop_ro("hash", &flow::Recipe::hash, "Of the resolved values.")
        .def_prop_ro("slug", &flow::Recipe::slug, "Name of its result folder, without the hash.")
        .def_prop_ro(
            "steps",
            [](const flow::Recipe& r) {
                std::vector<std::pair<std::string, std::string>> list;
                for (const flow::StepPlan& s : r.steps) list.emplace_back(s.name, s.model->info.name);
                return list;
            },
            "Name and model of every step.")
        .def_prop_ro(
            "warnings", [](const flow::Recipe& r) { return diagnostics_list(r.warnings, "warning"); },
            nb::sig("def warnings(self) -> list[dict[str, typing.Any]]"), "What is allowed but doubtful.")
        .def_prop_ro("resolved", &resolved_rows, nb::sig("def resolved(self) -> list[dict[str, typing.Any]]"),
                     "Every value with unit and origin.")
        .def("estimate", &estimate_rows, nb::sig("def estimate(self) -> list[tuple[str, float, float, str]]"),
             "Seconds and bytes per step, without running.")
        .def("calibration", &flow::calibration_of, "Its step `fit` alone, without the others and their limits.");
    const auto options = [](const std::vector<std::string>& settings, std::optional<std::uint64_t> seed) {
        return flow::LoadOptions{settings, seed};
    };
    m.def(
        "load_recipe",
        [options](const std::string& path, const std::vector<std::string>& settings,
                  std::optional<std::uint64_t> seed) {
            return computed_away([&] { return flow::load_recipe(path, options(settings, seed)); });
        },
        "path"_a, "settings"_a, "seed"_a = nb::none(), "Reads and checks a recipe file.");
    m.def(
        "recipe_from_text",
        [options](const std::string& text, const std::string& file, const std::vector<std::string>& settings,
                  std::optional<std::uint64_t> seed) {
            return computed_away([&] { return flow::recipe_from_text(text, file, options(settings, seed)); });
        },
        "text"_a, "file"_a, "settings"_a, "seed"_a = nb::none(), "Checks a recipe given as TOML or JSON text.");
}

// --------------------------------------------------------------------------------------------------------------- runs
nb::dict event_item(const flow::Event& e) {
    nb::dict item;
    item["event"] = e.kind;
    item["step"] = e.step;
    item["text"] = e.text;
    if (e.kind == "progress") {
        item["phase"] = e.progress.phase;
        item["done"] = e.progress.done;
        nb::dict metrics;
        for (const auto& [name, value] : e.progress.metrics) metrics[name.c_str()] = value;
        item["metric"] = metrics;
    }
    return item;
}

/// Events of the run, handed over from its thread.
class News {
  public:
    void add(const flow::Event& e) {
        const std::lock_guard lock(mutex_);
        if (!waiting_.empty() && e.kind == "progress" && waiting_.back().kind == "progress" &&
            waiting_.back().step == e.step)
            waiting_.back() = e;  // only the newest of a burst
        else
            waiting_.push_back(e);
    }
    void tell(nb::handle listener) {
        std::vector<flow::Event> now;
        {
            const std::lock_guard lock(mutex_);
            now.swap(waiting_);
        }
        for (const flow::Event& e : now) listener(event_item(e));
    }

  private:
    std::mutex mutex_;
    std::vector<flow::Event> waiting_;
};

flow::RunOutcome run_away(const flow::Recipe& recipe, flow::RunOptions options, nb::handle listener) {
    std::atomic<bool> cancel = false;
    News news;
    options.cancel_requested = &cancel;
    if (!listener.is_none()) options.on_event = [&](const flow::Event& e) { news.add(e); };
    flow::RunOutcome outcome;
    away(
        cancel, [&] { outcome = flow::run(recipe, options); }, [&] { news.tell(listener); });
    if (outcome.exit == 130) throw Cancelled();
    return outcome;
}

/// Parts of a step handed to compute(step, [bytes]) -> [bytes], on the thread of the run.
std::vector<io::Bytes> parts_by(nb::handle compute, const std::string& step, const std::vector<io::Bytes>& parts) {
    const nb::gil_scoped_acquire hold;
    nb::list asked;
    for (const io::Bytes& part : parts) asked.append(to_python(part));
    std::vector<io::Bytes> results;
    for (nb::handle item : compute(step, asked)) {
        const io::ByteView bytes = bytes_of(nb::cast<nb::bytes>(item));
        results.emplace_back(bytes.begin(), bytes.end());
    }
    return results;
}

/// A cluster tells its workers; another function of the parts computes as it likes.
flow::Executor executor_of(nb::handle compute) {
    const nb::gil_scoped_acquire hold;
    if (!nb::hasattr(compute, "workers")) return {"function", 1};
    return {"dask", nb::cast<int>(compute.attr("workers"))};
}

void bind_run(nb::module_& m) {
    m.def(
        "run",
        [](const flow::Recipe& recipe, const std::string& folder, const std::string& store, bool resume, bool strict,
           double max_memory_bytes, double max_seconds, const std::map<std::string, std::string>& environment,
           const std::string& command, const std::vector<std::string>& settings, const nb::object& listener,
           const nb::object& compute) {
            flow::RunOptions options;
            options.folder = folder;
            options.store = store;
            options.resume = resume;
            options.strict = strict;
            options.max_memory_bytes = max_memory_bytes;
            options.max_seconds = max_seconds;
            options.environment = environment;
            options.command = command;
            options.settings = settings;
            flow::Executor by;
            options.executor = [&] { return by; };
            if (!compute.is_none())
                options.on_parts = [&](const std::string& step, const std::vector<io::Bytes>& parts) {
                    auto results = parts_by(compute, step, parts);
                    by = executor_of(compute);
                    return results;
                };
            const flow::RunOutcome outcome = run_away(recipe, options, listener);
            return std::make_tuple(outcome.folder, outcome.exit);
        },
        "recipe"_a, "folder"_a, "store"_a, "resume"_a, "strict"_a, "max_memory_bytes"_a, "max_seconds"_a,
        "environment"_a, "command"_a, "settings"_a, "listener"_a.none(), "compute"_a = nb::none(),
        nb::sig("def run(recipe: Recipe, folder: str, store: str, resume: bool, strict: bool, max_memory_bytes: float, "
                "max_seconds: float, environment: collections.abc.Mapping[str, str], command: str, settings: "
                "collections.abc.Sequence[str], listener: collections.abc.Callable[[dict[str, typing.Any]], object] | "
                "None, compute: collections.abc.Callable[[str, list[bytes]], collections.abc.Sequence[bytes]] | None = "
                "None) -> tuple[str, int]"),
        "Runs the steps: (result folder, exit code as the program's).");
    m.def(
        "load_step",
        [](const std::string& store, const std::string& key) {
            return computed_away([&] {
                const auto payload = flow::Store(store).load(key);
                if (!payload)
                    throw InputError("D0605", "the store " + escape_text(store) + " does not hold the result " + key,
                                     "run the recipe again with resume=True");
                return flow::step_result_of(*payload);
            });
        },
        "store"_a, "key"_a, "What a step left, from a result store.");
}

// ------------------------------------------------------------------------------------------------------------ results
nb::object noun_object(const flow::Value& value, nb::handle whole) {
    return std::visit([&](const auto& v) { return member(v, whole); }, value);
}

nb::dict outputs_of(nb::handle self) {
    nb::dict nouns;
    for (const flow::Value& value : nb::cast<const flow::StepResult&>(self).outputs)
        nouns[flow::noun(value).c_str()] = noun_object(value, self);
    return nouns;
}

nb::list scalar_rows(const flow::StepResult& r) {
    nb::list rows;
    for (const flow::Scalar& s : r.scalars) rows.append(nb::make_tuple(s.id, s.value, s.unit, s.label));
    return rows;
}

using Columns = std::vector<std::tuple<std::string, std::string, Array1<double>>>;

Columns gauge_columns(const flow::StepResult& r) {
    Columns columns;
    if (!r.gauges) return columns;
    for (std::size_t c = 0; c < r.gauges->columns.size(); ++c) {
        std::vector<double> values;
        for (const auto& row : r.gauges->rows) values.push_back(row.at(c));
        columns.emplace_back(r.gauges->columns[c].name, r.gauges->columns[c].unit, array_of(std::move(values)));
    }
    return columns;
}

Columns series_columns(const flow::Series& series, const char* x_name, const char* x_unit) {
    Columns columns;
    if (series.x.empty()) return columns;
    columns.emplace_back(x_name, x_unit, array_of(series.x));
    for (const auto& [name, values] : series.y) columns.emplace_back(name, "", array_of(values));
    return columns;
}

nb::object read_only_rows(const std::vector<std::array<double, 2>>& rows, nb::handle whole) {
    return nb::cast(view<const double>(rows.empty() ? nullptr : rows.front().data(), rows.size(), 2, whole));
}

nb::list ring_list(const std::vector<std::vector<std::array<double, 2>>>& rings, nb::handle whole) {
    nb::list list;
    for (const auto& ring : rings) list.append(read_only_rows(ring, whole));
    return list;
}

/// The cross-section as it grew.
nb::object topography_of(nb::handle self) {
    const auto& t = nb::cast<const flow::StepResult&>(self).topography;
    if (!t) return nb::none();
    nb::dict out;
    out["axial"] = t->axial;
    out["window_nm"] = t->window_nm;
    out["materials"] = t->materials;
    out["notes"] = t->notes;
    out["closure_time_s"] = t->closure_time_s;
    nb::list frames;
    for (const flow::TopographyFrame& f : t->frames) {
        nb::dict frame, outlines;
        for (std::size_t i = 0; i < f.outlines_nm.size() && i < t->materials.size(); ++i)
            outlines[t->materials[i].c_str()] = ring_list(f.outlines_nm[i], self);
        frame["time_s"] = f.time_s;
        frame["label"] = f.label;
        frame["outlines"] = outlines;
        frame["voids"] = ring_list(f.voids_nm, self);
        frames.append(frame);
    }
    out["frames"] = frames;
    return out;
}

/// The last frame as a picture: animated where there are several.
nb::object animation_of(const flow::StepResult& r, int width, int height) {
    if (!r.topography || r.topography->frames.empty()) return nb::none();
    return to_python(flow::animation_png(*r.topography, width, height));
}

nb::dict limits(const opc::FocusDoseWindow& w) {
    nb::dict out;
    out["focus_nm"] = std::make_pair(w.focus_low_nm, w.focus_high_nm);
    out["dose"] = std::make_pair(w.dose_low, w.dose_high);
    out["depth_nm"] = w.depth_nm();
    out["latitude"] = w.latitude();
    return out;
}

nb::object window_of(const flow::StepResult& r) {
    if (!r.window) return nb::none();
    nb::dict out;
    out["focus_nm"] = array_of(r.window->focus_nm);
    out["dose"] = array_of(r.window->dose);
    out["rectangle"] = limits(r.window->rectangle);
    out["ellipse"] = limits(r.window->ellipse);
    nb::list features;
    for (const flow::WindowFeature& f : r.window->features) {
        nb::dict item;
        item["name"] = f.name;
        item["target_nm"] = f.target_nm;
        item["tolerance_nm"] = f.tolerance_nm;
        item["cd_nm"] = matrix_of(f.cd_nm);
        item["isofocal_dose"] = f.isofocal_dose;
        features.append(item);
    }
    out["features"] = features;
    return out;
}

nb::list cut_rows(const flow::StepResult& r) {
    nb::list rows;
    for (const flow::CutLine& c : r.cuts) {
        nb::dict row;
        row["name"] = c.name;
        row["line_nm"] = c.line_nm;
        row["cd_nm"] = c.cd_nm;
        row["nils"] = c.nils;
        rows.append(row);
    }
    return rows;
}

void bind_result(nb::module_& m) {
    nb::class_<flow::StepResult>(m, "StepResult", "Everything a step left behind.")
        .def_prop_ro("outputs", &outputs_of, nb::sig("def outputs(self) -> dict[str, typing.Any]"),
                     "Nouns by name (mask, image, print, surface, volume, profile), no copies.")
        .def_prop_ro("scalars", &scalar_rows, nb::sig("def scalars(self) -> list[tuple[str, float, str, str]]"),
                     "id, value, unit, meaning.")
        .def_prop_ro(
            "files",
            [](const flow::StepResult& r) {
                std::vector<std::string> names;
                for (const auto& [name, bytes] : r.files) names.push_back(name);
                return names;
            },
            "Names of its files.")
        .def(
            "file",
            [](const flow::StepResult& r, const std::string& name) {
                const auto found = r.files.find(name);
                if (found == r.files.end()) throw nb::key_error(name.c_str());
                return to_python(found->second);
            },
            "name"_a, "Bytes of a file.")
        .def_prop_ro("gauges", &gauge_columns, "Columns (name, unit, values) of its edge placements or sizes.")
        .def_prop_ro(
            "convergence", [](const flow::StepResult& r) { return series_columns(r.convergence, "iteration", ""); },
            "Columns (name, unit, values) per iteration.")
        .def_prop_ro(
            "history",
            [](const flow::StepResult& r) {
                return r.topography ? series_columns(r.topography->history, "time", "s") : Columns{};
            },
            "Columns (name, unit, values) over time of a film or etch.")
        .def_prop_ro("window", &window_of, nb::sig("def window(self) -> dict[str, typing.Any] | None"),
                     "Focus-exposure matrices and the windows in them.")
        .def_prop_ro("topography", &topography_of, nb::sig("def topography(self) -> dict[str, typing.Any] | None"),
                     "The cross-section as it grew; points are no copies.")
        .def_prop_ro("cuts", &cut_rows, nb::sig("def cuts(self) -> list[dict[str, typing.Any]]"), "Measured cut lines.")
        .def_ro("warnings", &flow::StepResult::warnings, "What it warned of.")
        .def_ro("failed_limits", &flow::StepResult::failed_limits, "Stated limits that were not met.")
        .def("animation", &animation_of, "width"_a = 640, "height"_a = 480,
             nb::sig("def animation(self, width: int = 640, height: int = 480) -> bytes | None"),
             "Animated PNG of the growing cross-section.")
        .def("__getstate__", [](const flow::StepResult& r) { return to_python(flow::to_bytes(r)); })
        .def("__setstate__", [](flow::StepResult& self, const nb::bytes& state) {
            new (&self) flow::StepResult(flow::step_result_of(bytes_of(state)));
        });
}

}  // namespace

void bind_flow(nb::module_& m) {
    bind_recipe(m);
    bind_result(m);
    bind_run(m);
}

}  // namespace damascene::python
