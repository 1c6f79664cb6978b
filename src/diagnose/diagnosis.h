// The answer: incidents, each with weighed causes, their proof and their fixes.
//
// This is the shape that `diagnose --output json` prints ("schema": "fargate-doctor/diagnosis/1"); reports
// only render it. Invariants: causes are sorted by probability (ties by id), exclude each other, include
// `unknown` and sum to 1; contributing factors are sorted the same way but are independent of each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace doctor::diagnose {

using core::Timestamp;

struct Source {
  std::string service, operation, event_id, field, value;
  std::optional<Timestamp> time;
};

struct Evidence {
  std::string id;         // the row of the weights table: "spot.stop_code"
  std::string statement;  // one sentence for a person, with names and numbers
  bool speaks_for = true;
  double weight = 1;  // how many times likelier (or, against, less likely) it makes the cause; >= 1
  Source source;
};

struct Fix {
  std::string id, title;
  bool reversible = true;
  std::vector<std::string> requires_actions;  // IAM actions; "requires" in JSON
  std::string detail;  // what exactly, with this incident's names and numbers; may be empty
};

struct Cause {
  std::string id, title;
  double probability = 0;  // 0..1
  std::vector<Evidence> evidence;
  std::vector<Fix> fixes;
};

// One mark on the timeline of an incident. Lanes are availability zones, or "service" for service-wide marks.
struct Mark {
  Timestamp time;
  std::optional<Timestamp> end;  // of a span (a task's life); else a point
  std::string lane,
      kind;  // kind: task, interruption, stop, placement_failure, health_event, change, steady_state
  std::string label, subject;  // subject: task ARN, event id
};

struct Incident {
  std::string family;  // "FargateSpotInterrupted"; "" (null in JSON) for a stop of no family
  std::string account, region, cluster, service;  // names; service "" for stand-alone tasks
  std::vector<std::string> task_arns;
  std::optional<Timestamp> first_seen, last_seen;
  int count = 0;        // stops (or failed calls) grouped here
  std::string summary;  // one sentence: what happened
  std::vector<Cause> causes, contributing;
  std::vector<Mark> timeline;  // in time order; at most some hundreds
};

struct MissingEvidence {
  std::string evidence;      // "AWS Health events of eu-west-1"
  std::string reason;        // "AccessDeniedException: …", "not in the snapshot"
  std::string how_to_grant;  // the IAM action, or the CLI command that makes the file
};

struct Diagnosis {
  std::optional<Timestamp> generated_at;
  std::vector<std::string> accounts, regions;
  std::string cluster, service, task;  // the selectors, as given
  std::vector<Incident> incidents;     // worst first: most stops, newest
  std::vector<MissingEvidence> missing;
};

}  // namespace doctor::diagnose
