#include "cli/text_source.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/json.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

constexpr std::string_view kObject = "s3://";

Result<std::string> object_text(const Context& context, const ObjectPlace& place) {
  auto client = make_client(context);
  if (!client) return fail(client.error());
  // A bucket in another region is found by the answer; some region must be asked first ("Regions", us-east-1
  // answers for all).
  aws::Call call;
  call.service = "s3";
  call.operation = "GetObject";
  call.region = (*client)->region().empty() ? "us-east-1" : (*client)->region();
  call.input =
      "{\"Bucket\":" + core::json_quoted(place.bucket) + ",\"Key\":" + core::json_quoted(place.key) + "}";
  const auto answers = (*client)->run({&call, 1});
  if (!answers.front()) return fail(answers.front().error());
  const auto answer = core::JsonDocument::parse(answers.front()->json, "the answer of s3 get-object");
  if (!answer) return fail(answer.error());
  return std::string(answer->root()["Body"].string_or());
}

}  // namespace

std::optional<ObjectPlace> object_place(const std::string& text) {
  if (!text.starts_with(kObject)) return std::nullopt;
  const auto slash = text.find('/', kObject.size());
  if (slash == std::string::npos || slash == kObject.size() || slash + 1 == text.size()) return std::nullopt;
  return ObjectPlace{text.substr(kObject.size(), slash - kObject.size()), text.substr(slash + 1)};
}

Result<std::string> whole_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return fail(ErrorKind::bad_input, path + ": " + std::strerror(errno), "name a file that can be read");
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

Result<std::string> text_at(const Context& context, const std::string& path_or_object) {
  if (!path_or_object.starts_with(kObject)) return whole_text(path_or_object);
  const auto place = object_place(path_or_object);
  if (!place)
    return fail(ErrorKind::usage, "'" + path_or_object + "' names no object", "the form is s3://BUCKET/KEY");
  return object_text(context, *place);
}

}  // namespace doctor::cli
