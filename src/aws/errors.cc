#include "aws/errors.h"

#include <algorithm>
#include <iterator>

#include "aws/http.h"
#include "aws/operations.h"
#include "aws/wire_xml.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using core::make_error;
using Text = std::string_view;

// Codes that the SDKs' standard retry mode calls throttling (AWS SDKs and Tools Reference Guide, "Retry
// behavior"), but LimitExceededException, which is a quota for most services: see is_throttling.
constexpr Text kThrottling[] = {"TooManyRequestsException",
                                "RequestLimitExceeded",
                                "BandwidthLimitExceeded",
                                "ProvisionedThroughputExceededException",
                                "SlowDown",
                                "PriorRequestNotComplete",
                                "TransactionInProgressException",
                                "EC2ThrottledException"};

constexpr Text kTransient[] = {
    "RequestTimeout",       "RequestTimeoutException",     "InternalError",        "InternalFailure",
    "InternalServerError",  "InternalServerException",     "InternalServiceError", "InternalServiceException",
    "ServiceUnavailable",   "ServiceUnavailableException", "Unavailable",          "ServerException",
    "IDPCommunicationError"};

constexpr Text kExpired[] = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"};

constexpr Text kWrongCredentials[] = {"UnrecognizedClientException",
                                      "UnrecognizedClient",
                                      "InvalidClientTokenId",
                                      "InvalidAccessKeyId",
                                      "MissingAuthenticationToken",
                                      "MissingAuthenticationTokenException",
                                      "AuthFailure",
                                      "InvalidSecurity",
                                      "InvalidIdentityToken",
                                      "IDPRejectedClaim"};

constexpr Text kWrongSignature[] = {"SignatureDoesNotMatch", "InvalidSignatureException",
                                    "IncompleteSignature", "IncompleteSignatureException"};

constexpr Text kSkewed[] = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"};

constexpr Text kNotSubscribed[] = {"SubscriptionRequiredException", "OptInRequired",
                                   "RegionDisabledException", "BlockedException"};

constexpr Text kDenied[] = {"UnauthorizedOperation",
                            "UnauthorizedAccess",
                            "UnauthorizedException",
                            "NotAuthorized",
                            "AuthorizationError",
                            "AuthorizationErrorException",
                            "Forbidden"};

constexpr Text kUnknownOperation[] = {"UnknownOperationException", "UnknownOperation", "InvalidAction"};

template <std::size_t N>
bool is_one_of(const Text (&codes)[N], Text code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

bool has(Text text, Text part) {
  return text.find(part) != Text::npos;
}

bool is_throttling(Text code, Text message, int status) {
  return is_one_of(kThrottling, code) || status == 429 || code.starts_with("Throttl") ||
         code.starts_with("RequestThrottl") ||
         (code == "LimitExceededException" && has(message, "Rate exceeded"));
}

bool is_skew(Text code, Text message) {
  return is_one_of(kSkewed, code) ||
         (is_one_of(kWrongSignature, code) &&
          (has(message, "Signature expired") || has(message, "Signature not yet current")));
}

bool is_denied(Text code) {
  return is_one_of(kDenied, code) || has(code, "AccessDenied");
}

bool is_missing(Text code) {
  return has(code, "NotFound") || has(code, "NoSuch") || has(code, "DoesNotExist") ||
         has(code, "NonExistent") || code == "AWSOrganizationsNotInUseException" ||
         code == "UnknownResourceFault";
}

struct Judgement {
  ErrorKind kind;
  std::string next;
  bool retryable = false;
};

Judgement judge(Text service, Text operation, Text code, Text message, int status) {
  const std::string action = iam_action(service, operation);
  if (is_throttling(code, message, status)) {
    return {ErrorKind::throttled,
            "try again in a minute: the account's calls to " + std::string(service) + " share one limit",
            true};
  }
  if (is_skew(code, message)) {
    return {ErrorKind::refused, "correct this machine's clock"};
  }
  if (is_one_of(kExpired, code)) {
    return {ErrorKind::refused, "renew the credentials, for example with: aws sso login"};
  }
  if (is_one_of(kWrongSignature, code)) {
    return {ErrorKind::refused, "check the secret access key, and that no proxy changes requests"};
  }
  if (is_one_of(kWrongCredentials, code)) {
    return {ErrorKind::refused,
            "check the access key and session token, and that the account uses this region"};
  }
  if (is_one_of(kNotSubscribed, code)) {
    return {ErrorKind::refused, service == "health"
                                    ? "the AWS Health API needs a Business, Enterprise On-Ramp or Enterprise "
                                      "support plan; the Health dashboard needs none"
                                    : "the account is not subscribed to this service or region"};
  }
  if (is_denied(code)) {
    const std::string named = denied_action(message);
    return {ErrorKind::refused, "allow " + (named.empty() ? action : named)};
  }
  if (is_one_of(kUnknownOperation, code)) {
    return {ErrorKind::invalid_call, "the endpoint does not offer this operation: check --endpoint-url"};
  }
  if (is_missing(code)) return {ErrorKind::not_found, "check the name, the account and the region"};
  if (is_one_of(kTransient, code) || (status >= 500 && status != 501 && status != 505)) {
    return {ErrorKind::unreachable, "try again in a moment; if it lasts, see the AWS Health dashboard", true};
  }
  if (status == 401 || status == 403) return {ErrorKind::refused, "allow " + action};
  if (status == 404) return {ErrorKind::not_found, "check the name, the account and the region"};
  return {ErrorKind::invalid_call, "check the values that the message names"};
}

// "com.amazonaws.ecs#ClusterNotFoundException", "ValidationException:http://…" -> the name alone.
std::string bare_code(Text text) {
  if (const auto hash = text.rfind('#'); hash != Text::npos) text.remove_prefix(hash + 1);
  text = text.substr(0, text.find(':'));
  return core::printable(trimmed(text).substr(0, 128));
}

void read_json_error(Text body, std::string& code, std::string& message) {
  const auto document = core::JsonDocument::parse(body, "answer");
  if (!document) return;
  const core::Json root = document->root();
  for (const Text key : {"__type", "code", "Code"}) {
    if (code.empty()) code = bare_code(root[key].string_or());
  }
  for (const Text key : {"message", "Message", "errorMessage"}) {
    if (message.empty()) message = root[key].string_or();
  }
}

std::string called(Text service, Text operation) {
  return std::string(service) + " " + std::string(operation);
}

// Enough to recognise it by, and nothing that a terminal or a JSON writer minds.
std::string excerpt(Text text) {
  constexpr std::size_t kLongest = 60;
  std::string out = core::printable(trimmed(text).substr(0, kLongest));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return "(\"" + out + (text.size() > kLongest ? "…" : "") + "\")";
}

std::string html_title(Text body) {
  const std::string small = lower_case(body);
  const auto open = small.find("<title>");
  const auto end = small.find("</title>");
  if (open == std::string::npos || end == std::string::npos || end < open) return {};
  return " " + excerpt(body.substr(open + 7, end - open - 7));
}

}  // namespace

BodyVerdict judge_body(Text body) {
  const Text text = trimmed(body);
  if (text.empty()) return {"an empty answer", true};
  if (text.front() == '<') {
    const std::string start = lower_case(text.substr(0, 1024));
    if (has(start, "<html") || has(start, "<!doctype html")) {
      return {"an HTML page" + html_title(text.substr(0, 4096)), false};
    }
    const std::string root = root_of_xml(text);
    if (root.empty()) return {"XML that is cut off or damaged", true};
    return {"an XML document <" + core::printable(Text(root).substr(0, 60)) + ">", false};
  }
  if (text.front() == '{') {
    if (core::JsonDocument::parse(text, "answer")) return {"JSON of another kind", false};
    return {"JSON that is cut off or damaged", true};
  }
  return {"text " + excerpt(text), false};
}

WireFailure not_aws(Text service, Text operation, int status, const BodyVerdict& verdict) {
  const std::string answer = "the answer to " + called(service, operation);
  const std::string ending = verdict.what + ", HTTP " + std::to_string(status);
  WireFailure failure;
  failure.status = status;
  failure.retryable = verdict.cut_off;
  failure.error =
      verdict.cut_off
          ? make_error(ErrorKind::unreachable, answer + " did not arrive whole: " + ending,
                       "try again; if it stays so, check --endpoint-url, AWS_ENDPOINT_URL and the proxy")
          : make_error(ErrorKind::unreachable, answer + " is not AWS's: " + ending,
                       "check --endpoint-url, AWS_ENDPOINT_URL and the proxy: something else answers there");
  return failure;
}

WireFailure decode_error(Text service, Text operation, int status, const Headers& headers, Text body) {
  std::string code = bare_code(header_of(headers, "x-amzn-errortype"));
  std::string message;
  const Text text = trimmed(body);
  if (text.starts_with('{')) read_json_error(text, code, message);
  if (text.starts_with('<')) read_xml_error(text, code, message);
  // Services that moved from query to JSON keep their old codes here:
  // "AWS.SimpleQueueService.NonExistentQueue;Sender".
  if (const Text query_error = header_of(headers, "x-amzn-query-error"); !query_error.empty()) {
    code = core::printable(query_error.substr(0, std::min(query_error.find(';'), std::size_t{128})));
  }

  if (code.empty()) {
    // AWS's own front ends answer without a body at times, with a request id; nobody else sends one.
    const bool bare_answer = text.empty() && !header_of(headers, "x-amzn-requestid").empty();
    if (!bare_answer) {
      WireFailure failure = not_aws(service, operation, status, judge_body(body));
      if (status < 500 && text.empty()) failure.retryable = false;
      if (status >= 500 || status == 429) failure.retryable = true;
      if (status == 429) failure.error.kind = ErrorKind::throttled;
      return failure;
    }
  }

  Judgement judgement = judge(service, operation, code, message, status);
  WireFailure failure;
  failure.status = status;
  failure.retryable = judgement.retryable;
  failure.clock_skew = is_skew(code, message);
  failure.expired_token = is_one_of(kExpired, code);
  std::string sentence =
      called(service, operation) + ": " + (code.empty() ? "HTTP " + std::to_string(status) : code);
  if (!message.empty()) sentence += ": " + core::printable(message);
  failure.error = make_error(judgement.kind, std::move(sentence), std::move(judgement.next), std::move(code));
  return failure;
}

std::string denied_action(Text message) {
  constexpr Text kMark = "to perform: ";
  const auto start = message.find(kMark);
  if (start == Text::npos) return {};
  const Text rest = message.substr(start + kMark.size());
  const Text word = rest.substr(0, rest.find_first_of(" ,\"'"));
  const auto colon = word.find(':');
  return colon == Text::npos || colon == 0 || colon + 1 == word.size() ? std::string{} : std::string(word);
}

std::string iam_action(Text service, Text operation) {
  // Service Authorization Reference: the prefix is the signing name but for these.
  Text prefix = service;
  if (service == "cloudwatch") {
    prefix = "cloudwatch";
  } else if (service == "resourcegroupstaggingapi") {
    prefix = "tag";
  } else if (const ServiceModel* model = find_service(service)) {
    prefix = model->signing_name;
  }
  return std::string(prefix) + ":" + std::string(operation);
}

}  // namespace doctor::aws
