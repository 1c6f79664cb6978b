#include "network/ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace doctor::network {
namespace {

using core::ErrorKind;

const facts::NetworkInterface* interface_at(const Network::Index& index, const Range& address, int version,
                                            const VpcPlace* near) {
  const facts::NetworkInterface* found = nullptr;
  for (const auto& [id, vpc] : index.vpcs) {
    const auto& addresses = vpc.by_address[version == 4 ? 0 : 1];
    const auto at = addresses.find(address.first);
    if (at == addresses.end()) continue;
    if (near == &vpc) return at->second;
    if (found == nullptr) found = at->second;
  }
  return found;
}

bool is_in_a_subnet(const Network::Index& index, const Range& range, int version) {
  return std::any_of(index.subnets.begin(), index.subnets.end(), [&](const auto& entry) {
    const auto& cidrs = entry.second.cidrs;
    return std::any_of(cidrs.begin(), cidrs.end(), [&](const Cidr& c) {
      return c.version == version && c.range.first <= range.last && range.first <= c.range.last;
    });
  });
}

// Every public address that is none of a VPC's own.
std::vector<Range> internet(const Network::Index& index, int version) {
  std::vector<Range> ranges = public_ranges(version);
  for (const auto& [id, vpc] : index.vpcs) {
    for (const Cidr& c : vpc.cidrs) {
      if (c.version != version) continue;
      ranges = outside(ranges, c.range);
    }
  }
  return ranges;
}

core::Result<Spot> interface_spot(const Network::Index& index, const facts::NetworkInterface& interface,
                                  int version) {
  Spot spot{end_of(index, interface), {}, nullptr};
  if (spot.end.subnet == nullptr)
    return core::fail(ErrorKind::not_found,
                      fmt::format("the subnet {} of {} is in no facts", interface.subnet_id, interface.id),
                      "record the snapshot with ec2.describe-subnets.json");
  const auto address = address_of(interface, version);
  if (!address)
    return core::fail(ErrorKind::bad_input, fmt::format("{} has no IPv{} address", interface.id, version));
  spot.ranges = {*address};
  return spot;
}

}  // namespace

core::Result<int> ip_version_of(const Network::Index& index, const Question& question) {
  if (question.query.ip_version == 4 || question.query.ip_version == 6) return question.query.ip_version;
  if (question.query.ip_version != 0)
    return core::fail(ErrorKind::bad_input, "the IP version must be 4 or 6");
  int version = 4;
  for (const std::string* text : {&question.query.from, &question.query.to}) {
    const bool replaced = text == &question.query.from ? question.from != nullptr : question.to != nullptr;
    if (replaced) continue;
    if (const auto cidr = cidr_of(*text); cidr && cidr->version == 6) version = 6;
    const auto interface = index.interfaces.find(*text);
    if (interface != index.interfaces.end() && !address_of(*interface->second, 4) &&
        address_of(*interface->second, 6))
      version = 6;
  }
  return version;
}

core::Result<Spot> spot_of(const Network::Index& index, const std::string& text, int version,
                           const VpcPlace* near) {
  Spot spot;
  if (text == "internet") {
    spot.end.name = text;
    spot.ranges = internet(index, version);
    return spot;
  }
  if (text.starts_with("eni-")) {
    const auto found = index.interfaces.find(text);
    if (found == index.interfaces.end())
      return core::fail(ErrorKind::not_found, text + " is in no facts",
                        "record the snapshot with ec2.describe-network-interfaces.json");
    return interface_spot(index, *found->second, version);
  }
  const auto cidr = cidr_of(text);
  if (!cidr)
    return core::fail(ErrorKind::bad_input,
                      "'" + text + "' is no network interface, address, CIDR, 'internet' or 'service:NAME'");
  if (cidr->version != version)
    return core::fail(ErrorKind::bad_input,
                      fmt::format("'{}' is not IPv{}, as the other end is", text, version));
  const bool single = cidr->range.first == cidr->range.last;
  if (single) {
    if (const auto* owner = interface_at(index, cidr->range, version, near))
      return interface_spot(index, *owner, version).map([&](Spot s) {
        s.ranges = {cidr->range};
        s.end.address = address_text(cidr->range.first, version);
        if (version == 4)
          s.end.public_address = public_address_of(*owner, address_text(cidr->range.first, 4));
        s.end.public_ip = !s.end.public_address.empty();
        return s;
      });
    const auto owner = index.by_public_ip.find(address_text(cidr->range.first, version));
    if (owner != index.by_public_ip.end()) spot.public_owner = owner->second;
  }
  if (!is_in_a_subnet(index, cidr->range, version)) spot.end.name = text;
  spot.ranges = {cidr->range};
  return spot;
}

core::Result<Spot> spot_of(const Network::Index& index, const Source& source, int version) {
  Spot spot;
  spot.end.subnet = index.subnet(source.subnet_id);
  if (spot.end.subnet == nullptr)
    return core::fail(ErrorKind::not_found, "subnet '" + source.subnet_id + "' is in no facts",
                      "record the snapshot with ec2.describe-subnets.json");
  spot.end.name = "a task in " + source.subnet_id;
  spot.end.groups = source.groups;
  std::sort(spot.end.groups.begin(), spot.end.groups.end());
  spot.end.groups_known = !source.groups.empty();
  spot.end.public_ip = source.public_ip;
  if (!source.address.empty()) {
    const auto address = cidr_of(source.address);
    if (!address || address->version != version || address->range.first != address->range.last)
      return core::fail(ErrorKind::bad_input,
                        fmt::format("'{}' is no IPv{} address", source.address, version));
    spot.ranges = {address->range};
    return spot;
  }
  constexpr int kReserved = 4;  // "Subnet CIDR blocks": the first four addresses and the last are AWS's
  for (const Cidr& c : spot.end.subnet->cidrs) {
    if (c.version != version) continue;
    Range usable = c.range;
    if (usable.last - usable.first > kReserved) usable = {usable.first + kReserved, usable.last - 1};
    spot.ranges.push_back(usable);
  }
  if (spot.ranges.empty())
    return core::fail(ErrorKind::bad_input,
                      fmt::format("{} has no IPv{} addresses", source.subnet_id, version));
  return spot;
}

const VpcPlace* vpc_of(const Network::Index& index, const Spot& spot, int version) {
  if (spot.end.subnet != nullptr) return spot.end.subnet->vpc;
  for (const auto& [id, subnet] : index.subnets) {
    for (const Cidr& c : subnet.cidrs) {
      if (c.version == version && !spot.ranges.empty() && c.range.holds(spot.ranges.front().first))
        return subnet.vpc;
    }
  }
  return nullptr;
}

}  // namespace doctor::network
