// Answers made by hand for the tests of their renderings.
#pragma once

#include "report/network.h"

namespace doctor::report {

network::Hop passing(std::string resource, std::string kind, std::string rule, std::string why = {});
network::Hop dropping(std::string resource, std::string kind, std::string rule, std::string why);
network::Part part_to(std::string destinations, network::Reachable reachable);

// Two rules drop it, one of them on the way back; two changes open it.
network::Answer blocked_answer();
// A range of which the half passes.
network::Answer ranged_answer();
// 14 hops with ids of full length, and hostile names among them.
network::Answer long_answer();
NeedsOfStart three_needs();  // of which one passes, one does not, and of one nobody knows

}  // namespace doctor::report
