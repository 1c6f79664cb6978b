// Steady state of the service, and health of its targets.
#include <algorithm>

#include "core/arn.h"
#include "verify/judge.h"

namespace doctor::verify {
namespace {

// A rollout may take its time (draining alone is 300 s a batch by default); one that loses tasks may not.
constexpr core::Duration kPatience = std::chrono::minutes{30};
// After a change ECS replaces tasks; what still misses some later is not steady.
constexpr core::Duration kSettle = std::chrono::minutes{15};
constexpr core::Duration kAskAgain = std::chrono::minutes{5};

const facts::Deployment* primary_of(const facts::Service& service) {
  const auto found = std::find_if(service.deployments.begin(), service.deployments.end(),
                                  [](const auto& deployment) { return deployment.status == "PRIMARY"; });
  return found == service.deployments.end() ? nullptr : &*found;
}

std::string counts(const facts::Service& service) {
  return std::to_string(service.running) + " of " + std::to_string(service.desired) + " tasks run";
}

Check judge_rollout(const Subject& subject, const facts::Deployment& deployment, Check made) {
  made.proof.push_back({"ecs", "describe-services", deployment.id, "deployments[].rolloutState",
                        deployment.rollout_state, deployment.updated_at});
  if (deployment.rollout_state == "FAILED") {
    return failed(std::move(made),
                  "deployment " + deployment.id + " failed" +
                      (deployment.rollout_state_reason.empty() ? std::string{}
                                                               : ": " + deployment.rollout_state_reason));
  }
  const auto since = deployment.created_at.value_or(subject.ended_at);
  const std::string what = "deployment " + deployment.id + " is in progress since " + core::to_iso(since);
  if (subject.now - since < kPatience) return provisional(std::move(made), what, since + kPatience);
  if (deployment.failed_tasks > 0)
    return failed(std::move(made), what + " and lost " + std::to_string(deployment.failed_tasks) + " tasks");
  return provisional(std::move(made), what, subject.now + kAskAgain);
}

}  // namespace

std::vector<Check> judge_service(const Subject& subject, const facts::Place& place) {
  if (subject.run.plan.service.empty()) return {};
  Check made = check("service.steady", name_of(subject.run.plan) + " is in steady state");
  const facts::Service* service = service_of(subject, place);
  if (service == nullptr)
    return {not_possible(std::move(made), "there is no such service in " + place.region)};
  if (service->status != "ACTIVE") return {failed(std::move(made), "the service is " + service->status)};
  const facts::Deployment* primary = primary_of(*service);
  if (primary != nullptr && !primary->rollout_state.empty() && primary->rollout_state != "COMPLETED")
    return {judge_rollout(subject, *primary, std::move(made))};
  made.proof.push_back({"ecs",
                        "describe-services",
                        service->arn,
                        "runningCount",
                        std::to_string(service->running) + " of " + std::to_string(service->desired),
                        {}});
  const auto old =
      std::count_if(service->deployments.begin(), service->deployments.end(),
                    [&](const auto& deployment) { return &deployment != primary && deployment.running > 0; });
  if (service->running == service->desired && service->pending == 0 && old == 0)
    return {passed(std::move(made), counts(*service) + ", and no deployment is open")};
  const auto until = subject.ended_at + kSettle;
  std::string what = counts(*service) + ", " + std::to_string(service->pending) + " are pending";
  if (old > 0) what += ", and tasks of an older deployment still run";
  if (subject.now < until) return {provisional(std::move(made), std::move(what), until)};
  if (service->running >= service->desired)
    return {provisional(std::move(made), std::move(what), subject.now + kAskAgain)};
  return {failed(std::move(made), std::move(what))};
}

namespace {

struct Tally {
  int healthy = 0, starting = 0, draining = 0, unhealthy = 0, other = 0;
  const facts::TargetHealth* worst = nullptr;
};

// The states are those of "Target health status" (Elastic Load Balancing).
Tally tally_of(const facts::TargetGroup& group) {
  Tally out;
  for (const facts::TargetHealth& target : group.targets) {
    if (target.state == "healthy") {
      ++out.healthy;
    } else if (target.state == "initial") {
      ++out.starting;
    } else if (target.state == "draining" || target.state == "unhealthy.draining") {
      ++out.draining;
    } else if (target.state == "unhealthy") {
      ++out.unhealthy;
      out.worst = &target;
    } else {
      ++out.other;
    }
  }
  return out;
}

}  // namespace

std::vector<Check> judge_targets(const Subject& subject, const facts::Place& place) {
  std::vector<Check> out;
  const facts::Service* service = service_of(subject, place);
  if (service == nullptr) return out;
  for (const facts::LoadBalancer& balancer : service->load_balancers) {
    if (balancer.target_group_arn.empty()) continue;  // a Classic Load Balancer, which Fargate does not have
    const auto found = place.target_groups.find(balancer.target_group_arn);
    const std::string name(found == place.target_groups.end() ? core::short_name(balancer.target_group_arn)
                                                              : found->second.name);
    Check made = check("targets.healthy", "the targets of " + name + " are healthy");
    if (found == place.target_groups.end() || !found->second.targets_known) {
      out.push_back(not_possible(std::move(made),
                                 "their health could not be read; it takes "
                                 "elasticloadbalancing:DescribeTargetHealth"));
      continue;
    }
    const Tally tally = tally_of(found->second);
    made.proof.push_back({"elbv2",
                          "describe-target-health",
                          balancer.target_group_arn,
                          "State",
                          std::to_string(tally.healthy) + " healthy, " + std::to_string(tally.unhealthy) +
                              " unhealthy, " + std::to_string(tally.starting) + " initial",
                          {}});
    if (tally.unhealthy > 0) {
      out.push_back(failed(std::move(made), std::to_string(tally.unhealthy) +
                                                " are unhealthy: " + tally.worst->target_id + ": " +
                                                tally.worst->reason + " " + tally.worst->description));
    } else if (tally.starting > 0) {
      out.push_back(provisional(
          std::move(made), std::to_string(tally.starting) + " are still being checked for the first time",
          subject.now + kAskAgain));
    } else if (tally.healthy == 0 && service->desired > 0) {
      out.push_back(failed(std::move(made), "none of them is healthy"));
    } else {
      out.push_back(passed(std::move(made), std::to_string(tally.healthy) + " are healthy"));
    }
  }
  return out;
}

}  // namespace doctor::verify
