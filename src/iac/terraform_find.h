// Where the code of a resource is: its block in the files given, and its instance in Terraform's state.
#pragma once

#include <string>
#include <vector>

#include "iac/hcl_patch.h"
#include "iac/terraform_resource.h"
#include "iac/terraform_state.h"

namespace doctor::iac {

struct Found {
  const TerraformInstance* instance = nullptr;  // nullptr: the state has none, or there is no state
  const HclFile* file = nullptr;                // nullptr: no file given has its block
  const HclBlock* block = nullptr;
  std::string moved_from, moved_to;  // where the state knows it by another address than the code has now
  std::string doubt;                 // why a block that might be its own was not taken: two have the name
};

Found find_code(const TerraformResource& resource, const TerraformState* state,
                const std::vector<HclFile>& files);

// The block that has this type and name. Several files may (modules): the one in the module's folder is
// taken.
Found find_block(const std::string& type, const std::string& name, const std::string& module,
                 const std::vector<HclFile>& files);

}  // namespace doctor::iac
