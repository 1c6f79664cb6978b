// explain: what a family, an AWS code, a stopped reason or a service event means. Offline, pure, a few
// microseconds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/diagnosis.h"

namespace doctor::diagnose {

struct ExplainedCause {
  std::string id, title, proof;  // proof: what would show that it is this one, with the command that shows it
  double prior = 0;
  std::vector<Fix> fixes;
};

struct Explanation {
  std::string family;   // "" for a stop of no family
  std::string matched;  // the sign in the text that decided ("InsufficientFreeAddressesInSubnet")
  std::string title, meaning;
  std::vector<ExplainedCause> causes, contributing;  // the likeliest for this text first
  std::vector<std::string> references;               // titles of AWS documents
};

// Empty where nothing in the text is known; more than one where the text is ambiguous, best first.
std::vector<Explanation> explain(std::string_view text);

// The names that `explain` lists when it is asked for nothing it knows.
std::vector<std::string> known_families();

}  // namespace doctor::diagnose
