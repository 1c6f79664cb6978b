// From what the user named to what is looked at: cluster, service and task, by name or by ARN.
#pragma once

#include <vector>

#include "core/result.h"
#include "diagnose/group.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::diagnose {

struct Selected {
  Selection selection;
  std::vector<const facts::Place*> places;  // in the facts' order
};

// Errors: bad_input (an ARN that is none, or of another kind of resource; a region that has no region's
// form), not_found (nothing in the facts has that name: `next` lists those that are near).
core::Result<Selected> select(const facts::Facts& facts, const facts::Scope& scope);

}  // namespace doctor::diagnose
