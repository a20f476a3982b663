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
/// Where a run or sweep of this hash writes, and where its tasks are stored.
std::string result_folder(const Recipe& recipe, const RunOptions& options, const std::string& hash);
std::string store_folder(const std::string& result_folder, const RunOptions& options);
/// Makes the folder; InputError D0602 where one with results stands already and is not to be resumed. Its run.json is
/// removed: present again only when this run is whole.
void open_result_folder(const std::string& folder, bool resume);
/// One line of <folder>/log.jsonl; progress is not logged.
void append_log(const std::string& folder, double seconds, const Event& event);
/// id, value, unit, meaning.
std::string summary_csv(const std::vector<Scalar>& scalars);
/// Schema, program, host, recipe, command and inputs of a run or sweep; `hash` is that of the resolved values.
nlohmann::json record_head(const Recipe& recipe, const RunOptions& options, const std::string& hash,
                           const std::vector<InputFile>& inputs);
/// SHA-256 over everything but host, environment, times, paths of this machine and task keys.
std::string identity_of(const nlohmann::json& run);

}  // namespace damascene::flow
