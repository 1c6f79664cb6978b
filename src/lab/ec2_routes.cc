// Routes, and which subnets a route table serves. Codes: "Error codes for the Amazon EC2 API"; the words are
// those that AWS answers with.
#include <algorithm>
#include <optional>

#include "lab/cidr.h"
#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using Tables = std::map<std::string, json>;

tl::unexpected<ApiError> no_table(const std::string& id) {
  return ec2_missing("InvalidRouteTableID.NotFound", "routeTable ID", id);
}

// --- What a route may lead to

struct TargetKind {
  const char *key, *code, *noun;
  std::map<std::string, json> Ec2::*there;  // null: the lab has none of these
};

constexpr const char* kNoGateway = "InvalidInternetGatewayID.NotFound";
const TargetKind kTargets[] = {
    {"GatewayId", kNoGateway, "internetGateway ID", &Ec2::internet_gateways},
    {"NatGatewayId", "InvalidNatGatewayID.NotFound", "natGateway ID", &Ec2::nat_gateways},
    {"NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound", "networkInterface ID", &Ec2::interfaces},
    {"InstanceId", "InvalidInstanceID.NotFound", "instance ID", &Ec2::instances},
    {"VpcEndpointId", "InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id", &Ec2::endpoints},
    {"TransitGatewayId", "InvalidTransitGatewayID.NotFound", "transitGateway ID", nullptr},
    {"VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection ID", nullptr},
    {"EgressOnlyInternetGatewayId", "InvalidGatewayID.NotFound", "egressOnlyInternetGateway ID", nullptr},
};

std::string vpc_of_target(const json& target) {
  const std::string vpc = text_of(target, "VpcId");
  if (!vpc.empty()) return vpc;
  const auto attached = texts_at(target, "Attachments.VpcId");  // of an internet gateway
  return attached.empty() ? "" : attached.front();
}

// The one target that the request names.
Reply target_asked(const Ec2& ec2, const json& table, const json& input) {
  if (boolean_of(input, "LocalTarget", false)) return json("local");
  const TargetKind* kind = nullptr;
  for (const TargetKind& one : kTargets) {
    if (!input.contains(one.key)) continue;
    if (kind != nullptr) {
      return api_error("InvalidParameterCombination", std::string("The parameter ") + one.key +
                                                          " cannot be used with the parameter " + kind->key);
    }
    kind = &one;
  }
  if (kind == nullptr)
    return api_error("MissingParameter",
                     "The request must contain the parameter gatewayId or another target");
  const std::string id = text_of(input, kind->key);
  if (kind->there == nullptr) return ec2_missing(kind->code, kind->noun, id);
  const auto& there = ec2.*kind->there;
  const auto found = there.find(id);
  if (found == there.end()) return ec2_missing(kind->code, kind->noun, id);
  if (vpc_of_target(found->second) != text_of(table, "VpcId")) {
    return api_error("InvalidParameterValue", "route table " + text_of(table, "RouteTableId") +
                                                  " and network gateway " + id +
                                                  " belong to different networks");
  }
  return json(id);
}

// --- Routes

// The destination of a request; MissingParameter or InvalidParameterValue where it names none.
Reply destination_asked(const json& input) {
  const std::string destination = route_destination(input);
  if (destination.empty()) {
    return api_error(
        "MissingParameter",
        "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, "
        "destinationPrefixListId.");
  }
  if (input.contains("DestinationCidrBlock") &&
      (!cidr_of(destination) || destination.find('/') == std::string::npos)) {
    return api_error("InvalidParameterValue", "Value (" + destination +
                                                  ") for parameter destinationCidrBlock is invalid. This is "
                                                  "not a valid CIDR block.");
  }
  return json(destination);
}

json* route_to(json& table, const std::string& destination) {
  for (auto& route : table["Routes"]) {
    if (route_destination(route) == destination) return &route;
  }
  return nullptr;
}

// Routes of gateway endpoints come and go with the endpoint ("Gateway endpoints", AWS PrivateLink).
bool is_of_endpoint(const json& route) {
  return text_of(route, "GatewayId").rfind("vpce-", 0) == 0 && route.contains("DestinationPrefixListId");
}

bool is_local(const json& route) {
  return text_of(route, "GatewayId") == "local";
}

Reply create_route(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const auto table = ec2.route_tables.find(text_of(input, "RouteTableId"));
  if (table == ec2.route_tables.end()) return no_table(text_of(input, "RouteTableId"));
  const Reply destination = destination_asked(input);
  if (!destination) return destination;
  const std::string to = *destination;
  if (const json* there = route_to(table->second, to)) {
    if (is_local(*there)) {
      return api_error("InvalidParameterValue", "The destination CIDR block " + to +
                                                    " is equal to or more specific than one of this VPC's "
                                                    "CIDR blocks.");
    }
    return api_error("RouteAlreadyExists", "The route identified by " + to + " already exists.");
  }
  const Reply target = target_asked(ec2, table->second, input);
  if (!target) return target;
  add_route(world, call.region, table->first, to, target->get<std::string>());
  return json{{"Return", true}};
}

// Whose route it was before is forgotten, but not who made it: Origin stays ("Route", EC2 API Reference).
Reply replace_route(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const auto table = ec2.route_tables.find(text_of(input, "RouteTableId"));
  if (table == ec2.route_tables.end()) return no_table(text_of(input, "RouteTableId"));
  const Reply destination = destination_asked(input);
  if (!destination) return destination;
  const std::string to = *destination;
  json* route = route_to(table->second, to);
  // AWS answers this one with InvalidParameterValue, not with InvalidRoute.NotFound.
  if (route == nullptr || is_of_endpoint(*route)) {
    return api_error("InvalidParameterValue", "There is no route defined for '" + to +
                                                  "' in the route table. Use CreateRoute instead.");
  }
  const Reply target = target_asked(ec2, table->second, input);
  if (!target) return target;
  const std::string id = *target;
  const bool own_range = to == text_of(ec2.vpcs[text_of(table->second, "VpcId")], "CidrBlock");
  if (own_range && (id.rfind("igw-", 0) == 0 || id.rfind("nat-", 0) == 0)) {
    return api_error("InvalidParameterValue",
                     "Route target is not supported. This route only supports interface and instance "
                     "targets.");
  }
  const std::size_t place = static_cast<std::size_t>(route - &table->second["Routes"][0]);
  const json origin = member_of(*route, "Origin");
  add_route(world, call.region, table->first, to, id);  // takes the old one away, and stands last
  json& routes = table->second["Routes"];
  json made = std::move(routes.back());
  routes.erase(routes.size() - 1);
  made["Origin"] = origin;
  routes.insert(routes.begin() + static_cast<std::ptrdiff_t>(place), std::move(made));
  settle_routes(ec2);
  return json{{"Return", true}};
}

Reply delete_route(World& world, const CallContext& call, const json& input) {
  auto& tables = world.ec2[call.region].route_tables;
  const auto table = tables.find(text_of(input, "RouteTableId"));
  if (table == tables.end()) return no_table(text_of(input, "RouteTableId"));
  const std::string to = route_destination(input);
  const json* route = route_to(table->second, to);
  if (route == nullptr) {
    return api_error("InvalidRoute.NotFound",
                     "no route with destination-cidr-block " + to + " in route table " + table->first);
  }
  if (is_local(*route)) {
    return api_error("InvalidParameterValue",
                     "cannot remove local route " + to + " in route table " + table->first);
  }
  if (is_of_endpoint(*route)) {
    return api_error("InvalidParameterValue",
                     "cannot remove VPC endpoint route " + to + " in route table " + table->first);
  }
  remove_route(world, call.region, table->first, to);
  return json::object();
}

// --- Associations

struct Place {
  std::string table;
  std::size_t index = 0;
};

std::optional<Place> association_named(const Tables& tables, const std::string& id) {
  for (const auto& [table_id, table] : tables) {
    const auto& associations = list_of(table, "Associations");
    for (std::size_t i = 0; i < associations.size(); ++i) {
      if (text_of(associations[i], "RouteTableAssociationId") == id) return Place{table_id, i};
    }
  }
  return std::nullopt;
}

bool is_associated(const Tables& tables, const char* key, const std::string& id) {
  return std::any_of(tables.begin(), tables.end(), [&](const auto& entry) {
    const auto& associations = list_of(entry.second, "Associations");
    return std::any_of(associations.begin(), associations.end(),
                       [&](const json& one) { return text_of(one, key) == id; });
  });
}

Reply no_association(const std::string& id) {
  return ec2_missing("InvalidAssociationID.NotFound", "association ID", id);
}

Reply associate_route_table(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string table_id = text_of(input, "RouteTableId");
  const auto table = ec2.route_tables.find(table_id);
  if (table == ec2.route_tables.end()) return no_table(table_id);
  const char* key = input.contains("SubnetId") ? "SubnetId" : "GatewayId";
  const std::string id = text_of(input, key);
  if (id.empty())
    return api_error("MissingParameter", "The request must contain the parameter subnetId or gatewayId");
  const bool subnet = std::string_view(key) == "SubnetId";
  const auto& there = subnet ? ec2.subnets : ec2.internet_gateways;
  const auto found = there.find(id);
  if (found == there.end()) {
    return subnet ? ec2_missing("InvalidSubnetID.NotFound", "subnet ID", id)
                  : ec2_missing(kNoGateway, "internetGateway ID", id);
  }
  if (vpc_of_target(found->second) != text_of(table->second, "VpcId")) {
    return api_error("InvalidParameterValue", "route table " + table_id + " and " +
                                                  (subnet ? "subnet " : "network gateway ") + id +
                                                  " belong to different networks");
  }
  if (is_associated(ec2.route_tables, key, id)) {
    return api_error("Resource.AlreadyAssociated", "the specified association for route table " + table_id +
                                                       " conflicts with an existing association");
  }
  const std::string association = world.ids.resource("rtbassoc");
  const json state{{"State", "associated"}};
  table->second["Associations"].push_back({{"Main", false},
                                           {"RouteTableAssociationId", association},
                                           {"RouteTableId", table_id},
                                           {key, id},
                                           {"AssociationState", state}});
  return json{{"AssociationId", association}, {"AssociationState", state}};
}

Reply disassociate_route_table(World& world, const CallContext& call, const json& input) {
  auto& tables = world.ec2[call.region].route_tables;
  const std::string id = text_of(input, "AssociationId");
  const auto place = association_named(tables, id);
  if (!place) return no_association(id);
  json& associations = tables[place->table]["Associations"];
  if (boolean_of(associations[place->index], "Main", false))
    return api_error("InvalidParameterValue", "cannot disassociate the main route table association " + id);
  associations.erase(place->index);
  return json::object();
}

// Moves a subnet to another table; of the main association, it makes another table the VPC's main one.
Reply replace_route_table_association(World& world, const CallContext& call, const json& input) {
  auto& tables = world.ec2[call.region].route_tables;
  const std::string id = text_of(input, "AssociationId"), to = text_of(input, "RouteTableId");
  const auto place = association_named(tables, id);
  if (!place) return no_association(id);
  if (!tables.contains(to)) return no_table(to);
  if (text_of(tables[to], "VpcId") != text_of(tables[place->table], "VpcId")) {
    return api_error("InvalidParameterValue", "route table " + to + " and route table " + place->table +
                                                  " belong to different networks");
  }
  json& associations = tables[place->table]["Associations"];
  json association = associations[place->index];
  associations.erase(place->index);
  const std::string made = world.ids.resource("rtbassoc");
  association["RouteTableAssociationId"] = made;
  association["RouteTableId"] = to;
  const json state = member_of(association, "AssociationState");
  tables[to]["Associations"].push_back(std::move(association));
  return json{{"NewAssociationId", made}, {"AssociationState", state}};
}

}  // namespace

void add_ec2_routes(Registry& registry) {
  registry.add("ec2", "CreateRoute", create_route);
  registry.add("ec2", "ReplaceRoute", replace_route);
  registry.add("ec2", "DeleteRoute", delete_route);
  registry.add("ec2", "AssociateRouteTable", associate_route_table);
  registry.add("ec2", "DisassociateRouteTable", disassociate_route_table);
  registry.add("ec2", "ReplaceRouteTableAssociation", replace_route_table_association);
}

}  // namespace doctor::lab
