// The VPC around a task: "Resource: aws_vpc_security_group_ingress_rule", "… aws_security_group_rule",
// "… aws_network_acl_rule", "… aws_route", "… aws_vpc_endpoint", "… aws_vpc", "… aws_subnet".
#include <algorithm>
#include <array>

#include "iac/terraform_rows.h"

namespace doctor::iac {
namespace {

// "tcp 443-443 10.0.0.0/8" and "-1 0.0.0.0/0", the keys of a security group's rules.
struct RuleKey {
  std::string protocol, from, to, peer;
};
RuleKey rule_key_of(const std::string& text) {
  RuleKey key;
  const auto first = text.find(' '), last = text.rfind(' ');
  key.protocol = text.substr(0, first);
  key.peer = last == std::string::npos ? "" : text.substr(last + 1);
  if (first != std::string::npos && last > first) {
    const std::string ports = text.substr(first + 1, last - first - 1);
    const auto dash = ports.find('-', 1);  // ICMP has -1
    key.from = ports.substr(0, dash);
    key.to = dash == std::string::npos ? key.from : ports.substr(dash + 1);
  }
  return key;
}

// "sgr-…" of a rule from the answer of AuthorizeSecurityGroupIngress or -Egress; "" where none tells.
std::string rule_id(const Change& change, const RuleKey& key, bool egress) {
  for (const auto& answer : change.answers) {
    for (const auto& rule : field(answer, "SecurityGroupRules").items) {
      const auto peer = [&] {
        for (const auto* name : {"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo/GroupId"}) {
          if (const auto text = text_at(rule, name); !text.empty()) return text;
        }
        return std::string();
      }();
      if ((text_at(rule, "IsEgress") == "true") == egress && text_at(rule, "IpProtocol") == key.protocol &&
          peer == key.peer &&
          (key.from.empty() ||
           (text_at(rule, "FromPort") == key.from && text_at(rule, "ToPort") == key.to))) {
        return text_at(rule, "SecurityGroupRuleId");
      }
    }
  }
  return {};
}

TerraformResource security_group_rule(const Change& change, const Value& group, bool egress,
                                      const std::string& name, const Value& rest) {
  const RuleKey key = rule_key_of(name);
  const std::string id = rule_id(change, key, egress), group_id = text_at(group, "GroupId");
  const std::string direction = egress ? "egress" : "ingress", description = text_at(rest, "Description");
  const bool v6 = key.peer.find(':') != std::string::npos,
             v4 = !v6 && key.peer.find('/') != std::string::npos;
  const bool prefix = key.peer.starts_with("pl-");
  TerraformResource resource;
  resource.key = direction + " " + name;
  resource.hint = text_at(group, "GroupName") + "_" + direction + "_" + (key.from.empty() ? "all" : key.from);
  CodeBlock& body = resource.body;
  CodeBlock& inside = resource.inside_parent;
  inside.type = direction;
  if (!description.empty()) inside.put("description", string_value(description));
  const std::string from = key.from.empty() ? "0" : key.from, to = key.to.empty() ? "0" : key.to;
  inside.put("from_port", number_value(from));
  inside.put("to_port", number_value(to));
  inside.put("protocol", string_value(key.protocol));
  inside.put(v6       ? "ipv6_cidr_blocks"
             : v4     ? "cidr_blocks"
             : prefix ? "prefix_list_ids"
                      : "security_groups",
             list_value({string_value(key.peer)}));
  resource.parent_type = "aws_security_group";
  resource.parent_id = group_id;
  if (!id.empty()) {
    resource.type = "aws_vpc_security_group_" + direction + "_rule";
    resource.import_id = id;
    body.put("security_group_id", string_value(group_id));
    if (!description.empty()) body.put("description", string_value(description));
    if (!key.from.empty()) {
      body.put("from_port", number_value(key.from));
      body.put("to_port", number_value(key.to));
    }
    body.put("ip_protocol", string_value(key.protocol));
    body.put(v6       ? "cidr_ipv6"
             : v4     ? "cidr_ipv4"
             : prefix ? "prefix_list_id"
                      : "referenced_security_group_id",
             string_value(key.peer));
    resource.ids = {id};
  } else {
    resource.type = "aws_security_group_rule";
    resource.import_id = group_id + "_" + direction + "_" + (key.protocol == "-1" ? "all" : key.protocol) +
                         "_" + from + "_" + to + "_" + key.peer;
    body.put("security_group_id", string_value(group_id));
    body.put("type", string_value(direction));
    if (!description.empty()) body.put("description", string_value(description));
    body.put("from_port", number_value(from));
    body.put("to_port", number_value(to));
    body.put("protocol", string_value(key.protocol));
    if (v4 || v6 || prefix) {
      body.put(v6   ? "ipv6_cidr_blocks"
               : v4 ? "cidr_blocks"
                    : "prefix_list_ids",
               list_value({string_value(key.peer)}));
    } else {
      body.put("source_security_group_id", string_value(key.peer));
    }
    resource.note = "AWS's answer did not name the rule's id, so it is written as aws_security_group_rule";
  }
  return resource;
}

Terraform security_group(const Change& change, const Value& state) {
  Terraform rules;
  for (const bool egress : {false, true}) {
    const Value list = field(state, egress ? "Egress" : "Ingress");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      rules.push_back(security_group_rule(change, state, egress, list.keys[i], list.items[i]));
    }
  }
  return rules;
}

// Numbers as EC2 has them; the provider takes either form and imports by either.
std::string protocol_name(const std::string& number) {
  return number == "6" ? "tcp" : number == "17" ? "udp" : number == "1" ? "icmp" : number;
}

Terraform network_acl(const Value& state) {
  constexpr std::string_view kLast = "32767";  // AWS's own last entry, which nobody can write
  Terraform rules;
  const std::string acl = text_at(state, "NetworkAclId");
  const Value entries = field(state, "Entries");
  for (std::size_t i = 0; i < entries.items.size(); ++i) {
    const Value& entry = entries.items[i];
    const bool egress = entries.keys[i].starts_with("egress");
    const std::string number = entries.keys[i].substr(entries.keys[i].find(' ') + 1);
    if (number == kLast) continue;
    const std::string protocol = protocol_name(text_at(entry, "Protocol"));
    TerraformResource resource;
    resource.type = "aws_network_acl_rule";
    resource.key = entries.keys[i];
    resource.hint = (egress ? "egress_" : "ingress_") + number;
    resource.import_id = acl + ":" + number + ":" + protocol + ":" + (egress ? "true" : "false");
    CodeBlock& body = resource.body;
    body.put("network_acl_id", string_value(acl));
    body.put("rule_number", number_value(number));
    body.put("egress", boolean_value(egress));
    CodeBlock& inside = resource.inside_parent;
    inside.type = egress ? "egress" : "ingress";
    inside.put("rule_no", number_value(number));
    for (auto* block : {&body, &inside}) {
      block->put("protocol", string_value(protocol));
      copy(*block, entry, "RuleAction", block == &body ? "rule_action" : "action");
      copy(*block, entry, "CidrBlock", "cidr_block");
      copy(*block, entry, "Ipv6CidrBlock", "ipv6_cidr_block");
      copy(*block, entry, "PortRange/From", "from_port");
      copy(*block, entry, "PortRange/To", "to_port");
      copy(*block, entry, "IcmpTypeCode/Type", "icmp_type");
      copy(*block, entry, "IcmpTypeCode/Code", "icmp_code");
      if (block == &inside && !entry.at("PortRange")) {
        block->put("from_port", number_value("0"));
        block->put("to_port", number_value("0"));
      }
    }
    resource.parent_type = "aws_network_acl";
    resource.parent_id = acl;
    rules.push_back(std::move(resource));
  }
  return rules;
}

Terraform route_table(const Value& state) {
  constexpr std::array<std::pair<const char*, const char*>, 8> kTargets = {{
      {"NatGatewayId", "nat_gateway_id"},
      {"TransitGatewayId", "transit_gateway_id"},
      {"VpcPeeringConnectionId", "vpc_peering_connection_id"},
      {"EgressOnlyInternetGatewayId", "egress_only_gateway_id"},
      {"NetworkInterfaceId", "network_interface_id"},
      {"LocalGatewayId", "local_gateway_id"},
      {"CarrierGatewayId", "carrier_gateway_id"},
      {"CoreNetworkArn", "core_network_arn"},
  }};
  Terraform routes;
  const std::string table = text_at(state, "RouteTableId");
  const Value list = field(state, "Routes");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Value& route = list.items[i];
    const std::string& destination = list.keys[i];
    const std::string gateway = text_at(route, "GatewayId");
    // The VPC's own route and those of gateway endpoints are not written as routes.
    if (gateway == "local" || (gateway.starts_with("vpce-") && destination.starts_with("pl-"))) continue;
    const bool v6 = destination.find(':') != std::string::npos, prefix = destination.starts_with("pl-");
    TerraformResource resource;
    resource.type = "aws_route";
    resource.key = destination;
    resource.hint =
        table + "_" + (destination == "0.0.0.0/0" || destination == "::/0" ? "default" : destination);
    resource.import_id = table + "_" + destination;
    resource.body.put("route_table_id", string_value(table));
    resource.body.put(v6       ? "destination_ipv6_cidr_block"
                      : prefix ? "destination_prefix_list_id"
                               : "destination_cidr_block",
                      string_value(destination));
    CodeBlock& inside = resource.inside_parent;
    inside.type = "route";
    inside.put(v6       ? "ipv6_cidr_block"
               : prefix ? "destination_prefix_list_id"
                        : "cidr_block",
               string_value(destination));
    for (auto* block : {&resource.body, &inside}) {
      if (!gateway.empty())
        block->put(gateway.starts_with("vpce-") ? "vpc_endpoint_id" : "gateway_id", string_value(gateway));
      for (const auto& [from, to] : kTargets) copy(*block, route, from, to);
    }
    resource.parent_type = "aws_route_table";
    resource.parent_id = table;
    routes.push_back(std::move(resource));
  }
  return routes;
}

TerraformResource vpc_endpoint(const Value& state) {
  TerraformResource resource;
  const std::string id = text_at(state, "VpcEndpointId"), service = text_at(state, "ServiceName");
  resource.type = "aws_vpc_endpoint";
  resource.hint = service.substr(service.find('.', service.find("aws.") + 4) + 1);  // "ecr.dkr"
  resource.import_id = id;
  resource.ids = {id};
  resource.identity = {{"service_name", service}, {"vpc_id", text_at(state, "VpcId")}};
  CodeBlock& body = resource.body;
  const bool gateway = text_at(state, "VpcEndpointType") == "Gateway";
  copy(body, state, "VpcId", "vpc_id");
  copy(body, state, "ServiceName", "service_name");
  copy(body, state, "VpcEndpointType", "vpc_endpoint_type");
  if (!gateway) copy(body, state, "PrivateDnsEnabled", "private_dns_enabled");
  copy(body, state, "RouteTableIds", "route_table_ids");
  copy(body, state, "SubnetIds", "subnet_ids");
  Value groups = list_value({});
  for (const auto& group : field(state, "Groups").items) {
    groups.items.push_back(group.is_scalar() ? group : string_value(text_at(group, "GroupId")));
  }
  if (!groups.items.empty()) body.put("security_group_ids", groups);
  if (const Value* policy = state.at("PolicyDocument"); policy && !policy->empty())
    body.put("policy", document_of(*policy));
  copy_tags(body, state, "Tags");
  return resource;
}

TerraformResource vpc_attribute(const Change& change, const Value& state) {
  TerraformResource resource;
  const std::string vpc = before_slash(change.resource.id);
  resource.type = "aws_vpc";
  resource.hint = resource.import_id = vpc;
  resource.ids = {vpc};
  resource.partial = true;
  copy(resource.body, state, "EnableDnsSupport", "enable_dns_support");
  copy(resource.body, state, "EnableDnsHostnames", "enable_dns_hostnames");
  return resource;
}

TerraformResource subnet(const Value& state) {
  TerraformResource resource;
  resource.type = "aws_subnet";
  resource.import_id = text_at(state, "SubnetId");
  resource.hint = text_at(state, "Tags/Name").empty() ? resource.import_id : text_at(state, "Tags/Name");
  resource.ids = {resource.import_id};
  resource.identity = {{"cidr_block", text_at(state, "CidrBlock")}, {"vpc_id", text_at(state, "VpcId")}};
  copy(resource.body, state, "VpcId", "vpc_id");
  copy(resource.body, state, "CidrBlock", "cidr_block");
  copy(resource.body, state, "AvailabilityZone", "availability_zone");
  if (text_at(state, "MapPublicIpOnLaunch") == "true")
    copy(resource.body, state, "MapPublicIpOnLaunch", "map_public_ip_on_launch");
  copy_tags(resource.body, state, "Tags");
  return resource;
}

TerraformResource nat_gateway(const Value& state) {
  TerraformResource resource;
  resource.type = "aws_nat_gateway";
  resource.hint = resource.import_id = text_at(state, "NatGatewayId");
  resource.ids = {resource.import_id};
  resource.partial = true;  // its elastic IP's allocation is not in the state
  copy(resource.body, state, "SubnetId", "subnet_id");
  return resource;
}

}  // namespace

Terraform terraform_vpc(const Change& change, const Value& state) {
  const std::string& kind = change.resource.kind;
  if (kind == "ec2:security-group") return security_group(change, state);
  if (kind == "ec2:network-acl") return network_acl(state);
  if (kind == "ec2:route-table") return route_table(state);
  if (kind == "ec2:vpc-endpoint") return {vpc_endpoint(state)};
  if (kind == "ec2:vpc-attribute") return {vpc_attribute(change, state)};
  if (kind == "ec2:subnet") return {subnet(state)};
  if (kind == "ec2:nat-gateway") return {nat_gateway(state)};
  return {};
}

}  // namespace doctor::iac
