// The policies that a run has written, as they stand now.
#pragma once

#include <string>
#include <vector>

#include "facts/facts.h"
#include "iam/denial.h"
#include "remedy/journal.h"

namespace doctor::verify {

struct ChangedPolicy {
  std::string step;
  std::string name;    // "ecsTaskExecutionRole/secrets", "vpce-1"
  std::string holder;  // the role's name, where it is a role's
  iam::PolicyType level = iam::PolicyType::identity;
  std::string planned;  // the document that the run has written
  std::string live;     // as the facts have it; "" where they do not
};

// Of the steps that succeeded and changed permissions: inline policies, managed policies, endpoint policies.
std::vector<ChangedPolicy> changed_policies(const remedy::Run& run, const facts::Place& place);
// The roles that must be read for it.
std::vector<std::string> roles_of_changes(const remedy::Run& run);

// Whether two documents say the same, whatever their white space and the order of their keys.
bool same_document(const std::string& a, const std::string& b);

}  // namespace doctor::verify
