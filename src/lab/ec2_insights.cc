// VPC Reachability Analyzer: paths, and analyses that run a while and end. What is reachable is decided by
// network/, the program's own engine: good to practise on and to prove the wire, no second opinion.
#include "facts/absorb.h"
#include "lab/ec2_answers.h"
#include "lab/world.h"
#include "network/path.h"

namespace doctor::lab {
namespace {

constexpr auto kRuns = std::chrono::seconds{10};  // of an analysis

Reply not_there(const char* code, const char* noun, const std::string& id) {
  return api_error(code, std::string("The ") + noun + " '" + id + "' does not exist");
}

void take(facts::Facts& facts, std::string_view operation, const char* key, const Ec2& ec2,
          const std::map<std::string, json>& documents) {
  json list = json::array();
  for (const auto& [id, document] : documents) list.push_back(shown(ec2, id, document));
  const auto document = core::JsonDocument::parse(json{{key, list}}.dump(), std::string(operation));
  if (document) (void)facts::absorb(facts, facts.places.front(), {"ec2", operation, {}}, document->root());
}

facts::Facts facts_of(const World& world, const std::string& region, const Ec2& ec2) {
  facts::Facts facts;
  auto& place = facts.places.emplace_back();
  place.account = world.account;
  place.region = region;
  take(facts, "describe-vpcs", "Vpcs", ec2, ec2.vpcs);
  take(facts, "describe-subnets", "Subnets", ec2, ec2.subnets);
  take(facts, "describe-network-interfaces", "NetworkInterfaces", ec2, ec2.interfaces);
  take(facts, "describe-security-groups", "SecurityGroups", ec2, ec2.groups);
  take(facts, "describe-network-acls", "NetworkAcls", ec2, ec2.acls);
  take(facts, "describe-route-tables", "RouteTables", ec2, ec2.route_tables);
  take(facts, "describe-internet-gateways", "InternetGateways", ec2, ec2.internet_gateways);
  take(facts, "describe-nat-gateways", "NatGateways", ec2, ec2.nat_gateways);
  take(facts, "describe-vpc-endpoints", "VpcEndpoints", ec2, ec2.endpoints);
  return facts;
}

bool is_end(const Ec2& ec2, const std::string& id) {
  return ec2.interfaces.contains(id) || ec2.internet_gateways.contains(id) || ec2.endpoints.contains(id);
}

// An end of a path in the words of the engine.
std::string end_words(const Ec2& ec2, const std::string& region, const json& path, bool is_source) {
  const std::string id = text_of(path, is_source ? "Source" : "Destination");
  if (ec2.interfaces.contains(id)) return id;
  if (ec2.internet_gateways.contains(id))
    return text_of(path, is_source ? "SourceIp" : "DestinationIp", "internet");
  const std::string service = text_of(ec2.endpoints.at(id), "ServiceName");
  return "service:" + service.substr(std::string("com.amazonaws." + region + ".").size());
}

// "Reachability Analyzer explanation codes".
json explanation_of(const network::Block& block) {
  const bool group = block.kind == "security group", acl = block.kind == "network ACL";
  const bool table = block.kind == "route table";
  json out{{"Direction", block.on_return ? "ingress" : "egress"},
           {"ExplanationCode", group                              ? "ENI_SG_RULES_MISMATCH"
                               : acl                              ? "SUBNET_ACL_RESTRICTION"
                               : table                            ? "NO_ROUTE_TO_DESTINATION"
                               : block.kind == "internet gateway" ? "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
                                                                  : "BAD_STATE"}};
  const json component{{"Id", block.resource}};
  if (group) {
    out["SecurityGroups"] = json::array({component});
  } else {
    out[acl ? "Acl" : table ? "RouteTable" : "Component"] = component;
  }
  return out;
}

json components_of(const std::vector<network::Hop>& hops) {
  json out = json::array();
  for (const auto& hop : hops)
    out.push_back({{"SequenceNumber", out.size() + 1}, {"Component", {{"Id", hop.resource}}}});
  return out;
}

// What the analysis will say when it ends.
json verdict_of(const World& world, const std::string& region, const Ec2& ec2, const json& path) {
  const facts::Facts facts = facts_of(world, region, ec2);
  network::Query query;
  query.from = end_words(ec2, region, path, true);
  query.to = end_words(ec2, region, path, false);
  query.protocol = text_of(path, "Protocol");
  query.ports = std::to_string(integer_of(path, "DestinationPort", 0));
  const auto answer = network::Network(facts).path(query);
  if (!answer) return {{"Status", "failed"}, {"StatusMessage", answer.error().sentence}};
  const bool found = answer->reachable == network::Reachable::yes;
  json out{{"Status", "succeeded"}, {"NetworkPathFound", found}};
  if (found) {
    out["ForwardPathComponents"] = components_of(answer->forward);
    out["ReturnPathComponents"] = components_of(answer->back);
    return out;
  }
  out["Explanations"] = json::array();
  for (const auto& block : answer->blocked_by) out["Explanations"].push_back(explanation_of(block));
  return out;
}

Reply create_path(World& world, const CallContext& call, const json& input) {
  Ec2& ec2 = world.ec2[call.region];
  for (const char* end : {"Source", "Destination"}) {
    const std::string id = text_of(input, end);
    if (!is_end(ec2, id)) return not_there("InvalidParameterValue", end, id);
  }
  const std::string id = world.ids.resource("nip");
  json path{{"NetworkInsightsPathId", id},
            {"NetworkInsightsPathArn", world.arn("ec2", call.region, "network-insights-path/" + id)},
            {"CreatedDate", core::to_iso(call.time)}};
  for (const char* key :
       {"Source", "Destination", "SourceIp", "DestinationIp", "Protocol", "DestinationPort"}) {
    if (input.contains(key)) path[key] = input[key];
  }
  ec2.insights_paths[id] = path;
  return json{{"NetworkInsightsPath", path}};
}

// While it runs an analysis says only that it does.
json shown_analysis(const json& analysis, core::Timestamp now) {
  if (time_of(analysis, "StartDate", now) + kRuns <= now) return analysis;
  json out = analysis;
  for (const char* key :
       {"NetworkPathFound", "StatusMessage", "Explanations", "ForwardPathComponents", "ReturnPathComponents"})
    out.erase(key);
  out["Status"] = "running";
  return out;
}

Reply start_analysis(World& world, const CallContext& call, const json& input) {
  Ec2& ec2 = world.ec2[call.region];
  const std::string path = text_of(input, "NetworkInsightsPathId");
  const auto found = ec2.insights_paths.find(path);
  if (found == ec2.insights_paths.end())
    return not_there("InvalidNetworkInsightsPathId.NotFound", "network insights path ID", path);
  const std::string id = world.ids.resource("nia");
  json analysis = verdict_of(world, call.region, ec2, found->second);
  analysis["NetworkInsightsAnalysisId"] = id;
  analysis["NetworkInsightsAnalysisArn"] = world.arn("ec2", call.region, "network-insights-analysis/" + id);
  analysis["NetworkInsightsPathId"] = path;
  analysis["StartDate"] = core::to_iso(call.time);
  ec2.insights_analyses[id] = analysis;
  return json{{"NetworkInsightsAnalysis", shown_analysis(analysis, call.time)}};
}

Reply describe_analyses(World& world, const CallContext& call, const json& input) {
  const Ec2& ec2 = world.ec2[call.region];
  const auto ids = strings_of(input, "NetworkInsightsAnalysisIds");
  const std::string path = text_of(input, "NetworkInsightsPathId");
  json out = json::array();
  for (const std::string& id : ids) {
    if (!ec2.insights_analyses.contains(id))
      return not_there("InvalidNetworkInsightsAnalysisId.NotFound", "network insights analysis ID", id);
  }
  for (const auto& [id, analysis] : ec2.insights_analyses) {
    const bool asked = ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
    if (asked && (path.empty() || text_of(analysis, "NetworkInsightsPathId") == path))
      out.push_back(shown_analysis(analysis, call.time));
  }
  return page_of(out, input,
                 {.result_key = "NetworkInsightsAnalyses",
                  .input_token = "NextToken",
                  .output_token = "NextToken",
                  .limit_key = "MaxResults",
                  .bad_token = "InvalidPaginationToken"});
}

Reply delete_analysis(World& world, const CallContext& call, const json& input) {
  const std::string id = text_of(input, "NetworkInsightsAnalysisId");
  if (world.ec2[call.region].insights_analyses.erase(id) == 0)
    return not_there("InvalidNetworkInsightsAnalysisId.NotFound", "network insights analysis ID", id);
  return json{{"NetworkInsightsAnalysisId", id}};
}

Reply delete_path(World& world, const CallContext& call, const json& input) {
  Ec2& ec2 = world.ec2[call.region];
  const std::string id = text_of(input, "NetworkInsightsPathId");
  for (const auto& [key, analysis] : ec2.insights_analyses) {
    if (text_of(analysis, "NetworkInsightsPathId") == id)
      return api_error("AnalysisExistsForNetworkInsightsPath",
                       "Analysis exists for network insights path '" + id + "'");
  }
  if (ec2.insights_paths.erase(id) == 0)
    return not_there("InvalidNetworkInsightsPathId.NotFound", "network insights path ID", id);
  return json{{"NetworkInsightsPathId", id}};
}

}  // namespace

void add_ec2_insights(Registry& registry) {
  registry.add("ec2", "CreateNetworkInsightsPath", create_path);
  registry.add("ec2", "StartNetworkInsightsAnalysis", start_analysis);
  registry.add("ec2", "DescribeNetworkInsightsAnalyses", describe_analyses);
  registry.add("ec2", "DeleteNetworkInsightsAnalysis", delete_analysis);
  registry.add("ec2", "DeleteNetworkInsightsPath", delete_path);
}

}  // namespace doctor::lab
