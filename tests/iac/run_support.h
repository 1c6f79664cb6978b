// Runs for the tests: what a journal would give, written as JSON.
//
//   run_of(R"([{"kind": "ecs:service", "id": "arn:…", "before": {…}, "after": {…}, "answer": {…}}])")
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iac/change.h"
#include "remedy/journal.h"

namespace doctor::iac {

remedy::Run run_of(std::string_view steps_json);
std::vector<Change> changes_from(std::string_view steps_json);

// The sample runs of tests/iac/samples: each a file NAME.json of steps.
std::string sample(const std::string& name);

std::string file_text(const std::string& path);

}  // namespace doctor::iac
