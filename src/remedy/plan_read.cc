// Reading a plan file: strictly, with line and column, and never a file that was edited.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "iam/positioned_json.h"
#include "remedy/plan.h"
#include "remedy/plan_json.h"
#include "remedy/plan_sections.h"

namespace doctor::remedy {
namespace {

using core::ErrorKind;
using iam::Node;
using iam::NodeKind;
using nlohmann::json;

constexpr std::string_view kMakeItAgain =
    "make the plan again with fargate-doctor plan; a plan is never edited by hand";

json value_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return nullptr;
    case NodeKind::string:
      return node.text;
    case NodeKind::boolean:
    case NodeKind::number:
      return json::parse(node.text, nullptr, false);
    case NodeKind::array: {
      json list = json::array();
      for (const Node& item : node.items) list.push_back(value_of(item));
      return list;
    }
    case NodeKind::object:
      break;
  }
  json object = json::object();
  for (std::size_t i = 0; i < node.items.size(); ++i) object[node.keys[i].text] = value_of(node.items[i]);
  return object;
}

// Reads fields one after the other; the first that is missing or of another kind is the error.
class Reader {
 public:
  explicit Reader(std::string_view origin) : origin_(origin) {}

  void refuse(iam::Position at, const std::string& why) {
    if (!error_) {
      error_ = core::make_error(ErrorKind::bad_input, fmt::format("{}: {}", iam::place(origin_, at), why),
                                std::string(kMakeItAgain));
    }
  }
  const Node& member(const Node& object, std::string_view key) {
    static const Node kNone;
    if (object.kind != NodeKind::object) {
      refuse(object.at, fmt::format("{} must be in an object, not in {}", key, node_kind_name(object.kind)));
      return kNone;
    }
    const Node* found = object.member(key);
    if (found == nullptr) refuse(object.at, fmt::format("'{}' is missing", key));
    return found == nullptr ? kNone : *found;
  }
  bool is(const Node& node, NodeKind kind, std::string_view key) {
    if (error_) return false;
    if (node.kind == kind) return true;
    refuse(node.at,
           fmt::format("'{}' must be {}, not {}", key, node_kind_name(kind), node_kind_name(node.kind)));
    return false;
  }
  std::string text(const Node& object, std::string_view key) {
    const Node& node = member(object, key);
    return is(node, NodeKind::string, key) ? node.text : std::string();
  }
  bool boolean(const Node& object, std::string_view key) {
    const Node& node = member(object, key);
    return is(node, NodeKind::boolean, key) && node.text == "true";
  }
  core::Duration milliseconds(const Node& object, std::string_view key) {
    const Node& node = member(object, key);
    if (!is(node, NodeKind::number, key)) return {};
    const json value = json::parse(node.text, nullptr, false);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 86'400'000ull * 30) {
      refuse(node.at, fmt::format("'{}' must be whole milliseconds, of at most 30 days", key));
      return {};
    }
    return core::Duration{value.get<std::int64_t>()};
  }
  const std::vector<Node>& list(const Node& object, std::string_view key) {
    static const std::vector<Node> kNone;
    const Node& node = member(object, key);
    return is(node, NodeKind::array, key) ? node.items : kNone;
  }
  std::vector<std::string> texts(const Node& object, std::string_view key) {
    std::vector<std::string> all;
    for (const Node& item : list(object, key)) {
      if (is(item, NodeKind::string, key)) all.push_back(item.text);
    }
    return all;
  }
  // Any JSON, as canonical text.
  std::string raw(const Node& object, std::string_view key) {
    const Node& node = member(object, key);
    return error_ ? std::string() : value_of(node).dump();
  }
  template <class Enum>
  Enum one_of(const Node& object, std::string_view key,
              std::initializer_list<std::pair<std::string_view, Enum>> names) {
    const std::string name = text(object, key);
    for (const auto& [known, value] : names) {
      if (known == name) return value;
    }
    if (!error_) refuse(member(object, key).at, fmt::format("'{}' cannot be '{}'", key, name));
    return names.begin()->second;
  }
  // Every key is known and there once.
  void only(const Node& object, std::initializer_list<std::string_view> keys) {
    if (object.kind != NodeKind::object) return refuse(object.at, "an object must stand here");
    for (std::size_t i = 0; i < object.keys.size(); ++i) {
      const std::string& key = object.keys[i].text;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        refuse(object.items[i].at, fmt::format("'{}' is no field of a plan", key));
      }
      if (object.member(key) != &object.items[i]) {
        refuse(object.items[i].at, fmt::format("'{}' stands here twice", key));
      }
    }
  }
  const std::optional<core::Error>& error() const { return error_; }

 private:
  std::string_view origin_;
  std::optional<core::Error> error_;
};

Resource resource_of(Reader& r, const Node& node) {
  r.only(node, {"kind", "id", "account", "region"});
  return {r.text(node, "kind"), r.text(node, "id"), r.text(node, "account"), r.text(node, "region")};
}

Request request_of(Reader& r, const Node& node) {
  if (node.kind == NodeKind::null) return {};
  r.only(node, {"service", "operation", "region", "input"});
  r.is(r.member(node, "input"), NodeKind::object, "input");
  return {r.text(node, "service"), r.text(node, "operation"), r.text(node, "region"), r.raw(node, "input")};
}

Probe probe_of(Reader& r, const Node& node) {
  r.only(node, {"request", "pointer", "expected", "timeout_ms"});
  const Node& expected = r.member(node, "expected");
  return {request_of(r, r.member(node, "request")), r.text(node, "pointer"),
          expected.kind == NodeKind::null ? std::string() : r.raw(node, "expected"),
          r.milliseconds(node, "timeout_ms")};
}

Step step_of(Reader& r, const Node& node) {
  r.only(node, {"id", "fix", "title", "resource", "before", "request", "replay", "effects", "inverse",
                "probe", "reversible", "one_way_reason", "iam_actions", "expected_duration_ms", "cost",
                "touches_dns_or_tls", "shared_with", "managed_by"});
  Step step;
  step.id = r.text(node, "id");
  step.fix = r.text(node, "fix");
  step.title = r.text(node, "title");
  step.resource = resource_of(r, r.member(node, "resource"));
  step.before = r.raw(node, "before");
  r.is(r.member(node, "request"), NodeKind::object, "request");
  step.request = request_of(r, r.member(node, "request"));
  step.replay = r.one_of<Replay>(
      node, "replay",
      {{"read_back", Replay::read_back}, {"client_token", Replay::client_token}, {"tagged", Replay::tagged}});
  for (const Node& effect : r.list(node, "effects")) {
    r.only(effect, {"pointer", "value"});
    step.effects.push_back({r.text(effect, "pointer"), r.raw(effect, "value")});
  }
  step.inverse = request_of(r, r.member(node, "inverse"));
  step.probe = probe_of(r, r.member(node, "probe"));
  step.reversible = r.boolean(node, "reversible");
  step.one_way_reason = r.text(node, "one_way_reason");
  step.iam_actions = r.texts(node, "iam_actions");
  step.expected_duration = r.milliseconds(node, "expected_duration_ms");
  step.cost = r.text(node, "cost");
  step.touches_dns_or_tls = r.boolean(node, "touches_dns_or_tls");
  step.shared_with = r.texts(node, "shared_with");
  step.managed_by = r.text(node, "managed_by");
  return step;
}

Plan plan_of_node(Reader& r, const Node& root) {
  r.only(root, {"schema", "family", "cause", "account", "region", "cluster", "service", "made_at",
                "confirmation", "steps", "advice", "blast_radius", "fixes_left_out", "digest"});
  Plan plan;
  plan.family = r.text(root, "family");
  plan.cause = r.text(root, "cause");
  plan.account = r.text(root, "account");
  plan.region = r.text(root, "region");
  plan.cluster = r.text(root, "cluster");
  plan.service = r.text(root, "service");
  const auto made_at = core::timestamp_of_iso(r.text(root, "made_at"));
  if (made_at) {
    plan.made_at = *made_at;
  } else {
    r.refuse(r.member(root, "made_at").at, "'made_at' must be a time: 2026-11-24T03:00:00Z");
  }
  plan.confirmation = r.one_of<Confirmation>(
      root, "confirmation",
      {{"none", Confirmation::none}, {"yes", Confirmation::yes}, {"type_count", Confirmation::type_count}});
  for (const Node& step : r.list(root, "steps")) plan.steps.push_back(step_of(r, step));
  for (const Node& node : r.list(root, "advice")) {
    r.only(node, {"fix", "title", "detail"});
    plan.advice.push_back({r.text(node, "fix"), r.text(node, "title"), r.text(node, "detail")});
  }
  for (const Node& node : r.list(root, "blast_radius")) {
    r.only(node, {"resource", "dependents"});
    BlastRadius radius{resource_of(r, r.member(node, "resource")), {}};
    for (const Node& d : r.list(node, "dependents")) {
      r.only(d, {"kind", "name", "through"});
      radius.dependents.push_back({r.text(d, "kind"), r.text(d, "name"), r.text(d, "through")});
    }
    plan.blast_radius.push_back(std::move(radius));
  }
  plan.fixes_left_out = r.texts(root, "fixes_left_out");
  return plan;
}

// "/steps/0/title" and its node, as deep as the file goes.
const Node& node_at(const Node& root, std::string_view pointer) {
  const Node* at = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto slash = pointer.find('/');
    const std::string_view key = pointer.substr(0, slash);
    const Node* next = nullptr;
    if (at->kind == NodeKind::object) next = at->member(key);
    if (at->kind == NodeKind::array) {
      std::size_t index = 0;
      for (const char c : key)
        index = c >= '0' && c <= '9' ? index * 10 + static_cast<std::size_t>(c - '0') : at->items.size();
      if (index < at->items.size()) next = &at->items[index];
    }
    if (next == nullptr) break;
    at = next;
    pointer.remove_prefix(slash == std::string_view::npos ? pointer.size() : slash);
  }
  return *at;
}

core::Error edited(std::string_view origin, const Node& root, const json& value, const Node& digest) {
  const auto found = sections_of(value);
  const Node* sections = digest.member("sections");
  std::string pointer = "digest";
  std::string what = "does not fit the rest";
  const Node* at = &digest;
  if (sections != nullptr && sections->kind == NodeKind::object) {
    for (const auto& [section, hash] : found) {
      const Node* kept = sections->member(section);
      if (kept != nullptr && kept->text == hash) continue;
      pointer = section;
      what = kept == nullptr ? "was added" : "was edited";
      at = &node_at(root, section);
      break;
    }
    for (std::size_t i = 0; at == &digest && i < sections->keys.size(); ++i) {
      if (found.contains(sections->keys[i].text)) continue;
      pointer = sections->keys[i].text;
      what = "was taken out";
      at = &node_at(root, pointer);
    }
  }
  return core::make_error(
      ErrorKind::bad_input,
      fmt::format("{}: {} {}: the plan's digest is another", iam::place(origin, at->at), pointer, what),
      std::string(kMakeItAgain));
}

}  // namespace

core::Result<Plan> plan_of(std::string_view text, std::string_view origin) {
  auto root = iam::parse_positioned_document(text, origin);
  if (!root) return core::fail(root.error());
  Reader reader(origin);
  const std::string schema = reader.text(*root, "schema");
  if (!reader.error() && schema != kPlanSchema) {
    reader.refuse(reader.member(*root, "schema").at,
                  fmt::format("'schema' is '{}', not '{}'", schema, kPlanSchema));
  }
  const Node& digest = reader.member(*root, "digest");
  const std::string sha256 = reader.text(digest, "sha256");
  if (reader.error()) return core::fail(*reader.error());

  json value = value_of(*root);
  value.erase("digest");
  // The digest first: a field of a wrong type is then known to have been edited.
  if (sha256_of(value.dump(-1, ' ', false, json::error_handler_t::replace)) != sha256)
    return core::fail(edited(origin, *root, value, digest));
  Plan plan = plan_of_node(reader, *root);
  if (reader.error()) return core::fail(*reader.error());
  return plan;
}

}  // namespace doctor::remedy
