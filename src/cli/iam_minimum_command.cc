#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_input.h"
#include "iam/minimum.h"
#include "verify/access_analyzer.h"

namespace doctor::cli {
namespace {

struct IamMinimumOptions {
  IamInput input;
  iam::MinimumOptions minimum;
  bool confirm = false;
  std::string existing;
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

core::Result<verify::AnalyzerOpinion> opinion_of(Context& context, const IamMinimumOptions& options,
                                                 const iam::Minimum& minimum) {
  std::string existing;
  if (!options.existing.empty()) {
    auto text = text_of_file(options.existing);
    if (!text) return core::fail(text.error());
    existing = std::move(*text);
  }
  auto client = make_client(context);
  if (!client) return core::fail(client.error());
  const auto regions = regions_of(context, **client);
  if (!regions) return core::fail(regions.error());
  std::vector<verify::AnalyzerQuestion> questions;
  for (const auto& policy : minimum.policies)
    questions.push_back({iam::policy_json(policy), policy.level, questions.empty() ? existing : ""});
  return verify::ask_access_analyzer(**client, regions->front(), questions);
}

std::string opinion_text(const verify::AnalyzerOpinion& opinion) {
  std::string out = "\nIAM Access Analyzer:\n";
  for (const auto& finding : opinion.findings) {
    out += "- policy " + std::to_string(finding.policy + 1) + ": " + core::printable(finding.type) + " " +
           core::printable(finding.code) + ": " + core::printable(finding.details) + "\n";
  }
  if (opinion.findings.empty()) out += "- ValidatePolicy finds nothing.\n";
  if (!opinion.new_access.empty()) {
    out += "- CheckNoNewAccess: " + core::printable(opinion.new_access) + ": " +
           core::printable(opinion.new_access_message) + "\n";
  }
  return out;
}

std::string with_opinion(const std::string& minimum, const verify::AnalyzerOpinion& opinion) {
  auto out = nlohmann::ordered_json::parse(minimum);
  auto& row = out["access_analyzer"];
  row["findings"] = nlohmann::ordered_json::array();
  for (const auto& finding : opinion.findings) {
    row["findings"].push_back({{"policy", finding.policy},
                               {"type", finding.type},
                               {"code", finding.code},
                               {"details", finding.details},
                               {"learn_more", finding.learn_more}});
  }
  row["new_access"] = opinion.new_access;
  row["new_access_message"] = opinion.new_access_message;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

int iam_minimum_command(Context& context, const IamMinimumOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto minimum = minimum_of(options);
  if (!minimum) return report_error(context, minimum.error());
  const bool json = context.global.output == "json";
  auto text = json ? iam::minimum_json(*minimum) : minimum_text(*minimum);
  core::Error unconfirmed;
  bool confirmed = true;
  if (options.confirm && !minimum->policies.empty()) {
    if (const auto opinion = opinion_of(context, options, *minimum)) {
      text = json ? with_opinion(text, *opinion) : text + opinion_text(*opinion);
    } else {
      confirmed = false;
      unconfirmed = opinion.error();
    }
  }
  context.out << text << (json ? "\n" : "");
  // The policy stands without AWS's opinion; that it is missing is said and is the exit code.
  if (!confirmed) return report_error(context, unconfirmed);
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
  command->add_flag("--confirm-with-access-analyzer", options->confirm,
                    "Ask IAM Access Analyzer (live): ValidatePolicy, and CheckNoNewAccess with --existing");
  command->add_option("--existing", options->existing,
                      "The policy in force, for CheckNoNewAccess, which AWS charges for");
  command->callback([options, &run] {
    run = [options](Context& context) { return iam_minimum_command(context, *options); };
  });
}

}  // namespace doctor::cli
