// States of resources before a plan: read from AWS, or out of the files of a snapshot.
//
//   auto states = states_of(client, resources_of(facts, diagnosis, options));
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aws/client.h"
#include "core/result.h"
#include "remedy/planner.h"

namespace doctor::remedy {

struct States {
  std::vector<KnownState> known;
  std::vector<std::string> missing;  // "ecs:service arn:…: AccessDeniedException: …", one line each
};

// All at once, each read once. A resource that AWS says is not there is known: "null".
States states_of(aws::Client& client, const std::vector<Resource>& resources);

// From the files that hold the answer of each kind's reading, of the resource's account and region. A
// resource that no file has is missing: a snapshot holds what was looked at, not all there is.
States states_in_snapshot(const std::filesystem::path& folder, const std::vector<Resource>& resources);

}  // namespace doctor::remedy
