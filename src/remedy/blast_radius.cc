#include "remedy/blast_radius.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/platform_sight.h"
#include "facts/resource_policy.h"
#include "facts/subject.h"

namespace doctor::remedy {
namespace {

using facts::Place;
using facts::Service;

bool holds(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// How far a resource reaches: a VPC may be shared with other accounts of its region ("Share your VPC subnets
// with other accounts"), a role with other regions of its account, an image or a key with anybody.
enum class Reach { region, account, everywhere };

void each_once(std::vector<Dependent>& all) {
  const auto key = [](const Dependent& d) { return std::tie(d.kind, d.name, d.through); };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const auto& a, const auto& b) { return a.kind == b.kind && a.name == b.name; }),
            all.end());
}

class Gathering {
 public:
  Gathering(const facts::Facts& facts, const Resource& resource) : facts_(facts), radius_{resource, {}} {}

  // Every service for which `uses` gives the name of what it shares; "": it does not.
  using Uses = std::function<std::string(const Place&, const Service&)>;
  void services(const Uses& uses, Reach reach = Reach::region) {
    for (const Place& place : facts_.places) {
      if (!is_near(place, reach)) continue;
      for (const auto& [arn, service] : place.services) {
        const std::string through = uses(place, service);
        if (!through.empty()) add(place, "ecs:service", service_name(service), through);
      }
    }
  }
  // The same of tasks that no service runs, by their task definition.
  using TaskUses = std::function<std::string(const Place&, const facts::Task&)>;
  void lone_tasks(const TaskUses& uses, Reach reach = Reach::region) {
    for (const Place& place : facts_.places) {
      if (!is_near(place, reach)) continue;
      for (const auto& [arn, task] : place.tasks) {
        if (!task.service().empty()) continue;
        const std::string through = uses(place, task);
        if (through.empty()) continue;
        add(place, "ecs:task-definition", std::string(core::family_revision(task.task_definition_arn)),
            through);
      }
    }
  }
  // The same of everything that runs a task definition.
  using DefinitionUses = std::function<std::string(const Place&, const facts::TaskDefinition&)>;
  void definitions(const DefinitionUses& uses, Reach reach = Reach::region) {
    const auto of = [&](const Place& place, const std::string& arn) {
      const auto found = place.task_definitions.find(arn);
      return found == place.task_definitions.end() ? std::string() : uses(place, found->second);
    };
    services([&](const Place& place, const Service& s) { return of(place, s.task_definition_arn); }, reach);
    lone_tasks([&](const Place& place, const facts::Task& t) { return of(place, t.task_definition_arn); },
               reach);
  }
  void add(const Place& place, std::string kind, const std::string& name, const std::string& through) {
    const Resource& r = radius_.resource;
    const bool here = place.account == r.account && place.region == r.region;
    radius_.dependents.push_back(
        {std::move(kind), here ? name : fmt::format("{}/{} {}", place.account, place.region, name), through});
  }
  template <class Visit>
  void places(Visit visit, Reach reach = Reach::region) {
    for (const Place& place : facts_.places) {
      if (is_near(place, reach)) visit(place);
    }
  }
  BlastRadius take() {
    each_once(radius_.dependents);
    return std::move(radius_);
  }
  static std::string service_name(const Service& service) {
    return fmt::format("{}/{}", core::short_name(service.cluster_arn), service.name);
  }

 private:
  bool is_near(const Place& place, Reach reach) const {
    const Resource& r = radius_.resource;
    return reach == Reach::everywhere || (reach == Reach::account && place.account == r.account) ||
           (reach == Reach::region && place.region == r.region);
  }
  const facts::Facts& facts_;
  BlastRadius radius_;
};

// "app/web/0123456789abcdef" of "arn:…:loadbalancer/app/web/0123456789abcdef".
std::string short_balancer(const std::string& arn) {
  constexpr std::string_view kBefore = ":loadbalancer/";
  const auto at = arn.find(kBefore);
  return at == std::string::npos ? arn : arn.substr(at + kBefore.size());
}

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

// ECS itself acts by this role for every service that names no other ("Using service-linked roles for Amazon
// ECS").
constexpr std::string_view kServiceLinkedRole = "AWSServiceRoleForECS";

void of_roles(Gathering& g, const std::vector<std::string>& names) {
  const auto name_if_held = [&names](const std::string& arn) {
    const std::string_view name = core::short_name(arn);
    return !arn.empty() && holds(names, name) ? std::string(name) : std::string();
  };
  g.definitions(
      [&](const Place&, const facts::TaskDefinition& definition) {
        const std::string by_task = name_if_held(definition.task_role_arn);
        return by_task.empty() ? name_if_held(definition.execution_role_arn) : by_task;
      },
      Reach::account);
  g.services(
      [&](const Place&, const Service& service) {
        return service.role_arn.empty()
                   ? (holds(names, kServiceLinkedRole) ? std::string(kServiceLinkedRole) : "")
                   : name_if_held(service.role_arn);
      },
      Reach::account);
}

void of_policy(Gathering& g, const std::string& arn) {
  std::vector<std::string> roles;
  g.places(
      [&](const Place& place) {
        for (const auto& [name, role] : place.roles) {
          const bool attached = std::any_of(role.attached_policies.begin(), role.attached_policies.end(),
                                            [&](const auto& policy) { return policy.arn == arn; });
          if ((!attached && role.boundary_arn != arn) || holds(roles, name)) continue;
          roles.push_back(name);
          g.add(place, "iam:role", name, arn);
        }
      },
      Reach::account);
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
  g.lone_tasks([&](const Place&, const facts::Task& task) {
    return is_of(task.task_definition_arn) ? family : std::string();
  });
}

void of_cluster(Gathering& g, const std::string& arn) {
  const std::string name(core::short_name(arn));
  g.services([&](const Place&, const Service& s) { return s.cluster_arn == arn ? name : std::string(); });
  g.lone_tasks(
      [&](const Place&, const facts::Task& t) { return t.cluster_arn == arn ? name : std::string(); });
}

// Clusters that have it and what runs on it. FARGATE and FARGATE_SPOT are AWS's own, and every cluster's.
void of_capacity_provider(Gathering& g, const std::string& id) {
  const std::string name(core::short_name(id));
  const auto is_in = [&](const std::vector<facts::CapacityProviderStrategyItem>& strategy) {
    return std::any_of(strategy.begin(), strategy.end(),
                       [&](const auto& item) { return item.capacity_provider == name; });
  };
  g.services([&](const Place& place, const Service& s) {
    const auto cluster = place.clusters.find(s.cluster_arn);
    const bool by_default = s.capacity_provider_strategy.empty() && s.launch_type.empty() &&
                            cluster != place.clusters.end() && is_in(cluster->second.default_strategy);
    return by_default || is_in(s.capacity_provider_strategy) ? name : std::string();
  });
  g.lone_tasks(
      [&](const Place&, const facts::Task& t) { return t.capacity_provider == name ? name : std::string(); });
  g.places([&](const Place& place) {
    for (const auto& [arn, cluster] : place.clusters) {
      if (holds(cluster.capacity_providers, name))
        g.add(place, "ecs:cluster", std::string(core::short_name(arn)), name);
    }
  });
}

void of_target_group(Gathering& g, const std::string& arn) {
  const std::string name(core::short_name(arn));
  g.services([&](const Place&, const Service& s) -> std::string {
    for (const auto& balancer : s.load_balancers) {
      if (balancer.target_group_arn == arn) return name;
    }
    return {};
  });
  g.places([&](const Place& place) {
    const auto group = place.target_groups.find(arn);
    if (group == place.target_groups.end()) return;
    for (const auto& balancer : group->second.load_balancers)
      g.add(place, "elbv2:load-balancer", short_balancer(balancer), name);
  });
}

// A repository ("web"), or one image of it ("web:v1", "web@sha256:…"). Other accounts may pull it too.
void of_images(Gathering& g, const Resource& resource) {
  const std::string& id = resource.id;
  g.definitions(
      [&](const Place&, const facts::TaskDefinition& definition) -> std::string {
        for (const auto& container : definition.containers) {
          const auto image = diagnose::image_name_of(container.image);
          const bool here = image.in_ecr && image.registry.starts_with(resource.account) &&
                            (resource.region.empty() || image.region == resource.region);
          if (!here) continue;
          if (id == image.repository || id == image.repository + ":" + image.tag ||
              id == image.repository + "@" + image.digest)
            return container.image;
        }
        return {};
      },
      Reach::everywhere);
}

// What is encrypted with it: the sessions of a cluster, and the secrets of a task definition.
void of_key(Gathering& g, const std::string& key) {
  const auto is_key = [&](const Place& place, const std::string& named) {
    if (named.empty()) return false;
    const auto alias = place.key_arns.find(facts::slug(named));
    return core::short_name(alias == place.key_arns.end() ? named : alias->second) == core::short_name(key);
  };
  g.services(
      [&](const Place& place, const Service& service) -> std::string {
        const auto cluster = place.clusters.find(service.cluster_arn);
        if (cluster == place.clusters.end() || !cluster->second.execute_command) return {};
        return is_key(place, cluster->second.execute_command->kms_key_id) ? key : std::string();
      },
      Reach::everywhere);
  g.definitions(
      [&](const Place& place, const facts::TaskDefinition& definition) -> std::string {
        for (const auto& container : definition.containers) {
          for (const auto& secret : container.secrets) {
            const std::string arn = facts::secret_arn_of(secret.value_from);
            if (is_key(place, facts::key_of_secret(place, arn))) return arn;
          }
        }
        return {};
      },
      Reach::everywhere);
}

void of_secret(Gathering& g, const std::string& secret_arn) {
  g.definitions(
      [&](const Place&, const facts::TaskDefinition& definition) -> std::string {
        for (const auto& container : definition.containers) {
          for (const auto& secret : container.secrets) {
            if (facts::secret_arn_of(secret.value_from) == secret_arn) return secret_arn;
          }
        }
        return {};
      },
      Reach::everywhere);
}

void of_log_group(Gathering& g, const std::string& group) {
  g.definitions([&](const Place&, const facts::TaskDefinition& definition) -> std::string {
    for (const auto& container : definition.containers) {
      const auto named = container.log_options.find("awslogs-group");
      if (named != container.log_options.end() && named->second == group) return group;
    }
    return {};
  });
  g.services([&](const Place& place, const Service& service) -> std::string {
    const auto cluster = place.clusters.find(service.cluster_arn);
    if (cluster == place.clusters.end() || !cluster->second.execute_command) return {};
    return cluster->second.execute_command->log_group == group ? group : std::string();
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
    of_cluster(g, id);
  } else if (kind == "ecs:capacity-provider") {
    of_capacity_provider(g, id);
  } else if (kind == "ecs:task-definition") {
    of_definition_family(g, std::string(core::family_revision(id)));
  } else if (kind.starts_with("elbv2:target-group")) {
    of_target_group(g, id);
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
    of_policy(g, id);
  } else if (kind == "organizations:policy") {
    of_organization_policy(g, facts);
  } else if (kind.starts_with("ecr:")) {  // lifecycle-policy, repository, image
    of_images(g, resource);
  } else if (kind == "kms:key" || kind == "kms:key-policy") {
    of_key(g, id);
  } else if (kind == "secretsmanager:resource-policy") {
    of_secret(g, id);
  } else if (kind == "logs:log-group") {
    of_log_group(g, id);
  }
  return g.take();
}

BlastRadius blast_radius_of(const facts::Facts& facts, const facts::Facts& more, const Resource& resource) {
  BlastRadius radius = blast_radius_of(facts, resource);
  for (Dependent& dependent : blast_radius_of(more, resource).dependents)
    radius.dependents.push_back(std::move(dependent));
  each_once(radius.dependents);
  return radius;
}

bool is_shared_by_nature(const Resource& resource) {
  const std::string& kind = resource.kind;
  return kind.starts_with("iam:") || kind.starts_with("kms:") || kind.starts_with("organizations:") ||
         kind.starts_with("secretsmanager:") || kind == "ec2:vpc-endpoint" || kind == "ec2:vpc-attribute";
}

}  // namespace doctor::remedy
