#include "lab/protocol.h"

#include <algorithm>

namespace doctor::lab {
namespace {

using aws::Protocol;

std::string header(const HttpRequest& http, const char* name) {
  const auto found = http.headers.find(name);
  return found == http.headers.end() ? "" : found->second;
}

const aws::ServiceModel* signed_service(std::string_view signing_name) {
  for (const auto& service : aws::all_services()) {
    if (service.signing_name == signing_name) return &service;
  }
  return nullptr;
}

// Of an unsigned request: by the target's prefix, or by the form's version.
const aws::ServiceModel* guessed_service(const HttpRequest& http) {
  const std::string target = header(http, "x-amz-target");
  const auto form = form_of(http.body.empty() ? http.query : http.body);
  const auto version = form.find("Version");
  for (const auto& service : aws::all_services()) {
    if (!target.empty() && !service.target_prefix.empty() &&
        target.rfind(std::string(service.target_prefix) + ".", 0) == 0)
      return &service;
    if (target.empty() && version != form.end() && service.api_version == version->second &&
        (service.protocol == Protocol::query || service.protocol == Protocol::ec2 || service.name == "sqs")) {
      return &service;
    }
  }
  return nullptr;
}

bool is_form(const HttpRequest& http) {
  return header(http, "content-type").rfind("application/x-www-form-urlencoded", 0) == 0 ||
         http.query.find("Action=") != std::string::npos;
}

// "POST /policy/validation?maxResults", "GET /policy/generation/{jobId}": method and path of a REST
// operation, matched part by part; what stands in the braces becomes a member of the input.
bool matches(std::string_view pattern, std::string_view path, json& members) {
  while (!pattern.empty() && !path.empty()) {
    const auto pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const auto path_end = std::min(path.find('/', 1), path.size());
    const auto want = pattern.substr(0, pattern_end), have = path.substr(0, path_end);
    if (want.size() > 2 && want[1] == '{' && want.ends_with("+}")) {  // the whole rest
      members[std::string(want.substr(2, want.size() - 4))] = std::string(path.substr(1));
      return pattern.size() == want.size() && path.size() > 1;
    }
    if (want.size() > 2 && want[1] == '{') {
      members[std::string(want.substr(2, want.size() - 3))] = std::string(have.substr(1));
    } else if (want != have) {
      return false;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty();
}

bool is_rest(Protocol protocol) {
  return protocol == Protocol::rest_json || protocol == Protocol::rest_xml;
}

const aws::OperationModel* rest_operation(const aws::ServiceModel& service, const HttpRequest& http,
                                          json& members) {
  for (const auto& operation : aws::all_operations()) {
    if (operation.service != service.name || operation.http.empty()) continue;
    const auto space = operation.http.find(' ');
    const auto pattern = operation.http.substr(space + 1, operation.http.find('?') - space - 1);
    members = json::object();
    if (operation.http.substr(0, space) == http.method && matches(pattern, http.path, members))
      return &operation;
  }
  return nullptr;
}

}  // namespace

Protocol protocol_of(const HttpRequest& http, std::string_view signing_name) {
  const auto* service = signing_name.empty() ? nullptr : signed_service(signing_name);
  if (service == nullptr) service = guessed_service(http);
  if (header(http, "x-amz-target").empty() && is_form(http)) {
    return service != nullptr && service->protocol == Protocol::ec2 ? Protocol::ec2 : Protocol::query;
  }
  return service == nullptr ? Protocol::json_1_1 : service->protocol;
}

tl::expected<Request, ApiError> read_request(const HttpRequest& http, std::string_view signing_name) {
  Request request;
  request.service = signing_name.empty() ? guessed_service(http) : signed_service(signing_name);
  request.protocol = protocol_of(http, signing_name);
  const std::string target = header(http, "x-amz-target");
  if (request.service == nullptr) {
    return tl::unexpected(
        ApiError{"UnknownOperationException", "The lab has no service " + std::string(signing_name), 404});
  }
  if (request.protocol == Protocol::query || request.protocol == Protocol::ec2) {
    request.form = form_of(http.body.empty() ? http.query : http.body);
    const auto action = request.form.find("Action");
    if (action == request.form.end()) {
      return tl::unexpected(ApiError{"MissingAction", "The request must contain the parameter Action", 400});
    }
    request.operation = action->second;
    return request;
  }
  if (is_rest(request.protocol)) {
    json members;
    const auto* operation = rest_operation(*request.service, http, members);
    if (operation == nullptr)
      return tl::unexpected(ApiError{"UnknownOperationException", "No operation at " + http.path, 404});
    request.operation = operation->name;
    return request;
  }
  const auto dot = target.rfind('.');
  if (dot == std::string::npos || target.substr(0, dot) != request.service->target_prefix) {
    return tl::unexpected(ApiError{"UnknownOperationException", "", 400});
  }
  request.operation = target.substr(dot + 1);
  return request;
}

Reply read_input(const Request& request, const HttpRequest& http) {
  if (request.protocol == Protocol::query || request.protocol == Protocol::ec2) {
    const auto* operation = aws::find_operation(request.service->name, request.operation);
    return input_of_form(request.form, operation == nullptr ? nullptr : aws::input_shape(*operation));
  }
  json input = http.body.empty() ? json::object() : json::parse(http.body, nullptr, false);
  if (!input.is_object()) return api_error("SerializationException", "The request body is not a JSON object");
  if (is_rest(request.protocol)) {
    json members;
    rest_operation(*request.service, http, members);
    input.update(members);
    if (request.protocol == Protocol::rest_json)
      for (const auto& [name, value] : form_of(http.query)) input[name] = value;
  }
  return input;
}

}  // namespace doctor::lab
