// A plan on paper: reads like a diff. Pure functions; nothing is decided here, and no environment value is
// shown.
#pragma once

#include <string>
#include <vector>

#include "remedy/plan.h"
#include "report/report.h"

namespace doctor::report {

struct PlanPage {
  std::string file;                         // where it was written; "" : nowhere
  std::vector<std::string> states_missing;  // resources whose state could not be read, with the reason
  std::size_t incidents = 1, incident = 1;  // which of how many it is for, from 1
};

std::string to_text(const remedy::Plan& plan, const PlanPage& about, const TextStyle& style);
std::string to_markdown(const remedy::Plan& plan, const PlanPage& about);
// One page that runs no script and fetches nothing; the blast radius is drawn (plan_drawing.h).
std::string to_html(const remedy::Plan& plan, const PlanPage& about);

}  // namespace doctor::report
