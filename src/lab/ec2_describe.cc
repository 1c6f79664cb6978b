// EC2's Describe operations: one table of what each lists, what its filters mean and how it refuses.
#include <algorithm>

#include "core/glob.h"
#include "lab/ec2_answers.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

struct FilterPath {
  std::string_view name, path;
};

struct Listing {
  const char* ids_key;     // of the input: "SubnetIds"
  const char* id_field;    // of a document: "SubnetId"
  const char* result_key;  // "Subnets"
  const char* not_found;   // error code
  const char* noun;        // "subnet ID", in its message
  std::map<std::string, json> Ec2::*documents;
  std::vector<FilterPath> filters;
  int most = 1000;
};

// Filter names of each operation ("Filter.N" in the Amazon EC2 API Reference) and what they look at.
const Listing kVpcs{"VpcIds",
                    "VpcId",
                    "Vpcs",
                    "InvalidVpcID.NotFound",
                    "vpc ID",
                    &Ec2::vpcs,
                    {{"vpc-id", "VpcId"},
                     {"cidr", "CidrBlock"},
                     {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
                     {"state", "State"},
                     {"is-default", "IsDefault"},
                     {"owner-id", "OwnerId"},
                     {"dhcp-options-id", "DhcpOptionsId"}}};
const Listing kSubnets{"SubnetIds",
                       "SubnetId",
                       "Subnets",
                       "InvalidSubnetID.NotFound",
                       "subnet ID",
                       &Ec2::subnets,
                       {{"subnet-id", "SubnetId"},
                        {"vpc-id", "VpcId"},
                        {"availability-zone", "AvailabilityZone"},
                        {"availabilityZone", "AvailabilityZone"},
                        {"availability-zone-id", "AvailabilityZoneId"},
                        {"cidr-block", "CidrBlock"},
                        {"cidrBlock", "CidrBlock"},
                        {"cidr", "CidrBlock"},
                        {"available-ip-address-count", "AvailableIpAddressCount"},
                        {"state", "State"},
                        {"default-for-az", "DefaultForAz"},
                        {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
                        {"owner-id", "OwnerId"},
                        {"subnet-arn", "SubnetArn"}}};
const Listing kInterfaces{"NetworkInterfaceIds",
                          "NetworkInterfaceId",
                          "NetworkInterfaces",
                          "InvalidNetworkInterfaceID.NotFound",
                          "networkInterface ID",
                          &Ec2::interfaces,
                          {{"network-interface-id", "NetworkInterfaceId"},
                           {"subnet-id", "SubnetId"},
                           {"vpc-id", "VpcId"},
                           {"availability-zone", "AvailabilityZone"},
                           {"group-id", "Groups.GroupId"},
                           {"group-name", "Groups.GroupName"},
                           {"description", "Description"},
                           {"status", "Status"},
                           {"interface-type", "InterfaceType"},
                           {"requester-id", "RequesterId"},
                           {"requester-managed", "RequesterManaged"},
                           {"owner-id", "OwnerId"},
                           {"private-ip-address", "PrivateIpAddress"},
                           {"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
                           {"private-dns-name", "PrivateDnsName"},
                           {"mac-address", "MacAddress"},
                           {"association.public-ip", "Association.PublicIp"},
                           {"attachment.attachment-id", "Attachment.AttachmentId"},
                           {"attachment.instance-id", "Attachment.InstanceId"},
                           {"attachment.instance-owner-id", "Attachment.InstanceOwnerId"},
                           {"attachment.status", "Attachment.Status"}}};
const Listing kGroups{"GroupIds",
                      "GroupId",
                      "SecurityGroups",
                      "InvalidGroup.NotFound",
                      "security group",
                      &Ec2::groups,
                      {{"group-id", "GroupId"},
                       {"group-name", "GroupName"},
                       {"vpc-id", "VpcId"},
                       {"description", "Description"},
                       {"owner-id", "OwnerId"},
                       {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
                       {"ip-permission.protocol", "IpPermissions.IpProtocol"},
                       {"ip-permission.from-port", "IpPermissions.FromPort"},
                       {"ip-permission.to-port", "IpPermissions.ToPort"},
                       {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
                       {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
                       {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
                       {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"}}};
const Listing kAcls{"NetworkAclIds",
                    "NetworkAclId",
                    "NetworkAcls",
                    "InvalidNetworkAclID.NotFound",
                    "networkAcl ID",
                    &Ec2::acls,
                    {{"network-acl-id", "NetworkAclId"},
                     {"vpc-id", "VpcId"},
                     {"default", "IsDefault"},
                     {"owner-id", "OwnerId"},
                     {"association.subnet-id", "Associations.SubnetId"},
                     {"association.association-id", "Associations.NetworkAclAssociationId"},
                     {"association.network-acl-id", "Associations.NetworkAclId"},
                     {"entry.cidr", "Entries.CidrBlock"},
                     {"entry.protocol", "Entries.Protocol"},
                     {"entry.rule-action", "Entries.RuleAction"},
                     {"entry.egress", "Entries.Egress"},
                     {"entry.rule-number", "Entries.RuleNumber"}}};
const Listing kRouteTables{
    "RouteTableIds",
    "RouteTableId",
    "RouteTables",
    "InvalidRouteTableID.NotFound",
    "routeTable ID",
    &Ec2::route_tables,
    {{"route-table-id", "RouteTableId"},
     {"vpc-id", "VpcId"},
     {"owner-id", "OwnerId"},
     {"association.subnet-id", "Associations.SubnetId"},
     {"association.main", "Associations.Main"},
     {"association.route-table-id", "Associations.RouteTableId"},
     {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
     {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
     {"route.gateway-id", "Routes.GatewayId"},
     {"route.nat-gateway-id", "Routes.NatGatewayId"},
     {"route.state", "Routes.State"},
     {"route.origin", "Routes.Origin"},
     {"route.destination-prefix-list-id", "Routes.DestinationPrefixListId"}},
    100};
const Listing kInternetGateways{"InternetGatewayIds",
                                "InternetGatewayId",
                                "InternetGateways",
                                "InvalidInternetGatewayID.NotFound",
                                "internetGateway ID",
                                &Ec2::internet_gateways,
                                {{"internet-gateway-id", "InternetGatewayId"},
                                 {"attachment.vpc-id", "Attachments.VpcId"},
                                 {"attachment.state", "Attachments.State"},
                                 {"owner-id", "OwnerId"}}};
const Listing kNatGateways{
    "NatGatewayIds",
    "NatGatewayId",
    "NatGateways",
    "NatGatewayNotFound",
    "NatGateway",
    &Ec2::nat_gateways,
    {{"nat-gateway-id", "NatGatewayId"}, {"subnet-id", "SubnetId"}, {"vpc-id", "VpcId"}, {"state", "State"}}};
const Listing kEndpoints{"VpcEndpointIds",
                         "VpcEndpointId",
                         "VpcEndpoints",
                         "InvalidVpcEndpointId.NotFound",
                         "Vpc Endpoint Id",
                         &Ec2::endpoints,
                         {{"vpc-endpoint-id", "VpcEndpointId"},
                          {"vpc-id", "VpcId"},
                          {"service-name", "ServiceName"},
                          {"vpc-endpoint-state", "State"},
                          {"vpc-endpoint-type", "VpcEndpointType"}}};

const std::map<std::string, const Listing*>& listings() {
  static const std::map<std::string, const Listing*> table{{"DescribeVpcs", &kVpcs},
                                                           {"DescribeSubnets", &kSubnets},
                                                           {"DescribeNetworkInterfaces", &kInterfaces},
                                                           {"DescribeSecurityGroups", &kGroups},
                                                           {"DescribeNetworkAcls", &kAcls},
                                                           {"DescribeRouteTables", &kRouteTables},
                                                           {"DescribeInternetGateways", &kInternetGateways},
                                                           {"DescribeNatGateways", &kNatGateways},
                                                           {"DescribeVpcEndpoints", &kEndpoints}};
  return table;
}

std::vector<std::string> filtered_texts(const json& document, const std::string& name,
                                        const std::vector<FilterPath>& filters, bool& known) {
  known = true;
  const json& tags = list_of(document, document.contains("TagSet") ? "TagSet" : "Tags");
  if (name == "tag-key" || name.rfind("tag:", 0) == 0) {
    std::vector<std::string> texts;
    for (const auto& item : tags) {
      if (name == "tag-key")
        texts.push_back(text_of(item, "Key"));
      else if (text_of(item, "Key") == name.substr(4))
        texts.push_back(text_of(item, "Value"));
    }
    return texts;
  }
  for (const auto& filter : filters) {
    if (filter.name == name) return texts_at(document, filter.path);
  }
  known = false;
  return {};
}

// The whole list in one page unless MaxResults is given: so EC2 does for the older operations.
Reply paged(const json& all, const json& input, const char* result_key, int most) {
  return page_of(all, input,
                 {.result_key = result_key,
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 1'000'000,
                  .least = 5,
                  .most = most,
                  .bad_token = "InvalidPaginationToken",
                  .bad_limit = "InvalidMaxResults"});
}

Reply describe(World& world, const CallContext& call, const json& input) {
  const Listing& listing = *listings().at(call.operation);
  const auto& ec2 = world.ec2[call.region];
  const auto& documents = ec2.*listing.documents;
  const auto ids = strings_of(input, listing.ids_key);
  if (!ids.empty() && input.contains("MaxResults")) {
    return api_error("InvalidParameterCombination", std::string("The parameter ") + listing.ids_key +
                                                        " cannot be used with the parameter MaxResults");
  }
  json chosen = json::array();
  if (ids.empty()) {
    for (const auto& [id, document] : documents) chosen.push_back(shown(ec2, id, document));
  }
  for (const auto& id : ids) {
    const auto found = documents.find(id);
    if (found == documents.end()) {
      return api_error(listing.not_found,
                       std::string("The ") + listing.noun + " '" + id + "' does not exist");
    }
    chosen.push_back(shown(ec2, id, found->second));
  }
  const auto names = strings_of(input, "GroupNames");
  if (!names.empty()) {
    chosen.erase(std::remove_if(chosen.begin(), chosen.end(),
                                [&](const json& group) {
                                  return std::find(names.begin(), names.end(), text_of(group, "GroupName")) ==
                                         names.end();
                                }),
                 chosen.end());
  }
  // DescribeNatGateways names its filter list "Filter".
  const auto kept =
      filtered(std::move(chosen), list_of(input, input.contains("Filter") ? "Filter" : "Filters"),
               [&](const json& document, const std::string& name, bool& known) {
                 return filtered_texts(document, name, listing.filters, known);
               });
  if (!kept) return kept;
  return paged(*kept, input, listing.result_key, listing.most);
}

Reply describe_regions(World& world, const CallContext&, const json& input) {
  json regions = json::array();
  for (const auto& region : world.regions) {
    regions.push_back({{"Endpoint", "ec2." + region + ".amazonaws.com"},
                       {"RegionName", region},
                       {"OptInStatus", "opt-in-not-required"}});
  }
  for (const auto& name : strings_of(input, "RegionNames")) {
    if (std::find(world.regions.begin(), world.regions.end(), name) == world.regions.end())
      return api_error("InvalidParameterValue", "Invalid region name: [" + name + "]");
  }
  static const std::vector<FilterPath> filters{{"region-name", "RegionName"},
                                               {"opt-in-status", "OptInStatus"}};
  const auto named = strings_of(input, "RegionNames");
  json chosen = json::array();
  for (auto& region : regions) {
    if (named.empty() || std::find(named.begin(), named.end(), text_of(region, "RegionName")) != named.end())
      chosen.push_back(region);
  }
  const auto kept = filtered(std::move(chosen), list_of(input, "Filters"),
                             [&](const json& document, const std::string& name, bool& known) {
                               return filtered_texts(document, name, filters, known);
                             });
  if (!kept) return kept;
  return json{{"Regions", *kept}};
}

Reply describe_availability_zones(World& world, const CallContext& call, const json& input) {
  json zones = json::array();
  for (const auto& zone : world.zones(call.region)) {
    zones.push_back({{"State", "available"},
                     {"OptInStatus", "opt-in-not-required"},
                     {"Messages", json::array()},
                     {"RegionName", call.region},
                     {"ZoneName", zone},
                     {"ZoneId", world.zone_id(zone)},
                     {"GroupName", call.region},
                     {"NetworkBorderGroup", call.region},
                     {"ZoneType", "availability-zone"}});
  }
  const auto names = strings_of(input, "ZoneNames"), ids = strings_of(input, "ZoneIds");
  const auto existing = texts_at(zones, "ZoneName");
  for (const auto& name : names) {
    if (std::find(existing.begin(), existing.end(), name) == existing.end()) {
      return api_error("InvalidParameterValue", "Invalid availability zone: [" + name + "]");
    }
  }
  const auto listed = [](const std::vector<std::string>& wanted, const std::string& text) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), text) != wanted.end();
  };
  json named = json::array();
  for (auto& zone : zones) {
    if (listed(names, text_of(zone, "ZoneName")) && listed(ids, text_of(zone, "ZoneId")))
      named.push_back(zone);
  }
  static const std::vector<FilterPath> filters{{"zone-name", "ZoneName"},  {"zone-id", "ZoneId"},
                                               {"state", "State"},         {"region-name", "RegionName"},
                                               {"zone-type", "ZoneType"},  {"opt-in-status", "OptInStatus"},
                                               {"group-name", "GroupName"}};
  const auto kept = filtered(std::move(named), list_of(input, "Filters"),
                             [&](const json& document, const std::string& name, bool& known) {
                               return filtered_texts(document, name, filters, known);
                             });
  if (!kept) return kept;
  return json{{"AvailabilityZones", *kept}};
}

Reply describe_vpc_attribute(World& world, const CallContext& call, const json& input) {
  const auto& attributes = world.ec2[call.region].vpc_attributes;
  const auto vpc = attributes.find(text_of(input, "VpcId"));
  if (vpc == attributes.end()) {
    return api_error("InvalidVpcID.NotFound", "The vpc ID '" + text_of(input, "VpcId") + "' does not exist");
  }
  const std::string asked = text_of(input, "Attribute");
  const std::string field = asked == "enableDnsSupport"     ? "EnableDnsSupport"
                            : asked == "enableDnsHostnames" ? "EnableDnsHostnames"
                                                            : "";
  if (field.empty())
    return api_error("InvalidParameterValue", "Value (" + asked + ") for parameter attribute is invalid.");
  return json{{"VpcId", vpc->first}, {field, {{"Value", boolean_of(vpc->second, field.c_str(), true)}}}};
}

json prefix_lists(const World& world, const std::string& region) {
  json lists = json::array();
  for (const auto& [id, service] : {std::pair{"pl-6da54004", "s3"}, std::pair{"pl-6fa54006", "dynamodb"}}) {
    lists.push_back({{"PrefixListId", id},
                     {"PrefixListName", "com.amazonaws." + region + "." + service},
                     {"AddressFamily", "IPv4"},
                     {"State", "create-complete"},
                     {"OwnerId", "AWS"},
                     {"Tags", json::array()},
                     {"PrefixListArn", "arn:aws:ec2:" + region + ":aws:prefix-list/" + id}});
  }
  (void)world;
  return lists;
}

Reply describe_managed_prefix_lists(World& world, const CallContext& call, const json& input) {
  const auto ids = strings_of(input, "PrefixListIds");
  json chosen = json::array();
  for (const auto& list : prefix_lists(world, call.region)) {
    if (ids.empty() || std::find(ids.begin(), ids.end(), text_of(list, "PrefixListId")) != ids.end())
      chosen.push_back(list);
  }
  if (chosen.size() < ids.size()) {
    return api_error("InvalidPrefixListID.NotFound",
                     "The prefix list ID '" + ids.front() + "' does not exist");
  }
  static const std::vector<FilterPath> filters{
      {"prefix-list-id", "PrefixListId"}, {"prefix-list-name", "PrefixListName"}, {"owner-id", "OwnerId"}};
  const auto kept = filtered(std::move(chosen), list_of(input, "Filters"),
                             [&](const json& document, const std::string& name, bool& known) {
                               return filtered_texts(document, name, filters, known);
                             });
  if (!kept) return kept;
  return page_of(*kept, input,
                 {.result_key = "PrefixLists",
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 100,
                  .bad_token = "InvalidPaginationToken"});
}

Reply get_managed_prefix_list_entries(World&, const CallContext&, const json& input) {
  const std::string id = text_of(input, "PrefixListId");
  json entries = json::array();
  // Documentation ranges stand for AWS's own.
  if (id == "pl-6da54004")
    entries = json::array({{{"Cidr", "192.0.2.0/25"}}, {{"Cidr", "203.0.113.0/24"}}});
  else if (id == "pl-6fa54006")
    entries.push_back({{"Cidr", "192.0.2.128/25"}});
  else
    return api_error("InvalidPrefixListID.NotFound", "The prefix list ID '" + id + "' does not exist");
  return page_of(entries, input,
                 {.result_key = "Entries",
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 100,
                  .bad_token = "InvalidPaginationToken"});
}

// EC2's rules of one direction as IpPermissions: those of equal protocol and ports share one entry.
json permissions_of(const Ec2& ec2, const std::string& group, bool egress) {
  json permissions = json::array();
  for (const auto& [id, rule] : ec2.group_rules) {
    if (rule.at("GroupId") != group || rule.at("IsEgress") != egress) continue;
    json* place = nullptr;
    const json from = rule.at("FromPort"), to = rule.at("ToPort");
    for (auto& permission : permissions) {
      if (permission["IpProtocol"] == rule.at("IpProtocol") &&
          permission.value("FromPort", json(-1)) == from && permission.value("ToPort", json(-1)) == to) {
        place = &permission;
      }
    }
    if (place == nullptr) {
      permissions.push_back({{"IpProtocol", rule.at("IpProtocol")},
                             {"IpRanges", json::array()},
                             {"Ipv6Ranges", json::array()},
                             {"PrefixListIds", json::array()},
                             {"UserIdGroupPairs", json::array()}});
      place = &permissions.back();
      if (rule.at("IpProtocol") != "-1") {
        (*place)["FromPort"] = from;
        (*place)["ToPort"] = to;
      }
    }
    json other = json::object();
    if (rule.contains("Description")) other["Description"] = rule.at("Description");
    if (rule.contains("CidrIpv4")) {
      other["CidrIp"] = rule.at("CidrIpv4");
      (*place)["IpRanges"].push_back(other);
    } else if (rule.contains("CidrIpv6")) {
      other["CidrIpv6"] = rule.at("CidrIpv6");
      (*place)["Ipv6Ranges"].push_back(other);
    } else if (rule.contains("PrefixListId")) {
      other["PrefixListId"] = rule.at("PrefixListId");
      (*place)["PrefixListIds"].push_back(other);
    } else if (rule.contains("ReferencedGroupInfo")) {
      other.update(rule.at("ReferencedGroupInfo"));
      (*place)["UserIdGroupPairs"].push_back(other);
    }
  }
  return permissions;
}

}  // namespace

json shown(const Ec2& ec2, const std::string& id, const json& document) {
  json answer = document;
  if (id.rfind("subnet-", 0) == 0) answer["AvailableIpAddressCount"] = free_addresses(ec2, id);
  if (id.rfind("sg-", 0) == 0) {
    answer["IpPermissions"] = permissions_of(ec2, id, false);
    answer["IpPermissionsEgress"] = permissions_of(ec2, id, true);
  }
  return answer;
}

Reply filtered(json documents, const json& filters,
               const std::function<std::vector<std::string>(const json&, const std::string&, bool&)>& texts) {
  for (const auto& filter : filters) {
    const std::string name = text_of(filter, "Name");
    const auto values = strings_of(filter, "Values");
    bool known = true;
    texts(json::object(), name, known);
    if (!known) return api_error("InvalidParameterValue", "The filter '" + name + "' is invalid");
    json kept = json::array();
    for (auto& document : documents) {
      bool matches = false;
      for (const auto& text : texts(document, name, known)) {
        for (const auto& value : values) matches = matches || core::glob_matches(value, text);
      }
      if (matches) kept.push_back(std::move(document));
    }
    documents = std::move(kept);
  }
  return documents;
}

void add_ec2_operations(Registry& registry) {
  for (const auto& [operation, listing] : listings()) registry.add("ec2", operation, describe);
  registry.add("ec2", "DescribeAvailabilityZones", describe_availability_zones);
  registry.add("ec2", "DescribeRegions", describe_regions);
  registry.add("ec2", "DescribeVpcAttribute", describe_vpc_attribute);
  registry.add("ec2", "DescribeManagedPrefixLists", describe_managed_prefix_lists);
  registry.add("ec2", "GetManagedPrefixListEntries", get_managed_prefix_list_entries);
  add_ec2_changes(registry);
  add_ec2_routes(registry);
  add_ec2_gateways(registry);
  add_ec2_endpoints(registry);
  add_ec2_beyond(registry);
  add_ec2_insights(registry);
}

}  // namespace doctor::lab
