#include "lab/iam.h"

#include <algorithm>

#include "core/arn.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply no_role(const std::string& name) {
  return api_error("NoSuchEntity", "The role with name " + name + " cannot be found.", 404);
}

Reply no_policy(const std::string& arn) {
  return api_error("NoSuchEntity", "Policy " + arn + " does not exist or is not attachable.", 404);
}

Role* role_of(World& world, const json& input) {
  const auto found = world.iam.roles.find(text_of(input, "RoleName"));
  return found == world.iam.roles.end() ? nullptr : &found->second;
}

// IAM pages with Marker and MaxItems, and says IsTruncated.
Reply iam_page(const json& all, const json& input, const char* key) {
  auto page = page_of(all, input,
                      {.result_key = key,
                       .input_token = "Marker",
                       .output_token = "Marker",
                       .limit_key = "MaxItems",
                       .default_limit = 100,
                       .most = 1000,
                       .bad_token = "InvalidInput",
                       .bad_limit = "ValidationError"});
  if (page) (*page)["IsTruncated"] = page->contains("Marker");
  return page;
}

json shown(const Role& role, bool whole) {
  json answer{{"Path", role.path},
              {"RoleName", role.name},
              {"RoleId", role.id},
              {"Arn", role.arn},
              {"CreateDate", epoch(role.created)},
              {"AssumeRolePolicyDocument", role.trust},
              {"Description", role.description},
              {"MaxSessionDuration", 3600}};
  if (!whole) return answer;  // ListRoles leaves these out ("ListRoles", IAM API Reference)
  if (!role.boundary.empty()) {
    answer["PermissionsBoundary"] = {{"PermissionsBoundaryType", "Policy"},
                                     {"PermissionsBoundaryArn", role.boundary}};
  }
  answer["Tags"] = json::array();
  for (const auto& [key, value] : role.tags) answer["Tags"].push_back({{"Key", key}, {"Value", value}});
  return answer;
}

Reply get_role(World& world, const CallContext&, const json& input) {
  const Role* role = role_of(world, input);
  if (role == nullptr) return no_role(text_of(input, "RoleName"));
  return json{{"Role", shown(*role, true)}};
}

Reply list_roles(World& world, const CallContext&, const json& input) {
  json roles = json::array();
  for (const auto& [name, role] : world.iam.roles) {
    if (role.path.rfind(text_of(input, "PathPrefix", "/"), 0) == 0) roles.push_back(shown(role, false));
  }
  return iam_page(roles, input, "Roles");
}

Reply list_role_policies(World& world, const CallContext&, const json& input) {
  const Role* role = role_of(world, input);
  if (role == nullptr) return no_role(text_of(input, "RoleName"));
  json names = json::array();
  for (const auto& [name, document] : role->inlined) names.push_back(name);
  return iam_page(names, input, "PolicyNames");
}

Reply get_role_policy(World& world, const CallContext&, const json& input) {
  const Role* role = role_of(world, input);
  if (role == nullptr) return no_role(text_of(input, "RoleName"));
  const auto policy = role->inlined.find(text_of(input, "PolicyName"));
  if (policy == role->inlined.end()) {
    return api_error("NoSuchEntity",
                     "The role policy with name " + text_of(input, "PolicyName") + " cannot be found.", 404);
  }
  return json{{"RoleName", role->name}, {"PolicyName", policy->first}, {"PolicyDocument", policy->second}};
}

Reply list_attached_role_policies(World& world, const CallContext&, const json& input) {
  const Role* role = role_of(world, input);
  if (role == nullptr) return no_role(text_of(input, "RoleName"));
  json attached = json::array();
  for (const auto& arn : role->attached) {
    const auto policy = world.iam.policies.find(arn);
    if (policy != world.iam.policies.end() &&
        policy->second.path.rfind(text_of(input, "PathPrefix", "/"), 0) != 0)
      continue;
    attached.push_back({{"PolicyName", core::short_name(arn)}, {"PolicyArn", arn}});
  }
  return iam_page(attached, input, "AttachedPolicies");
}

Reply get_policy(World& world, const CallContext&, const json& input) {
  const std::string arn = text_of(input, "PolicyArn");
  const auto found = world.iam.policies.find(arn);
  if (found == world.iam.policies.end()) return no_policy(arn);
  const Policy& policy = found->second;
  int attachments = 0, boundaries = 0;
  for (const auto& [name, role] : world.iam.roles) {
    attachments += static_cast<int>(std::count(role.attached.begin(), role.attached.end(), arn));
    boundaries += role.boundary == arn ? 1 : 0;
  }
  return json{{"Policy",
               {{"PolicyName", policy.name},
                {"PolicyId", policy.id},
                {"Arn", arn},
                {"Path", policy.path},
                {"DefaultVersionId", policy.default_version},
                {"AttachmentCount", attachments},
                {"PermissionsBoundaryUsageCount", boundaries},
                {"IsAttachable", true},
                {"Description", policy.description},
                {"CreateDate", epoch(policy.created)},
                {"UpdateDate", epoch(policy.updated)},
                {"Tags", json::array()}}}};
}

json shown(const Policy& policy, const PolicyVersion& version) {
  return {{"VersionId", version.id},
          {"IsDefaultVersion", version.id == policy.default_version},
          {"CreateDate", epoch(version.created)}};
}

Reply get_policy_version(World& world, const CallContext&, const json& input) {
  const std::string arn = text_of(input, "PolicyArn"), id = text_of(input, "VersionId");
  const auto found = world.iam.policies.find(arn);
  if (found == world.iam.policies.end()) return no_policy(arn);
  for (const PolicyVersion& version : found->second.versions) {
    if (version.id != id) continue;
    json answer = shown(found->second, version);
    answer["Document"] = version.document;
    return json{{"PolicyVersion", answer}};
  }
  return api_error("NoSuchEntity", "Policy " + arn + " version " + id + " does not exist.", 404);
}

// The newest first, and no documents ("ListPolicyVersions", IAM API Reference).
Reply list_policy_versions(World& world, const CallContext&, const json& input) {
  const std::string arn = text_of(input, "PolicyArn");
  const auto found = world.iam.policies.find(arn);
  if (found == world.iam.policies.end()) return no_policy(arn);
  json versions = json::array();
  for (auto it = found->second.versions.rbegin(); it != found->second.versions.rend(); ++it)
    versions.push_back(shown(found->second, *it));
  return iam_page(versions, input, "Versions");
}

Reply list_entities_for_policy(World& world, const CallContext&, const json& input) {
  const std::string arn = text_of(input, "PolicyArn");
  if (!world.iam.policies.contains(arn)) return no_policy(arn);
  const bool as_boundary = text_of(input, "PolicyUsageFilter") == "PermissionsBoundary";
  json roles = json::array();
  for (const auto& [name, role] : world.iam.roles) {
    const bool uses = as_boundary
                          ? role.boundary == arn
                          : std::find(role.attached.begin(), role.attached.end(), arn) != role.attached.end();
    if (uses) roles.push_back({{"RoleName", name}, {"RoleId", role.id}});
  }
  auto page = iam_page(roles, input, "PolicyRoles");
  if (page) {
    (*page)["PolicyGroups"] = json::array();
    (*page)["PolicyUsers"] = json::array();
  }
  return page;
}

// ---- STS

Reply get_caller_identity(World& world, const CallContext& call, const json&) {
  const std::string session(core::short_name(call.caller_arn));
  const std::string session_of_role = call.caller_arn.substr(0, call.caller_arn.rfind('/'));
  const auto role = world.iam.roles.find(std::string(core::short_name(session_of_role)));
  return json{
      {"UserId", (role == world.iam.roles.end() ? "AROALABEXAMPLE0000001" : role->second.id) + ":" + session},
      {"Account", world.account},
      {"Arn", call.caller_arn}};
}

Reply session_of(World& world, const CallContext& call, const json& input) {
  const std::string arn = text_of(input, "RoleArn"), session = text_of(input, "RoleSessionName");
  const std::string name(core::short_name(arn));
  const auto role = world.iam.roles.find(name);
  if (role == world.iam.roles.end() || role->second.arn != arn) {
    return api_error("AccessDenied",
                     "User: " + call.caller_arn + " is not authorized to perform: sts:" + call.operation +
                         " on resource: " + arn,
                     403);
  }
  const auto seconds = integer_of(input, "DurationSeconds", 3600);
  if (seconds < 900 || seconds > 43200) {
    return api_error("ValidationError",
                     "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  // Real time: the caller's clock decides when it must ask again.
  const core::Timestamp expires{call.real_time + std::chrono::seconds(seconds)};
  const std::string access_key = world.ids.unique_id("ASIA").substr(0, 20);
  world.iam.sessions[access_key] = world.role_session_arn(name, session);
  return json{
      {"Credentials",
       {{"AccessKeyId", access_key},
        {"SecretAccessKey", world.ids.hex(40)},
        {"SessionToken", "lab" + world.ids.hex(200)},
        {"Expiration", epoch(expires)}}},
      {"AssumedRoleUser",
       {{"AssumedRoleId", role->second.id + ":" + session}, {"Arn", world.role_session_arn(name, session)}}},
      {"PackedPolicySize", 6}};
}

Reply assume_role(World& world, const CallContext& call, const json& input) {
  return session_of(world, call, input);
}

Reply assume_role_with_web_identity(World& world, const CallContext& call, const json& input) {
  if (text_of(input, "WebIdentityToken").empty()) {
    return api_error("InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
  }
  auto answer = session_of(world, call, input);
  if (answer) {
    answer->erase("PackedPolicySize");
    answer->update({{"SubjectFromWebIdentityToken", "system:serviceaccount:lab"},
                    {"Provider", "arn:aws:iam::" + world.account + ":oidc-provider/lab"},
                    {"Audience", "sts.amazonaws.com"}});
  }
  return answer;
}

// What the lab encodes (server.cc's refusals) is hexadecimal text of the message.
Reply decode_authorization_message(World&, const CallContext&, const json& input) {
  const std::string text = text_of(input, "EncodedMessage");
  std::string decoded;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) break;
    decoded += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  if (decoded.size() * 2 != text.size() || json::parse(decoded, nullptr, false).is_discarded()) {
    return api_error("InvalidAuthorizationMessageException", "The encoded message is not valid");
  }
  return json{{"DecodedMessage", decoded}};
}

}  // namespace

const json* Policy::document() const {
  for (const PolicyVersion& version : versions) {
    if (version.id == default_version) return &version.document;
  }
  return nullptr;
}

Role& add_role(World& world, const std::string& name, const std::string& trusted, const std::string& path) {
  Role role;
  role.name = name;
  role.path = path;
  role.id = world.ids.unique_id("AROA");
  role.arn = "arn:aws:iam::" + world.account + ":role" + path + name;
  role.created = world.clock.now();
  role.trust = {
      {"Version", "2012-10-17"},
      {"Statement",
       json::array(
           {{{"Effect", "Allow"}, {"Principal", {{"Service", trusted}}}, {"Action", "sts:AssumeRole"}}})}};
  return world.iam.roles[name] = std::move(role);
}

namespace {

std::string add_managed(World& world, const std::string& arn, const std::string& path, const json& document) {
  Policy policy;
  policy.arn = arn;
  policy.name = core::short_name(arn);
  policy.path = path;
  policy.id = world.ids.unique_id("ANPA");
  policy.created = policy.updated = world.clock.now();
  policy.versions = {{"v1", document, policy.created}};
  world.iam.policies[arn] = std::move(policy);
  return arn;
}

}  // namespace

std::string add_policy(World& world, const std::string& name, const json& document) {
  return add_managed(world, "arn:aws:iam::" + world.account + ":policy/" + name, "/", document);
}

std::string add_aws_policy(World& world, const std::string& path_and_name, const json& document) {
  const auto slash = path_and_name.rfind('/');
  return add_managed(world, "arn:aws:iam::aws:policy/" + path_and_name,
                     slash == std::string::npos ? "/" : "/" + path_and_name.substr(0, slash + 1), document);
}

json role_shown(const Role& role) {
  return shown(role, true);
}

json policy_document(const std::string& effect, const std::vector<std::string>& actions,
                     const std::string& resource) {
  return {{"Version", "2012-10-17"},
          {"Statement", json::array({{{"Effect", effect}, {"Action", actions}, {"Resource", resource}}})}};
}

void add_iam_operations(Registry& registry) {
  registry.add("iam", "GetRole", get_role);
  registry.add("iam", "ListRoles", list_roles);
  registry.add("iam", "ListRolePolicies", list_role_policies);
  registry.add("iam", "GetRolePolicy", get_role_policy);
  registry.add("iam", "ListAttachedRolePolicies", list_attached_role_policies);
  registry.add("iam", "GetPolicy", get_policy);
  registry.add("iam", "GetPolicyVersion", get_policy_version);
  registry.add("iam", "ListEntitiesForPolicy", list_entities_for_policy);
  registry.add("iam", "ListPolicyVersions", list_policy_versions);
  add_iam_changes(registry);
  add_iam_users(registry);
  registry.add("sts", "GetCallerIdentity", get_caller_identity);
  registry.add("sts", "AssumeRole", assume_role);
  registry.add("sts", "AssumeRoleWithWebIdentity", assume_role_with_web_identity);
  registry.add("sts", "DecodeAuthorizationMessage", decode_authorization_message);
}

}  // namespace doctor::lab
