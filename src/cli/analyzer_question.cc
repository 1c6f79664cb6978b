#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/reachability_analyzer.h"
#include "network/address.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

struct Found {
  const facts::Place* place = nullptr;
  const facts::NetworkInterface* interface = nullptr;
};

core::Error cannot(std::string why) {
  return core::make_error(ErrorKind::usage, std::move(why));
}

Result<Found> interface_of(const facts::Facts& facts, const std::string& end) {
  Found found;
  for (const auto& place : facts.places) {
    for (const auto& [id, interface] : place.interfaces) {
      const bool same = id == end || interface.private_ip == end || interface.public_ip == end;
      if (!same || end.empty()) continue;
      if (found.interface != nullptr) return fail(cannot("several interfaces have the address " + end));
      found = {&place, &interface};
    }
  }
  return found;
}

Result<std::string> internet_gateway_of(const Found& inside) {
  for (const auto& [id, gateway] : inside.place->internet_gateways) {
    if (std::find(gateway.vpcs.begin(), gateway.vpcs.end(), inside.interface->vpc_id) != gateway.vpcs.end())
      return id;
  }
  return fail(cannot(inside.interface->vpc_id +
                     " has no internet gateway, and the analyzer takes the internet "
                     "as one alone"));
}

Result<std::string> endpoint_of(const Found& inside, std::string_view service) {
  for (const auto& [id, endpoint] : inside.place->vpc_endpoints) {
    if (endpoint.vpc_id == inside.interface->vpc_id &&
        endpoint.service_name.ends_with("." + std::string(service)))
      return id;
  }
  return fail(cannot("the analyzer takes an AWS service as the VPC's endpoint of it alone, and " +
                     inside.interface->vpc_id + " has none for " + std::string(service)));
}

bool is_single_address(const std::string& end, network::Number& address) {
  const auto cidr = network::cidr_of(end);
  if (!cidr || cidr->version != 4 || cidr->bits != 32) return false;
  address = cidr->range.first;
  return true;
}

// The source or the destination of the path; `other` is the interface at the other end.
Result<void> add_end(nlohmann::json& input, const std::string& end, const Found& here, const Found& other,
                     bool is_source) {
  const char* key = is_source ? "Source" : "Destination";
  if (here.interface != nullptr) {
    input[key] = here.interface->id;
    return {};
  }
  if (end.starts_with("eni-")) return fail(cannot(end + " is in no facts"));
  if (other.interface == nullptr) return fail(cannot("no end of the path is an interface of the facts"));
  if (end.starts_with("service:")) {
    auto endpoint = endpoint_of(other, std::string_view(end).substr(8));
    if (!endpoint) return fail(endpoint.error());
    input[key] = *endpoint;
    return {};
  }
  network::Number address = 0;
  if (end != "internet") {
    if (!is_single_address(end, address))
      return fail(cannot("the analyzer takes no range of addresses: " + end));
    if (!network::is_public(address, 4))
      return fail(cannot("no interface of the facts has the address " + end));
    input[is_source ? "SourceIp" : "DestinationIp"] = end.substr(0, end.find('/'));
  }
  auto gateway = internet_gateway_of(other);
  if (!gateway) return fail(gateway.error());
  input[key] = *gateway;
  return {};
}

}  // namespace

Result<AnalyzerQuestion> analyzer_question(const facts::Facts& facts, const network::Query& query) {
  if (query.protocol != "tcp" && query.protocol != "udp")
    return fail(cannot("the analyzer takes TCP and UDP alone"));
  if (query.ip_version == 6 || query.from.find(':') < query.from.find("service") ||
      (query.to.find(':') != std::string::npos && !query.to.starts_with("service:")))
    return fail(cannot("the analyzer's paths take IPv4 addresses alone"));
  if (!query.source_ports.empty()) return fail(cannot("the analyzer's paths take no source port"));
  if (!query.action.empty()) return fail(cannot("the analyzer does not evaluate an endpoint's policy"));
  int port = 0;
  const char* end = query.ports.data() + query.ports.size();
  const auto [at, error] = std::from_chars(query.ports.data(), end, port);
  if (error != std::errc() || at != end)
    return fail(cannot("the analyzer takes one port a path, not the range " + query.ports));
  const auto from = interface_of(facts, query.from == "internet" ? "" : query.from);
  if (!from) return fail(from.error());
  const auto to = interface_of(facts, query.to == "internet" ? "" : query.to);
  if (!to) return fail(to.error());
  nlohmann::json input{{"Protocol", query.protocol}, {"DestinationPort", port}};
  if (auto ok = add_end(input, query.from, *from, *to, true); !ok) return fail(ok.error());
  if (auto ok = add_end(input, query.to, *to, *from, false); !ok) return fail(ok.error());
  const auto* place = from->place != nullptr ? from->place : to->place;
  return AnalyzerQuestion{place->region, input.dump()};
}

}  // namespace doctor::cli
