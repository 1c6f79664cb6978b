#include "network/packet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace doctor::network {

Packet answer_to(Packet p) {
  constexpr int kEcho = 8, kEchoV6 = 128, kReplyV6 = 129;
  std::swap(p.source, p.destination);
  std::swap(p.source_port, p.port);
  if (p.protocol == kIcmp) p.icmp_type = p.icmp_type == kEcho ? 0 : kEcho;
  if (p.protocol == kIcmpV6) p.icmp_type = p.icmp_type == kEchoV6 ? kReplyV6 : kEchoV6;
  return p;
}

std::string protocol_text(const Packet& p) {
  return p.protocol == kTcp ? "tcp" : p.protocol == kUdp ? "udp" : p.protocol == kIcmpV6 ? "icmpv6" : "icmp";
}

namespace {

std::string end_text(const Field& field, int version) {
  if (!field.service.empty()) return std::string(field.service);
  return field.label.empty() ? address_text(field.value, version) : std::string(field.label);
}

}  // namespace

std::string far_text(const Packet& p) {
  return end_text(p.destination, p.version);
}

std::string flow_text(const Packet& p, const Range& ports) {
  const auto first = static_cast<unsigned>(ports.first), last = static_cast<unsigned>(ports.last);
  std::string shown;
  if (p.has_ports()) shown = first == last ? fmt::format(" {}", first) : fmt::format(" {}-{}", first, last);
  return fmt::format("{}{} from {} to {}", protocol_text(p), shown, end_text(p.source, p.version),
                     end_text(p.destination, p.version));
}

std::string public_address_of(const facts::NetworkInterface& interface, std::string_view address) {
  for (const auto& own : interface.private_ips) {
    if (own.address == address && !own.public_ip.empty()) return own.public_ip;
  }
  return address == interface.private_ip ? interface.public_ip : "";
}

std::string private_address_of(const facts::NetworkInterface& interface, std::string_view public_ip) {
  for (const auto& own : interface.private_ips) {
    if (own.public_ip == public_ip) return own.address;
  }
  return interface.private_ip;
}

End end_of(const Network::Index& index, const facts::NetworkInterface& interface) {
  End end;
  end.name = interface.id;
  end.subnet = index.subnet(interface.subnet_id);
  end.groups = interface.groups;
  std::sort(end.groups.begin(), end.groups.end());  // which is named first must not hang on AWS's order
  end.has_groups = interface.interface_type != "nat_gateway" && interface.interface_type != "transit_gateway";
  end.address = interface.private_ip;
  end.public_address = public_address_of(interface, interface.private_ip);
  end.public_ip = !end.public_address.empty();
  end.interface = &interface;
  const auto endpoint = index.endpoint_of_interface.find(interface.id);
  if (endpoint != index.endpoint_of_interface.end()) end.endpoint = endpoint->second;
  return end;
}

std::optional<Range> address_of(const facts::NetworkInterface& interface, int version) {
  const std::string text = version == 4                       ? interface.private_ip
                           : interface.ipv6_addresses.empty() ? ""
                                                              : interface.ipv6_addresses.front();
  const auto cidr = cidr_of(text);
  if (!cidr || cidr->version != version) return std::nullopt;
  return cidr->range;
}

}  // namespace doctor::network
