#include "cloud_support.h"

#include <algorithm>

namespace doctor::remedy::testing {

using nlohmann::json;

core::Error error_of(core::ErrorKind kind, const std::string& code) {
  const char* words = kind == core::ErrorKind::unreachable ? "the connection broke" : "AWS said no";
  return core::make_error(kind, code.empty() ? words : code + ": " + words, "", code);
}

Cloud::Cloud() {
  for (const char* name : {"thing-1", "thing-2", "thing-3"}) things[name] = {{"name", name}, {"value", 1}};
}

int Cloud::count(const std::string& operation) const {
  return static_cast<int>(std::count_if(asked.begin(), asked.end(),
                                        [&](const auto& call) { return call.operation == operation; }));
}

std::vector<core::Result<aws::Answer>> Cloud::run(std::span<const aws::Call> calls) {
  std::vector<core::Result<aws::Answer>> out;
  for (const auto& call : calls) {
    asked.push_back(call);
    auto text = answer(call);
    if (text) {
      out.emplace_back(aws::Answer{*text, "request-1", 1});
    } else {
      out.emplace_back(core::fail(text.error()));
    }
  }
  return out;
}

core::Result<std::string> Cloud::answer(const aws::Call& call) {
  if (const auto found = broken.find(call.operation); found != broken.end()) return core::fail(found->second);
  const json input = json::parse(call.input);
  if (call.operation == "DescribeServices") {
    const json& from = stale_left_ > 0 ? shown_ : things;
    if (stale_left_ > 0) --stale_left_;
    const std::string name = input.at("name");
    if (!from.contains(name)) return core::fail(error_of(core::ErrorKind::not_found, "NoSuchThing"));
    return json{{"thing", from.at(name)}}.dump();
  }
  if (call.operation == "PutMetricData") return std::string("{}");
  if (call.operation == "PutEvents") {
    return std::string(R"({"FailedEntryCount":0,"Entries":[{"EventId":"1"}]})");
  }
  if (call.operation == "GetResources") {
    json list = json::array();
    for (const auto& [name, thing] : things.items()) {
      if (thing.value("tag", "") == input.at("TagFilters").at(0).at("Values").at(0)) {
        list.push_back({{"ResourceARN", "arn:" + name}});
      }
    }
    return json{{"ResourceTagMappingList", list}}.dump();
  }
  const int n = ++attempted;
  if (before_change) before_change(n);
  if (const auto found = refused.find(n); found != refused.end()) return core::fail(found->second);
  auto changed = change(input, call);
  if (after_change) after_change(n);
  if (const auto found = lost.find(n); found != lost.end()) return core::fail(found->second);
  return changed;
}

core::Result<std::string> Cloud::change(const json& input, const aws::Call& call) {
  const std::string token = input.value("token", "");
  if (honours_tokens && answered_tokens_.contains(token)) return answered_tokens_[token];
  shown_ = things;
  stale_left_ = stale_reads;
  changes.push_back(call);
  const std::string name = input.at("name");
  if (call.operation == "DeleteService") {
    if (!things.contains(name)) return core::fail(error_of(core::ErrorKind::not_found, "NoSuchThing"));
    things.erase(name);
    return std::string("{}");
  }
  json thing = input;
  thing.erase("token");
  things[name] = thing;
  const std::string text =
      json{{"made", {{"id", name + "#" + std::to_string(changes.size())}, {"count", changes.size()}}}}.dump();
  if (!token.empty()) answered_tokens_[token] = text;
  return text;
}

namespace {

Request read_thing(const Resource& resource) {
  return {"ecs", "DescribeServices", resource.region, json{{"name", resource.id}}.dump()};
}
core::Result<std::string> state_of_thing(const Resource&, std::string_view answer) {
  return json::parse(answer).at("thing").dump();
}
constexpr Kind kThing{"test:thing", read_thing, state_of_thing, "NoSuchThing"};

}  // namespace

const Kind* kinds_and_things(std::string_view name) {
  return name == kThing.name ? &kThing : kind_named(name);
}

Bench::Bench() {
  options.kind = kinds_and_things;
  options.sleep = [this](core::Duration span) { clock.sleep(span); };
  options.progress = [this](const Progress& progress) {
    said.push_back(progress.step + " " + progress.what);
  };
  options.cancelled = &cancelled;
  reopen();
}

void Bench::reopen() {
  journal.reset();
  journal = std::move(*Journal::open((folder / "journal.db").string()));
}

}  // namespace doctor::remedy::testing
