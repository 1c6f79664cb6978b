// Facts and runs made by hand, as the tests of this stage need them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/time.h"
#include "facts/facts.h"
#include "remedy/journal.h"
#include "verify/judge.h"

namespace doctor::verify {

inline core::Timestamp at(std::string_view iso) {
  return core::timestamp_of_iso(iso).value();
}

// A clock that moves only when somebody waits.
class StepClock final : public core::Clock {
 public:
  core::Timestamp now() const override { return now_; }
  void advance(core::Duration span) { now_ += span; }
  core::Timestamp now_ = at("2026-11-24T03:00:00Z");
};

// prod/web: two subnets, on-demand base and Spot, one container from ECR with a log group, in eu-west-1.
facts::Facts web_facts();
facts::Place& place_of(facts::Facts& facts);
facts::Service& web_of(facts::Facts& facts);

// A done run for prod/web of this family that ended at 03:00:00.
remedy::Run run_of_family(std::string family);

const Check& only(const std::vector<Check>& checks);
const Check& named(const std::vector<Check>& checks, std::string_view id);

}  // namespace doctor::verify
