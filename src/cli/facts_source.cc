#include "cli/facts_source.h"

#include <ostream>

#include "core/time.h"
#include "facts/live.h"
#include "facts/snapshot.h"

namespace doctor::cli {

core::Result<GivenFacts> facts_from(const Context& context, const FactsSource& source, facts::Scope& scope) {
  if (!source.snapshot.empty()) {
    scope.regions = context.global.regions;
    auto facts = facts::read_snapshot(source.snapshot);
    if (!facts) return core::fail(facts.error());
    return GivenFacts{std::move(*facts), nullptr};
  }
  auto client = make_client(context);
  if (!client) return core::fail(client.error());
  auto regions = regions_of(context, **client);
  if (!regions) return core::fail(regions.error());
  scope.regions = *regions;
  facts::LiveOptions live;
  live.scope = scope;
  if (!source.record.empty()) {
    auto record = facts::record_to(source.record);
    if (!record) return core::fail(record.error());
    live.record = *record;
  }
  auto facts = facts::read_live(**client, live, core::SystemClock{});
  const auto statistics = (*client)->statistics();
  if (context.global.debug) {
    context.err << "aws: " << statistics.calls << " calls, " << statistics.requests << " requests, "
                << statistics.retries << " retries, " << statistics.throttled << " throttled, at most "
                << statistics.most_in_flight << " in flight\n";
  }
  if (!facts) return core::fail(facts.error());
  return GivenFacts{std::move(*facts), std::move(*client)};
}

}  // namespace doctor::cli
