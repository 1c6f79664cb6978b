// Subnets, interfaces, security groups and network ACLs: the operations that change them.
//
// Codes are those of "Error codes for the Amazon EC2 API". What something else still needs is not deleted:
// DependencyViolation.
#include <algorithm>

#include "lab/cidr.h"
#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply create_subnet(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string vpc = text_of(input, "VpcId"), cidr = text_of(input, "CidrBlock");
  if (!ec2.vpcs.contains(vpc)) return ec2_missing("InvalidVpcID.NotFound", "vpc ID", vpc);
  const std::string zone = text_of(input, "AvailabilityZone", call.region + "a");
  const auto zones = world.zones(call.region);
  if (std::find(zones.begin(), zones.end(), zone) == zones.end()) {
    return api_error("InvalidParameterValue",
                     "Value (" + zone + ") for parameter availabilityZone is invalid.");
  }
  const auto range = cidr_of(cidr);
  if (!range || cidr.find('/') == std::string::npos) {
    return api_error(
        "InvalidParameterValue",
        "Value (" + cidr + ") for parameter cidrBlock is invalid. This is not a valid CIDR block.");
  }
  const auto whole = cidr_of(text_of(ec2.vpcs[vpc], "CidrBlock"));
  if (range->bits < 16 || range->bits > 28 || !whole || !whole->holds(range->first) ||
      range->bits < whole->bits)
    return api_error("InvalidSubnet.Range", "The CIDR '" + cidr + "' is invalid.");
  for (const auto& [id, subnet] : ec2.subnets) {
    const auto other = cidr_of(text_of(subnet, "CidrBlock"));
    if (text_of(subnet, "VpcId") == vpc && other &&
        (other->holds(range->first) || range->holds(other->first))) {
      return api_error("InvalidSubnet.Conflict", "The CIDR '" + cidr + "' conflicts with another subnet");
    }
  }
  const std::string id = add_subnet(world, call.region, vpc, zone, cidr, "");
  tag_as_asked(ec2.subnets[id], input);
  return json{{"Subnet", shown(ec2, id, ec2.subnets[id])}};
}

Reply modify_subnet_attribute(World& world, const CallContext& call, const json& input) {
  auto& subnets = world.ec2[call.region].subnets;
  const auto subnet = subnets.find(text_of(input, "SubnetId"));
  if (subnet == subnets.end())
    return ec2_missing("InvalidSubnetID.NotFound", "subnet ID", text_of(input, "SubnetId"));
  for (const char* field : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"}) {
    if (input.contains(field)) subnet->second[field] = boolean_of(input[field], "Value", false);
  }
  return json::object();
}

bool serves(const json& owner, const std::string& subnet) {
  const auto& associations = list_of(owner, "Associations");
  return std::any_of(associations.begin(), associations.end(),
                     [&](const json& one) { return text_of(one, "SubnetId") == subnet; });
}

// Interfaces are in it, of whatever: of tasks, NAT gateways, endpoints and load balancers too.
bool in_use(const Ec2& ec2, const std::string& subnet) {
  const auto others = ec2.other_addresses.find(subnet);
  if (others != ec2.other_addresses.end() && others->second > 0) return true;
  return std::any_of(ec2.interfaces.begin(), ec2.interfaces.end(),
                     [&](const auto& entry) { return text_of(entry.second, "SubnetId") == subnet; });
}

Reply delete_subnet(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "SubnetId");
  if (!ec2.subnets.contains(id)) return ec2_missing("InvalidSubnetID.NotFound", "subnet ID", id);
  if (in_use(ec2, id)) {
    return api_error("DependencyViolation",
                     "The subnet '" + id + "' has dependencies and cannot be deleted.");
  }
  for (auto* owners : {&ec2.route_tables, &ec2.acls}) {
    for (auto& [owner_id, owner] : *owners) {
      if (!serves(owner, id)) continue;
      json kept = json::array();
      for (auto& one : owner["Associations"]) {
        if (text_of(one, "SubnetId") != id) kept.push_back(std::move(one));
      }
      owner["Associations"] = std::move(kept);
    }
  }
  ec2.subnets.erase(id);
  ec2.taken.erase(id);
  ec2.other_addresses.erase(id);
  return json::object();
}

Reply delete_network_interface(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "NetworkInterfaceId");
  const auto found = ec2.interfaces.find(id);
  if (found == ec2.interfaces.end())
    return ec2_missing("InvalidNetworkInterfaceID.NotFound", "networkInterface ID", id);
  if (text_of(found->second, "Status") != "available")
    return api_error("InvalidParameterValue", "Network interface '" + id + "' is currently in use.");
  delete_interface(world, call.region, id);
  return json::object();
}

// IpPermissions, or the flat members of older callers, as one rule a source.
std::vector<json> rules_asked(const json& input, const std::string& group, const World& world, bool egress) {
  json permissions = list_of(input, "IpPermissions");
  if (permissions.empty() && input.contains("IpProtocol")) {
    json flat{{"IpProtocol", text_of(input, "IpProtocol")},
              {"IpRanges", json::array({{{"CidrIp", text_of(input, "CidrIp", "0.0.0.0/0")}}})}};
    for (const char* port : {"FromPort", "ToPort"}) {
      if (input.contains(port)) flat[port] = input[port];
    }
    permissions.push_back(flat);
  }
  std::vector<json> rules;
  for (const auto& permission : permissions) {
    json rule{{"GroupId", group},
              {"GroupOwnerId", world.account},
              {"IsEgress", egress},
              {"IpProtocol", text_of(permission, "IpProtocol")},
              {"FromPort", integer_of(permission, "FromPort", -1)},
              {"ToPort", integer_of(permission, "ToPort", -1)},
              {"Tags", json::array()}};
    const auto with = [&](const char* list, const char* from, const char* to) {
      for (const auto& source : list_of(permission, list)) {
        json one = rule;
        one[to] = source.value(from, json());
        if (source.contains("Description")) one["Description"] = source["Description"];
        rules.push_back(one);
      }
    };
    with("IpRanges", "CidrIp", "CidrIpv4");
    with("Ipv6Ranges", "CidrIpv6", "CidrIpv6");
    with("PrefixListIds", "PrefixListId", "PrefixListId");
    for (const auto& pair : list_of(permission, "UserIdGroupPairs")) {
      json one = rule;
      one["ReferencedGroupInfo"] = {{"GroupId", text_of(pair, "GroupId")},
                                    {"UserId", text_of(pair, "UserId", world.account)}};
      rules.push_back(one);
    }
  }
  return rules;
}

bool same_rule(const json& one, const json& other) {
  for (const char* field : {"GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6",
                            "PrefixListId", "ReferencedGroupInfo"}) {
    if (one.value(field, json()) != other.value(field, json())) return false;
  }
  return true;
}

Reply authorize(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string group = text_of(input, "GroupId");
  if (!ec2.groups.contains(group)) return ec2_missing("InvalidGroup.NotFound", "security group", group);
  const bool egress = call.operation.ends_with("Egress");
  json added = json::array();
  for (auto& rule : rules_asked(input, group, world, egress)) {
    for (const auto& [id, there] : ec2.group_rules) {
      if (same_rule(rule, there)) {
        return api_error("InvalidPermission.Duplicate",
                         "the specified rule already exists in security group " + group);
      }
    }
    const std::string id = world.ids.resource("sgr");
    rule["SecurityGroupRuleId"] = id;
    ec2.group_rules[id] = rule;
    added.push_back(rule);
  }
  if (added.empty())
    return api_error("MissingParameter", "The request must contain the parameter ipPermissions");
  return json{{"Return", true}, {"SecurityGroupRules", added}};
}

Reply revoke(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string group = text_of(input, "GroupId");
  if (!ec2.groups.contains(group)) return ec2_missing("InvalidGroup.NotFound", "security group", group);
  for (const auto& id : strings_of(input, "SecurityGroupRuleIds")) {
    if (ec2.group_rules.erase(id) == 0)
      return ec2_missing("InvalidSecurityGroupRuleId.NotFound", "security group rule ID", id);
  }
  for (const auto& rule : rules_asked(input, group, world, call.operation.ends_with("Egress"))) {
    const auto erased =
        std::erase_if(ec2.group_rules, [&](const auto& entry) { return same_rule(rule, entry.second); });
    if (erased == 0)
      return api_error("InvalidPermission.NotFound",
                       "The specified rule does not exist in this security group.");
  }
  return json{{"Return", true}, {"UnknownIpPermissions", json::array()}};
}

// In use by an interface, or named by a rule of another group ("Delete a security group", Amazon VPC User
// Guide).
bool is_needed(const Ec2& ec2, const std::string& group) {
  const auto uses = [&](const auto& entry) {
    const auto& groups = list_of(entry.second, "Groups");
    return std::any_of(groups.begin(), groups.end(),
                       [&](const json& one) { return text_of(one, "GroupId") == group; });
  };
  const auto names = [&](const auto& entry) {
    return text_of(entry.second, "GroupId") != group &&
           text_of(member_of(entry.second, "ReferencedGroupInfo"), "GroupId") == group;
  };
  return std::any_of(ec2.interfaces.begin(), ec2.interfaces.end(), uses) ||
         std::any_of(ec2.group_rules.begin(), ec2.group_rules.end(), names);
}

Reply delete_security_group(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "GroupId");
  const auto found = ec2.groups.find(id);
  if (found == ec2.groups.end()) return ec2_missing("InvalidGroup.NotFound", "security group", id);
  if (text_of(found->second, "GroupName") == "default") {
    return api_error("CannotDelete",
                     "the specified group: \"" + id + "\" name: \"default\" cannot be deleted by a user");
  }
  if (is_needed(ec2, id))
    return api_error("DependencyViolation", "resource " + id + " has a dependent object");
  std::erase_if(ec2.group_rules, [&](const auto& entry) { return text_of(entry.second, "GroupId") == id; });
  ec2.groups.erase(found);
  return json::object();
}

json* entry_of(json& acl, const json& input) {
  for (auto& entry : acl["Entries"]) {
    if (entry["RuleNumber"] == integer_of(input, "RuleNumber", -1) &&
        entry["Egress"] == boolean_of(input, "Egress", false))
      return &entry;
  }
  return nullptr;
}

Reply change_acl_entry(World& world, const CallContext& call, const json& input) {
  auto& acls = world.ec2[call.region].acls;
  const auto acl = acls.find(text_of(input, "NetworkAclId"));
  if (acl == acls.end())
    return ec2_missing("InvalidNetworkAclID.NotFound", "networkAcl ID", text_of(input, "NetworkAclId"));
  json* entry = entry_of(acl->second, input);
  const std::string number = std::to_string(integer_of(input, "RuleNumber", -1));
  if (call.operation == "CreateNetworkAclEntry" && entry != nullptr) {
    return api_error("NetworkAclEntryAlreadyExists",
                     "The network acl entry identified by " + number + " already exists.");
  }
  if (call.operation != "CreateNetworkAclEntry" && entry == nullptr) {
    return api_error("InvalidNetworkAclEntry.NotFound",
                     "The network acl entry identified by " + number + " does not exist");
  }
  if (call.operation == "DeleteNetworkAclEntry") {
    json& entries = acl->second["Entries"];
    entries.erase(static_cast<std::size_t>(entry - &entries[0]));
    return json::object();
  }
  const json& ports = member_of(input, "PortRange");
  add_acl_rule(world, call.region, acl->first,
               {.number = static_cast<int>(integer_of(input, "RuleNumber", 100)),
                .egress = boolean_of(input, "Egress", false),
                .allow = text_of(input, "RuleAction") == "allow",
                .protocol = text_of(input, "Protocol", "-1"),
                .cidr = text_of(input, "CidrBlock", "0.0.0.0/0"),
                .from_port = static_cast<int>(integer_of(ports, "From", 0)),
                .to_port = static_cast<int>(integer_of(ports, "To", 65535))});
  return json::object();
}

}  // namespace

tl::unexpected<ApiError> ec2_missing(const char* code, const char* noun, const std::string& id) {
  return api_error(code, std::string("The ") + noun + " '" + id + "' does not exist");
}

void tag_as_asked(json& document, const json& input) {
  for (const auto& tags : list_of(input, "TagSpecifications")) {
    for (const auto& one : list_of(tags, "Tags")) tag(document, text_of(one, "Key"), text_of(one, "Value"));
  }
}

void add_ec2_changes(Registry& registry) {
  registry.add("ec2", "CreateSubnet", create_subnet);
  registry.add("ec2", "ModifySubnetAttribute", modify_subnet_attribute);
  registry.add("ec2", "DeleteSubnet", delete_subnet);
  registry.add("ec2", "DeleteNetworkInterface", delete_network_interface);
  registry.add("ec2", "DeleteSecurityGroup", delete_security_group);
  for (const char* operation : {"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"})
    registry.add("ec2", operation, authorize);
  for (const char* operation : {"RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"})
    registry.add("ec2", operation, revoke);
  for (const char* operation : {"CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry"})
    registry.add("ec2", operation, change_acl_entry);
}

}  // namespace doctor::lab
