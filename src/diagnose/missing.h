// What would have been looked at and is not there: the last section of every report.
//
// Observers note what their own case lacks (observations.h, note_missing). Here is what concerns all of them.
#pragma once

#include <vector>

#include "diagnose/diagnosis.h"
#include "facts/facts.h"

namespace doctor::diagnose {

// "No incident" must not be said of a place whose tasks were never read.
void note_missing_stops(const facts::Place& place, std::vector<MissingEvidence>& missing);

// Every call that AWS refused, with the action that would grant it, unless an observer has named that
// already: a live run asks only what bears on the matter.
void note_refusals(const facts::Place& place, std::vector<MissingEvidence>& missing);

// One line for each piece of evidence, in order of its name.
std::vector<MissingEvidence> without_repeats(std::vector<MissingEvidence> missing);

}  // namespace doctor::diagnose
