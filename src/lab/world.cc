#include "lab/world.h"

#include <algorithm>
#include <array>

#include "core/arn.h"

namespace doctor::lab {
namespace {

// The Regions that are enabled by default ("AWS Regions", AWS General Reference).
constexpr std::array kRegions{
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ca-central-1",  "eu-central-1",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-north-1",     "sa-east-1",     "ap-south-1",
    "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"};

bool is_global(const std::string& service) {
  return service == "iam" || service == "organizations" || service == "health";
}

json record_of(const World& world, const std::string& region, const TrailEvent& event, const TrailCall& call,
               const std::string& request_id);

}  // namespace

World::World(const WorldOptions& options)
    : clock(options.now), ids(options.seed), present(options.now), regions(kRegions.begin(), kRegions.end()) {
  for (const auto& region : regions) quotas[region] = default_quotas();
  operator_arn = role_session_arn("Operator", "lab");
  add_role(*this, "Operator", "ec2.amazonaws.com").created -= std::chrono::hours(24 * 200);
  auto& organization = organizations;
  for (const auto& [type, id, name] :
       {std::tuple{"SERVICE_CONTROL_POLICY", "p-FullAWSAccess", "FullAWSAccess"},
        std::tuple{"RESOURCE_CONTROL_POLICY", "p-RCPFullAWSAccess", "RCPFullAWSAccess"}}) {
    ControlPolicy policy{.id = id,
                         .arn = {},
                         .name = name,
                         .description = "Allows access to every operation",
                         .type = type,
                         .aws_managed = true,
                         .document = policy_document("Allow", {"*"}),
                         .targets = {}};
    const bool service = policy.type == "SERVICE_CONTROL_POLICY";
    if (!service) policy.document["Statement"][0]["Principal"] = "*";
    policy.arn = std::string("arn:aws:organizations::aws:policy/") +
                 (service ? "service_control_policy/" : "resource_control_policy/") + id;
    policy.targets = {organization.root, account};
    organization.policies[policy.id] = std::move(policy);
  }
}

bool World::has_region(const std::string& region) const {
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

std::vector<std::string> World::zones(const std::string& region) const {
  return {region + "a", region + "b", region + "c"};
}

// "eu-west-1a" -> "euw1-az1". Real accounts map letters to ids at random; here the letter says the number.
std::string World::zone_id(const std::string& zone) const {
  const std::string region(core::region_of_zone(zone));
  std::string id;
  std::size_t start = 0;
  while (start < region.size()) {
    const auto end = std::min(region.find('-', start), region.size());
    const std::string part = region.substr(start, end - start);
    if (start == 0 || part.size() == 1) {
      id += part;
    } else {
      for (const std::string_view direction : {"north", "south", "east", "west", "central"}) {
        if (part.find(direction) != std::string::npos) id += direction[0];
      }
    }
    start = end + 1;
  }
  return id + "-az" + std::to_string(zone.empty() ? 1 : zone.back() - 'a' + 1);
}

std::string World::arn(const std::string& service, const std::string& region,
                       const std::string& resource) const {
  return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource;
}

std::string World::role_session_arn(const std::string& role, const std::string& session) const {
  return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session;
}

std::string World::record_trail(const std::string& asked_region, const TrailCall& call) {
  const std::string region = is_global(call.service) ? "us-east-1" : asked_region;
  TrailEvent event;
  event.id = ids.uuid();
  event.name = call.name;
  event.source = call.service + ".amazonaws.com";
  event.access_key = call.caller_arn.empty() ? "" : call.access_key;
  event.user = call.caller_arn.empty() ? call.invoked_by : std::string(core::short_name(call.caller_arn));
  event.time = clock.now();
  event.read_only = call.read_only;
  event.resources = call.resources;
  event.record =
      record_of(*this, region, event, call, call.request_id.empty() ? ids.uuid() : call.request_id);
  std::string id = event.id;
  // EventBridge gets the calls that change something ("AWS service events delivered via AWS CloudTrail").
  if (!event.read_only) {
    publish_event(
        region, call.caller_arn.empty() ? "AWS Service Event via CloudTrail" : "AWS API Call via CloudTrail",
        "aws." + call.service, {}, event.record);
  }
  trail[region].events.push_back(std::move(event));
  return id;
}

namespace {

// userIdentity as "CloudTrail userIdentity element" describes it.
json identity_of(const World& world, const TrailCall& call) {
  if (call.caller_arn.empty()) return {{"type", "AWSService"}, {"invokedBy", call.invoked_by}};
  const auto arn = core::Arn::parse(call.caller_arn);
  const std::string resource = arn ? arn->resource : std::string();
  json identity{{"arn", call.caller_arn}, {"accountId", world.account}, {"accessKeyId", call.access_key}};
  if (resource.rfind("assumed-role/", 0) != 0) {
    const bool root = resource == "root";
    identity["type"] = root ? "Root" : "IAMUser";
    identity["principalId"] = root ? world.account : "AIDALABEXAMPLE0000001";
    if (!root) identity["userName"] = core::short_name(call.caller_arn);
    return identity;
  }
  const auto slash = resource.rfind('/');
  const std::string role = resource.substr(13, slash - 13), session = resource.substr(slash + 1);
  const auto known = world.iam.roles.find(role);
  const std::string id = known == world.iam.roles.end() ? "AROALABEXAMPLE0000001" : known->second.id;
  const std::string role_arn =
      known == world.iam.roles.end() ? world.arn("iam", "", "role/" + role) : known->second.arn;
  identity["type"] = "AssumedRole";
  identity["principalId"] = id + ":" + session;
  identity["sessionContext"] = {
      {"sessionIssuer",
       {{"type", "Role"},
        {"principalId", id},
        {"arn", role_arn},
        {"accountId", world.account},
        {"userName", role}}},
      {"attributes",
       {{"creationDate", core::to_iso(std::chrono::floor<std::chrono::seconds>(world.clock.now()))},
        {"mfaAuthenticated", "false"}}}};
  if (!call.invoked_by.empty()) identity["invokedBy"] = call.invoked_by;
  return identity;
}

json record_of(const World& world, const std::string& region, const TrailEvent& event, const TrailCall& call,
               const std::string& request_id) {
  json record{{"eventVersion", "1.08"},
              {"userIdentity", identity_of(world, call)},
              {"eventTime", core::to_iso(std::chrono::floor<std::chrono::seconds>(event.time))},
              {"eventSource", event.source},
              {"eventName", event.name},
              {"awsRegion", region},
              {"sourceIPAddress", call.caller_arn.empty() ? call.invoked_by : call.source_ip},
              {"userAgent", call.caller_arn.empty() ? call.invoked_by : call.user_agent},
              {"requestParameters", call.request},
              {"responseElements", call.response},
              {"requestID", request_id},
              {"eventID", event.id},
              {"readOnly", event.read_only},
              {"eventType", call.caller_arn.empty() ? "AwsServiceEvent" : "AwsApiCall"},
              {"managementEvent", true},
              {"recipientAccountId", world.account},
              {"eventCategory", "Management"}};
  if (!call.error_code.empty()) {
    record["errorCode"] = call.error_code;
    record["errorMessage"] = call.error_message;
  }
  return record;
}

}  // namespace
}  // namespace doctor::lab
