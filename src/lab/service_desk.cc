#include "lab/service_desk.h"

#include <algorithm>
#include <set>

#include "core/glob.h"

namespace doctor::lab {
namespace {

using aws::Protocol;

// Data events and metrics traffic, which CloudTrail's event history does not hold ("Logging data events").
const std::set<std::pair<std::string, std::string>>& unrecorded() {
  static const std::set<std::pair<std::string, std::string>> calls{
      {"sqs", "SendMessage"},          {"sqs", "ReceiveMessage"},
      {"sqs", "DeleteMessage"},        {"sqs", "ChangeMessageVisibility"},
      {"events", "PutEvents"},         {"cloudwatch", "PutMetricData"},
      {"cloudwatch", "GetMetricData"}, {"cloudwatch", "GetMetricStatistics"},
      {"cloudwatch", "ListMetrics"},   {"s3", "GetObject"}};
  return calls;
}

// Members of an input that name a resource, for LookupEvents by resource.
constexpr std::pair<const char*, const char*> kResources[] = {
    {"cluster", "AWS::ECS::Cluster"},
    {"service", "AWS::ECS::Service"},
    {"serviceName", "AWS::ECS::Service"},
    {"task", "AWS::ECS::Task"},
    {"taskDefinition", "AWS::ECS::TaskDefinition"},
    {"roleName", "AWS::IAM::Role"},
    {"policyArn", "AWS::IAM::Policy"},
    {"subnetId", "AWS::EC2::Subnet"},
    {"groupId", "AWS::EC2::SecurityGroup"},
    {"routeTableId", "AWS::EC2::RouteTable"},
    {"networkAclId", "AWS::EC2::NetworkAcl"},
    {"vpcEndpointId", "AWS::EC2::VPCEndpoint"},
    {"targetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup"},
    {"repositoryName", "AWS::ECR::Repository"},
    {"vpcId", "AWS::EC2::VPC"},
    {"internetGatewayId", "AWS::EC2::InternetGateway"},
    {"networkInterfaceId", "AWS::EC2::NetworkInterface"},
    {"associationId", "AWS::EC2::SubnetRouteTableAssociation"},
    {"secretId", "AWS::SecretsManager::Secret"},
    {"keyId", "AWS::KMS::Key"},
    {"logGroupName", "AWS::Logs::LogGroup"},
    {"alarmName", "AWS::CloudWatch::Alarm"}};

// Trail records write members with a small first letter whatever the protocol.
json in_trail_case(const json& value) {
  if (value.is_array()) {
    json all = json::array();
    for (const auto& one : value) all.push_back(in_trail_case(one));
    return all;
  }
  if (!value.is_object()) return value;
  json object = json::object();
  for (const auto& [name, member] : value.items()) {
    std::string key = name;
    if (!key.empty()) key[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(key[0])));
    object[key] = in_trail_case(member);
  }
  return object;
}

bool reads_only(const Request& request) {
  if (request.service->name == "sqs")
    return request.operation == "ListQueues" || request.operation.rfind("Get", 0) == 0;
  const auto* model = aws::find_operation(request.service->name, request.operation);
  return model != nullptr && model->read_only;
}

}  // namespace

ServiceDesk::ServiceDesk(World& world, const LabOptions& options)
    : world_(world), options_(options), chance_(options.seed * 2 + 1), requests_(options.seed * 2 + 2) {
  add_ecs_operations(registry_);
  add_ec2_operations(registry_);
  add_iam_operations(registry_);
  add_organizations_operations(registry_);
  add_elbv2_operations(registry_);
  add_ecr_operations(registry_);
  add_logs_operations(registry_);
  add_cloudtrail_operations(registry_);
  add_health_operations(registry_);
  add_quotas_operations(registry_);
  add_cloudwatch_operations(registry_);
  add_events_operations(registry_);
  add_sqs_operations(registry_);
  add_secrets_operations(registry_);
  add_resource_policy_operations(registry_);
  add_access_analyzer_operations(registry_);
  add_other_operations(registry_);
  let_operator_do_everything(world_);  // who asks before what it may do is told what is so: all
}

void ServiceDesk::open(std::uint16_t port, core::Duration real_now) {
  const std::lock_guard lock(mutex_);
  world_.base_url = "http://127.0.0.1:" + std::to_string(port);
  world_.real_time = real_now;
  world_.clock.follow_real_time(real_now, options_.speed);
}

void ServiceDesk::tick(core::Duration real_now) {
  const std::lock_guard lock(mutex_);
  world_.real_time = real_now;
  world_.clock.catch_up(real_now);
}

core::Timestamp ServiceDesk::now() {
  const std::lock_guard lock(mutex_);
  return world_.clock.now();
}

Mishap ServiceDesk::mishap_of(bool& throttle, bool& fail) {
  const Faults& faults = options_.faults;
  throttle = chance_.happens(faults.throttle);
  fail = !throttle && chance_.happens(faults.error500);
  if (chance_.happens(faults.reset)) return chance_.happens(0.5) ? Mishap::reset_before : Mishap::reset_after;
  if (chance_.happens(faults.truncate)) return Mishap::truncate;
  return chance_.happens(faults.timeout) ? Mishap::never : Mishap::none;
}

Outcome ServiceDesk::refuse(Protocol protocol, std::string_view service, const ApiError& error,
                            const std::string& request_id) const {
  return {write_error(protocol, service, error, request_id), request_id, Mishap::none, {}, core::Duration{0}};
}

Outcome ServiceDesk::handle(const HttpRequest& http, core::Duration real_now, bool again) {
  const std::lock_guard lock(mutex_);
  world_.real_time = real_now;
  world_.clock.catch_up(real_now);
  const std::string request_id = requests_.uuid();

  const auto caller = caller_of(http);
  const std::string signing_name = caller ? caller->signing_name : "";
  const Protocol protocol = protocol_of(http, signing_name);
  if (!caller) return refuse(protocol, "", caller.error(), request_id);
  const auto request = read_request(http, signing_name);
  const std::string service(request ? request->service->name : std::string_view{});
  const bool needs_no_signature =
      request && service == "sts" && request->operation == "AssumeRoleWithWebIdentity";
  if (!needs_no_signature) {
    const auto refusal = turned_away(http, *caller, protocol, world_, core::Timestamp(real_now));
    if (!refusal.code.empty()) return refuse(protocol, service, refusal, request_id);
  }
  if (!request) return refuse(protocol, service, request.error(), request_id);

  bool throttle = false, fail = false;
  const Mishap mishap = again ? Mishap::none : mishap_of(throttle, fail);
  const auto spoiled = [&](Outcome outcome) {
    outcome.mishap = mishap;
    return outcome;
  };
  if (mishap == Mishap::reset_before) return {{}, request_id, mishap, {}, core::Duration{0}};
  if (throttle) return spoiled(refuse(protocol, service, throttled(protocol, service), request_id));
  if (fail) return spoiled(refuse(protocol, service, failed_inside(protocol, service), request_id));

  const Handler handler = registry_.find(service, request->operation);
  if (handler == nullptr) return spoiled(refuse(protocol, service, no_such_operation(*request), request_id));
  CallContext call;
  call.region = caller->region.empty() ? world_.home : caller->region;
  call.service = service;
  call.operation = request->operation;
  const auto session = world_.iam.sessions.find(caller->access_key);
  call.caller_arn = session == world_.iam.sessions.end() ? world_.operator_arn : session->second;
  call.access_key = caller->access_key;
  call.source_ip = http.source_ip;
  const auto agent = http.headers.find("user-agent");
  call.user_agent = agent == http.headers.end() ? "" : agent->second;
  call.request_id = request_id;
  call.time = world_.clock.now();
  call.real_time = real_now;

  const auto input = read_input(*request, http);
  Reply reply = input;
  if (input) {
    if (const auto forbidden = forbidden_by(*request, call, *input)) {
      reply = tl::unexpected(denied(protocol, service, call.caller_arn, *forbidden));
    } else {
      try {
        reply = handler(world_, call, *input);
      } catch (const json::exception& wrong_type) {  // a member of another type than the operation has
        reply = api_error(protocol == Protocol::query || protocol == Protocol::ec2 ? "MalformedInput"
                                                                                   : "SerializationException",
                          wrong_type.what());
      }
    }
  }
  if (!again) record(*request, call, input ? *input : json::object(), reply);
  if (!reply) return spoiled(refuse(protocol, service, reply.error(), request_id));

  Outcome outcome{write_answer(*request, *reply, request_id), request_id, mishap, {}, core::Duration{0}};
  if (service == "sqs" && request->operation == "ReceiveMessage" && !reply->contains("Messages")) {
    outcome.wait = std::chrono::seconds(std::clamp(integer_of(*input, "WaitTimeSeconds", 0), 0LL, 20LL));
  }
  return outcome;
}

// "--refuse" goes by names alone; the lab's policies only where they are in force.
std::optional<Forbidden> ServiceDesk::forbidden_by(const Request& request, const CallContext& call,
                                                   const json& input) const {
  const std::string action = action_of(*request.service, request.operation);
  const bool refused =
      std::any_of(options_.refuse.begin(), options_.refuse.end(),
                  [&](const std::string& pattern) { return core::glob_matches(pattern, action); });
  if (refused)
    return Forbidden{action, "*", "because no identity-based policy allows the " + action + " action", false};
  if (!options_.enforce_iam) return std::nullopt;
  json trailed = in_trail_case(input);
  if (call.service == "s3") trailed["bucketName"] = trailed["bucket"];  // as a trail of data events has it
  return forbidden_by_iam(world_, call, std::string(request.service->signing_name) + ".amazonaws.com",
                          trailed);
}

void ServiceDesk::record(const Request& request, const CallContext& call, const json& input,
                         const Reply& reply) {
  if (unrecorded().contains({call.service, call.operation})) return;
  TrailCall made;
  made.service = request.service->signing_name;
  made.name = call.operation;
  made.caller_arn = call.caller_arn;
  made.access_key = call.access_key;
  made.source_ip = call.source_ip;
  made.user_agent = call.user_agent;
  made.request_id = call.request_id;
  made.read_only = reads_only(request);
  const json trailed = in_trail_case(input);
  if (!trailed.empty()) made.request = trailed;
  for (const auto& [member, type] : kResources) {
    const std::string name = text_of(trailed, member);
    if (!name.empty()) made.resources.emplace_back(type, name);
  }
  if (!reply) {
    const std::string& code = reply.error().code;
    made.error_code = code == "AccessDeniedException"     ? "AccessDenied"
                      : request.protocol == Protocol::ec2 ? "Client." + code
                                                          : code;
    made.error_message = reply.error().message;
  } else if (!made.read_only && !reply->empty()) {
    made.response = in_trail_case(*reply);
  }
  world_.record_trail(call.region, made);
}

}  // namespace doctor::lab
