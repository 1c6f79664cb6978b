#include "cli/selectors.h"

#include <CLI/CLI.hpp>

#include "core/arn.h"

namespace doctor::cli {

using core::ErrorKind;
using core::fail;
using core::Result;

void add_selectors(CLI::App& command, Selectors& selectors) {
  command.add_option("--cluster", selectors.cluster, "Cluster, by name or ARN");
  command.add_option("--service", selectors.service, "Service, by name or ARN");
  command.add_option("--task", selectors.task, "Task, by ARN or id");
  command.add_option("--since", selectors.since,
                     "How far back to look: 90s, 15m, 1h, 7d (default 1h; a snapshot: all of it)");
}

namespace {

// A name passes; what looks like an ARN must be one, of ECS, and of this resource type.
Result<void> check(std::string_view value, std::string_view type, std::string_view flag) {
  const std::string form =
      "the form is arn:aws:ecs:REGION:ACCOUNT:" + std::string(type) + "/NAME, or the name alone";
  if (value.find(':') == std::string_view::npos) {
    if (value.find_first_of(" \t\n\"'*") == std::string_view::npos) return {};
    return fail(ErrorKind::bad_input,
                std::string(flag) + " '" + std::string(value) + "' is neither a name nor an ARN", form);
  }
  const auto arn = core::Arn::parse(value);
  if (!arn)
    return fail(ErrorKind::bad_input, std::string(flag) + " '" + std::string(value) + "' is not an ARN",
                form);
  if (arn->service != "ecs" || arn->resource_type() != type || arn->resource_id().empty() ||
      !core::is_region_name(arn->region) || !core::is_account_id(arn->account)) {
    return fail(
        ErrorKind::bad_input,
        std::string(flag) + " '" + std::string(value) + "' is not the ARN of an ECS " + std::string(type),
        form);
  }
  return {};
}

}  // namespace

Result<facts::Scope> scope_of(const Selectors& selectors) {
  facts::Scope scope;
  for (const auto& [value, type, flag] : {std::tuple{&selectors.cluster, "cluster", "--cluster"},
                                          std::tuple{&selectors.service, "service", "--service"},
                                          std::tuple{&selectors.task, "task", "--task"}}) {
    if (value->empty()) continue;
    if (auto ok = check(*value, type, flag); !ok) return fail(ok.error());
  }
  scope.cluster = selectors.cluster;
  scope.service = selectors.service;
  scope.task = selectors.task;
  if (!selectors.since.empty()) {
    const auto since = core::duration_of(selectors.since);
    if (!since) return fail(since.error());
    scope.since = *since;
    scope.since_given = true;
  }
  return scope;
}

}  // namespace doctor::cli
