// What a run changed: each resource once, with its state before the first step and after the last.
//
// A run that was rolled back, and a step that was taken back, change nothing. Where the journal does not know
// the state that followed, it is the state before with the step's effects.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "iac/value.h"
#include "remedy/journal.h"

namespace doctor::iac {

struct Change {
  remedy::Resource resource;
  std::string title;            // of its steps, one after the other: "Keep 2 on-demand tasks in prod/web"
  Value before, after;          // states of remedy/kinds.h; null: it is not there
  std::vector<Value> requests;  // inputs of its calls, for what no state shows (a quota that is asked for)
  std::vector<Value> answers;   // what AWS answered, for ids that no state has (security group rules)
};

// In the order of the run. Error: bad_input, where a state is no JSON.
core::Result<std::vector<Change>> changes_of(const remedy::Run& run);

}  // namespace doctor::iac
