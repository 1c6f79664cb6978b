#include "verify/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace doctor::verify {
namespace {

std::size_t count_of(const Verification& verification, Standing standing) {
  const auto& checks = verification.checks;
  return static_cast<std::size_t>(std::count_if(
      checks.begin(), checks.end(), [&](const Check& check) { return check.standing == standing; }));
}

const Check* first_with(const Verification& verification, Standing standing) {
  const auto& checks = verification.checks;
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const Check& check) { return check.standing == standing; });
  return found == checks.end() ? nullptr : &*found;
}

}  // namespace

std::string_view standing_name(Standing standing) {
  constexpr std::array<std::string_view, 4> kNames{"passed", "provisional", "not_possible", "failed"};
  return kNames[static_cast<std::size_t>(standing)];
}

std::string_view verdict_name(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames{"verified", "provisional", "incomplete", "failed"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Verdict verdict_of(const Verification& verification) {
  if (count_of(verification, Standing::failed) > 0) return Verdict::failed;
  if (verification.checks.empty() || count_of(verification, Standing::not_possible) > 0)
    return Verdict::incomplete;
  return count_of(verification, Standing::provisional) > 0 ? Verdict::provisional : Verdict::verified;
}

std::optional<core::Timestamp> provisional_until(const Verification& verification) {
  std::optional<core::Timestamp> latest;
  for (const Check& check : verification.checks) {
    if (check.standing == Standing::provisional && check.until && (!latest || *check.until > *latest))
      latest = check.until;
  }
  return latest;
}

std::string summary_of(const Verification& verification) {
  const std::size_t all = verification.checks.size();
  const std::string total = std::to_string(all) + (all == 1 ? " check" : " checks");
  const auto some = [&](Standing standing) {
    const std::size_t n = count_of(verification, standing);
    const Check& check = *first_with(verification, standing);
    return fmt::format("{} of {}: {}{}", n, total, check.name, n > 1 ? " (and others)" : "");
  };
  switch (verdict_of(verification)) {
    case Verdict::verified:
      return "verified: " + total + " passed";
    case Verdict::failed:
      return "failed: " + some(Standing::failed);
    case Verdict::incomplete:
      if (all == 0) return "incomplete: nothing could be checked";
      return "incomplete: not possible " + some(Standing::not_possible);
    case Verdict::provisional:
      break;
  }
  const auto until = provisional_until(verification);
  const std::size_t waiting = count_of(verification, Standing::provisional);
  return fmt::format("provisional{}: nothing failed, {} of {} must wait: {}{}",
                     until ? " until " + core::to_iso(*until) : std::string{}, waiting, total,
                     first_with(verification, Standing::provisional)->name,
                     waiting > 1 ? " (and others)" : "");
}

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::verified:
      return 0;
    case Verdict::failed:
      return 1;
    case Verdict::provisional:
    case Verdict::incomplete:
      break;
  }
  return 4;
}

}  // namespace doctor::verify
