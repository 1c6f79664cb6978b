// One whole report of each kind against tests/report/golden/. After a change that is meant:
//   DOCTOR_UPDATE_GOLDEN=1 build-debug/report_tests --gtest_filter='Golden*'   and review the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "report/explanation.h"
#include "report/plan.h"
#include "report/plan_sample_support.h"
#include "report/report.h"
#include "report/sample_support.h"

namespace doctor::report {
namespace {

void compare(const std::string& name, const std::string& actual) {
  const std::string path = std::string(DOCTOR_SOURCE_DIR) + "/tests/report/golden/" + name;
  if (std::getenv("DOCTOR_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " cannot be read";
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  if (actual == expected) return;
  std::size_t line = 1;
  std::size_t i = 0;
  for (; i < actual.size() && i < expected.size() && actual[i] == expected[i]; ++i) line += actual[i] == '\n';
  FAIL() << name << " differs from line " << line << " on:\n  expected ..." << expected.substr(i, 160)
         << "\n  actual   ..." << actual.substr(i, 160);
}

TEST(Golden, Text) {
  compare("diagnosis.txt", to_text(sample_diagnosis(), {100, false}));
}
TEST(Golden, NarrowText) {
  compare("diagnosis.60.txt", to_text(sample_diagnosis(), {60, false}));
}
TEST(Golden, Json) {
  compare("diagnosis.json", to_json(sample_diagnosis()));
}
TEST(Golden, Markdown) {
  compare("diagnosis.md", to_markdown(sample_diagnosis()));
}
TEST(Golden, Html) {
  compare("diagnosis.html", to_html(sample_diagnosis()));
}
TEST(Golden, Sarif) {
  compare("diagnosis.sarif", to_sarif(sample_diagnosis()));
}
TEST(Golden, PlanText) {
  compare("plan.txt", to_text(sample_plan(), sample_plan_page(), {100, false}));
}
TEST(Golden, PlanMarkdown) {
  compare("plan.md", to_markdown(sample_plan(), sample_plan_page()));
}
TEST(Golden, PlanHtml) {
  compare("plan.html", to_html(sample_plan(), sample_plan_page()));
}
TEST(Golden, ExplanationText) {
  compare("explanation.txt", explanation_text(sample_explanations(), {100, false}));
}
TEST(Golden, ExplanationMarkdown) {
  compare("explanation.md", explanation_markdown(sample_explanations()));
}
TEST(Golden, ExplanationJson) {
  compare("explanation.json", explanation_json(sample_explanations()));
}

}  // namespace
}  // namespace doctor::report
