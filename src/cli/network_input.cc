#include "cli/network_input.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/context.h"
#include "facts/live.h"
#include "facts/snapshot.h"

namespace doctor::cli {

CLI::App& network_group(CLI::App& app) {
  for (auto* group : app.get_subcommands([](const CLI::App* one) { return one->get_name() == "network"; }))
    return *group;
  auto* group = app.add_subcommand("network", "What reaches what in a VPC: the whole path, rule by rule");
  group->require_subcommand(1);
  return *group;
}

void add_network_source(CLI::App& command, NetworkSource& source) {
  auto* snapshot = command.add_option("--snapshot", source.snapshot, "Read a snapshot folder instead of AWS");
  command.add_option("--record", source.record, "Also write what AWS answered to this folder, redacted")
      ->excludes(snapshot);
}

namespace {

// Also where the answer is certain without it, or none can be given: what was refused is why.
void name_refusals(const Context& context, const facts::Facts& facts) {
  for (const auto& place : facts.places) {
    for (const auto& gap : place.gaps) {
      if (gap.service != "ec2" && gap.service != "elbv2" && gap.service != "ecs") continue;
      context.err << "missing: " << gap.service << ' ' << gap.operation << " in " << place.region << ": "
                  << core::printable(gap.reason);
      if (!gap.iam_action.empty()) context.err << " (needs " << gap.iam_action << ')';
      context.err << '\n';
    }
  }
}

}  // namespace

core::Result<facts::Facts> network_facts(Context& context, const NetworkSource& source, facts::Scope ecs) {
  if (!source.snapshot.empty()) {
    auto facts = facts::read_snapshot(source.snapshot);
    if (facts) name_refusals(context, *facts);
    return facts;
  }
  auto client = make_client(context);
  if (!client) return core::fail(client.error());
  auto regions = regions_of(context, **client);
  if (!regions) return core::fail(regions.error());
  facts::LiveOptions live;
  live.scope = std::move(ecs);
  live.scope.regions = *regions;
  live.network_only = true;
  if (!source.record.empty()) {
    auto record = facts::record_to(source.record);
    if (!record) return core::fail(record.error());
    live.record = *record;
  }
  auto facts = facts::read_live(**client, live, core::SystemClock{});
  if (facts) name_refusals(context, *facts);
  return facts;
}

int network_exit_code(report::Verdict verdict) {
  switch (verdict) {
    case report::Verdict::reachable:
      return kNothingFound;
    case report::Verdict::unreachable:
    case report::Verdict::partly:
      return kFound;
    case report::Verdict::depends:
      break;
  }
  return kIncomplete;
}

}  // namespace doctor::cli
