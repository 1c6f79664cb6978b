// A path and the needs of a task in each rendering: what must be there, and what must never be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "network_sample_support.h"
#include "report/network.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

TEST(NetworkText, BeginsWithTheAnswerAndShowsEveryHopAndBlock) {
  const std::string text = path_text(blocked_answer(), {.width = 120, .colour = false});
  EXPECT_THAT(text, StartsWith("NOT REACHABLE: eni-1 -> service:ecr.api tcp 443"));
  EXPECT_THAT(text, HasSubstr("✓ sg-1   security group  egress all to 0.0.0.0/0 (stateful)"));
  EXPECT_THAT(text, HasSubstr("? acl-1  network ACL     not known: the network ACL of subnet-1"));
  EXPECT_THAT(text, HasSubstr("✗ rtb-1  route table     no route"));
  EXPECT_THAT(text, HasSubstr("acl-2 (network ACL, on the way back)"));
  EXPECT_LT(text.find("Forward"), text.find("Return"));
}

TEST(NetworkText, CommandsStayInOnePieceAndAllElseKeepsToTheWidth) {
  const std::string text = path_text(blocked_answer(), {.width = 60, .colour = false});
  EXPECT_THAT(text,
              HasSubstr("aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 "
                        "--nat-gateway-id nat-1\n"));
  for (const std::string& line : lines_of(text)) {
    if (line.find("  aws ") != 0) EXPECT_LE(columns(line), 60) << line;
  }
}

TEST(NetworkText, ColoursOnlyWhereTheyAreWanted) {
  EXPECT_THAT(path_text(blocked_answer(), {.width = 80, .colour = false}), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(path_text(blocked_answer(), {.width = 80, .colour = true}), HasSubstr("\x1b[1;31m"));
}

TEST(NetworkText, LongIdsAndHostileNamesKeepToTheWidthToo) {
  const std::string text = path_text(long_answer(), {.width = 80, .colour = false});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  for (const std::string& line : lines_of(text)) {
    if (line.find("  aws ") != 0) EXPECT_LE(columns(line), 80) << line;
  }
}

TEST(NetworkText, PartsAreListedOnlyWhereTheyDiffer) {
  EXPECT_THAT(path_text(ranged_answer(), {}), HasSubstr("10.0.1.128/25 port 443"));
  auto same = ranged_answer();
  same.parts[1].reachable = network::Reachable::yes;
  EXPECT_THAT(path_text(same, {}), Not(HasSubstr("Part by part")));
}

TEST(NetworkText, TheSecondOpinionStandsBesideOurs) {
  const SecondOpinion second{.asked = true,
                             .reachable = true,
                             .status = "succeeded",
                             .why = {},
                             .analysis_id = "nia-1",
                             .explanations = {"NO_ROUTE_TO_DESTINATION: rtb-1"}};
  const std::string text = path_text(blocked_answer(), {}, &second);
  EXPECT_THAT(text, HasSubstr("It disagrees: reachable."));
  EXPECT_THAT(text, HasSubstr("NO_ROUTE_TO_DESTINATION: rtb-1"));
}

TEST(NetworkJson, HasTheShapeThatTheDesignFixes) {
  const json out = json::parse(path_json(blocked_answer()));
  EXPECT_EQ(out["schema"], "fargate-doctor/network-path/1");
  EXPECT_EQ(out["reachable"], false);
  EXPECT_EQ(out["forward"].size(), 4u);
  EXPECT_EQ(out["forward"][1], (json{{"resource", "sg-1"},
                                     {"kind", "security group"},
                                     {"rule", "egress all to 0.0.0.0/0"},
                                     {"admitted", true},
                                     {"why", "stateful"}}));
  EXPECT_EQ(out["forward"][2]["admitted"], "unknown");
  EXPECT_EQ(out["forward"][3]["admitted"], false);
  EXPECT_EQ(out["return"].size(), 1u);
  EXPECT_EQ(out["blocked_by"][0]["direction"], "forward");
  EXPECT_EQ(out["blocked_by"][1]["direction"], "return");
  EXPECT_EQ(out["blocked_by"][1]["kind"], "network ACL");
  EXPECT_EQ(out["smallest_change"][0]["operation"], "ec2:CreateRoute");
  EXPECT_THAT(out["smallest_change"][0]["command"].get<std::string>(), StartsWith("aws ec2 create-route "));
  EXPECT_EQ(out["depends_on"], json::array({"the network ACL of subnet-1"}));
  EXPECT_EQ(out["query"]["port"], "443");
  EXPECT_TRUE(out["query"]["ip_version"].is_null());
  EXPECT_FALSE(out.contains("parts"));
  EXPECT_FALSE(out.contains("reachability_analyzer"));
}

TEST(NetworkJson, PartsAppearWhereThereIsMoreThanOne) {
  const json out = json::parse(path_json(ranged_answer()));
  EXPECT_EQ(out["reachable"], "depends");
  ASSERT_EQ(out["parts"].size(), 2u);
  EXPECT_EQ(out["parts"][0]["reachable"], true);
  EXPECT_EQ(out["parts"][1]["blocked_by"][0]["resource"], "sg-2");
}

TEST(NetworkJson, AnOpinionThatWasNotAskedAgreesWithNothing) {
  const SecondOpinion second{.asked = false, .reachable = {}, .status = {}, .why = "icmp"};
  const json out = json::parse(path_json(blocked_answer(), &second));
  EXPECT_EQ(out["reachability_analyzer"]["asked"], false);
  EXPECT_TRUE(out["reachability_analyzer"]["agrees"].is_null());
  EXPECT_EQ(out["reachability_analyzer"]["why"], "icmp");
}

TEST(NetworkHtml, DrawsEveryHopAndFetchesNothing) {
  const std::string page = path_html(long_answer());
  const std::regex box("<g class=\"hop (pass|drop|open)");
  const auto boxes =
      std::distance(std::sregex_iterator(page.begin(), page.end(), box), std::sregex_iterator());
  EXPECT_EQ(boxes, 15);  // 14 there and 1 back
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy"));
}

TEST(NetworkHtml, HostileNamesAreText) {
  const std::string page = path_html(long_answer());
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert"));
}

TEST(NetworkHtml, NoBoxLeavesTheDrawing) {
  const std::string page = path_html(long_answer());
  std::smatch view;
  ASSERT_TRUE(std::regex_search(page, view, std::regex("viewBox=\"0 0 ([0-9]+) ([0-9]+)\" role=\"img\"")));
  const int width = std::stoi(view[1]), height = std::stoi(view[2]);
  const std::regex rect(
      "<rect x=\"([0-9]+)\" y=\"([0-9]+)\" width=\"([0-9]+)\" height=\"([0-9]+)\" rx=\"9\"");
  int seen = 0;
  for (auto it = std::sregex_iterator(page.begin(), page.end(), rect); it != std::sregex_iterator();
       ++it, ++seen) {
    EXPECT_LE(std::stoi((*it)[1]) + std::stoi((*it)[3]), width);
    EXPECT_LE(std::stoi((*it)[2]) + std::stoi((*it)[4]), height);
  }
  EXPECT_EQ(seen, 15);
}

TEST(NetworkMarkdown, HasATableOfHopsAndNoRawMarkup) {
  const std::string text = path_markdown(long_answer());
  EXPECT_THAT(text, StartsWith("# NOT REACHABLE"));
  EXPECT_THAT(text, HasSubstr("## What drops it"));
  EXPECT_THAT(text, HasSubstr("## Forward"));
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
}

TEST(NetworkNeedsText, OneLineEachTheUnreachableFirst) {
  const std::string text = needs_text({three_needs()}, {.width = 160, .colour = false});
  EXPECT_THAT(text, StartsWith("NOT REACHABLE from subnet-1 with sg-1"));
  EXPECT_LT(text.find("✗ ECS Exec"), text.find("? CloudWatch Logs"));
  EXPECT_LT(text.find("? CloudWatch Logs"), text.find("✓ image pull: ECR API"));
  EXPECT_THAT(text, HasSubstr("by gateway endpoint vpce-1"));
  EXPECT_THAT(text, HasSubstr("the facts do not show the routes of rtb-1"));
}

TEST(NetworkNeedsText, TwoSubnetsThatFareAlikeShareATable) {
  auto second = three_needs();
  second.from = "subnet-2 with sg-1";
  const std::string text = needs_text({three_needs(), second}, {.width = 100, .colour = false});
  EXPECT_THAT(text, HasSubstr("subnet-2 with sg-1: the same as subnet-1 with sg-1"));
}

TEST(NetworkNeedsJson, CarriesTheWholePathOfEach) {
  const json out = json::parse(needs_json({three_needs()}));
  EXPECT_EQ(out["schema"], "fargate-doctor/network-needs/1");
  EXPECT_EQ(out["reachable"], false);
  const json& needs = out["starts"][0]["needs"];
  ASSERT_EQ(needs.size(), 3u);
  EXPECT_EQ(needs[0]["id"], "exec");
  EXPECT_EQ(needs[0]["path"]["blocked_by"].size(), 2u);
  EXPECT_EQ(needs[2]["way"], "by gateway endpoint vpce-1");
}

}  // namespace
}  // namespace doctor::report
