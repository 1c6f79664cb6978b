// Load balancing, access, alarms, rules, quotas, logs and images.
//
//   elbv2:target-group, elbv2:target-group-attributes   ARN of the target group
//   iam:role-policy            ROLE/POLICY, an inline policy      GetRolePolicy
//   iam:policy                 ARN of a customer managed policy   GetPolicy: which version is in force
//   iam:role                   name                               GetRole
//   organizations:policy       p-…                                DescribePolicy
//   cloudwatch:alarm           name                               DescribeAlarms
//   servicequotas:quota        SERVICE/CODE: fargate/L-3032A538   GetServiceQuota
//   servicequotas:request      SERVICE/CODE      ListRequestedServiceQuotaChangeHistoryByQuota: the newest
//   that
//                              AWS has not turned down
//   events:rule, events:rule-targets   name (default event bus)   DescribeRule, ListTargetsByRule
//   ecr:lifecycle-policy       repository                         GetLifecyclePolicy
//   logs:log-group             name                               DescribeLogGroups
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "remedy/kinds_rows.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

std::string short_id(const Resource& r) {
  return r.id.starts_with("arn:") ? std::string(core::short_name(r.id)) : r.id;
}

Request read_target_group(const Resource& r) {
  return {"elbv2", "DescribeTargetGroups", r.region, json({{"TargetGroupArns", json::array({r.id})}}).dump()};
}

State state_of_target_group(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("TargetGroups")) return not_of_this_kind("DescribeTargetGroups", "TargetGroups");
  json group = item_of(answer, "TargetGroups", "TargetGroupArn", r.id);
  if (!group.is_object()) return absent_state();
  sort_at(group, {"LoadBalancerArns"});
  return group.dump();
}

Request read_target_group_attributes(const Resource& r) {
  return {"elbv2", "DescribeTargetGroupAttributes", r.region, json({{"TargetGroupArn", r.id}}).dump()};
}

State state_of_target_group_attributes(const Resource&, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Attributes"))
    return not_of_this_kind("DescribeTargetGroupAttributes", "list Attributes");
  return tags_of(answer["Attributes"]).dump();
}

Request read_role_policy(const Resource& r) {
  const json input = {{"RoleName", std::string(before_slash(r.id))},
                      {"PolicyName", std::string(after_slash(r.id))}};
  return {"iam", "GetRolePolicy", r.region, input.dump()};
}

State state_of_role_policy(const Resource& r, std::string_view text) {
  json answer = answer_of(text);
  if (!answer.contains("PolicyDocument")) return not_of_this_kind("GetRolePolicy", "PolicyDocument");
  if (answer.value("RoleName", "") != before_slash(r.id) ||
      answer.value("PolicyName", "") != after_slash(r.id))
    return absent_state();
  answer["PolicyDocument"] = document_of(answer["PolicyDocument"]);
  erase_keys(answer, {"ResponseMetadata"});
  return answer.dump();
}

Request read_policy(const Resource& r) {
  return {"iam", "GetPolicy", r.region, json({{"PolicyArn", r.id}}).dump()};
}

// The document is another answer (GetPolicyVersion); which version is in force says the same, as a version
// never changes.
State state_of_policy(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  json policy = answer.value("Policy", json());
  if (!policy.is_object()) return not_of_this_kind("GetPolicy", "Policy");
  if (policy.value("Arn", "") != r.id) return absent_state();
  erase_keys(policy, {"AttachmentCount", "PermissionsBoundaryUsageCount", "UpdateDate", "CreateDate"});
  policy["Tags"] = tags_of(policy.value("Tags", json::array()));
  return policy.dump();
}

Request read_role(const Resource& r) {
  return {"iam", "GetRole", r.region, json({{"RoleName", short_id(r)}}).dump()};
}

State state_of_role(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  json role = answer.value("Role", json());
  if (!role.is_object()) return not_of_this_kind("GetRole", "Role");
  if (role.value("RoleName", "") != short_id(r)) return absent_state();
  erase_keys(role, {"RoleLastUsed", "CreateDate"});
  role["AssumeRolePolicyDocument"] = document_of(role.value("AssumeRolePolicyDocument", json()));
  role["Tags"] = tags_of(role.value("Tags", json::array()));
  return role.dump();
}

Request read_organization_policy(const Resource& r) {
  return {"organizations", "DescribePolicy", r.region, json({{"PolicyId", short_id(r)}}).dump()};
}

State state_of_organization_policy(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  json policy = answer.value("Policy", json());
  if (!policy.is_object()) return not_of_this_kind("DescribePolicy", "Policy");
  if (policy.value("PolicySummary", json::object()).value("Id", "") != short_id(r)) return absent_state();
  policy["Content"] = document_of(policy.value("Content", json()));
  return policy.dump();
}

Request read_alarm(const Resource& r) {
  return {"cloudwatch", "DescribeAlarms", r.region,
          json({{"AlarmNames", json::array({short_id(r)})}}).dump()};
}

State state_of_alarm(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("MetricAlarms")) return not_of_this_kind("DescribeAlarms", "MetricAlarms");
  json alarm = item_of(answer, "MetricAlarms", "AlarmName", short_id(r));
  if (!alarm.is_object()) return absent_state();
  erase_keys(alarm, {"StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp",
                     "StateTransitionedTimestamp", "AlarmConfigurationUpdatedTimestamp", "EvaluationState"});
  for (const char* list : {"Dimensions", "AlarmActions", "OKActions", "InsufficientDataActions"}) {
    sort_at(alarm, {list});
  }
  return alarm.dump();
}

Request read_quota(const Resource& r) {
  const json input = {{"ServiceCode", std::string(before_slash(r.id))},
                      {"QuotaCode", std::string(after_slash(r.id))}};
  return {"service-quotas", "GetServiceQuota", r.region, input.dump()};
}

State state_of_quota(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  json quota = answer.value("Quota", json());
  if (answer.contains("Quotas")) quota = item_of(answer, "Quotas", "QuotaCode", after_slash(r.id));
  if (!quota.is_object()) {
    if (answer.contains("Quotas")) return absent_state();
    return not_of_this_kind("GetServiceQuota", "Quota");
  }
  if (quota.value("QuotaCode", "") != after_slash(r.id)) return absent_state();
  erase_keys(quota, {"ErrorReason"});
  return quota.dump();
}

Request read_quota_request(const Resource& r) {
  const json input = {{"ServiceCode", std::string(before_slash(r.id))},
                      {"QuotaCode", std::string(after_slash(r.id))}};
  return {"service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota", r.region, input.dump()};
}

State state_of_quota_request(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("RequestedQuotas"))
    return not_of_this_kind("ListRequestedServiceQuotaChangeHistoryByQuota", "RequestedQuotas");
  json newest;
  for (const json& asked : answer["RequestedQuotas"]) {
    const std::string status = asked.value("Status", "");
    if (asked.value("QuotaCode", "") != after_slash(r.id) || status == "DENIED" || status == "CASE_CLOSED" ||
        status == "NOT_APPROVED" || status == "INVALID_REQUEST")
      continue;
    // Times are of one form within an answer, and its text sorts as they do.
    const auto created = [](const json& each) { return each.value("Created", json()).dump(); };
    if (newest.is_null() || created(newest) < created(asked)) newest = asked;
  }
  if (newest.is_null()) return absent_state();
  return json({{"Id", newest.value("Id", "")}, {"DesiredValue", newest.value("DesiredValue", 0.0)}}).dump();
}

Request read_rule(const Resource& r) {
  return {"events", "DescribeRule", r.region, json({{"Name", short_id(r)}}).dump()};
}

State state_of_rule(const Resource& r, std::string_view text) {
  json answer = answer_of(text);
  if (!answer.contains("Name")) return not_of_this_kind("DescribeRule", "Name");
  if (answer.value("Name", "") != short_id(r)) return absent_state();
  answer["EventPattern"] = document_of(answer.value("EventPattern", json()));
  erase_keys(answer, {"ResponseMetadata", "CreatedBy"});
  return answer.dump();
}

Request read_rule_targets(const Resource& r) {
  return {"events", "ListTargetsByRule", r.region, json({{"Rule", short_id(r)}}).dump()};
}

State state_of_rule_targets(const Resource&, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("Targets")) return not_of_this_kind("ListTargetsByRule", "Targets");
  json targets = json::object();
  for (json target : answer["Targets"]) {
    const std::string id = target.value("Id", "");
    target.erase("Id");
    targets[id] = target;
  }
  return targets.empty() ? absent_state() : targets.dump();
}

Request read_lifecycle_policy(const Resource& r) {
  return {"ecr", "GetLifecyclePolicy", r.region, json({{"repositoryName", r.id}}).dump()};
}

State state_of_lifecycle_policy(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("lifecyclePolicyText"))
    return not_of_this_kind("GetLifecyclePolicy", "lifecyclePolicyText");
  if (answer.value("repositoryName", r.id) != r.id) return absent_state();
  return json({{"lifecyclePolicyText", document_of(answer["lifecyclePolicyText"])}}).dump();
}

Request read_log_group(const Resource& r) {
  return {"logs", "DescribeLogGroups", r.region, json({{"logGroupNamePrefix", r.id}}).dump()};
}

State state_of_log_group(const Resource& r, std::string_view text) {
  const json answer = answer_of(text);
  if (!answer.contains("logGroups")) return not_of_this_kind("DescribeLogGroups", "logGroups");
  for (json group : answer["logGroups"]) {
    if (group.value("logGroupName", "") != r.id) continue;
    erase_keys(group, {"storedBytes", "creationTime", "metricFilterCount"});
    return group.dump();
  }
  return absent_state();
}

}  // namespace

std::vector<Kind> kinds_of_other_services() {
  return {
      {"elbv2:target-group", read_target_group, guarded<state_of_target_group>, "TargetGroupNotFound"},
      {"elbv2:target-group-attributes", read_target_group_attributes,
       guarded<state_of_target_group_attributes>, "TargetGroupNotFound"},
      {"iam:role-policy", read_role_policy, guarded<state_of_role_policy>, "NoSuchEntity"},
      {"iam:policy", read_policy, guarded<state_of_policy>, "NoSuchEntity"},
      {"iam:role", read_role, guarded<state_of_role>, "NoSuchEntity"},
      {"organizations:policy", read_organization_policy, guarded<state_of_organization_policy>,
       "PolicyNotFoundException"},
      {"cloudwatch:alarm", read_alarm, guarded<state_of_alarm>, ""},
      {"servicequotas:quota", read_quota, guarded<state_of_quota>, "NoSuchResourceException"},
      {"servicequotas:request", read_quota_request, guarded<state_of_quota_request>, ""},
      {"events:rule", read_rule, guarded<state_of_rule>, "ResourceNotFoundException"},
      {"events:rule-targets", read_rule_targets, guarded<state_of_rule_targets>, "ResourceNotFoundException"},
      {"ecr:lifecycle-policy", read_lifecycle_policy, guarded<state_of_lifecycle_policy>,
       "LifecyclePolicyNotFoundException"},
      {"logs:log-group", read_log_group, guarded<state_of_log_group>, ""},
  };
}

}  // namespace doctor::remedy
