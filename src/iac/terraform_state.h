// Terraform's own state file (version 4): which address each thing in AWS has in the code.
//
//   auto state = TerraformState::parse(text, "terraform.tfstate");
//   state->find("aws_ecs_service", {"arn:aws:ecs:…:service/prod/web"})->address == "aws_ecs_service.web[0]"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "iac/value.h"

namespace doctor::iac {

struct TerraformInstance {
  std::string module;  // "module.network", "" at the root
  std::string type, name;
  std::string index;  // "[0]", "[\"web\"]"; "" without count and for_each
  std::string id;     // the id attribute
  Value attributes;

  std::string block_address() const;  // "module.network.aws_subnet.a": without the index
  std::string address() const;
};

class TerraformState {
 public:
  // Error: bad_input, where it is no state or of another version.
  static core::Result<TerraformState> parse(std::string_view text, std::string_view origin);

  const std::vector<TerraformInstance>& instances() const { return instances_; }
  std::vector<const TerraformInstance*> of_type(std::string_view type) const;
  // The one whose id or arn is one of these; nullptr: there is none.
  const TerraformInstance* find(std::string_view type, const std::vector<std::string>& ids) const;
  std::size_t count(const TerraformInstance& instance) const;  // instances of the same block
  // What an expression in this module can say instead of an id: "aws_subnet.b.id"; "" where nothing can.
  std::string reference_to(std::string_view id, std::string_view module) const;

 private:
  std::vector<TerraformInstance> instances_;  // managed ones only, sorted by address
};

}  // namespace doctor::iac
