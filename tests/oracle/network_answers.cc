// Answers queries of a path as JSON Lines, many in one process, for the differential test of the network.
//
// In, one object a line: {"snapshot": DIR} opens another snapshot; every other line is a query of it:
//   {"from", "to", "protocol", "ports", "source_ports", "ip_version"}
// Out, one line a query: the answer with all of its parts, or {"error"}.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "facts/snapshot.h"
#include "network/path.h"

namespace {

using Json = nlohmann::json;
using doctor::network::Answer;
using doctor::network::Block;
using doctor::network::Change;
using doctor::network::Part;
using doctor::network::Reachable;

Json verdict(Reachable reachable) {
  if (reachable == Reachable::depends) return "depends";
  return reachable == Reachable::yes;
}

Json blocks(const std::vector<Block>& list) {
  Json out = Json::array();
  for (const Block& b : list)
    out.push_back({{"resource", b.resource}, {"kind", b.kind}, {"rule", b.rule}, {"return", b.on_return}});
  return out;
}

Json parts(const std::vector<Part>& list) {
  Json out = Json::array();
  for (const Part& p : list)
    out.push_back({{"sources", p.sources},
                   {"destinations", p.destinations},
                   {"source_ports", p.source_ports},
                   {"ports", p.ports},
                   {"nat_ports", p.nat_ports},
                   {"reachable", verdict(p.reachable)},
                   {"blocked_by", blocks(p.blocked_by)},
                   {"depends_on", p.depends_on}});
  return out;
}

Json said(const Answer& a) {
  Json changes = Json::array();
  for (const Change& c : a.smallest_change)
    changes.push_back({{"resource", c.resource}, {"operation", c.operation}, {"parameters", c.parameters}});
  return {{"reachable", verdict(a.reachable)},
          {"blocked_by", blocks(a.blocked_by)},
          {"smallest_change", changes},
          {"depends_on", a.depends_on},
          {"parts", parts(a.parts)}};
}

struct Opened {
  doctor::facts::Facts facts;
  std::optional<doctor::network::Network> network;
};

}  // namespace

int main() {
  std::unique_ptr<Opened> world;
  for (std::string line; std::getline(std::cin, line);) {
    const Json ask = Json::parse(line, nullptr, false);
    if (!ask.is_object()) return 2;
    if (ask.contains("snapshot")) {
      auto facts = doctor::facts::read_snapshot(ask["snapshot"].get<std::string>());
      if (!facts) {
        fmt::print(stderr, "{}\n", facts.error().sentence);
        return 2;
      }
      world = std::make_unique<Opened>();
      world->facts = std::move(*facts);
      world->network.emplace(world->facts);
      continue;
    }
    if (!world) return 2;
    const auto answer = world->network->path({.from = ask.value("from", ""),
                                              .to = ask.value("to", ""),
                                              .protocol = ask.value("protocol", "tcp"),
                                              .ports = ask.value("ports", "443"),
                                              .source_ports = ask.value("source_ports", ""),
                                              .ip_version = ask.value("ip_version", 0),
                                              .action = ""});
    const Json out = answer ? said(*answer) : Json{{"error", answer.error().sentence}};
    std::cout << out.dump() << '\n';
  }
  return 0;
}
