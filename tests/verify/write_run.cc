// Writes a run into a journal as apply would have left it: for tests that verify a repair made by hand.
//
//   verify_write_run JOURNAL < run.json        prints the run's id
//
// run.json: {"family", "cause", "account", "region", "cluster", "service", "state": "done", "ended_ago_s": 0,
// "steps": [{"id", "title", "kind", "resource", "service", "operation", "input", "before", "after", "answer",
// "inverse": {"operation", "input"}, "effects": {pointer: value}, "reversible": true}]}; all may be left out.
#include <chrono>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "remedy/journal.h"

namespace {

using namespace doctor;
using nlohmann::json;

remedy::Step step_of(const json& in, const remedy::Plan& plan) {
  remedy::Step step;
  step.id = in.value("id", "1");
  step.title = in.value("title", "a change");
  step.fix = in.value("fix", "");
  step.resource = {in.value("kind", "ecs:service"), in.value("resource", ""), plan.account, plan.region};
  step.before = in.value("before", json(nullptr)).dump();
  const std::string service = in.value("service", "ecs");
  step.request = {service, in.value("operation", "UpdateService"), plan.region,
                  in.value("input", json::object()).dump()};
  if (in.contains("inverse"))
    step.inverse = {service, in["inverse"].value("operation", ""), plan.region,
                    in["inverse"]["input"].dump()};
  for (const auto& [pointer, value] : in.value("effects", json::object()).items())
    step.effects.push_back({pointer, value.dump()});
  step.reversible = in.value("reversible", true);
  if (!step.reversible) step.one_way_reason = "AWS has no call for it";
  return step;
}

bool said(const core::Result<void>& done) {
  if (!done) std::cerr << core::to_line(done.error()) << '\n';
  return !done;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto in = json::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}));
  remedy::Plan plan;
  plan.family = in.value("family", "");
  plan.cause = in.value("cause", "");
  plan.account = in.value("account", "");
  plan.region = in.value("region", "");
  plan.cluster = in.value("cluster", "");
  plan.service = in.value("service", "");
  for (const auto& step : in.value("steps", json::array())) plan.steps.push_back(step_of(step, plan));
  const auto now = core::SystemClock{}.now() - std::chrono::seconds{in.value("ended_ago_s", 0)};
  plan.made_at = now;
  const auto journal = remedy::Journal::open(argv[1]);
  if (!journal) return std::cerr << core::to_line(journal.error()) << '\n', 1;
  const auto id = (*journal)->begin(plan, now);
  if (!id) return std::cerr << core::to_line(id.error()) << '\n', 1;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& step = plan.steps[i];
    const auto& given = in["steps"][i];
    remedy::Entry entry;
    entry.run = *id;
    entry.step = step.id;
    entry.before = step.before;
    entry.request = step.request;
    entry.intended_at = now;
    if (said((*journal)->intend(entry))) return 1;
    entry.outcome = remedy::Outcome::done;
    entry.after = given.contains("after") ? given["after"].dump() : "";
    entry.answer = given.value("answer", json::object()).dump();
    entry.concluded_at = now;
    if (said((*journal)->conclude(entry))) return 1;
  }
  const bool done = in.value("state", "done") == "done";
  if (said((*journal)->set_state(*id, done ? remedy::RunState::done : remedy::RunState::rolled_back, now)))
    return 1;
  std::cout << *id << '\n';
}
