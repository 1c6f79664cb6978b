// Fixes that need a new revision of the task definition.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "diagnose/platform_sight.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

constexpr int kLongestStop = 120;  // "stopTimeout": the maximum on Fargate

// The numbers of a text, in their order.
std::vector<int> numbers_of(std::string_view text) {
  std::vector<int> numbers;
  for (std::size_t at = 0; at < text.size();) {
    int value = 0;
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9' && end - at < 9) {
      value = value * 10 + (text[end++] - '0');
    }
    if (end > at) numbers.push_back(value);
    at = end + (end == at ? 1 : 0);
  }
  return numbers;
}

int number_of(const std::string& text) {
  const auto numbers = numbers_of(text);
  return numbers.empty() ? 0 : numbers.front();
}

// The containers, as JSON, for which the change does something.
void each_container(json& definition, const std::function<void(json&)>& change) {
  if (!definition.contains("containerDefinitions")) return;
  for (json& container : definition["containerDefinitions"]) change(container);
}

void stop_timeout(Draft& d) {
  edit_definition(d, "stopTimeout 120 s", [](json& definition) {
    each_container(definition, [](json& c) {
      if (c.value("essential", true)) c["stopTimeout"] = kLongestStop;
    });
  });
}

void enlarge_ephemeral_storage(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  const int now = d.definition->ephemeral_storage_gib.value_or(20);
  const auto named = numbers_of(d.fix->detail);
  const int wanted = std::clamp(named.empty() ? now * 2 : named.back(), 21, 200);
  if (wanted <= now)
    return leave_out(d, fmt::format("the task has {} GiB already, and 200 is the most", now));
  edit_definition(d, fmt::format("ephemeral storage {} -> {} GiB", now, wanted), [wanted](json& definition) {
    definition["ephemeralStorage"] = {{"sizeInGiB", wanted}};
  });
}

void init_process(Draft& d) {
  edit_definition(d, "an init process in every container", [](json& definition) {
    each_container(definition, [](json& c) { c["linuxParameters"]["initProcessEnabled"] = true; });
  });
}

void writable_root(Draft& d) {
  edit_definition(d, "a writable root file system", [](json& definition) {
    each_container(definition, [](json& c) {
      if (c.value("readonlyRootFilesystem", false)) c["readonlyRootFilesystem"] = false;
    });
  });
}

void remove_aws_keys(Draft& d) {
  edit_definition(d, "no AWS access keys in the environment", [](json& definition) {
    each_container(definition, [](json& c) {
      for (const char* list : {"environment", "secrets"}) {
        if (!c.contains(list) || !c[list].is_array()) continue;
        json kept = json::array();
        for (const json& item : c[list]) {
          const std::string name = item.value("name", "");
          if (name != "AWS_ACCESS_KEY_ID" && name != "AWS_SECRET_ACCESS_KEY" && name != "AWS_SESSION_TOKEN")
            kept.push_back(item);
        }
        c[list] = kept;
      }
    });
  });
}

void set_size(Draft& d, int cpu, int memory) {
  if (!take(d, "size", "the task's size")) return;
  edit_definition(d,
                  fmt::format("{} CPU units with {} MiB instead of {} with {}", cpu, memory,
                              d.definition->cpu, d.definition->memory),
                  [cpu, memory](json& definition) {
                    definition["cpu"] = std::to_string(cpu);
                    definition["memory"] = std::to_string(memory);
                  });
}

// The diagnosis names the nearest pair that Fargate offers: "300 … with 700 MiB -> 512 CPU units with 1024
// MiB".
void valid_task_size(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  const auto arrow = d.fix->detail.find("->");
  const auto named = numbers_of(arrow == std::string::npos ? "" : d.fix->detail.substr(arrow));
  if (named.size() < 2) return leave_out(d, "the nearest size that Fargate offers is not known");
  set_size(d, named[0], named[1]);
}

// The pair with about twice the memory, at the same CPU where it offers that: "Task CPU and memory".
void raise_memory(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  struct Row {
    int cpu, most, step;
  };
  static constexpr Row kRows[] = {{256, 2048, 512},     {512, 4096, 1024},   {1024, 8192, 1024},
                                  {2048, 16384, 1024},  {4096, 30720, 1024}, {8192, 61440, 4096},
                                  {16384, 122880, 8192}};
  const int cpu = number_of(d.definition->cpu), now = number_of(d.definition->memory);
  for (const Row& row : kRows) {
    if (row.cpu < cpu || now <= 0) continue;
    int wanted = (now * 2 + row.step - 1) / row.step * row.step;
    if (row.cpu == 256 && wanted == 1536) wanted = 2048;
    wanted = std::max(wanted, row.cpu * 2);  // the least of every row
    if (wanted > row.most) continue;
    if (!take(d, "size", "the task's size")) return;
    edit_definition(
        d, fmt::format("{} MiB of memory instead of {}", wanted, now),
        [wanted, now, cpu = row.cpu](json& definition) {
          definition["cpu"] = std::to_string(cpu);
          definition["memory"] = std::to_string(wanted);
          each_container(definition, [&](json& c) {  // a container's own limit stays in proportion
            if (c.contains("memory") && c["memory"].is_number_integer() && c["memory"] > 0)
              c["memory"] = std::min<long long>(wanted, c["memory"].get<long long>() * wanted / now);
          });
        });
    return;
  }
  leave_out(d, "Fargate offers no size with more memory");
}

// Platforms that every image of the task has: "linux/amd64". Empty where one of them is not known.
std::vector<std::string> platforms_of(const Draft& d) {
  std::vector<std::string> common;
  bool first = true;
  for (const auto& container : d.definition->containers) {
    const facts::Image* image = diagnose::image_of(*d.place, container.image, "");
    if (image == nullptr || image->platforms.empty()) return {};
    if (first) common = image->platforms;
    std::erase_if(common, [&](const std::string& p) {
      return std::find(image->platforms.begin(), image->platforms.end(), p) == image->platforms.end();
    });
    first = false;
  }
  return common;
}

void set_architecture(Draft& d, const std::string& architecture) {
  if (!take(d, "architecture", "the CPU architecture")) return;
  const std::string now = d.definition->cpu_architecture.empty() ? "X86_64" : d.definition->cpu_architecture;
  edit_definition(d, fmt::format("CPU architecture {} -> {}", now, architecture),
                  [architecture](json& definition) {
                    definition["runtimePlatform"]["cpuArchitecture"] = architecture;
                    if (!definition["runtimePlatform"].contains("operatingSystemFamily"))
                      definition["runtimePlatform"]["operatingSystemFamily"] = "LINUX";
                  });
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

void build_for_architecture(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  const bool arm = d.definition->cpu_architecture == "ARM64";
  const auto platforms = platforms_of(d);
  if (arm && has(platforms, "linux/amd64")) return set_architecture(d, "X86_64");
  if (!arm && (has(platforms, "linux/arm64") || has(platforms, "linux/arm64/v8")) &&
      !has(platforms, "linux/amd64"))
    return set_architecture(d, "ARM64");
  advise(d, fmt::format(
                "{} asks for {}: build and push the image for it (docker buildx build --platform {}), and "
                "let the service take the new tag",
                core::family_revision(d.definition->arn), arm ? "ARM64" : "X86_64",
                arm ? "linux/arm64" : "linux/amd64"));
}

// ARM64 is offered in fewer places than X86_64; an image that has both can go there.
void to_common_platform(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  if (d.definition->cpu_architecture == "ARM64" && has(platforms_of(d), "linux/amd64"))
    return set_architecture(d, "X86_64");
  const bool windows = d.definition->operating_system_family.starts_with("WINDOWS");
  advise(
      d,
      d.definition->cpu_architecture == "ARM64"
          ? "the task runs on ARM64, and the facts do not show that its images have linux/amd64 too: build "
            "them for both, then set cpuArchitecture X86_64"
      : windows ? "Windows tasks run on demand only, on the platform versions of Windows: use FARGATE, or a "
                  "Linux image"
                : fmt::format("{} ({} CPU units, {} MiB): whether the application runs in less is for its "
                              "owners to say. {}",
                              core::family_revision(d.definition->arn), d.definition->cpu,
                              d.definition->memory, d.fix->detail));
}

// The digest that tasks of the service ran with, so that a moved or deleted tag counts no more.
void correct_image_reference(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  for (const auto& container : d.definition->containers) {
    const diagnose::ImageName name = diagnose::image_name_of(container.image);
    std::string digest;
    for (const facts::Image& image : d.place->images) {  // still in the registry, newest first
      if (image.repository == name.repository && has(image.tags, name.tag)) digest = image.digest;
    }
    const facts::Image* newest = nullptr;
    for (const auto& [arn, task] : d.place->tasks) {
      for (const auto& ran : task.containers) {
        if (task.last_status != "RUNNING" || ran.name != container.name || ran.image_digest.empty()) continue;
        for (const facts::Image& image : d.place->images) {
          if (image.digest == ran.image_digest) newest = &image;
        }
      }
    }
    if (digest.empty() && newest != nullptr) digest = newest->digest;
    if (digest.empty()) continue;
    const std::string pinned = fmt::format("{}/{}@{}", name.registry, name.repository, digest);
    edit_definition(d, fmt::format("image of {} by its digest {}", container.name, digest.substr(0, 19)),
                    [pinned, which = container.name](json& definition) {
                      each_container(definition, [&](json& c) {
                        if (c.value("name", "") == which) c["image"] = pinned;
                      });
                    });
    return;
  }
  std::string tags;
  for (const facts::Image& image : d.place->images) {
    for (const auto& tag : image.tags) tags += (tags.empty() ? "" : ", ") + image.repository + ":" + tag;
  }
  advise(d, fmt::format("which image is meant is for a person to say{}{}",
                        tags.empty() ? "" : "; the registry has ", tags));
}

void rotate_logs(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  const bool none = std::any_of(d.definition->containers.begin(), d.definition->containers.end(),
                                [](const auto& c) { return c.log_driver.empty(); });
  if (!none || d.definition->execution_role_arn.empty())
    return advise(d,
                  "let the application log to standard output, or rotate its log files in the container "
                  "(logrotate with size and count): the containers have a log driver already");
  const std::string group = "/ecs/" + d.definition->family;
  const Resource where = resource(d, "logs:log-group", group);
  const std::string before = state_or_absent(d, where);
  if (before == "null") {
    Step step = make_step(d, where, before, fmt::format("Create the log group {}", group),
                          request(d, "logs", "CreateLogGroup", {{"logGroupName", group}}));
    step.effects = {{"/logGroupName", json(group).dump()}};
    step.inverse = request(d, "logs", "DeleteLogGroup", {{"logGroupName", group}});
    step.cost =
        "0.50 USD a GB taken in, 0.03 USD a GB and month kept, in us-east-1 (Amazon CloudWatch pricing)";
    add(d, std::move(step), When::before_service);
  }
  edit_definition(
      d, fmt::format("standard output to the log group {}", group),
      [group, region = d.place->region](json& definition) {
        each_container(definition, [&](json& c) {
          if (c.contains("logConfiguration")) return;
          c["logConfiguration"] = {
              {"logDriver", "awslogs"},
              {"options",
               {{"awslogs-group", group}, {"awslogs-region", region}, {"awslogs-stream-prefix", "ecs"}}}};
        });
      });
}

void correct_container_health_check(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  edit_definition(d, "a start period of 120 s for the container's health check", [](json& definition) {
    each_container(definition, [](json& c) {
      if (c.contains("healthCheck") && c["healthCheck"].value("startPeriod", 0) < 120)
        c["healthCheck"]["startPeriod"] = 120;
    });
  });
  advise(
      d,
      "a start period only helps a container that starts slowly: try the command in the container (aws ecs "
      "execute-command) and see that it ends with 0");
}

// The platform's feature may be asked for on the version that runs: the service's version is the fix then.
void new_revision(Draft& d) {
  if (d.cause != nullptr && d.cause->id == "platform.feature_needs_newer")
    return advise(
        d, "or take the feature that needs the newer version out of the task definition: " + d.fix->detail);
  advise(d, d.fix->detail.empty() ? "what the revision must say is not known from the facts" : d.fix->detail);
}

}  // namespace

std::vector<PlannerRow> planners_of_definition() {
  return {{"stop_timeout", stop_timeout},
          {"enlarge_ephemeral_storage", enlarge_ephemeral_storage},
          {"init_process", init_process},
          {"writable_root", writable_root},
          {"remove_aws_keys", remove_aws_keys},
          {"valid_task_size", valid_task_size},
          {"raise_memory", raise_memory},
          {"build_for_architecture", build_for_architecture},
          {"runtime_platform", to_common_platform},
          {"common_task_size", to_common_platform},
          {"correct_image_reference", correct_image_reference},
          {"rotate_logs_or_send_to_cloudwatch", rotate_logs},
          {"correct_container_health_check", correct_container_health_check},
          {"new_revision", new_revision}};
}

}  // namespace doctor::remedy
