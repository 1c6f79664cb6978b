// Which host answers for a service in a region, and what the request to it is signed for.
//
// Order (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"): --endpoint-url,
// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's [services] section, the profile's endpoint_url,
// and AWS's own host. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves the first and the last.
#pragma once

#include <string>
#include <string_view>

#include "aws/config.h"
#include "core/result.h"

namespace doctor::aws {

struct ServiceModel;  // operations.h

// What this file needs to know of a service. STS and SSO, which the credential chain calls, need no model.
struct EndpointService {
  std::string_view name;             // "elbv2"
  std::string_view endpoint_prefix;  // "elasticloadbalancing"
  std::string_view env_suffix;       // "ELASTIC_LOAD_BALANCING_V2"
  bool is_global = false;            // one host for a whole partition
};

struct Endpoint {
  std::string url;  // "https://ecs.eu-west-1.amazonaws.com" without a path unless one is configured
  std::string signing_region;  // "eu-west-1"
  std::string configured_by;   // "AWS_ENDPOINT_URL"; "" for AWS's own host
};

// Error: usage, for a region that is missing or misspelt and for a configured URL that is none. No network.
core::Result<Endpoint> endpoint_for(const EndpointService& service, std::string_view region,
                                    const Config& config, std::string_view endpoint_flag);
EndpointService endpoint_service(const ServiceModel& model);

// The form of a region name, not a list: AWS adds regions faster than programs are updated.
bool is_region(std::string_view region);
core::Error not_a_region(std::string_view region, std::string_view from);

std::string_view partition_of_region(std::string_view region);  // "aws", "aws-cn", "aws-us-gov", …
std::string_view dns_suffix(std::string_view partition);        // "amazonaws.com"

// Refuses what curl would take and AWS is not: another scheme, user info, a query, no host.
core::Result<void> check_endpoint_url(std::string_view url, std::string_view from);

}  // namespace doctor::aws
