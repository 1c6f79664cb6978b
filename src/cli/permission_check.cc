#include "cli/permission_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

namespace doctor::cli {
namespace {

std::string where_it_belongs(const iam::MinimumPolicy& policy) {
  if (policy.level == iam::PolicyType::identity) return "a policy that allows it, for your role or user:";
  return fmt::format("what the {} must allow besides:", iam::policy_type_words(policy.level));
}

void print_as_json(Context& context, const PermissionCheck& check, const iam::Minimum& minimum) {
  using nlohmann::json;
  json line{{"schema", "fargate-doctor/permissions/1"},
            {"caller", check.caller.principal.arn},
            {"missing", json::array()},
            {"not_checked", check.caller.unread}};
  for (const auto& one : check.missing) {
    line["missing"].push_back(
        {{"step", one.step}, {"action", one.action}, {"resource", one.resource}, {"because", one.because}});
  }
  const json found = json::parse(iam::minimum_json(minimum), nullptr, false);
  line["policies"] = found.value("policies", json::array());
  line["obstacles"] = found.value("obstacles", json::array());
  context.out << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
}

}  // namespace

core::Result<PermissionCheck> check_permissions(Context& context, aws::Client& client,
                                                const remedy::Plan& plan, remedy::Direction direction) {
  auto caller = remedy::read_caller(client, plan.region);
  if (!caller) return core::fail(caller.error());
  PermissionCheck check{std::move(*caller), {}};
  check.missing = remedy::missing_actions(plan, check.caller, direction);
  std::string unread;
  for (const auto& one : check.caller.unread) unread += (unread.empty() ? "" : "; ") + one;
  if (!unread.empty()) {
    context.err << "fargate-doctor: permissions not checked beforehand, for want of the action in brackets: "
                << core::printable(unread) << '\n';
  }
  return check;
}

void print_missing(Context& context, const PermissionCheck& check) {
  if (check.missing.empty()) return;
  const auto minimum = remedy::statements_for(check.missing, check.caller.principal);
  if (context.global.output == "json") return print_as_json(context, check, minimum);
  for (const auto& one : check.missing) {
    context.out << core::printable(fmt::format("step {} needs {} on {}: {}", one.step, one.action,
                                               one.resource, one.because))
                << '\n';
  }
  for (const auto& policy : minimum.policies)
    context.out << where_it_belongs(policy) << '\n' << iam::policy_json(policy) << '\n';
  for (const auto& obstacle : minimum.obstacles) context.out << core::printable(obstacle.sentence) << '\n';
}

}  // namespace doctor::cli
