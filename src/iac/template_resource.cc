#include "iac/template_resource.h"

#include <algorithm>

#include "core/arn.h"
#include "iac/terraform_rows.h"

namespace doctor::iac {
namespace {

using Resources = std::vector<TemplateResource>;
using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void put(Value& map, std::string_view key, Value value) {
  if (value.kind != Value::Kind::null) map.set(std::string(key), std::move(value));
}
void take(Value& map, const Value& state, Fields fields) {
  for (const auto& [from, to] : fields) put(map, to, field(state, from));
}
Value made(const Value& state, Fields fields) {
  Value map;
  take(map, state, fields);
  return map;
}

Value tags_of(const Value& state, std::string_view path) {
  Value list = list_value({});
  const Value tags = field(state, path);
  for (std::size_t i = 0; i < tags.items.size(); ++i) {
    if (tags.keys[i].starts_with("aws:") || tags.keys[i].starts_with("fargate-doctor:")) continue;
    Value tag;
    tag.set("Key", string_value(tags.keys[i]));
    tag.set("Value", tags.items[i]);
    list.items.push_back(std::move(tag));
  }
  return list.items.empty() ? Value{} : list;
}

// ECS's camelCase as CloudFormation's PascalCase. Keys below these are the user's own words.
bool holds_own_words(std::string_view key) {
  for (const std::string_view own : {"dockerLabels", "options", "driverOpts", "labels"}) {
    if (key == own) return true;
  }
  return false;
}
Value pascal(const Value& value) {
  Value out = value;
  out.keys.clear();
  out.items.clear();
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (value.kind != Value::Kind::map) {
      out.items.push_back(pascal(value.items[i]));
      continue;
    }
    std::string key = value.keys[i];
    Value item = holds_own_words(key) ? value.items[i] : pascal(value.items[i]);
    if (key == "efsVolumeConfiguration") key = "EFSVolumeConfiguration";
    if (key == "fileSystemId") key = "FilesystemId";
    if (key == "iam") key = "IAM";
    if (!key.empty() && key[0] >= 'a' && key[0] <= 'z') key[0] = static_cast<char>(key[0] - 'a' + 'A');
    if (item.empty()) continue;
    out.keys.push_back(std::move(key));
    out.items.push_back(std::move(item));
  }
  return out;
}

TemplateResource service_in_template(const Change& change, const Value& state) {
  TemplateResource resource;
  const std::string name = text_at(state, "serviceName"),
                    cluster(core::short_name(text_at(state, "clusterArn")));
  resource.type = "AWS::ECS::Service";
  resource.hint = name;
  resource.identifier = {{"ServiceArn", change.resource.id}, {"Cluster", text_at(state, "clusterArn")}};
  resource.physical = {change.resource.id};
  resource.identity = {{"ServiceName", name}, {"Cluster", cluster}};
  Value& p = resource.properties;
  p.set("ServiceName", string_value(name));
  take(p, state,
       {{"clusterArn", "Cluster"}, {"taskDefinition", "TaskDefinition"}, {"desiredCount", "DesiredCount"}});
  const Value strategy = field(state, "capacityProviderStrategy");
  if (strategy.empty()) {
    take(p, state, {{"launchType", "LaunchType"}});
  } else {
    put(p, "CapacityProviderStrategy", pascal(strategy));
  }
  take(p, state,
       {{"platformVersion", "PlatformVersion"},
        {"healthCheckGracePeriodSeconds", "HealthCheckGracePeriodSeconds"},
        {"enableExecuteCommand", "EnableExecuteCommand"},
        {"enableECSManagedTags", "EnableECSManagedTags"},
        {"availabilityZoneRebalancing", "AvailabilityZoneRebalancing"}});
  if (text_at(state, "schedulingStrategy") == "DAEMON")
    take(p, state, {{"schedulingStrategy", "SchedulingStrategy"}});
  if (text_at(state, "propagateTags") != "NONE") take(p, state, {{"propagateTags", "PropagateTags"}});
  Value deployment =
      made(state, {{"deploymentConfiguration/maximumPercent", "MaximumPercent"},
                   {"deploymentConfiguration/minimumHealthyPercent", "MinimumHealthyPercent"}});
  if (text_at(state, "deploymentConfiguration/deploymentCircuitBreaker/enable") == "true") {
    put(deployment, "DeploymentCircuitBreaker",
        pascal(field(state, "deploymentConfiguration/deploymentCircuitBreaker")));
  }
  put(p, "DeploymentConfiguration", deployment);
  Value vpc = pascal(field(state, "networkConfiguration/awsvpcConfiguration"));
  if (!vpc.empty()) {
    Value network;
    network.set("AwsvpcConfiguration", std::move(vpc));
    p.set("NetworkConfiguration", std::move(network));
  }
  if (const Value balancers = field(state, "loadBalancers"); !balancers.empty())
    put(p, "LoadBalancers", pascal(balancers));
  if (const Value registries = field(state, "serviceRegistries"); !registries.empty())
    put(p, "ServiceRegistries", pascal(registries));
  put(p, "Tags", tags_of(state, "tags"));
  return resource;
}

TemplateResource task_definition_in_template(const Value& state) {
  TemplateResource resource;
  const std::string family = text_at(state, "family"), arn = text_at(state, "taskDefinitionArn");
  resource.type = "AWS::ECS::TaskDefinition";
  resource.hint = family + "TaskDefinition";
  resource.identifier = {{"TaskDefinitionArn", arn}};
  resource.physical = {arn};
  resource.identity = {{"Family", family}};
  Value& p = resource.properties;
  take(p, state,
       {{"family", "Family"},
        {"requiresCompatibilities", "RequiresCompatibilities"},
        {"networkMode", "NetworkMode"},
        {"cpu", "Cpu"},
        {"memory", "Memory"},
        {"executionRoleArn", "ExecutionRoleArn"},
        {"taskRoleArn", "TaskRoleArn"},
        {"pidMode", "PidMode"},
        {"ipcMode", "IpcMode"}});
  Value containers = list_value({});
  for (auto container : field(state, "containerDefinitions").items) {
    if (text_at(container, "cpu") == "0") container.erase("cpu");
    containers.items.push_back(pascal(container));
  }
  p.set("ContainerDefinitions", std::move(containers));
  if (const Value* storage = state.at("ephemeralStorage")) put(p, "EphemeralStorage", pascal(*storage));
  if (const Value platform = field(state, "runtimePlatform"); !platform.empty())
    put(p, "RuntimePlatform", pascal(platform));
  if (const Value volumes = field(state, "volumes"); !volumes.empty()) put(p, "Volumes", pascal(volumes));
  put(p, "Tags", tags_of(state, "tags"));
  resource.note = "a stack update registers a revision of its own and deregisters the one it made before";
  return resource;
}

// Rules of a group; their keys are "tcp 443-443 10.0.0.0/8".
Resources security_group_in_template(const Change& change, const Value& state) {
  Resources rules;
  const std::string group = text_at(state, "GroupId");
  for (const auto& rule : terraform_vpc(change, state)) {
    const bool egress = rule.key.starts_with("egress");
    const auto text = [&](std::string_view name) {
      const Value* value = rule.inside_parent.attribute(name);
      const Value* first = value && value->kind == Value::Kind::list ? &value->items.front() : value;
      return first ? *first : Value{};
    };
    TemplateResource resource;
    resource.type = egress ? "AWS::EC2::SecurityGroupEgress" : "AWS::EC2::SecurityGroupIngress";
    resource.key = rule.key;
    resource.hint = rule.hint;
    if (rule.import_id.starts_with("sgr-")) {
      resource.identifier = {{"Id", rule.import_id}};
      resource.physical = {rule.import_id};
    }
    Value entry;
    put(entry, "Description", text("description"));
    put(entry, "IpProtocol", text("protocol"));
    if (entry.member("IpProtocol")->text != "-1") {
      put(entry, "FromPort", text("from_port"));
      put(entry, "ToPort", text("to_port"));
    }
    put(entry, "CidrIp", text("cidr_blocks"));
    put(entry, "CidrIpv6", text("ipv6_cidr_blocks"));
    put(entry, egress ? "DestinationPrefixListId" : "SourcePrefixListId", text("prefix_list_ids"));
    put(entry, egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId", text("security_groups"));
    resource.properties = entry;
    resource.properties.set("GroupId", string_value(group));
    const std::string list = egress ? "SecurityGroupEgress" : "SecurityGroupIngress";
    Value properties;
    properties.set(list, list_value({entry}));
    resource.inside.push_back(
        {"AWS::EC2::SecurityGroup", {group}, {{"GroupName", text_at(state, "GroupName")}}, properties, list});
    rules.push_back(std::move(resource));
  }
  return rules;
}

Resources network_acl_in_template(const Value& state) {
  constexpr std::string_view kLast = "32767";
  Resources entries;
  const Value list = field(state, "Entries");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string number = list.keys[i].substr(list.keys[i].find(' ') + 1);
    if (number == kLast) continue;
    TemplateResource resource;
    resource.type = "AWS::EC2::NetworkAclEntry";
    resource.key = resource.hint = list.keys[i];
    Value& p = resource.properties;
    p.set("NetworkAclId", string_value(text_at(state, "NetworkAclId")));
    p.set("RuleNumber", number_value(number));
    p.set("Egress", boolean_value(list.keys[i].starts_with("egress")));
    p.set("Protocol", number_value(text_at(list.items[i], "Protocol")));
    take(p, list.items[i],
         {{"RuleAction", "RuleAction"},
          {"CidrBlock", "CidrBlock"},
          {"Ipv6CidrBlock", "Ipv6CidrBlock"},
          {"PortRange", "PortRange"},
          {"IcmpTypeCode", "Icmp"}});
    resource.identity = {{"RuleNumber", number}, {"NetworkAclId", text_at(state, "NetworkAclId")}};
    resource.note =
        "CloudFormation names ACL entries itself and cannot import one: delete this one, then let the stack "
        "make it";
    entries.push_back(std::move(resource));
  }
  return entries;
}

Resources route_table_in_template(const Change& change, const Value& state) {
  Resources routes;
  const Value list = field(state, "Routes");
  const std::string table = text_at(state, "RouteTableId");
  for (const auto& route : terraform_vpc(change, state)) {
    const std::string& destination = route.key;
    const Value* from = list.member(destination);
    TemplateResource resource;
    resource.type = "AWS::EC2::Route";
    resource.key = destination;
    resource.hint = route.hint;
    resource.identifier = {{"RouteTableId", table}, {"CidrBlock", destination}};
    resource.identity = {{"RouteTableId", table}};
    Value& p = resource.properties;
    p.set("RouteTableId", string_value(table));
    const bool v6 = destination.find(':') != std::string::npos, prefix = destination.starts_with("pl-");
    p.set(v6       ? "DestinationIpv6CidrBlock"
          : prefix ? "DestinationPrefixListId"
                   : "DestinationCidrBlock",
          string_value(destination));
    resource.identity.emplace_back(p.keys.back(), destination);
    if (from) {
      take(p, *from,
           {{"NatGatewayId", "NatGatewayId"},
            {"TransitGatewayId", "TransitGatewayId"},
            {"VpcPeeringConnectionId", "VpcPeeringConnectionId"},
            {"NetworkInterfaceId", "NetworkInterfaceId"},
            {"EgressOnlyInternetGatewayId", "EgressOnlyInternetGatewayId"},
            {"CarrierGatewayId", "CarrierGatewayId"}});
      const std::string gateway = text_at(*from, "GatewayId");
      if (!gateway.empty())
        p.set(gateway.starts_with("vpce-") ? "VpcEndpointId" : "GatewayId", string_value(gateway));
    }
    routes.push_back(std::move(resource));
  }
  return routes;
}

TemplateResource vpc_endpoint_in_template(const Value& state) {
  TemplateResource resource;
  const std::string id = text_at(state, "VpcEndpointId"), name = text_at(state, "ServiceName");
  resource.type = "AWS::EC2::VPCEndpoint";
  resource.hint = name.substr(name.find('.', name.find("aws.") + 4) + 1) + "Endpoint";
  resource.identifier = {{"Id", id}};
  resource.physical = {id};
  resource.identity = {{"ServiceName", name}, {"VpcId", text_at(state, "VpcId")}};
  Value& p = resource.properties;
  take(p, state,
       {{"VpcId", "VpcId"}, {"ServiceName", "ServiceName"}, {"VpcEndpointType", "VpcEndpointType"}});
  if (text_at(state, "VpcEndpointType") != "Gateway")
    take(p, state, {{"PrivateDnsEnabled", "PrivateDnsEnabled"}});
  take(
      p, state,
      {{"RouteTableIds", "RouteTableIds"}, {"SubnetIds", "SubnetIds"}, {"PolicyDocument", "PolicyDocument"}});
  Value groups = list_value({});
  for (const auto& group : field(state, "Groups").items)
    groups.items.push_back(group.is_scalar() ? group : string_value(text_at(group, "GroupId")));
  if (!groups.items.empty()) p.set("SecurityGroupIds", std::move(groups));
  put(p, "Tags", tags_of(state, "Tags"));
  return resource;
}

Resources vpc_in_template(const Change& change, const Value& state) {
  const std::string& kind = change.resource.kind;
  if (kind == "ec2:security-group") return security_group_in_template(change, state);
  if (kind == "ec2:network-acl") return network_acl_in_template(state);
  if (kind == "ec2:route-table") return route_table_in_template(change, state);
  if (kind == "ec2:vpc-endpoint") return {vpc_endpoint_in_template(state)};
  TemplateResource resource;
  if (kind == "ec2:vpc-attribute") {
    const std::string id = before_slash(change.resource.id);
    resource.type = "AWS::EC2::VPC";
    resource.hint = id;
    resource.identifier = {{"VpcId", id}};
    resource.physical = {id};
    resource.partial = true;
    take(resource.properties, state,
         {{"EnableDnsSupport", "EnableDnsSupport"}, {"EnableDnsHostnames", "EnableDnsHostnames"}});
    return {resource};
  }
  if (kind == "ec2:subnet") {
    resource.type = "AWS::EC2::Subnet";
    resource.hint =
        text_at(state, "Tags/Name").empty() ? text_at(state, "SubnetId") : text_at(state, "Tags/Name");
    resource.identifier = {{"SubnetId", text_at(state, "SubnetId")}};
    resource.physical = {text_at(state, "SubnetId")};
    resource.identity = {{"CidrBlock", text_at(state, "CidrBlock")}, {"VpcId", text_at(state, "VpcId")}};
    take(resource.properties, state,
         {{"VpcId", "VpcId"}, {"CidrBlock", "CidrBlock"}, {"AvailabilityZone", "AvailabilityZone"}});
    put(resource.properties, "Tags", tags_of(state, "Tags"));
    return {resource};
  }
  return {};
}

TemplateResource role_policy_in_template(const Change& change, const Value& state) {
  TemplateResource resource;
  const std::string role = before_slash(change.resource.id), name = after_slash(change.resource.id);
  resource.type = "AWS::IAM::RolePolicy";
  resource.hint = role + name;
  resource.identifier = {{"PolicyName", name}, {"RoleName", role}};
  resource.physical = {name + "|" + role};
  resource.identity = {{"PolicyName", name}, {"RoleName", role}};
  Value& p = resource.properties;
  p.set("PolicyName", string_value(name));
  p.set("RoleName", string_value(role));
  take(p, state, {{"PolicyDocument", "PolicyDocument"}});
  Value inline_policy = p;
  inline_policy.erase("RoleName");
  Value of_role;
  of_role.set("Policies", list_value({inline_policy}));
  resource.inside.push_back({"AWS::IAM::Role", {role}, {{"RoleName", role}}, of_role, "Policies"});
  return resource;
}

TemplateResource managed_policy_in_template(const Change& change, const Value& state) {
  TemplateResource resource;
  resource.type = "AWS::IAM::ManagedPolicy";
  resource.hint = text_at(state, "PolicyName");
  resource.identifier = {{"PolicyArn", change.resource.id}};
  resource.physical = {change.resource.id};
  resource.identity = {{"ManagedPolicyName", resource.hint}};
  resource.partial = true;
  take(resource.properties, state,
       {{"PolicyName", "ManagedPolicyName"}, {"Path", "Path"}, {"Description", "Description"}});
  if (&state == &change.after) {
    for (const auto& request : change.requests) {
      const Value* document = request.at("PolicyDocument");
      if (!document) continue;
      const Value parsed = document_of(*document);
      resource.properties.set("PolicyDocument",
                              parsed.kind == Value::Kind::document ? parsed.items.front() : parsed);
      resource.partial = false;
    }
  }
  return resource;
}

TemplateResource target_group_attributes_in_template(const Change& change, const Value& state) {
  TemplateResource resource;
  const auto arn = core::Arn::parse(change.resource.id);
  resource.type = "AWS::ElasticLoadBalancingV2::TargetGroup";
  resource.hint = arn ? after_slash(before_slash(arn->resource)) : change.resource.id;
  resource.identifier = {{"TargetGroupArn", change.resource.id}};
  resource.physical = {change.resource.id};
  resource.identity = {{"Name", resource.hint}};
  resource.partial = true;
  Value list = list_value({});
  for (std::size_t i = 0; i < state.items.size(); ++i) {
    Value attribute;
    attribute.set("Key", string_value(state.keys[i]));
    attribute.set("Value", string_value(state.items[i].text));
    list.items.push_back(std::move(attribute));
  }
  resource.properties.set("TargetGroupAttributes", std::move(list));
  return resource;
}

TemplateResource alarm_in_template(const Value& state) {
  TemplateResource resource;
  const std::string name = text_at(state, "AlarmName");
  resource.type = "AWS::CloudWatch::Alarm";
  resource.hint = name;
  resource.identifier = {{"AlarmName", name}};
  resource.physical = {name};
  resource.identity = {{"AlarmName", name}};
  take(resource.properties, state,
       {{"AlarmName", "AlarmName"},
        {"AlarmDescription", "AlarmDescription"},
        {"Namespace", "Namespace"},
        {"MetricName", "MetricName"},
        {"Dimensions", "Dimensions"},
        {"Metrics", "Metrics"},
        {"Statistic", "Statistic"},
        {"ExtendedStatistic", "ExtendedStatistic"},
        {"Period", "Period"},
        {"EvaluationPeriods", "EvaluationPeriods"},
        {"DatapointsToAlarm", "DatapointsToAlarm"},
        {"Threshold", "Threshold"},
        {"ComparisonOperator", "ComparisonOperator"},
        {"TreatMissingData", "TreatMissingData"},
        {"Unit", "Unit"},
        {"AlarmActions", "AlarmActions"},
        {"OKActions", "OKActions"},
        {"InsufficientDataActions", "InsufficientDataActions"}});
  return resource;
}

TemplateResource rule_in_template(const Change& change, const Value& state, bool targets) {
  TemplateResource resource;
  const std::string name(core::short_name(change.resource.id));
  resource.type = "AWS::Events::Rule";
  resource.hint = name;
  resource.physical = {name, text_at(state, "Arn")};
  resource.identity = {{"Name", name}};
  Value& p = resource.properties;
  p.set("Name", string_value(name));
  if (targets) {  // a property of the rule
    resource.partial = true;
    Value list = list_value({});
    for (std::size_t i = 0; i < state.items.size(); ++i) {
      Value target;
      target.set("Id", string_value(state.keys[i]));
      take(target, state.items[i],
           {{"Arn", "Arn"}, {"RoleArn", "RoleArn"}, {"Input", "Input"}, {"InputPath", "InputPath"}});
      list.items.push_back(std::move(target));
    }
    p.set("Targets", std::move(list));
    return resource;
  }
  resource.identifier = {{"Arn", text_at(state, "Arn")}};
  take(p, state,
       {{"Description", "Description"},
        {"EventPattern", "EventPattern"},
        {"ScheduleExpression", "ScheduleExpression"},
        {"RoleArn", "RoleArn"},
        {"State", "State"}});
  if (text_at(state, "EventBusName") != "default") take(p, state, {{"EventBusName", "EventBusName"}});
  return resource;
}

TemplateResource lifecycle_policy_in_template(const Change& change, const Value& state) {
  TemplateResource resource;
  const std::string repository(core::short_name(change.resource.id));
  resource.type = "AWS::ECR::Repository";
  resource.hint = repository + "Repository";
  resource.identifier = {{"RepositoryName", repository}};
  resource.physical = {repository};
  resource.identity = {{"RepositoryName", repository}};
  resource.properties.set("RepositoryName", string_value(repository));
  Value policy;
  if (const Value* text = state.at("lifecyclePolicyText"))
    policy.set("LifecyclePolicyText", string_value(json_text(*text)));
  resource.properties.set("LifecyclePolicy", policy);
  resource.note =
      "the repository comes into the stack with its policy: compare its other settings by drift detection";
  return resource;
}

TemplateResource log_group_in_template(const Value& state) {
  TemplateResource resource;
  const std::string name = text_at(state, "logGroupName");
  resource.type = "AWS::Logs::LogGroup";
  resource.hint = name + "LogGroup";
  resource.identifier = {{"LogGroupName", name}};
  resource.physical = {name};
  resource.identity = {{"LogGroupName", name}};
  take(resource.properties, state,
       {{"logGroupName", "LogGroupName"}, {"retentionInDays", "RetentionInDays"}, {"kmsKeyId", "KmsKeyId"}});
  return resource;
}

}  // namespace

std::string logical_id(std::string_view text) {
  std::string id;
  bool upper = true;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    if (letter || digit) id += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = !letter && !digit;
  }
  return id.empty() ? "Resource" : id;
}

std::vector<TemplateResource> template_resources(const Change& change, const Value& state) {
  if (state.kind == Value::Kind::null) return {};
  const std::string& kind = change.resource.kind;
  if (kind == "ecs:service") return {service_in_template(change, state)};
  if (kind == "ecs:task-definition") return {task_definition_in_template(state)};
  if (kind.starts_with("ec2:")) return vpc_in_template(change, state);
  if (kind == "iam:role-policy") return {role_policy_in_template(change, state)};
  if (kind == "iam:policy") return {managed_policy_in_template(change, state)};
  if (kind == "elbv2:target-group-attributes") return {target_group_attributes_in_template(change, state)};
  if (kind == "cloudwatch:alarm") return {alarm_in_template(state)};
  if (kind == "events:rule" || kind == "events:rule-targets")
    return {rule_in_template(change, state, kind == "events:rule-targets")};
  if (kind == "ecr:lifecycle-policy") return {lifecycle_policy_in_template(change, state)};
  if (kind == "logs:log-group") return {log_group_in_template(state)};
  return {};
}

}  // namespace doctor::iac
