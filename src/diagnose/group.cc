#include "diagnose/group.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"
#include "diagnose/families.h"
#include "diagnose/group_subject.h"
#include "diagnose/observations.h"

namespace doctor::diagnose {
namespace {

using core::contains_ignoring_case;

constexpr std::chrono::minutes kAftermath{30};   // a replacement is tried at once, and again for a while
constexpr std::chrono::hours kTroubleBefore{1};  // a failure that was there before is no aftermath
constexpr std::chrono::minutes kSameEvent{2};    // DescribeServices and EventBridge tell the same event

// One text, one look: reasons repeat by the hundred, and matching is the dearest part of grouping.
class SignReader {
 public:
  const std::vector<SignMatch>& read(const std::string& text) {
    const auto known = seen_.find(text);
    if (known != seen_.end()) return known->second;
    return seen_.emplace(text, signs_in(text)).first->second;
  }

 private:
  std::unordered_map<std::string, std::vector<SignMatch>> seen_;
};

struct Group {
  Subject subject;
  std::string family, kind;
  std::vector<Stop> stops;
};

using GroupKey = std::tuple<std::string, std::string, std::string>;  // group key, family, kind
using Groups = std::map<GroupKey, Group>;

// What a stop of no family is put under, so that only like lies with like.
std::string kind_of(const Stop& stop) {
  const std::string_view cause = stop.signs.empty() ? std::string_view() : stop.signs.front().sign->cause;
  if (cause == "stop.user") return "user";
  if (cause == "stop.deployment" || cause == "stop.scale_in") return "scheduler";
  if (!cause.empty()) return std::string(cause);
  if (stop.task == nullptr) return "call";
  if (stop.task->stop_code == "UserInitiated") return "user";
  if (stop.task->stop_code == "ServiceSchedulerInitiated") return "scheduler";
  if (stop.task->stop_code == "TaskFailedToStart") return "start";
  return stop.task->stop_code.empty() ? "unexplained" : "stop.application_exit";
}

std::string family_of(const Stop& stop) {
  if (stop.task != nullptr && is_spot_interruption(*stop.task)) return std::string(kSpotInterrupted);
  // A refused session is one whatever it was refused for: a key, a log, a rate.
  if (stop.failure != nullptr && stop.failure->operation == "ExecuteCommand") return std::string(kExecError);
  if (!stop.signs.empty()) return std::string(stop.signs.front().sign->family);
  return {};
}

// The line that holds the words of the most specific sign: the reason that a person should read.
std::string deciding_line(const facts::Task& task, const std::vector<SignMatch>& signs) {
  if (!signs.empty()) {
    const std::string& words = signs.front().matched;
    if (contains_ignoring_case(task.stopped_reason, words)) return task.stopped_reason;
    for (const facts::Container& container : task.containers) {
      if (contains_ignoring_case(container.reason, words)) return container.reason;
    }
  }
  return task.stopped_reason.empty() ? task.stop_code : task.stopped_reason;
}

// Calls that stopped nothing and news of a healthy service (signs.h): no incident is made of them.
bool is_news(const Stop& stop) {
  return !stop.signs.empty() && stop.signs.front().sign->id.starts_with("event.");
}

// "Client.VcpuLimitExceeded" of CloudTrail is "VcpuLimitExceeded" of the answer.
std::string_view bare_code(std::string_view code) {
  for (const std::string_view side : {"Client.", "Server."}) {
    if (code.starts_with(side)) code.remove_prefix(side.size());
  }
  return code;
}

// Two records of one refused call. failures[] has a reason and no code, CloudTrail has a code of its own,
// and either may cut the sentence short: the words decide, and the code only where there are no words.
bool tell_of_one_call(const facts::CallFailure& a, const facts::CallFailure& b) {
  if (a.operation != b.operation) return false;
  const auto words = [](const facts::CallFailure& failure) {
    std::string_view text = failure.reason == failure.code ? std::string_view() : failure.reason;
    while (text.ends_with('.') || text.ends_with(' ')) text.remove_suffix(1);
    return text;
  };
  const std::string_view of_a = words(a), of_b = words(b);
  if (of_a.empty() || of_b.empty()) return bare_code(a.code) == bare_code(b.code);
  return of_a.starts_with(of_b) || of_b.starts_with(of_a);
}

class Grouper {
 public:
  Grouper(const facts::Facts& facts, const PlaceIndex& index, const Selection& selection)
      : facts_(facts), index_(index), selection_(selection) {}

  std::vector<Case> run() {
    for (const auto& [arn, task] : index_.place->tasks) add_task(task);
    for (const facts::CallFailure* failure : failures_once()) add_failure(*failure);
    for (const auto& [arn, service] : index_.place->services) add_events(service);
    for (const facts::EcsEvent& action : index_.place->ecs_events) add_action(action);
    for (auto& [key, group] : groups_) sort_by_time(group.stops);
    join_unread_logs();
    move_aftermaths();
    add_failed_deployments();
    std::vector<Case> cases;
    for (auto& [key, group] : groups_) {
      if (!group.stops.empty()) cases.push_back(case_of(std::move(group), std::get<0>(key)));
    }
    return cases;
  }

 private:
  bool selected(const Subject& subject, std::optional<Timestamp> time) const {
    if (!selection_.cluster.empty() && subject.cluster != selection_.cluster) return false;
    if (!selection_.service.empty() && subject.service != selection_.service) return false;
    return !(selection_.earliest && time && *time < *selection_.earliest);
  }

  bool runs_family(std::string_view service_name, std::string_view task_family) const {
    if (service_name.empty() || task_family.empty()) return false;
    for (const auto& [arn, service] : index_.place->services) {
      if (service.name == service_name && task_family_of(service.task_definition_arn) == task_family)
        return true;
    }
    return false;
  }

  void add(Subject subject, Stop stop) {
    const std::string family = family_of(stop);
    const std::string kind = family.empty() ? kind_of(stop) : std::string();
    Group& group = groups_[{key_of(subject), family, kind}];
    if (group.stops.empty()) {
      group.subject = std::move(subject);
      group.family = family;
      group.kind = kind;
    }
    group.stops.push_back(std::move(stop));
  }

  void add_task(const facts::Task& task) {
    if (!is_stopping(task)) return;
    if (!selection_.task.empty() && core::short_name(task.arn) != selection_.task) return;
    Subject subject = subject_of(task);
    Stop stop;
    stop.task = &task;
    stop.time = begin_of(task);
    if (!selected(subject, stop.time)) return;
    stop.signs = signs_.read(sign_text(task));
    stop.text = deciding_line(task, stop.signs);
    read_log(stop);
    add(std::move(subject), std::move(stop));
  }

  // A full disk shows in the application's log alone. Other signs in a log are the application's own affair:
  // it may write "rate exceeded" about anything.
  void read_log(Stop& stop) const {
    const bool exited = stop.task->stop_code == "EssentialContainerExited" || stop.task->stop_code.empty();
    if (!exited || !family_of(stop).empty()) return;
    const auto logs = index_.logs_by_task.find(std::string(core::short_name(stop.task->arn)));
    if (logs == index_.logs_by_task.end()) return;
    for (const facts::LogTail* log : logs->second) {
      for (const auto& [time, line] : log->lines) {
        if (!contains_ignoring_case(line, "no space left") && !contains_ignoring_case(line, "ENOSPC"))
          continue;
        std::vector<SignMatch> signs = signs_in(line);
        if (signs.empty() || signs.front().sign->family != kStorageExceeded) continue;
        stop.signs.insert(stop.signs.begin(), signs.begin(), signs.end());
        stop.text = line;
        stop.log = log;
        return;
      }
    }
  }

  // Where one task's log tells why it exited, its like whose logs were not read ended of the same.
  void join_unread_logs() {
    for (auto& entry : groups_) {
      auto& storage = entry.second;
      if (storage.family != kStorageExceeded) continue;
      const auto exits =
          groups_.find({std::get<0>(entry.first), std::string(), std::string("stop.application_exit")});
      if (exits == groups_.end()) continue;
      const auto is_like = [&](const Stop& stop) {
        if (stop.task == nullptr ||
            index_.logs_by_task.count(std::string(core::short_name(stop.task->arn))) > 0)
          return false;
        return std::any_of(storage.stops.begin(), storage.stops.end(), [&](const Stop& known) {
          return known.log != nullptr && exit_codes_of(*known.task) == exit_codes_of(*stop.task);
        });
      };
      auto& stops = exits->second.stops;
      const auto moved =
          std::stable_partition(stops.begin(), stops.end(), [&](const Stop& s) { return !is_like(s); });
      storage.stops.insert(storage.stops.end(), std::make_move_iterator(moved),
                           std::make_move_iterator(stops.end()));
      stops.erase(moved, stops.end());
      sort_by_time(storage.stops);
    }
  }

  static std::vector<std::optional<int>> exit_codes_of(const facts::Task& task) {
    std::vector<std::optional<int>> codes;
    for (const facts::Container& container : task.containers) codes.push_back(container.exit_code);
    return codes;
  }

  // A refused RunTask stands in its own answer, without a time, and in CloudTrail: once is enough.
  std::vector<const facts::CallFailure*> failures_once() const {
    std::vector<const facts::CallFailure*> once, dated;
    for (const facts::CallFailure& failure : index_.place->call_failures) {
      if (failure.time) dated.push_back(&failure);
    }
    for (const facts::CallFailure& failure : index_.place->call_failures) {
      const bool told = !failure.time && std::any_of(dated.begin(), dated.end(), [&](const auto* other) {
        return tell_of_one_call(failure, *other);
      });
      if (!told) once.push_back(&failure);
    }
    return once;
  }

  void add_failure(const facts::CallFailure& failure) {
    if (!selection_.task.empty() && core::short_name(failure.resource_arn) != selection_.task) return;
    Subject subject = subject_of(failure, index_);
    // RegisterTaskDefinition names no cluster and no service: it concerns those that were asked for, where
    // its family is theirs.
    if (subject.cluster.empty() && subject.service.empty()) {
      subject.cluster = selection_.cluster;
      if (runs_family(selection_.service, subject.task_family)) subject.service = selection_.service;
    }
    if (!selected(subject, failure.time)) return;
    Stop stop;
    stop.failure = &failure;
    stop.time = failure.time;
    stop.text = failure.reason;
    stop.signs = signs_.read(sign_text(failure));
    if (is_news(stop)) return;
    add(std::move(subject), std::move(stop));
  }

  // Service events repeat what the tasks say, or tell what never became a task; only the latter are stops.
  bool tells_of_failure(const std::string& message) const {
    return contains_ignoring_case(message, "unable to place") ||
           contains_ignoring_case(message, "unable to launch") ||
           contains_ignoring_case(message, "failed to launch") ||
           contains_ignoring_case(message, "throttled");
  }

  void add_events(const facts::Service& service) {
    if (!selection_.task.empty()) return;
    Subject subject{std::string(core::short_name(service.cluster_arn)), service.name, {}};
    for (const facts::ServiceEvent& event : service.events) {
      if (!tells_of_failure(event.message) || !selected(subject, event.created_at)) continue;
      Stop stop;
      stop.event = &event;
      stop.time = event.created_at;
      stop.text = event.message;
      stop.signs = signs_.read(event.message);
      if (is_news(stop)) continue;
      told_[key_of(subject)].push_back(event.created_at);
      add(subject, std::move(stop));
    }
  }

  void add_action(const facts::EcsEvent& action) {
    if (!selection_.task.empty() || action.service_arn.empty()) return;
    if (action.event_name != "SERVICE_TASK_PLACEMENT_FAILURE" &&
        action.event_name != "SERVICE_TASK_CONFIGURATION_FAILURE") {
      return;
    }
    Subject subject{std::string(core::short_name(action.cluster_arn)),
                    std::string(core::short_name(action.service_arn)),
                    {}};
    if (!selected(subject, action.time)) return;
    for (const std::optional<Timestamp>& told : told_[key_of(subject)]) {
      if (told && action.time && std::chrono::abs(*told - *action.time) <= kSameEvent) return;
    }
    Stop stop;
    stop.action = &action;
    stop.time = action.time;
    stop.text = action.reason;
    stop.signs = signs_.read(action.event_name + "\n" + action.reason);
    add(std::move(subject), std::move(stop));
  }

  static std::string_view id_of(const Stop& stop) {
    if (stop.task != nullptr) return stop.task->arn;
    if (stop.event != nullptr) return stop.event->id;
    if (stop.action != nullptr) return stop.action->id;
    return stop.failure->reason;
  }

  static void sort_by_time(std::vector<Stop>& stops) {
    std::sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) {
      return std::make_tuple(a.time, id_of(a)) < std::make_tuple(b.time, id_of(b));
    });
  }

  void move_aftermaths() {
    for (auto& [key, spot] : groups_) {
      if (spot.family != kSpotInterrupted) continue;
      for (const std::string_view family : {kInsufficientCapacity, kEniCreateFailed}) {
        const auto failures = groups_.find({std::get<0>(key), std::string(family), std::string()});
        if (failures == groups_.end()) continue;
        move_aftermath(spot.stops, failures->second.stops, aftermath_[std::get<0>(key)]);
      }
      sort_by_time(aftermath_[std::get<0>(key)]);
    }
  }

  // One walk through both lists in time order: a failure follows an interruption, or another that did.
  static void move_aftermath(const std::vector<Stop>& interruptions, std::vector<Stop>& failures,
                             std::vector<Stop>& aftermath) {
    std::vector<Stop> kept;
    std::optional<Timestamp> anchor, trouble_until;
    std::size_t next = 0;
    for (Stop& failure : failures) {
      if (!failure.time || failure.failure != nullptr) {
        kept.push_back(std::move(failure));
        continue;
      }
      for (; next < interruptions.size() &&
             (!interruptions[next].time || *interruptions[next].time <= *failure.time);
           ++next) {
        if (interruptions[next].time) anchor = interruptions[next].time;
      }
      const bool follows = anchor && *failure.time - *anchor <= kAftermath;
      if (follows && !(trouble_until && *failure.time < *trouble_until)) {
        anchor = failure.time;
        aftermath.push_back(std::move(failure));
      } else {
        trouble_until = *failure.time + kTroubleBefore;
        kept.push_back(std::move(failure));
      }
    }
    failures = std::move(kept);
  }

  // "deployment failed" says that tasks did not start; where nothing says why, it is an incident all the
  // same.
  void add_failed_deployments() {
    if (!selection_.task.empty()) return;
    std::map<std::string, bool> in_trouble;
    for (const auto& [key, group] : groups_) {
      const bool benign = group.family.empty() && (group.kind == "user" || group.kind == "scheduler");
      if (!group.stops.empty() && !benign) in_trouble[std::get<0>(key)] = true;
    }
    for (const auto& [arn, service] : index_.place->services) {
      Subject subject{std::string(core::short_name(service.cluster_arn)), service.name, {}};
      if (in_trouble.count(key_of(subject)) > 0) continue;
      Group group{subject, {}, "deployment", {}};
      for (const facts::ServiceEvent& event : service.events) {
        if (!contains_ignoring_case(event.message, "deployment failed") &&
            !contains_ignoring_case(event.message, "unable to consistently start tasks")) {
          continue;
        }
        if (!selected(subject, event.created_at)) continue;
        Stop stop;
        stop.event = &event;
        stop.time = event.created_at;
        stop.text = event.message;
        stop.signs = signs_.read(event.message);
        group.stops.push_back(std::move(stop));
      }
      if (group.stops.empty()) continue;
      sort_by_time(group.stops);
      groups_[{key_of(subject), std::string(), group.kind}] = std::move(group);
    }
  }

  Case case_of(Group group, const std::string& key) {
    Case c;
    c.facts = &facts_;
    c.place = index_.place;
    c.index = &index_;
    c.family = std::move(group.family);
    c.kind = std::move(group.kind);
    c.cluster_name = std::move(group.subject.cluster);
    c.service_name = std::move(group.subject.service);
    c.task_family = std::move(group.subject.task_family);
    c.stops = std::move(group.stops);
    if (c.family == kSpotInterrupted) c.aftermath = std::move(aftermath_[key]);
    const auto cluster = index_.cluster_by_name.find(c.cluster_name);
    if (cluster != index_.cluster_by_name.end()) c.cluster = cluster->second;
    const auto service = index_.service_by_key.find(key);
    if (service != index_.service_by_key.end()) c.service = service->second;
    c.task_definition = definition_of(c);
    for (const Stop& stop : c.stops) {
      if (!stop.time) continue;
      if (!c.first || *stop.time < *c.first) c.first = stop.time;
      if (!c.last || *stop.time > *c.last) c.last = stop.time;
    }
    c.dated = c.first.has_value();
    if (!c.dated) c.first = c.last = facts_.newest;
    return c;
  }

  // The ARN of the task definition that the failed call named, by ARN or by family and revision.
  std::string definition_named(const Case& c, const Stop& stop) const {
    std::string named = stop.failure->resource_arn;
    const auto parameters = core::JsonDocument::parse(parameters_of(c, stop), "requestParameters");
    if (parameters) {
      const std::string_view text = parameters->root()["taskDefinition"].string_or();
      if (!text.empty()) named = text;
    }
    if (core::contains(named, ":task-definition/")) return named;
    const facts::TaskDefinition* newest = nullptr;
    for (const auto& [arn, definition] : index_.place->task_definitions) {
      if (core::family_revision(arn) == named) return arn;
      if (definition.family == named && (newest == nullptr || definition.revision > newest->revision)) {
        newest = &definition;
      }
    }
    return newest == nullptr ? std::string() : newest->arn;
  }

  // A session names its task, by ARN or by id; other calls name the definition.
  std::string definition_of_call(const Case& c, const Stop& stop) const {
    const auto task = index_.task_by_id.find(std::string(core::short_name(stop.failure->resource_arn)));
    return task == index_.task_by_id.end() ? definition_named(c, stop) : task->second->task_definition_arn;
  }

  const facts::TaskDefinition* definition_of(const Case& c) const {
    std::string arn;
    for (auto stop = c.stops.rbegin(); stop != c.stops.rend() && arn.empty(); ++stop) {
      if (stop->task != nullptr) arn = stop->task->task_definition_arn;
      if (stop->failure != nullptr) arn = definition_of_call(c, *stop);
    }
    if (arn.empty() && c.service != nullptr) arn = c.service->task_definition_arn;
    const auto found = index_.place->task_definitions.find(arn);
    return found == index_.place->task_definitions.end() ? nullptr : &found->second;
  }

  const facts::Facts& facts_;
  const PlaceIndex& index_;
  const Selection& selection_;
  SignReader signs_;
  Groups groups_;
  std::unordered_map<std::string, std::vector<std::optional<Timestamp>>> told_;
  std::unordered_map<std::string, std::vector<Stop>> aftermath_;
};

}  // namespace

std::string sign_text(const facts::Task& task) {
  std::string text = task.stop_code;
  text += '\n';
  text += task.stopped_reason;
  for (const facts::Container& container : task.containers) {
    if (container.reason.empty()) continue;
    text += '\n';
    text += container.reason;
  }
  return text;
}

std::string sign_text(const facts::CallFailure& failure) {
  // A session that breaks off after it was opened prints its reason without a word of the call.
  if (failure.code.empty())
    return failure.operation == "ExecuteCommand" ? "ExecuteCommand: " + failure.reason : failure.reason;
  const std::string subject = failure.operation == "CreateNetworkInterface" ? " (network interface)" : "";
  return "An error occurred (" + failure.code + ") when calling the " + failure.operation +
         " operation: " + failure.reason + subject;
}

std::vector<Case> group_stops(const facts::Facts& facts, const PlaceIndex& index,
                              const Selection& selection) {
  return Grouper(facts, index, selection).run();
}

bool is_benign(const Case& c) {
  return c.family.empty() && (c.kind == "user" || c.kind == "scheduler");
}

int count_of(const Case& c) {
  // Events repeat what tasks or calls say, and EC2's refusal is of an interface that a task asked for.
  const auto is_event = [](const Stop& stop) {
    return stop.event != nullptr || stop.action != nullptr ||
           (stop.failure != nullptr && stop.failure->operation == "CreateNetworkInterface");
  };
  const auto events = std::count_if(c.stops.begin(), c.stops.end(), is_event);
  const auto all = static_cast<std::ptrdiff_t>(c.stops.size());
  return static_cast<int>(events == all ? all : all - events);
}

}  // namespace doctor::diagnose
