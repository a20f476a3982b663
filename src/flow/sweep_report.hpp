// The page of a sweep.
#pragma once

#include <nlohmann/json.hpp>

#include "damascene/flow.hpp"

namespace damascene::flow {

/// `sweep`: method, axes, outputs, cases, effects as web/src/manifest.ts declares them.
std::string sweep_html(const nlohmann::json& sweep, const nlohmann::json& headline, const nlohmann::json& run,
                       const std::string& title, const Recipe& recipe, const std::string& command);

}  // namespace damascene::flow
