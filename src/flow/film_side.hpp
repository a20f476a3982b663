// The film side of a recipe: starting structures, surface models as steps, what a deposition or etch step reports.
#pragma once

#include <deque>
#include <string>

#include "damascene/feature.hpp"
#include "damascene/flow.hpp"

namespace damascene::flow {

/// Rules between parameters of [structure].
void check_structure(const Resolved& structure, const Node& node, Faults& faults);
Surface structure_of(const ParamValues& structure);
/// The surface a step starts from: of an earlier step, else of [structure].
Surface surface_of(const Inputs& in);

/// Step models of src/flow/models, and one step per surface model of src/feature/models.
const std::vector<const StepModel*>& light_step_models();
const std::deque<StepModel>& film_step_models();

/// Outlines of one moment as the page draws them.
TopographyFrame report_frame(const feature::Frame& frame, const std::string& label);
std::string time_label(double seconds);
io::Bytes section_csv(const Surface& surface);

/// Scalars, files, pictures and the cross-section view of a finished process step.
StepResult report_process(const feature::ProcessOutcome& outcome, const std::vector<std::string>& species);
/// The same for a surface that was made, not grown.
StepResult report_surface(const Surface& surface, const std::string& label);

}  // namespace damascene::flow
