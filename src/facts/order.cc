// One order whatever the order of arrival: waves of calls and files of a folder must give equal facts.
#include <algorithm>
#include <tuple>

#include "facts/reading.h"

namespace doctor::facts {
namespace {

template <class T, class Key>
void sort_by(std::vector<T>& list, Key key) {
  std::stable_sort(list.begin(), list.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
}

}  // namespace

void put_in_order(Place& place) {
  sort_by(place.call_failures, [](const CallFailure& f) {
    return std::tie(f.time, f.operation, f.resource_arn, f.reason, f.origin.event_id);
  });
  sort_by(place.ecs_events, [](const EcsEvent& e) { return std::tie(e.time, e.id); });
  sort_by(place.organization_policies, [](const OrganizationPolicy& p) { return std::tie(p.id); });
  sort_by(place.resource_policies,
          [](const ResourcePolicy& p) { return std::tie(p.service, p.resource, p.account); });
  sort_by(place.images, [](const Image& i) { return std::tie(i.repository, i.digest, i.tags); });
  sort_by(place.health, [](const HealthEvent& h) { return std::tie(h.start, h.arn); });
  sort_by(place.quotas, [](const ServiceQuota& q) { return std::tie(q.service, q.code); });
  sort_by(place.quota_requests, [](const QuotaRequest& r) { return std::tie(r.created, r.id, r.code); });
  sort_by(place.metrics,
          [](const Metric& m) { return std::tie(m.name_space, m.name, m.label, m.dimensions); });
  sort_by(place.alarms, [](const Alarm& a) { return std::tie(a.name); });
  sort_by(place.logs, [](const LogTail& l) { return std::tie(l.group, l.stream); });
  sort_by(place.configuration_items,
          [](const ConfigurationItem& c) { return std::tie(c.captured, c.resource_type, c.resource_id); });
  const auto key = [](const Gap& g) { return std::tie(g.service, g.operation, g.subject, g.reason); };
  sort_by(place.gaps, key);
  place.gaps.erase(std::unique(place.gaps.begin(), place.gaps.end(),
                               [&](const Gap& a, const Gap& b) { return key(a) == key(b); }),
                   place.gaps.end());
}

}  // namespace doctor::facts
