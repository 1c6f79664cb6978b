#include "aws/wire_codec.h"

#include <sstream>

#include "aws/operations.h"
#include "aws/shape.h"
#include "aws/wire_form.h"
#include "aws/wire_json.h"
#include "aws/wire_xml.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;
using Decoded = tl::expected<std::string, WireFailure>;

struct Row {
  const ServiceModel* service = nullptr;
  const OperationModel* operation = nullptr;
};

Row row_of(std::string_view service, std::string_view operation) {
  return {find_service(service), find_operation(service, operation)};
}

core::Error no_such_row(std::string_view service, std::string_view operation) {
  return core::make_error(ErrorKind::internal, "no operation " + std::string(service) + " " +
                                                   std::string(operation) + " in the table of operations");
}

bool is_xml(Protocol protocol) {
  return protocol == Protocol::query || protocol == Protocol::ec2;
}

Result<WireRequest> form_request(const Row& row, std::string_view input) {
  const Shape* shape = input_shape(*row.operation);
  if (shape == nullptr) return fail(no_such_row(row.service->name, row.operation->name));
  auto body = encode_form(row.operation->name, row.service->api_version, *shape, input);
  if (!body) return fail(body.error());
  WireRequest request;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body = std::move(*body);
  return request;
}

Result<WireRequest> json_request(const Row& row, std::string_view input) {
  auto body = json_body(input, input_shape(*row.operation));
  if (!body) return fail(body.error());
  const bool is_1_0 = row.service->protocol == Protocol::json_1_0;
  WireRequest request;
  request.headers = {
      {"Content-Type", is_1_0 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1"},
      {"X-Amz-Target", std::string(row.service->target_prefix) + "." + std::string(row.operation->name)}};
  request.body = std::move(*body);
  return request;
}

// Path style ("Path-style requests"): it works in every region, with every bucket name, at a configured
// endpoint too.
Result<WireRequest> object_request(const Row& row, std::string_view input) {
  auto parts = rest_parts(row.operation->http, input);
  if (!parts) return fail(parts.error());
  WireRequest request;
  request.method = std::move(parts->method);
  request.path = std::move(parts->path);
  return request;
}

Result<WireRequest> rest_request(const Row& row, std::string_view input) {
  auto parts = rest_parts(row.operation->http, input);
  if (!parts) return fail(parts.error());
  WireRequest request;
  request.method = std::move(parts->method);
  request.path = std::move(parts->path);
  request.query = std::move(parts->query);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(parts->body);
  return request;
}

bool has_request_id(const Headers& headers) {
  return !header_of(headers, "x-amzn-requestid").empty() || !header_of(headers, "x-amz-request-id").empty();
}

// Anybody can answer a JSON object. AWS's carries a request id or, where a relay dropped that, a result.
bool is_from_aws(const OperationModel& operation, const core::Json& root, const Headers& headers) {
  if (has_request_id(headers) || operation.result_keys.empty()) return true;
  std::istringstream keys{std::string(operation.result_keys)};
  for (std::string key; keys >> key;) {
    if (root[key].present()) return true;
  }
  return false;
}

Decoded decode_json(const OperationModel& operation, int status, const Headers& headers,
                    std::string_view body) {
  // Operations without a result answer with no body at all.
  if (trimmed(body).empty() && !operation.read_only && has_request_id(headers)) return "{}";
  const auto document = core::JsonDocument::parse(body, "answer");
  if (!document || !document->root().is_object() || !is_from_aws(operation, document->root(), headers)) {
    return tl::unexpected(not_aws(operation.service, operation.name, status, judge_body(body)));
  }
  return std::string(body);
}

// Bytes that are no UTF-8 come as U+FFFD: only text is asked for.
Decoded decode_object(const OperationModel& operation, int status, const Headers& headers,
                      std::string_view body) {
  if (!has_request_id(headers))
    return tl::unexpected(not_aws(operation.service, operation.name, status, judge_body(body)));
  return "{\"Body\":" + core::json_quoted(body) + "}";
}

}  // namespace

Result<WireRequest> encode_request(std::string_view service, std::string_view operation,
                                   std::string_view input) {
  const Row row = row_of(service, operation);
  if (row.service == nullptr || row.operation == nullptr) return fail(no_such_row(service, operation));
  if (is_xml(row.service->protocol)) return form_request(row, input);
  if (row.service->protocol == Protocol::rest_json) return rest_request(row, input);
  if (row.service->protocol == Protocol::rest_xml) return object_request(row, input);
  return json_request(row, input);
}

Decoded decode_response(std::string_view service, std::string_view operation, int status,
                        const Headers& headers, std::string_view body) {
  const Row row = row_of(service, operation);
  const auto unknown = [&] {
    WireFailure failure;
    failure.error = no_such_row(service, operation);
    failure.status = status;
    return tl::unexpected(std::move(failure));
  };
  if (row.service == nullptr || row.operation == nullptr) return unknown();
  const bool is_object = row.service->protocol == Protocol::rest_xml;
  if (status >= 300 && status < 400 && !is_object) {
    const std::string place = core::printable(header_of(headers, "location").substr(0, 200));
    return tl::unexpected(not_aws(service, operation, status, {"a redirection to \"" + place + "\"", false}));
  }
  if (status < 200 || status >= 300) {
    return tl::unexpected(decode_error(service, operation, status, headers, body));
  }
  if (is_object) return decode_object(*row.operation, status, headers, body);
  if (!is_xml(row.service->protocol)) return decode_json(*row.operation, status, headers, body);
  const Shape* shape = output_shape(*row.operation);
  if (shape == nullptr) return unknown();
  return decode_xml(*row.operation, *shape, row.service->protocol == Protocol::query, status, body);
}

}  // namespace doctor::aws
