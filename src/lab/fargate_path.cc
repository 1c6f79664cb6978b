#include "lab/fargate_path.h"

#include <algorithm>

#include "core/glob.h"

namespace doctor::lab {

namespace {

constexpr int kHttps = 443;

bool covers_port(const json& rule, int port) {
  if (text_of(rule, "IpProtocol") == "-1") return true;
  return text_of(rule, "IpProtocol") == "tcp" && integer_of(rule, "FromPort", 0) <= port &&
         port <= integer_of(rule, "ToPort", -1);
}

// A group's egress to the whole internet, or at least to something inside the VPC.
struct Egress {
  bool anywhere = false, inside = false;
};

Egress egress_of(const Ec2& ec2, const std::vector<std::string>& groups) {
  Egress egress;
  for (const auto& [id, rule] : ec2.group_rules) {
    if (!boolean_of(rule, "IsEgress", false) || !covers_port(rule, kHttps)) continue;
    if (std::find(groups.begin(), groups.end(), text_of(rule, "GroupId")) == groups.end()) continue;
    egress.inside = true;  // to a group, the VPC's range, or anywhere
    egress.anywhere |= text_of(rule, "CidrIpv4") == "0.0.0.0/0";
  }
  return egress;
}

bool endpoint_lets_in(const Ec2& ec2, const json& endpoint, const std::vector<std::string>& groups) {
  for (const json& owner : list_of(endpoint, "Groups")) {
    for (const auto& [id, rule] : ec2.group_rules) {
      if (boolean_of(rule, "IsEgress", true) || text_of(rule, "GroupId") != text_of(owner, "GroupId"))
        continue;
      if (!covers_port(rule, kHttps)) continue;
      if (!text_of(rule, "CidrIpv4").empty()) return true;
      const std::string from = text_of(member_of(rule, "ReferencedGroupInfo"), "GroupId");
      if (std::find(groups.begin(), groups.end(), from) != groups.end()) return true;
    }
  }
  return false;
}

const json* owner_for(const std::map<std::string, json>& owners, const std::string& subnet,
                      const std::string& vpc, bool (*is_default)(const json&)) {
  const json* fallback = nullptr;
  for (const auto& [id, owner] : owners) {
    if (text_of(owner, "VpcId") != vpc) continue;
    for (const json& association : list_of(owner, "Associations"))
      if (text_of(association, "SubnetId") == subnet) return &owner;
    if (is_default(owner)) fallback = &owner;
  }
  return fallback;
}

bool is_main_table(const json& table) {
  for (const json& association : list_of(table, "Associations"))
    if (boolean_of(association, "Main", false)) return true;
  return false;
}

bool is_default_acl(const json& acl) {
  return boolean_of(acl, "IsDefault", false);
}

// The first entry, by number, that covers TCP to or from anywhere on the port.
bool acl_allows(const json& acl, bool egress, int port) {
  const json* first = nullptr;
  for (const json& entry : list_of(acl, "Entries")) {
    if (boolean_of(entry, "Egress", false) != egress) continue;
    const std::string protocol = text_of(entry, "Protocol");
    if (protocol != "-1" && protocol != "6") continue;
    const json& range = member_of(entry, "PortRange");
    if (protocol == "6" && (port < integer_of(range, "From", 0) || port > integer_of(range, "To", 65535)))
      continue;
    if (text_of(entry, "CidrBlock") != "0.0.0.0/0") continue;
    if (!first || integer_of(entry, "RuleNumber", 0) < integer_of(*first, "RuleNumber", 0)) first = &entry;
  }
  return first && text_of(*first, "RuleAction") == "allow";
}

}  // namespace

Way way_to(const EcsScope& here, const NetworkChoice& network, const std::string& subnet,
           const std::string& service) {
  const Ec2& ec2 = here.world.ec2[here.region];
  const std::string vpc = vpc_of_subnet(here, subnet);
  constexpr int kEphemeral = 49152;  // an answer comes back to a port of this range
  const json* acl = owner_for(ec2.acls, subnet, vpc, is_default_acl);
  if (acl && (!acl_allows(*acl, true, kHttps) || !acl_allows(*acl, false, kEphemeral))) return Way::none;

  // Without the resolver no name leads anywhere; without hostnames an endpoint's private name does not count
  // ("DNS attributes for your VPC", Amazon VPC User Guide).
  const auto attributes = ec2.vpc_attributes.find(vpc);
  const auto has = [&](const char* attribute) {
    return attributes == ec2.vpc_attributes.end() || boolean_of(attributes->second, attribute, true);
  };
  if (!has("EnableDnsSupport")) return Way::none;

  const Egress egress = egress_of(ec2, network.security_groups);
  const json* table = owner_for(ec2.route_tables, subnet, vpc, is_main_table);
  for (const auto& [id, endpoint] : ec2.endpoints) {
    if (text_of(endpoint, "VpcId") != vpc ||
        text_of(endpoint, "ServiceName") != "com.amazonaws." + here.region + "." + service)
      continue;
    if (text_of(endpoint, "VpcEndpointType") == "Gateway") {
      const auto tables = strings_of(endpoint, "RouteTableIds");
      if (table && std::find(tables.begin(), tables.end(), text_of(*table, "RouteTableId")) != tables.end())
        return egress.anywhere ? Way::endpoint : Way::none;
      continue;
    }
    if (!boolean_of(endpoint, "PrivateDnsEnabled", false) || !has("EnableDnsHostnames")) continue;
    // The private name leads to the endpoint, whether its groups let the task in or not.
    return egress.inside && endpoint_lets_in(ec2, endpoint, network.security_groups) ? Way::endpoint
                                                                                     : Way::none;
  }
  if (!table || !egress.anywhere) return Way::none;
  for (const json& route : list_of(*table, "Routes")) {
    if (text_of(route, "DestinationCidrBlock") != "0.0.0.0/0" || text_of(route, "State") != "active")
      continue;
    const std::string nat = text_of(route, "NatGatewayId");
    if (!nat.empty()) return ec2.nat_gateways.contains(nat) ? Way::nat : Way::none;
    if (text_of(route, "GatewayId").rfind("igw-", 0) == 0)
      return network.assign_public_ip ? Way::internet : Way::none;
  }
  return Way::none;
}

}  // namespace doctor::lab
