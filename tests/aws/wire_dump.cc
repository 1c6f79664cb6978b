// The wire half of src/aws as a filter, so that tests in another language can compare it with another
// maker's.
//
// One JSON object a line in, one out, chosen by "do":
//   table    {}                                                        every service and operation with its
//   shapes encode   {service, operation, input[, "as": "query"]}              {method, path, query, headers,
//   body} or {error} decode   {service, operation, status, headers, body[, "as"]}       {output} or {error}
//   pages    {service, operation, input, pages: [...]}                 {inputs: [...], output} or {error}
//
// "as": "query" uses the query shapes of a service that we ask in JSON (SQS).
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/operations.h"
#include "aws/pages.h"
#include "aws/shape.h"
#include "aws/wire_codec.h"
#include "aws/wire_form.h"
#include "aws/wire_xml.h"

namespace {

using nlohmann::ordered_json;
using namespace doctor::aws;

std::string kind_name(Shape::Kind kind) {
  static const char* const kNames[] = {"text", "int",    "double",    "bool", "time",
                                       "blob", "policy", "structure", "list", "map"};
  return kNames[static_cast<int>(kind)];
}

ordered_json tree_of(const Shape* shape) {
  if (shape == nullptr) return nullptr;
  ordered_json out = {{"kind", kind_name(shape->kind)}};
  if (shape->kind == Shape::Kind::structure) {
    out["members"] = ordered_json::array();
    for (const Member& m : shape->members) {
      out["members"].push_back({{"name", m.name}, {"wire", m.wire}, {"shape", tree_of(m.shape.get())}});
    }
  }
  if (shape->kind == Shape::Kind::list) {
    out["flattened"] = shape->flattened;
    if (!shape->flattened) out["item_name"] = shape->item_name;
    out["item"] = tree_of(shape->item.get());
  }
  if (shape->kind == Shape::Kind::map) {
    out["flattened"] = shape->flattened;
    out["key"] = shape->key_name;
    out["value"] = shape->value_name;
    out["item"] = tree_of(shape->item.get());
  }
  return out;
}

std::string protocol_name(Protocol protocol) {
  static const char* const kNames[] = {"json 1.0", "json 1.1", "rest-json", "query", "ec2", "rest-xml"};
  return kNames[static_cast<int>(protocol)];
}

ordered_json table() {
  ordered_json services = ordered_json::array();
  for (const ServiceModel& s : all_services()) {
    services.push_back({{"name", s.name},
                        {"endpoint_prefix", s.endpoint_prefix},
                        {"signing_name", s.signing_name},
                        {"protocol", protocol_name(s.protocol)},
                        {"target_prefix", s.target_prefix},
                        {"api_version", s.api_version},
                        {"global_region", s.global_region},
                        {"env_suffix", s.env_suffix}});
  }
  ordered_json operations = ordered_json::array();
  for (const OperationModel& o : all_operations()) {
    operations.push_back({{"service", o.service},
                          {"name", o.name},
                          {"read_only", o.read_only},
                          {"input_token", o.input_token},
                          {"output_token", o.output_token},
                          {"limit_key", o.limit_key},
                          {"page_size", o.page_size},
                          {"result_keys", o.result_keys},
                          {"batch_key", o.batch_key},
                          {"batch_size", o.batch_size},
                          {"http", o.http},
                          {"input", tree_of(input_shape(o))},
                          {"output", tree_of(output_shape(o))}});
  }
  return {{"services", services}, {"operations", operations}};
}

ordered_json error_of(const doctor::core::Error& error) {
  return {{"error",
           {{"kind", static_cast<int>(error.kind)}, {"sentence", error.sentence}, {"code", error.code}}}};
}

std::string text(const ordered_json& line, const char* key) {
  return line.value(key, std::string());
}

ordered_json encode(const ordered_json& line) {
  const std::string service = text(line, "service"), operation = text(line, "operation");
  const std::string input = line.at("input").dump();
  if (text(line, "as") == "query") {
    const OperationModel* model = find_operation(service, operation);
    auto body = encode_form(operation, find_service(service)->api_version, *input_shape(*model), input);
    return body ? ordered_json{{"body", *body}} : error_of(body.error());
  }
  auto request = encode_request(service, operation, input);
  if (!request) return error_of(request.error());
  ordered_json headers = ordered_json::object();
  for (const auto& [name, value] : request->headers) headers[name] = value;
  return {{"method", request->method},
          {"path", request->path},
          {"query", request->query},
          {"headers", headers},
          {"body", request->body}};
}

ordered_json decode(const ordered_json& line) {
  const std::string service = text(line, "service"), operation = text(line, "operation");
  Headers headers;
  for (const auto& [name, value] : line.at("headers").items())
    headers.emplace_back(name, value.get<std::string>());
  const std::string body = text(line, "body");
  const int status = line.value("status", 200);
  auto output = text(line, "as") == "query"
                    ? decode_xml(*find_operation(service, operation),
                                 *output_shape(*find_operation(service, operation)), true, status, body)
                    : decode_response(service, operation, status, headers, body);
  if (output) return {{"output", ordered_json::parse(*output)}};
  ordered_json out = error_of(output.error().error);
  out["error"]["retryable"] = output.error().retryable;
  return out;
}

ordered_json pages(const ordered_json& line) {
  auto pages =
      Pages::start(*find_operation(text(line, "service"), text(line, "operation")), line.at("input").dump());
  if (!pages) return error_of(pages.error());
  ordered_json inputs = ordered_json::array();
  std::size_t next = 0;
  while (!pages->done()) {
    for (const PageRequest& request : pages->take()) {
      inputs.push_back(ordered_json::parse(request.input));
      if (auto done = pages->absorb(request.id, line.at("pages").at(next++).dump()); !done) {
        return error_of(done.error());
      }
    }
  }
  return {{"inputs", inputs}, {"output", ordered_json::parse(pages->merged())}};
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string input; std::getline(std::cin, input);) {
    const auto line = ordered_json::parse(input);
    const std::string what = text(line, "do");
    ordered_json out = what == "table"    ? table()
                       : what == "encode" ? encode(line)
                       : what == "decode" ? decode(line)
                                          : pages(line);
    std::cout << out.dump() << '\n';
  }
  return 0;
}
