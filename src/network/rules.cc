#include "network/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "network/mends.h"

namespace doctor::network {
namespace {

template <class Rule>
bool fits_protocol(Trace& trace, const Rule& rule, const Packet& p) {
  if (rule.protocol == -1) return true;
  if (rule.protocol != p.protocol) return false;
  if (p.has_ports()) return trace.within(p.port, rule.ports);
  return (rule.icmp_type == -1 || rule.icmp_type == p.icmp_type) &&
         (rule.icmp_code == -1 || p.icmp_code == -1 || rule.icmp_code == p.icmp_code);
}

bool names_group_of(const CompiledRule& rule, const End& end) {
  return std::any_of(rule.groups.begin(), rule.groups.end(), [&](const std::string& id) {
    return std::find(end.groups.begin(), end.groups.end(), id) != end.groups.end();
  });
}

// "com.amazonaws.eu-west-1.s3" is the list of the service "s3".
bool is_list_of(const CompiledList& list, std::string_view service) {
  const std::string_view name = list.name;
  return !service.empty() && name.size() > service.size() && name.ends_with(service) &&
         name[name.size() - service.size() - 1] == '.';
}

bool admits_list(Trace& trace, const CompiledList& list, const Field& remote, int version,
                 std::string& missing) {
  if (!remote.prefix_list.empty() && remote.prefix_list == list.id) return true;
  if (is_list_of(list, remote.service)) return true;
  if (list.known) return trace.within(remote, list.cidrs, version);
  // AWS's own list of one service holds no address of another.
  if (!remote.service.empty() && list.name.starts_with("com.amazonaws.")) return false;
  missing = "the entries of prefix list " + list.id;
  return false;
}

bool admits(Trace& trace, const CompiledRule& rule, const Field& remote, int version, const End* other,
            std::string& missing) {
  if (other != nullptr && !rule.groups.empty() && other->has_groups) {
    if (!other->groups_known) {
      missing = "the security groups of " + other->name;
    } else if (names_group_of(rule, *other)) {
      if (other->doubt.empty()) return true;
      missing = other->doubt;
    }
  }
  if (trace.within(remote, rule.cidrs, version)) return true;
  return std::any_of(rule.lists.begin(), rule.lists.end(), [&](const CompiledList* list) {
    return admits_list(trace, *list, remote, version, missing);
  });
}

}  // namespace

void security_group(Trace& trace, const Network::Index& index, const Region& asked, const End& end,
                    const Packet& p, bool egress, const End* other) {
  if (!end.has_groups) return;
  const char* way = egress ? "egress" : "ingress";
  const Field& remote = egress ? p.destination : p.source;
  if (!end.groups_known || end.groups.empty()) {
    trace.unknown(end.name, "security group", "the security groups of " + end.name);
    return;
  }
  std::string missing;
  for (const std::string& id : end.groups) {
    const auto group = index.groups.find(id);
    if (group == index.groups.end()) {
      missing = "security group " + id;
      continue;
    }
    for (const CompiledRule& rule : egress ? group->second.egress : group->second.ingress) {
      if (!fits_protocol(trace, rule, p) || !admits(trace, rule, remote, p.version, other, missing)) continue;
      if (trace.tells_hops) trace.hop(id, "security group", fmt::format("{} {}", way, rule.text));
      return;
    }
  }
  if (!missing.empty()) {
    trace.unknown(end.groups.front(), "security group", missing);
    return;
  }
  trace.block(end.groups.front(), "security group", fmt::format("no {} rule admits it", way),
              fmt::format("{} {} of {} admits {}", end.groups.size() == 1 ? "no rule of" : "none of",
                          fmt::join(end.groups, ", "), end.endpoint == nullptr ? end.name : end.endpoint->id,
                          flow_text(p, asked_ports(asked, p.port))));
  trace.mend(open_group(asked, end.groups.front(), p, egress, other));
}

void network_acl(Trace& trace, const Region& asked, const SubnetPlace& subnet, const Packet& p, bool egress) {
  const char* way = egress ? "egress" : "ingress";
  if (subnet.acl == nullptr) {
    trace.unknown(subnet.subnet->id, "network ACL", "the network ACL of " + subnet.subnet->id);
    return;
  }
  const std::string& id = subnet.acl->acl->id;
  const Field& remote = egress ? p.destination : p.source;
  const CompiledEntry* decides = nullptr;
  for (const CompiledEntry& entry : egress ? subnet.acl->egress : subnet.acl->ingress) {
    if (!fits_protocol(trace, entry, p) || !trace.within(remote, entry.cidr, p.version)) continue;
    decides = &entry;
    break;
  }
  if (decides != nullptr && decides->allow) {
    if (trace.tells_hops) trace.hop(id, "network ACL", fmt::format("{} {}", way, decides->text));
    return;
  }
  constexpr int kAfterAllRules = 32767;
  trace.block(
      id, "network ACL", fmt::format("{} {}", way, decides == nullptr ? "rule *: deny all" : decides->text),
      fmt::format("{} of {} drops {}", id, subnet.subnet->id, flow_text(p, asked_ports(asked, p.port))));
  auto mend = open_acl(asked, *subnet.acl, p, egress, decides == nullptr ? kAfterAllRules : decides->number);
  if (mend) trace.mend(std::move(*mend));
}

}  // namespace doctor::network
