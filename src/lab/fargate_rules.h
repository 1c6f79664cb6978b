// What Fargate accepts: task sizes, platform versions, and which features need which.
//
// From the developer guide, "Task definition parameters for Fargate" (task size) and "Fargate platform
// versions".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doctor::lab {

// "256", ".5 vCPU", "1 vCPU" in CPU units; "512", "2 GB", "0.5GB" in MiB. Empty where it is no size.
std::optional<int> cpu_units_of(std::string_view text);
std::optional<int> memory_mib_of(std::string_view text);

bool is_fargate_size(int cpu_units, int memory_mib);

struct PlatformNeeds {
  bool windows = false, arm64 = false;
  bool ephemeral_storage = false, efs = false, exec = false, spot = false, shared_pid = false;
};

struct PlatformChoice {
  std::string version;        // "1.4.0" for LATEST
  std::string code, message;  // the API error; empty when it is accepted
};

// The version that a request ("" or "LATEST" or a number) gives a task, or the error that AWS answers.
PlatformChoice platform_for(std::string_view requested, const PlatformNeeds& needs);

// The ephemeral storage that a task has: 20 GiB unless the task definition asks for more.
inline constexpr int kDefaultStorageGib = 20;

}  // namespace doctor::lab
