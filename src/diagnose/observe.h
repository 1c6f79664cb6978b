// From facts to observations: what is seen about one case that bears on its causes.
//
// A Case is one incident before weighing: the stops (or failed calls) of one family in one service. Each
// family has one function that looks at the facts around the case and writes down observations; an
// observation names a row of the evidence table and carries its sentence and proof. It does not decide:
// weigh.h does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/diagnosis.h"
#include "diagnose/signs.h"
#include "facts/facts.h"

namespace doctor::network {
class Network;  // network/path.h
}

namespace doctor::diagnose {

struct PlaceIndex;  // place_index.h

struct Stop {
  const facts::Task* task = nullptr;  // null for a failed call or a service event
  const facts::CallFailure* failure = nullptr;
  const facts::ServiceEvent* event = nullptr;  // "unable to place a task" and the like
  const facts::EcsEvent* action = nullptr;     // the same from EventBridge
  const facts::LogTail* log = nullptr;         // where the text that decided is a line of the task's log
  std::vector<SignMatch> signs;                // of its stop code and every reason on it, most specific first
  std::string text;                            // the reason that decided
  std::optional<Timestamp> time;
};

struct Case {
  const facts::Facts* facts = nullptr;
  const facts::Place* place = nullptr;
  std::string family;                       // "" for none
  const facts::Cluster* cluster = nullptr;  // each may be null: not in the facts
  const facts::Service* service = nullptr;
  const facts::TaskDefinition* task_definition = nullptr;  // of the newest stop
  std::string cluster_name, service_name;
  std::string task_family;  // of stand-alone tasks, which have no service
  // Stops of no family are kept apart by what decided: the cause of their sign, "user", "scheduler" or
  // "exit".
  std::string kind;
  std::vector<Stop> stops;      // in time order
  std::vector<Stop> aftermath;  // of a Spot incident: replacements that could not be placed, in time order
  // Of the stops; where none of them carries a time (a refused call that was saved as text), the newest time
  // of the facts, and `dated` is false.
  std::optional<Timestamp> first, last;
  bool dated = false;
  const PlaceIndex* index = nullptr;          // what else is in the place, by service, built once a run
  const network::Network* network = nullptr;  // of all the facts, built once a run
};

struct Observation {
  std::string evidence;   // id of a row in evidence_table()
  std::string statement;  // one sentence, with the names and numbers of this case
  Source source;
};

struct Observations {
  std::vector<Observation> seen;
  std::vector<MissingEvidence> missing;  // what would have been looked at
  // Details for fixes of this case: "deploy with base 2": keyed by fix id.
  std::vector<std::pair<std::string, std::string>> fix_details;
  std::vector<std::string> useless_fixes;  // ids of fixes that cannot help here: none of them is offered

  void add(std::string_view evidence, std::string statement, Source source);
};

// One per family, in observe_<family>.cc.
void observe_spot(const Case& c, Observations& out);
void observe_eni(const Case& c, Observations& out);
void observe_storage(const Case& c, Observations& out);
void observe_exec(const Case& c, Observations& out);
void observe_image(const Case& c, Observations& out);
void observe_capacity(const Case& c, Observations& out);
void observe_platform(const Case& c, Observations& out);
void observe_stop(const Case& c, Observations& out);  // stops of no family

// The rows of the table that the signs of the case's stops name (a sign's id is its evidence row where one
// exists), each once, with AWS's own words as proof. Every family starts with it.
void observe_signs(const Case& c, Observations& out);

// recent changes (CloudTrail, deployments, Config) shared by all families: what changed, when, and which
// causes such a change can produce.
void observe_changes(const Case& c, Observations& out);
// AWS Health events of the region that cover the case's time; absent, refused or none.
void observe_health(const Case& c, Observations& out);

}  // namespace doctor::diagnose
