#include "network/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "network/ends.h"
#include "network/service.h"
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

struct Asked {
  WalkQuery walk;  // protocol, ports and action
  Range ports, client;
  std::string from, to;  // as asked
};

core::Result<Asked> read_query(const Query& query, int version) {
  const auto wrong = [](std::string text) { return core::fail(core::ErrorKind::bad_input, std::move(text)); };
  Asked out;
  int protocol = protocol_number(query.protocol);
  if (protocol != kTcp && protocol != kUdp && protocol != kIcmp)
    return wrong("the protocol must be tcp, udp or icmp, not '" + query.protocol + "'");
  const bool icmp = protocol == kIcmp;
  if (icmp && version == 6) protocol = kIcmpV6;
  const auto ports = icmp ? Range{0, 0} : ports_of(query.ports);
  const auto client = icmp                         ? Range{0, 0}
                      : query.source_ports.empty() ? Range{1024, 65535}
                                                   : ports_of(query.source_ports);
  if (!ports) return wrong("a port must be 0-65535 or a range FROM-TO, not '" + query.ports + "'");
  if (!client)
    return wrong("a source port must be 0-65535 or a range FROM-TO, not '" + query.source_ports + "'");
  out.ports = *ports;
  out.client = *client;
  out.walk.action = query.action;
  out.from = query.from;
  out.to = query.to;
  out.walk.packet.version = version;
  out.walk.packet.protocol = protocol;
  if (icmp) {
    out.walk.packet.icmp_type = version == 4 ? 8 : 128;  // an echo request
    out.walk.packet.icmp_code = 0;
  }
  return out;
}

std::string ports_text(const Range& p) {
  return fmt::format("{}-{}", static_cast<unsigned>(p.first), static_cast<unsigned>(p.last));
}

double size_of(const Region& region) {
  double size = 1;
  for (const Range& side : region) size *= static_cast<double>(side.last - side.first) + 1;
  return size;
}

// Puts the verdicts together as they come.
class Sum {
 public:
  Sum(const Query& query, int version) : version_(version) { out_.answer.query = query; }

  void add(Verdict v, bool hypothetical) {
    const Reachable r = v.reachable();
    (r == Reachable::yes ? yes_ : r == Reachable::no ? no_ : depends_) = true;
    Answer& a = out_.answer;
    const bool says_more = a.parts.empty() || (a.blocked_by.empty() && r == Reachable::no) ||
                           (a.blocked_by.empty() && !said_depends_ && r == Reachable::depends);
    if (says_more && !hypothetical) {
      a.forward = v.forward;
      a.back = v.back;
      a.blocked_by = v.blocked_by;
      out_.mends = std::move(v.mends);
      said_depends_ = r == Reachable::depends;
    }
    for (const std::string& missing : v.depends_on) depend_on(missing);
    const Range& nat = v.region[kNatPort];
    a.parts.push_back({range_text(v.region[kSource], version_), range_text(v.region[kDestination], version_),
                       ports_text(v.region[kSourcePort]), ports_text(v.region[kPort]),
                       nat.first == 1024 && nat.last == 65535 ? "" : ports_text(nat), size_of(v.region),
                       !hypothetical, r, std::move(v.forward), std::move(v.back), std::move(v.blocked_by),
                       std::move(v.depends_on)});
  }
  void depend_on(const std::string& missing) {
    auto& all = out_.answer.depends_on;
    if (std::find(all.begin(), all.end(), missing) == all.end()) all.push_back(missing);
  }
  bool blocks() const { return no_; }

  Answered take() {
    Answer& a = out_.answer;
    double all = 0;
    for (const Part& part : a.parts) all += part.share;
    for (Part& part : a.parts) part.share /= all;
    if (no_ && !yes_ && !depends_) {
      a.reachable = Reachable::no;
      return std::move(out_);
    }
    if (no_ && yes_) depend_on("which address or port it is: some pass and some do not");
    a.reachable = a.depends_on.empty() && !no_ ? Reachable::yes : Reachable::depends;
    return std::move(out_);
  }

 private:
  Answered out_;
  int version_;
  bool yes_ = false, no_ = false, depends_ = false, said_depends_ = false;
};

// Walks one packet of what is not covered yet, until all is.
void walk_all(WalkQuery w, const Spot& from, const Way& way, const Asked& asked, std::string_view service,
              const Resolution* resolution, std::size_t& walked, Sum& sum) {
  constexpr Range kNatPorts{1024, 65535};
  w.to = way.to;
  for (const Range& s : from.ranges) {
    for (const Range& d : way.destinations) {
      std::vector<Region> left{Region{s, d, asked.client, asked.ports, kNatPorts}};
      w.asked = left.front();
      for (; !left.empty(); ++walked) {
        if (walked >= kMostRegions)
          return sum.depend_on("more than 4096 different regions: ask for a narrower range");
        w.region = left.back();
        left.pop_back();
        w.packet.source = {w.region[kSource].first, kSource, {}, {}, {}, nullptr};
        w.packet.destination = {w.region[kDestination].first, kDestination, way.prefix_list, {}, {}, nullptr};
        if (way.to.endpoint == nullptr && !way.hypothetical) w.packet.destination.service = service;
        if (s.first != s.last) w.packet.source.label = from.end.name.empty() ? asked.from : from.end.name;
        if (d.first != d.last) w.packet.destination.label = way.to.name.empty() ? asked.to : way.to.name;
        w.packet.source_port = {w.region[kSourcePort].first, kSourcePort, {}, {}, {}, nullptr};
        w.packet.port = {w.region[kPort].first, kPort, {}, {}, {}, nullptr};
        Verdict v = walk(w);
        for (const Region& rest : without(w.region, v.region)) left.push_back(rest);
        if (resolution != nullptr && !w.verdict_only) {
          v.forward.insert(v.forward.begin(), resolution->hops.begin(), resolution->hops.end());
          if (!v.blocked_by.empty() && !way.hypothetical)
            v.blocked_by.insert(v.blocked_by.begin(), resolution->passed_over.begin(),
                                resolution->passed_over.end());
        }
        sum.add(std::move(v), way.hypothetical);
      }
    }
  }
}

}  // namespace

core::Result<Answered> answer(const Network::Index& index, const Question& question) {
  const Query& query = question.query;
  const auto version = ip_version_of(index, question);
  if (!version) return core::fail(version.error());
  auto asked = read_query(query, *version);
  if (!asked) return core::fail(asked.error());
  asked->walk.index = &index;
  asked->walk.verdict_only = question.verdict_only;

  auto from = question.from != nullptr ? spot_of(index, *question.from, *version)
                                       : spot_of(index, query.from, *version, nullptr);
  if (!from) return core::fail(from.error());
  const VpcPlace* vpc = vpc_of(index, *from, *version);
  asked->walk.from = from->end;

  Sum sum(query, *version);
  std::size_t walked = 0;
  constexpr std::string_view kService = "service:";
  if (question.to == nullptr && query.to.starts_with(kService)) {
    const std::string service = service_name(std::string_view(query.to).substr(kService.size()),
                                             vpc == nullptr ? "" : vpc->place->region);
    if (service.empty())
      return core::fail(core::ErrorKind::bad_input,
                        "'service:' must name a service, such as service:ecr.api");
    if (vpc == nullptr)
      return core::fail(
          core::ErrorKind::bad_input,
          "a service is reached from a VPC: name a network interface or an address in one, not '" +
              query.from + "'");
    const Resolution resolution = resolve(index, *vpc, service, *version);
    for (const Way& way : resolution.ways)
      walk_all(asked->walk, *from, way, *asked, service, &resolution, walked, sum);
    for (const std::string& missing : resolution.depends_on) sum.depend_on(missing);
    Answered out = sum.take();
    if (out.answer.reachable == Reachable::no)
      out.mends.insert(out.mends.begin(), resolution.mends.begin(), resolution.mends.end());
    return out;
  }
  auto to = question.to != nullptr ? spot_of(index, *question.to, *version)
                                   : spot_of(index, query.to, *version, vpc);
  if (!to) return core::fail(to.error());
  if (vpc == nullptr && vpc_of(index, *to, *version) == nullptr && to->public_owner == nullptr)
    return core::fail(core::ErrorKind::bad_input,
                      fmt::format("neither '{}' nor '{}' is in a VPC of the facts", query.from, query.to));
  // From outside the public address of an interface is that interface.
  if (vpc == nullptr && to->public_owner != nullptr) {
    to = spot_of(index, private_address_of(*to->public_owner, query.to), *version,
                 index.vpc(to->public_owner->vpc_id));
    if (!to) return core::fail(to.error());
  }
  asked->walk.public_owner = to->public_owner;
  walk_all(asked->walk, *from, Way{to->end, to->ranges, {}, false}, *asked, {}, nullptr, walked, sum);
  return sum.take();
}

}  // namespace doctor::network
