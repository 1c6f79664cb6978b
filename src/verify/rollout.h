// Whether ECS is replacing the service's tasks at this moment.
#pragma once

#include <string>

#include "aws/client.h"
#include "remedy/journal.h"

namespace doctor::verify {

// False also where it could not be asked: a load must not go on for that.
bool rollout_in_progress(aws::Client& client, const remedy::Run& run, const std::string& region);

}  // namespace doctor::verify
