#include <algorithm>
#include <cctype>
#include <charconv>

#include "lab/log_filter.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

long long millis(core::Timestamp time) {
  return time.time_since_epoch().count();
}

Reply no_group() {
  return api_error("ResourceNotFoundException", "The specified log group does not exist.");
}

LogGroup* group_of(World& world, const CallContext& call, const json& input) {
  auto& groups = world.logs[call.region].groups;
  const auto found = groups.find(text_of(input, "logGroupName"));
  return found == groups.end() ? nullptr : &found->second;
}

long long bytes_of(const LogStream& stream) {
  long long bytes = 0;
  for (const auto& event : stream.events) bytes += static_cast<long long>(event.message.size()) + 26;
  return bytes;
}

Reply describe_log_groups(World& world, const CallContext& call, const json& input) {
  json groups = json::array();
  const std::string prefix = text_of(input, "logGroupNamePrefix"),
                    part = text_of(input, "logGroupNamePattern");
  for (const auto& [name, group] : world.logs[call.region].groups) {
    if (name.rfind(prefix, 0) != 0 || name.find(part) == std::string::npos) continue;
    long long bytes = 0;
    for (const auto& [stream_name, stream] : group.streams) bytes += bytes_of(stream);
    json shown{{"logGroupName", name},
               {"creationTime", millis(group.created)},
               {"metricFilterCount", 0},
               {"arn", world.arn("logs", call.region, "log-group:" + name + ":*")},
               {"storedBytes", bytes}};
    if (group.retention_days > 0) shown["retentionInDays"] = group.retention_days;
    if (!group.kms_key.empty()) shown["kmsKeyId"] = group.kms_key;
    if (!group.log_class.empty()) shown["logGroupClass"] = group.log_class;
    groups.push_back(std::move(shown));
  }
  return page_of(groups, input,
                 {.result_key = "logGroups",
                  .limit_key = "limit",
                  .default_limit = 50,
                  .most = 50,
                  .bad_limit = "InvalidParameterException"});
}

// "CreateLogGroup", CloudWatch Logs API Reference: 1 to 512 of these characters, and not AWS's own prefix.
bool is_group_name(const std::string& name) {
  return !name.empty() && name.size() <= 512 && name.rfind("aws/", 0) != 0 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  std::string_view("_-/.#").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

Reply create_log_group(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "logGroupName");
  if (!is_group_name(name)) {
    return api_error("InvalidParameterException",
                     "1 validation error detected: Value '" + name +
                         "' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular "
                         "expression pattern: [\\.\\-_/#A-Za-z0-9]+");
  }
  if (world.logs[call.region].groups.contains(name))
    return api_error("ResourceAlreadyExistsException", "The specified log group already exists");
  add_log_group(world, call.region, name);
  LogGroup& made = world.logs[call.region].groups[name];
  made.kms_key = text_of(input, "kmsKeyId");
  made.log_class = text_of(input, "logGroupClass");
  return json::object();
}

// With all that was logged: a group made again under the name is empty.
Reply delete_log_group(World& world, const CallContext& call, const json& input) {
  if (world.logs[call.region].groups.erase(text_of(input, "logGroupName")) == 0) return no_group();
  return json::object();
}

Reply describe_log_streams(World& world, const CallContext& call, const json& input) {
  const LogGroup* group = group_of(world, call, input);
  if (group == nullptr) return no_group();
  const bool by_time = text_of(input, "orderBy") == "LastEventTime";
  const std::string prefix = text_of(input, "logStreamNamePrefix");
  if (by_time && !prefix.empty()) {
    return api_error("InvalidParameterException",
                     "Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  std::vector<json> streams;
  for (const auto& [name, stream] : group->streams) {
    if (name.rfind(prefix, 0) != 0) continue;
    json shown{{"logStreamName", name},
               {"creationTime", millis(stream.created)},
               {"storedBytes", 0},
               {"uploadSequenceToken", "49039859626"},
               {"arn", world.arn("logs", call.region,
                                 "log-group:" + text_of(input, "logGroupName") + ":log-stream:" + name)}};
    if (!stream.events.empty()) {
      shown["firstEventTimestamp"] = millis(stream.events.front().time);
      shown["lastEventTimestamp"] = millis(stream.events.back().time);
      shown["lastIngestionTime"] = millis(stream.events.back().ingested);
    }
    streams.push_back(std::move(shown));
  }
  if (by_time) {
    std::stable_sort(streams.begin(), streams.end(), [](const json& one, const json& other) {
      return integer_of(one, "lastEventTimestamp", 0) < integer_of(other, "lastEventTimestamp", 0);
    });
  }
  if (boolean_of(input, "descending", false)) std::reverse(streams.begin(), streams.end());
  return page_of(json(streams), input,
                 {.result_key = "logStreams",
                  .limit_key = "limit",
                  .default_limit = 50,
                  .most = 50,
                  .bad_limit = "InvalidParameterException"});
}

struct Span {
  long long start, end;
  bool holds(core::Timestamp time) const { return millis(time) >= start && millis(time) < end; }
};

Span span_of(const json& input) {
  return {integer_of(input, "startTime", 0), integer_of(input, "endTime", 1LL << 62)};
}

// Tokens are "f/…" and "b/…" with a place in the stream. At either end the same token comes back, and a page
// with no events ("GetLogEvents": "If you have reached the end of the stream, it returns the same token").
Reply get_log_events(World& world, const CallContext& call, const json& input) {
  const LogGroup* group = group_of(world, call, input);
  if (group == nullptr) return no_group();
  const auto stream = group->streams.find(text_of(input, "logStreamName"));
  if (stream == group->streams.end()) {
    return api_error("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  std::vector<const LogEvent*> events;
  const Span span = span_of(input);
  for (const auto& event : stream->second.events) {
    if (span.holds(event.time)) events.push_back(&event);
  }
  const auto total = static_cast<long long>(events.size());
  const long long limit = std::clamp<long long>(integer_of(input, "limit", 10000), 1, 10000);
  const bool from_head = boolean_of(input, "startFromHead", false);
  long long first = from_head ? 0 : std::max(0LL, total - limit),
            last = from_head ? std::min(total, limit) : total;
  const std::string token = text_of(input, "nextToken");
  if (!token.empty()) {
    long long place = -1;
    const auto [stop, error] = std::from_chars(token.data() + std::min<std::size_t>(2, token.size()),
                                               token.data() + token.size(), place);
    if (error != std::errc{} || place < 0 || token[1] != '/' || stop != token.data() + token.size()) {
      return api_error("InvalidParameterException", "The specified nextToken is invalid.");
    }
    place = std::min(place, total);
    first = token[0] == 'f' ? place : std::max(0LL, place - limit);
    last = token[0] == 'f' ? std::min(total, place + limit) : place;
  }
  json shown = json::array();
  for (long long i = first; i < last; ++i) {
    const LogEvent& event = *events[static_cast<std::size_t>(i)];
    shown.push_back({{"timestamp", millis(event.time)},
                     {"message", event.message},
                     {"ingestionTime", millis(event.ingested)}});
  }
  const auto token_at = [](const char* kind, long long place) {
    std::string digits = std::to_string(place);
    return kind + std::string(56 - digits.size(), '0') + digits;
  };
  return json{{"events", shown},
              {"nextForwardToken", token_at("f/", last)},
              {"nextBackwardToken", token_at("b/", first)}};
}

Reply filter_log_events(World& world, const CallContext& call, const json& input) {
  const LogGroup* group = group_of(world, call, input);
  if (group == nullptr) return no_group();
  const std::string pattern = text_of(input, "filterPattern"), prefix = text_of(input, "logStreamNamePrefix");
  if (!log_pattern_valid(pattern)) return api_error("InvalidParameterException", "Invalid filter pattern");
  const auto names = strings_of(input, "logStreamNames");
  if (!names.empty() && !prefix.empty()) {
    return api_error("InvalidParameterException",
                     "logStreamNamePrefix and logStreamNames are mutually exclusive");
  }
  for (const auto& name : names) {
    if (!group->streams.contains(name))
      return api_error("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  const Span span = span_of(input);
  std::vector<std::pair<const LogEvent*, const std::string*>> found;
  for (const auto& [name, stream] : group->streams) {
    if (name.rfind(prefix, 0) != 0) continue;
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    for (const auto& event : stream.events) {
      if (span.holds(event.time) && log_matches(pattern, event.message)) found.emplace_back(&event, &name);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& one, const auto& other) { return one.first->time < other.first->time; });
  json events = json::array();
  for (const auto& [event, name] : found) {
    events.push_back({{"logStreamName", *name},
                      {"timestamp", millis(event->time)},
                      {"message", event->message},
                      {"ingestionTime", millis(event->ingested)},
                      {"eventId", event->id}});
  }
  auto page = page_of(events, input,
                      {.result_key = "events",
                       .limit_key = "limit",
                       .default_limit = 10000,
                       .most = 10000,
                       .bad_limit = "InvalidParameterException"});
  if (page) (*page)["searchedLogStreams"] = json::array();
  return page;
}

}  // namespace

void add_log_group(World& world, const std::string& region, const std::string& group, int retention_days) {
  auto& made = world.logs[region].groups[group];
  made.created = world.clock.now();
  made.retention_days = retention_days;
}

void write_log(World& world, const std::string& region, const std::string& group, const std::string& stream,
               const std::string& message) {
  auto& groups = world.logs[region].groups;
  if (!groups.contains(group)) add_log_group(world, region, group);
  auto& streams = groups[group].streams;
  const auto [place, made] = streams.try_emplace(stream);
  if (made) place->second.created = world.clock.now();
  const auto now = world.clock.now();
  place->second.events.push_back(
      {now, now + std::chrono::milliseconds(800), message, "3" + world.ids.digits(55)});
}

void add_logs_operations(Registry& registry) {
  registry.add("logs", "DescribeLogGroups", describe_log_groups);
  registry.add("logs", "CreateLogGroup", create_log_group);
  registry.add("logs", "DeleteLogGroup", delete_log_group);
  registry.add("logs", "DescribeLogStreams", describe_log_streams);
  registry.add("logs", "GetLogEvents", get_log_events);
  registry.add("logs", "FilterLogEvents", filter_log_events);
}

}  // namespace doctor::lab
