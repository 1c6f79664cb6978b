// Small words that every observer uses: proofs, windows of time, counts and names for a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/observe.h"
#include "diagnose/place_index.h"

namespace doctor::diagnose {

// How long before the first stop a change still counts as recent. Most failures that a change makes show
// within minutes of it; a day leaves room for a service that scales or restarts only once a night.
inline constexpr std::chrono::hours kRecentChange{24};

Source source_of(const facts::Origin& origin, std::string field, std::string value,
                 std::optional<Timestamp> time = std::nullopt);
Source source_of(const Stop& stop);                                        // its reason, as AWS wrote it
Source source_of(const facts::TrailEvent& event, std::string value = {});  // value: else who called
Source source_of(const facts::HealthEvent& event);

std::string counted(std::size_t count, std::string_view noun);                       // "1 task", "4 tasks"
std::string counted_of(std::size_t part, std::size_t whole, std::string_view noun);  // "4 of 6 tasks"
std::string joined(const std::vector<std::string>& words);  // "a, b and c"; at most five, then "and 7 more"
std::string short_id(std::string_view arn_or_id);       // "…/0f9d3c21" -> "0f9d3c21", at most 12 characters
std::string caller_of(const facts::TrailEvent& event);  // "alice", "role/deploy", "ecs.amazonaws.com"
std::string place_name(const Case& c);                  // "prod/web", "tasks of batch in prod"
std::string clock_span(std::optional<Timestamp> first,
                       std::optional<Timestamp> last);  // "at 03:00:10", "between … and …"

std::string key_of(const Case& c);              // group_key() of its tasks
const facts::Task* newest_task(const Case& c);  // of the newest stop that has one; may be null

// When the interruption, or the failure, began: the warning comes before the stop.
std::optional<Timestamp> begin_of(const facts::Task& task);

// Sorted, without duplicates and without "".
std::vector<std::string> distinct(std::vector<std::string> words);
std::vector<std::string> zones_of_stops(const Case& c);
// Zones of the subnets that the service may use; empty where the subnets are not in the facts.
std::vector<std::string> zones_configured(const Case& c);
// The network configuration in force: the service's, else what the stopped tasks' attachments show.
std::vector<std::string> subnets_configured(const Case& c);
// The strategy in force: the service's, else the cluster's default. Empty where unknown or a launch type is
// set.
std::vector<facts::CapacityProviderStrategyItem> strategy_in_force(const Case& c);
std::string to_words(
    const std::vector<facts::CapacityProviderStrategyItem>& strategy);  // "FARGATE base 1 weight 1, …"

// The request parameters of a failed call, where CloudTrail has it: JSON text, else "".
std::string_view parameters_of(const Case& c, const Stop& stop);

bool has_text(const Case& c, std::string_view phrase);  // in any stop's text, ignoring case
bool has_sign(const Case& c, std::string_view sign_id);

// `what` was neither answered nor refused, or refused: one line for `missing`. Nothing where it was answered.
// `operation`: "health.describe-events"; `command`: the CLI command that makes the file.
void note_missing(const Case& c, Observations& out, std::string_view operation, std::string what,
                  std::string command);

}  // namespace doctor::diagnose
