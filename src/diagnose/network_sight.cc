#include "diagnose/network_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace doctor::diagnose {
namespace {

using facts::Place;

constexpr int kHttps = 443, kEphemeral = 49152;  // Fargate's Linux uses 32768 to 60999

struct Cidr {
  std::uint32_t base = 0;
  int bits = 0;
};

// IPv4 alone: an IPv6 text is no Cidr.
std::optional<Cidr> cidr_of(std::string_view text) {
  Cidr cidr;
  const auto slash = text.find('/');
  std::string_view address = text.substr(0, slash);
  for (int part = 0; part < 4; ++part) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(address.data(), address.data() + address.size(), value);
    if (error != std::errc() || value > 255) return std::nullopt;
    cidr.base = cidr.base << 8 | value;
    address.remove_prefix(static_cast<std::size_t>(end - address.data()));
    if (part < 3) {
      if (address.empty() || address.front() != '.') return std::nullopt;
      address.remove_prefix(1);
    }
  }
  if (!address.empty()) return std::nullopt;
  cidr.bits = 32;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), cidr.bits);
    if (error != std::errc() || cidr.bits < 0 || cidr.bits > 32) return std::nullopt;
  }
  return cidr;
}

bool overlaps(std::string_view a, std::string_view b) {
  const auto left = cidr_of(a), right = cidr_of(b);
  if (!left || !right) return false;
  const int bits = std::min(left->bits, right->bits);
  if (bits == 0) return true;
  return (left->base ^ right->base) >> (32 - bits) == 0;
}

// Whether the outer block holds all of the inner one.
bool covers(std::string_view outer, std::string_view inner) {
  const auto wide = cidr_of(outer), narrow = cidr_of(inner);
  return wide && narrow && wide->bits <= narrow->bits && overlaps(outer, inner);
}

bool holds_port(const facts::SecurityGroupRule& rule, int port) {
  if (rule.protocol == "-1") return true;
  if (rule.protocol != "tcp" && rule.protocol != "6") return false;
  return (!rule.from_port || *rule.from_port <= port) && (!rule.to_port || port <= *rule.to_port);
}

bool share_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

// Any group's ingress on 443 from the subnet's addresses or from one of the groups; empty: groups not known.
std::optional<bool> admits_https(const Place& place, const std::vector<std::string>& groups,
                                 const std::string& from_cidr, const std::vector<std::string>& from_groups) {
  bool known = false;
  for (const std::string& id : groups) {
    const auto group = place.security_groups.find(id);
    if (group == place.security_groups.end()) continue;
    known = true;
    for (const facts::SecurityGroupRule& rule : group->second.ingress) {
      if (!holds_port(rule, kHttps)) continue;
      if (share_one(rule.groups, from_groups)) return true;
      for (const std::string& cidr : rule.cidrs) {
        if (overlaps(cidr, from_cidr)) return true;
      }
      if (!rule.prefix_lists.empty()) return std::nullopt;
    }
  }
  if (!known) return std::nullopt;
  return false;
}

// Whether the task's groups let port 443 out at all, to anywhere that could be the service: a rule that
// refers to a group leads to what carries that group, here an endpoint.
std::optional<bool> lets_https_out(const Place& place, const std::vector<std::string>& groups,
                                   const std::vector<std::string>& endpoint_groups) {
  bool known = false;
  for (const std::string& id : groups) {
    const auto group = place.security_groups.find(id);
    if (group == place.security_groups.end()) continue;
    known = true;
    for (const facts::SecurityGroupRule& rule : group->second.egress) {
      const bool somewhere = !rule.cidrs.empty() || !rule.prefix_lists.empty() ||
                             share_one(rule.groups, endpoint_groups) || !rule.ipv6_cidrs.empty();
      if (holds_port(rule, kHttps) && somewhere) return true;
    }
  }
  if (!known) return std::nullopt;
  return false;
}

const facts::RouteTable* route_table_of(const Place& place, const facts::Subnet& subnet) {
  const facts::RouteTable* main = nullptr;
  for (const auto& [id, table] : place.route_tables) {
    if (std::find(table.subnets.begin(), table.subnets.end(), subnet.id) != table.subnets.end())
      return &table;
    if (table.main && table.vpc_id == subnet.vpc_id) main = &table;
  }
  return main;
}

const facts::Route* default_route(const facts::RouteTable& table) {
  for (const facts::Route& route : table.routes) {
    if (route.destination == "0.0.0.0/0") return &route;
  }
  return nullptr;
}

bool is_of_service(const facts::VpcEndpoint& endpoint, std::string_view service) {
  const std::string_view name = endpoint.service_name;
  return name.size() > service.size() && name.ends_with(service) &&
         name[name.size() - service.size() - 1] == '.';
}

bool is_up(const facts::VpcEndpoint& endpoint) {
  return endpoint.state.empty() || endpoint.state == "available" || endpoint.state == "Available";
}

PathSight closed(std::string why, Source source, std::string fix) {
  return {Way::closed, false, false, std::move(why), std::move(source), {}, std::move(fix)};
}

Source source_at(std::string_view operation, std::string field, std::string value) {
  return {"ec2", std::string(operation), {}, std::move(field), std::move(value), std::nullopt};
}

// Addresses of public services are none of RFC 1918's.
bool holds_public_addresses(std::string_view cidr) {
  for (const std::string_view block : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}) {
    if (covers(block, cidr)) return false;
  }
  return cidr_of(cidr).has_value();
}

constexpr std::string_view kAnywhere = "0.0.0.0/0";

// The first rule in number order decides one direction ("Control subnet traffic with network access control
// lists"). Which public address the service has is not known: a rule about some of them leaves it open.
struct AclVerdict {
  bool drops = false;
  std::string rule;  // "rule 90"; "rule *" for AWS's own last one
};

AclVerdict acl_verdict(const facts::NetworkAcl& acl, bool egress, int port) {
  std::vector<const facts::NetworkAclEntry*> fitting;
  for (const facts::NetworkAclEntry& entry : acl.entries) {
    if (entry.egress != egress || (entry.protocol != "-1" && entry.protocol != "6")) continue;
    if ((entry.from_port && *entry.from_port > port) || (entry.to_port && *entry.to_port < port)) continue;
    if (holds_public_addresses(entry.cidr)) fitting.push_back(&entry);
  }
  std::sort(fitting.begin(), fitting.end(),
            [](const auto* a, const auto* b) { return a->rule_number < b->rule_number; });
  constexpr int kLastRule = 32767;
  for (const facts::NetworkAclEntry* entry : fitting) {
    if (entry->allow) return {};
    if (entry->cidr != kAnywhere) continue;
    return {true, entry->rule_number == kLastRule ? "rule *" : fmt::format("rule {}", entry->rule_number)};
  }
  return {true, "rule *"};
}

struct Objection {
  std::string why, fix;
};

// What of the ACL drops HTTPS, or the answers to it; empty where nothing does.
Objection acl_objection(const facts::NetworkAcl& acl) {
  const auto before = [](const std::string& rule) { return rule == "rule *" ? "" : " before " + rule; };
  if (const AclVerdict out = acl_verdict(acl, true, kHttps); out.drops)
    return {fmt::format("is behind the network ACL {}, whose outbound {} denies HTTPS to {}", acl.id,
                        out.rule, kAnywhere),
            fmt::format("in {} allow TCP 443 outbound to {}{}", acl.id, kAnywhere, before(out.rule))};
  if (const AclVerdict back = acl_verdict(acl, false, kEphemeral); back.drops)
    return {
        fmt::format("is behind the network ACL {}, whose inbound {} denies the answers from {} to the "
                    "ephemeral ports",
                    acl.id, back.rule, kAnywhere),
        fmt::format("in {} allow TCP 1024-65535 inbound from {}{}", acl.id, kAnywhere, before(back.rule))};
  return {};
}

const facts::NetworkAcl* acl_of(const Place& place, const std::string& subnet) {
  for (const auto& [id, acl] : place.network_acls) {
    if (std::find(acl.subnets.begin(), acl.subnets.end(), subnet) != acl.subnets.end()) return &acl;
  }
  return nullptr;
}

std::string words_of_groups(const Place&, const TaskNetwork& network) {
  return network.groups.empty() ? "the task" : fmt::format("the task's {}", fmt::join(network.groups, ", "));
}

std::vector<std::string> groups_of_endpoints(const Place& place, const facts::Subnet& subnet,
                                             std::string_view service) {
  std::vector<std::string> groups;
  for (const auto& [id, endpoint] : place.vpc_endpoints) {
    if (endpoint.vpc_id == subnet.vpc_id && is_of_service(endpoint, service))
      groups.insert(groups.end(), endpoint.groups.begin(), endpoint.groups.end());
  }
  return groups;
}

// What the VPC's endpoints say of the service; way unknown where none takes it over.
PathSight by_endpoint(const Place& place, const facts::Subnet& subnet, const TaskNetwork& network,
                      std::string_view service) {
  const facts::RouteTable* table = route_table_of(place, subnet);
  PathSight sight;
  for (const auto& [id, endpoint] : place.vpc_endpoints) {
    if (endpoint.vpc_id != subnet.vpc_id || !is_of_service(endpoint, service) || !is_up(endpoint)) continue;
    if (endpoint.type == "Gateway") {
      const auto& tables = endpoint.route_tables;
      if (table == nullptr || std::find(tables.begin(), tables.end(), table->id) == tables.end()) continue;
      return {Way::open,
              false,
              true,
              fmt::format("reaches {} by the gateway endpoint {}", service, id),
              source_at("describe-vpc-endpoints", "routeTableIds", table->id),
              {id}};
    }
    if (!endpoint.private_dns_enabled) {
      sight.why =
          fmt::format("has the endpoint {} for {}, but without private DNS nothing uses it", id, service);
      sight.fix = fmt::format("aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} --private-dns-enabled", id);
      sight.source = source_at("describe-vpc-endpoints", "privateDnsEnabled", "false");
      continue;
    }
    const std::optional<bool> admitted = admits_https(place, endpoint.groups, subnet.cidr, network.groups);
    if (admitted && !*admitted) {
      return {Way::closed,
              false,
              true,
              fmt::format("resolves {} to the endpoint {}, and no inbound rule of its security group {} "
                          "admits port 443 from {}",
                          service, id, fmt::join(endpoint.groups, ", "), words_of_groups(place, network)),
              source_at("describe-security-groups", "ipPermissions",
                        endpoint.groups.empty() ? id : endpoint.groups.front()),
              {id},
              fmt::format("in {} allow TCP 443 inbound from {}", fmt::join(endpoint.groups, ", "),
                          words_of_groups(place, network))};
    }
    return {admitted ? Way::open : Way::depends,
            false,
            true,
            fmt::format("reaches {} by the interface endpoint {}", service, id),
            source_at("describe-vpc-endpoints", "vpcEndpointId", id),
            {id}};
  }
  return sight;
}

// A NAT gateway whose own subnet has no way to an internet gateway, as far as that is known; else empty.
Objection stranded_nat(const Place& place, const std::string& id) {
  const auto nat = place.nat_gateways.find(id);
  if (nat == place.nat_gateways.end() || nat->second.connectivity_type == "private") return {};
  const auto subnet = place.subnets.find(nat->second.subnet_id);
  if (subnet == place.subnets.end()) return {};
  const facts::RouteTable* table = route_table_of(place, subnet->second);
  const facts::Route* route = table == nullptr ? nullptr : default_route(*table);
  if (table == nullptr || (route != nullptr && route->target.starts_with("igw-"))) return {};
  return {fmt::format(
              "routes to the NAT gateway {}, whose own subnet {} has no route to an internet gateway in {}",
              id, subnet->first, table->id),
          fmt::format("in {} a route for {} to the internet gateway", table->id, kAnywhere)};
}

PathSight by_default_route(const Place& place, const facts::Subnet& subnet, const TaskNetwork& network,
                           std::string_view service, PathSight unused_endpoint) {
  const facts::RouteTable* table = route_table_of(place, subnet);
  if (table == nullptr) return {};
  const bool endpoints_known = place.knows("ec2.describe-vpc-endpoints") || !place.vpc_endpoints.empty();
  const facts::Route* route = default_route(*table);
  Source source = source_at("describe-route-tables", "routes[0.0.0.0/0]", table->id);
  if (route == nullptr || route->state == "blackhole") {
    if (!unused_endpoint.why.empty()) source = unused_endpoint.source;
    const std::string lacks =
        route == nullptr ? fmt::format("has no default route in {}", table->id)
                         : fmt::format("has a default route in {} to {} that leads nowhere (blackhole)",
                                       table->id, route->target);
    const std::string and_endpoint = !unused_endpoint.why.empty()
                                         ? "and " + unused_endpoint.why
                                         : fmt::format("and no {} endpoint serves it", service);
    if (!endpoints_known)
      return {Way::depends, false, false, lacks + "; its VPC endpoints are not known", source};
    return closed(lacks + " " + and_endpoint, source,
                  !unused_endpoint.fix.empty()
                      ? unused_endpoint.fix
                      : fmt::format("in {} a route for {} to a NAT gateway, or an endpoint for {}", table->id,
                                    kAnywhere, service));
  }
  source.value = route->target;
  if (const facts::NetworkAcl* acl = acl_of(place, subnet.id); acl != nullptr) {
    if (const Objection objection = acl_objection(*acl); !objection.why.empty())
      return closed(objection.why, source_at("describe-network-acls", "entries", acl->id), objection.fix);
  }
  const std::string_view target = route->target;
  if (target.starts_with("nat-")) {
    if (const Objection stranded = stranded_nat(place, route->target); !stranded.why.empty())
      return closed(stranded.why, source, stranded.fix);
    return {Way::open, true, false, fmt::format("reaches {} by the NAT gateway {}", service, target), source};
  }
  if (target.starts_with("igw-")) {
    if (!network.public_ip)
      return {Way::depends, false, false,
              "routes to an internet gateway; whether tasks get a public IP is not known", source};
    if (*network.public_ip)
      return {Way::open, false, false,
              fmt::format("reaches {} by the internet gateway {} and a public IP", service, target), source};
    return closed(fmt::format("routes in {} to the internet gateway {}, but its tasks get no public IP",
                              table->id, target),
                  source,
                  fmt::format("in {} a route for {} to a NAT gateway, or assignPublicIp ENABLED", table->id,
                              kAnywhere));
  }
  return {Way::depends, false, false,
          fmt::format("routes to {}, and what lies behind it is not known", target), source};
}

int badness(Way way) {
  switch (way) {
    case Way::closed:
      return 3;
    case Way::depends:
      return 2;
    case Way::open:
      return 1;
    case Way::unknown:
      return 0;
  }
  return 0;
}

}  // namespace

TaskNetwork network_of(const Case& c, const facts::Task* task) {
  TaskNetwork network;
  if (c.service != nullptr) {
    network.subnets = c.service->network.subnets;
    network.groups = c.service->network.security_groups;
    if (!network.subnets.empty()) network.public_ip = c.service->network.assign_public_ip;
  }
  if (task == nullptr) return network;
  if (!task->subnet().empty()) network.subnets = {std::string(task->subnet())};
  if (c.place == nullptr) return network;
  const auto interface = c.place->interfaces.find(std::string(task->network_interface()));
  if (interface == c.place->interfaces.end()) return network;
  network.groups = interface->second.groups;
  network.public_ip = !interface->second.public_ip.empty();
  if (network.subnets.empty()) network.subnets = {interface->second.subnet_id};
  return network;
}

PathSight path_to_service(const Place& place, const std::string& subnet_id, const TaskNetwork& network,
                          std::string_view service) {
  const auto found = place.subnets.find(subnet_id);
  if (found == place.subnets.end()) return {};
  const std::optional<bool> out =
      lets_https_out(place, network.groups, groups_of_endpoints(place, found->second, service));
  if (out && !*out) {
    return closed(fmt::format("has tasks of whose security groups {} no outbound rule lets HTTPS out to {}",
                              fmt::join(network.groups, ", "), service),
                  source_at("describe-security-groups", "ipPermissionsEgress", network.groups.front()),
                  fmt::format("in {} allow TCP 443 outbound", network.groups.front()));
  }
  PathSight endpoint = by_endpoint(place, found->second, network, service);
  if (endpoint.way != Way::unknown) return endpoint;
  return by_default_route(place, found->second, network, service, std::move(endpoint));
}

PathSight worst_path(const Place& place, const TaskNetwork& network, std::string_view service) {
  PathSight worst;
  for (const std::string& subnet : network.subnets) {
    PathSight sight = path_to_service(place, subnet, network, service);
    if (badness(sight.way) <= badness(worst.way)) continue;
    worst = std::move(sight);
    worst.why = subnet + " " + worst.why;
  }
  return worst;
}

}  // namespace doctor::diagnose
