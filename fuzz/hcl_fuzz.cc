// The HCL reader on anything: no crash, every place inside the text, and what it reads it reads again from a
// patch of one attribute that says the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iac/hcl_syntax.h"
#include "iac/text_edit.h"

namespace {

using doctor::iac::HclBody;
using doctor::iac::HclExpression;
using doctor::iac::Span;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_expression(const HclExpression& expression, std::string_view text, const Span& outer) {
  check(expression.span.begin <= expression.span.end && expression.span.end <= text.size());
  check(expression.span.begin >= outer.begin && expression.span.end <= outer.end);
  for (const auto& member : expression.members) check_expression(member.value, text, expression.span);
}

void check_body(const HclBody& body, std::string_view text) {
  for (const auto& attribute : body.attributes) {
    check(text.substr(attribute.name_span.begin, attribute.name_span.size()) == attribute.name);
    check(text[attribute.equals] == '=');
    check_expression(attribute.value, text, {attribute.equals + 1, text.size()});
  }
  for (const auto& block : body.blocks) {
    check(text[block.open] == '{' && text[block.close] == '}' && block.open < block.close);
    check_body(block.body, text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto body = doctor::iac::parse_hcl(text, "fuzz.tf");
  if (!body) {
    check(!body.error().sentence.empty());
    return 0;
  }
  check_body(*body, text);
  if (body->attributes.empty()) return 0;
  const Span value = body->attributes.front().value.span;
  const auto again = doctor::iac::edited(text, {{value.begin, value.size(), "1"}});
  const auto patched = doctor::iac::parse_hcl(again, "fuzz.tf");
  check(patched && patched->attributes.size() == body->attributes.size());
  check(patched->attributes.front().value.text == "1");
  return 0;
}
