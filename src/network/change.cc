#include <algorithm>
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
  std::vector<Mend> mends;
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
  return {true, answered->answer.reachable, std::move(answered->mends)};
}

bool is_new(const Mend& mend, const std::vector<Mend>& chosen) {
  return std::none_of(chosen.begin(), chosen.end(), [&](const Mend& m) {
    return m.change.operation == mend.change.operation && m.change.parameters == mend.change.parameters;
  });
}

}  // namespace

void find_smallest_change(const facts::Facts& facts, const Question& question, Answered& answered) {
  constexpr int kMostRounds = 8;  // behind every gateway that a change opens more may be in the way
  std::vector<Mend> chosen = answered.mends;
  Trial trial;
  for (int round = 0; round < kMostRounds && !chosen.empty(); ++round) {
    trial = try_changes(facts, question, chosen);
    if (!trial.walked || trial.mends.empty()) break;
    const auto before = chosen.size();
    for (Mend& mend : trial.mends) {
      if (is_new(mend, chosen)) chosen.push_back(std::move(mend));
    }
    if (chosen.size() == before) break;
  }
  answered.answer.change_opens = trial.walked && trial.reachable != Reachable::no && trial.mends.empty();
  for (std::size_t i = chosen.size(); answered.answer.change_opens && chosen.size() > 1 && i-- > 0;) {
    std::vector<Mend> fewer = chosen;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const Trial without = try_changes(facts, question, fewer);
    if (without.walked && without.reachable == trial.reachable && without.mends.empty())
      chosen = std::move(fewer);
  }
  for (Mend& mend : chosen) answered.answer.smallest_change.push_back(std::move(mend.change));
}

}  // namespace doctor::network
