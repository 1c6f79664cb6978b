// A resource as AWS shows it now, and waiting until it shows what it must. Internal to this stage.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "remedy/execution.h"

namespace doctor::remedy {

struct LiveState {
  std::string state;   // normalised; "null": not there
  std::string answer;  // AWS's, whole; "" where it is not there
};

// Error: AWS's; bad_input, where there is no such kind.
core::Result<LiveState> read_state(aws::Client& client, KindLookup kind, const Resource& resource);

struct Seen {
  LiveState live;
  bool held = false;  // the condition
};
using Condition = std::function<bool(const std::string& state)>;

// Reads at least once, and again after growing pauses until the condition holds or `bound` is over. A reading
// that AWS throttles or does not answer is one more reading. Error: the last reading's.
core::Result<Seen> read_until(Execution& run, const Resource& resource, const Condition& condition,
                              core::Duration bound);

// The state with the effects written into it; "" where that cannot be.
std::string with_effects(std::string_view state, const std::vector<Effect>& effects);
// Nothing is left for the step to do: it has every effect, and nothing else has changed.
bool is_already_so(const Step& step, std::string_view expected, std::string_view live);

// The value at the JSON pointer, as canonical text; "" where there is none.
std::string value_at(std::string_view json, const std::string& pointer);

}  // namespace doctor::remedy
