// Who stands behind a piece of the network: in its subnets, its VPC or its group.
#include <algorithm>

#include "remedy/blast_gathering.h"

namespace doctor::remedy {
namespace {

using facts::Place;
using facts::Service;

std::string vpc_of(const Place& place, const std::string& subnet) {
  const auto found = place.subnets.find(subnet);
  return found == place.subnets.end() ? std::string() : found->second.vpc_id;
}

// Interfaces that are neither a task's nor an endpoint's nor a NAT gateway's, which are dependents of their
// own: functions, load balancers, databases, instances ("Requester-managed network interfaces").
bool is_of_something_else(const facts::NetworkInterface& interface) {
  return !(interface.description.starts_with("arn:aws") &&
           interface.description.find(":attachment/") != std::string::npos) &&
         interface.interface_type != "vpc_endpoint" && interface.interface_type != "nat_gateway" &&
         interface.interface_type != "gateway_load_balancer_endpoint";
}

// By what has the interface, where its description says: a balancer and a function have several.
Dependent owner_of(const std::string& id, const facts::NetworkInterface& interface) {
  constexpr std::string_view kBalancer = "ELB ", kFunction = "AWS Lambda VPC ENI-";
  constexpr std::size_t kUuid = 36;
  std::string_view words = interface.description;
  if (words.starts_with(kBalancer))
    return {"elbv2:load-balancer", std::string(words.substr(kBalancer.size())), {}};
  if (words.starts_with(kFunction)) {
    words.remove_prefix(kFunction.size());
    const bool has_uuid = words.size() > kUuid + 1 && words[words.size() - kUuid - 1] == '-';
    return {"lambda:function",
            std::string(words.substr(0, has_uuid ? words.size() - kUuid - 1 : words.size())),
            {}};
  }
  return {"ec2:network-interface", id, {}};
}

void of_interfaces(Gathering& g, const std::function<std::string(const facts::NetworkInterface&)>& uses) {
  g.places([&](const Place& place) {
    for (const auto& [id, interface] : place.interfaces) {
      if (!is_of_something_else(interface)) continue;
      const std::string through = uses(interface);
      if (through.empty()) continue;
      Dependent owner = owner_of(id, interface);
      g.add(place, std::move(owner.kind), owner.name, through);
    }
  });
}

void of_subnets(Gathering& g, const std::vector<std::string>& subnets) {
  const auto if_held = [&subnets](std::string_view id) {
    return holds(subnets, id) ? std::string(id) : std::string();
  };
  g.services([&](const Place&, const Service& service) -> std::string {
    for (const auto& subnet : service.network.subnets) {
      if (holds(subnets, subnet)) return subnet;
    }
    return {};
  });
  g.lone_tasks([&](const Place&, const facts::Task& task) { return if_held(task.subnet()); });
  g.places([&](const Place& place) {
    for (const auto& [id, endpoint] : place.vpc_endpoints) {
      for (const auto& subnet : endpoint.subnets) {
        if (holds(subnets, subnet)) g.add(place, "ec2:vpc-endpoint", id, subnet);
      }
    }
    for (const auto& [id, nat] : place.nat_gateways) {
      if (holds(subnets, nat.subnet_id)) g.add(place, "ec2:nat-gateway", id, nat.subnet_id);
    }
  });
  of_interfaces(g, [&](const auto& interface) { return if_held(interface.subnet_id); });
}

// All that runs in it: what an endpoint's private name is for, and the VPC's own settings.
void of_vpc(Gathering& g, const std::string& vpc) {
  if (vpc.empty()) return;
  g.services([&](const Place& place, const Service& service) -> std::string {
    for (const auto& subnet : service.network.subnets) {
      if (vpc_of(place, subnet) == vpc) return vpc;
    }
    return {};
  });
  g.lone_tasks([&](const Place& place, const facts::Task& task) {
    return vpc_of(place, std::string(task.subnet())) == vpc ? vpc : std::string();
  });
  of_interfaces(g, [&](const auto& interface) { return interface.vpc_id == vpc ? vpc : std::string(); });
}

void of_security_group(Gathering& g, const std::string& id) {
  g.services([&](const Place&, const Service& service) {
    return holds(service.network.security_groups, id) ? id : std::string();
  });
  g.lone_tasks([&](const Place& place, const facts::Task& task) {
    const auto interface = place.interfaces.find(std::string(task.network_interface()));
    return interface != place.interfaces.end() && holds(interface->second.groups, id) ? id : std::string();
  });
  g.places([&](const Place& place) {
    for (const auto& [endpoint_id, endpoint] : place.vpc_endpoints) {
      if (holds(endpoint.groups, id)) g.add(place, "ec2:vpc-endpoint", endpoint_id, id);
    }
    for (const auto& [group_id, group] : place.security_groups) {
      for (const auto* rules : {&group.ingress, &group.egress}) {
        for (const auto& rule : *rules) {
          if (group_id != id && holds(rule.groups, id)) g.add(place, "ec2:security-group", group_id, id);
        }
      }
    }
  });
  of_interfaces(g, [&](const auto& interface) { return holds(interface.groups, id) ? id : std::string(); });
}

// Subnets whose routes a table is: those it names, and those of its VPC that no table names where it is main.
std::vector<std::string> subnets_of_table(const Place& place, const facts::RouteTable& table) {
  std::vector<std::string> subnets = table.subnets;
  if (!table.main) return subnets;
  for (const auto& pair : place.subnets) {
    if (pair.second.vpc_id != table.vpc_id) continue;
    const bool named =
        std::any_of(place.route_tables.begin(), place.route_tables.end(),
                    [&](const auto& other) { return holds(other.second.subnets, pair.first); });
    if (!named) subnets.push_back(pair.first);
  }
  return subnets;
}

void of_route_table(Gathering& g, const std::string& id) {
  for (const Place& place : g.facts().places) {
    const auto table = place.route_tables.find(id);
    if (table != place.route_tables.end()) of_subnets(g, subnets_of_table(place, table->second));
  }
}

void of_network_acl(Gathering& g, const std::string& id) {
  for (const Place& place : g.facts().places) {
    const auto acl = place.network_acls.find(id);
    if (acl != place.network_acls.end()) of_subnets(g, acl->second.subnets);
  }
}

// An interface endpoint takes its service's name over for the whole VPC, a gateway endpoint for its tables.
void of_endpoint(Gathering& g, const std::string& id) {
  if (const auto slash = id.find('/'); slash != std::string::npos) return of_vpc(g, id.substr(0, slash));
  for (const Place& place : g.facts().places) {
    const auto endpoint = place.vpc_endpoints.find(id);
    if (endpoint == place.vpc_endpoints.end()) continue;
    if (endpoint->second.type != "Gateway") {
      of_vpc(g, endpoint->second.vpc_id);
      continue;
    }
    for (const auto& table_id : endpoint->second.route_tables) of_route_table(g, table_id);
  }
}

void of_internet_gateway(Gathering& g, const std::string& id) {
  for (const Place& place : g.facts().places) {
    const auto gateway = place.internet_gateways.find(id);
    if (gateway == place.internet_gateways.end()) continue;
    for (const auto& vpc : gateway->second.vpcs) of_vpc(g, vpc);
  }
}

}  // namespace

void gather_network(Gathering& g, const Resource& resource) {
  const std::string &kind = resource.kind, &id = resource.id;
  if (kind == "ec2:security-group") {
    of_security_group(g, id);
  } else if (kind == "ec2:subnet") {
    of_subnets(g, {id});
  } else if (kind == "ec2:route-table") {
    of_route_table(g, id);
  } else if (kind == "ec2:network-acl") {
    of_network_acl(g, id);
  } else if (kind == "ec2:vpc-endpoint") {
    of_endpoint(g, id);
  } else if (kind == "ec2:vpc-attribute") {
    of_vpc(g, id.substr(0, id.find('/')));
  } else if (kind == "ec2:internet-gateway") {
    of_internet_gateway(g, id);
  }
}

}  // namespace doctor::remedy
