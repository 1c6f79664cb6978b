// Fixes that watch and limit: quotas, alarms, rules, log groups, target groups, interfaces and images.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/arn.h"
#include "core/number.h"
#include "remedy/kinds.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using nlohmann::json;

// "Amazon CloudWatch pricing", us-east-1: 0.10 USD a month for each metric that an alarm reads.
std::string alarm_cost(int metrics) {
  return fmt::format("{:.2f} USD a month in us-east-1 (Amazon CloudWatch pricing: 0.10 a metric of an alarm)",
                     0.1 * metrics);
}

constexpr std::string_view kNobodyTold =
    "an alarm without an action tells nobody: give it a topic with aws cloudwatch "
    "put-metric-alarm --alarm-actions TOPIC_ARN, or in your code";

// --- Load balancer --------------------------------------------------------------------------------------

void deregistration_delay(Draft& d) {
  constexpr int kWanted = 90;  // ends, with room to stop, within the two minutes' notice of Fargate Spot
  const std::string key = "deregistration_delay.timeout_seconds";
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  bool any = false;
  for (const facts::LoadBalancer& balancer : d.service->load_balancers) {
    if (balancer.target_group_arn.empty()) continue;
    const Resource where = resource(d, "elbv2:target-group-attributes", balancer.target_group_arn);
    const auto before = state_of(d, where);
    if (!before || *before == "null") {
      leave_out(d, fmt::format("the attributes of {} were not read", balancer.target_group_arn));
      continue;
    }
    const std::string now = json::parse(*before, nullptr, false).value(key, "300");
    if (core::whole_number(now).value_or(300) <= kWanted) continue;
    const auto input = [&](const std::string& value) {
      return json{{"TargetGroupArn", balancer.target_group_arn},
                  {"Attributes", json::array({{{"Key", key}, {"Value", value}}})}};
    };
    const auto arn = core::Arn::parse(balancer.target_group_arn);
    const std::string name = arn ? arn->resource : balancer.target_group_arn;  // targetgroup/NAME/ID
    Step step = make_step(d, where, *before,
                          fmt::format("Deregistration delay of {}: {} s -> {} s",
                                      name.substr(name.find('/') + 1), now, kWanted),
                          request(d, "elbv2", "ModifyTargetGroupAttributes", input(std::to_string(kWanted))));
    step.effects = {{"/" + key, json(std::to_string(kWanted)).dump()}};
    step.inverse = request(d, "elbv2", "ModifyTargetGroupAttributes", input(now));
    step.cost = "none";
    add(d, std::move(step), When::before_service);
    any = true;
  }
  if (!any && d.left_out.empty()) leave_out(d, "no target group of the service waits longer than 90 s");
}

// --- Quotas ---------------------------------------------------------------------------------------------

struct QuotaName {
  std::string_view service, code;
};

// "Amazon ECS service quotas" and "Amazon VPC quotas": which one a cause is about.
QuotaName quota_of(const Draft& d) {
  const std::string_view cause = d.cause == nullptr ? "" : std::string_view(d.cause->id);
  if (cause == "eni.quota_interfaces") return {"vpc", "L-DF5E4CA3"};
  if (cause == "capacity.spot_vcpu_quota" || cause == "spot.replacement_quota")
    return {"fargate", "L-36FBB829"};
  if (d.fix->detail.find("L-36FBB829") != std::string::npos) return {"fargate", "L-36FBB829"};
  if (cause == "capacity.launch_rate_throttled")
    return {};  // a rate: not among Service Quotas' codes of Fargate
  return {"fargate", "L-3032A538"};
}

// From the facts, else from its state; nothing where neither was read.
std::optional<facts::ServiceQuota> known_quota(Draft& d, const QuotaName& name) {
  for (const auto& quota : d.place->quotas) {
    if (quota.service == name.service && quota.code == name.code) return quota;
  }
  if (name.code.empty()) return std::nullopt;
  const auto state =
      state_of(d, resource(d, "servicequotas:quota", fmt::format("{}/{}", name.service, name.code)));
  if (!state || *state == "null") return std::nullopt;
  const json value = json::parse(*state, nullptr, false);
  facts::ServiceQuota quota;
  quota.service = name.service;
  quota.code = name.code;
  quota.name = value.value("QuotaName", "");
  quota.value = value.value("Value", 0.0);
  quota.adjustable = value.value("Adjustable", false);
  return quota;
}

void quota_request(Draft& d) {
  const QuotaName name = quota_of(d);
  if (name.code.empty())
    return advise(d,
                  "ask AWS Support for a higher launch rate, with the number of tasks a second that you need "
                  "(AWS Fargate throttling quotas); it is no quota of Service Quotas");
  const auto quota = known_quota(d, name);
  if (!quota || quota->value <= 0)
    return leave_out(d,
                     fmt::format("the quota {} was not read (service-quotas get-service-quota)", name.code));
  for (const facts::QuotaRequest& asked : d.place->quota_requests) {
    if (asked.code == name.code && (asked.status == "PENDING" || asked.status == "CASE_OPENED"))
      return advise(
          d, fmt::format("{} is already asked for at {:g} ({}): follow {}", name.code, asked.desired_value,
                         asked.status, asked.case_id.empty() ? "that request" : "case " + asked.case_id));
  }
  if (!quota->adjustable) return advise(d, fmt::format("{} ({}) cannot be raised", quota->name, quota->code));
  const double wanted = std::max(quota->value * 2, quota->value + 4);
  const Resource where = resource(d, "servicequotas:request", fmt::format("{}/{}", name.service, name.code));
  Step step =
      make_step(d, where, state_or_absent(d, where),
                fmt::format("Ask for {} ({}): {:g} -> {:g}", quota->name, quota->code, quota->value, wanted),
                request(d, "service-quotas", "RequestServiceQuotaIncrease",
                        {{"ServiceCode", name.service}, {"QuotaCode", name.code}, {"DesiredValue", wanted}}));
  step.effects = {{"/DesiredValue", json(wanted).dump()}};
  one_way(step, "Service Quotas has no call that takes a request back or lowers a quota again");
  step.cost = "none: a quota costs nothing, what runs under it does";
  step.expected_duration = std::chrono::seconds{2};
  add(d, std::move(step), When::after_service);
}

Resource alarm_resource(const Draft& d, const std::string& name) {
  return resource(d, "cloudwatch:alarm", name);
}

void put_alarm(Draft& d, const json& input, std::string title, int metrics) {
  const std::string name = input.value("AlarmName", "");
  const Resource where = alarm_resource(d, name);
  const std::string before = state_or_absent(d, where);
  if (before != "null") return leave_out(d, fmt::format("the alarm {} is there already", name));
  Step step =
      make_step(d, where, before, std::move(title), request(d, "cloudwatch", "PutMetricAlarm", input));
  step.effects = {{"/Threshold", json(input.value("Threshold", 0.0)).dump()}};
  step.inverse = request(d, "cloudwatch", "DeleteAlarms", {{"AlarmNames", json::array({name})}});
  step.cost = alarm_cost(metrics);
  add(d, std::move(step), When::after_service);
  advise(d, std::string(kNobodyTold));
}

json metric(const char* id, std::string_view name_space, std::string_view name,
            const std::map<std::string, std::string>& dimensions, int period) {
  json list = json::array();
  for (const auto& [key, value] : dimensions) list.push_back({{"Name", key}, {"Value", value}});
  return {{"Id", id},
          {"MetricStat",
           {{"Metric", {{"Namespace", name_space}, {"MetricName", name}, {"Dimensions", list}}},
            {"Period", period},
            {"Stat", "Maximum"}}},
          {"ReturnData", false}};
}

json expression(const char* id, std::string_view text, std::string_view label) {
  return {{"Id", id}, {"Expression", text}, {"Label", label}, {"ReturnData", true}};
}

// "Visualizing your service quotas and setting alarms": SERVICE_QUOTA() follows the quota when it is raised.
void quota_alarm(Draft& d) {
  const QuotaName name = quota_of(d);
  const auto quota = known_quota(d, name);
  std::map<std::string, std::string> dimensions;
  std::string metric_name = "ResourceCount";
  if (quota && !quota->usage_dimensions.empty()) {
    dimensions = quota->usage_dimensions;
    if (!quota->usage_metric.empty())
      metric_name = quota->usage_metric.substr(quota->usage_metric.rfind('/') + 1);
    if (const auto space = metric_name.rfind(' '); space != std::string::npos)
      metric_name.erase(0, space + 1);
  } else if (name.service == "fargate") {  // "AWS Fargate usage metrics"
    dimensions = {{"Service", "Fargate"},
                  {"Type", "Resource"},
                  {"Resource", "vCPU"},
                  {"Class", name.code == "L-36FBB829" ? "Standard/Spot" : "Standard/OnDemand"}};
  } else {
    return advise(
        d, fmt::format("AWS publishes no usage metric for {}: count with aws ec2 describe-network-interfaces "
                       "on a schedule",
                       name.code.empty() ? "this rate" : name.code));
  }
  const std::string alarm = fmt::format("fargate-doctor-quota-{}", name.code);
  put_alarm(d,
            {{"AlarmName", alarm},
             {"AlarmDescription", "More than 80 percent of the quota is in use"},
             {"Metrics",
              json::array({metric("usage", "AWS/Usage", metric_name, dimensions, 300),
                           expression("percent", "usage/SERVICE_QUOTA(usage)*100", "percent of the quota")})},
             {"ComparisonOperator", "GreaterThanThreshold"},
             {"Threshold", 80.0},
             {"EvaluationPeriods", 1},
             {"TreatMissingData", "notBreaching"}},
            fmt::format("Alarm at 80 percent of {}",
                        !quota || quota->name.empty() ? std::string(name.code) : quota->name),
            1);
}

void alarm_on_ephemeral_storage(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "Container Insights counts by service, and none is known");
  // The two metrics come with Container Insights alone ("Amazon ECS Container Insights metrics").
  if (d.cluster != nullptr && d.cluster->container_insights == "disabled") {
    const Resource where = resource(d, "ecs:cluster", d.cluster->arn);
    const auto before = state_of(d, where);
    if (!before || *before == "null") {
      leave_out(d, "the cluster's state was not read (ecs describe-clusters)");
    } else {
      const auto input = [&](const char* value) {
        return json{{"cluster", d.cluster->arn},
                    {"settings", json::array({{{"name", "containerInsights"}, {"value", value}}})}};
      };
      Step step =
          make_step(d, where, *before, fmt::format("Switch on Container Insights of {}", d.cluster->name),
                    request(d, "ecs", "UpdateClusterSettings", input("enabled")));
      step.effects = {{"/settings/containerInsights", R"("enabled")"}};
      step.inverse = request(d, "ecs", "UpdateClusterSettings", input("disabled"));
      step.cost =
          "billed as custom metrics: 0.30 USD a metric and month, in us-east-1 (Amazon CloudWatch pricing)";
      add(d, std::move(step), When::before_service);
    }
  }
  const std::map<std::string, std::string> dimensions = {{"ClusterName", d.incident->cluster},
                                                         {"ServiceName", d.incident->service}};
  put_alarm(
      d,
      {{"AlarmName",
        fmt::format("fargate-doctor-ephemeral-storage-{}-{}", d.incident->cluster, d.incident->service)},
       {"AlarmDescription", "More than 80 percent of the tasks' ephemeral storage is in use"},
       {"Metrics",
        json::array({metric("used", "ECS/ContainerInsights", "EphemeralStorageUtilized", dimensions, 60),
                     metric("reserved", "ECS/ContainerInsights", "EphemeralStorageReserved", dimensions, 60),
                     expression("percent", "used/reserved*100", "percent of the ephemeral storage")})},
       {"ComparisonOperator", "GreaterThanThreshold"},
       {"Threshold", 80.0},
       {"EvaluationPeriods", 3},
       {"TreatMissingData", "notBreaching"}},
      "Alarm at 80 percent of the tasks' ephemeral storage", 2);
}

// --- Rules ----------------------------------------------------------------------------------------------

void put_rule(Draft& d, const std::string& name, const json& pattern, const std::string& description) {
  const Resource where = resource(d, "events:rule", name);
  const std::string before = state_or_absent(d, where);
  if (before != "null") return leave_out(d, fmt::format("the rule {} is there already", name));
  Step step = make_step(d, where, before, fmt::format("Rule {}: {}", name, description),
                        request(d, "events", "PutRule",
                                {{"Name", name},
                                 {"EventPattern", pattern.dump()},
                                 {"Description", description},
                                 {"State", "ENABLED"}}));
  step.effects = {{"/EventPattern", pattern.dump()}};
  step.inverse = request(d, "events", "DeleteRule", {{"Name", name}});
  step.cost = "none: events of AWS services are free (Amazon EventBridge pricing)";
  add(d, std::move(step), When::after_service);
  advise(d, fmt::format(
                "say who is told: aws events put-targets --rule {} --targets Id=1,Arn=TOPIC_OR_QUEUE_ARN",
                name));
}

// "Amazon ECS task state change events" and "service action events".
void interruption_alarm(Draft& d) {
  json detail = {{"stopCode", json::array({"SpotInterruption", "TerminationNotice"})}};
  if (d.cluster != nullptr) detail["clusterArn"] = json::array({d.cluster->arn});
  put_rule(d, fmt::format("fargate-doctor-interruptions-{}", d.incident->cluster),
           {{"source", json::array({"aws.ecs"})},
            {"detail-type", json::array({"ECS Task State Change"})},
            {"detail", detail}},
           "interruptions of Fargate Spot tasks");
}

// "AWS Health events in Amazon EventBridge".
void follow_health_event(Draft& d) {
  put_rule(d, "fargate-doctor-health",
           {{"source", json::array({"aws.health"})},
            {"detail-type", json::array({"AWS Health Event"})},
            {"detail", {{"service", json::array({"ECS", "FARGATE"})}}}},
           "AWS Health events of Amazon ECS and AWS Fargate");
}

// --- Logs, interfaces, subnets, images ------------------------------------------------------------------

void create_log_group(Draft& d) {
  if (d.definition == nullptr) return leave_out(d, "the task definition is not in the facts");
  bool any = false;
  for (const auto& container : d.definition->containers) {
    const auto group = container.log_options.find("awslogs-group");
    if (group == container.log_options.end()) continue;
    const auto region = container.log_options.find("awslogs-region");
    if (region != container.log_options.end() && region->second != d.place->region) {
      advise(d, fmt::format("aws logs create-log-group --log-group-name {} --region {}", group->second,
                            region->second));
      continue;
    }
    const Resource where = resource(d, "logs:log-group", group->second);
    const std::string before = state_or_absent(d, where);
    if (before != "null") continue;
    Step step = make_step(d, where, before, fmt::format("Create the log group {}", group->second),
                          request(d, "logs", "CreateLogGroup", {{"logGroupName", group->second}}));
    step.effects = {{"/logGroupName", json(group->second).dump()}};
    step.inverse = request(d, "logs", "DeleteLogGroup", {{"logGroupName", group->second}});
    step.cost =
        "0.50 USD a GB taken in, 0.03 USD a GB and month kept, in us-east-1 (Amazon CloudWatch pricing)";
    add(d, std::move(step), When::before_service);
    any = true;
  }
  if (!any && d.advice.empty())
    leave_out(d, "every log group of the task definition exists, or it names none");
}

void release_interfaces(Draft& d) {
  constexpr int kMost = 20;  // one plan stays readable; the next takes the rest
  int count = 0, idle = 0;
  for (const auto& [id, interface] : d.place->interfaces) {
    const bool ours = d.service == nullptr ||
                      std::find(d.service->network.subnets.begin(), d.service->network.subnets.end(),
                                interface.subnet_id) != d.service->network.subnets.end();
    if (!ours || interface.status != "available" || interface.requester_managed) continue;
    if (++idle > kMost) continue;
    const Resource where = resource(d, "ec2:network-interface", id);
    const auto before = state_of(d, where);
    if (!before || *before == "null") continue;
    Step step = make_step(d, where, *before,
                          fmt::format("Delete {} ({}), which nothing uses", id, interface.description),
                          request(d, "ec2", "DeleteNetworkInterface", {{"NetworkInterfaceId", id}}));
    step.effects = {{"", "null"}};
    one_way(step, "a deleted interface does not come back: a new one has another id and address");
    step.cost = "none";
    add(d, std::move(step), When::before_service);
    ++count;
  }
  if (idle > kMost)
    advise(d, fmt::format("{} more interfaces are idle: plan again once these are gone", idle - kMost));
  if (count == 0) leave_out(d, "no interface in the service's subnets is idle, or their state was not read");
}

std::uint32_t address_of(std::string_view text, int& bits) {
  std::uint32_t address = 0, part = 0;
  bits = 32;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      part = part * 10 + static_cast<std::uint32_t>(text[i] - '0');
    } else if (text[i] == '.') {
      address = (address << 8) | part;
      part = 0;
    } else if (text[i] == '/') {
      bits = static_cast<int>(core::whole_number(text.substr(i + 1)).value_or(0));
      break;
    }
  }
  return (address << 8) | part;
}

struct Block {
  std::uint64_t first, last;
};

Block block_of(std::string_view cidr) {
  int bits = 32;
  const std::uint64_t first = address_of(cidr, bits);
  return {first, first + (std::uint64_t{1} << (32 - std::clamp(bits, 0, 32))) - 1};
}

// The first block of this size in one of the VPC's that overlaps none of those taken; "".
std::string free_cidr(const std::vector<std::string>& cidrs, const std::vector<std::string>& taken,
                      int bits) {
  const std::uint64_t size = std::uint64_t{1} << (32 - bits);
  for (const std::string& cidr : cidrs) {
    if (cidr.find('.') == std::string::npos) continue;
    const Block whole = block_of(cidr);
    for (std::uint64_t first = whole.first; first + size - 1 <= whole.last; first += size) {
      const bool overlaps = std::any_of(taken.begin(), taken.end(), [&](const std::string& each) {
        const Block used = block_of(each);
        return used.first <= first + size - 1 && used.last >= first;
      });
      if (overlaps) continue;
      return fmt::format("{}.{}.{}.{}/{}", first >> 24, (first >> 16) & 255, (first >> 8) & 255, first & 255,
                         bits);
    }
  }
  return {};
}

// The blocks of the VPC, from the facts or its state; empty where neither was read.
std::vector<std::string> blocks_of_vpc(Draft& d, const std::string& id) {
  const auto vpc = d.place->vpcs.find(id);
  if (vpc != d.place->vpcs.end() && !vpc->second.cidrs.empty()) return vpc->second.cidrs;
  if (vpc != d.place->vpcs.end() && !vpc->second.cidr.empty()) return {vpc->second.cidr};
  const auto state = state_of(d, resource(d, "ec2:vpc", id));
  if (!state || *state == "null") return {};
  return json::parse(*state, nullptr, false).value("CidrBlockAssociationSet", std::vector<std::string>{});
}

// What is taken of it: every subnet that was read, and all that the VPC has, where that was asked.
std::vector<std::string> blocks_taken(Draft& d, const std::string& vpc) {
  std::vector<std::string> taken;
  for (const auto& [id, subnet] : d.place->subnets) {
    if (subnet.vpc_id == vpc) taken.push_back(subnet.cidr);
  }
  if (const auto state = state_of(d, resource(d, "ec2:vpc-subnets", vpc)); state && *state != "null") {
    const json blocks = json::parse(*state, nullptr, false);
    for (const auto& [cidr, id] : blocks.items()) taken.push_back(cidr);
  }
  return taken;
}

// The table that names the subnet: of the facts, else of AWS; "" where the VPC's main table serves it.
std::string table_of_subnet(Draft& d, const std::string& subnet) {
  for (const auto& [id, table] : d.place->route_tables) {
    if (std::find(table.subnets.begin(), table.subnets.end(), subnet) != table.subnets.end()) return id;
  }
  const auto state = state_of(d, resource(d, "ec2:route-table", subnet));
  return state && *state != "null" ? json::parse(*state, nullptr, false).value("RouteTableId", "")
                                   : std::string();
}

// A subnet beside the one that is short, in its zone, on its route table; the service then uses both.
void create_subnet(Draft& d) {
  if (d.service == nullptr) return leave_out(d, "no service is known that it could change");
  const facts::Subnet* shortest = nullptr;
  for (const auto& id : d.service->network.subnets) {
    const auto found = d.place->subnets.find(id);
    if (found == d.place->subnets.end()) continue;
    if (shortest == nullptr || found->second.available_ip_addresses.value_or(1 << 20) <
                                   shortest->available_ip_addresses.value_or(1 << 20))
      shortest = &found->second;
  }
  if (shortest == nullptr)
    return leave_out(d, "the service's subnets are not in the facts (ec2 describe-subnets)");
  if (d.taken.contains("subnets"))
    return leave_out(d, "another fix of this plan already finds addresses for the service");
  const std::string& vpc = shortest->vpc_id;
  const std::vector<std::string> blocks = blocks_of_vpc(d, vpc), taken = blocks_taken(d, vpc);
  const std::string table = table_of_subnet(d, shortest->id);
  if (blocks.empty())
    return leave_out(d, fmt::format("the CIDR of {} was not read (ec2 describe-vpcs)", vpc));
  std::string cidr;
  for (int bits = 22; bits <= 26 && cidr.empty(); ++bits) cidr = free_cidr(blocks, taken, bits);
  if (cidr.empty())
    return leave_out(d, fmt::format("no free CIDR of 64 addresses or more is left in {}", vpc));
  const Resource where = resource(d, "ec2:subnet", vpc + "/" + cidr);
  Step step = make_step(
      d, where, state_or_absent(d, where),
      fmt::format("Create a subnet {} in {}", cidr, shortest->availability_zone),
      request(d, "ec2", "CreateSubnet",
              {{"VpcId", vpc}, {"CidrBlock", cidr}, {"AvailabilityZone", shortest->availability_zone}}));
  const std::string made = "${self.Subnet.SubnetId}";
  step.effects = {{"/CidrBlock", json(cidr).dump()}};  // a VPC has a block once: AWS refuses a second
  step.inverse = request(d, "ec2", "DeleteSubnet", {{"SubnetId", made}});
  step.probe = {request(d, "ec2", "DescribeSubnets", {{"SubnetIds", json::array({made})}}),
                "/Subnets/0/State", R"("available")", std::chrono::minutes{2}};
  step.cost = "none";
  add(d, std::move(step), When::before_service);

  if (!table.empty()) {  // else the VPC's main table serves both
    const Resource routes = resource(d, "ec2:route-table", table);
    const auto before = state_of(d, routes);
    if (!before || *before == "null") {
      leave_out(
          d, fmt::format("the state of {} was not read, so that the new subnet is not routed alike", table));
    } else {
      Step associate =
          make_step(d, routes, *before, fmt::format("Route the new subnet by {}", table),
                    request(d, "ec2", "AssociateRouteTable",
                            {{"RouteTableId", table}, {"SubnetId", "${subnet.Subnet.SubnetId}"}}));
      associate.inverse =
          request(d, "ec2", "DisassociateRouteTable", {{"AssociationId", "${self.AssociationId}"}});
      json associations = json::parse(*before, nullptr, false).value("Associations", json::array());
      associations.push_back("${subnet.Subnet.SubnetId}");
      associate.effects = {{"/Associations", associations.dump()}};
      associate.cost = "none";
      add(d, std::move(associate), When::before_service);
    }
  }
  d.taken.insert("subnets");
  // ECS spreads tasks over all subnets, so that a full one beside the new one would go on failing its share.
  std::vector<std::string> full;
  for (const auto& id : d.service->network.subnets) {
    const auto found = d.place->subnets.find(id);
    if (found != d.place->subnets.end() && found->second.available_ip_addresses.value_or(1 << 20) < 16)
      full.push_back(id);
  }
  const std::string title = full.empty() ? "Use the new subnet as well"
                                         : fmt::format(
                                               "Use the new subnet in place of {}, which is short of "
                                               "addresses",
                                               fmt::join(full, " and "));
  edit_service(d, title, true, [full](json& s) {
    json kept = json::array();
    for (const json& id : s["networkConfiguration"]["awsvpcConfiguration"]["subnets"]) {
      if (std::find(full.begin(), full.end(), id.get<std::string>()) == full.end()) kept.push_back(id);
    }
    kept.push_back("${subnet.Subnet.SubnetId}");
    s["networkConfiguration"]["awsvpcConfiguration"]["subnets"] = kept;
  });
}

void address_alarm(Draft& d) {
  advise(d,
         "CloudWatch has no metric of a subnet's free addresses but Amazon VPC IPAM's (AWS/IPAM "
         "SubnetIPUsage), which "
         "needs an IPAM with the VPC in it; without one, ask ec2 describe-subnets on a schedule and put the "
         "number as "
         "a metric of your own. " +
             d.fix->detail);
}

// Only where it was asked for by name: what the policy expires does not come back.
void slim_image(Draft& d) {
  std::string sizes;
  for (const facts::Image& image : d.place->images) {
    if (image.compressed_bytes > 0)
      sizes += fmt::format("{}{} {:.2f} GB compressed", sizes.empty() ? "" : ", ", image.repository,
                           static_cast<double>(image.compressed_bytes) / 1e9);
  }
  advise(d, fmt::format("build in several stages, on a slim base, with no caches, tests or build tools in "
                        "the last one; look "
                        "at each layer with docker history{}{}",
                        sizes.empty() ? "" : ". Now: ", sizes));
  const auto& asked = d.options->fixes;
  if (std::find(asked.begin(), asked.end(), "slim_image") == asked.end()) return;
  std::set<std::string> repositories;
  for (const facts::Image& image : d.place->images) repositories.insert(image.repository);
  for (const std::string& repository : repositories) {
    const Resource where = resource(d, "ecr:lifecycle-policy", repository);
    const std::string before = state_or_absent(d, where);
    if (before != "null") {
      leave_out(d, fmt::format("{} has a lifecycle policy already", repository));
      continue;
    }
    const json policy = {{"rules", json::array({{{"rulePriority", 1},
                                                 {"description", "Untagged images go after 14 days"},
                                                 {"selection",
                                                  {{"tagStatus", "untagged"},
                                                   {"countType", "sinceImagePushed"},
                                                   {"countUnit", "days"},
                                                   {"countNumber", 14}}},
                                                 {"action", {{"type", "expire"}}}}})}};
    Step step =
        make_step(d, where, before, fmt::format("Expire untagged images of {} after 14 days", repository),
                  request(d, "ecr", "PutLifecyclePolicy",
                          {{"repositoryName", repository}, {"lifecyclePolicyText", policy.dump()}}));
    step.effects = {{"/lifecyclePolicyText", policy.dump()}};
    step.inverse = request(d, "ecr", "DeleteLifecyclePolicy", {{"repositoryName", repository}});
    one_way(step, "the policy can be deleted again; images that it has expired do not come back");
    step.cost = "less: 0.10 USD a GB and month of images (Amazon ECR pricing)";
    add(d, std::move(step), When::after_service);
  }
}

}  // namespace

std::vector<PlannerRow> planners_of_watch() {
  return {{"deregistration_delay", deregistration_delay},
          {"quota_request", quota_request},
          {"quota_alarm", quota_alarm},
          {"alarm_on_ephemeral_storage", alarm_on_ephemeral_storage},
          {"interruption_alarm", interruption_alarm},
          {"follow_health_event", follow_health_event},
          {"create_log_group", create_log_group},
          {"release_interfaces", release_interfaces},
          {"create_subnet", create_subnet},
          {"address_alarm", address_alarm},
          {"slim_image", slim_image}};
}

}  // namespace doctor::remedy
