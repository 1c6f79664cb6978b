#include <fmt/format.h>

#include <algorithm>

#include "remedy/execution.h"

namespace doctor::remedy {
namespace {

bool is_among(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

std::string one_way_objection(const Step& step, const ApplyOptions& options) {
  const auto fixes = fixes_of(step);
  const bool allowed = is_among(options.allowed_one_way, step.id) ||
                       std::any_of(fixes.begin(), fixes.end(), [&](const std::string& fix) {
                         return is_among(options.allowed_one_way, fix);
                       });
  if (step.reversible || allowed) return {};
  return fmt::format("step {} ({}) cannot be taken back: {}; allow it by name with --allow-one-way {}",
                     step.id, step.title,
                     step.one_way_reason.empty() ? "it has no inverse" : step.one_way_reason,
                     fixes.empty() ? step.id : fixes.front());
}

std::string code_objection(const Step& step, const ApplyOptions& options) {
  if (step.managed_by.empty() || options.accept_drift) return {};
  return fmt::format(
      "step {}: {} is managed by {}, which would undo the change; change that code, or accept the drift with "
      "--accept-drift",
      step.id, step.resource.id, step.managed_by);
}

std::string permission_objection(const Step& step, const ApplyOptions& options) {
  std::string actions;
  for (const auto& missing : options.missing_actions) {
    if (missing.step == step.id) actions += (actions.empty() ? "" : ", ") + missing.action;
  }
  if (actions.empty()) return {};
  return fmt::format("step {} needs {}, which these credentials may not do", step.id, actions);
}

std::string closed_window_objection(const Step& step, const ApplyOptions& options, core::Timestamp now) {
  if (!step.touches_dns_or_tls || options.outside_window) return {};
  if (!options.window) {
    return fmt::format(
        "step {} touches DNS, certificates or TLS handshakes; name a maintenance window with --window, or "
        "run it "
        "now with --outside-window",
        step.id);
  }
  if (is_open(*options.window, now)) return {};
  const auto opens = next_opening(*options.window, now);
  return fmt::format(
      "step {} touches DNS, certificates or TLS handshakes, and the window {} is closed{}; run it now with "
      "--outside-window",
      step.id, options.window->text, opens ? " until " + core::to_iso(*opens) : "");
}

}  // namespace

std::vector<std::string> objections(const Plan& plan, const ApplyOptions& options, core::Timestamp now) {
  std::vector<std::string> all;
  const auto object = [&](std::string objection) {
    if (!objection.empty()) all.push_back(std::move(objection));
  };
  for (const auto& step : plan.steps) {
    object(one_way_objection(step, options));
    object(code_objection(step, options));
    object(closed_window_objection(step, options, now));
    object(permission_objection(step, options));
  }
  return all;
}

}  // namespace doctor::remedy
