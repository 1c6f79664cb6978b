#include <nlohmann/json.hpp>

#include "verify/smoke.h"

namespace doctor::verify {
namespace {

std::string latencies_line(const Latencies& latencies) {
  return "p50 " + core::to_words(latencies.percentile(50)) + ", p90 " +
         core::to_words(latencies.percentile(90)) + ", p99 " + core::to_words(latencies.percentile(99)) +
         ", max " + core::to_words(latencies.most());
}

std::string errors_line(const SmokeReport& report) {
  std::string out;
  for (const auto& [kind, count] : report.errors)
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
  return out;
}

nlohmann::ordered_json latencies_json(const Latencies& latencies) {
  return {{"answers", latencies.sorted.size()},
          {"p50_ms", latencies.percentile(50).count()},
          {"p90_ms", latencies.percentile(90).count()},
          {"p99_ms", latencies.percentile(99).count()},
          {"max_ms", latencies.most().count()}};
}

}  // namespace

std::string smoke_line(const SmokeReport& report) {
  std::string out = std::to_string(report.sent) + " requests in " + core::to_words(report.took) + ": " +
                    latencies_line(report.all);
  if (report.saw_replacement) out += "; while tasks were replaced: " + latencies_line(report.replacing);
  const std::string errors = errors_line(report);
  out += errors.empty() ? "; no errors" : "; errors: " + errors;
  if (report.skipped > 0)
    out += "; " + std::to_string(report.skipped) + " not sent, because too many were unanswered";
  return out;
}

std::string smoke_json(const SmokeReport& report) {
  nlohmann::ordered_json out{{"url", report.url},
                             {"sent", report.sent},
                             {"good", report.good},
                             {"skipped", report.skipped},
                             {"took_ms", report.took.count()},
                             {"errors", report.errors},
                             {"all", latencies_json(report.all)}};
  if (report.saw_replacement) out["while_replacing"] = latencies_json(report.replacing);
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Check judge_smoke(const SmokeReport& report) {
  Check check;
  check.id = "smoke";
  check.name = report.url + " answers";
  check.why = smoke_line(report);
  for (const auto& [kind, count] : report.errors)
    check.proof.push_back({"http", "GET", {}, kind, std::to_string(count), {}});
  if (report.sent == 0) {
    check.standing = Standing::not_possible;
    check.why = "no request was sent";
  } else {
    check.standing = report.good == report.sent ? Standing::passed : Standing::failed;
  }
  return check;
}

}  // namespace doctor::verify
