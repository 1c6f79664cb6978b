#include "remedy/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "core/json.h"

namespace doctor::remedy {
namespace {

// Of a call that nobody heard the answer of, what the later reading answered stands in; of an inverse and its
// probe, `self` is the call that is taken back.
const Entry* entry_with_answer(const Run& run, const std::string& step) {
  const Entry* found = nullptr;
  for (const auto& entry : run.entries) {
    if (entry.step == step && entry.kind == EntryKind::apply && !entry.answer.empty()) found = &entry;
  }
  return found;
}

ReferenceLookup lookup_in(const Run& run, const Step& step) {
  return [&run, &step](std::string_view name) -> core::Result<std::string> {
    if (name == "run.id") return core::json_quoted(run.id);
    if (name == "step.id") return core::json_quoted(step.id);
    const auto dot = name.find('.');
    const std::string of = name.substr(0, dot) == "self" ? step.id : std::string(name.substr(0, dot));
    const Entry* entry = entry_with_answer(run, of);
    const auto path = name.substr(dot + 1);
    std::string text = entry == nullptr ? "" : field_text(entry->answer, path);
    if (text.empty() && entry != nullptr) text = field_found_by_reading(entry->answer, entry->before, path);
    if (!text.empty()) return text;
    return core::fail(
        core::ErrorKind::bad_input,
        fmt::format("step {}: ${{{}}} is not known: step {} answered no such field", step.id, name, of));
  };
}

}  // namespace

bool is_cancelled(const Execution& run) {
  return run.options.cancelled != nullptr && run.options.cancelled->load();
}

void tell(Execution& run, const Step& step, std::string_view what, std::string detail) {
  if (!run.options.progress) return;
  run.options.progress(
      {run.run.id, step.id, step.title, std::string(what), std::move(detail), run.clock.now()});
}

void pause(const Execution& run, core::Duration span) {
  if (run.options.sleep) return run.options.sleep(span);
  std::this_thread::sleep_for(span);
}

void pause_until_cancelled(const Execution& run, core::Duration span) {
  if (run.options.sleep) return run.options.sleep(span);
  constexpr core::Duration kSlice{100};
  for (; span.count() > 0 && !is_cancelled(run); span -= kSlice) {
    std::this_thread::sleep_for(std::min(span, kSlice));
  }
}

core::Duration next_pause(const Patience& patience, core::Duration last) {
  return last.count() == 0 ? patience.first_pause : std::min(last * 2, patience.longest_pause);
}

core::Result<aws::Answer> send(aws::Client& client, const Request& request) {
  const aws::Call call{request.service, request.operation, request.region, request.input};
  auto answers = client.run({&call, 1});
  if (answers.size() != 1) {
    return core::fail(core::ErrorKind::internal,
                      fmt::format("{} {} was not answered", request.service, request.operation));
  }
  return std::move(answers.front());
}

core::Result<void> write_intent(Execution& run, const Entry& entry) {
  if (auto written = run.journal.intend(entry); !written) return written;
  run.run.entries.push_back(entry);
  return {};
}

core::Result<void> write_outcome(Execution& run, Entry& entry, Outcome outcome) {
  entry.outcome = outcome;
  entry.concluded_at = run.clock.now();
  if (auto written = run.journal.conclude(entry); !written) return written;
  for (auto& known : run.run.entries) {
    if (known.open() && known.step == entry.step && known.kind == entry.kind) known = entry;
  }
  return {};
}

core::Result<void> write_state(Execution& run, RunState state) {
  if (run.run.state == state) return {};
  if (auto written = run.journal.set_state(run.run.id, state, run.clock.now()); !written) return written;
  run.run.state = state;
  return {};
}

core::Result<void> take_leases(Execution& run, core::Duration for_how_long) {
  std::vector<Resource> resources;
  for (const auto& step : run.run.plan.steps) {
    auto resource = filled_resource(run.run, step);
    if (resource) resources.push_back(std::move(*resource));
  }
  std::sort(resources.begin(), resources.end());
  resources.erase(std::unique(resources.begin(), resources.end()), resources.end());
  return run.journal.lease(run.run.id, resources, run.clock.now(), for_how_long);
}

const Entry* standing_entry(const Run& run, const std::string& step) {
  const Entry* found = nullptr;
  for (const auto& entry : run.entries) {
    if (entry.step != step) continue;
    if (entry.kind == EntryKind::apply && entry.outcome == Outcome::done) found = &entry;
    if (entry.kind == EntryKind::inverse && entry.outcome == Outcome::done) found = nullptr;
  }
  return found;
}

const Entry* open_entry(const Run& run) {
  const auto found =
      std::find_if(run.entries.rbegin(), run.entries.rend(), [](const Entry& entry) { return entry.open(); });
  return found == run.entries.rend() ? nullptr : &*found;
}

std::string last_known_state(const Run& run, const Resource& resource) {
  std::string state;
  for (const auto& entry : run.entries) {
    const auto step = std::find_if(run.plan.steps.begin(), run.plan.steps.end(),
                                   [&](const Step& one) { return one.id == entry.step; });
    if (step == run.plan.steps.end() || entry.outcome != Outcome::done) continue;
    const auto of = filled_resource(run, *step);
    if (of && *of == resource) state = entry.after;
  }
  return state;
}

core::Result<Resource> filled_resource(const Run& run, const Step& step) {
  Resource resource = step.resource;
  auto id = fill_text(resource.id, lookup_in(run, step));
  if (!id) return core::fail(id.error());
  resource.id = std::move(*id);
  return resource;
}

core::Result<Request> filled_request(const Run& run, const Step& step, const Request& request) {
  Request filled = request;
  auto input = fill_json(request.input, lookup_in(run, step));
  if (!input) return core::fail(input.error());
  filled.input = std::move(*input);
  return filled;
}

core::Result<Step> with_references(const Run& run, const Step& step) {
  Step filled = step;
  auto resource = filled_resource(run, step);
  if (!resource) return core::fail(resource.error());
  filled.resource = std::move(*resource);
  return filled;
}

std::vector<std::string> fixes_of(const Step& step) {
  std::vector<std::string> fixes;
  std::istringstream words(step.fix);
  for (std::string fix; words >> fix;) fixes.push_back(fix);
  return fixes;
}

bool leaves_nothing_to_take_back(const Step& step) {
  return step.reversible && step.effects.empty() && step.inverse.service.empty();
}

std::vector<Effect> known_effects(const Run& run, const Step& step) {
  std::vector<Effect> known;
  for (const auto& effect : step.effects) {
    auto value = fill_json(effect.value, lookup_in(run, step));
    if (value) known.push_back({effect.pointer, std::move(*value)});
  }
  return known;
}

}  // namespace doctor::remedy
