#include "remedy/managed_by.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "core/json.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using core::fail;
using core::Json;
using core::JsonDocument;
using core::Result;
using nlohmann::json;

// Which types of code make a resource of this kind, and what the code knows it by.
struct KindRow {
  std::string_view kind, terraform, cloudformation;
};

constexpr KindRow kKinds[] = {
    {"ecs:service", "aws_ecs_service", "AWS::ECS::Service"},
    {"ecs:cluster", "aws_ecs_cluster aws_ecs_cluster_capacity_providers", "AWS::ECS::Cluster"},
    {"ecs:task-definition", "aws_ecs_task_definition", "AWS::ECS::TaskDefinition"},
    {"elbv2:target-group", "aws_lb_target_group aws_alb_target_group",
     "AWS::ElasticLoadBalancingV2::TargetGroup"},
    {"elbv2:target-group-attributes", "aws_lb_target_group aws_alb_target_group",
     "AWS::ElasticLoadBalancingV2::TargetGroup"},
    {"ec2:security-group", "aws_security_group aws_default_security_group", "AWS::EC2::SecurityGroup"},
    {"ec2:network-acl", "aws_network_acl aws_default_network_acl", "AWS::EC2::NetworkAcl"},
    {"ec2:route-table", "aws_route_table aws_default_route_table", "AWS::EC2::RouteTable"},
    {"ec2:vpc-endpoint", "aws_vpc_endpoint", "AWS::EC2::VPCEndpoint"},
    {"ec2:vpc-attribute", "aws_vpc aws_default_vpc", "AWS::EC2::VPC"},
    {"ec2:subnet", "aws_subnet", "AWS::EC2::Subnet"},
    {"ec2:internet-gateway", "aws_internet_gateway", "AWS::EC2::InternetGateway"},
    {"ec2:nat-gateway", "aws_nat_gateway", "AWS::EC2::NatGateway"},
    {"iam:role-policy", "aws_iam_role_policy aws_iam_role",
     "AWS::IAM::Policy AWS::IAM::Role AWS::IAM::RolePolicy"},
    {"iam:role", "aws_iam_role aws_iam_service_linked_role", "AWS::IAM::Role AWS::IAM::ServiceLinkedRole"},
    {"iam:policy", "aws_iam_policy", "AWS::IAM::ManagedPolicy"},
    {"organizations:policy", "aws_organizations_policy", "AWS::Organizations::Policy"},
    {"cloudwatch:alarm", "aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"},
    {"servicequotas:request", "aws_servicequotas_service_quota", ""},
    {"events:rule", "aws_cloudwatch_event_rule", "AWS::Events::Rule"},
    {"ecr:lifecycle-policy", "aws_ecr_lifecycle_policy aws_ecr_repository", "AWS::ECR::Repository"},
    {"logs:log-group", "aws_cloudwatch_log_group", "AWS::Logs::LogGroup"},
};

bool has_word(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

// What this resource may be called by the code that made it.
std::vector<std::string> names_of(const Resource& r) {
  std::vector<std::string> names = {r.id};
  const auto slash = r.id.find('/');
  if (r.kind == "iam:role-policy" && slash != std::string::npos) {
    names = {r.id.substr(0, slash) + ":" + r.id.substr(slash + 1), r.id.substr(slash + 1),
             r.id.substr(0, slash)};
  } else if (r.kind == "ec2:vpc-attribute") {
    names = {r.id.substr(0, slash)};
  } else if (r.kind == "ecs:task-definition") {  // known by its family, or by the ARN of any revision
    names.push_back(std::string(core::short_name(r.id)));
  }
  return names;
}

bool is_named(const Managed& managed, const Resource& r) {
  const auto names = names_of(r);
  return std::any_of(managed.ids.begin(), managed.ids.end(), [&](const std::string& id) {
    if (r.kind == "ecs:task-definition" && id.starts_with(r.id + ":")) return true;
    return std::find(names.begin(), names.end(), id) != names.end();
  });
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// AWS CloudFormation tags what it makes; with Terraform people do, in default_tags as a rule.
std::string manager_by_tags(const json& state) {
  for (const char* key : {"tags", "Tags"}) {
    if (!state.is_object() || !state.contains(key) || !state[key].is_object()) continue;
    const json& tags = state[key];
    const std::string stack = tags.value("aws:cloudformation:stack-name", "");
    if (!stack.empty())
      return fmt::format("cloudformation: {}/{}", stack, tags.value("aws:cloudformation:logical-id", "?"));
    for (const auto& [name, value] : tags.items()) {
      if (!value.is_string()) continue;
      const std::string plain = lower(name), text = lower(value.get<std::string>());
      const bool names_manager = plain == "managedby" || plain == "managed-by" || plain == "managed_by" ||
                                 plain == "provisioner" || plain == "created_by" || plain == "createdby";
      for (const char* tool : {"terraform", "opentofu", "pulumi"}) {
        if ((names_manager && text.find(tool) != std::string::npos) || (plain == tool && text != "false"))
          return fmt::format("{}: by its tag {}", tool, name);
      }
    }
  }
  return {};
}

void add_text(std::vector<std::string>& ids, Json value) {
  const std::string text(value.string_or());
  if (!text.empty() && std::find(ids.begin(), ids.end(), text) == ids.end()) ids.push_back(text);
}

// "module.app.aws_ecs_service.web[0]", as `terraform state list` writes it.
std::string address_of(Json resource, Json instance) {
  const std::string module(resource["module"].string_or());
  std::string address = module.empty() ? "" : module + ".";
  address += fmt::format("{}.{}", resource["type"].string_or(), resource["name"].string_or());
  const Json key = instance["index_key"];
  if (key.is_string()) address += fmt::format("[{}]", core::json_quoted(key.string_or()));
  if (key.is_number()) address += fmt::format("[{}]", key.integer_or(0));
  return address;
}

}  // namespace

Result<std::vector<Managed>> managed_by_terraform(std::string_view text, std::string_view origin) {
  const auto document = JsonDocument::parse(text, origin);
  if (!document) return fail(document.error());
  const Json root = document->root();
  const auto version = root["version"].integer_or(0);
  if (version != 4)
    return fail(ErrorKind::bad_input, fmt::format("{}: this is no Terraform state of version 4", origin),
                "name the file that `terraform state pull` prints");
  std::vector<Managed> managed;
  for (const Json resource : root["resources"].items()) {
    if (resource["mode"].string_or() != "managed") continue;
    for (const Json instance : resource["instances"].items()) {
      Managed each{
          "terraform: " + address_of(resource, instance), std::string(resource["type"].string_or()), {}};
      for (const char* key : {"id", "arn", "name", "family", "bucket"})
        add_text(each.ids, instance["attributes"][key]);
      if (!each.ids.empty()) managed.push_back(std::move(each));
    }
  }
  return managed;
}

Result<std::vector<Managed>> managed_by_stack(std::string_view text, std::string_view origin) {
  const auto document = JsonDocument::parse(text, origin);
  if (!document) return fail(document.error());
  const Json list = document->root()["StackResources"];
  if (!list.is_array())
    return fail(ErrorKind::bad_input, fmt::format("{}: it has no list StackResources", origin),
                "save the answer of: aws cloudformation describe-stack-resources --stack-name STACK");
  std::vector<Managed> managed;
  for (const Json resource : list.items()) {
    Managed each{fmt::format("cloudformation: {}/{}", resource["StackName"].string_or(),
                             resource["LogicalResourceId"].string_or()),
                 std::string(resource["ResourceType"].string_or()),
                 {}};
    add_text(each.ids, resource["PhysicalResourceId"]);
    if (!each.ids.empty()) managed.push_back(std::move(each));
  }
  return managed;
}

std::string manager_of(const Step& step, const std::vector<Managed>& managed) {
  const json before = json::parse(step.before, nullptr, false);
  if (before.is_null() || before.is_discarded()) return {};
  const auto* row = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const KindRow& k) { return k.kind == step.resource.kind; });
  if (row != std::end(kKinds)) {
    for (const Managed& each : managed) {
      if ((has_word(row->terraform, each.type) || has_word(row->cloudformation, each.type)) &&
          is_named(each, step.resource))
        return each.by;
    }
  }
  return manager_by_tags(before);
}

}  // namespace doctor::remedy
