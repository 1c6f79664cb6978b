// The runbook of an incident: what happened, the evidence, what was done, before and after, how to undo it,
// and how to recognise it next time. From a run, a diagnosis, or best from both.
//
// Requests and states pass through redaction first: a task definition's environment is in them.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "diagnose/diagnosis.h"
#include "remedy/journal.h"
#include "report/document.h"
#include "verify/check.h"

namespace doctor::report {

struct RunbookSource {
  const remedy::Run* run = nullptr;  // either may be null, not both
  const diagnose::Diagnosis* diagnosis = nullptr;
  std::size_t incident = 0;  // of the diagnosis; with a run, the one of its family is looked for
  const verify::Verification* verification = nullptr;  // the newest one of the run, where there is one
};

// Error: not_found, where the diagnosis has no such incident; bad_input, where it is of another failure than
// the run's.
core::Result<Document> runbook_of(const RunbookSource& source);

// "prod-web-fargatespotinterrupted.md"
std::string file_name_of(const Document& runbook);

// "aws ecs update-service --region eu-west-1 --cli-input-json '{…}'", fit to be pasted into a shell.
std::string command_of(const remedy::Request& request);

}  // namespace doctor::report
