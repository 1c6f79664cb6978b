// The two answers about the network, on paper: whether a packet gets through (`network path`), and which of
// the things that a Fargate task needs can be reached (`network needs`). Pure functions, as in report.h.
//
//   std::cout << path_text(answer, {.width = 100, .colour = true});
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/needs.h"
#include "network/path.h"
#include "report/report.h"

namespace doctor::report {

// What VPC Reachability Analyzer says of the same question, beside our own answer.
struct SecondOpinion {
  bool asked = false;             // false: it cannot be asked this, and `why` says what stands in the way
  std::optional<bool> reachable;  // NetworkPathFound; nothing where the analysis did not succeed
  std::string status, why;        // AWS's status and status message, or why it was not asked
  std::string analysis_id = {};
  std::vector<std::string> explanations =
      {};  // "ENI_SG_RULES_MISMATCH: sg-1 …", of a path that was not found
};

std::string path_text(const network::Answer& answer, const TextStyle& style,
                      const SecondOpinion* second = nullptr);
std::string path_markdown(const network::Answer& answer, const SecondOpinion* second = nullptr);
std::string path_html(const network::Answer& answer,
                      const SecondOpinion* second = nullptr);  // one self-contained file, with a drawing

// {"schema": "fargate-doctor/network-path/1", "reachable": true|false|"depends", "forward": [hop],
//  "return": [hop], "blocked_by": [{"resource", "rule", "why", "kind", "direction"}], "smallest_change":
//  [{"resource", "operation", "parameters", "why", "command"}], "depends_on": [], "query": {}, "parts": []};
//  hop = {"resource", "kind", "rule", "admitted": true|false|"unknown", "why"}; "parts" only where a range
//  is reached in part.
std::string path_json(const network::Answer& answer, const SecondOpinion* second = nullptr);

// What is needed at one place to start from, which `from` says in words.
struct NeedsOfStart {
  std::string from;
  std::vector<network::NeedAnswer> needs;
};

// Each need in one line, those that cannot be reached first.
std::string needs_text(const std::vector<NeedsOfStart>& starts, const TextStyle& style);
std::string needs_markdown(const std::vector<NeedsOfStart>& starts);
// {"schema": "fargate-doctor/network-needs/1", "reachable": as above, "starts": [{"from", "reachable",
//  "needs": [{"id", "title", "to", "protocol", "port", "action", "way", "path": a network-path without its
//  schema}]}]}
std::string needs_json(const std::vector<NeedsOfStart>& starts);

}  // namespace doctor::report
