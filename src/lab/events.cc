#include <algorithm>

#include "core/arn.h"
#include "lab/queue.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply no_rule(const std::string& name) {
  return api_error("ResourceNotFoundException", "Rule " + name + " does not exist on EventBus default.");
}

Reply rules_page(const json& all, const json& input, const char* key) {
  return page_of(all, input,
                 {.result_key = key,
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "Limit",
                  .default_limit = 100,
                  .most = 100,
                  .bad_token = "ValidationException",
                  .bad_limit = "ValidationException"});
}

json shown(const Rule& rule) {
  json answer{{"Name", rule.name}, {"Arn", rule.arn}, {"State", rule.state}, {"EventBusName", "default"}};
  if (rule.pattern.is_object()) answer["EventPattern"] = rule.pattern.dump();
  if (!rule.schedule.empty()) answer["ScheduleExpression"] = rule.schedule;
  if (!rule.description.empty()) answer["Description"] = rule.description;
  return answer;
}

Reply list_rules(World& world, const CallContext& call, const json& input) {
  json rules = json::array();
  for (const auto& [name, rule] : world.events[call.region].rules) {
    if (name.rfind(text_of(input, "NamePrefix"), 0) == 0) rules.push_back(shown(rule));
  }
  return rules_page(rules, input, "Rules");
}

Rule* rule_of(World& world, const CallContext& call, const json& input, const char* key) {
  auto& rules = world.events[call.region].rules;
  const auto found = rules.find(text_of(input, key));
  return found == rules.end() ? nullptr : &found->second;
}

Reply describe_rule(World& world, const CallContext& call, const json& input) {
  const Rule* rule = rule_of(world, call, input, "Name");
  if (rule == nullptr) return no_rule(text_of(input, "Name"));
  json answer = shown(*rule);
  answer["CreatedBy"] = world.account;
  return answer;
}

Reply put_rule(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "Name"), text = text_of(input, "EventPattern"),
                    schedule = text_of(input, "ScheduleExpression");
  if (text.empty() && schedule.empty()) {
    return api_error("ValidationException",
                     "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  json pattern = nullptr;
  if (!text.empty()) {
    pattern = json::parse(text, nullptr, false);
    if (pattern.is_discarded())
      return api_error("InvalidEventPatternException", "Event pattern is not valid. Reason: Invalid JSON");
    if (const auto problem = pattern_problem(pattern); !problem.empty())
      return api_error("InvalidEventPatternException", problem);
  }
  auto& rule = world.events[call.region].rules[name];
  rule.name = name;
  rule.arn = world.arn("events", call.region, "rule/" + name);
  rule.pattern = pattern;
  rule.schedule = schedule;
  rule.state = text_of(input, "State", "ENABLED");
  rule.description = text_of(input, "Description");
  return json{{"RuleArn", rule.arn}};
}

Reply put_targets(World& world, const CallContext& call, const json& input) {
  Rule* rule = rule_of(world, call, input, "Rule");
  if (rule == nullptr) return no_rule(text_of(input, "Rule"));
  const json& targets = list_of(input, "Targets");
  json failed = json::array();
  for (const auto& target : targets) {
    if (!core::Arn::parse(text_of(target, "Arn"))) {
      return api_error("ValidationException",
                       "Parameter " + text_of(target, "Arn") +
                           " is not valid. Reason: Provided Arn is not in correct format.");
    }
    const std::string id = text_of(target, "Id");
    if (!rule->targets.contains(id) && rule->targets.size() >= 5) {
      return api_error("LimitExceededException",
                       "The requested resource exceeds the maximum number allowed.");
    }
    rule->targets[id] = target;
  }
  return json{{"FailedEntryCount", 0}, {"FailedEntries", failed}};
}

Reply remove_targets(World& world, const CallContext& call, const json& input) {
  Rule* rule = rule_of(world, call, input, "Rule");
  if (rule == nullptr) return no_rule(text_of(input, "Rule"));
  json failed = json::array();
  for (const auto& id : strings_of(input, "Ids")) {
    if (rule->targets.erase(id) > 0) continue;
    failed.push_back({{"TargetId", id},
                      {"ErrorCode", "ResourceNotFoundException"},
                      {"ErrorMessage", "Target " + id + " does not exist on the rule."}});
  }
  return json{{"FailedEntryCount", failed.size()}, {"FailedEntries", failed}};
}

Reply list_targets_by_rule(World& world, const CallContext& call, const json& input) {
  const Rule* rule = rule_of(world, call, input, "Rule");
  if (rule == nullptr) return no_rule(text_of(input, "Rule"));
  json targets = json::array();
  for (const auto& [id, target] : rule->targets) targets.push_back(target);
  return rules_page(targets, input, "Targets");
}

Reply delete_rule(World& world, const CallContext& call, const json& input) {
  const Rule* rule = rule_of(world, call, input, "Name");
  if (rule == nullptr) return json::object();  // deleting what is not there succeeds
  if (!rule->targets.empty())
    return api_error("ValidationException", "Rule can't be deleted since it has targets.");
  world.events[call.region].rules.erase(rule->name);
  return json::object();
}

// Puts the event, or the input that the target sets in its place, into a queue or a log group.
void deliver(World& world, const std::string& region, const json& target, const json& event) {
  const auto arn = core::Arn::parse(text_of(target, "Arn"));
  if (!arn) return;
  json body = event;
  const std::string path = text_of(target, "InputPath");
  if (path == "$.detail") body = member_of(event, "detail");
  const std::string text = target.contains("Input") ? text_of(target, "Input") : body.dump();
  if (arn->service == "sqs") {
    const auto queue = world.sqs[arn->region].queues.find(arn->resource);
    if (queue != world.sqs[arn->region].queues.end())
      enqueue(world, queue->second, text, json::object(), core::Duration{0});
  } else if (arn->service == "logs") {
    const std::string group =
        arn->resource.rfind("log-group:", 0) == 0 ? arn->resource.substr(10) : arn->resource;
    // One stream an hour: names in the order of time, and few enough to list.
    write_log(world, region, group.substr(0, group.find(":*")), text_of(event, "time").substr(0, 13), text);
  }
}

std::string route(World& world, const std::string& region, const json& event) {
  for (const auto& [name, rule] : world.events[region].rules) {
    if (rule.state != "ENABLED" || !event_matches(rule.pattern, event)) continue;
    for (const auto& [id, target] : rule.targets) deliver(world, region, target, event);
  }
  return text_of(event, "id");
}

Reply put_events(World& world, const CallContext& call, const json& input) {
  const json& asked = list_of(input, "Entries");
  if (asked.empty() || asked.size() > 10) {
    return api_error("ValidationException",
                     "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member "
                     "must have length between 1 and 10");
  }
  json entries = json::array();
  int failed = 0;
  for (const auto& entry : asked) {
    const json detail = json::parse(text_of(entry, "Detail", "{}"), nullptr, false);
    const std::string source = text_of(entry, "Source"), type = text_of(entry, "DetailType");
    std::string code, message;
    if (!detail.is_object())
      code = "MalformedDetail", message = "Detail is malformed.";
    else if (source.empty() || type.empty())
      code = "InvalidArgument", message = "Parameter Source or DetailType is not valid. Reason: required";
    else if (source.rfind("aws.", 0) == 0)
      code = "NotAuthorizedForSourceException", message = "Not authorized for the source.";
    if (!code.empty()) {
      ++failed;
      entries.push_back({{"ErrorCode", code}, {"ErrorMessage", message}});
      continue;
    }
    const auto time = time_of(entry, "Time", world.clock.now());
    entries.push_back(
        {{"EventId", route(world, call.region,
                           {{"version", "0"},
                            {"id", world.ids.uuid()},
                            {"detail-type", type},
                            {"source", source},
                            {"account", world.account},
                            {"time", core::to_iso(std::chrono::floor<std::chrono::seconds>(time))},
                            {"region", call.region},
                            {"resources", strings_of(entry, "Resources")},
                            {"detail", detail}})}});
  }
  return json{{"FailedEntryCount", failed}, {"Entries", entries}};
}

}  // namespace

void add_rule(World& world, const std::string& region, const std::string& name, const json& pattern,
              const std::string& target_arn) {
  auto& rule = world.events[region].rules[name];
  rule.name = name;
  rule.arn = world.arn("events", region, "rule/" + name);
  rule.pattern = pattern;
  rule.targets["1"] = {{"Id", "1"}, {"Arn", target_arn}};
}

std::string World::publish_event(const std::string& region, const std::string& detail_type,
                                 const std::string& source, const std::vector<std::string>& resources,
                                 const json& detail) {
  return route(*this, region,
               {{"version", "0"},
                {"id", ids.uuid()},
                {"detail-type", detail_type},
                {"source", source},
                {"account", account},
                {"time", core::to_iso(std::chrono::floor<std::chrono::seconds>(clock.now()))},
                {"region", region},
                {"resources", resources},
                {"detail", detail}});
}

void add_events_operations(Registry& registry) {
  registry.add("events", "ListRules", list_rules);
  registry.add("events", "DescribeRule", describe_rule);
  registry.add("events", "PutRule", put_rule);
  registry.add("events", "PutTargets", put_targets);
  registry.add("events", "RemoveTargets", remove_targets);
  registry.add("events", "ListTargetsByRule", list_targets_by_rule);
  registry.add("events", "DeleteRule", delete_rule);
  registry.add("events", "PutEvents", put_events);
}

}  // namespace doctor::lab
