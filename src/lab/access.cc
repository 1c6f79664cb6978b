#include "lab/access.h"

#include <cstdio>
#include <cstdlib>

#include "lab/world.h"

namespace doctor::lab {
namespace {

using aws::Protocol;

bool is_xml(Protocol protocol) {
  return protocol == Protocol::query || protocol == Protocol::ec2 || protocol == Protocol::rest_xml;
}

// "20261124T060000Z"
std::optional<core::Timestamp> basic_time(const std::string& text) {
  if (text.size() != 16) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) { return text.substr(at, size); };
  return core::timestamp_of_iso(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) + ":" +
                                part(11, 2) + ":" + part(13, 2) + "Z");
}

std::string value_after(const std::string& text, const std::string& key) {
  const auto start = text.find(key);
  if (start == std::string::npos) return {};
  const auto from = start + key.size();
  return text.substr(from, text.find_first_of(", ", from) - from);
}

std::string hex_of(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

}  // namespace

tl::expected<Caller, ApiError> caller_of(const HttpRequest& http) {
  const auto header = http.headers.find("authorization");
  if (header == http.headers.end()) return Caller{};
  const std::string& text = header->second;
  const bool xml = is_xml(protocol_of(http, ""));
  const auto incomplete = [&](const std::string& what) {
    return tl::unexpected(ApiError{xml ? "IncompleteSignature" : "IncompleteSignatureException",
                                   what + " Authorization=" + text.substr(0, 60), xml ? 403 : 400});
  };
  if (text.rfind("AWS4-HMAC-SHA256 ", 0) != 0) return incomplete("Unsupported AWS 'algorithm'.");
  const std::string scope = value_after(text, "Credential=");
  if (value_after(text, "Signature=").size() != 64)
    return incomplete("Authorization header requires 'Signature' parameter.");
  if (value_after(text, "SignedHeaders=").empty())
    return incomplete("Authorization header requires 'SignedHeaders' parameter.");
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= scope.size();) {
    const auto end = std::min(scope.find('/', start), scope.size());
    parts.push_back(scope.substr(start, end - start));
    start = end + 1;
  }
  if (parts.size() != 5 || parts[4] != "aws4_request") {
    return incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
  }
  return Caller{parts[0], parts[2], parts[3]};
}

ApiError turned_away(const HttpRequest& http, const Caller& caller, Protocol protocol, const World& world,
                     core::Timestamp real_now) {
  const bool xml = is_xml(protocol), ec2 = protocol == Protocol::ec2;
  if (caller.access_key.empty()) {
    return xml ? ApiError{"MissingAuthenticationToken", "Request is missing Authentication Token", 403}
               : ApiError{"MissingAuthenticationTokenException", "Missing Authentication Token", 400};
  }
  const auto token = http.headers.find("x-amz-security-token");
  if (caller.access_key.rfind("AKIAEXPIRED", 0) == 0 ||
      (token != http.headers.end() && token->second == "expired")) {
    if (ec2) return {"RequestExpired", "Request has expired.", 400};
    return {xml ? "ExpiredToken" : "ExpiredTokenException",
            "The security token included in the request is expired", xml ? 403 : 400};
  }
  if (!world.has_region(caller.region)) {
    if (ec2) return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
    return {xml ? "InvalidClientTokenId" : "UnrecognizedClientException",
            "The security token included in the request is invalid.", xml ? 403 : 400};
  }
  const auto date = http.headers.find("x-amz-date");
  const auto time = date == http.headers.end() ? std::nullopt : basic_time(date->second);
  if (!time) {
    return {xml ? "IncompleteSignature" : "IncompleteSignatureException",
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            xml ? 403 : 400};
  }
  const auto skew = std::chrono::minutes(15);
  if (*time < real_now - skew || *time > real_now + skew) {
    const std::string now = core::to_basic_iso(real_now);
    const std::string message = *time < real_now
                                    ? "Signature expired: " + date->second + " is now earlier than " +
                                          core::to_basic_iso(real_now - skew) + " (" + now + " - 15 min.)"
                                    : "Signature not yet current: " + date->second + " is still later than " +
                                          core::to_basic_iso(real_now + skew) + " (" + now + " + 15 min.)";
    if (ec2) return {"RequestExpired", "Request has expired.", 400};
    return {xml ? "SignatureDoesNotMatch" : "InvalidSignatureException", message, xml ? 403 : 400};
  }
  return {"", "", 200};
}

std::string action_of(const aws::ServiceModel& service, const std::string& operation) {
  std::string prefix(service.signing_name);
  if (prefix == "monitoring") prefix = "cloudwatch";
  if (prefix == "tagging") prefix = "tag";
  return prefix + ":" + operation;
}

ApiError denied(Protocol protocol, std::string_view service, const std::string& caller_arn,
                const Forbidden& why) {
  const std::string text = "User: " + caller_arn + " is not authorized to perform: " + why.action +
                           " on resource: " + why.resource + " " + why.because;
  if (protocol == Protocol::ec2) {
    const json decoded{
        {"allowed", false},
        {"explicitDeny", why.explicit_deny},
        {"matchedStatements", {{"items", json::array()}}},
        {"context",
         {{"principal", {{"arn", caller_arn}}}, {"action", why.action}, {"resource", why.resource}}}};
    return {"UnauthorizedOperation",
            "You are not authorized to perform this operation. " + text +
                ". Encoded authorization failure message: " + hex_of(decoded.dump()),
            403};
  }
  if (protocol == Protocol::query || protocol == Protocol::rest_xml) return {"AccessDenied", text, 403};
  if (service == "organizations")
    return {"AccessDeniedException", "You don't have permissions to access this resource.", 400};
  return {"AccessDeniedException", text, 400};
}

// Each service's own word for it ("Common errors" of its API Reference).
ApiError throttled(Protocol protocol, std::string_view service) {
  if (protocol == Protocol::ec2) return {"RequestLimitExceeded", "Request limit exceeded.", 503};
  if (protocol == Protocol::query) return {"Throttling", "Rate exceeded", 400};
  if (protocol == Protocol::rest_xml) return {"SlowDown", "Please reduce your request rate.", 503};
  if (service == "service-quotas" || service == "organizations")
    return {"TooManyRequestsException", "Rate exceeded", 400};
  return {"ThrottlingException", "Rate exceeded", 400};
}

ApiError failed_inside(Protocol protocol, std::string_view service) {
  const std::string text =
      "The request processing has failed because of an unknown error, exception or failure.";
  if (protocol == Protocol::ec2) return {"InternalError", "An internal error has occurred", 500};
  if (protocol == Protocol::rest_xml)
    return {"InternalError", "We encountered an internal error. Please try again.", 500};
  if (protocol == Protocol::query)
    return {service == "iam" ? "ServiceFailure" : "InternalFailure", text, 500};
  return {service == "ecs" ? "ServerException" : "InternalFailure", text, 500};
}

ApiError no_such_operation(const Request& request) {
  if (!is_xml(request.protocol)) return {"UnknownOperationException", "", 400};
  if (request.protocol == Protocol::ec2)
    return {"InvalidAction", "The action " + request.operation + " is not valid for this web service.", 400};
  return {"InvalidAction",
          "Could not find operation " + request.operation + " for version " +
              std::string(request.service->api_version),
          400};
}

}  // namespace doctor::lab
