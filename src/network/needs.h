// What a Fargate task must reach to start and to run, and whether it does: one query for a subnet.
//
// "Fargate task networking for the Fargate launch type" and "Amazon ECR interface VPC endpoints" name them:
// ECR's API and Docker registry, the layers over S3, CloudWatch Logs, Secrets Manager or Parameter Store,
// Systems Manager messages for ECS Exec, EFS, and the load balancer's health check of the task.
//
//   NeedsEngine engine(network);
//   for (const NeedAnswer& n : engine.answer(task_source, needs_of_task(place, definition, exec)).value())
//     if (n.answer.reachable == Reachable::no) …
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "network/path.h"

namespace doctor::network {

struct Need {
  std::string id;     // "image.api", "image.registry", "image.layers", "logs", "secrets", "parameters",
                      // "exec", "efs", "health_check"
  std::string title;  // "image pull: ECR API"
  std::string to;     // as Query::to; of a health check the interface of the load balancer that asks
  std::string protocol = "tcp", ports = "443";
  std::string action = {};  // the call that an endpoint policy must allow; may be empty
};

struct NeedAnswer {
  Need need;
  Answer answer;
};

// Every need that any Fargate task can have of a service: for a subnet of which no task is known yet.
std::vector<Need> all_fargate_needs();
// Those of this task definition alone: image from ECR or not, log driver, secrets, Exec, EFS (one for each
// mount target whose interface is in the facts).
std::vector<Need> needs_of_task(const facts::Place& place, const facts::TaskDefinition& definition,
                                bool exec);

// Answers each need from a source. The verdicts are memoised by subnet, groups and public address: asking for
// 10,000 interfaces costs little more than asking for their subnets. Not for several threads at once.
class NeedsEngine {
 public:
  explicit NeedsEngine(const Network& network);
  ~NeedsEngine();
  NeedsEngine(const NeedsEngine&) = delete;
  NeedsEngine& operator=(const NeedsEngine&) = delete;

  // With the smallest change of each that is not reachable. Error: not_found, where the subnet is in no
  // facts.
  core::Result<std::vector<NeedAnswer>> answer(const Source& source, const std::vector<Need>& needs);
  // The verdicts alone, in the order of `needs`: what a sweep over a VPC asks.
  core::Result<std::vector<Reachable>> verdicts(const Source& source, const std::vector<Need>& needs);

 private:
  struct Memo;
  std::unique_ptr<Memo> memo_;
};

// Whether the load balancers of the service's target groups reach the task on the port that they check: one
// answer for each interface of theirs. Empty where the service has no target group, or no interface of its
// load balancers is in the facts.
std::vector<NeedAnswer> health_check_paths(const Network& network, const facts::Place& place,
                                           const facts::Service& service, const Source& task);

}  // namespace doctor::network
