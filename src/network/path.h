// Whether a packet gets from here to there and its answer back: the whole path through a VPC, offline.
//
// It follows Amazon VPC's documented rules and nothing else: security groups (stateful), network ACLs
// (stateless, in rule order), route tables (longest prefix), internet, NAT and egress-only gateways, peering,
// transit gateways, gateway and interface endpoints. What the facts do not show makes the answer `depends`
// and is named; it is never guessed.
//
//   Network network(facts);
//   auto answer = network.path({.from = "eni-1", .to = "service:ecr.api", .protocol = "tcp", .ports =
//   "443"}); if (answer && answer->reachable == Reachable::no) … answer->blocked_by[0].rule
//
// A Network points into the Facts, which must outlive it. path() is a pure function of facts and query.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "facts/facts.h"

namespace doctor::network {

enum class Reachable { no, yes, depends };

struct Query {
  std::string from;               // ENI id, IP, CIDR or "internet"
  std::string to;                 // ENI id, IP, CIDR, "internet" or "service:NAME" (service:ecr.api)
  std::string protocol = "tcp";   // tcp, udp, icmp (echo)
  std::string ports = "443";      // "443" or "8000-8999"; ICMP has none
  std::string source_ports = "";  // the client's ephemeral ports; "": 1024-65535, which covers every client
  int ip_version = 0;             // 4 or 6; 0: 4 where both ends have it
  std::string action;             // evaluated by the endpoint's policy: "ecr:BatchGetImage"; may be empty
};

// One place that the packet passes, with the rule that admits or drops it there.
struct Hop {
  std::string resource;  // "sg-1", "acl-1", "rtb-1", "igw-1", …; "internet" for what lies outside
  std::string kind;      // "security group", "network ACL", "route table", …
  std::string rule;      // "egress tcp 443 to 0.0.0.0/0", "rule 100 allow …", "0.0.0.0/0 -> igw-1"
  bool admitted = true;
  bool known = true;  // false: the facts do not tell, and depends_on says what is missing
  std::string why;
};

struct Block {
  std::string resource, kind, rule, why;
  bool on_return = false;
};

// A change that would open this path and as little else as possible. What AWS or the user chooses is in
// capitals: ALLOCATION_ID.
struct Change {
  std::string resource;
  std::string operation;   // "ec2:AuthorizeSecurityGroupIngress"
  std::string parameters;  // as the AWS CLI takes them
  std::string why;
  std::string input = {};  // the same as JSON, as --cli-input-json; "" where something is left to choose
};

// The share of a range query that one verdict holds for.
struct Part {
  std::string sources, destinations, source_ports, ports;  // ranges: "10.0.1.0-10.0.1.255", "443-443"
  std::string nat_ports;    // "" but where the port that a NAT gateway chooses tells parts apart
  double share = 1;         // of all that was asked, counted in packets; what sums to 1 over the parts
  bool certain_way = true;  // false: by an endpoint of which the facts do not say whether it is there
  Reachable reachable = Reachable::no;
  std::vector<Hop> forward, back;
  std::vector<Block> blocked_by;
  std::vector<std::string> depends_on;
};

struct Answer {
  Query query;
  Reachable reachable = Reachable::depends;
  std::vector<Hop> forward, back;  // of the part that says most: the first that does not pass, else the first
  std::vector<Block> blocked_by;   // every one, in the order of the path
  // Tried on a copy of the facts: with all of these nothing blocks any more, and none of them is superfluous.
  // Empty where the facts show nothing that would open it, and where part of what was asked passes.
  std::vector<Change> smallest_change;
  std::vector<std::string> depends_on;  // what is missing or undecided, in words
  std::vector<Part> parts;              // more than one where a range is reached only partly
};

// Where a packet would start from: an interface that exists, or one that a task would get.
struct Source {
  std::string subnet_id;
  std::vector<std::string> groups;
  std::string address;     // of the interface; "": any of the subnet
  bool public_ip = false;  // an IPv4 address that an internet gateway can translate to
};

class Network {
 public:
  explicit Network(const facts::Facts& facts);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Error: bad_input, where an end is malformed; not_found, where an interface is in no facts.
  core::Result<Answer> path(const Query& query) const;
  // From, and to, an interface that need not exist yet: query.from, query.to is ignored.
  core::Result<Answer> path_from(const Source& source, const Query& query) const;
  core::Result<Answer> path_to(const Query& query, const Source& destination) const;
  // As path_from(), without hops and without trying changes: forward, back and smallest_change stay empty.
  core::Result<Answer> verdict_from(const Source& source, const Query& query) const;

  struct Index;
  const Index& index() const { return *index_; }

 private:
  std::unique_ptr<Index> index_;
};

}  // namespace doctor::network
