// Every folder of tests/scenarios/ is a snapshot with the answer it must give (label.json). This test asks
// for each: is the labelled cause first, are the labelled contributing factors named, is the answer the same
// twice? It prints top-1 accuracy and the Brier score (mean squared distance of the stated probabilities from
// the truth: 0 is perfect), by family.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "core/json.h"
#include "diagnose/diagnose.h"
#include "facts/snapshot.h"
#include "report/report.h"

namespace doctor {
namespace {

namespace fs = std::filesystem;

struct Labelled {
  std::string family, service, cause;
  std::vector<std::string> contributing, absent;
  std::vector<std::string> proof;          // names that the evidence of the first cause must bear
  std::vector<std::string> useless_fixes;  // fixes that could not help and must not be offered
};

struct Scenario {
  fs::path folder;
  std::vector<Labelled> incidents;
};

Scenario scenario_of(const fs::path& folder) {
  std::ifstream in(folder / "label.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto document = core::JsonDocument::parse(text, (folder / "label.json").string());
  EXPECT_TRUE(document) << folder;
  Scenario scenario{folder, {}};
  for (const core::Json& item : document->root()["incidents"].items()) {
    scenario.incidents.push_back(
        {std::string(item["family"].string_or()), std::string(item["service"].string_or()),
         std::string(item["cause"].string_or()), item["contributing"].strings(), item["absent"].strings(),
         item["proof"].strings(), item["useless_fixes"].strings()});
  }
  return scenario;
}

std::vector<Scenario> all_scenarios() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(DOCTOR_SOURCE_DIR) / "tests/scenarios")) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  std::vector<Scenario> scenarios;
  for (const auto& folder : folders) scenarios.push_back(scenario_of(folder));
  return scenarios;
}

diagnose::Diagnosis diagnosis_of(const fs::path& folder) {
  const auto facts = facts::read_snapshot(folder);
  EXPECT_TRUE(facts) << folder << ": " << (facts ? "" : core::to_line(facts.error()));
  if (!facts) return {};
  auto diagnosis = diagnose::diagnose(*facts, {});
  EXPECT_TRUE(diagnosis) << folder << ": " << (diagnosis ? "" : core::to_line(diagnosis.error()));
  return diagnosis ? *diagnosis : diagnose::Diagnosis{};
}

const diagnose::Incident* find(const diagnose::Diagnosis& diagnosis, const Labelled& label) {
  for (const auto& incident : diagnosis.incidents) {
    if (incident.family == label.family && (incident.service == label.service || incident.service.empty()))
      return &incident;
  }
  return nullptr;
}

double brier(const diagnose::Incident& incident, const std::string& truth) {
  double sum = 0;
  bool named = false;
  for (const auto& cause : incident.causes) {
    const double target = cause.id == truth ? 1 : 0;
    named = named || cause.id == truth;
    sum += (cause.probability - target) * (cause.probability - target);
  }
  return named ? sum : sum + 1;
}

TEST(Scenarios, ThereAreAtLeastFortyAndEveryFamilyHasSome) {
  std::map<std::string, int> families;
  const auto scenarios = all_scenarios();
  for (const auto& scenario : scenarios) ++families[scenario.incidents.at(0).family];
  EXPECT_GE(scenarios.size(), 40u);
  EXPECT_EQ(families.size(), 8u);
  for (const auto& [family, count] : families) EXPECT_GE(count, 4) << family;
}

TEST(Scenarios, LabelledCauseIsFirst) {
  struct Score {
    int right = 0, all = 0;
    double brier = 0;
  };
  std::map<std::string, Score> scores;
  for (const auto& scenario : all_scenarios()) {
    const auto diagnosis = diagnosis_of(scenario.folder);
    const std::string name = scenario.folder.filename();
    ASSERT_FALSE(diagnosis.incidents.empty()) << name;
    const auto& primary = scenario.incidents.front();
    EXPECT_EQ(diagnosis.incidents.front().family, primary.family) << name;
    for (const auto& label : scenario.incidents) {
      auto& score = scores[label.family.empty() ? "(none)" : label.family];
      ++score.all;
      const auto* incident = find(diagnosis, label);
      if (incident == nullptr) {
        ADD_FAILURE() << name << ": no incident " << label.family << " of " << label.service;
        score.brier += 2;
        continue;
      }
      const auto& top = incident->causes.at(0);
      EXPECT_EQ(top.id, label.cause) << name << ": " << top.probability;
      score.right += top.id == label.cause;
      score.brier += brier(*incident, label.cause);
    }
  }
  Score sum;
  std::cout << "family                           top-1    Brier\n";
  for (const auto& [family, score] : scores) {
    printf("%-32s %2d/%-2d  %.4f\n", family.c_str(), score.right, score.all, score.brier / score.all);
    sum.right += score.right;
    sum.all += score.all;
    sum.brier += score.brier;
  }
  printf("%-32s %2d/%-2d  %.4f\n", "all", sum.right, sum.all, sum.brier / sum.all);
}

TEST(Scenarios, LabelledContributingFactorsAreNamedAndDecoysAreNot) {
  for (const auto& scenario : all_scenarios()) {
    const auto diagnosis = diagnosis_of(scenario.folder);
    for (const auto& label : scenario.incidents) {
      const auto* incident = find(diagnosis, label);
      if (incident == nullptr) continue;  // LabelledCauseIsFirst reports it
      std::set<std::string> named;
      for (const auto& factor : incident->contributing) named.insert(factor.id);
      for (const auto& factor : label.contributing) {
        EXPECT_TRUE(named.contains(factor)) << scenario.folder.filename() << " lacks " << factor;
      }
      for (const auto& factor : label.absent) {
        EXPECT_FALSE(named.contains(factor)) << scenario.folder.filename() << " names " << factor;
      }
    }
  }
}

bool is_named(const diagnose::Cause& cause, const std::string& name) {
  return std::any_of(cause.evidence.begin(), cause.evidence.end(), [&](const auto& evidence) {
    return evidence.statement.find(name) != std::string::npos ||
           evidence.source.value.find(name) != std::string::npos;
  });
}

TEST(Scenarios, TheExactRuleOrStatementIsNamed) {
  int labelled = 0;
  for (const auto& scenario : all_scenarios()) {
    const auto diagnosis = diagnosis_of(scenario.folder);
    for (const auto& label : scenario.incidents) {
      const auto* incident = find(diagnosis, label);
      if (incident == nullptr || incident->causes.at(0).id != label.cause) continue;  // reported above
      labelled += label.proof.empty() ? 0 : 1;
      for (const auto& name : label.proof) {
        EXPECT_TRUE(is_named(incident->causes.at(0), name))
            << scenario.folder.filename() << ": no evidence of " << label.cause << " names " << name;
      }
    }
  }
  EXPECT_GE(labelled, 20);
}

// Where a policy above denies, no further Allow helps; and so on.
TEST(Scenarios, FixesThatCannotHelpAreNotOffered) {
  for (const auto& scenario : all_scenarios()) {
    const auto diagnosis = diagnosis_of(scenario.folder);
    for (const auto& label : scenario.incidents) {
      const auto* incident = find(diagnosis, label);
      if (incident == nullptr) continue;
      const auto& fixes = incident->causes.at(0).fixes;
      for (const auto& useless : label.useless_fixes) {
        EXPECT_TRUE(
            std::none_of(fixes.begin(), fixes.end(), [&](const auto& fix) { return fix.id == useless; }))
            << scenario.folder.filename() << " offers " << useless;
      }
    }
  }
}

TEST(Scenarios, ProbabilitiesOfEveryIncidentSumToOneAndUnknownIsAmongThem) {
  for (const auto& scenario : all_scenarios()) {
    for (const auto& incident : diagnosis_of(scenario.folder).incidents) {
      double sum = 0;
      bool unknown = false;
      for (const auto& cause : incident.causes) {
        sum += cause.probability;
        unknown = unknown || cause.id == "unknown";
      }
      EXPECT_NEAR(sum, 1, 1e-9) << scenario.folder.filename();
      EXPECT_TRUE(unknown) << scenario.folder.filename();
      EXPECT_TRUE(std::is_sorted(incident.causes.begin(), incident.causes.end(),
                                 [](const auto& a, const auto& b) { return a.probability > b.probability; }));
    }
  }
}

TEST(Scenarios, EveryLikelyCauseHasProofAndAFix) {
  for (const auto& scenario : all_scenarios()) {
    for (const auto& incident : diagnosis_of(scenario.folder).incidents) {
      const auto& top = incident.causes.at(0);
      EXPECT_FALSE(top.evidence.empty()) << scenario.folder.filename() << " " << top.id;
      if (top.id != "unknown") EXPECT_FALSE(top.fixes.empty()) << scenario.folder.filename() << " " << top.id;
      for (const auto& evidence : top.evidence) {
        EXPECT_FALSE(evidence.source.service.empty()) << top.id << ": " << evidence.statement;
        EXPECT_GE(evidence.weight, 1) << top.id << ": " << evidence.statement;
      }
    }
  }
}

TEST(Scenarios, TheSameSnapshotGivesTheSameBytes) {
  for (const auto& scenario : all_scenarios()) {
    EXPECT_EQ(report::to_json(diagnosis_of(scenario.folder)), report::to_json(diagnosis_of(scenario.folder)));
  }
}

}  // namespace
}  // namespace doctor
