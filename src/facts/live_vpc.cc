// All of the network of a region, for a question that names its ends alone: a path may lead through any VPC.
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

// "VPCs" … "Transit gateways": the answers do not depend on each other, so that one wave asks for all.
constexpr std::string_view kWhole[] = {
    "DescribeVpcs",
    "DescribeSubnets",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeNetworkAcls",
    "DescribeRouteTables",
    "DescribeInternetGateways",
    "DescribeNatGateways",
    "DescribeEgressOnlyInternetGateways",
    "DescribeVpcEndpoints",
    "DescribeVpcPeeringConnections",
    "DescribeManagedPrefixLists",
    "DescribeTransitGateways",
    "DescribeTransitGatewayAttachments",
    "DescribeTransitGatewayVpcAttachments",
    "DescribeTransitGatewayRouteTables",
};

std::set<std::string> lists_in_use(const Place& place) {
  std::set<std::string> out;
  for (const auto& [id, group] : place.security_groups) {
    for (const auto* rules : {&group.ingress, &group.egress}) {
      for (const SecurityGroupRule& rule : *rules)
        out.insert(rule.prefix_lists.begin(), rule.prefix_lists.end());
    }
  }
  for (const auto& [id, table] : place.route_tables) {
    for (const Route& route : table.routes) {
      if (route.destination.starts_with("pl-")) out.insert(route.destination);
    }
  }
  return out;
}

// Private DNS of endpoints works only where the VPC resolves names.
void ask_attributes(const View& view) {
  std::set<std::string> vpcs;
  for (const auto& [id, endpoint] : view.place.vpc_endpoints) vpcs.insert(endpoint.vpc_id);
  for (const std::string& vpc : view.board.fresh(view.index, "attributes", vpcs)) {
    for (const auto* attribute : {"enableDnsSupport", "enableDnsHostnames"})
      view.ask("ec2", "DescribeVpcAttribute", Input{{"VpcId", vpc}, {"Attribute", attribute}}.dump(),
               slug(vpc) + "." + attribute);
  }
}

// "SearchTransitGatewayRoutes" wants a filter, and hands out at most 1000 routes and no page behind them.
void ask_transit_routes(const View& view) {
  std::set<std::string> tables;
  for (const auto& [id, table] : view.place.transit_gateway_route_tables) tables.insert(id);
  for (const std::string& table : view.board.fresh(view.index, "transit routes", tables)) {
    view.ask("ec2", "SearchTransitGatewayRoutes",
             Input{{"TransitGatewayRouteTableId", table},
                   {"Filters", {{{"Name", "state"}, {"Values", {"active", "blackhole"}}}}},
                   {"MaxResults", 1000}}
                 .dump(),
             slug(table));
  }
}

}  // namespace

void ask_whole_network(const View& view) {
  view.ask("sts", "GetCallerIdentity", "{}");
  for (const std::string_view operation : kWhole) view.ask("ec2", operation, "{}");
  for (const std::string& list : view.board.fresh(view.index, "prefix list", lists_in_use(view.place)))
    view.ask("ec2", "GetManagedPrefixListEntries", Input{{"PrefixListId", list}}.dump(), slug(list));
  ask_attributes(view);
  ask_transit_routes(view);
}

}  // namespace doctor::facts
