// What the diagnosis knows: causes with priors, evidence with likelihood ratios, fixes. Data, in table.cc, to
// be read as a table; the code that uses it has no family's name in it.
//
// A cause's posterior odds are its prior odds times the likelihood ratio of each piece of evidence that was
// observed (weigh.h). A ratio is P(evidence | cause) / P(evidence | another cause of the family): 10 is
// strong, 100 decides, 1/20 = 0.05 speaks against. A cause that a row does not name has ratio 1. `unknown` is
// a cause of every family.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace doctor::diagnose {

struct FixRow {
  std::string_view id, title;
  bool reversible;
  std::string_view requires_actions;  // IAM actions, separated by ' '
};

struct CauseRow {
  std::string_view id;      // causes.md
  std::string_view family;  // "" for stops of no family
  std::string_view title;   // a phrase that completes "most likely cause: …"
  double
      prior;  // within the family, `unknown` taking the rest; for a contributing factor: its own probability
  bool contributing;
  std::string_view fixes;  // ids, separated by ' ', the best first
  std::string_view proof;  // what shows it, as a sentence with the CLI command; for explain
};

struct Ratio {
  std::string_view cause;
  double ratio;
};

struct EvidenceRow {
  std::string_view id;      // "spot.stop_code"
  std::string_view family;  // "" where it serves several
  std::vector<Ratio> ratios;
  std::string_view source;  // the AWS document or rule of thumb that the ratios rest on
};

const std::vector<FixRow>& fix_table();
const std::vector<CauseRow>& cause_table();
const std::vector<EvidenceRow>& evidence_table();

const FixRow* find_fix(std::string_view id);
const CauseRow* find_cause(std::string_view id);
const EvidenceRow* find_evidence(std::string_view id);

// The ids of a list that a row holds: "more_zones retry_later".
std::vector<std::string_view> words_of(std::string_view list);

}  // namespace doctor::diagnose
