// The attributes that a fix corrects and that someone may want to set otherwise: each becomes a variable with
// the limits that AWS gives it.
#pragma once

#include <string>
#include <string_view>

#include "iac/hcl_writer.h"
#include "iac/value.h"

namespace doctor::iac {

struct VariableRule {
  std::string_view resource, attribute;  // "aws_ecs_service", "capacity_provider_strategy.base"
  std::string_view type;                 // HCL type
  std::string_view condition;            // "$" stands for the variable
  std::string_view error;                // a sentence; Terraform wants a full stop
};

// nullptr where the attribute is not one of them.
const VariableRule* variable_rule(std::string_view resource, std::string_view attribute);

CodeBlock variable_block(const VariableRule& rule, const std::string& name, const std::string& description,
                         const Value& value);

}  // namespace doctor::iac
