#include "remedy/caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "aws/errors.h"
#include "core/arn.h"
#include "core/json.h"

namespace doctor::remedy {
namespace {

using core::Json;
using core::JsonDocument;
using Input = nlohmann::json;

// Asks, and remembers what was refused.
class Reader {
 public:
  Reader(aws::Client& client, std::string region) : client_(client), region_(std::move(region)) {}

  // Nothing where AWS did not answer.
  std::optional<JsonDocument> ask(const char* service, const char* operation, const Input& input) {
    const aws::Call call{service, operation, region_, input.dump()};
    const auto answers = client_.run({&call, 1});
    if (!answers.front()) {
      code_ = answers.front().error().code;
      action_ = aws::iam_action(service, operation);
      return std::nullopt;
    }
    auto document = JsonDocument::parse(answers.front()->json, action_);
    if (!document) return std::nullopt;
    return std::move(*document);
  }

  const std::string& code() const { return code_; }      // of the last question that failed
  const std::string& action() const { return action_; }  // which would have allowed it

 private:
  aws::Client& client_;
  std::string region_, code_, action_;
};

bool add_document(std::vector<iam::Policy>& into, Json document, const std::string& name) {
  const std::string text = document.is_string() ? std::string(document.string_or()) : document.text();
  auto policy = iam::parse_policy(text, name, iam::PolicyKind::identity);
  if (!policy) return false;
  policy->name = name;
  into.push_back(std::move(*policy));
  return true;
}

bool add_managed(Reader& reader, std::vector<iam::Policy>& into, const std::string& arn) {
  const auto policy = reader.ask("iam", "GetPolicy", {{"PolicyArn", arn}});
  if (!policy) return false;
  const std::string version(policy->root()["Policy"]["DefaultVersionId"].string_or());
  const auto document = reader.ask("iam", "GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", version}});
  return document && add_document(into, document->root()["PolicyVersion"]["Document"],
                                  std::string(core::short_name(arn)));
}

// The operations by which IAM tells of one kind of identity.
struct Words {
  const char *name, *list_inline, *get_inline, *list_attached;
};
constexpr Words kRole{"RoleName", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"};
constexpr Words kUser{"UserName", "ListUserPolicies", "GetUserPolicy", "ListAttachedUserPolicies"};
constexpr Words kGroup{"GroupName", "ListGroupPolicies", "GetGroupPolicy", "ListAttachedGroupPolicies"};

bool add_policies(Reader& reader, std::vector<iam::Policy>& into, const Words& words,
                  const std::string& name) {
  const auto inlined = reader.ask("iam", words.list_inline, {{words.name, name}});
  if (!inlined) return false;
  for (const std::string& policy : inlined->root()["PolicyNames"].strings()) {
    const auto document = reader.ask("iam", words.get_inline, {{words.name, name}, {"PolicyName", policy}});
    if (!document || !add_document(into, document->root()["PolicyDocument"], policy)) return false;
  }
  const auto attached = reader.ask("iam", words.list_attached, {{words.name, name}});
  if (!attached) return false;
  const auto list = attached->root()["AttachedPolicies"].items();
  return std::all_of(list.begin(), list.end(), [&](Json policy) {
    return add_managed(reader, into, std::string(policy["PolicyArn"].string_or()));
  });
}

bool add_groups(Reader& reader, std::vector<iam::Policy>& into, const std::string& user) {
  const auto groups = reader.ask("iam", "ListGroupsForUser", {{"UserName", user}});
  if (!groups) return false;
  const auto list = groups->root()["Groups"].items();
  return std::all_of(list.begin(), list.end(), [&](Json group) {
    return add_policies(reader, into, kGroup, std::string(group["GroupName"].string_or()));
  });
}

void note(CallerPolicies& out, const char* what, const Reader& reader) {
  out.unread.push_back(fmt::format("{} ({})", what, reader.action()));
}

void read_boundary(Reader& reader, CallerPolicies& out, Json identity) {
  const std::string arn(identity["PermissionsBoundary"]["PermissionsBoundaryArn"].string_or());
  if (arn.empty()) return;
  std::vector<iam::Policy> boundary;
  if (!add_managed(reader, boundary, arn)) return note(out, "your permissions boundary", reader);
  out.policies.boundaries = std::move(boundary);
}

void read_identity(Reader& reader, CallerPolicies& out) {
  const bool role = out.principal.kind == iam::CallerKind::role_session;
  const bool user = out.principal.kind == iam::CallerKind::user;
  if (out.principal.kind == iam::CallerKind::root) {
    out.policies.identity.emplace();
    return;
  }
  if (!role && !user) {
    out.unread.emplace_back("your own policies (of a federated user they cannot be read)");
    return;
  }
  const std::string name(core::short_name(role ? out.principal.role_arn : out.principal.arn));
  const Words& words = role ? kRole : kUser;
  const auto who = reader.ask("iam", role ? "GetRole" : "GetUser", {{words.name, name}});
  if (!who) return note(out, "your own policies", reader);
  const Json identity = who->root()[role ? "Role" : "User"];
  if (role) out.principal.role_arn = std::string(identity["Arn"].string_or(out.principal.role_arn));
  read_boundary(reader, out, identity);
  std::vector<iam::Policy> policies;
  if (!add_policies(reader, policies, words, name) || (user && !add_groups(reader, policies, name)))
    return note(out, "your own policies", reader);
  out.policies.identity = std::move(policies);
}

// What is attached at one level of the tree; nothing where it may not be read.
std::optional<std::vector<iam::Policy>> level_of(Reader& reader, const std::string& target) {
  const auto attached = reader.ask("organizations", "ListPoliciesForTarget",
                                   {{"TargetId", target}, {"Filter", "SERVICE_CONTROL_POLICY"}});
  if (!attached) return std::nullopt;
  std::vector<iam::Policy> level;
  for (Json policy : attached->root()["Policies"].items()) {
    const auto whole =
        reader.ask("organizations", "DescribePolicy", {{"PolicyId", std::string(policy["Id"].string_or())}});
    if (!whole) return std::nullopt;
    if (!add_document(level, whole->root()["Policy"]["Content"], std::string(policy["Name"].string_or())))
      return std::nullopt;
  }
  return level;
}

void read_organization(Reader& reader, CallerPolicies& out) {
  constexpr std::size_t kDeepest = 8;  // "Quotas for AWS Organizations": five levels of units below the root
  const auto organization = reader.ask("organizations", "DescribeOrganization", Input::object());
  if (!organization) {
    if (reader.code() != "AWSOrganizationsNotInUseException") note(out, "service control policies", reader);
    return;
  }
  const auto& account = out.principal.account;
  if (organization->root()["Organization"]["MasterAccountId"].string_or() == account) {
    out.principal.in_management_account = true;
    return;
  }
  std::vector<std::string> way{account};
  while (!way.back().starts_with("r-") && way.size() < kDeepest) {
    const auto parents = reader.ask("organizations", "ListParents", {{"ChildId", way.back()}});
    const auto list = parents ? parents->root()["Parents"].items() : std::vector<Json>{};
    if (list.empty()) return note(out, "service control policies", reader);
    way.emplace_back(list.front()["Id"].string_or());
  }
  std::vector<std::vector<iam::Policy>> tree;
  for (auto target = way.rbegin(); target != way.rend(); ++target) {
    auto level = level_of(reader, *target);
    if (!level) return note(out, "service control policies", reader);
    tree.push_back(std::move(*level));
  }
  out.policies.scps = std::move(tree);
}

}  // namespace

core::Result<CallerPolicies> read_caller(aws::Client& client, const std::string& region) {
  const aws::Call call{"sts", "GetCallerIdentity", region, "{}"};
  const auto answers = client.run({&call, 1});
  if (!answers.front()) return core::fail(answers.front().error());
  const auto identity = JsonDocument::parse(answers.front()->json, "sts.get-caller-identity");
  if (!identity) return core::fail(identity.error());
  CallerPolicies out;
  auto principal = iam::principal_of(identity->root()["Arn"].string_or());
  if (!principal) return core::fail(principal.error());
  out.principal = std::move(*principal);
  Reader reader(client, region);
  read_identity(reader, out);
  read_organization(reader, out);
  return out;
}

}  // namespace doctor::remedy
