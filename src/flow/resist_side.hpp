// The resist side of a recipe: the tables [stack] and [resist] as a process, what a printed resist reports.
#pragma once

#include "damascene/flow.hpp"
#include "damascene/opc/physical_print.hpp"

namespace damascene::flow {

/// Rules between parameters of [resist].
void check_resist(const Resolved& resist, const Node& node, Faults& faults);
/// The process of a recipe: [stack], [resist], polarisation of [optics]. InputError where a table is missing.
opc::ResistProcess resist_process_of(const Inputs& in);

}  // namespace damascene::flow
