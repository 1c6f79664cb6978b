// What a service's name stands for, seen from a VPC: the interfaces of an endpoint whose private DNS takes
// the name over, the prefix list of a gateway endpoint, or some public address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "network/packet.h"
#include "network/trace.h"

namespace doctor::network {

// "ecr.api" of "ecr.api", "com.amazonaws.eu-west-1.ecr.api", "api.ecr.eu-west-1.amazonaws.com",
// "111122223333.dkr.ecr.eu-west-1.amazonaws.com" (ecr.dkr) or "bucket.s3.eu-west-1.amazonaws.com" (s3); any
// other name, such as a registry's host or an AWS host of another region than this one, is itself.
std::string service_name(std::string_view text, std::string_view region);
bool is_aws_service(std::string_view service);         // not a host of someone else's
bool has_gateway_endpoints(std::string_view service);  // s3 and dynamodb
bool is_endpoint_of(const facts::VpcEndpoint& endpoint, std::string_view service);
bool is_available(const facts::VpcEndpoint& endpoint);  // a state that nobody told counts as such

// One of the addresses that the name resolves to.
struct Way {
  End to = {};                           // the endpoint's interface; without a subnet: what has the address
  std::vector<Range> destinations = {};  // disjoint
  std::string prefix_list = {};          // of a gateway endpoint, where it is known
  bool hypothetical = false;             // the facts do not say whether this is there
};

struct Resolution {
  std::vector<Way> ways;           // never empty: any of them may be taken
  std::vector<Hop> hops;           // how the name resolves
  std::vector<Block> passed_over;  // endpoints that would serve, if something were not in the way
  std::vector<Mend> mends;         // of these
  std::vector<std::string> depends_on;
};

Resolution resolve(const Network::Index& index, const VpcPlace& vpc, std::string_view service, int version);

}  // namespace doctor::network
