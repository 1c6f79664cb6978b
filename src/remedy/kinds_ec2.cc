// Amazon EC2: what stands around a task in its VPC. Field names are those of the EC2 API reference.
//
//   ec2:security-group  sg-…                        DescribeSecurityGroups
//   ec2:network-acl     acl-…                       DescribeNetworkAcls
//   ec2:route-table     rtb-…, or subnet-…: the table that names this subnet   DescribeRouteTables
//   ec2:vpc             vpc-…                       DescribeVpcs
//   ec2:vpc-subnets     vpc-…: which blocks of it are taken, by what; to look up, never a step's resource
//   ec2:vpc-endpoint    vpce-…, or VPC/SERVICE of one that is to be made: vpc-1/com.amazonaws.eu-west-1.s3
//   ec2:vpc-attribute   vpc-…/enableDnsSupport      DescribeVpcAttribute
//   ec2:subnet          subnet-…, or VPC/CIDR of one that is to be made: vpc-1/10.0.9.0/24
//   ec2:network-interface, ec2:nat-gateway, ec2:internet-gateway: their ids; of a NAT gateway that is to be
//                       made the subnet's
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "remedy/kinds_rows.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

Request describe(const Resource& r, const char* operation, const char* ids) {
  return {"ec2", operation, r.region, json({{ids, json::array({r.id})}}).dump()};
}

json filters(std::initializer_list<std::pair<const char*, std::string>> pairs) {
  json list = json::array();
  for (const auto& [name, value] : pairs) {
    list.push_back({{"Name", name}, {"Values", json::array({value})}});
  }
  return {{"Filters", list}};
}

void take_tags(json& item) {
  item["Tags"] = tags_of(item.value("Tags", json::array()));
}

// One rule as AWS counts them: a protocol, its ports and one peer. "tcp 443-443 10.0.0.0/8".
std::string rule_key(const json& permission, const std::string& peer) {
  const std::string protocol = permission.value("IpProtocol", "-1");
  if (!permission.contains("FromPort")) return fmt::format("{} {}", protocol, peer);
  return fmt::format(
      "{} {}-{} {}", protocol, permission["FromPort"].dump(),
      permission.contains("ToPort") ? permission["ToPort"].dump() : permission["FromPort"].dump(), peer);
}

// AWS joins rules of the same ports into one permission and answers them in any order.
json rules_of(const json& permissions) {
  static constexpr std::pair<const char*, const char*> kPeers[] = {{"IpRanges", "CidrIp"},
                                                                   {"Ipv6Ranges", "CidrIpv6"},
                                                                   {"PrefixListIds", "PrefixListId"},
                                                                   {"UserIdGroupPairs", "GroupId"}};
  json rules = json::object();
  if (!permissions.is_array()) return rules;
  for (const json& permission : permissions) {
    for (const auto& [list, key] : kPeers) {
      for (const json& peer : permission.value(list, json::array())) {
        if (!peer.is_object()) continue;
        json rest = peer;
        erase_keys(rest, {key, "PeeringStatus", "GroupName"});
        rules[rule_key(permission, peer.value(key, ""))] = rest;
      }
    }
  }
  return rules;
}

State state_of_security_group(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("SecurityGroups")) return not_of_this_kind("DescribeSecurityGroups", "SecurityGroups");
  json group = item_of(answer, "SecurityGroups", "GroupId", r.id);
  if (!group.is_object()) return absent_state();
  group["Ingress"] = rules_of(group.value("IpPermissions", json::array()));
  group["Egress"] = rules_of(group.value("IpPermissionsEgress", json::array()));
  erase_keys(group, {"IpPermissions", "IpPermissionsEgress"});
  take_tags(group);
  return group.dump();
}

State state_of_network_acl(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("NetworkAcls")) return not_of_this_kind("DescribeNetworkAcls", "NetworkAcls");
  json acl = item_of(answer, "NetworkAcls", "NetworkAclId", r.id);
  if (!acl.is_object()) return absent_state();
  json entries = json::object();
  for (json entry : acl.value("Entries", json::array())) {
    const std::string key = fmt::format("{} {}", entry.value("Egress", false) ? "egress" : "ingress",
                                        entry.value("RuleNumber", 0));
    erase_keys(entry, {"Egress", "RuleNumber"});
    entries[key] = entry;
  }
  acl["Entries"] = entries;
  sort_at(acl, {"Associations"});
  take_tags(acl);
  return acl.dump();
}

// "0.0.0.0/0", "::/0" or "pl-…".
std::string destination_of(const json& route) {
  for (const char* key : {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
    if (route.contains(key) && route[key].is_string()) return route[key].get<std::string>();
  }
  return {};
}

bool is_for(const json& table, const std::string& subnet) {
  const json associations = table.value("Associations", json::array());
  return std::any_of(associations.begin(), associations.end(), [&](const json& each) {
    return each.is_object() && each.value("SubnetId", "") == subnet;
  });
}

State state_of_route_table(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("RouteTables")) return not_of_this_kind("DescribeRouteTables", "RouteTables");
  json table = item_of(answer, "RouteTables", "RouteTableId", r.id);
  for (const json& each : answer["RouteTables"]) {
    if (r.id.starts_with("subnet-") && is_for(each, r.id)) table = each;
  }
  if (!table.is_object()) return absent_state();
  json routes = json::object();
  for (json route : table.value("Routes", json::array())) {
    const std::string destination = destination_of(route);
    erase_keys(route, {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "State",
                       "InstanceOwnerId"});
    routes[destination] = route;
  }
  table["Routes"] = routes;
  // What the table is for; the association's own id is AWS's to choose.
  json associations = json::array();
  for (const json& association : table.value("Associations", json::array())) {
    if (!association.is_object()) continue;
    associations.push_back(association.value("Main", false)
                               ? "main"
                               : association.value("SubnetId", association.value("GatewayId", "")));
  }
  table["Associations"] = associations;
  sort_at(table, {"Associations"});
  take_tags(table);
  return table.dump();
}

bool is_new(const Resource& r) {
  return r.id.find('/') != std::string::npos;
}

Request read_vpc_endpoint(const Resource& r) {
  if (!is_new(r)) return describe(r, "DescribeVpcEndpoints", "VpcEndpointIds");
  const auto vpc = r.id.substr(0, r.id.find('/')), service = r.id.substr(r.id.find('/') + 1);
  return {"ec2", "DescribeVpcEndpoints", r.region,
          filters({{"vpc-id", vpc}, {"service-name", service}}).dump()};
}

State state_of_vpc_endpoint(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("VpcEndpoints")) return not_of_this_kind("DescribeVpcEndpoints", "VpcEndpoints");
  json endpoint;
  for (const json& item : answer["VpcEndpoints"]) {
    const std::string key = is_new(r) ? item.value("VpcId", "") + "/" + item.value("ServiceName", "")
                                      : item.value("VpcEndpointId", "");
    const std::string state = item.value("State", "");
    const bool gone = state == "deleted" || state == "deleting" || state == "Deleted" || state == "Deleting";
    if (key == r.id && !gone) endpoint = item;
  }
  if (!endpoint.is_object()) return absent_state();
  erase_keys(endpoint, {"State", "CreationTimestamp", "DnsEntries", "NetworkInterfaceIds", "LastError",
                        "FailureReason"});
  for (const char* list : {"SubnetIds", "RouteTableIds"}) sort_at(endpoint, {list});
  for (json& group : endpoint["Groups"]) {
    if (group.is_object()) group = group.value("GroupId", "");
  }
  sort_at(endpoint, {"Groups"});
  endpoint["PolicyDocument"] = document_of(endpoint.value("PolicyDocument", json()));
  take_tags(endpoint);
  return endpoint.dump();
}

Request read_vpc_attribute(const Resource& r) {
  const json input = {{"VpcId", std::string(before_slash(r.id))},
                      {"Attribute", std::string(after_slash(r.id))}};
  return {"ec2", "DescribeVpcAttribute", r.region, input.dump()};
}

State state_of_vpc_attribute(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  std::string key(after_slash(r.id));
  if (!key.empty()) key[0] = static_cast<char>(key[0] - 'a' + 'A');
  if (!answer.contains(key)) return not_of_this_kind("DescribeVpcAttribute", key);
  if (answer.value("VpcId", std::string(before_slash(r.id))) != before_slash(r.id)) return absent_state();
  return json({{key, answer[key].value("Value", false)}}).dump();
}

Request read_subnet(const Resource& r) {
  if (!is_new(r)) return describe(r, "DescribeSubnets", "SubnetIds");
  const auto vpc = r.id.substr(0, r.id.find('/')), cidr = r.id.substr(r.id.find('/') + 1);
  return {"ec2", "DescribeSubnets", r.region, filters({{"vpc-id", vpc}, {"cidr-block", cidr}}).dump()};
}

State state_of_subnet(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Subnets")) return not_of_this_kind("DescribeSubnets", "Subnets");
  json subnet;
  for (const json& item : answer["Subnets"]) {
    const std::string key =
        is_new(r) ? item.value("VpcId", "") + "/" + item.value("CidrBlock", "") : item.value("SubnetId", "");
    if (key == r.id) subnet = item;
  }
  if (!subnet.is_object()) return absent_state();
  erase_keys(subnet, {"State", "AvailableIpAddressCount"});
  take_tags(subnet);
  return subnet.dump();
}

Request read_nat_gateway(const Resource& r) {
  if (r.id.starts_with("subnet-"))
    return {"ec2", "DescribeNatGateways", r.region,
            json({{"Filter", filters({{"subnet-id", r.id}})["Filters"]}}).dump()};
  return describe(r, "DescribeNatGateways", "NatGatewayIds");
}

State state_of_nat_gateway(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("NatGateways")) return not_of_this_kind("DescribeNatGateways", "NatGateways");
  for (json nat : answer["NatGateways"]) {
    const std::string key = nat.value(r.id.starts_with("subnet-") ? "SubnetId" : "NatGatewayId", "");
    const std::string state = nat.value("State", "");
    if (key != r.id || state == "deleted" || state == "deleting" || state == "failed") continue;
    erase_keys(nat, {"State", "CreateTime", "DeleteTime", "NatGatewayAddresses"});
    take_tags(nat);
    return nat.dump();
  }
  return absent_state();
}

State state_of_interface(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("NetworkInterfaces"))
    return not_of_this_kind("DescribeNetworkInterfaces", "NetworkInterfaces");
  json interface = item_of(answer, "NetworkInterfaces", "NetworkInterfaceId", r.id);
  if (!interface.is_object()) return absent_state();
  // Its status stays: a plan deletes interfaces that nothing uses, and an attached one is another state.
  sort_at(interface, {"Groups"});
  interface["Tags"] = tags_of(interface.value("TagSet", json::array()));
  interface.erase("TagSet");
  return interface.dump();
}

State state_of_internet_gateway(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("InternetGateways"))
    return not_of_this_kind("DescribeInternetGateways", "InternetGateways");
  json gateway = item_of(answer, "InternetGateways", "InternetGatewayId", r.id);
  if (!gateway.is_object()) return absent_state();
  sort_at(gateway, {"Attachments"});
  take_tags(gateway);
  return gateway.dump();
}

State state_of_vpc(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Vpcs")) return not_of_this_kind("DescribeVpcs", "Vpcs");
  json vpc = item_of(answer, "Vpcs", "VpcId", r.id);
  if (!vpc.is_object()) return absent_state();
  erase_keys(vpc, {"State"});
  json blocks = json::array();
  for (const json& each : vpc.value("CidrBlockAssociationSet", json::array())) {
    if (each.value("CidrBlockState", json::object()).value("State", "associated") == "associated")
      blocks.push_back(each.value("CidrBlock", ""));
  }
  if (blocks.empty()) blocks.push_back(vpc.value("CidrBlock", ""));
  sort_list(blocks);
  vpc["CidrBlockAssociationSet"] = blocks;
  take_tags(vpc);
  return vpc.dump();
}

State state_of_vpc_subnets(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Subnets")) return not_of_this_kind("DescribeSubnets", "Subnets");
  json blocks = json::object();
  for (const json& subnet : answer["Subnets"]) {
    if (subnet.value("VpcId", "") != r.id) continue;
    json& block = blocks[subnet.value("CidrBlock", "")];
    for (const char* key : {"SubnetId", "AvailabilityZone", "AvailableIpAddressCount"}) {
      if (subnet.contains(key)) block[key] = subnet[key];
    }
  }
  return blocks.empty() ? absent_state() : blocks.dump();
}

Request read_vpc(const Resource& r) {
  return describe(r, "DescribeVpcs", "VpcIds");
}
Request read_vpc_subnets(const Resource& r) {
  return {"ec2", "DescribeSubnets", r.region, filters({{"vpc-id", r.id}}).dump()};
}
Request read_security_group(const Resource& r) {
  return describe(r, "DescribeSecurityGroups", "GroupIds");
}
Request read_network_acl(const Resource& r) {
  return describe(r, "DescribeNetworkAcls", "NetworkAclIds");
}
Request read_route_table(const Resource& r) {
  if (r.id.starts_with("subnet-"))
    return {"ec2", "DescribeRouteTables", r.region, filters({{"association.subnet-id", r.id}}).dump()};
  return describe(r, "DescribeRouteTables", "RouteTableIds");
}
Request read_interface(const Resource& r) {
  return describe(r, "DescribeNetworkInterfaces", "NetworkInterfaceIds");
}
Request read_internet_gateway(const Resource& r) {
  return describe(r, "DescribeInternetGateways", "InternetGatewayIds");
}

}  // namespace

// Codes: "Error codes for the Amazon EC2 API".
std::vector<Kind> kinds_of_ec2() {
  return {
      {"ec2:security-group", read_security_group, guarded<state_of_security_group>, "InvalidGroup.NotFound"},
      {"ec2:network-acl", read_network_acl, guarded<state_of_network_acl>, "InvalidNetworkAclID.NotFound"},
      {"ec2:route-table", read_route_table, guarded<state_of_route_table>, "InvalidRouteTableID.NotFound"},
      {"ec2:vpc", read_vpc, guarded<state_of_vpc>, "InvalidVpcID.NotFound"},
      {"ec2:vpc-subnets", read_vpc_subnets, guarded<state_of_vpc_subnets>, ""},
      {"ec2:vpc-endpoint", read_vpc_endpoint, guarded<state_of_vpc_endpoint>,
       "InvalidVpcEndpointId.NotFound"},
      {"ec2:vpc-attribute", read_vpc_attribute, guarded<state_of_vpc_attribute>, "InvalidVpcID.NotFound"},
      {"ec2:subnet", read_subnet, guarded<state_of_subnet>, "InvalidSubnetID.NotFound"},
      {"ec2:nat-gateway", read_nat_gateway, guarded<state_of_nat_gateway>, "NatGatewayNotFound"},
      {"ec2:network-interface", read_interface, guarded<state_of_interface>,
       "InvalidNetworkInterfaceID.NotFound"},
      {"ec2:internet-gateway", read_internet_gateway, guarded<state_of_internet_gateway>,
       "InvalidInternetGatewayID.NotFound"},
  };
}

}  // namespace doctor::remedy
