#include "diagnose/observations.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"
#include "diagnose/table.h"

namespace doctor::diagnose {

void Observations::add(std::string_view evidence, std::string statement, Source source) {
  seen.push_back({std::string(evidence), std::move(statement), std::move(source)});
}

const facts::Task* newest_task(const Case& c) {
  for (auto stop = c.stops.rbegin(); stop != c.stops.rend(); ++stop) {
    if (stop->task != nullptr) return stop->task;
  }
  return nullptr;
}

Source source_of(const facts::Origin& origin, std::string field, std::string value,
                 std::optional<Timestamp> time) {
  return Source{origin.service, origin.operation, origin.event_id, std::move(field), std::move(value), time};
}

Source source_of(const Stop& stop) {
  if (stop.log != nullptr)
    return Source{"logs", "get-log-events", {}, stop.log->stream, stop.text, stop.time};
  if (stop.task != nullptr) {
    const facts::Task& task = *stop.task;
    if (!stop.text.empty() && stop.text != task.stopped_reason && stop.text != task.stop_code) {
      return source_of(task.origin, "containers[].reason", stop.text, stop.time);
    }
    if (!task.stopped_reason.empty())
      return source_of(task.origin, "stoppedReason", task.stopped_reason, stop.time);
    return source_of(task.origin, "stopCode", task.stop_code, stop.time);
  }
  if (stop.failure != nullptr) {
    const bool in_list = stop.failure->code.empty();
    Source source = source_of(stop.failure->origin, in_list ? "failures[].reason" : stop.failure->code,
                              stop.failure->reason, stop.time);
    if (source.operation.empty()) source.operation = stop.failure->operation;
    return source;
  }
  if (stop.action != nullptr) {
    return Source{"events",        stop.action->event_name, stop.action->id,
                  "detail.reason", stop.action->reason,     stop.time};
  }
  if (stop.event != nullptr) {
    return Source{"ecs",    "describe-services", stop.event->id, "events[].message", stop.event->message,
                  stop.time};
  }
  return {};
}

Source source_of(const facts::TrailEvent& event, std::string value) {
  Source source{"cloudtrail",     event.origin.operation.empty() ? "lookup-events" : event.origin.operation,
                event.event_id,   event.event_name,
                std::move(value), event.time};
  if (source.value.empty()) source.value = caller_of(event);
  return source;
}

Source source_of(const facts::HealthEvent& event) {
  Source source = source_of(event.origin, "eventTypeCode", event.event_type_code, event.start);
  if (source.service.empty()) source.service = "health";
  if (source.operation.empty()) source.operation = "describe-events";
  if (source.event_id.empty()) source.event_id = event.arn;
  return source;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string counted_of(std::size_t part, std::size_t whole, std::string_view noun) {
  return part == whole ? counted(whole, noun) : fmt::format("{} of {}", part, counted(whole, noun));
}

std::string joined(const std::vector<std::string>& words) {
  constexpr std::size_t kShown = 5;
  std::string out;
  const std::size_t shown = words.size() > kShown + 1 ? kShown : words.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  if (shown < words.size()) out += fmt::format(" and {} more", words.size() - shown);
  return out;
}

std::string short_id(std::string_view arn_or_id) {
  return std::string(core::short_name(arn_or_id).substr(0, 12));
}

std::string caller_of(const facts::TrailEvent& event) {
  if (!event.invoked_by.empty()) return event.invoked_by;
  if (!event.user_arn.empty()) {
    const auto arn = core::Arn::parse(event.user_arn);
    return arn ? arn->resource : event.user_arn;
  }
  return event.user_name.empty() ? "an unnamed caller" : event.user_name;
}

std::string place_name(const Case& c) {
  const std::string cluster = c.cluster_name.empty() ? std::string() : c.cluster_name + "/";
  if (!c.service_name.empty()) return cluster + c.service_name;
  if (!c.task_family.empty()) return cluster + c.task_family;
  return c.cluster_name.empty() ? "this account" : c.cluster_name;
}

std::string clock_span(std::optional<Timestamp> first, std::optional<Timestamp> last) {
  if (!first || !last) return {};
  const bool one_day =
      std::chrono::floor<std::chrono::days>(*first) == std::chrono::floor<std::chrono::days>(*last);
  if (*first == *last) return "at " + core::to_iso(*first);
  if (one_day) return fmt::format("between {} and {}", core::to_clock(*first), core::to_clock(*last));
  return fmt::format("between {} and {}", core::to_iso(*first), core::to_iso(*last));
}

std::string key_of(const Case& c) {
  if (!c.service_name.empty()) return service_key(c.cluster_name, c.service_name);
  return c.cluster_name + "/family:" + c.task_family;
}

std::optional<Timestamp> begin_of(const facts::Task& task) {
  if (task.stopping_at) return task.stopping_at;
  return task.stop_time();
}

std::vector<std::string> distinct(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (!words.empty() && words.front().empty()) words.erase(words.begin());
  return words;
}

std::vector<std::string> zones_of_stops(const Case& c) {
  std::vector<std::string> zones;
  for (const Stop& stop : c.stops) {
    if (stop.task != nullptr) zones.push_back(stop.task->availability_zone);
  }
  return distinct(std::move(zones));
}

std::vector<std::string> subnets_configured(const Case& c) {
  if (c.service != nullptr && !c.service->network.subnets.empty())
    return distinct(c.service->network.subnets);
  std::vector<std::string> subnets;
  for (const Stop& stop : c.stops) {
    if (stop.task != nullptr) subnets.emplace_back(stop.task->subnet());
  }
  return distinct(std::move(subnets));
}

std::vector<std::string> zones_configured(const Case& c) {
  if (c.service == nullptr || c.place == nullptr) return {};
  std::vector<std::string> zones;
  for (const std::string& id : c.service->network.subnets) {
    const auto subnet = c.place->subnets.find(id);
    if (subnet == c.place->subnets.end()) return {};  // one that is not known may lie anywhere
    zones.push_back(subnet->second.availability_zone);
  }
  return distinct(std::move(zones));
}

std::vector<facts::CapacityProviderStrategyItem> strategy_in_force(const Case& c) {
  if (c.service == nullptr) return {};
  if (!c.service->capacity_provider_strategy.empty()) return c.service->capacity_provider_strategy;
  if (!c.service->launch_type.empty() || c.cluster == nullptr) return {};
  return c.cluster->default_strategy;
}

std::string to_words(const std::vector<facts::CapacityProviderStrategyItem>& strategy) {
  std::string out;
  for (const auto& item : strategy) {
    if (!out.empty()) out += ", ";
    out += fmt::format("{} base {} weight {}", item.capacity_provider, item.base, item.weight);
  }
  return out;
}

std::string_view parameters_of(const Case& c, const Stop& stop) {
  if (stop.failure == nullptr || c.place == nullptr) return {};
  const auto event = c.place->trail.find(stop.failure->origin.event_id);
  return event == c.place->trail.end() ? std::string_view() : event->second.request_parameters;
}

bool has_text(const Case& c, std::string_view phrase) {
  return std::any_of(c.stops.begin(), c.stops.end(),
                     [&](const Stop& stop) { return core::contains_ignoring_case(stop.text, phrase); });
}

bool has_sign(const Case& c, std::string_view sign_id) {
  for (const Stop& stop : c.stops) {
    for (const SignMatch& match : stop.signs) {
      if (match.sign->id == sign_id) return true;
    }
  }
  return false;
}

namespace {

std::string_view kind_of_stop(const Stop& stop) {
  if (stop.task != nullptr) return "stop";
  return stop.failure != nullptr ? "failed call" : "event";
}

struct SeenSign {
  const Sign* sign;
  const Stop* first;
  std::size_t count;  // of the stops that are of the first one's kind
  Source source;
};

// "AWS says so of 2 of 3 stops": who says it, and of what. A log line is the application's word, not AWS's;
// events and calls that repeat what the tasks say are not counted with them.
std::string who_says_it(const Case& c, const SeenSign& seen) {
  const std::string_view kind = kind_of_stop(*seen.first);
  const auto all = std::count_if(c.stops.begin(), c.stops.end(),
                                 [&](const Stop& stop) { return kind_of_stop(stop) == kind; });
  return fmt::format("{} of {}", seen.first->log != nullptr ? "The application's log says so" : "AWS says so",
                     counted_of(seen.count, static_cast<std::size_t>(all), kind));
}

Source proof_of(const Sign& sign, const Stop& stop) {
  Source source = source_of(stop);
  // The stop code is a field of its own: where the sign is in it, that is the proof.
  if (stop.task == nullptr || stop.task->stop_code.empty()) return source;
  const std::vector<SignMatch> in_code = signs_in(stop.task->stop_code);
  if (!in_code.empty() && in_code.front().sign == &sign) {
    source.field = "stopCode";
    source.value = stop.task->stop_code;
  }
  return source;
}

std::vector<SeenSign> signs_seen(const Case& c) {
  std::vector<SeenSign> seen;
  for (const Stop& stop : c.stops) {
    for (const SignMatch& match : stop.signs) {
      const auto it =
          std::find_if(seen.begin(), seen.end(), [&](const SeenSign& s) { return s.sign == match.sign; });
      if (it == seen.end()) {
        seen.push_back({match.sign, &stop, 1, proof_of(*match.sign, stop)});
      } else if (kind_of_stop(stop) == kind_of_stop(*it->first)) {
        ++it->count;
      }
    }
  }
  return seen;
}

// "what follows says why", and what follows was read: the heading of a sentence proves nothing beside it.
bool is_heading_of(const SeenSign& heading, const SeenSign& decisive) {
  constexpr int kHeading = 40, kDecisive = 50;  // specificity, see sign_rows.h
  return heading.sign->specificity <= kHeading && decisive.sign->specificity >= kDecisive &&
         heading.sign->family == decisive.sign->family && !decisive.sign->cause.empty() &&
         find_evidence(decisive.sign->id) != nullptr && heading.source.field == decisive.source.field &&
         heading.source.value == decisive.source.value;
}

std::string_view word_after(std::string_view text, std::string_view phrase) {
  const auto at = text.find(phrase);
  if (at == std::string_view::npos) return {};
  std::string_view word = text.substr(at + phrase.size());
  word = word.substr(0, word.find_first_of(" \n\t"));
  while (word.ends_with('.') || word.ends_with(',') || word.ends_with(')')) word.remove_suffix(1);
  return word;
}

// "kms:Decrypt on arn:… for role web-task", from the words with which AWS refuses ("Troubleshoot access
// denied error messages"); "" where they name no action.
std::string statement_refused_in(std::string_view text) {
  const std::string_view action = word_after(text, "not authorized to perform: ");
  if (action.empty()) return {};
  std::string out(action);
  if (const auto resource = word_after(text, "on resource: "); !resource.empty())
    out += fmt::format(" on {}", resource);
  const auto user = core::Arn::parse(word_after(text, "User: "));
  if (user && user->resource.starts_with("assumed-role/")) {
    const std::string_view name = std::string_view(user->resource).substr(13);
    out += fmt::format(" for role {}", name.substr(0, name.find('/')));
  }
  return out;
}

}  // namespace

void observe_signs(const Case& c, Observations& out) {
  const std::vector<SeenSign> seen = signs_seen(c);
  for (const SeenSign& s : seen) {
    if (find_evidence(s.sign->id) == nullptr) continue;
    if (std::any_of(seen.begin(), seen.end(), [&](const SeenSign& d) { return is_heading_of(s, d); }))
      continue;
    out.add(s.sign->id, fmt::format("{}: {}", who_says_it(c, s), s.sign->meaning), s.source);
  }
  for (const Stop& stop : c.stops) {
    std::string refused = statement_refused_in(stop.text);
    if (refused.empty()) continue;
    out.fix_details.emplace_back("policy_statement", core::printable(refused));
    break;
  }
}

void note_missing(const Case& c, Observations& out, std::string_view operation, std::string what,
                  std::string command) {
  if (c.place == nullptr) return;
  const auto dot = operation.find('.');
  const std::string_view service = operation.substr(0, dot), name = operation.substr(dot + 1);
  for (const facts::Gap& gap : c.place->gaps) {
    if (gap.service != service || gap.operation != name) continue;
    const std::string grant = !gap.iam_action.empty() ? gap.iam_action
                              : !gap.advice.empty()   ? gap.advice
                                                      : command;
    out.missing.push_back({std::move(what), gap.reason, grant});
    return;
  }
  if (c.place->answered.count(std::string(operation)) > 0) return;
  out.missing.push_back({std::move(what), "not in the snapshot", std::move(command)});
}

}  // namespace doctor::diagnose
