#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_input.h"
#include "iam/minimum.h"

namespace doctor::cli {
namespace {

struct IamMinimumOptions {
  IamInput input;
  iam::MinimumOptions minimum;
};

core::Result<iam::Minimum> minimum_of(const IamMinimumOptions& options) {
  const auto& input = options.input;
  // An event's request says more than its message: it is read as a history of one call.
  const auto& file = input.history.empty() ? input.event : input.history;
  if (!file.empty()) {
    if (!input.words.empty() || (!input.history.empty() && !input.event.empty())) {
      return core::fail(core::ErrorKind::usage,
                        "give one of: the error's text, --event FILE, --history FILE");
    }
    const auto text = text_of_file(file);
    if (!text) return core::fail(text.error());
    const auto calls = iam::api_calls_of(*text, file);
    if (!calls) return core::fail(calls.error());
    return iam::minimum_for(*calls, options.minimum);
  }
  const auto denials = denials_of(input);
  if (!denials) return core::fail(denials.error());
  return iam::minimum_for(*denials, options.minimum);
}

std::string minimum_text(const iam::Minimum& minimum) {
  std::string out;
  for (const auto& obstacle : minimum.obstacles)
    out += "Obstacle: " + core::printable(obstacle.sentence) + "\n";
  for (const auto& policy : minimum.policies) {
    if (!out.empty()) out += '\n';
    out += std::string("Add to the ") + std::string(iam::policy_type_words(policy.level)) +
           (policy.level == iam::PolicyType::identity ? "" : " that must allow it") +
           (policy.target.empty() ? "" : " of " + core::printable(policy.target)) + ":\n" +
           iam::policy_json(policy) + "\n";
  }
  if (minimum.policies.empty()) out += "There is no policy to write.\n";
  if (!minimum.notes.empty()) out += "\nNotes:\n";
  for (const auto& note : minimum.notes) out += "- " + core::printable(note) + "\n";
  return out;
}

int iam_minimum_command(Context& context, const IamMinimumOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto minimum = minimum_of(options);
  if (!minimum) return report_error(context, minimum.error());
  context.out << (context.global.output == "json" ? iam::minimum_json(*minimum) + "\n"
                                                  : minimum_text(*minimum));
  return minimum->obstacles.empty() ? kNothingFound : kFound;
}

}  // namespace

void add_iam_minimum(CLI::App& app, Run& run) {
  auto options = std::make_shared<IamMinimumOptions>();
  auto* command = iam_group(app).add_subcommand(
      "minimum", "Write the smallest policy that allows what was refused, or what a role was seen to do");
  command->add_option("text", options->input.words,
                      "The error's text or a decoded authorization message; - reads standard input");
  command->add_option("--event", options->input.event, "The refused call's CloudTrail event");
  command->add_option("--history", options->input.history,
                      "CloudTrail log file, or what `aws cloudtrail lookup-events` prints");
  command->add_option("--role", options->minimum.role,
                      "Of a history only the calls of this role: ARN or name");
  command
      ->add_option("--resource", options->minimum.resources, "ARN for an action whose resource nobody named")
      ->allow_extra_args(false);
  command->add_flag("--exact", options->minimum.keep_ids, "Keep ids of tasks and log streams that were seen");
  command->callback([options, &run] {
    run = [options](Context& context) { return iam_minimum_command(context, *options); };
  });
}

}  // namespace doctor::cli
