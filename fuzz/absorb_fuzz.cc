// Whatever a file of a snapshot holds, it becomes facts or an error that says why: no crash, no hang, no
// undefined behaviour; and redaction, which sees it first when it comes from AWS, leaves JSON that it would
// not redact further. The first byte chooses the operation, the rest is the document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/json.h"
#include "facts/absorb.h"
#include "facts/dump.h"
#include "facts/reading.h"
#include "facts/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  using namespace doctor;
  static const auto rows = facts::all_rows();
  const std::size_t choice = data[0] % (rows.size() + 2);
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);

  facts::Facts facts;
  facts::Place place;
  if (choice == rows.size() + 1) {
    facts::absorb_refusal(facts, place, {"ec2", "describe-subnets", {}}, body);
    if (place.gaps.size() != 1) std::abort();
    return 0;
  }
  const auto document = core::JsonDocument::parse(body, "fuzz");
  if (!document) {
    if (document.error().sentence.empty()) std::abort();
    return 0;
  }
  if (choice == rows.size()) {
    (void)facts::absorb_event(facts, place, document->root());
  } else {
    const facts::Row& row = *rows[choice];
    const auto done = facts::absorb(facts, place, {row.service, row.operation, "web"}, document->root());
    if (!done && done.error().sentence.empty()) std::abort();
  }
  facts::put_in_order(place);
  facts.places.push_back(std::move(place));
  if (facts::to_text(facts).size() > 100 * size + 100000) std::abort();

  const std::string once = facts::redact_json(body);
  if (!core::JsonDocument::parse(once, "redacted")) std::abort();
  if (facts::redact_json(once) != once) std::abort();
  return 0;
}
