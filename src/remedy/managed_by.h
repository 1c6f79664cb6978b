// Whose code manages a resource: such a resource gets a patch for that code before anything changes it.
//
// Three sources: tags on the resource itself, a Terraform state file (version 4), and the answer of
// `aws cloudformation describe-stack-resources`.
//
//   auto managed = managed_by_terraform(text, "terraform.tfstate");
//   manager_of(step, *managed) == "terraform: aws_ecs_service.web"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "remedy/step.h"

namespace doctor::remedy {

struct Managed {
  std::string by;    // "terraform: module.app.aws_ecs_service.web[0]", "cloudformation: stack/LogicalId"
  std::string type;  // aws_ecs_service, AWS::ECS::Service
  std::vector<std::string> ids;  // every id, name and ARN that it may be known by
};

// Error: bad_input, with line and column, or where the file is no state of version 4.
core::Result<std::vector<Managed>> managed_by_terraform(std::string_view text, std::string_view origin);
core::Result<std::vector<Managed>> managed_by_stack(std::string_view text, std::string_view origin);

// "" where nobody's code is known to manage what the step changes. What a step makes anew is nobody's.
std::string manager_of(const Step& step, const std::vector<Managed>& managed);

}  // namespace doctor::remedy
