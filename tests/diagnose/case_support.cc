#include "diagnose/case_support.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace doctor::diagnose {

core::Timestamp at(std::string_view clock) {
  const auto time = core::timestamp_of_iso(fmt::format("2026-11-24T{}Z", clock));
  EXPECT_TRUE(time) << clock;
  return time.value_or(core::Timestamp{});
}

std::string cluster_arn(std::string_view cluster) {
  return fmt::format("arn:aws:ecs:{}:{}:cluster/{}", kRegion, kAccount, cluster);
}
std::string service_arn(std::string_view service) {
  return fmt::format("arn:aws:ecs:{}:{}:service/prod/{}", kRegion, kAccount, service);
}
std::string task_arn(std::string_view id) {
  return fmt::format("arn:aws:ecs:{}:{}:task/prod/{}", kRegion, kAccount, id);
}
std::string definition_arn(std::string_view family_revision) {
  return fmt::format("arn:aws:ecs:{}:{}:task-definition/{}", kRegion, kAccount, family_revision);
}

World::World() {
  facts.places.emplace_back();
  facts.newest = at("04:00:00");
  place().account = kAccount;
  place().region = kRegion;
  auto& cluster = place().clusters[cluster_arn()];
  cluster.arn = cluster_arn();
  cluster.name = "prod";
  for (const std::string zone : {"a", "b", "c"}) {
    facts::Subnet& subnet = place().subnets["subnet-0" + zone];
    subnet.id = "subnet-0" + zone;
    subnet.vpc_id = "vpc-01";
    subnet.availability_zone = std::string(kRegion) + zone;
    subnet.cidr = "10.0.0.0/24";
    subnet.available_ip_addresses = 200;
  }
  service();
  definition();
}

facts::Service& World::service(std::string_view name) {
  const auto [found, is_new] = place().services.try_emplace(service_arn(name));
  facts::Service& s = found->second;
  if (is_new) {
    s.arn = service_arn(name);
    s.name = name;
    s.cluster_arn = cluster_arn();
    s.status = "ACTIVE";
    s.task_definition_arn = definition_arn(std::string(name) + ":12");
    s.desired = s.running = 6;
    s.capacity_provider_strategy = {{"FARGATE_SPOT", 0, 1}};
    s.network.subnets = {"subnet-0a", "subnet-0b", "subnet-0c"};
    s.network.security_groups = {"sg-01"};
  }
  return s;
}

facts::TaskDefinition& World::definition(std::string_view family_revision) {
  const std::string arn = definition_arn(family_revision);
  const auto [found, is_new] = place().task_definitions.try_emplace(arn);
  facts::TaskDefinition& d = found->second;
  if (is_new) {
    d.arn = arn;
    d.family = family_revision.substr(0, family_revision.find(':'));
    d.revision = std::stoi(std::string(family_revision.substr(family_revision.find(':') + 1)));
    d.cpu = "256";
    d.memory = "512";
    d.operating_system_family = "LINUX";
    d.cpu_architecture = "X86_64";
    d.containers.emplace_back();
    d.containers.front().name = "app";
    d.containers.front().image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1";
  }
  return d;
}

facts::Task& World::running(std::string_view id, std::string_view zone, std::string_view service_name) {
  facts::Task& task = place().tasks[task_arn(id)];
  task.arn = task_arn(id);
  task.cluster_arn = cluster_arn();
  task.task_definition_arn = definition_arn(std::string(service_name) + ":12");
  task.group = fmt::format("service:{}", service_name);
  task.last_status = task.desired_status = "RUNNING";
  task.availability_zone = zone;
  task.capacity_provider = "FARGATE_SPOT";
  task.launch_type = "FARGATE";
  task.platform_version = "1.4.0";
  task.created_at = task.started_at = at("01:00:00");
  task.origin = {"ecs", "describe-tasks", ""};
  task.containers.emplace_back();
  task.containers.front().name = "app";
  return task;
}

facts::Task& World::stopped(std::string_view id, std::string_view zone, std::string_view clock,
                            std::string_view service_name) {
  facts::Task& task = running(id, zone, service_name);
  task.last_status = task.desired_status = "STOPPED";
  task.stopping_at = at(clock);
  task.stopped_at = at(clock) + std::chrono::seconds{20};
  return task;
}

facts::Task& World::spot_stop(std::string_view id, std::string_view zone, std::string_view clock,
                              std::string_view service_name) {
  facts::Task& task = stopped(id, zone, clock, service_name);
  task.stop_code = "SpotInterruption";
  task.stopped_reason = "Your Spot Task was interrupted.";
  task.containers.front().exit_code = 143;
  return task;
}

facts::Task& World::failed_start(std::string_view id, std::string_view zone, std::string_view clock,
                                 std::string_view reason, std::string_view service_name) {
  facts::Task& task = stopped(id, zone, clock, service_name);
  task.stop_code = "TaskFailedToStart";
  task.stopped_reason = reason;
  task.started_at.reset();
  task.created_at = at(clock) - std::chrono::seconds{30};
  return task;
}

void World::event(std::string_view clock, std::string_view message, std::string_view service_name) {
  facts::Service& s = service(service_name);
  facts::ServiceEvent event;
  event.id = fmt::format("event-{}-{}", service_name, clock);
  event.message = message;
  event.created_at = at(clock);
  s.events.insert(s.events.begin(), event);
}

facts::TrailEvent& World::call(std::string_view name, std::string_view clock, std::string_view parameters,
                               std::string_view source) {
  const std::string id = fmt::format("trail-{}-{}", name, clock);
  facts::TrailEvent& event = place().trail[id];
  event.event_id = id;
  event.event_name = name;
  event.event_source = source;
  event.user_arn = "arn:aws:iam::111122223333:user/alice";
  event.time = at(clock);
  event.request_parameters = parameters;
  event.origin = {"cloudtrail", "lookup-events", id};
  answered("cloudtrail.lookup-events");
  return event;
}

facts::HealthEvent& World::health(std::string_view clock, std::string_view service_name) {
  facts::HealthEvent& event = place().health.emplace_back();
  event.arn = fmt::format("arn:aws:health:eu-west-1::event/{}/{}", service_name, clock);
  event.service = service_name;
  event.event_type_code = fmt::format("AWS_{}_OPERATIONAL_ISSUE", service_name);
  event.category = "issue";
  event.region = kRegion;
  event.status = "open";
  event.start = at(clock);
  answered("health.describe-events");
  return event;
}

facts::CallFailure& World::failure(std::string_view operation, std::string_view code, std::string_view reason,
                                   std::string_view clock) {
  facts::CallFailure& failure = place().call_failures.emplace_back();
  failure.operation = operation;
  failure.code = code;
  failure.reason = reason;
  failure.cluster = "prod";
  failure.time = at(clock);
  return failure;
}

Diagnosis World::diagnose(const facts::Scope& scope) const {
  auto result = doctor::diagnose::diagnose(facts, scope);
  EXPECT_TRUE(result) << core::to_line(result.error());
  return result ? *result : Diagnosis{};
}

const Incident& incident_of(const Diagnosis& d, std::string_view family) {
  static const Incident none;
  for (const Incident& incident : d.incidents) {
    if (incident.family == family) return incident;
  }
  return none;
}

std::string top(const Incident& incident) {
  return incident.causes.empty() ? std::string() : incident.causes.front().id;
}

double probability(const Incident& incident, std::string_view id) {
  for (const auto* list : {&incident.causes, &incident.contributing}) {
    for (const Cause& cause : *list) {
      if (cause.id == id) return cause.probability;
    }
  }
  return 0;
}

std::vector<std::string> contributing(const Incident& incident) {
  std::vector<std::string> ids;
  for (const Cause& cause : incident.contributing) ids.push_back(cause.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool shows(const Incident& incident, std::string_view evidence) {
  for (const auto* list : {&incident.causes, &incident.contributing}) {
    for (const Cause& cause : *list) {
      for (const Evidence& e : cause.evidence) {
        if (e.id == evidence) return true;
      }
    }
  }
  return false;
}

std::string detail(const Incident& incident, std::string_view fix) {
  for (const auto* list : {&incident.causes, &incident.contributing}) {
    for (const Cause& cause : *list) {
      for (const Fix& f : cause.fixes) {
        if (f.id == fix) return f.detail;
      }
    }
  }
  return {};
}

std::string dump(const Diagnosis& d) {
  std::string out;
  const auto add_cause = [&](const Cause& cause) {
    out += fmt::format("  {} {} {:.6f}\n", cause.id, cause.title, cause.probability);
    for (const Evidence& e : cause.evidence) {
      out += fmt::format("    {} {} {} {:g} {} {} {} {} {} {}\n", e.id, e.statement, e.speaks_for, e.weight,
                         e.source.service, e.source.operation, e.source.event_id, e.source.field,
                         e.source.value, e.source.time ? core::to_iso(*e.source.time) : "");
    }
    for (const Fix& f : cause.fixes) out += fmt::format("    fix {} {} {}\n", f.id, f.title, f.detail);
  };
  for (const Incident& i : d.incidents) {
    out += fmt::format("{} {}/{} {} {}\n", i.family, i.cluster, i.service, i.count, i.summary);
    for (const std::string& arn : i.task_arns) out += "  " + arn + "\n";
    for (const Cause& cause : i.causes) add_cause(cause);
    for (const Cause& cause : i.contributing) add_cause(cause);
    for (const Mark& m : i.timeline) {
      out += fmt::format("  {} {} {} {} {}\n", core::to_iso(m.time), m.lane, m.kind, m.label, m.subject);
    }
  }
  for (const MissingEvidence& m : d.missing)
    out += fmt::format("{} {} {}\n", m.evidence, m.reason, m.how_to_grant);
  return out;
}

}  // namespace doctor::diagnose
