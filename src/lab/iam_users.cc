// Users and groups. Who calls the lab is a role's session, and nothing makes a user: it answers as IAM does
// in an account that has roles alone.
#include "lab/iam.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply no_such_user(World&, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "UserName");
  if (name.empty() && call.operation == "GetUser")  // of the caller, who is none
    return api_error("ValidationError", "Must specify userName when calling with non-User credentials");
  return api_error("NoSuchEntity", "The user with name " + name + " cannot be found.", 404);
}

Reply no_such_group(World&, const CallContext&, const json& input) {
  return api_error("NoSuchEntity", "The group with name " + text_of(input, "GroupName") + " cannot be found.",
                   404);
}

}  // namespace

void add_iam_users(Registry& registry) {
  for (const char* operation :
       {"GetUser", "ListUserPolicies", "GetUserPolicy", "ListAttachedUserPolicies", "ListGroupsForUser"})
    registry.add("iam", operation, no_such_user);
  for (const char* operation : {"ListGroupPolicies", "GetGroupPolicy", "ListAttachedGroupPolicies"})
    registry.add("iam", operation, no_such_group);
}

}  // namespace doctor::lab
