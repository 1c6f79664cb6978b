// Sizes and versions that several families ask about: platform before 1.4.0, ephemeral storage, image bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/observe.h"
#include "facts/facts.h"

namespace doctor::diagnose {

// Linux platform versions 1.0.0 to 1.3.0; empty where the task does not say ("LATEST" says nothing).
std::optional<bool> task_is_before_1_4(const facts::Task& task);

// GiB of ephemeral storage that the task has: its own, its task definition's, else the default of 20 (10 for
// image layers before 1.4.0, "Fargate task ephemeral storage for Amazon ECS").
int ephemeral_storage_gib(const facts::Task* task, const facts::TaskDefinition* definition);
bool has_default_storage(const facts::Task* task, const facts::TaskDefinition* definition);

// The image's repository, tag and digest as the registry knows them.
struct ImageName {
  std::string registry, repository, tag, digest;
  bool in_ecr = false;
  std::string region;  // of an ECR registry
};
ImageName image_name_of(std::string_view image);

// The image in the facts that a container runs: by digest, else by repository and tag. Null where unknown.
const facts::Image* image_of(const facts::Place& place, std::string_view image, std::string_view digest);

// The images of the task's containers that are known, in the task definition's order, and whether all are.
struct TaskImages {
  std::vector<const facts::Image*> images;
  bool complete = false;
  long long compressed_bytes = 0;  // of those known; an image that two containers run counts once
};
TaskImages images_of(const Case& c, const facts::Task* task);

std::string in_gigabytes(long long bytes);  // "1.9 GB", "420 MB"

}  // namespace doctor::diagnose
