#include "facts/board.h"

#include <algorithm>
#include <array>

namespace doctor::facts {
namespace {

constexpr std::size_t kLongestSubject = 180;  // file names hold 255 bytes

constexpr std::array<std::string_view, 4> kGlobal = {"iam", "organizations", "health", "sts"};

bool is_global(std::string_view service) {
  return std::find(kGlobal.begin(), kGlobal.end(), service) != kGlobal.end();
}

// The words of the CLI, so that a recorded refusal reads like one saved by hand.
std::string refusal_text(const Question& question, const core::Error& error) {
  if (error.code.empty()) return core::printable(error.sentence);
  std::string_view message = error.sentence;
  if (const auto at = message.find(error.code + ": "); at != std::string_view::npos)
    message.remove_prefix(at + error.code.size() + 2);
  return "An error occurred (" + error.code + ") when calling the " + question.operation +
         " operation: " + core::printable(message);
}

}  // namespace

std::string cli_operation(std::string_view api_operation) {
  std::string out;
  for (const char c : api_operation) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

void Board::ask(std::size_t place, std::string_view region, std::string_view service,
                std::string_view operation, std::string input, std::string subject) {
  std::string key = std::string(service) + "." + std::string(operation) + " " + input;
  if (!is_global(service)) key += " " + std::string(region) + " " + std::to_string(place);
  if (const auto open = open_at_.find(key); open != open_at_.end()) {
    auto& places = open_[open->second].places;
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    return;
  }
  if (!asked_.insert(key).second) return;
  if (subject.size() > kLongestSubject) subject.resize(kLongestSubject);
  const std::string name = std::to_string(is_global(service) ? 0 : place) + " " + std::string(service) + "." +
                           std::string(operation) + "." + subject;
  const int number = ++names_[name];
  if (number > 1) subject += (subject.empty() ? "" : ".") + std::to_string(number);
  open_at_[key] = open_.size();
  open_.push_back({std::string(service),
                   std::string(operation),
                   std::string(region),
                   std::move(input),
                   std::move(subject),
                   {place}});
}

bool Board::first_time(std::size_t place, std::string_view about) {
  return about_.insert(std::to_string(place) + " " + std::string(about)).second;
}

std::vector<std::string> Board::fresh(std::size_t place, std::string_view kind,
                                      const std::set<std::string>& ids) {
  std::vector<std::string> out;
  for (const std::string& id : ids) {
    if (!id.empty() && first_time(place, std::string(kind) + ":" + id)) out.push_back(id);
  }
  return out;
}

std::string Board::hidden(std::string_view text) {
  return hide_ ? mask_.hide(text) : std::string(text);
}

std::vector<Reply> Board::run() {
  ++waves_;
  const std::vector<Question> questions = std::move(open_);
  open_.clear();
  open_at_.clear();
  std::vector<aws::Call> calls;
  for (const Question& q : questions)
    calls.push_back({q.service, q.operation, q.region, hide_ ? mask_.reveal(q.input) : q.input});
  auto answers = client_.run(calls);
  std::vector<Reply> out;
  for (std::size_t i = 0; i < questions.size() && i < answers.size(); ++i) {
    Reply reply{questions[i], {}, {}, {}};
    if (answers[i]) {
      reply.text = hidden(redact_json(answers[i]->json));
    } else {
      reply.error = answers[i].error();
      reply.error.sentence = redact_line(reply.error.sentence);
      reply.refusal = hidden(redact_line(refusal_text(questions[i], answers[i].error())));
    }
    out.push_back(std::move(reply));
  }
  return out;
}

}  // namespace doctor::facts
