#include "network/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/json.h"

namespace doctor::network {
namespace {

constexpr int kMostHops = 12;     // routers in a row: more is a loop
constexpr int kLastRule = 32766;  // the highest rule number of a network ACL entry

// Where one stretch of the way ended.
struct Stop {
  enum Kind { nowhere, delivered, internet, egress_only, nat, service } kind = nowhere;
  End end;                                     // of delivered and nat
  const facts::NatGateway* gateway = nullptr;  // of nat
  std::string target;                          // igw-…, vpce-…
};

Packet answer_to(Packet p) {
  std::swap(p.source, p.destination);
  std::swap(p.source_port, p.port);
  if (p.protocol == 1) p.icmp_type = p.icmp_type == 8 ? 0 : 8;
  if (p.protocol == 58) p.icmp_type = p.icmp_type == 128 ? 129 : 128;
  return p;
}

class Walk {
 public:
  explicit Walk(const WalkQuery& query) : query_(query), index_(*query.index) { out_.region = query.region; }

  Verdict run() {
    if (query_.from.subnet == nullptr) {
      from_internet();
    } else {
      trip(query_.from, query_.packet, 0);
    }
    std::set<std::string> seen;
    std::erase_if(out_.depends_on, [&](const std::string& text) { return !seen.insert(text).second; });
    return std::move(out_);
  }

 private:
  // ---- writing down -------------------------------------------------------------------------------------
  void hop(std::string resource, std::string kind, std::string rule, std::string why = {}) {
    hops().push_back({std::move(resource), std::move(kind), std::move(rule), true, true, std::move(why)});
  }
  void block(std::string resource, std::string kind, std::string rule, std::string why) {
    hops().push_back({resource, kind, rule, false, true, why});
    out_.blocked_by.push_back(
        {std::move(resource), std::move(kind), std::move(rule), std::move(why), returning_});
  }
  void unknown(std::string resource, std::string kind, std::string missing) {
    hops().push_back({std::move(resource), std::move(kind), "", true, false, missing});
    out_.depends_on.push_back(std::move(missing));
  }
  void change(std::string resource, std::string operation, std::string parameters, std::string why) {
    for (const Change& c : out_.changes) {
      if (c.operation == operation && c.parameters == parameters) return;
    }
    out_.changes.push_back(
        {std::move(resource), std::move(operation), std::move(parameters), std::move(why)});
  }
  std::vector<Hop>& hops() { return returning_ ? out_.back : out_.forward; }

  bool within(const Field& field, const Range& range) { return in(out_.region, field, range); }
  bool within(const Field& field, const Cidr& cidr, int version) {
    return cidr.version == version && within(field, cidr.range);
  }
  bool within(const Field& field, const std::vector<Cidr>& cidrs, int version) {
    return std::any_of(cidrs.begin(), cidrs.end(), [&](const Cidr& c) { return within(field, c, version); });
  }
  // What the verdict holds for, as a CIDR for a rule: the packet's own address where the region is no CIDR.
  std::string cidr_text(const Field& field, int version) const {
    std::string text = address_text(field.value, version) + (version == 4 ? "/32" : "/128");
    if (field.dimension < 0) return text;
    const Range& r = query_.region[static_cast<std::size_t>(field.dimension)];
    const auto whole_text = range_text(r, version);
    if (whole_text.find('-') != std::string::npos) return text;
    return whole_text.find('/') == std::string::npos ? text : whole_text;
  }
  std::pair<unsigned, unsigned> asked_ports(const Field& field) const {
    if (field.dimension < 0) return {1024, 65535};
    const Range& r = query_.region[static_cast<std::size_t>(field.dimension)];
    return {static_cast<unsigned>(r.first), static_cast<unsigned>(r.last)};
  }
  static std::string protocol_text(const Packet& p) {
    return p.protocol == 6 ? "tcp" : p.protocol == 17 ? "udp" : p.protocol == 58 ? "icmpv6" : "icmp";
  }
  std::string flow(const Packet& p) const {
    const bool ports = p.protocol == 6 || p.protocol == 17;
    const auto [first, last] = asked_ports(p.port);
    const std::string shown = first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
    return fmt::format("{}{} from {} to {}", protocol_text(p), ports ? " " + shown : "",
                       address_text(p.source.value, p.version), address_text(p.destination.value, p.version));
  }

  // ---- rules --------------------------------------------------------------------------------------------
  template <class Rule>
  bool matches_protocol(const Rule& rule, const Packet& p) {
    if (rule.protocol == -1) return true;
    if (rule.protocol != p.protocol) return false;
    if (p.protocol == 6 || p.protocol == 17) return within(p.port, rule.ports);
    return (rule.icmp_type == -1 || rule.icmp_type == p.icmp_type) &&
           (rule.icmp_code == -1 || rule.icmp_code == p.icmp_code);
  }

  // "Security group rules": all rules count, any one admits; what a group names are its interfaces' private
  // addresses.
  void security_group(const End& end, const Packet& p, bool egress, const End* other) {
    if (!end.has_groups) return;
    const char* way = egress ? "egress" : "ingress";
    const Field& remote = egress ? p.destination : p.source;
    std::string missing;
    if (!end.groups_known || end.groups.empty()) {
      unknown(end.name, "security group", "the security groups of " + end.name);
      return;
    }
    for (const std::string& id : end.groups) {
      const auto group = index_.groups.find(id);
      if (group == index_.groups.end()) {
        missing = "security group " + id;
        continue;
      }
      for (const CompiledRule& rule : egress ? group->second.egress : group->second.ingress) {
        if (!matches_protocol(rule, p)) continue;
        if (admits(rule, remote, p.version, other, missing)) {
          hop(id, "security group", fmt::format("{} {}", way, rule.text),
              "stateful: the answer passes by connection tracking");
          return;
        }
      }
    }
    if (!missing.empty()) {
      unknown(end.name, "security group", missing);
      return;
    }
    block(end.groups.front(), "security group", fmt::format("no {} rule admits it", way),
          fmt::format("none of {} admits {}", fmt::join(end.groups, ", "), flow(p)));
    open_group(end, p, egress, remote, other);
  }

  bool admits(const CompiledRule& rule, const Field& remote, int version, const End* other,
              std::string& missing) {
    if (other != nullptr) {
      for (const std::string& id : rule.groups) {
        if (std::find(other->groups.begin(), other->groups.end(), id) != other->groups.end()) return true;
      }
      if (!rule.groups.empty() && other->has_groups && !other->groups_known)
        missing = "the security groups of " + other->name;
    }
    if (within(remote, rule.cidrs, version)) return true;
    for (const CompiledList* list : rule.lists) {
      if (!remote.prefix_list.empty() && remote.prefix_list == list->id) return true;
      if (list->known) {
        if (within(remote, list->cidrs, version)) return true;
      } else {
        missing = "the entries of prefix list " + list->id;
      }
    }
    return false;
  }

  void open_group(const End& end, const Packet& p, bool egress, const Field& remote, const End* other) {
    const auto [first, last] = asked_ports(p.port);
    std::string source;
    if (!remote.prefix_list.empty()) {
      source = fmt::format("PrefixListIds=[{{PrefixListId={}}}]", remote.prefix_list);
    } else if (other != nullptr && other->has_groups && other->groups_known && !other->groups.empty()) {
      source = fmt::format("UserIdGroupPairs=[{{GroupId={}}}]", other->groups.front());
    } else if (p.version == 4) {
      source = fmt::format("IpRanges=[{{CidrIp={}}}]", cidr_text(remote, 4));
    } else {
      source = fmt::format("Ipv6Ranges=[{{CidrIpv6={}}}]", cidr_text(remote, 6));
    }
    const bool ports = p.protocol == 6 || p.protocol == 17;
    change(end.groups.front(),
           egress ? "ec2:AuthorizeSecurityGroupEgress" : "ec2:AuthorizeSecurityGroupIngress",
           fmt::format("--group-id {} --ip-permissions IpProtocol={},FromPort={},ToPort={},{}",
                       end.groups.front(), protocol_text(p), ports ? static_cast<int>(first) : p.icmp_type,
                       ports ? static_cast<int>(last) : p.icmp_code, source),
           egress ? "lets just this out" : "lets just this in");
  }

  // "Network ACL rules": by number, the first that fits decides; no state, so the answer is checked as well.
  void network_acl(const SubnetPlace& subnet, const Packet& p, bool egress) {
    const char* way = egress ? "egress" : "ingress";
    if (subnet.acl == nullptr) {
      unknown(subnet.subnet->id, "network ACL", "the network ACL of " + subnet.subnet->id);
      return;
    }
    const std::string& id = subnet.acl->acl->id;
    const Field& remote = egress ? p.destination : p.source;
    const auto& entries = egress ? subnet.acl->egress : subnet.acl->ingress;
    for (const CompiledEntry& entry : entries) {
      if (!matches_protocol(entry, p) || !within(remote, entry.cidr, p.version)) continue;
      if (entry.allow) {
        hop(id, "network ACL", fmt::format("{} {}", way, entry.text));
      } else {
        drop_by_acl(subnet, p, egress, entry.text, entry.number, remote);
      }
      return;
    }
    drop_by_acl(subnet, p, egress, "rule *: deny all", kLastRule + 1, remote);
  }

  void drop_by_acl(const SubnetPlace& subnet, const Packet& p, bool egress, const std::string& rule,
                   int number, const Field& remote) {
    const std::string& id = subnet.acl->acl->id;
    block(id, "network ACL", fmt::format("{} {}", egress ? "egress" : "ingress", rule),
          fmt::format("{} of {} drops {}", id, subnet.subnet->id, flow(p)));
    const int free = free_number(egress ? subnet.acl->egress : subnet.acl->ingress, number);
    if (free == 0) {
      change(id, "ec2:ReplaceNetworkAclEntry", fmt::format("--network-acl-id {} ({})", id, rule),
             "no rule number is free before the one that denies: renumber the entries");
      return;
    }
    const auto [first, last] = asked_ports(p.port);
    const bool ports = p.protocol == 6 || p.protocol == 17;
    change(
        id, "ec2:CreateNetworkAclEntry",
        fmt::format("--network-acl-id {} --{} --rule-number {} --protocol {} --rule-action allow --{} {} {}",
                    id, egress ? "egress" : "ingress", free, p.protocol,
                    p.version == 4 ? "cidr-block" : "ipv6-cidr-block", cidr_text(remote, p.version),
                    ports ? fmt::format("--port-range From={},To={}", first, last)
                          : fmt::format("--icmp-type-code Type={},Code=-1", p.icmp_type)),
        "stands before the rule that denies");
  }

  // A number that no entry has, before `number`, as near to it as AWS's steps of ten and one allow; 0: none.
  static int free_number(const std::vector<CompiledEntry>& entries, int number) {
    std::set<int> used;
    for (const auto& entry : entries) used.insert(entry.number);
    int highest = 0;
    for (const int n : used) {
      if (n < number && n <= kLastRule) highest = n;
    }
    if (number > kLastRule && highest + 10 <= kLastRule) return (highest / 10 + 1) * 10;
    for (int n = std::min(number - 1, kLastRule); n > 0; --n) {
      if (!used.contains(n)) return n;
    }
    return 0;
  }

  // ---- routes -------------------------------------------------------------------------------------------
  // "How route priority works": the longest prefix; of equal ones static, then prefix list, then propagated.
  const CompiledRoute* route_of(const SubnetPlace& subnet, const Packet& p) {
    if (subnet.table == nullptr) {
      unknown(subnet.subnet->id, "route table", "the route table of " + subnet.subnet->id);
      return nullptr;
    }
    const CompiledRoute* best = nullptr;
    int best_rank = -1;
    std::string missing;
    for (const CompiledRoute& route : subnet.table->routes) {
      int bits = -1;
      if (route.cidr) {
        if (within(p.destination, *route.cidr, p.version)) bits = route.cidr->bits;
      } else if (route.list != nullptr) {
        bits = list_bits(*route.list, p, route.route->target, missing);
      }
      if (bits < 0) continue;
      const int rank = bits * 4 + (route.propagated ? 0 : route.list != nullptr ? 1 : 2);
      if (rank > best_rank) {
        best = &route;
        best_rank = rank;
      }
    }
    if (!missing.empty()) {
      unknown(subnet.table->table->id, "route table", missing);
      return nullptr;
    }
    if (best == nullptr) {
      const std::string& id = subnet.table->table->id;
      block(id, "route table", "no route", fmt::format("{} has no route to {}", id, far_text(p)));
      open_route(subnet, p, "");
      return nullptr;
    }
    const std::string rule = best->route->destination + " -> " + best->route->target;
    if (best->route->state == "blackhole") {
      block(subnet.table->table->id, "route table", rule + " (blackhole)",
            "the target of the route is gone or detached");
      open_route(subnet, p, best->route->destination);
      return nullptr;
    }
    hop(subnet.table->table->id, "route table", rule);
    return best;
  }

  int list_bits(const CompiledList& list, const Packet& p, const std::string& target, std::string& missing) {
    if (!p.destination.prefix_list.empty()) return p.destination.prefix_list == list.id ? 32 : -1;
    int bits = -1;
    if (list.known) {
      for (const Cidr& cidr : list.cidrs) {
        if (within(p.destination, cidr, p.version)) bits = std::max(bits, cidr.bits);
      }
      return bits;
    }
    // A gateway endpoint's list holds one AWS service's public addresses, and none of another's.
    const bool gateway = target.starts_with("vpce-");
    if (gateway && (!p.destination.service.empty() || !public_only(p))) return -1;
    missing = "the entries of prefix list " + list.id;
    return -1;
  }
  bool public_only(const Packet& p) {
    bool open = false;
    for (const Range& r : public_ranges(p.version)) open = within(p.destination, r) || open;
    return open;
  }

  static std::string far_text(const Packet& p) {
    if (!p.destination.service.empty()) return std::string(p.destination.service);
    return address_text(p.destination.value, p.version);
  }

  void open_route(const SubnetPlace& subnet, const Packet& p, const std::string& replaced) {
    const std::string table = subnet.table->table->id;
    const VpcPlace& vpc = *subnet.vpc;
    if (!p.destination.service.empty() && !returning_) {
      const bool gateway = p.destination.service == "s3" || p.destination.service == "dynamodb";
      change(vpc.id, "ec2:CreateVpcEndpoint",
             fmt::format("--vpc-id {} --service-name com.amazonaws.{}.{} --vpc-endpoint-type {}", vpc.id,
                         vpc.place->region.empty() ? "REGION" : vpc.place->region, p.destination.service,
                         gateway ? "Gateway --route-table-ids " + table
                                 : "Interface --private-dns-enabled --subnet-ids " + subnet.subnet->id),
             "opens this service and nothing of the internet");
      return;
    }
    const std::string target = target_for(vpc, p);
    const std::string destination = replaced.empty() ? cidr_text(p.destination, p.version) : replaced;
    const char* flag = p.version == 4 ? "destination-cidr-block" : "destination-ipv6-cidr-block";
    change(table, replaced.empty() ? "ec2:CreateRoute" : "ec2:ReplaceRoute",
           fmt::format("--route-table-id {} --{} {} {}", table, flag, destination,
                       target.empty() ? "(a target that leads there: none is in the facts)" : target),
           "one route for this destination alone");
  }

  // A gateway of the VPC that can lead to the destination; "" where the facts show none.
  std::string target_for(const VpcPlace& vpc, const Packet& p) {
    for (const auto& place : index_.facts->places) {
      for (const auto& [id, pcx] : place.vpc_peering_connections) {
        const bool mine = pcx.requester.vpc_id == vpc.id || pcx.accepter.vpc_id == vpc.id;
        const VpcPlace* far =
            index_.vpc(pcx.requester.vpc_id == vpc.id ? pcx.accepter.vpc_id : pcx.requester.vpc_id);
        if (mine && pcx.status == "active" && far != nullptr && holds(*far, p))
          return "--vpc-peering-connection-id " + id;
      }
    }
    if (!is_public(p.destination.value, p.version)) {
      for (const auto& place : index_.facts->places) {
        for (const auto& [id, a] : place.transit_gateway_attachments) {
          if (a.resource_id == vpc.id && a.state == "available")
            return "--transit-gateway-id " + a.transit_gateway_id;
        }
      }
      return {};
    }
    for (const auto& place : index_.facts->places) {
      if (p.version == 4 && !query_.from.public_ip) {
        for (const auto& [id, nat] : place.nat_gateways) {
          if (nat.vpc_id == vpc.id && nat.state == "available" && nat.connectivity_type != "private")
            return "--nat-gateway-id " + id;
        }
      }
      if (p.version == 6) {
        for (const auto& [id, gateway] : place.egress_only_internet_gateways) {
          if (std::find(gateway.vpcs.begin(), gateway.vpcs.end(), vpc.id) != gateway.vpcs.end())
            return "--egress-only-internet-gateway-id " + id;
        }
      }
      for (const auto& [id, gateway] : place.internet_gateways) {
        if (std::find(gateway.vpcs.begin(), gateway.vpcs.end(), vpc.id) != gateway.vpcs.end())
          return "--gateway-id " + id;
      }
    }
    return {};
  }
  bool holds(const VpcPlace& vpc, const Packet& p) { return within(p.destination, vpc.cidrs, p.version); }

  // ---- stretches ----------------------------------------------------------------------------------------
  bool in_subnet(const SubnetPlace& subnet, const Field& field, int version) {
    return within(field, subnet.cidrs, version);
  }

  // Out of a subnet to wherever its routes lead. `source_end` is who sends, for the groups at the far end.
  Stop leave(const SubnetPlace& subnet, const Packet& p, const End& source_end, const End& to, int depth) {
    if (depth > kMostHops) {
      block(subnet.subnet->id, "route table", "loop", "the routes lead in a circle");
      return {};
    }
    const bool to_here =
        to.subnet == &subnet || (to.subnet == nullptr && in_subnet(subnet, p.destination, p.version));
    if (to_here) {
      hop(subnet.subnet->id, "subnet", "local", "the same subnet: no network ACL is asked");
      return deliver(*subnet.vpc, &subnet, p, source_end, to);
    }
    network_acl(subnet, p, true);
    const CompiledRoute* route = route_of(subnet, p);
    if (route == nullptr) return {};
    return follow(subnet, *route->route, p, source_end, to, depth);
  }

  Stop follow(const SubnetPlace& subnet, const facts::Route& route, const Packet& p, const End& source_end,
              const End& to, int depth) {
    const std::string& target = route.target;
    if (target == "local") return deliver(*subnet.vpc, &subnet, p, source_end, to);
    if (target.starts_with("igw-")) return by_internet_gateway(subnet, target, p, source_end);
    if (target.starts_with("nat-")) return by_nat(subnet, target, p);
    if (target.starts_with("eigw-")) return by_egress_only(subnet, target, p);
    if (target.starts_with("pcx-")) return by_peering(subnet, target, p, source_end, to);
    if (target.starts_with("tgw-")) return by_transit_gateway(subnet, target, p, to, depth);
    if (target.starts_with("vpce-")) return by_endpoint(target, p);
    unknown(
        target.empty() ? route.destination : target, "route target",
        "what " + (target.empty() ? "the target of " + route.destination : target) + " does with the packet");
    return {};
  }

  Stop deliver(const VpcPlace& vpc, const SubnetPlace* from, const Packet& p, const End& source_end,
               const End& to) {
    End end = to;
    if (end.subnet == nullptr) end = owner_of(vpc, p);
    if (end.subnet == nullptr) return {};
    if (end.subnet->vpc != &vpc) {
      unknown(vpc.id, "vpc", fmt::format("which interface has {} in {}", far_text(p), vpc.id));
      return {};
    }
    if (end.subnet != from) network_acl(*end.subnet, p, false);
    if (!returning_) security_group(end, p, false, &source_end);
    hop(end.name, "interface", "arrives");
    Stop stop;
    stop.kind = Stop::delivered;
    stop.end = end;
    return stop;
  }

  // Whose interface has the destination address.
  End owner_of(const VpcPlace& vpc, const Packet& p) {
    const auto& addresses = vpc.by_address[p.version == 4 ? 0 : 1];
    const auto next = addresses.lower_bound(p.destination.value);
    if (next != addresses.end() && next->first == p.destination.value) {
      within(p.destination, Range{next->first, next->first});
      return end_of(*next->second);
    }
    Range gap = whole(p.version);
    if (next != addresses.end()) gap.last = next->first - 1;
    if (next != addresses.begin()) gap.first = std::prev(next)->first + 1;
    within(p.destination, gap);
    unknown(vpc.id, "interface",
            fmt::format("the network interface with an address of {}",
                        range_text(gap_in_vpc(vpc, gap, p), p.version)));
    return {};
  }
  Range gap_in_vpc(const VpcPlace&, const Range&, const Packet& p) const {
    return {p.destination.value, p.destination.value};
  }
  End end_of(const facts::NetworkInterface& interface) {
    End end;
    end.name = interface.id;
    end.subnet = index_.subnet(interface.subnet_id);
    end.groups = interface.groups;
    end.has_groups =
        interface.interface_type != "nat_gateway" && interface.interface_type != "transit_gateway";
    end.interface = &interface;
    if (end.subnet == nullptr) unknown(interface.id, "subnet", "subnet " + interface.subnet_id);
    return end;
  }

  Stop by_internet_gateway(const SubnetPlace& subnet, const std::string& id, const Packet& p,
                           const End& source_end) {
    const auto* gateway = index_.find(&facts::Place::internet_gateways, id);
    if (gateway != nullptr &&
        std::find(gateway->vpcs.begin(), gateway->vpcs.end(), subnet.vpc->id) == gateway->vpcs.end())
      block(id, "internet gateway", "not attached",
            fmt::format("{} is not attached to {}", id, subnet.vpc->id));
    if (gateway == nullptr && is_known("ec2.describe-internet-gateways", *subnet.vpc))
      unknown(id, "internet gateway", "internet gateway " + id);
    if (!is_public(p.destination.value, p.version) && p.destination.service.empty()) {
      block(id, "internet gateway", "private address", far_text(p) + " is no address of the internet");
      return {};
    }
    if (p.version == 4 && !source_end.public_ip) {
      block(id, "internet gateway", "no public address",
            fmt::format("{} has no public IPv4 address that {} could translate to", source_end.name, id));
      if (source_end.interface != nullptr) {
        change(source_end.name, "ec2:AssociateAddress",
               fmt::format("--network-interface-id {} --allocation-id ALLOCATION_ID", source_end.name),
               "gives the interface a public address; of a Fargate task: assignPublicIp ENABLED");
      } else {
        change(source_end.name, "ecs:UpdateService", "assignPublicIp=ENABLED",
               "gives the tasks public addresses; or use a NAT gateway");
      }
    } else {
      hop(id, "internet gateway", p.version == 4 ? "translates to the public address" : "passes IPv6");
    }
    hop("internet", "internet", "arrives");
    Stop stop;
    stop.kind = Stop::internet;
    stop.target = id;
    return stop;
  }
  bool is_known(std::string_view answer, const VpcPlace& vpc) const { return vpc.place->knows(answer); }

  Stop by_egress_only(const SubnetPlace&, const std::string& id, const Packet& p) {
    if (p.version != 6) {
      block(id, "egress-only internet gateway", "IPv6 alone", id + " passes IPv6 alone");
      return {};
    }
    hop(id, "egress-only internet gateway", "passes IPv6 out",
        "stateful: answers come back, nothing else comes in");
    hop("internet", "internet", "arrives");
    Stop stop;
    stop.kind = Stop::egress_only;
    stop.target = id;
    return stop;
  }

  // "NAT gateway basics": no security group; the ACL of its subnet counts, ports 1024-65535.
  Stop by_nat(const SubnetPlace& subnet, const std::string& id, const Packet& p) {
    const auto* nat = index_.find(&facts::Place::nat_gateways, id);
    if (nat == nullptr) {
      unknown(id, "NAT gateway", "NAT gateway " + id);
      return {};
    }
    if (p.protocol == 58 || p.version == 6) {
      block(id, "NAT gateway", "IPv4 alone", "without DNS64 and NAT64 a NAT gateway carries no IPv6");
      return {};
    }
    if (nat->state != "available" && !nat->state.empty()) {
      block(id, "NAT gateway", nat->state, fmt::format("{} is {}", id, nat->state));
      return {};
    }
    Stop stop;
    stop.gateway = nat;
    stop.end.name = id;
    stop.end.subnet = index_.subnet(nat->subnet_id);
    stop.end.has_groups = false;
    stop.end.public_ip = nat->connectivity_type != "private";
    if (stop.end.subnet == nullptr) {
      unknown(id, "NAT gateway", "subnet " + nat->subnet_id + " of " + id);
      return {};
    }
    if (stop.end.subnet != &subnet) network_acl(*stop.end.subnet, p, false);
    hop(id, "NAT gateway",
        stop.end.public_ip ? "translates to its address" : "private: translates to its private address");
    stop.kind = Stop::nat;
    return stop;
  }

  // "VPC peering connection limitations": no transitive routing: only the far VPC's own addresses.
  Stop by_peering(const SubnetPlace& subnet, const std::string& id, const Packet& p, const End& source_end,
                  const End& to) {
    const auto* pcx = index_.find(&facts::Place::vpc_peering_connections, id);
    if (pcx == nullptr) {
      unknown(id, "peering connection", "peering connection " + id);
      return {};
    }
    if (pcx->status != "active") {
      block(id, "peering connection", pcx->status, fmt::format("{} is {}", id, pcx->status));
      if (pcx->status == "pending-acceptance")
        change(id, "ec2:AcceptVpcPeeringConnection", "--vpc-peering-connection-id " + id,
               "opens the peering");
    }
    const bool requester = pcx->requester.vpc_id == subnet.vpc->id;
    const std::string& far_id = requester ? pcx->accepter.vpc_id : pcx->requester.vpc_id;
    const VpcPlace* far = index_.vpc(far_id);
    if (far == nullptr) {
      unknown(id, "peering connection", "VPC " + far_id + " behind " + id);
      return {};
    }
    if (!within(p.destination, far->cidrs, p.version)) {
      block(id, "peering connection", "no transitive routing",
            fmt::format("{} is no address of {}, and peering leads no further", far_text(p), far_id));
      return {};
    }
    hop(id, "peering connection", "to " + far_id);
    return deliver(*far, nullptr, p, source_end, to);
  }

  Stop by_endpoint(const std::string& id, const Packet& p) {
    const auto* endpoint = index_.find(&facts::Place::vpc_endpoints, id);
    if (endpoint == nullptr) {
      unknown(id, "VPC endpoint", "VPC endpoint " + id);
      return {};
    }
    if (endpoint->type != "Gateway") {
      unknown(id, "VPC endpoint", "what lies behind the " + endpoint->type + " endpoint " + id);
      return {};
    }
    (void)p;
    hop(id, "gateway endpoint", endpoint->service_name);
    endpoint_policy(*endpoint);
    Stop stop;
    stop.kind = Stop::service;
    stop.target = id;
    return stop;
  }

  // The document is shown; whether it allows a call is for policy evaluation, unless it is AWS's default.
  void endpoint_policy(const facts::VpcEndpoint& endpoint) {
    if (endpoint.policy_document.empty()) return;
    const auto document = core::JsonDocument::parse(endpoint.policy_document, endpoint.id);
    if (document && allows_all(document->root())) {
      hop(endpoint.id, "endpoint policy", "allows everything");
    } else if (query_.action.empty()) {
      hop(endpoint.id, "endpoint policy", "limits what may be called", endpoint.policy_document);
    } else {
      unknown(endpoint.id, "endpoint policy",
              fmt::format("whether the policy of {} allows {}", endpoint.id, query_.action));
      hops().back().rule = endpoint.policy_document;
    }
  }
  static bool allows_all(const core::Json& policy) {
    const auto list = policy["Statement"].items();
    if (list.size() != 1) return false;
    const auto& s = list.front();
    return s["Effect"].string_or() == "Allow" && s["Action"].string_or() == "*" &&
           s["Resource"].string_or() == "*" &&
           (s["Principal"].string_or() == "*" || s["Principal"]["AWS"].string_or() == "*") &&
           !s["Condition"].present();
  }

  // ---- transit gateways ---------------------------------------------------------------------------------
  const facts::TransitGatewayAttachment* attachment_of(const std::string& gateway,
                                                       const std::string& vpc) const {
    for (const auto& place : index_.facts->places) {
      for (const auto& [id, a] : place.transit_gateway_attachments) {
        if (a.transit_gateway_id == gateway && a.resource_id == vpc) return &a;
      }
    }
    return nullptr;
  }
  // The attachment's subnet in the zone; nullptr where there is none or it is not known.
  const SubnetPlace* subnet_in_zone(const facts::TransitGatewayAttachment& a, const std::string& zone) const {
    for (const std::string& id : a.subnets) {
      const SubnetPlace* s = index_.subnet(id);
      if (s != nullptr && s->subnet->availability_zone == zone) return s;
    }
    return nullptr;
  }

  Stop by_transit_gateway(const SubnetPlace& subnet, const std::string& gateway, const Packet& p,
                          const End& to, int depth) {
    const auto* a = attachment_of(gateway, subnet.vpc->id);
    if (a == nullptr) {
      unknown(gateway, "transit gateway", fmt::format("the attachment of {} to {}", subnet.vpc->id, gateway));
      return {};
    }
    if (a->state != "available" && !a->state.empty())
      block(a->id, "transit gateway attachment", a->state, fmt::format("{} is {}", a->id, a->state));
    if (!a->subnets_known) {
      unknown(a->id, "transit gateway attachment", "the subnets of " + a->id);
    } else {
      const SubnetPlace* door = subnet_in_zone(*a, subnet.subnet->availability_zone);
      if (door == nullptr) {
        // "Amazon VPC attachments in AWS Transit Gateway": another zone's resources cannot reach it.
        block(a->id, "transit gateway attachment", "no subnet in " + subnet.subnet->availability_zone,
              fmt::format("{} has no subnet in the zone of {}", a->id, subnet.subnet->id));
        change(
            a->id, "ec2:ModifyTransitGatewayVpcAttachment",
            fmt::format("--transit-gateway-attachment-id {} --add-subnet-ids {}", a->id, subnet.subnet->id),
            "puts the gateway into this zone");
      } else {
        // "Network ACLs for transit gateways": on the way in, its subnet's inbound rules count.
        network_acl(*door, p, false);
        hop(a->id, "transit gateway attachment", "in by " + door->subnet->id);
      }
    }
    return through_table(*a, gateway, subnet.subnet->availability_zone, p, to, depth);
  }

  Stop through_table(const facts::TransitGatewayAttachment& a, const std::string& gateway,
                     const std::string& zone, const Packet& p, const End& to, int depth) {
    if (!a.association_known) {
      unknown(a.id, "transit gateway route table", "the route table that " + a.id + " is associated with");
      return {};
    }
    if (a.route_table_id.empty()) {
      block(a.id, "transit gateway route table", "no association",
            a.id + " is associated with no route table");
      return {};
    }
    const auto* table = index_.find(&facts::Place::transit_gateway_route_tables, a.route_table_id);
    if (table == nullptr || !table->routes_known) {
      unknown(a.route_table_id, "transit gateway route table", "the routes of " + a.route_table_id);
      return {};
    }
    const facts::TransitGatewayRoute* best = nullptr;
    int best_rank = -1;
    for (const auto& route : table->routes) {
      const auto cidr = cidr_of(route.destination);
      if (!cidr || !within(p.destination, *cidr, p.version)) continue;
      const int rank = cidr->bits * 2 + (route.type == "static" ? 1 : 0);
      if (rank > best_rank) {
        best = &route;
        best_rank = rank;
      }
    }
    if (best == nullptr) {
      block(table->id, "transit gateway route table", "no route",
            fmt::format("{} has no route to {}", table->id, far_text(p)));
      if (to.subnet != nullptr) {
        if (const auto* far = attachment_of(gateway, to.subnet->vpc->id))
          change(table->id, "ec2:CreateTransitGatewayRoute",
                 fmt::format("--transit-gateway-route-table-id {} --destination-cidr-block {} "
                             "--transit-gateway-attachment-id {}",
                             table->id, cidr_text(p.destination, p.version), far->id),
                 "one route for this destination alone");
      }
      return {};
    }
    if (best->state == "blackhole" || best->attachments.empty()) {
      block(table->id, "transit gateway route table", best->destination + " -> blackhole",
            "the route drops the packet");
      return {};
    }
    hop(table->id, "transit gateway route table", best->destination + " -> " + best->attachments.front());
    if (best->attachments.size() > 1) {
      unknown(table->id, "transit gateway route table",
              "which of several attachments of " + best->destination + " takes it");
      return {};
    }
    return out_of_transit_gateway(best->attachments.front(), zone, p, to, depth);
  }

  Stop out_of_transit_gateway(const std::string& id, const std::string& zone, const Packet& p, const End& to,
                              int depth) {
    const auto* a = index_.find(&facts::Place::transit_gateway_attachments, id);
    if (a == nullptr || a->resource_type != "vpc") {
      unknown(id, "transit gateway attachment", "what lies behind " + id);
      return {};
    }
    const SubnetPlace* door = subnet_in_zone(*a, zone);
    for (const std::string& subnet : a->subnets) {
      if (door == nullptr) door = index_.subnet(subnet);
    }
    if (door == nullptr) {
      unknown(id, "transit gateway attachment", "the subnets of " + id);
      return {};
    }
    hop(id, "transit gateway attachment", "out by " + door->subnet->id);
    End gateway;
    gateway.name = id;
    gateway.subnet = door;
    gateway.has_groups = false;
    return leave(*door, p, gateway, to, depth + 1);
  }

  // ---- there and back -----------------------------------------------------------------------------------
  void trip(const End& from, const Packet& p, int depth) {
    returning_ = false;
    if (from.has_groups) {
      hop(from.name, "interface", "leaves");
      security_group(
          from, p, true,
          query_.to.subnet != nullptr && same_reach(from, query_.to) ? &query_.to : known_owner(from, p));
    }
    const Stop stop = leave(*from.subnet, p, from, query_.to, depth);
    const Packet back = answer_to(p);
    if (stop.kind == Stop::nat) {
      through_nat(from, p, stop, depth);
      return;
    }
    End far = stop.end;
    if (stop.kind != Stop::delivered && query_.to.subnet != nullptr) far = unreached(from, p);
    returning_ = true;
    if (far.subnet != nullptr) {
      walk_back(far, back, from, depth);
      return;
    }
    if (stop.kind == Stop::internet || stop.kind == Stop::egress_only || stop.kind == Stop::service ||
        goes_out(p)) {
      if (!stop.target.empty()) hop(stop.target, "gateway", "the answer comes back");
      network_acl(*from.subnet, back, false);
      back_home(from);
    }
    returning_ = false;
  }

  bool goes_out(const Packet& p) const {
    return is_public(p.destination.value, p.version) && query_.to.subnet == nullptr;
  }
  static bool same_reach(const End&, const End&) { return true; }
  const End* known_owner(const End& from, const Packet& p) {
    const auto& addresses = from.subnet->vpc->by_address[p.version == 4 ? 0 : 1];
    const auto found = addresses.find(p.destination.value);
    if (found == addresses.end()) return nullptr;
    within(p.destination, Range{found->first, found->first});
    scratch_ = End{};
    scratch_.name = found->second->id;
    scratch_.groups = found->second->groups;
    return &scratch_;
  }

  // The packet did not arrive; what would have dropped it at the far end is said all the same.
  End unreached(const End& from, const Packet& p) {
    const End& to = query_.to;
    if (to.subnet != from.subnet) network_acl(*to.subnet, p, false);
    security_group(to, p, false, &from);
    return to;
  }

  void back_home(const End& from) {
    if (from.has_groups)
      hop(from.name, "interface", "arrives",
          "the security group admits it as the answer of a tracked connection");
    else
      hop(from.name, "NAT gateway", "translates back");
  }

  void walk_back(const End& far, const Packet& back, const End& from, int depth) {
    returning_ = true;
    const Stop home = leave(*far.subnet, back, far, from, depth);
    if (home.kind == Stop::delivered) {
      hops().back().why = "the security group admits it as the answer of a tracked connection";
    } else if (home.kind != Stop::nowhere) {
      block(home.target.empty() ? home.end.name : home.target, "route table", "asymmetric",
            fmt::format("the answer to {} leaves by another way than the packet came", from.name));
    }
    returning_ = false;
  }

  void through_nat(const End& from, const Packet& p, const Stop& stop, int depth) {
    Packet translated = p;
    Number address = stop.end.subnet->cidrs.empty() ? 0 : stop.end.subnet->cidrs.front().range.first;
    for (const auto& a : stop.gateway->addresses) {
      if (const auto ip = cidr_of(a.address)) {
        address = ip->range.first;
        break;
      }
    }
    translated.source = {address, -1, {}, {}};
    // Any of 1024-65535, so the walk is done for the lowest, and for the rest where an ACL tells them apart.
    for (const Number port : nat_ports(stop, p)) {
      translated.source_port = {port, -1, {}, {}};
      const auto blocks = out_.blocked_by.size();
      trip(stop.end, translated, depth + 1);
      if (out_.blocked_by.size() != blocks) break;
    }
    returning_ = true;
    const Stop home = leave(*stop.end.subnet, answer_to(p), stop.end, from, depth);
    if (home.kind == Stop::delivered)
      hops().back().why = "the security group admits it as the answer of a tracked connection";
    returning_ = false;
  }

  // One port of each stretch that the ACLs on the answer's way to the NAT gateway may treat alike.
  std::vector<Number> nat_ports(const Stop& stop, const Packet& p) const {
    std::set<Number> out;
    if (stop.end.subnet->acl != nullptr && (p.protocol == 6 || p.protocol == 17)) {
      for (const auto& entry : stop.end.subnet->acl->ingress) {
        for (const Number at : {entry.ports.first, entry.ports.last + 1}) {
          if (at > 1024 && at <= 65535) out.insert(at);
        }
      }
    }
    std::vector<Number> ports{1024};
    ports.insert(ports.end(), out.begin(), out.end());
    if (ports.size() > 1 && !nat_needs_all(stop, p, ports)) ports.resize(1);
    return ports;
  }
  // Walking each port prints the path each time: only where the first dropping one is to be found.
  bool nat_needs_all(const Stop& stop, const Packet& p, std::vector<Number>& ports) const {
    for (const Number port : ports) {
      for (const auto& entry : stop.end.subnet->acl->ingress) {
        if (entry.protocol != -1 && entry.protocol != p.protocol) continue;
        if (entry.protocol != -1 && !entry.ports.holds(port)) continue;
        if (entry.cidr.version != p.version || !entry.cidr.range.holds(p.destination.value)) continue;
        if (!entry.allow) {
          ports = {port};
          return true;
        }
        break;
      }
    }
    return false;
  }

  // From the internet to an interface with a public address, and back by the same gateway.
  void from_internet() {
    const End& to = query_.to;
    const Packet& p = query_.packet;
    if (to.subnet == nullptr) {
      unknown("internet", "interface", "an interface with this address");
      return;
    }
    hop("internet", "internet", "leaves");
    std::string gateway;
    for (const auto& place : index_.facts->places) {
      for (const auto& [id, igw] : place.internet_gateways) {
        if (std::find(igw.vpcs.begin(), igw.vpcs.end(), to.subnet->vpc->id) != igw.vpcs.end()) gateway = id;
      }
    }
    if (gateway.empty()) {
      if (to.subnet->vpc->place->knows("ec2.describe-internet-gateways")) {
        block(to.subnet->vpc->id, "internet gateway", "none",
              to.subnet->vpc->id + " has no internet gateway");
      } else {
        unknown(to.subnet->vpc->id, "internet gateway", "the internet gateway of " + to.subnet->vpc->id);
      }
    } else if (p.version == 4 && !to.public_ip) {
      block(gateway, "internet gateway", "no public address", to.name + " has no public IPv4 address");
      change(to.name, "ec2:AssociateAddress",
             fmt::format("--network-interface-id {} --allocation-id ALLOCATION_ID", to.name),
             "gives it a public address");
    } else {
      hop(gateway, "internet gateway", "translates to the private address");
    }
    network_acl(*to.subnet, p, false);
    security_group(to, p, false, nullptr);
    hop(to.name, "interface", "arrives");
    returning_ = true;
    const Stop out = leave(*to.subnet, answer_to(p), to, End{}, 0);
    if (out.kind != Stop::internet && out.kind != Stop::nowhere)
      block(out.target.empty() ? out.end.name : out.target, "route table", "asymmetric",
            "the answer leaves by another gateway than the packet came in by");
    returning_ = false;
  }

  const WalkQuery& query_;
  const Network::Index& index_;
  Verdict out_;
  End scratch_;
  bool returning_ = false;
};

}  // namespace

Verdict walk(const WalkQuery& query) {
  return Walk(query).run();
}

}  // namespace doctor::network
