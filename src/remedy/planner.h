// From a diagnosis to steps: each fix that it names becomes the calls that make it so, or advice where no
// call can.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "diagnose/diagnosis.h"
#include "facts/facts.h"
#include "remedy/managed_by.h"
#include "remedy/plan.h"

namespace doctor::remedy {

struct PlanOptions {
  // Ids; empty: those of the likeliest cause, and of the contributing factors that are likelier than not.
  std::vector<std::string> fixes;
  std::size_t incident = 0;       // of diagnosis.incidents
  std::vector<Managed> managers;  // what someone's code says that it manages
  // Who else may use what is changed, where `facts` were read of one service alone; null: nothing more.
  const facts::Facts* sharing = nullptr;
};

// What must be read of the resources that the fixes would change, before a plan can be made of them: their
// whole state is exported into it.
std::vector<Resource> resources_of(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                                   const PlanOptions& options);

// State of a resource, normalised as kinds.h does.
struct KnownState {
  Resource resource;
  std::string state;
};

// What is still to be read, where some states are known: one resource may lead to another, so that the caller
// asks until nothing is left (twice, as a rule).
std::vector<Resource> resources_of(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                                   const std::vector<KnownState>& known, const PlanOptions& options);

// Whether some function or advice stands behind the fix: every fix of the diagnosis has one.
bool knows_fix(std::string_view id);

// A pure function: no clock, no network. Error: not_found, where there is no such incident or fix.
core::Result<Plan> make_plan(const facts::Facts& facts, const diagnose::Diagnosis& diagnosis,
                             const std::vector<KnownState>& states, const PlanOptions& options);

}  // namespace doctor::remedy
