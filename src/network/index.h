// The facts as the walk needs them: every CIDR parsed, every rule compiled, every name resolved, once.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "facts/facts.h"
#include "network/address.h"
#include "network/path.h"

namespace doctor::network {

using NameMap = std::map<std::string, std::size_t, std::less<>>;

struct CompiledList {
  std::string id, name;  // AWS's own are named after their service: com.amazonaws.eu-west-1.s3
  bool known = false;
  std::vector<Cidr> cidrs;
};

struct CompiledRule {
  int protocol = -1;      // IANA number; -1: all
  Range ports{0, 65535};  // of TCP and UDP
  int icmp_type = -1, icmp_code = -1;
  std::vector<Cidr> cidrs;
  std::vector<const CompiledList*> lists;
  std::vector<std::string> groups;
  std::string text;  // "tcp 443 from 10.0.0.0/16, sg-1"
};

struct CompiledGroup {
  const facts::SecurityGroup* group = nullptr;
  std::vector<CompiledRule> ingress, egress;
};

struct CompiledEntry {
  int number = 0;
  int protocol = -1;
  bool allow = false;
  Cidr cidr;
  Range ports{0, 65535};
  int icmp_type = -1, icmp_code = -1;
  std::string text;  // "rule 100: allow tcp 443 0.0.0.0/0"
};

struct CompiledAcl {
  const facts::NetworkAcl* acl = nullptr;
  std::vector<CompiledEntry> ingress, egress;  // by number
};

struct CompiledRoute {
  const facts::Route* route = nullptr;
  std::optional<Cidr> cidr;
  const CompiledList* list = nullptr;
  bool propagated = false;
};

struct CompiledTable {
  const facts::RouteTable* table = nullptr;
  std::vector<CompiledRoute> routes;
};

struct VpcPlace;

struct SubnetPlace {
  const facts::Subnet* subnet = nullptr;
  VpcPlace* vpc = nullptr;
  std::vector<Cidr> cidrs;
  const CompiledAcl* acl = nullptr;      // nullptr: not in the facts
  const CompiledTable* table = nullptr;  // nullptr: not in the facts
};

struct VpcPlace {
  std::string id;
  const facts::Place* place = nullptr;
  const facts::Vpc* vpc = nullptr;  // nullptr: known by its subnets alone
  std::vector<Cidr> cidrs;
  std::vector<SubnetPlace*> subnets;
  std::map<Number, const facts::NetworkInterface*> by_address[2];  // IPv4, IPv6
  std::vector<const facts::VpcEndpoint*> endpoints;
  const CompiledTable* main = nullptr;
  const CompiledAcl* default_acl = nullptr;

  bool knows(std::string_view answer) const { return place != nullptr && place->knows(answer); }
};

struct Network::Index {
  const facts::Facts* facts = nullptr;
  std::map<std::string, VpcPlace, std::less<>> vpcs;
  std::map<std::string, SubnetPlace, std::less<>> subnets;
  std::map<std::string, CompiledGroup, std::less<>> groups;
  std::map<std::string, CompiledList, std::less<>> lists;
  std::deque<CompiledTable> tables;
  std::deque<CompiledAcl> acls;
  std::deque<facts::Route> local_routes;  // that a table of the facts does not list: AWS has them in each
  std::unordered_map<std::string, const facts::NetworkInterface*> interfaces;
  std::map<std::string, const facts::NetworkInterface*, std::less<>> by_public_ip;
  std::unordered_map<std::string, const facts::VpcEndpoint*> endpoint_of_interface;
  std::map<std::string, const CompiledTable*, std::less<>> edge_tables;  // by the gateway they are of

  explicit Index(const facts::Facts& facts);

  // The fact of this id in any place; nullptr where there is none.
  template <class T>
  const T* find(std::map<std::string, T> facts::Place::*map, const std::string& id) const {
    for (const facts::Place& place : facts->places) {
      const auto found = (place.*map).find(id);
      if (found != (place.*map).end()) return &found->second;
    }
    return nullptr;
  }
  const SubnetPlace* subnet(std::string_view id) const;
  const VpcPlace* vpc(std::string_view id) const;
};

int protocol_number(std::string_view name);  // "tcp" and "6" are 6; -1: all; -2: none that is known

}  // namespace doctor::network
