// What holds for all networks: made of few addresses, ports and groups, so that rules meet.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "network/ground_support.h"

namespace doctor::network {
namespace {

template <typename T>
T one_of(std::vector<T> choices) {
  return *rc::gen::elementOf(std::move(choices));
}

bool coin() {
  return *rc::gen::arbitrary<bool>();
}

std::string any_cidr() {
  return one_of<std::string>({"0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24",
                              "10.0.2.0/24", "10.0.1.5/32", "10.0.1.4/30", "10.1.0.0/16", "8.8.8.0/24",
                              "0.0.0.0/1"});
}

std::pair<int, int> any_ports() {
  return one_of<std::pair<int, int>>(
      {{0, 65535}, {443, 443}, {400, 500}, {1024, 65535}, {8000, 8009}, {22, 8004}, {32768, 60999}});
}

facts::SecurityGroupRule any_rule(const std::string& vpc) {
  const auto [from, to] = any_ports();
  const auto protocol = one_of<std::string>({"tcp", "tcp", "tcp", "udp", "-1"});
  const auto group = vpc == "vpc-a" ? one_of<std::string>({"sg-1", "sg-2"}) : std::string("sg-3");
  return rule(protocol, from, to, one_of<std::string>({any_cidr(), any_cidr(), any_cidr(), group}));
}

std::vector<facts::SecurityGroupRule> any_rules(const std::string& vpc) {
  std::vector<facts::SecurityGroupRule> out;
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) out.push_back(any_rule(vpc));
  if (coin()) out.push_back(everything("0.0.0.0/0"));
  return out;
}

facts::NetworkAclEntry any_entry(int number, bool egress, bool allow) {
  const auto [from, to] = any_ports();
  const auto protocol = one_of<std::string>({"6", "6", "17", "-1"});
  return protocol == "-1" ? entry(number, egress, allow, protocol, -1, -1, any_cidr())
                          : entry(number, egress, allow, protocol, from, to, any_cidr());
}

// Rules 10, 20, … of either direction, and mostly one at the end that allows all.
std::vector<facts::NetworkAclEntry> any_entries() {
  std::vector<facts::NetworkAclEntry> out;
  for (const bool egress : {true, false}) {
    for (int n = 10 * *rc::gen::inRange(0, 4); n > 0; n -= 10) out.push_back(any_entry(n, egress, coin()));
    if (*rc::gen::inRange(0, 4) != 0) out.push_back(entry(100, egress, true, "-1", -1, -1, "0.0.0.0/0"));
  }
  return out;
}

// VPC A with two subnets, B with one, peered or not; an internet gateway; ACLs and groups at random.
Ground any_ground() {
  Ground g;
  g.vpc("vpc-a", "10.0.0.0/16");
  g.vpc("vpc-b", "10.1.0.0/16");
  g.subnet("subnet-1", "vpc-a", "10.0.1.0/24");
  g.subnet("subnet-2", "vpc-a", "10.0.2.0/24");
  g.subnet("subnet-3", "vpc-b", "10.1.3.0/24");
  g.group("sg-1", "vpc-a", any_rules("vpc-a"), any_rules("vpc-a"));
  g.group("sg-2", "vpc-a", any_rules("vpc-a"), any_rules("vpc-a"));
  g.group("sg-3", "vpc-b", any_rules("vpc-b"), any_rules("vpc-b"));
  g.interface("eni-1", "subnet-1", "10.0.1.5", {"sg-1"}, coin() ? "54.77.0.1" : "");
  g.interface("eni-2", "subnet-2", "10.0.2.5",
              coin() ? std::vector<std::string>{"sg-1", "sg-2"} : std::vector<std::string>{"sg-2"});
  g.interface("eni-2b", "subnet-1", "10.0.1.6", {"sg-2"}, coin() ? "54.77.0.2" : "");
  g.interface("eni-3", "subnet-3", "10.1.3.5", {"sg-3"}, "54.77.0.3");
  g.acl("acl-1", {"subnet-1"}, any_entries());
  if (coin()) g.acl("acl-3", {"subnet-3"}, any_entries());
  g.peering("pcx-ab", "vpc-a", "vpc-b", one_of<std::string>({"active", "active", "deleted"}));
  g.internet_gateway("igw-a", "vpc-a");
  g.nat_gateway("nat-a", "subnet-2", "10.0.2.99", "54.77.0.99");
  const std::string state =
      g.place.vpc_peering_connections["pcx-ab"].status == "active" ? "active" : "blackhole";
  if (coin()) g.main_table("vpc-a").routes.push_back({"10.1.0.0/16", "pcx-ab", state});
  if (coin()) g.main_table("vpc-b").routes.push_back({"10.0.0.0/16", "pcx-ab", state});
  if (coin()) g.main_table("vpc-a").routes.push_back({"0.0.0.0/0", "igw-a", "active"});
  if (coin()) g.main_table("vpc-a").routes.push_back({"8.8.8.0/25", "nat-gone", "blackhole"});
  if (coin())
    g.table("rtb-1", {"subnet-1"}, {{"0.0.0.0/0", one_of<std::string>({"nat-a", "igw-a"}), "active"}});
  return g;
}

Query any_query() {
  Query q;
  q.from = one_of<std::string>({"eni-1", "eni-2", "eni-2b", "eni-3", "8.8.8.8"});
  q.to = one_of<std::string>({"eni-1", "eni-2", "eni-2b", "eni-3", "8.8.8.8", "9.9.9.9"});
  RC_PRE(q.from != q.to && !(q.from[0] == '8' && q.to[0] != 'e'));
  q.protocol = one_of<std::string>({"tcp", "tcp", "udp"});
  q.ports = one_of<std::string>({"443", "22", "8005"});
  q.source_ports = one_of<std::string>({"", "1024", "40000", "1024-40000"});
  return q;
}

// Ground::ask() that holds for every query of these tests: none of them is malformed.
Answer asked(const Ground& g, const Query& q) {
  const auto facts = g.facts();
  auto answer = Network(facts).path(q);
  RC_ASSERT(answer.has_value());
  return *answer;
}

// What is said, without the words in which it is said.
std::string gist(const Answer& a) {
  std::vector<std::string> blocks = blocks_of(a), parts;
  std::sort(blocks.begin(), blocks.end());
  for (const Part& p : a.parts)
    parts.push_back(p.sources + " " + p.destinations + " " + p.source_ports + " " + p.ports + " " +
                    p.nat_ports + " " + std::to_string(static_cast<int>(p.reachable)));
  std::sort(parts.begin(), parts.end());
  std::string out = std::to_string(static_cast<int>(a.reachable));
  for (const auto& list : {blocks, parts})
    for (const auto& text : list) out += "\n" + text;
  return out;
}

std::string whole_text(const Answer& a) {
  std::string out = gist(a);
  for (const auto* hops : {&a.forward, &a.back})
    for (const Hop& h : *hops) out += "\n" + h.resource + " " + h.rule + " " + h.why;
  for (const Change& c : a.smallest_change) out += "\n" + c.operation + " " + c.parameters;
  for (const auto& reason : a.depends_on) out += "\n" + reason;
  return out;
}

RC_GTEST_PROP(NetworkProperties, WideningAnAllowNeverBlocks, ()) {
  Ground g = any_ground();
  const Query q = any_query();
  const Answer before = asked(g, q);
  auto& group = g.place.security_groups[one_of<std::string>({"sg-1", "sg-2", "sg-3"})];
  for (auto* rules : {&group.ingress, &group.egress})
    for (auto& r : *rules)
      for (auto& cidr : r.cidrs)
        if (coin()) cidr = one_of<std::string>({"0.0.0.0/0", cidr});
  for (auto& e : g.place.network_acls["acl-1"].entries)
    if (e.allow && coin()) e.cidr = "0.0.0.0/0";
  if (before.reachable == Reachable::yes) RC_ASSERT(asked(g, q).reachable == Reachable::yes);
}

RC_GTEST_PROP(NetworkProperties, AddingARuleToAGroupNeverBlocks, ()) {
  Ground g = any_ground();
  const Query q = any_query();
  const Answer before = asked(g, q);
  auto& group = g.place.security_groups[one_of<std::string>({"sg-1", "sg-2"})];
  auto& rules = coin() ? group.ingress : group.egress;
  rules.insert(coin() ? rules.begin() : rules.end(), any_rule("vpc-a"));
  const Answer after = asked(g, q);
  if (before.reachable == Reachable::yes) RC_ASSERT(after.reachable == Reachable::yes);
  RC_ASSERT(after.blocked_by.size() <= before.blocked_by.size());
}

RC_GTEST_PROP(NetworkProperties, AddingADenyNeverOpens, ()) {
  Ground g = any_ground();
  const Query q = any_query();
  const Answer before = asked(g, q);
  g.place.network_acls["acl-1"].entries.push_back(any_entry(*rc::gen::inRange(1, 200), coin(), false));
  if (before.reachable != Reachable::yes) RC_ASSERT(asked(g, q).reachable != Reachable::yes);
}

std::vector<std::string> acl_hops(const std::vector<Hop>& hops) {
  std::vector<std::string> out;
  for (const Hop& h : hops)
    if (h.kind == "network ACL")
      out.push_back(h.resource + " " + h.rule + (h.admitted ? " admits" : " drops"));
  return out;
}

// The answer of A's request to B meets the same ACL rules as a packet of B, from that port to that port.
RC_GTEST_PROP(NetworkProperties, TheReplyMeetsTheAclsOfAPacketTheOtherWay, ()) {
  const Ground g = any_ground();
  Query q = any_query();
  RC_PRE(q.from[0] == 'e' && q.to[0] == 'e');
  q.source_ports = one_of<std::string>({"1024", "40000"});
  const Answer there = asked(g, q);
  const auto translates = [](const Hop& h) { return h.resource.starts_with("nat-"); };
  if (there.reachable != Reachable::yes ||
      std::any_of(there.forward.begin(), there.forward.end(), translates))
    return;  // behind a NAT gateway nobody is asked first
  for (const Hop& hop : there.back) RC_ASSERT(hop.admitted);
  Query reversed = q;
  std::swap(reversed.from, reversed.to);
  std::swap(reversed.ports, reversed.source_ports);
  RC_ASSERT(acl_hops(asked(g, reversed).forward) == acl_hops(there.back));
}

template <typename T>
void shuffle(std::vector<T>& list) {
  for (std::size_t i = list.size(); i > 1; --i)
    std::swap(list[i - 1], list[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(i)))]);
}

RC_GTEST_PROP(NetworkProperties, TheOrderOfFactsDoesNotMatter, ()) {
  Ground g = any_ground();
  const Query q = any_query();
  const std::string before = gist(asked(g, q));
  for (auto& [id, group] : g.place.security_groups) {
    shuffle(group.ingress);
    shuffle(group.egress);
  }
  for (auto& [id, acl] : g.place.network_acls) shuffle(acl.entries);
  for (auto& [id, table] : g.place.route_tables) shuffle(table.routes);
  for (auto& [id, interface] : g.place.interfaces) shuffle(interface.groups);
  const std::string after = gist(asked(g, q));
  RC_ASSERT(after == before);
}

// "10.0.1.0-10.0.1.255", "443", "10.0.1.0/24": the first and the last, as numbers.
std::pair<std::uint64_t, std::uint64_t> bounds(const std::string& text) {
  const auto number = [](const std::string& one) {
    std::uint64_t value = 0;
    int dots = 0;
    std::string digits;
    for (const char c : one + ".") {
      if (c != '.') {
        digits += c;
        continue;
      }
      value = value * 256 + std::stoull(digits);
      digits.clear();
      ++dots;
    }
    return dots == 1 ? std::stoull(one) : value;
  };
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    const auto low = number(text.substr(0, slash));
    return {low, low + (1ull << (32 - std::stoi(text.substr(slash + 1)))) - 1};
  }
  const auto dash = text.find('-');
  return {number(text.substr(0, dash)), number(dash == std::string::npos ? text : text.substr(dash + 1))};
}

struct Box {
  std::pair<std::uint64_t, std::uint64_t> sides[4];
};

Box box_of(const Part& p) {
  return {{bounds(p.sources), bounds(p.destinations), bounds(p.source_ports), bounds(p.ports)}};
}

bool holds(const Box& box, const std::uint64_t (&packet)[4]) {
  for (int i = 0; i < 4; ++i)
    if (packet[i] < box.sides[i].first || packet[i] > box.sides[i].second) return false;
  return true;
}

// A range query: its parts are disjoint, fill the asked range, and each says what a single packet's query
// says.
RC_GTEST_PROP(NetworkProperties, PartsCoverTheRangeAndAgreeWithSinglePackets, ()) {
  const Ground g = any_ground();
  Query q{.from = "eni-3", .to = "10.0.1.0/28", .ports = "440-8010", .source_ports = "1000-41000"};
  if (coin()) q.from = "eni-2";
  const Answer a = asked(g, q);
  std::uint64_t volume = 0;
  for (const Part& p : a.parts) {
    RC_ASSERT(p.nat_ports.empty());  // no NAT gateway stands on these ways
    std::uint64_t one = 1;
    for (const auto& [low, high] : box_of(p).sides) one *= high - low + 1;
    volume += one;
  }
  RC_ASSERT(volume == 16ull * (8010 - 440 + 1) * (41000 - 1000 + 1));

  const int host = one_of<int>({5, 6, *rc::gen::inRange(0, 16)});
  const int port =
      one_of<int>({440, 443, 444, 500, 501, 7999, 8000, 8005, 8010, *rc::gen::inRange(440, 8011)});
  const int source_port = one_of<int>({1000, 1023, 1024, 32768, 41000, *rc::gen::inRange(1000, 41001)});
  Query single = q;
  single.to = "10.0.1." + std::to_string(host);
  single.ports = std::to_string(port);
  single.source_ports = std::to_string(source_port);
  const std::uint64_t packet[4] = {bounds(q.from == "eni-3" ? "10.1.3.5" : "10.0.2.5").first,
                                   bounds(single.to).first, static_cast<std::uint64_t>(source_port),
                                   static_cast<std::uint64_t>(port)};
  const auto within = [&](const Part& p) { return holds(box_of(p), packet); };
  RC_ASSERT(std::count_if(a.parts.begin(), a.parts.end(), within) == 1);
  RC_ASSERT(std::find_if(a.parts.begin(), a.parts.end(), within)->reachable == asked(g, single).reachable);
}

RC_GTEST_PROP(NetworkProperties, TheSameQuestionHasTheSameAnswer, ()) {
  const Ground g = any_ground();
  const Query q = any_query();
  const auto facts = g.facts();
  const Network network(facts);
  const auto first = network.path(q), second = network.path(q);
  RC_ASSERT(first.has_value() && second.has_value());
  RC_ASSERT(whole_text(*first) == whole_text(*second));
  RC_ASSERT(whole_text(*first) == whole_text(asked(g, q)));
}

RC_GTEST_PROP(NetworkProperties, EveryAnswerIsFounded, ()) {
  Ground g = any_ground();
  if (coin()) g.place.security_groups.erase(one_of<std::string>({"sg-1", "sg-2", "sg-3"}));
  if (coin()) g.place.network_acls.erase(one_of<std::string>({"acl-1", "acl-of-vpc-a"}));
  if (coin()) g.place.route_tables.erase(one_of<std::string>({"rtb-1", "rtb-of-vpc-a", "rtb-of-vpc-b"}));
  const Answer a = asked(g, any_query());
  if (a.reachable == Reachable::no) RC_ASSERT(!a.blocked_by.empty());
  if (a.reachable == Reachable::depends) RC_ASSERT(!a.depends_on.empty());
  if (a.reachable == Reachable::yes) {
    RC_ASSERT(a.smallest_change.empty());
    RC_ASSERT(a.blocked_by.empty());
    for (const auto* hops : {&a.forward, &a.back})
      for (const Hop& h : *hops) RC_ASSERT(h.admitted && h.known);
  }
}

}  // namespace
}  // namespace doctor::network
