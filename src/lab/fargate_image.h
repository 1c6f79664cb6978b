// Pulling an image: how long it takes, and what stops it.
//
// The compressed layers travel at the path's rate, then unpack onto the task's ephemeral storage. An image of
// ECR in the account and Region is looked up in the lab's registry; any other image is a small public one.
// Reasons are in the words of "CannotPullContainer task errors" (developer guide).
#pragma once

#include <string>

#include "lab/ecs.h"

namespace doctor::lab {

struct Pull {
  core::Duration takes{0};
  std::string digest;
  double unpacked_gib = 0;  // what it takes of the ephemeral storage once it is there
  std::string failure;      // "CannotPullContainerError: …"; empty when it succeeds
};

// occupied_gib: what the task's other images have taken already.
Pull pull_of(const EcsScope& here, const TaskRecord& task, const TaskDefinitionRecord& definition,
             const std::string& image, double occupied_gib);

// What must be had before any image: registry authorization, secrets, the log group. Empty, or the whole
// "ResourceInitializationError: …".
std::string resources_failure(const EcsScope& here, const TaskRecord& task,
                              const TaskDefinitionRecord& definition);

bool is_ecr_image(const std::string& image);

}  // namespace doctor::lab
