#include "remedy/blast_radius.h"

#include <algorithm>

#include "core/arn.h"
#include "diagnose/platform_sight.h"
#include "facts/resource_policy.h"
#include "facts/subject.h"
#include "remedy/blast_gathering.h"

namespace doctor::remedy {
namespace {

using facts::Place;
using facts::Service;

// "app/web/0123456789abcdef" of "arn:…:loadbalancer/app/web/0123456789abcdef".
std::string short_balancer(const std::string& arn) {
  constexpr std::string_view kBefore = ":loadbalancer/";
  const auto at = arn.find(kBefore);
  return at == std::string::npos ? arn : arn.substr(at + kBefore.size());
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

void of_organization_policy(Gathering& g) {
  for (const Place& place : g.facts().places) {
    for (const auto& [arn, service] : place.services) {
      g.add(place, "ecs:service", service_name(service), "the organization");
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
  } else if (kind.starts_with("ec2:")) {
    gather_network(g, resource);
  } else if (kind == "iam:role-policy" || kind == "iam:role") {
    of_roles(g,
             {std::string(core::short_name(id.substr(0, kind == "iam:role" ? std::string::npos : slash)))});
  } else if (kind == "iam:policy") {
    of_policy(g, id);
  } else if (kind == "organizations:policy") {
    of_organization_policy(g);
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
