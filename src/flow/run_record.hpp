// run.json: who computed what from which inputs, and the number that "identical" refers to.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "damascene/flow.hpp"

namespace damascene::flow {

std::string compiler_text();
nlohmann::json host_record();
std::vector<std::string> bundled_licences();
std::vector<std::string> citations_of(const Recipe& recipe);
/// SHA-256 over everything but host, environment, times, paths of this machine and task keys.
std::string identity_of(const nlohmann::json& run);

}  // namespace damascene::flow
