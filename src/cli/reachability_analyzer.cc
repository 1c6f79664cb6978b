#include "cli/reachability_analyzer.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <random>
#include <thread>

#include "core/json.h"

namespace doctor::cli {
namespace {

using core::fail;
using core::Result;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{500}, kLongestWait{5'000}, kPatience{300'000}, kSlice{100};

// "Ensuring idempotency in Amazon EC2 API requests": at most 64 characters, used once.
std::string client_token() {
  std::random_device device;
  std::string out = "fargate-doctor-";
  for (int i = 0; i < 32; ++i) out += "0123456789abcdef"[device() % 16];
  return out;
}

Result<core::JsonDocument> ask(aws::Client& client, const std::string& region, const char* operation,
                               const json& input) {
  const std::vector<aws::Call> calls{{"ec2", operation, region, input.dump()}};
  auto answers = client.run(calls);
  if (!answers.front()) return fail(answers.front().error());
  return core::JsonDocument::parse(answers.front()->json, operation);
}

// The ids of what an explanation is about, in the order in which AWS's guide names them.
std::string ids_of(const core::Json& explanation) {
  std::string out;
  for (const char* key : {"Component", "NetworkInterface", "SecurityGroup", "Acl", "RouteTable", "Subnet",
                          "NatGateway", "InternetGateway", "VpcEndpoint", "VpcPeeringConnection",
                          "TransitGateway", "TransitGatewayRouteTable", "TransitGatewayAttachment", "Vpc"}) {
    const std::string id(explanation[key]["Id"].string_or());
    if (!id.empty() && out.find(id) == std::string::npos) out += (out.empty() ? "" : ", ") + id;
  }
  for (const auto& group : explanation["SecurityGroups"].items()) {
    const std::string id(group["Id"].string_or());
    if (!id.empty() && out.find(id) == std::string::npos) out += (out.empty() ? "" : ", ") + id;
  }
  return out;
}

report::SecondOpinion opinion_of(const core::Json& analysis) {
  report::SecondOpinion opinion;
  opinion.asked = true;
  opinion.status = analysis["Status"].string_or();
  opinion.why = analysis["StatusMessage"].string_or();
  opinion.analysis_id = analysis["NetworkInsightsAnalysisId"].string_or();
  if (opinion.status == "succeeded") opinion.reachable = analysis["NetworkPathFound"].boolean_or(false);
  for (const auto& explanation : analysis["Explanations"].items()) {
    const std::string ids = ids_of(explanation), direction(explanation["Direction"].string_or());
    opinion.explanations.push_back(std::string(explanation["ExplanationCode"].string_or("?")) +
                                   (direction.empty() ? "" : " (" + direction + ")") +
                                   (ids.empty() ? "" : ": " + ids));
  }
  return opinion;
}

Result<report::SecondOpinion> wait_for_end(aws::Client& client, const std::string& region,
                                           const std::string& analysis, const std::atomic<bool>& cancelled) {
  milliseconds wait = kFirstWait, waited{0};
  while (true) {
    for (milliseconds slept{0}; slept < wait && !cancelled.load(); slept += kSlice)
      std::this_thread::sleep_for(kSlice);
    waited += wait;
    wait = std::min(wait * 2, kLongestWait);
    if (cancelled.load())
      return fail(core::ErrorKind::cancelled, "the analysis was not waited for, as you asked");
    const auto answer =
        ask(client, region, "DescribeNetworkInsightsAnalyses", {{"NetworkInsightsAnalysisIds", {analysis}}});
    if (!answer) return fail(answer.error());
    const auto analyses = answer->root()["NetworkInsightsAnalyses"].items();
    if (!analyses.empty() && analyses.front()["Status"].string_or() != "running")
      return opinion_of(analyses.front());
    if (waited >= kPatience) {
      report::SecondOpinion opinion;
      opinion.asked = true;
      opinion.status = "running";
      opinion.why = "it had not ended after 5 minutes";
      opinion.analysis_id = analysis;
      return opinion;
    }
  }
}

void remove(aws::Client& client, const std::string& region, const char* operation, const char* key,
            const std::string& id, const std::string& command, std::ostream& err) {
  const auto done = ask(client, region, operation, {{key, id}});
  if (!done)
    err << "fargate-doctor: " << core::to_line(done.error()) << "; " << id
        << " is left behind: delete it with\n  aws ec2 " << command << ' ' << id << " --region " << region
        << '\n';
}

Result<report::SecondOpinion> analyse(aws::Client& client, const std::string& region, const std::string& path,
                                      const std::atomic<bool>& cancelled, std::ostream& err) {
  const auto started = ask(client, region, "StartNetworkInsightsAnalysis",
                           {{"NetworkInsightsPathId", path}, {"ClientToken", client_token()}});
  if (!started) return fail(started.error());
  const std::string analysis(
      started->root()["NetworkInsightsAnalysis"]["NetworkInsightsAnalysisId"].string_or());
  auto opinion = wait_for_end(client, region, analysis, cancelled);
  remove(client, region, "DeleteNetworkInsightsAnalysis", "NetworkInsightsAnalysisId", analysis,
         "delete-network-insights-analysis --network-insights-analysis-id", err);
  return opinion;
}

}  // namespace

Result<report::SecondOpinion> ask_reachability_analyzer(aws::Client& client, const AnalyzerQuestion& question,
                                                        const std::atomic<bool>& cancelled,
                                                        std::ostream& err) {
  json input = json::parse(question.input);
  input["ClientToken"] = client_token();
  const auto made = ask(client, question.region, "CreateNetworkInsightsPath", input);
  if (!made) return fail(made.error());
  const std::string path(made->root()["NetworkInsightsPath"]["NetworkInsightsPathId"].string_or());
  auto opinion = analyse(client, question.region, path, cancelled, err);
  remove(client, question.region, "DeleteNetworkInsightsPath", "NetworkInsightsPathId", path,
         "delete-network-insights-path --network-insights-path-id", err);
  return opinion;
}

}  // namespace doctor::cli
