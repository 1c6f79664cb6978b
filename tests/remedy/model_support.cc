#include "remedy/model_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace doctor::remedy {
namespace {

using nlohmann::json;
using Model = std::function<json(json state, const json& in)>;

void sort_list(json& list) {
  std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return a.dump() < b.dump(); });
}

// "UpdateService": lists are replaced whole, and an empty strategy goes back to the launch type.
json update_service(json state, const json& in) {
  for (const auto& [key, value] : in.items()) {
    if (key == "cluster" || key == "service" || key == "forceNewDeployment") continue;
    state[key] = value;
  }
  if (in.contains("capacityProviderStrategy")) {
    if (in["capacityProviderStrategy"].empty()) {
      state.erase("capacityProviderStrategy");
      state["launchType"] = "FARGATE";
    } else {
      state.erase("launchType");
      sort_list(state["capacityProviderStrategy"]);
    }
  }
  if (state.value("healthCheckGracePeriodSeconds", 0) == 0) state.erase("healthCheckGracePeriodSeconds");
  for (const char* list : {"subnets", "securityGroups"}) {
    const json::json_pointer pointer(std::string("/networkConfiguration/awsvpcConfiguration/") + list);
    if (state.contains(pointer)) sort_list(state[pointer]);
  }
  return state;
}

std::string peer_of(const json& permission, json& rest, const std::string& account) {
  for (const auto& [list, key] : {std::pair{"IpRanges", "CidrIp"},
                                  {"Ipv6Ranges", "CidrIpv6"},
                                  {"PrefixListIds", "PrefixListId"},
                                  {"UserIdGroupPairs", "GroupId"}}) {
    if (!permission.contains(list)) continue;
    rest = permission[list][0];
    const std::string peer = rest[key];
    rest.erase(key);
    if (std::string_view(key) == "GroupId") rest["UserId"] = account;
    return peer;
  }
  return "?";
}

json group_rule(json state, const json& in, const char* direction, bool add, const std::string& account) {
  const json& permission = in["IpPermissions"][0];
  json rest;
  const std::string peer = peer_of(permission, rest, account);
  const std::string key = fmt::format("{} {}-{} {}", permission.value("IpProtocol", ""),
                                      permission["FromPort"].dump(), permission["ToPort"].dump(), peer);
  if (add) {
    state[direction][key] = rest;
  } else {
    state[direction].erase(key);
  }
  return state;
}

json acl_entry(json state, json in, bool add) {
  const std::string key =
      fmt::format("{} {}", in.value("Egress", false) ? "egress" : "ingress", in.value("RuleNumber", 0));
  for (const char* field : {"NetworkAclId", "Egress", "RuleNumber"}) in.erase(field);
  if (add) {
    state["Entries"][key] = in;
  } else {
    state["Entries"].erase(key);
  }
  return state;
}

json route(json state, json in, bool add) {
  in.erase("RouteTableId");
  std::string destination;
  for (const char* field : {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}) {
    if (in.contains(field)) destination = in[field];
    in.erase(field);
  }
  if (add) {
    in["Origin"] = "CreateRoute";
    state["Routes"][destination] = in;
  } else {
    state["Routes"].erase(destination);
  }
  return state;
}

json endpoint(json state, const json& in) {
  if (in.contains("PrivateDnsEnabled")) state["PrivateDnsEnabled"] = in["PrivateDnsEnabled"];
  if (in.contains("PolicyDocument"))
    state["PolicyDocument"] = json::parse(in["PolicyDocument"].get<std::string>());
  for (const json& table : in.value("AddRouteTableIds", json::array()))
    state["RouteTableIds"].push_back(table);
  for (const json& table : in.value("RemoveRouteTableIds", json::array())) {
    auto& tables = state["RouteTableIds"];
    tables.erase(std::find(tables.begin(), tables.end(), table));
  }
  if (state.contains("RouteTableIds")) sort_list(state["RouteTableIds"]);
  return state;
}

json text_as_json(json in, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    if (in.contains(field)) in[field] = json::parse(in[field].get<std::string>());
  }
  return in;
}

json tags_as_map(json in) {
  json tags = json::object();
  for (const json& tag : in.value("tags", json::array())) tags[tag["key"].get<std::string>()] = tag["value"];
  in["tags"] = tags;
  return in;
}

const std::map<std::string, Model>& models(const std::string& account) {
  static std::string of;
  of = account;
  static const std::map<std::string, Model> all = {
      {"UpdateService", update_service},
      {"RegisterTaskDefinition",
       [](json before, const json& in) {
         json after = tags_as_map(in);
         for (const char* field :
              {"taskDefinitionArn", "revision", "compatibilities", "requiresAttributes"}) {
           if (before.contains(field)) after[field] = before[field];
         }
         after["revision"] = before.value("revision", 0) + 1;
         after["was"] = before;
         return after;
       }},
      {"DeregisterTaskDefinition", [](json state, const json&) { return state["was"]; }},
      {"PutClusterCapacityProviders",
       [](json state, const json& in) {
         state["capacityProviders"] = in["capacityProviders"];
         state["defaultCapacityProviderStrategy"] = in["defaultCapacityProviderStrategy"];
         return state;
       }},
      {"UpdateClusterSettings",
       [](json state, const json& in) {
         for (const json& setting : in["settings"])
           state["settings"][setting["name"].get<std::string>()] = setting["value"];
         return state;
       }},
      {"ModifyTargetGroupAttributes",
       [](json state, const json& in) {
         for (const json& each : in["Attributes"]) state[each["Key"].get<std::string>()] = each["Value"];
         return state;
       }},
      {"AuthorizeSecurityGroupIngress",
       [](json s, const json& in) { return group_rule(s, in, "Ingress", true, of); }},
      {"AuthorizeSecurityGroupEgress",
       [](json s, const json& in) { return group_rule(s, in, "Egress", true, of); }},
      {"RevokeSecurityGroupIngress",
       [](json s, const json& in) { return group_rule(s, in, "Ingress", false, of); }},
      {"RevokeSecurityGroupEgress",
       [](json s, const json& in) { return group_rule(s, in, "Egress", false, of); }},
      {"CreateNetworkAclEntry", [](json s, const json& in) { return acl_entry(s, in, true); }},
      {"DeleteNetworkAclEntry", [](json s, const json& in) { return acl_entry(s, in, false); }},
      {"CreateRoute", [](json s, const json& in) { return route(s, in, true); }},
      {"ReplaceRoute", [](json s, const json& in) { return route(s, in, true); }},
      {"DeleteRoute", [](json s, const json& in) { return route(s, in, false); }},
      {"ModifyVpcEndpoint", endpoint},
      {"CreateVpcEndpoint", [](json, const json& in) { return in; }},
      {"DeleteVpcEndpoints", [](json, const json&) { return json(); }},
      {"CreateSubnet", [](json, const json& in) { return in; }},
      {"DeleteSubnet", [](json, const json&) { return json(); }},
      {"PutRolePolicy", [](json, const json& in) { return text_as_json(in, {"PolicyDocument"}); }},
      {"DeleteRolePolicy", [](json, const json&) { return json(); }},
      {"PutMetricAlarm", [](json, const json& in) { return in; }},
      {"DeleteAlarms", [](json, const json&) { return json(); }},
      {"PutRule", [](json, const json& in) { return text_as_json(in, {"EventPattern"}); }},
      {"DeleteRule", [](json, const json&) { return json(); }},
      {"CreateLogGroup", [](json, const json& in) { return in; }},
      {"DeleteLogGroup", [](json, const json&) { return json(); }},
      {"PutLifecyclePolicy", [](json, const json& in) { return text_as_json(in, {"lifecyclePolicyText"}); }},
      {"DeleteLifecyclePolicy", [](json, const json&) { return json(); }},
      {"RequestServiceQuotaIncrease", [](json, const json& in) { return in; }},
      {"CreateServiceLinkedRole",
       [](json, const json&) {
         return json{{"RoleName", "AWSServiceRoleForECS"}};
       }},
  };
  return all;
}

}  // namespace

std::string after_call(const std::string& state, const Resource& resource, const Request& request) {
  const auto& all = models(resource.account);
  const auto model = all.find(request.operation);
  if (model == all.end()) return {};
  return model->second(json::parse(state), json::parse(request.input)).dump();
}

}  // namespace doctor::remedy
