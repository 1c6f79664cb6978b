// What ec2_describe.cc and ec2_changes.cc share.
#pragma once

#include <functional>

#include "lab/ec2.h"

namespace doctor::lab {

// A stored document as EC2 answers it: with the members that are computed (free addresses, permissions).
json shown(const Ec2& ec2, const std::string& id, const json& document);

// Keeps what matches every filter; a filter matches when any of its values does, with * and ?. `texts` gives
// what a filter name looks at, and says whether EC2 has such a filter; it must stand an empty document.
Reply filtered(json documents, const json& filters,
               const std::function<std::vector<std::string>(const json&, const std::string&, bool&)>& texts);

void add_ec2_changes(Registry& registry);
void add_ec2_beyond(Registry& registry);    // peering, transit gateways
void add_ec2_insights(Registry& registry);  // VPC Reachability Analyzer

}  // namespace doctor::lab
