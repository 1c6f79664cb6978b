#include "report/runbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/diagnosis_reader.h"
#include "report/report.h"
#include "sample_support.h"

namespace doctor::report {
namespace {

using testing::HasSubstr;
using testing::Not;

remedy::Run run_of_sample(const diagnose::Incident& incident) {
  remedy::Run run;
  run.id = "r-20261124-030000-7f3a";
  run.state = remedy::RunState::done;
  run.plan.family = incident.family;
  run.plan.cause = incident.causes.front().id;
  run.plan.cluster = incident.cluster;
  run.plan.service = incident.service;
  run.plan.region = "eu-west-1";
  remedy::Step step;
  step.id = "1";
  step.title = "Keep 2 on-demand tasks";
  step.resource = {"ecs:service", "arn:svc", "111122223333", "eu-west-1"};
  step.reversible = false;
  step.one_way_reason = "AWS has no call for it";
  run.plan.steps = {step};
  remedy::Entry entry;
  entry.step = "1";
  entry.outcome = remedy::Outcome::done;
  entry.before = R"({"desiredCount":2})";
  entry.after = R"({"desiredCount":3})";
  entry.request = {"ecs", "UpdateService", "eu-west-1", R"({"service":"it's"})"};
  run.entries = {entry};
  run.plan.advice = {{"fix", "End on SIGTERM", "within 30 s"}};
  return run;
}

const diagnose::Incident& with_evidence(const diagnose::Diagnosis& diagnosis) {
  for (const auto& incident : diagnosis.incidents) {
    if (!incident.family.empty() && !incident.causes.empty() && !incident.causes.front().evidence.empty())
      return incident;
  }
  return diagnosis.incidents.front();
}

TEST(Runbook, OfARunAndItsDiagnosisHasEveryPart) {
  const auto diagnosis = sample_diagnosis();
  const auto run = run_of_sample(with_evidence(diagnosis));
  const auto runbook = runbook_of({.run = &run, .diagnosis = &diagnosis});
  ASSERT_TRUE(runbook) << core::to_line(runbook.error());
  const auto text = to_markdown(*runbook);
  for (const auto* part : {"## What happened", "## Evidence", "## What was done", "## Before and after",
                           "## What is left to do", "## How to undo", "## How to recognise it next time"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, HasSubstr("/desiredCount: 2 -"));
  EXPECT_THAT(text, HasSubstr("AWS has no call for it"));
  EXPECT_THAT(text, HasSubstr("End on SIGTERM"));
}

TEST(Runbook, WithoutADiagnosisItSaysWhereEvidenceWouldComeFrom) {
  const auto diagnosis = sample_diagnosis();
  const auto run = run_of_sample(with_evidence(diagnosis));
  EXPECT_THAT(to_markdown(*runbook_of({.run = &run})), HasSubstr("diagnosis"));
}

TEST(Runbook, AnIncidentThatIsNotThereIsNotFound) {
  diagnose::Diagnosis empty;
  EXPECT_EQ(runbook_of({.diagnosis = &empty}).error().kind, core::ErrorKind::not_found);
}

TEST(Runbook, TheVerificationIsInIt) {
  const auto diagnosis = sample_diagnosis();
  const auto run = run_of_sample(with_evidence(diagnosis));
  verify::Verification verification;
  verify::Check check;
  check.name = "a task starts";
  check.standing = verify::Standing::passed;
  verification.checks = {check};
  const auto runbook = runbook_of({.run = &run, .verification = &verification});
  EXPECT_THAT(to_markdown(*runbook), testing::AllOf(HasSubstr("## Verified"), HasSubstr("a task starts")));
}

TEST(RunbookCommand, IsTheClisAndSafeInAShell) {
  EXPECT_EQ(command_of(remedy::Request{"ecs", "UpdateService", "eu-west-1", R"({"service":"it's"})"}),
            R"(aws ecs update-service --region eu-west-1 --cli-input-json '{"service":"it'\''s"}')");
  EXPECT_EQ(command_of(remedy::Request{"iam", "PutRolePolicy", "", ""}),
            "aws iam put-role-policy --cli-input-json '{}'");
}

TEST(RunbookCommand, ANameCannotRunWhenTheLineIsPasted) {
  auto diagnosis = sample_diagnosis();
  diagnosis.incidents[0].cluster = "prod; reboot #";
  diagnosis.incidents[0].service = "a'b\nc";
  const auto text = to_markdown(*runbook_of({.diagnosis = &diagnosis}));
  EXPECT_THAT(text, HasSubstr("--cluster 'prod; reboot #' --service 'a'\\''b c'"));
}

TEST(RunbookFile, HasAPlainName) {
  Document document;
  document.title = "prod/../web: FargateExecError";
  EXPECT_EQ(file_name_of(document), "prod-web-fargateexecerror.md");
  document.title = "///";
  EXPECT_EQ(file_name_of(document), "runbook.md");
}

// Code is literal in both: what is between the marks goes.
std::string without_code(std::string text, std::string_view begin, std::string_view end) {
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin)) {
    const auto close = text.find(end, at + begin.size());
    text.erase(at, close == std::string::npos ? close : close + end.size() - at);
  }
  return text;
}

TEST(Runbook, HostileNamesStayText) {
  const auto diagnosis = diagnosis_full_of("<script>alert(1)</script>\x1b[31m\u202e ]]> | `x` [a](b)");
  const auto runbook = runbook_of({.diagnosis = &diagnosis});
  ASSERT_TRUE(runbook);
  for (const auto& text : {without_code(to_markdown(*runbook), "```", "```"),
                           without_code(to_storage_format(*runbook), "<![CDATA[", "]]></ac:plain")}) {
    EXPECT_EQ(text.find("<script"), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\u202e"), std::string::npos);
  }
}

TEST(DiagnosisReader, WhatDiagnosePrintsComesBackToTheSameBytes) {
  const std::string json = to_json(sample_diagnosis());
  const auto back = diagnosis_of(json, "x");
  ASSERT_TRUE(back) << core::to_line(back.error());
  EXPECT_EQ(to_json(*back), json);
}

TEST(DiagnosisReader, RefusesWhatIsNone) {
  EXPECT_FALSE(diagnosis_of(R"({"schema":"fargate-doctor/plan/1"})", "x"));
  EXPECT_FALSE(diagnosis_of(R"({"schema":"fargate-doctor/diagnosis/1","incidents":{}})", "x"));
  EXPECT_FALSE(diagnosis_of("", "x"));
}

}  // namespace
}  // namespace doctor::report
