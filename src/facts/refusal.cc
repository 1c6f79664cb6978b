// What AWS said when it refused, in the words of the CLI:
//   An error occurred (AccessDeniedException) when calling the DescribeTasks operation: User: … is not
//   authorized to perform: ecs:DescribeTasks on resource: … because no identity-based policy allows it
#include <algorithm>
#include <array>

#include "aws/errors.h"
#include "core/error.h"
#include "core/glob.h"
#include "facts/absorb.h"
#include "facts/redact.h"
#include "facts/refusal.h"
#include "facts/resource_policy.h"

namespace doctor::facts {
namespace {

struct Refusal {
  std::string code, operation, message;
};

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  const auto end = text.find(after, start + before.size());
  if (end == std::string_view::npos) return {};
  return text.substr(start + before.size(), end - start - before.size());
}

Refusal read(std::string_view text) {
  Refusal out;
  out.code = between(text, "An error occurred (", ")");
  out.operation = trimmed(between(text, "when calling the ", " operation"));
  const auto mark = text.find(" operation", text.find("when calling the "));
  const auto colon = mark == std::string_view::npos ? mark : text.find(": ", mark);
  out.message = core::printable(
      trimmed(out.code.empty() || colon == std::string_view::npos ? text : text.substr(colon + 2)));
  return out;
}

bool is_about_access(std::string_view code) {
  return core::contains(code, "AccessDenied") || core::contains(code, "UnauthorizedOperation") ||
         core::contains(code, "AuthorizationError") || code == "NotAuthorized" || code == "Forbidden";
}

// Advice for answers that no IAM action would change; a code that ends in '*' is a beginning.
struct Advice {
  std::string_view service, code, text;
};
constexpr std::array<Advice, 9> kAdvice{{
    {"health", "SubscriptionRequiredException",
     "the AWS Health API needs a Business, Enterprise On-Ramp or Enterprise support plan; without one, an "
     "EventBridge rule for \"AWS Health Event\" delivers the same events into events.jsonl"},
    {"organizations", "AccessDenied*",
     "only the management account or a delegated administrator may read organisation policies: run this with "
     "such a profile, or export the policies there into the snapshot"},
    {"organizations", "AWSOrganizationsNotInUseException",
     "the account is in no organisation: there are no organisation policies to look at"},
    {"config", "NoAvailableConfigurationRecorderException", "the AWS Config recorder is off in this region"},
    {"config", "ResourceNotDiscoveredException", "AWS Config does not record this resource (type)"},
    {"", "Throttling*", "AWS throttled the call after all retries: run again later"},
    {"", "TooManyRequests*", "AWS throttled the call after all retries: run again later"},
    {"", "RequestLimitExceeded", "AWS throttled the call after all retries: run again later"},
    {"", "ExpiredToken*", "the credentials have expired: sign in again"},
}};

std::string advice_for(std::string_view service, std::string_view code) {
  for (const Advice& row : kAdvice) {
    if ((row.service.empty() || row.service == service) && core::glob_matches(row.code, code))
      return std::string(row.text);
  }
  return {};
}

struct Symptom {
  std::string_view service, operation, call;
};
constexpr std::array<Symptom, 7> kSymptomRows{{
    {"ecs", "run-task", "RunTask"},
    {"ecs", "start-task", "StartTask"},
    {"ecs", "execute-command", "ExecuteCommand"},
    {"ecs", "create-service", "CreateService"},
    {"ecs", "update-service", "UpdateService"},
    {"ecs", "register-task-definition", "RegisterTaskDefinition"},
    {"ec2", "create-network-interface", "CreateNetworkInterface"},
}};

// That there is no policy is an answer. "Repository policy does not exist for the repository with name 'web'
// in the registry with id '111122223333'".
bool says_there_is_no_policy(Place& place, const DocumentName& name, const Refusal& refusal) {
  if (name.operation == "get-repository-policy" && refusal.code == "RepositoryPolicyNotFoundException") {
    std::string repository(between(refusal.message, "with name '", "'"));
    if (repository.empty()) repository = name.subject;
    keep(place, {"ecr", std::move(repository), std::string(between(refusal.message, "with id '", "'")), {}});
    return true;
  }
  if (name.operation == "get-bucket-policy" && refusal.code == "NoSuchBucketPolicy") {
    keep(place, {"s3", std::string(name.subject), {}, {}});
    return true;
  }
  return false;
}

}  // namespace

std::string api_operation(std::string_view cli_operation) {
  std::string out;
  bool upper = true;
  for (const char c : cli_operation) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

std::string iam_action(std::string_view service, std::string_view cli_operation) {
  std::string operation = api_operation(cli_operation);
  // The two names that differ from their operation's.
  if (service == "service-quotas" && operation == "ListAwsDefaultServiceQuotas")
    operation = "ListAWSDefaultServiceQuotas";
  if (service == "service-quotas" && operation == "GetAwsDefaultServiceQuota")
    operation = "GetAWSDefaultServiceQuota";
  return aws::iam_action(service, operation);
}

void absorb_refusal(Facts&, Place& place, const DocumentName& name, std::string_view error_text) {
  const Refusal refusal = read(redact_line(error_text));
  for (const Symptom& row : kSymptomRows) {
    if (row.service != name.service || row.operation != name.operation) continue;
    CallFailure failure;
    failure.operation = row.call;
    failure.code = refusal.code;
    failure.reason = refusal.message;
    failure.origin = {std::string(name.service), std::string(name.operation), ""};
    place.call_failures.push_back(std::move(failure));
    return;
  }
  if (says_there_is_no_policy(place, name, refusal)) return;
  Gap gap;
  gap.service = name.service;
  gap.operation = name.operation;
  gap.subject = name.subject;
  gap.code = refusal.code;
  gap.reason = refusal.code.empty() ? refusal.message : refusal.code + ": " + refusal.message;
  if (is_about_access(refusal.code) || !aws::denied_action(refusal.message).empty()) {
    gap.iam_action = aws::denied_action(refusal.message);
    if (gap.iam_action.empty()) gap.iam_action = iam_action(name.service, name.operation);
  }
  gap.advice = advice_for(name.service, refusal.code);
  place.gaps.push_back(std::move(gap));
}

}  // namespace doctor::facts
