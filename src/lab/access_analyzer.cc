#include "lab/access_analyzer.h"

#include <algorithm>
#include <set>

#include "core/arn.h"
#include "core/glob.h"
#include "iam/actions.h"
#include "iam/api_call.h"
#include "iam/lint.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using iam::Effect;
using iam::PolicyKind;

constexpr auto kGenerationTakes =
    std::chrono::seconds(2);  // AWS takes minutes; the clients must poll either way

Reply wrong(const std::string& message) {
  return api_error("ValidationException", message);
}

// --- ValidatePolicy

std::optional<PolicyKind> kind_named(const std::string& type, const std::string& resource_type) {
  if (type == "IDENTITY_POLICY") return PolicyKind::identity;
  if (type == "SERVICE_CONTROL_POLICY") return PolicyKind::scp;
  if (type == "RESOURCE_CONTROL_POLICY") return PolicyKind::rcp;
  if (type != "RESOURCE_POLICY") return std::nullopt;
  return resource_type == "AWS::IAM::AssumeRolePolicyDocument" ? PolicyKind::trust : PolicyKind::resource;
}

json finding_json(const iam::Finding& finding) {
  const json place{{"line", finding.at.line}, {"column", finding.at.column}, {"offset", 0}};
  json path = json::array();
  if (finding.statement >= 0) path = {{{"value", "Statement"}}, {{"index", finding.statement}}};
  return {{"findingType", iam::finding_type_name(finding.type)},
          {"issueCode", finding.code},
          {"findingDetails", finding.message},
          {"learnMoreLink",
           "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"},
          {"locations", json::array({{{"path", path}, {"span", {{"start", place}, {"end", place}}}}})}};
}

Reply validate_policy(World&, const CallContext&, const json& input) {
  const auto kind = kind_named(text_of(input, "policyType"), text_of(input, "validatePolicyResourceType"));
  if (!kind) return wrong("policyType must be a type of policy");
  json findings = json::array();
  for (const auto& finding : iam::lint_policy(text_of(input, "policyDocument"), "policyDocument", *kind))
    findings.push_back(finding_json(finding));
  json page = input;  // the limits came in the query, as text
  if (const std::string limit = text_of(input, "maxResults"); !limit.empty())
    page["maxResults"] = std::atoi(limit.c_str());
  return page_of(findings, page, {.result_key = "findings", .bad_token = "ValidationException"});
}

// --- CheckNoNewAccess

// Every value of `inner` is matched by one of `outer`: a '*' in a value is matched by a '*' alone.
bool covers(const iam::Strings& outer, const iam::Strings& inner, bool ignore_case) {
  if (!inner.present || !outer.present) return inner.present == outer.present;
  if (outer.negated || inner.negated) return false;  // may be new
  const auto folded = [&](const std::string& text) { return ignore_case ? lower(text) : text; };
  return std::all_of(inner.values.begin(), inner.values.end(), [&](const iam::Text& value) {
    return std::any_of(outer.values.begin(), outer.values.end(), [&](const iam::Text& pattern) {
      return core::glob_matches(folded(pattern.text), folded(value.text));
    });
  });
}

bool grants_all_of(const iam::Statement& existing, const iam::Statement& wanted) {
  return existing.effect == Effect::allow && existing.conditions.empty() && !existing.principals.present &&
         covers(existing.actions, wanted.actions, true) &&
         covers(existing.resources, wanted.resources, false);
}

// A document that the existing policy holds word for word grants nothing new, whatever its conditions.
bool is_word_for_word(const json& existing, const json& wanted) {
  const json& statements = member_of(existing, "Statement");
  if (!statements.is_array()) return statements == wanted;
  return std::find(statements.begin(), statements.end(), wanted) != statements.end();
}

const json& statement_at(const json& document, int index) {
  const json& statements = member_of(document, "Statement");
  return statements.is_array() ? statements.at(static_cast<std::size_t>(index)) : statements;
}

Reply check_no_new_access(World&, const CallContext&, const json& input) {
  const auto kind = kind_named(text_of(input, "policyType"), "");
  if (!kind || (*kind != PolicyKind::identity && *kind != PolicyKind::resource))
    return wrong("policyType must be IDENTITY_POLICY or RESOURCE_POLICY");
  const std::string new_text = text_of(input, "newPolicyDocument"),
                    old_text = text_of(input, "existingPolicyDocument");
  const auto wanted = iam::parse_policy(new_text, "newPolicyDocument", *kind);
  if (!wanted) return wrong(wanted.error().sentence);
  const auto existing = iam::parse_policy(old_text, "existingPolicyDocument", *kind);
  if (!existing) return wrong(existing.error().sentence);
  const json new_json = json::parse(new_text, nullptr, false),
             old_json = json::parse(old_text, nullptr, false);
  // A Deny that was left out gives access as an Allow does.
  const bool denies_kept =
      std::all_of(existing->statements.begin(), existing->statements.end(), [&](const auto& one) {
        return one.effect == Effect::allow || is_word_for_word(new_json, statement_at(old_json, one.index));
      });
  json reasons = json::array();
  for (const iam::Statement& statement : wanted->statements) {
    if (statement.effect == Effect::deny) continue;
    const bool granted = std::any_of(existing->statements.begin(), existing->statements.end(),
                                     [&](const auto& one) { return grants_all_of(one, statement); });
    if (denies_kept && (granted || is_word_for_word(old_json, statement_at(new_json, statement.index))))
      continue;
    json reason{
        {"description", "New access in the statement with index: " + std::to_string(statement.index) + "."},
        {"statementIndex", statement.index}};
    if (!statement.sid.empty()) reason["statementId"] = statement.sid;
    reasons.push_back(std::move(reason));
  }
  const bool pass = reasons.empty();
  return json{
      {"result", pass ? "PASS" : "FAIL"},
      {"message", pass ? "The modified permissions do not grant new access compared to your existing policy."
                       : "The modified permissions grant new access compared to your existing policy."},
      {"reasons", reasons}};
}

// --- Policy generation

Reply start_policy_generation(World& world, const CallContext& call, const json& input) {
  const std::string principal = text_of(member_of(input, "policyGenerationDetails"), "principalArn");
  const auto role = std::find_if(world.iam.roles.begin(), world.iam.roles.end(),
                                 [&](const auto& one) { return one.second.arn == principal; });
  if (role == world.iam.roles.end()) return wrong("The principal ARN " + principal + " does not exist.");
  const json& trail = member_of(input, "cloudTrailDetails");
  GenerationJob job{world.ids.uuid(), principal, call.time, {}, {}};
  job.from = time_of(trail, "startTime", call.time - std::chrono::hours(24 * 90));
  job.to = time_of(trail, "endTime", call.time);
  world.policy_generations[job.id] = job;
  return json{{"jobId", job.id}};
}

std::set<std::string> actions_seen(const World& world, const GenerationJob& job) {
  std::set<std::string> actions;
  for (const auto& [region, trail] : world.trail) {
    for (const TrailEvent& event : trail.events) {
      if (event.time < job.from || event.time > job.to) continue;
      const auto calls = iam::api_calls_of(event.record.dump(), event.id);
      if (!calls) continue;
      for (const auto& made : *calls) {
        const bool same = made.role == job.principal;
        if (!same || !made.error_code.empty()) continue;
        for (const auto& need : made.needs) actions.insert(need.action);
      }
    }
  }
  return actions;
}

// "You can specify whether to generate policies with placeholders for resource ARNs for actions that support
// resource level granularity": "arn:aws:s3:::${BucketName}" instead of "*".
json generated_policy(const std::set<std::string>& actions, bool placeholders) {
  std::map<std::vector<std::string>, std::vector<std::string>> by_resources;
  for (const std::string& name : actions) {
    const auto* action = iam::find_action(name);
    std::vector<std::string> resources;
    if (placeholders && action != nullptr) {
      for (const auto& known : action->resources) resources.emplace_back(known.type->arn);
    }
    if (resources.empty()) resources = {"*"};
    by_resources[resources].push_back(name);
  }
  json statements = json::array();
  for (const auto& [resources, names] : by_resources)
    statements.push_back({{"Effect", "Allow"},
                          {"Action", names},
                          {"Resource", resources.size() == 1 ? json(resources.front()) : json(resources)}});
  return {{"Version", "2012-10-17"}, {"Statement", statements}};
}

Reply get_generated_policy(World& world, const CallContext& call, const json& input) {
  const auto found = world.policy_generations.find(text_of(input, "jobId"));
  if (found == world.policy_generations.end()) return wrong("The job does not exist.");
  const GenerationJob& job = found->second;
  json details{{"jobId", job.id}, {"startedOn", core::to_iso(job.started)}, {"status", "IN_PROGRESS"}};
  json result{{"properties", {{"principalArn", job.principal}, {"isComplete", true}}},
              {"generatedPolicies", json::array()}};
  if (call.time >= job.started + kGenerationTakes) {
    details["status"] = "SUCCEEDED";
    details["completedOn"] = core::to_iso(job.started + kGenerationTakes);
    const auto actions = actions_seen(world, job);
    const bool placeholders = text_of(input, "includeResourcePlaceholders") == "true";
    if (!actions.empty())
      result["generatedPolicies"].push_back({{"policy", generated_policy(actions, placeholders).dump()}});
  }
  return json{{"jobDetails", details}, {"generatedPolicyResult", result}};
}

}  // namespace

void add_access_analyzer_operations(Registry& registry) {
  registry.add("accessanalyzer", "ValidatePolicy", validate_policy);
  registry.add("accessanalyzer", "CheckNoNewAccess", check_no_new_access);
  registry.add("accessanalyzer", "StartPolicyGeneration", start_policy_generation);
  registry.add("accessanalyzer", "GetGeneratedPolicy", get_generated_policy);
}

}  // namespace doctor::lab
