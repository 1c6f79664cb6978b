// AWS's wire protocols, from the serving side: what a request asks, and how an answer or an error is written.
//
// JSON 1.0 and 1.1 carry the handler's JSON as it is. Query and ec2 requests are forms, read by the
// operation's input shape; their answers are XML, written by its output shape (aws/shape.h). What a shape
// does not know is read and written under its own name.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "aws/operations.h"
#include "aws/shape.h"
#include "lab/handler.h"

namespace doctor::lab {

struct HttpRequest {
  std::string method, path;                    // path without the query string
  std::map<std::string, std::string> headers;  // names in lower case
  std::string query;                           // "Action=…" of a GET, decoded by nobody yet
  std::string body;
  std::string source_ip;
};

struct HttpAnswer {
  int status = 200;
  std::string content_type, body;
};

// What is asked, as far as it can be told without looking at who asks.
struct Request {
  const aws::ServiceModel* service = nullptr;
  std::string operation;
  aws::Protocol protocol = aws::Protocol::json_1_1;  // the one spoken, which for SQS may be the older one
  std::map<std::string, std::string> form;           // query, ec2
};

// `signing_name` is of the credential scope; "" for an unsigned request, then the service is guessed from the
// target or the form. Error: UnknownOperationException, InvalidAction, …: in the words of the protocol.
tl::expected<Request, ApiError> read_request(const HttpRequest& http, std::string_view signing_name);

// The protocol that a request speaks even where nothing else can be told of it: for its error.
aws::Protocol protocol_of(const HttpRequest& http, std::string_view signing_name);

// The input in the form of --cli-input-json. Error: SerializationException, MalformedInput.
Reply read_input(const Request& request, const HttpRequest& http);

HttpAnswer write_answer(const Request& request, const json& answer, const std::string& request_id);
HttpAnswer write_error(aws::Protocol protocol, std::string_view service, const ApiError& error,
                       const std::string& request_id);

// The pieces, for tests.
std::map<std::string, std::string> form_of(std::string_view text);
json input_of_form(const std::map<std::string, std::string>& form, const aws::Shape* shape);
std::string xml_of(const json& value, const aws::Shape* shape, bool ec2);

}  // namespace doctor::lab
