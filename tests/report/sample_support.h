// A rich diagnosis to look at and to test with: four of six tasks of a service lost to one zone's Spot
// reclaim, with everything that made it hurt, and a second incident of a subnet without free addresses.
// Sixty-odd marks on the first timeline. No file, no clock: the same value every time.
#pragma once

#include <vector>

#include "diagnose/diagnosis.h"
#include "diagnose/explain.h"

namespace doctor::report {

diagnose::Diagnosis sample_diagnosis();
std::vector<diagnose::Explanation> sample_explanations();

// The first incident with `tasks` tasks in three zones, a third of them interrupted, and a change every
// minute.
diagnose::Diagnosis crowded_diagnosis(int tasks);

// An incident with this text in every string of it, and one mark of each kind: what hostile names do.
diagnose::Diagnosis diagnosis_full_of(const std::string& text);
std::vector<diagnose::Explanation> explanations_full_of(const std::string& text);

}  // namespace doctor::report
