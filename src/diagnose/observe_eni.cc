#include <fmt/format.h>

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "core/time.h"
#include "diagnose/observations.h"
#include "diagnose/policy_sight.h"

namespace doctor::diagnose {
namespace {

constexpr std::string_view kInterfaceQuota = "L-DF5E4CA3";  // "Network interfaces per Region", service vpc
constexpr int kFewAddresses = 8;

// "… in subnet 'subnet-0a1b': Insufficient…" -> the subnets that AWS itself names.
std::vector<std::string> ids_named(const Case& c, std::string_view prefix) {
  std::vector<std::string> ids;
  for (const Stop& stop : c.stops) {
    const std::string& text = stop.text;
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
      auto end = at + prefix.size();
      while (end < text.size() && (std::isxdigit(static_cast<unsigned char>(text[end])) != 0)) ++end;
      if (end > at + prefix.size()) ids.push_back(text.substr(at, end - at));
    }
  }
  return distinct(std::move(ids));
}

std::vector<std::string> subnets_in_question(const Case& c) {
  std::vector<std::string> ids = ids_named(c, "subnet-");
  return ids.empty() ? subnets_configured(c) : ids;
}

const facts::Gap* gap_of(const Case& c, std::string_view operation, std::string_view code) {
  for (const facts::Gap& gap : c.place->gaps) {
    if (gap.operation != operation) continue;
    if (core::contains(gap.code, code) || core::contains(gap.reason, code)) return &gap;
  }
  return nullptr;
}

// --- Subnets
// ---------------------------------------------------------------------------------------------------

void observe_addresses(const Case& c, Observations& out) {
  const facts::Subnet* emptiest = nullptr;
  bool all_known = true;
  for (const std::string& id : subnets_in_question(c)) {
    const auto found = c.place->subnets.find(id);
    if (found == c.place->subnets.end() || !found->second.available_ip_addresses) {
      all_known = false;
      continue;
    }
    const facts::Subnet& subnet = found->second;
    if (emptiest == nullptr || *subnet.available_ip_addresses < *emptiest->available_ip_addresses)
      emptiest = &subnet;
  }
  if (emptiest == nullptr) return;
  const int free = *emptiest->available_ip_addresses;
  const Source source{"ec2",       "describe-subnets", {}, "AvailableIpAddressCount", std::to_string(free),
                      std::nullopt};
  const std::string said =
      fmt::format("{} ({}, {}) has {} left", emptiest->id, emptiest->availability_zone, emptiest->cidr,
                  free == 1 ? "1 free address" : fmt::format("{} free addresses", free));
  if (free <= 1) {
    out.add("eni.subnet_exhausted", said, source);
  } else if (free < kFewAddresses) {
    out.add("eni.subnet_nearly_exhausted", said, source);
  } else if (all_known) {
    out.add("eni.subnets_have_addresses", said + ", and no other subnet of the service has fewer", source);
  }

  std::vector<std::string> better;
  for (const auto& [id, subnet] : c.place->subnets) {
    if (subnet.vpc_id != emptiest->vpc_id || subnet.available_ip_addresses.value_or(0) < 32) continue;
    better.push_back(
        fmt::format("{} ({}, {} free)", id, subnet.availability_zone, *subnet.available_ip_addresses));
  }
  if (free < kFewAddresses) {
    out.fix_details.emplace_back(
        "move_subnets", better.empty()
                            ? fmt::format("{}; no other subnet of the VPC that was read has 32 free", said)
                            : fmt::format("{}; move to {} if routed alike", said, joined(better)));
    out.fix_details.emplace_back("address_alarm",
                                 fmt::format("alarm when {} has fewer than 16 free addresses", emptiest->id));
  }
}

void observe_pressure(const Case& c, Observations& out) {
  for (const std::string& id : subnets_in_question(c)) {
    const auto subnet = c.place->subnets.find(id);
    if (subnet == c.place->subnets.end() ||
        subnet->second.available_ip_addresses.value_or(99) >= kFewAddresses)
      continue;
    const auto found = c.index->interfaces_by_subnet.find(id);
    if (found == c.index->interfaces_by_subnet.end()) {
      note_missing(c, out, "ec2.describe-network-interfaces", fmt::format("who uses the addresses of {}", id),
                   fmt::format("aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={} > "
                               "ec2.describe-network-interfaces.json",
                               id));
      continue;
    }
    std::vector<std::string> own;
    for (const facts::Task* task : tasks_of(*c.index, key_of(c))) own.emplace_back(task->network_interface());
    std::sort(own.begin(), own.end());
    std::size_t others = 0, idle = 0;
    for (const facts::NetworkInterface* interface : found->second) {
      if (!std::binary_search(own.begin(), own.end(), interface->id)) ++others;
      if (interface->status == "available") ++idle;
    }
    const std::size_t all = found->second.size();
    out.add(others * 2 > all ? "eni.others_in_subnet" : "eni.subnet_mostly_own",
            fmt::format("{} in {} belong to others than {}", counted_of(others, all, "network interface"), id,
                        place_name(c)),
            Source{"ec2",
                   "describe-network-interfaces",
                   {},
                   "NetworkInterfaces[]",
                   fmt::format("{} of {}", others, all),
                   std::nullopt});
    if (idle > 0) {
      out.fix_details.emplace_back("release_interfaces", fmt::format("{} in {} are attached to nothing",
                                                                     counted(idle, "network interface"), id));
    }
  }
}

// A security group of another VPC than the subnets': "sg-1 of vpc-2 cannot serve subnet-3 of vpc-4"; else "".
std::string groups_elsewhere(const Case& c, const std::vector<std::string>& groups) {
  for (const std::string& id : subnets_configured(c)) {
    const auto subnet = c.place->subnets.find(id);
    if (subnet == c.place->subnets.end() || subnet->second.vpc_id.empty()) continue;
    for (const std::string& group_id : groups) {
      const auto group = c.place->security_groups.find(group_id);
      if (group == c.place->security_groups.end() || group->second.vpc_id.empty() ||
          group->second.vpc_id == subnet->second.vpc_id)
        continue;
      return fmt::format("security group {} belongs to {}, and {} to {}", group_id, group->second.vpc_id, id,
                         subnet->second.vpc_id);
    }
  }
  return {};
}

void observe_presence(const Case& c, Observations& out) {
  const auto wanted_subnets = subnets_configured(c);
  std::vector<std::string> lost;
  for (const std::string& id : wanted_subnets) {
    if (c.place->subnets.count(id) == 0) lost.push_back(id);
  }
  const facts::Gap* no_subnet = gap_of(c, "describe-subnets", "InvalidSubnetID.NotFound");
  if (c.place->knows("ec2.describe-subnets") || no_subnet != nullptr) {
    const Source source{
        "ec2",       "describe-subnets", {}, "SubnetId", joined(lost.empty() ? wanted_subnets : lost),
        std::nullopt};
    if (!lost.empty() &&
        (no_subnet != nullptr || lost.size() < wanted_subnets.size() || !c.place->subnets.empty())) {
      out.add("eni.subnet_absent",
              fmt::format("{} of {} is not among the subnets of the account", joined(lost), place_name(c)),
              source);
    } else if (lost.empty() && !wanted_subnets.empty()) {
      out.add("eni.subnets_present", fmt::format("all subnets of {} exist", place_name(c)), source);
    }
  } else {
    note_missing(c, out, "ec2.describe-subnets", "subnets with their free addresses",
                 "aws ec2 describe-subnets > ec2.describe-subnets.json");
  }
  if (c.service == nullptr || c.service->network.security_groups.empty()) return;
  const auto& wanted_groups = c.service->network.security_groups;
  lost.clear();
  for (const std::string& id : wanted_groups) {
    if (c.place->security_groups.count(id) == 0) lost.push_back(id);
  }
  const facts::Gap* no_group = gap_of(c, "describe-security-groups", "InvalidGroup");
  if (c.place->knows("ec2.describe-security-groups") || no_group != nullptr) {
    const Source source{
        "ec2",       "describe-security-groups", {}, "GroupId", joined(lost.empty() ? wanted_groups : lost),
        std::nullopt};
    if (!lost.empty()) {
      out.add("eni.security_group_absent",
              fmt::format("{} of {} is not among the security groups of the account", joined(lost),
                          place_name(c)),
              source);
      out.fix_details.emplace_back("replace_security_group", fmt::format("{} names {}, which does not exist",
                                                                         place_name(c), joined(lost)));
    } else if (const std::string elsewhere = groups_elsewhere(c, wanted_groups); !elsewhere.empty()) {
      out.add("eni.security_group_elsewhere", elsewhere, source);
      out.fix_details.emplace_back("replace_security_group", elsewhere);
    } else {
      out.add("eni.security_groups_present", fmt::format("all security groups of {} exist", place_name(c)),
              source);
    }
  } else {
    note_missing(
        c, out, "ec2.describe-security-groups", fmt::format("security groups of {}", place_name(c)),
        fmt::format("aws ec2 describe-security-groups --group-ids {} > ec2.describe-security-groups.json",
                    fmt::join(wanted_groups, " ")));
  }
}

// --- Quotas and access
// -------------------------------------------------------------------------------------------

void observe_quota(const Case& c, Observations& out) {
  for (const facts::ServiceQuota& quota : c.place->quotas) {
    if (quota.code != kInterfaceQuota) continue;
    const double used = quota.usage ? *quota.usage : static_cast<double>(c.place->interfaces.size());
    const bool counted_all = quota.usage.has_value() || !c.place->interfaces.empty();
    const Source source{
        "service-quotas", "get-service-quota", {}, quota.code, fmt::format("{:g} of {:g}", used, quota.value),
        std::nullopt};
    out.fix_details.emplace_back(
        "quota_request",
        fmt::format("{} ({}): {:g} -> {:g} in {}", quota.name.empty() ? "network interfaces" : quota.name,
                    quota.code, quota.value, quota.value * 2, c.place->region));
    if (used >= quota.value * 0.98) {
      out.add("eni.interface_quota_full",
              fmt::format("{:g} of {:g} network interfaces of the region are in use", used, quota.value),
              source);
    } else if (counted_all && used < quota.value * 0.8) {
      out.add("eni.interface_quota_free",
              fmt::format("{:g} of {:g} network interfaces of the region are in use", used, quota.value),
              source);
    }
    return;
  }
  if (has_sign(c, "eni.interface_limit")) {
    note_missing(c, out, "service-quotas.list-service-quotas", "the quota of network interfaces per region",
                 "aws service-quotas list-service-quotas --service-code vpc > "
                 "service-quotas.list-service-quotas.vpc.json");
  }
}

// ECS makes the interface with its service-linked role ("Using service-linked roles for Amazon ECS").
std::string service_role_arn(const Case& c) {
  const auto role = c.place->roles.find("AWSServiceRoleForECS");
  if (role != c.place->roles.end() && !role->second.arn.empty()) return role->second.arn;
  return fmt::format("arn:aws:iam::{}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
                     c.place->account);
}

void observe_policies(const Case& c, Observations& out) {
  const std::string role = service_role_arn(c);
  const std::vector<std::string> subnets = subnets_configured(c);
  Call create{"ec2:CreateNetworkInterface"};
  if (!subnets.empty())
    create.resource =
        fmt::format("arn:aws:ec2:{}:{}:subnet/{}", c.place->region, c.place->account, subnets.front());
  const auto sights = sights_of(*c.place, {role, {}}, create);
  if (const PolicySight* own = sight_at(sights, PolicyLevel::identity); own != nullptr && blocks(*own))
    out.add("eni.service_role_lacks", own->why, own->source);

  if (c.place->organization_policies.empty()) {
    note_missing(
        c, out, "organizations.list-policies", "service control policies of the organization",
        "aws organizations list-policies --filter SERVICE_CONTROL_POLICY > organizations.list-policies.json");
    return;
  }
  const PolicySight above = control_policy_sight(*c.place, role, create);
  const bool suspected = blocks(above) || (above.grant == Grant::depends && !above.policy.empty());
  if (!suspected) return;
  if (is_named_by_aws(c, PolicyLevel::scp)) {
    out.add("eni.policy_denies", above.why, above.source);
    out.fix_details.emplace_back("scp_exception", above.why);
  } else {
    out.add("eni.scp_cannot_bind",
            above.why +
                ", but no service control policy binds the service-linked role with which ECS makes the "
                "interface",
            above.source);
  }
}

void observe_access(const Case& c, Observations& out) {
  const bool refused = has_sign(c, "eni.unauthorized") || has_sign(c, "eni.scp");
  // A call that EC2 refused stands in CloudTrail with its code, made by ECS for the service.
  constexpr std::chrono::minutes kNear{30};
  static const std::vector<const facts::TrailEvent*> none;
  const auto& refusals = c.index != nullptr && c.first ? c.index->refused_interfaces : none;
  auto it = std::lower_bound(refusals.begin(), refusals.end(), c.first ? *c.first - kNear : Timestamp{},
                             [](const auto* event, Timestamp time) { return *event->time < time; });
  const std::vector<std::string> subnets = subnets_configured(c);
  for (; it != refusals.end() && *(*it)->time <= *c.first + kNear; ++it) {
    const facts::TrailEvent* event = *it;
    const bool ours =
        subnets.empty() || std::any_of(subnets.begin(), subnets.end(), [&](const std::string& id) {
          return core::contains(event->request_parameters, id);
        });
    if (!ours) continue;
    const std::string text = event->error_code + ": " + event->error_message;
    out.add("eni.refused_in_trail", fmt::format("EC2 refused CreateNetworkInterface: {}", text),
            source_of(*event, text));
    const auto signs = signs_in("network interface " + text);
    if (!signs.empty() && signs.front().sign->family == c.family) {
      out.add(signs.front().sign->id, fmt::format("CloudTrail has the refusal: {}", text),
              source_of(*event, text));
    }
  }
  for (const Stop& stop : c.stops) {
    if (!core::contains_ignoring_case(stop.text, "no identity-based policy allows")) continue;
    out.add("eni.identity_policy_wording",
            "AWS names the level that refused: no identity-based policy allows it", source_of(stop));
    break;
  }
  if (!refused) return;
  const auto role = c.place->roles.find("AWSServiceRoleForECS");
  const facts::Gap* no_role = gap_of(c, "get-role", "NoSuchEntity");
  if (role == c.place->roles.end() && no_role != nullptr && no_role->subject == "AWSServiceRoleForECS") {
    out.add("eni.service_role_absent", "IAM has no role AWSServiceRoleForECS",
            Source{"iam", "get-role", {}, "RoleName", no_role->reason, std::nullopt});
  }
  observe_policies(c, out);
}

void observe_choice(const Case& c, Observations& out) {
  if (c.service == nullptr || c.service->network.subnets.empty()) return;
  const auto& subnets = c.service->network.subnets;
  out.add(subnets.size() == 1 ? "eni.one_subnet" : "eni.several_subnets",
          fmt::format("{} may use {}: {}", place_name(c), counted(subnets.size(), "subnet"), joined(subnets)),
          Source{"ecs",
                 "describe-services",
                 {},
                 "networkConfiguration.awsvpcConfiguration.subnets",
                 joined(subnets),
                 std::nullopt});
  if (subnets.size() == 1) {
    out.fix_details.emplace_back("more_zones", fmt::format("{} has {} alone: add a subnet of another zone",
                                                           place_name(c), subnets.front()));
  }
}

}  // namespace

void observe_eni(const Case& c, Observations& out) {
  observe_signs(c, out);
  observe_access(c, out);
  observe_addresses(c, out);
  if (c.index != nullptr) observe_pressure(c, out);
  observe_presence(c, out);
  observe_quota(c, out);
  observe_choice(c, out);
}

}  // namespace doctor::diagnose
