#include "remedy/blast_radius.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/platform_sight.h"

namespace doctor::remedy {
namespace {

using facts::Place;
using facts::Service;

bool holds(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

class Gathering {
 public:
  Gathering(const facts::Facts& facts, const Resource& resource) : facts_(facts), radius_{resource, {}} {}

  // Every service for which `uses` gives the name of what it shares; "": it does not.
  using Uses = std::function<std::string(const Place&, const Service&)>;
  void services(const Uses& uses, bool whole_account = false) {
    for (const Place& place : facts_.places) {
      if (!is_near(place, whole_account)) continue;
      for (const auto& [arn, service] : place.services) {
        const std::string through = uses(place, service);
        if (!through.empty()) add(place, "ecs:service", service_name(service), through);
      }
    }
  }
  void add(const Place& place, std::string kind, const std::string& name, const std::string& through) {
    const Resource& r = radius_.resource;
    const bool here = place.account == r.account && place.region == r.region;
    radius_.dependents.push_back(
        {std::move(kind), here ? name : fmt::format("{}/{} {}", place.account, place.region, name), through});
  }
  template <class Visit>
  void places(Visit visit, bool whole_account = false) {
    for (const Place& place : facts_.places) {
      if (is_near(place, whole_account)) visit(place);
    }
  }
  BlastRadius take() {
    auto& all = radius_.dependents;
    const auto key = [](const Dependent& d) { return std::tie(d.kind, d.name, d.through); };
    std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const auto& a, const auto& b) { return a.kind == b.kind && a.name == b.name; }),
              all.end());
    return std::move(radius_);
  }
  static std::string service_name(const Service& service) {
    return fmt::format("{}/{}", core::short_name(service.cluster_arn), service.name);
  }

 private:
  bool is_near(const Place& place, bool whole_account) const {
    const Resource& r = radius_.resource;
    return place.account == r.account && (whole_account || place.region == r.region);
  }
  const facts::Facts& facts_;
  BlastRadius radius_;
};

const facts::TaskDefinition* definition_of(const Place& place, const Service& service) {
  const auto found = place.task_definitions.find(service.task_definition_arn);
  return found == place.task_definitions.end() ? nullptr : &found->second;
}

std::string vpc_of(const Place& place, const std::string& subnet) {
  const auto found = place.subnets.find(subnet);
  return found == place.subnets.end() ? std::string() : found->second.vpc_id;
}

void of_subnets(Gathering& g, const std::vector<std::string>& subnets) {
  g.services([&](const Place&, const Service& service) -> std::string {
    for (const auto& subnet : service.network.subnets) {
      if (holds(subnets, subnet)) return subnet;
    }
    return {};
  });
  g.places([&](const Place& place) {
    for (const auto& [id, endpoint] : place.vpc_endpoints) {
      for (const auto& subnet : endpoint.subnets) {
        if (holds(subnets, subnet)) g.add(place, "ec2:vpc-endpoint", id, subnet);
      }
    }
    for (const auto& [id, nat] : place.nat_gateways) {
      if (holds(subnets, nat.subnet_id)) g.add(place, "ec2:nat-gateway", id, nat.subnet_id);
    }
    for (const auto& [id, interface] :
         place.interfaces) {  // what is no task's: functions, balancers, instances
      const bool other =
          interface.interface_type == "lambda" || interface.interface_type == "network_load_balancer" ||
          interface.description.starts_with("ELB ") || interface.description.starts_with("RDS");
      if (other && holds(subnets, interface.subnet_id))
        g.add(place, "ec2:network-interface", id, interface.subnet_id);
    }
  });
}

void of_vpc(Gathering& g, const std::string& vpc) {
  if (vpc.empty()) return;
  g.services([&](const Place& place, const Service& service) -> std::string {
    for (const auto& subnet : service.network.subnets) {
      if (vpc_of(place, subnet) == vpc) return vpc;
    }
    return {};
  });
}

void of_security_group(Gathering& g, const std::string& id) {
  g.services([&](const Place&, const Service& service) {
    return holds(service.network.security_groups, id) ? id : std::string();
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

void of_route_table(Gathering& g, const facts::Facts& facts, const std::string& id) {
  for (const Place& place : facts.places) {
    const auto table = place.route_tables.find(id);
    if (table != place.route_tables.end()) of_subnets(g, subnets_of_table(place, table->second));
  }
}

void of_network_acl(Gathering& g, const facts::Facts& facts, const std::string& id) {
  for (const Place& place : facts.places) {
    const auto acl = place.network_acls.find(id);
    if (acl != place.network_acls.end()) of_subnets(g, acl->second.subnets);
  }
}

// An interface endpoint takes its service's name over for the whole VPC, a gateway endpoint for its tables.
void of_endpoint(Gathering& g, const facts::Facts& facts, const std::string& id) {
  if (const auto slash = id.find('/'); slash != std::string::npos) return of_vpc(g, id.substr(0, slash));
  for (const Place& place : facts.places) {
    const auto endpoint = place.vpc_endpoints.find(id);
    if (endpoint == place.vpc_endpoints.end()) continue;
    if (endpoint->second.type != "Gateway") {
      of_vpc(g, endpoint->second.vpc_id);
      continue;
    }
    for (const auto& table_id : endpoint->second.route_tables) of_route_table(g, facts, table_id);
  }
}

void of_roles(Gathering& g, const std::vector<std::string>& names) {
  g.services(
      [&](const Place& place, const Service& service) -> std::string {
        const auto* definition = definition_of(place, service);
        if (definition == nullptr) return {};
        for (const auto* arn : {&definition->task_role_arn, &definition->execution_role_arn}) {
          if (!arn->empty() && holds(names, core::short_name(*arn)))
            return std::string(core::short_name(*arn));
        }
        return {};
      },
      true);
  g.places(
      [&](const Place& place) {  // tasks that no service runs
        for (const auto& [arn, task] : place.tasks) {
          const auto definition = place.task_definitions.find(task.task_definition_arn);
          if (definition == place.task_definitions.end() || !task.service().empty()) continue;
          for (const auto* role :
               {&definition->second.task_role_arn, &definition->second.execution_role_arn}) {
            if (!role->empty() && holds(names, core::short_name(*role)))
              g.add(place, "ecs:task-definition",
                    std::string(core::family_revision(task.task_definition_arn)),
                    std::string(core::short_name(*role)));
          }
        }
      },
      true);
}

void of_policy(Gathering& g, const facts::Facts& facts, const std::string& arn) {
  std::vector<std::string> roles;
  for (const Place& place : facts.places) {
    for (const auto& [name, role] : place.roles) {
      const bool attached = std::any_of(role.attached_policies.begin(), role.attached_policies.end(),
                                        [&](const auto& policy) { return policy.arn == arn; });
      if (!attached && role.boundary_arn != arn) continue;
      if (!holds(roles, name)) {
        roles.push_back(name);
        g.add(place, "iam:role", name, arn);
      }
    }
  }
  of_roles(g, roles);
}

void of_organization_policy(Gathering& g, const facts::Facts& facts) {
  for (const Place& place : facts.places) {
    for (const auto& [arn, service] : place.services) {
      g.add(place, "ecs:service", Gathering::service_name(service), "the organization");
    }
  }
}

void of_definition_family(Gathering& g, std::string family) {
  if (const auto colon = family.find(':'); colon != std::string::npos) family.erase(colon);
  const auto is_of = [&](std::string_view arn) {
    const auto name = core::family_revision(arn);
    return name.substr(0, name.find(':')) == family;
  };
  g.services([&](const Place&, const Service& service) {
    return is_of(service.task_definition_arn) ? family : std::string();
  });
}

void of_images(Gathering& g, const std::string& repository) {
  g.services([&](const Place& place, const Service& service) -> std::string {
    const auto* definition = definition_of(place, service);
    if (definition == nullptr) return {};
    for (const auto& container : definition->containers) {
      const auto image = diagnose::image_name_of(container.image);
      if (image.in_ecr && image.repository == repository) return container.image;
    }
    return {};
  });
}

void of_key(Gathering& g, const std::string& key) {
  const auto is_key = [&](const std::string& named) {
    return !named.empty() && core::short_name(named) == core::short_name(key);
  };
  g.services([&](const Place& place, const Service& service) -> std::string {
    const auto cluster = place.clusters.find(service.cluster_arn);
    if (cluster == place.clusters.end() || !cluster->second.execute_command) return {};
    return is_key(cluster->second.execute_command->kms_key_id) ? key : std::string();
  });
}

void of_log_group(Gathering& g, const std::string& group) {
  g.services([&](const Place& place, const Service& service) -> std::string {
    const auto* definition = definition_of(place, service);
    if (definition == nullptr) return {};
    for (const auto& container : definition->containers) {
      const auto named = container.log_options.find("awslogs-group");
      if (named != container.log_options.end() && named->second == group) return group;
    }
    return {};
  });
}

}  // namespace

BlastRadius blast_radius_of(const facts::Facts& facts, const Resource& resource) {
  Gathering g(facts, resource);
  const std::string &kind = resource.kind, &id = resource.id;
  const auto slash = id.find('/');
  if (kind == "ecs:service") {
    g.services([&](const Place&, const Service& s) { return s.arn == id ? s.name : std::string(); });
  } else if (kind == "ecs:cluster") {
    g.services([&](const Place&, const Service& s) {
      return s.cluster_arn == id ? std::string(core::short_name(id)) : "";
    });
  } else if (kind == "ecs:capacity-provider") {
    g.services([&](const Place&, const Service& s) -> std::string {
      for (const auto& item : s.capacity_provider_strategy) {
        if (item.capacity_provider == id) return id;
      }
      return {};
    });
  } else if (kind == "ecs:task-definition") {
    of_definition_family(g, std::string(core::family_revision(id)));
  } else if (kind.starts_with("elbv2:target-group")) {
    g.services([&](const Place&, const Service& s) -> std::string {
      for (const auto& balancer : s.load_balancers) {
        if (balancer.target_group_arn == id) return std::string(core::short_name(id));
      }
      return {};
    });
  } else if (kind == "ec2:security-group") {
    of_security_group(g, id);
  } else if (kind == "ec2:subnet") {
    of_subnets(g, {id});
  } else if (kind == "ec2:route-table") {
    of_route_table(g, facts, id);
  } else if (kind == "ec2:network-acl") {
    of_network_acl(g, facts, id);
  } else if (kind == "ec2:vpc-endpoint") {
    of_endpoint(g, facts, id);
  } else if (kind == "ec2:vpc-attribute") {
    of_vpc(g, id.substr(0, slash));
  } else if (kind == "ec2:internet-gateway") {
    for (const Place& place : facts.places) {
      const auto gateway = place.internet_gateways.find(id);
      if (gateway == place.internet_gateways.end()) continue;
      for (const auto& vpc : gateway->second.vpcs) of_vpc(g, vpc);
    }
  } else if (kind == "iam:role-policy" || kind == "iam:role") {
    of_roles(g,
             {std::string(core::short_name(id.substr(0, kind == "iam:role" ? std::string::npos : slash)))});
  } else if (kind == "iam:policy") {
    of_policy(g, facts, id);
  } else if (kind == "organizations:policy") {
    of_organization_policy(g, facts);
  } else if (kind == "ecr:lifecycle-policy" || kind == "ecr:repository") {
    of_images(g, id);
  } else if (kind == "kms:key") {
    of_key(g, id);
  } else if (kind == "logs:log-group") {
    of_log_group(g, id);
  }
  return g.take();
}

}  // namespace doctor::remedy
