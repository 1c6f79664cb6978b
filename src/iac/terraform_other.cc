// IAM, load balancing, alarms, quotas, rules, images, logs: "Resource: aws_iam_role_policy",
// "… aws_lb_target_group", "… aws_cloudwatch_metric_alarm", "… aws_servicequotas_service_quota",
// "… aws_cloudwatch_event_rule", "… aws_cloudwatch_event_target", "… aws_ecr_lifecycle_policy", ….
#include "core/arn.h"
#include "iac/terraform_rows.h"

namespace doctor::iac {
namespace {

TerraformResource named(std::string type, std::string hint, std::string import_id) {
  TerraformResource resource;
  resource.type = std::move(type);
  resource.hint = std::move(hint);
  resource.ids = {import_id};
  resource.import_id = std::move(import_id);
  return resource;
}

TerraformResource role_policy(const Change& change, const Value& state) {
  const std::string role = before_slash(change.resource.id), name = after_slash(change.resource.id);
  auto resource = named("aws_iam_role_policy", name, role + ":" + name);
  resource.identity = {{"name", name}, {"role", role}};
  resource.body.put("name", string_value(name));
  resource.body.put("role", string_value(role));
  if (const Value* document = state.at("PolicyDocument")) resource.body.put("policy", document_of(*document));
  return resource;
}

// The state says which version is in force; its document is in the request that made it.
TerraformResource policy(const Change& change, const Value& state) {
  auto resource = named("aws_iam_policy", text_at(state, "PolicyName"), change.resource.id);
  resource.identity = {{"name", text_at(state, "PolicyName")}};
  resource.partial = true;
  resource.body.put("name", field(state, "PolicyName"));
  copy(resource.body, state, "Path", "path");
  copy(resource.body, state, "Description", "description");
  if (&state == &change.after) {
    for (const auto& request : change.requests) {
      if (const Value* document = request.at("PolicyDocument")) {
        std::erase_if(resource.body.attributes, [](const auto& pair) { return pair.first == "policy"; });
        resource.body.put("policy", document_of(*document));
        resource.partial = false;
      }
    }
  }
  copy_tags(resource.body, state, "Tags");
  return resource;
}

// Attribute keys are those of the ELB API (ModifyTargetGroupAttributes).
TerraformResource target_group_attributes(const Change& change, const Value& state) {
  const auto arn = core::Arn::parse(change.resource.id);
  std::string name = arn ? before_slash(arn->resource) : change.resource.id;
  name = after_slash(name);
  auto resource = named("aws_lb_target_group", name, change.resource.id);
  resource.identity = {{"name", name}};
  resource.partial = true;  // its port, protocol and VPC are not among its attributes
  copy(resource.body, state, "deregistration_delay.timeout_seconds", "deregistration_delay");
  copy(resource.body, state, "slow_start.duration_seconds", "slow_start");
  copy(resource.body, state, "load_balancing.algorithm.type", "load_balancing_algorithm_type");
  if (text_at(state, "slow_start.duration_seconds") == "0") {
    std::erase_if(resource.body.attributes, [](const auto& pair) { return pair.first == "slow_start"; });
  }
  return resource;
}

TerraformResource target_group(const Value& state) {
  auto resource =
      named("aws_lb_target_group", text_at(state, "TargetGroupName"), text_at(state, "TargetGroupArn"));
  resource.identity = {{"name", text_at(state, "TargetGroupName")}};
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"TargetGroupName", "name"},
           {"Port", "port"},
           {"Protocol", "protocol"},
           {"ProtocolVersion", "protocol_version"},
           {"TargetType", "target_type"},
           {"VpcId", "vpc_id"}}) {
    copy(resource.body, state, from, to);
  }
  CodeBlock check{.type = "health_check"};
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"HealthCheckProtocol", "protocol"},
           {"HealthCheckPort", "port"},
           {"HealthCheckPath", "path"},
           {"HealthCheckIntervalSeconds", "interval"},
           {"HealthCheckTimeoutSeconds", "timeout"},
           {"HealthyThresholdCount", "healthy_threshold"},
           {"UnhealthyThresholdCount", "unhealthy_threshold"},
           {"Matcher/HttpCode", "matcher"}}) {
    copy(check, state, from, to);
  }
  if (!check.attributes.empty()) resource.body.blocks.push_back(std::move(check));
  return resource;
}

TerraformResource alarm(const Value& state) {
  const std::string name = text_at(state, "AlarmName");
  auto resource = named("aws_cloudwatch_metric_alarm", name, name);
  resource.identity = {{"alarm_name", name}};
  CodeBlock& body = resource.body;
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"AlarmName", "alarm_name"},
           {"AlarmDescription", "alarm_description"},
           {"Namespace", "namespace"},
           {"MetricName", "metric_name"}}) {
    copy(body, state, from, to);
  }
  Value dimensions;
  for (const auto& dimension : field(state, "Dimensions").items) {
    dimensions.set(text_at(dimension, "Name"), string_value(text_at(dimension, "Value")));
  }
  body.put("dimensions", dimensions);
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"Statistic", "statistic"},
           {"ExtendedStatistic", "extended_statistic"},
           {"Period", "period"},
           {"EvaluationPeriods", "evaluation_periods"},
           {"DatapointsToAlarm", "datapoints_to_alarm"},
           {"Threshold", "threshold"},
           {"ComparisonOperator", "comparison_operator"},
           {"TreatMissingData", "treat_missing_data"},
           {"Unit", "unit"},
           {"AlarmActions", "alarm_actions"},
           {"OKActions", "ok_actions"},
           {"InsufficientDataActions", "insufficient_data_actions"}}) {
    copy(body, state, from, to);
  }
  for (const auto& query : field(state, "Metrics").items) {
    CodeBlock block{.type = "metric_query"};
    for (const auto& [from, to] :
         std::initializer_list<std::pair<std::string_view, std::string>>{{"Id", "id"},
                                                                         {"Expression", "expression"},
                                                                         {"Label", "label"},
                                                                         {"Period", "period"},
                                                                         {"ReturnData", "return_data"}}) {
      copy(block, query, from, to);
    }
    if (const Value* stat = query.at("MetricStat")) {
      CodeBlock metric{.type = "metric"};
      copy(metric, *stat, "Metric/Namespace", "namespace");
      copy(metric, *stat, "Metric/MetricName", "metric_name");
      copy(metric, *stat, "Period", "period");
      copy(metric, *stat, "Stat", "stat");
      copy(metric, *stat, "Unit", "unit");
      Value of_metric;
      for (const auto& dimension : field(*stat, "Metric/Dimensions").items) {
        of_metric.set(text_at(dimension, "Name"), string_value(text_at(dimension, "Value")));
      }
      metric.put("dimensions", of_metric);
      block.blocks.push_back(std::move(metric));
    }
    body.blocks.push_back(std::move(block));
  }
  return resource;
}

TerraformResource quota(const Change& change, const Value& state) {
  const std::string service = before_slash(change.resource.id), code = after_slash(change.resource.id);
  const std::string name = text_at(state, "QuotaName");
  auto resource = named("aws_servicequotas_service_quota", name.empty() ? service + "_" + code : name,
                        service + "/" + code);
  resource.identity = {{"quota_code", code}, {"service_code", service}};
  resource.body.put("service_code", string_value(service));
  resource.body.put("quota_code", string_value(code));
  Value value = field(state, "Value");
  if (&state == &change.after) {
    for (const auto& request : change.requests) {
      if (const Value* wanted = request.at("DesiredValue")) value = *wanted;
    }
  }
  if (value.text.ends_with(".0")) value.text.resize(value.text.size() - 2);
  resource.body.put("value", value);
  resource.note = "an increase is a request, which AWS decides on";
  return resource;
}

TerraformResource rule(const Value& state) {
  const std::string name = text_at(state, "Name");
  const std::string bus = text_at(state, "EventBusName").empty() ? "default" : text_at(state, "EventBusName");
  auto resource = named("aws_cloudwatch_event_rule", name, bus + "/" + name);
  resource.ids = {name, resource.import_id, text_at(state, "Arn")};
  resource.identity = {{"name", name}};
  CodeBlock& body = resource.body;
  body.put("name", string_value(name));
  copy(body, state, "Description", "description");
  if (bus != "default") body.put("event_bus_name", string_value(bus));
  if (const Value* pattern = state.at("EventPattern"); pattern && !pattern->empty())
    body.put("event_pattern", document_of(*pattern));
  copy(body, state, "ScheduleExpression", "schedule_expression");
  copy(body, state, "RoleArn", "role_arn");
  if (text_at(state, "State") != "ENABLED") copy(body, state, "State", "state");
  return resource;
}

Terraform rule_targets(const Change& change, const Value& state) {
  Terraform targets;
  const std::string name(core::short_name(change.resource.id));
  for (std::size_t i = 0; i < state.items.size(); ++i) {
    const std::string& id = state.keys[i];
    auto resource = named("aws_cloudwatch_event_target", name + "_" + id, "default/" + name + "/" + id);
    resource.key = id;
    resource.identity = {{"rule", name}, {"target_id", id}};
    resource.body.put("rule", string_value(name));
    resource.body.put("target_id", string_value(id));
    copy(resource.body, state.items[i], "Arn", "arn");
    copy(resource.body, state.items[i], "RoleArn", "role_arn");
    copy(resource.body, state.items[i], "Input", "input");
    copy(resource.body, state.items[i], "InputPath", "input_path");
    targets.push_back(std::move(resource));
  }
  return targets;
}

TerraformResource lifecycle_policy(const Change& change, const Value& state) {
  const std::string repository(core::short_name(change.resource.id));
  auto resource = named("aws_ecr_lifecycle_policy", repository, repository);
  resource.identity = {{"repository", repository}};
  resource.body.put("repository", string_value(repository));
  if (const Value* text = state.at("lifecyclePolicyText")) resource.body.put("policy", document_of(*text));
  return resource;
}

TerraformResource organization_policy(const Value& state) {
  auto resource = named("aws_organizations_policy", text_at(state, "PolicySummary/Name"),
                        text_at(state, "PolicySummary/Id"));
  resource.ids.push_back(text_at(state, "PolicySummary/Arn"));
  resource.identity = {{"name", text_at(state, "PolicySummary/Name")}};
  copy(resource.body, state, "PolicySummary/Name", "name");
  copy(resource.body, state, "PolicySummary/Description", "description");
  copy(resource.body, state, "PolicySummary/Type", "type");
  if (const Value* content = state.at("Content")) resource.body.put("content", document_of(*content));
  return resource;
}

TerraformResource log_group(const Value& state) {
  const std::string name = text_at(state, "logGroupName");
  auto resource = named("aws_cloudwatch_log_group", name, name);
  resource.identity = {{"name", name}};
  resource.body.put("name", string_value(name));
  copy(resource.body, state, "retentionInDays", "retention_in_days");
  copy(resource.body, state, "kmsKeyId", "kms_key_id");
  return resource;
}

}  // namespace

Terraform terraform_other(const Change& change, const Value& state) {
  const std::string& kind = change.resource.kind;
  if (kind == "iam:role-policy") return {role_policy(change, state)};
  if (kind == "iam:policy") return {policy(change, state)};
  if (kind == "elbv2:target-group-attributes") return {target_group_attributes(change, state)};
  if (kind == "elbv2:target-group") return {target_group(state)};
  if (kind == "cloudwatch:alarm") return {alarm(state)};
  if (kind == "servicequotas:quota") return {quota(change, state)};
  if (kind == "events:rule") return {rule(state)};
  if (kind == "events:rule-targets") return rule_targets(change, state);
  if (kind == "ecr:lifecycle-policy") return {lifecycle_policy(change, state)};
  if (kind == "organizations:policy") return {organization_policy(state)};
  if (kind == "logs:log-group") return {log_group(state)};
  return {};
}

}  // namespace doctor::iac
