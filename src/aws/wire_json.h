// Inputs of the JSON protocols: checked, minified, times turned into seconds since 1970.
#pragma once

#include <string>
#include <string_view>

#include "aws/operations.h"
#include "aws/shape.h"
#include "core/result.h"

namespace doctor::aws {

// `times`: the members that hold times, or nullptr. Error: bad_input.
core::Result<std::string> json_body(std::string_view input, const Shape* times);

// REST-JSON: the members that `http` ("POST /policy/validation?maxResults&nextToken") names behind '?' move
// from the input to the query string; the rest is the body. Error: bad_input.
struct RestParts {
  std::string method, path, query, body;
};
core::Result<RestParts> rest_parts(std::string_view http, std::string_view input);

}  // namespace doctor::aws
