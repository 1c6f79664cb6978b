#include "report/diagnosis_reader.h"

#include "core/json.h"

namespace doctor::report {
namespace {

using core::Json;
using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Incident;

std::string text(Json parent, std::string_view key) {
  return std::string(parent[key].string_or());
}

Evidence evidence_of(Json json) {
  const Json source = json["source"];
  return {.id = text(json, "id"),
          .statement = text(json, "statement"),
          .speaks_for = json["direction"].string_or() == "for",
          .weight = json["weight"].number_or(1),
          .source = {text(source, "service"), text(source, "operation"), text(source, "event_id"),
                     text(source, "field"), text(source, "value"), source["time"].timestamp()}};
}

Cause cause_of(Json json) {
  Cause out{text(json, "id"), text(json, "title"), json["probability"].number_or(0), {}, {}};
  for (const Json piece : json["evidence"].items()) out.evidence.push_back(evidence_of(piece));
  for (const Json fix : json["fixes"].items()) {
    out.fixes.push_back({text(fix, "id"), text(fix, "title"), fix["reversible"].boolean_or(true),
                         fix["requires"].strings(), text(fix, "detail")});
  }
  return out;
}

Incident incident_of_json(Json json) {
  const Json resource = json["resource"];
  Incident out;
  out.family = text(json, "family");
  out.account = text(json, "account");
  out.region = text(json, "region");
  out.cluster = text(resource, "cluster");
  out.service = text(resource, "service");
  out.task_arns = resource["task_arns"].strings();
  out.first_seen = json["first_seen"].timestamp();
  out.last_seen = json["last_seen"].timestamp();
  out.count = json["count"].integer().value_or(0);
  out.summary = text(json, "summary");
  for (const Json cause : json["causes"].items()) out.causes.push_back(cause_of(cause));
  for (const Json factor : json["contributing"].items()) out.contributing.push_back(cause_of(factor));
  for (const Json mark : json["timeline"].items()) {
    if (const auto time = mark["time"].timestamp())
      out.timeline.push_back({*time, mark["end"].timestamp(), text(mark, "lane"), text(mark, "kind"),
                              text(mark, "label"), text(mark, "subject")});
  }
  return out;
}

}  // namespace

core::Result<Diagnosis> diagnosis_of(std::string_view json, std::string_view origin) {
  const auto document = core::JsonDocument::parse(json, origin);
  if (!document) return core::fail(document.error());
  const Json root = document->root();
  if (root["schema"].string_or() != "fargate-doctor/diagnosis/1") {
    return core::fail(core::ErrorKind::bad_input, std::string(origin) + ": this is no diagnosis",
                      "make one with: fargate-doctor diagnose --output json");
  }
  if (!root["incidents"].is_array())
    return core::fail(core::ErrorKind::bad_input, std::string(origin) + ": 'incidents' is no list");
  Diagnosis out;
  out.generated_at = root["generated_at"].timestamp();
  out.accounts = root["scope"]["accounts"].strings();
  out.regions = root["scope"]["regions"].strings();
  out.cluster = text(root["scope"], "cluster");
  out.service = text(root["scope"], "service");
  out.task = text(root["scope"], "task");
  for (const Json incident : root["incidents"].items()) out.incidents.push_back(incident_of_json(incident));
  for (const Json missing : root["missing"].items())
    out.missing.push_back(
        {text(missing, "evidence"), text(missing, "reason"), text(missing, "how_to_grant")});
  return out;
}

}  // namespace doctor::report
