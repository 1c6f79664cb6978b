#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"
#include "diagnose/observations.h"

// What changed in the day before the first stop. A change that came later, or touches nothing that this
// service uses, is no observation at all: it cannot have caused anything here.
namespace doctor::diagnose {
namespace {

bool is_recent(const Case& c, std::optional<Timestamp> time) {
  return c.first && time && *time <= *c.first && *c.first - *time <= kRecentChange;
}

std::string before_first(const Case& c, Timestamp time) {
  return fmt::format("{} before the first stop", core::to_words(*c.first - time));
}

// --- Calls that change the service itself ------------------------------------------------------------------

struct FieldRow {
  std::string_view parameter, evidence, words;
};
constexpr std::array<FieldRow, 6> kServiceFields = {{
    {"capacityProviderStrategy", "change.capacity_provider_strategy", "capacity provider strategy"},
    {"networkConfiguration", "change.network_configuration", "network configuration"},
    {"platformVersion", "change.platform_version", "platform version"},
    {"desiredCount", "change.desired_count", "desired count"},
    {"enableExecuteCommand", "change.exec_setting", "ECS Exec setting"},
    {"taskDefinition", "change.task_definition", "task definition"},
}};

void observe_service_calls(const Case& c, Observations& out, bool& any) {
  for (const Change* change : changes_of(*c.index, key_of(c))) {
    if (!is_recent(c, change->time) || change->event->event_name != "UpdateService") continue;
    any = true;
    const auto document =
        core::JsonDocument::parse(change->event->request_parameters, change->event->event_id);
    if (!document) continue;
    for (const FieldRow& row : kServiceFields) {
      const core::Json value = document->root()[row.parameter];
      if (!value.present() || value.is_null()) continue;
      out.add(row.evidence,
              fmt::format("{} changed the {} of {}, {}", caller_of(*change->event), row.words, place_name(c),
                          before_first(c, change->time)),
              source_of(*change->event, value.is_string() ? std::string(value.string_or()) : value.text()));
    }
  }
}

// --- What two deployments, or two revisions, differ in -----------------------------------------------------

const facts::Deployment* deployment_with(const facts::Service& service, std::string_view status) {
  for (const facts::Deployment& deployment : service.deployments) {
    if (deployment.status == status) return &deployment;
  }
  return nullptr;
}

void observe_deployment(const Case& c, Observations& out, bool& any) {
  if (c.service == nullptr) return;
  const facts::Deployment* now = deployment_with(*c.service, "PRIMARY");
  if (now == nullptr || !is_recent(c, now->created_at)) return;
  any = true;
  const facts::Deployment* before = deployment_with(*c.service, "ACTIVE");
  if (before == nullptr) return;
  const auto differs = [&](std::string_view evidence, std::string_view words, const std::string& old_value,
                           const std::string& new_value) {
    out.add(evidence,
            fmt::format("the deployment of {} changed the {} of {} from {} to {}, {}",
                        core::to_iso(*now->created_at), words, place_name(c), old_value, new_value,
                        before_first(c, *now->created_at)),
            Source{"ecs", "describe-services", {}, "deployments[]", new_value, now->created_at});
  };
  if (now->capacity_provider_strategy != before->capacity_provider_strategy) {
    differs("change.capacity_provider_strategy", "capacity provider strategy",
            to_words(before->capacity_provider_strategy), to_words(now->capacity_provider_strategy));
  }
  if (!(now->network == before->network)) {
    const auto words = [](const facts::NetworkConfiguration& network) {
      return joined(network.subnets) + " with " + joined(network.security_groups);
    };
    differs("change.network_configuration", "network configuration", words(before->network),
            words(now->network));
  }
  if (now->platform_version != before->platform_version) {
    differs("change.platform_version", "platform version", before->platform_version, now->platform_version);
  }
  if (now->task_definition_arn != before->task_definition_arn) {
    differs("change.task_definition", "task definition",
            std::string(core::family_revision(before->task_definition_arn)),
            std::string(core::family_revision(now->task_definition_arn)));
  }
}

const facts::TaskDefinition* revision_before(const Case& c) {
  const facts::TaskDefinition* best = nullptr;
  const std::string& arn = c.task_definition->arn;
  const std::string prefix = arn.substr(0, arn.rfind(':') + 1);
  const auto& all = c.place->task_definitions;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it) {
    const facts::TaskDefinition& other = it->second;
    if (other.revision < c.task_definition->revision &&
        (best == nullptr || other.revision > best->revision)) {
      best = &other;
    }
  }
  return best;
}

template <class Get>
std::string of_containers(const facts::TaskDefinition& definition, Get get) {
  std::vector<std::string> values;
  for (const facts::ContainerDefinition& container : definition.containers) {
    values.push_back(fmt::format("{}={}", container.name, get(container)));
  }
  std::sort(values.begin(), values.end());
  return fmt::format("{}", fmt::join(values, ", "));
}

std::string number(std::optional<int> value, std::string_view otherwise) {
  return value ? std::to_string(*value) : std::string(otherwise);
}

using Definition = facts::TaskDefinition;
using Container = facts::ContainerDefinition;

struct RevisionRow {
  std::string_view evidence, words;
  std::string (*value)(const Definition&);
};

std::string log_words(const Container& container) {
  std::string out = container.log_driver;
  for (const auto& [key, value] : container.log_options) out += fmt::format(" {}={}", key, value);
  return out;
}

const std::array<RevisionRow, 13> kRevisionRows = {{
    {"change.image", "image",
     [](const Definition& d) { return of_containers(d, [](const Container& c) { return c.image; }); }},
    {"change.task_size", "CPU and memory", [](const Definition& d) { return d.cpu + "/" + d.memory; }},
    {"change.runtime_platform", "runtime platform",
     [](const Definition& d) { return d.operating_system_family + "/" + d.cpu_architecture; }},
    {"change.ephemeral_storage", "ephemeral storage",
     [](const Definition& d) { return number(d.ephemeral_storage_gib, "20 (default)") + " GiB"; }},
    {"change.volumes", "EFS volumes",
     [](const Definition& d) { return d.efs_volumes.empty() ? std::string("none") : joined(d.efs_volumes); }},
    {"change.task_role", "task role", [](const Definition& d) { return d.task_role_arn; }},
    {"change.execution_role", "execution role", [](const Definition& d) { return d.execution_role_arn; }},
    {"change.stop_timeout", "stopTimeout",
     [](const Definition& d) {
       return of_containers(d, [](const Container& c) { return number(c.stop_timeout_seconds, "default"); });
     }},
    {"change.readonly_root", "read-only root file system",
     [](const Definition& d) {
       return of_containers(
           d, [](const Container& c) { return std::string(c.readonly_root_filesystem ? "yes" : "no"); });
     }},
    {"change.log_configuration", "log configuration",
     [](const Definition& d) { return of_containers(d, log_words); }},
    {"change.secrets", "secrets",
     [](const Definition& d) {
       return of_containers(d, [](const Container& c) {
         std::string out;
         for (const facts::Secret& secret : c.secrets) out += secret.name + "<-" + secret.value_from + " ";
         return out;
       });
     }},
    {"change.health_check", "container health check",
     [](const Definition& d) {
       return of_containers(
           d, [](const Container& c) { return std::string(c.has_health_check ? "set" : "none"); });
     }},
    {"change.command", "command",
     [](const Definition& d) {
       return of_containers(d, [](const Container& c) {
         return fmt::format("{} {}", fmt::join(c.entry_point, " "), fmt::join(c.command, " "));
       });
     }},
}};

void observe_revision(const Case& c, Observations& out, bool& any) {
  if (c.task_definition == nullptr || !is_recent(c, c.task_definition->registered_at)) return;
  any = true;
  const Definition& now = *c.task_definition;
  const Timestamp when = *now.registered_at;
  const Source source{"ecs", "describe-task-definition", {}, "registeredAt", core::to_iso(when), when};
  const std::string name(core::family_revision(now.arn));
  out.add("change.task_definition",
          fmt::format("revision {} was registered by {}, {}", name,
                      now.registered_by.empty() ? "someone" : core::short_name(now.registered_by),
                      before_first(c, when)),
          source);
  const Definition* before = revision_before(c);
  if (before == nullptr) return;
  for (const RevisionRow& row : kRevisionRows) {
    const std::string old_value = row.value(*before), new_value = row.value(now);
    if (old_value == new_value) continue;
    out.add(row.evidence,
            fmt::format("{} changed the {} from {} to {}, {}", name, row.words, old_value, new_value,
                        before_first(c, when)),
            source);
  }
}

// --- Calls that change what stands around the service
// -------------------------------------------------------

// Names and ids that belong to this case: a call matters only where it names one of them.
struct Surroundings {
  std::vector<std::string> subnets, groups, network, roles, repositories, secrets, log_groups, target_groups;
};

void add_network(const Case& c, Surroundings& s) {
  std::vector<std::string> vpcs;
  for (const std::string& id : s.subnets) {
    s.network.push_back(id);
    const auto subnet = c.place->subnets.find(id);
    if (subnet != c.place->subnets.end()) vpcs.push_back(subnet->second.vpc_id);
  }
  vpcs = distinct(std::move(vpcs));
  const auto in_vpc = [&](const std::string& id) {
    return std::find(vpcs.begin(), vpcs.end(), id) != vpcs.end();
  };
  const auto holds_subnet = [&](const std::vector<std::string>& ids) {
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
      return std::find(s.subnets.begin(), s.subnets.end(), id) != s.subnets.end();
    });
  };
  for (const auto& [id, table] : c.place->route_tables) {
    if (holds_subnet(table.subnets) || (table.main && in_vpc(table.vpc_id))) s.network.push_back(id);
  }
  for (const auto& [id, acl] : c.place->network_acls) {
    if (holds_subnet(acl.subnets)) s.network.push_back(id);
  }
  for (const auto& [id, endpoint] : c.place->vpc_endpoints) {
    if (in_vpc(endpoint.vpc_id)) s.network.push_back(id);
  }
  for (const auto& [id, nat] : c.place->nat_gateways) {
    if (in_vpc(nat.vpc_id)) s.network.push_back(id);
  }
  s.network.insert(s.network.end(), vpcs.begin(), vpcs.end());
}

// "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/web:1.2" -> "team/web"
std::string repository_of(std::string_view image) {
  const auto host_end = image.find(".amazonaws.com");
  if (host_end == std::string_view::npos) return {};
  const auto slash = image.find('/', host_end);
  if (slash == std::string_view::npos) return {};
  const std::string_view path = image.substr(slash + 1);
  return std::string(path.substr(0, path.find_first_of(":@")));
}

void add_definition(const Case& c, Surroundings& s) {
  if (c.task_definition == nullptr) return;
  const Definition& d = *c.task_definition;
  for (const std::string* arn : {&d.task_role_arn, &d.execution_role_arn}) {
    if (arn->empty()) continue;
    const std::string name(core::short_name(*arn));
    s.roles.push_back(name);
    const auto role = c.place->roles.find(name);
    if (role == c.place->roles.end()) continue;
    for (const facts::Policy& policy : role->second.attached_policies) s.roles.push_back(policy.arn);
    if (!role->second.boundary_arn.empty()) s.roles.push_back(role->second.boundary_arn);
  }
  for (const Container& container : d.containers) {
    s.repositories.push_back(repository_of(container.image));
    for (const facts::Secret& secret : container.secrets) {
      s.secrets.push_back(secret.value_from);
      s.secrets.emplace_back(core::short_name(secret.value_from));
    }
    const auto group = container.log_options.find("awslogs-group");
    if (group != container.log_options.end()) s.log_groups.push_back(group->second);
  }
}

Surroundings surroundings_of(const Case& c) {
  Surroundings s;
  s.subnets = subnets_configured(c);
  if (c.service != nullptr) {
    s.groups = c.service->network.security_groups;
    for (const facts::LoadBalancer& balancer : c.service->load_balancers) {
      s.target_groups.push_back(balancer.target_group_arn);
    }
  }
  s.roles.emplace_back("AWSServiceRoleForECS");
  add_network(c, s);
  add_definition(c, s);
  return s;
}

using Ids = std::vector<std::string> Surroundings::*;

struct CallRow {
  std::string_view source, prefix, evidence, words;
  Ids ids;  // null: concerns every service of the account
};

// Event names by their beginning, the longer beginning first where two would fit.
const std::array<CallRow, 44> kCalls = {{
    {"ec2.amazonaws.com", "DeleteSubnet", "change.subnet_deleted", "deleted a subnet",
     &Surroundings::subnets},
    {"ec2.amazonaws.com", "DeleteSecurityGroup", "change.security_group_deleted", "deleted a security group",
     &Surroundings::groups},
    {"ec2.amazonaws.com", "AuthorizeSecurityGroup", "change.security_group",
     "added a rule to a security group", &Surroundings::groups},
    {"ec2.amazonaws.com", "RevokeSecurityGroup", "change.security_group",
     "removed a rule of a security group", &Surroundings::groups},
    {"ec2.amazonaws.com", "ModifySecurityGroupRules", "change.security_group",
     "changed a rule of a security group", &Surroundings::groups},
    {"ec2.amazonaws.com", "CreateRoute", "change.route", "added a route", &Surroundings::network},
    {"ec2.amazonaws.com", "ReplaceRoute", "change.route", "replaced a route", &Surroundings::network},
    {"ec2.amazonaws.com", "DeleteRoute", "change.route", "deleted a route", &Surroundings::network},
    {"ec2.amazonaws.com", "AssociateRouteTable", "change.route", "gave a subnet another route table",
     &Surroundings::network},
    {"ec2.amazonaws.com", "DisassociateRouteTable", "change.route", "took a subnet's route table away",
     &Surroundings::network},
    {"ec2.amazonaws.com", "DeleteNatGateway", "change.route", "deleted a NAT gateway",
     &Surroundings::network},
    {"ec2.amazonaws.com", "DetachInternetGateway", "change.route", "detached the internet gateway",
     &Surroundings::network},
    {"ec2.amazonaws.com", "CreateNetworkAclEntry", "change.network_acl", "added a network ACL entry",
     &Surroundings::network},
    {"ec2.amazonaws.com", "ReplaceNetworkAcl", "change.network_acl",
     "replaced a network ACL or an entry of it", &Surroundings::network},
    {"ec2.amazonaws.com", "DeleteNetworkAclEntry", "change.network_acl", "deleted a network ACL entry",
     &Surroundings::network},
    {"ec2.amazonaws.com", "DeleteVpcEndpoints", "change.endpoint", "deleted a VPC endpoint",
     &Surroundings::network},
    {"ec2.amazonaws.com", "ModifyVpcEndpoint", "change.endpoint", "changed a VPC endpoint",
     &Surroundings::network},
    {"ec2.amazonaws.com", "CreateVpcEndpoint", "change.endpoint", "created a VPC endpoint",
     &Surroundings::network},
    {"iam.amazonaws.com", "PutRolePolicy", "change.role_policy", "changed a policy of a role",
     &Surroundings::roles},
    {"iam.amazonaws.com", "DeleteRolePolicy", "change.role_policy", "deleted a policy of a role",
     &Surroundings::roles},
    {"iam.amazonaws.com", "AttachRolePolicy", "change.role_policy", "attached a policy to a role",
     &Surroundings::roles},
    {"iam.amazonaws.com", "DetachRolePolicy", "change.role_policy", "detached a policy from a role",
     &Surroundings::roles},
    {"iam.amazonaws.com", "PutRolePermissionsBoundary", "change.role_policy",
     "set a role's permissions boundary", &Surroundings::roles},
    {"iam.amazonaws.com", "UpdateAssumeRolePolicy", "change.role_policy", "changed who may assume a role",
     &Surroundings::roles},
    {"iam.amazonaws.com", "CreatePolicyVersion", "change.role_policy",
     "made a new version of a role's policy", &Surroundings::roles},
    {"iam.amazonaws.com", "SetDefaultPolicyVersion", "change.role_policy",
     "switched the version of a role's policy", &Surroundings::roles},
    {"iam.amazonaws.com", "DeleteRole", "change.role_policy", "deleted a role", &Surroundings::roles},
    {"iam.amazonaws.com", "DeleteServiceLinkedRole", "change.role_policy", "deleted a service-linked role",
     &Surroundings::roles},
    {"organizations.amazonaws.com", "AttachPolicy", "change.organization_policy",
     "attached an organization policy", nullptr},
    {"organizations.amazonaws.com", "DetachPolicy", "change.organization_policy",
     "detached an organization policy", nullptr},
    {"organizations.amazonaws.com", "UpdatePolicy", "change.organization_policy",
     "changed an organization policy", nullptr},
    {"ecr.amazonaws.com", "PutImage", "change.image_pushed", "pushed an image", &Surroundings::repositories},
    {"ecr.amazonaws.com", "BatchDeleteImage", "change.image_deleted", "deleted images",
     &Surroundings::repositories},
    {"ecr.amazonaws.com", "DeleteRepositoryPolicy", "change.registry_policy", "deleted a repository's policy",
     &Surroundings::repositories},
    {"ecr.amazonaws.com", "DeleteRepository", "change.image_deleted", "deleted a repository",
     &Surroundings::repositories},
    {"ecr.amazonaws.com", "SetRepositoryPolicy", "change.registry_policy", "changed a repository's policy",
     &Surroundings::repositories},
    {"secretsmanager.amazonaws.com", "DeleteSecret", "change.secret", "deleted a secret",
     &Surroundings::secrets},
    {"secretsmanager.amazonaws.com", "PutResourcePolicy", "change.secret", "changed a secret's policy",
     &Surroundings::secrets},
    {"ssm.amazonaws.com", "DeleteParameter", "change.secret", "deleted a parameter", &Surroundings::secrets},
    {"logs.amazonaws.com", "DeleteLogGroup", "change.log_group", "deleted a log group",
     &Surroundings::log_groups},
    {"kms.amazonaws.com", "DisableKey", "change.kms_key", "disabled a KMS key", nullptr},
    {"kms.amazonaws.com", "ScheduleKeyDeletion", "change.kms_key", "scheduled a KMS key for deletion",
     nullptr},
    {"kms.amazonaws.com", "PutKeyPolicy", "change.kms_key", "changed a KMS key's policy", nullptr},
    {"elasticloadbalancing.amazonaws.com", "ModifyTargetGroup", "change.target_group",
     "changed a target group", &Surroundings::target_groups},
}};

// CloudTrail writes ids as whole JSON strings; a part of a longer name is another resource.
std::string named_in(const facts::TrailEvent& event, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (id.empty()) continue;
    if (core::contains(event.request_parameters, core::json_quoted(id))) return id;
    for (const std::string& resource : event.resources) {
      if (resource == id || core::short_name(resource) == id) return id;
    }
  }
  return {};
}

void observe_surroundings(const Case& c, Observations& out, bool& any) {
  const auto& changes = c.index->changes_around;
  const auto from =
      std::lower_bound(changes.begin(), changes.end(), *c.first - kRecentChange,
                       [](const Change* change, Timestamp time) { return change->time < time; });
  if (from == changes.end() || (*from)->time > *c.first) return;
  const Surroundings surroundings = surroundings_of(c);
  for (auto it = from; it != changes.end() && (*it)->time <= *c.first; ++it) {
    const facts::TrailEvent& event = *(*it)->event;
    const auto row = std::find_if(kCalls.begin(), kCalls.end(), [&](const CallRow& r) {
      return event.event_source == r.source && event.event_name.starts_with(r.prefix);
    });
    if (row == kCalls.end()) continue;
    std::string subject;
    if (row->ids != nullptr) {
      subject = named_in(event, surroundings.*(row->ids));
      if (subject.empty()) continue;
    }
    any = true;
    out.add(row->evidence,
            fmt::format("{} {}{}, {}", caller_of(event), row->words,
                        subject.empty() ? "" : fmt::format(" ({})", core::short_name(subject)),
                        before_first(c, (*it)->time)),
            source_of(event));
  }
}

}  // namespace

void observe_changes(const Case& c, Observations& out) {
  if (!c.first || c.index == nullptr) return;
  bool any = false;
  observe_service_calls(c, out, any);
  observe_deployment(c, out, any);
  observe_revision(c, out, any);
  observe_surroundings(c, out, any);
  if (any) return;
  if (c.place->knows("cloudtrail.lookup-events")) {
    out.add("change.none",
            fmt::format("CloudTrail shows no change of {} or of what it uses in the {} before", place_name(c),
                        core::to_words(kRecentChange)),
            Source{"cloudtrail", "lookup-events", {}, "Events", "no change", c.first});
  } else {
    note_missing(c, out, "cloudtrail.lookup-events",
                 "CloudTrail: who changed or stopped what before the first stop",
                 "aws cloudtrail lookup-events --lookup-attributes "
                 "AttributeKey=EventSource,AttributeValue=ecs.amazonaws.com > cloudtrail.lookup-events.json");
  }
}

}  // namespace doctor::diagnose
