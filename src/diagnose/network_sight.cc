#include "diagnose/network_sight.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace doctor::diagnose {
namespace {

using network::Answer;
using network::Reachable;

constexpr const char* kLinuxClient = "32768-61000";  // "Ephemeral ports" of the Amazon VPC user guide

const network::Hop* hop_of(const Answer& answer, std::string_view kind) {
  const auto found = std::find_if(answer.forward.begin(), answer.forward.end(),
                                  [&](const network::Hop& hop) { return hop.kind == kind; });
  return found == answer.forward.end() ? nullptr : &*found;
}

bool uses(const network::Hop& hop) {
  return (hop.kind == "VPC endpoint" && hop.rule == "private DNS") || hop.kind == "gateway endpoint";
}

// The CLI's words for the rule of a block: "inbound rule 90: deny tcp 443 0.0.0.0/0".
std::string rule_words(std::string rule) {
  for (const auto& [from, to] : {std::pair{"egress ", "outbound "}, std::pair{"ingress ", "inbound "}}) {
    const auto at = rule.find(from);
    if (at == 0 || (at != std::string::npos && rule.starts_with("no ")))
      rule.replace(at, std::string_view(from).size(), to);
  }
  return rule;
}

Source source_of_block(const network::Block& block) {
  struct Row {
    std::string_view kind;
    const char *operation, *field;
  };
  constexpr Row kRows[] = {
      {"security group", "describe-security-groups", "ipPermissions"},
      {"network ACL", "describe-network-acls", "entries"},
      {"route table", "describe-route-tables", "routes"},
      {"NAT gateway", "describe-nat-gateways", "state"},
      {"internet gateway", "describe-internet-gateways", "attachments"},
      {"VPC endpoint", "describe-vpc-endpoints", "privateDnsEnabled"},
      {"endpoint policy", "describe-vpc-endpoints", "policyDocument"},
      {"gateway endpoint", "describe-vpc-endpoints", "state"},
      {"peering connection", "describe-vpc-peering-connections", "status"},
  };
  Source source{"ec2", "describe-transit-gateway-attachments", {}, {}, block.resource, std::nullopt};
  for (const Row& row : kRows) {
    if (row.kind != block.kind) continue;
    source.operation = row.operation;
    source.field = row.field;
  }
  if (block.kind == "security group" && block.rule.find("egress") != std::string::npos)
    source.field = "ipPermissionsEgress";
  return source;
}

std::string kebab(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string fix_of(const Answer& answer) {
  std::string fix;
  for (const network::Change& change : answer.smallest_change) {
    const auto colon = change.operation.find(':');
    if (!fix.empty()) fix += "; ";
    fix += fmt::format("aws {} {} {}", change.operation.substr(0, colon),
                       kebab(change.operation.substr(colon + 1)), change.parameters);
  }
  return fix;
}

PathSight closed(const Answer& answer, std::string_view service) {
  std::string why;
  for (const network::Block& block : answer.blocked_by) {
    why += why.empty() ? "" : "; ";
    why += fmt::format("{} ({}{})", block.why, block.on_return ? "on the way back, " : "",
                       rule_words(block.rule));
  }
  PathSight sight{Way::closed, false, false, fmt::format("cannot reach {}: {}", service, why),
                  source_of_block(answer.blocked_by.front())};
  sight.fix = fix_of(answer);
  return sight;
}

PathSight open(const Answer& answer, std::string_view service) {
  PathSight sight{
      Way::open, false, false, {}, {"ec2", "describe-route-tables", {}, "routes", {}, std::nullopt}};
  const network::Hop* nat = hop_of(answer, "NAT gateway");
  const auto endpoint = std::find_if(answer.forward.begin(), answer.forward.end(), uses);
  if (endpoint != answer.forward.end()) {
    sight.by_endpoint = true;
    sight.endpoints = {endpoint->resource};
    sight.why =
        fmt::format("reaches {} by the {} endpoint {}", service,
                    endpoint->kind == "gateway endpoint" ? "gateway" : "interface", endpoint->resource);
    sight.source = {"ec2", "describe-vpc-endpoints", {}, "vpcEndpointId", endpoint->resource, std::nullopt};
  } else if (nat != nullptr) {
    sight.by_nat = true;
    sight.why = fmt::format("reaches {} by the NAT gateway {}", service, nat->resource);
    sight.source.value = nat->resource;
  } else if (const network::Hop* gateway = hop_of(answer, "internet gateway")) {
    sight.why =
        fmt::format("reaches {} by the internet gateway {} and a public IP", service, gateway->resource);
    sight.source.value = gateway->resource;
  } else {
    sight.why = fmt::format("reaches {}", service);
  }
  return sight;
}

// What a snapshot leaves out without any sign that it is in the way.
bool is_mere_gap(const std::string& missing) {
  constexpr std::string_view kGaps[] = {"the network ACL of ",
                                        "the VPC endpoints of ",
                                        "NAT gateway ",
                                        "security group ",
                                        "the subnets of vpce-",
                                        "the internet gateway of ",
                                        "the security groups of ",
                                        "subnet "};
  return std::any_of(std::begin(kGaps), std::end(kGaps),
                     [&](std::string_view gap) { return missing.starts_with(gap); });
}

// What the parts say together: a rule about a few addresses of the internet decides nothing about a service.
Way way_of(const Answer& answer) {
  constexpr double kNearlyAll = 0.9;
  double no = 0, yes = 0;
  for (const network::Part& part : answer.parts) {
    if (!part.certain_way) continue;
    if (part.reachable == Reachable::no) no += part.share;
    const bool gaps = std::all_of(part.depends_on.begin(), part.depends_on.end(), is_mere_gap);
    if (part.reachable == Reachable::yes || (part.reachable == Reachable::depends && gaps)) yes += part.share;
  }
  double certain = 0;
  for (const network::Part& part : answer.parts) certain += part.certain_way ? part.share : 0;
  if (answer.reachable == Reachable::no) return Way::closed;
  if (yes >= kNearlyAll * certain) return Way::open;
  const bool hides_endpoint = std::any_of(answer.parts.begin(), answer.parts.end(),
                                          [](const network::Part& part) { return !part.certain_way; });
  return no >= kNearlyAll * certain && !hides_endpoint ? Way::closed : Way::depends;
}

PathSight sight_of(const Answer& answer, std::string_view service) {
  const Way way = way_of(answer);
  if (way == Way::closed && !answer.blocked_by.empty()) return closed(answer, service);
  if (way == Way::open) return open(answer, service);
  PathSight sight = open(answer, service);
  sight.way = Way::depends;
  std::string missing;
  for (const std::string& text : answer.depends_on) {
    if (is_mere_gap(text) && answer.depends_on.size() > 1) continue;
    missing += (missing.empty() ? "" : ", ") + text;
  }
  sight.why = fmt::format("may or may not reach {}: it depends on {}", service, missing);
  return sight;
}

int badness(Way way) {
  switch (way) {
    case Way::closed:
      return 3;
    case Way::depends:
      return 2;
    case Way::open:
      return 1;
    case Way::unknown:
      return 0;
  }
  return 0;
}

}  // namespace

TaskNetwork network_of(const Case& c, const facts::Task* task) {
  TaskNetwork network;
  if (c.service != nullptr) {
    network.subnets = c.service->network.subnets;
    network.groups = c.service->network.security_groups;
    if (!network.subnets.empty()) network.public_ip = c.service->network.assign_public_ip;
  }
  if (task == nullptr) return network;
  if (!task->subnet().empty()) network.subnets = {std::string(task->subnet())};
  if (c.place == nullptr) return network;
  const auto interface = c.place->interfaces.find(std::string(task->network_interface()));
  if (interface == c.place->interfaces.end()) return network;
  network.groups = interface->second.groups;
  network.public_ip = !interface->second.public_ip.empty();
  if (network.subnets.empty()) network.subnets = {interface->second.subnet_id};
  return network;
}

PathSight path_to_service(const network::Network& network, const std::string& subnet, const TaskNetwork& task,
                          std::string_view service) {
  network::Query query;
  query.to = fmt::format("service:{}", service);
  query.source_ports = kLinuxClient;
  const auto ask = [&](bool public_ip) -> std::optional<PathSight> {
    const auto answer = network.path_from({subnet, task.groups, "", public_ip}, query);
    if (!answer) return std::nullopt;  // the subnet is not in the facts
    const bool no_routes =
        std::any_of(answer->depends_on.begin(), answer->depends_on.end(),
                    [](const auto& text) { return text.starts_with("the route table of "); });
    if (no_routes && answer->blocked_by.empty()) return std::nullopt;
    return sight_of(*answer, service);
  };
  const auto without = ask(task.public_ip.value_or(false));
  if (!without) return {};
  if (task.public_ip || without->way == Way::open) return *without;
  const auto with = ask(true);
  if (!with || with->way == without->way) return *without;
  PathSight sight = *with;
  sight.way = Way::depends;
  sight.why =
      fmt::format("reaches {} only with a public IP, and whether tasks get one is not known", service);
  return sight;
}

PathSight worst_path(const Case& c, const TaskNetwork& task, std::string_view service) {
  PathSight worst;
  if (c.network == nullptr) return worst;
  for (const std::string& subnet : task.subnets) {
    PathSight sight = path_to_service(*c.network, subnet, task, service);
    if (badness(sight.way) <= badness(worst.way)) continue;
    worst = std::move(sight);
    worst.why = subnet + " " + worst.why;
  }
  return worst;
}

}  // namespace doctor::diagnose
