// What AWS has left: Fargate capacity per zone, vCPU quotas of the account, launch rates.
//
// A pool is (capacity provider, zone); it has as many free vCPUs as it needs until a scenario says otherwise.
// Quotas count running and starting tasks' vCPUs over the region: L-3032A538 on demand, L-36FBB829 Spot
// ("AWS Fargate service quotas"). Launch rates are token buckets: 100 burst and 20 a second for each of the
// two ("AWS Fargate throttling quotas").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/time.h"

namespace doctor::lab {

struct TokenBucket {
  double tokens = 100, burst = 100, per_second = 20;
  core::Timestamp filled{};

  bool take(core::Timestamp now);  // one token, or false
};

enum class Placement { granted, no_capacity, quota, rate };

class FargateCapacity {
 public:
  // vCPUs that a zone has in all for a provider; empty: no limit. 0: reclaimed.
  void limit(const std::string& provider, const std::string& zone, std::optional<double> vcpus);
  bool withdrawn(const std::string& provider, const std::string& zone) const;

  // Takes cpu_units for a task, or says why not. quota_vcpus is the account's quota for that provider.
  Placement take(const std::string& provider, const std::string& zone, int cpu_units, double quota_vcpus,
                 core::Timestamp now);
  void give_back(const std::string& provider, const std::string& zone, int cpu_units);

  double used_vcpus(const std::string& provider) const;  // in the region

 private:
  using Pool = std::pair<std::string, std::string>;
  std::map<Pool, double> limits_, used_;
  std::map<std::string, TokenBucket> rates_;
};

// "FARGATE_SPOT" for Spot tasks, "FARGATE" for all others: the pool that a task's vCPUs come from.
std::string pool_of(const std::string& provider);

}  // namespace doctor::lab
