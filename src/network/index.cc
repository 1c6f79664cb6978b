#include "network/index.h"

#include <algorithm>
#include <charconv>

namespace doctor::network {
namespace {

std::string protocol_name(int number) {
  switch (number) {
    case -1:
      return "all";
    case 1:
      return "icmp";
    case 6:
      return "tcp";
    case 17:
      return "udp";
    case 58:
      return "icmpv6";
    default:
      return "protocol " + std::to_string(number);
  }
}

std::string ports_of_line(const Range& ports) {
  const auto first = static_cast<unsigned>(ports.first), last = static_cast<unsigned>(ports.last);
  if (first == 0 && last == 65535) return "all ports";
  return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

std::vector<Cidr> cidrs_of(const std::vector<std::string>& texts) {
  std::vector<Cidr> out;
  for (const std::string& text : texts) {
    if (const auto cidr = cidr_of(text)) out.push_back(*cidr);
  }
  return out;
}

bool has_ports(int protocol) {
  return protocol == 6 || protocol == 17;
}

Range port_range(const std::optional<int>& from, const std::optional<int>& to) {
  if (!from || !to || *from < 0 || *to < 0) return {0, 65535};
  return {static_cast<Number>(std::min(*from, 65535)), static_cast<Number>(std::min(*to, 65535))};
}

CompiledRule compile_rule(const facts::SecurityGroupRule& rule, std::string_view word,
                          const std::map<std::string, CompiledList, std::less<>>& lists) {
  CompiledRule out;
  out.protocol = protocol_number(rule.protocol);
  if (has_ports(out.protocol)) out.ports = port_range(rule.from_port, rule.to_port);
  if (out.protocol == 1 || out.protocol == 58) {
    out.icmp_type = rule.from_port.value_or(-1);
    out.icmp_code = rule.to_port.value_or(-1);
  }
  out.cidrs = cidrs_of(rule.cidrs);
  for (const Cidr& cidr : cidrs_of(rule.ipv6_cidrs)) out.cidrs.push_back(cidr);
  out.text = protocol_name(out.protocol);
  if (has_ports(out.protocol)) out.text += " " + ports_of_line(out.ports);
  std::string separator = " " + std::string(word) + " ";
  for (const auto* names : {&rule.cidrs, &rule.ipv6_cidrs, &rule.prefix_lists, &rule.groups}) {
    for (const std::string& name : *names) {
      out.text += separator + name;
      separator = ", ";
    }
  }
  for (const std::string& id : rule.prefix_lists) {
    const auto list = lists.find(id);
    if (list != lists.end()) out.lists.push_back(&list->second);
  }
  out.groups = rule.groups;
  return out;
}

CompiledEntry compile_entry(const facts::NetworkAclEntry& entry) {
  CompiledEntry out;
  out.number = entry.rule_number;
  out.protocol = protocol_number(entry.protocol);
  out.allow = entry.allow;
  if (const auto cidr = cidr_of(entry.cidr)) out.cidr = *cidr;
  if (has_ports(out.protocol)) out.ports = port_range(entry.from_port, entry.to_port);
  out.icmp_type = entry.icmp_type.value_or(-1);
  out.icmp_code = entry.icmp_code.value_or(-1);
  out.text = "rule " + (entry.rule_number == 32767 ? "*" : std::to_string(entry.rule_number)) + ": " +
             (entry.allow ? "allow " : "deny ") + protocol_name(out.protocol);
  if (has_ports(out.protocol)) out.text += " " + ports_of_line(out.ports);
  out.text += " " + entry.cidr;
  return out;
}

CompiledAcl compile_acl(const facts::NetworkAcl& acl) {
  CompiledAcl out{&acl, {}, {}};
  for (const auto& entry : acl.entries) {
    if (!cidr_of(entry.cidr)) continue;
    (entry.egress ? out.egress : out.ingress).push_back(compile_entry(entry));
  }
  for (auto* side : {&out.ingress, &out.egress})
    std::stable_sort(side->begin(), side->end(),
                     [](const auto& a, const auto& b) { return a.number < b.number; });
  return out;
}

}  // namespace

int protocol_number(std::string_view name) {
  if (name == "-1" || name == "all") return -1;
  if (name == "tcp") return 6;
  if (name == "udp") return 17;
  if (name == "icmp") return 1;
  if (name == "icmpv6") return 58;
  int number = -2;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number < 0 || number > 255) return -2;
  return number;
}

const SubnetPlace* Network::Index::subnet(std::string_view id) const {
  const auto found = subnets.find(id);
  return found == subnets.end() ? nullptr : &found->second;
}

const VpcPlace* Network::Index::vpc(std::string_view id) const {
  const auto found = vpcs.find(id);
  return found == vpcs.end() ? nullptr : &found->second;
}

Network::Index::Index(const facts::Facts& all) : facts(&all) {
  const auto vpc_of = [&](const std::string& id, const facts::Place& place) -> VpcPlace& {
    VpcPlace& vpc = vpcs[id];
    if (vpc.id.empty()) {
      vpc.id = id;
      vpc.place = &place;
    }
    return vpc;
  };
  // Lists are named by rules and routes before their entries are known.
  for (const auto& place : all.places) {
    for (const auto& [id, list] : place.prefix_lists) {
      if (lists[id].known) continue;
      lists[id] = {id, list.name, list.entries_known, cidrs_of(list.cidrs)};
    }
    const auto name_list = [&](const std::string& id) {
      if (lists[id].id.empty()) lists[id].id = id;
    };
    for (const auto& [id, group] : place.security_groups) {
      for (const auto* side : {&group.ingress, &group.egress}) {
        for (const auto& rule : *side)
          std::for_each(rule.prefix_lists.begin(), rule.prefix_lists.end(), name_list);
      }
    }
    for (const auto& [id, table] : place.route_tables) {
      for (const auto& route : table.routes) {
        if (route.destination.starts_with("pl-")) name_list(route.destination);
      }
    }
  }
  for (const auto& place : all.places) {
    for (const auto& [id, vpc] : place.vpcs) {
      VpcPlace& v = vpc_of(id, place);
      v.vpc = &vpc;
      v.cidrs = cidrs_of(vpc.cidrs);
      for (const Cidr& cidr : cidrs_of(vpc.ipv6_cidrs)) v.cidrs.push_back(cidr);
    }
    for (const auto& [id, subnet] : place.subnets) {
      SubnetPlace& s = subnets[id];
      s.subnet = &subnet;
      s.vpc = &vpc_of(subnet.vpc_id, place);
      if (const auto cidr = cidr_of(subnet.cidr)) s.cidrs.push_back(*cidr);
      for (const Cidr& cidr : cidrs_of(subnet.ipv6_cidrs)) s.cidrs.push_back(cidr);
      s.vpc->subnets.push_back(&s);
    }
    for (const auto& [id, group] : place.security_groups) {
      CompiledGroup& g = groups[id];
      g.group = &group;
      g.ingress.clear();
      g.egress.clear();
      for (const auto& rule : group.ingress) g.ingress.push_back(compile_rule(rule, "from", lists));
      for (const auto& rule : group.egress) g.egress.push_back(compile_rule(rule, "to", lists));
    }
    for (const auto& [id, interface] : place.interfaces) {
      interfaces[id] = &interface;
      VpcPlace& v = vpc_of(interface.vpc_id, place);
      auto addresses = interface.private_ips;
      if (addresses.empty()) addresses.push_back({interface.private_ip, interface.public_ip});
      for (const auto& address : addresses) {
        if (const auto ip = cidr_of(address.address)) v.by_address[0][ip->range.first] = &interface;
        if (!address.public_ip.empty()) by_public_ip[address.public_ip] = &interface;
      }
      for (const auto& address : interface.ipv6_addresses) {
        if (const auto ip = cidr_of(address)) v.by_address[1][ip->range.first] = &interface;
      }
    }
    for (const auto& [id, endpoint] : place.vpc_endpoints) {
      vpc_of(endpoint.vpc_id, place).endpoints.push_back(&endpoint);
      for (const std::string& interface : endpoint.interfaces) endpoint_of_interface[interface] = &endpoint;
    }
  }
  for (const auto& place : all.places) {
    for (const auto& [id, table] : place.route_tables) {
      CompiledTable& t = tables.emplace_back();
      t.table = &table;
      for (const auto& route : table.routes) {
        const auto list = lists.find(route.destination);
        t.routes.push_back({&route, cidr_of(route.destination), list == lists.end() ? nullptr : &list->second,
                            route.origin == "EnableVgwRoutePropagation"});
      }
      for (const auto& gateway : table.gateways) edge_tables[gateway] = &t;
      if (table.main) vpc_of(table.vpc_id, place).main = &t;
      for (const auto& subnet : table.subnets) {
        if (const auto s = subnets.find(subnet); s != subnets.end()) s->second.table = &t;
      }
    }
    for (const auto& [id, acl] : place.network_acls) {
      CompiledAcl& a = acls.emplace_back(compile_acl(acl));
      for (const auto& subnet : acl.subnets) {
        if (const auto s = subnets.find(subnet); s != subnets.end()) s->second.acl = &a;
      }
      if (acl.is_default) vpc_of(acl.vpc_id, place).default_acl = &a;
    }
  }
  for (auto& [id, subnet] : subnets) {
    if (subnet.table == nullptr) subnet.table = subnet.vpc->main;
    if (subnet.acl == nullptr) subnet.acl = subnet.vpc->default_acl;
    // A VPC that is known by its subnets alone has at least their addresses.
    if (subnet.vpc->vpc == nullptr)
      subnet.vpc->cidrs.insert(subnet.vpc->cidrs.end(), subnet.cidrs.begin(), subnet.cidrs.end());
  }
  // "Subnet route tables": the local route is in every table and cannot be removed.
  for (CompiledTable& table : tables) {
    const auto found = vpcs.find(table.table->vpc_id);
    if (found == vpcs.end()) continue;
    for (const Cidr& cidr : found->second.cidrs) {
      const bool listed = std::any_of(table.routes.begin(), table.routes.end(), [&](const CompiledRoute& r) {
        return r.cidr && r.cidr->version == cidr.version && r.cidr->bits == cidr.bits &&
               r.cidr->range.first == cidr.range.first;
      });
      if (listed) continue;
      const facts::Route& local = local_routes.emplace_back(facts::Route{cidr_text(cidr), "local", "active"});
      table.routes.push_back({&local, cidr, nullptr, false});
    }
  }
}

}  // namespace doctor::network
