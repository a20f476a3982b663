// One step of a recipe as a task: a pure function of its inputs, named by their hash.
#pragma once

#include <unordered_map>

#include "damascene/flow.hpp"

namespace damascene::flow {

/// SHA-256 of what has been read or passed on, each thing hashed once.
struct Digests {
    std::vector<InputFile> inputs;                      ///< every file that entered a key
    std::unordered_map<std::string, std::string> file;  ///< by path
    std::unordered_map<const Value*, std::string> value;
};

/// Whether a step uses a noun, needed or wanted.
bool takes(const StepModel& model, std::string_view noun_name);

/// What a step receives; `earlier` holds the results of the steps before it, in recipe order.
Inputs inputs_of(const Recipe& recipe, const StepPlan& step, const std::vector<const StepResult*>& earlier);

/// Hash of program, model, parameters, files by content and input values: equal keys, equal results.
std::string task_key(const Recipe& recipe, const StepPlan& step, const Inputs& in, Digests& digests);

/// The same for one part of a step; it knows what the part sees by the part's own bytes.
std::string part_key(const Recipe& recipe, const StepPlan& step, io::ByteView part, Digests& digests);

/// Runs the model. Faults found while computing get the place of their step.
StepResult computed(const StepPlan& step, const Inputs& in, const Context& context);

}  // namespace damascene::flow
