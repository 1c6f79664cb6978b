// The answer of `iam explain`, as text and as JSON ("fargate-doctor/iam-explain/1").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iam/blame.h"
#include "iam/denial_proof.h"

namespace doctor::cli {

struct ExplainedDenial {
  iam::Denial denial;
  iam::DenialProof proof;
  std::optional<iam::Blame> blame;  // where policies were given
};

std::string iam_explanation_text(const std::vector<ExplainedDenial>& explained);
std::string iam_explanation_json(const std::vector<ExplainedDenial>& explained);

}  // namespace doctor::cli
