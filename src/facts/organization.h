// The organisation's tree above the account, root first: what SCPs and RCPs are judged by, level by level
// ("SCP evaluation", "RCP evaluation" in the Organizations user guide).
//
//   for (const std::string& id : way_down(place))        // r-a1b2, ou-a1b2-c3d4e5f6, 111122223333
//     policies_at(place, id, kServiceControlPolicy) …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace doctor::facts {

inline constexpr std::string_view kServiceControlPolicy = "SERVICE_CONTROL_POLICY";
inline constexpr std::string_view kResourceControlPolicy = "RESOURCE_CONTROL_POLICY";

// From the root through the units to the account itself; empty where a parent is not known.
std::vector<std::string> way_down(const Place& place);

struct PoliciesAt {
  std::vector<const OrganizationPolicy*> policies;
  bool whole = false;  // there are no others: what none of these allows, this level does not allow
};
PoliciesAt policies_at(const Place& place, std::string_view id, std::string_view type);

// Neither SCPs nor RCPs bind the management account.
bool is_management_account(const Place& place);
// The root says that policies of this type are not in use.
bool is_switched_off(const Place& place, std::string_view type);

// "the organization's root (r-a1b2)", "the organizational unit Workloads (ou-a1b2-…)", "the account
// 111122223333".
std::string level_words(const Place& place, std::string_view id);

}  // namespace doctor::facts
