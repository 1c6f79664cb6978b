#include <fmt/format.h>

#include <set>

#include "remedy/live_state.h"
#include "remedy/references.h"

namespace doctor::remedy {
namespace {

Preview preview_of_step(aws::Client& client, const Step& step, const ApplyOptions& options) {
  Preview one;
  one.step = step.id;
  const auto live = read_state(client, options.kind, step.resource);
  if (!live) {
    one.verdict = Preview::Verdict::unreadable;
    one.why = core::to_line(live.error());
    return one;
  }
  const std::string expected = canonical(step.before);
  if (is_already_so(step, expected, live->state)) {
    one.verdict = Preview::Verdict::already_so;
  } else if (live->state != expected) {
    one.verdict = Preview::Verdict::differs;
    one.why =
        fmt::format("{} {} is not as it was when the plan was made", step.resource.kind, step.resource.id);
    one.differences = differences(expected, live->state);
  } else {
    for (const auto& effect : step.effects) {
      const std::string was = value_at(expected, effect.pointer);
      one.differences.push_back(fmt::format("{}: {} -> {}", effect.pointer, was.empty() ? "absent" : was,
                                            references_in_words(effect.value)));
    }
  }
  return one;
}

// What all steps of the plan make of one resource.
Step all_steps_of(const Plan& plan, const Step& first) {
  Step all = first;
  for (const auto& step : plan.steps) {
    if (step.id == first.id || !(step.resource == first.resource)) continue;
    all.effects.insert(all.effects.end(), step.effects.begin(), step.effects.end());
  }
  return all;
}

}  // namespace

std::vector<Preview> preview(aws::Client& client, const Plan& plan, const ApplyOptions& options) {
  std::vector<Preview> all;
  std::set<Resource> changed, already_so;
  for (const auto& step : plan.steps) {
    Preview one;
    if (has_reference(step.resource.id)) {
      one = {step.id, Preview::Verdict::not_known_yet, "an earlier step makes it", {}};
    } else if (already_so.contains(step.resource)) {
      one = {step.id, Preview::Verdict::already_so, {}, {}};
    } else if (changed.contains(step.resource)) {
      one = {step.id, Preview::Verdict::not_known_yet, "an earlier step changes it first", {}};
    } else {
      one = preview_of_step(client, step, options);
      const bool all_so =
          one.verdict == Preview::Verdict::differs &&
          preview_of_step(client, all_steps_of(plan, step), options).verdict == Preview::Verdict::already_so;
      if (all_so) {
        one = {step.id, Preview::Verdict::already_so, {}, {}};
        already_so.insert(step.resource);
      }
    }
    changed.insert(step.resource);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace doctor::remedy
