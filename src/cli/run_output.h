// What apply, rollback and runs share: where the journal is, how a run is shown while it goes on and at its
// end, and the exit code that its result means.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/client.h"
#include "cli/context.h"
#include "core/result.h"
#include "remedy/apply.h"

namespace doctor::cli {

inline constexpr int kRolledBack = 5;
inline constexpr int kStuck = 6;

// `flag`, else $XDG_STATE_HOME/fargate-doctor/journal.db, else ~/.local/state/… Error: usage.
core::Result<std::unique_ptr<remedy::Journal>> open_journal(const std::string& flag);

// Ctrl-C does not end its calls: a step that has begun is finished. Error: usage; refused, where the
// credentials are another account's than the plan's.
core::Result<std::unique_ptr<aws::Client>> client_for_changes(const Context& context,
                                                              const std::string& account,
                                                              const std::string& region);

// Lines on a terminal's stderr; with --output json one line a step on stdout.
std::function<void(const remedy::Progress&)> progress_of(Context& context);

// The end of a run, in text or as one JSON line ("fargate-doctor/run/1").
void print_report(Context& context, const remedy::RunReport& report);
int exit_code_of(const Context& context, const remedy::RunReport& report);

// A dry run. `run` is "" for a plan, else the run that would be taken back.
void print_previews(Context& context, const remedy::Plan& plan, const std::string& run,
                    const std::vector<remedy::Preview>& previews, const std::vector<std::string>& objections);
int exit_code_of(const std::vector<remedy::Preview>& previews);

// Asks on a terminal what the flags leave open. Error: usage, where the plan needs more than they say.
struct Consent {
  bool yes = false;
  int dependents = -1;  // --confirm
};
core::Result<void> require_consent(Context& context, const remedy::Plan& plan, const Consent& consent);

}  // namespace doctor::cli
