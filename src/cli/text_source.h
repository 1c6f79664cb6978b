// Text that the user names: a file, or an object of Amazon S3 ("s3://BUCKET/KEY"), as Terraform's S3 backend
// keeps its state in.
#pragma once

#include <optional>
#include <string>

#include "cli/context.h"
#include "core/result.h"

namespace doctor::cli {

struct ObjectPlace {
  std::string bucket, key;
};
// Empty where it is no "s3://BUCKET/KEY".
std::optional<ObjectPlace> object_place(const std::string& text);

// Error: bad_input, "PATH: No such file or directory".
core::Result<std::string> whole_text(const std::string& path);

// A file's text, or an object's, asked for with the user's own credentials. Errors: those of whole_text(),
// usage for an s3:// that names no object, and AWS's.
core::Result<std::string> text_at(const Context& context, const std::string& path_or_object);

}  // namespace doctor::cli
