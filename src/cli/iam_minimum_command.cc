#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_input.h"
#include "cli/policy_generation.h"
#include "iam/minimum.h"
#include "verify/access_analyzer.h"

namespace doctor::cli {
namespace {

struct IamMinimumOptions {
  IamInput input;
  iam::MinimumOptions minimum;
  bool confirm = false;
  std::string existing, trail, access_role;
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

// Policy generation needs all three, and AWS the role's ARN.
core::Result<void> check_generation(const IamMinimumOptions& options) {
  if (options.trail.empty() && options.access_role.empty()) return {};
  const bool whole = !options.trail.empty() && !options.access_role.empty() && options.confirm &&
                     options.minimum.role.rfind("arn:", 0) == 0;
  if (whole) return {};
  return core::fail(core::ErrorKind::usage,
                    "policy generation needs --confirm-with-access-analyzer, --role ARN, --trail ARN and "
                    "--access-role ARN");
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + core::printable(value);
  return out;
}

struct Opinion {
  verify::AnalyzerOpinion policies;
  std::optional<GeneratedPolicy> generated;  // nothing where it was not asked
};

std::string generation_text(const GeneratedPolicy& generated) {
  std::string out = "- Policy generation: " + core::printable(generated.status) +
                    (generated.message.empty() ? "" : ": " + core::printable(generated.message)) + "\n";
  if (generated.status != "SUCCEEDED") return out;
  if (!generated.only_generated.empty())
    out += "  seen by Access Analyzer only: " + listed(generated.only_generated) + "\n";
  if (!generated.only_minimum.empty())
    out += "  in this policy only: " + listed(generated.only_minimum) + "\n";
  if (generated.only_generated.empty() && generated.only_minimum.empty())
    out += "  the same actions as in this policy\n";
  return out;
}

core::Result<Opinion> opinion_of(Context& context, const IamMinimumOptions& options,
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
  auto policies = verify::ask_access_analyzer(**client, regions->front(), questions);
  if (!policies) return core::fail(policies.error());
  Opinion opinion{std::move(*policies), {}};
  if (options.trail.empty()) return opinion;
  const GenerationQuestion question{regions->front(), options.minimum.role, options.trail,
                                    options.access_role};
  auto generated = ask_policy_generation(**client, question, minimum, *context.cancelled);
  if (!generated) return core::fail(generated.error());
  opinion.generated = std::move(*generated);
  return opinion;
}

std::string opinion_text(const Opinion& both) {
  const verify::AnalyzerOpinion& opinion = both.policies;
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
  return both.generated ? out + generation_text(*both.generated) : out;
}

std::string with_opinion(const std::string& minimum, const Opinion& both) {
  const verify::AnalyzerOpinion& opinion = both.policies;
  const GeneratedPolicy generated = both.generated.value_or(GeneratedPolicy{});
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
  row["generation"] = generated.status;
  row["only_generated"] = generated.only_generated;
  row["only_minimum"] = generated.only_minimum;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

int iam_minimum_command(Context& context, const IamMinimumOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  if (auto ok = check_generation(options); !ok) return report_error(context, ok.error());
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
  command->add_option("--trail", options->trail,
                      "ARN of the trail from which Access Analyzer generates a policy of --role, to compare");
  command->add_option("--access-role", options->access_role,
                      "ARN of the service role with which Access Analyzer reads that trail");
  command->callback([options, &run] {
    run = [options](Context& context) { return iam_minimum_command(context, *options); };
  });
}

}  // namespace doctor::cli
