#include "iam/request.h"

#include <algorithm>

#include "core/arn.h"
#include "iam/operators.h"

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

// What stands behind the first '/' of "user/path/name".
std::string_view behind_slash(std::string_view resource) {
  return resource.substr(std::min(resource.size(), resource.find('/') + 1));
}

// Roles that only their service can assume ("Service-linked roles"): by the path of the role, or by the name
// that AWS gives.
bool is_service_linked(std::string_view role_arn) {
  return role_arn.find(":role/aws-service-role/") != std::string_view::npos ||
         role_arn.find(":role/AWSServiceRoleFor") != std::string_view::npos;
}

Result<Caller> caller_of_arn(std::string_view text) {
  const auto arn = core::Arn::parse(text);
  if (!arn) return fail(arn.error());
  Caller caller;
  caller.arn = text;
  caller.account = arn->account;
  const std::string& resource = arn->resource;
  const auto is = [&](std::string_view type) {
    return resource.rfind(type, 0) == 0 && resource.size() > type.size();
  };
  if (arn->service == "iam" && resource == "root") {
    caller.kind = CallerKind::root;
  } else if (arn->service == "iam" && is("user/")) {
    caller.kind = CallerKind::user;
  } else if (arn->service == "iam" && is("role/")) {
    caller.kind = CallerKind::role;
    caller.role_arn = text;
  } else if (arn->service == "sts" && is("assumed-role/")) {
    caller.kind = CallerKind::role_session;
    const std::string_view name = behind_slash(resource);
    caller.role_arn = "arn:" + arn->partition + ":iam::" + arn->account + ":role/" +
                      std::string(name.substr(0, name.find('/')));
  } else if (arn->service == "sts" && is("federated-user/")) {
    caller.kind = CallerKind::federated_user;
  } else if (arn->service == "iam" && (is("saml-provider/") || is("oidc-provider/"))) {
    caller.kind = CallerKind::identity_provider;
    caller.federated = text;
    caller.arn.clear();
    caller.account.clear();
    return caller;
  } else {
    return fail(ErrorKind::bad_input, "'" + std::string(text) + "' is no principal",
                "name a root, user, role, assumed-role or federated-user ARN");
  }
  if (!core::is_account_id(caller.account))
    return fail(ErrorKind::bad_input, "'" + std::string(text) + "' has no account id of twelve digits");
  caller.service_linked_role = is_service_linked(caller.role_arn);
  return caller;
}

std::string_view principal_type(CallerKind kind) {
  switch (kind) {
    case CallerKind::anonymous:
      return "Anonymous";
    case CallerKind::root:
      return "Account";
    case CallerKind::user:
      return "User";
    case CallerKind::federated_user:
      return "FederatedUser";
    case CallerKind::role:
    case CallerKind::role_session:
      return "AssumedRole";
    case CallerKind::service:
    case CallerKind::identity_provider:
      break;
  }
  return "";
}

void derive(Request& request) {
  const Caller& caller = request.principal;
  Context& context = request.context;
  const auto put = [&](std::string_view key, std::string_view value) {
    if (context.knows(key)) return;
    if (value.empty()) {
      context.set_absent(key);
    } else {
      context.set(key, {std::string(value)});
    }
  };
  const bool service = caller.kind == CallerKind::service;
  const bool session = caller.kind == CallerKind::role || caller.kind == CallerKind::role_session;
  put("aws:PrincipalArn", session ? caller.role_arn : caller.arn);
  // "AWS global condition context keys": anonymous requests return "anonymous".
  put("aws:PrincipalAccount", caller.kind == CallerKind::anonymous ? "anonymous" : caller.account);
  if (caller.account.empty()) {
    put("aws:PrincipalOrgID", "");
    put("aws:PrincipalOrgPaths", "");
  }
  put("aws:PrincipalType", principal_type(caller.kind));
  put("aws:PrincipalIsAWSService", caller.kind == CallerKind::anonymous ? "" : service ? "true" : "false");
  put("aws:PrincipalServiceName", caller.service);
  put("aws:username", caller.kind == CallerKind::user ? core::short_name(caller.arn) : "");
  if (caller.kind == CallerKind::root) put("aws:userid", caller.account);
  if (caller.kind == CallerKind::anonymous) put("aws:userid", "anonymous");
  if (caller.kind == CallerKind::federated_user)
    put("aws:userid", caller.account + ":" + std::string(core::short_name(caller.arn)));
  if (!request.resource_account.empty()) put("aws:ResourceAccount", request.resource_account);
}

}  // namespace

void Context::set(std::string_view key, std::vector<std::string> values) {
  Entry entry{lower_case(key), values.empty(), std::move(values)};
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), entry.key,
                                   [](const Entry& a, const std::string& b) { return a.key < b; });
  if (at != entries_.end() && at->key == entry.key) {
    *at = std::move(entry);
  } else {
    entries_.insert(at, std::move(entry));
  }
}

void Context::set_absent(std::string_view key) {
  set(key, {});
}

bool Context::knows(std::string_view key) const {
  return find(lower_case(key)) != nullptr;
}

const Context::Entry* Context::find(std::string_view lower_case_key) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), lower_case_key,
                                   [](const Entry& a, std::string_view b) { return a.key < b; });
  return at != entries_.end() && at->key == lower_case_key ? &*at : nullptr;
}

Result<Caller> principal_of(std::string_view text) {
  if (text.rfind("arn:", 0) == 0) return caller_of_arn(text);
  Caller caller;
  if (text == "*" || text == "anonymous") return caller;
  if (core::is_account_id(text)) {
    caller.kind = CallerKind::root;
    caller.account = text;
    caller.arn = "arn:aws:iam::" + std::string(text) + ":root";
    return caller;
  }
  constexpr std::string_view kAmazon = ".amazonaws.com";
  const bool chinese = text.size() > 17 && text.substr(text.size() - 17) == ".amazonaws.com.cn";
  if (chinese || (text.size() > kAmazon.size() && text.substr(text.size() - kAmazon.size()) == kAmazon)) {
    caller.kind = CallerKind::service;
    caller.service = text;
    return caller;
  }
  return fail(ErrorKind::bad_input, "'" + std::string(text) + "' is no principal",
              "write an ARN, an account id, a service such as ecs-tasks.amazonaws.com, or * for nobody in "
              "particular");
}

Result<Request> complete_request(Request request) {
  const auto colon = request.action.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == request.action.size() ||
      request.action.find_first_of("*? ") != std::string::npos) {
    return fail(ErrorKind::bad_input, "'" + request.action + "' is no action", "write it as ecs:RunTask");
  }
  if (request.action.size() > kLongestAction)
    return fail(ErrorKind::bad_input, "the action is longer than any action's name");
  if (request.resource.empty()) request.resource = "*";
  if (request.resource_account.empty() && request.resource != "*") {
    if (const auto arn = core::Arn::parse(request.resource); arn && core::is_account_id(arn->account))
      request.resource_account = arn->account;
  }
  if (request.resource_account.empty()) request.resource_account = request.principal.account;
  derive(request);
  return request;
}

}  // namespace doctor::iam
