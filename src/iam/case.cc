#include "iam/case.h"

#include <algorithm>
#include <initializer_list>

#include "core/arn.h"
#include "iam/policy_reader.h"

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

class CaseBuilder {
 public:
  explicit CaseBuilder(std::string_view origin) : origin_(origin) {}

  Result<Case> build(const Node& node) {
    Case out;
    out.at = node.at;
    if (auto ok = keys(node, "a case",
                       {"name", "request", "identity_policies", "resource_policy", "permission_boundaries",
                        "session_policies", "service_control_policies", "resource_control_policies",
                        "vpc_endpoint_policies", "comment", "expected"});
        !ok)
      return fail(ok.error());
    if (const Node* name = node.member("name")) {
      if (name->kind != NodeKind::string && name->kind != NodeKind::number)
        return wrong(*name, "name must be a string");
      out.name = name->text;
    }
    const Node* request = node.member("request");
    if (request == nullptr) return wrong(node, "the case has no request");
    if (auto ok = read_request(*request, out.request); !ok) return fail(ok.error());
    auto completed = complete_request(std::move(out.request));
    if (!completed) return wrong(*request, core::to_line(completed.error()));
    out.request = std::move(*completed);
    if (auto ok = read_policies(node, out); !ok) return fail(ok.error());
    return out;
  }

 private:
  tl::unexpected<core::Error> wrong(const Node& node, const std::string& what) const {
    return fail(ErrorKind::bad_input, place(origin_, node.at) + ": " + what);
  }

  Result<void> keys(const Node& node, const std::string& what,
                    std::initializer_list<std::string_view> known) const {
    if (node.kind != NodeKind::object)
      return wrong(node, what + " is a JSON object, not " + std::string(node_kind_name(node.kind)));
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const Text& key = node.keys[i];
      if (std::find(known.begin(), known.end(), key.text) == known.end())
        return fail(ErrorKind::bad_input,
                    place(origin_, key.at) + ": '" + key.text + "' is no field of " + what);
      if (node.member(key.text) != &node.items[i])
        return fail(ErrorKind::bad_input,
                    place(origin_, key.at) + ": '" + key.text + "' stands twice in " + what);
    }
    return {};
  }

  Result<void> text(const Node& object, std::string_view key, std::string& out) const {
    const Node* node = object.member(key);
    if (node == nullptr || node->kind == NodeKind::null) return {};
    if (node->kind != NodeKind::string) return wrong(*node, std::string(key) + " must be a string");
    out = node->text;
    return {};
  }

  Result<void> flag(const Node& object, std::string_view key, bool& out) const {
    const Node* node = object.member(key);
    if (node == nullptr) return {};
    if (node->kind != NodeKind::boolean) return wrong(*node, std::string(key) + " must be true or false");
    out = node->text == "true";
    return {};
  }

  Result<void> read_request(const Node& node, Request& request) {
    if (auto ok = keys(node, "a request",
                       {"action", "resource", "resource_account", "resource_in_management_account",
                        "principal", "context", "context_complete"});
        !ok)
      return ok;
    for (const auto& [key, out] :
         {std::pair{"action", &request.action}, std::pair{"resource", &request.resource},
          std::pair{"resource_account", &request.resource_account}}) {
      if (auto ok = text(node, key, *out); !ok) return ok;
    }
    if (request.action.empty()) return wrong(node, "the request has no action");
    if (!request.resource_account.empty() && !core::is_account_id(request.resource_account))
      return wrong(*node.member("resource_account"),
                   "'" + request.resource_account + "' is no account id of twelve digits");
    if (!request.resource.empty() && request.resource != "*" && request.resource.rfind("arn:", 0) != 0)
      return wrong(*node.member("resource"), "'" + request.resource + "' is no resource: an ARN, or *");
    if (auto ok = flag(node, "resource_in_management_account", request.resource_in_management_account); !ok)
      return ok;
    if (auto ok = flag(node, "context_complete", request.context.complete); !ok) return ok;
    const Node* principal = node.member("principal");
    if (principal == nullptr) return wrong(node, "the request has no principal");
    if (auto ok = read_principal(*principal, request.principal); !ok) return ok;
    if (const Node* context = node.member("context")) return read_context(*context, request.context);
    return {};
  }

  Result<void> take_principal(const Node& node, Caller& caller) {
    if (node.kind != NodeKind::string) return wrong(node, "a principal is a string or an object");
    auto found = principal_of(node.text);
    if (!found) return wrong(node, core::to_line(found.error()));
    caller = std::move(*found);
    return {};
  }

  // A string, or an object: an ARN with what the ARN does not say, or as a policy writes it ({"AWS": …},
  // {"Service": …}).
  Result<void> read_principal(const Node& node, Caller& caller) {
    if (node.kind == NodeKind::string) return take_principal(node, caller);
    if (auto ok = keys(node, "a principal",
                       {"arn", "account", "type", "kind", "service", "federated", "role_arn", "user_arn",
                        "canonical_user", "service_linked_role", "in_management_account", "AWS", "Service",
                        "Federated"});
        !ok)
      return ok;
    const auto first = [&](std::initializer_list<const char*> names) -> const Node* {
      for (const char* name : names) {
        const Node* found = node.member(name);
        if (found != nullptr && found->kind != NodeKind::null) return found;
      }
      return nullptr;
    };
    if (const Node* federated = first({"federated", "Federated"})) {
      if (federated->kind != NodeKind::string) return wrong(*federated, "federated must be a string");
      caller.kind = CallerKind::identity_provider;
      caller.federated = federated->text;
    } else if (const Node* found = first({"arn", "AWS", "service", "Service", "account"})) {
      if (auto ok = take_principal(*found, caller); !ok) return ok;
    }
    for (const auto& [key, out] :
         {std::pair{"role_arn", &caller.role_arn}, std::pair{"user_arn", &caller.user_arn},
          std::pair{"canonical_user", &caller.canonical_user}}) {
      if (auto ok = text(node, key, *out); !ok) return ok;
    }
    if (caller.role_arn.find(":role/aws-service-role/") != std::string::npos)
      caller.service_linked_role = true;
    std::string account;
    if (auto ok = text(node, "account", account); !ok) return ok;
    if (!account.empty() && !caller.account.empty() && account != caller.account)
      return wrong(*node.member("account"), "the account is not the one of the ARN");
    if (auto ok = flag(node, "service_linked_role", caller.service_linked_role); !ok) return ok;
    return flag(node, "in_management_account", caller.in_management_account);
  }

  Result<void> read_context(const Node& node, Context& context) {
    if (node.kind != NodeKind::object) return wrong(node, "context must be an object of keys and values");
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      if (context.knows(node.keys[i].text))
        return fail(ErrorKind::bad_input, place(origin_, node.keys[i].at) + ": the key '" +
                                              node.keys[i].text +
                                              "' stands twice in the context (keys compare without case)");
      const Node& value = node.items[i];
      std::vector<std::string> values;
      const auto take = [&](const Node& item) {
        const bool scalar =
            item.kind == NodeKind::string || item.kind == NodeKind::number || item.kind == NodeKind::boolean;
        if (scalar) values.push_back(item.text);
        return scalar;
      };
      bool fine = true;
      if (value.kind == NodeKind::array) {
        for (const Node& item : value.items) fine = take(item) && fine;
      } else if (value.kind != NodeKind::null) {
        fine = take(value);
      }
      if (!fine)
        return wrong(value,
                     "a context value is a string, number or boolean, a list of them, or null for a key that "
                     "is absent");
      context.set(node.keys[i].text, std::move(values));
    }
    return {};
  }

  Result<Policy> read_policy_document(const Node& node, const std::string& where, PolicyKind kind) {
    const Node* document = &node;
    std::string name;
    if (node.kind == NodeKind::object && node.member("Statement") == nullptr) {
      for (const char* key : {"document", "policy", "PolicyDocument"}) {
        if (const Node* found = node.member(key)) document = found;
      }
      for (const char* key : {"name", "PolicyName"}) {
        if (const Node* found = node.member(key)) name = found->text;
      }
    }
    auto policy = document->kind == NodeKind::string
                      ? parse_policy(document->text, place(origin_, document->at) + ": " + where, kind)
                      : policy_of(*document, origin_, kind);
    if (policy) policy->name = name;
    return policy;
  }

  Result<std::vector<Policy>> list(const Node& node, const std::string& where, PolicyKind kind) {
    std::vector<Policy> out;
    const auto take = [&](const Node& item, const std::string& place_in_case) -> Result<void> {
      auto policy = read_policy_document(item, place_in_case, kind);
      if (!policy) return fail(policy.error());
      out.push_back(std::move(*policy));
      return {};
    };
    if (node.kind != NodeKind::array) return wrong(node, where + " must be a list of policies");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (auto ok = take(node.items[i], where + "[" + std::to_string(i) + "]"); !ok) return fail(ok.error());
    }
    return out;
  }

  Result<void> read_list(const Node& root, const char* key, PolicyKind kind,
                         std::optional<std::vector<Policy>>& out) {
    const Node* node = root.member(key);
    if (node == nullptr || node->kind == NodeKind::null) return {};
    auto policies = list(*node, key, kind);
    if (!policies) return fail(policies.error());
    out = std::move(*policies);
    return {};
  }

  // A level is a list of policies; one policy alone is a level of one.
  Result<void> read_tree(const Node& root, const char* key, PolicyKind kind,
                         std::optional<std::vector<std::vector<Policy>>>& out) {
    const Node* node = root.member(key);
    if (node == nullptr || node->kind == NodeKind::null) return {};
    if (node->kind != NodeKind::array)
      return wrong(*node, std::string(key) + " must be a list of levels, root first");
    out.emplace();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const Node& level = node->items[i];
      const std::string where = std::string(key) + "[" + std::to_string(i) + "]";
      if (level.kind == NodeKind::array) {
        auto policies = list(level, where, kind);
        if (!policies) return fail(policies.error());
        out->push_back(std::move(*policies));
      } else {
        auto policy = read_policy_document(level, where, kind);
        if (!policy) return fail(policy.error());
        out->push_back({std::move(*policy)});
      }
    }
    return {};
  }

  Result<void> read_policies(const Node& node, Case& out) {
    PolicySet& set = out.policies;
    if (auto ok = read_list(node, "identity_policies", PolicyKind::identity, set.identity); !ok) return ok;
    if (auto ok = read_list(node, "permission_boundaries", PolicyKind::identity, set.boundaries); !ok)
      return ok;
    if (auto ok = read_list(node, "session_policies", PolicyKind::identity, set.sessions); !ok) return ok;
    if (auto ok = read_list(node, "vpc_endpoint_policies", PolicyKind::resource, set.vpc_endpoints); !ok)
      return ok;
    if (auto ok = read_tree(node, "service_control_policies", PolicyKind::scp, set.scps); !ok) return ok;
    if (auto ok = read_tree(node, "resource_control_policies", PolicyKind::rcp, set.rcps); !ok) return ok;
    const Node* resource = node.member("resource_policy");
    if (resource == nullptr || resource->kind == NodeKind::null) return {};
    auto policy = read_policy_document(*resource, "resource_policy", PolicyKind::resource);
    if (!policy) return fail(policy.error());
    set.resource = std::move(*policy);
    return {};
  }

  std::string origin_;
};

// The start of the next line that begins with '{', where a case can begin again.
void resume(std::string_view text, Cursor& cursor) {
  while (true) {
    const auto end = text.find('\n', cursor.offset);
    if (end == std::string_view::npos) {
      cursor.offset = text.size();
      return;
    }
    ++cursor.line;
    cursor.offset = cursor.line_start = end + 1;
    if (cursor.offset < text.size() && text[cursor.offset] == '{') return;
  }
}

}  // namespace

Result<Case> case_of(const Node& node, std::string_view origin) {
  return CaseBuilder(origin).build(node);
}

CaseReader::CaseReader(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

bool CaseReader::at_end() {
  skip_white_space(text_, cursor_);
  return waiting_.empty() && cursor_.offset >= text_.size();
}

Result<Case> CaseReader::next() {
  while (waiting_.empty()) {
    auto node = parse_positioned(text_, cursor_);
    if (!node) {
      resume(text_, cursor_);
      return fail(ErrorKind::bad_input, origin_ + ":" + node.error().sentence);
    }
    if (node->kind == NodeKind::array && !node->items.empty()) {
      waiting_ = std::move(node->items);
      std::reverse(waiting_.begin(), waiting_.end());
    } else {
      waiting_.push_back(std::move(*node));
    }
  }
  const Node node = std::move(waiting_.back());
  waiting_.pop_back();
  return case_of(node, origin_);
}

}  // namespace doctor::iam
