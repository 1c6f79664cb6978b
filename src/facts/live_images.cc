// Images in Amazon ECR, and what a container that failed said last.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "facts/live_rules.h"
#include "facts/needs.h"
#include "facts/subject.h"

namespace doctor::facts {
namespace {

using Input = nlohmann::json;

constexpr std::size_t kLoggedStops = 3;  // newest stops of a task definition whose logs are read
constexpr int kLogLines = 100;

void ask_image(const View& view, const std::string& image) {
  const auto found = ecr_image(image);
  if (!found || !view.board.first_time(view.index, "image:" + image)) return;
  const Input id =
      found->digest.empty() ? Input{{"imageTag", found->tag}} : Input{{"imageDigest", found->digest}};
  Input input{{"registryId", found->registry}, {"repositoryName", found->repository}, {"imageIds", {id}}};
  const std::string subject =
      slug(found->repository + "_" + (found->digest.empty() ? found->tag : found->digest));
  view.board.ask(view.index, found->region, "ecr", "DescribeImages", input.dump(), subject);
  input["acceptedMediaTypes"] = {"application/vnd.docker.distribution.manifest.v2+json",
                                 "application/vnd.docker.distribution.manifest.list.v2+json",
                                 "application/vnd.oci.image.manifest.v1+json",
                                 "application/vnd.oci.image.index.v1+json"};
  view.board.ask(view.index, found->region, "ecr", "BatchGetImage", input.dump(), subject);
}

std::string option(const ContainerDefinition& container, const std::string& name) {
  const auto found = container.log_options.find(name);
  return found == container.log_options.end() ? std::string{} : found->second;
}

void ask_logs_of(const View& view, const Task& task, const TaskDefinition& definition) {
  for (const ContainerDefinition& container : definition.containers) {
    const std::string group = option(container, "awslogs-group");
    const std::string prefix = option(container, "awslogs-stream-prefix");
    if (container.log_driver != "awslogs" || group.empty() || prefix.empty()) continue;
    const auto state = std::find_if(task.containers.begin(), task.containers.end(),
                                    [&](const Container& c) { return c.name == container.name; });
    // A container that ended well, beside one that did not, has nothing to say.
    if (state != task.containers.end() && state->exit_code == 0 && definition.containers.size() > 1) continue;
    const std::string stream = prefix + "/" + container.name + "/" + std::string(core::short_name(task.arn));
    const std::string named = option(container, "awslogs-region");
    view.board.ask(view.index, core::is_region_name(named) ? named : view.place.region, "logs",
                   "GetLogEvents",
                   Input{{"logGroupName", group},
                         {"logStreamName", stream},
                         {"limit", kLogLines},
                         {"startFromHead", false}}
                       .dump(),
                   slug(group + ":" + stream));
  }
}

// Whether this stop is one whose log can matter: it ran, and its own words ask for the log.
bool log_can_matter(const Task& task) {
  if (!task.started_at) return false;
  unsigned needs = needs_of(task.stopped_reason);
  for (const Container& container : task.containers) needs |= needs_of(container.reason);
  return (needs & kLogs) != 0;
}

void ask_logs(const View& view) {
  std::vector<const Task*> newest = view.stopped;
  std::stable_sort(newest.begin(), newest.end(),
                   [](const Task* a, const Task* b) { return a->stop_time() > b->stop_time(); });
  std::map<std::string, std::size_t> read;
  for (const Task* task : newest) {
    const auto definition = view.place.task_definitions.find(task->task_definition_arn);
    if (definition == view.place.task_definitions.end() || !log_can_matter(*task)) continue;
    if (++read[task->task_definition_arn] <= kLoggedStops) ask_logs_of(view, *task, definition->second);
  }
}

}  // namespace

// "Private registry authentication" in the ECR guide: aws_account_id.dkr.ecr.region.amazonaws.com.
std::optional<EcrImage> ecr_image(std::string_view image) {
  constexpr std::string_view kMark = ".dkr.ecr.";
  const auto mark = image.find(kMark);
  const auto slash = image.find('/');
  if (mark == std::string_view::npos || slash == std::string_view::npos || slash < mark) return std::nullopt;
  EcrImage out;
  out.registry = image.substr(0, mark);
  const auto host = image.substr(mark + kMark.size(), slash - mark - kMark.size());
  out.region = host.substr(0, host.find('.'));
  std::string_view name = image.substr(slash + 1);
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    out.digest = name.substr(at + 1);
    name = name.substr(0, at);
  }
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) {
    out.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  out.repository = name;
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  if (!core::is_account_id(out.registry) || !core::is_region_name(out.region)) return std::nullopt;
  return out;
}

void ask_images_and_logs(const View& view) {
  if ((view.needs & kImages) != 0) {
    for (const auto& [arn, definition] : view.place.task_definitions) {
      for (const ContainerDefinition& container : definition.containers) ask_image(view, container.image);
    }
  }
  if ((view.needs & kLogs) != 0) ask_logs(view);
}

}  // namespace doctor::facts
