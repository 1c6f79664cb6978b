#include "report/plan_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/arn.h"
#include "core/json.h"
#include "facts/redact.h"
#include "remedy/by_hand.h"
#include "remedy/references.h"

namespace doctor::report {
namespace {

using core::Json;
using core::JsonDocument;
using remedy::Plan;
using remedy::Step;

// "~1" is '/', "~0" is '~' (RFC 6901).
std::string token(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && i + 1 < text.size()) {
      out += text[++i] == '1' ? '/' : '~';
    } else {
      out += text[i];
    }
  }
  return out;
}

Json at_pointer(Json value, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto slash = pointer.find('/');
    const std::string key = token(pointer.substr(0, slash));
    if (value.is_array()) {
      const auto items = value.items();
      std::size_t index = items.size();
      if (!key.empty() && key.find_first_not_of("0123456789") == std::string::npos && key.size() < 9)
        index = static_cast<std::size_t>(std::stoul(key));
      value = index < items.size() ? items[index] : Json();
    } else {
      value = value[key];
    }
    pointer.remove_prefix(slash == std::string_view::npos ? pointer.size() : slash);
  }
  return value;
}

// What may be a secret is not shown: the file has it, and only its owner may read that.
std::string shown(std::string_view pointer, const std::string& text) {
  if (pointer.find("/environment") != std::string_view::npos) return "(values are not shown)";
  if (text == "null") return "not set";
  const auto value = JsonDocument::parse(text, "value");
  if (value && value->root().is_string())
    return remedy::references_in_words(facts::redact_line(value->root().string_or()));
  return remedy::references_in_words(facts::redact_json(text));
}

std::string field_name(std::string_view pointer) {
  const std::string name = token(pointer);
  return name.empty() ? "the whole resource" : name.substr(1);
}

struct KindName {
  std::string_view kind, words;
};

// What its own name, without hyphens, does not say.
constexpr KindName kKindNames[] = {
    {"ec2:vpc-endpoint", "VPC endpoint"},
    {"ec2:vpc-attribute", "VPC attribute"},
    {"ec2:network-acl", "network ACL"},
    {"ec2:nat-gateway", "NAT gateway"},
    {"iam:role-policy", "inline policy"},
    {"organizations:policy", "organization policy"},
    {"elbv2:target-group-attributes", "target group"},
    {"ecr:lifecycle-policy", "repository"},
    {"kms:key", "KMS key"},
    {"servicequotas:request", "quota request"},
};

std::string sum_words(std::size_t one_way) {
  return one_way == 0 ? "all can be taken back" : fmt::format("{} cannot be taken back", one_way);
}

}  // namespace

std::vector<FieldChange> changes_of(const Step& step) {
  std::vector<FieldChange> changes;
  if (step.before == "null" || step.before.empty()) {  // all that it is made of
    const auto input = JsonDocument::parse(step.request.input, "input");
    if (!input) return changes;
    for (const auto& [key, value] : input->root().members()) {
      const std::string name(key);
      changes.push_back({name, {}, shown("/" + name, value.text()), false, true});
    }
    return changes;
  }
  const auto before = JsonDocument::parse(step.before, "before");
  for (const remedy::Effect& effect : step.effects) {
    const Json was = before ? at_pointer(before->root(), effect.pointer) : Json();
    FieldChange change;
    change.name = field_name(effect.pointer);
    change.had = was.present();
    change.has = effect.value != "null";
    const bool whole = effect.pointer.empty();
    if (change.had && !whole) change.was = shown(effect.pointer, was.text());
    if (change.has) change.is = shown(effect.pointer, effect.value);
    changes.push_back(std::move(change));
  }
  return changes;
}

std::string place_words(const Plan& plan) {
  return plan.service.empty() ? plan.cluster : plan.cluster + "/" + plan.service;
}

std::string plan_headline(const Plan& plan) {
  const std::string place = place_words(plan);
  if (plan.steps.empty()) return fmt::format("No call would mend {}", place);
  const auto one_way = static_cast<std::size_t>(
      std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& s) { return !s.reversible; }));
  if (plan.steps.size() == 1)
    return fmt::format("1 step mends {}; it {} be taken back", place, one_way == 0 ? "can" : "cannot");
  return fmt::format("{} steps mend {}; {}", plan.steps.size(), place, sum_words(one_way));
}

std::string plan_cause(const Plan& plan) {
  return fmt::format("{}, cause {}",
                     plan.family.empty() ? "a stop of no Fargate failure family" : plan.family,
                     plan.cause.empty() ? "unknown" : plan.cause);
}

std::string confirmation_words(const Plan& plan) {
  if (plan.confirmation == remedy::Confirmation::none) return {};
  if (plan.confirmation == remedy::Confirmation::yes) return "Apply asks for a yes (--yes).";
  const std::size_t count = remedy::dependents_of(plan);
  return fmt::format("Reaches beyond this service: apply asks for the number of dependents (--confirm {}).",
                     count);
}

std::string duration_words(const Plan& plan) {
  core::Duration all{0};
  for (const Step& step : plan.steps) all += step.expected_duration;
  return "about " + core::to_words(all);
}

std::string call_words(const remedy::Request& request) {
  return fmt::format("{} {}", request.service, request.operation);
}

ShownCall shown_call(const remedy::Request& request) {
  if (request.service.empty()) return {};
  remedy::Request copy = request;
  if (!copy.input.empty()) copy.input = facts::redact_json(copy.input);
  return {remedy::aws_command(copy), copy.input.find(facts::kRedacted) == std::string::npos};
}

std::string probe_words(const Step& step) {
  const remedy::Probe& probe = step.probe;
  const std::string field = token(probe.pointer);
  if (probe.request.service.empty() && probe.pointer.empty()) return {};
  const std::string asked = probe.request.service.empty() ? "its own state" : call_words(probe.request);
  const std::string what = field.empty() ? "the answer" : field.substr(1);
  const std::string value =
      probe.expected.empty() ? "is there" : "is " + shown(probe.pointer, probe.expected);
  return fmt::format("{} of {} {}, asked for up to {}", what, asked, value, core::to_words(probe.timeout));
}

std::string kind_words(std::string_view kind) {
  for (const KindName& row : kKindNames) {
    if (row.kind == kind) return std::string(row.words);
  }
  std::string words(kind.substr(kind.find(':') == std::string_view::npos ? 0 : kind.find(':') + 1));
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

std::string counted_kind(std::string_view kind, std::size_t count) {
  std::string words = kind_words(kind);
  if (count != 1) {
    if (words.ends_with("y") && !words.ends_with("ey")) {
      words.replace(words.size() - 1, 1, "ies");
    } else {
      words += 's';
    }
  }
  return fmt::format("{} {}", count, words);
}

std::string short_id(std::string_view id) {
  const auto arn = core::Arn::parse(id);
  return arn ? arn->resource : std::string(id);
}

std::string dependents_words(const remedy::BlastRadius& radius) {
  std::map<std::string, std::size_t> counts;
  for (const auto& dependent : radius.dependents) ++counts[dependent.kind];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return (a.first == "ecs:service") > (b.first == "ecs:service");
  });
  std::string out;
  for (const auto& [kind, count] : sorted) out += (out.empty() ? "" : ", ") + counted_kind(kind, count);
  return out;
}

bool is_own(const Plan& plan, const remedy::Dependent& dependent) {
  return dependent.kind == "ecs:service" && dependent.name == place_words(plan);
}

}  // namespace doctor::report
