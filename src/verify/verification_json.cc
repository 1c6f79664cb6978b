#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "verify/check.h"

namespace doctor::verify {
namespace {

using nlohmann::ordered_json;

ordered_json time_json(const std::optional<core::Timestamp>& time) {
  return time ? ordered_json(core::to_iso(*time)) : ordered_json(nullptr);
}

ordered_json source_json(const diagnose::Source& source) {
  return {{"service", source.service}, {"operation", source.operation}, {"event_id", source.event_id},
          {"field", source.field},     {"value", source.value},         {"time", time_json(source.time)}};
}

ordered_json check_json(const Check& check) {
  ordered_json proof = ordered_json::array();
  for (const auto& source : check.proof) proof.push_back(source_json(source));
  return {{"id", check.id},
          {"name", check.name},
          {"standing", standing_name(check.standing)},
          {"why", check.why},
          {"until", time_json(check.until)},
          {"account", check.account},
          {"region", check.region},
          {"proof", std::move(proof)}};
}

diagnose::Source source_of(core::Json json) {
  return {std::string(json["service"].string_or()),  std::string(json["operation"].string_or()),
          std::string(json["event_id"].string_or()), std::string(json["field"].string_or()),
          std::string(json["value"].string_or()),    json["time"].timestamp()};
}

std::optional<Standing> standing_of(std::string_view name) {
  for (const auto standing :
       {Standing::passed, Standing::provisional, Standing::not_possible, Standing::failed}) {
    if (standing_name(standing) == name) return standing;
  }
  return std::nullopt;
}

}  // namespace

std::string verification_json(const Verification& v) {
  ordered_json checks = ordered_json::array();
  for (const Check& check : v.checks) checks.push_back(check_json(check));
  ordered_json out{{"schema", "fargate-doctor/verification/1"},
                   {"run", v.run},
                   {"verdict", verdict_name(verdict_of(v))},
                   {"summary", summary_of(v)},
                   {"provisional_until", time_json(provisional_until(v))},
                   {"family", v.family},
                   {"cause", v.cause},
                   {"cluster", v.cluster},
                   {"service", v.service},
                   {"ended_at", core::to_iso(v.ended_at)},
                   {"checked_at", core::to_iso(v.checked_at)},
                   {"checks", std::move(checks)}};
  if (!v.smoke.empty()) out["smoke"] = ordered_json::parse(v.smoke, nullptr, false);
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

core::Result<Verification> verification_of(std::string_view json, std::string_view origin) {
  const auto document = core::JsonDocument::parse(json, origin);
  if (!document) return core::fail(document.error());
  const auto root = document->root();
  const auto bad = [&](const std::string& what) {
    return core::fail(core::ErrorKind::bad_input, std::string(origin) + ": " + what);
  };
  if (root["schema"].string_or() != "fargate-doctor/verification/1") return bad("this is no verification");
  const auto ended = root["ended_at"].timestamp(), checked = root["checked_at"].timestamp();
  if (!ended || !checked) return bad("ended_at and checked_at must be times");
  Verification out{.run = std::string(root["run"].string_or()),
                   .family = std::string(root["family"].string_or()),
                   .cause = std::string(root["cause"].string_or()),
                   .cluster = std::string(root["cluster"].string_or()),
                   .service = std::string(root["service"].string_or()),
                   .ended_at = *ended,
                   .checked_at = *checked,
                   .checks = {},
                   .smoke = root["smoke"].text()};
  for (const auto item : root["checks"].items()) {
    const auto standing = standing_of(item["standing"].string_or());
    if (!standing) return bad("'" + std::string(item["standing"].string_or()) + "' is no standing");
    Check check{.id = std::string(item["id"].string_or()),
                .name = std::string(item["name"].string_or()),
                .standing = *standing,
                .why = std::string(item["why"].string_or()),
                .proof = {},
                .until = item["until"].timestamp(),
                .account = std::string(item["account"].string_or()),
                .region = std::string(item["region"].string_or())};
    for (const auto source : item["proof"].items()) check.proof.push_back(source_of(source));
    out.checks.push_back(std::move(check));
  }
  return out;
}

}  // namespace doctor::verify
