// A diagnosis read back from what `diagnose --output json` prints.
#pragma once

#include <string_view>

#include "core/result.h"
#include "diagnose/diagnosis.h"

namespace doctor::report {

// to_json(*diagnosis_of(to_json(d))) gives the same bytes. Error: bad_input, with line and column where it
// does not parse, or the field that is missing.
core::Result<diagnose::Diagnosis> diagnosis_of(std::string_view json, std::string_view origin);

}  // namespace doctor::report
