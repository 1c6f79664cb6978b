// Behaviour of the five renderings. Golden files are in golden_test.cc, hostile input in hostile_test.cc.
#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "report/explanation.h"
#include "report/sample_support.h"
#include "report/words.h"

namespace doctor::report {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

diagnose::Diagnosis one_incident() {
  diagnose::Diagnosis diagnosis = sample_diagnosis();
  diagnosis.incidents.resize(1);
  return diagnosis;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

TEST(Words, CertaintyIsSaidAsPeopleSayIt) {
  EXPECT_EQ(certainty(0.97), "almost certain");
  EXPECT_EQ(certainty(0.85), "very likely");
  EXPECT_EQ(certainty(0.6), "likely");
  EXPECT_EQ(certainty(0.4), "possible");
  EXPECT_EQ(certainty(0.2), "unlikely");
  EXPECT_EQ(certainty(0.001), "very unlikely");
}

TEST(Words, PercentNeverClaimsCertaintyThatIsNotThere) {
  EXPECT_EQ(percent(0.9996), ">99 %");
  EXPECT_EQ(percent(0.0004), "<1 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(0.974), "97 %");
}

TEST(Text, FirstLineIsTheAnswer) {
  const std::string text = to_text(one_incident(), {120, false});
  EXPECT_EQ(first_line(text),
            "prod/web: 4 Spot interruptions. Almost certain (97 %): AWS reclaimed Spot capacity in one zone, "
            "eu-west-1a");
}

TEST(Text, StopsThatAwsDidNotMakeAreNotCountedAsInterruptions) {
  diagnose::Diagnosis diagnosis = one_incident();
  diagnosis.incidents[0].causes[0].id = "spot.not_an_interruption";
  EXPECT_THAT(first_line(to_text(diagnosis, {120, false})), HasSubstr("prod/web: 4 stops of Spot tasks."));
}

TEST(Text, OrderIsAnswerFixProofContributingCandidatesMissing) {
  const std::string text = to_text(one_incident(), {100, false});
  std::size_t last = 0;
  for (const char* part :
       {"Almost certain", "Do this", "on-demand base", "base=2", "Proof", "SpotInterruption", "Why it hurt",
        "Other candidates", "Could not be seen", "to see it"}) {
    const std::size_t at = text.find(part, last);
    ASSERT_NE(at, std::string::npos) << part << " does not follow in:\n" << text;
    last = at;
  }
}

TEST(Text, ThreeStrongestPiecesOfProofAreShownWithTheirSource) {
  const std::string text = to_text(one_incident(), {100, false});
  EXPECT_THAT(text, HasSubstr("ecs describe-tasks · tasks[].stopCode = SpotInterruption · 24 Nov 03:02:12"));
  EXPECT_LT(text.find("(×120)"), text.find("(×25)"));
  EXPECT_LT(text.find("(×25)"), text.find("(×14)"));
  EXPECT_THAT(text, Not(HasSubstr("Nobody called StopTask")));
  EXPECT_THAT(text, HasSubstr("2 more pieces were weighed"));
}

TEST(Text, OtherCandidatesStandOnOneParagraphWithTheirProbabilities) {
  const std::string text = to_text(one_incident(), {200, false});
  EXPECT_THAT(
      text,
      HasSubstr("Other candidates: an AWS Health event of ECS in eu-west-1 covers it 2 %, AWS reclaimed "
                "Spot capacity in several zones at once <1 %, something unknown <1 %"));
}

TEST(Text, AFewIncidentsHaveTheirWholeAnswersOnTop) {
  const std::string text = to_text(sample_diagnosis(), {80, false});
  EXPECT_THAT(text, StartsWith("1  prod/web: 4 Spot interruptions. Almost certain (97 %): AWS"));
  EXPECT_THAT(text, HasSubstr("   capacity in one zone, eu-west-1a\n"
                              "2  prod/billing-worker: 3 failed starts. Almost certain (99 %)"));
  EXPECT_THAT(text, HasSubstr("Incident 2 of 2"));
}

TEST(Text, ManyIncidentsHaveOneLineEachOnTop) {
  diagnose::Diagnosis many = sample_diagnosis();
  while (many.incidents.size() < 12) many.incidents.push_back(many.incidents.front());
  const std::string text = to_text(many, {80, false});
  EXPECT_EQ(std::count(text.begin(), text.begin() + static_cast<long>(text.find("\n\n")) + 1, '\n'), 12);
}

TEST(Text, NoIncidentIsOneClearSentence) {
  diagnose::Diagnosis nothing;
  nothing.cluster = "prod";
  nothing.service = "web";
  EXPECT_EQ(to_text(nothing, {100, false}),
            "No failed Fargate task was found in service web of cluster prod.\n");
  nothing.missing = {{"AWS Health events", "refused", "health:DescribeEvents"}};
  EXPECT_THAT(to_text(nothing, {120, false}), HasSubstr("but some evidence could not be read"));
}

TEST(Text, ColourOnlyWhenAsked) {
  EXPECT_THAT(to_text(sample_diagnosis(), {100, false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(to_text(sample_diagnosis(), {100, true}), HasSubstr("\x1b[1;31m"));
}

TEST(Text, UnknownCauseSaysSoAndNamesTheBestGuess) {
  diagnose::Diagnosis diagnosis = one_incident();
  auto& causes = diagnosis.incidents[0].causes;
  causes[0].probability = 0.30;
  causes.insert(causes.begin(), {"unknown", "something else", 0.55, {}, {}});
  const std::string text = to_text(diagnosis, {160, false});
  EXPECT_THAT(first_line(text), HasSubstr("Cause unknown (55 %); the best guess at 30 %: AWS reclaimed"));
  EXPECT_THAT(text, HasSubstr("If the best guess is right, do this\n"));
  EXPECT_THAT(text, HasSubstr("SpotInterruption"));  // the guess's proof is still shown
}

TEST(JsonReport, HasTheSchemaOfTheDesign) {
  const json out = json::parse(to_json(sample_diagnosis()));
  EXPECT_EQ(out["schema"], "fargate-doctor/diagnosis/1");
  EXPECT_EQ(out["generated_at"], "2026-11-24T03:25:00Z");
  EXPECT_EQ(out["scope"]["cluster"], "prod");
  EXPECT_TRUE(out["scope"]["task"].is_null());
  const json& incident = out["incidents"][0];
  EXPECT_EQ(incident["family"], "FargateSpotInterrupted");
  EXPECT_EQ(incident["resource"]["cluster"], "prod");
  EXPECT_EQ(incident["resource"]["service"], "web");
  EXPECT_EQ(incident["resource"]["task_arns"].size(), 4u);
  EXPECT_EQ(incident["count"], 4);
  EXPECT_EQ(incident["first_seen"], "2026-11-24T03:00:12Z");
  const json& cause = incident["causes"][0];
  EXPECT_EQ(cause["id"], "spot.reclaimed_zone");
  const json& evidence = cause["evidence"][0];
  EXPECT_EQ(evidence["direction"], "for");
  EXPECT_EQ(cause["evidence"][4]["direction"], "against");
  EXPECT_EQ(evidence["weight"], 120);
  EXPECT_EQ(evidence["source"]["operation"], "describe-tasks");
  EXPECT_EQ(evidence["source"]["time"], "2026-11-24T03:02:12Z");
  EXPECT_TRUE(evidence["source"]["event_id"].is_null());
  EXPECT_EQ(cause["fixes"][0]["requires"], json({"ecs:UpdateService"}));
  EXPECT_EQ(cause["fixes"][0]["reversible"], true);
  EXPECT_EQ(incident["contributing"][0]["id"], "spot.no_on_demand_base");
  EXPECT_EQ(incident["timeline"][0]["kind"], "task");
  EXPECT_EQ(out["missing"][0]["how_to_grant"],
            "organizations:ListPoliciesForTarget, from the management or a delegated account");
}

TEST(JsonReport, FamilyIsNullForAStopOfNone) {
  diagnose::Diagnosis diagnosis = one_incident();
  diagnosis.incidents[0].family.clear();
  diagnosis.incidents[0].service.clear();
  const json out = json::parse(to_json(diagnosis));
  EXPECT_TRUE(out["incidents"][0]["family"].is_null());
  EXPECT_TRUE(out["incidents"][0]["resource"]["service"].is_null());
}

TEST(JsonReport, ProbabilitiesHaveSixDigitsAndStillSumToOne) {
  diagnose::Diagnosis diagnosis = one_incident();
  auto& causes = diagnosis.incidents[0].causes;
  causes.clear();
  for (int i = 0; i < 3; ++i) causes.push_back({std::to_string(i), "x", 1.0 / 3, {}, {}});
  const std::string text = to_json(diagnosis);
  EXPECT_THAT(text, HasSubstr("\"probability\": 0.333334,"));
  EXPECT_THAT(text, HasSubstr("\"probability\": 0.333333,"));
  long millionths = 0;
  const json out = json::parse(text);
  for (const json& cause : out["incidents"][0]["causes"]) {
    millionths += std::lround(cause["probability"].get<double>() * 1e6);
  }
  EXPECT_EQ(millionths, 1000000);
}

TEST(JsonReport, SameDiagnosisGivesTheSameBytes) {
  EXPECT_EQ(to_json(sample_diagnosis()), to_json(sample_diagnosis()));
  EXPECT_EQ(to_html(sample_diagnosis()), to_html(sample_diagnosis()));
}

TEST(JsonReport, NumbersThatAreNoneDoNotBreakIt) {
  diagnose::Diagnosis diagnosis = one_incident();
  diagnosis.incidents[0].causes[0].probability = std::numeric_limits<double>::quiet_NaN();
  diagnosis.incidents[0].causes[0].evidence[0].weight = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(json::accept(to_json(diagnosis)));
  EXPECT_TRUE(json::accept(to_sarif(diagnosis)));
  EXPECT_FALSE(to_html(diagnosis).empty());
  EXPECT_FALSE(to_text(diagnosis, {}).empty());
}

TEST(Sarif, OneResultAnIncidentWithItsTopCauseAsRule) {
  const json out = json::parse(to_sarif(sample_diagnosis()));
  EXPECT_EQ(out["version"], "2.1.0");
  const json& run = out["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["name"], "fargate-doctor");
  ASSERT_EQ(run["results"].size(), 2u);
  for (const json& result : run["results"]) {
    EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
    EXPECT_EQ(result["level"], "error");
  }
  EXPECT_EQ(run["results"][0]["ruleId"], "spot.reclaimed_zone");
  EXPECT_EQ(run["results"][1]["ruleId"], "eni.no_free_addresses");
  EXPECT_EQ(run["results"][0]["occurrenceCount"], 4);
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"].size(), 2u);
}

// What SARIF 2.1.0 (OASIS) requires of each object that is written: 3.13 sarifLog, 3.18 tool, 3.19
// toolComponent, 3.20 invocation, 3.27 result, 3.49 reportingDescriptor, 3.58 notification, 3.11 message.
// Optional properties are checked where they have a closed list of values or a range.
void expect_sarif_message(const json& message) {
  ASSERT_TRUE(message.is_object());
  EXPECT_FALSE(message.value("text", "").empty());
}

void expect_sarif_locations(const json& locations) {
  ASSERT_TRUE(locations.is_array());
  EXPECT_EQ(std::set<json>(locations.begin(), locations.end()).size(), locations.size());
  for (const json& location : locations) {
    for (const json& place : location["logicalLocations"])
      EXPECT_FALSE(place.value("fullyQualifiedName", "").empty());
  }
}

void expect_sarif_result(const json& result, const json& rules) {
  expect_sarif_message(result["message"]);
  EXPECT_THAT((std::set<std::string>{"none", "note", "warning", "error"}), Contains(result["level"]));
  EXPECT_EQ(result["kind"], "fail");  // 3.27.10: any other kind forces the level to "none"
  const auto index = result["ruleIndex"].get<std::size_t>();
  ASSERT_LT(index, rules.size());
  EXPECT_EQ(rules[index]["id"], result["ruleId"]);
  EXPECT_GE(result["occurrenceCount"].get<int>(), 1);
  const double rank = result.value("rank", -1.0);
  EXPECT_TRUE(rank >= -1 && rank <= 100) << rank;
  expect_sarif_locations(result["locations"]);
  expect_sarif_locations(result.value("relatedLocations", json::array()));
  for (const json& fingerprint : result["partialFingerprints"]) EXPECT_TRUE(fingerprint.is_string());
}

void expect_sarif(const diagnose::Diagnosis& diagnosis) {
  const json log = json::parse(to_sarif(diagnosis));
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1u);
  const json& driver = log["runs"][0]["tool"]["driver"];
  EXPECT_FALSE(driver.value("name", "").empty());
  std::set<std::string> ids;
  for (const json& rule : driver["rules"]) {
    EXPECT_TRUE(ids.insert(rule["id"].get<std::string>()).second) << rule["id"];
    expect_sarif_message(rule["shortDescription"]);
  }
  for (const json& invocation : log["runs"][0]["invocations"]) {
    EXPECT_TRUE(invocation["executionSuccessful"].is_boolean());
    for (const json& note : invocation["toolExecutionNotifications"]) expect_sarif_message(note["message"]);
  }
  ASSERT_TRUE(log["runs"][0]["results"].is_array());
  for (const json& result : log["runs"][0]["results"]) expect_sarif_result(result, driver["rules"]);
}

TEST(Sarif, HasEveryPropertyThatTheSpecificationRequires) {
  expect_sarif(sample_diagnosis());
  expect_sarif(crowded_diagnosis(60));
  expect_sarif(diagnosis_full_of("x"));
  expect_sarif({});
}

TEST(Sarif, TwoIncidentsOfOneCauseShareTheRule) {
  diagnose::Diagnosis diagnosis = one_incident();
  diagnosis.incidents.push_back(diagnosis.incidents[0]);
  diagnosis.incidents[1].service = "api";
  const json run = json::parse(to_sarif(diagnosis))["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 1u);
  EXPECT_NE(run["results"][0]["partialFingerprints"], run["results"][1]["partialFingerprints"]);
}

TEST(Markdown, EvidenceIsATableThatFolds) {
  const std::string out = to_markdown(one_incident());
  EXPECT_THAT(out, HasSubstr("## prod/web: 4 Spot interruptions."));
  EXPECT_THAT(out, HasSubstr("<details open><summary>Evidence: 5 pieces</summary>\n\n| |"));
  EXPECT_THAT(out, HasSubstr("| for | All four tasks carry the stop code SpotInterruption. | ×120 |"));
  EXPECT_THAT(out, HasSubstr("| **against** |"));
}

TEST(Html, IsOneFileThatFetchesNothing) {
  const std::string page = to_html(sample_diagnosis());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-")));
  EXPECT_THAT(page, Not(HasSubstr(" src=")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
  EXPECT_THAT(page, Not(HasSubstr("http:")));
  EXPECT_THAT(page, Not(HasSubstr("https:")));
  EXPECT_THAT(page, Not(HasSubstr(" style=")));  // the policy would block it
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(page, HasSubstr("@media print"));
}

// A bar has the colour of an ended task up to its notice or its stop: the legend says what that is.
TEST(Html, LegendExplainsEveryColourOfABar) {
  diagnose::Diagnosis diagnosis = one_incident();
  diagnose::Incident& incident = diagnosis.incidents[0];
  const auto start = *incident.first_seen;
  for (const char* kind : {"interruption", "stop"}) {
    incident.timeline = {{start - std::chrono::minutes{5}, start, "eu-west-1a", "task", "web:1", "t1"},
                         {start, std::nullopt, "eu-west-1a", kind, "stopped", "t1"}};
    const std::string page = to_html(diagnosis);
    EXPECT_THAT(page, HasSubstr("</svg>task, ended</li>")) << kind;
    EXPECT_THAT(page, Not(HasSubstr("</svg>task, still running</li>"))) << kind;
  }
}

TEST(Html, HasLandmarksAndADescribedDrawing) {
  const std::string page = to_html(sample_diagnosis());
  for (const char* part : {"<html lang=\"en\">", "<main id=\"main\"", "<nav aria-label=", "<header",
                           "<footer", "role=\"img\"", "<desc id=", "href=\"#main\"", "<h1"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(Explanation, TextSaysWhatItMeansThenTheCauses) {
  const std::string text = explanation_text(sample_explanations(), {100, false});
  EXPECT_EQ(first_line(text), "FargateENICreateFailed: The task's network interface could not be created");
  EXPECT_LT(text.find("Every Fargate task takes one address"), text.find("Causes, before any proof"));
  EXPECT_THAT(text, HasSubstr("The subnet has no free address (eni.no_free_addresses)"));
  EXPECT_THAT(text, HasSubstr("recognised by: InsufficientFreeAddressesInSubnet"));
  EXPECT_THAT(text, HasSubstr("Fargate task networking"));
}

TEST(Explanation, NothingKnownIsOneSentence) {
  EXPECT_EQ(explanation_text({}, {100, false}), "Nothing in this text is known to fargate-doctor.\n");
  EXPECT_EQ(json::parse(explanation_json({}))["explanations"].size(), 0u);
}

TEST(Explanation, JsonCarriesSchemaPriorAndProof) {
  const json out = json::parse(explanation_json(sample_explanations()));
  EXPECT_EQ(out["schema"], "fargate-doctor/explanation/1");
  EXPECT_EQ(out["explanations"][0]["causes"][0]["prior"], 0.9);
  EXPECT_THAT(out["explanations"][0]["causes"][0]["proof"].get<std::string>(), HasSubstr("describe-subnets"));
  EXPECT_EQ(out["explanations"][0]["references"].size(), 2u);
}

}  // namespace
}  // namespace doctor::report
