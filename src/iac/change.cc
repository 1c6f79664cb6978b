#include "iac/change.h"

#include <algorithm>

namespace doctor::iac {
namespace {

using remedy::Entry;
using remedy::EntryKind;
using remedy::Outcome;

// The entry of the step's call that took effect; nullptr where there is none, or where it was taken back.
const Entry* standing_entry(const remedy::Run& run, const std::string& step) {
  const Entry* standing = nullptr;
  for (const auto& entry : run.entries) {
    if (entry.step != step || entry.outcome != Outcome::done) continue;
    standing = entry.kind == EntryKind::apply ? &entry : nullptr;
  }
  return standing;
}

Value* created_at(Value& value, std::string_view pointer) {
  Value* at = &value;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t slash = pointer.find('/');
    std::string key(pointer.substr(0, slash));
    pointer = slash == std::string_view::npos ? std::string_view{} : pointer.substr(slash);
    for (std::size_t i = 0; (i = key.find('~', i)) != std::string::npos; ++i) {  // RFC 6901
      if (key.compare(i, 2, "~1") == 0) key.replace(i, 2, "/");
      if (key.compare(i, 2, "~0") == 0) key.replace(i, 2, "~");
    }
    if (at->kind == Value::Kind::list) {
      const bool number =
          !key.empty() && key.size() < 6 && key.find_first_not_of("0123456789") == std::string::npos;
      const std::size_t index = number ? std::stoul(key) : at->items.size();
      if (index >= at->items.size()) at->items.emplace_back();
      at = &at->items[std::min(index, at->items.size() - 1)];
    } else {
      if (!at->member(key)) at->set(key, {});
      at = const_cast<Value*>(at->member(key));
    }
  }
  return at;
}

core::Result<Value> state_after(const remedy::Step& step, const Entry& entry, Value before) {
  if (!entry.after.empty()) return parse_value(entry.after, "state after step " + step.id);
  for (const auto& effect : step.effects) {
    auto value = parse_value(effect.value, "effect");
    if (!value) continue;  // it refers to an answer of which only the state that followed would tell
    *created_at(before, effect.pointer) = std::move(*value);
  }
  return before;
}

}  // namespace

core::Result<std::vector<Change>> changes_of(const remedy::Run& run) {
  std::vector<Change> changes;
  for (const auto& step : run.plan.steps) {
    const Entry* entry = standing_entry(run, step.id);
    if (!entry) continue;
    const std::string& text = entry->before.empty() ? step.before : entry->before;
    auto before = text.empty() ? Value{} : parse_value(text, "state before step " + step.id);
    if (!before) return core::fail(before.error());
    auto after = state_after(step, *entry, *before);
    if (!after) return core::fail(after.error());
    auto found = std::find_if(changes.begin(), changes.end(),
                              [&](const Change& change) { return change.resource == step.resource; });
    if (found == changes.end()) {
      changes.push_back({step.resource, step.title, std::move(*before), {}, {}, {}});
      found = changes.end() - 1;
    } else {
      found->title += "; " + step.title;
    }
    found->after = std::move(*after);
    if (auto input = parse_value(entry->request.input, "request"); input) {
      found->requests.push_back(std::move(*input));
    }
    if (auto answer = parse_value(entry->answer, "answer"); answer)
      found->answers.push_back(std::move(*answer));
  }
  // A quota that AWS still thinks about is as it was; the code says what was asked for all the same.
  std::erase_if(changes, [](const Change& change) {
    return change.before == change.after && change.resource.kind != "servicequotas:quota";
  });
  return changes;
}

}  // namespace doctor::iac
