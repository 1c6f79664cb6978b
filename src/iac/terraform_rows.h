// The mappings of terraform_resource.h by service, and what they share. Only terraform_*.cc include this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iac/terraform_resource.h"

namespace doctor::iac {

using Terraform = std::vector<TerraformResource>;

Terraform terraform_ecs(const Change& change, const Value& state);
Terraform terraform_vpc(const Change& change, const Value& state);
Terraform terraform_other(const Change& change, const Value& state);

// state[path] unless it is missing or empty; else null, which CodeBlock::put leaves out.
Value field(const Value& state, std::string_view path);
// Copies state[from] to the argument `to` where it is there.
void copy(CodeBlock& block, const Value& state, std::string_view from, std::string to);
std::string text_at(const Value& state, std::string_view path);               // "" where it is not a scalar
void copy_tags(CodeBlock& block, const Value& state, std::string_view path);  // without aws:…

// What stands before and behind the last '/' of "ROLE/POLICY".
std::string before_slash(std::string_view id);
std::string after_slash(std::string_view id);

}  // namespace doctor::iac
