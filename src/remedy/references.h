// The places of a request that an earlier call's answer fills.
//
//   "${2.taskDefinition.taskDefinitionArn}"   a field of what step 2's call answered; numbers count a list's
//                                             items: "${2.SecurityGroupRules.0.SecurityGroupRuleId}"
//   "${self.VpcEndpoint.VpcEndpointId}"       of the step's own: in an inverse, a probe, an effect
//   "${run.id}", "${step.id}"                 for client tokens and tags
//
// Nothing else in braces is a reference: "${aws:username}" of a policy and "${HOME}" of a command stay as
// they are. A string that is one reference and nothing more takes the field's value, whatever its type. A
// reference that nothing fills is an error; it is never sent.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace doctor::remedy {

// The JSON text of what the name ("2.taskDefinition.taskDefinitionArn") stands for. Error: bad_input.
using ReferenceLookup = std::function<core::Result<std::string>(std::string_view name)>;

// Every string inside the JSON text. Error: bad_input, naming the reference.
core::Result<std::string> fill_json(std::string_view json, const ReferenceLookup& lookup);
// Text that is no JSON, such as a resource's id.
core::Result<std::string> fill_text(std::string_view text, const ReferenceLookup& lookup);
bool has_reference(std::string_view text);
// For people, who need not know the notation: "${2.taskDefinition.taskDefinitionArn}" is
// "(taskDefinitionArn of step 2's answer)", without the quotes that it may stand in.
std::string references_in_words(std::string_view json);

// The JSON text of the field, "taskDefinition.taskDefinitionArn"; "" where there is none.
std::string field_text(std::string_view json, std::string_view path);
// The same where the answer was lost, from what a later reading answered, which has another form: the one
// value of a field of that name ("SubnetId"; "DefaultVersionId" for "VersionId") that was not in the state
// before.
// "" where there is none or more than one.
std::string field_found_by_reading(std::string_view json, std::string_view before, std::string_view path);

}  // namespace doctor::remedy
