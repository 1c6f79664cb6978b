// Subnets always; who uses their addresses where those run out; the whole path where the words speak of one.
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

constexpr int kFewAddresses = 16;  // free in a subnet: worth asking who holds the others

// Filters, not ids: an id that is gone would fail the whole question, and its absence is the finding.
std::string filter(std::string_view name, const std::vector<std::string>& values,
                   std::string_view parameter = "Filters") {
  return Input{{parameter, {{{"Name", name}, {"Values", values}}}}}.dump();
}

void add(std::set<std::string>& into, const std::vector<std::string>& from) {
  into.insert(from.begin(), from.end());
}

void ask_subnets_and_groups(const View& view) {
  std::set<std::string> subnets, groups;
  for (const Service* service : view.services) {
    add(subnets, service->network.subnets);
    add(groups, service->network.security_groups);
    for (const Deployment& deployment : service->deployments) {
      add(subnets, deployment.network.subnets);
      add(groups, deployment.network.security_groups);
    }
  }
  for (const Task* task : view.stopped) subnets.insert(std::string(task->subnet()));
  for (const Task* task : view.called) subnets.insert(std::string(task->subnet()));
  if (const auto fresh = view.board.fresh(view.index, "subnet", subnets); !fresh.empty())
    view.ask("ec2", "DescribeSubnets", filter("subnet-id", fresh));
  if ((view.needs & (kPath | kInterfaces | kGroupTrail)) == 0) return;
  if (const auto fresh = view.board.fresh(view.index, "group", groups); !fresh.empty())
    view.ask("ec2", "DescribeSecurityGroups", filter("group-id", fresh));
}

void ask_interfaces(const View& view) {
  std::set<std::string> subnets;
  for (const auto& [id, subnet] : view.place.subnets) {
    if (subnet.available_ip_addresses.value_or(kFewAddresses) < kFewAddresses) subnets.insert(id);
  }
  if (const auto fresh = view.board.fresh(view.index, "interfaces", subnets); !fresh.empty())
    view.ask("ec2", "DescribeNetworkInterfaces", filter("subnet-id", fresh));
}

void ask_path(const View& view) {
  std::set<std::string> vpcs;
  for (const auto& [id, subnet] : view.place.subnets) vpcs.insert(subnet.vpc_id);
  const auto fresh = view.board.fresh(view.index, "vpc", vpcs);
  if (fresh.empty()) return;
  view.ask("ec2", "DescribeVpcs", filter("vpc-id", fresh));
  view.ask("ec2", "DescribeRouteTables", filter("vpc-id", fresh));
  view.ask("ec2", "DescribeNetworkAcls", filter("vpc-id", fresh));
  view.ask("ec2", "DescribeVpcEndpoints", filter("vpc-id", fresh));
  view.ask("ec2", "DescribeNatGateways", filter("vpc-id", fresh, "Filter"));
  view.ask("ec2", "DescribeInternetGateways", filter("attachment.vpc-id", fresh));
  for (const std::string& vpc : fresh) {
    for (const auto* attribute : {"enableDnsSupport", "enableDnsHostnames"})
      view.ask("ec2", "DescribeVpcAttribute", Input{{"VpcId", vpc}, {"Attribute", attribute}}.dump(),
               slug(vpc) + "." + attribute);
  }
}

// A NAT gateway leads out only where its own subnet does.
void ask_subnets_of_gateways(const View& view) {
  std::set<std::string> subnets;
  for (const auto& [id, gateway] : view.place.nat_gateways) subnets.insert(gateway.subnet_id);
  if (const auto fresh = view.board.fresh(view.index, "subnet", subnets); !fresh.empty())
    view.ask("ec2", "DescribeSubnets", filter("subnet-id", fresh));
}

// Groups of the endpoints decide whether a task gets through to them.
void ask_endpoint_groups(const View& view) {
  std::set<std::string> groups;
  for (const auto& [id, endpoint] : view.place.vpc_endpoints) add(groups, endpoint.groups);
  if (const auto fresh = view.board.fresh(view.index, "group", groups); !fresh.empty())
    view.ask("ec2", "DescribeSecurityGroups", filter("group-id", fresh));
}

}  // namespace

void ask_network(const View& view) {
  ask_subnets_and_groups(view);
  ask_interfaces(view);
  if ((view.needs & kPath) == 0) return;
  ask_path(view);
  ask_subnets_of_gateways(view);
  ask_endpoint_groups(view);
}

}  // namespace doctor::facts
