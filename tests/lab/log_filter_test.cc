#include "lab/log_filter.h"

#include <gtest/gtest.h>

namespace doctor::lab {
namespace {

constexpr const char* kEvent =
    R"({"detail-type": "ECS Task State Change", "detail": {"stopCode": "SpotInterruption", "cpu": 256, "ok": true, "containers": [{"exitCode": 137}]}})";

TEST(LogFilter, FindsTermsPhrasesAlternativesAndExclusions) {
  EXPECT_TRUE(log_matches("", "anything"));
  EXPECT_TRUE(log_matches("ERROR disk", "disk: ERROR no space"));
  EXPECT_FALSE(log_matches("ERROR disk", "ERROR no space"));
  EXPECT_TRUE(log_matches("\"no space left\"", "ERROR no space left on device"));
  EXPECT_FALSE(log_matches("\"space no\"", "ERROR no space left on device"));
  EXPECT_TRUE(log_matches("?ERROR ?WARN", "WARN low"));
  EXPECT_FALSE(log_matches("?ERROR ?WARN", "INFO fine"));
  EXPECT_FALSE(log_matches("ERROR -retry", "ERROR will retry"));
}

TEST(LogFilter, SelectsInJson) {
  EXPECT_TRUE(log_matches("{ $.detail-type = \"ECS Task State Change\" }", kEvent));
  EXPECT_TRUE(log_matches("{ $.[\"detail-type\"] = \"ECS*\" && $.detail.cpu >= 256 }", kEvent));
  EXPECT_FALSE(log_matches("{ $.detail.cpu > 256 }", kEvent));
  EXPECT_TRUE(log_matches("{ ($.detail.cpu = 1) || ($.detail.stopCode = Spot*) }", kEvent));
  EXPECT_TRUE(log_matches("{ $.detail.containers[0].exitCode = 137 }", kEvent));
  EXPECT_TRUE(log_matches("{ $.detail.nothing NOT EXISTS }", kEvent));
  EXPECT_TRUE(log_matches("{ $.detail.ok IS TRUE }", kEvent));
  EXPECT_FALSE(log_matches("{ $.detail.stopCode != SpotInterruption }", kEvent));
  EXPECT_FALSE(log_matches("{ $.detail.cpu = 256 }", "no JSON"));
}

TEST(LogFilter, RefusesWhatIsNoPattern) {
  EXPECT_TRUE(log_pattern_valid("{ $.a = 1 }"));
  for (const char* bad : {"{ $.a = 1", "{ a = 1 }", "{ $.a }", "\"open", "{ $.a = }", "{ ($.a = 1 }"})
    EXPECT_FALSE(log_pattern_valid(bad)) << bad;
}

}  // namespace
}  // namespace doctor::lab
