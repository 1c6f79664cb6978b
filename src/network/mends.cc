#include "network/mends.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/json.h"

namespace doctor::network {
namespace {

constexpr int kLastRule = 32766;  // the highest rule number of a network ACL entry

template <class T>
T* in_scene(Scene& scene, std::map<std::string, T> facts::Place::*map, const std::string& id) {
  for (facts::Place& place : scene.facts->places) {
    const auto found = (place.*map).find(id);
    if (found != (place.*map).end()) return &found->second;
  }
  return nullptr;
}

const Range* asked_range(const Region& asked, const Field& field) {
  return field.dimension < 0 ? nullptr : &asked[static_cast<std::size_t>(field.dimension)];
}

// A number that no entry has, before `number` and as near to it as the steps of ten allow; 0: none.
int free_number(const std::vector<CompiledEntry>& entries, int number) {
  std::set<int> used;
  for (const auto& entry : entries) used.insert(entry.number);
  int highest = 0;
  for (const int n : used) {
    if (n < number && n <= kLastRule) highest = n;
  }
  constexpr int kStep = 10;
  if (number > kLastRule && highest + kStep <= kLastRule) return (highest / kStep + 1) * kStep;
  for (int n = std::min(number - 1, kLastRule); n > 0; --n) {
    if (!used.contains(n)) return n;
  }
  return 0;
}

std::string quoted(std::string_view text) {
  return core::json_quoted(text);
}

}  // namespace

Range asked_ports(const Region& asked, const Field& field) {
  const Range* range = asked_range(asked, field);
  return range == nullptr ? Range{1024, 65535} : *range;
}

std::string asked_cidr(const Region& asked, const Field& field, int version) {
  const Range* range = asked_range(asked, field);
  if (range == nullptr && field.somewhere != nullptr && !field.somewhere->empty())
    return cidr_text(field.somewhere->front());
  if (range == nullptr) return cidr_text(enclosing({field.value, field.value}, version));
  const Cidr block = enclosing(*range, version);
  const bool exact = block.range.first == range->first && block.range.last == range->last;
  // What has no address of its own, a service or the internet, may be anywhere.
  if (is_public(field.value, version) && (!exact || !field.service.empty()))
    return version == 4 ? "0.0.0.0/0" : "::/0";
  return cidr_text(block);
}

Mend open_group(const Region& asked, const std::string& group, const Packet& p, bool egress,
                const End* other) {
  const Field& remote = egress ? p.destination : p.source;
  const Range ports = asked_ports(asked, p.port);
  facts::SecurityGroupRule rule;
  rule.protocol = protocol_text(p);
  rule.from_port = p.has_ports() ? static_cast<int>(ports.first) : p.icmp_type;
  rule.to_port = p.has_ports() ? static_cast<int>(ports.last) : -1;
  std::string source, peer;
  if (!remote.prefix_list.empty()) {
    rule.prefix_lists = {std::string(remote.prefix_list)};
    source = fmt::format("PrefixListIds=[{{PrefixListId={}}}]", remote.prefix_list);
    peer = fmt::format(R"("PrefixListIds":[{{"PrefixListId":{}}}])", quoted(remote.prefix_list));
  } else if (other != nullptr && other->has_groups && other->groups_known && other->doubt.empty() &&
             !other->groups.empty()) {
    rule.groups = {other->groups.front()};
    source = fmt::format("UserIdGroupPairs=[{{GroupId={}}}]", other->groups.front());
    peer = fmt::format(R"("UserIdGroupPairs":[{{"GroupId":{}}}])", quoted(other->groups.front()));
  } else {
    const std::string cidr = asked_cidr(asked, remote, p.version);
    (p.version == 4 ? rule.cidrs : rule.ipv6_cidrs) = {cidr};
    source = p.version == 4 ? fmt::format("IpRanges=[{{CidrIp={}}}]", cidr)
                            : fmt::format("Ipv6Ranges=[{{CidrIpv6={}}}]", cidr);
    peer = p.version == 4 ? fmt::format(R"("IpRanges":[{{"CidrIp":{}}}])", quoted(cidr))
                          : fmt::format(R"("Ipv6Ranges":[{{"CidrIpv6":{}}}])", quoted(cidr));
  }
  Change change{
      group, egress ? "ec2:AuthorizeSecurityGroupEgress" : "ec2:AuthorizeSecurityGroupIngress",
      fmt::format("--group-id {} --ip-permissions IpProtocol={},FromPort={},ToPort={},{}", group,
                  rule.protocol, *rule.from_port, *rule.to_port, source),
      egress ? "lets just this out" : "lets just this in",
      fmt::format(R"({{"GroupId":{},"IpPermissions":[{{"IpProtocol":{},"FromPort":{},"ToPort":{},{}}}]}})",
                  quoted(group), quoted(rule.protocol), *rule.from_port, *rule.to_port, peer)};
  return {std::move(change), [=](Scene& scene) {
            auto* found = in_scene(scene, &facts::Place::security_groups, group);
            if (found != nullptr) (egress ? found->egress : found->ingress).push_back(rule);
          }};
}

std::optional<Mend> open_acl(const Region& asked, const CompiledAcl& acl, const Packet& p, bool egress,
                             int denied_by) {
  const std::string id = acl.acl->id;
  const Field& remote = egress ? p.destination : p.source;
  const int number = free_number(egress ? acl.egress : acl.ingress, denied_by);
  if (number == 0) return std::nullopt;  // no number is free before the rule that denies
  const Range ports = asked_ports(asked, p.port);
  facts::NetworkAclEntry entry;
  entry.rule_number = number;
  entry.protocol = std::to_string(p.protocol);
  entry.egress = egress;
  entry.allow = true;
  entry.cidr = asked_cidr(asked, remote, p.version);
  if (p.has_ports()) {
    entry.from_port = static_cast<int>(ports.first);
    entry.to_port = static_cast<int>(ports.last);
  } else {
    entry.icmp_type = p.icmp_type;
    entry.icmp_code = -1;
  }
  Change change{
      id, "ec2:CreateNetworkAclEntry",
      fmt::format("--network-acl-id {} --{} --rule-number {} --protocol {} --rule-action allow --{} {} {}",
                  id, egress ? "egress" : "ingress", number, p.protocol,
                  p.version == 4 ? "cidr-block" : "ipv6-cidr-block", entry.cidr,
                  p.has_ports() ? fmt::format("--port-range From={},To={}", *entry.from_port, *entry.to_port)
                                : fmt::format("--icmp-type-code Type={},Code=-1", p.icmp_type)),
      "stands before the rule that denies",
      fmt::format(
          R"({{"NetworkAclId":{},"Egress":{},"RuleNumber":{},"Protocol":"{}","RuleAction":"allow",{}:{},{}}})",
          quoted(id), egress, number, p.protocol, p.version == 4 ? R"("CidrBlock")" : R"("Ipv6CidrBlock")",
          quoted(entry.cidr),
          p.has_ports()
              ? fmt::format(R"("PortRange":{{"From":{},"To":{}}})", *entry.from_port, *entry.to_port)
              : fmt::format(R"("IcmpTypeCode":{{"Type":{},"Code":-1}})", p.icmp_type))};
  return Mend{std::move(change), [=](Scene& scene) {
                auto* found = in_scene(scene, &facts::Place::network_acls, id);
                if (found != nullptr) found->entries.push_back(entry);
              }};
}

Mend give_public_address(const End& end) {
  if (end.interface == nullptr)
    return {{end.name, "ecs:UpdateService",
             "--network-configuration awsvpcConfiguration={assignPublicIp=ENABLED}",
             "gives new tasks a public address; or route the subnet to a NAT gateway",
             R"({"networkConfiguration":{"awsvpcConfiguration":{"assignPublicIp":"ENABLED"}}})"},
            [](Scene& scene) {
              if (scene.source != nullptr) scene.source->public_ip = true;
            }};
  return {{end.name, "ec2:AssociateAddress",
           fmt::format("--network-interface-id {} --allocation-id ALLOCATION_ID", end.name),
           "gives the interface a public address; a Fargate task gets one by assignPublicIp ENABLED"},
          [id = end.name](Scene& scene) {
            auto* found = in_scene(scene, &facts::Place::interfaces, id);
            if (found != nullptr)
              found->public_ip = "203.0.113.1";  // any will do: only that there is one counts
          }};
}

Mend enable_private_dns(const facts::VpcEndpoint& endpoint) {
  return {{endpoint.id, "ec2:ModifyVpcEndpoint",
           fmt::format("--vpc-endpoint-id {} --private-dns-enabled", endpoint.id),
           "lets the service's own name resolve to the endpoint, for the whole VPC",
           fmt::format(R"({{"VpcEndpointId":{},"PrivateDnsEnabled":true}})", quoted(endpoint.id))},
          [id = endpoint.id](Scene& scene) {
            if (auto* found = in_scene(scene, &facts::Place::vpc_endpoints, id))
              found->private_dns_enabled = true;
          }};
}

Mend enable_dns(const std::string& vpc, bool hostnames) {
  return {{vpc, "ec2:ModifyVpcAttribute",
           fmt::format("--vpc-id {} --enable-dns-{} Value=true", vpc, hostnames ? "hostnames" : "support"),
           "private DNS of endpoints needs it",
           fmt::format(R"({{"VpcId":{},"{}":{{"Value":true}}}})", quoted(vpc),
                       hostnames ? "EnableDnsHostnames" : "EnableDnsSupport")},
          [=](Scene& scene) {
            if (auto* found = in_scene(scene, &facts::Place::vpcs, vpc))
              (hostnames ? found->dns_hostnames : found->dns_support) = true;
          }};
}

Mend attach_internet_gateway(const std::string& gateway, const std::string& vpc) {
  return {{gateway, "ec2:AttachInternetGateway",
           fmt::format("--internet-gateway-id {} --vpc-id {}", gateway, vpc), "attaches it to this VPC",
           fmt::format(R"({{"InternetGatewayId":{},"VpcId":{}}})", quoted(gateway), quoted(vpc))},
          [=](Scene& scene) {
            if (auto* found = in_scene(scene, &facts::Place::internet_gateways, gateway))
              found->vpcs.push_back(vpc);
          }};
}

Mend accept_peering(const std::string& peering) {
  return {{peering, "ec2:AcceptVpcPeeringConnection", "--vpc-peering-connection-id " + peering,
           "the owner of the other VPC must accept it",
           fmt::format(R"({{"VpcPeeringConnectionId":{}}})", quoted(peering))},
          [=](Scene& scene) {
            auto* found = in_scene(scene, &facts::Place::vpc_peering_connections, peering);
            if (found != nullptr) found->status = "active";
            for (facts::Place& place : scene.facts->places) {
              for (auto& [id, table] : place.route_tables) {
                for (facts::Route& route : table.routes) {
                  if (route.target == peering) route.state = "active";
                }
              }
            }
          }};
}

Mend add_attachment_subnet(const std::string& attachment, const std::string& subnet) {
  return {{attachment, "ec2:ModifyTransitGatewayVpcAttachment",
           fmt::format("--transit-gateway-attachment-id {} --add-subnet-ids {}", attachment, subnet),
           "puts the gateway into this zone",
           fmt::format(R"({{"TransitGatewayAttachmentId":{},"AddSubnetIds":[{}]}})", quoted(attachment),
                       quoted(subnet))},
          [=](Scene& scene) {
            auto* found = in_scene(scene, &facts::Place::transit_gateway_attachments, attachment);
            if (found != nullptr) found->subnets.push_back(subnet);
          }};
}

Mend add_transit_route(const std::string& table, const std::string& cidr, const std::string& attachment) {
  return {{table, "ec2:CreateTransitGatewayRoute",
           fmt::format("--transit-gateway-route-table-id {} --destination-cidr-block {} "
                       "--transit-gateway-attachment-id {}",
                       table, cidr, attachment),
           "one route for this destination alone",
           fmt::format(R"({{"DestinationCidrBlock":{},"TransitGatewayRouteTableId":{},)"
                       R"("TransitGatewayAttachmentId":{}}})",
                       quoted(cidr), quoted(table), quoted(attachment))},
          [=](Scene& scene) {
            auto* found = in_scene(scene, &facts::Place::transit_gateway_route_tables, table);
            if (found == nullptr) return;
            std::erase_if(found->routes,
                          [&](const auto& r) { return r.destination == cidr && r.type == "static"; });
            found->routes.push_back({cidr, "static", "active", {}, {attachment}});
          }};
}

Mend allow_in_endpoint_policy(const facts::VpcEndpoint& endpoint, const std::string& action) {
  return {{endpoint.id, "ec2:ModifyVpcEndpoint",
           fmt::format("--vpc-endpoint-id {} --policy-document FILE", endpoint.id),
           fmt::format("the policy, with a statement that allows {} on what is called, and no more", action)},
          [id = endpoint.id](Scene& scene) {
            if (auto* found = in_scene(scene, &facts::Place::vpc_endpoints, id))
              found->policy_document.clear();
          }};
}

}  // namespace doctor::network
