// A blast radius as a drawing: the changed resource on top, and below it, as a tree, what uses it, through
// what.
//
// The drawing is narrow (it fits a telephone without scrolling) and stays small whatever the radius: of each
// group a few are named, the incident's own service first, and the rest are counted.
#pragma once

#include <string>
#include <vector>

#include "remedy/plan.h"

namespace doctor::report {

// An <svg>; colours are the style sheet's (plan_style.cc). `id` makes its title's id unique on the page.
// Empty where nothing depends on the resource.
std::string blast_drawing(const remedy::Plan& plan, const remedy::BlastRadius& radius, const std::string& id);

// The dependents by what they share, as the drawing groups them: the group of the incident's own service
// first, then the largest.
struct SharedThrough {
  std::string through;                               // "" : the resource itself
  std::vector<const remedy::Dependent*> dependents;  // the incident's own first, then by kind and name
};
std::vector<SharedThrough> shared_through(const remedy::Plan& plan, const remedy::BlastRadius& radius);

}  // namespace doctor::report
