// A run as CloudFormation: patches of the user's own templates with the change set that applies each, and,
// for what is in no template, a template to import it by with the resources-to-import that the change set
// takes.
//
//   auto codified = cloudformation_of(changes, stack, templates);
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "iac/change.h"
#include "iac/codified.h"
#include "iac/yaml_tree.h"

namespace doctor::iac {

struct Template {
  std::string name, text;
  YamlNode root;
};
// Error: bad_input, with line and column, or where it has no Resources.
core::Result<Template> read_template(std::string name, std::string text);

// Which logical ids a stack's resources have: what `aws cloudformation describe-stack-resources` prints.
struct StackResource {
  std::string stack, logical, physical, type;
};
core::Result<std::vector<StackResource>> read_stack_resources(std::string_view text, std::string_view origin);

// `stack` may be empty; then resources are looked for in the templates by their name properties.
core::Result<Codified> cloudformation_of(const std::vector<Change>& changes,
                                         const std::vector<StackResource>& stack,
                                         const std::vector<Template>& templates);

}  // namespace doctor::iac
