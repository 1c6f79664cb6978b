// What the commands of the group `network` share: where the facts come from, and how an answer ends.
#pragma once

#include <string>

#include "core/result.h"
#include "facts/facts.h"
#include "facts/scope.h"
#include "report/network_words.h"

namespace CLI {
class App;
}

namespace doctor::cli {

struct Context;

struct NetworkSource {
  std::string snapshot, record;
};

// The group `network`, which several commands share.
CLI::App& network_group(CLI::App& app);

void add_network_source(CLI::App& command, NetworkSource& source);

// The facts of a snapshot folder, or the EC2 network answers of the regions asked for, read live; and Amazon
// ECS's of the task or service that `ecs` names, if any. Says on stderr what AWS refused, with the action.
core::Result<facts::Facts> network_facts(Context& context, const NetworkSource& source,
                                         facts::Scope ecs = {});

// 0 reachable, 1 something drops it, 4 what is missing decides.
int network_exit_code(report::Verdict verdict);

}  // namespace doctor::cli
