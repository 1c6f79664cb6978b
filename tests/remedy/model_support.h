// What AWS makes of a request, on the states of kinds.h: as much of each operation as plans use.
#pragma once

#include <string>

#include "remedy/step.h"

namespace doctor::remedy {

// The state after the call; "" where the operation is not modelled. References in it stay text.
std::string after_call(const std::string& state, const Resource& resource, const Request& request);

}  // namespace doctor::remedy
