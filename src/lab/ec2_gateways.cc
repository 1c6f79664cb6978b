// Internet gateways, and the two attributes by which a VPC resolves names.
#include <algorithm>

#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

tl::unexpected<ApiError> no_internet_gateway(const std::string& id) {
  return ec2_missing("InvalidInternetGatewayID.NotFound", "internetGateway ID", id);
}

bool is_attached_to(const json& gateway, const std::string& vpc) {
  const auto attached = texts_at(gateway, "Attachments.VpcId");
  return std::find(attached.begin(), attached.end(), vpc) != attached.end();
}

Reply create_internet_gateway(World& world, const CallContext& call, const json& input) {
  auto& gateways = world.ec2[call.region].internet_gateways;
  const std::string id = world.ids.resource("igw");
  json gateway{{"InternetGatewayId", id},
               {"OwnerId", world.account},
               {"Attachments", json::array()},
               {"Tags", json::array()}};
  tag_as_asked(gateway, input);
  gateways[id] = gateway;
  return json{{"InternetGateway", gateway}};
}

Reply delete_internet_gateway(World& world, const CallContext& call, const json& input) {
  auto& gateways = world.ec2[call.region].internet_gateways;
  const std::string id = text_of(input, "InternetGatewayId");
  const auto found = gateways.find(id);
  if (found == gateways.end()) return no_internet_gateway(id);
  if (!list_of(found->second, "Attachments").empty()) {
    return api_error("DependencyViolation",
                     "The internetGateway '" + id + "' has dependencies and cannot be deleted.");
  }
  gateways.erase(found);
  settle_routes(world.ec2[call.region]);
  return json::object();
}

Reply attach_internet_gateway(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "InternetGatewayId"), vpc = text_of(input, "VpcId");
  const auto found = ec2.internet_gateways.find(id);
  if (found == ec2.internet_gateways.end()) return no_internet_gateway(id);
  if (!ec2.vpcs.contains(vpc)) return ec2_missing("InvalidVpcID.NotFound", "vpc ID", vpc);
  json& attachments = found->second["Attachments"];
  if (!attachments.empty()) {
    return api_error("Resource.AlreadyAssociated", "resource " + id + " is already attached to network " +
                                                       text_of(attachments[0], "VpcId"));
  }
  for (const auto& [other, gateway] : ec2.internet_gateways) {
    if (is_attached_to(gateway, vpc))
      return api_error("InvalidParameterValue",
                       "Network " + vpc + " already has an internet gateway attached");
  }
  attachments.push_back({{"State", "available"}, {"VpcId", vpc}});
  settle_routes(ec2);
  return json::object();
}

Reply detach_internet_gateway(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "InternetGatewayId"), vpc = text_of(input, "VpcId");
  const auto found = ec2.internet_gateways.find(id);
  if (found == ec2.internet_gateways.end()) return no_internet_gateway(id);
  if (!ec2.vpcs.contains(vpc)) return ec2_missing("InvalidVpcID.NotFound", "vpc ID", vpc);
  if (!is_attached_to(found->second, vpc))
    return api_error("Gateway.NotAttached", "resource " + id + " is not attached to network " + vpc);
  const bool mapped = std::any_of(ec2.interfaces.begin(), ec2.interfaces.end(), [&](const auto& entry) {
    return text_of(entry.second, "VpcId") == vpc && entry.second.contains("Association");
  });
  if (mapped) {
    return api_error("DependencyViolation",
                     "Network " + vpc +
                         " has some mapped public address(es). Please unmap those public address(es) before "
                         "detaching the gateway.");
  }
  found->second["Attachments"] = json::array();
  settle_routes(ec2);
  return json::object();
}

// One attribute a call, and hostnames only with the resolver ("ModifyVpcAttribute", EC2 API Reference). That
// endpoints lose their private names by it keeps nobody from switching either off.
Reply modify_vpc_attribute(World& world, const CallContext& call, const json& input) {
  auto& ec2 = world.ec2[call.region];
  const std::string vpc = text_of(input, "VpcId");
  const auto found = ec2.vpc_attributes.find(vpc);
  if (found == ec2.vpc_attributes.end()) return ec2_missing("InvalidVpcID.NotFound", "vpc ID", vpc);
  const bool support = input.contains("EnableDnsSupport"), hostnames = input.contains("EnableDnsHostnames");
  if (support && hostnames)
    return api_error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  if (!support && !hostnames)
    return api_error("MissingParameter", "The request must contain an attribute to modify");
  const char* attribute = support ? "EnableDnsSupport" : "EnableDnsHostnames";
  const bool value = boolean_of(input[attribute], "Value", false);
  if (hostnames && value && !boolean_of(found->second, "EnableDnsSupport", true)) {
    return api_error("InvalidParameterValue",
                     "DNS hostnames cannot be enabled for " + vpc + " while DNS support is disabled");
  }
  found->second[attribute] = value;
  return json::object();
}

}  // namespace

void add_ec2_gateways(Registry& registry) {
  registry.add("ec2", "CreateInternetGateway", create_internet_gateway);
  registry.add("ec2", "DeleteInternetGateway", delete_internet_gateway);
  registry.add("ec2", "AttachInternetGateway", attach_internet_gateway);
  registry.add("ec2", "DetachInternetGateway", detach_internet_gateway);
  registry.add("ec2", "ModifyVpcAttribute", modify_vpc_attribute);
}

}  // namespace doctor::lab
