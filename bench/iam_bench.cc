// Evaluations a second of a compiled set: 20 identity statements, an SCP, a boundary, eight different
// requests (bench/iam/requests.jsonl). The target is 2,000,000 a second on one core.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "iam/case.h"

#ifndef DOCTOR_BENCH_DIR
#define DOCTOR_BENCH_DIR "bench"
#endif

namespace {

using namespace doctor::iam;

struct Ready {
  Compiled engine;
  Request request;
};

std::vector<Ready> ready() {
  std::ifstream file(DOCTOR_BENCH_DIR "/iam/requests.jsonl", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CaseReader reader(text, "bench/iam/requests.jsonl");
  std::vector<Ready> out;
  while (!reader.at_end()) {
    auto item = reader.next();
    if (!item) {
      std::cerr << item.error().sentence << '\n';
      std::exit(2);
    }
    out.push_back({Compiled::compile(std::move(item->policies)), std::move(item->request)});
  }
  if (out.empty()) std::exit(2);
  return out;
}

void EvaluateCompiled(benchmark::State& state) {
  const std::vector<Ready> cases = ready();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cases[i].engine.evaluate(cases[i].request));
    if (++i == cases.size()) i = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(EvaluateCompiled);

void ParseCompileAndEvaluate(benchmark::State& state) {
  std::ifstream file(DOCTOR_BENCH_DIR "/iam/requests.jsonl", std::ios::binary);
  std::string text;
  std::getline(file, text);
  for (auto _ : state) {
    CaseReader reader(text, "bench");
    auto item = reader.next();
    const auto engine = Compiled::compile(std::move(item->policies));
    benchmark::DoNotOptimize(engine.evaluate(item->request));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ParseCompileAndEvaluate);

}  // namespace

BENCHMARK_MAIN();
