// What joins VPCs with each other. The lab's town has one VPC and nothing beyond it, and no operation makes
// any: the lists are empty, as AWS answers an account without such things.
#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

struct EmptyList {
  const char *operation, *result_key;
};

constexpr EmptyList kEmptyLists[] = {
    {"DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"},
    {"DescribeVpcPeeringConnections", "VpcPeeringConnections"},
    {"DescribeTransitGateways", "TransitGateways"},
    {"DescribeTransitGatewayAttachments", "TransitGatewayAttachments"},
    {"DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"},
    {"DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"},
};

Reply nothing_beyond(World&, const CallContext& call, const json&) {
  for (const EmptyList& row : kEmptyLists) {
    if (call.operation == row.operation) return json{{row.result_key, json::array()}};
  }
  return api_error("InvalidAction", "The action " + call.operation + " is not valid for this web service.");
}

Reply no_such_transit_table(World&, const CallContext&, const json& input) {
  const std::string id = text_of(input, "TransitGatewayRouteTableId");
  return api_error("InvalidRouteTableID.NotFound",
                   "Transit Gateway Route Table " + id + " was deleted or does not exist.");
}

}  // namespace

void add_ec2_beyond(Registry& registry) {
  for (const EmptyList& row : kEmptyLists) registry.add("ec2", row.operation, nothing_beyond);
  registry.add("ec2", "SearchTransitGatewayRoutes", no_such_transit_table);
}

}  // namespace doctor::lab
