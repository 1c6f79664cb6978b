#include <fmt/format.h>

#include <algorithm>

#include "network/mends.h"
#include "network/service.h"
#include "network/walker.h"

namespace doctor::network {
namespace {

// AWS writes the route for a gateway endpoint into each table that it is associated with: here the one whose
// route the facts do not list.
const facts::VpcEndpoint* gateway_endpoint_on(const SubnetPlace& subnet, std::string_view service) {
  for (const facts::VpcEndpoint* endpoint : subnet.vpc->endpoints) {
    const auto& tables = endpoint->route_tables;
    const bool listed = std::any_of(subnet.table->routes.begin(), subnet.table->routes.end(),
                                    [&](const CompiledRoute& r) { return r.route->target == endpoint->id; });
    if (!listed && endpoint->type == "Gateway" && is_endpoint_of(*endpoint, service) &&
        std::find(tables.begin(), tables.end(), subnet.table->table->id) != tables.end())
      return endpoint;
  }
  return nullptr;
}

// A table that is not the sender's own needs a word: " of subnet-2, where nat-1 stands,".
std::string whose_table(const SubnetPlace& subnet, const End& sender) {
  if (sender.has_groups && !sender.is_transit_gateway) return {};
  return fmt::format(" of {}, where {} {},", subnet.subnet->id, sender.name,
                     sender.is_transit_gateway ? "comes out" : "stands");
}

}  // namespace

// "How route priority works": the longest prefix; of equal ones static, then prefix list, then propagated.
// The local route is in every table and can be neither removed nor missing.
RouteChoice Walk::route_of(const SubnetPlace& subnet, const Packet& p, const End& sender) {
  if (subnet.table == nullptr) {
    trace_.unknown(subnet.subnet->id, "route table", "the route table of " + subnet.subnet->id);
    return {};
  }
  const std::string& table = subnet.table->table->id;
  const CompiledRoute* best = nullptr;
  int best_rank = -1;
  std::string missing;
  for (const CompiledRoute& route : subnet.table->routes) {
    int bits = -1;
    if (route.cidr) {
      if (trace_.within(p.destination, *route.cidr, p.version)) bits = route.cidr->bits;
    } else if (route.list != nullptr) {
      bits = list_bits(*route.list, p, route.route->target, missing);
    }
    if (bits < 0) continue;
    const int rank = bits * 4 + (route.propagated ? 0 : route.list != nullptr ? 1 : 2);
    if (rank > best_rank) {
      best = &route;
      best_rank = rank;
    } else if (rank == best_rank && route.list != nullptr && route.route->target != best->route->target) {
      // "Route priority for prefix lists": AWS chooses one at random and stays with it.
      missing = fmt::format("which of two prefix list routes of {} AWS chose for {}", table, far_text(p));
    }
  }
  if (!missing.empty()) {
    trace_.unknown(table, "route table", missing);
    return {};
  }
  const bool by_list = best != nullptr && best->list != nullptr;
  if (!by_list && !p.destination.service.empty()) {
    if (const auto* endpoint = gateway_endpoint_on(subnet, p.destination.service)) {
      trace_.hop(table, "route table", fmt::format("{} -> {}", endpoint->service_name, endpoint->id));
      return {true, endpoint->service_name, endpoint->id, "active"};
    }
  }
  if (best == nullptr) {
    trace_.block(table, "route table", "no route",
                 fmt::format("{}{} has no route to {}", table, whose_table(subnet, sender), far_text(p)));
    open_route(trace_, index_, query_.asked, subnet, p, sender, "");
    return {};
  }
  const std::string rule = best->route->destination + " -> " + best->route->target;
  if (best->route->state == "blackhole") {
    trace_.block(table, "route table", rule + " (blackhole)",
                 fmt::format("{}{} routes {} to {}, which is gone or detached", table,
                             whose_table(subnet, sender), far_text(p), best->route->target));
    const auto* pcx = index_.find(&facts::Place::vpc_peering_connections, best->route->target);
    if (pcx != nullptr && pcx->status == "pending-acceptance")
      trace_.mend(accept_peering(pcx->id));
    else
      open_route(trace_, index_, query_.asked, subnet, p, sender, best->route->destination);
    return {};
  }
  if (trace_.tells_hops) trace_.hop(table, "route table", rule);
  return {true, best->route->destination, best->route->target, best->route->state};
}

// The prefix length that the list's route has for the destination; -1: none.
int Walk::list_bits(const CompiledList& list, const Packet& p, const std::string& target,
                    std::string& missing) {
  const Field& to = p.destination;
  constexpr int kLonger = 33;  // than any route of a CIDR: the entries are not known, but hold the address
  if (!list.known && !to.prefix_list.empty() && to.prefix_list == list.id) return kLonger;
  if (list.known) {
    int bits = -1;
    for (const Cidr& cidr : list.cidrs) {
      if (trace_.within(to, cidr, p.version)) bits = std::max(bits, cidr.bits);
    }
    return bits;
  }
  // A gateway endpoint's list holds one AWS service's public addresses, and none of another's.
  if (target.starts_with("vpce-") && (!to.service.empty() || !is_public(to.value, p.version))) {
    if (to.service.empty()) trace_.within(to, whole(p.version));
    return -1;
  }
  missing = "the entries of prefix list " + list.id;
  return -1;
}

}  // namespace doctor::network
