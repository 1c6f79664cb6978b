// The board of questions: what is to be asked next, and what has been asked before.
//
// The rules of live_*.cc look at the facts so far and put down every question that they can phrase; they run
// again before every wave and need not remember anything, for the board takes each question once a run. A
// wave is all the open questions, asked at once. Questions to a global service (IAM, Health, Organizations,
// STS) that several regions ask alike are asked once and answer them all.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "facts/live.h"
#include "facts/redact.h"

namespace doctor::facts {

struct Question {
  std::string service, operation;  // "ecs", "DescribeTasks"
  std::string region;
  std::string input;                // JSON
  std::string subject;              // <anything> of the file name; unique for service and operation
  std::vector<std::size_t> places;  // which places the answer belongs to
};

struct Reply {
  Question question;
  std::string text;     // redacted answer; "" where it failed
  std::string refusal;  // what the CLI would have printed; "" where it was answered
  core::Error error;    // where it failed
};

class Board {
 public:
  Board(aws::Client& client, bool hide_account_ids) : client_(client), hide_(hide_account_ids) {}

  // Puts the question down unless it was asked before. `subject` as in facts/subject.h: what the answer is
  // about where it does not say, and whatever tells its file from others.
  void ask(std::size_t place, std::string_view region, std::string_view service, std::string_view operation,
           std::string input, std::string subject = {});
  // True the first time that this place asks about this resource.
  bool first_time(std::size_t place, std::string_view about);
  // Those of the ids that nobody asked about before.
  std::vector<std::string> fresh(std::size_t place, std::string_view kind, const std::set<std::string>& ids);

  bool has_questions() const { return !open_.empty(); }
  int waves() const { return waves_; }
  // Asks all open questions at once. Answers are redacted, and account ids hidden where that is wanted.
  std::vector<Reply> run();

  std::string hidden(std::string_view text);  // account ids as this run shows them

 private:
  aws::Client& client_;
  bool hide_;
  int waves_ = 0;
  AccountMask mask_;
  std::vector<Question> open_;
  std::map<std::string, std::size_t> open_at_;  // key of a question -> its place in open_
  std::set<std::string> asked_, about_;
  std::map<std::string, int> names_;  // "ecs.DescribeTasks.prod" -> how many files have this name
};

std::string cli_operation(std::string_view api_operation);  // "DescribeTasks" -> "describe-tasks"

}  // namespace doctor::facts
