// The one door through which every document becomes facts.
//
// A document is one answer of one operation in the form that the AWS CLI prints. Absorbing is additive: lists
// are merged by id, the newer version of a task wins, an unknown operation or field is ignored (AWS only ever
// adds).
#pragma once

#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "facts/facts.h"

namespace doctor::facts {

struct DocumentName {
  std::string_view service;    // "ecs"
  std::string_view operation;  // "describe-tasks"
  std::string_view
      subject;  // the <anything> of the file name: what the answer is about, where it does not say
};

// Adds the document to the place and moves `facts.newest` on. Error: bad_input where the document is of
// another shape than the operation's (a top-level array, say); the sentence names the field, the caller adds
// the file.
core::Result<void> absorb(Facts& facts, Place& place, const DocumentName& name, const core::Json& document);

// One line of events.jsonl.
core::Result<void> absorb_event(Facts& facts, Place& place, const core::Json& event);

// What the AWS CLI (or the wire) said when it refused: becomes a Gap, or a CallFailure for calls that are
// themselves the symptom (RunTask, ExecuteCommand).
void absorb_refusal(Facts& facts, Place& place, const DocumentName& name, std::string_view error_text);

}  // namespace doctor::facts
