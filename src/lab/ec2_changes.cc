// EC2's changing operations, as far as a repaired network needs them.
#include <algorithm>

#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using Documents = std::map<std::string, json>;

Reply missing(const char* code, const char* noun, const std::string& id) {
  return api_error(code, std::string("The ") + noun + " '" + id + "' does not exist");
}

const json kDone = {{"Return", true}};

Reply create_subnet(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string vpc = text_of(input, "VpcId"), cidr = text_of(input, "CidrBlock");
  if (!ec2.vpcs.contains(vpc)) return missing("InvalidVpcID.NotFound", "vpc ID", vpc);
  const std::string zone = text_of(input, "AvailabilityZone", call.region + "a");
  const auto zones = world.zones(call.region);
  if (std::find(zones.begin(), zones.end(), zone) == zones.end()) {
    return api_error("InvalidParameterValue",
                     "Value (" + zone + ") for parameter availabilityZone is invalid.");
  }
  for (const auto& [id, subnet] : ec2.subnets) {
    if (text_of(subnet, "VpcId") == vpc && text_of(subnet, "CidrBlock") == cidr) {
      return api_error("InvalidSubnet.Conflict", "The CIDR '" + cidr + "' conflicts with another subnet");
    }
  }
  const std::string id = add_subnet(world, call.region, vpc, zone, cidr, "");
  for (const auto& tags : list_of(input, "TagSpecifications")) {
    for (const auto& one : list_of(tags, "Tags"))
      tag(ec2.subnets[id], text_of(one, "Key"), text_of(one, "Value"));
  }
  return json{{"Subnet", shown(ec2, id, ec2.subnets[id])}};
}

Reply modify_subnet_attribute(World& world, const CallContext& call, const json& input) {
  auto& subnets = world.ec2[call.region].subnets;
  const auto subnet = subnets.find(text_of(input, "SubnetId"));
  if (subnet == subnets.end())
    return missing("InvalidSubnetID.NotFound", "subnet ID", text_of(input, "SubnetId"));
  for (const char* field : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"}) {
    if (input.contains(field)) subnet->second[field] = boolean_of(input[field], "Value", false);
  }
  return json::object();
}

std::string route_destination(const json& input) {
  const std::string cidr = text_of(input, "DestinationCidrBlock");
  return cidr.empty() ? text_of(input, "DestinationPrefixListId") : cidr;
}

Reply create_route(World& world, const CallContext& call, const json& input) {
  auto& tables = world.ec2[call.region].route_tables;
  const auto table = tables.find(text_of(input, "RouteTableId"));
  if (table == tables.end())
    return missing("InvalidRouteTableID.NotFound", "routeTable ID", text_of(input, "RouteTableId"));
  const std::string destination = route_destination(input);
  for (const auto& route : list_of(table->second, "Routes")) {
    if (route_destination(route) == destination) {
      return api_error("RouteAlreadyExists", "The route identified by " + destination + " already exists.");
    }
  }
  for (const char* target : {"GatewayId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId",
                             "VpcPeeringConnectionId", "VpcEndpointId", "InstanceId"}) {
    if (!input.contains(target)) continue;
    add_route(world, call.region, table->first, destination, text_of(input, target));
    return kDone;
  }
  return api_error("MissingParameter", "The request must contain the parameter gatewayId or another target");
}

Reply delete_route(World& world, const CallContext& call, const json& input) {
  auto& tables = world.ec2[call.region].route_tables;
  const auto table = tables.find(text_of(input, "RouteTableId"));
  if (table == tables.end())
    return missing("InvalidRouteTableID.NotFound", "routeTable ID", text_of(input, "RouteTableId"));
  const auto before = list_of(table->second, "Routes").size();
  remove_route(world, call.region, table->first, route_destination(input));
  if (list_of(table->second, "Routes").size() == before) {
    return api_error("InvalidRoute.NotFound", "no route with destination-cidr-block " +
                                                  route_destination(input) + " in route table " +
                                                  table->first);
  }
  return json::object();
}

Reply create_vpc_endpoint(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string vpc = text_of(input, "VpcId"), full = text_of(input, "ServiceName");
  if (!ec2.vpcs.contains(vpc)) return missing("InvalidVpcId.NotFound", "Vpc Id", vpc);
  // "Ensuring idempotency in Amazon EC2 API requests": the same token again gives the same answer.
  const std::string token = text_of(input, "ClientToken");
  if (const auto known = ec2.endpoint_tokens.find(token);
      !token.empty() && known != ec2.endpoint_tokens.end()) {
    if (known->second.first != input) {
      return api_error("IdempotentParameterMismatch",
                       "The request uses the same client token as a previous, but non-identical request.");
    }
    if (ec2.endpoints.contains(known->second.second)) {
      return json{{"VpcEndpoint", ec2.endpoints[known->second.second]}, {"ClientToken", token}};
    }
  }
  const std::string prefix = "com.amazonaws." + call.region + ".";
  if (full.rfind(prefix, 0) != 0) {
    return api_error("InvalidServiceName", "The Vpc Endpoint Service '" + full + "' does not exist");
  }
  for (const auto& subnet : strings_of(input, "SubnetIds")) {
    if (!ec2.subnets.contains(subnet)) return missing("InvalidSubnetId.NotFound", "subnet ID", subnet);
  }
  for (const auto& table : strings_of(input, "RouteTableIds")) {
    if (!ec2.route_tables.contains(table))
      return missing("InvalidRouteTableId.NotFound", "routeTable ID", table);
  }
  for (const auto& group : strings_of(input, "SecurityGroupIds")) {
    if (!ec2.groups.contains(group)) return missing("InvalidGroup.NotFound", "security group", group);
  }
  const auto policy = json::parse(text_of(input, "PolicyDocument", "null"), nullptr, false);
  if (policy.is_discarded())
    return api_error("InvalidPolicyDocument", "The policy document is not valid JSON");
  const bool gateway = text_of(input, "VpcEndpointType", "Gateway") == "Gateway";
  const std::string id = add_endpoint(world, call.region, vpc, full.substr(prefix.size()),
                                      strings_of(input, gateway ? "RouteTableIds" : "SubnetIds"),
                                      strings_of(input, "SecurityGroupIds"), policy);
  json answer = {{"VpcEndpoint", ec2.endpoints[id]}};
  if (!token.empty()) {
    ec2.endpoint_tokens[token] = {input, id};
    answer["ClientToken"] = token;
  }
  return answer;
}

Reply modify_vpc_endpoint(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const auto found = ec2.endpoints.find(text_of(input, "VpcEndpointId"));
  if (found == ec2.endpoints.end()) {
    return missing("InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id", text_of(input, "VpcEndpointId"));
  }
  json& endpoint = found->second;
  const auto add_and_remove = [&](const char* list, const char* add, const char* remove) {
    auto ids = strings_of(endpoint, list);
    for (const auto& id : strings_of(input, add)) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    for (const auto& id : strings_of(input, remove)) std::erase(ids, id);
    endpoint[list] = ids;
  };
  add_and_remove("SubnetIds", "AddSubnetIds", "RemoveSubnetIds");
  add_and_remove("RouteTableIds", "AddRouteTableIds", "RemoveRouteTableIds");
  json groups = json::array();
  const auto removed = strings_of(input, "RemoveSecurityGroupIds");
  for (const auto& group : list_of(endpoint, "Groups")) {
    if (std::find(removed.begin(), removed.end(), text_of(group, "GroupId")) == removed.end())
      groups.push_back(group);
  }
  for (const auto& id : strings_of(input, "AddSecurityGroupIds")) {
    if (!ec2.groups.contains(id)) return missing("InvalidGroup.NotFound", "security group", id);
    groups.push_back({{"GroupId", id}, {"GroupName", ec2.groups[id]["GroupName"]}});
  }
  endpoint["Groups"] = groups;
  if (input.contains("PolicyDocument")) endpoint["PolicyDocument"] = text_of(input, "PolicyDocument");
  if (input.contains("PrivateDnsEnabled"))
    endpoint["PrivateDnsEnabled"] = boolean_of(input, "PrivateDnsEnabled", true);
  return kDone;
}

Reply delete_vpc_endpoints(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  json unsuccessful = json::array();
  for (const auto& id : strings_of(input, "VpcEndpointIds")) {
    const auto found = ec2.endpoints.find(id);
    if (found == ec2.endpoints.end()) {
      unsuccessful.push_back({{"ResourceId", id},
                              {"Error",
                               {{"Code", "InvalidVpcEndpoint.NotFound"},
                                {"Message", "The Vpc Endpoint Id '" + id + "' does not exist"}}}});
      continue;
    }
    for (const auto& eni : strings_of(found->second, "NetworkInterfaceIds"))
      delete_interface(world, call.region, eni);
    for (const auto& table : strings_of(found->second, "RouteTableIds")) {
      for (const char* list : {"pl-6da54004", "pl-6fa54006"}) {
        for (const json routes = list_of(ec2.route_tables[table], "Routes"); const auto& route : routes) {
          if (text_of(route, "GatewayId") == id) remove_route(world, call.region, table, list);
        }
      }
    }
    ec2.endpoints.erase(found);
  }
  return json{{"Unsuccessful", unsuccessful}};
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
  if (!ec2.groups.contains(group)) return missing("InvalidGroup.NotFound", "security group", group);
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
  if (!ec2.groups.contains(group)) return missing("InvalidGroup.NotFound", "security group", group);
  for (const auto& id : strings_of(input, "SecurityGroupRuleIds")) {
    if (ec2.group_rules.erase(id) == 0)
      return missing("InvalidSecurityGroupRuleId.NotFound", "security group rule ID", id);
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
    return missing("InvalidNetworkAclID.NotFound", "networkAcl ID", text_of(input, "NetworkAclId"));
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

void add_ec2_changes(Registry& registry) {
  registry.add("ec2", "CreateSubnet", create_subnet);
  registry.add("ec2", "ModifySubnetAttribute", modify_subnet_attribute);
  registry.add("ec2", "CreateRoute", create_route);
  registry.add("ec2", "DeleteRoute", delete_route);
  registry.add("ec2", "CreateVpcEndpoint", create_vpc_endpoint);
  registry.add("ec2", "ModifyVpcEndpoint", modify_vpc_endpoint);
  registry.add("ec2", "DeleteVpcEndpoints", delete_vpc_endpoints);
  for (const char* operation : {"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"})
    registry.add("ec2", operation, authorize);
  for (const char* operation : {"RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"})
    registry.add("ec2", operation, revoke);
  for (const char* operation : {"CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry"})
    registry.add("ec2", operation, change_acl_entry);
}

}  // namespace doctor::lab
