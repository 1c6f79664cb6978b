// --cluster, --service, --task and --since, which several commands share.
#pragma once

#include <string>

#include "core/result.h"
#include "facts/scope.h"

namespace CLI {
class App;
}

namespace doctor::cli {

struct Selectors {
  std::string cluster, service, task, since;
};

void add_selectors(CLI::App& command, Selectors& selectors);

// Error: usage (a duration that is none), bad_input (an ARN of another kind of thing).
core::Result<facts::Scope> scope_of(const Selectors& selectors);

}  // namespace doctor::cli
