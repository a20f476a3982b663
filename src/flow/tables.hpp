// Parameter tables that steps share.
#pragma once

#include <string>
#include <vector>

#include "damascene/flow.hpp"

namespace damascene::flow {

/// The rows of `table` under a group name: rules -> "mrc.min_width", ...
std::vector<ParamSpec> grouped(const ModelInfo& table, const std::string& group);
MaskRules mask_rules_of(const ParamValues& values, const std::string& group);
void append(std::vector<ParamSpec>& params, std::vector<ParamSpec> more);
std::vector<ParamSpec> joined(std::vector<ParamSpec> params, std::vector<ParamSpec> more);
std::string preset_name(const Node& optics);

}  // namespace damascene::flow
