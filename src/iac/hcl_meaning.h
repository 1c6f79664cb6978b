// What a written expression means where it is literal, and where to change it where it is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iac/hcl_patch.h"

namespace doctor::iac {

// Whether a literal expression says this value; 2 and "2" say the same, as Terraform converts them.
bool means(const HclExpression& expression, const Value& value);

// "it refers to var.base", "it is a template", …
std::string why_computed(const HclExpression& expression);

// What to do by hand: names the variable, local, data block or module, with its place in `files`.
std::string what_to_change(const HclExpression& expression, const Value& after,
                           const std::vector<HclFile>* files);

// The attribute that tells blocks of this type apart ("capacity_provider"); "" where there is only one of it.
std::string_view block_identity(std::string_view block_type);

Value block_value(const CodeBlock& block);  // its attributes as a map, for reports

}  // namespace doctor::iac
