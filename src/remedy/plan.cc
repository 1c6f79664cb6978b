// Writing a plan: its JSON, and the digest over it.
//
// The digest has two parts. "sha256" is over the canonical JSON (keys sorted, no white space) of all else.
// "sections" holds a short digest for every field, down to the fields of requests, so that an edited file can
// be told which one: the whole says that it was edited, the sections say where.
#include "remedy/plan.h"

#include <openssl/sha.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "remedy/plan_json.h"
#include "remedy/plan_sections.h"

namespace doctor::remedy {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kSectionDigits = 12;  // 48 bits: an edit is found, not withstood

ordered_json value_of(std::string_view json_text) {
  if (json_text.empty()) return nullptr;
  ordered_json value = ordered_json::parse(json_text, nullptr, false);
  return value.is_discarded() ? ordered_json(std::string(json_text)) : value;
}

ordered_json value_of(const Resource& r) {
  return {{"kind", r.kind}, {"id", r.id}, {"account", r.account}, {"region", r.region}};
}

ordered_json value_of(const Request& r) {
  if (r.service.empty()) return nullptr;
  return {{"service", r.service},
          {"operation", r.operation},
          {"region", r.region},
          {"input", value_of(std::string_view(r.input))}};
}

std::string_view name_of(Replay replay) {
  switch (replay) {
    case Replay::client_token:
      return "client_token";
    case Replay::tagged:
      return "tagged";
    case Replay::read_back:
      break;
  }
  return "read_back";
}

std::string_view name_of(Confirmation confirmation) {
  switch (confirmation) {
    case Confirmation::none:
      return "none";
    case Confirmation::type_count:
      return "type_count";
    case Confirmation::yes:
      break;
  }
  return "yes";
}

ordered_json value_of(const Probe& probe) {
  return {{"request", value_of(probe.request)},
          {"pointer", probe.pointer},
          {"expected", value_of(std::string_view(probe.expected))},
          {"timeout_ms", probe.timeout.count()}};
}

ordered_json value_of(const Step& step) {
  ordered_json effects = ordered_json::array();
  for (const Effect& effect : step.effects) {
    effects.push_back({{"pointer", effect.pointer}, {"value", value_of(std::string_view(effect.value))}});
  }
  return {{"id", step.id},
          {"fix", step.fix},
          {"title", step.title},
          {"resource", value_of(step.resource)},
          {"before", value_of(std::string_view(step.before))},
          {"request", value_of(step.request)},
          {"replay", name_of(step.replay)},
          {"effects", effects},
          {"inverse", value_of(step.inverse)},
          {"probe", value_of(step.probe)},
          {"reversible", step.reversible},
          {"one_way_reason", step.one_way_reason},
          {"iam_actions", step.iam_actions},
          {"expected_duration_ms", step.expected_duration.count()},
          {"cost", step.cost},
          {"touches_dns_or_tls", step.touches_dns_or_tls},
          {"shared_with", step.shared_with},
          {"managed_by", step.managed_by}};
}

}  // namespace

std::string sha256_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string section_digest(const nlohmann::json& value) {
  return sha256_of(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
      .substr(0, kSectionDigits);
}

void add_sections(const nlohmann::json& value, const std::string& pointer, int depth,
                  std::map<std::string, std::string>& sections) {
  if (depth == 0 || !value.is_structured() || value.empty()) {
    sections[pointer] = section_digest(value);
    return;
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      add_sections(value[i], pointer + "/" + std::to_string(i), depth - 1, sections);
    }
    return;
  }
  for (const auto& [key, item] : value.items()) add_sections(item, pointer + "/" + key, depth - 1, sections);
}

std::map<std::string, std::string> sections_of(const nlohmann::json& plan) {
  std::map<std::string, std::string> sections;
  add_sections(plan, "", kSectionDepth, sections);
  return sections;
}

ordered_json value_of_plan(const Plan& plan) {
  ordered_json value = {{"schema", kPlanSchema},
                        {"family", plan.family},
                        {"cause", plan.cause},
                        {"account", plan.account},
                        {"region", plan.region},
                        {"cluster", plan.cluster},
                        {"service", plan.service},
                        {"made_at", core::to_iso(plan.made_at)},
                        {"confirmation", name_of(plan.confirmation)},
                        {"steps", ordered_json::array()},
                        {"advice", ordered_json::array()},
                        {"blast_radius", ordered_json::array()},
                        {"fixes_left_out", plan.fixes_left_out}};
  for (const Step& step : plan.steps) value["steps"].push_back(value_of(step));
  for (const Advice& advice : plan.advice) {
    value["advice"].push_back({{"fix", advice.fix}, {"title", advice.title}, {"detail", advice.detail}});
  }
  for (const BlastRadius& radius : plan.blast_radius) {
    ordered_json dependents = ordered_json::array();
    for (const Dependent& d : radius.dependents) {
      dependents.push_back({{"kind", d.kind}, {"name", d.name}, {"through", d.through}});
    }
    value["blast_radius"].push_back({{"resource", value_of(radius.resource)}, {"dependents", dependents}});
  }
  return value;
}

std::string digest_of(const Plan& plan) {
  const nlohmann::json sorted = value_of_plan(plan);
  return sha256_of(sorted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::size_t dependents_of(const Plan& plan) {
  std::set<std::pair<std::string, std::string>> all;
  for (const BlastRadius& radius : plan.blast_radius) {
    for (const Dependent& dependent : radius.dependents) all.emplace(dependent.kind, dependent.name);
  }
  return all.size();
}

std::string plan_json(const Plan& plan) {
  ordered_json value = value_of_plan(plan);
  value["digest"] = {{"sha256", digest_of(plan)}, {"sections", sections_of(nlohmann::json(value))}};
  return value.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace doctor::remedy
