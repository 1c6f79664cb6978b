// SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"): one result an incident. An incident has
// no source file, so its place is a logical location: the service, and its tasks as related ones.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/json_writer.h"
#include "report/report.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::MissingEvidence;

std::string rule_of(const Incident& incident) {
  const Cause* lead = leading(incident);
  return lead == nullptr || lead->id.empty() ? std::string(kUnknown) : lead->id;
}

// Each top cause once, in the order of the incidents.
struct Rules {
  std::vector<std::pair<std::string, const Cause*>> rows;
  std::map<std::string, std::size_t> index;
};

Rules rules_of(const Diagnosis& diagnosis) {
  Rules rules;
  for (const Incident& incident : diagnosis.incidents) {
    const std::string id = rule_of(incident);
    if (rules.index.emplace(id, rules.rows.size()).second) rules.rows.emplace_back(id, leading(incident));
  }
  return rules;
}

void write_message(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key).begin_object().key("text").text(text).end_object();
}

void write_rule(JsonWriter& json, const std::string& id, const Cause* cause) {
  const std::string title = cause == nullptr || cause->title.empty() ? std::string("The cause is not known")
                                                                     : capitalised(cause->title);
  json.begin_object();
  json.key("id").text(id);
  write_message(json, "shortDescription", title);
  std::string help;
  if (cause != nullptr) {
    for (const Fix& fix : cause->fixes) {
      help +=
          fmt::format("{}{} ({}).", help.empty() ? "" : " ", trimmed_sentence(fix.title), conditions(fix));
    }
  }
  if (!help.empty()) write_message(json, "help", help);
  json.end_object();
}

void write_logical_location(JsonWriter& json, std::string_view qualified_name, std::string_view name,
                            std::string_view kind) {
  json.begin_object();
  json.key("logicalLocations").begin_array().begin_object();
  json.key("name").text(name);
  json.key("fullyQualifiedName").text(qualified_name);
  json.key("kind").text(kind);
  json.end_object().end_array();
  json.end_object();
}

std::string qualified(const Incident& incident) {
  return fmt::format("{}/{}/{}", incident.account, incident.region, place(incident));
}

void write_result(JsonWriter& json, const Incident& incident, const Rules& rules) {
  const Cause* lead = leading(incident);
  const std::string rule = rule_of(incident);
  std::string message = headline(incident) + ".";
  if (!incident.summary.empty()) message += " " + sentence(incident.summary);
  if (lead != nullptr && !lead->fixes.empty()) {
    const Fix& fix = lead->fixes.front();
    message += fmt::format(" Do this: {}.", trimmed_sentence(fix.title));
    if (!fix.detail.empty()) message += " " + fix.detail;
  }
  json.begin_object();
  json.key("ruleId").text(rule);
  json.key("ruleIndex").integer(static_cast<std::int64_t>(rules.index.at(rule)));
  json.key("kind").text("fail");
  json.key("level").text(is_known(lead) ? "error" : "warning");
  write_message(json, "message", message);
  json.key("locations").begin_array();
  write_logical_location(json, qualified(incident), place(incident), "resource");
  json.end_array();
  if (!incident.task_arns.empty()) {
    json.key("relatedLocations").begin_array();
    // A set, as the specification has it: a task that was told twice stands there once.
    for (const std::string& arn : std::set<std::string>(incident.task_arns.begin(), incident.task_arns.end()))
      write_logical_location(json, arn, arn, "resource");
    json.end_array();
  }
  // SARIF counts from 1; the same incident seen again keeps its fingerprint.
  json.key("occurrenceCount").integer(std::max(incident.count, 1));
  json.key("partialFingerprints").begin_object();
  json.key("incident/v1").text(fmt::format("{}/{}/{}", incident.family, qualified(incident), rule));
  json.end_object();
  if (lead != nullptr) {
    const double p = lead->probability > 0 ? std::min(lead->probability, 1.0) : 0;
    json.key("rank").decimal(p * 100);
  }
  json.key("properties").begin_object();
  json.key("family").text_or_null(incident.family);
  json.key("account").text(incident.account);
  json.key("region").text(incident.region);
  json.key("firstSeen").time(incident.first_seen);
  json.key("lastSeen").time(incident.last_seen);
  json.key("causes").begin_array();
  for (const Cause& cause : incident.causes) {
    json.begin_object()
        .key("id")
        .text(cause.id)
        .key("probability")
        .probability(cause.probability)
        .end_object();
  }
  json.end_array();
  json.key("contributing").begin_array();
  for (const Cause& factor : incident.contributing) {
    json.begin_object()
        .key("id")
        .text(factor.id)
        .key("probability")
        .probability(factor.probability)
        .end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
}

void write_invocation(JsonWriter& json, const Diagnosis& diagnosis) {
  json.begin_object();
  json.key("executionSuccessful").boolean(true);
  if (diagnosis.generated_at) json.key("endTimeUtc").time(diagnosis.generated_at);
  json.key("toolExecutionNotifications").begin_array();
  for (const MissingEvidence& gap : diagnosis.missing) {
    json.begin_object();
    json.key("level").text("warning");
    std::string text = "Could not be seen: " + gap.evidence;
    if (!gap.reason.empty()) text += ": " + gap.reason;
    if (!gap.how_to_grant.empty()) text += ". To see it: " + gap.how_to_grant;
    write_message(json, "message", text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string to_sarif(const Diagnosis& diagnosis) {
  const Rules rules = rules_of(diagnosis);
  JsonWriter json;
  json.begin_object();
  json.key("$schema").text(
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
  json.key("version").text("2.1.0");
  json.key("runs").begin_array().begin_object();
  json.key("tool").begin_object().key("driver").begin_object();
  json.key("name").text("fargate-doctor");
  json.key("rules").begin_array();
  for (const auto& [id, cause] : rules.rows) write_rule(json, id, cause);
  json.end_array();
  json.end_object().end_object();
  json.key("invocations").begin_array();
  write_invocation(json, diagnosis);
  json.end_array();
  json.key("results").begin_array();
  for (const Incident& incident : diagnosis.incidents) write_result(json, incident, rules);
  json.end_array();
  json.end_object().end_array();
  json.end_object();
  return json.take();
}

}  // namespace doctor::report
