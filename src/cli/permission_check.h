// Before apply and rollback send anything: may these credentials do what the plan needs?
#pragma once

#include <vector>

#include "aws/client.h"
#include "cli/context.h"
#include "core/result.h"
#include "remedy/permissions.h"

namespace doctor::cli {

struct PermissionCheck {
  remedy::CallerPolicies caller;
  std::vector<remedy::MissingAction> missing;
};

// Says in one line on stderr what could not be checked. Error: those of sts GetCallerIdentity.
core::Result<PermissionCheck> check_permissions(Context& context, aws::Client& client,
                                                const remedy::Plan& plan, remedy::Direction direction);

// What is missing, and the smallest policies that allow it; nothing where nothing is missing. As JSON one
// line ("fargate-doctor/permissions/1").
void print_missing(Context& context, const PermissionCheck& check);

}  // namespace doctor::cli
