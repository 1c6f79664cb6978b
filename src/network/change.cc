#include <algorithm>
#include <set>
#include <utility>

#include "network/answer.h"

namespace doctor::network {
namespace {

// The part of the facts that a walk reads: a copy of it is changed and asked again.
facts::Facts network_facts(const facts::Facts& all) {
  facts::Facts out;
  for (const facts::Place& place : all.places) {
    facts::Place& copy = out.places.emplace_back();
    copy.account = place.account;
    copy.region = place.region;
    copy.answered = place.answered;
    copy.vpcs = place.vpcs;
    copy.subnets = place.subnets;
    copy.interfaces = place.interfaces;
    copy.security_groups = place.security_groups;
    copy.network_acls = place.network_acls;
    copy.route_tables = place.route_tables;
    copy.nat_gateways = place.nat_gateways;
    copy.internet_gateways = place.internet_gateways;
    copy.vpc_endpoints = place.vpc_endpoints;
    copy.egress_only_internet_gateways = place.egress_only_internet_gateways;
    copy.prefix_lists = place.prefix_lists;
    copy.vpc_peering_connections = place.vpc_peering_connections;
    copy.transit_gateways = place.transit_gateways;
    copy.transit_gateway_attachments = place.transit_gateway_attachments;
    copy.transit_gateway_route_tables = place.transit_gateway_route_tables;
  }
  return out;
}

struct Trial {
  bool walked = false;
  Reachable reachable = Reachable::no;
  std::vector<Mend> mends = {};
  bool blocked = false;  // some part of what was asked
};

Trial try_changes(const facts::Facts& facts, const Question& question, const std::vector<Mend>& mends) {
  facts::Facts changed = network_facts(facts);
  Question asked = question;
  Source source = question.from == nullptr ? Source{} : *question.from;
  if (question.from != nullptr) asked.from = &source;
  Scene scene{&changed, question.from == nullptr ? nullptr : &source};
  for (const Mend& mend : mends) {
    if (mend.apply) mend.apply(scene);
  }
  const Network network(changed);
  auto answered = answer(network.index(), asked);
  if (!answered) return {};
  return {true, answered->answer.reachable, std::move(answered->mends), !answered->answer.blocked_by.empty()};
}

bool is_new(const Mend& mend, const std::vector<Mend>& chosen) {
  return std::none_of(chosen.begin(), chosen.end(), [&](const Mend& m) {
    return m.change.operation == mend.change.operation && m.change.parameters == mend.change.parameters;
  });
}

// Adds what is not chosen yet. Of one ACL only one entry a round: the next gets a number that is still free.
std::size_t choose(std::vector<Mend> mends, std::vector<Mend>& chosen) {
  std::size_t added = 0;
  std::set<std::string> numbered;
  for (Mend& mend : mends) {
    if (!is_new(mend, chosen)) continue;
    const bool entry = mend.change.operation == "ec2:CreateNetworkAclEntry";
    if (entry && !numbered.insert(mend.change.resource).second) continue;
    chosen.push_back(std::move(mend));
    ++added;
  }
  return added;
}

}  // namespace

void find_smallest_change(const facts::Facts& facts, const Question& question, Answered& answered) {
  constexpr int kMostRounds = 16;  // behind every gateway that a change opens more may be in the way
  std::vector<Mend> chosen;
  Trial trial{true, Reachable::no, std::move(answered.mends)};
  for (int round = 0; round < kMostRounds && (round == 0 || trial.blocked); ++round) {
    if (choose(std::move(trial.mends), chosen) == 0) return;
    trial = try_changes(facts, question, chosen);
    if (!trial.walked) return;
  }
  if (trial.blocked) return;
  // One that is left out may make another superfluous.
  for (bool left_out = true; left_out;) {
    left_out = false;
    for (std::size_t i = chosen.size(); chosen.size() > 1 && i-- > 0;) {
      std::vector<Mend> fewer = chosen;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      const Trial without = try_changes(facts, question, fewer);
      if (!without.walked || without.reachable != trial.reachable || without.blocked) continue;
      chosen = std::move(fewer);
      left_out = true;
    }
  }
  for (Mend& mend : chosen) answered.answer.smallest_change.push_back(std::move(mend.change));
}

}  // namespace doctor::network
