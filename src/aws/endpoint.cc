#include "aws/endpoint.h"

#include <fmt/format.h>

#include <array>

#include "aws/http.h"
#include "aws/operations.h"
#include "core/arn.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;

struct Partition {
  std::string_view name, region_prefix, suffix;
};

// The longest prefix that fits; the last row is every other region. Prefixes and suffixes as in botocore's
// partition data.
constexpr std::array<Partition, 8> kPartitions = {{
    {"aws-cn", "cn-", "amazonaws.com.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com"},
    {"aws-iso", "us-iso-", "c2s.ic.gov"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov"},
    {"aws-eusc", "eusc-", "amazonaws.eu"},
    {"aws", "", "amazonaws.com"},
}};

struct GlobalHost {
  std::string_view service, partition, host, signing_region;
};

// AWS General Reference, "Service endpoints", for the services that have one host per partition.
constexpr std::array<GlobalHost, 11> kGlobalHosts = {{
    {"iam", "aws", "iam.amazonaws.com", "us-east-1"},
    {"iam", "aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"iam", "aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"iam", "aws-iso", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
    {"iam", "aws-iso-b", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
    {"organizations", "aws", "organizations.us-east-1.amazonaws.com", "us-east-1"},
    {"organizations", "aws-cn", "organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
    {"organizations", "aws-us-gov", "organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
    {"health", "aws", "health.us-east-1.amazonaws.com", "us-east-1"},
    {"health", "aws-cn", "health.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
    {"health", "aws-us-gov", "health.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
}};

bool is_true(std::string_view text) {
  return lower_case(text) == "true";
}

struct Configured {
  std::string url, from;
};

Configured configured_url(const EndpointService& service, const Config& config) {
  if (is_true(variable(config.environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) ||
      is_true(config.setting("ignore_configured_endpoint_urls"))) {
    return {};
  }
  std::string name = "AWS_ENDPOINT_URL_" + std::string(service.env_suffix);
  if (auto url = variable(config.environment, name); !url.empty()) return {std::move(url), std::move(name)};
  if (auto url = variable(config.environment, "AWS_ENDPOINT_URL"); !url.empty()) {
    return {std::move(url), "AWS_ENDPOINT_URL"};
  }
  const std::string in_profile = "profile " + core::printable(config.profile);
  if (const auto section = config.services.find(config.setting("services"));
      section != config.services.end()) {
    const auto own = section->second.find(lower_case(service.env_suffix));
    if (own != section->second.end()) {
      if (const auto url = own->second.find("endpoint_url"); url != own->second.end()) {
        return {url->second, in_profile + ", services " + core::printable(section->first)};
      }
    }
  }
  if (auto url = config.setting("endpoint_url"); !url.empty()) return {std::move(url), in_profile};
  return {};
}

Endpoint own_host(const EndpointService& service, std::string_view region) {
  const auto partition = partition_of_region(region);
  if (service.is_global) {
    for (const auto& row : kGlobalHosts) {
      if (row.service == service.name && row.partition == partition) {
        return {fmt::format("https://{}", row.host), std::string(row.signing_region), {}};
      }
    }
  }
  return {fmt::format("https://{}.{}.{}", service.endpoint_prefix, region, dns_suffix(partition)),
          std::string(region),
          {}};
}

}  // namespace

bool is_region(std::string_view region) {
  return core::is_region_name(region);
}

core::Error not_a_region(std::string_view region, std::string_view from) {
  return core::make_error(ErrorKind::usage,
                          fmt::format("'{}' ({}) is no region name", core::printable(region), from),
                          "name a region as AWS does, such as eu-west-1");
}

std::string_view partition_of_region(std::string_view region) {
  for (const auto& row : kPartitions) {
    if (region.starts_with(row.region_prefix)) return row.name;
  }
  return "aws";
}

std::string_view dns_suffix(std::string_view partition) {
  for (const auto& row : kPartitions) {
    if (row.name == partition) return row.suffix;
  }
  return "amazonaws.com";
}

core::Result<void> check_endpoint_url(std::string_view url, std::string_view from) {
  const auto parts = parts_of_url(url);
  std::string_view wrong;
  if (parts.scheme != "http" && parts.scheme != "https") {
    wrong = "does not start with http:// or https://";
  } else if (parts.host.empty() || host_without_port(parts.host).empty()) {
    wrong = "has no host";
  } else if (parts.host.find('@') != std::string_view::npos) {
    wrong = "has a user name in it";
  } else if (url.find_first_of("?# \t\r\n\"<>\\") != std::string_view::npos) {
    wrong = "has a query, a fragment or a character that no URL has";
  }
  if (wrong.empty()) return {};
  // The URL is not shown where it may hold a password.
  const std::string shown = parts.host.find('@') == std::string_view::npos ? core::printable(url) : "…@…";
  return core::fail(ErrorKind::usage, fmt::format("endpoint URL '{}' ({}) {}", shown, from, wrong),
                    "give a URL such as http://127.0.0.1:4566");
}

EndpointService endpoint_service(const ServiceModel& model) {
  return {model.name, model.endpoint_prefix, model.env_suffix, !model.global_region.empty()};
}

core::Result<Endpoint> endpoint_for(const EndpointService& service, std::string_view region,
                                    const Config& config, std::string_view endpoint_flag) {
  // A global service is asked for without a region as well; the partition is then the common one.
  if (region.empty() && service.is_global) region = "us-east-1";
  if (region.empty()) {
    return core::fail(ErrorKind::usage, fmt::format("no region for {}", service.name),
                      "give --region, set AWS_REGION, or put region into the profile");
  }
  if (!is_region(region)) return core::fail(not_a_region(region, "region of the call"));

  Endpoint endpoint = own_host(service, region);
  Configured configured{std::string(endpoint_flag), "--endpoint-url"};
  if (configured.url.empty()) configured = configured_url(service, config);
  if (configured.url.empty()) return endpoint;
  if (auto checked = check_endpoint_url(configured.url, configured.from); !checked) {
    return core::fail(checked.error());
  }
  while (configured.url.ends_with('/')) configured.url.pop_back();
  endpoint.url = std::move(configured.url);
  endpoint.configured_by = std::move(configured.from);
  return endpoint;
}

}  // namespace doctor::aws
