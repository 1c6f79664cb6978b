// Whatever arrives as an answer, the decoders end with JSON or with an error: no crash, no hang, no undefined
// behaviour. The first bytes choose the operation and the status, the rest is the body.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "aws/operations.h"
#include "aws/pages.h"
#include "aws/wire_codec.h"
#include "core/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  using namespace doctor::aws;
  static constexpr int kStatuses[] = {200, 200, 200, 200, 204, 302, 400, 403, 404, 429, 500, 503};
  const auto& operations = all_operations();
  const OperationModel& operation = operations[data[0] % operations.size()];
  const int status = kStatuses[data[1] % std::size(kStatuses)];
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Headers headers = {{"x-amzn-RequestId", "4f0e"}};

  const auto output = decode_response(operation.service, operation.name, status, headers, body);
  if (!output) {
    if (output.error().error.sentence.empty()) std::abort();
    return 0;
  }
  const auto document = doctor::core::JsonDocument::parse(*output, "output");
  if (!document || !document->root().is_object()) std::abort();
  if (auto pages = Pages::start(operation, "{}")) {
    for (const auto& request : pages->take()) (void)pages->absorb(request.id, *output);
    if (pages->done() && !doctor::core::JsonDocument::parse(pages->merged(), "merged")) std::abort();
  }
  return 0;
}
