#include "flow/task.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "flow/archive.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

std::vector<std::string> files_in(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return {path};
    std::vector<std::string> paths;
    for (const auto& item : std::filesystem::recursive_directory_iterator(path, error))
        if (item.is_regular_file()) paths.push_back(item.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Content of a file, or of all files below a folder in name order.
const std::string& content_hash(const std::string& path, Digests& digests) {
    if (const auto found = digests.file.find(path); found != digests.file.end()) return found->second;
    const std::vector<std::string> paths = files_in(path);
    std::string text;
    for (const std::string& file : paths) {
        const io::Bytes bytes = read_file(file);
        const std::string digest = sha256_hex(io::ByteView(bytes));
        text += digest + " " + (paths.size() > 1 ? file.substr(path.size()) : "") + "\n";
        if (std::none_of(digests.inputs.begin(), digests.inputs.end(),
                         [&](const InputFile& f) { return f.path == file; }))
            digests.inputs.push_back({file, bytes.size(), digest});
    }
    return digests.file[path] = sha256_hex(std::string_view(text));
}

const std::string& value_hash(const Value& value, Digests& digests) {
    std::string& digest = digests.value[&value];
    if (digest.empty()) {
        const io::Bytes bytes = to_bytes(value);
        digest = sha256_hex(io::ByteView(bytes));
    }
    return digest;
}

/// Canonical parameters of one table: SI in shortest digits, files by content.
std::string canonical(const std::vector<ResolvedEntry>& entries, const std::string& prefix, const std::string& folder,
                      Digests& digests) {
    std::string text;
    for (const ResolvedEntry& e : entries) {
        const std::string key = e.path.starts_with(prefix) ? e.path.substr(prefix.size()) : e.path;
        const bool by_content = e.is_path && e.value != "target";
        text += key + "=" + (by_content ? content_hash(join_path(folder, e.value), digests) : e.value) + "\n";
    }
    return text;
}

/// Tables that a step reads beside its own, in the order of its key.
std::vector<const Resolved*> tables_of(const Recipe& recipe, const StepPlan& step) {
    const StepModel& model = *step.model;
    std::vector<const Resolved*> tables;
    const auto add = [&](const std::optional<Resolved>& table, bool taken) {
        if (table && taken) tables.push_back(&*table);
    };
    add(recipe.layout, takes(model, "layout"));
    add(recipe.optics, takes(model, "optics") || takes(model, "layout"));
    add(recipe.stack, takes(model, "stack"));
    add(recipe.resist, takes(model, "resist"));
    add(recipe.structure, takes(model, "surface") && !step.from.contains("surface"));
    return tables;
}

/// D0301 at the place that names the file, with the nearest name in its folder.
void note_missing(const ResolvedEntry& e, const std::string& folder, Faults& faults) {
    std::error_code error;
    const std::filesystem::path path = join_path(folder, e.value);
    if (std::filesystem::exists(path, error)) return;
    std::vector<std::string> beside;
    for (const auto& item : std::filesystem::directory_iterator(
             path.has_parent_path() ? path.parent_path() : std::filesystem::path("."), error))
        beside.push_back(item.path().filename().string());
    const std::string near = nearest_name(path.filename().string(), beside);
    faults.error("D0301", "'" + escape_text(path.string()) + "' is not there", e.span,
                 near.empty() ? "paths are relative to the recipe" : "",
                 near.empty() ? "" : "did you mean \"" + escape_text(near) + "\"?");
}

}  // namespace

bool takes(const StepModel& model, std::string_view noun_name) {
    const auto listed = [&](const auto& list) { return std::find(list.begin(), list.end(), noun_name) != list.end(); };
    return listed(model.needs) || listed(model.wants);
}

Inputs inputs_of(const Recipe& recipe, const StepPlan& step, const std::vector<const StepResult*>& earlier) {
    const auto table = [](const std::optional<Resolved>& t) { return t ? &*t : nullptr; };
    Inputs in;
    in.folder = recipe.folder;
    in.seed = recipe.seed;
    in.layout = table(recipe.layout);
    in.optics = table(recipe.optics);
    in.structure = table(recipe.structure);
    in.stack = table(recipe.stack);
    in.resist = table(recipe.resist);
    in.params = &step.params;
    for (const auto& [noun_name, from] : step.from)
        for (std::size_t i = 0; i < earlier.size(); ++i)
            if (recipe.steps[i].name == from)
                for (const Value& value : earlier[i]->outputs)
                    if (noun(value) == noun_name) in.values[noun_name] = &value;
    return in;
}

std::vector<Diagnostic> missing_files(const Recipe& recipe, const std::vector<std::string>& varied) {
    Faults faults;
    std::set<std::string> seen;
    const auto note = [&](const std::vector<ResolvedEntry>& entries) {
        for (const ResolvedEntry& e : entries)
            if (e.is_path && e.value != "target" && seen.insert(e.path).second &&
                std::find(varied.begin(), varied.end(), e.path) == varied.end())
                note_missing(e, recipe.folder, faults);
    };
    for (const StepPlan& step : recipe.steps) {
        for (const Resolved* table : tables_of(recipe, step)) note(table->entries);
        note(step.params.entries);
    }
    return faults.errors;
}

std::string task_key(const Recipe& recipe, const StepPlan& step, const Inputs& in, Digests& digests) {
    const StepModel& model = *step.model;
    std::string text = "damascene-task-1\n" + build_id() + "\n" + std::string(model.info.name) + " " +
                       std::to_string(model.info.version) + "\nseed=" + std::to_string(recipe.seed) + "\n";
    const auto add = [&](const std::vector<ResolvedEntry>& entries, const std::string& prefix = "") {
        text += canonical(entries, prefix, recipe.folder, digests);
    };
    add(step.params.entries, "step." + step.name + ".");
    for (const Resolved* table : tables_of(recipe, step)) add(table->entries);
    for (const auto& [noun_name, value] : in.values) text += noun_name + "=" + value_hash(*value, digests) + "\n";
    return sha256_hex(std::string_view(text));
}

std::string part_key(const Recipe& recipe, const StepPlan& step, io::ByteView part, Digests& digests) {
    std::string text = "damascene-part-1\n" + build_id() + "\n" + std::string(step.model->info.name) + " " +
                       std::to_string(step.model->info.version) + "\n" + sha256_hex(part) + "\n";
    text += canonical(step.params.entries, "step." + step.name + ".", recipe.folder, digests);
    if (recipe.optics) text += canonical(recipe.optics->entries, "", recipe.folder, digests);
    return sha256_hex(std::string_view(text));
}

StepResult computed(const StepPlan& step, const Inputs& in, const Context& context) {
    try {
        return step.model->run(in, context);
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

}  // namespace damascene::flow
