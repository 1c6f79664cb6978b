// Grouping: from ten thousand stops to the incidents that a person would name.
//
// One incident is one family in one service (or one task definition family, for tasks that no service runs).
// Stops of no family are kept apart by what decided, so that a deployment's ordinary stops never hide
// tasks that died. What follows from a Spot interruption (a replacement that cannot be placed) belongs to
// it; the same failure without one is an incident of its own. Linear in the stops, but for sorting them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/observe.h"
#include "diagnose/place_index.h"
#include "facts/facts.h"

namespace doctor::diagnose {

// The selectors of a run as short names; "" selects everything.
struct Selection {
  std::string cluster, service, task;
  std::optional<Timestamp> earliest;  // older stops do not count; those without a time always do
};

// Cases point into `facts` and `index`. In a stable order that does not depend on the order of the facts.
std::vector<Case> group_stops(const facts::Facts& facts, const PlaceIndex& index, const Selection& selection);

// A stop that nobody need worry about: a person's, a deployment's or a scale-in's, without trouble.
bool is_benign(const Case& c);

// How many stops or failed calls the case stands for: service events count only where nothing else shows
// them.
int count_of(const Case& c);

// The text that signs are read from: stop code, stopped reason and container reasons, one a line.
std::string sign_text(const facts::Task& task);
std::string sign_text(const facts::CallFailure& failure);

}  // namespace doctor::diagnose
