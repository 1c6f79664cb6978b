#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/iam_input.h"
#include "core/json.h"
#include "iam/case.h"
#include "iam/lint.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::Result;

struct EvaluateOptions {
  std::string input;
};

struct LintOptions {
  std::vector<std::string> files;
  std::string kind = "identity";
};

std::string origin_of(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

// A broken case costs one line on stderr and exit code 2; the others are answered all the same.
int evaluate_command(Context& context, const EvaluateOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto text = text_of_file(options.input);
  if (!text) return report_error(context, text.error());
  iam::CaseReader reader(*text, origin_of(options.input));
  if (reader.at_end())
    return report_error(context, core::make_error(ErrorKind::bad_input,
                                                  origin_of(options.input) + ": there is no case in it"));
  int code = kNothingFound;
  while (!reader.at_end() && !context.cancelled->load()) {
    auto item = reader.next();
    if (!item) {
      code = report_error(context, item.error());
      continue;
    }
    const auto engine = iam::Compiled::compile(std::move(item->policies));
    const iam::Decision decision = engine.evaluate(item->request);
    if (context.global.output_chosen && context.global.output == "text") {
      context.out << iam::decision_text(*item, decision);
    } else {
      context.out << iam::decision_json(*item, decision) << '\n';
    }
  }
  return code;
}

Result<iam::PolicyKind> kind_named(const std::string& name) {
  if (name == "identity") return iam::PolicyKind::identity;
  if (name == "resource") return iam::PolicyKind::resource;
  if (name == "trust") return iam::PolicyKind::trust;
  if (name == "scp") return iam::PolicyKind::scp;
  return iam::PolicyKind::rcp;
}

void print_finding(Context& context, const std::string& origin, const iam::Finding& finding) {
  const std::string type(iam::finding_type_name(finding.type));
  if (context.global.output == "json") {
    context.out << "{\"schema\":\"fargate-doctor/iam-lint/1\",\"file\":" << core::json_quoted(origin)
                << ",\"line\":" << finding.at.line << ",\"column\":" << finding.at.column << ",\"type\":\""
                << type << "\",\"code\":" << core::json_quoted(finding.code)
                << ",\"statement\":" << (finding.statement < 0 ? "null" : std::to_string(finding.statement))
                << ",\"sid\":" << (finding.sid.empty() ? "null" : core::json_quoted(finding.sid))
                << ",\"message\":" << core::json_quoted(finding.message) << "}\n";
  } else {
    context.out << core::printable(origin) << ':' << finding.at.line << ':' << finding.at.column << ": "
                << type << ' ' << finding.code << ": " << core::printable(finding.message) << '\n';
  }
}

int lint_command(Context& context, const LintOptions& options) {
  if (auto ok = require_output(context, {"text", "json"}); !ok) return report_error(context, ok.error());
  const auto kind = kind_named(options.kind);
  if (!kind) return report_error(context, kind.error());
  int code = kNothingFound;
  for (const std::string& path : options.files) {
    const auto text = text_of_file(path);
    if (!text) {
      code = report_error(context, text.error());
      continue;
    }
    for (const auto& finding : iam::lint_policy(*text, origin_of(path), *kind)) {
      print_finding(context, origin_of(path), finding);
      if (code == kNothingFound) code = kFound;
    }
  }
  return code;
}

}  // namespace

void add_iam(CLI::App& app, Run& run) {
  auto& group = iam_group(app);

  auto evaluate = std::make_shared<EvaluateOptions>();
  auto* evaluate_app = group.add_subcommand(
      "evaluate", "Decide cases: one JSON line each (docs/iam.md), or sentences with --output text");
  evaluate_app
      ->add_option("--input", evaluate->input, "One case or JSON Lines of cases; - reads standard input")
      ->required();
  evaluate_app->callback([evaluate, &run] {
    run = [evaluate](Context& context) { return evaluate_command(context, *evaluate); };
  });

  auto lint = std::make_shared<LintOptions>();
  auto* lint_app = group.add_subcommand(
      "lint", "Errors, security warnings and suggestions, as Access Analyzer finds them");
  lint_app->add_option("file", lint->files, "Policy files; - reads standard input")->required();
  lint_app->add_option("--type", lint->kind, "What the policy is attached to")
      ->check(CLI::IsMember({"identity", "resource", "trust", "scp", "rcp"}))
      ->capture_default_str();
  lint_app->callback(
      [lint, &run] { run = [lint](Context& context) { return lint_command(context, *lint); }; });
}

}  // namespace doctor::cli
