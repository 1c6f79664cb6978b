// All of a VPC's 10,000 interfaces against everything that a Fargate task needs, on one core: the target is 2
// s. The peer in the same run is the same question asked of the network one by one, without what the engine
// remembers of subnets and groups; both must say the same. Two VPCs: tasks of 400 services, and, as the worst
// case for remembering, every interface with groups of its own choice.
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "network/needs.h"

using namespace doctor;

namespace {

constexpr int kSubnets = 50, kGroups = 200, kServices = 400, kTasksEach = 25, kSample = 400;
constexpr double kTarget = 2.0;
const std::string kVpc = "vpc-1";

std::string numbered(const char* kind, int n) {
  return std::string(kind) + "-" + std::to_string(n);
}

facts::SecurityGroupRule rule(const std::string& protocol, int from, int to, std::vector<std::string> cidrs,
                              std::vector<std::string> groups = {}) {
  facts::SecurityGroupRule r;
  r.protocol = protocol;
  if (protocol != "-1") {
    r.from_port = from;
    r.to_port = to;
  }
  r.cidrs = std::move(cidrs);
  for (auto& g : groups) {
    r.group_references.push_back({g, "", "", ""});
    r.groups.push_back(std::move(g));
  }
  return r;
}

// A third of the groups lets everything out, a third HTTPS alone, a third what it names.
void add_groups(facts::Place& p) {
  for (int n = 0; n < kGroups; ++n) {
    const auto id = numbered("sg", n);
    std::vector<facts::SecurityGroupRule> in{rule("tcp", 8080, 8080, {}, {numbered("sg", (n + 1) % kGroups)}),
                                             rule("tcp", 443, 443, {"10.0.0.0/16"})};
    std::vector<facts::SecurityGroupRule> out;
    if (n % 3 == 0) out.push_back(rule("-1", 0, 0, {"0.0.0.0/0"}));
    if (n % 3 == 1) out.push_back(rule("tcp", 443, 443, {"0.0.0.0/0"}));
    if (n % 3 == 2) out.push_back(rule("tcp", 443, 443, {"10.0.0.0/17"}, {"sg-endpoints"}));
    p.security_groups[id] = {id, id, kVpc, std::move(in), std::move(out)};
  }
  p.security_groups["sg-endpoints"] = {
      "sg-endpoints", "endpoints", kVpc, {rule("tcp", 443, 443, {"10.0.0.0/17"})}, {}};
}

void add_acls(facts::Place& p) {
  for (int n = 0; n < 10; ++n) {
    auto& acl = p.network_acls[numbered("acl", n)];
    acl.id = numbered("acl", n);
    acl.vpc_id = kVpc;
    acl.is_default = n == 0;
    for (int s = n; n > 0 && s < kSubnets; s += 10) acl.subnets.push_back(numbered("subnet", s));
    for (const bool egress : {true, false}) {
      for (int e = 0; e < 15; ++e)
        acl.entries.push_back({10 + e, "6", egress, false, "192.0.2." + std::to_string(e) + "/32", 22, 22});
      acl.entries.push_back({100, "6", egress, true, "0.0.0.0/0", egress ? 443 : 1024, egress ? 443 : 65535});
      acl.entries.push_back({110, "-1", egress, n != 9, "0.0.0.0/0", {}, {}});
    }
  }
}

void add_ways_out(facts::Place& p) {
  p.internet_gateways["igw-1"] = {"igw-1", {kVpc}};
  for (int zone = 0; zone < 3; ++zone) {
    const auto id = numbered("nat", zone), subnet = numbered("subnet", zone);
    const std::string address = "10.0." + std::to_string(zone) + ".250",
                      outside = "54.77.0." + std::to_string(zone + 1);
    p.nat_gateways[id] = {id, kVpc, subnet, "available", "public", {{address, outside}}};
    auto& table = p.route_tables[numbered("rtb", zone)];
    table.id = numbered("rtb", zone);
    table.vpc_id = kVpc;
    table.routes = {
        {"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", id, "active"}, {"pl-s3", "vpce-s3", "active"}};
    for (int s = 3 + zone; s < kSubnets; s += 3) table.subnets.push_back(numbered("subnet", s));
  }
  p.route_tables["rtb-main"] = {
      "rtb-main", kVpc, true, {}, {{"10.0.0.0/16", "local", "active"}, {"0.0.0.0/0", "igw-1", "active"}}};
}

facts::VpcEndpoint& add_endpoint(facts::Place& p, const std::string& service, const std::string& type) {
  auto& e = p.vpc_endpoints["vpce-" + service];
  e.id = "vpce-" + service;
  e.vpc_id = kVpc;
  e.service_name = "com.amazonaws.eu-west-1." + service;
  e.type = type;
  e.state = "available";
  return e;
}

void add_endpoints(facts::Place& p) {
  p.prefix_lists["pl-s3"] = {
      "pl-s3", "com.amazonaws.eu-west-1.s3", "IPv4", {"52.218.0.0/17", "3.5.64.0/21"}, true};
  add_endpoint(p, "s3", "Gateway").route_tables = {"rtb-0", "rtb-1", "rtb-2"};
  int n = 0;
  for (const std::string service : {"ecr.api", "ecr.dkr", "logs", "ssmmessages"}) {
    auto& e = add_endpoint(p, service, "Interface");
    e.private_dns_enabled = service != "logs";
    e.groups = {"sg-endpoints"};
    for (int zone = 0; zone < 3; ++zone) {
      const auto subnet = numbered("subnet", 3 + zone), id = "eni-" + service + "-" + std::to_string(zone);
      auto& i = p.interfaces[id];
      i.id = id;
      i.vpc_id = kVpc;
      i.subnet_id = subnet;
      i.groups = e.groups;
      i.private_ip = "10.0." + std::to_string(3 + zone) + "." + std::to_string(240 + n);
      i.private_ips = {{i.private_ip, ""}};
      e.subnets.push_back(subnet);
      e.interfaces.push_back(id);
    }
    ++n;
  }
}

facts::Facts vpc_of_10000(bool services, std::vector<network::Source>& sources) {
  facts::Place p;
  p.account = "111122223333";
  p.region = "eu-west-1";
  for (const std::string what : {"vpc-endpoints", "nat-gateways", "internet-gateways", "route-tables",
                                 "network-acls", "network-interfaces", "security-groups", "prefix-lists"})
    p.answered.insert("ec2.describe-" + what);
  auto& vpc = p.vpcs[kVpc];
  vpc.id = kVpc;
  vpc.cidr = "10.0.0.0/16";
  vpc.cidrs = {vpc.cidr};
  vpc.dns_support = vpc.dns_hostnames = true;
  for (int n = 0; n < kSubnets; ++n) {
    auto& s = p.subnets[numbered("subnet", n)];
    s.id = numbered("subnet", n);
    s.vpc_id = kVpc;
    s.cidr = "10.0." + std::to_string(n) + ".0/24";
    s.availability_zone = std::string("eu-west-1") + "abc"[n % 3];
  }
  add_groups(p);
  add_acls(p);
  add_ways_out(p);
  add_endpoints(p);

  std::mt19937 random(1);
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int n = 0; n < kServices * kTasksEach; ++n) {
    const int service = n / kTasksEach;
    const auto id = numbered("eni", n);
    auto& i = p.interfaces[id];
    i.id = id;
    i.vpc_id = kVpc;
    const int subnet = services ? (service * 3 + n % 3) % kSubnets : below(kSubnets);
    i.subnet_id = numbered("subnet", subnet);
    i.groups = services
                   ? std::vector<std::string>{numbered("sg", service % kGroups),
                                              numbered("sg", service * 7 % kGroups)}
                   : std::vector<std::string>{numbered("sg", below(kGroups)), numbered("sg", below(kGroups))};
    i.private_ip = "10.0." + std::to_string(subnet) + "." + std::to_string(4 + n / kSubnets % 230);
    if (subnet < 3) i.public_ip = "54.78." + std::to_string(n / 250) + "." + std::to_string(n % 250);
    i.private_ips = {{i.private_ip, i.public_ip}};
    sources.push_back({i.subnet_id, i.groups, i.private_ip, !i.public_ip.empty()});
  }
  facts::Facts facts;
  facts.places.push_back(std::move(p));
  return facts;
}

// Processor time: of one core, whatever else the machine does.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// The seconds of the whole sweep; -1 where the two ways differ or one refuses.
double sweep(const char* title, bool services) {
  std::vector<network::Source> sources;
  const facts::Facts facts = vpc_of_10000(services, sources);
  const auto needs = network::all_fargate_needs();

  const double start = seconds();
  const network::Network network(facts);
  network::NeedsEngine engine(network);
  std::vector<std::vector<network::Reachable>> verdicts;
  std::size_t counts[3] = {};
  for (const auto& source : sources) {
    auto some = engine.verdicts(source, needs);
    if (!some) {
      std::printf("%s\n", some.error().sentence.c_str());
      return -1;
    }
    for (const auto r : *some) ++counts[static_cast<int>(r)];
    verdicts.push_back(std::move(*some));
  }
  const double ours = seconds() - start;

  const double peer_start = seconds();
  const std::size_t step = sources.size() / kSample;
  for (std::size_t n = 0; n < sources.size(); n += step) {
    for (std::size_t k = 0; k < needs.size(); ++k) {
      const auto one = network.verdict_from(sources[n], {.from = "",
                                                         .to = needs[k].to,
                                                         .protocol = needs[k].protocol,
                                                         .ports = needs[k].ports,
                                                         .source_ports = "",
                                                         .ip_version = 0,
                                                         .action = needs[k].action});
      if (!one || one->reachable != verdicts[n][k]) {
        std::printf("%s: %s from %s differs from the single question\n", title, needs[k].id.c_str(),
                    sources[n].address.c_str());
        return -1;
      }
    }
  }
  const double peer = (seconds() - peer_start) * static_cast<double>(step);
  std::printf(
      "%s: %zu interfaces x %zu needs in %.3f s (target %.1f s): %zu reachable, %zu not, %zu depend\n"
      "  peer, each asked by itself: %.1f s (from %d of them); ratio ours / peer: %.4f\n",
      title, sources.size(), needs.size(), ours, kTarget, counts[1], counts[0], counts[2], peer, kSample,
      ours / peer);
  return ours;
}

}  // namespace

int main() {
  const double services = sweep("tasks of 400 services", true);
  const double worst = sweep("groups at random", false);
  if (worst >= kTarget) std::printf("groups at random: over the target\n");
  return services >= 0 && worst >= 0 && services < kTarget ? 0 : 1;
}
