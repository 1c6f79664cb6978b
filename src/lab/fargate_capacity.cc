#include "lab/fargate_capacity.h"

#include <algorithm>

namespace doctor::lab {

namespace {

constexpr double kTolerance = 1e-9;

double vcpus(int cpu_units) {
  return cpu_units / 1024.0;
}

}  // namespace

bool TokenBucket::take(core::Timestamp now) {
  if (now > filled) {
    const double seconds = std::chrono::duration<double>(now - filled).count();
    tokens = std::min(burst, tokens + seconds * per_second);
    filled = now;
  }
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

void FargateCapacity::limit(const std::string& provider, const std::string& zone,
                            std::optional<double> vcpus_in_all) {
  if (vcpus_in_all)
    limits_[{provider, zone}] = *vcpus_in_all;
  else
    limits_.erase({provider, zone});
}

bool FargateCapacity::withdrawn(const std::string& provider, const std::string& zone) const {
  const auto found = limits_.find({provider, zone});
  return found != limits_.end() && found->second <= 0;
}

Placement FargateCapacity::take(const std::string& provider, const std::string& zone, int cpu_units,
                                double quota_vcpus, core::Timestamp now) {
  const double wanted = vcpus(cpu_units);
  if (used_vcpus(provider) + wanted > quota_vcpus + kTolerance) return Placement::quota;
  const Pool pool{provider, zone};
  const auto limited = limits_.find(pool);
  if (limited != limits_.end() && used_[pool] + wanted > limited->second + kTolerance)
    return Placement::no_capacity;
  if (!rates_.try_emplace(provider).first->second.take(now)) return Placement::rate;
  used_[pool] += wanted;
  return Placement::granted;
}

void FargateCapacity::give_back(const std::string& provider, const std::string& zone, int cpu_units) {
  double& used = used_[{provider, zone}];
  used = std::max(0.0, used - vcpus(cpu_units));
}

double FargateCapacity::used_vcpus(const std::string& provider) const {
  double sum = 0;
  for (const auto& [pool, used] : used_)
    if (pool.first == provider) sum += used;
  return sum;
}

std::string pool_of(const std::string& provider) {
  return provider == "FARGATE_SPOT" ? "FARGATE_SPOT" : "FARGATE";
}

}  // namespace doctor::lab
