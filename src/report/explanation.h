// What `explain` found, on paper. Pure functions, as in report.h.
#pragma once

#include <string>
#include <vector>

#include "diagnose/explain.h"
#include "report/report.h"

namespace doctor::report {

// An empty list renders as one clear sentence (text, markdown) or an empty "explanations" (json).
std::string explanation_text(const std::vector<diagnose::Explanation>& explanations, const TextStyle& style);
std::string explanation_markdown(const std::vector<diagnose::Explanation>& explanations);

// {"schema": "fargate-doctor/explanation/1", "explanations": [{"family", "matched", "title", "meaning",
//  "causes": [{"id", "title", "prior", "proof", "fixes": [as in a diagnosis]}], "contributing": [same],
//  "references": []}]}
std::string explanation_json(const std::vector<diagnose::Explanation>& explanations);

}  // namespace doctor::report
