// Fixes that open a way: exactly the changes that the network engine found, as requests.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/arn.h"
#include "network/needs.h"
#include "remedy/kinds.h"
#include "remedy/plan_sections.h"
#include "remedy/planner_draft.h"

namespace doctor::remedy {
namespace {

using PathChange = network::Change;
using nlohmann::json;

// Price: "AWS PrivateLink pricing", interface endpoints, us-east-1: 0.01 USD an hour for each zone.
constexpr double kEndpointHour = 0.01;

std::string endpoint_cost(std::size_t zones) {
  return fmt::format(
      "about {:.1f} USD a month ({} zone{}), and 0.01 USD a GB, in us-east-1 (AWS PrivateLink "
      "pricing)",
      kEndpointHour * kHoursAMonth * static_cast<double>(zones), zones, zones == 1 ? "" : "s");
}

std::string name_in(const json& input, const char* key) {
  return input.value(key, "");
}

// A JSON pointer's token.
std::string token(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

bool need_state(Draft& d, const Resource& where, std::string& before) {
  const auto state = state_of(d, where);
  if (!state || *state == "null") {
    leave_out(d, fmt::format("the state of {} was not read", where.id));
    return false;
  }
  before = *state;
  return true;
}

// "tcp 443-443 10.0.0.0/8", as the state of a group names it.
std::string rule_key(const json& permission) {
  for (const auto& [list, key] : {std::pair{"IpRanges", "CidrIp"},
                                  {"Ipv6Ranges", "CidrIpv6"},
                                  {"PrefixListIds", "PrefixListId"},
                                  {"UserIdGroupPairs", "GroupId"}}) {
    if (!permission.contains(list)) continue;
    return fmt::format("{} {}-{} {}", name_in(permission, "IpProtocol"), permission["FromPort"].dump(),
                       permission["ToPort"].dump(), permission[list][0].value(key, ""));
  }
  return {};
}

void open_group(Draft& d, const std::string& operation, const json& input) {
  const Resource where = resource(d, "ec2:security-group", name_in(input, "GroupId"));
  std::string before;
  if (!need_state(d, where, before)) return;
  const bool egress = operation.ends_with("Egress");
  const std::string key = rule_key(input["IpPermissions"][0]);
  Step step =
      make_step(d, where, before, fmt::format("Let {} {} through {}", key, egress ? "out" : "in", where.id),
                request(d, "ec2", operation, input));
  step.effects = {{fmt::format("/{}/{}", egress ? "Egress" : "Ingress", token(key)), ""}};
  json rule = json::object();
  for (const json& pair : input["IpPermissions"][0].value("UserIdGroupPairs", json::array())) {
    if (pair.contains("GroupId")) rule["UserId"] = d.place->account;  // AWS fills in whose group it is
  }
  step.effects.front().value = rule.dump();
  step.inverse =
      request(d, "ec2", egress ? "RevokeSecurityGroupEgress" : "RevokeSecurityGroupIngress", input);
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

void open_acl(Draft& d, const json& input) {
  const Resource where = resource(d, "ec2:network-acl", name_in(input, "NetworkAclId"));
  std::string before;
  if (!need_state(d, where, before)) return;
  const bool egress = input.value("Egress", false);
  const int number = input.value("RuleNumber", 0);
  Step step = make_step(d, where, before,
                        fmt::format("Allow {} in {} by rule {}, before the one that denies",
                                    egress ? "the way out" : "the way in", where.id, number),
                        request(d, "ec2", "CreateNetworkAclEntry", input));
  json entry = input;
  for (const char* key : {"NetworkAclId", "Egress", "RuleNumber"}) entry.erase(key);
  step.effects = {{fmt::format("/Entries/{} {}", egress ? "egress" : "ingress", number), entry.dump()}};
  step.inverse = request(d, "ec2", "DeleteNetworkAclEntry",
                         {{"NetworkAclId", where.id}, {"Egress", egress}, {"RuleNumber", number}});
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

void set_route(Draft& d, const std::string& operation, const json& input) {
  const Resource where = resource(d, "ec2:route-table", name_in(input, "RouteTableId"));
  std::string before;
  if (!need_state(d, where, before)) return;
  std::string destination, target_key, target;
  json key = {{"RouteTableId", where.id}};
  for (const auto& [name, value] : input.items()) {
    if (name.starts_with("Destination")) {
      destination = value.get<std::string>();
      key[name] = value;
    } else if (name != "RouteTableId") {
      target_key = name;
      target = value.get<std::string>();
    }
  }
  const std::string pointer = "/Routes/" + token(destination);
  Step step = make_step(d, where, before, fmt::format("Route {} to {} in {}", destination, target, where.id),
                        request(d, "ec2", operation, input));
  step.effects = {{pointer + "/" + target_key, json(target).dump()}};
  const json routes = json::parse(before, nullptr, false).value("Routes", json::object());
  if (operation == "ReplaceRoute" && routes.contains(destination)) {
    json old = key;
    for (const auto& [name, value] : routes[destination].items()) {
      if (name != "Origin") old[name] = value;
    }
    step.inverse = request(d, "ec2", "ReplaceRoute", old);
  } else {
    step.inverse = request(d, "ec2", "DeleteRoute", key);
  }
  step.cost = target.starts_with("nat-")
                  ? "0.045 USD a GB that goes by the NAT gateway, in us-east-1 (Amazon VPC "
                    "pricing)"
                  : "none";
  add(d, std::move(step), When::before_service);
}

void modify_endpoint(Draft& d, const json& input) {
  const Resource where = resource(d, "ec2:vpc-endpoint", name_in(input, "VpcEndpointId"));
  std::string before;
  if (!need_state(d, where, before)) return;
  const json state = json::parse(before, nullptr, false);
  json after = state, undo = {{"VpcEndpointId", where.id}};
  std::string title;
  const bool dns = input.contains("PrivateDnsEnabled");
  if (dns) {
    after["PrivateDnsEnabled"] = true;
    undo["PrivateDnsEnabled"] = state.value("PrivateDnsEnabled", false);
    title = fmt::format("Let the service's own name lead to {} (private DNS)", where.id);
  } else {
    for (const json& table : input.value("AddRouteTableIds", json::array()))
      after["RouteTableIds"].push_back(table);
    std::sort(after["RouteTableIds"].begin(), after["RouteTableIds"].end());
    undo["RemoveRouteTableIds"] = input.value("AddRouteTableIds", json::array());
    title = fmt::format("Let {} serve {}", where.id, undo["RemoveRouteTableIds"].dump());
  }
  Step step = make_step(d, where, before, title, request(d, "ec2", "ModifyVpcEndpoint", input));
  step.effects = effects_between(before, after.dump());
  step.inverse = request(d, "ec2", "ModifyVpcEndpoint", undo);
  step.touches_dns_or_tls = dns;  // every client of the VPC gets another address for the name
  step.expected_duration = dns ? std::chrono::minutes{2} : std::chrono::seconds{10};
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

void create_endpoint(Draft& d, json input) {
  const std::string vpc = name_in(input, "VpcId"), service = name_in(input, "ServiceName");
  const Resource where = resource(d, "ec2:vpc-endpoint", vpc + "/" + service);
  const std::string before = state_or_absent(d, where);
  const bool planned = std::any_of(d.steps.begin(), d.steps.end(),
                                   [&](const StepDraft& other) { return other.step.resource == where; });
  if (before != "null" && !planned)
    return leave_out(d, fmt::format("{} has an endpoint of {} already", vpc, service));
  const bool gateway = name_in(input, "VpcEndpointType") == "Gateway";
  input["TagSpecifications"] =
      json::array({{{"ResourceType", "vpc-endpoint"},
                    {"Tags", json::array({{{"Key", "created-by"}, {"Value", "fargate-doctor"}}})}}});
  // AWS makes one endpoint of the same token, however often it is asked; at most 64 characters ("Ensuring
  // idempotency"). Another plan, made of newer facts, has another token.
  input["ClientToken"] = sha256_of(fmt::format("{} {} {}", vpc, service,
                                               core::to_iso(d.facts->newest.value_or(core::Timestamp{}))))
                             .substr(0, 32);
  Step step = make_step(
      d, where, before,
      fmt::format("Create the {} endpoint of {} in {}", gateway ? "gateway" : "interface", service, vpc),
      request(d, "ec2", "CreateVpcEndpoint", input));
  step.replay = Replay::client_token;
  step.effects = {{"/ServiceName", json(service).dump()}};
  const std::string made = "${self.VpcEndpoint.VpcEndpointId}";
  step.inverse = request(d, "ec2", "DeleteVpcEndpoints", {{"VpcEndpointIds", json::array({made})}});
  step.probe = {request(d, "ec2", "DescribeVpcEndpoints", {{"VpcEndpointIds", json::array({made})}}),
                "/VpcEndpoints/0/State", R"("available")", std::chrono::minutes{10}};
  step.expected_duration = gateway ? std::chrono::seconds{10} : std::chrono::minutes{3};
  step.touches_dns_or_tls = !gateway;
  step.cost = gateway ? "none: gateway endpoints are free (Gateway endpoints, AWS PrivateLink)"
                      : endpoint_cost(input.value("SubnetIds", json::array()).size());
  add(d, std::move(step), When::before_service);
}

void set_vpc_attribute(Draft& d, const json& input) {
  const bool hostnames = input.contains("EnableDnsHostnames");
  const std::string attribute = hostnames ? "EnableDnsHostnames" : "EnableDnsSupport";
  const std::string vpc = name_in(input, "VpcId");
  const Resource where =
      resource(d, "ec2:vpc-attribute", vpc + (hostnames ? "/enableDnsHostnames" : "/enableDnsSupport"));
  const std::string before = state_of(d, where).value_or(json({{attribute, false}}).dump());
  Step step = make_step(d, where, before, fmt::format("Switch on {} of {}", attribute, vpc),
                        request(d, "ec2", "ModifyVpcAttribute", input));
  step.effects = {{"/" + attribute, "true"}};
  step.inverse = request(d, "ec2", "ModifyVpcAttribute", {{"VpcId", vpc}, {attribute, {{"Value", false}}}});
  step.touches_dns_or_tls = true;
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

void attach_gateway(Draft& d, const json& input) {
  const Resource where = resource(d, "ec2:internet-gateway", name_in(input, "InternetGatewayId"));
  std::string before;
  if (!need_state(d, where, before)) return;
  Step step = make_step(d, where, before, fmt::format("Attach {} to {}", where.id, name_in(input, "VpcId")),
                        request(d, "ec2", "AttachInternetGateway", input));
  step.effects = {{"/Attachments/0/VpcId", input["VpcId"].dump()}};
  step.inverse = request(d, "ec2", "DetachInternetGateway", input);
  step.cost = "none";
  add(d, std::move(step), When::before_service);
}

std::string cli_of(const PathChange& change) {
  std::string command = "aws ";
  for (const char c : change.operation) {
    if (c == ':') {
      command += ' ';
    } else if (c >= 'A' && c <= 'Z') {
      if (command.back() != ' ') command += '-';
      command += static_cast<char>(c - 'A' + 'a');
    } else {
      command += c;
    }
  }
  return command + " " + change.parameters;
}

void convert(Draft& d, const PathChange& change, const std::string& action) {
  const std::string operation = change.operation.substr(change.operation.find(':') + 1);
  const json input = json::parse(change.input, nullptr, false);
  if (!input.is_object() && operation == "ModifyVpcEndpoint")
    return allow_by_endpoint(d, change.resource, {{action, "*"}}, "");
  if (!input.is_object())
    return advise(d, fmt::format("{} ({}): what stands in capitals is for a person to choose", cli_of(change),
                                 change.why));
  if (operation.starts_with("AuthorizeSecurityGroup")) return open_group(d, operation, input);
  if (operation == "CreateNetworkAclEntry") return open_acl(d, input);
  if (operation == "CreateRoute" || operation == "ReplaceRoute") return set_route(d, operation, input);
  if (operation == "ModifyVpcEndpoint") return modify_endpoint(d, input);
  if (operation == "CreateVpcEndpoint") return create_endpoint(d, input);
  if (operation == "ModifyVpcAttribute") return set_vpc_attribute(d, input);
  if (operation == "AttachInternetGateway") return attach_gateway(d, input);
  if (operation == "UpdateService") {
    return edit_service(d, "Give new tasks a public address", true, [](json& s) {
      s["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED";
    });
  }
  // Peering and transit gateways have another owner as often as not.
  advise(d, fmt::format("{} ({})", cli_of(change), change.why));
}

// One endpoint for all subnets that ask for it: AWS takes one subnet a zone.
class Changes {
 public:
  explicit Changes(const Draft& d) : d_(d) {}

  void take(const PathChange& change, const std::string& action) {
    if (change.operation == "ec2:CreateVpcEndpoint" && !change.input.empty()) {
      const json input = json::parse(change.input, nullptr, false);
      json& known = endpoints_[input.value("VpcId", "") + input.value("ServiceName", "")];
      if (known.is_null()) {
        known = input;
        return;
      }
      for (const char* list : {"SubnetIds", "RouteTableIds"}) {
        for (const json& id : input.value(list, json::array())) add_to(known[list], id, list);
      }
      return;
    }
    for (const PathChange& other : all_) {
      if (other.operation == change.operation && other.parameters == change.parameters) return;
    }
    all_.push_back(change);
    actions_.push_back(action);
  }
  void convert_all(Draft& d) const {
    for (std::size_t i = 0; i < all_.size(); ++i) convert(d, all_[i], actions_[i]);
    for (const auto& [key, input] : endpoints_) {
      convert(d, {input.value("VpcId", ""), "ec2:CreateVpcEndpoint", "", "", input.dump()}, "");
    }
  }

 private:
  std::string zone_of(const json& id) const {
    const auto found = d_.place->subnets.find(id.get<std::string>());
    return found == d_.place->subnets.end() ? std::string() : found->second.availability_zone;
  }
  void add_to(json& list, const json& id, std::string_view name) const {
    for (const json& known : list) {
      if (known == id || (name == "SubnetIds" && !zone_of(id).empty() && zone_of(known) == zone_of(id)))
        return;
    }
    list.push_back(id);
  }
  const Draft& d_;
  std::vector<PathChange> all_;
  std::vector<std::string> actions_;  // of the need that asked for each
  std::map<std::string, json> endpoints_;
};

// Where the tasks of this incident stand: the service's subnets, else those of the stopped tasks.
facts::NetworkConfiguration network_in_force(const Draft& d) {
  if (d.service != nullptr && !d.service->network.subnets.empty()) return d.service->network;
  facts::NetworkConfiguration found;
  for (const std::string& arn : d.incident->task_arns) {
    const auto task = d.place->tasks.find(arn);
    if (task == d.place->tasks.end()) continue;
    const std::string subnet(task->second.subnet());
    if (!subnet.empty() &&
        std::find(found.subnets.begin(), found.subnets.end(), subnet) == found.subnets.end())
      found.subnets.push_back(subnet);
    const auto interface = d.place->interfaces.find(std::string(task->second.network_interface()));
    if (interface != d.place->interfaces.end()) found.security_groups = interface->second.groups;
  }
  return found;
}

// Layers come from Amazon S3; the gateway endpoint takes them off the NAT gateway ("Gateway endpoints for
// Amazon S3"). It is free, and on every route table of the service's subnets.
void s3_gateway_endpoint(Draft& d) {
  const facts::NetworkConfiguration where = network_in_force(d);
  std::string vpc;
  json tables = json::array();
  for (const std::string& id : where.subnets) {
    const auto subnet = d.place->subnets.find(id);
    if (subnet == d.place->subnets.end()) continue;
    vpc = subnet->second.vpc_id;
    const facts::RouteTable* own = nullptr;
    for (const auto& [table_id, table] : d.place->route_tables) {
      const bool named = std::find(table.subnets.begin(), table.subnets.end(), id) != table.subnets.end();
      if (named || (own == nullptr && table.main && table.vpc_id == vpc)) own = &table;
    }
    if (own != nullptr && std::find(tables.begin(), tables.end(), own->id) == tables.end())
      tables.push_back(own->id);
  }
  if (tables.empty()) return leave_out(d, "the route tables of the service's subnets are not in the facts");
  const std::string service = fmt::format("com.amazonaws.{}.s3", d.place->region);
  for (const auto& [id, endpoint] : d.place->vpc_endpoints) {
    if (endpoint.vpc_id != vpc || endpoint.service_name != service || endpoint.type != "Gateway") continue;
    json missing = json::array();
    for (const json& table : tables) {
      if (std::find(endpoint.route_tables.begin(), endpoint.route_tables.end(), table.get<std::string>()) ==
          endpoint.route_tables.end())
        missing.push_back(table);
    }
    if (missing.empty())
      return leave_out(d, fmt::format("{} serves every route table of the service already", id));
    return modify_endpoint(d, {{"VpcEndpointId", id}, {"AddRouteTableIds", missing}});
  }
  create_endpoint(
      d,
      {{"VpcId", vpc}, {"ServiceName", service}, {"VpcEndpointType", "Gateway"}, {"RouteTableIds", tables}});
}

void open_what_the_cause_needs(Draft& d) {
  open_paths(d, needs_of_cause(d.cause == nullptr ? "" : d.cause->id));
}

}  // namespace

std::vector<std::string> needs_of_cause(std::string_view cause_id) {
  const std::string_view family = cause_family(cause_id);
  if (family == "exec") return {"exec"};
  if (family == "image" || cause_id == "stop.image_unreachable")
    return {"image.api", "image.registry", "image.layers"};
  // "unable to pull secrets or registry auth": one sentence of AWS's for three services.
  if (cause_id == "stop.secrets_unreachable") return {"secrets", "parameters", "image.api"};
  if (cause_id == "stop.logs_unavailable") return {"logs"};
  if (cause_id == "stop.volume_unavailable") return {"efs"};
  if (cause_id == "stop.load_balancer_health") return {"health_check"};
  return {"image.api", "image.registry", "image.layers", "secrets", "parameters", "logs", "exec", "efs"};
}

void open_paths(Draft& d, const std::vector<std::string>& ids) {
  const facts::NetworkConfiguration where = network_in_force(d);
  if (where.subnets.empty()) return leave_out(d, "the subnets of the tasks are not in the facts");
  const auto wanted = [&](std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  std::vector<network::Need> needs = d.definition != nullptr
                                         ? network::needs_of_task(*d.place, *d.definition, wanted("exec"))
                                         : network::all_fargate_needs();
  std::erase_if(needs, [&](const network::Need& need) { return !wanted(need.id); });
  network::NeedsEngine engine(network_of(d));
  Changes changes(d);
  bool closed = false, undecided = false;
  const auto look = [&](const network::NeedAnswer& need) {
    undecided |= need.answer.reachable == network::Reachable::depends;
    if (need.answer.reachable != network::Reachable::no) return;
    closed = true;
    for (const PathChange& change : need.answer.smallest_change) changes.take(change, need.need.action);
    if (need.answer.smallest_change.empty())
      leave_out(d, fmt::format("{}: the facts show nothing that would open the way to {}", need.need.title,
                               need.need.to));
  };
  for (const std::string& subnet : where.subnets) {
    const network::Source source{subnet, where.security_groups, "", where.assign_public_ip};
    const auto answers = engine.answer(source, needs);
    if (!answers) {
      leave_out(d, answers.error().sentence);
      continue;
    }
    for (const auto& answer : *answers) look(answer);
    if (d.service == nullptr || !wanted("health_check")) continue;
    for (const auto& answer : network::health_check_paths(network_of(d), *d.place, *d.service, source))
      look(answer);
  }
  if (!closed && d.fix->id != "enable_exec")
    return leave_out(
        d, undecided ? "the facts leave open whether any way is closed: they lack routes, ACLs or endpoints"
                     : "every way that the tasks need is open by these facts");
  changes.convert_all(d);
}

std::vector<PlannerRow> planners_of_network() {
  return {{"network_path", open_what_the_cause_needs},
          {"vpc_endpoint", open_what_the_cause_needs},
          {"s3_gateway_endpoint", s3_gateway_endpoint}};
}

}  // namespace doctor::remedy
