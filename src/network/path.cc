#include "network/path.h"

#include <utility>

#include "network/answer.h"
#include "network/index.h"

namespace doctor::network {
namespace {

core::Result<Answer> with_smallest_change(const Network::Index& index, const Question& question) {
  auto answered = answer(index, question);
  if (!answered) return core::fail(answered.error());
  if (answered->answer.reachable == Reachable::no) find_smallest_change(*index.facts, question, *answered);
  return std::move(answered->answer);
}

}  // namespace

Network::Network(const facts::Facts& facts) : index_(std::make_unique<Index>(facts)) {}
Network::~Network() = default;

core::Result<Answer> Network::path(const Query& query) const {
  return with_smallest_change(*index_, {query, nullptr, nullptr, false});
}

core::Result<Answer> Network::path_from(const Source& source, const Query& query) const {
  return with_smallest_change(*index_, {query, &source, nullptr, false});
}

core::Result<Answer> Network::path_to(const Query& query, const Source& destination) const {
  return with_smallest_change(*index_, {query, nullptr, &destination, false});
}

core::Result<Answer> Network::verdict_from(const Source& source, const Query& query) const {
  auto answered = answer(*index_, {query, &source, nullptr, true});
  if (!answered) return core::fail(answered.error());
  return std::move(answered->answer);
}

}  // namespace doctor::network
