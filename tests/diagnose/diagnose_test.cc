#include "diagnose/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>

#include "diagnose/case_support.h"
#include "diagnose/timeline.h"

namespace doctor::diagnose {
namespace {

using testing::HasSubstr;

World busy() {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  w.spot_stop("a2", "eu-west-1a", "03:00:10");
  w.running("b1", "eu-west-1b");
  w.event("03:02:00", kCapacityEvent);
  w.event("03:04:00", kCapacityEvent);
  w.health("02:50:00");
  w.health("02:50:00", "EC2");
  w.call("UpdateService", "02:00:00", R"({"cluster":"prod","service":"web","desiredCount":6})");
  w.failure("RunTask", "", "Capacity is unavailable at this time.", "03:10:00").resource_arn =
      definition_arn("batch:1");
  w.failure("RunTask", "ThrottlingException", "Rate exceeded", "03:10:00").resource_arn =
      definition_arn("job:1");
  return w;
}

TEST(Diagnosis, OrderOfFactsDoesNotChangeAByte) {
  const std::string expected = dump(busy().diagnose());
  rc::check([&] {
    World w = busy();
    std::mt19937 shuffle(*rc::gen::arbitrary<unsigned>());
    std::shuffle(w.place().health.begin(), w.place().health.end(), shuffle);
    std::shuffle(w.place().call_failures.begin(), w.place().call_failures.end(), shuffle);
    std::shuffle(w.service().events.begin(), w.service().events.end(), shuffle);
    RC_ASSERT(dump(w.diagnose()) == expected);
  });
}

TEST(Diagnosis, NothingStoppedIsNoIncidentAndSaysWhatWasNotRead) {
  World w;
  const Diagnosis unread = w.diagnose();
  EXPECT_TRUE(unread.incidents.empty());
  ASSERT_EQ(unread.missing.size(), 1u);
  EXPECT_EQ(unread.missing.front().evidence, "stopped tasks");
  w.answered("ecs.describe-tasks");
  EXPECT_TRUE(w.diagnose().missing.empty());
}

TEST(Diagnosis, RefusedEvidenceNamesTheActionThatGrantsIt) {
  World w = busy();
  w.place().health.clear();
  w.place().answered.erase("health.describe-events");
  facts::Gap gap;
  gap.service = "health";
  gap.operation = "describe-events";
  gap.reason = "AccessDeniedException: not authorized";
  gap.iam_action = "health:DescribeEvents";
  w.place().gaps.push_back(gap);
  const Diagnosis d = w.diagnose();
  const auto found = std::find_if(d.missing.begin(), d.missing.end(), [](const MissingEvidence& m) {
    return m.evidence == "AWS Health events of eu-west-1";
  });
  ASSERT_NE(found, d.missing.end());
  EXPECT_EQ(found->reason, "AccessDeniedException: not authorized");
  EXPECT_EQ(found->how_to_grant, "health:DescribeEvents");
}

TEST(Diagnosis, OnlyEvidenceThatCanBearOnTheIncidentsIsCalledMissing) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  for (const MissingEvidence& m : w.diagnose().missing) {
    EXPECT_THAT(m.evidence, testing::Not(HasSubstr("security group")));
    EXPECT_THAT(m.evidence, testing::Not(HasSubstr("target group")));
  }
}

TEST(Diagnosis, TimelineIsOrderedAndBounded) {
  World w;
  for (int n = 0; n < 900; ++n) w.spot_stop("t" + std::to_string(n), "eu-west-1a", "03:00:10");
  w.event("03:02:00", kCapacityEvent);
  const Incident i = w.diagnose().incidents.front();
  EXPECT_LE(i.timeline.size(), kMostMarks);
  EXPECT_TRUE(std::is_sorted(i.timeline.begin(), i.timeline.end(),
                             [](const Mark& a, const Mark& b) { return a.time < b.time; }));
  const auto thinned = std::count_if(i.timeline.begin(), i.timeline.end(), [](const Mark& m) {
    return m.label.find("are not drawn") != std::string::npos;
  });
  EXPECT_EQ(thinned, 2);  // tasks and interruptions; the placement failure stays whole
}

TEST(Diagnosis, SummaryOfOneTaskReadsAsOne) {
  World w;
  w.spot_stop("a1", "eu-west-1a", "03:00:10");
  EXPECT_EQ(w.diagnose().incidents.front().summary,
            "1 Spot task of prod/web was interrupted in eu-west-1a at 2026-11-24T03:00:10Z");
}

TEST(Diagnosis, SummaryOfOneStopOnRequestReadsAsOne) {
  World w;
  w.stopped("a1", "eu-west-1a", "03:00:10").stop_code = "UserInitiated";
  EXPECT_EQ(w.diagnose().incidents.front().summary,
            "1 task of prod/web was stopped on request in eu-west-1a at 2026-11-24T03:00:10Z");
}

TEST(Diagnosis, HostileTextAnywhereIsOnlyText) {
  rc::check([](const std::string& reason, const std::string& parameters) {
    World w;
    w.failed_start("t1", "eu-west-1a", "03:00:00", reason);
    w.spot_stop("t2", "", "03:00:00").stopped_reason = reason;
    w.event("03:00:00", "unable to place " + reason);
    w.failure("RunTask", reason, parameters, "03:00:00").resource_arn = parameters;
    w.call("UpdateService", "02:59:00", parameters);
    RC_ASSERT(!w.diagnose().incidents.empty());
  });
}

}  // namespace
}  // namespace doctor::diagnose
