// A resource of AWS in the words of Terraform's AWS provider: type, import id and arguments, from its state
// in remedy/kinds.h.
//
// Arguments and import ids are those of the provider's documentation ("Resource: aws_ecs_service", …). Where
// a state does not hold what the provider requires, `partial` says so: then an import block alone is written,
// and Terraform itself writes the rest (-generate-config-out).
//
//   terraform_resources({"ecs:service", arn, …}, state)[0].body.attribute("desired_count")
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "iac/change.h"
#include "iac/hcl_writer.h"

namespace doctor::iac {

struct TerraformResource {
  std::string type;       // "aws_ecs_service"
  std::string key;        // tells it from the others of one AWS resource: "egress tcp 443-443 0.0.0.0/0"
  std::string hint;       // what to call it: "web"
  std::string import_id;  // "": the run does not know it
  std::vector<std::string> ids;                               // id or ARN that Terraform's state may have
  std::vector<std::pair<std::string, std::string>> identity;  // arguments that tell it in code
  CodeBlock body;                                             // of type "resource"
  bool partial = false;
  std::string note;

  // The same thing may be written as a block inside another resource ("egress" in aws_security_group): then
  // that is where it belongs, as the provider's documentation warns against both at once.
  std::string parent_type, parent_id;
  CodeBlock inside_parent;
};

// Of a change; `state` is its `before` or its `after`, itself and no copy. Empty where Terraform has nothing
// of this kind.
std::vector<TerraformResource> terraform_resources(const Change& change, const Value& state);

// A name that HCL and AWS people would use: "web", "allow_443_out"; only letters, digits and "_".
std::string terraform_name(std::string_view text);

}  // namespace doctor::iac
