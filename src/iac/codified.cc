#include "iac/codified.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

namespace doctor::iac {

void drop_patch(Codified& codified, const std::string& file) {
  for (auto& drift : codified.drift) {
    if (drift.answer != Drift::Answer::patched || !drift.place.starts_with(file + ":")) continue;
    drift.answer = Drift::Answer::refused;
    drift.detail =
        "the changes of this file are too close to each other to be made one by one: make them by hand";
  }
}

std::string_view drift_word(Drift::Answer answer) {
  switch (answer) {
    case Drift::Answer::patched:
      return "patched";
    case Drift::Answer::imported:
      return "imported";
    case Drift::Answer::refused:
      return "refused";
    case Drift::Answer::ignored:
      return "ignored";
    case Drift::Answer::by_hand:
      return "by hand";
  }
  return "";
}

std::string drift_json(const Codified& codified, const std::string& run) {
  nlohmann::ordered_json json = {{"schema", "fargate-doctor/drift/1"}, {"run", run}};
  json["drift"] = nlohmann::ordered_json::array();
  for (const auto& drift : codified.drift) {
    nlohmann::ordered_json row = {{"resource", drift.resource},   {"address", drift.address},
                                  {"attribute", drift.attribute}, {"code", drift.code},
                                  {"live", drift.live},           {"place", drift.place}};
    row["answer"] = drift_word(drift.answer);
    row["detail"] = drift.detail;
    json["drift"].push_back(std::move(row));
  }
  json["patches"] = nlohmann::ordered_json::array();
  for (const auto& patch : codified.patches)
    json["patches"].push_back({{"file", patch.name}, {"diff", patch.diff}});
  json["files"] = nlohmann::ordered_json::array();
  for (const auto& file : codified.files) json["files"].push_back({{"file", file.name}, {"text", file.text}});
  json["notes"] = codified.notes;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string drift_headline(const Codified& codified, const std::string& run) {
  using Answer = Drift::Answer;
  constexpr Answer kByWhatTheyAsk[] = {Answer::refused, Answer::by_hand, Answer::patched, Answer::imported,
                                       Answer::ignored};
  const auto rank = [&](Answer answer) {
    return std::find(std::begin(kByWhatTheyAsk), std::end(kByWhatTheyAsk), answer);
  };
  std::map<std::string, Answer> worst;
  for (const Drift& drift : codified.drift) {
    const auto [known, is_new] = worst.emplace(drift.resource, drift.answer);
    if (!is_new && rank(drift.answer) < rank(known->second)) known->second = drift.answer;
  }
  std::string counts;
  for (const Answer answer : kByWhatTheyAsk) {
    const auto count =
        std::count_if(worst.begin(), worst.end(), [&](const auto& one) { return one.second == answer; });
    if (count > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, drift_word(answer));
  }
  return fmt::format("Run {} changed {} resource{}: {}\n", run, worst.size(), worst.size() == 1 ? "" : "s",
                     counts);
}

std::string drift_text(const Codified& codified) {
  const auto shown = [](const std::string& text) { return text.empty() ? std::string("(nothing)") : text; };
  std::string out, address;
  for (const auto& drift : codified.drift) {
    if (drift.address != address || address.empty()) {
      address = drift.address;
      out += fmt::format("{}{}\n", address, drift.address == drift.resource ? "" : " = " + drift.resource);
    }
    out += fmt::format("  {}: code {}, AWS {}: {}{}\n", drift.attribute, shown(drift.code), shown(drift.live),
                       drift_word(drift.answer), drift.place.empty() ? "" : " at " + drift.place);
    if (!drift.detail.empty()) out += "    " + drift.detail + "\n";
  }
  for (const auto& note : codified.notes) out += "note: " + note + "\n";
  return out;
}

}  // namespace doctor::iac
