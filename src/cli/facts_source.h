// Where a command's facts come from: AWS, or the folder that --snapshot names.
#pragma once

#include <memory>
#include <string>

#include "aws/client.h"
#include "cli/context.h"
#include "core/result.h"
#include "facts/facts.h"
#include "facts/scope.h"

namespace doctor::cli {

struct FactsSource {
  std::string snapshot;  // "" : AWS is asked
  std::string record;    // a folder that gets what AWS answered; "" : none
};

struct GivenFacts {
  facts::Facts facts;
  std::unique_ptr<aws::Client> client;  // that asked; null where a snapshot was read
};

// Sets the regions of the scope. Errors: those of read_snapshot() and read_live().
core::Result<GivenFacts> facts_from(const Context& context, const FactsSource& source, facts::Scope& scope);

}  // namespace doctor::cli
