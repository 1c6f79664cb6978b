// Services of which the doctor asks one thing: AWS Config (with the recorder off, as in most accounts),
// Application Auto Scaling, resource tags, KMS keys.
#include <algorithm>

#include "core/arn.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

Reply recorder_status(World&, const CallContext&, const json&) {
  return json{{"ConfigurationRecordersStatus", json::array()}};
}

Reply config_history(World&, const CallContext&, const json& input) {
  return api_error("ResourceNotDiscoveredException",
                   "Resource " + text_of(input, "resourceId") + " of resourceType:" +
                       text_of(input, "resourceType") + " is unknown or has not been discovered");
}

Reply scaling_page(const json& all, const json& input, const char* key) {
  return page_of(all, input,
                 {.result_key = key,
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .default_limit = 50,
                  .most = 50,
                  .bad_token = "InvalidNextTokenException"});
}

bool of_service(const json& document, const json& input) {
  return text_of(document, "ServiceNamespace") == text_of(input, "ServiceNamespace");
}

Reply scalable_targets(World& world, const CallContext& call, const json& input) {
  const auto ids = strings_of(input, "ResourceIds");
  json chosen = json::array();
  for (const auto& target : world.scaling[call.region].targets) {
    const bool wanted =
        ids.empty() || std::find(ids.begin(), ids.end(), text_of(target, "ResourceId")) != ids.end();
    if (wanted && of_service(target, input)) chosen.push_back(target);
  }
  return scaling_page(chosen, input, "ScalableTargets");
}

Reply scaling_activities(World& world, const CallContext& call, const json& input) {
  const std::string id = text_of(input, "ResourceId");
  const auto& activities = world.scaling[call.region].activities;
  json chosen = json::array();  // newest first
  for (auto it = activities.rbegin(); it != activities.rend(); ++it) {
    if ((id.empty() || text_of(*it, "ResourceId") == id) && of_service(*it, input)) chosen.push_back(*it);
  }
  return scaling_page(chosen, input, "ScalingActivities");
}

// Tags of what the lab knows to be tagged: EC2's network and IAM's roles stand outside this API's reach here.
Reply get_resources(World& world, const CallContext& call, const json& input) {
  const auto arns = strings_of(input, "ResourceARNList"), types = strings_of(input, "ResourceTypeFilters");
  json mappings = json::array();
  const auto add = [&](const std::string& arn, const std::string& type, const json& tags) {
    const bool asked = (arns.empty() || std::find(arns.begin(), arns.end(), arn) != arns.end()) &&
                       (types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& one) {
                          return type == one || type.rfind(one + ":", 0) == 0;
                        }));
    if (!asked || tags.empty()) return;
    for (const auto& filter : list_of(input, "TagFilters")) {
      const auto values = strings_of(filter, "Values");
      const bool holds = std::any_of(tags.begin(), tags.end(), [&](const json& one) {
        return text_of(one, "Key") == text_of(filter, "Key") &&
               (values.empty() ||
                std::find(values.begin(), values.end(), text_of(one, "Value")) != values.end());
      });
      if (!holds) return;
    }
    mappings.push_back({{"ResourceARN", arn}, {"Tags", tags}});
  };
  const Ec2& ec2 = world.ec2[call.region];
  for (const auto& [kind, documents] : {std::pair{"vpc", &ec2.vpcs},
                                        {"subnet", &ec2.subnets},
                                        {"security-group", &ec2.groups},
                                        {"route-table", &ec2.route_tables},
                                        {"network-acl", &ec2.acls},
                                        {"vpc-endpoint", &ec2.endpoints},
                                        {"natgateway", &ec2.nat_gateways}}) {
    for (const auto& [id, document] : *documents)
      add(world.arn("ec2", call.region, std::string(kind) + "/" + id), std::string("ec2:") + kind,
          list_of(document, "Tags"));
  }
  return page_of(mappings, input,
                 {.result_key = "ResourceTagMappingList",
                  .input_token = "PaginationToken",
                  .output_token = "PaginationToken",
                  .limit_key = "ResourcesPerPage",
                  .default_limit = 50,
                  .most = 100,
                  .bad_token = "PaginationTokenExpiredException"});
}

Reply no_such_key(const World& world, const std::string& region, const std::string& asked) {
  return api_error("NotFoundException",
                   "Key '" +
                       (asked.rfind("arn:", 0) == 0 ? asked : world.arn("kms", region, "key/" + asked)) +
                       "' does not exist");
}

Reply describe_key(World& world, const CallContext& call, const json& input) {
  const std::string asked = text_of(input, "KeyId"), id(core::short_name(asked));
  const auto& keys = world.kms[call.region].keys;
  const auto found = keys.find(id);
  return found == keys.end() ? no_such_key(world, call.region, asked)
                             : Reply(json{{"KeyMetadata", found->second}});
}

// "The only valid name is default" ("GetKeyPolicy").
Reply get_key_policy(World& world, const CallContext& call, const json& input) {
  const std::string asked = text_of(input, "KeyId"), id(core::short_name(asked));
  const auto& policies = world.kms[call.region].policies;
  const auto found = policies.find(id);
  if (found == policies.end()) return no_such_key(world, call.region, asked);
  if (text_of(input, "PolicyName", "default") != "default")
    return api_error("NotFoundException", "No such policy exists");
  return json{{"Policy", found->second.dump(2)}, {"PolicyName", "default"}};
}

}  // namespace

std::string add_key(World& world, const std::string& region, const std::string& description, bool enabled) {
  const std::string id = world.ids.uuid(), arn = world.arn("kms", region, "key/" + id);
  world.kms[region].keys[id] = {{"AWSAccountId", world.account},
                                {"KeyId", id},
                                {"Arn", arn},
                                {"CreationDate", epoch(world.clock.now())},
                                {"Enabled", enabled},
                                {"Description", description},
                                {"KeyUsage", "ENCRYPT_DECRYPT"},
                                {"KeyState", enabled ? "Enabled" : "Disabled"},
                                {"Origin", "AWS_KMS"},
                                {"KeyManager", "CUSTOMER"},
                                {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                                {"KeySpec", "SYMMETRIC_DEFAULT"},
                                {"EncryptionAlgorithms", {"SYMMETRIC_DEFAULT"}},
                                {"MultiRegion", false}};
  world.kms[region].policies[id] = {
      {"Version", "2012-10-17"},
      {"Id", "key-default-1"},
      {"Statement", json::array({{{"Sid", "Enable IAM User Permissions"},
                                  {"Effect", "Allow"},
                                  {"Principal", {{"AWS", "arn:aws:iam::" + world.account + ":root"}}},
                                  {"Action", "kms:*"},
                                  {"Resource", "*"}}})}};
  return arn;
}

void add_scalable_target(World& world, const std::string& region, const std::string& resource_id, int least,
                         int most) {
  world.scaling[region].targets.push_back(
      {{"ServiceNamespace", "ecs"},
       {"ResourceId", resource_id},
       {"ScalableDimension", "ecs:service:DesiredCount"},
       {"MinCapacity", least},
       {"MaxCapacity", most},
       {"RoleARN", "arn:aws:iam::" + world.account +
                       ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
                       "AWSServiceRoleForApplicationAutoScaling_ECSService"},
       {"CreationTime", epoch(world.clock.now())},
       {"SuspendedState",
        {{"DynamicScalingInSuspended", false},
         {"DynamicScalingOutSuspended", false},
         {"ScheduledScalingSuspended", false}}}});
}

void add_scaling_activity(World& world, const std::string& region, const std::string& resource_id,
                          const std::string& description, const std::string& cause) {
  const double now = epoch(world.clock.now());
  world.scaling[region].activities.push_back(
      {{"ActivityId", world.ids.uuid()},
       {"ServiceNamespace", "ecs"},
       {"ResourceId", resource_id},
       {"ScalableDimension", "ecs:service:DesiredCount"},
       {"Description", description},
       {"Cause", cause},
       {"StartTime", now},
       {"EndTime", now + 30},
       {"StatusCode", "Successful"},
       {"StatusMessage", "Successfully set desired count. Change successfully fulfilled by ecs."}});
}

namespace {

// "GetObject": of an object that is not there, which of the two is missing.
Reply get_object(World& world, const CallContext&, const json& input) {
  const std::string bucket = text_of(input, "Bucket"), place = bucket + "/" + text_of(input, "Key");
  const auto object = world.objects.find(place);
  if (object != world.objects.end()) return json{{"Body", object->second}};
  const auto first = world.objects.lower_bound(bucket + "/");
  if (first == world.objects.end() || !first->first.starts_with(bucket + "/"))
    return api_error("NoSuchBucket", "The specified bucket does not exist", 404);
  return api_error("NoSuchKey", "The specified key does not exist.", 404);
}

}  // namespace

void add_other_operations(Registry& registry) {
  registry.add("config", "DescribeConfigurationRecorderStatus", recorder_status);
  registry.add("config", "GetResourceConfigHistory", config_history);
  registry.add("application-autoscaling", "DescribeScalableTargets", scalable_targets);
  registry.add("application-autoscaling", "DescribeScalingActivities", scaling_activities);
  registry.add("resourcegroupstaggingapi", "GetResources", get_resources);
  registry.add("kms", "DescribeKey", describe_key);
  registry.add("kms", "GetKeyPolicy", get_key_policy);
  registry.add("s3", "GetObject", get_object);
}

}  // namespace doctor::lab
