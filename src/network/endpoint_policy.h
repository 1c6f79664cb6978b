// Whether the policy of a VPC endpoint lets a call through, as far as its action alone tells: who calls and
// on what is not the network's to know ("Control access to VPC endpoints using endpoint policies").
#pragma once

#include <string>
#include <string_view>

namespace doctor::network {

enum class PolicyVerdict {
  allows_all,  // AWS's default, or a policy as wide
  allows,      // this action, for everyone, on everything
  denies,      // no statement allows the action, or one denies it for everyone
  depends,     // on the caller, the resource or a condition
  unreadable,  // not a policy
};

struct PolicyAnswer {
  PolicyVerdict verdict = PolicyVerdict::allows_all;
  std::string statement;  // "statement 2 (OnlyOurImages)", or why it cannot be read
};

// `action`: "ecr:BatchGetImage"; "" asks only whether everything is allowed, and else answers `depends`.
PolicyAnswer ask_endpoint_policy(std::string_view document, std::string_view action);

}  // namespace doctor::network
