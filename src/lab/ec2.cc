#include "lab/ec2.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "lab/cidr.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Cidr range_of(const std::string& cidr) {
  return cidr_of(cidr).value_or(Cidr{});
}

std::string address_text(std::uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string((address >> 16) & 255) + "." +
         std::to_string((address >> 8) & 255) + "." + std::to_string(address & 255);
}

std::string with_dashes(std::string address) {
  std::replace(address.begin(), address.end(), '.', '-');
  return address;
}

json named(const std::string& name) {
  return name.empty() ? json::array() : json::array({{{"Key", "Name"}, {"Value", name}}});
}

// Takes the subnets out of whatever table or ACL of the kind they were with.
void dissociate(std::map<std::string, json>& owners, const std::string& subnet) {
  for (auto& [id, owner] : owners) {
    auto& associations = owner["Associations"];
    for (std::size_t i = associations.size(); i-- > 0;) {
      if (text_of(associations[i], "SubnetId") == subnet) associations.erase(i);
    }
  }
}

json acl_entry(const AclRule& rule) {
  json entry{{"CidrBlock", rule.cidr},
             {"Egress", rule.egress},
             {"Protocol", rule.protocol},
             {"RuleAction", rule.allow ? "allow" : "deny"},
             {"RuleNumber", rule.number}};
  if (rule.protocol == "6" || rule.protocol == "17") {
    entry["PortRange"] = {{"From", rule.from_port}, {"To", rule.to_port}};
  }
  return entry;
}

std::string make_acl(World& world, const std::string& region, const std::string& vpc, bool is_default) {
  const std::string id = world.ids.resource("acl");
  json entries = json::array();
  for (const bool egress : {true, false}) {
    if (is_default) entries.push_back(acl_entry({.egress = egress}));
    entries.push_back(acl_entry({.number = 32767, .egress = egress, .allow = false}));
  }
  world.ec2[region].acls[id] = {{"NetworkAclId", id},      {"VpcId", vpc},
                                {"IsDefault", is_default}, {"Associations", json::array()},
                                {"Entries", entries},      {"OwnerId", world.account},
                                {"Tags", json::array()}};
  return id;
}

std::string make_route_table(World& world, const std::string& region, const std::string& vpc, bool main,
                             const std::string& name) {
  auto& ec2 = world.ec2[region];
  const std::string id = world.ids.resource("rtb");
  json associations = json::array();
  if (main) {
    associations.push_back({{"Main", true},
                            {"RouteTableAssociationId", world.ids.resource("rtbassoc")},
                            {"RouteTableId", id},
                            {"AssociationState", {{"State", "associated"}}}});
  }
  ec2.route_tables[id] = {{"RouteTableId", id},
                          {"VpcId", vpc},
                          {"OwnerId", world.account},
                          {"Associations", associations},
                          {"PropagatingVgws", json::array()},
                          {"Routes", json::array({{{"DestinationCidrBlock", ec2.vpcs[vpc]["CidrBlock"]},
                                                   {"GatewayId", "local"},
                                                   {"Origin", "CreateRouteTable"},
                                                   {"State", "active"}}})},
                          {"Tags", named(name)}};
  return id;
}

std::string make_group(World& world, const std::string& region, const std::string& vpc,
                       const std::string& name, const std::string& description) {
  const std::string id = world.ids.resource("sg");
  world.ec2[region].groups[id] = {{"GroupId", id},
                                  {"GroupName", name},
                                  {"VpcId", vpc},
                                  {"Description", description},
                                  {"OwnerId", world.account},
                                  {"Tags", json::array()}};
  allow_egress(world, region, id,
               {.protocol = "-1", .from_port = -1, .to_port = -1, .cidr = "0.0.0.0/0", .group = {}});
  return id;
}

void add_rule_to(World& world, const std::string& region, const std::string& group, const GroupRule& rule,
                 bool egress) {
  const std::string id = world.ids.resource("sgr");
  json document{{"SecurityGroupRuleId", id},     {"GroupId", group},
                {"GroupOwnerId", world.account}, {"IsEgress", egress},
                {"IpProtocol", rule.protocol},   {"Tags", json::array()}};
  document["FromPort"] = rule.protocol == "-1" ? -1 : rule.from_port;
  document["ToPort"] = rule.protocol == "-1" ? -1 : rule.to_port;
  if (!rule.cidr.empty()) document["CidrIpv4"] = rule.cidr;
  if (!rule.group.empty()) {
    document["ReferencedGroupInfo"] = {{"GroupId", rule.group}, {"UserId", world.account}};
  }
  world.ec2[region].group_rules[id] = std::move(document);
}

}  // namespace

void tag(json& document, const std::string& key, const std::string& value) {
  json& tags = document[document.contains("TagSet") ? "TagSet" : "Tags"];
  for (auto& item : tags) {
    if (text_of(item, "Key") == key) {
      item["Value"] = value;
      return;
    }
  }
  tags.push_back({{"Key", key}, {"Value", value}});
}

std::string add_vpc(World& world, const std::string& region, const std::string& cidr,
                    const std::string& name) {
  auto& ec2 = world.ec2[region];
  const std::string id = world.ids.resource("vpc");
  ec2.vpcs[id] = {
      {"VpcId", id},
      {"CidrBlock", cidr},
      {"DhcpOptionsId", world.ids.resource("dopt")},
      {"State", "available"},
      {"OwnerId", world.account},
      {"InstanceTenancy", "default"},
      {"IsDefault", false},
      {"CidrBlockAssociationSet", json::array({{{"AssociationId", world.ids.resource("vpc-cidr-assoc")},
                                                {"CidrBlock", cidr},
                                                {"CidrBlockState", {{"State", "associated"}}}}})},
      {"Tags", named(name)}};
  ec2.vpc_attributes[id] = {{"EnableDnsSupport", true}, {"EnableDnsHostnames", true}};
  make_route_table(world, region, id, true, "");
  make_acl(world, region, id, true);
  const std::string group = make_group(world, region, id, "default", "default VPC security group");
  allow_ingress(world, region, group, {.protocol = "-1", .cidr = {}, .group = group});
  return id;
}

std::string add_subnet(World& world, const std::string& region, const std::string& vpc,
                       const std::string& zone, const std::string& cidr, const std::string& name,
                       bool public_addresses) {
  auto& ec2 = world.ec2[region];
  const std::string id = world.ids.resource("subnet");
  ec2.subnets[id] = {{"SubnetId", id},
                     {"SubnetArn", world.arn("ec2", region, "subnet/" + id)},
                     {"VpcId", vpc},
                     {"AvailabilityZone", zone},
                     {"AvailabilityZoneId", world.zone_id(zone)},
                     {"CidrBlock", cidr},
                     {"DefaultForAz", false},
                     {"MapPublicIpOnLaunch", public_addresses},
                     {"MapCustomerOwnedIpOnLaunch", false},
                     {"AssignIpv6AddressOnCreation", false},
                     {"EnableDns64", false},
                     {"Ipv6Native", false},
                     {"Ipv6CidrBlockAssociationSet", json::array()},
                     {"PrivateDnsNameOptionsOnLaunch",
                      {{"HostnameType", "ip-name"},
                       {"EnableResourceNameDnsARecord", false},
                       {"EnableResourceNameDnsAAAARecord", false}}},
                     {"State", "available"},
                     {"OwnerId", world.account},
                     {"Tags", named(name)}};
  for (auto& [acl, document] : ec2.acls) {
    if (document["VpcId"] == vpc && document["IsDefault"] == true) {
      document["Associations"].push_back({{"NetworkAclAssociationId", world.ids.resource("aclassoc")},
                                          {"NetworkAclId", acl},
                                          {"SubnetId", id}});
    }
  }
  return id;
}

std::string add_group(World& world, const std::string& region, const std::string& vpc,
                      const std::string& name, const std::string& description) {
  return make_group(world, region, vpc, name, description);
}

void allow_ingress(World& world, const std::string& region, const std::string& group, const GroupRule& rule) {
  add_rule_to(world, region, group, rule, false);
}

void allow_egress(World& world, const std::string& region, const std::string& group, const GroupRule& rule) {
  add_rule_to(world, region, group, rule, true);
}

void revoke_all_egress(World& world, const std::string& region, const std::string& group) {
  std::erase_if(world.ec2[region].group_rules, [&](const auto& entry) {
    return entry.second.at("GroupId") == group && entry.second.at("IsEgress") == true;
  });
}

std::string add_internet_gateway(World& world, const std::string& region, const std::string& vpc) {
  const std::string id = world.ids.resource("igw");
  world.ec2[region].internet_gateways[id] = {
      {"InternetGatewayId", id},
      {"OwnerId", world.account},
      {"Attachments", json::array({{{"State", "available"}, {"VpcId", vpc}}})},
      {"Tags", json::array()}};
  return id;
}

std::string add_nat_gateway(World& world, const std::string& region, const std::string& subnet) {
  auto& ec2 = world.ec2[region];
  const std::string id = world.ids.resource("nat");
  const auto interface = create_interface(world, region,
                                          {.subnet = subnet,
                                           .groups = {},
                                           .description = "Interface for NAT Gateway " + id,
                                           .public_address = true,
                                           .requester = "amazon-aws",
                                           .private_address = {}});
  json addresses = json::array();
  if (interface) {
    ec2.interfaces[text_of(*interface, "NetworkInterfaceId")]["InterfaceType"] = "nat_gateway";
    addresses.push_back({{"AllocationId", world.ids.resource("eipalloc")},
                         {"NetworkInterfaceId", interface->at("NetworkInterfaceId")},
                         {"PrivateIp", interface->at("PrivateIpAddress")},
                         {"PublicIp", interface->at("Association").at("PublicIp")}});
  }
  ec2.nat_gateways[id] = {{"NatGatewayId", id},
                          {"CreateTime", core::to_iso(world.clock.now())},
                          {"NatGatewayAddresses", addresses},
                          {"State", "available"},
                          {"SubnetId", subnet},
                          {"VpcId", ec2.subnets[subnet]["VpcId"]},
                          {"ConnectivityType", "public"},
                          {"Tags", json::array()}};
  return id;
}

std::string add_route_table(World& world, const std::string& region, const std::string& vpc,
                            const std::vector<std::string>& subnets, const std::string& name) {
  auto& ec2 = world.ec2[region];
  const std::string id = make_route_table(world, region, vpc, false, name);
  for (const auto& subnet : subnets) {
    dissociate(ec2.route_tables, subnet);
    ec2.route_tables[id]["Associations"].push_back(
        {{"Main", false},
         {"RouteTableAssociationId", world.ids.resource("rtbassoc")},
         {"RouteTableId", id},
         {"SubnetId", subnet},
         {"AssociationState", {{"State", "associated"}}}});
  }
  return id;
}

std::string route_destination(const json& route) {
  for (const char* key : {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
    const std::string text = text_of(route, key);
    if (!text.empty()) return text;
  }
  return {};
}

void add_route(World& world, const std::string& region, const std::string& route_table,
               const std::string& cidr, const std::string& target) {
  const char* destination = cidr.rfind("pl-", 0) == 0             ? "DestinationPrefixListId"
                            : cidr.find(':') != std::string::npos ? "DestinationIpv6CidrBlock"
                                                                  : "DestinationCidrBlock";
  json route{{destination, cidr}, {"Origin", "CreateRoute"}, {"State", "active"}};
  const std::string prefix = target.substr(0, target.find('-'));
  const char* field = prefix == "nat"   ? "NatGatewayId"
                      : prefix == "eni" ? "NetworkInterfaceId"
                      : prefix == "pcx" ? "VpcPeeringConnectionId"
                      : prefix == "tgw" ? "TransitGatewayId"
                      : prefix == "i"   ? "InstanceId"
                                        : "GatewayId";
  route[field] = target;
  remove_route(world, region, route_table, cidr);
  world.ec2[region].route_tables[route_table]["Routes"].push_back(std::move(route));
}

void remove_route(World& world, const std::string& region, const std::string& route_table,
                  const std::string& cidr) {
  json& routes = world.ec2[region].route_tables[route_table]["Routes"];
  for (std::size_t i = routes.size(); i-- > 0;) {
    if (route_destination(routes[i]) == cidr) routes.erase(i);
  }
}

void settle_routes(Ec2& ec2) {
  const auto leads_on = [&](const json& route, const std::string& vpc) {
    const std::string gateway = text_of(route, "GatewayId"), nat = text_of(route, "NatGatewayId"),
                      interface = text_of(route, "NetworkInterfaceId");
    if (!nat.empty()) return ec2.nat_gateways.contains(nat);
    if (!interface.empty()) return ec2.interfaces.contains(interface);
    if (gateway.rfind("vpce-", 0) == 0) return ec2.endpoints.contains(gateway);
    if (gateway.rfind("igw-", 0) != 0) return true;
    const auto found = ec2.internet_gateways.find(gateway);
    if (found == ec2.internet_gateways.end()) return false;
    const auto& attachments = list_of(found->second, "Attachments");
    return std::any_of(attachments.begin(), attachments.end(),
                       [&](const json& one) { return text_of(one, "VpcId") == vpc; });
  };
  for (auto& [id, table] : ec2.route_tables) {
    const std::string vpc = text_of(table, "VpcId");
    for (auto& route : table["Routes"]) route["State"] = leads_on(route, vpc) ? "active" : "blackhole";
  }
}

std::string prefix_list_of(const std::string& service_name) {
  if (service_name.ends_with(".s3")) return "pl-6da54004";
  return service_name.ends_with(".dynamodb") ? "pl-6fa54006" : "";
}

std::string add_acl(World& world, const std::string& region, const std::string& vpc,
                    const std::vector<std::string>& subnets) {
  auto& ec2 = world.ec2[region];
  const std::string id = make_acl(world, region, vpc, false);
  for (const auto& subnet : subnets) {
    dissociate(ec2.acls, subnet);
    ec2.acls[id]["Associations"].push_back({{"NetworkAclAssociationId", world.ids.resource("aclassoc")},
                                            {"NetworkAclId", id},
                                            {"SubnetId", subnet}});
  }
  return id;
}

void add_acl_rule(World& world, const std::string& region, const std::string& acl, const AclRule& rule) {
  json& entries = world.ec2[region].acls[acl]["Entries"];
  for (std::size_t i = entries.size(); i-- > 0;) {
    if (entries[i]["RuleNumber"] == rule.number && entries[i]["Egress"] == rule.egress) entries.erase(i);
  }
  entries.push_back(acl_entry(rule));
}

std::string add_endpoint(World& world, const std::string& region, const std::string& vpc,
                         const std::string& service, const std::vector<std::string>& subnets_or_tables,
                         const std::vector<std::string>& groups, const json& policy) {
  auto& ec2 = world.ec2[region];
  const std::string id = world.ids.resource("vpce");
  const bool gateway = service == "s3" || service == "dynamodb";
  const json allow_all{
      {"Statement",
       json::array({{{"Action", "*"}, {"Effect", "Allow"}, {"Principal", "*"}, {"Resource", "*"}}})}};
  json document{{"VpcEndpointId", id},
                {"VpcEndpointType", gateway ? "Gateway" : "Interface"},
                {"VpcId", vpc},
                {"ServiceName", "com.amazonaws." + region + "." + service},
                {"State", "available"},
                {"PolicyDocument", (policy.is_null() ? allow_all : policy).dump()},
                {"RouteTableIds", json::array()},
                {"SubnetIds", json::array()},
                {"Groups", json::array()},
                {"NetworkInterfaceIds", json::array()},
                {"DnsEntries", json::array()},
                {"PrivateDnsEnabled", !gateway},
                {"RequesterManaged", false},
                {"CreationTimestamp", core::to_iso(world.clock.now())},
                {"OwnerId", world.account},
                {"Tags", json::array()}};
  if (gateway) {
    document["RouteTableIds"] = subnets_or_tables;
    for (const auto& table : subnets_or_tables)
      add_route(world, region, table, prefix_list_of("." + service), id);
  } else {
    for (const auto& group : groups) {
      document["Groups"].push_back({{"GroupId", group}, {"GroupName", ec2.groups[group]["GroupName"]}});
    }
    document["DnsEntries"].push_back(
        {{"DnsName", id + "-" + id.substr(6, 8) + "." + service + "." + region + ".vpce.amazonaws.com"},
         {"HostedZoneId", "Z38GZ743OKFT7T"}});
  }
  ec2.endpoints[id] = std::move(document);
  if (!gateway) {
    for (const auto& subnet : subnets_or_tables) add_endpoint_interface(world, region, id, subnet);
  }
  return id;
}

void add_endpoint_interface(World& world, const std::string& region, const std::string& endpoint,
                            const std::string& subnet) {
  auto& ec2 = world.ec2[region];
  json& document = ec2.endpoints[endpoint];
  document["SubnetIds"].push_back(subnet);
  const auto interface = create_interface(world, region,
                                          {.subnet = subnet,
                                           .groups = texts_at(document, "Groups.GroupId"),
                                           .description = "VPC Endpoint Interface " + endpoint,
                                           .requester = "amazon-aws",
                                           .private_address = {}});
  if (!interface) return;
  const std::string eni = text_of(*interface, "NetworkInterfaceId");
  ec2.interfaces[eni]["InterfaceType"] = "vpc_endpoint";
  document["NetworkInterfaceIds"].push_back(eni);
}

int free_addresses(const Ec2& ec2, const std::string& subnet) {
  const auto found = ec2.subnets.find(subnet);
  if (found == ec2.subnets.end()) return 0;
  // EC2 keeps the first four addresses of a subnet and its last ("Subnet CIDR blocks").
  const int size = 1 << (32 - range_of(text_of(found->second, "CidrBlock")).bits);
  const auto taken = ec2.taken.find(subnet);
  const auto others = ec2.other_addresses.find(subnet);
  return std::max(0, size - 5 - (taken == ec2.taken.end() ? 0 : static_cast<int>(taken->second.size())) -
                         (others == ec2.other_addresses.end() ? 0 : others->second));
}

Reply create_interface(World& world, const std::string& region, const InterfaceRequest& request) {
  auto& ec2 = world.ec2[region];
  const auto subnet = ec2.subnets.find(request.subnet);
  if (subnet == ec2.subnets.end()) {
    return api_error("InvalidSubnetID.NotFound", "The subnet ID '" + request.subnet + "' does not exist");
  }
  json groups = json::array();
  for (const auto& group : request.groups) {
    const auto known = ec2.groups.find(group);
    if (known == ec2.groups.end()) {
      return api_error("InvalidGroup.NotFound", "The security group '" + group + "' does not exist");
    }
    if (known->second["VpcId"] != subnet->second["VpcId"]) {
      return api_error("InvalidParameter", "Security group " + group + " and subnet " + request.subnet +
                                               " belong to different networks.");
    }
    groups.push_back({{"GroupId", group}, {"GroupName", known->second["GroupName"]}});
  }
  if (static_cast<int>(ec2.interfaces.size()) >= ec2.interface_quota) {
    return api_error("NetworkInterfaceLimitExceeded", "You have reached the limit of network interfaces");
  }
  if (free_addresses(ec2, request.subnet) == 0) {
    return api_error("InsufficientFreeAddressesInSubnet",
                     "The specified subnet does not have enough free addresses to satisfy the request.");
  }
  auto& taken = ec2.taken[request.subnet];
  const Cidr network = range_of(text_of(subnet->second, "CidrBlock"));
  std::uint32_t number = network.first + 4;
  if (!request.private_address.empty()) {
    number = range_of(request.private_address).first;
    if (taken.contains(number)) {
      return api_error("InvalidIPAddress.InUse", "Address " + request.private_address + " is in use.");
    }
  } else {
    while (taken.contains(number)) ++number;
  }
  taken.insert(number);
  const std::string id = world.ids.resource("eni"), address = address_text(number),
                    dns = "ip-" + with_dashes(address) + "." + region + ".compute.internal";
  std::string mac = "02";
  for (int i = 0; i < 5; ++i) mac += ":" + world.ids.hex(2);
  json document{{"NetworkInterfaceId", id},
                {"SubnetId", request.subnet},
                {"VpcId", subnet->second["VpcId"]},
                {"AvailabilityZone", subnet->second["AvailabilityZone"]},
                {"Description", request.description},
                {"Groups", groups},
                {"InterfaceType", "interface"},
                {"Ipv6Addresses", json::array()},
                {"MacAddress", mac},
                {"OwnerId", world.account},
                {"PrivateDnsName", dns},
                {"PrivateIpAddress", address},
                {"PrivateIpAddresses",
                 json::array({{{"Primary", true}, {"PrivateDnsName", dns}, {"PrivateIpAddress", address}}})},
                {"RequesterManaged", !request.requester.empty()},
                {"SourceDestCheck", true},
                {"Status", request.attached ? "in-use" : "available"},
                {"TagSet", json::array()}};
  if (request.attached) {
    document["Attachment"] = {
        {"AttachmentId", world.ids.resource("eni-attach")},
        {"DeleteOnTermination", true},
        {"DeviceIndex", 1},
        {"InstanceOwnerId", request.requester.empty() ? world.account : request.requester},
        {"Status", "attached"},
        {"AttachTime", core::to_iso(world.clock.now())}};
  }
  if (!request.requester.empty()) document["RequesterId"] = request.requester;
  if (request.public_address) {
    const std::string public_ip = "198.51.100." + std::to_string(1 + world.ids.below(254));
    document["Association"] = {
        {"IpOwnerId", "amazon"},
        {"PublicDnsName", "ec2-" + with_dashes(public_ip) + "." + region + ".compute.amazonaws.com"},
        {"PublicIp", public_ip}};
  }
  ec2.interfaces[id] = document;
  return document;
}

void delete_interface(World& world, const std::string& region, const std::string& id) {
  auto& ec2 = world.ec2[region];
  const auto found = ec2.interfaces.find(id);
  if (found == ec2.interfaces.end()) return;
  ec2.taken[text_of(found->second, "SubnetId")].erase(
      range_of(text_of(found->second, "PrivateIpAddress")).first);
  ec2.interfaces.erase(found);
}

}  // namespace doctor::lab
