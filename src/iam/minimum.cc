#include "iam/minimum.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/arn.h"
#include "core/glob.h"
#include "iam/actions.h"

namespace doctor::iam {
namespace {

constexpr std::string_view kEcsTasks = "ecs-tasks.amazonaws.com";

// One call to allow, at the level where AWS says that it is missing.
struct Wanted {
  PolicyType level = PolicyType::identity;
  std::string principal;  // of the policies that name one
  std::string account, region;
  Need need;
};

// What is being built; statements are merged at the end.
struct Draft {
  const MinimumOptions& options;
  std::vector<Wanted> wanted;
  Minimum minimum;
  std::set<std::string> noted;

  void note(std::string text) {
    if (noted.insert(text).second) minimum.notes.push_back(std::move(text));
  }
};

bool is_hex_id(std::string_view text) {
  constexpr std::size_t kTaskId = 32;
  return text.size() == kTaskId && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// A role's ARN of the ARN of its session; other principals are themselves. The session's ARN has no path.
std::string role_of_session(std::string_view principal) {
  const auto arn = core::Arn::parse(principal);
  if (!arn || arn->service != "sts" || arn->resource.rfind("assumed-role/", 0) != 0)
    return std::string(principal);
  const auto name = arn->resource.substr(std::string_view("assumed-role/").size());
  return "arn:" + arn->partition + ":iam::" + arn->account + ":role/" + name.substr(0, name.find('/'));
}

// IAM's short form in an old message: "role web" for arn:aws:iam::ACCOUNT:role/web.
std::string full_arn(std::string_view resource, std::string_view principal, Draft& draft) {
  const auto arn = core::Arn::parse(principal);
  for (const std::string_view kind : {"role", "user", "group", "policy", "instance profile"}) {
    if (resource.rfind(std::string(kind) + " ", 0) != 0 || !arn) continue;
    const auto name = resource.substr(kind.size() + 1);
    draft.note("AWS named '" + std::string(resource) +
               "' without its path: if it has one, put it into the ARN.");
    const std::string type = kind == "instance profile" ? "instance-profile" : std::string(kind);
    return "arn:" + arn->partition + ":iam::" + arn->account + ":" + type + "/" + std::string(name);
  }
  return std::string(resource);
}

// Ids that are new with every task become "*".
std::string lasting(std::string_view resource, Draft& draft) {
  if (draft.options.keep_ids) return std::string(resource);
  const auto slash = resource.rfind('/');
  if (slash == std::string_view::npos || !is_hex_id(resource.substr(slash + 1))) return std::string(resource);
  const bool task = core::contains(resource, ":ecs:") && core::contains(resource, ":task/");
  const bool stream = core::contains(resource, ":logs:") && core::contains(resource, ":log-stream:");
  if (!task && !stream) return std::string(resource);
  draft.note(std::string(task ? "A task's id" : "The name of a log stream that ECS writes") +
             " is new with every task: the policy has * in its place, within the same " +
             (task ? "cluster" : "log group and container") + ". --exact keeps the id that was seen.");
  return std::string(resource.substr(0, slash + 1)) + "*";
}

void note_about_resource(std::string_view resource, Draft& draft) {
  if (core::contains(resource, ":secret:") && resource.size() > 7 &&
      resource.substr(resource.size() - 7) == "-??????") {
    draft.note("'" + std::string(resource) +
               "': the record names the secret, not its ARN. Secrets Manager ends the ARN with six random "
               "characters; "
               "-?????? matches them, and with them any secret whose name goes on by such an ending. Put the "
               "full ARN "
               "where you know it.");
  }
  if (core::contains(resource, ":task-definition/")) {
    draft.note(
        "'" + std::string(resource) +
        "' covers this revision alone; the next deployment registers another. End it with :* to allow every "
        "revision of the family.");
  }
}

// The type's ARN with what is known filled in and * for the rest.
std::string arn_of_whole_type(const ResourceType& type, const Wanted& wanted) {
  const auto partition = wanted.region.empty() ? std::string_view("aws") : partition_of_region(wanted.region);
  std::string out;
  for (std::size_t i = 0; i < type.arn.size(); ++i) {
    if (type.arn.substr(i, 2) != "${") {
      out += type.arn[i];
      continue;
    }
    const auto close = type.arn.find('}', i);
    const auto name = type.arn.substr(i + 2, close - i - 2);
    if (name == "Partition") {
      out += partition;
    } else if (name == "Region" && !wanted.region.empty()) {
      out += wanted.region;
    } else if (name == "Account" && !wanted.account.empty()) {
      out += wanted.account;
    } else {
      out += '*';
    }
    i = close;
  }
  return out;
}

std::string types_of(const Action& action) {
  std::string names;
  for (const auto& resource : action.resources) {
    names += (names.empty() ? "" : ", ") + std::string(resource.type->name);
  }
  return names;
}

// The resources that the statement names for this need; empty: it cannot be written, and a note says why.
std::vector<std::string> resources_for(const Wanted& wanted, Draft& draft) {
  const auto& need = wanted.need;
  const auto* action = find_action(need.action);
  const bool named = !need.resource.empty() && need.resource != "*";
  if (action == nullptr) {
    if (!named) {
      draft.note(need.action +
                 ": not in the action catalogue of this program, and nothing names its resource: look it "
                 "up in AWS's Service Authorization Reference, then name it with --resource.");
      return {};
    }
    return {lasting(need.resource, draft)};
  }
  if (action->resources.empty()) {
    draft.note(need.action +
               " knows no resource-level permissions (Service Authorization Reference): \"Resource\": \"*\" "
               "is unavoidable.");
    return {"*"};
  }
  if (named) {
    note_about_resource(need.resource, draft);
    return {lasting(need.resource, draft)};
  }
  std::vector<std::string> given;
  for (const auto& resource : draft.options.resources) {
    if (resource_type_of(*action, resource) != nullptr) given.push_back(resource);
  }
  if (!given.empty()) return given;
  if (action->levels == "L") {
    std::vector<std::string> whole;
    for (const auto& resource : action->resources) {
      whole.push_back(arn_of_whole_type(*resource.type, wanted));
    }
    draft.note(need.action + " lists: nothing names one resource, so the policy names the whole type (" +
               types_of(*action) +
               ") in this account and region. Where AWS asks for the call without any resource, "
               "only a \"*\" of your own would match.");
    return whole;
  }
  draft.note(need.action + ": left out, because nothing names its resource (" + types_of(*action) +
             "). Name it with --resource ARN.");
  return {};
}

// ExecuteCommand asks about the cluster and the task (Service Authorization Reference); a message names one.
void add_cluster_of_task(const Wanted& wanted, std::vector<std::string>& resources) {
  const auto* action = find_action(wanted.need.action);
  if (action == nullptr || action->service != "ecs") return;
  const bool needs_cluster =
      std::any_of(action->resources.begin(), action->resources.end(),
                  [](const auto& resource) { return resource.required && resource.type->name == "cluster"; });
  if (!needs_cluster) return;
  const auto arn = core::Arn::parse(wanted.need.resource);
  if (!arn || arn->resource_type() != "task") return;
  const auto path = std::string_view(arn->resource).substr(std::string_view("task/").size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return;  // the old form of a task's ARN has no cluster
  resources.push_back("arn:" + arn->partition + ":ecs:" + arn->region + ":" + arn->account + ":cluster/" +
                      std::string(path.substr(0, slash)));
}

// What a message proves beyond its sentence: PassRole's service, the service that used a key, the cluster.
void narrow(Wanted& wanted, const Denial& denial, Draft& draft) {
  auto& need = wanted.need;
  const auto has = [&](std::string_view key) {
    return std::any_of(need.conditions.begin(), need.conditions.end(),
                       [&](const auto& known) { return known.key == key; });
  };
  const auto value_of = [&](std::string_view key) {
    for (const auto& [name, values] : denial.context) {
      if (name == key && !values.empty()) return values.front();
    }
    return std::string{};
  };
  if (need.action == "iam:PassRole" && !has("iam:PassedToService")) {
    auto service = value_of("iam:PassedToService");
    if (service.empty()) {
      service = kEcsTasks;
      const bool ecs =
          core::contains(denial.operation, "Task") || core::contains(denial.operation, "Service");
      if (!ecs) {
        draft.note(
            "The message does not say to which service the role is passed; the policy limits iam:PassRole "
            "to " +
            std::string(kEcsTasks) + ", which is what Fargate needs.");
      }
    }
    need.conditions.push_back({"StringEquals", "iam:PassedToService", {service}});
  }
  if (need.action.rfind("kms:", 0) == 0 && !has("kms:ViaService")) {
    auto via = value_of("kms:ViaService");
    const auto key = core::Arn::parse(need.resource);
    const std::string region = key ? key->region : wanted.region;
    if (via.empty() && !region.empty()) {
      const bool secret = denial.operation == "GetSecretValue";
      const bool parameter = denial.operation == "GetParameters" || denial.operation == "GetParameter";
      if (secret || parameter)
        via = std::string(secret ? "secretsmanager" : "ssm") + "." + region + ".amazonaws.com";
    }
    if (!via.empty()) need.conditions.push_back({"StringEquals", "kms:ViaService", {via}});
  }
  const auto* action = find_action(need.action);
  const auto arn = core::Arn::parse(need.resource);
  if (action != nullptr && action->service == "ecs" && action->has_condition_key("ecs:cluster") &&
      !has("ecs:cluster")) {
    auto cluster = value_of("ecs:cluster");
    if (cluster.empty() && arn && (arn->resource_type() == "task" || arn->resource_type() == "service")) {
      const auto first = arn->resource.find('/');
      const auto second = arn->resource.find('/', first + 1);
      if (second != std::string::npos) {
        cluster = "arn:" + arn->partition + ":ecs:" + arn->region + ":" + arn->account + ":cluster/" +
                  arn->resource.substr(first + 1, second - first - 1);
      }
    }
    if (!cluster.empty()) need.conditions.push_back({"ArnEquals", "ecs:cluster", {cluster}});
  }
}

void note_dependents(std::string_view name, Draft& draft) {
  const auto* action = find_action(name);
  if (action == nullptr) return;
  if (!action->dependent_actions.empty()) {
    std::string list;
    for (const auto dependent : action->dependent_actions)
      list += (list.empty() ? "" : ", ") + std::string(dependent);
    draft.note(std::string(name) + " may also need, depending on its parameters: " + list + ".");
  }
  static constexpr std::string_view kPassing[] = {"ecs:RunTask", "ecs:StartTask", "ecs:CreateService",
                                                  "ecs:UpdateService", "ecs:RegisterTaskDefinition"};
  if (std::find(std::begin(kPassing), std::end(kPassing), name) != std::end(kPassing)) {
    draft.note(std::string(name) + " also needs iam:PassRole, with iam:PassedToService " +
               std::string(kEcsTasks) +
               ", for the task role and the execution role that the task definition names.");
  }
  if (action->service == "kms" && !action->resources.empty()) {
    draft.note("A key's policy must allow " + std::string(name) +
               " too, or leave it to IAM as the default key policy does.");
  }
  if (name == "secretsmanager:GetSecretValue" || name == "ssm:GetParameters" || name == "ssm:GetParameter") {
    draft.note(std::string(name) +
               " also needs kms:Decrypt on the key, with kms:ViaService, where a customer managed key "
               "encrypts the value.");
  }
}

std::string where_of(const Denial& denial) {
  return denial.action + (denial.resource.empty() ? "" : " on " + denial.resource);
}

std::string with_article(const std::string& noun) {
  return (noun.empty() || noun.front() != 'i' ? "a " : "an ") + noun;
}

// Whether an explicit deny or the like stands in the way; it is written down.
bool is_obstacle(const Denial& denial, Draft& draft) {
  if (denial.kind != DenialKind::explicit_deny) return false;
  Obstacle obstacle{denial.policy_type, denial.kind, denial.policy, denial.action, denial.resource, {}};
  const std::string level(policy_type_words(denial.policy_type));
  const std::string named = denial.policy.empty() ? "" : " (" + denial.policy + ")";
  if (denial.policy_type == PolicyType::setting) {
    obstacle.sentence = where_of(denial) +
                        ": a setting of the service refuses it, not a policy. No Allow helps: change the "
                        "setting or the request.";
  } else if (denial.policy_type == PolicyType::unknown) {
    obstacle.sentence =
        where_of(denial) + ": an explicit deny" + named +
        " refuses it; AWS does not say in which kind of policy. No Allow helps: find the Deny statement "
        "(SCP, RCP, boundary, session, endpoint, resource and identity policies) and except this call.";
  } else {
    obstacle.sentence =
        where_of(denial) + ": an explicit deny in " + with_article(level) + named +
        " refuses it. No Allow helps: the Deny statement itself must except this call" +
        (denial.policy_type == PolicyType::scp || denial.policy_type == PolicyType::rcp
             ? ", and only the organisation's management account or its delegate can change it."
             : ".");
  }
  draft.minimum.obstacles.push_back(std::move(obstacle));
  return true;
}

// An implicit deny above the identity: the level must allow, whatever the identity policy says.
void note_level(const Denial& denial, Draft& draft) {
  const auto type = denial.policy_type;
  if (type == PolicyType::identity || type == PolicyType::unknown) {
    if (denial.kind == DenialKind::unknown) {
      draft.note(where_of(denial) +
                 ": the text does not say which policy refused it. The policy helps if no identity-based "
                 "policy allows the call yet; an explicit deny elsewhere would remain.");
    }
    return;
  }
  Obstacle obstacle{type, denial.kind, denial.policy, denial.action, denial.resource, {}};
  const std::string level(policy_type_words(type));
  if (type == PolicyType::trust || type == PolicyType::resource) {
    obstacle.sentence = where_of(denial) + ": the " + level +
                        " must allow it; a statement in an identity-based policy " + "alone does not help.";
  } else {
    obstacle.sentence = where_of(denial) + ": no " + level +
                        " allows it. An Allow in an identity-based policy alone does "
                        "not help: every " +
                        level + " in force must allow it too.";
  }
  draft.minimum.obstacles.push_back(std::move(obstacle));
}

// The level whose policy must hold the statement.
PolicyType level_of(const Denial& denial) {
  switch (denial.policy_type) {
    case PolicyType::unknown:
    case PolicyType::setting:
    case PolicyType::identity:
      return PolicyType::identity;
    default:
      return denial.policy_type;
  }
}

std::string account_of(const Denial& denial) {
  const auto resource = core::Arn::parse(denial.resource);
  if (resource && core::is_account_id(resource->account)) return resource->account;
  const auto principal = core::Arn::parse(denial.principal);
  return principal ? principal->account : std::string{};
}

void add_denial(const Denial& denial, const std::vector<Need>& recorded, std::string_view region,
                Draft& draft) {
  if (denial.action.empty()) {
    draft.note(
        denial.encoded_message.empty()
            ? "A refusal without an action: paste the whole message, or the CloudTrail event of the call."
            : "The details are in the encoded message: decode it with `aws sts decode-authorization-message "
              "--encoded-message …` and give what it prints.");
    return;
  }
  if (is_obstacle(denial, draft)) return;
  note_level(denial, draft);
  std::vector<Need> needs;
  for (const auto& need : recorded) {
    if (need.action != denial.action) needs.push_back(need);
  }
  Need first{denial.action, full_arn(denial.resource, denial.principal, draft)};
  for (const auto& need : recorded) {
    if (need.action == denial.action) first.conditions = need.conditions;
  }
  needs.insert(needs.begin(), std::move(first));
  for (auto& need : needs) {
    Wanted wanted{level_of(denial), denial.principal, account_of(denial), std::string(region),
                  std::move(need)};
    if (const auto arn = core::Arn::parse(wanted.need.resource); wanted.region.empty() && arn)
      wanted.region = arn->region;
    // Only what was refused is missing at that level; what the operation asks besides is the identity's.
    if (&need != &needs.front()) wanted.level = PolicyType::identity;
    narrow(wanted, denial, draft);
    draft.wanted.push_back(std::move(wanted));
  }
}

using ConditionKey = std::vector<std::tuple<std::string, std::string, std::vector<std::string>>>;

ConditionKey key_of(const std::vector<Narrowing>& conditions) {
  ConditionKey key;
  for (const auto& condition : conditions) key.emplace_back(condition.op, condition.key, condition.values);
  std::sort(key.begin(), key.end());
  key.erase(std::unique(key.begin(), key.end()), key.end());
  return key;
}

std::vector<Narrowing> conditions_of(const ConditionKey& key) {
  std::vector<Narrowing> conditions;
  for (const auto& [op, name, values] : key) conditions.push_back({op, name, values});
  return conditions;
}

// Statements for the same place with the same circumstances: actions by their resources, then resources
// shared by several actions of a service in one statement.
struct Place {
  PolicyType level;
  std::string target, principal;
  bool operator<(const Place& other) const {
    return std::tie(level, target, principal) < std::tie(other.level, other.target, other.principal);
  }
};

std::string sid_of(std::string_view service, const std::vector<std::string>& actions,
                   std::set<std::string>& taken) {
  std::string sid;
  bool upper = true;
  const std::string base =
      actions.size() == 1 ? actions.front().substr(actions.front().find(':') + 1) : std::string("Actions");
  for (const char c : std::string(service) + "-" + base) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter) {
      upper = true;
      continue;
    }
    sid += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  auto unique = sid;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = sid + std::to_string(i);
  return unique;
}

// A gateway endpoint's policy must have Principal "*" ("Control access to VPC endpoints using endpoint
// policies", AWS PrivateLink): the role goes into a condition.
void name_principal(MinimumStatement& statement, const Place& place) {
  const bool names_principal = place.level == PolicyType::resource || place.level == PolicyType::trust ||
                               place.level == PolicyType::vpc_endpoint;
  if (!names_principal || place.principal.empty()) return;
  if (place.level == PolicyType::vpc_endpoint) {
    statement.principals = {"*"};
    statement.conditions.push_back({"ArnEquals", "aws:PrincipalArn", {place.principal}});
  } else if (place.principal.rfind("arn:", 0) == 0) {
    statement.principals = {place.principal};
  } else {
    statement.service_principal = place.principal;
  }
}

// Whose policy it is: the resource's own, the account's SCP, the role's boundary. Which VPC endpoint or
// session it was, no message says.
std::string target_of(const Wanted& wanted, const std::string& principal) {
  switch (wanted.level) {
    case PolicyType::resource:
    case PolicyType::trust:
      return wanted.need.resource;
    case PolicyType::session:
    case PolicyType::vpc_endpoint:
      return {};
    case PolicyType::rcp:
      return wanted.account;
    case PolicyType::scp: {
      const auto arn = core::Arn::parse(principal);
      return arn ? arn->account : std::string{};
    }
    default:
      return principal;
  }
}

Place place_of(const Wanted& wanted) {
  const bool names_principal = wanted.level == PolicyType::resource || wanted.level == PolicyType::trust ||
                               wanted.level == PolicyType::vpc_endpoint;
  const auto principal = role_of_session(wanted.principal);
  return {wanted.level, target_of(wanted, principal), names_principal ? principal : std::string{}};
}

int rank_of(PolicyType level) {
  return level == PolicyType::identity ? 0 : 1 + static_cast<int>(level);
}

void write_statements(Draft& draft) {
  // (place, service, conditions) -> action -> resources
  std::map<std::tuple<Place, std::string, ConditionKey>, std::map<std::string, std::set<std::string>>> sorted;
  for (const auto& wanted : draft.wanted) {
    auto resources = resources_for(wanted, draft);
    if (resources.empty()) continue;
    add_cluster_of_task(wanted, resources);
    const std::string service(service_of(wanted.need.action));
    auto& row = sorted[{place_of(wanted), service, key_of(wanted.need.conditions)}][wanted.need.action];
    row.insert(resources.begin(), resources.end());
    note_dependents(wanted.need.action, draft);
  }
  std::map<Place, std::pair<MinimumPolicy, std::set<std::string>>> policies;
  for (const auto& [where, actions] : sorted) {
    const auto& [place, service, conditions] = where;
    std::map<std::set<std::string>, std::vector<std::string>> by_resources;
    for (const auto& [action, resources] : actions) by_resources[resources].push_back(action);
    auto& [policy, sids] = policies[place];
    policy.level = place.level;
    policy.target = place.target;
    for (const auto& [resources, names] : by_resources) {
      MinimumStatement statement;
      statement.sid = sid_of(service, names, sids);
      statement.actions = names;
      if (place.level != PolicyType::trust) statement.resources.assign(resources.begin(), resources.end());
      statement.conditions = conditions_of(conditions);
      name_principal(statement, place);
      policy.statements.push_back(std::move(statement));
    }
  }
  for (auto& [place, built] : policies) draft.minimum.policies.push_back(std::move(built.first));
  std::stable_sort(draft.minimum.policies.begin(), draft.minimum.policies.end(),
                   [](const auto& a, const auto& b) { return rank_of(a.level) < rank_of(b.level); });
}

bool is_of_role(const ApiCall& call, std::string_view role) {
  if (role.empty()) return true;
  const auto own = call.role.empty() ? role_of_session(call.principal) : call.role;
  return role.rfind("arn:", 0) == 0 ? own == role : core::short_name(own) == role;
}

}  // namespace

Minimum minimum_for(const std::vector<Denial>& denials, const MinimumOptions& options) {
  Draft draft{options, {}, {}, {}};
  for (const auto& denial : denials) add_denial(denial, {}, {}, draft);
  write_statements(draft);
  return std::move(draft.minimum);
}

Minimum minimum_for(const std::vector<ApiCall>& calls, const MinimumOptions& options) {
  Draft draft{options, {}, {}, {}};
  std::size_t seen = 0;
  for (const auto& call : calls) {
    if (!is_of_role(call, options.role)) continue;
    ++seen;
    auto principal = call.role.empty() ? call.principal : call.role;
    if (call.denial) {
      auto denial = *call.denial;
      if (!principal.empty()) denial.principal = principal;
      add_denial(denial, call.needs, call.region, draft);
      continue;
    }
    for (const auto& need : call.needs) {
      draft.wanted.push_back({PolicyType::identity, principal, call.account, call.region, need});
    }
  }
  if (seen == 0 && !options.role.empty()) {
    draft.note("None of the " + std::to_string(calls.size()) + " records is a call of " + options.role + ".");
  }
  if (seen > 0 && options.role.empty()) {
    std::set<std::string> callers;
    for (const auto& call : calls)
      callers.insert(call.role.empty() ? role_of_session(call.principal) : call.role);
    if (callers.size() > 1) {
      draft.note("The records are of " + std::to_string(callers.size()) +
                 " callers, and each gets its own policy: --role ARN selects one.");
    }
  }
  write_statements(draft);
  return std::move(draft.minimum);
}

}  // namespace doctor::iam
