// A plan in each rendering: what must be there, and what must never be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "report/plan.h"
#include "report/plan_drawing.h"
#include "report/plan_sample_support.h"
#include "report/plan_words.h"
#include "report/utf8.h"

namespace doctor::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
  bool overlaps(const Rectangle& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height &&
           other.y < y + height;
  }
};

std::vector<Rectangle> boxes_in(const std::string& drawing) {
  static const std::regex kBox("<rect x=\"([0-9]+)\" y=\"([0-9]+)\" width=\"([0-9]+)\" height=\"([0-9]+)\"");
  std::vector<Rectangle> boxes;
  for (auto it = std::sregex_iterator(drawing.begin(), drawing.end(), kBox); it != std::sregex_iterator();
       ++it)
    boxes.push_back({std::stod((*it)[1]), std::stod((*it)[2]), std::stod((*it)[3]), std::stod((*it)[4])});
  return boxes;
}

Rectangle sheet_of(const std::string& drawing) {
  std::smatch view;
  EXPECT_TRUE(std::regex_search(drawing, view, std::regex("viewBox=\"0 0 ([0-9]+) ([0-9]+)\"")));
  return {0, 0, std::stod(view[1]), std::stod(view[2])};
}

void expect_tidy(const std::string& drawing) {
  const auto boxes = boxes_in(drawing);
  const Rectangle sheet = sheet_of(drawing);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_LE(boxes[i].x + boxes[i].width, sheet.width);
    EXPECT_LE(boxes[i].y + boxes[i].height, sheet.height);
    for (std::size_t j = i + 1; j < boxes.size(); ++j)
      EXPECT_FALSE(boxes[i].overlaps(boxes[j])) << i << " " << j;
  }
}

TEST(BlastDrawing, NamesTheResourceWhatUsesItAndThroughWhat) {
  const remedy::Plan plan = sample_plan();
  const std::string drawing = blast_drawing(plan, plan.blast_radius[1], "b");
  EXPECT_THAT(drawing, HasSubstr("VPC endpoint, changed"));
  EXPECT_THAT(drawing, HasSubstr("used by 15 services, 1 NAT gateway, 1 network interface"));
  EXPECT_THAT(drawing, HasSubstr(">subnet-0a<"));
  EXPECT_THAT(drawing, HasSubstr(">prod/service-0<"));
  EXPECT_EQ(count_of(drawing, ">this incident<"), 1u);
  EXPECT_EQ(count_of(drawing, "class=\"twig own\""), 1u);
  // The incident's own first.
  EXPECT_LT(drawing.find(">prod/web<"), drawing.find(">prod/service-0<"));
}

// A role's dependents share the role itself: there is nothing in between to draw.
TEST(BlastDrawing, WhatUsesTheResourceItselfHangsFromIt) {
  const remedy::Plan plan = sample_plan();
  const std::string drawing = blast_drawing(plan, plan.blast_radius[0], "b");
  EXPECT_EQ(count_of(drawing, "twig group"), 0u);
  EXPECT_EQ(boxes_in(drawing).size(), 6u);
}

TEST(BlastDrawing, NoBoxOverlapsAnotherOrLeavesTheSheet) {
  const remedy::Plan plan = sample_plan();
  for (const auto& radius : plan.blast_radius) expect_tidy(blast_drawing(plan, radius, "b"));
  for (const std::size_t count : {1u, 7u, 8u, 90u, 1000u}) {
    const remedy::Plan crowded = crowded_plan(count);
    expect_tidy(blast_drawing(crowded, crowded.blast_radius[0], "b"));
  }
}

TEST(BlastDrawing, TenThousandDependentsAreCountedNotDrawn) {
  const remedy::Plan plan = crowded_plan(10000);
  const std::string drawing = blast_drawing(plan, plan.blast_radius[0], "b");
  EXPECT_LT(drawing.size(), 40000u);
  EXPECT_LT(boxes_in(drawing).size(), 80u);
  EXPECT_THAT(drawing, HasSubstr("used by 10000 services"));
  EXPECT_THAT(drawing, HasSubstr(">prod/web<"));
  EXPECT_EQ(count_of(drawing, "twig group"), 8u);
}

// What is not drawn is counted: together they are all of them.
TEST(BlastDrawing, NamedAndCountedAreAll) {
  for (const std::size_t count : {1u, 7u, 8u, 90u, 1000u, 10000u}) {
    const remedy::Plan plan = crowded_plan(count);
    const std::string drawing = blast_drawing(plan, plan.blast_radius[0], "b");
    std::size_t seen = count_of(drawing, "class=\"twig own\"") + count_of(drawing, "class=\"twig other\"");
    static const std::regex kRest("<text class=\"kind\"[^>]*>and ([0-9]+) ");
    for (auto it = std::sregex_iterator(drawing.begin(), drawing.end(), kRest); it != std::sregex_iterator();
         ++it)
      seen += std::stoul((*it)[1]);
    EXPECT_EQ(seen, count);
  }
}

TEST(BlastDrawing, TextStaysInItsBox) {
  remedy::Plan plan = crowded_plan(20);
  plan.blast_radius[0].dependents[0].name = std::string(300, 'W');
  plan.blast_radius[0].dependents[1].name = "日本語の名前がとても長いサービスです、ほんとうに長いです";
  const std::string drawing = blast_drawing(plan, plan.blast_radius[0], "b");
  static const std::regex kName(
      "<rect x=\"([0-9]+)\" y=\"[0-9]+\" width=\"([0-9]+)\"[^>]*/><text class=\"name\" "
      "x=\"([0-9]+)\"[^>]*>([^<]*)<");
  int seen = 0;
  for (auto it = std::sregex_iterator(drawing.begin(), drawing.end(), kName); it != std::sregex_iterator();
       ++it, ++seen) {
    const double end = std::stod((*it)[3]) + 7.25 * columns(std::string((*it)[4]));
    EXPECT_LE(end, std::stod((*it)[1]) + std::stod((*it)[2])) << (*it)[4];
  }
  EXPECT_GT(seen, 20);
}

TEST(BlastDrawing, NothingDependsNothingIsDrawn) {
  const remedy::Plan plan = sample_plan();
  EXPECT_EQ(blast_drawing(plan, {plan.steps[0].resource, {}}, "b"), "");
}

TEST(PlanHtml, TheAnswerIsTheFirstLine) {
  const std::string page = to_html(sample_plan(), sample_plan_page());
  EXPECT_THAT(page, HasSubstr("<h1 class=\"lead\">4 steps mend prod/web; 1 cannot be taken back</h1>"));
  EXPECT_THAT(page,
              HasSubstr("FargateExecError, cause exec.no_channel (incident 1 of 2). Reaches beyond this "
                        "service: apply asks for the number of dependents (--confirm 21)."));
  remedy::Plan reversible = sample_plan();
  reversible.steps.resize(1);
  EXPECT_EQ(plan_headline(reversible), "1 step mends prod/web; it can be taken back");
  reversible.steps.clear();
  EXPECT_EQ(plan_headline(reversible), "No call would mend prod/web");
}

TEST(PlanHtml, RunsNoScriptAndFetchesNothing) {
  const std::string page = to_html(sample_plan(), sample_plan_page());
  for (const char* forbidden : {"<script", "http://", "https://", "script-src", "<link", "@import", "url("})
    EXPECT_THAT(page, Not(HasSubstr(forbidden)));
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy\" content=\"default-src 'none'; style-src"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

TEST(PlanHtml, EachStepHasItsDiffCallInverseActionsCostTimeAndProbe) {
  const std::string page = to_html(sample_plan(), sample_plan_page());
  EXPECT_THAT(page, HasSubstr("<b>enableExecuteCommand</b><del>false</del><ins>true</ins>"));
  EXPECT_THAT(page, HasSubstr("<b>healthCheckGracePeriodSeconds</b><ins>30</ins>"));
  EXPECT_THAT(page, HasSubstr("The call: ec2 CreateVpcEndpoint"));
  EXPECT_THAT(page, HasSubstr("Its inverse: ec2 DeleteVpcEndpoints"));
  EXPECT_THAT(page, HasSubstr("aws ec2 create-vpc-endpoint --region eu-west-1 --cli-input-json"));
  EXPECT_THAT(page, HasSubstr("ec2:CreateVpcEndpoint, ec2:DescribeVpcEndpoints, ec2:DeleteVpcEndpoints"));
  EXPECT_THAT(page, HasSubstr("about 21.9 USD a month"));
  EXPECT_THAT(page, HasSubstr("about 3 min"));
  EXPECT_THAT(
      page,
      HasSubstr("VpcEndpoints/0/State of ec2 DescribeVpcEndpoints is available, asked for up to 10 min"));
  EXPECT_THAT(page, HasSubstr("terraform: aws_ecs_service.web"));
  EXPECT_THAT(page, HasSubstr("--allow-one-way raise_quota"));
}

TEST(PlanHtml, NoRenderingShowsASecret) {
  const remedy::Plan plan = sample_plan();
  for (const std::string& out : {to_html(plan, {}), to_markdown(plan, {}), to_text(plan, {}, {})})
    EXPECT_THAT(out, Not(HasSubstr("hunter")));
  EXPECT_THAT(to_html(plan, {}), HasSubstr("the plan's file has them"));
}

TEST(PlanHtml, AccessAndEndpointsListEveryDependentOthersACount) {
  remedy::Plan plan = crowded_plan(1000);
  EXPECT_EQ(count_of(to_html(plan, {}), "<small>service</small>"), 200u);
  EXPECT_THAT(to_html(plan, {}), HasSubstr("and 800 more, which the plan's file lists"));
  plan.steps[0].resource.kind = plan.blast_radius[0].resource.kind = "kms:key";
  EXPECT_EQ(count_of(to_html(plan, {}), "<small>service</small>"), 1000u);
  EXPECT_EQ(count_of(to_markdown(plan, {}), "- service <code>"), 1000u);
}

TEST(PlanText, CountsEachDependentOnceAsApplyDoes) {
  const remedy::Plan plan = sample_plan();
  // prod/web depends on three of the resources, and is one.
  EXPECT_EQ(remedy::dependents_of(plan), 21u);
  EXPECT_THAT(to_text(plan, {}, {.width = 200, .colour = false}), HasSubstr("(--confirm 21)"));
}

std::string tags_of(const std::string& page) {
  std::string out;
  for (std::size_t i = page.find("<body>"); i < page.size(); ++i) {
    if (page[i] != '<') continue;
    const auto end = page.find_first_of(" >", i);
    out += page.substr(i, end - i) + "\n";
  }
  return out;
}

TEST(PlanHtml, HostileNamesAddNoTag) {
  const std::string plain = tags_of(to_html(plan_full_of("x"), {}));
  for (const std::string name :
       {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title></style>", "'", "]]>", "{}",
        "\x1b[2J\u202E", "\xFF\xC2", "&lt;b&gt;"}) {
    const std::string page = to_html(plan_full_of("x" + name), {});
    EXPECT_EQ(tags_of(page), plain) << name;
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  }
}

TEST(PlanMarkdown, HostileNamesAddNoMarkup) {
  const std::string out = to_markdown(plan_full_of("a|b <script>x</script> *c* [d](e)\n# f"), {});
  EXPECT_THAT(out, Not(HasSubstr("<script")));
  EXPECT_THAT(out, Not(HasSubstr("\n# f")));
  EXPECT_THAT(out, StartsWith("# 2 steps mend a\\|b"));
}

}  // namespace
}  // namespace doctor::report
