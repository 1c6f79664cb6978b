// Whether a task of the service would reach what it needs, from each of its subnets: freshly read routes,
// rules, gateways and endpoints, walked offline.
#include <algorithm>

#include "network/needs.h"
#include "verify/judge.h"
#include "verify/task_calls.h"

namespace doctor::verify {
namespace {

using network::NeedAnswer;
using network::Reachable;

std::string blocked_in_words(const network::Answer& answer) {
  std::string out;
  for (const network::Block& block : answer.blocked_by) {
    out += (out.empty() ? "" : "; ") + block.resource + ": " + (block.why.empty() ? block.rule : block.why);
  }
  if (!answer.smallest_change.empty()) {
    out += "; it takes";
    for (const network::Change& change : answer.smallest_change)
      out += " " + change.operation + " on " + change.resource;
  }
  return out;
}

diagnose::Source proof_of(const network::Answer& answer) {
  for (const network::Block& block : answer.blocked_by)
    return {"ec2", "describe-" + block.kind, block.resource, "rule", block.rule, {}};
  const std::string last = answer.forward.empty() ? std::string{} : answer.forward.back().resource;
  const std::string rule = answer.forward.empty() ? std::string{} : answer.forward.back().rule;
  return {"ec2", "path", last, "rule", rule, {}};
}

struct Seen {
  std::vector<std::string> open, blocked, undecided;
  std::string blocked_why, undecided_why;
  std::vector<diagnose::Source> proof;
};

void note(Seen& seen, const std::string& subnet, const network::Answer& answer) {
  if (answer.reachable == Reachable::yes) {
    seen.open.push_back(subnet);
  } else if (answer.reachable == Reachable::no) {
    seen.blocked.push_back(subnet);
    if (seen.blocked_why.empty()) seen.blocked_why = blocked_in_words(answer);
  } else {
    seen.undecided.push_back(subnet);
    if (seen.undecided_why.empty() && !answer.depends_on.empty())
      seen.undecided_why = answer.depends_on.front();
  }
  seen.proof.push_back(proof_of(answer));
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Check judged(Check made, Seen seen) {
  made.proof = std::move(seen.proof);
  if (!seen.blocked.empty())
    return failed(std::move(made), "not from " + listed(seen.blocked) + ": " + seen.blocked_why);
  if (!seen.undecided.empty())
    return not_possible(std::move(made),
                        "open from " + listed(seen.undecided) + ": it depends on " + seen.undecided_why);
  return passed(std::move(made), "open from " + listed(seen.open));
}

}  // namespace

std::vector<Check> judge_paths(const Subject& subject, const facts::Facts& facts, const facts::Place& place) {
  std::vector<Check> out;
  const facts::Service* service = service_of(subject, place);
  if (service == nullptr) return out;
  const facts::TaskDefinition* definition = definition_of(place, *service);
  if (definition == nullptr) {
    out.push_back(not_possible(check("network.path", "what " + name_of(subject.run.plan) + " must reach"),
                               "its task definition could not be read; it takes ecs:DescribeTaskDefinition"));
    return out;
  }
  const auto needs = network::needs_of_task(place, *definition, service->enable_execute_command);
  const network::Network network(facts);
  network::NeedsEngine engine(network);
  std::vector<Seen> seen(needs.size());
  for (const std::string& subnet : service->network.subnets) {
    const network::Source source{
        subnet, service->network.security_groups, {}, service->network.assign_public_ip};
    const auto answers = engine.answer(source, needs);
    for (std::size_t i = 0; i < needs.size(); ++i) {
      if (answers) {
        note(seen[i], subnet, (*answers)[i].answer);
      } else {
        seen[i].undecided.push_back(subnet);
        seen[i].undecided_why = answers.error().sentence;
      }
    }
  }
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const std::string name = needs[i].title + " is within reach of " + name_of(subject.run.plan);
    out.push_back(judged(check("network.path", name), std::move(seen[i])));
  }
  return out;
}

}  // namespace doctor::verify
