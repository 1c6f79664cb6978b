#include "iam/api_call.h"

#include <algorithm>
#include <array>

#include "core/arn.h"
#include "core/glob.h"
#include "iam/actions.h"

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;
using core::Json;

struct ServiceName {
  std::string_view source, prefix;
};
// Event sources whose first label is not IAM's prefix.
constexpr std::array<ServiceName, 2> kServiceNames{{{"monitoring", "cloudwatch"}, {"tagging", "tag"}}};

struct OperationRow {
  std::string_view service, operation, actions;  // several actions with commas
};
// Operations whose IAM actions have other names.
constexpr OperationRow kOperations[] = {
    {"s3", "CompleteMultipartUpload", "PutObject"},
    {"s3", "CopyObject", "PutObject"},
    {"s3", "CreateMultipartUpload", "PutObject"},
    {"s3", "DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"s3", "DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3", "DeleteBucketReplication", "PutReplicationConfiguration"},
    {"s3", "DeleteBucketTagging", "PutBucketTagging"},
    {"s3", "DeleteObjects", "DeleteObject"},
    {"s3", "DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3", "GetBucketEncryption", "GetEncryptionConfiguration"},
    {"s3", "GetBucketLifecycle", "GetLifecycleConfiguration"},
    {"s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"s3", "GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"s3", "GetBucketReplication", "GetReplicationConfiguration"},
    {"s3", "GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"s3", "HeadBucket", "ListBucket"},
    {"s3", "HeadObject", "GetObject"},
    {"s3", "ListBuckets", "ListAllMyBuckets"},
    {"s3", "ListMultipartUploads", "ListBucketMultipartUploads"},
    {"s3", "ListObjectVersions", "ListBucketVersions"},
    {"s3", "ListObjects", "ListBucket"},
    {"s3", "ListObjectsV2", "ListBucket"},
    {"s3", "ListParts", "ListMultipartUploadParts"},
    {"s3", "PutBucketEncryption", "PutEncryptionConfiguration"},
    {"s3", "PutBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"s3", "PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"s3", "PutBucketReplication", "PutReplicationConfiguration"},
    {"s3", "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"s3", "PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3", "SelectObjectContent", "GetObject"},
    {"s3", "UploadPart", "PutObject"},
    {"s3", "UploadPartCopy", "PutObject"},
    {"lambda", "Invoke", "InvokeFunction"},
    {"lambda", "InvokeWithResponseStream", "InvokeFunction"},
    {"lambda", "InvokeAsync", "InvokeFunction"},
    {"sqs", "ChangeMessageVisibilityBatch", "ChangeMessageVisibility"},
    {"sqs", "DeleteMessageBatch", "DeleteMessage"},
    {"sqs", "SendMessageBatch", "SendMessage"},
    {"sns", "PublishBatch", "Publish"},
    {"dynamodb", "TransactGetItems", "GetItem"},
    {"dynamodb", "TransactWriteItems", "PutItem,UpdateItem,DeleteItem,ConditionCheckItem"},
    {"secretsmanager", "BatchGetSecretValue", "BatchGetSecretValue,GetSecretValue"},
    {"sts", "GetCallerIdentity", ""},  // always allowed, says its API reference
    {"sts", "GetSessionToken", ""},    // likewise
    {"signin", "ConsoleLogin", ""},    // no IAM action
};

std::string prefix_of_source(std::string_view event_source) {
  const auto label = event_source.substr(0, event_source.find('.'));
  for (const auto& row : kServiceNames) {
    if (row.source == label) return std::string(row.prefix);
  }
  return std::string(label);
}

// CloudTrail writes Lambda's operations with their API version: "GetFunction20150331v2".
std::string_view without_api_version(std::string_view name) {
  constexpr std::size_t kDate = 8;
  for (std::size_t i = 1; i + kDate <= name.size(); ++i) {
    const auto rest = name.substr(i);
    if (std::all_of(rest.begin(), rest.begin() + kDate, [](char c) { return c >= '0' && c <= '9'; }) &&
        (rest.size() == kDate || rest[kDate] == 'v')) {
      return name.substr(0, i);
    }
  }
  return name;
}

// How a resource's ARN is made of what a request names. `{}` is the parameter's value, `{other}` another's.
struct ParameterRow {
  std::string_view service, type, parameter, resource;
};
constexpr ParameterRow kParameters[] = {
    {"cloudwatch", "alarm", "alarmName", "alarm:{}"},
    {"cloudwatch", "alarm", "alarmNames", "alarm:{}"},
    {"dynamodb", "table", "tableName", "table/{}"},
    {"ec2", "instance", "instanceId", "instance/{}"},
    {"ec2", "internet-gateway", "internetGatewayId", "internet-gateway/{}"},
    {"ec2", "network-acl", "networkAclId", "network-acl/{}"},
    {"ec2", "network-insights-analysis", "networkInsightsAnalysisId", "network-insights-analysis/{}"},
    {"ec2", "network-insights-path", "networkInsightsPathId", "network-insights-path/{}"},
    {"ec2", "network-interface", "networkInterfaceId", "network-interface/{}"},
    {"ec2", "prefix-list", "prefixListId", "prefix-list/{}"},
    {"ec2", "route-table", "routeTableId", "route-table/{}"},
    {"ec2", "route-table", "routeTableIds", "route-table/{}"},
    {"ec2", "security-group", "groupId", "security-group/{}"},
    {"ec2", "security-group", "securityGroupIds", "security-group/{}"},
    {"ec2", "subnet", "subnetId", "subnet/{}"},
    {"ec2", "subnet", "subnetIds", "subnet/{}"},
    {"ec2", "transit-gateway-route-table", "transitGatewayRouteTableId", "transit-gateway-route-table/{}"},
    {"ec2", "vpc", "vpcId", "vpc/{}"},
    {"ec2", "vpc-endpoint", "vpcEndpointId", "vpc-endpoint/{}"},
    {"ec2", "vpc-endpoint", "vpcEndpointIds", "vpc-endpoint/{}"},
    {"ecr", "repository", "repositoryName", "repository/{}"},
    {"ecr", "repository", "repositoryNames", "repository/{}"},
    {"ecs", "capacity-provider", "capacityProviders", "capacity-provider/{}"},
    {"ecs", "cluster", "cluster", "cluster/{}"},
    {"ecs", "cluster", "clusterName", "cluster/{}"},
    {"ecs", "cluster", "clusters", "cluster/{}"},
    {"ecs", "container-instance", "containerInstance", "container-instance/{cluster}/{}"},
    {"ecs", "service", "service", "service/{cluster}/{}"},
    {"ecs", "service", "serviceName", "service/{cluster}/{}"},
    {"ecs", "service", "services", "service/{cluster}/{}"},
    {"ecs", "task", "task", "task/{cluster}/{}"},
    {"ecs", "task", "tasks", "task/{cluster}/{}"},
    {"ecs", "task-definition", "family",
     "task-definition/{}:*"},  // RegisterTaskDefinition makes a new revision
    {"ecs", "task-definition", "taskDefinition", "task-definition/{}"},
    {"elasticfilesystem", "access-point", "accessPointId", "access-point/{}"},
    {"elasticfilesystem", "file-system", "fileSystemId", "file-system/{}"},
    {"events", "rule-on-default-event-bus", "name", "rule/{}"},
    {"events", "rule-on-default-event-bus", "rule", "rule/{}"},
    {"iam", "group", "groupName", "group/{}"},
    {"iam", "role", "roleName", "role/{}"},
    {"iam", "user", "userName", "user/{}"},
    {"kms", "key", "keyId", "key/{}"},
    {"lambda", "function", "functionName", "function:{}"},
    {"logs", "log-group", "logGroupName", "log-group:{}"},
    {"logs", "log-stream", "logStreamName", "log-group:{logGroupName}:log-stream:{}"},
    {"s3", "bucket", "bucketName", "{}"},
    {"s3", "object", "key", "{bucketName}/{}"},
    {"secretsmanager", "Secret", "secretId", "secret:{}-??????"},
    {"secretsmanager", "Secret", "name", "secret:{}-??????"},
    {"servicediscovery", "service", "serviceId", "service/{}"},
    {"servicequotas", "quota", "quotaCode", "{serviceCode}/{}"},
    {"sns", "topic", "name", "{}"},
    {"sqs", "queue", "queueName", "{}"},
    {"sqs", "queue", "queueUrl", "{}"},
    {"ssm", "parameter", "name", "parameter/{}"},
    {"ssm", "parameter", "names", "parameter/{}"},
};

// The values of a parameter wherever it stands in the request: EC2 nests its sets.
void collect(Json value, std::string_view parameter, std::vector<std::string>& out) {
  for (const auto& [key, inner] : value.members()) {
    if (key == parameter) {
      if (inner.is_string()) out.emplace_back(inner.string_or());
      for (const auto item : inner.items()) {
        if (item.is_string()) out.emplace_back(item.string_or());
      }
    }
    collect(inner, parameter, out);
  }
  for (const auto item : value.items()) collect(item, parameter, out);
}

void collect_arns(Json value, std::vector<std::string>& out) {
  if (value.is_string() && value.string_or().substr(0, 4) == "arn:") out.emplace_back(value.string_or());
  for (const auto& [key, inner] : value.members()) collect_arns(inner, out);
  for (const auto item : value.items()) collect_arns(item, out);
}

std::string with_value(std::string_view pattern, std::string_view hole, std::string_view value) {
  std::string out(pattern);
  if (const auto at = out.find(hole); at != std::string::npos) out.replace(at, hole.size(), value);
  return out;
}

// ECS calls without a cluster mean the cluster "default" (API reference).
std::string cluster_of_request(Json parameters) {
  std::vector<std::string> values;
  collect(parameters, "cluster", values);
  return values.empty() ? "default" : std::string(core::short_name(values.front()));
}

// A rule of another bus than the default one has the bus in its name: "BUS/RULE".
std::string on_event_bus(std::string rule, Json parameters) {
  std::vector<std::string> values;
  collect(parameters, "eventBusName", values);
  const auto bus = values.empty() ? std::string_view{} : core::short_name(values.front());
  return bus.empty() || bus == "default" ? rule : std::string(bus) + "/" + rule;
}

std::string resource_part(const ParameterRow& row, std::string value, Json parameters) {
  if (row.service == "ssm" && !value.empty() && value.front() == '/') value.erase(0, 1);
  if (row.parameter == "queueUrl") value = std::string(value.substr(value.rfind('/') + 1));
  if (row.service == "events") value = on_event_bus(std::move(value), parameters);
  auto text = with_value(row.resource, "{}", value);
  if (core::contains(text, "{cluster}")) text = with_value(text, "{cluster}", cluster_of_request(parameters));
  for (const std::string_view other : {"bucketName", "logGroupName", "serviceCode"}) {
    const std::string hole = "{" + std::string(other) + "}";
    if (!core::contains(text, hole)) continue;
    std::vector<std::string> values;
    collect(parameters, other, values);
    text = values.empty() ? std::string{} : with_value(text, hole, values.front());
  }
  return text;
}

// The type's ARN with its account and region, and `resource` behind them.
std::string arn_of_type(const ResourceType& type, const ApiCall& call, std::string_view resource) {
  auto prefix = std::string(type.arn);
  prefix = with_value(prefix, "${Partition}", partition_of_region(call.region));
  prefix = with_value(prefix, "${Region}", call.region);
  prefix = with_value(prefix, "${Account}", call.account);
  std::size_t at = 0;
  for (int colons = 0; colons < 5 && at != std::string::npos; ++colons) at = prefix.find(':', at) + 1;
  return prefix.substr(0, at) + std::string(resource);
}

void add_once(std::vector<std::string>& out, std::string value) {
  if (!value.empty() && std::find(out.begin(), out.end(), value) == out.end())
    out.push_back(std::move(value));
}

// What the record names that the action can be limited to.
std::vector<std::string> resources_of(const Action& action, const ApiCall& call, Json record) {
  std::vector<std::string> found;
  std::vector<std::string> arns;
  for (const auto resource : record["resources"].items()) {
    arns.emplace_back(resource["ARN"].string_or(resource["arn"].string_or()));
  }
  collect_arns(record["requestParameters"], arns);
  for (auto& arn : arns) {
    if (resource_type_of(action, arn) != nullptr) add_once(found, std::move(arn));
  }
  const auto parameters = record["requestParameters"];
  for (const auto& row : kParameters) {
    if (row.service != action.service) continue;
    const auto typed = std::find_if(action.resources.begin(), action.resources.end(),
                                    [&](const auto& known) { return known.type->name == row.type; });
    if (typed == action.resources.end()) continue;
    std::vector<std::string> values;
    collect(parameters, row.parameter, values);
    for (const auto& value : values) {
      if (value.empty() || value.rfind("arn:", 0) == 0) continue;
      // A KMS alias is not the resource of the key's permission.
      if (row.service == "kms" && value.rfind("alias/", 0) == 0) continue;
      const auto part = resource_part(row, value, parameters);
      if (!part.empty()) add_once(found, arn_of_type(*typed->type, call, part));
    }
  }
  return found;
}

// What EC2 creates has no id yet: it is asked about as TYPE/* ("Actions, resources, and condition keys for
// Amazon EC2" marks the type as required).
void add_created(std::vector<std::string>& found, const Action& action, const ApiCall& call) {
  if (action.service != "ec2" || action.levels != "W") return;
  for (const auto& resource : action.resources) {
    const bool named = std::any_of(found.begin(), found.end(),
                                   [&](const std::string& arn) { return has_form_of(arn, *resource.type); });
    if (resource.required && !named)
      found.push_back(arn_of_type(*resource.type, call, std::string(resource.type->name) + "/*"));
  }
}

// "Grant permission to tag resources on creation" (ECS Developer Guide), "Grant permission to tag Amazon EC2
// resources during creation" (EC2 User Guide): a second action, which leaves no record of its own.
void add_tags_on_creation(ApiCall& call, Json parameters) {
  const std::string prefix = "arn:" + std::string(partition_of_region(call.region));
  const auto here = [&](std::string_view service, std::string_view resource) {
    return prefix + ":" + std::string(service) + ":" + call.region + ":" + call.account + ":" +
           std::string(resource);
  };
  if (call.event_source == "ec2.amazonaws.com" && call.event_name != "CreateTags") {
    std::vector<std::string> types;
    for (const std::string_view set : {"tagSpecificationSet", "tagSpecifications", "tagSpecification"})
      collect(parameters[set], "resourceType", types);
    for (const auto& type : types) {
      call.needs.push_back({"ec2:CreateTags",
                            here("ec2", type + "/*"),
                            {{"StringEquals", "ec2:CreateAction", {call.event_name}}}});
    }
  }
  if (call.event_source != "ecs.amazonaws.com" || parameters["tags"].items().empty()) return;
  const auto cluster = cluster_of_request(parameters);
  const auto name = [&](std::string_view parameter) {
    return std::string(parameters[parameter].string_or());
  };
  std::string resource;
  if (call.event_name == "RegisterTaskDefinition") resource = "task-definition/" + name("family") + ":*";
  if (call.event_name == "RunTask" || call.event_name == "StartTask") resource = "task/" + cluster + "/*";
  if (call.event_name == "CreateService") resource = "service/" + cluster + "/" + name("serviceName");
  if (call.event_name == "CreateCluster") resource = "cluster/" + name("clusterName");
  if (resource.empty()) return;
  call.needs.push_back(
      {"ecs:TagResource", here("ecs", resource), {{"StringEquals", "ecs:CreateAction", {call.event_name}}}});
}

// Values of the request that a policy can narrow these calls by (Service Authorization Reference).
void add_published(ApiCall& call, Json parameters) {
  for (auto& need : call.needs) {
    if (need.action == "cloudwatch:PutMetricData") {
      const auto space = parameters["namespace"].string_or();
      if (!space.empty())
        need.conditions.push_back({"StringEquals", "cloudwatch:namespace", {std::string(space)}});
    }
    if (need.action == "iam:CreateServiceLinkedRole") {
      const std::string name(parameters["aWSServiceName"].string_or());
      if (need.resource.empty()) {
        need.resource = "arn:" + std::string(partition_of_region(call.region)) + ":iam::" + call.account +
                        ":role/aws-service-role/" + name + "/*";
      }
      need.conditions.push_back({"StringEquals", "iam:AWSServiceName", {name}});
    }
    if (need.action != "events:PutEvents") continue;
    std::vector<std::string> sources, types;
    collect(parameters, "source", sources);
    collect(parameters, "detailType", types);
    if (need.resource.empty() && !call.region.empty()) {
      need.resource = "arn:" + std::string(partition_of_region(call.region)) + ":events:" + call.region +
                      ":" + call.account + ":event-bus/default";
    }
    if (!sources.empty()) need.conditions.push_back({"StringEquals", "events:source", {sources.front()}});
    if (!types.empty()) need.conditions.push_back({"StringEquals", "events:detail-type", {types.front()}});
  }
}

// Roles that a request hands to a service: iam:PassRole leaves no record of its own.
void add_passed_roles(ApiCall& call, Json parameters) {
  // "Generate policies based on access activity" (IAM User Guide): the caller passes the role that reads the
  // trail.
  if (call.event_source == "access-analyzer.amazonaws.com") {
    std::vector<std::string> roles;
    collect(parameters, "accessRole", roles);
    for (auto& role : roles) {
      call.needs.push_back({"iam:PassRole",
                            role,
                            {{"StringEquals", "iam:PassedToService", {"access-analyzer.amazonaws.com"}}}});
    }
  }
  if (call.event_source != "ecs.amazonaws.com") return;
  for (const std::string_view parameter : {"taskRoleArn", "executionRoleArn"}) {
    std::vector<std::string> roles;
    collect(parameters, parameter, roles);
    for (auto& role : roles) {
      if (role.rfind("arn:", 0) != 0)
        role = "arn:" + std::string(partition_of_region(call.region)) + ":iam::" + call.account + ":role/" +
               role;
      call.needs.push_back(
          {"iam:PassRole", role, {{"StringEquals", "iam:PassedToService", {"ecs-tasks.amazonaws.com"}}}});
    }
  }
}

// "src-bucket/key" that CopyObject reads.
void add_copy_source(ApiCall& call, Json parameters) {
  if (call.event_name != "CopyObject" && call.event_name != "UploadPartCopy") return;
  auto source = parameters["x-amz-copy-source"].string_or();
  if (!source.empty() && source.front() == '/') source.remove_prefix(1);
  source = source.substr(0, source.find('?'));
  if (source.empty()) return;
  call.needs.push_back({"s3:GetObject", "arn:" + std::string(partition_of_region(call.region)) +
                                            ":s3:::" + std::string(source)});
}

bool is_refusal(std::string_view error_code) {
  return core::contains(error_code, "AccessDenied") || core::contains(error_code, "Unauthorized") ||
         core::contains(error_code, "NotAuthorized") || core::contains(error_code, "AuthorizationError");
}

void read_denial(ApiCall& call, Json record) {
  call.error_code = record["errorCode"].string_or();
  if (!is_refusal(call.error_code)) return;
  Denial denial;
  const auto message = record["errorMessage"].string_or();
  if (auto parsed = parse_denial(message)) denial = std::move(*parsed);
  denial.code = call.error_code;
  denial.operation = call.event_name;
  if (denial.principal.empty()) denial.principal = call.principal;
  if (denial.request_id.empty()) denial.request_id = record["requestID"].string_or();
  if (denial.action.empty() && !call.needs.empty()) denial.action = call.needs.front().action;
  // The sentence of IAM names what was asked; the record may name it in other words.
  if (!denial.resource.empty() || denial.action.empty()) {
    call.denial = std::move(denial);
    return;
  }
  for (const auto& need : call.needs) {
    if (need.action == denial.action && !need.resource.empty()) denial.resource = need.resource;
  }
  call.denial = std::move(denial);
}

// A key used through another service can be limited to it. Parameter Store and Secrets Manager call KMS on
// the caller's behalf ("kms:ViaService", KMS Developer Guide).
void narrow_key_use(ApiCall& call) {
  if (call.event_source != "kms.amazonaws.com" || call.invoked_by.empty() || call.region.empty()) return;
  const auto service = call.invoked_by.substr(0, call.invoked_by.find('.'));
  for (auto& need : call.needs) {
    need.conditions.push_back(
        {"StringEquals", "kms:ViaService", {service + "." + call.region + ".amazonaws.com"}});
  }
}

core::Result<void> add_record(std::vector<ApiCall>& calls, Json record) {
  const auto inner = record["CloudTrailEvent"].string_or();
  if (!inner.empty()) {
    auto document = core::JsonDocument::parse(inner, "CloudTrailEvent");
    if (!document) return fail(document.error());
    return add_record(calls, document->root());
  }
  auto call = api_call_of(record);
  if (!call) return fail(call.error());
  calls.push_back(std::move(*call));
  return {};
}

}  // namespace

std::string_view partition_of_region(std::string_view region) {
  if (region.substr(0, 3) == "cn-") return "aws-cn";
  if (region.substr(0, 7) == "us-gov-") return "aws-us-gov";
  if (region.substr(0, 7) == "us-iso-") return "aws-iso";
  if (region.substr(0, 8) == "us-isob-") return "aws-iso-b";
  if (region.substr(0, 8) == "eusc-de-") return "aws-eusc";
  return "aws";
}

std::vector<std::string> iam_actions_of(std::string_view event_source, std::string_view event_name) {
  const auto service = prefix_of_source(event_source);
  const auto name = service == "lambda" ? without_api_version(event_name) : event_name;
  for (const auto& row : kOperations) {
    if (row.service != service || row.operation != name) continue;
    std::vector<std::string> actions;
    for (auto rest = row.actions; !rest.empty();) {
      const auto comma = rest.find(',');
      actions.push_back(service + ":" + std::string(rest.substr(0, comma)));
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return actions;
  }
  const auto action = service + ":" + std::string(name);
  const auto* known = find_action(action);
  return {known == nullptr ? action : full_name(*known)};
}

Denial with_action_of_operation(Denial denial) {
  if (!denial.action.empty() || denial.operation.empty()) return denial;
  std::vector<std::string> candidates;
  for (const auto& row : kOperations) {
    if (row.operation != denial.operation) continue;
    for (auto& action : iam_actions_of(std::string(row.service) + ".amazonaws.com", row.operation)) {
      add_once(candidates, std::move(action));
    }
  }
  for (const auto* action : actions_named(denial.operation)) add_once(candidates, full_name(*action));
  if (candidates.size() == 1) denial.action = candidates.front();
  return denial;
}

core::Result<ApiCall> api_call_of(Json record) {
  ApiCall call;
  call.event_source = record["eventSource"].string_or();
  call.event_name = record["eventName"].string_or();
  if (call.event_source.empty() || call.event_name.empty()) {
    return fail(ErrorKind::bad_input, "no CloudTrail record: eventSource or eventName is missing",
                "give one record, a log file with Records, or what `aws cloudtrail lookup-events` prints");
  }
  call.event_id = record["eventID"].string_or();
  call.time = record["eventTime"].string_or();
  call.region = record["awsRegion"].string_or();
  const auto identity = record["userIdentity"];
  call.account = record["recipientAccountId"].string_or(identity["accountId"].string_or());
  call.principal = identity["arn"].string_or(identity["invokedBy"].string_or());
  call.role = identity["sessionContext"]["sessionIssuer"]["arn"].string_or();
  if (identity["sessionContext"]["sessionIssuer"]["type"].string_or("Role") != "Role") call.role.clear();
  call.invoked_by = identity["invokedBy"].string_or();

  auto source = call.event_source;
  // Application Auto Scaling and EC2 Auto Scaling share an event source; only the former has a namespace.
  if (source == "autoscaling.amazonaws.com" && record["requestParameters"]["serviceNamespace"].present()) {
    source = "application-autoscaling.amazonaws.com";
  }
  for (const auto& name : iam_actions_of(source, call.event_name)) {
    const auto* action = find_action(name);
    auto resources = action == nullptr ? std::vector<std::string>{} : resources_of(*action, call, record);
    if (action != nullptr) add_created(resources, *action, call);
    for (const auto& resource : resources) call.needs.push_back({name, resource});
    if (resources.empty()) call.needs.push_back({name, ""});
  }
  narrow_key_use(call);
  add_copy_source(call, record["requestParameters"]);
  add_passed_roles(call, record["requestParameters"]);
  add_tags_on_creation(call, record["requestParameters"]);
  add_published(call, record["requestParameters"]);
  if (call.event_source == "ecs.amazonaws.com") {
    const auto cluster = "arn:" + std::string(partition_of_region(call.region)) + ":ecs:" + call.region +
                         ":" + call.account + ":cluster/" + cluster_of_request(record["requestParameters"]);
    for (auto& need : call.needs) {
      const auto* action = find_action(need.action);
      if (action != nullptr && action->has_condition_key("ecs:cluster")) {
        need.conditions.push_back({"ArnEquals", "ecs:cluster", {cluster}});
      }
    }
  }
  read_denial(call, record);
  return call;
}

core::Result<std::vector<ApiCall>> api_calls_of(std::string_view text, std::string_view origin) {
  auto document = core::JsonDocument::parse(text, origin);
  if (!document) return fail(document.error());
  const auto root = document->root();
  std::vector<Json> records;
  if (root["Records"].is_array()) {
    records = root["Records"].items();
  } else if (root["Events"].is_array()) {
    records = root["Events"].items();
  } else if (root["detail"].is_object()) {
    records.push_back(root["detail"]);
  } else if (root.is_array()) {
    records = root.items();
  } else {
    records.push_back(root);
  }
  std::vector<ApiCall> calls;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (auto added = add_record(calls, records[i]); !added) {
      auto error = added.error();
      error.sentence = std::string(origin) + ": record " + std::to_string(i + 1) + ": " + error.sentence;
      return fail(std::move(error));
    }
  }
  return calls;
}

}  // namespace doctor::iam
