// Every page and every batch of one call, as a state machine without a network.
//
// Pages hands out inputs to send, takes each answer, and in the end gives one merged answer. A list of ids
// that is longer than the operation takes is split into batches, which may all be in flight at once; the
// pages of one batch follow each other.
//
//   auto pages = Pages::start(*find_operation("ecs", "DescribeTasks"), input);
//   for (auto& request : pages->take()) send(request);              // first pages of all batches
//   pages->absorb(request.id, answer_json);                         // then again take(), until done()
//   std::string merged = pages->merged();
//
// Rules, which are the AWS CLI's where it has one:
// - An input that itself names the token or the page size asks for exactly one page, and keeps its token.
// - Otherwise the largest page size is asked for, but not beside a list of ids, names or ARNs, which several
//   services refuse ("MaxResults and SubnetIds cannot be specified together").
// - The merged answer has the first page's members with the result lists of all pages, in the order of
// batches and
//   pages; token and IsTruncated are gone. A single page without a token is passed on byte for byte.
// - A token that was already used ends the call with an error, rather than asking for ever.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/operations.h"
#include "core/result.h"

namespace doctor::aws {

struct PageRequest {
  int id = 0;         // of the batch; one request of a batch is out at a time
  std::string input;  // JSON object, to be encoded
};

class Pages {
 public:
  // `input` is one JSON object; "" is {}. Error: bad_input.
  static core::Result<Pages> start(const OperationModel& operation, std::string_view input);

  // Requests that can be sent now, each handed out once.
  std::vector<PageRequest> take();

  // The answer to the request of this id. Error: unreachable, where the page is not what AWS sends (no
  // object, a result that is no list, a token that was used before); the call is then over.
  core::Result<void> absorb(int id, std::string page);

  bool done() const;           // every page of every batch has been absorbed
  std::string merged() const;  // one JSON object; only once done()

  Pages(Pages&&) noexcept;
  Pages& operator=(Pages&&) noexcept;
  ~Pages();

 private:
  struct State;
  explicit Pages(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace doctor::aws
