#include "network/path.h"

#include <charconv>

#include "network/walk.h"

namespace doctor::network {
namespace {

constexpr std::size_t kMostRegions = 4096;

std::optional<Range> ports_of(std::string_view text) {
  unsigned first = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, first);
  unsigned last = first;
  if (error == std::errc() && at != end && *at == '-') {
    const auto second = std::from_chars(at + 1, end, last);
    at = second.ptr;
    error = second.ec;
  }
  if (error != std::errc() || at != end || last > 65535 || first > last) return std::nullopt;
  return Range{first, last};
}

End end_of(const Network::Index& index, const facts::NetworkInterface& i) {
  End end;
  end.name = i.id;
  end.subnet = index.subnet(i.subnet_id);
  end.groups = i.groups;
  end.public_ip = !i.public_ip.empty();
  end.interface = &i;
  return end;
}

std::optional<Range> address_of(const facts::NetworkInterface& i, int version) {
  const std::string text = version == 4               ? i.private_ip
                           : i.ipv6_addresses.empty() ? ""
                                                      : i.ipv6_addresses.front();
  const auto cidr = cidr_of(text);
  if (!cidr || cidr->version != version) return std::nullopt;
  return cidr->range;
}

}  // namespace

Network::Network(const facts::Facts& facts) : index_(std::make_unique<Index>(facts)) {}
Network::~Network() = default;

core::Result<Answer> Network::path(const Query& query) const {
  using core::ErrorKind;
  const auto wrong = [](std::string text) { return core::fail(ErrorKind::bad_input, std::move(text)); };
  const int version = query.ip_version == 6 ? 6 : 4;
  int protocol = protocol_number(query.protocol);
  if (protocol != 6 && protocol != 17 && protocol != 1) return wrong("protocol must be tcp, udp or icmp");
  const bool icmp = protocol == 1;
  if (icmp && version == 6) protocol = 58;
  const auto ports = icmp ? Range{0, 0} : ports_of(query.ports);
  const auto client = icmp                         ? Range{0, 0}
                      : query.source_ports.empty() ? Range{1024, 65535}
                                                   : ports_of(query.source_ports);
  if (!ports || !client) return wrong("a port must be 0-65535 or a range FROM-TO");

  WalkQuery w;
  w.index = index_.get();
  w.action = query.action;
  w.packet.version = version;
  w.packet.protocol = protocol;
  if (icmp) {
    w.packet.icmp_type = version == 4 ? 8 : 128;
    w.packet.icmp_code = 0;
  }
  const auto resolve = [&](const std::string& text, End& end) -> core::Result<std::vector<Range>> {
    if (text == "internet") return public_ranges(version);
    if (text.starts_with("eni-")) {
      const auto found = index_->interfaces.find(text);
      if (found == index_->interfaces.end())
        return core::fail(ErrorKind::not_found, text + " is in no facts");
      end = end_of(*index_, *found->second);
      const auto address = address_of(*found->second, version);
      if (end.subnet == nullptr)
        return core::fail(ErrorKind::not_found, "the subnet of " + text + " is in no facts");
      if (!address) return core::fail(ErrorKind::bad_input, text + " has no address of this IP version");
      return std::vector<Range>{*address};
    }
    const auto cidr = cidr_of(text);
    if (!cidr || cidr->version != version)
      return core::fail(ErrorKind::bad_input,
                        "'" + text + "' is no interface, address or CIDR of this IP version");
    return std::vector<Range>{cidr->range};
  };
  if (query.to.starts_with("service:"))
    return wrong("service ends are not evaluated yet: name the endpoint's interface or an address");
  const auto from = resolve(query.from, w.from);
  if (!from) return core::fail(from.error());
  const auto to = resolve(query.to, w.to);
  if (!to) return core::fail(to.error());
  if (w.from.subnet == nullptr && w.to.subnet == nullptr) return wrong("one end must be a network interface");
  if (w.from.subnet == nullptr && query.from != "internet" && !is_public(from->front().first, version))
    return wrong("a private source must be named by its network interface");

  Answer answer;
  answer.query = query;
  std::vector<Region> left;
  for (const Range& s : *from) {
    for (const Range& d : *to) left.push_back(Region{s, d, *client, *ports});
  }
  bool first = true, yes = false, no = false;
  for (std::size_t walked = 0; !left.empty(); ++walked) {
    if (walked == kMostRegions) {
      answer.depends_on.push_back("more than 4096 different regions: ask for a narrower range");
      break;
    }
    w.region = left.back();
    left.pop_back();
    w.packet.source = {w.region[kSource].first, kSource, {}, {}};
    w.packet.destination = {w.region[kDestination].first, kDestination, {}, {}};
    w.packet.source_port = {w.region[kSourcePort].first, kSourcePort, {}, {}};
    w.packet.port = {w.region[kPort].first, kPort, {}, {}};
    Verdict v = walk(w);
    for (const Region& rest : without(w.region, v.region)) left.push_back(rest);
    const Reachable r = v.reachable();
    yes = yes || r == Reachable::yes;
    no = no || r == Reachable::no;
    if (first || (answer.blocked_by.empty() && r == Reachable::no)) {
      answer.forward = v.forward;
      answer.back = v.back;
      answer.blocked_by = v.blocked_by;
      answer.smallest_change = v.changes;
    }
    first = false;
    answer.depends_on.insert(answer.depends_on.end(), v.depends_on.begin(), v.depends_on.end());
    const auto digits = [](const Range& p) {
      return std::to_string(static_cast<unsigned>(p.first)) + "-" +
             std::to_string(static_cast<unsigned>(p.last));
    };
    answer.parts.push_back({range_text(v.region[kSource], version),
                            range_text(v.region[kDestination], version), digits(v.region[kSourcePort]),
                            digits(v.region[kPort]), r, std::move(v.forward), std::move(v.back),
                            std::move(v.blocked_by), std::move(v.depends_on)});
  }
  if (yes && no) answer.depends_on.push_back("which address or port: see parts");
  answer.reachable = no && !yes                  ? Reachable::no
                     : answer.depends_on.empty() ? Reachable::yes
                                                 : Reachable::depends;
  return answer;
}

}  // namespace doctor::network
