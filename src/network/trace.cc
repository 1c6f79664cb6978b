#include "network/trace.h"

#include <algorithm>
#include <set>

namespace doctor::network {

void Trace::hop(std::string resource, std::string kind, std::string rule, std::string why) {
  if (!tells_hops) return;
  hops().push_back({std::move(resource), std::move(kind), std::move(rule), true, true, std::move(why)});
}

void Trace::block(std::string resource, std::string kind, std::string rule, std::string why) {
  hops().push_back({resource, kind, rule, false, true, why});
  for (const Block& b : verdict_.blocked_by) {
    if (b.on_return == returning && b.resource == resource && b.kind == kind && b.rule == rule) return;
  }
  verdict_.blocked_by.push_back(
      {std::move(resource), std::move(kind), std::move(rule), std::move(why), returning});
}

void Trace::unknown(std::string resource, std::string kind, std::string missing) {
  hops().push_back({std::move(resource), std::move(kind), "", true, false, missing});
  verdict_.depends_on.push_back(std::move(missing));
}

void Trace::mend(Mend mend) {
  for (const Mend& m : verdict_.mends) {
    if (m.change.operation == mend.change.operation && m.change.parameters == mend.change.parameters) return;
  }
  verdict_.mends.push_back(std::move(mend));
}

void Trace::explain(std::string why) {
  if (!hops().empty()) hops().back().why = std::move(why);
}

bool Trace::within(const Field& field, const Range& range) {
  if (field.somewhere == nullptr) return in(verdict_.region, field, range);
  bool all = true, none = true;
  for (const Cidr& c : *field.somewhere) {
    if (c.version != 4) continue;  // NAT gateways translate IPv4 alone
    all = all && range.first <= c.range.first && c.range.last <= range.last;
    none = none && (c.range.last < range.first || range.last < c.range.first);
  }
  if (!all && !none) verdict_.depends_on.push_back("the address that a NAT gateway translates to");
  return all;
}

bool Trace::within(const Field& field, const Cidr& cidr, int version) {
  return cidr.version == version && within(field, cidr.range);
}

bool Trace::within(const Field& field, const std::vector<Cidr>& cidrs, int version) {
  return std::any_of(cidrs.begin(), cidrs.end(), [&](const Cidr& c) { return within(field, c, version); });
}

Verdict Trace::take() {
  std::set<std::string> seen;
  std::erase_if(verdict_.depends_on, [&](const std::string& text) { return !seen.insert(text).second; });
  return std::move(verdict_);
}

}  // namespace doctor::network
