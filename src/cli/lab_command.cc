#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <thread>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/text_source.h"
#include "core/json.h"
#include "core/time.h"
#include "lab/lab.h"

namespace doctor::cli {
namespace {

struct LabFlags {
  lab::LabOptions lab;
  std::string latency, faults;
  std::vector<std::string> callers;
  std::vector<std::string> objects;  // "s3://BUCKET/KEY=FILE"
  bool list = false;
};

int list_scenarios(Context& context) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  if (context.global.output == "json") {
    context.out << "{\"schema\":\"fargate-doctor/lab-scenarios/1\",\"scenarios\":[";
    const char* separator = "";
    for (const auto& scenario : lab::scenarios()) {
      context.out << separator << "\n{\"name\":" << core::json_quoted(scenario.name)
                  << ",\"family\":" << (scenario.family.empty() ? "null" : core::json_quoted(scenario.family))
                  << ",\"cause\":" << core::json_quoted(scenario.cause)
                  << ",\"title\":" << core::json_quoted(scenario.title)
                  << ",\"cluster\":" << core::json_quoted(scenario.cluster)
                  << ",\"service\":" << core::json_quoted(scenario.service) << "}";
      separator = ",";
    }
    context.out << "\n]}\n";
    return kNothingFound;
  }
  for (const auto& scenario : lab::scenarios()) {
    context.out << scenario.name
                << std::string(scenario.name.size() < 30 ? 30 - scenario.name.size() : 1, ' ')
                << scenario.title << '\n';
  }
  return kNothingFound;
}

// "FILE" of the operator, "KEY=FILE" of the caller with this access key.
core::Result<lab::CallerPolicy> caller_of(const std::string& text) {
  const auto equals = text.find('=');
  lab::CallerPolicy caller;
  caller.origin = equals == std::string::npos ? text : text.substr(equals + 1);
  if (equals != std::string::npos) caller.access_key = text.substr(0, equals);
  auto document = whole_text(caller.origin);
  if (!document) return core::fail(document.error());
  caller.document = std::move(*document);
  return caller;
}

// "s3://BUCKET/KEY=FILE": the text before the last '=' is the place, for a key may have one.
core::Result<lab::LabObject> object_of(const std::string& given) {
  const auto equals = given.rfind('=');
  const auto place = object_place(given.substr(0, equals));
  if (equals == std::string::npos || !place)
    return core::fail(core::ErrorKind::usage, "--s3-object '" + given + "' has another form",
                      "write s3://BUCKET/KEY=FILE");
  auto text = whole_text(given.substr(equals + 1));
  if (!text) return core::fail(text.error());
  return lab::LabObject{place->bucket, place->key, std::move(*text)};
}

int lab_command(Context& context, LabFlags& options) {
  if (options.list) return list_scenarios(context);
  if (!options.latency.empty()) {
    const auto latency = core::duration_of(options.latency);
    if (!latency) return report_error(context, latency.error());
    options.lab.latency = *latency;
  }
  if (!options.faults.empty()) {
    const auto faults = lab::faults_of(options.faults);
    if (!faults) return report_error(context, faults.error());
    options.lab.faults = *faults;
  }
  for (const std::string& text : options.callers) {
    auto caller = caller_of(text);
    if (!caller) return report_error(context, caller.error());
    options.lab.callers.push_back(std::move(*caller));
  }
  for (const std::string& given : options.objects) {
    auto object = object_of(given);
    if (!object) return report_error(context, object.error());
    options.lab.objects.push_back(std::move(*object));
  }
  const auto lab = lab::Lab::start(options.lab);
  if (!lab) return report_error(context, lab.error());

  const std::string url = "http://127.0.0.1:" + std::to_string((*lab)->port());
  context.out << "listening on " << url << '\n' << std::flush;
  if (!context.global.quiet) {
    for (const auto& scenario : lab::scenarios()) {
      if (scenario.name != options.lab.scenario) continue;
      context.err << "scenario " << scenario.name << ": " << scenario.title << "\n"
                  << "in another terminal:\n"
                  << "  export AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=lab AWS_REGION=eu-west-1"
                  << " AWS_ENDPOINT_URL=" << url << "\n  fargate-doctor diagnose --cluster "
                  << scenario.cluster << (scenario.service.empty() ? "" : " --service " + scenario.service)
                  << "\n  aws --endpoint-url " << url
                  << " --region eu-west-1 ecs list-clusters\nCtrl-C stops it.\n";
    }
  }
  while (!context.cancelled->load()) std::this_thread::sleep_for(std::chrono::milliseconds{50});
  return kNothingFound;
}

}  // namespace

void add_lab(CLI::App& app, Run& run) {
  auto options = std::make_shared<LabFlags>();
  auto* command = app.add_subcommand(
      "lab", "Serve a small stateful AWS on loopback, with a failure in it, to practise on");
  command->add_option("--scenario", options->lab.scenario, "Which failure; --list shows them")
      ->default_str("spot-zone-reclaimed");
  options->lab.scenario = "spot-zone-reclaimed";
  command->add_option("--port", options->lab.port, "Port on 127.0.0.1; 0 takes a free one")
      ->default_str("4566");
  command->add_option("--speed", options->lab.speed, "How many times as fast as outside time runs in it")
      ->default_str("1")
      ->check(CLI::Range(0.0, 100000.0));
  command->add_option("--latency", options->latency, "Added to every answer: 50ms");
  command->add_option("--faults", options->faults,
                      "throttle=10%,reset=2%,truncate=1%,error500=1%,timeout=1%");
  command->add_option("--refuse", options->lab.refuse, "IAM action to answer with AccessDenied; repeatable");
  command->add_flag("--enforce-iam", options->lab.enforce_iam,
                    "The lab's own IAM policies, SCPs and resource policies decide each call");
  command
      ->add_option("--caller-policy", options->callers,
                   "FILE: the policy of the caller; KEY=FILE: of the caller with this access key; repeatable")
      ->allow_extra_args(false)
      ->needs("--enforce-iam");
  command
      ->add_option("--s3-object", options->objects,
                   "s3://BUCKET/KEY=FILE: the lab's Amazon S3 serves the file; repeatable")
      ->allow_extra_args(false);
  command->add_option("--seed", options->lab.seed, "Of ids and faults: the same seed, the same lab");
  command->add_flag("--list", options->list, "List the scenarios");
  command->callback(
      [options, &run] { run = [options](Context& context) { return lab_command(context, *options); }; });
}

}  // namespace doctor::cli
