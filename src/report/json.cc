#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "report/json_writer.h"
#include "report/report.h"

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::Mark;
using diagnose::MissingEvidence;

// Six decimals each, summing to exactly 1 where the causes do: what rounding loses goes to those that lost
// most, so that a reader who adds the printed numbers up gets 1.
std::vector<double> rounded_together(const std::vector<Cause>& causes) {
  constexpr double kUnit = 1e6;
  std::vector<double> out;
  double sum = 0;
  std::int64_t units = 0;
  for (const Cause& cause : causes) {
    const double p = cause.probability > 0 && cause.probability <= 1 ? cause.probability : 0;
    sum += p;
    out.push_back(std::floor(p * kUnit));
    units += static_cast<std::int64_t>(out.back());
  }
  if (causes.empty() || std::abs(sum - 1) > 1e-9) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = causes[i].probability;
    return out;
  }
  std::vector<std::size_t> order(causes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return causes[a].probability * kUnit - out[a] > causes[b].probability * kUnit - out[b];
  });
  const std::int64_t lost = static_cast<std::int64_t>(kUnit) - units;
  for (std::int64_t i = 0; i < lost && i < static_cast<std::int64_t>(order.size()); ++i) out[order[i]] += 1;
  for (double& p : out) p /= kUnit;
  return out;
}

void write(JsonWriter& json, const Evidence& evidence) {
  json.begin_object();
  json.key("id").text(evidence.id);
  json.key("statement").text(evidence.statement);
  json.key("direction").text(evidence.speaks_for ? "for" : "against");
  json.key("weight").decimal(evidence.weight);
  json.key("source").begin_object();
  json.key("service").text(evidence.source.service);
  json.key("operation").text(evidence.source.operation);
  json.key("event_id").text_or_null(evidence.source.event_id);
  json.key("field").text(evidence.source.field);
  json.key("value").text(evidence.source.value);
  json.key("time").time(evidence.source.time);
  json.end_object();
  json.end_object();
}

void write(JsonWriter& json, const Fix& fix) {
  json.begin_object();
  json.key("id").text(fix.id);
  json.key("title").text(fix.title);
  json.key("detail").text(fix.detail);
  json.key("reversible").boolean(fix.reversible);
  json.key("requires").texts(fix.requires_actions);
  json.end_object();
}

void write(JsonWriter& json, const Cause& cause, double probability) {
  json.begin_object();
  json.key("id").text(cause.id);
  json.key("title").text(cause.title);
  json.key("probability").probability(probability);
  json.key("evidence").begin_array();
  for (const Evidence& evidence : cause.evidence) write(json, evidence);
  json.end_array();
  json.key("fixes").begin_array();
  for (const Fix& fix : cause.fixes) write(json, fix);
  json.end_array();
  json.end_object();
}

void write(JsonWriter& json, const Mark& mark) {
  json.begin_object();
  json.key("time").time(mark.time);
  json.key("end").time(mark.end);
  json.key("lane").text(mark.lane);
  json.key("kind").text(mark.kind);
  json.key("label").text(mark.label);
  json.key("subject").text_or_null(mark.subject);
  json.end_object();
}

void write(JsonWriter& json, const Incident& incident) {
  json.begin_object();
  json.key("family").text_or_null(incident.family);
  json.key("account").text(incident.account);
  json.key("region").text(incident.region);
  json.key("resource").begin_object();
  json.key("cluster").text_or_null(incident.cluster);
  json.key("service").text_or_null(incident.service);
  json.key("task_arns").texts(incident.task_arns);
  json.end_object();
  json.key("first_seen").time(incident.first_seen);
  json.key("last_seen").time(incident.last_seen);
  json.key("count").integer(incident.count);
  json.key("summary").text(incident.summary);
  const std::vector<double> probabilities = rounded_together(incident.causes);
  json.key("causes").begin_array();
  for (std::size_t i = 0; i < incident.causes.size(); ++i) write(json, incident.causes[i], probabilities[i]);
  json.end_array();
  json.key("contributing").begin_array();
  for (const Cause& factor : incident.contributing) write(json, factor, factor.probability);
  json.end_array();
  json.key("timeline").begin_array();
  for (const Mark& mark : incident.timeline) write(json, mark);
  json.end_array();
  json.end_object();
}

void write(JsonWriter& json, const MissingEvidence& missing) {
  json.begin_object();
  json.key("evidence").text(missing.evidence);
  json.key("reason").text(missing.reason);
  json.key("how_to_grant").text(missing.how_to_grant);
  json.end_object();
}

}  // namespace

std::string to_json(const Diagnosis& diagnosis) {
  JsonWriter json;
  json.begin_object();
  json.key("schema").text("fargate-doctor/diagnosis/1");
  json.key("generated_at").time(diagnosis.generated_at);
  json.key("scope").begin_object();
  json.key("accounts").texts(diagnosis.accounts);
  json.key("regions").texts(diagnosis.regions);
  json.key("cluster").text_or_null(diagnosis.cluster);
  json.key("service").text_or_null(diagnosis.service);
  json.key("task").text_or_null(diagnosis.task);
  json.end_object();
  json.key("incidents").begin_array();
  for (const Incident& incident : diagnosis.incidents) write(json, incident);
  json.end_array();
  json.key("missing").begin_array();
  for (const MissingEvidence& missing : diagnosis.missing) write(json, missing);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace doctor::report
