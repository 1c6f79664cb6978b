#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/arn.h"
#include "core/glob.h"
#include "core/json.h"
#include "diagnose/observations.h"
#include "diagnose/strategy.h"

// "Fargate platform versions" and "Task CPU and memory" of the ECS developer guide, as of 2026.
namespace doctor::diagnose {
namespace {

struct SizeRow {
  int cpu;          // units, 1024 a vCPU
  int least, most;  // MiB
  int step;
};
constexpr SizeRow kSizes[] = {
    {256, 512, 2048, 0},          {512, 1024, 4096, 1024},   {1024, 2048, 8192, 1024},
    {2048, 4096, 16384, 1024},    {4096, 8192, 30720, 1024}, {8192, 16384, 61440, 4096},
    {16384, 32768, 122880, 8192},
};

// "1024", "1 vCPU", "2048", "2 GB", "2GB": the units as the task definition writes them.
int units_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  const bool scaled = core::contains_ignoring_case(text, "vcpu") || core::contains_ignoring_case(text, "gb");
  return static_cast<int>(scaled ? number * 1024 : number);
}

bool is_offered(int cpu, int memory, bool windows) {
  if (windows && (cpu < 1024 || cpu > 4096)) return false;
  for (const SizeRow& row : kSizes) {
    if (row.cpu != cpu) continue;
    if (row.step == 0) return memory == 512 || memory == 1024 || memory == 2048;
    return memory >= row.least && memory <= row.most && (memory - row.least) % row.step == 0;
  }
  return false;
}

// The smallest pair that holds what was asked for.
std::string nearest_size(int cpu, int memory) {
  for (const SizeRow& row : kSizes) {
    if (row.cpu < cpu || row.most < memory) continue;
    const int step = std::max(row.step, row.least == 512 ? 512 : 1024);
    int fitting = row.least;
    while (fitting < memory) fitting += step;
    if (row.step == 0 && fitting == 1536) fitting = 2048;
    return fmt::format("{} CPU units with {} MiB", row.cpu, fitting);
  }
  return "16384 CPU units with 122880 MiB, the largest";
}

struct VersionAsked {
  std::string version;  // as written; "" where nothing says
  Source source;
  bool certain = true;  // false: the service's setting, while the refused call may have asked for another
};

VersionAsked version_asked(const Case& c) {
  bool refused_call = false;
  for (const Stop& stop : c.stops) {
    if (stop.failure == nullptr) continue;
    refused_call = true;
    const auto parameters = core::JsonDocument::parse(parameters_of(c, stop), "requestParameters");
    if (!parameters) continue;
    const std::string version(parameters->root()["platformVersion"].string_or());
    if (version.empty()) continue;
    return {version,
            source_of(stop.failure->origin, "requestParameters.platformVersion", version, stop.time)};
  }
  if (c.service != nullptr && !c.service->platform_version.empty()) {
    return {
        c.service->platform_version,
        Source{"ecs", "describe-services", {}, "platformVersion", c.service->platform_version, std::nullopt},
        !refused_call};
  }
  for (const Stop& stop : c.stops) {
    if (stop.task != nullptr && !stop.task->platform_version.empty()) {
      return {stop.task->platform_version,
              source_of(stop.task->origin, "platformVersion", stop.task->platform_version, stop.time)};
    }
  }
  return {};
}

bool is_windows(const Case& c) {
  return c.task_definition != nullptr && c.task_definition->operating_system_family.starts_with("WINDOWS");
}

void observe_version(const Case& c, const VersionAsked& asked, Observations& out) {
  if (asked.version.empty()) return;
  const bool latest = asked.version == "LATEST";
  if (latest) {
    out.add("platform.not_pinned", fmt::format("{} asks for platform version LATEST", place_name(c)),
            asked.source);
  } else {
    out.add("platform.pinned",
            fmt::format("{} is pinned to platform version {}", place_name(c), asked.version), asked.source);
    out.fix_details.emplace_back(
        "platform_latest", fmt::format("{}: platformVersion {} -> LATEST", place_name(c), asked.version));
  }
  static constexpr std::string_view kRetired[] = {"1.0.0", "1.1.0", "1.2.0"};
  const bool windows = is_windows(c);
  const bool retired =
      !windows && std::find(std::begin(kRetired), std::end(kRetired), asked.version) != std::end(kRetired);
  const bool listed =
      latest || (windows ? asked.version == "1.0.0" : asked.version == "1.3.0" || asked.version == "1.4.0");
  if (retired) {
    out.add("platform.version_retired", fmt::format("platform version {} is retired on Linux", asked.version),
            asked.source);
  } else if (listed && !asked.certain) {
    return;
  } else if (listed) {
    out.add("platform.version_listed", fmt::format("platform version {} exists", asked.version),
            asked.source);
  } else {
    out.add(
        "platform.version_not_listed",
        fmt::format("AWS lists no platform version {} for {}", asked.version, windows ? "Windows" : "Linux"),
        asked.source);
  }
}

bool is_old(const std::string& version) {
  return version == "1.0.0" || version == "1.1.0" || version == "1.2.0" || version == "1.3.0";
}

void observe_features(const Case& c, const VersionAsked& asked, Observations& out) {
  if (c.task_definition == nullptr) return;
  const facts::TaskDefinition& d = *c.task_definition;
  std::vector<std::string> features;
  if (d.ephemeral_storage_gib)
    features.push_back(fmt::format("ephemeralStorage of {} GiB", *d.ephemeral_storage_gib));
  if (!d.efs_volumes.empty()) features.push_back("an EFS volume");
  if (c.service != nullptr && c.service->enable_execute_command) features.emplace_back("ECS Exec");
  for (const facts::ContainerDefinition& container : d.containers) {
    if (container.linux_capabilities_added.empty()) continue;
    features.push_back("the Linux capability " + joined(container.linux_capabilities_added));
    break;
  }
  const std::string name(core::family_revision(d.arn));
  const Source source{"ecs",
                      "describe-task-definition",
                      {},
                      "taskDefinition",
                      features.empty() ? name : joined(features),
                      std::nullopt};
  if (!features.empty() && is_old(asked.version) && !is_windows(c)) {
    out.add("platform.old_version_with_feature",
            fmt::format("{} uses {}, which platform version {} does not have", name, joined(features),
                        asked.version),
            source);
    out.fix_details.emplace_back(
        "platform_latest", fmt::format("{}: platformVersion {} -> LATEST (1.4.0), for {}", place_name(c),
                                       asked.version, joined(features)));
  } else if (features.empty()) {
    out.add("platform.no_newer_feature",
            fmt::format("{} uses nothing that needs platform version 1.4.0", name), source);
  }
}

void observe_system(const Case& c, const VersionAsked& asked, Observations& out) {
  if (c.task_definition == nullptr) return;
  const facts::TaskDefinition& d = *c.task_definition;
  const bool arm = d.cpu_architecture == "ARM64", windows = is_windows(c);
  bool on_spot = item_of(strategy_in_force(c), "FARGATE_SPOT") != nullptr;
  for (const Stop& stop : c.stops)
    on_spot = on_spot || (stop.task != nullptr && stop.task->capacity_provider == "FARGATE_SPOT");
  const std::string system =
      fmt::format("{}/{}", d.operating_system_family.empty() ? "LINUX" : d.operating_system_family,
                  d.cpu_architecture.empty() ? "X86_64" : d.cpu_architecture);
  const Source source{"ecs", "describe-task-definition", {}, "runtimePlatform", system, std::nullopt};
  std::string why;
  if (windows && arm) why = "Windows runs on X86_64 alone";
  if (windows && on_spot) why = "Windows has no Fargate Spot";
  if (arm && is_old(asked.version))
    why = fmt::format("ARM64 needs platform version 1.4.0, not {}", asked.version);
  if (!why.empty()) {
    out.add("platform.system_not_offered",
            fmt::format("{} asks for {}: {}", core::family_revision(d.arn), system, why), source);
    out.fix_details.emplace_back("runtime_platform", fmt::format("{}: {}", system, why));
  } else if (!arm && !windows) {
    out.add("platform.system_common",
            fmt::format("{} asks for {}, which is offered everywhere", core::family_revision(d.arn), system),
            source);
  }
}

void observe_platform_size(const Case& c, Observations& out) {
  if (c.task_definition == nullptr || c.task_definition->cpu.empty()) return;
  const facts::TaskDefinition& d = *c.task_definition;
  const int cpu = units_of(d.cpu), memory = units_of(d.memory);
  const std::string pair = fmt::format("{} CPU units with {} MiB", cpu, memory);
  const Source source{"ecs",         "describe-task-definition", {},
                      "cpu, memory", d.cpu + ", " + d.memory,    std::nullopt};
  if (is_offered(cpu, memory, is_windows(c))) {
    out.add("platform.size_offered",
            fmt::format("{} ({}) is a size that Fargate offers", core::family_revision(d.arn), pair), source);
    return;
  }
  out.add("platform.size_not_offered",
          fmt::format("{} asks for {}, which Fargate does not offer", core::family_revision(d.arn), pair),
          source);
  out.fix_details.emplace_back("valid_task_size", fmt::format("{} -> {}", pair, nearest_size(cpu, memory)));
}

}  // namespace

void observe_platform(const Case& c, Observations& out) {
  observe_signs(c, out);
  const VersionAsked asked = version_asked(c);
  observe_version(c, asked, out);
  observe_features(c, asked, out);
  observe_system(c, asked, out);
  observe_platform_size(c, out);
  if (c.task_definition == nullptr) {
    note_missing(c, out, "ecs.describe-task-definition",
                 fmt::format("the task definition of {}", place_name(c)),
                 "aws ecs describe-task-definition --task-definition FAMILY:REVISION > "
                 "ecs.describe-task-definition.json");
  }
}

}  // namespace doctor::diagnose
