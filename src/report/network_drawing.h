// The path as a drawing: its hops as boxes from left to right, wrapped onto rows, one lane there and one
// back.
#pragma once

#include <string>

#include "network/path.h"

namespace doctor::report {

// An <svg> of the answer; colours are the style sheet's (network_style.cc). Empty where there is no hop.
std::string path_drawing(const network::Answer& answer);

}  // namespace doctor::report
