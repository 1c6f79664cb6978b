// How many requests a second one core decides: those of a deployment role in a day, with 20 identity
// statements, SCPs on two levels and a boundary (bench/iam/requests.jsonl). The policies are compiled once.
// Peer: @cloud-copilot/iam-simulate on the same requests, bench/iam_peer.mjs; script/bench prints both and
// the ratio.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "iam/case.h"

namespace {

using namespace doctor::iam;

long long allocations = 0;  // since the program began; nothing here runs in two threads

struct Day {
  std::optional<Compiled> engine;
  std::vector<Request> requests;
};

Day day() {
  std::ifstream file(DOCTOR_SOURCE_DIR "/bench/iam/requests.jsonl");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CaseReader reader(text, "requests.jsonl");
  Day out;
  while (!reader.at_end()) {
    auto item = reader.next();
    if (!item) return {};
    out.requests.push_back(std::move(item->request));
    if (!out.engine) out.engine = Compiled::compile(std::move(item->policies));
  }
  return out;
}

void EvaluateTheDayOfADeploymentRole(benchmark::State& state) {
  const Day today = day();
  if (!today.engine) return state.SkipWithError("bench/iam/requests.jsonl cannot be read");
  const long long before = allocations;
  long long evaluations = 0;
  for (auto _ : state) {
    for (const Request& request : today.requests) benchmark::DoNotOptimize(today.engine->evaluate(request));
    evaluations += static_cast<long long>(today.requests.size());
  }
  state.SetItemsProcessed(evaluations);
  state.counters["allocations_per_evaluation"] =
      static_cast<double>(allocations - before) / static_cast<double>(evaluations);
}
BENCHMARK(EvaluateTheDayOfADeploymentRole);

void CompileTheirPolicies(benchmark::State& state) {
  const Day today = day();
  if (!today.engine) return state.SkipWithError("bench/iam/requests.jsonl cannot be read");
  for (auto _ : state) benchmark::DoNotOptimize(Compiled::compile(today.engine->policies()));
}
BENCHMARK(CompileTheirPolicies)->Unit(benchmark::kMicrosecond);

}  // namespace

// noinline: gcc takes an inlined pair of these for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

BENCHMARK_MAIN();
