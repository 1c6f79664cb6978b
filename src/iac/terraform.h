// A run as Terraform code: patches of the user's own files where the resources are in them, and import blocks
// (Terraform 1.5 and later) with resource blocks and variables where they are in no code yet.
//
//   auto codified = terraform_of(changes_of(run).value(), &state, files);
#pragma once

#include <vector>

#include "iac/change.h"
#include "iac/codified.h"
#include "iac/hcl_patch.h"
#include "iac/terraform_state.h"

namespace doctor::iac {

// `state` may be nullptr; then resources are looked for in the files by their name arguments alone.
Codified terraform_of(const std::vector<Change>& changes, const TerraformState* state,
                      const std::vector<HclFile>& files);

}  // namespace doctor::iac
