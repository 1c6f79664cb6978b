// What the organization's policies say of a call, level by level of its tree.
//
// Each level from the root through the organizational units to the account must allow by one of its SCPs, and
// a Deny at any level denies ("SCP evaluation" in the Organizations user guide); so do RCPs at the account of
// the resource, where RCPFullAWSAccess is at every level ("RCP evaluation"). Where the tree above the account
// was not read, a Deny attached to the root or to the account still holds, and one of a unit makes "depends".
#pragma once

#include <vector>

#include "diagnose/policy_decision.h"
#include "diagnose/policy_sight.h"

namespace doctor::diagnose {

// The sights of SCPs and of RCPs, where they are in force. The caller is no service-linked role.
std::vector<PolicySight> control_sights(const facts::Place& place, const Request& request, const Call& call);

}  // namespace doctor::diagnose
