// Small builders of facts for the tests of the diagnosis: one account, one region, a service called prod/web.
//
//   World w;
//   w.service().desired = 6;
//   w.spot_stop("a1", "eu-west-1a", "03:00:10");
//   const Diagnosis d = w.diagnose();
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::diagnose {

inline constexpr std::string_view kRegion = "eu-west-1";
inline constexpr std::string_view kAccount = "111122223333";
inline constexpr std::string_view kCapacityEvent =
    "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try "
    "again "
    "later or in a different availability zone. For more information, see the Troubleshooting section.";

core::Timestamp at(std::string_view clock);  // "03:00:10" of 2026-11-24
std::string cluster_arn(std::string_view cluster = "prod");
std::string service_arn(std::string_view service = "web");
std::string task_arn(std::string_view id);
std::string definition_arn(std::string_view family_revision = "web:12");

struct World {
  facts::Facts facts;

  World();  // prod/web: 6 tasks on FARGATE_SPOT alone, in eu-west-1a, b and c; nothing stopped
  facts::Place& place() { return facts.places.front(); }
  facts::Service& service(std::string_view name = "web");  // made where it does not exist
  facts::TaskDefinition& definition(std::string_view family_revision = "web:12");

  facts::Task& running(std::string_view id, std::string_view zone, std::string_view service = "web");
  facts::Task& stopped(std::string_view id, std::string_view zone, std::string_view clock,
                       std::string_view service = "web");  // without a reason
  facts::Task& spot_stop(std::string_view id, std::string_view zone, std::string_view clock,
                         std::string_view service = "web");
  // TaskFailedToStart with the reason.
  facts::Task& failed_start(std::string_view id, std::string_view zone, std::string_view clock,
                            std::string_view reason, std::string_view service = "web");
  void event(std::string_view clock, std::string_view message, std::string_view service = "web");
  facts::TrailEvent& call(std::string_view name, std::string_view clock, std::string_view parameters,
                          std::string_view source = "ecs.amazonaws.com");
  facts::HealthEvent& health(std::string_view clock, std::string_view service = "ECS");
  void answered(std::string_view operation) { place().answered.emplace(operation); }
  facts::CallFailure& failure(std::string_view operation, std::string_view code, std::string_view reason,
                              std::string_view clock);

  Diagnosis diagnose(const facts::Scope& scope = {}) const;
};

// The first incident of the family; an empty one (no causes) where there is none.
const Incident& incident_of(const Diagnosis& d, std::string_view family);
std::string top(const Incident& incident);  // id of the likeliest cause; "" without any
double probability(const Incident& incident,
                   std::string_view id);                          // of a cause or factor; 0 where not listed
std::vector<std::string> contributing(const Incident& incident);  // ids, sorted
bool shows(const Incident& incident, std::string_view evidence);  // under any cause or factor
std::string detail(const Incident& incident, std::string_view fix);

// Everything that the diagnosis says, as one text: for "the same facts give the same bytes".
std::string dump(const Diagnosis& d);

}  // namespace doctor::diagnose
