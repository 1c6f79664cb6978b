#include "report/verification_text.h"

#include "report/page.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using verify::Check;
using verify::Standing;

Ink ink_of(Standing standing) {
  switch (standing) {
    case Standing::passed:
      return Ink::good;
    case Standing::failed:
      return Ink::bad;
    case Standing::provisional:
    case Standing::not_possible:
      break;
  }
  return Ink::warning;
}

std::string_view mark_of(Standing standing) {
  switch (standing) {
    case Standing::passed:
      return "passed      ";
    case Standing::failed:
      return "FAILED      ";
    case Standing::provisional:
      return "provisional ";
    case Standing::not_possible:
      break;
  }
  return "not possible ";
}

Ink verdict_ink(verify::Verdict verdict) {
  if (verdict == verify::Verdict::verified) return Ink::good;
  return verdict == verify::Verdict::failed ? Ink::bad : Ink::warning;
}

void write(Page& page, const Check& check, bool names_region) {
  std::string name = check.name;
  if (names_region && !check.region.empty()) name += " (" + check.region + ")";
  page.paragraph(2, mark_of(check.standing), name, ink_of(check.standing));
  std::string why = check.why;
  if (check.until) why += "; good from " + core::to_iso(*check.until) + " on";
  if (!why.empty()) page.paragraph(4, "", sentence(why));
}

}  // namespace

std::string to_text(const verify::Verification& verification, const TextStyle& style) {
  Page page(style.width, style.colour);
  page.paragraph(0, "", "Run " + verification.run + ": " + summary_of(verification),
                 verdict_ink(verdict_of(verification)));
  std::string regions;
  bool several = false;
  for (const Check& check : verification.checks) {
    several = several || (!check.region.empty() && !regions.empty() && regions != check.region);
    if (!check.region.empty()) regions = check.region;
  }
  page.blank();
  for (const auto standing :
       {Standing::failed, Standing::not_possible, Standing::provisional, Standing::passed}) {
    for (const Check& check : verification.checks) {
      if (check.standing == standing) write(page, check, several);
    }
  }
  return page.take();
}

}  // namespace doctor::report
