// What single values of a policy must look like. Each answers what is wrong, or nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/operators.h"
#include "iam/policy.h"

namespace doctor::iam {

std::optional<std::string> wrong_with_action(std::string_view text);
std::optional<std::string> wrong_with_resource(std::string_view text, Version version);
std::optional<std::string> wrong_with_key(std::string_view text);
std::optional<std::string> wrong_with_value(const Operator& op, std::string_view text, Version version);
std::optional<std::string> wrong_with_sid(std::string_view text, PolicyKind kind);

// `type` is AWS, Service, Federated or CanonicalUser. Fills `kind` and, for an account, shortens `text` to
// its id.
std::optional<std::string> wrong_with_principal(std::string_view type, std::string& text,
                                                PrincipalKind& kind);

// "${…" without its end, or an empty name. Variables mean nothing before Version 2012-10-17.
std::optional<std::string> wrong_with_variables(std::string_view text, Version version);

}  // namespace doctor::iam
