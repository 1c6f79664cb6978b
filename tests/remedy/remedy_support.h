// Plans, folders and times that the tests of this stage share.
#pragma once

#include <filesystem>
#include <string>

#include "core/time.h"
#include "remedy/plan.h"

namespace doctor::remedy::testing {

inline const core::Timestamp kNow = *core::timestamp_of_iso("2026-11-24T03:00:00Z");

// A folder of this test's own, gone after it.
struct Folder {
  Folder();
  Folder(const Folder&) = delete;
  ~Folder();
  std::filesystem::path folder;
};

// Two changes of two things of the kind "test:thing" (apply_world_support.h).
Plan two_step_plan();

}  // namespace doctor::remedy::testing
