#include "lab/enforcement.h"

#include <algorithm>

#include "core/arn.h"
#include "iam/api_call.h"
#include "iam/evaluate.h"
#include "lab/ecs.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using iam::PolicyKind;

// A policy of the lab that does not parse allows nothing, and a scenario with such a one is a mistake: it is
// left out, as AWS would never have stored it.
void add(std::vector<iam::Policy>& list, const json& document, const std::string& name, PolicyKind kind) {
  if (!document.is_object()) return;
  if (auto policy = iam::parse_policy(document.dump(), name, kind)) list.push_back(std::move(*policy));
}

const json* default_version(const World& world, const std::string& arn) {
  const auto found = world.iam.policies.find(arn);
  return found == world.iam.policies.end() ? nullptr : found->second.document();
}

std::vector<iam::Policy> identity_policies(const World& world, const Role& role) {
  std::vector<iam::Policy> out;
  for (const auto& [name, document] : role.inlined) add(out, document, name, PolicyKind::identity);
  for (const std::string& arn : role.attached) {
    if (const json* document = default_version(world, arn)) add(out, *document, arn, PolicyKind::identity);
  }
  return out;
}

std::vector<std::string> way_down(const World& world) {
  const Organizations& organization = world.organizations;
  std::vector<std::string> way{world.account, organization.account_parent};
  for (auto unit = organization.units.find(way.back());
       unit != organization.units.end() && way.size() <= organization.units.size() + 1;
       unit = organization.units.find(way.back()))
    way.push_back(unit->second.parent);
  std::reverse(way.begin(), way.end());
  return way;
}

std::vector<std::vector<iam::Policy>> control_policies(const World& world, const std::string& type) {
  std::vector<std::vector<iam::Policy>> tree;
  for (const std::string& level : way_down(world)) {
    auto& policies = tree.emplace_back();
    for (const auto& [id, policy] : world.organizations.policies) {
      const bool here =
          std::find(policy.targets.begin(), policy.targets.end(), level) != policy.targets.end();
      if (policy.type != type || !here) continue;
      add(policies, policy.document, policy.name,
          type == "SERVICE_CONTROL_POLICY" ? PolicyKind::scp : PolicyKind::rcp);
    }
  }
  return tree;
}

template <class Map>
const typename Map::mapped_type* find_in(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

// The policy that a resource of the lab carries; null where it carries none.
json own_policy(const World& world, const core::Arn& arn) {
  const std::string name(arn.resource.substr(arn.resource.find('/') + 1));
  if (arn.service == "iam") {
    const Role* role = find_in(world.iam.roles, std::string(core::short_name(arn.resource)));
    return role == nullptr ? json() : role->trust;
  }
  if (arn.service == "ecr") {
    const Ecr* ecr = find_in(world.ecr, arn.region);
    const Repository* repository = ecr == nullptr ? nullptr : find_in(ecr->repositories, name);
    return repository == nullptr ? json() : repository->policy;
  }
  if (arn.service == "kms") {
    const Kms* kms = find_in(world.kms, arn.region);
    const json* policy = kms == nullptr ? nullptr : find_in(kms->policies, name);
    return policy == nullptr ? json() : *policy;
  }
  if (arn.service == "secretsmanager") {
    const Secrets* secrets = find_in(world.secrets, arn.region);
    const Secret* secret = secrets == nullptr ? nullptr : find_in(secrets->secrets, arn.text());
    return secret == nullptr ? json() : secret->policy;
  }
  return {};
}

std::optional<iam::Policy> resource_policy(const World& world, const std::string& action,
                                           const std::string& resource) {
  const auto arn = core::Arn::parse(resource);
  if (!arn) return std::nullopt;
  const bool assumes = action.rfind("sts:AssumeRole", 0) == 0;
  if ((arn->service == "iam") != assumes) return std::nullopt;  // a role's trust policy is for being assumed
  std::vector<iam::Policy> policies;
  add(policies, own_policy(world, *arn), "of " + arn->resource,
      assumes ? PolicyKind::trust : PolicyKind::resource);
  return policies.empty() ? std::nullopt : std::optional(std::move(policies.front()));
}

// "arn:aws:sts::111122223333:assumed-role/web-task/lab" -> the role.
const Role* role_of_session(const World& world, const std::string& session) {
  const auto arn = core::Arn::parse(session);
  if (!arn) return nullptr;
  const auto first = arn->resource.find('/');
  const auto second = arn->resource.find('/', first + 1);
  if (first == std::string::npos || second == std::string::npos) return nullptr;
  return find_in(world.iam.roles, arn->resource.substr(first + 1, second - first - 1));
}

iam::PolicySet policies_for(const World& world, const Role* role, const iam::Need& need) {
  iam::PolicySet set;
  set.identity.emplace();
  if (role != nullptr) {
    set.identity = identity_policies(world, *role);
    if (!role->boundary.empty()) {
      set.boundaries.emplace();
      if (const json* document = default_version(world, role->boundary))
        add(*set.boundaries, *document, role->boundary, PolicyKind::identity);
    }
  }
  set.resource = resource_policy(world, need.action, need.resource);
  if (world.organizations.in_use && world.organizations.management_account != world.account) {
    set.scps = control_policies(world, "SERVICE_CONTROL_POLICY");
    set.rcps = control_policies(world, "RESOURCE_CONTROL_POLICY");
  }
  return set;
}

// "AWS global condition context keys": those that every call to the lab carries. Others are absent.
void describe(const World& world, const CallContext& call, const Role* role, iam::Context& context) {
  context.set("aws:RequestedRegion", {call.region});
  context.set("aws:CurrentTime", {core::to_iso(call.time)});
  context.set(
      "aws:EpochTime",
      {std::to_string(std::chrono::floor<std::chrono::seconds>(call.time.time_since_epoch()).count())});
  if (!call.source_ip.empty()) context.set("aws:SourceIp", {call.source_ip});
  if (!call.user_agent.empty()) context.set("aws:UserAgent", {call.user_agent});
  context.set("aws:SecureTransport", {"false"});
  context.set("aws:ViaAWSService", {"false"});
  if (world.organizations.in_use) {
    context.set("aws:PrincipalOrgID", {world.organizations.id});
    context.set("aws:ResourceOrgID", {world.organizations.id});
  }
  if (role != nullptr) {
    for (const auto& [key, value] : role->tags) context.set("aws:PrincipalTag/" + key, {value});
  }
  context.complete = true;
}

std::string article(std::string_view words) {
  return std::string(words.front() == 'i' ? "an " : "a ") + std::string(words);
}

std::string_view words_of(iam::Level level, const std::string& action) {
  switch (level) {
    case iam::Level::identity:
      return "identity-based policy";
    case iam::Level::resource:
      return action.rfind("sts:AssumeRole", 0) == 0 ? "role trust policy" : "resource-based policy";
    case iam::Level::boundary:
      return "permissions boundary";
    case iam::Level::session:
      return "session policy";
    case iam::Level::scp:
      return "service control policy";
    case iam::Level::rcp:
      return "resource control policy";
    case iam::Level::vpc_endpoint:
      return "VPC endpoint policy";
  }
  return "policy";
}

// AWS names one type of policy where several refuse. Which one it does not say; here it is the first in the
// order of "Policy evaluation for requests within a single account".
std::string because_of(const iam::Decision& decision, const std::string& action) {
  if (decision.outcome == iam::Outcome::explicit_deny)
    return "with an explicit deny in " + article(words_of(decision.decided_by.level, action));
  for (const iam::Level level : {iam::Level::rcp, iam::Level::scp, iam::Level::resource, iam::Level::identity,
                                 iam::Level::boundary, iam::Level::session, iam::Level::vpc_endpoint}) {
    if (decision.blocked(level))
      return "because no " + std::string(words_of(level, action)) + " allows the " + action + " action";
  }
  return "because no identity-based policy allows the " + action + " action";
}

// Whoever starts a task passes the roles of its definition to it ("Amazon ECS EventBridge IAM role" asks for
// iam:PassRole beside ecs:RunTask); roles that the request overrides are among its needs already.
void add_roles_of_definition(std::vector<iam::Need>& needs, World& world, const CallContext& call,
                             const json& parameters) {
  const TaskDefinitionRecord* definition =
      find_task_definition(ecs_in(world, call.region), text_of(parameters, "taskDefinition"));
  if (definition == nullptr) return;
  for (const std::string& role : {definition->task_role_arn, definition->execution_role_arn}) {
    if (role.empty()) continue;
    needs.push_back(
        {"iam:PassRole", role, {{"StringEquals", "iam:PassedToService", {"ecs-tasks.amazonaws.com"}}}});
  }
}

// What a creating operation makes has no id yet: IAM is asked for the type ("Actions, resources, and
// condition keys for Amazon EC2").
constexpr std::pair<const char*, const char*> kMadeBy[] = {{"CreateSubnet", "subnet/*"},
                                                           {"CreateVpcEndpoint", "vpc-endpoint/*"},
                                                           {"CreateInternetGateway", "internet-gateway/*"}};

void add_association(const World& world, const CallContext& call, json& parameters) {
  const Ec2* ec2 = find_in(world.ec2, call.region);
  const std::string id = text_of(parameters, "associationId");
  if (ec2 == nullptr || id.empty()) return;
  for (const auto& [table_id, table] : ec2->route_tables) {
    for (const json& association : list_of(table, "Associations")) {
      if (text_of(association, "RouteTableAssociationId") != id) continue;
      parameters["ofAssociation"] = {{"routeTableId", table_id}};
      if (association.contains("SubnetId")) parameters["ofAssociation"]["subnetId"] = association["SubnetId"];
    }
  }
}

// The request with what AWS itself knows of what it names: whose association that is, an ARN for an id.
json as_iam_sees(const World& world, const CallContext& call, json parameters) {
  if (!parameters.is_object()) return parameters;
  if (call.service == "ec2") {
    add_association(world, call, parameters);
    for (const auto& [operation, made] : kMadeBy) {
      if (call.operation == operation) parameters["made"] = world.arn("ec2", call.region, made);
    }
  }
  if (call.service == "organizations") {
    const ControlPolicy* policy = find_in(world.organizations.policies, text_of(parameters, "policyId"));
    if (policy != nullptr) parameters["policyArn"] = policy->arn;
  }
  if (call.service == "iam" && call.operation == "CreateServiceLinkedRole") {
    parameters["roleArn"] =
        world.arn("iam", "",
                  "role/aws-service-role/" + text_of(parameters, "aWSServiceName") + "/AWSServiceRoleForECS");
  }
  return parameters;
}

std::vector<iam::Need> needs_of(World& world, const CallContext& call, const std::string& event_source,
                                const json& parameters) {
  const json record{{"eventSource", event_source},
                    {"eventName", call.operation},
                    {"awsRegion", call.region},
                    {"recipientAccountId", world.account},
                    {"userIdentity", {{"arn", call.caller_arn}}},
                    {"requestParameters", as_iam_sees(world, call, parameters)}};
  const auto calls = iam::api_calls_of(record.dump(), "the call");
  auto needs = calls && !calls->empty() ? calls->front().needs : std::vector<iam::Need>{};
  if (call.service == "ecs" && call.operation == "RunTask")
    add_roles_of_definition(needs, world, call, parameters);
  return needs;
}

}  // namespace

std::optional<Forbidden> forbidden_by_iam(World& world, const CallContext& call,
                                          const std::string& event_source, const json& parameters) {
  const Role* role = role_of_session(world, call.caller_arn);
  auto caller = iam::principal_of(call.caller_arn);
  for (const iam::Need& need : needs_of(world, call, event_source, parameters)) {
    iam::Request request;
    request.action = need.action;
    request.resource = need.resource.empty() ? "*" : need.resource;
    // Policies of the organization are the management account's, whose delegation policy lets this account
    // administer them: Organizations::readable says whether.
    if (call.service == "organizations") request.resource_account = world.account;
    Forbidden refusal{request.action, request.resource,
                      "because no identity-based policy allows the " + need.action + " action", false};
    if (!caller) return refusal;
    request.principal = *caller;
    if (role != nullptr) {
      request.principal.role_arn = role->arn;
      request.principal.service_linked_role = role->path.rfind("/aws-service-role/", 0) == 0;
    }
    describe(world, call, role, request.context);
    for (const auto& condition : need.conditions) request.context.set(condition.key, condition.values);
    const auto asked = iam::complete_request(std::move(request));
    if (!asked) return refusal;
    const auto engine = iam::Compiled::compile(policies_for(world, role, need));
    const auto decision = engine.evaluate(*asked);
    if (decision.outcome == iam::Outcome::allowed) continue;
    refusal.because = because_of(decision, need.action);
    refusal.explicit_deny = decision.outcome == iam::Outcome::explicit_deny;
    return refusal;
  }
  return std::nullopt;
}

void let_operator_do_everything(World& world) {
  const auto role = world.iam.roles.find("Operator");
  if (role == world.iam.roles.end()) return;
  const std::string arn = add_aws_policy(world, "AdministratorAccess", policy_document("Allow", {"*"}));
  auto& attached = role->second.attached;
  if (std::find(attached.begin(), attached.end(), arn) == attached.end()) attached.push_back(arn);
}

core::Result<void> add_caller(World& world, const CallerPolicy& caller) {
  if (auto policy = iam::parse_policy(caller.document, caller.origin, PolicyKind::identity); !policy)
    return core::fail(policy.error());
  const std::string name = caller.access_key.empty() ? "Operator" : caller.access_key;
  const bool known = world.iam.roles.contains(name);
  Role& role = known ? world.iam.roles.at(name) : add_role(world, name, "ec2.amazonaws.com");
  role.attached.clear();
  role.inlined = {{"caller", json::parse(caller.document, nullptr, false)}};
  if (!caller.access_key.empty()) world.iam.sessions[caller.access_key] = world.role_session_arn(name, "lab");
  return {};
}

}  // namespace doctor::lab
