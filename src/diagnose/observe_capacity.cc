#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/glob.h"
#include "core/json.h"
#include "core/time.h"
#include "diagnose/families.h"
#include "diagnose/observations.h"
#include "diagnose/strategy.h"

namespace doctor::diagnose {
namespace {

constexpr std::string_view kOnDemandQuota = "L-3032A538", kSpotQuota = "L-36FBB829";
constexpr std::size_t kLaunchBurst = 100;  // the bucket of "AWS Fargate throttling quotas"
constexpr std::chrono::minutes kAround{15};

double vcpus_of(const Case& c) {
  if (c.task_definition == nullptr) return 0;
  const std::string& cpu = c.task_definition->cpu;  // "1024", or "1 vCPU" as people write it
  int units = 0;
  const auto [end, error] = std::from_chars(cpu.data(), cpu.data() + cpu.size(), units);
  if (error != std::errc()) return 0;
  return core::contains_ignoring_case(cpu, "vcpu") ? units : units / 1024.0;
}

// --- Which capacity was asked for
// ----------------------------------------------------------------------------

struct Asked {
  bool spot = false, on_demand = false;
  Source source;

  bool known() const { return spot || on_demand; }
  bool only_spot() const { return spot && !on_demand; }
  bool only_on_demand() const { return on_demand && !spot; }
};

Asked asked_by_strategy(const Strategy& strategy, Source source) {
  return {item_of(strategy, "FARGATE_SPOT") != nullptr, item_of(strategy, "FARGATE") != nullptr,
          std::move(source)};
}

// What a refused call's own parameters ask for: "RunTask": a strategy or a launch type, never both, and the
// cluster's default strategy where it names neither.
Asked asked_by_call(const Case& c, const Stop& stop) {
  const auto document = core::JsonDocument::parse(parameters_of(c, stop), "requestParameters");
  if (!document) return {};
  const facts::Origin& call = stop.failure->origin;
  const core::Json parameters = document->root();
  if (const std::string_view type = parameters["launchType"].string_or(); !type.empty()) {
    return {false, type == "FARGATE", source_of(call, "launchType", std::string(type), stop.time)};
  }
  Strategy strategy;
  for (const core::Json& item : parameters["capacityProviderStrategy"].items()) {
    strategy.push_back({std::string(item["capacityProvider"].string_or()),
                        static_cast<int>(item["base"].integer_or(0)),
                        static_cast<int>(item["weight"].integer_or(0))});
  }
  if (!strategy.empty()) {
    return asked_by_strategy(strategy,
                             source_of(call, "capacityProviderStrategy", to_words(strategy), stop.time));
  }
  if (c.cluster == nullptr) return {};
  return asked_by_strategy(c.cluster->default_strategy, Source{"ecs",
                                                               "describe-clusters",
                                                               {},
                                                               "defaultCapacityProviderStrategy",
                                                               to_words(c.cluster->default_strategy),
                                                               std::nullopt});
}

// By the service's strategy or launch type; else by what the tasks ran on and what the refused calls name.
Asked asked_capacity(const Case& c) {
  const Strategy strategy = strategy_in_force(c);
  if (!strategy.empty()) {
    return asked_by_strategy(
        strategy,
        Source{"ecs", "describe-services", {}, "capacityProviderStrategy", to_words(strategy), std::nullopt});
  }
  if (c.service != nullptr && c.service->launch_type == "FARGATE")
    return {false, true, Source{"ecs", "describe-services", {}, "launchType", "FARGATE", std::nullopt}};
  Asked asked;
  for (const Stop& stop : c.stops) {
    Asked one;
    if (stop.failure != nullptr) {
      one = asked_by_call(c, stop);
    } else if (stop.task != nullptr && !stop.task->capacity_provider.empty()) {
      const std::string& provider = stop.task->capacity_provider;
      one = {provider == "FARGATE_SPOT", provider != "FARGATE_SPOT",
             source_of(stop.task->origin, "capacityProviderName", provider)};
    }
    if (!one.known()) continue;
    asked = {asked.spot || one.spot, asked.on_demand || one.on_demand, std::move(one.source)};
  }
  return asked;
}

void observe_provider(const Case& c, const Asked& asked, Observations& out) {
  if (asked.only_spot()) {
    out.add("capacity.only_spot", fmt::format("{} asks for FARGATE_SPOT alone", place_name(c)), asked.source);
  } else if (asked.only_on_demand()) {
    out.add("capacity.only_on_demand", fmt::format("{} asks for on-demand FARGATE alone", place_name(c)),
            asked.source);
    // No move from Spot to on-demand helps where nothing runs on Spot.
    out.useless_fixes.insert(out.useless_fixes.end(), {"on_demand_base", "run_on_demand"});
  }
}

// --- Quotas and rates
// -----------------------------------------------------------------------------------------

struct QuotaRows {
  std::string_view code, full, free, words;
};

void observe_quota(const Case& c, const QuotaRows& rows, Observations& out) {
  for (const facts::ServiceQuota& quota : c.place->quotas) {
    if (quota.service != "fargate" || quota.code != rows.code) continue;
    const Source source{"service-quotas",
                        "get-service-quota",
                        {},
                        quota.code,
                        quota.usage ? fmt::format("{:g} of {:g}", *quota.usage, quota.value)
                                    : fmt::format("{:g}", quota.value),
                        std::nullopt};
    out.fix_details.emplace_back(
        "quota_request", fmt::format("{} ({}): {:g} -> {:g} vCPUs in {}", rows.words, quota.code, quota.value,
                                     std::max(quota.value * 2, quota.value + 4), c.place->region));
    out.fix_details.emplace_back("quota_alarm",
                                 fmt::format("{} ({}): alarm at {:g} of {:g} vCPUs", rows.words, quota.code,
                                             quota.value * 0.8, quota.value));
    if (!quota.usage) return;
    const double room = std::max(quota.value * 0.05, vcpus_of(c));
    if (*quota.usage + room >= quota.value) {
      out.add(rows.full,
              fmt::format("{:g} of {:g} vCPUs of the {} are in use", *quota.usage, quota.value, rows.words),
              source);
    } else if (*quota.usage < quota.value * 0.8) {
      out.add(
          rows.free,
          fmt::format("only {:g} of {:g} vCPUs of the {} are in use", *quota.usage, quota.value, rows.words),
          source);
    }
    return;
  }
}

void observe_quotas(const Case& c, const Asked& asked, Observations& out) {
  const bool about_quota = has_sign(c, "capacity.vcpu_limit");
  if (about_quota || !c.place->quotas.empty()) {
    const QuotaRows on_demand{kOnDemandQuota, "capacity.on_demand_quota_full",
                              "capacity.on_demand_quota_free", "on-demand Fargate quota"};
    const QuotaRows spot{kSpotQuota, "capacity.spot_quota_full", "capacity.spot_quota_free",
                         "Fargate Spot quota"};
    // The quota that the tasks draw on comes last, so that the fixes speak of it.
    const bool spot_last = asked.only_spot();
    observe_quota(c, spot_last ? on_demand : spot, out);
    observe_quota(c, spot_last ? spot : on_demand, out);
  }
  if (about_quota && c.place->quotas.empty()) {
    const bool listed = c.place->knows("service-quotas.list-service-quotas") ||
                        c.place->knows("service-quotas.get-service-quota");
    if (!listed) {
      note_missing(c, out, "service-quotas.list-service-quotas",
                   fmt::format("Fargate quotas of {}", c.place->region),
                   "aws service-quotas list-service-quotas --service-code fargate > "
                   "service-quotas.list-service-quotas.fargate.json");
    }
  }
  std::vector<const facts::QuotaRequest*> open;
  for (const facts::QuotaRequest& request : c.place->quota_requests) {
    const bool is_open = request.status == "PENDING" || request.status == "CASE_OPENED";
    if (is_open && request.service == "fargate") open.push_back(&request);
  }
  std::sort(open.begin(), open.end(), [](const auto* a, const auto* b) {
    return std::tie(a->code, a->created, a->desired_value) < std::tie(b->code, b->created, b->desired_value);
  });
  for (const facts::QuotaRequest* request : open) {
    out.add("capacity.request_open",
            fmt::format("a request to raise {} to {:g} is {}", request->code, request->desired_value,
                        request->status),
            Source{"service-quotas",
                   "list-requested-service-quota-change-history",
                   {},
                   "Status",
                   request->status,
                   request->created});
    out.fix_details.emplace_back(
        "quota_request",
        fmt::format("{} is already asked for at {:g}: follow {}", request->code, request->desired_value,
                    request->case_id.empty() ? "that request" : "case " + request->case_id));
  }
}

void observe_launch_burst(const Case& c, Observations& out) {
  if (!c.first || c.index == nullptr) return;
  const auto& times = c.index->launches;
  const auto from = std::lower_bound(times.begin(), times.end(), *c.first - std::chrono::minutes{1});
  const auto to = std::upper_bound(from, times.end(), *c.first + std::chrono::minutes{1});
  const auto launches = static_cast<std::size_t>(to - from);
  if (launches <= kLaunchBurst) return;
  out.add("capacity.launch_burst",
          fmt::format("{} were launched in the account within a minute of the first failure",
                      counted(launches, "task")),
          Source{"ecs", "describe-tasks", {}, "createdAt", std::to_string(launches), c.first});
}

// --- Zone or region
// ----------------------------------------------------------------------------------------------

void observe_starts(const Case& c, Observations& out) {
  if (!c.first || c.index == nullptr || !has_sign(c, "capacity.unavailable")) return;
  std::vector<std::string> failed = zones_of_stops(c);
  std::vector<std::string> started;
  const facts::Task* one = nullptr;
  for (const facts::Task* task : tasks_of(*c.index, key_of(c))) {
    const auto when = task->started_at;
    if (!when || *when < *c.first || *when > *c.last + kAround) continue;
    started.push_back(task->availability_zone);
    if (one == nullptr) one = task;
  }
  const std::vector<std::string> zones = distinct(std::move(started));
  const std::vector<std::string> configured = zones_configured(c);
  if (one != nullptr && !zones.empty()) {
    if (configured.size() > zones.size()) {
      std::vector<std::string> without;
      std::set_difference(configured.begin(), configured.end(), zones.begin(), zones.end(),
                          std::back_inserter(without));
      out.add("capacity.other_zones_started",
              fmt::format("tasks of {} started in {} meanwhile, none in {}", place_name(c), joined(zones),
                          joined(without)),
              source_of(one->origin, "availabilityZone", joined(zones), one->started_at));
      out.fix_details.emplace_back(
          "leave_zone", fmt::format("{}: leave out the subnets in {}", place_name(c), joined(without)));
    }
    return;
  }
  if (configured.size() >= 2 && c.stops.size() >= 2) {
    out.add("capacity.no_zone_started",
            fmt::format("{} could use {}, and no task of it started between the first and the last failure",
                        place_name(c), joined(configured)),
            Source{"ecs", "describe-tasks", {}, "startedAt", "none", c.first});
  }
}

// --- What was asked for
// --------------------------------------------------------------------------------------------

void observe_size(const Case& c, Observations& out) {
  if (c.task_definition == nullptr) return;
  const facts::TaskDefinition& d = *c.task_definition;
  const bool arm = d.cpu_architecture == "ARM64", windows = d.operating_system_family.starts_with("WINDOWS");
  const bool large = vcpus_of(c) >= 8;
  const std::string what =
      fmt::format("{} CPU and {} memory, {} {}", d.cpu, d.memory,
                  d.operating_system_family.empty() ? "LINUX" : d.operating_system_family,
                  d.cpu_architecture.empty() ? "X86_64" : d.cpu_architecture);
  const Source source{"ecs",       "describe-task-definition", {}, "cpu, memory, runtimePlatform", what,
                      std::nullopt};
  if (large) out.add("capacity.large_size", fmt::format("each task asks for {}", what), source);
  if (arm) out.add("capacity.arm64", fmt::format("each task asks for {}", what), source);
  if (windows) out.add("capacity.windows", fmt::format("each task asks for {}", what), source);
  if (!large && !arm && !windows && !d.cpu.empty()) {
    out.add("capacity.common_size", fmt::format("each task asks for {}, which fits anywhere", what), source);
    out.useless_fixes.emplace_back("common_task_size");
  }
  if (large || arm || windows) {
    out.fix_details.emplace_back("common_task_size", fmt::format("today each task asks for {}", what));
  }
}

}  // namespace

void observe_capacity(const Case& c, Observations& out) {
  observe_signs(c, out);
  const Asked asked = asked_capacity(c);
  observe_provider(c, asked, out);
  observe_quotas(c, asked, out);
  observe_launch_burst(c, out);
  observe_starts(c, out);
  observe_size(c, out);
  observe_zones(c, out, "capacity");
  observe_on_demand_base(c, out, "capacity");
}

}  // namespace doctor::diagnose
