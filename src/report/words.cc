#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace doctor::report {
namespace {

using diagnose::Cause;
using diagnose::Diagnosis;
using diagnose::Evidence;
using diagnose::Fix;
using diagnose::Incident;
using diagnose::Source;

struct Noun {
  std::string_view family, one, many;
};

// What one case of each family is called when several are counted.
constexpr std::array kNouns = {
    Noun{"FargateSpotInterrupted", "Spot interruption", "Spot interruptions"},
    Noun{"FargateENICreateFailed", "failed start", "failed starts"},
    Noun{"FargateEphemeralStorageExceeded", "stop on a full disk", "stops on a full disk"},
    Noun{"FargateExecError", "failed exec session", "failed exec sessions"},
    Noun{"FargateImageSizeExceeded", "failed image pull", "failed image pulls"},
    Noun{"FargateInsufficientCapacity", "failed placement", "failed placements"},
    Noun{"FargatePlatformVersionUnsupported", "refused launch", "refused launches"},
};

constexpr std::string_view kNotInterrupted = "spot.not_an_interruption";

struct Certainty {
  double at_least;
  std::string_view words;
};

constexpr std::array kCertainties = {
    Certainty{0.95, "almost certain"}, Certainty{0.80, "very likely"}, Certainty{0.60, "likely"},
    Certainty{0.30, "possible"},       Certainty{0.10, "unlikely"},
};

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::chrono::year_month_day date_of(core::Timestamp time) {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)};
}

std::string day(core::Timestamp time) {
  const auto date = date_of(time);
  return fmt::format("{} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1]);
}

std::string day_and_year(core::Timestamp time) {
  return fmt::format("{} {}", day(time), static_cast<int>(date_of(time).year()));
}

}  // namespace

std::string percent(double probability) {
  if (!(probability > 0)) return "0 %";
  if (probability >= 1) return "100 %";
  if (probability < 0.01) return "<1 %";
  if (probability > 0.99) return ">99 %";
  return fmt::format("{} %", std::lround(probability * 100));
}

std::string_view certainty(double probability) {
  for (const Certainty& row : kCertainties) {
    if (probability >= row.at_least) return row.words;
  }
  return "very unlikely";
}

std::string capitalised(std::string_view phrase) {
  std::string out(phrase);
  const std::string_view word = phrase.substr(0, phrase.find(' '));
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  // A first word that is a name (subnet-0aa17, web:42) stays what it is.
  if (!word.empty() &&
      std::all_of(word.begin(), word.end(), [&](char c) { return is_lower(c) || c == '\''; }) &&
      is_lower(word[0])) {
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  }
  return out;
}

std::string trimmed_sentence(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('.') || text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text);
}

std::string sentence(std::string_view text) {
  const std::string words = capitalised(trimmed_sentence(text));
  return words.empty() || words.ends_with('?') || words.ends_with('!') ? words : words + ".";
}

std::string number(double value) {
  if (!std::isfinite(value)) return "0";
  std::string out = fmt::format("{:.3f}", std::clamp(value, -1e15, 1e15));
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string place(const Incident& incident) {
  if (incident.cluster.empty() && incident.service.empty()) {
    return incident.region.empty() ? "unnamed cluster" : incident.region;
  }
  if (incident.cluster.empty()) return incident.service;
  return incident.service.empty() ? incident.cluster : incident.cluster + "/" + incident.service;
}

std::string counted(const Incident& incident) {
  Noun noun{"", "stop", "stops"};
  for (const Noun& row : kNouns) {
    if (row.family == incident.family) noun = row;
  }
  // What AWS did not interrupt is no interruption, whatever the stopped reason says.
  const Cause* lead = leading(incident);
  if (lead != nullptr && lead->id == kNotInterrupted)
    noun = {"", "stop of a Spot task", "stops of Spot tasks"};
  return fmt::format("{} {}", incident.count, incident.count == 1 ? noun.one : noun.many);
}

std::string family_name(const Incident& incident) {
  return incident.family.empty() ? "no Fargate failure family" : incident.family;
}

std::string period(const Incident& incident) {
  const auto first = incident.first_seen ? incident.first_seen : incident.last_seen;
  const auto last = incident.last_seen ? incident.last_seen : incident.first_seen;
  if (!first || !last) return {};
  using core::to_clock;
  if (to_clock(*first) == to_clock(*last) && date_of(*first) == date_of(*last)) {
    return fmt::format("{}, {} UTC", day_and_year(*first), to_clock(*first));
  }
  if (date_of(*first) == date_of(*last)) {
    return fmt::format("{}, {} to {} UTC", day_and_year(*first), to_clock(*first), to_clock(*last));
  }
  return fmt::format("{}, {} to {}, {} UTC", day_and_year(*first), to_clock(*first), day_and_year(*last),
                     to_clock(*last));
}

std::string day_and_clock(core::Timestamp time) {
  return fmt::format("{} {}", day(time), core::to_clock(time));
}

const Cause* leading(const Incident& incident) {
  return incident.causes.empty() ? nullptr : &incident.causes.front();
}

bool is_known(const Cause* cause) {
  return cause != nullptr && cause->id != kUnknown;
}

std::string verdict(const Incident& incident) {
  const Cause* lead = leading(incident);
  if (lead == nullptr) return "cause unknown: there is no evidence to weigh";
  if (is_known(lead)) {
    return fmt::format("{} ({}): {}", certainty(lead->probability), percent(lead->probability),
                       trimmed_sentence(lead->title));
  }
  const auto next = std::find_if(incident.causes.begin(), incident.causes.end(),
                                 [](const Cause& cause) { return is_known(&cause); });
  if (next == incident.causes.end()) return "cause unknown: the evidence points nowhere";
  return fmt::format("cause unknown ({}); the best guess at {}: {}", percent(lead->probability),
                     percent(next->probability), trimmed_sentence(next->title));
}

std::string headline(const Incident& incident) {
  return fmt::format("{}: {}. {}", place(incident), counted(incident), capitalised(verdict(incident)));
}

std::string overall(const Diagnosis& diagnosis) {
  if (diagnosis.incidents.size() == 1) return headline(diagnosis.incidents.front());
  if (!diagnosis.incidents.empty()) return fmt::format("{} incidents", diagnosis.incidents.size());
  std::string where = !diagnosis.task.empty()      ? "task " + diagnosis.task
                      : !diagnosis.service.empty() ? "service " + diagnosis.service
                      : !diagnosis.cluster.empty() ? "cluster " + diagnosis.cluster
                                                   : std::string("the period looked at");
  if (!diagnosis.service.empty() && !diagnosis.cluster.empty() && diagnosis.task.empty()) {
    where += " of cluster " + diagnosis.cluster;
  }
  return fmt::format("No failed Fargate task was found in {}{}.", where,
                     diagnosis.missing.empty() ? "" : ", but some evidence could not be read");
}

std::vector<const Evidence*> weightiest(const Cause& cause) {
  std::vector<const Evidence*> out;
  for (const Evidence& evidence : cause.evidence) out.push_back(&evidence);
  const auto rank = [](const Evidence* e) { return std::isfinite(e->weight) ? e->weight : 0.0; };
  std::stable_sort(out.begin(), out.end(),
                   [&](const Evidence* a, const Evidence* b) { return rank(a) > rank(b); });
  return out;
}

std::string call_of(const Source& source) {
  if (source.service == "events") {
    return source.operation.empty() ? "EventBridge event" : "EventBridge " + source.operation;
  }
  if (source.operation.empty()) return source.service;
  return source.service.empty() ? source.operation : source.service + " " + source.operation;
}

std::string field_of(const Source& source) {
  if (source.field.empty()) return source.value;
  return source.value.empty() ? source.field : source.field + " = " + source.value;
}

std::string weight_words(const Evidence& evidence) {
  return fmt::format("{}, {} times {}", evidence.speaks_for ? "for" : "against", number(evidence.weight),
                     evidence.speaks_for ? "likelier" : "less likely");
}

std::string conditions(const Fix& fix) {
  std::string out = fix.reversible ? "reversible" : "cannot be undone";
  for (std::size_t i = 0; i < fix.requires_actions.size(); ++i) {
    out += i == 0 ? "; needs " : ", ";
    out += fix.requires_actions[i];
  }
  return out;
}

}  // namespace doctor::report
