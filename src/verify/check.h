// What verifying a run found out: checks, each with its proof, and the verdict over all of them.
//
// A check is a value. Reading AWS is the work of read.h and replay.h; deciding what was read is that of the
// judge_*.h, which are pure and take the time as an argument. A green that cannot be trusted yet, because
// metrics and trails lag behind or because only time can show it, is provisional and says until when.
//
//   Verification v = …;
//   if (verdict_of(v) == Verdict::provisional) … *provisional_until(v)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "diagnose/diagnosis.h"

namespace doctor::verify {

enum class Standing {
  passed,
  provisional,   // nothing speaks against it, but it is too early to say
  not_possible,  // could not be looked at; `why` says what it would take
  failed,
};
std::string_view standing_name(Standing standing);  // as the enumerators are spelled

struct Check {
  // "replay.run_task", "iam.call", "network.path", "service.steady", "targets.healthy", "incidents.same",
  // "incidents.other", "storage.used", "policy.lint", "policy.access_analyzer", "change.in_place", "smoke"
  std::string id;
  std::string name;  // what was checked, with this case's names: "a task of web:8 starts in subnet-1"
  Standing standing = Standing::not_possible;
  std::string why;  // one sentence: what was seen, or why nothing could be
  std::vector<diagnose::Source> proof;
  std::optional<core::Timestamp> until;  // of provisional: when it may be asked again for good
  std::string account, region;
};

struct Verification {
  std::string run, family, cause, cluster, service;
  core::Timestamp ended_at;    // the run's last change
  core::Timestamp checked_at;  // when this was decided
  std::vector<Check> checks;
  std::string smoke = {};  // smoke_json() of the load that was held meanwhile; "" where none was
};

enum class Verdict { verified, provisional, incomplete, failed };
std::string_view verdict_name(Verdict verdict);  // as the enumerators are spelled

// One failed check is enough for failed; else one that was not possible for incomplete; else one that is
// provisional. No checks at all verify nothing: incomplete.
Verdict verdict_of(const Verification& verification);
// The latest time that a provisional check names; nothing where none is provisional.
std::optional<core::Timestamp> provisional_until(const Verification& verification);
// "verified: 9 checks passed", "failed: 1 of 9 checks: a task of web:8 starts in subnet-1"
std::string summary_of(const Verification& verification);

// "schema": "fargate-doctor/verification/1"; ends in a newline.
std::string verification_json(const Verification& verification);
// Error: bad_input, where the text is none.
core::Result<Verification> verification_of(std::string_view json, std::string_view origin);

// The exit code of the design: 0 verified, 1 failed, 4 provisional or incomplete.
int exit_code(Verdict verdict);

}  // namespace doctor::verify
