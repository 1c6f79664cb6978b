// A query answered: every packet that it asks about walked, region by region, and the parts put together.
#pragma once

#include "network/path.h"
#include "network/trace.h"

namespace doctor::network {

// Either end may be an interface that need not exist; then query.from or query.to is ignored.
struct Question {
  Query query;
  const Source* from = nullptr;
  const Source* to = nullptr;
  bool verdict_only = false;  // the answer's hops are not asked for
};

struct Answered {
  Answer answer;            // without smallest_change
  std::vector<Mend> mends;  // of the first part that does not pass
};

core::Result<Answered> answer(const Network::Index& index, const Question& question);

// Finds the changes that open the path by trying them on a copy of the facts: as many as it takes, and then
// each left out that is not needed. Sets answer.smallest_change.
void find_smallest_change(const facts::Facts& facts, const Question& question, Answered& answered);

}  // namespace doctor::network
