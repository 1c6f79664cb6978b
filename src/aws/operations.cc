#include "aws/operations.h"

#include <algorithm>

#include "aws/shape_texts.h"

namespace doctor::aws {
namespace {

// Sources: each service's API Reference for protocol, target prefix and limits; "AWS service endpoints" in
// the AWS General Reference for hosts; "Service-specific endpoints" in the AWS SDKs and Tools Reference Guide
// for the suffixes of AWS_ENDPOINT_URL_<suffix>.
//
// SQS speaks JSON 1.0 since 2023 and the query protocol before; we ask in JSON, and its operations also carry
// query shapes, because older clients (Debian 12's AWS CLI is one) still talk to the lab in it.
// clang-format off
using Text = std::string_view;
constexpr ServiceModel service(Text name, Protocol protocol, Text version, Text env_suffix, Text target = {}) {
  return {name, name, name, protocol, target, version, {}, env_suffix};
}
constexpr ServiceModel at(ServiceModel row, Text host, Text signing_name) {
  row.endpoint_prefix = host;
  row.signing_name = signing_name;
  return row;
}
constexpr ServiceModel global(ServiceModel row) {
  row.global_region = "us-east-1";
  return row;
}

// Host and signing name are the service's own name unless at() says otherwise.
using enum Protocol;
constexpr ServiceModel kServices[] = {
    service("ecs", json_1_1, "2014-11-13", "ECS", "AmazonEC2ContainerServiceV20141113"),
    service("ec2", ec2, "2016-11-15", "EC2"),
    at(service("elbv2", query, "2015-12-01", "ELASTIC_LOAD_BALANCING_V2"), "elasticloadbalancing", "elasticloadbalancing"),
    global(service("iam", query, "2010-05-08", "IAM")),
    service("sts", query, "2011-06-15", "STS"),
    global(service("organizations", json_1_1, "2016-11-28", "ORGANIZATIONS", "AWSOrganizationsV20161128")),
    at(service("ecr", json_1_1, "2015-09-21", "ECR", "AmazonEC2ContainerRegistry_V20150921"), "api.ecr", "ecr"),
    service("logs", json_1_1, "2014-03-28", "CLOUDWATCH_LOGS", "Logs_20140328"),
    service("cloudtrail", json_1_1, "2013-11-01", "CLOUDTRAIL", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
    global(service("health", json_1_1, "2016-08-04", "HEALTH", "AWSHealth_20160804")),
    at(service("service-quotas", json_1_1, "2019-06-24", "SERVICE_QUOTAS", "ServiceQuotasV20190624"), "servicequotas", "servicequotas"),
    at(service("cloudwatch", query, "2010-08-01", "CLOUDWATCH"), "monitoring", "monitoring"),
    service("events", json_1_1, "2015-10-07", "EVENTBRIDGE", "AWSEvents"),
    service("sqs", json_1_0, "2012-11-05", "SQS", "AmazonSQS"),
    service("config", json_1_1, "2014-11-12", "CONFIG_SERVICE", "StarlingDoveService"),
    service("application-autoscaling", json_1_1, "2016-02-06", "APPLICATION_AUTO_SCALING", "AnyScaleFrontendService"),
    at(service("resourcegroupstaggingapi", json_1_1, "2017-01-26", "RESOURCE_GROUPS_TAGGING_API", "ResourceGroupsTaggingAPI_20170126"), "tagging", "tagging"),
    at(service("accessanalyzer", rest_json, "2019-11-01", "ACCESSANALYZER"), "access-analyzer", "access-analyzer"),
    service("kms", json_1_1, "2014-11-01", "KMS", "TrentService"),
    service("secretsmanager", json_1_1, "2017-10-17", "SECRETS_MANAGER", "secretsmanager"),
    service("s3", rest_xml, "2006-03-01", "S3"),
};

// How an operation hands out pages: which members carry the token and the size, and the most a page may hold.
struct Paging {
  std::string_view input, output, limit;
  int size = 0;
};
constexpr Paging lower(int size) { return {"nextToken", "nextToken", "maxResults", size}; }
constexpr Paging upper(int size) { return {"NextToken", "NextToken", "MaxResults", size}; }
constexpr Paging limited(int size) { return {"nextToken", "nextToken", "limit", size}; }
constexpr Paging kMetricData = {"NextToken", "NextToken", "MaxDatapoints", 100800};
constexpr Paging kAlarms = {"NextToken", "NextToken", "MaxRecords", 100};
constexpr Paging kTagging = {"PaginationToken", "PaginationToken", "ResourcesPerPage", 100};
constexpr Paging kEvents = {"NextToken", "NextToken", "Limit", 100};
constexpr Paging kIam = {"Marker", "Marker", "MaxItems", 1000};  // and IsTruncated, see pages.h
constexpr Paging kElb = {"Marker", "NextMarker", "PageSize", 400};

constexpr OperationModel reads(Text service, Text name) {
  OperationModel row;
  row.service = service;
  row.name = name;
  return row;
}
constexpr OperationModel writes(Text service, Text name) {
  OperationModel row = reads(service, name);
  row.read_only = false;
  return row;
}
constexpr OperationModel merged(Text service, Text name, Text result_keys) {
  OperationModel row = reads(service, name);
  row.result_keys = result_keys;
  return row;
}
constexpr OperationModel paged(Text service, Text name, Paging paging, Text result_keys) {
  OperationModel row = merged(service, name, result_keys);
  row.input_token = paging.input;
  row.output_token = paging.output;
  row.limit_key = paging.limit;
  row.page_size = paging.size;
  return row;
}
constexpr OperationModel batched(OperationModel row, Text key, int size) {
  row.batch_key = key;
  row.batch_size = size;
  return row;
}
constexpr OperationModel over(OperationModel row, Text http) {
  row.http = http;
  return row;
}

// reads, writes: one request. paged: every page, its lists merged. batched: at most so many members of one
// input list a request. GetLogEvents is no paged operation on purpose: its token never ends (it comes back
// unchanged at the end of the stream), and callers want a tail.
constexpr OperationModel kOperations[] = {
    paged("ecs", "ListClusters", lower(100), "clusterArns"),
    batched(merged("ecs", "DescribeClusters", "clusters failures"), "clusters", 100),
    paged("ecs", "ListServices", lower(100), "serviceArns"),
    batched(merged("ecs", "DescribeServices", "services failures"), "services", 10),
    paged("ecs", "ListTasks", lower(100), "taskArns"),
    batched(merged("ecs", "DescribeTasks", "tasks failures"), "tasks", 100),
    paged("ecs", "ListTaskDefinitions", lower(100), "taskDefinitionArns"),
    paged("ecs", "ListTaskDefinitionFamilies", lower(100), "families"),
    reads("ecs", "DescribeTaskDefinition"),
    reads("ecs", "DescribeTaskSets"),
    batched(paged("ecs", "DescribeCapacityProviders", lower(10), "capacityProviders failures"), "capacityProviders", 100),
    reads("ecs", "ListTagsForResource"),
    writes("ecs", "RunTask"),
    writes("ecs", "StopTask"),
    writes("ecs", "ExecuteCommand"),
    writes("ecs", "CreateCluster"),
    writes("ecs", "UpdateCluster"),
    writes("ecs", "UpdateClusterSettings"),
    writes("ecs", "PutClusterCapacityProviders"),
    writes("ecs", "CreateService"),
    writes("ecs", "UpdateService"),
    writes("ecs", "DeleteService"),
    writes("ecs", "RegisterTaskDefinition"),
    writes("ecs", "DeregisterTaskDefinition"),
    writes("ecs", "TagResource"),

    reads("ec2", "DescribeAvailabilityZones"),
    reads("ec2", "DescribeRegions"),
    batched(paged("ec2", "DescribeVpcs", upper(1000), "Vpcs"), "VpcIds", 200),
    reads("ec2", "DescribeVpcAttribute"),
    batched(paged("ec2", "DescribeSubnets", upper(1000), "Subnets"), "SubnetIds", 200),
    batched(paged("ec2", "DescribeNetworkInterfaces", upper(1000), "NetworkInterfaces"), "NetworkInterfaceIds", 200),
    batched(paged("ec2", "DescribeSecurityGroups", upper(1000), "SecurityGroups"), "GroupIds", 200),
    batched(paged("ec2", "DescribeNetworkAcls", upper(1000), "NetworkAcls"), "NetworkAclIds", 200),
    batched(paged("ec2", "DescribeRouteTables", upper(100), "RouteTables"), "RouteTableIds", 200),
    batched(paged("ec2", "DescribeNatGateways", upper(1000), "NatGateways"), "NatGatewayIds", 200),
    batched(paged("ec2", "DescribeInternetGateways", upper(1000), "InternetGateways"), "InternetGatewayIds", 200),
    batched(paged("ec2", "DescribeVpcEndpoints", upper(1000), "VpcEndpoints"), "VpcEndpointIds", 200),
    batched(paged("ec2", "DescribeManagedPrefixLists", upper(100), "PrefixLists"), "PrefixListIds", 200),
    paged("ec2", "GetManagedPrefixListEntries", upper(100), "Entries"),
    paged("ec2", "DescribeEgressOnlyInternetGateways", upper(255), "EgressOnlyInternetGateways"),
    paged("ec2", "DescribeVpcPeeringConnections", upper(1000), "VpcPeeringConnections"),
    paged("ec2", "DescribeTransitGateways", upper(1000), "TransitGateways"),
    paged("ec2", "DescribeTransitGatewayAttachments", upper(1000), "TransitGatewayAttachments"),
    paged("ec2", "DescribeTransitGatewayVpcAttachments", upper(1000), "TransitGatewayVpcAttachments"),
    paged("ec2", "DescribeTransitGatewayRouteTables", upper(1000), "TransitGatewayRouteTables"),
    reads("ec2", "SearchTransitGatewayRoutes"),
    paged("ec2", "DescribeNetworkInsightsAnalyses", upper(100), "NetworkInsightsAnalyses"),
    writes("ec2", "CreateNetworkInsightsPath"),
    writes("ec2", "StartNetworkInsightsAnalysis"),
    writes("ec2", "DeleteNetworkInsightsAnalysis"),
    writes("ec2", "DeleteNetworkInsightsPath"),
    writes("ec2", "CreateSubnet"),
    writes("ec2", "DeleteSubnet"),
    writes("ec2", "ModifySubnetAttribute"),
    writes("ec2", "CreateRoute"),
    writes("ec2", "DeleteRoute"),
    writes("ec2", "ReplaceRoute"),
    writes("ec2", "AssociateRouteTable"),
    writes("ec2", "DisassociateRouteTable"),
    writes("ec2", "ReplaceRouteTableAssociation"),
    writes("ec2", "CreateInternetGateway"),
    writes("ec2", "DeleteInternetGateway"),
    writes("ec2", "AttachInternetGateway"),
    writes("ec2", "DetachInternetGateway"),
    writes("ec2", "ModifyVpcAttribute"),
    writes("ec2", "DeleteNetworkInterface"),
    writes("ec2", "CreateVpcEndpoint"),
    writes("ec2", "ModifyVpcEndpoint"),
    writes("ec2", "DeleteVpcEndpoints"),
    writes("ec2", "AuthorizeSecurityGroupIngress"),
    writes("ec2", "AuthorizeSecurityGroupEgress"),
    writes("ec2", "RevokeSecurityGroupIngress"),
    writes("ec2", "RevokeSecurityGroupEgress"),
    writes("ec2", "CreateNetworkAclEntry"),
    writes("ec2", "ReplaceNetworkAclEntry"),
    writes("ec2", "DeleteNetworkAclEntry"),

    batched(paged("elbv2", "DescribeLoadBalancers", kElb, "LoadBalancers"), "LoadBalancerArns", 20),
    paged("elbv2", "DescribeListeners", kElb, "Listeners"),
    batched(paged("elbv2", "DescribeTargetGroups", kElb, "TargetGroups"), "TargetGroupArns", 20),
    reads("elbv2", "DescribeTargetGroupAttributes"),
    reads("elbv2", "DescribeTargetHealth"),
    writes("elbv2", "ModifyTargetGroupAttributes"),
    writes("elbv2", "RegisterTargets"),
    writes("elbv2", "DeregisterTargets"),

    paged("iam", "ListRoles", kIam, "Roles"),
    reads("iam", "GetRole"),
    paged("iam", "ListRolePolicies", kIam, "PolicyNames"),
    reads("iam", "GetRolePolicy"),
    paged("iam", "ListAttachedRolePolicies", kIam, "AttachedPolicies"),
    reads("iam", "GetPolicy"),
    reads("iam", "GetPolicyVersion"),
    paged("iam", "ListEntitiesForPolicy", kIam, "PolicyGroups PolicyUsers PolicyRoles"),
    reads("iam", "GetUser"),
    paged("iam", "ListUserPolicies", kIam, "PolicyNames"),
    reads("iam", "GetUserPolicy"),
    paged("iam", "ListAttachedUserPolicies", kIam, "AttachedPolicies"),
    paged("iam", "ListGroupsForUser", kIam, "Groups"),
    paged("iam", "ListGroupPolicies", kIam, "PolicyNames"),
    reads("iam", "GetGroupPolicy"),
    paged("iam", "ListAttachedGroupPolicies", kIam, "AttachedPolicies"),
    writes("iam", "PutRolePolicy"),
    writes("iam", "DeleteRolePolicy"),
    writes("iam", "CreatePolicyVersion"),
    paged("iam", "ListPolicyVersions", kIam, "Versions"),
    writes("iam", "SetDefaultPolicyVersion"),
    writes("iam", "DeletePolicyVersion"),
    writes("iam", "CreateServiceLinkedRole"),

    reads("sts", "GetCallerIdentity"),
    reads("sts", "AssumeRole"),
    reads("sts", "AssumeRoleWithWebIdentity"),
    reads("sts", "DecodeAuthorizationMessage"),

    reads("organizations", "DescribeOrganization"),
    paged("organizations", "ListRoots", upper(20), "Roots"),
    paged("organizations", "ListParents", upper(20), "Parents"),
    paged("organizations", "ListOrganizationalUnitsForParent", upper(20), "OrganizationalUnits"),
    paged("organizations", "ListAccountsForParent", upper(20), "Accounts"),
    reads("organizations", "DescribeOrganizationalUnit"),
    paged("organizations", "ListPolicies", upper(20), "Policies"),
    reads("organizations", "DescribePolicy"),
    paged("organizations", "ListTargetsForPolicy", upper(20), "Targets"),
    paged("organizations", "ListPoliciesForTarget", upper(20), "Policies"),
    writes("organizations", "UpdatePolicy"),

    batched(paged("ecr", "DescribeRepositories", lower(1000), "repositories"), "repositoryNames", 100),
    batched(paged("ecr", "DescribeImages", lower(1000), "imageDetails"), "imageIds", 100),
    batched(merged("ecr", "BatchGetImage", "images failures"), "imageIds", 100),
    reads("ecr", "GetLifecyclePolicy"),
    reads("ecr", "GetRepositoryPolicy"),
    writes("ecr", "SetRepositoryPolicy"),
    writes("ecr", "DeleteRepositoryPolicy"),
    writes("ecr", "PutLifecyclePolicy"),
    writes("ecr", "DeleteLifecyclePolicy"),

    paged("logs", "DescribeLogGroups", limited(50), "logGroups"),
    paged("logs", "DescribeLogStreams", limited(50), "logStreams"),
    reads("logs", "GetLogEvents"),
    paged("logs", "FilterLogEvents", limited(10000), "events searchedLogStreams"),
    writes("logs", "CreateLogGroup"),
    writes("logs", "DeleteLogGroup"),

    paged("cloudtrail", "LookupEvents", upper(50), "Events"),
    reads("cloudtrail", "DescribeTrails"),

    paged("health", "DescribeEvents", lower(100), "events"),
    batched(merged("health", "DescribeEventDetails", "successfulSet failedSet"), "eventArns", 10),
    batched(paged("health", "DescribeAffectedEntities", lower(100), "entities"), "filter.eventArns", 10),

    paged("service-quotas", "ListServiceQuotas", upper(100), "Quotas"),
    reads("service-quotas", "GetServiceQuota"),
    paged("service-quotas", "ListAWSDefaultServiceQuotas", upper(100), "Quotas"),
    paged("service-quotas", "ListRequestedServiceQuotaChangeHistory", upper(100), "RequestedQuotas"),
    paged("service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota", upper(100), "RequestedQuotas"),
    writes("service-quotas", "RequestServiceQuotaIncrease"),

    paged("cloudwatch", "GetMetricData", kMetricData, "MetricDataResults Messages"),
    reads("cloudwatch", "GetMetricStatistics"),
    paged("cloudwatch", "ListMetrics", {"NextToken", "NextToken", "", 0}, "Metrics OwningAccounts"),
    batched(paged("cloudwatch", "DescribeAlarms", kAlarms, "MetricAlarms CompositeAlarms"), "AlarmNames", 100),
    writes("cloudwatch", "PutMetricAlarm"),
    writes("cloudwatch", "PutMetricData"),
    writes("cloudwatch", "DeleteAlarms"),

    paged("events", "ListRules", kEvents, "Rules"),
    reads("events", "DescribeRule"),
    paged("events", "ListTargetsByRule", kEvents, "Targets"),
    writes("events", "PutRule"),
    writes("events", "PutTargets"),
    writes("events", "PutEvents"),
    writes("events", "RemoveTargets"),
    writes("events", "DeleteRule"),

    paged("sqs", "ListQueues", upper(1000), "QueueUrls"),
    reads("sqs", "GetQueueUrl"),
    reads("sqs", "GetQueueAttributes"),
    writes("sqs", "CreateQueue"),
    writes("sqs", "SendMessage"),
    writes("sqs", "ReceiveMessage"),
    writes("sqs", "DeleteMessage"),
    writes("sqs", "PurgeQueue"),

    paged("config", "GetResourceConfigHistory", limited(100), "configurationItems"),
    reads("config", "DescribeConfigurationRecorderStatus"),

    batched(paged("application-autoscaling", "DescribeScalableTargets", upper(50), "ScalableTargets"), "ResourceIds", 50),
    paged("application-autoscaling", "DescribeScalingActivities", upper(50), "ScalingActivities"),

    batched(paged("resourcegroupstaggingapi", "GetResources", kTagging, "ResourceTagMappingList"), "ResourceARNList", 100),

    over(paged("accessanalyzer", "ValidatePolicy", lower(100), "findings"), "POST /policy/validation?maxResults&nextToken"),
    over(reads("accessanalyzer", "CheckNoNewAccess"), "POST /policy/check-no-new-access"),
    over(writes("accessanalyzer", "StartPolicyGeneration"), "PUT /policy/generation"),
    over(reads("accessanalyzer", "GetGeneratedPolicy"), "GET /policy/generation/{jobId}?includeResourcePlaceholders&includeServiceLevelTemplate"),

    reads("kms", "DescribeKey"),
    reads("kms", "GetKeyPolicy"),
    writes("kms", "PutKeyPolicy"),

    reads("secretsmanager", "DescribeSecret"),
    reads("secretsmanager", "GetResourcePolicy"),
    writes("secretsmanager", "PutResourcePolicy"),
    writes("secretsmanager", "DeleteResourcePolicy"),

    over(reads("s3", "GetObject"), "GET /{Bucket}/{Key+}"),
};
// clang-format on

}  // namespace

const std::vector<ServiceModel>& all_services() {
  static const std::vector<ServiceModel> services(std::begin(kServices), std::end(kServices));
  return services;
}

const std::vector<OperationModel>& all_operations() {
  static const std::vector<OperationModel> operations = [] {
    std::vector<OperationModel> rows(std::begin(kOperations), std::end(kOperations));
    for (OperationModel& row : rows) {
      if (const ShapeText* text = find_shape_text(row.service, row.name)) {
        row.input_shape = text->input;
        row.output_shape = text->output;
      }
    }
    return rows;
  }();
  return operations;
}

const ServiceModel* find_service(std::string_view name) {
  const auto& all = all_services();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const OperationModel* find_operation(std::string_view service, std::string_view operation) {
  const auto& all = all_operations();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& row) {
    return row.service == service && row.name == operation;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace doctor::aws
