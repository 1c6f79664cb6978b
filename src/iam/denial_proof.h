// What AWS's words alone prove about a refusal, and what they leave open.
#pragma once

#include <string>
#include <vector>

#include "iam/denial.h"

namespace doctor::iam {

struct DenialProof {
  std::string summary;            // one sentence: who may not do what, and why as far as AWS says
  std::vector<std::string> open;  // what the words leave open, each with how to find out
};

DenialProof proof_of(const Denial& denial);

}  // namespace doctor::iam
