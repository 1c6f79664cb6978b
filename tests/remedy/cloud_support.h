// A cloud of things, each a name and a value, and a client that talks to it. Faults are put before or behind
// a call by its number, so that a test says exactly where the world fails.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/client.h"
#include "remedy/apply.h"
#include "remedy_support.h"

namespace doctor::remedy::testing {

// Time moves only while somebody sleeps.
class SleepyClock final : public core::Clock {
 public:
  core::Timestamp now() const override { return now_; }
  void sleep(core::Duration span) { now_ += span, ++sleeps; }
  void set(core::Timestamp now) { now_ = now; }
  int sleeps = 0;

 private:
  core::Timestamp now_ = kNow;
};

class Cloud final : public aws::Client {
 public:
  using json = nlohmann::json;
  Cloud();

  std::vector<core::Result<aws::Answer>> run(std::span<const aws::Call> calls) override;
  std::string region() const override { return "eu-west-1"; }
  aws::Statistics statistics() const override { return {}; }

  // The n-th change (from 1) is not taken and fails so …
  void refuse_change(int n, core::Error error) { refused[n] = std::move(error); }
  // … or is taken, and nobody hears the answer.
  void lose_answer_of_change(int n, core::Error error) { lost[n] = std::move(error); }

  json things = json::object();  // name → {"name", "value"}
  std::map<int, core::Error> refused, lost;
  std::map<std::string, core::Error> broken;  // operation → how every call of it ends
  std::function<void(int n)> before_change, after_change;
  int stale_reads = 0;  // that many readings after a change show what was before it
  bool honours_tokens = false;
  std::vector<aws::Call> changes;  // that were taken
  std::vector<aws::Call> asked;    // all
  int attempted = 0;               // changes, taken or not
  int count(const std::string& operation) const;

 private:
  core::Result<std::string> answer(const aws::Call& call);
  core::Result<std::string> change(const json& input, const aws::Call& call);
  json shown_;
  int stale_left_ = 0;
  std::map<std::string, std::string> answered_tokens_;
};

core::Error error_of(core::ErrorKind kind, const std::string& code = {});
inline core::Error reset_error() {
  return error_of(core::ErrorKind::unreachable);
}

const Kind* kinds_and_things(std::string_view name);  // "test:thing" beside the real ones

// A journal, a cloud and a clock that fit the plans of remedy_support.h.
struct Bench : Folder {
  Bench();
  core::Result<RunReport> apply(const Plan& plan) {
    return remedy::apply(cloud, *journal, plan, options, clock);
  }
  core::Result<RunReport> resume(const std::string& run = "last") {
    return remedy::resume(cloud, *journal, run, options, clock);
  }
  core::Result<RunReport> roll_back(const std::string& run = "last") {
    return remedy::roll_back(cloud, *journal, run, options, clock);
  }
  void reopen();  // as a new process would
  Run last() const { return *journal->run("last"); }
  int value(const std::string& name) const { return cloud.things.at(name).at("value").get<int>(); }

  Cloud cloud;
  SleepyClock clock;
  std::unique_ptr<Journal> journal;
  ApplyOptions options;
  std::vector<std::string> said;  // "1 done"
  std::atomic<bool> cancelled{false};
};

}  // namespace doctor::remedy::testing
