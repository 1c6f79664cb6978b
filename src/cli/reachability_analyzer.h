// VPC Reachability Analyzer's opinion of a path, asked live and only with --confirm: AWS charges for each
// analysis.
//
// "How Reachability Analyzer works" (Reachability Analyzer Guide): it takes resources as ends, not addresses:
// interfaces, internet gateways, VPC endpoints and others; TCP or UDP with one port; IPv4 alone
// (CreateNetworkInsightsPath). What a query asks beyond that cannot be asked of it, and is said.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "aws/client.h"
#include "core/result.h"
#include "facts/facts.h"
#include "network/path.h"
#include "report/network.h"

namespace doctor::cli {

// "Amazon VPC pricing", Network Analysis: of each analysis, in every commercial Region when this was written.
inline constexpr std::string_view kAnalysisPrice = "$0.10";

struct AnalyzerQuestion {
  std::string region;
  std::string input;  // of CreateNetworkInsightsPath, without its ClientToken
};

// The query in the analyzer's terms. Error: usage, in the words that say why it cannot be asked.
core::Result<AnalyzerQuestion> analyzer_question(const facts::Facts& facts, const network::Query& query);

// Makes a path, analyses it, waits for the end (5 minutes at most), and deletes both. `client` must not be
// one that Ctrl-C silences, or nothing could be deleted: `cancelled` ends the waiting instead. What could not
// be deleted is named on `err` with the command that does it. Error: refused, unreachable …, of the first
// call that AWS did not answer.
core::Result<report::SecondOpinion> ask_reachability_analyzer(aws::Client& client,
                                                              const AnalyzerQuestion& question,
                                                              const std::atomic<bool>& cancelled,
                                                              std::ostream& err);

}  // namespace doctor::cli
