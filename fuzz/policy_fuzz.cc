// Any bytes are a policy or an error that names its place; a policy that parses can be evaluated, and lint
// agrees with it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iam/case.h"
#include "iam/lint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doctor::iam;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto policy = parse_policy(text, "f", PolicyKind::any);
  const auto findings = lint_policy(text, "f", PolicyKind::any);
  if (!policy && policy.error().sentence.rfind("f:", 0) != 0) std::abort();
  if (policy && text.rfind('%', 0) != 0) {
    for (const Finding& finding : findings) {
      if (finding.type == FindingType::error) std::abort();
    }
  }
  if (policy) {
    Request request;
    request.action = "s3:GetObject";
    request.resource = "arn:aws:s3:::bucket/key";
    request.principal = principal_of("arn:aws:iam::111122223333:user/bob").value();
    request.context.set("aws:SourceIp", {"203.0.113.9"});
    PolicySet set;
    set.identity.emplace().push_back(*policy);
    set.resource = *policy;
    const auto engine = Compiled::compile(std::move(set));
    const auto done = complete_request(request);
    if (engine.evaluate(*done).outcome != engine.evaluate(*done).outcome) std::abort();
  }
  CaseReader reader(text, "f");
  while (!reader.at_end()) {
    if (auto item = reader.next())
      (void)decision_json(*item, Compiled::compile(item->policies).evaluate(item->request));
  }
  return 0;
}
