// How long it takes to read AWS's words: one stopped reason, ten thousand of them, and a whole explanation.
// Peer: std::search of every phrase, as a matcher without the trigram filter would do it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "diagnose/explain.h"
#include "diagnose/signs.h"

namespace {

using namespace doctor::diagnose;

const std::vector<std::string> kReasons = {
    "Your Spot Task was interrupted.",
    "Essential container in task exited",
    "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)",
    "Task failed ELB health checks in (target-group "
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1b)",
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in "
    "subnet "
    "'subnet-0123': InsufficientFreeAddressesInSubnet",
    "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed "
    "open: failed to "
    "do request: Get \"https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/0a1b\": dial "
    "tcp "
    "52.218.0.1:443: i/o timeout",
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry "
    "auth from Amazon "
    "ECR: There is a connection issue between the task and Amazon ECR. Check your task network "
    "configuration.",
};

void SignsInOneReason(benchmark::State& state) {
  const std::string& reason = kReasons[static_cast<std::size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(signs_in(reason));
}
BENCHMARK(SignsInOneReason)->DenseRange(0, 6);

void SignsInTenThousandStops(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < 10'000; ++i)
      benchmark::DoNotOptimize(signs_in(kReasons[static_cast<std::size_t>(i) % kReasons.size()]));
  }
}
BENCHMARK(SignsInTenThousandStops)->Unit(benchmark::kMillisecond);

void PeerWithoutFilter(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < 10'000; ++i) {
      std::string text = kReasons[static_cast<std::size_t>(i) % kReasons.size()];
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      for (const Sign& sign : sign_table()) {
        const std::string_view phrase = sign.phrases.substr(0, sign.phrases.find('|'));
        benchmark::DoNotOptimize(text.find(phrase));
      }
    }
  }
}
BENCHMARK(PeerWithoutFilter)->Unit(benchmark::kMillisecond);

void ExplainOneReason(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(explain(kReasons[5]));
}
BENCHMARK(ExplainOneReason)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
