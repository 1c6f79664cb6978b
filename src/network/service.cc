#include "network/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "network/mends.h"

namespace doctor::network {
namespace {

std::vector<std::string_view> labels_of(std::string_view host) {
  std::vector<std::string_view> out;
  while (true) {
    const auto dot = host.find('.');
    out.push_back(host.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    host.remove_prefix(dot + 1);
  }
}

// "AWS services that integrate with AWS PrivateLink" names them com.amazonaws.REGION.SERVICE.
std::string_view after_region(std::string_view endpoint_service) {
  for (const std::string_view prefix : {"com.amazonaws.", "cn.com.amazonaws."}) {
    if (!endpoint_service.starts_with(prefix)) continue;
    const auto dot = endpoint_service.find('.', prefix.size());
    if (dot != std::string_view::npos) return endpoint_service.substr(dot + 1);
  }
  return {};
}

Range usable(const Cidr& cidr) {
  // The first four and the last address of a subnet are AWS's ("Subnet CIDR blocks").
  constexpr int kFirst = 4;
  if (cidr.range.last - cidr.range.first <= kFirst) return cidr.range;
  return {cidr.range.first + kFirst, cidr.range.last - 1};
}

// The interfaces of the endpoint: those in the facts, else one somewhere in each of its subnets.
std::vector<Way> interfaces_of(const Network::Index& index, const facts::VpcEndpoint& endpoint, int version) {
  std::vector<Way> ways;
  for (const std::string& id : endpoint.interfaces) {
    const auto found = index.interfaces.find(id);
    if (found == index.interfaces.end()) continue;
    const auto address = address_of(*found->second, version);
    if (!address) continue;
    Way way{end_of(index, *found->second), {*address}, {}};
    way.to.endpoint = &endpoint;
    if (way.to.subnet != nullptr) ways.push_back(std::move(way));
  }
  if (!ways.empty()) return ways;
  for (const std::string& id : endpoint.subnets) {
    const SubnetPlace* subnet = index.subnet(id);
    Way way;
    way.to.name = endpoint.id;
    way.to.groups = endpoint.groups;
    way.to.groups_known = !endpoint.groups.empty();
    way.to.endpoint = &endpoint;
    if (subnet == nullptr) continue;
    way.to.subnet = subnet;
    for (const Cidr& c : subnet->cidrs) {
      if (c.version == version) way.destinations.push_back(usable(c));
    }
    if (!way.destinations.empty()) ways.push_back(std::move(way));
  }
  return ways;
}

// The prefix list of the service: by its name, or as a gateway endpoint's route names it.
const CompiledList* list_of(const Network::Index& index, const VpcPlace& vpc, std::string_view service) {
  const std::string suffix = "." + std::string(service);
  for (const auto& [id, list] : index.lists) {
    if (list.name.starts_with("com.amazonaws.") && list.name.ends_with(suffix)) return &list;
  }
  for (const SubnetPlace* subnet : vpc.subnets) {
    if (subnet->table == nullptr) continue;
    for (const CompiledRoute& route : subnet->table->routes) {
      const auto* endpoint = index.find(&facts::Place::vpc_endpoints, route.route->target);
      if (endpoint != nullptr && is_endpoint_of(*endpoint, service) && route.list != nullptr)
        return route.list;
    }
  }
  return nullptr;
}

// AWS's list of one service holds no address of another, so where its entries are known they are left out.
std::vector<Range> without_lists_of_aws(const Network::Index& index, std::vector<Range> ranges, int version) {
  for (const auto& [id, list] : index.lists) {
    if (!list.name.starts_with("com.amazonaws.")) continue;
    for (const Cidr& c : list.cidrs) {
      if (c.version == version) ranges = outside(ranges, c.range);
    }
  }
  return ranges;
}

Way public_way(const Network::Index& index, const VpcPlace& vpc, std::string_view service, int version) {
  Way way;
  if (!has_gateway_endpoints(service)) {
    way.destinations = without_lists_of_aws(index, public_ranges(version), version);
    return way;
  }
  const CompiledList* list = list_of(index, vpc, service);
  if (list != nullptr) {
    way.prefix_list = list->id;
    if (list->known) {
      for (const Cidr& c : list->cidrs) {
        if (c.version == version) way.destinations.push_back(c.range);
      }
    }
  }
  if (way.destinations.empty()) way.destinations = public_ranges(version);
  return way;
}

// Whether the endpoint takes the service's name over; where it does not though it could, why.
bool takes_name(const facts::VpcEndpoint& endpoint, const VpcPlace& vpc, Resolution& out) {
  const auto pass_over = [&](std::string rule, std::string why, Mend mend) {
    out.hops.push_back({endpoint.id, "VPC endpoint", rule, true, true, why});
    out.passed_over.push_back({endpoint.id, "VPC endpoint", std::move(rule), std::move(why), false});
    out.mends.push_back(std::move(mend));
    return false;
  };
  if (!is_available(endpoint)) {
    const std::string why = fmt::format("{} is {}", endpoint.id, endpoint.state);
    out.hops.push_back({endpoint.id, "VPC endpoint", endpoint.state, true, true, why});
    out.passed_over.push_back({endpoint.id, "VPC endpoint", endpoint.state, why, false});
    return false;
  }
  if (!endpoint.private_dns_enabled)
    return pass_over("private DNS off",
                     fmt::format("{} is there, but the service's name does not resolve to it", endpoint.id),
                     enable_private_dns(endpoint));
  // "Private DNS names for VPC endpoints": both attributes of the VPC must be true.
  if (vpc.vpc != nullptr && vpc.vpc->dns_support == false)
    return pass_over("enableDnsSupport false", fmt::format("private DNS does not work in {}", vpc.id),
                     enable_dns(vpc.id, false));
  if (vpc.vpc != nullptr && vpc.vpc->dns_hostnames == false)
    return pass_over("enableDnsHostnames false", fmt::format("private DNS does not work in {}", vpc.id),
                     enable_dns(vpc.id, true));
  return true;
}

}  // namespace

std::string service_name(std::string_view text, std::string_view region) {
  if (const auto service = after_region(text); !service.empty()) return std::string(service);
  const auto labels = labels_of(text);
  const bool china = text.ends_with(".amazonaws.com.cn");
  if (!china && !text.ends_with(".amazonaws.com")) return std::string(text);
  const std::size_t tail = china ? 4 : 3;  // REGION.amazonaws.com[.cn]
  if (labels.size() <= tail) return std::string(labels.front());
  if (!region.empty() && labels[labels.size() - tail] != region) return std::string(text);
  const std::string_view last = labels[labels.size() - tail - 1];
  if (last != "ecr") return std::string(last);
  return labels.size() > tail + 1 && labels[labels.size() - tail - 2] == "dkr" ? "ecr.dkr" : "ecr.api";
}

bool is_aws_service(std::string_view service) {
  if (service.empty()) return false;
  constexpr std::array kHosts{".com",   ".io", ".org", ".net", ".aws", ".dev",
                              ".cloud", ".cn", ".de",  ".ai",  ".co"};
  return std::none_of(kHosts.begin(), kHosts.end(),
                      [&](std::string_view end) { return service.ends_with(end); });
}

bool has_gateway_endpoints(std::string_view service) {
  return service == "s3" || service == "dynamodb";
}

bool is_endpoint_of(const facts::VpcEndpoint& endpoint, std::string_view service) {
  return after_region(endpoint.service_name) == service;
}

bool is_available(const facts::VpcEndpoint& endpoint) {
  return endpoint.state.empty() || endpoint.state == "available" || endpoint.state == "Available";
}

Resolution resolve(const Network::Index& index, const VpcPlace& vpc, std::string_view service, int version) {
  Resolution out;
  for (const facts::VpcEndpoint* endpoint : vpc.endpoints) {
    if (!is_endpoint_of(*endpoint, service) || endpoint->type == "Gateway") continue;
    if (!takes_name(*endpoint, vpc, out)) continue;
    out.hops.push_back({endpoint->id, "VPC endpoint", "private DNS", true, true,
                        fmt::format("{} resolves to its interfaces", service)});
    out.ways = interfaces_of(index, *endpoint, version);
    if (out.ways.empty()) {
      Way way;
      way.to.name = endpoint->id;
      way.to.groups = endpoint->groups;
      way.to.groups_known = !endpoint->groups.empty();
      way.to.endpoint = endpoint;
      for (const Cidr& c : vpc.cidrs) {
        if (c.version == version) way.destinations.push_back(c.range);
      }
      if (way.destinations.empty()) way.destinations = {whole(version)};
      out.ways.push_back(std::move(way));
    }
    return out;
  }
  out.ways.push_back(public_way(index, vpc, service, version));
  if (vpc.vpc != nullptr && vpc.vpc->dns_support == false)
    out.depends_on.push_back(fmt::format(
        "who answers DNS in {}: enableDnsSupport is false, so Amazon's resolver does not", vpc.id));
  // An endpoint that nobody told of could take the name over: it is walked to as well, wherever it may be.
  if (vpc.endpoints.empty() && !vpc.knows("ec2.describe-vpc-endpoints")) {
    Way way;
    way.to.name = "an endpoint that the facts do not show";
    way.to.groups_known = false;
    way.hypothetical = true;
    for (const Cidr& c : vpc.cidrs) {
      if (c.version == version) way.destinations.push_back(c.range);
    }
    if (!way.destinations.empty()) out.ways.push_back(std::move(way));
    out.depends_on.push_back("the VPC endpoints of " + vpc.id);
  }
  return out;
}

}  // namespace doctor::network
