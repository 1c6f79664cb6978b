#include "verify/judge.h"

#include <iterator>

#include "core/arn.h"

namespace doctor::verify {
namespace {

void append(std::vector<Check>& out, std::vector<Check> more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Check check(std::string id, std::string name) {
  Check out;
  out.id = std::move(id);
  out.name = std::move(name);
  return out;
}

Check passed(Check check, std::string why) {
  check.standing = Standing::passed;
  check.why = std::move(why);
  return check;
}

Check failed(Check check, std::string why) {
  check.standing = Standing::failed;
  check.why = std::move(why);
  return check;
}

Check provisional(Check check, std::string why, core::Timestamp until) {
  check.standing = Standing::provisional;
  check.why = std::move(why);
  check.until = until;
  return check;
}

Check not_possible(Check check, std::string why) {
  check.standing = Standing::not_possible;
  check.why = std::move(why);
  return check;
}

std::string name_of(const remedy::Plan& plan) {
  std::string out(core::short_name(plan.cluster));
  if (!plan.service.empty()) out += "/" + std::string(core::short_name(plan.service));
  return out.empty() ? "this account" : out;
}

const facts::Service* service_of(const Subject& subject, const facts::Place& place) {
  const auto wanted = core::short_name(subject.run.plan.service);
  const auto cluster = core::short_name(subject.run.plan.cluster);
  if (wanted.empty()) return nullptr;
  for (const auto& [arn, service] : place.services) {
    if (service.name == wanted && (cluster.empty() || core::short_name(service.cluster_arn) == cluster))
      return &service;
  }
  return nullptr;
}

const facts::TaskDefinition* definition_of(const facts::Place& place, const facts::Service& service) {
  const auto found = place.task_definitions.find(service.task_definition_arn);
  return found == place.task_definitions.end() ? nullptr : &found->second;
}

std::vector<Check> judge(const Subject& subject, const Reading& reading) {
  std::vector<Check> out;
  if (reading.failed || reading.facts.places.empty()) {
    out.push_back(not_possible(check("place.read", "what is in " + reading.region),
                               reading.failed ? core::to_line(*reading.failed) : "nothing was read"));
  } else {
    const facts::Place& place = reading.facts.places.front();
    append(out, judge_replays(subject, reading));
    append(out, judge_calls(subject, reading.facts, place));
    append(out, judge_paths(subject, reading.facts, place));
    append(out, judge_service(subject, place));
    append(out, judge_targets(subject, place));
    append(out, judge_incidents(subject, reading.facts, place));
    append(out, judge_storage(subject, place));
    append(out, judge_changes(subject, reading));
    append(out, judge_policies(subject, reading, place));
  }
  for (Check& made : out) {
    if (made.account.empty() && !reading.facts.places.empty())
      made.account = reading.facts.places.front().account;
    made.region = reading.region;
  }
  return out;
}

}  // namespace doctor::verify
