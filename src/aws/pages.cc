#include "aws/pages.h"

#include <algorithm>
#include <sstream>
#include <unordered_set>
#include <utility>

#include "aws/batches.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using core::fail;
using core::Json;
using core::JsonDocument;
using core::Result;

std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// Whether the input says by itself what it wants: then no page size may stand beside it.
bool names_what_it_wants(const OperationModel& operation, const Json& input) {
  for (const auto& [name, value] : input.members()) {
    if (!value.is_array() || value.size() == 0) continue;
    if (name == operation.batch_key || name.ends_with("Ids") || name.ends_with("Names") ||
        name.ends_with("Arns")) {
      return true;
    }
  }
  return false;
}

// Adds a member to an object's minified text.
std::string with_member(std::string object, std::string_view name, std::string_view value) {
  object.pop_back();
  if (object.size() > 1) object += ',';
  return object + core::json_quoted(name) + ":" + std::string(value) + "}";
}

}  // namespace

struct Pages::State {
  struct Batch {
    std::string input;       // without token
    std::string next_input;  // to be handed out by take()
    bool ready = true;
    bool done = false;
    int pages = 0;
    std::string first_page;
    bool first_page_is_all = false;  // one page, and no token in it: passed on as it came
    std::vector<std::string> lists;  // by result key: the items' texts, joined with commas
    std::vector<bool> listed;        // whether the key was there at all
    std::unordered_set<std::string> tokens;
  };

  std::string service, operation, input_token, output_token;
  std::vector<std::string> result_keys;
  bool all_pages = false;
  std::vector<Batch> batches;

  std::string called() const { return service + " " + operation; }

  bool is_paging_key(std::string_view name) const {
    return all_pages && (name == output_token || name == "IsTruncated");
  }

  std::string list_of(std::size_t key) const {
    std::string list;
    for (const Batch& batch : batches) {
      if (!list.empty() && !batch.lists[key].empty()) list += ',';
      list += batch.lists[key];
    }
    return "[" + list + "]";
  }
};

Pages::Pages(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pages::Pages(Pages&&) noexcept = default;
Pages& Pages::operator=(Pages&&) noexcept = default;
Pages::~Pages() = default;

Result<Pages> Pages::start(const OperationModel& operation, std::string_view input) {
  auto inputs = batches_of(operation, input);
  if (!inputs) return fail(inputs.error());
  const auto document = JsonDocument::parse(inputs->front(), "input");
  if (!document) return fail(document.error());
  const Json root = document->root();

  auto state = std::make_unique<State>();
  state->service = operation.service;
  state->operation = operation.name;
  state->input_token = operation.input_token;
  state->output_token = operation.output_token;
  state->result_keys = words(operation.result_keys);
  state->all_pages = !operation.input_token.empty() && !root[operation.input_token].present() &&
                     (operation.limit_key.empty() || !root[operation.limit_key].present());
  const bool ask_for_size = state->all_pages && !operation.limit_key.empty() && operation.page_size > 0 &&
                            !names_what_it_wants(operation, root);
  for (std::string& text : *inputs) {
    State::Batch batch;
    batch.input = ask_for_size
                      ? with_member(std::move(text), operation.limit_key, std::to_string(operation.page_size))
                      : std::move(text);
    batch.next_input = batch.input;
    batch.lists.resize(state->result_keys.size());
    batch.listed.resize(state->result_keys.size());
    state->batches.push_back(std::move(batch));
  }
  return Pages(std::move(state));
}

std::vector<PageRequest> Pages::take() {
  std::vector<PageRequest> out;
  for (std::size_t i = 0; i < state_->batches.size(); ++i) {
    State::Batch& batch = state_->batches[i];
    if (!batch.ready) continue;
    batch.ready = false;
    out.push_back({static_cast<int>(i), std::move(batch.next_input)});
  }
  return out;
}

Result<void> Pages::absorb(int id, std::string page) {
  State& state = *state_;
  if (id < 0 || static_cast<std::size_t>(id) >= state.batches.size() || state.batches[id].done ||
      state.batches[id].ready) {
    return fail(ErrorKind::internal, state.called() + ": an answer that nobody asked for");
  }
  State::Batch& batch = state.batches[id];
  const auto wrong = [&](const std::string& what) {
    batch.done = true;
    return fail(ErrorKind::unreachable,
                state.called() + ": page " + std::to_string(batch.pages + 1) + " " + what,
                "what answers there does not behave as AWS does: check --endpoint-url and the proxy");
  };

  const auto document = JsonDocument::parse(page, "page");
  if (!document || !document->root().is_object()) return wrong("is no JSON object");
  const Json root = document->root();
  for (std::size_t i = 0; i < state.result_keys.size(); ++i) {
    const Json list = root[state.result_keys[i]];
    if (!list.present() || list.is_null()) continue;
    if (!list.is_array()) return wrong("has no list " + state.result_keys[i]);
    batch.listed[i] = true;
    for (const Json& item : list.items()) {
      if (!batch.lists[i].empty()) batch.lists[i] += ',';
      batch.lists[i] += item.text();
    }
  }

  const Json token = state.all_pages ? root[state.output_token] : Json{};
  const bool has_token = token.present() && !token.is_null();
  if (has_token && !token.is_string()) return wrong("has a " + state.output_token + " that is no string");
  const bool more = has_token && !token.string_or().empty() && root["IsTruncated"].boolean_or(true);
  if (more && !batch.tokens.emplace(token.string_or()).second) {
    return wrong("hands out a " + state.output_token + " that was already used");
  }

  if (more) {
    batch.next_input = with_member(batch.input, state.input_token, core::json_quoted(token.string_or()));
    batch.ready = true;
  } else {
    batch.done = true;
    batch.first_page_is_all =
        batch.pages == 0 && (!state.all_pages || (!token.present() && !root["IsTruncated"].present()));
  }
  if (batch.pages++ == 0) batch.first_page = std::move(page);
  return {};
}

bool Pages::done() const {
  return std::all_of(state_->batches.begin(), state_->batches.end(),
                     [](const auto& batch) { return batch.done; });
}

std::string Pages::merged() const {
  const State& state = *state_;
  const State::Batch& first = state.batches.front();
  if (state.batches.size() == 1 && first.first_page_is_all) return first.first_page;

  const auto document = JsonDocument::parse(first.first_page, "page");
  std::string out;
  const auto add = [&out](std::string_view name, const std::string& value) {
    out += (out.empty() ? '{' : ',');
    out += core::json_quoted(name) + ":" + value;
  };
  std::vector<bool> written(state.result_keys.size());
  if (document) {
    for (const auto& [name, value] : document->root().members()) {
      const auto key = std::find(state.result_keys.begin(), state.result_keys.end(), name);
      if (key != state.result_keys.end()) {
        const auto index = static_cast<std::size_t>(key - state.result_keys.begin());
        if (!written[index]) add(name, state.list_of(index));
        written[index] = true;
      } else if (!state.is_paging_key(name)) {
        add(name, value.text());
      }
    }
  }
  for (std::size_t i = 0; i < state.result_keys.size(); ++i) {
    const bool listed = std::any_of(state.batches.begin(), state.batches.end(),
                                    [i](const State::Batch& batch) { return batch.listed[i]; });
    if (listed && !written[i]) add(state.result_keys[i], state.list_of(i));
  }
  return (out.empty() ? std::string("{") : out) + "}";
}

}  // namespace doctor::aws
