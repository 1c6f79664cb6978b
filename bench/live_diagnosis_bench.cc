// How long one service takes over the wire, when every answer takes 50 ms: the round trips are what counts.
//
// Prints calls made, requests, the most in flight at once, wall time and round trips of wall time (wall /
// latency). The peer is the stock AWS CLI asking the same lab for the first two answers that a person would
// ask for by hand.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "aws/client.h"
#include "diagnose/diagnose.h"
#include "facts/live.h"
#include "lab/lab.h"

using namespace doctor;

namespace {

double milliseconds_of(const std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main() {
  constexpr double kLatencyMs = 50;
  lab::LabOptions options;
  options.scenario = "spot-zone-reclaimed";
  options.port = 0;
  options.latency = std::chrono::milliseconds{50};
  const auto lab = lab::Lab::start(options);
  if (!lab) {
    std::fprintf(stderr, "%s\n", core::to_line(lab.error()).c_str());
    return 1;
  }
  const std::string url = "http://127.0.0.1:" + std::to_string((*lab)->port());
  setenv("AWS_ACCESS_KEY_ID", "lab", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "lab", 1);
  setenv("AWS_CONFIG_FILE", "/dev/null", 1);
  setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);

  std::string cluster, service;
  for (const auto& scenario : lab::scenarios()) {
    if (scenario.name == options.scenario) {
      cluster = scenario.cluster;
      service = scenario.service;
    }
  }
  std::printf("one service, %s, latency %.0f ms an answer\n", options.scenario.c_str(), kLatencyMs);
  double best = 1e9;
  for (int run = 0; run < 5; ++run) {
    // CloudTrail takes two look-ups a second, of all clients together: without a pause the runs would measure
    // that.
    if (run > 0) std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    aws::ClientOptions client_options;
    client_options.endpoint_url = url;
    client_options.region = "eu-west-1";
    auto client = aws::Client::make(client_options);
    if (!client) return 1;
    facts::LiveOptions live;
    live.scope.regions = {"eu-west-1"};
    live.scope.cluster = cluster;
    live.scope.service = service;
    const auto start = std::chrono::steady_clock::now();
    const auto facts = facts::read_live(**client, live, core::SystemClock{});
    if (!facts) {
      std::fprintf(stderr, "%s\n", core::to_line(facts.error()).c_str());
      return 1;
    }
    const auto diagnosis = diagnose::diagnose(*facts, live.scope);
    const double wall = milliseconds_of(start);
    if (wall < best) best = wall;
    const auto statistics = (*client)->statistics();
    std::printf(
        "run %d: %3d calls, %3d requests, %2d in flight at most, %6.0f ms wall, %4.1f round trips, top cause "
        "%s\n",
        run + 1, statistics.calls, statistics.requests, statistics.most_in_flight, wall, wall / kLatencyMs,
        diagnosis && !diagnosis->incidents.empty() ? diagnosis->incidents[0].causes[0].id.c_str() : "none");
  }

  const std::string aws = "/usr/bin/aws --endpoint-url " + url + " --region eu-west-1 ecs ";
  const std::string by_hand = aws + "describe-services --cluster " + cluster + " --services " + service +
                              " >/dev/null && " + aws + "list-tasks --cluster " + cluster +
                              " --desired-status STOPPED >/dev/null";
  const auto start = std::chrono::steady_clock::now();
  const int code = std::system(by_hand.c_str());
  const double peer = milliseconds_of(start);
  if (code == 0) {
    std::printf(
        "peer: the AWS CLI's describe-services and list-tasks alone: %.0f ms; ratio whole diagnosis / these "
        "two calls: %.2f\n",
        peer, best / peer);
  } else {
    std::printf("peer: no /usr/bin/aws here\n");
  }
  return 0;
}
