// Whatever is pasted as the text of a refusal, or given as a CloudTrail event, it is read or refused with a
// reason: no crash, no hang, no undefined behaviour; and what is made of it is a policy without "*" as an
// action that the program's own parser accepts. The first byte chooses text or event.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iam/denial.h"
#include "iam/denial_proof.h"
#include "iam/minimum.h"
#include "iam/policy.h"

namespace {

void check(const doctor::iam::Minimum& minimum) {
  using namespace doctor;
  if (!core::JsonDocument::parse(iam::minimum_json(minimum), "minimum")) std::abort();
  for (const auto& policy : minimum.policies) {
    if (policy.statements.empty()) std::abort();
    for (const auto& statement : policy.statements) {
      if (statement.actions.empty()) std::abort();
      for (const auto& action : statement.actions) {
        if (action.find('*') != std::string::npos) std::abort();
      }
    }
    (void)iam::parse_policy(iam::policy_json(policy), "minimum");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doctor;
  if (size < 1) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto denials = iam::parse_denials(body);
    if (!denials) {
      if (denials.error().sentence.empty()) std::abort();
      return 0;
    }
    if (denials->empty()) std::abort();
    for (const auto& denial : *denials) {
      if (iam::proof_of(denial).summary.empty()) std::abort();
      (void)iam::with_action_of_operation(denial);
    }
    check(iam::minimum_for(*denials, {}));
    return 0;
  }
  const auto calls = iam::api_calls_of(body, "fuzz");
  if (!calls) {
    if (calls.error().sentence.empty()) std::abort();
    return 0;
  }
  check(iam::minimum_for(*calls, {}));
  return 0;
}
