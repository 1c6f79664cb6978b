// Verifies a run: is what was broken mended, and does it stay so?
//
//   auto run = (*journal)->run("last");
//   auto v = verify({{client.get(), always.get(), "", "eu-west-1"}}, *run, options, SystemClock{});
//   if (v && verdict_of(*v) == Verdict::verified) …
//
// Every account (by profile) and region named is read afresh and judged; reading.h reads, judge.h decides.
// Where nobody names one, the run's own region is.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "remedy/journal.h"
#include "verify/check.h"
#include "verify/reading.h"

namespace doctor::verify {

// Error: usage, where the run has changed nothing that could be verified (it was rolled back, or never
// began).
core::Result<void> can_be_verified(const remedy::Run& run);

// Error: of the first place, where none of them could be read.
core::Result<Verification> verify(const std::vector<Where>& places, const remedy::Run& run,
                                  const ReadOptions& options, const core::Clock& clock);

// A round of a watch in which nothing could be read.
Verification without_sight(const remedy::Run& run, const core::Error& error, core::Timestamp now);

}  // namespace doctor::verify
