// Who shares a resource, over all of the facts: services, task definitions, and what they use.
//
// A pure function. Names are "CLUSTER/SERVICE" for services; of other accounts and regions than the
// resource's "ACCOUNT/REGION CLUSTER/SERVICE".
#pragma once

#include "facts/facts.h"
#include "remedy/plan.h"

namespace doctor::remedy {

BlastRadius blast_radius_of(const facts::Facts& facts, const Resource& resource);
// Of two sets of facts about the same accounts, each dependent once.
BlastRadius blast_radius_of(const facts::Facts& facts, const facts::Facts& more, const Resource& resource);

// Access, keys and endpoints reach beyond one service by their nature: every dependent is named, and their
// number is to be typed before anything changes.
bool is_shared_by_nature(const Resource& resource);

}  // namespace doctor::remedy
