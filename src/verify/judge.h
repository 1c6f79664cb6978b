// From what was read to checks. Pure: no clock, no network; the same reading gives the same checks.
//
// One function a question, one file each. A check that does not apply (a service without a load balancer has
// no targets) is not made; one that applies and could not be looked at is `not_possible`.
#pragma once

#include <string>
#include <vector>

#include "core/time.h"
#include "diagnose/diagnosis.h"
#include "facts/facts.h"
#include "network/path.h"
#include "remedy/journal.h"
#include "verify/check.h"
#include "verify/reading.h"

namespace doctor::verify {

struct Subject {
  const remedy::Run& run;
  core::Timestamp ended_at;  // of the run
  core::Timestamp now;
  std::vector<std::string> roles;  // asked for by the user, besides the task's own
};

// Every check of one reading.
std::vector<Check> judge(const Subject& subject, const Reading& reading);

// Its parts. `place` is the reading's only one.
std::vector<Check> judge_replays(const Subject& subject, const Reading& reading);
std::vector<Check> judge_paths(const Subject& subject, const facts::Facts& facts, const facts::Place& place);
std::vector<Check> judge_calls(const Subject& subject, const facts::Facts& facts, const facts::Place& place);
std::vector<Check> judge_service(const Subject& subject, const facts::Place& place);
std::vector<Check> judge_targets(const Subject& subject, const facts::Place& place);
std::vector<Check> judge_incidents(const Subject& subject, const facts::Facts& facts,
                                   const facts::Place& place);
std::vector<Check> judge_storage(const Subject& subject, const facts::Place& place);
std::vector<Check> judge_changes(const Subject& subject, const Reading& reading);
std::vector<Check> judge_policies(const Subject& subject, const Reading& reading, const facts::Place& place);

// Small parts that the judges share.
Check check(std::string id, std::string name);
Check passed(Check check, std::string why);
Check failed(Check check, std::string why);
Check provisional(Check check, std::string why, core::Timestamp until);
Check not_possible(Check check, std::string why);
std::string name_of(const remedy::Plan& plan);  // "prod/web", "prod"

const facts::Service* service_of(const Subject& subject, const facts::Place& place);
const facts::TaskDefinition* definition_of(const facts::Place& place, const facts::Service& service);

}  // namespace doctor::verify
