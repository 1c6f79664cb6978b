// Facts as text, one line a field that is set: for tests that compare two readings, and for reading by eye.
//
//   places[0].tasks[arn:aws:ecs:…].stop_code = "SpotInterruption"
#pragma once

#include <string>

#include "facts/facts.h"

namespace doctor::facts {

std::string to_text(const Facts& facts);

}  // namespace doctor::facts
