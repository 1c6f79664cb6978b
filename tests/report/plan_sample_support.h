// Plans to render: one as a person would see it, one with very many dependents, one full of hostile names.
#pragma once

#include <string>

#include "remedy/plan.h"
#include "report/plan.h"

namespace doctor::report {

// Four steps for prod/web: a role that others use, an endpoint of their VPC, the service, and one that cannot
// be taken back. Its dependents are of every kind, through subnets and roles.
remedy::Plan sample_plan();
PlanPage sample_plan_page();
// One group that `count` services use, each through one of eleven subnets.
remedy::Plan crowded_plan(std::size_t count);
remedy::Plan plan_full_of(const std::string& text);

}  // namespace doctor::report
