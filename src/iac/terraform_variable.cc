#include "iac/terraform_variable.h"

namespace doctor::iac {
namespace {

// Limits: Amazon ECS API Reference (CapacityProviderStrategyItem, DeploymentConfiguration, EphemeralStorage,
// ContainerDefinition.stopTimeout, CreateService), ELB API Reference (TargetGroupAttribute), CloudWatch API
// Reference (PutMetricAlarm).
// clang-format off
constexpr VariableRule kRules[] = {
  {"aws_ecs_service", "capacity_provider_strategy.base",       "number", "$ >= 0 && $ <= 100000 && floor($) == $", "A base is a whole number from 0 to 100000."},
  {"aws_ecs_service", "capacity_provider_strategy.weight",     "number", "$ >= 0 && $ <= 1000 && floor($) == $",   "A weight is a whole number from 0 to 1000."},
  {"aws_ecs_service", "desired_count",                         "number", "$ >= 0 && floor($) == $",                "A count is a whole number, 0 or more."},
  {"aws_ecs_service", "deployment_minimum_healthy_percent",    "number", "$ >= 0 && $ <= 100",                     "The minimum healthy percent is from 0 to 100."},
  {"aws_ecs_service", "deployment_maximum_percent",            "number", "$ >= 100",                               "Without room above 100 percent no replacement can start first."},
  {"aws_ecs_service", "health_check_grace_period_seconds",     "number", "$ >= 0 && $ <= 2147483647",              "The grace period is from 0 to 2147483647 seconds."},
  {"aws_ecs_service", "platform_version",                      "string", "can(regex(\"^(LATEST|[0-9]+\\\\.[0-9]+\\\\.[0-9]+)$\", $))", "A platform version is LATEST or of the form 1.4.0."},
  {"aws_ecs_service", "network_configuration.subnets",         "list(string)", "length($) > 0 && alltrue([for id in $ : startswith(id, \"subnet-\")])", "At least one subnet id is needed."},
  {"aws_ecs_service", "network_configuration.security_groups", "list(string)", "length($) <= 5 && alltrue([for id in $ : startswith(id, \"sg-\")])", "At most five security group ids."},
  {"aws_ecs_task_definition", "ephemeral_storage.size_in_gib", "number", "$ >= 21 && $ <= 200",                    "Ephemeral storage is from 21 to 200 GiB."},
  {"aws_ecs_task_definition", "container_definitions.stopTimeout", "number", "$ >= 2 && $ <= 120",                 "Fargate waits 2 to 120 seconds for a container to stop."},
  {"aws_lb_target_group", "deregistration_delay",              "number", "$ >= 0 && $ <= 3600",                    "The deregistration delay is from 0 to 3600 seconds."},
  {"aws_cloudwatch_metric_alarm", "threshold",                 "number", "$ > 0",                                  "The threshold must be above 0."},
  {"aws_cloudwatch_metric_alarm", "evaluation_periods",        "number", "$ >= 1 && floor($) == $",                "At least one period is evaluated."},
  {"aws_servicequotas_service_quota", "value",                 "number", "$ > 0",                                  "A quota is above 0."},
};
// clang-format on

}  // namespace

const VariableRule* variable_rule(std::string_view resource, std::string_view attribute) {
  for (const auto& rule : kRules) {
    if (rule.resource == resource && rule.attribute == attribute) return &rule;
  }
  return nullptr;
}

CodeBlock variable_block(const VariableRule& rule, const std::string& name, const std::string& description,
                         const Value& value) {
  CodeBlock block{.type = "variable", .labels = {name}};
  block.put("description", string_value(description));
  block.put("type", expression_value(rule.type));
  block.put("default", value);
  std::string condition(rule.condition);
  const std::string variable = "var." + name;
  for (std::size_t at = 0; (at = condition.find('$', at)) != std::string::npos; at += variable.size()) {
    // "$" at the end of a regular expression is not the variable.
    if (at + 1 < condition.size() && condition[at + 1] == '"') {
      at -= variable.size() - 1;
      continue;
    }
    condition.replace(at, 1, variable);
  }
  CodeBlock validation{.type = "validation"};
  validation.put("condition", expression_value(condition));
  validation.put("error_message", string_value(rule.error));
  block.blocks.push_back(std::move(validation));
  return block;
}

}  // namespace doctor::iac
