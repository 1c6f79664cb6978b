// The commands, one file each (<name>_command.cc). Each adds itself to the parser and sets `run` when it is
// chosen.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace doctor::cli {

struct Context;
using Run = std::function<int(Context&)>;

void add_diagnose(CLI::App& app, Run& run);
void add_plan(CLI::App& app, Run& run);
void add_snapshot(CLI::App& app, Run& run);
void add_apply(CLI::App& app, Run& run);
void add_rollback(CLI::App& app, Run& run);
void add_runs(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_codify(CLI::App& app, Run& run);
void add_iam_explain(CLI::App& app, Run& run);
void add_iam_minimum(CLI::App& app, Run& run);
void add_network_path(CLI::App& app, Run& run);
void add_network_needs(CLI::App& app, Run& run);
void add_verify(CLI::App& app, Run& run);
void add_runbook(CLI::App& app, Run& run);
void add_lab(CLI::App& app, Run& run);
void add_iam(CLI::App& app, Run& run);  // the group: evaluate and lint

}  // namespace doctor::cli
