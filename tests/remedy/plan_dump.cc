// Prints the requests of the plans of every scenario, one JSON object a line, for requests_botocore_test.py:
//   {"scenario", "step", "part": "request|inverse|probe|read", "service", "operation", "input"}
#include <iostream>

#include "remedy/kinds.h"
#include "remedy/plan_support.h"

namespace doctor::remedy {
namespace {

void print(const std::string& scenario, const Step& step, const char* part, const Request& request) {
  if (request.service.empty()) return;
  std::cout << nlohmann::json{{"scenario", scenario},
                              {"step", step.id},
                              {"part", part},
                              {"service", request.service},
                              {"operation", request.operation},
                              {"input", json_of(request.input)}}
                   .dump()
            << '\n';
}

void print_all(const std::string& name, const Plan& plan) {
  for (const Step& step : plan.steps) {
    print(name, step, "request", step.request);
    print(name, step, "inverse", step.inverse);
    print(name, step, "probe", step.probe.request);
    print(name, step, "read", kind_named(step.resource.kind)->read(step.resource));
  }
}

}  // namespace
}  // namespace doctor::remedy

int main(int argc, char** argv) {
  using namespace doctor::remedy;
  for (const std::string& name : all_scenarios()) {
    print_all(name, plan_scenario(name).plan);
    for (int i = 1; i < argc; ++i) print_all(name, plan_scenario(name, {argv[i]}).plan);  // this fix alone
  }
  return 0;
}
