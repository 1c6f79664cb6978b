// What a user gives to plan and apply, on anything: no crash, and a plan that was read is written and read
// again as itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iac/terraform_state.h"
#include "remedy/managed_by.h"
#include "remedy/plan.h"
#include "remedy/window.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto plan = doctor::remedy::plan_of(text, "fuzz"); plan) {
    const std::string written = doctor::remedy::plan_json(*plan);
    const auto again = doctor::remedy::plan_of(written, "again");
    if (!again || doctor::remedy::plan_json(*again) != written) std::abort();
  }
  if (const auto window = doctor::remedy::window_of(text); window) {
    const doctor::core::Timestamp now{};
    if (const auto opening = doctor::remedy::next_opening(*window, now);
        opening && !doctor::remedy::is_open(*window, *opening))
      std::abort();
  }
  static_cast<void>(doctor::remedy::managed_by_terraform(text, "fuzz"));
  static_cast<void>(doctor::remedy::managed_by_stack(text, "fuzz"));
  static_cast<void>(doctor::iac::TerraformState::parse(text, "fuzz"));
  return 0;
}
