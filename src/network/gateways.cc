#include <fmt/format.h>

#include <algorithm>

#include "network/endpoint_policy.h"
#include "network/mends.h"
#include "network/service.h"
#include "network/walker.h"

namespace doctor::network {
namespace {

Stop stopped(Stop::Kind kind, const std::string& target) {
  Stop stop;
  stop.kind = kind;
  stop.target = target;
  return stop;
}

}  // namespace

Stop Walk::by_internet_gateway(const SubnetPlace& subnet, const std::string& id, const Packet& p,
                               const End& sender) {
  const auto* gateway = index_.find(&facts::Place::internet_gateways, id);
  const VpcPlace& vpc = *subnet.vpc;
  if (gateway != nullptr &&
      std::find(gateway->vpcs.begin(), gateway->vpcs.end(), vpc.id) == gateway->vpcs.end()) {
    trace_.block(id, "internet gateway", "not attached", fmt::format("{} is not attached to {}", id, vpc.id));
    trace_.mend(attach_internet_gateway(id, vpc.id));
  }
  if (!is_public(p.destination.value, p.version)) {
    trace_.block(id, "internet gateway", "private address", far_text(p) + " is no address of the internet");
    return {};
  }
  const bool already_said = trace_.returning && from_outside_;
  if (p.version == 4 && !sender.public_ip && !already_said) {
    trace_.block(id, "internet gateway", "no public address",
                 fmt::format("{} routes {} to {}, and {} has no public IPv4 address",
                             subnet.table == nullptr ? subnet.subnet->id : subnet.table->table->id,
                             far_text(p), id, sender.name));
    trace_.mend(give_public_address(sender));
  } else {
    trace_.hop(id, "internet gateway", p.version == 4 ? "translates to the public address" : "passes IPv6");
  }
  trace_.hop("internet", "internet", "arrives");
  return stopped(Stop::internet, id);
}

// "Egress-only internet gateways": stateful, IPv6 alone, out alone.
Stop Walk::by_egress_only(const SubnetPlace& subnet, const std::string& id, const Packet& p) {
  const auto* gateway = index_.find(&facts::Place::egress_only_internet_gateways, id);
  if (gateway != nullptr &&
      std::find(gateway->vpcs.begin(), gateway->vpcs.end(), subnet.vpc->id) == gateway->vpcs.end())
    trace_.block(id, "egress-only internet gateway", "not attached",
                 fmt::format("{} is not attached to {}", id, subnet.vpc->id));
  if (p.version != 6 || !is_public(p.destination.value, p.version)) {
    trace_.block(id, "egress-only internet gateway", "IPv6 of the internet alone",
                 fmt::format("{} carries no {}", id, far_text(p)));
    return {};
  }
  trace_.hop(id, "egress-only internet gateway", "passes IPv6 out",
             "answers come back, nothing else comes in");
  trace_.hop("internet", "internet", "arrives");
  return stopped(Stop::egress_only, id);
}

// "NAT gateway basics": no security group; the ACL of its subnet counts, ports 1024-65535.
Stop Walk::by_nat(const SubnetPlace& subnet, const std::string& id, const Packet& p, const End& sender,
                  const std::string& destination) {
  const auto* nat = index_.find(&facts::Place::nat_gateways, id);
  if (nat == nullptr) {
    trace_.unknown(id, "NAT gateway", "NAT gateway " + id);
    return {};
  }
  if (p.version == 6) {
    static const Range kNat64 = cidr_of("64:ff9b::/96")->range;
    if (kNat64.holds(p.destination.value))
      trace_.unknown(id, "NAT gateway", "which IPv4 address NAT64 makes of " + far_text(p));
    else
      trace_.block(id, "NAT gateway", "IPv4 alone", fmt::format("{} carries IPv6 to 64:ff9b::/96 alone", id));
    return {};
  }
  if (nat->state != "available" && !nat->state.empty()) {
    trace_.block(id, "NAT gateway", nat->state, fmt::format("{} is {}", id, nat->state));
    open_route(trace_, index_, query_.asked, subnet, p, sender, destination);
    return {};
  }
  Stop stop;
  stop.gateway = nat;
  stop.end.name = id;
  stop.end.subnet = index_.subnet(nat->subnet_id);
  stop.end.has_groups = false;
  stop.end.public_ip = nat->connectivity_type != "private";
  for (const auto& address : nat->addresses) {
    if (stop.end.public_address.empty()) stop.end.public_address = address.public_ip;
  }
  if (stop.end.subnet == nullptr) {
    trace_.unknown(id, "NAT gateway", "subnet " + nat->subnet_id + " of " + id);
    return {};
  }
  if (std::find(nat_gateways_.begin(), nat_gateways_.end(), id) != nat_gateways_.end()) {
    trace_.block(subnet.table->table->id, "route table", "loop",
                 fmt::format("the routes lead what {} sends back to it", id));
    return {};
  }
  if (stop.end.subnet != &subnet) acl(*stop.end.subnet, p, false);
  trace_.hop(id, "NAT gateway",
             stop.end.public_ip ? "translates to its address" : "private: translates to its private address");
  stop.kind = Stop::nat;
  return stop;
}

// "VPC peering limitations": no transitive routing, only the far VPC's own addresses.
Stop Walk::by_peering(const SubnetPlace& subnet, const std::string& id, const Packet& p, const End& sender,
                      const End& to) {
  const auto* pcx = index_.find(&facts::Place::vpc_peering_connections, id);
  if (pcx == nullptr) {
    trace_.unknown(id, "peering connection", "peering connection " + id);
    return {};
  }
  if (pcx->status != "active") {
    trace_.block(id, "peering connection", pcx->status, fmt::format("{} is {}", id, pcx->status));
    if (pcx->status == "pending-acceptance") trace_.mend(accept_peering(id));
  }
  const bool requester = pcx->requester.vpc_id == subnet.vpc->id;
  const facts::PeeringSide& side = requester ? pcx->accepter : pcx->requester;
  const VpcPlace* far = index_.vpc(side.vpc_id);
  std::vector<Cidr> cidrs;
  if (far != nullptr) cidrs = far->cidrs;
  for (const auto* texts : {&side.cidrs, &side.ipv6_cidrs}) {
    for (const std::string& text : *texts) {
      if (const auto cidr = cidr_of(text); cidr && far == nullptr) cidrs.push_back(*cidr);
    }
  }
  if (!cidrs.empty() && !trace_.within(p.destination, cidrs, p.version)) {
    trace_.block(
        id, "peering connection", "no transitive routing",
        fmt::format("{} is no address of {}, and peering leads no further", far_text(p), side.vpc_id));
    return {};
  }
  if (!trace_.within(p.source, subnet.vpc->cidrs, p.version)) {
    trace_.block(id, "peering connection", "no transitive routing",
                 fmt::format("{} is no address of {}, and peering carries nothing for others",
                             address_text(p.source.value, p.version), subnet.vpc->id));
    return {};
  }
  trace_.hop(id, "peering connection", "to " + side.vpc_id);
  if (far == nullptr || far->subnets.empty()) {
    trace_.unknown(id, "peering connection", "the subnets of " + side.vpc_id + " behind " + id);
    return {};
  }
  return deliver(*far, nullptr, p, sender, to);
}

Stop Walk::by_endpoint(const std::string& id, const Packet& p, const End& sender) {
  const auto* endpoint = index_.find(&facts::Place::vpc_endpoints, id);
  if (endpoint == nullptr || endpoint->type != "Gateway") {
    trace_.unknown(id, "VPC endpoint",
                   endpoint == nullptr ? "VPC endpoint " + id
                                       : "what lies behind the " + endpoint->type + " endpoint " + id);
    return {};
  }
  // "Gateway endpoints", considerations: a connection cannot be extended out of the endpoint's VPC.
  if (sender.is_transit_gateway)
    trace_.block(id, "gateway endpoint", "of its own VPC alone",
                 fmt::format("{} takes nothing that comes from another network", id));
  if (!is_available(*endpoint))
    trace_.block(id, "gateway endpoint", endpoint->state, fmt::format("{} is {}", id, endpoint->state));
  trace_.hop(id, "gateway endpoint", endpoint->service_name, "to " + far_text(p));
  endpoint_policy(*endpoint);
  return stopped(Stop::service, id);
}

// "Elastic network interfaces: source/destination checking": else an appliance, of which the facts say
// nothing.
Stop Walk::by_interface(const std::string& id, const Packet& p, const End& sender) {
  const auto found = index_.interfaces.find(id);
  if (found != index_.interfaces.end() && found->second->source_dest_check == true)
    trace_.block(id, "interface", "source/destination check",
                 fmt::format("{} takes no packet that is not its own: {}", id, far_text(p)));
  else
    trace_.unknown(id, "interface", fmt::format("what {} does with the packet of {}", id, sender.name));
  return {};
}

void Walk::endpoint_policy(const facts::VpcEndpoint& endpoint) {
  const PolicyAnswer answer = ask_endpoint_policy(endpoint.policy_document, query_.action);
  switch (answer.verdict) {
    case PolicyVerdict::allows_all:
      trace_.hop(endpoint.id, "endpoint policy",
                 endpoint.policy_document.empty() ? "not in the facts: AWS's default allows everything"
                                                  : "allows everything");
      return;
    case PolicyVerdict::allows:
      return trace_.hop(endpoint.id, "endpoint policy", answer.statement, "allows " + query_.action);
    case PolicyVerdict::denies:
      trace_.block(endpoint.id, "endpoint policy", answer.statement,
                   fmt::format("the policy of {} does not allow {}", endpoint.id, query_.action));
      return trace_.mend(allow_in_endpoint_policy(endpoint, query_.action));
    case PolicyVerdict::unreadable:
      return trace_.unknown(endpoint.id, "endpoint policy", answer.statement);
    case PolicyVerdict::depends:
      if (query_.action.empty())
        return trace_.hop(endpoint.id, "endpoint policy", "limits what may be called",
                          "name the call with --action to have it judged");
      return trace_.unknown(endpoint.id, "endpoint policy",
                            fmt::format("who calls {} and on what, for the policy of {} ({})", query_.action,
                                        endpoint.id, answer.statement));
  }
}

}  // namespace doctor::network
