// What the files of EC2's operations share.
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

// "The subnet ID 'subnet-1' does not exist", with the code that says so.
tl::unexpected<ApiError> ec2_missing(const char* code, const char* noun, const std::string& id);
// The tags of TagSpecifications, in whatever list the document has for them.
void tag_as_asked(json& document, const json& input);

void add_ec2_changes(Registry& registry);    // subnets, interfaces, security groups, network ACLs
void add_ec2_routes(Registry& registry);     // routes, and which subnets a table serves
void add_ec2_gateways(Registry& registry);   // internet gateways, attributes of a VPC
void add_ec2_endpoints(Registry& registry);  // VPC endpoints
void add_ec2_beyond(Registry& registry);     // peering, transit gateways
void add_ec2_insights(Registry& registry);   // VPC Reachability Analyzer

}  // namespace doctor::lab
