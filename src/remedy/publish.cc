#include "remedy/publish.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace doctor::remedy {
namespace {

using nlohmann::json;

// A dimension's value must not be empty ("Dimension", CloudWatch API Reference).
std::string dimension_text(const std::string& text) {
  return text.empty() ? "none" : text;
}

std::string published_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// One datum for each fix that the step is part of.
std::string metric_input(const Execution& run, const Step& step, EntryKind kind) {
  auto fixes = fixes_of(step);
  if (fixes.empty()) fixes.emplace_back();
  json data = json::array();
  for (const auto& fix : fixes) {
    data.push_back(
        {{"MetricName", kind == EntryKind::apply ? "RemediationsApplied" : "RemediationsTakenBack"},
         {"Dimensions",
          {{{"Name", "Family"}, {"Value", dimension_text(run.run.plan.family)}},
           {{"Name", "Fix"}, {"Value", dimension_text(fix)}}}},
         {"Timestamp", core::to_iso(run.clock.now())},
         {"Value", 1},
         {"Unit", "Count"}});
  }
  return published_text(json{{"Namespace", "FargateDoctor"}, {"MetricData", data}});
}

std::string event_input(const Execution& run, const Step& step, EntryKind kind) {
  const auto& plan = run.run.plan;
  const json detail = {{"run", run.run.id},          {"step", step.id},
                       {"title", step.title},        {"fix", step.fix},
                       {"family", plan.family},      {"cause", plan.cause},
                       {"cluster", plan.cluster},    {"service", plan.service},
                       {"kind", step.resource.kind}, {"resource", step.resource.id}};
  json entry = {{"Source", "fargate-doctor"},
                {"DetailType",
                 kind == EntryKind::apply ? "Fargate Remediation Applied" : "Fargate Remediation Taken Back"},
                {"Detail", published_text(detail)},
                {"Time", core::to_iso(run.clock.now())}};
  if (step.resource.id.rfind("arn:", 0) == 0) entry["Resources"] = json::array({step.resource.id});
  return published_text(json{{"Entries", json::array({entry})}});
}

}  // namespace

void publish_change(Execution& run, const Step& step, EntryKind kind) {
  // The plan's Region: what is global (IAM) has none, and one place to look is better than two.
  const auto& region = run.run.plan.region.empty() ? step.resource.region : run.run.plan.region;
  const std::vector<aws::Call> calls = {
      {"cloudwatch", "PutMetricData", region, metric_input(run, step, kind)},
      {"events", "PutEvents", region, event_input(run, step, kind)}};
  const auto answers = run.client.run(calls);
  for (std::size_t i = 0; i < answers.size() && i < calls.size(); ++i) {
    const auto& answer = answers[i];
    std::string why = answer ? "" : core::to_line(answer.error());
    // PutEvents succeeds as a call where an entry of it fails.
    if (answer && calls[i].operation == "PutEvents") {
      why = field_text(answer->json, "Entries.0.ErrorMessage");
    }
    if (!why.empty()) {
      run.warnings.push_back(fmt::format("step {}: {} did not take the {}: {}", step.id, calls[i].service,
                                         i == 0 ? "metric" : "event", why));
    }
  }
}

}  // namespace doctor::remedy
