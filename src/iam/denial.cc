#include "iam/denial.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "core/arn.h"
#include "core/glob.h"

namespace doctor::iam {
namespace {

using core::ErrorKind;
using core::fail;

constexpr std::size_t kLongestText = std::size_t{1} << 20;
constexpr auto npos = std::string_view::npos;

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letter(char a, char b) {
  return lowered(a) == lowered(b);
}

// Where `part` stands in `text` from `from` on, whatever the case of ASCII letters.
std::size_t find_words(std::string_view text, std::string_view part, std::size_t from = 0) {
  if (from > text.size()) return npos;
  const auto at = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), part.begin(),
                              part.end(), same_letter);
  return at == text.end() ? npos : static_cast<std::size_t>(at - text.begin());
}

bool says(std::string_view text, std::string_view part) {
  return find_words(text, part) != npos;
}

// Terminals and mails wrap AWS's sentence anywhere: every run of white space is one space.
std::string unwrapped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// A word as it stands in prose, without quotes, brackets and the full stop around it.
std::string_view bare_word(std::string_view word) {
  constexpr std::string_view kAround = " \"'`<>()[]{}\\";
  while (!word.empty() && kAround.find(word.front()) != npos) word.remove_prefix(1);
  constexpr std::string_view kBehind = " \"'`<>()[]{}\\.,;";
  while (!word.empty() && kBehind.find(word.back()) != npos) word.remove_suffix(1);
  return word;
}

std::string_view next_word(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text.substr(0, text.find(' '));
}

bool is_action_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// "service:Action" at the start of the text, the service in lower case; "" where there is none. AWS writes
// SNS:Publish and the like.
std::string action_at(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == ':' || text.front() == '"')) {
    text.remove_prefix(1);
  }
  std::size_t end = 0;
  while (end < text.size() && is_action_letter(text[end])) ++end;
  if (end == 0 || end >= text.size() || text[end] != ':') return {};
  std::size_t stop = end + 1;
  while (stop < text.size() && is_action_letter(text[stop])) ++stop;
  if (stop == end + 1) return {};
  std::string action(text.substr(0, stop));
  std::transform(action.begin(), action.begin() + static_cast<std::ptrdiff_t>(end), action.begin(), lowered);
  return action;
}

// Which of AWS's nouns the words name.
PolicyType type_in(std::string_view words) {
  struct Row {
    std::string_view words;
    PolicyType type;
  };
  static constexpr std::array<Row, 10> kRows{{{"identity-based policy", PolicyType::identity},
                                              {"resource-based policy", PolicyType::resource},
                                              {"role trust policy", PolicyType::trust},
                                              {"trust policy", PolicyType::trust},
                                              {"permissions boundary", PolicyType::boundary},
                                              {"permission boundary", PolicyType::boundary},
                                              {"session", PolicyType::session},  // also "sessions policy"
                                              {"service control policy", PolicyType::scp},
                                              {"resource control policy", PolicyType::rcp},
                                              {"vpc endpoint policy", PolicyType::vpc_endpoint}}};
  // "in a VPC endpoint policy transitively through a service control policy": the latter is where the Deny
  // stands.
  const auto through = find_words(words, "transitively through");
  if (through != npos) words.remove_prefix(through);
  auto type = PolicyType::unknown;
  auto first = npos;
  for (const auto& row : kRows) {
    const auto at = find_words(words, row.words);
    if (at < first) {
      first = at;
      type = row.type;
    }
  }
  return type;
}

// What follows AWS's noun: ", with policy ARN: arn:…" or ": arn:…" or ": NAME".
std::string policy_in(std::string_view tail) {
  constexpr std::string_view kWithArn = "with policy arn:";
  const auto with = find_words(tail, kWithArn);
  if (with != npos) return std::string(bare_word(next_word(tail.substr(with + kWithArn.size()))));
  for (const std::string_view noun : {"policy:", "boundary:"}) {
    const auto at = find_words(tail, noun);
    if (at != npos) return std::string(bare_word(next_word(tail.substr(at + noun.size()))));
  }
  return {};
}

// The part of the sentence about the reason ends where something else begins.
std::string_view reason_of(std::string_view text) {
  for (const std::string_view end :
       {"encoded authorization failure", "(service:", "status code:", "go to http"}) {
    text = text.substr(0, find_words(text, end));
  }
  return text;
}

void read_reason(std::string_view sentence, Denial& denial) {
  const auto explicit_at = find_words(sentence, "explicit deny");
  if (explicit_at != npos) {
    const auto reason = reason_of(sentence.substr(explicit_at));
    denial.kind = DenialKind::explicit_deny;
    denial.policy = policy_in(reason);
    // A policy's own name may hold a noun of AWS's: the type stands before it.
    const auto named = denial.policy.empty() ? npos : reason.find(denial.policy);
    denial.policy_type = type_in(reason.substr(0, named));
    return;
  }
  const auto no_policy = find_words(sentence, "because no ");
  if (no_policy != npos) {
    const auto reason = reason_of(sentence.substr(no_policy));
    const auto type = type_in(reason.substr(0, find_words(reason, " allow")));
    if (type != PolicyType::unknown) {
      denial.kind = DenialKind::implicit_deny;
      denial.policy_type = type;
      return;
    }
  }
  // S3's Block Public Access, blocked encryption types, Requester Pays: settings, which no policy overrides.
  const auto because = find_words(sentence, "because ");
  if (because != npos) {
    const auto reason = reason_of(sentence.substr(because));
    if (says(reason, "block public access") || says(reason, "has blocked") || says(reason, "are blocked") ||
        says(reason, "are prevented") || says(reason, "requester pays")) {
      denial.kind = DenialKind::explicit_deny;
      denial.policy_type = PolicyType::setting;
    }
  }
}

// "on resource: X". An ARN is one word; IAM's short form ("role web") reaches to the reason.
std::string resource_in(std::string_view sentence) {
  std::size_t at = npos;
  std::size_t length = 0;
  for (const std::string_view words : {"on resource: ", "on resource ", "on resource:"}) {
    at = find_words(sentence, words);
    length = words.size();
    if (at != npos) break;
  }
  if (at == npos) return {};
  auto rest = sentence.substr(at + length);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
    const auto close = rest.find(rest.front(), 1);
    return std::string(rest.substr(1, close == npos ? npos : close - 1));
  }
  if (rest.substr(0, 4) == "arn:" || rest.substr(0, 1) == "*") {
    auto word = next_word(rest);
    constexpr std::string_view kBehind = "\"'`<>()[]{}\\.,;";
    while (!word.empty() && kBehind.find(word.back()) != npos) word.remove_suffix(1);
    return std::string(word);
  }
  for (const std::string_view end :
       {" because ", " with an explicit", " (service", ". encoded", " status code"}) {
    rest = rest.substr(0, find_words(rest, end));
  }
  constexpr std::size_t kLongestName = 200;  // prose, not a name
  rest = bare_word(rest);
  return rest.size() > kLongestName ? std::string{} : std::string(rest);
}

// The ARN (or "anonymous") between "User:" and the sentence's verb.
std::string principal_in(std::string_view before) {
  auto at = npos;
  std::size_t length = 0;
  for (const std::string_view words : {"user: ", "user:", "principal: ", "role: "}) {
    for (auto next = find_words(before, words); next != npos; next = find_words(before, words, next + 1)) {
      if (at == npos || next > at) {
        at = next;
        length = words.size();
      }
    }
  }
  if (at == npos) return {};
  const auto word = bare_word(next_word(before.substr(at + length)));
  return word == "is" ? std::string{} : std::string(word);
}

// The word behind the first of AWS's labels that the text holds.
std::string after_label(std::string_view text, std::initializer_list<std::string_view> labels) {
  for (const auto label : labels) {
    const auto at = find_words(text, label);
    if (at == npos) continue;
    auto rest = text.substr(at + label.size());
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':' || rest.front() == '"')) {
      rest.remove_prefix(1);
    }
    std::size_t end = 0;
    while (end < rest.size() && (is_action_letter(rest[end]) || rest[end] == '/' || rest[end] == '+' ||
                                 rest[end] == '=' || rest[end] == '.')) {
      ++end;
    }
    auto word = rest.substr(0, end);
    while (!word.empty() && word.back() == '.') word.remove_suffix(1);
    if (!word.empty()) return std::string(word);
  }
  return {};
}

bool is_encoded_letter(char c) {
  return is_action_letter(c);
}

// The message is one word of base64url. A terminal may have wrapped it: a line break alone joins, a space
// ends it.
std::string encoded_in(std::string_view raw) {
  constexpr std::string_view kLabel = "authorization failure message:";
  auto at = find_words(raw, kLabel);
  if (at == npos) return {};
  at += kLabel.size();
  while (at < raw.size() && (raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\r' || raw[at] == '\t')) ++at;
  std::string message;
  while (at < raw.size()) {
    if (is_encoded_letter(raw[at])) {
      message += raw[at++];
      continue;
    }
    auto next = at;
    while (next < raw.size() && (raw[next] == '\n' || raw[next] == '\r')) ++next;
    if (next == at || next == raw.size()) break;
    auto word = raw.substr(next);
    const auto end = static_cast<std::size_t>(std::find_if_not(word.begin(), word.end(), is_encoded_letter) -
                                              word.begin());
    // "status code: 403" on the next line belongs to the SDK.
    if (end == 0 || (end < word.size() && word[end] != '\n' && word[end] != '\r')) break;
    at = next;
  }
  return message;
}

// The error code: what stands in "An error occurred (CODE) when calling", "Error Code: CODE", or alone.
std::string code_in(std::string_view text) {
  constexpr std::string_view kOccurred = "an error occurred (";
  const auto occurred = find_words(text, kOccurred);
  if (occurred != npos) {
    const auto rest = text.substr(occurred + kOccurred.size());
    return std::string(rest.substr(0, std::min(rest.find(')'), std::size_t{64})));
  }
  if (auto code = after_label(text, {"error code:", "<code>", "api error "}); !code.empty()) return code;
  for (const std::string_view code :
       {"Client.UnauthorizedOperation", "UnauthorizedOperation", "AccessDeniedException",
        "KMSAccessDeniedException", "AuthorizationErrorException", "AuthorizationError",
        "UnauthorizedException", "AccessDenied"}) {
    if (core::contains(text, code)) return std::string(code);
  }
  return {};
}

// "when calling the GetObject operation", "operation error SSM: GetParameters,".
std::string operation_in(std::string_view text) {
  constexpr std::string_view kCalling = "when calling the ";
  if (const auto at = find_words(text, kCalling); at != npos) {
    return std::string(bare_word(next_word(text.substr(at + kCalling.size()))));
  }
  constexpr std::string_view kError = "operation error ";
  if (const auto at = find_words(text, kError); at != npos) {
    const auto rest = text.substr(at + kError.size());
    const auto colon = rest.find(": ");
    if (colon < 64) return std::string(bare_word(next_word(rest.substr(colon + 2))));
  }
  return {};
}

std::string quoted_or_arn(std::string_view text) {
  const auto at = text.find("arn:");
  return at == npos ? std::string{} : std::string(bare_word(next_word(text.substr(at))));
}

// Sentences of single services that are no sentence of IAM. Each says what it proves and no more.
bool read_service_sentence(std::string_view text, Denial& denial) {
  // ECS, "Stopped tasks error messages": the execution or task role cannot be assumed; the sentence leaves
  // open whether the trust policy or iam:PassRole is why.
  if (says(text, "ecs was unable to assume the role")) {
    denial.principal = "ecs-tasks.amazonaws.com";
    denial.action = "sts:AssumeRole";
    denial.resource = quoted_or_arn(text.substr(find_words(text, "unable to assume the role")));
    denial.policy_type = PolicyType::trust;
    return true;
  }
  // KMS, Decrypt: the key is not named, and "does not exist" is a possible reason.
  if (says(text, "ciphertext refers to a customer master key that does not exist") ||
      says(text, "access to kms is not allowed") || says(text, "kms access was denied")) {
    denial.action = "kms:Decrypt";
    return true;
  }
  // EFS with IAM authorization, mounted by Fargate.
  if (says(text, "access denied by server while mounting")) {
    denial.action = "elasticfilesystem:ClientMount";
    return true;
  }
  // STS for OIDC and SAML: only the role's trust policy grants these.
  constexpr std::string_view kNot = "not authorized to perform ";
  if (const auto at = find_words(text, kNot); at != npos) {
    denial.action = action_at(text.substr(at + kNot.size()));
    if (denial.action.rfind("sts:AssumeRoleWith", 0) == 0) denial.policy_type = PolicyType::trust;
    if (!denial.action.empty()) return true;
  }
  return false;
}

bool is_refusal_without_details(std::string_view text) {
  for (const std::string_view words :
       {"access denied", "accessdenied", "not authorized", "unauthorizedoperation", "unauthorizedaccess",
        "403 forbidden", "(403)", "authorizationerror", "unauthorizedexception"}) {
    if (says(text, words)) return true;
  }
  return false;
}

constexpr std::string_view kVerb = "is not authorized to perform";

// One refusal; `raw` is the text as it came, `text` the same unwrapped.
std::optional<Denial> read_refusal(std::string_view raw, std::string_view text) {
  Denial denial;
  denial.code = code_in(text);
  denial.operation = operation_in(text);
  denial.request_id = after_label(text, {"request id:", "requestid:", "<requestid>", "request-id:"});
  denial.encoded_message = encoded_in(raw);
  denial.authorization_id = after_label(text, {"following authorization id:", "#/authorization-details/"});
  const auto verb = find_words(text, kVerb);
  if (verb != npos) {
    const auto sentence = text.substr(verb + kVerb.size());
    denial.principal = principal_in(text.substr(0, verb));
    denial.action = action_at(sentence);
    denial.resource = resource_in(sentence);
    read_reason(sentence, denial);
  }
  if (!denial.action.empty()) {
    if (denial.policy_type == PolicyType::unknown) denial.policy_type = policy_type_of_arn(denial.policy);
    return denial;
  }
  if (read_service_sentence(text, denial)) return denial;
  if (!is_refusal_without_details(text) && denial.encoded_message.empty()) return {};
  read_reason(text, denial);  // "The IAM Entity is not authorized … with an explicit deny in a …"
  return denial;
}

// Where each refusal of a text with several begins: at the "User:" of its sentence.
std::vector<std::size_t> starts_of_refusals(std::string_view text) {
  std::string raw(text);  // as long as the text, wrapped lines joined
  std::replace_if(
      raw.begin(), raw.end(), [](char c) { return c >= '\t' && c <= '\r'; }, ' ');
  std::vector<std::size_t> starts{0};
  std::size_t previous = npos;
  for (auto at = find_words(raw, kVerb); at != npos; at = find_words(raw, kVerb, at + 1)) {
    if (previous != npos) {
      const auto between = std::string_view(raw).substr(previous, at - previous);
      auto user = npos;
      for (auto next = find_words(between, "user:"); next != npos;
           next = find_words(between, "user:", next + 1)) {
        user = previous + next;
      }
      if (user != npos) starts.push_back(user);
    }
    previous = at;
  }
  return starts;
}

tl::unexpected<core::Error> no_refusal(std::string_view text) {
  constexpr std::size_t kShown = 80;
  const std::string shown = core::printable(text.substr(0, kShown)) + (text.size() > kShown ? "…" : "");
  return fail(ErrorKind::bad_input, "no refused call in '" + shown + "'",
              "paste the whole error (AccessDenied, UnauthorizedOperation, 'is not authorized to perform'), "
              "a decoded "
              "authorization message, or a CloudTrail event with --event");
}

}  // namespace

std::string_view denial_kind_name(DenialKind kind) {
  static constexpr std::array<std::string_view, 3> kNames{"unknown", "explicit_deny", "implicit_deny"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view policy_type_name(PolicyType type) {
  static constexpr std::array<std::string_view, 10> kNames{"unknown",      "identity", "resource", "trust",
                                                           "boundary",     "session",  "scp",      "rcp",
                                                           "vpc_endpoint", "setting"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view policy_type_words(PolicyType type) {
  static constexpr std::array<std::string_view, 10> kWords{"policy",
                                                           "identity-based policy",
                                                           "resource-based policy",
                                                           "role trust policy",
                                                           "permissions boundary",
                                                           "session policy",
                                                           "service control policy",
                                                           "resource control policy",
                                                           "VPC endpoint policy",
                                                           "setting of the service"};
  return kWords[static_cast<std::size_t>(type)];
}

PolicyType policy_type_of_arn(std::string_view arn) {
  if (core::contains(arn, "/service_control_policy/")) return PolicyType::scp;
  if (core::contains(arn, "/resource_control_policy/")) return PolicyType::rcp;
  return PolicyType::unknown;
}

std::string_view service_of(std::string_view action) {
  const auto colon = action.find(':');
  return colon == npos ? std::string_view{} : action.substr(0, colon);
}

core::Result<Denial> denial_of_decoded(core::Json message) {
  const auto context = message["context"];
  if (!message["allowed"].present() || !context.is_object()) {
    return fail(ErrorKind::bad_input,
                "this JSON is no decoded authorization message: 'allowed' or 'context' is missing",
                "give what this prints: aws sts decode-authorization-message --encoded-message …");
  }
  if (message["allowed"].boolean_or(false)) {
    return fail(ErrorKind::bad_input, "this authorization message says that the call was allowed");
  }
  Denial denial;
  denial.principal = context["principal"]["arn"].string_or();
  denial.action = action_at(context["action"].string_or());
  denial.resource = context["resource"].string_or();
  denial.kind =
      message["explicitDeny"].boolean_or(false) ? DenialKind::explicit_deny : DenialKind::implicit_deny;
  for (const auto condition : context["conditions"]["items"].items()) {
    std::vector<std::string> values;
    for (const auto value : condition["values"]["items"].items()) {
      values.emplace_back(value["value"].string_or());
    }
    denial.context.emplace_back(condition["key"].string_or(), std::move(values));
  }
  for (const auto statement : message["matchedStatements"]["items"].items()) {
    denial.statements.push_back(
        {std::string(statement["statementId"].string_or()), std::string(statement["effect"].string_or())});
  }
  if (denial.action.empty()) return fail(ErrorKind::bad_input, "the authorization message names no action");
  return denial;
}

core::Result<std::vector<Denial>> parse_denials(std::string_view text) {
  if (text.size() > kLongestText) {
    return fail(ErrorKind::bad_input, "the text is longer than 1 MiB", "paste only the error itself");
  }
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != npos && text[first] == '{') {
    if (auto document = core::JsonDocument::parse(text, "text")) {
      const auto root = document->root();
      if (const auto decoded = root["DecodedMessage"].string_or(); !decoded.empty()) {
        auto inner = core::JsonDocument::parse(decoded, "DecodedMessage");
        if (!inner) return fail(inner.error());
        auto denial = denial_of_decoded(inner->root());
        if (!denial) return fail(denial.error());
        return std::vector<Denial>{std::move(*denial)};
      }
      if (root["allowed"].present()) {
        auto denial = denial_of_decoded(root);
        if (!denial) return fail(denial.error());
        return std::vector<Denial>{std::move(*denial)};
      }
      // The body of an error: {"__type": "…#AccessDeniedException", "Message": "User: …"}.
      for (const std::string_view key : {"message", "Message", "errorMessage"}) {
        const auto message = root[key].string_or();
        if (message.empty() || core::contains(message, "{")) continue;
        const std::string whole = std::string(root["__type"].string_or()) + " " + std::string(message);
        return parse_denials(whole);
      }
    }
  }
  const auto starts = starts_of_refusals(text);
  std::vector<Denial> denials;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto end = i + 1 < starts.size() ? starts[i + 1] : text.size();
    const auto raw = text.substr(starts[i], end - starts[i]);
    if (auto denial = read_refusal(raw, unwrapped(raw))) denials.push_back(std::move(*denial));
  }
  if (denials.empty()) return no_refusal(text);
  return denials;
}

core::Result<Denial> parse_denial(std::string_view text) {
  auto denials = parse_denials(text);
  if (!denials) return fail(denials.error());
  return std::move(denials->front());
}

}  // namespace doctor::iam
