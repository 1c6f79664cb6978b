#include "network/needs.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace doctor::network {
namespace {

// "Many Linux kernels (including the Amazon Linux kernel) use ports 32768-61000": "Ephemeral ports".
constexpr const char* kLinuxClient = "32768-61000";

Need image_api() {
  return {"image.api", "image pull: ECR API", "service:ecr.api", "tcp", "443", "ecr:GetAuthorizationToken"};
}
Need image_registry() {
  return {"image.registry", "image pull: ECR registry", "service:ecr.dkr", "tcp", "443", "ecr:BatchGetImage"};
}
Need image_layers() {
  return {"image.layers", "image pull: layers from S3", "service:s3", "tcp", "443", "s3:GetObject"};
}
Need logs() {
  return {"logs", "CloudWatch Logs", "service:logs", "tcp", "443", "logs:PutLogEvents"};
}
Need secrets() {
  return {
      "secrets", "Secrets Manager", "service:secretsmanager", "tcp", "443", "secretsmanager:GetSecretValue"};
}
Need parameters() {
  return {"parameters", "Parameter Store", "service:ssm", "tcp", "443", "ssm:GetParameters"};
}
Need exec_channel() {
  return {"exec", "ECS Exec", "service:ssmmessages", "tcp", "443", "ssmmessages:OpenDataChannel"};
}

// The host of an image's name; Docker Hub's where it names none ("Docker: image name").
std::string registry_host(std::string_view image) {
  const auto slash = image.find('/');
  const std::string_view first = image.substr(0, slash);
  const bool is_host = slash != std::string_view::npos && (first.find('.') != std::string_view::npos ||
                                                           first.find(':') != std::string_view::npos);
  if (!is_host || first == "docker.io") return "registry-1.docker.io";
  return std::string(first.substr(0, first.find(':')));
}

void add(std::vector<Need>& needs, Need need) {
  const bool there = std::any_of(needs.begin(), needs.end(),
                                 [&](const Need& n) { return n.id == need.id && n.to == need.to; });
  if (!there) needs.push_back(std::move(need));
}

Query query_of(const Need& need) {
  Query query;
  query.to = need.to;
  query.protocol = need.protocol;
  query.ports = need.ports;
  query.source_ports = kLinuxClient;
  query.action = need.action;
  return query;
}

std::string key_of(const Source& source) {
  std::string key = source.subnet_id + (source.public_ip ? "+" : "-") + source.address;
  for (const std::string& group : source.groups) (key += ' ') += group;
  return key;
}

bool all_fare_alike(const Answer& answer) {
  return std::all_of(answer.parts.begin(), answer.parts.end(),
                     [&](const Part& part) { return part.reachable == answer.parts.front().reachable; });
}

}  // namespace

std::vector<Need> all_fargate_needs() {
  return {image_api(), image_registry(), image_layers(), logs(), secrets(), parameters(), exec_channel()};
}

std::vector<Need> needs_of_task(const facts::Place& place, const facts::TaskDefinition& definition,
                                bool exec) {
  std::vector<Need> needs;
  for (const facts::ContainerDefinition& container : definition.containers) {
    const std::string host = registry_host(container.image);
    if (host.find(".dkr.ecr.") != std::string::npos) {
      add(needs, image_api());
      add(needs, image_registry());
      add(needs, image_layers());
    } else {
      add(needs, {"image.registry", "image pull: " + host, "service:" + host});
    }
    if (container.log_driver == "awslogs") add(needs, logs());
    for (const facts::Secret& secret : container.secrets) {
      const bool in_secrets_manager = secret.value_from.find(":secretsmanager:") != std::string::npos;
      add(needs, in_secrets_manager ? secrets() : parameters());
    }
  }
  if (exec) add(needs, exec_channel());
  for (const std::string& file_system : definition.efs_volumes) {
    // EFS itself writes it: "EFS mount target for fs-1 (fsmt-1)".
    const std::string description = "EFS mount target for " + file_system + " ";
    for (const auto& [id, interface] : place.interfaces) {
      if (interface.description.starts_with(description))
        add(needs, {"efs", "EFS " + file_system + " in " + interface.availability_zone, id, "tcp", "2049"});
    }
  }
  return needs;
}

struct NeedsEngine::Memo {
  struct Verdict {
    Reachable reachable = Reachable::depends;
    bool for_any_address = true;  // false: a rule tells addresses of the subnet apart
  };
  const Network& network;
  // By source and need, for any address of the subnet; and with the address, where it makes a difference.
  std::unordered_map<std::string, Verdict> verdicts;

  core::Result<Verdict> ask(const Source& source, const std::string& key, const Need& need) {
    const auto found = verdicts.find(key);
    if (found != verdicts.end()) return found->second;
    const auto answer = network.verdict_from(source, query_of(need));
    if (!answer) return core::fail(answer.error());
    return verdicts.emplace(key, Verdict{answer->reachable, all_fare_alike(*answer)}).first->second;
  }
};

NeedsEngine::NeedsEngine(const Network& network) : memo_(std::make_unique<Memo>(Memo{network, {}})) {}
NeedsEngine::~NeedsEngine() = default;

core::Result<std::vector<NeedAnswer>> NeedsEngine::answer(const Source& source,
                                                          const std::vector<Need>& needs) {
  std::vector<NeedAnswer> out;
  for (const Need& need : needs) {
    auto answer = memo_->network.path_from(source, query_of(need));
    if (!answer) return core::fail(answer.error());
    out.push_back({need, std::move(*answer)});
  }
  return out;
}

core::Result<std::vector<Reachable>> NeedsEngine::verdicts(const Source& source,
                                                           const std::vector<Need>& needs) {
  std::vector<Reachable> out;
  Source anywhere = source;
  anywhere.address.clear();
  const std::string base = key_of(anywhere);
  for (const Need& need : needs) {
    const std::string suffix = '|' + need.to + ' ' + need.protocol + need.ports + need.action;
    auto verdict = memo_->ask(anywhere, base + suffix, need);
    if (verdict && !verdict->for_any_address && !source.address.empty())
      verdict = memo_->ask(source, key_of(source) + suffix, need);
    if (!verdict) return core::fail(verdict.error());
    out.push_back(verdict->reachable);
  }
  return out;
}

std::vector<NeedAnswer> health_check_paths(const Network& network, const facts::Place& place,
                                           const facts::Service& service, const Source& task) {
  std::vector<NeedAnswer> out;
  for (const facts::LoadBalancer& target : service.load_balancers) {
    const auto group = place.target_groups.find(target.target_group_arn);
    if (group == place.target_groups.end()) continue;
    const std::string& checked = group->second.health_check_port;
    Need need{"health_check", "health check of " + group->second.name, ""};
    need.ports =
        checked.empty() || checked == "traffic-port" ? std::to_string(target.container_port) : checked;
    for (const std::string& balancer : group->second.load_balancers) {
      // Elastic Load Balancing writes it: "ELB app/NAME/ID", the end of the load balancer's ARN.
      const auto at = balancer.find("loadbalancer/");
      if (at == std::string::npos) continue;
      const std::string description = "ELB " + balancer.substr(at + std::string_view("loadbalancer/").size());
      for (const auto& [id, interface] : place.interfaces) {
        if (interface.description != description) continue;
        need.to = id;
        Query query = query_of(need);
        query.from = id;
        query.to.clear();
        query.source_ports = "1024-65535";
        if (auto answer = network.path_to(query, task)) out.push_back({need, std::move(*answer)});
      }
    }
  }
  return out;
}

}  // namespace doctor::network
