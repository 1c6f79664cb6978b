// VPC endpoints. A gateway endpoint is a route in each of its tables; an interface endpoint is an interface
// in each of its subnets, and a private name for all of the VPC.
#include <algorithm>

#include "iam/policy.h"
#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

ApiError all_well() {
  return {"", "", 400};
}

// Whether everything that the request names is there; an empty code: it is.
ApiError unknown_in(const Ec2& ec2, const json& input, const char* tables, const char* subnets,
                    const char* groups) {
  for (const auto& id : strings_of(input, subnets)) {
    if (!ec2.subnets.contains(id)) return ec2_missing("InvalidSubnetId.NotFound", "subnet ID", id).value();
  }
  for (const auto& id : strings_of(input, tables)) {
    if (!ec2.route_tables.contains(id))
      return ec2_missing("InvalidRouteTableId.NotFound", "routeTable ID", id).value();
  }
  for (const auto& id : strings_of(input, groups)) {
    if (!ec2.groups.contains(id)) return ec2_missing("InvalidGroup.NotFound", "security group", id).value();
  }
  return all_well();
}

// One subnet a zone ("CreateVpcEndpoint", EC2 API Reference).
ApiError same_zone(Ec2& ec2, const std::vector<std::string>& subnets) {
  std::vector<std::string> zones;
  for (const auto& id : subnets) {
    const std::string zone = text_of(ec2.subnets[id], "AvailabilityZone");
    if (std::find(zones.begin(), zones.end(), zone) != zones.end()) {
      return {"DuplicateSubnetsInSameZone",
              "Found another VPC endpoint subnet in the availability zone of " + id, 400};
    }
    zones.push_back(zone);
  }
  return all_well();
}

// The endpoint's routes would come beside others to the same prefix list.
ApiError routed_already(Ec2& ec2, const std::vector<std::string>& tables, const std::string& list) {
  for (const auto& id : tables) {
    for (const auto& route : list_of(ec2.route_tables[id], "Routes")) {
      if (route_destination(route) == list) {
        return {"RouteAlreadyExists",
                "route table " + id + " already has a route with destination-prefix-list-id " + list, 400};
      }
    }
  }
  return all_well();
}

// Private names need both attributes of the VPC, and no other endpoint with the same name.
ApiError no_private_names(const Ec2& ec2, const std::string& vpc, const std::string& service,
                          const std::string& but_for) {
  const auto attributes = ec2.vpc_attributes.find(vpc);
  if (attributes == ec2.vpc_attributes.end() || !boolean_of(attributes->second, "EnableDnsSupport", true) ||
      !boolean_of(attributes->second, "EnableDnsHostnames", true)) {
    return {
        "InvalidParameter",
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to "
        "true for " +
            vpc,
        400};
  }
  for (const auto& [id, endpoint] : ec2.endpoints) {
    if (id == but_for || text_of(endpoint, "VpcId") != vpc || text_of(endpoint, "ServiceName") != service ||
        !boolean_of(endpoint, "PrivateDnsEnabled", false))
      continue;
    return {"InvalidParameter",
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for " +
                service + " in the VPC " + vpc,
            400};
  }
  return all_well();
}

ApiError bad_policy(const json& input) {
  if (!input.contains("PolicyDocument")) return all_well();
  const std::string text = text_of(input, "PolicyDocument");
  const auto parsed = iam::parse_policy(text, "the policy", iam::PolicyKind::resource);
  return parsed ? all_well()
                : ApiError{"InvalidPolicyDocument", "Policy is not valid: " + parsed.error().sentence, 400};
}

std::vector<std::string> or_default_group(const Ec2& ec2, const std::string& vpc,
                                          std::vector<std::string> groups) {
  if (!groups.empty()) return groups;
  for (const auto& [id, group] : ec2.groups) {
    if (text_of(group, "VpcId") == vpc && text_of(group, "GroupName") == "default") groups.push_back(id);
  }
  return groups;
}

// The first of the errors that is one.
template <class... Errors>
ApiError first_of(const Errors&... errors) {
  ApiError found = all_well();
  for (const ApiError* one : {&errors...}) {
    if (found.code.empty()) found = *one;
  }
  return found;
}

Reply create_vpc_endpoint(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string vpc = text_of(input, "VpcId"), full = text_of(input, "ServiceName");
  if (!ec2.vpcs.contains(vpc)) return ec2_missing("InvalidVpcId.NotFound", "Vpc Id", vpc);
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
  const bool gateway = text_of(input, "VpcEndpointType", "Gateway") == "Gateway";
  const std::string list = prefix_list_of(full);
  if (gateway && list.empty()) {
    return api_error("InvalidParameter",
                     "Endpoint type (Gateway) does not match available service types ([Interface]).");
  }
  const bool private_names = !gateway && boolean_of(input, "PrivateDnsEnabled", true);
  const auto subnets = strings_of(input, "SubnetIds"), tables = strings_of(input, "RouteTableIds");
  const ApiError unknown = unknown_in(ec2, input, "RouteTableIds", "SubnetIds", "SecurityGroupIds");
  if (!unknown.code.empty()) return tl::unexpected(unknown);
  const ApiError wrong =
      first_of(bad_policy(input), same_zone(ec2, subnets), routed_already(ec2, tables, list),
               private_names ? no_private_names(ec2, vpc, full, "") : all_well());
  if (!wrong.code.empty()) return tl::unexpected(wrong);
  const auto groups = gateway ? std::vector<std::string>{}
                              : or_default_group(ec2, vpc, strings_of(input, "SecurityGroupIds"));
  const std::string id =
      add_endpoint(world, call.region, vpc, full.substr(prefix.size()), gateway ? tables : subnets, groups,
                   json::parse(text_of(input, "PolicyDocument", "null")));
  ec2.endpoints[id]["PrivateDnsEnabled"] = private_names;
  tag_as_asked(ec2.endpoints[id], input);
  json answer = {{"VpcEndpoint", ec2.endpoints[id]}};
  if (!token.empty()) {
    ec2.endpoint_tokens[token] = {input, id};
    answer["ClientToken"] = token;
  }
  return answer;
}

// --- Changes of one that is there

void take_from_tables(World& world, const std::string& region, const json& endpoint,
                      const std::vector<std::string>& tables) {
  const std::string list = prefix_list_of(text_of(endpoint, "ServiceName"));
  for (const auto& table : tables) {
    for (const auto& route : json(list_of(world.ec2[region].route_tables[table], "Routes"))) {
      if (route_destination(route) == list &&
          text_of(route, "GatewayId") == text_of(endpoint, "VpcEndpointId"))
        remove_route(world, region, table, list);
    }
  }
}

void take_from_subnet(World& world, const std::string& region, json& endpoint, const std::string& subnet) {
  auto& ec2 = world.ec2[region];
  json kept = json::array();
  for (const auto& id : strings_of(endpoint, "NetworkInterfaceIds")) {
    if (text_of(ec2.interfaces[id], "SubnetId") == subnet)
      delete_interface(world, region, id);
    else
      kept.push_back(id);
  }
  endpoint["NetworkInterfaceIds"] = kept;
}

bool is_in(const std::vector<std::string>& list, const std::string& id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

// What the list holds after the request; `added` and `gone` are what really changes.
std::vector<std::string> list_after(const json& endpoint, const char* list,
                                    const std::vector<std::string>& add,
                                    const std::vector<std::string>& remove, std::vector<std::string>& added,
                                    std::vector<std::string>& gone) {
  auto ids = strings_of(endpoint, list);
  for (const auto& id : remove) {
    if (std::erase(ids, id) > 0) gone.push_back(id);
  }
  for (const auto& id : add) {
    if (is_in(ids, id)) continue;
    ids.push_back(id);
    added.push_back(id);
  }
  return ids;
}

void change_groups(Ec2& ec2, json& endpoint, const json& input) {
  const auto removed = strings_of(input, "RemoveSecurityGroupIds");
  json groups = json::array();
  for (const auto& group : list_of(endpoint, "Groups")) {
    if (!is_in(removed, text_of(group, "GroupId"))) groups.push_back(group);
  }
  for (const auto& id : strings_of(input, "AddSecurityGroupIds")) {
    if (!is_in(texts_at(groups, "GroupId"), id))
      groups.push_back({{"GroupId", id}, {"GroupName", ec2.groups[id]["GroupName"]}});
  }
  endpoint["Groups"] = groups;
  for (const auto& id : strings_of(endpoint, "NetworkInterfaceIds")) ec2.interfaces[id]["Groups"] = groups;
}

Reply modify_vpc_endpoint(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "VpcEndpointId");
  const auto found = ec2.endpoints.find(id);
  if (found == ec2.endpoints.end())
    return ec2_missing("InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id", id);
  json& endpoint = found->second;
  const std::string vpc = text_of(endpoint, "VpcId"), service = text_of(endpoint, "ServiceName");
  const bool gateway = text_of(endpoint, "VpcEndpointType") == "Gateway";
  for (const char* key :
       {"AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds"}) {
    if (gateway && input.contains(key))
      return api_error("InvalidParameter", std::string(key) + " is not valid for a Gateway endpoint");
  }
  for (const char* key : {"AddRouteTableIds", "RemoveRouteTableIds"}) {
    if (!gateway && input.contains(key))
      return api_error("InvalidParameter", "Modifying route tables is only supported for Gateway endpoints");
  }
  std::vector<std::string> more_tables, fewer_tables, more_subnets, fewer_subnets;
  const auto tables = list_after(endpoint, "RouteTableIds", strings_of(input, "AddRouteTableIds"),
                                 strings_of(input, "RemoveRouteTableIds"), more_tables, fewer_tables);
  const auto subnets = list_after(endpoint, "SubnetIds", strings_of(input, "AddSubnetIds"),
                                  strings_of(input, "RemoveSubnetIds"), more_subnets, fewer_subnets);
  const ApiError unknown = unknown_in(ec2, input, "AddRouteTableIds", "AddSubnetIds", "AddSecurityGroupIds");
  if (!unknown.code.empty()) return tl::unexpected(unknown);
  const bool names = boolean_of(input, "PrivateDnsEnabled", false);
  if (names && gateway)
    return api_error("InvalidParameter", "Private DNS can only be enabled for Interface endpoints");
  const ApiError wrong = first_of(bad_policy(input), same_zone(ec2, subnets),
                                  routed_already(ec2, more_tables, prefix_list_of(service)),
                                  names ? no_private_names(ec2, vpc, service, id) : all_well());
  if (!wrong.code.empty()) return tl::unexpected(wrong);

  take_from_tables(world, call.region, endpoint, fewer_tables);
  for (const auto& table : more_tables) add_route(world, call.region, table, prefix_list_of(service), id);
  endpoint["RouteTableIds"] = tables;
  change_groups(ec2, endpoint, input);
  for (const auto& subnet : fewer_subnets) take_from_subnet(world, call.region, endpoint, subnet);
  for (const auto& subnet : more_subnets) add_endpoint_interface(world, call.region, id, subnet);
  endpoint["SubnetIds"] = subnets;
  if (boolean_of(input, "ResetPolicy", false)) {
    endpoint["PolicyDocument"] =
        json{{"Statement",
              json::array({{{"Action", "*"}, {"Effect", "Allow"}, {"Principal", "*"}, {"Resource", "*"}}})}}
            .dump();
  }
  if (input.contains("PolicyDocument")) endpoint["PolicyDocument"] = text_of(input, "PolicyDocument");
  if (input.contains("PrivateDnsEnabled")) endpoint["PrivateDnsEnabled"] = names;
  return json{{"Return", true}};
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
    take_from_tables(world, call.region, found->second, strings_of(found->second, "RouteTableIds"));
    ec2.endpoints.erase(found);
  }
  return json{{"Unsuccessful", unsuccessful}};
}

}  // namespace

void add_ec2_endpoints(Registry& registry) {
  registry.add("ec2", "CreateVpcEndpoint", create_vpc_endpoint);
  registry.add("ec2", "ModifyVpcEndpoint", modify_vpc_endpoint);
  registry.add("ec2", "DeleteVpcEndpoints", delete_vpc_endpoints);
}

}  // namespace doctor::lab
