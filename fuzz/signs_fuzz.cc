// Any bytes must be read: signs_in and explain never crash, never hang, and say the same twice.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diagnose/explain.h"
#include "diagnose/signs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doctor::diagnose;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto signs = signs_in(text);
  if (signs.size() != signs_in(text).size()) std::abort();
  for (const SignMatch& match : signs) {
    if (match.sign == nullptr || match.matched.size() > size) std::abort();
  }
  for (const Explanation& explanation : explain(text)) {
    double sum = 0;
    for (const ExplainedCause& cause : explanation.causes) sum += cause.prior;
    if (sum > 1.000001) std::abort();
  }
  return 0;
}
