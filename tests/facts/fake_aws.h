// A client that answers from a table and remembers what it was asked.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aws/client.h"

namespace doctor::facts {

class FakeAws final : public aws::Client {
 public:
  using Input = nlohmann::json;
  using Handler = std::function<core::Result<std::string>(const Input&, const std::string& region)>;

  // "ecs.DescribeTasks"
  void on(const std::string& operation, Handler handler) { handlers_[operation] = std::move(handler); }
  void on(const std::string& operation, const std::string& json) {
    handlers_[operation] = [json](const Input&, const std::string&) {
      return core::Result<std::string>(json);
    };
  }
  void refuse(const std::string& operation, const std::string& code, const std::string& message,
              core::ErrorKind kind = core::ErrorKind::refused) {
    handlers_[operation] = [=](const Input&, const std::string&) -> core::Result<std::string> {
      return core::fail(kind, operation + ": " + code + ": " + message, "", code);
    };
  }

  std::vector<core::Result<aws::Answer>> run(std::span<const aws::Call> calls) override {
    ++waves;
    std::vector<core::Result<aws::Answer>> out;
    for (const aws::Call& call : calls) {
      asked.push_back(call);
      wave_of.push_back(waves);
      out.push_back(answer(call));
    }
    return out;
  }
  std::string region() const override { return default_region; }
  aws::Statistics statistics() const override { return {}; }

  int count(const std::string& operation) const {
    int n = 0;
    for (const aws::Call& call : asked) n += call.service + "." + call.operation == operation ? 1 : 0;
    return n;
  }
  // All inputs of an operation, one after the other.
  std::string inputs(const std::string& operation) const {
    std::string out;
    for (const aws::Call& call : asked) {
      if (call.service + "." + call.operation == operation) out += call.input + "\n";
    }
    return out;
  }

  std::string default_region = "eu-west-1";
  std::vector<aws::Call> asked;
  std::vector<int> wave_of;
  int waves = 0;

 private:
  core::Result<aws::Answer> answer(const aws::Call& call) {
    const auto handler = handlers_.find(call.service + "." + call.operation);
    if (handler == handlers_.end())
      return core::fail(core::ErrorKind::refused,
                        call.service + ":" + call.operation + ": AccessDeniedException: not allowed here", "",
                        "AccessDeniedException");
    auto text = handler->second(Input::parse(call.input), call.region);
    if (!text) return core::fail(text.error());
    return aws::Answer{*text, "request-1", 1};
  }
  std::map<std::string, Handler> handlers_;
};

class FixedClock final : public core::Clock {
 public:
  core::Timestamp now() const override { return *core::timestamp_of_iso("2026-11-24T03:10:00Z"); }
};

}  // namespace doctor::facts
