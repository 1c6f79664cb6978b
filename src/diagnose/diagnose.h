// diagnose(facts) -> Diagnosis: a pure function, no clock, no network, no randomness. The same facts give the
// same bytes.
#pragma once

#include "core/result.h"
#include "diagnose/diagnosis.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::diagnose {

// Error: not_found where the scope names a cluster, service or task that the facts do not hold.
core::Result<Diagnosis> diagnose(const facts::Facts& facts, const facts::Scope& scope);

}  // namespace doctor::diagnose
